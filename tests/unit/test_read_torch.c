/* SPDX-License-Identifier: MIT */
/* Tests of the reader of printed PyTorch modules: whole tables, single lines, what is said about what is not in the text. */
#include "read_net.h"

static void tables_are_those_of_the_framework(void **state)
{
    (void)state;
    static const char *const names[] = {"net", "runs"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char model[128], table[128];
        (void)snprintf(model, sizeof model, "tests/models/torch/%s.txt", names[i]);
        (void)snprintf(table, sizeof table, "tests/models/torch/%s.tsv", names[i]);
        table_is("torch", model, table);
        table_is(NULL, model, table);
        survives_cuts("torch", model);
    }
}

static void single_lines(void **state)
{
    (void)state;
    net_says("torch", "Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2))\n", "Conv2d\tconv\t?x64x?x?\t9472\t?\n");
    net_says("torch", "Conv1d(4, 6, kernel_size=(3,), bias=False)\n", "\t?x6x?\t72\t?\n");
    net_says("torch", "LSTM(10, 20, num_layers=2, bidirectional=True)\n", "\t15040\t?\n");
    net_says("torch", "FrozenBatchNorm2d(64, eps=1e-05)\n", "\tbn\t?x64x?x?\t0\t0\n");
    net_says("torch", "InstanceNorm2d(64, affine=True)\n", "\t128\t0\n");
    net_says("torch", "Conv1D(nf=12, nx=4)\n", "\tlinear\t?\t60\t?\n");
    net_says("torch", "ParameterList(\n    (0): Parameter containing: [torch.float32 of size 3x4]\n"
                      "    (1): Parameter containing: [torch.float32 of size 5]\n)\n", "total\t-\t-\t17\t");
    net_says("torch", "A(\n  (a): RecursiveScriptModule(original_name=Tanh)\n)\n", "a\ttanh\t");
    net_says("torch", "Conv2d(3, 64, kernel_size=(0, 0), groups=0)\n", "\tconv\t?\t?\t?\n");
    net_says("torch", "Conv2d(3, 64, kernel_size=(0, 0))\n", "n:1:1: warning: a kernel of 0 is impossible");
}

static void says_what_is_not_in_the_text(void **state)
{
    (void)state;
    net_says("torch", "A(\n  (a): ReLU()\n  (b): ReLU()\n)\n", "n:1:1: warning: the text does not say how the modules of `A`");
    net_says("torch", "A(\n  (a): ReLU()\n)\n", "n:1:1: note: parameters that `A` and other classes hold");
    net_is_silent_of("torch", "Sequential(\n  (0): ReLU()\n  (1): ReLU()\n)\n", "warning");
    net_says("torch", "A(\n  (a): Mine()\n  (b): Mine()\n)\n", "n:2:3: warning: `Mine` is no class of PyTorch");
    net_says("torch", "A(\n  (a): Mine()\n)\n", "total\t-\t-\t?\t?\n");
}

static void explains_slips(void **state)
{
    (void)state;
    net_says("torch", "\n\n", "error: there is no module here");
    net_says("torch", "A(\n  (a): B(\n", "n:3:1: error: the text ends inside of a module");
    net_says("torch", "A(\n  (a): B\n)\n", "n:2:1: error: a line of a printed module tree reads");
    net_says("torch", "A(\n (a): 9999 x B(\n  (b): 9999 x C(\n (c): ReLU()\n )\n )\n)\n", "total\t-\t-\t0\t0\n");
    net_says("torch", "A(\n (0-9): 9999 x B(\n  (0-9): 9999 x C(\n (c): ReLU()\n )\n )\n)\n",
             "error: the tree has more than 50000 modules, with its runs written out");
}

static void archive_says(const char *model, const char *wanted)
{
    size_t size;
    char *bytes = file_text(model, &size), *all = read_net(NULL, bytes, size);
    if (!strstr(all, wanted))
        fail_msg("%s\nsays:\n%s\nwithout:\n%s", model, all, wanted);
    free(bytes);
    free(all);
    survives_cuts("torch-archive", model);
}

static void checkpoints_are_refused_with_advice(void **state)
{
    (void)state;
    archive_says("tests/models/torch/weights.pth", "error: this is a checkpoint of PyTorch");
    archive_says("tests/models/torch/old.pth", "error: this is a checkpoint of PyTorch");
    archive_says("tests/models/torch/old.pth", "torch.onnx.export");
}

/* Parameters, MACs and shapes of what comes out are those that torch counted when the files were made. */
static void code_of_archives_is_followed(void **state)
{
    (void)state;
    static const char *const names[] = {"script", "traced", "scripted"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char model[128], table[128];
        (void)snprintf(model, sizeof model, "tests/models/torch/%s.pt", names[i]);
        (void)snprintf(table, sizeof table, "tests/models/torch/%s.tsv", names[i]);
        table_is("torch-archive", model, table);
        table_is(NULL, model, table);
        survives_cuts("torch-archive", model);
    }
    archive_says("tests/models/torch/traced.pt", "note: 30 parameters are held by modules that `forward` does not use");
    archive_says("tests/models/torch/traced.pt", "note: an archive does not hold the sizes of its inputs: --set H=...,W=... gives");
}

static void code_that_cannot_be_followed_is_reported(void **state)
{
    (void)state;
    archive_says("tests/models/torch/broken.pt", "node 'net/code/__torch__.py, line 5': error: netikz cannot read a line of the code");
    archive_says("tests/models/torch/endless.pt", "line 7': error: the code takes too many steps to follow");
    /* A way that ends in an exception is not taken; of others the first. */
    archive_says("tests/models/torch/choice.pt", "warning: the code decides by its data which way to go: the first way is drawn");
    archive_says("tests/models/torch/choice.pt", "relu\trelu\t?\t0\t0\n");
    archive_says("tests/models/torch/choice.pt", "sigmoid\tsigmoid\t?\t0\t0\nfrobnicate\tfrobnicate\t?\t0\t?\n");
}

static void time_is_bounded(void **state)
{
    (void)state;
    assert_true(seconds_to_read("torch", "", "A(\n(a): ", 20000, "") < 2);
    assert_true(seconds_to_read("torch", "A(\n", "(a): Linear(3, 4)\n", 20000, ")\n") < 2);
    assert_true(seconds_to_read("torch", "Linear(", "a=(1,", 100000, ")\n") < 2);
    assert_true(seconds_to_read("torch", "A(\n(0): Linear(3)\n", "x\n", 200000, ")\n") < 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_those_of_the_framework),
        cmocka_unit_test(single_lines),
        cmocka_unit_test(says_what_is_not_in_the_text),
        cmocka_unit_test(explains_slips),
        cmocka_unit_test(checkpoints_are_refused_with_advice),
        cmocka_unit_test(code_of_archives_is_followed),
        cmocka_unit_test(code_that_cannot_be_followed_is_reported),
        cmocka_unit_test(time_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
