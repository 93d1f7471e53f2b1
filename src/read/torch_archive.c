/* SPDX-License-Identifier: MIT */
/* Files that torch.save and torch.jit.save write. They are pickles, that is programs, which are never run: says what to do. */
#include "format/zip.h"
#include "read/reader.h"

/* The protocol of a pickle (2 to 5), then its first instruction: a frame, a number, an empty dictionary, a class … */
static bool is_pickle(Str bytes)
{
    static const char begins[] = "\x95\x8a}(]cX\x8c";
    return bytes.size > 3 && (unsigned char)bytes.at[0] == 0x80 && bytes.at[1] >= 2 && bytes.at[1] <= 5 &&
           str_find(STR(begins), bytes.at[2]) < sizeof begins - 1;
}

bool torch_recognises_archive(Str bytes)
{
    return is_pickle(bytes) || (zip_recognises(bytes) && zip_holds(bytes, STR("data.pkl")));
}

bool read_torch_archive(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)arena, (void)options, (void)model;
    Place place = {.source = source};
    if (zip_recognises(source->bytes) && zip_holds(source->bytes, STR("constants.pkl"))) {
        diag_error(diags, place, "this is a TorchScript archive, whose code netikz does not read");
        diag_hint(diags, "in Python: torch.onnx.export(torch.jit.load(\"model.pt\"), example, \"model.onnx\"); netikz reads that");
    } else if (torch_recognises_archive(source->bytes)) {
        diag_error(diags, place, "this is a checkpoint of PyTorch: weights under names, but no network");
        diag_hint(diags, "in Python, with the weights loaded into the model: torch.onnx.export(model, example, \"model.onnx\"), "
                         "or print(model) into a file; netikz reads both");
    } else {
        diag_error(diags, place, "this is no file of PyTorch, or a damaged one");
    }
    return false;
}
