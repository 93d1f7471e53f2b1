/* SPDX-License-Identifier: MIT */
/* The spec language: the top level of a file, in the order in which its parts depend on each other. */
#include "read/spec.h"

#include "format/yaml.h"

static const char example[] = "a spec has at least `input: 3x224x224` and `layers:` with a list below it";

static bool check_root(Spec *spec, const Source *source)
{
    const Value *root = spec->root;
    Place whole = {.source = source};
    if (root->kind == VALUE_MAP)
        return true;
    if (root->kind == VALUE_NULL)
        spec_error(spec, whole, "the file is empty");
    else
        spec_error(spec, root->place, "a spec is a mapping, not %s", value_kind_name(root->kind));
    spec_hint(spec, "%s", example);
    return false;
}

static void check_keys(Spec *spec)
{
    static const Str keys[] = {{"name", 4},   {"input", 5},  {"inputs", 6}, {"blocks", 6}, {"layers", 6},
                               {"output", 6}, {"outputs", 7}, {"figure", 6}, {"figures", 7}};
    for (const Value *child = spec->root->first; child; child = child->next) {
        bool known = false;
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            known = known || str_equal(child->key, keys[i]);
        if (known)
            continue;
        spec_error(spec, child->key_place, "unknown key `%.*s`", STR_ARGS(child->key));
        if (figure_key_find(child->key) >= 0)
            spec_hint(spec, "it is a key of `figure:`");
        else if (is_operation_key(spec, child->key))
            spec_hint(spec, "layers stand in the list under `layers:`, each behind a dash");
        else
            spec_did_you_mean(spec, child->key, keys, sizeof keys / sizeof *keys,
                              "a spec has name, input, blocks, layers, output, figure, figures");
    }
}

/* The value of either spelling; both are an error. */
static const Value *either(Spec *spec, Str one, Str other)
{
    const Value *a = value_get(spec->root, one), *b = value_get(spec->root, other);
    if (a && b) {
        spec_error(spec, b->key_place, "`%.*s` and `%.*s` are the same", STR_ARGS(one), STR_ARGS(other));
        spec_note(spec, a->key_place, "the other stands here");
    }
    return a ? a : b;
}

/* Whether the first item is where data begin: `- input: 3x224x224`. */
static bool begins_itself(Spec *spec, const Value *layers)
{
    const Value *first = layers->first;
    if (!first)
        return false;
    Str word = first->kind == VALUE_SCALAR                ? first->text
               : first->kind == VALUE_MAP && first->first ? first->first->key
                                                          : (Str){0};
    word = str_slice(word, 0, str_find(word, ' '));
    const Op *op = spec_op(spec, str_slice(word, 0, str_find(word, ',')));
    return (op && op->max_inputs == 0) || value_get(first, STR("input"));
}

static void read_layers(Spec *spec, Site *site)
{
    const Value *layers = value_get(spec->root, STR("layers")), *inputs = either(spec, STR("input"), STR("inputs"));
    if (!layers && spec->failed)
        return;
    if (!layers) {
        spec_error(spec, spec->root->place, "the spec has no `layers`");
        spec_hint(spec, "%s", example);
        return;
    }
    if (layers->kind != VALUE_LIST || !layers->count) {
        spec_wrong_kind(spec, layers, "layers", "a list of layers, each behind a dash");
        return;
    }
    if (inputs) {
        read_inputs(spec, site, inputs);
    } else if (!begins_itself(spec, layers)) {
        spec_error(spec, layers->key_place, "the network has no input");
        spec_hint(spec, "write `input: 3x224x224` above `layers:` (channels, height, width; or `T`, `Txd`, `784`)");
        site->flow = (Port){layer_lost(spec), 0};
    }
    read_body(spec, site, layers);
}

/* Names first: nothing in a list of layers can be understood without the blocks. */
static void read_parts(Spec *spec, Model *model)
{
    const Value *name = value_get(spec->root, STR("name")), *blocks = value_get(spec->root, STR("blocks"));
    const Value *outputs = either(spec, STR("output"), STR("outputs"));
    Piece piece;
    if (blocks)
        read_blocks(spec, blocks);
    check_keys(spec);
    if (name && read_name(spec, name, &piece))
        spec->graph->name = piece.text;
    Site site = {.scope = spec->graph->root, .space = space_new(spec, NULL, value_get(spec->root, STR("layers")))};
    read_layers(spec, &site);
    if (outputs && !spec->stopped)
        read_outputs(spec, &site, outputs);
    check_blocks(spec);
    read_figures(spec, model);
}

bool read_spec(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    const Value *root = yaml_read(arena, diags, source);
    if (!root)
        return false;
    Spec spec = {.arena = arena, .diags = diags, .options = options, .root = root, .graph = graph_new(arena, source),
                 .blocks = names_new(arena), .symbols = names_new(arena), .ops = names_new(arena),
                 .checked = names_new(arena), .reserved = names_new(arena), .reported = names_new(arena)};
    *model = (Model){.graph = spec.graph};
    if (check_root(&spec, source))
        read_parts(&spec, model);
    spec_flush(&spec);
    return !spec.failed && diags_errors(diags) == 0;
}
