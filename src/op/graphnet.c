/* SPDX-License-Identifier: MIT */
/* Layers on graphs: nodes N×d, and what passes along edges. */
#include "op/rules.h"

#define ATTR_OUT                                                                                                       \
    {.name = "out", .aliases = "out_channels features units hidden", .kind = ATTR_INT, .required = true,               \
     .positional = true, .help = "features of a node behind it"}
#define ATTR_EDGES                                                                                                     \
    {.name = "edges", .aliases = "num_edges E", .kind = ATTR_INT,                                                      \
     .help = "edges of the graph, loops included; sums along edges are counted where it is given"}

static const AttrSpec convolution_attrs[] = {ATTR_OUT, ATTR_EDGES, ATTR_USE_BIAS};

static const AttrSpec attention_attrs[] = {
    ATTR_OUT,
    {.name = "heads", .aliases = "num_heads", .kind = ATTR_INT, .fallback = "1", .positional = true,
     .help = "heads of attention"},
    {.name = "merge", .aliases = "concat", .kind = ATTR_WORD, .fallback = "concat", .words = "concat mean",
     .help = "how heads are joined"},
    ATTR_EDGES,
    ATTR_USE_BIAS,
};

static const AttrSpec message_attrs[] = {
    ATTR_OUT,
    {.name = "aggregate", .aliases = "aggr reduce", .kind = ATTR_WORD, .fallback = "sum", .words = "sum mean max",
     .positional = true, .help = "how the messages that arrive at a node are joined"},
    ATTR_EDGES,
    ATTR_USE_BIAS,
};

static Dim mul(const OpCall *call, Dim a, Dim b)
{
    return dim_mul(call->arena, a, b);
}

static Dim add(const OpCall *call, Dim a, Dim b)
{
    return dim_add(call->arena, a, b);
}

static Dim number(const OpCall *call, const char *attr)
{
    return attr_int(call->arena, call->layer, attr);
}

static Dim features_of(const OpCall *call)
{
    Shape in = rule_input(call, 0);
    return in.known && in.rank ? in.dims[in.rank - 1] : DIM_NONE;
}

static Dim nodes_of(const OpCall *call)
{
    Shape in = rule_input(call, 0);
    return in.known && in.rank > 1 ? in.dims[in.rank - 2] : DIM_NONE;
}

/* `width` products for each edge; nothing where the edges are not known, as with a dense adjacency that is not said. */
static Dim along_edges(const OpCall *call, Dim width)
{
    Dim edges = number(call, "edges");
    return edges.kind == DIM_UNKNOWN ? dim_int(0) : mul(call, edges, width);
}

static bool set_features(OpCall *call, Dim out)
{
    Shape in = rule_input(call, 0);
    if (in.known && in.rank < 2)
        return rule_fail(call, 0, "%s needs nodes N×d, but its input is %s", call->op->title, rule_text(call, in));
    rule_set(call, in.known ? rule_with(call, in, in.rank - 1, out) : in);
    return true;
}

static bool shape_nodes(OpCall *call)
{
    return set_features(call, number(call, "out"));
}

static bool shape_heads(OpCall *call)
{
    bool joined = str_equal(attr_word(call->layer, "merge"), STR("concat"));
    return set_features(call, joined ? mul(call, number(call, "out"), number(call, "heads")) : number(call, "out"));
}

/* Kipf and Welling 2017: d·e weights for each node, then a weighted sum along the edges. */
static void count_convolution(OpCall *call)
{
    Dim out = number(call, "out"), weights = mul(call, features_of(call), out);
    call->params = attr_bool(call->layer, "bias") ? add(call, weights, out) : weights;
    call->macs = add(call, mul(call, nodes_of(call), weights), along_edges(call, out));
}

/* Hamilton et al. 2017: one matrix for the node, one for the mean of its neighbours. */
static void count_sage(OpCall *call)
{
    Dim out = number(call, "out"), weights = mul(call, dim_int(2), mul(call, features_of(call), out));
    call->params = attr_bool(call->layer, "bias") ? add(call, weights, out) : weights;
    call->macs = mul(call, nodes_of(call), weights);
}

/* Velickovic et al. 2018: d·h·e weights, two vectors a head that score an edge, a bias of what leaves. */
static void count_attention(OpCall *call)
{
    Dim width = mul(call, number(call, "out"), number(call, "heads")), weights = mul(call, features_of(call), width);
    bool joined = str_equal(attr_word(call->layer, "merge"), STR("concat"));
    Dim scores = mul(call, dim_int(2), width), bias = joined ? width : number(call, "out");
    call->params = add(call, weights, attr_bool(call->layer, "bias") ? add(call, scores, bias) : scores);
    call->macs = add(call, mul(call, nodes_of(call), add(call, weights, scores)), along_edges(call, width));
}

/*
 * Gilmer et al. 2017 with linear maps: a message from both ends of an edge (and its features, the second input), 2d (+ f)
 * to e; an update from the node and its messages, d + e to e.
 */
static void count_message(OpCall *call)
{
    Shape edge = rule_input(call, 1);
    Dim in = features_of(call), out = number(call, "out"), both = mul(call, dim_int(2), in);
    if (edge.known && edge.rank)
        both = add(call, both, edge.dims[edge.rank - 1]);
    Dim message = mul(call, both, out), update = mul(call, add(call, in, out), out);
    Dim biases = attr_bool(call->layer, "bias") ? mul(call, dim_int(2), out) : dim_int(0);
    Dim edges = rule_or(number(call, "edges"), edge.known && edge.rank > 1 ? edge.dims[edge.rank - 2] : DIM_NONE);
    call->params = add(call, add(call, message, update), biases);
    call->macs = add(call, mul(call, nodes_of(call), update), mul(call, edges, message));
}

static void label_nodes(const OpCall *call, Text *text)
{
    text_add(text, str_from(call->op->title));
    label_int(call, text, "out", "%s");
}

static void label_heads(const OpCall *call, Text *text)
{
    label_nodes(call, text);
    label_unless(call, text, "heads", 1, "%s heads");
}

/* They mix neighbours with shared weights, as convolutions do. */
#define GRAPH_ROW(attr_table, shape_rule, count_rule, label_rule)                                                      \
    .style = STYLE_CONV, OP_ATTRS(attr_table), .min_inputs = 1, .max_inputs = 3, .shape = (shape_rule),                \
    .count = (count_rule), .label = (label_rule)

static const Op rows[] = {
    {.name = "gcn", .title = "graph conv", .help = "graph convolution: mean of the neighbours, then a linear layer",
     .aliases = "graph_conv GCNConv GraphConvolution", GRAPH_ROW(convolution_attrs, shape_nodes, count_convolution,
     label_nodes)},
    {.name = "sage", .title = "GraphSAGE", .help = "linear layers of a node and of the mean of its neighbours",
     .aliases = "graphsage SAGEConv", GRAPH_ROW(convolution_attrs, shape_nodes, count_sage, label_nodes)},
    {.name = "gat", .title = "graph attention", .help = "attention of a node to its neighbours",
     .aliases = "graph_attention GATConv", GRAPH_ROW(attention_attrs, shape_heads, count_attention, label_heads)},
    {.name = "message_passing", .title = "message passing",
     .help = "messages along edges, joined at each node, which is updated",
     .aliases = "mpnn MessagePassing NNConv", GRAPH_ROW(message_attrs, shape_nodes, count_message, label_nodes)},
};

OpFamily op_family_graphnet(void)
{
    return OP_ROWS(rows);
}
