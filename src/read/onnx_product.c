/* SPDX-License-Identifier: MIT */
/* Shape rules and MACs of ONNX operators that multiply matrices: products, recurrent cells, attention. */
#include "read/onnx_rule.h"

/* As numpy.matmul: vectors get an axis that goes away again, axes before the last two broadcast. */
static void matmul(OnnxCall *call, Shape a, Shape b)
{
    Shape out, a_outer = a, b_outer = b;
    Dim dims[ONNX_MOST_DIMS];
    call->macs = DIM_NONE;
    if (!a.known || !b.known || !a.rank || !b.rank)
        return;
    a_outer.rank = a.rank > 2 ? a.rank - 2 : 0;
    b_outer.rank = b.rank > 2 ? b.rank - 2 : 0;
    if (!onnx_broadcast(call->arena, a_outer, b_outer, &out))
        return;
    uint32_t rank = out.rank;
    for (uint32_t i = 0; i < rank; i++)
        dims[i] = out.dims[i];
    if (a.rank > 1)
        dims[rank++] = a.dims[a.rank - 2];
    if (b.rank > 1)
        dims[rank++] = b.dims[b.rank - 1];
    onnx_out(call, 0, shape_of(call->arena, rank, dims));
    Dim shared = a.dims[a.rank - 1], other = b.dims[b.rank > 1 ? b.rank - 2 : 0];
    call->macs = dim_mul(call->arena, onnx_product(call->arena, dims, rank),
                         shared.kind == DIM_INT  ? shared
                         : other.kind == DIM_INT ? other
                                                 : shared);
}

static Shape swapped(Arena *arena, Shape shape, bool swap)
{
    if (!swap || !shape.known || shape.rank < 2)
        return shape;
    Shape out = shape_of(arena, shape.rank, shape.dims);
    out.dims[shape.rank - 1] = shape.dims[shape.rank - 2];
    out.dims[shape.rank - 2] = shape.dims[shape.rank - 1];
    return out;
}

/* FusedMatMul may transpose. */
void onnx_shape_matmul(OnnxCall *call)
{
    bool fused = str_equal(call->node->op, STR("FusedMatMul"));
    bool a = fused && onnx_attr_int(call->node, "transA", 0) != 0,
         b = fused && onnx_attr_int(call->node, "transB", 0) != 0;
    matmul(call, swapped(call->arena, onnx_in(call, 0), a), swapped(call->arena, onnx_in(call, 1), b));
}

void onnx_shape_qlinear_matmul(OnnxCall *call)
{
    matmul(call, onnx_in(call, 0), onnx_in(call, 3));
}

void onnx_shape_gemm(OnnxCall *call)
{
    Shape a = swapped(call->arena, onnx_in(call, 0), onnx_attr_int(call->node, "transA", 0) != 0);
    Shape b = swapped(call->arena, onnx_in(call, 1), onnx_attr_int(call->node, "transB", 0) != 0);
    call->macs = DIM_NONE;
    if (b.known && b.rank == 2 && a.known && a.rank == 2)
        matmul(call, a, b);
    else if (b.known && b.rank == 2)
        onnx_out(call, 0, shape_of(call->arena, 2, (Dim[]){DIM_NONE, b.dims[1]}));
}

/* ---- Einsum -------------------------------- */

enum { LETTERS = 128 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Sizes of the letters of one operand; false where there is anything but letters, or another number of axes. */
static bool read_operand(Str letters, Shape shape, Dim *sizes, unsigned char *uses)
{
    uint32_t axis = 0;
    for (size_t i = 0; i < letters.size; i++) {
        char c = letters.at[i];
        if (c == ' ')
            continue;
        if (!is_letter(c) || !shape.known || axis >= shape.rank)
            return false;
        Dim size = shape.dims[axis++];
        if (!uses[(unsigned char)c] || dim_is(sizes[(unsigned char)c], 1))
            sizes[(unsigned char)c] = size;
        if (uses[(unsigned char)c] < 255)
            uses[(unsigned char)c]++;
    }
    return axis == shape.rank;
}

/* The letters behind `->`, or, where there is no arrow, those that occur once, in the order of the alphabet. */
static Str result_letters(Arena *arena, Str equation, const unsigned char *uses)
{
    Text text = text_in(arena);
    for (size_t i = 0; i + 1 < equation.size; i++)
        if (equation.at[i] == '-' && equation.at[i + 1] == '>')
            return str_trim(str_slice(equation, i + 2, equation.size));
    for (int c = 'A'; c <= 'z'; c++)
        if (uses[c] == 1)
            text_add_char(&text, (char)c);
    return text_str(&text);
}

/* A product where letters are summed over: one multiplication for each combination of all letters. */
static Dim einsum_macs(OnnxCall *call, const Dim *sizes, const unsigned char *uses, Str result)
{
    Dim all = dim_int(1);
    bool sums = false;
    for (int c = 'A'; c <= 'z'; c++) {
        if (!uses[c])
            continue;
        all = dim_mul(call->arena, all, sizes[c]);
        sums = sums || str_find(result, (char)c) == result.size;
    }
    if (!sums || call->in_count < 2)
        return dim_int(0);
    return call->in_count == 2 ? all : DIM_NONE;
}

void onnx_shape_einsum(OnnxCall *call)
{
    Str equation = onnx_attr_text(call->node, "equation"), left = equation, operand;
    Dim sizes[LETTERS] = {{0}}, dims[ONNX_MOST_DIMS];
    unsigned char uses[LETTERS] = {0};
    uint32_t index = 0, rank = 0;
    left.size = str_find(equation, '-');
    call->macs = DIM_NONE;
    while (str_cut(&left, ',', &operand))
        if (!read_operand(operand, onnx_in(call, index++), sizes, uses))
            return;
    Str result = result_letters(call->arena, equation, uses);
    for (size_t i = 0; i < result.size; i++) {
        if (result.at[i] == ' ')
            continue;
        if (!is_letter(result.at[i]) || rank == ONNX_MOST_DIMS)
            return;
        dims[rank++] = sizes[(unsigned char)result.at[i]];
    }
    if (index != call->in_count)
        return;
    onnx_out(call, 0, shape_of(call->arena, rank, dims));
    call->macs = einsum_macs(call, sizes, uses, result);
}

/* ---- recurrent cells -------------------------------- */

/* X is T×B×D, or B×T×D where `layout` is 1; each weight of W and R is used once a step. */
void onnx_shape_rnn(OnnxCall *call)
{
    Shape x = onnx_in(call, 0), w = onnx_in(call, 1), r = onnx_in(call, 2);
    bool batch_first = onnx_attr_int(call->node, "layout", 0) != 0;
    int64_t said = onnx_attr_int(call->node, "hidden_size", 0);
    Dim hidden = said > 0 ? dim_int(said) : r.known && r.rank == 3 ? r.dims[2] : DIM_NONE;
    bool both = str_equal(onnx_attr_text(call->node, "direction"), STR("bidirectional"));
    Dim directions = dim_int(both ? 2 : 1);
    call->macs = DIM_NONE;
    if (!x.known || x.rank != 3)
        x = shape_of(call->arena, 3, (Dim[]){DIM_NONE, DIM_NONE, DIM_NONE});
    Dim steps = x.dims[batch_first], batch = x.dims[!batch_first];
    if (batch_first) {
        onnx_out(call, 0, shape_of(call->arena, 4, (Dim[]){batch, steps, directions, hidden}));
        for (uint32_t i = 1; i < 3; i++)
            onnx_out(call, i, shape_of(call->arena, 3, (Dim[]){batch, directions, hidden}));
    } else {
        onnx_out(call, 0, shape_of(call->arena, 4, (Dim[]){steps, directions, batch, hidden}));
        for (uint32_t i = 1; i < 3; i++)
            onnx_out(call, i, shape_of(call->arena, 3, (Dim[]){directions, batch, hidden}));
    }
    if (!w.known || !r.known)
        return;
    Dim weights =
        dim_add(call->arena, onnx_product(call->arena, w.dims, w.rank), onnx_product(call->arena, r.dims, r.rank));
    call->macs = dim_mul(call->arena, weights, dim_mul(call->arena, steps, batch));
}

/* ---- attention -------------------------------- */

/* B×T×D times D×3H, then every query with every key and every weight with every value. */
void onnx_shape_attention(OnnxCall *call)
{
    Shape x = onnx_in(call, 0), w = onnx_in(call, 1);
    Arena *arena = call->arena;
    call->macs = DIM_NONE;
    if (!x.known || x.rank != 3 || !w.known || w.rank != 2 || onnx_attr(call->node, "qkv_hidden_sizes"))
        return;
    Dim out = dim_div_exact(arena, w.dims[1], dim_int(3)), rows = dim_mul(arena, x.dims[0], x.dims[1]);
    onnx_out(call, 0, shape_of(arena, 3, (Dim[]){x.dims[0], x.dims[1], out}));
    if (call->in_count > 4 && call->in[4])
        return;
    Dim projection = dim_mul(arena, onnx_product(arena, w.dims, 2), rows);
    Dim scores = dim_mul(arena, dim_mul(arena, rows, x.dims[1]), dim_mul(arena, dim_int(2), out));
    call->macs = dim_add(arena, projection, scores);
}

/*
 * Attention since opset 23, MultiHeadAttention of com.microsoft: queries, keys and values as B×T×D, or B×heads×T×d.
 * With keys of earlier steps (input 4 of the one, 6 of the other) their number is not that of the keys that enter.
 */
void onnx_shape_heads(OnnxCall *call)
{
    Shape q = onnx_in(call, 0), k = onnx_in(call, 1), v = onnx_in(call, 2);
    Arena *arena = call->arena;
    call->macs = DIM_NONE;
    if (!q.known || !k.known || !v.known || q.rank != k.rank || q.rank != v.rank || q.rank < 3 || q.rank > 4)
        return;
    Dim width = v.dims[v.rank - 1];
    int64_t heads = onnx_attr_int(call->node, "q_num_heads", 1), pairs = onnx_attr_int(call->node, "kv_num_heads", 1);
    if (q.rank == 3 && heads > 0 && pairs > 0)
        width = dim_mul(arena, dim_div_exact(arena, width, dim_int(pairs)), dim_int(heads));
    Shape out = shape_of(arena, q.rank, q.dims);
    out.dims[q.rank - 1] = width;
    onnx_out(call, 0, out);
    uint32_t past = str_equal(call->node->op, STR("Attention")) ? 4 : 6;
    if (past < call->in_count && call->in[past])
        return;
    Dim rows = onnx_product(arena, q.dims, q.rank - 1), keys = k.dims[k.rank - 2];
    call->macs = dim_mul(arena, dim_mul(arena, rows, keys), dim_add(arena, q.dims[q.rank - 1], width));
}
