/* SPDX-License-Identifier: MIT */
/* Reads Graphviz files: nodes become boxes under their labels, known operations where a label is the name of one. */
#include "read/dot.h"

#include "base/names.h"

typedef struct Dot {
    Arena *arena;
    Graph *graph;
    Names *ops;   /* Op by name, looked up once */
} Dot;

/* ---- labels -------------------------------- */

/* What a label says: its words, the operation that they name, a shape. */
typedef struct Said {
    Str text;
    const Op *op;  /* it is the name of this operation */
    const Op *kin; /* its words have the name of this one */
    Shape shape;
} Said;

static const Op *find_op(Dot *dot, Str name)
{
    const Op **found = names_get(dot->ops, name);
    if (!found) {
        found = arena_alloc(dot->arena, sizeof *found);
        *found = name.size ? op_find(name) : NULL;
        names_put(dot->ops, name, found);
    }
    return *found;
}

/* `64x112x112`, `64@112x112`, `(1, 64, 112, 112)`, `[None, 10]`: at least two numbers. */
static bool read_shape(Arena *arena, Str text, Shape *shape)
{
    Dim dims[SHAPE_MAX_RANK];
    uint32_t rank = 0;
    bool bracket = text.size > 1 && (text.at[0] == '(' || text.at[0] == '[');
    for (size_t at = bracket ? 1 : 0, end = text.size - (bracket ? 1 : 0); at < end;) {
        size_t from = at;
        int64_t n;
        while (at < end && text.at[at] != ',' && (bracket || (text.at[at] != 'x' && text.at[at] != '@')))
            at++;
        Str piece = str_trim(str_slice(text, from, at++));
        bool open = bracket && (str_equal(piece, STR("None")) || str_equal(piece, STR("?")));
        if (rank == SHAPE_MAX_RANK || (!open && (!str_to_int(piece, &n) || n < 1 || n > INT32_MAX)))
            return false;
        dims[rank++] = open ? DIM_NONE : dim_int(n);
    }
    *shape = rank >= 2 ? shape_of(arena, rank, dims) : shape_unknown();
    return rank >= 2;
}

/* The first word that is the name of an operation: it gives the box its colour. */
static void find_style(Dot *dot, Str piece, Said *said)
{
    enum { SHORTEST = 3 };
    for (size_t at = 0; at < piece.size && !said->kin;) {
        size_t from = at;
        while (at < piece.size && piece.at[at] != ' ' && piece.at[at] != ',' && piece.at[at] != ':')
            at++;
        if (at - from >= SHORTEST)
            said->kin = find_op(dot, str_slice(piece, from, at));
        at++;
    }
}

/* A line or field of a label: a shape (the last is the output's), an operation, or words. */
static void take_piece(Dot *dot, Str piece, Said *said, Text *words)
{
    piece = str_trim(piece);
    Shape shape;
    if (!piece.size || str_ends(piece, STR(":")))
        return;
    if (read_shape(dot->arena, piece, &shape)) {
        said->shape = shape;
        return;
    }
    said->op = words->size ? NULL : find_op(dot, piece);
    find_style(dot, piece, said);
    if (words->size)
        text_add_char(words, ' ');
    text_add(words, piece);
}

/* Escapes of labels: `\n`, `\l`, `\r` end a line, `\N` is the name; in records `{|}` part fields and `<port>` is none. */
static Said read_label(Dot *dot, const DotNode *node, Str label, bool record)
{
    Said said = {.shape = shape_unknown()};
    Text words = text_in(dot->arena), piece = text_in(dot->arena);
    for (size_t i = 0; i < label.size; i++) {
        char c = label.at[i], next = i + 1 < label.size ? label.at[i + 1] : '\0';
        bool escape = c == '\\' && next, breaks = escape ? next == 'n' || next == 'l' || next == 'r' : c == '\n';
        if (record && c == '<' && !escape) {
            size_t length = str_find(str_slice(label, i, label.size), '>');
            i += length;
            continue;
        }
        i += escape;
        if (breaks || (record && !escape && (c == '{' || c == '}' || c == '|'))) {
            take_piece(dot, text_str(&piece), &said, &words);
            piece = text_in(dot->arena);
        } else if (escape && next == 'N') {
            text_add(&piece, node->name);
        } else {
            text_add_char(&piece, escape ? next : c);
        }
    }
    take_piece(dot, text_str(&piece), &said, &words);
    said.text = text_str(&words);
    return said;
}

/* ---- the network -------------------------------- */

static Scope *scope_of(Dot *dot, DotCluster *cluster)
{
    if (!cluster->parent)
        return dot->graph->root;
    if (!cluster->is_group)
        return scope_of(dot, cluster->parent);
    if (!cluster->scope) {
        Str name = cluster->label.size ? cluster->label : cluster->name;
        cluster->scope = graph_add_scope(dot->graph, scope_of(dot, cluster->parent), SCOPE_GROUP, name);
        cluster->scope->place = cluster->place;
    }
    return cluster->scope;
}

/* An operation where the label is its name and that says all; else a box of these words in the operation's colour. */
static void add_node(Dot *dot, DotNode *node)
{
    Said said = read_label(dot, node, node->label, node->is_record && node->has_label);
    const Op *op = said.op && !said.op->count ? said.op : op_custom();
    Layer *layer = graph_add_layer(dot->graph, scope_of(dot, node->cluster), op, op->attr_count, node->name);
    layer->op_name = !op_is_custom(op) ? str_from(op->name) : said.text.size ? said.text : node->name;
    layer->attrs = ARENA_ARRAY(dot->arena, op->attr_count, Attr);
    layer->path = node->name;
    layer->place = node->place;
    if (op_is_custom(op) && said.kin)
        layer->style = str_from(style_name(said.kin->style));
    layer->inferred = true;
    layer->params = layer->macs = !op_is_custom(op) && !op->count ? dim_int(0) : DIM_NONE;
    layer->outputs[0] = said.shape;
    node->layer = layer;
}

static void add_edges(Dot *dot, const DotNode *node)
{
    Port *ports = ARENA_ARRAY(dot->arena, node->input_count, Port);
    for (uint32_t i = 0; i < node->input_count; i++)
        ports[i] = (Port){node->inputs[i]->layer, 0};
    graph_set_inputs(dot->graph, node->layer, ports, node->input_count);
    if (!node->is_read)
        dot->graph->outputs[dot->graph->output_count++] = (Port){node->layer, 0};
}

bool dot_recognises(Str bytes)
{
    static const char *const words[] = {"strict", "digraph", "graph"};
    Str rest = str_slice(bytes, 0, 1 << 14), line;
    while (str_cut(&rest, '\n', &line)) {
        Str text = str_trim(line);
        if (!text.size || str_starts(text, STR("//")) || text.at[0] == '#' || str_starts(text, STR("/*")) || text.at[0] == '*')
            continue;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            Str word = str_from(words[i]);
            Str behind = str_slice(text, word.size, text.size);
            char c = behind.size ? behind.at[0] : ' ';
            if (str_equal_nocase(str_slice(text, 0, word.size), word) && (c == ' ' || c == '{' || c == '\t' || c == '"'))
                return str_find(behind, ':') > str_find(behind, '{') || str_find(behind, ':') == behind.size;
        }
        return false;
    }
    return false;
}

bool read_graphviz(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    DotFile *file = dot_parse(arena, diags, source);
    if (!file)
        return false;
    if (!file->node_count) {
        diag_error(diags, (Place){.source = source}, "the graph has no nodes");
        return false;
    }
    Dot dot = {.arena = arena, .graph = graph_new(arena, source), .ops = names_new(arena)};
    dot.graph->imported = true;
    dot.graph->batch_axes = 0;
    dot.graph->name = file->root->label;
    *model = model_of(arena, dot.graph);
    for (uint32_t i = 0; i < file->node_count; i++)
        add_node(&dot, file->nodes[i]);
    dot.graph->outputs = ARENA_ARRAY(arena, file->node_count, Port);
    for (uint32_t i = 0; i < file->node_count; i++)
        add_edges(&dot, file->nodes[i]);
    return true;
}
