/* SPDX-License-Identifier: MIT */
/*
 * Archives that torch.jit.save writes: the code is followed, data.pkl tells how large the weights are, nothing is run.
 * Checkpoints of torch.save hold weights under names and no network: says what to do.
 */
#include "read/script.h"

#include "format/zip.h"

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

/* ---- the two pickles -------------------------------- */

static Pickle *pickle_in(Script *script, const char *file)
{
    Str name = str_format(script->arena, "%.*s%s", STR_ARGS(script->prefix), file), bytes = {0};
    ZipTrouble trouble = zip_read(script->arena, script->source->bytes, name, 4 * SCRIPT_MOST_BYTES, &bytes);
    Pickle *pickle = trouble == ZIP_FINE ? pickle_read(script->arena, bytes) : NULL;
    if (!pickle)
        script_fail(script, trouble == ZIP_TOO_LARGE ? "this file in the archive is too large"
                            : trouble == ZIP_NO_ZLIB ? "this file is compressed, and this netikz was built without zlib"
                                                     : "this file in the archive is damaged", name);
    return pickle;
}

static bool open_archive(Script *script)
{
    Str name;
    if (!zip_find(script->source->bytes, STR("/data.pkl"), &name))
        return script_fail(script, "the archive holds no data.pkl, or is damaged", (Str){0});
    script->prefix = str_slice(name, 0, name.size - STR("data.pkl").size);
    script->root = pickle_in(script, "data.pkl");
    script->constants = script->failed ? NULL : pickle_in(script, "constants.pkl");
    if (!script->failed && !script_is_module(script->root))
        return script_fail(script, "data.pkl holds no module", (Str){0});
    script->parameters = names_new(script->arena);
    if (!script->failed)
        script_find_parameters(script, script->root, 0);
    return !script->failed;
}

/* ---- inputs and outputs -------------------------------- */

static bool is_tensor(Str type)
{
    return str_equal(type, STR("Tensor")) || str_starts(type, STR("Optional[Tensor")) || !type.size;
}

/* The parameters of forward: tensors are inputs, lists of them too, as one; what has a default is left at it. */
static uint32_t find_inputs(Script *script, const ScriptFunction *forward, OnnxGraph *graph, ScriptValue **values)
{
    enum { MOST = 64 };
    Str rest = forward->parameters, piece;
    uint32_t count = 0;
    graph->inputs = ARENA_ARRAY(script->arena, MOST, OnnxInfo);
    str_cut(&rest, ',', &piece);
    while (count < MOST && str_cut(&rest, ',', &piece)) {
        size_t colon = str_find(piece, ':');
        Str name = str_trim(str_slice(piece, 0, colon)), type = str_trim(str_slice(piece, colon + 1, piece.size));
        if (str_find(piece, '=') < piece.size)
            break;
        values[count] = script_new(script, SCRIPT_UNKNOWN);
        if (is_tensor(type)) {
            Shape *shape = ARENA_NEW(script->arena, Shape), *hint = names_get(script->hints, name);
            *shape = hint ? *hint : shape_unknown();
            graph->inputs[graph->input_count++] = (OnnxInfo){.name = name, .shape = shape, .element = ONNX_FLOAT};
            if (!hint)
                names_put(script->unshaped, name, script);
            values[count] = script_text(script, SCRIPT_TENSOR, name);
        }
        count++;
    }
    return count;
}

static void find_outputs(Script *script, const ScriptValue *value, OnnxGraph *graph, int depth)
{
    enum { MOST = 256 };
    if (!graph->outputs)
        graph->outputs = ARENA_ARRAY(script->arena, MOST, OnnxInfo);
    if (value->kind == SCRIPT_TENSOR && graph->output_count < MOST)
        graph->outputs[graph->output_count++] = (OnnxInfo){.name = value->text};
    for (uint32_t i = 0; value->kind == SCRIPT_LIST && depth && i < value->count && script_work(script, 1); i++)
        find_outputs(script, value->items[i], graph, depth - 1);
}

/* ---- the network -------------------------------- */

static void begin(Script *script, Names *hints)
{
    Arena *arena = script->arena;
    *script = (Script){.arena = arena, .diags = script->diags, .source = script->source, .options = script->options,
                       .reader = onnx_foreign_reader(arena, script->diags, script->source, NULL, 0), .prefix = script->prefix,
                       .files = script->files ? script->files : names_new(arena), .rows = names_new(arena), .names = names_new(arena),
                       .weights = names_new(arena), .hints = hints, .unshaped = names_new(arena), .root = script->root,
                       .constants = script->constants, .bytes = script->bytes, .parameters = script->parameters,
                       .held = script->held, .steps = script->steps};
    const ScriptRow *row;
    for (size_t i = 0; (row = script_row_at(i)) != NULL; i++) {
        const ScriptRow **thing = arena_alloc(arena, sizeof *thing);
        OnnxRow *own = ARENA_NEW(arena, OnnxRow);
        *thing = row;
        *own = row->row;
        own->maybe = own->passes ? own->maybe : 0xffffffff; /* what is a parameter counts wherever it is read */
        names_put(script->rows, str_from(row->row.name), thing);
        onnx_add_foreign(script->reader, own);
    }
}

/* Follows `forward` from the beginning to the end. */
static bool follow(Script *script)
{
    Str class = script_class(script, script->root);
    const ScriptFunction *forward = script_function(script, class, STR("forward"));
    ScriptValue *values[64], *self = script_new(script, SCRIPT_MODULE);
    OnnxGraph graph = {.name = script_last(class)};
    if (!forward)
        return script_fail(script, "the code of this archive has no method `forward`", (Str){0});
    uint32_t count = find_inputs(script, forward, &graph, values);
    script->frame = onnx_begin_network(script->reader, &graph);
    for (uint32_t i = 0; i < graph.input_count; i++)
        names_put(script->names, graph.inputs[i].name, script);
    self->object = script->root;
    ScriptValue *result = script_call(script, forward, self, values, count, NULL);
    find_outputs(script, result, &graph, 4);
    onnx_end_network(script->reader, script->frame, &graph);
    return !script->failed && !script->reader->failed;
}

/* The symbols that stand for sizes of inputs: "H=…, W=…" */
static Str open_sizes(const Script *script)
{
    Names *seen = names_new(script->arena);
    Text text = text_in(script->arena);
    for (size_t i = 0; i < names_count(script->hints); i++) {
        const Shape *shape = names_thing(script->hints, i);
        for (uint32_t k = 0; k < shape->rank; k++) {
            Str symbol = dim_symbol_at(shape->dims[k], 0);
            if (symbol.size && names_put(seen, symbol, script->reader))
                text_add_format(&text, "%s%.*s=...", text.size ? "," : "", STR_ARGS(symbol));
        }
    }
    return text_str(&text);
}

static void report(Script *script)
{
    Place place = {.source = script->source};
    Str open = open_sizes(script);
    if (open.size)
        diag_remark(script->diags, place, "an archive does not hold the sizes of its inputs: --set %.*s gives them numbers",
                    STR_ARGS(open));
    Dim counted = dim_int(0);
    for (uint32_t i = 0; i < script->reader->graph->layer_count; i++)
        counted = dim_add(script->arena, counted, script->reader->graph->layers[i]->params);
    Dim idle = dim_sub(script->arena, script->held, counted);
    if (idle.kind == DIM_INT && idle.n > 0)
        diag_remark(script->diags, place, "%lld parameters are held by modules that `forward` does not use; they are not counted",
                    (long long)idle.n);
    if (!script->guessed)
        return;
    diag_warning(script->diags, place, "the code decides by its data which way to go: the first way is drawn, loops run once");
    diag_hint(script->diags, "torch.jit.trace(model, example) writes the way that the example takes");
}

/* A dense layer reads vectors, unless axes change their places behind it: then it may stand at each of a sequence. */
static Names *firm_hints(const Script *script)
{
    Names *firm = names_new(script->arena);
    for (size_t i = 0; i < names_count(script->hints); i++) {
        Shape *shape = names_thing(script->hints, i);
        if (!script->turns || shape->rank != 2 || shape->dims[1].kind == DIM_SYMBOLIC)
            names_put(firm, names_key(script->hints, i), shape);
    }
    return firm;
}

static bool read_script(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    Script script = {.arena = arena, .diags = diags, .source = source, .options = options};
    script.held = dim_int(0);
    begin(&script, names_new(arena));
    if (!open_archive(&script))
        return false;
    Names *hints = script.hints;
    begin(&script, hints);
    if (!follow(&script))
        return false;
    hints = firm_hints(&script);
    /* What the first readers of its inputs have told is known from the beginning the second time. */
    if (names_count(hints)) {
        begin(&script, hints);
        if (!follow(&script))
            return false;
    }
    report(&script);
    onnx_read_done(script.reader, model);
    return true;
}

bool read_torch_archive(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    Place place = {.source = source};
    if (zip_recognises(source->bytes) && zip_holds(source->bytes, STR("constants.pkl")))
        return read_script(arena, diags, source, options, model);
    if (torch_recognises_archive(source->bytes)) {
        diag_error(diags, place, "this is a checkpoint of PyTorch: weights under names, but no network");
        diag_hint(diags, "in Python, with the weights loaded into the model: torch.onnx.export(model, example, \"model.onnx\"), "
                         "or print(model) into a file; netikz reads both");
    } else {
        diag_error(diags, place, "this is no file of PyTorch, or a damaged one");
    }
    return false;
}
