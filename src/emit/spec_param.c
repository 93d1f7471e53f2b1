/* SPDX-License-Identifier: MIT */
/* Parameters of a block: what its instances differ in, said with as few names as will do. */
#include "emit/spec.h"

#include <string.h>

enum { MOST_FACTOR = 64 };

/* Everything that solving one block needs. */
typedef struct Solver {
    Writer *writer;
    Block *block;
    uint32_t count;      /* instances */
    const Unit *first;
} Solver;

static const Bit *bit_of(const Solver *solver, uint32_t instance, uint32_t at)
{
    return &solver->block->instances[instance]->body->bits[at];
}

static bool is_constant(const Solver *solver, uint32_t at)
{
    const Bit *first = bit_of(solver, 0, at);
    for (uint32_t i = 1; i < solver->count; i++) {
        const Bit *bit = bit_of(solver, i, at);
        if (bit->kind == BIT_NUMBER && !dim_equal(bit->value, first->value) &&
            (bit->value.kind != DIM_UNKNOWN || first->value.kind != DIM_UNKNOWN))
            return false;
        if (bit->kind == BIT_WORD && !str_equal(bit->text, first->text))
            return false;
        if (bit->kind == BIT_REF && !port_equal(bit->port, first->port))
            return false;
    }
    return true;
}

/* Whether the numbers at a place are `factor` times those of the parameter, or that part of them. */
static bool is_multiple(const Solver *solver, uint32_t at, const BlockParam *param, int64_t factor, bool part)
{
    for (uint32_t i = 0; i < solver->count; i++) {
        Dim value = bit_of(solver, i, at)->value, other = param->values[i];
        if (factor == 1 && dim_equal(value, other))
            continue;
        if (value.kind != DIM_INT || other.kind != DIM_INT)
            return false;
        int64_t whole = part ? other.n : value.n, piece = part ? value.n : other.n;
        if (piece <= 0 || whole / piece != factor || whole % piece != 0)
            return false;
    }
    return true;
}

static bool is_minus(const Solver *solver, uint32_t at, const BlockParam *param)
{
    for (uint32_t i = 0; i < solver->count; i++) {
        Dim value = bit_of(solver, i, at)->value, other = param->values[i];
        if (value.kind != DIM_INT || other.kind != DIM_INT || value.n != other.n - 1)
            return false;
    }
    return true;
}

/* A stride is never a width, though they be the same by chance. */
static NumberRole kind_of_role(NumberRole role)
{
    return role == ROLE_OTHER ? ROLE_WIDTH : role;
}

/* What the numbers at a place are in terms of a parameter; empty: nothing. */
static Str expression(const Solver *solver, uint32_t at, const BlockParam *param)
{
    Arena *arena = solver->writer->arena;
    const Bit *bit = bit_of(solver, 0, at);
    if (param->is_word || param->is_port)
        return (Str){0};
    if (!param->given && kind_of_role(bit->role) != kind_of_role(param->role))
        return (Str){0};
    if (is_multiple(solver, at, param, 1, false))
        return param->name;
    bool sizes = bit->role != ROLE_STRIDE && bit->role != ROLE_FLAG && bit->role != ROLE_KERNEL && bit->role != ROLE_TIMES &&
                 param->role != ROLE_STRIDE && param->role != ROLE_KERNEL && param->role != ROLE_TIMES;
    Dim value = bit->value, other = param->values[0];
    if (bit->role == ROLE_TIMES && is_minus(solver, at, param))
        return str_format(arena, "%.*s-1", STR_ARGS(param->name));
    if (!sizes || value.kind != DIM_INT || other.kind != DIM_INT || value.n < 1 || other.n < 1)
        return (Str){0};
    int64_t times = value.n / other.n, part = other.n / value.n;
    if (times > 1 && times <= MOST_FACTOR && is_multiple(solver, at, param, times, false))
        return str_format(arena, "%lld*%.*s", (long long)times, STR_ARGS(param->name));
    if (part > 1 && part <= MOST_FACTOR && is_multiple(solver, at, param, part, true))
        return str_format(arena, "%.*s/%lld", STR_ARGS(param->name), (long long)part);
    return (Str){0};
}

static bool is_taken(const Block *block, Str name)
{
    for (uint32_t i = 0; i < block->param_count; i++)
        if (str_equal(block->params[i].name, name))
            return true;
    const Op *op = op_find(name);
    return op && str_equal(str_from(op->name), name);
}

static Str param_name(const Solver *solver, const Bit *bit)
{
    static const char *const names[] = {[ROLE_OTHER] = NULL, [ROLE_WIDTH] = "width", [ROLE_KERNEL] = "k",
                                        [ROLE_STRIDE] = "stride", [ROLE_TIMES] = "n", [ROLE_FLAG] = NULL};
    Str stem = str_from(bit->kind == BIT_REF ? "other" : names[bit->role] ? names[bit->role] : bit->attr), name = stem;
    for (uint32_t n = 2; is_taken(solver->block, name); n++)
        name = str_format(solver->writer->arena, "%.*s%u", STR_ARGS(stem), n);
    return name;
}

static BlockParam *new_param(const Solver *solver, Str name)
{
    Block *block = solver->block;
    Arena *arena = solver->writer->arena;
    BlockParam *param = ARENA_PUSH(arena, block->params, block->param_count, block->param_room);
    *param = (BlockParam){.name = name, .values = ARENA_ARRAY(arena, solver->count, Dim),
                          .words = ARENA_ARRAY(arena, solver->count, Str), .ports = ARENA_ARRAY(arena, solver->count, Port)};
    return param;
}

/* A stride that is the usual one somewhere need not be said there. */
static void choose_fallback(const Solver *solver, BlockParam *param, const Bit *bit)
{
    if (!bit->optional)
        return;
    for (uint32_t i = 0; i < solver->count; i++)
        param->has_fallback = param->has_fallback || dim_is(param->values[i], bit->usual);
    param->fallback = dim_int(bit->usual);
}

static void add_param(const Solver *solver, uint32_t at)
{
    const Bit *bit = bit_of(solver, 0, at);
    BlockParam *param = new_param(solver, param_name(solver, bit));
    param->used = true;
    param->role = bit->role;
    param->is_word = bit->kind == BIT_WORD;
    param->is_port = bit->kind == BIT_REF;
    for (uint32_t i = 0; i < solver->count; i++) {
        param->values[i] = bit_of(solver, i, at)->value;
        param->words[i] = bit_of(solver, i, at)->text;
        param->ports[i] = bit_of(solver, i, at)->port;
    }
    if (bit->kind == BIT_NUMBER)
        choose_fallback(solver, param, bit);
    solver->block->written[at] = param->name;
}

static bool holds_word(const Solver *solver, uint32_t at, const BlockParam *param)
{
    for (uint32_t i = 0; i < solver->count; i++)
        if (!str_equal(bit_of(solver, i, at)->text, param->words[i]))
            return false;
    return param->is_word;
}

static bool holds_port(const Solver *solver, uint32_t at, const BlockParam *param)
{
    for (uint32_t i = 0; i < solver->count; i++)
        if (!port_equal(bit_of(solver, i, at)->port, param->ports[i]))
            return false;
    return param->is_port;
}

/* `no` and `yes` that instances were given. */
static bool holds_flag(const Solver *solver, uint32_t at, const BlockParam *param)
{
    for (uint32_t i = 0; i < solver->count; i++) {
        bool on = str_equal_nocase(param->words[i], STR("yes")) || str_equal_nocase(param->words[i], STR("true"));
        bool off = str_equal_nocase(param->words[i], STR("no")) || str_equal_nocase(param->words[i], STR("false"));
        if (!(on || off) || !dim_is(bit_of(solver, i, at)->value, on))
            return false;
    }
    return param->is_word;
}

/* `exactly`: not as an expression. */
static bool reuse_param(const Solver *solver, uint32_t at, bool exactly)
{
    const Bit *bit = bit_of(solver, 0, at);
    for (uint32_t i = 0; i < solver->block->param_count; i++) {
        BlockParam *param = &solver->block->params[i];
        Str text = bit->kind == BIT_NUMBER ? expression(solver, at, param) : (Str){0};
        if (exactly && !str_equal(text, param->name))
            text = (Str){0};
        if (bit->role == ROLE_FLAG && holds_flag(solver, at, param))
            text = param->name;
        if ((bit->kind == BIT_WORD && holds_word(solver, at, param)) || (bit->kind == BIT_REF && holds_port(solver, at, param)))
            text = param->name;
        if (!text.size)
            continue;
        param->used = true;
        solver->block->written[at] = text;
        return true;
    }
    return false;
}

/* ---- what a spec says of its blocks ---------------------------------------------------------------------------- */

static bool is_plain_word(Str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (i && c >= '0' && c <= '9')))
            return false;
    }
    return text.size > 0;
}

/* The parameters that the block had, with what each instance was given. */
static void take_given(const Solver *solver)
{
    const Scope *first = solver->first->scope;
    for (uint32_t k = 0; k < first->given_count; k++) {
        BlockParam *param = new_param(solver, first->given[k].name);
        Str fallback = first->given[k].fallback;
        int64_t n;
        param->is_word = first->given[k].word.size > 0;
        param->given = true;
        if (str_equal(param->name, STR("stride")))
            param->role = ROLE_STRIDE;
        for (uint32_t i = 0; i < solver->count; i++) {
            param->values[i] = solver->block->instances[i]->scope->given[k].value;
            param->words[i] = solver->block->instances[i]->scope->given[k].word;
        }
        if (param->is_word && is_plain_word(fallback)) {
            param->has_fallback = true;
            param->fallback_word = fallback;
        } else if (!param->is_word && str_to_int(fallback, &n)) {
            param->has_fallback = true;
            param->fallback = dim_int(n);
        }
    }
}

/* The name of a layer that instances were given. */
static bool give_port(const Solver *solver, uint32_t at)
{
    for (uint32_t k = 0; k < solver->block->param_count; k++) {
        BlockParam *param = &solver->block->params[k];
        bool same = param->is_word && !param->used;
        for (uint32_t i = 0; i < solver->count && same; i++) {
            Unit *unit = solver->block->instances[i];
            same = str_equal(spec_ref(solver->writer, unit->space, bit_of(solver, i, at)->port), param->words[i]);
        }
        if (!same)
            continue;
        param->is_word = false;
        param->is_port = param->used = true;
        for (uint32_t i = 0; i < solver->count; i++)
            param->ports[i] = bit_of(solver, i, at)->port;
        solver->block->written[at] = param->name;
        return true;
    }
    return false;
}

/* A parameter that is the same everywhere stands where its number or word does. */
static void place_constants(const Solver *solver)
{
    for (uint32_t k = 0; k < solver->block->param_count; k++) {
        BlockParam *param = &solver->block->params[k];
        const char *attr = NULL;
        bool constant = !param->used;
        for (uint32_t at = 0; at < solver->first->body->count && constant; at++) {
            const Bit *bit = bit_of(solver, 0, at);
            bool fits = bit->kind == BIT_NUMBER && !param->is_word && bit->role != ROLE_KERNEL &&
                        (bit->role == ROLE_STRIDE) == (param->role == ROLE_STRIDE) && is_multiple(solver, at, param, 1, false);
            fits = fits || (bit->kind == BIT_WORD && holds_word(solver, at, param)) ||
                   (bit->role == ROLE_FLAG && holds_flag(solver, at, param));
            if (!fits || solver->block->written[at].size || (attr && strcmp(attr, bit->attr) != 0))
                continue;
            solver->block->written[at] = param->name;
            attr = bit->attr;
            param->used = true;
        }
    }
    uint32_t kept = 0;
    for (uint32_t k = 0; k < solver->block->param_count; k++)
        if (solver->block->params[k].used)
            solver->block->params[kept++] = solver->block->params[k];
    solver->block->param_count = kept;
}

/* Widths that a person would tell apart by letters, or by what they are. */
static void rename_widths(const Solver *solver)
{
    static const char *const letters[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    Block *block = solver->block;
    BlockParam *widths[SPEC_MOST_PARAMS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < block->param_count; i++)
        if (block->params[i].role == ROLE_WIDTH && count < SPEC_MOST_PARAMS)
            widths[count++] = &block->params[i];
    if (count < 2 || count > sizeof letters / sizeof *letters)
        return;
    for (uint32_t i = 0; i < count; i++) {
        Str name = count > 2 ? str_from(letters[i]) : i == 0 ? STR("hidden") : STR("width"), before = widths[i]->name;
        for (uint32_t at = 0; at < solver->first->body->count; at++) {
            Str *written = &block->written[at];
            bool marked = written->size && written->at[0] == '\1';
            bool ends = str_ends(*written, before) && (written->size == before.size || written->at[written->size - before.size - 1] == '*');
            bool starts = str_starts(*written, before) && written->size > before.size && written->at[before.size] == '/';
            if (marked || (!ends && !starts))
                continue;
            /* Marked, so that a new name is not taken for an old one. */
            Str head = ends ? str_slice(*written, 0, written->size - before.size) : (Str){0};
            Str tail = ends ? (Str){0} : str_slice(*written, before.size, written->size);
            *written = str_format(solver->writer->arena, "\1%.*s%.*s%.*s", STR_ARGS(head), STR_ARGS(name), STR_ARGS(tail));
        }
        widths[i]->name = name;
    }
    for (uint32_t at = 0; at < solver->first->body->count; at++)
        if (block->written[at].size && block->written[at].at[0] == '\1')
            block->written[at] = str_slice(block->written[at], 1, block->written[at].size);
}

/* Those with a fallback behind the others. */
static void order_params(Block *block, Arena *arena)
{
    BlockParam *ordered = ARENA_ARRAY(arena, block->param_count, BlockParam);
    uint32_t count = 0;
    for (int behind = 0; behind < 2; behind++)
        for (uint32_t i = 0; i < block->param_count; i++)
            if (block->params[i].has_fallback == (behind == 1))
                ordered[count++] = block->params[i];
    block->params = ordered;
    block->param_room = block->param_count;
}

void spec_solve(Writer *writer, Block *block)
{
    Solver solver = {writer, block, block->count, block->instances[0]};
    bool imported = writer->imported;
    block->written = ARENA_ARRAY(writer->arena, solver.first->body->count + 1, Str);
    if (!imported)
        take_given(&solver);
    for (uint32_t at = 0; at < solver.first->body->count; at++) {
        const Bit *bit = bit_of(&solver, 0, at);
        bool slot = bit->kind == BIT_NUMBER || bit->kind == BIT_WORD ||
                    (bit->kind == BIT_REF && !spec_is_local(writer, solver.first, bit->port));
        if (!slot || (bit->kind == BIT_REF && !imported && give_port(&solver, at)))
            continue;
        if (!is_constant(&solver, at) && !reuse_param(&solver, at, true) && !reuse_param(&solver, at, false))
            add_param(&solver, at);
    }
    place_constants(&solver);
    if (imported) {
        rename_widths(&solver);
        order_params(block, writer->arena);
    }
}
