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

/* Where a key of the top level may stand. */
enum { ALONE = 1, AROUND = 2, WITHIN = 4 }; /* in a spec of one network, around several, in one of these */

static const struct {
    Str key;
    unsigned where;
} keys[] = {
    {{"name", 4}, ALONE | AROUND | WITHIN},    {{"input", 5}, ALONE | WITHIN},
    {{"inputs", 6}, ALONE | WITHIN},           {{"blocks", 6}, ALONE | AROUND | WITHIN},
    {{"layers", 6}, ALONE | WITHIN},           {{"output", 6}, ALONE | WITHIN},
    {{"outputs", 7}, ALONE | WITHIN},          {{"networks", 8}, AROUND},
    {{"figure", 6}, ALONE | AROUND | WITHIN},  {{"figures", 7}, ALONE | AROUND | WITHIN},
};

enum { KEYS = sizeof keys / sizeof *keys };

/* `layers` beside `networks`, `networks` inside of a network. */
static void report_misplaced(Spec *spec, const Value *child, unsigned where)
{
    const Value *networks = value_get(spec->root, STR("networks"));
    if (where == WITHIN) {
        spec_error(spec, child->key_place, "a network has no `%.*s` of its own", STR_ARGS(child->key));
        spec_hint(spec, "networks stand side by side under `networks:`; what is inside of one are `blocks:` and groups");
        return;
    }
    spec_error(spec, child->key_place, "`%.*s` cannot stand beside `networks`", STR_ARGS(child->key));
    if (networks)
        spec_note(spec, networks->key_place, "`networks` stands here");
    spec_hint(spec, "it belongs into one of the networks: `networks: {mine: {input: …, layers: […]}}`");
}

static void report_unknown(Spec *spec, const Value *child, unsigned where)
{
    Str words[KEYS];
    uint32_t count = 0;
    for (size_t i = 0; i < KEYS; i++)
        if (keys[i].where & where)
            words[count++] = keys[i].key;
    spec_error(spec, child->key_place, "unknown key `%.*s`", STR_ARGS(child->key));
    if (figure_key_find(child->key) >= 0)
        spec_hint(spec, "it is a key of `figure:`");
    else if (is_operation_key(spec, child->key))
        spec_hint(spec, "layers stand in the list under `layers:`, each behind a dash");
    else
        spec_did_you_mean(spec, child->key, words, count,
                          where == AROUND ? "a spec of several networks has name, blocks, networks, figure, figures"
                                          : "a spec has name, input, blocks, layers, output, figure, figures");
}

static void check_keys(Spec *spec, unsigned where)
{
    for (const Value *child = spec->root->first; child; child = child->next) {
        unsigned allowed = 0;
        for (size_t i = 0; i < KEYS; i++)
            if (str_equal(child->key, keys[i].key))
                allowed = keys[i].where;
        if (!allowed)
            report_unknown(spec, child, where);
        else if (!(allowed & where))
            report_misplaced(spec, child, where);
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

/* Whether the first item is where data begin: `- input: 3x224x224`, or reads nothing: `from: []`. */
static bool begins_itself(Spec *spec, const Value *layers)
{
    const Value *first = layers->first;
    if (!first)
        return false;
    const Value *from = value_get(first, STR("from")), *inner = value_get(first, STR("layers"));
    inner = inner ? inner : value_get(first, STR("group"));
    if (inner && inner->kind == VALUE_LIST && begins_itself(spec, inner))
        return true;
    if (from && from->kind == VALUE_LIST && !from->first)
        return true;
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
        if (spec->graph->key.size)
            spec_error(spec, spec->root->key_place, "the network `%.*s` has no `layers`", STR_ARGS(spec->graph->key));
        else
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
static void read_network(Spec *spec, unsigned where)
{
    const Value *name = value_get(spec->root, STR("name")), *blocks = value_get(spec->root, STR("blocks"));
    const Value *outputs = either(spec, STR("output"), STR("outputs"));
    Piece piece;
    if (blocks)
        read_blocks(spec, blocks);
    check_keys(spec, where);
    if (name && read_name(spec, name, &piece))
        spec->graph->name = piece.text;
    Site site = {.scope = spec->graph->root, .space = space_new(spec, NULL, value_get(spec->root, STR("layers")))};
    read_layers(spec, &site);
    if (outputs && !spec->stopped)
        read_outputs(spec, &site, outputs);
    check_blocks(spec);
}

/* ---- several networks ------------------------------------------------------------------------------------------- */

enum { MOST_NETWORKS = 64 };

/* A reading of one of several networks: what is around it is known to it and goes on behind it. */
static Spec spec_within(Spec *around, const Value *map)
{
    Spec spec = *around;
    spec.root = map;
    spec.graph = graph_new(spec.arena, around->source);
    spec.graph->key = spec.graph->name = map->key;
    spec.symbols = names_new(spec.arena);
    spec.around = around;
    spec.bases = NULL;
    spec.blocks = names_new(spec.arena);
    spec.lost = NULL;
    for (size_t i = 0; i < names_count(around->blocks); i++)
        names_put(spec.blocks, names_key(around->blocks, i), names_thing(around->blocks, i));
    return spec;
}

static void read_one_of(Spec *around, const Value *map, Model *model)
{
    name_is_fit(around, piece_of_key(map));
    if (map->kind != VALUE_MAP) {
        spec_wrong_kind(around, map, str_terminated(around->arena, map->key), "a mapping with `input:` and `layers:`");
        return;
    }
    Spec spec = spec_within(around, map);
    model->graphs[model->graph_count++] = spec.graph;
    read_network(&spec, WITHIN);
    read_figures(&spec, model);
    spec_flush(&spec);
    around->failed = spec.failed;
    around->stopped = spec.stopped;
    around->muted = spec.muted;
    around->work = spec.work;
}

static void read_networks(Spec *spec, const Value *networks, Model *model)
{
    const Value *name = value_get(spec->root, STR("name")), *blocks = value_get(spec->root, STR("blocks"));
    Piece piece;
    if (blocks)
        read_blocks(spec, blocks);
    check_keys(spec, AROUND);
    if (name && read_name(spec, name, &piece))
        model->name = piece.text;
    if (networks->kind != VALUE_MAP) {
        spec_wrong_kind(spec, networks, "networks", "a mapping from names to networks");
        return;
    }
    if (!networks->count || networks->count > MOST_NETWORKS) {
        spec_error(spec, networks->key_place, "there are %u networks, where 1 to %d can be", networks->count, MOST_NETWORKS);
        return;
    }
    model->graphs = ARENA_ARRAY(spec->arena, networks->count, Graph *);
    spec->bases = ARENA_ARRAY(spec->arena, networks->count, Figure);
    read_common_figure(spec);
    for (const Value *child = networks->first; child && !spec->stopped; child = child->next)
        read_one_of(spec, child, model);
    check_blocks(spec);
    read_common_figures(spec, model);
}

bool read_spec(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    const Value *root = yaml_read(arena, diags, source);
    if (!root)
        return false;
    Spec spec = {.arena = arena, .diags = diags, .source = source, .options = options, .root = root,
                 .blocks = names_new(arena), .symbols = names_new(arena), .ops = names_new(arena),
                 .checked = names_new(arena), .reserved = names_new(arena), .reported = names_new(arena)};
    const Value *networks = root->kind == VALUE_MAP ? value_get(root, STR("networks")) : NULL;
    *model = (Model){0};
    panels_prepare(&spec);
    if (networks) {
        read_networks(&spec, networks, model);
    } else {
        spec.graph = graph_new(arena, source);
        model->graphs = ARENA_NEW(arena, Graph *);
        model->graphs[model->graph_count++] = spec.graph;
        if (check_root(&spec, source)) {
            read_network(&spec, ALONE);
            read_figures(&spec, model);
        }
    }
    if (!spec.failed)
        read_panels(&spec, model);
    spec_flush(&spec);
    return !spec.failed && diags_errors(diags) == 0;
}
