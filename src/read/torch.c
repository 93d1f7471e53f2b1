/* SPDX-License-Identifier: MIT */
/* Reads what PyTorch's print(model) writes: modules with their arguments, but not how they are wired. */
#include "read/torch.h"

/* A class, looked up once. */
typedef struct Kind {
    const TorchRow *row;
    const Op *op;
} Kind;

typedef struct Torch {
    Arena *arena;
    Diags *diags;
    Graph *graph;
    Names *kinds;                /* Kind by class */
    Port before;                 /* what the next module reads */
    const TorchModule *assumed;  /* the first whose wiring is not in the text */
    const TorchModule *own;      /* the first of a class of its own, which may hold parameters that are not printed */
    uint32_t made;
    bool full;
} Torch;

static const Kind *kind_of(Torch *torch, Str name)
{
    Kind *kind = names_get(torch->kinds, name);
    if (kind)
        return kind;
    kind = ARENA_NEW(torch->arena, Kind);
    kind->row = torch_row(name);
    kind->op = kind->row ? kind->row->op ? op_find(str_from(kind->row->op)) : op_find(name) : NULL;
    names_put(torch->kinds, name, kind);
    return kind;
}

/* As exporters write it: children that have only a number are called after what holds them. */
static Str name_in(Arena *arena, const Scope *scope, Str name)
{
    int64_t n;
    return scope->name.size && str_to_int(name, &n) ? str_format(arena, "%.*s.%.*s", STR_ARGS(scope->name), STR_ARGS(name))
                                                    : name;
}

static Layer *add_layer(Torch *torch, Scope *scope, const Op *op, Str name, const TorchModule *module)
{
    Str path = scope->path.size ? str_format(torch->arena, "%.*s/%.*s", STR_ARGS(scope->path), STR_ARGS(name)) : name;
    Layer *layer = graph_add_layer(torch->graph, scope, op, op->attr_count, name);
    layer->path = path;
    layer->op_name = op_is_custom(op) ? module->kind : str_from(op->name);
    layer->attrs = ARENA_ARRAY(torch->arena, op->attr_count, Attr);
    layer->place = module->place;
    layer->inferred = true;
    return layer;
}

static void add_input(Torch *torch, const TorchModule *root)
{
    Layer *layer = add_layer(torch, torch->graph->root, op_find(STR("input")), STR("input"), root);
    layer->implied = true;
    layer->params = layer->macs = dim_int(0);
    torch->before = (Port){layer, 0};
}

/* `[torch.float32 of size 3x4]`, in brackets or parentheses by version. */
static Dim size_of_parameter(Arena *arena, Str text)
{
    Str mark = STR(" of size "), piece;
    Dim product = dim_int(1);
    int64_t n;
    size_t at = 0;
    while (at + mark.size < text.size && !str_starts(str_slice(text, at, text.size), mark))
        at++;
    Str sizes = str_slice(text, at + mark.size, text.size);
    if (sizes.size && (str_ends(sizes, STR("]")) || str_ends(sizes, STR(")"))))
        sizes.size--;
    while (str_cut(&sizes, 'x', &piece))
        product = str_to_int(str_trim(piece), &n) && n >= 0 ? dim_mul(arena, product, dim_int(n)) : DIM_NONE;
    return product;
}

static void add_parameter(Torch *torch, Scope *scope, const TorchModule *module, Str name)
{
    Layer *layer = add_layer(torch, scope, op_find(STR("parameter")), name, module);
    layer->params = size_of_parameter(torch->arena, module->arguments);
    layer->macs = dim_int(0);
    layer->auxiliary = true;
}

static void report_unknown(Torch *torch, const TorchModule *module)
{
    Kind *kind = names_get(torch->kinds, module->kind);
    if (kind->op)
        return;
    kind->op = op_custom();
    diag_warning(torch->diags, module->place, "`%.*s` is no class of PyTorch that netikz knows: its parameters are not in the text",
                 STR_ARGS(module->kind));
}

/* What stands behind a module without children in a Sequential reads that; of others nothing is certain. */
static Shape shape_before(const Torch *torch, const TorchModule *module, const TorchModule *prior)
{
    bool certain = prior && !prior->first && torch_is_chain(module->parent->kind);
    return certain && torch->before.layer ? torch->before.layer->outputs[0] : shape_unknown();
}

static void add_leaf(Torch *torch, Scope *scope, const TorchModule *module, const TorchModule *prior, Str name)
{
    const Kind *kind = kind_of(torch, module->kind);
    Layer *layer = add_layer(torch, scope, kind->row && kind->op ? kind->op : op_custom(), name, module);
    if (kind->row) {
        torch_attributes(torch->arena, layer, module, kind->row);
        torch_count(torch->arena, torch->diags, layer, module, kind->row, shape_before(torch, module, prior));
    } else {
        report_unknown(torch, module);
    }
    graph_set_inputs(torch->graph, layer, &torch->before, 1);
    torch->before = (Port){layer, 0};
}

static void add_module(Torch *torch, Scope *scope, const TorchModule *module, const TorchModule *prior, Str name);

/* The modules inside, in the order of the text; runs that newer versions shorten are written out. */
static void add_children(Torch *torch, Scope *scope, const TorchModule *module)
{
    const TorchModule *prior = NULL;
    for (const TorchModule *child = module->first; child && !torch->full; prior = child, child = child->next)
        for (int64_t i = 0; i < child->times && !torch->full; i++) {
            bool run = child->times > 1;
            Str name = run ? str_format(torch->arena, "%lld", (long long)(child->number + i)) : child->name;
            add_module(torch, scope, child, i ? child : prior, name_in(torch->arena, scope, name));
        }
}

/* What is not printed: the wiring of all but Sequential, and what classes of one's own hold beside modules. */
static void note_class(Torch *torch, const TorchModule *module)
{
    bool ours = torch_is_container(module->kind);
    if (!torch_is_chain(module->kind) && module->first->next && !torch->assumed)
        torch->assumed = module;
    if (!ours && !torch->own)
        torch->own = module;
}

static void add_module(Torch *torch, Scope *scope, const TorchModule *module, const TorchModule *prior, Str name)
{
    if (torch->made++ == TORCH_MOST_MODULES) {
        diag_error(torch->diags, module->place, "the tree has more than %d modules, with its runs written out",
                   TORCH_MOST_MODULES);
        torch->full = true;
        return;
    }
    bool list = torch_is_container(module->kind);
    if (!module->first && (list || !module->kind.size)) /* an empty list, or None */
        return;
    if (str_equal(module->kind, STR("Parameter"))) {
        add_parameter(torch, scope, module, name);
        return;
    }
    if (!module->first || kind_of(torch, module->kind)->row) {
        add_leaf(torch, scope, module, prior, name);
        return;
    }
    note_class(torch, module);
    Scope *inner = graph_add_scope(torch->graph, scope, list ? SCOPE_GROUP : SCOPE_BLOCK, name);
    inner->definition = list ? (Str){0} : module->kind;
    inner->place = module->place;
    add_children(torch, inner, module);
}

static void report(Torch *torch)
{
    if (torch->assumed) {
        diag_warning(torch->diags, torch->assumed->place,
                     "the text does not say how the modules of `%.*s` are wired: outside of Sequential they are drawn in "
                     "the order of the text", STR_ARGS(torch->assumed->kind));
        diag_hint(torch->diags, "torch.onnx.export writes the connections and shapes too, and netikz reads its file");
    }
    if (torch->own)
        diag_remark(torch->diags, torch->own->place,
                    "parameters that `%.*s` and other classes hold beside modules (class tokens, position tables) are "
                    "not in the text and not counted", STR_ARGS(torch->own->kind));
}

bool read_torch(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    TorchModule *root = torch_parse(arena, diags, source);
    if (!root)
        return false;
    Torch torch = {.arena = arena, .diags = diags, .graph = graph_new(arena, source), .kinds = names_new(arena)};
    torch.graph->imported = true;
    torch.graph->batch_axes = 1;
    torch.graph->name = root->kind;
    *model = model_of(arena, torch.graph);
    add_input(&torch, root);
    if (root->first && !kind_of(&torch, root->kind)->row) {
        note_class(&torch, root);
        add_children(&torch, torch.graph->root, root);
    } else {
        add_module(&torch, torch.graph->root, root, NULL, root->kind);
    }
    report(&torch);
    torch.graph->outputs = ARENA_NEW(arena, Port);
    torch.graph->outputs[torch.graph->output_count++] = torch.before;
    return diags_errors(diags) == 0;
}
