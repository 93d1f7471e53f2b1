/* SPDX-License-Identifier: MIT */
/* The language of Graphviz (graphviz.org/doc/info/lang.html): statements about nodes, edges and subgraphs. */
#include "read/dot.h"

#include "base/names.h"

typedef struct Parser {
    Arena *arena;
    Diags *diags;
    const Source *source;
    Str text;
    size_t at, line_begin;       /* of the next character, of its line */
    uint32_t line;
    Str token;                   /* the next one; empty at the end */
    bool quoted, is_id;          /* it is a text in quotes; it names something */
    Place place;
    DotFile *file;
    Names *nodes;
    DotNode **mentions;          /* all nodes in the order in which they are mentioned */
    uint32_t mention_count, mention_room, depth;
    bool failed;
} Parser;

static bool fail(Parser *parser, const char *what)
{
    if (!parser->failed)
        diag_error(parser->diags, parser->place, "%s", what);
    parser->failed = true;
    return false;
}

/* ---- tokens -------------------------------- */

static char look(const Parser *parser, size_t ahead)
{
    return parser->at + ahead < parser->text.size ? parser->text.at[parser->at + ahead] : '\0';
}

static void step(Parser *parser)
{
    if (look(parser, 0) == '\n') {
        parser->line++;
        parser->line_begin = parser->at + 1;
    }
    parser->at++;
}

static bool at_end(const Parser *parser)
{
    return parser->at >= parser->text.size;
}

static void skip_line(Parser *parser)
{
    while (!at_end(parser) && look(parser, 0) != '\n')
        step(parser);
}

/* Blanks, comments as in C++, and lines of a preprocessor. */
static void skip_blanks(Parser *parser)
{
    while (!at_end(parser)) {
        char c = look(parser, 0);
        if (c == '/' && look(parser, 1) == '*') {
            for (step(parser), step(parser); !at_end(parser) && !(look(parser, 0) == '*' && look(parser, 1) == '/');)
                step(parser);
            parser->at += parser->at + 2 <= parser->text.size ? 2 : 0;
        } else if ((c == '/' && look(parser, 1) == '/') || (c == '#' && parser->at == parser->line_begin)) {
            skip_line(parser);
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f') {
            step(parser);
        } else {
            return;
        }
    }
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           (unsigned char)c >= 0x80;
}

/* Inside of quotes: only `\"` and a broken line mean something here, the rest is for labels. */
static void take_quoted(Parser *parser)
{
    Text text = text_in(parser->arena);
    for (step(parser); !at_end(parser) && look(parser, 0) != '"'; step(parser)) {
        bool escaped = look(parser, 0) == '\\';
        if (escaped && (look(parser, 1) == '"' || look(parser, 1) == '\n'))
            step(parser);
        if (escaped && look(parser, 0) == '\n')
            continue;
        text_add_char(&text, look(parser, 0));
        if (escaped && look(parser, 0) == '\\' && look(parser, 1) == '\\') {
            step(parser);
            text_add_char(&text, '\\');
        }
    }
    if (at_end(parser))
        fail(parser, "a text in quotes has no end");
    step(parser);
    parser->token = text_str(&text);
}

/* A label in HTML: what stands between its marks. */
static void take_html(Parser *parser)
{
    Text text = text_in(parser->arena);
    int64_t depth = 0;
    do {
        char c = look(parser, 0);
        depth += (c == '<') - (c == '>');
        if (c == '>' && text.size && text.at[text.size - 1] != ' ')
            text_add_char(&text, ' ');
        else if (depth == 1 && c != '<' && c != '>' && !(c == ' ' && text.size && text.at[text.size - 1] == ' '))
            text_add_char(&text, c);
        step(parser);
    } while (depth > 0 && !at_end(parser));
    if (depth > 0)
        fail(parser, "a label in <…> has no end");
    parser->token = str_trim(text_str(&text));
}

static void advance(Parser *parser)
{
    skip_blanks(parser);
    size_t from = parser->at;
    char c = look(parser, 0), next = look(parser, 1);
    parser->place = (Place){.source = parser->source, .line = parser->line,
                            .column = (uint32_t)(from - parser->line_begin) + 1};
    parser->is_id = parser->quoted = c == '"' || c == '<';
    if (c == '"') {
        take_quoted(parser);
        return;
    }
    if (c == '<') {
        take_html(parser);
        return;
    }
    bool minus = c == '-' && next != '-' && next != '>';
    if (minus || is_plain(c)) {
        parser->is_id = true;
        for (step(parser); is_plain(look(parser, 0));)
            step(parser);
    } else if (!at_end(parser)) {
        step(parser);
        if (c == '-')
            step(parser);
    }
    parser->token = str_slice(parser->text, from, parser->at);
}

static bool is_at(const Parser *parser, const char *word)
{
    return !parser->quoted && str_equal_nocase(parser->token, str_from(word));
}

static bool take(Parser *parser, const char *word)
{
    if (!is_at(parser, word))
        return false;
    advance(parser);
    return true;
}

/* A name or value; texts joined by `+` are one. */
static bool take_id(Parser *parser, Str *id)
{
    if (!parser->is_id)
        return fail(parser, "a name is missing here");
    *id = parser->token;
    advance(parser);
    if (!is_at(parser, "+"))
        return true;
    Text whole = text_in(parser->arena);
    text_add(&whole, *id);
    while (take(parser, "+")) {
        if (!parser->quoted)
            return fail(parser, "behind `+` stands a text in quotes");
        text_add(&whole, parser->token);
        advance(parser);
    }
    *id = text_str(&whole);
    return true;
}

/* ---- statements -------------------------------- */

/* What is kept of attributes. */
typedef struct Kept {
    Str label, shape;
    bool has_label, has_shape;
} Kept;

static bool read_attribute(Parser *parser, Kept *kept)
{
    Str name, value = STR("true");
    if (!take_id(parser, &name) || (take(parser, "=") && !take_id(parser, &value)))
        return false;
    if (str_equal(name, STR("label"))) {
        kept->label = value;
        kept->has_label = true;
    } else if (str_equal(name, STR("shape"))) {
        kept->shape = value;
        kept->has_shape = true;
    }
    while (take(parser, ",") || take(parser, ";"))
        continue;
    return true;
}

static bool read_attributes(Parser *parser, Kept *kept)
{
    *kept = (Kept){.has_label = false};
    while (take(parser, "["))
        while (!take(parser, "]"))
            if (!parser->token.size || !read_attribute(parser, kept))
                return fail(parser, "a list of attributes reads [name=value, …]");
    return true;
}

static bool is_record(Str shape)
{
    return str_equal(shape, STR("record")) || str_equal(shape, STR("Mrecord"));
}

static DotCluster *group_of(DotCluster *cluster)
{
    while (cluster->parent && !cluster->is_group)
        cluster = cluster->parent;
    return cluster;
}

static DotNode *mention(Parser *parser, DotCluster *cluster, Str name, Place place)
{
    DotNode *node = names_get(parser->nodes, name);
    DotCluster *group = group_of(cluster);
    if (!node) {
        if (parser->file->node_count == DOT_MOST_NODES) {
            fail(parser, "the graph has more than 50000 nodes");
            return NULL;
        }
        node = ARENA_NEW(parser->arena, DotNode);
        *node = (DotNode){.name = name, .label = name, .place = place, .cluster = group, .is_record = cluster->is_record};
        names_put(parser->nodes, name, node);
        *ARENA_PUSH(parser->arena, parser->file->nodes, parser->file->node_count, parser->file->node_room) = node;
    } else if (!node->cluster->parent) {
        node->cluster = group;
    }
    *ARENA_PUSH(parser->arena, parser->mentions, parser->mention_count, parser->mention_room) = node;
    return node;
}

static bool connect(Parser *parser, uint32_t from, uint32_t middle, uint32_t to)
{
    for (uint32_t i = from; i < middle; i++)
        for (uint32_t k = middle; k < to; k++) {
            DotNode *a = parser->mentions[i], *b = parser->mentions[k];
            if (parser->file->edge_count++ == DOT_MOST_EDGES)
                return fail(parser, "the graph has more than 500000 edges");
            a->is_read = true;
            *ARENA_PUSH(parser->arena, b->inputs, b->input_count, b->input_room) = a;
        }
    return true;
}

static bool read_statements(Parser *parser, DotCluster *cluster);

static bool read_subgraph(Parser *parser, DotCluster *parent)
{
    DotCluster *cluster = ARENA_NEW(parser->arena, DotCluster);
    *cluster = (DotCluster){.parent = parent, .is_record = parent->is_record, .place = parser->place};
    if (take(parser, "subgraph") && parser->is_id && !take_id(parser, &cluster->name))
        return false;
    cluster->is_group = str_starts(cluster->name, STR("cluster"));
    if (!take(parser, "{"))
        return fail(parser, "a subgraph needs `{`");
    if (parser->depth++ == DOT_MOST_DEPTH)
        return fail(parser, "subgraphs are nested too deeply");
    bool fine = read_statements(parser, cluster);
    parser->depth--;
    return fine;
}

/* What stands behind the name of a node: ports, which do not matter here. */
static bool read_node(Parser *parser, DotCluster *cluster, Str name, Place place)
{
    Str port;
    while (take(parser, ":"))
        if (!take_id(parser, &port))
            return false;
    return mention(parser, cluster, name, place) != NULL;
}

/* A node, or a subgraph. */
static bool read_end(Parser *parser, DotCluster *cluster)
{
    Place place = parser->place;
    Str name;
    if (is_at(parser, "subgraph") || is_at(parser, "{"))
        return read_subgraph(parser, cluster);
    return take_id(parser, &name) && read_node(parser, cluster, name, place);
}

static bool read_defaults(Parser *parser, DotCluster *cluster)
{
    Kept kept;
    bool of_nodes = is_at(parser, "node"), of_graph = is_at(parser, "graph");
    advance(parser);
    if (!read_attributes(parser, &kept))
        return false;
    if (of_nodes && kept.has_shape)
        cluster->is_record = is_record(kept.shape);
    if (of_graph && kept.has_label)
        cluster->label = kept.label;
    return true;
}

static void keep(DotNode *node, const Kept *kept)
{
    if (kept->has_label) {
        node->label = kept->label;
        node->has_label = true;
    }
    if (kept->has_shape)
        node->is_record = is_record(kept->shape);
}

/* ` -> b -> {c d}` behind the nodes mentioned from `from` on, then attributes: of the node, where it stands alone. */
static bool read_chain(Parser *parser, DotCluster *cluster, uint32_t from, bool alone)
{
    Kept kept;
    for (; take(parser, "->") || take(parser, "--"); alone = false) {
        uint32_t middle = parser->mention_count;
        if (!read_end(parser, cluster) || !connect(parser, from, middle, parser->mention_count))
            return false;
        from = middle;
    }
    if (!read_attributes(parser, &kept))
        return false;
    if (alone && parser->mention_count)
        keep(parser->mentions[parser->mention_count - 1], &kept);
    return true;
}

/* A chain, or `label = text`. */
static bool read_statement(Parser *parser, DotCluster *cluster)
{
    uint32_t from = parser->mention_count;
    bool alone = parser->is_id;
    Place place = parser->place;
    Str name, value;
    if (!alone)
        return read_end(parser, cluster) && read_chain(parser, cluster, from, false);
    if (is_at(parser, "subgraph"))
        return read_subgraph(parser, cluster) && read_chain(parser, cluster, from, false);
    if (!take_id(parser, &name))
        return false;
    if (!take(parser, "="))
        return read_node(parser, cluster, name, place) && read_chain(parser, cluster, from, true);
    if (!take_id(parser, &value))
        return false;
    if (str_equal(name, STR("label")))
        cluster->label = value;
    return true;
}

static bool read_statements(Parser *parser, DotCluster *cluster)
{
    while (!parser->failed && !take(parser, "}")) {
        bool defaults = is_at(parser, "graph") || is_at(parser, "node") || is_at(parser, "edge");
        if (!parser->token.size && !parser->quoted)
            return fail(parser, "the graph has no end: a `}` is missing");
        if (take(parser, ";"))
            continue;
        if (!(defaults ? read_defaults(parser, cluster) : read_statement(parser, cluster)))
            return false;
    }
    return !parser->failed;
}

DotFile *dot_parse(Arena *arena, Diags *diags, const Source *source)
{
    Parser parser = {.arena = arena, .diags = diags, .source = source, .text = source->bytes, .line = 1,
                     .nodes = names_new(arena), .file = ARENA_NEW(arena, DotFile)};
    parser.file->root = ARENA_NEW(arena, DotCluster);
    advance(&parser);
    take(&parser, "strict");
    if (!take(&parser, "digraph") && !take(&parser, "graph")) {
        fail(&parser, "a file of Graphviz begins with `digraph` or `graph`");
        return NULL;
    }
    if (parser.is_id && !take_id(&parser, &parser.file->root->name))
        return NULL;
    if (!take(&parser, "{")) {
        fail(&parser, "a graph needs `{`");
        return NULL;
    }
    return read_statements(&parser, parser.file->root) ? parser.file : NULL;
}
