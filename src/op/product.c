/* SPDX-License-Identifier: MIT */
/* Products of tensors: matrices, dots, Einstein sums. */
#include "op/rules.h"

static const AttrSpec matmul_attrs[] = {
    {.name = "transpose_a", .aliases = "transA adj_x adjoint_a", .kind = ATTR_BOOL, .fallback = "false",
     .help = "the first matrix is transposed"},
    {.name = "transpose_b", .aliases = "transB adj_y adjoint_b", .kind = ATTR_BOOL, .fallback = "false",
     .help = "the second matrix is transposed"},
};

static const AttrSpec dot_attrs[] = {
    ATTR_AXIS("-1", "axis that is summed over"),
    {.name = "normalize", .kind = ATTR_BOOL, .fallback = "false", .help = "the cosine of the angle"},
};

static const AttrSpec einsum_attrs[] = {
    {.name = "equation", .aliases = "subscripts", .kind = ATTR_TEXT, .required = true, .positional = true,
     .help = "as \"bhid,bhjd->bhij\""},
};

/* Two matrices, with batches of them in front: …×rows×inner · …×inner×columns. */
typedef struct Matrices {
    Dim rows, columns;  /* of the product */
    Dim inner, other;   /* columns of the first, rows of the second: to be equal */
    uint32_t a, b;      /* ranks of the inputs */
} Matrices;

static Matrices matrices_of(const OpCall *call)
{
    Shape a = rule_input(call, 0), b = rule_input(call, call->input_count > 1 ? 1 : 0);
    bool turn_a = attr_bool(call->layer, "transpose_a"), turn_b = attr_bool(call->layer, "transpose_b");
    Matrices m = {dim_int(1), dim_int(1), DIM_NONE, DIM_NONE, a.rank, b.rank};
    if (!a.known || !b.known || a.rank == 0 || b.rank == 0)
        return m;
    m.inner = a.dims[a.rank - 1];
    m.other = b.dims[b.rank - 1];
    if (a.rank > 1) {
        m.rows = a.dims[a.rank - (turn_a ? 1 : 2)];
        m.inner = a.dims[a.rank - (turn_a ? 2 : 1)];
    }
    if (b.rank > 1) {
        m.other = b.dims[b.rank - (turn_b ? 1 : 2)];
        m.columns = b.dims[b.rank - (turn_b ? 2 : 1)];
    }
    return m;
}

static Shape leading(const OpCall *call, Shape shape)
{
    return shape_of(call->arena, shape.rank > 2 ? shape.rank - 2 : 0, shape.dims);
}

/* As numpy.matmul: leading axes broadcast; a vector is a row on the left and a column on the right. */
static bool shape_matmul(OpCall *call)
{
    Shape a = rule_input(call, 0), b = rule_input(call, 1), out;
    Matrices m = matrices_of(call);
    if (!a.known || !b.known)
        return true;
    if (a.rank == 0 || b.rank == 0 || dim_known_different(m.inner, m.other)) {
        rule_hint(call, "the columns of the first must be the rows of the second; transpose_b turns the second");
        return rule_fail(call, 1, "cannot multiply the matrices %s and %s", rule_text(call, a), rule_text(call, b));
    }
    if (!rule_broadcast(call, leading(call, a), leading(call, b), &out))
        return rule_fail(call, 1, "cannot multiply the batches of matrices %s and %s", rule_text(call, a),
                         rule_text(call, b));
    if (a.rank > 1)
        out = rule_inserted(call, out, out.rank, m.rows);
    if (b.rank > 1)
        out = rule_inserted(call, out, out.rank, m.columns);
    rule_set(call, out);
    return true;
}

/* Each element of the result is a sum of `inner` products. */
static void count_matmul(OpCall *call)
{
    Matrices m = matrices_of(call);
    call->params = dim_int(0);
    call->macs = dim_mul(call->arena, rule_work(call, call->outputs[0]),
        m.inner.kind == DIM_INT ? m.inner : rule_or(m.other, m.inner));
}

static bool shape_dot(OpCall *call)
{
    Shape a = rule_input(call, 0), out;
    uint32_t axis;
    if (!a.known || !call->inputs[1].known)
        return true;
    if (!rule_axis(call, attr_int(call->arena, call->layer, "axis"), a.rank, &axis))
        return false;
    if (!rule_broadcast(call, a, call->inputs[1], &out) || axis >= out.rank)
        return rule_fail(call, 1, "cannot take the dot product of %s and %s", rule_text(call, a),
                         rule_text(call, call->inputs[1]));
    rule_set(call, rule_without(call, out, axis));
    return true;
}

/* One product for each element of the inputs. */
static void count_dot(OpCall *call)
{
    call->params = dim_int(0);
    call->macs = rule_work(call, rule_input(call, 0));
}

/* Sizes of the letters of an equation. */
typedef struct Letters {
    Dim size[128]; /* by ASCII code */
    bool used[128];
} Letters;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Takes the sizes of one input; blanks do not count. */
static bool take_input(Letters *letters, Str term, Shape shape)
{
    uint32_t axis = 0;
    for (size_t i = 0; i < term.size; i++) {
        if (term.at[i] == ' ')
            continue;
        if (!is_letter(term.at[i]) || axis >= shape.rank)
            return false;
        size_t code = (size_t)term.at[i];
        letters->size[code] = rule_or(letters->size[code], shape.dims[axis++]);
        letters->used[code] = true;
    }
    return axis == shape.rank;
}

/* The equation's inputs; `out` is what stands behind the arrow. False where it is more than letters. */
static bool read_equation(const OpCall *call, Letters *letters, Str *out)
{
    Str equation = attr_word(call->layer, "equation"), rest, term;
    size_t arrow = str_find(equation, '>');
    *letters = (Letters){0};
    if (arrow == 0 || arrow >= equation.size || equation.at[arrow - 1] != '-')
        return false;
    rest = str_slice(equation, 0, arrow - 1);
    *out = str_slice(equation, arrow + 1, equation.size);
    for (uint32_t i = 0; str_cut(&rest, ',', &term); i++)
        if (i >= call->input_count || !call->inputs[i].known || !take_input(letters, term, call->inputs[i]))
            return false;
    return true;
}

static bool shape_einsum(OpCall *call)
{
    Letters letters;
    Str out;
    Dim dims[SHAPE_MAX_RANK];
    uint32_t rank = 0;
    if (!read_equation(call, &letters, &out))
        return true;
    for (size_t i = 0; i < out.size; i++) {
        if (out.at[i] == ' ')
            continue;
        if (!is_letter(out.at[i]) || rank == SHAPE_MAX_RANK)
            return true;
        dims[rank++] = letters.size[(size_t)out.at[i]];
    }
    rule_set(call, shape_of(call->arena, rank, dims));
    return true;
}

/* One product for each combination of all letters, where two inputs meet; more inputs depend on the order. */
static void count_einsum(OpCall *call)
{
    Letters letters;
    Str out;
    call->params = dim_int(0);
    call->macs = call->input_count < 2 ? dim_int(0) : DIM_NONE;
    if (call->input_count != 2 || !read_equation(call, &letters, &out))
        return;
    Dim products = dim_int(1);
    for (size_t code = 0; code < sizeof letters.used / sizeof *letters.used; code++)
        if (letters.used[code])
            products = dim_mul(call->arena, products, letters.size[code]);
    call->macs = products;
}

static const Op rows[] = {
    {.name = "matmul", .aliases = "MatMul Matmul BatchMatMul BatchMatMulV2 bmm mm BATCH_MATMUL MatMulInteger "
                                  "FusedMatMul",
     .title = "matmul", .help = "product of two matrices, or of batches of them", .style = STYLE_MERGE,
     OP_ATTRS(matmul_attrs), .min_inputs = 2, .max_inputs = 4, .shape = shape_matmul, .count = count_matmul},
    {.name = "dot", .aliases = "Dot inner CosineSimilarity cosine_similarity cosine", .title = "dot",
     .help = "dot product along one axis", .style = STYLE_MERGE, OP_ATTRS(dot_attrs), .symbol = "·",
     .min_inputs = 2, .max_inputs = 2, .shape = shape_dot, .count = count_dot},
    {.name = "einsum", .aliases = "Einsum EinsumOp", .title = "einsum", .help = "Einstein sum", .style = STYLE_MERGE,
     OP_ATTRS(einsum_attrs), .min_inputs = 1, .max_inputs = OP_ANY_INPUTS, .shape = shape_einsum,
              .count = count_einsum},
};

OpFamily op_family_product(void)
{
    return OP_ROWS(rows);
}
