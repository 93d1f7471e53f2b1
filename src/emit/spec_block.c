/* SPDX-License-Identifier: MIT */
/* Blocks: scopes that are the same but for numbers are written once, with what differs as parameters. */
#include "emit/spec.h"

#include <string.h>

enum { MOST_PARAMS = 12, MOST_FACTOR = 64, LEAST_ENTRIES = 2 };

/* ---- likeness -------------------------------------------------------------------------------------------------- */

static bool is_local(const Writer *writer, const Unit *unit, Port port)
{
    uint32_t ordinal = writer->ordinal[port.layer->index];
    return ordinal >= unit->order && ordinal - unit->order < unit->size;
}

static uint32_t place_in(const Writer *writer, const Unit *unit, Port port)
{
    return writer->ordinal[port.layer->index] - unit->order;
}

/* A text that is the same for scopes with the same body but for numbers, words and what they read outside. */
static Str signature(Writer *writer, const Unit *unit)
{
    Text text = text_in(writer->arena);
    text_add_format(&text, "%.*s\n", STR_ARGS(unit->scope->kind == SCOPE_BLOCK ? unit->scope->definition : (Str){0}));
    for (uint32_t i = 0; i < unit->body->count; i++) {
        const Bit *bit = &unit->body->bits[i];
        if (bit->kind == BIT_NUMBER || bit->kind == BIT_WORD)
            text_add_format(&text, "\1%s,%d,%u,%d", bit->attr, (int)bit->role, bit->repeat, bit->optional);
        else if (bit->kind == BIT_REF && is_local(writer, unit, bit->port))
            text_add_format(&text, "\2%u.%u", place_in(writer, unit, bit->port), bit->port.output);
        else if (bit->kind == BIT_REF)
            text_add(&text, STR("\3"));
        else if (bit->kind == BIT_NAME)
            text_add_format(&text, "\4%d%.*s", bit->unit->named, writer->imported ? 0 : (int)bit->unit->name.size, bit->unit->name.at);
        else if (bit->kind == BIT_LINE)
            text_add_format(&text, "\n%u", bit->indent);
        if (bit->kind == BIT_TEXT || bit->kind == BIT_NUMBER)
            text_add(&text, bit->text);
    }
    return text_str(&text);
}

/* ---- parameters ------------------------------------------------------------------------------------------------ */

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
    BlockParam *widths[MOST_PARAMS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < block->param_count; i++)
        if (block->params[i].role == ROLE_WIDTH && count < MOST_PARAMS)
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

static void solve(Writer *writer, Block *block)
{
    Solver solver = {writer, block, block->count, block->instances[0]};
    bool imported = writer->imported;
    block->written = ARENA_ARRAY(writer->arena, solver.first->body->count + 1, Str);
    if (!imported)
        take_given(&solver);
    for (uint32_t at = 0; at < solver.first->body->count; at++) {
        const Bit *bit = bit_of(&solver, 0, at);
        bool slot = bit->kind == BIT_NUMBER || bit->kind == BIT_WORD ||
                    (bit->kind == BIT_REF && !is_local(writer, solver.first, bit->port));
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

/* ---- names of blocks ------------------------------------------------------------------------------------------- */

static bool is_reserved(Str name)
{
    static const char *const words[] = {"group",   "residual", "branch",   "custom", "input", "previous",
                                        "name",    "label",    "from",     "times",  "style", "note",
                                        "weights", "merge",    "shortcut", "layers", "out",   "frozen", "params", "macs"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(name, str_from(words[i])))
            return true;
    return op_find(name) != NULL;
}

/* The name of a module without its numbers: `layer` of layer1.0, `encoder_layer` of encoder_layer_3. */
static Str stem_of_module(Arena *arena, Str name)
{
    Text text = text_in(arena);
    for (size_t i = 0; i < name.size && text.size < 40; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (c >= '0' && c <= '9' && text.size)
            break;
        if (letter)
            text_add_char(&text, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
        else if (text.size && text.at[text.size - 1] != '_')
            text_add_char(&text, '_');
    }
    while (text.size && text.at[text.size - 1] == '_')
        text.size--;
    return text_str(&text);
}

/* Words that say of a module only that it is one. */
static bool says_nothing(Str name)
{
    static const char *const words[] = {"layer", "layers", "features", "block", "blocks", "stage", "stages", "module", "modules",
                                        "net", "network", "model", "sequential", "backbone", "body", "conv"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(name, str_from(words[i])))
            return true;
    return name.size < 2;
}

/* Convolutions one behind the other: how many; 0: something else is among them. */
static uint32_t convolutions_of(const UnitList *list)
{
    uint32_t count = 0;
    for (const Unit *unit = list->first; unit; unit = unit->next, count++)
        if (unit->kind != UNIT_LINE || unit->head->op->style != STYLE_CONV)
            return 0;
    return count;
}

/* As papers call what a module does that has no name of its own. */
static Str describe(const Unit *unit)
{
    const UnitList *list = &unit->lists[0];
    bool residual = false;
    uint32_t convolutions = 0;
    for (const Unit *inner = list->first; inner; inner = inner->next) {
        residual = residual || inner->kind == UNIT_RESIDUAL;
        if (inner->kind == UNIT_RESIDUAL && strcmp(inner->head->op->name, "add") == 0)
            convolutions = convolutions_of(&inner->lists[0]);
    }
    if (convolutions == 2 || convolutions == 3) /* He et al. 2016 */
        return convolutions == 2 ? STR("basic") : STR("bottleneck");
    if (list->first && list->first->kind == UNIT_SCOPE && list->last->kind == UNIT_SCOPE)
        return STR("stage");
    return residual ? STR("residual_block") : STR("block");
}

static Str block_name(Writer *writer, const Block *block)
{
    const Unit *unit = block->instances[0];
    Str stem = unit->scope->definition;
    if (writer->imported) {
        stem = stem_of_module(writer->arena, unit->scope->definition.size ? unit->scope->definition : unit->scope->name);
        if (says_nothing(stem))
            stem = describe(unit);
        if (is_reserved(stem))
            stem = str_format(writer->arena, "%.*s_block", STR_ARGS(stem));
    }
    Str name = stem;
    for (uint32_t n = 2; names_get(writer->block_names, name); n++)
        name = str_format(writer->arena, "%.*s_%u", STR_ARGS(stem), n);
    names_put(writer->block_names, name, writer);
    return name;
}

/* ---- which scopes are blocks ----------------------------------------------------------------------------------- */

static uint32_t entries_of(const UnitList *list)
{
    uint32_t count = 0;
    for (const Unit *unit = list->first; unit; unit = unit->next)
        count++;
    return count;
}

static uint32_t lines_of(const Body *body)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < body->count; i++)
        count += body->bits[i].kind == BIT_LINE;
    return count;
}

static bool is_worth_it(const Writer *writer, const Block *block)
{
    const Unit *unit = block->instances[0];
    if (!writer->imported)
        return unit->scope->kind == SCOPE_BLOCK;
    return block->count > 1 && (entries_of(&unit->lists[0]) >= LEAST_ENTRIES || lines_of(unit->body) > 2);
}

static void make_body(Writer *writer, Unit *unit)
{
    if (writer->imported)
        spec_runs(writer, &unit->lists[0]);
    unit->body = ARENA_NEW(writer->arena, Body);
    uint32_t frozen = writer->frozen_above, shared = writer->shared_above;
    writer->frozen_above = spec_is_frozen(writer, unit);
    writer->shared_above = spec_shared_with(writer, unit).layer != NULL;
    spec_body(writer, unit->body, &unit->lists[0], unit->start, unit->inner ? unit->inner : unit->space, 0, false);
    writer->frozen_above = frozen;
    writer->shared_above = shared;
}

static void blocks_of_height(Writer *writer, uint32_t height)
{
    Names *found = names_new(writer->arena);
    for (uint32_t i = 0; i < writer->scope_count; i++) {
        Unit *unit = writer->scopes[i];
        if (unit->height != height || unit->owner)
            continue;
        make_body(writer, unit);
        Str text = signature(writer, unit);
        Block *block = names_get(found, text);
        if (!block) {
            block = ARENA_NEW(writer->arena, Block);
            names_put(found, text, block);
        }
        unit->instance = block->count;
        *ARENA_PUSH(writer->arena, block->instances, block->count, block->room) = unit;
    }
    for (size_t i = 0; i < names_count(found); i++) {
        Block *block = names_thing(found, i);
        if (!is_worth_it(writer, block))
            continue;
        solve(writer, block);
        if (writer->imported && block->param_count > MOST_PARAMS)
            continue;
        block->name = block_name(writer, block);
        block->height = height;
        for (uint32_t k = 0; k < block->count; k++)
            block->instances[k]->block = block;
        *ARENA_PUSH(writer->arena, writer->blocks, writer->block_count, writer->block_room) = block;
    }
}

void spec_blocks(Writer *writer)
{
    uint32_t highest = 0;
    writer->block_names = names_new(writer->arena);
    for (uint32_t i = 0; i < writer->scope_count; i++)
        highest = writer->scopes[i]->height > highest ? writer->scopes[i]->height : highest;
    for (uint32_t height = 1; height <= highest; height++)
        blocks_of_height(writer, height);
    if (writer->imported)
        spec_runs(writer, &writer->root);
}

/* ---- text ------------------------------------------------------------------------------------------------------ */

Str spec_block_head(Writer *writer, const Block *block)
{
    Text text = text_in(writer->arena);
    text_add(&text, block->name);
    for (uint32_t i = 0; i < block->param_count; i++) {
        const BlockParam *param = &block->params[i];
        text_add_format(&text, "%s%.*s", i ? ", " : "(", STR_ARGS(param->name));
        if (param->has_fallback && param->is_word)
            text_add_format(&text, "=%.*s", STR_ARGS(param->fallback_word));
        else if (param->has_fallback)
            text_add_format(&text, "=%.*s", STR_ARGS(dim_text(writer->arena, param->fallback)));
    }
    text_add(&text, block->param_count ? STR(")") : STR(""));
    return text_str(&text);
}

void spec_arguments(Writer *writer, Body *body, const Unit *unit)
{
    const Block *block = unit->block;
    uint32_t optional = 0;
    for (uint32_t i = 0; i < block->param_count; i++)
        optional += block->params[i].has_fallback;
    spec_text(writer, body, STR(":"));
    for (uint32_t i = 0; i < block->param_count; i++) {
        const BlockParam *param = &block->params[i];
        bool named = param->has_fallback && (optional > 1 || i + 1 < block->param_count);
        Str before = str_format(writer->arena, "%s%.*s%s", i ? ", " : " ", STR_ARGS(named ? param->name : (Str){0}), named ? "=" : "");
        Bit *bit = spec_bit(writer, body, param->is_port ? BIT_TEXT : param->is_word ? BIT_WORD : BIT_NUMBER);
        if (param->is_port) {
            bit->text = before;
            bit = spec_bit(writer, body, BIT_REF);
            bit->port = param->ports[unit->instance];
            bit->site = unit->space;
            continue;
        }
        bit->value = param->values[unit->instance];
        bit->attr = str_terminated(writer->arena, param->name);
        bit->role = param->role == ROLE_FLAG ? ROLE_OTHER : param->role;
        bit->repeat = 1;
        bit->argument = true;
        bit->optional = param->has_fallback;
        bit->usual = param->fallback.n;
        bit->text = before;
        if (param->is_word) { /* what stands before a word is a piece of its own */
            bit->kind = BIT_TEXT;
            bool usual = param->has_fallback && str_equal(param->words[unit->instance], param->fallback_word);
            bit->text = usual ? (Str){0} : before;
            bit = spec_bit(writer, body, BIT_WORD);
            bit->text = usual ? (Str){0} : param->words[unit->instance];
            bit->attr = str_terminated(writer->arena, param->name);
        }
    }
}
