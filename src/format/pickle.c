/* SPDX-License-Identifier: MIT */
/* The stack machine of pickles (protocols 2 to 5, Lib/pickletools.py), which notes what would be called. */
#include "format/pickle.h"

#include "format/wire.h"

enum { MOST_STEPS = 1000000 };

typedef struct Machine {
    Arena *arena;
    Str bytes;
    size_t at;
    bool fault;
    Pickle **stack;
    uint32_t count, room;
    uint32_t *marks;           /* heights of the stack */
    uint32_t mark_count, mark_room;
    Pickle **memo;
    uint32_t memo_count, memo_room;
} Machine;

/* ---- bytes -------------------------------- */

static Str take(Machine *machine, uint64_t size)
{
    if (size > machine->bytes.size - machine->at) {
        machine->fault = true;
        return (Str){0};
    }
    Str piece = str_slice(machine->bytes, machine->at, machine->at + size);
    machine->at += size;
    return piece;
}

/* The lowest byte first. */
static uint64_t number(Machine *machine, size_t width)
{
    Str piece = take(machine, width);
    uint64_t n = 0;
    for (size_t i = piece.size; i-- > 0;)
        n = n << 8 | (unsigned char)piece.at[i];
    return n;
}

static Str line(Machine *machine)
{
    Str rest = str_slice(machine->bytes, machine->at, machine->bytes.size);
    size_t size = str_find(rest, '\n');
    Str piece = take(machine, size);
    take(machine, 1);
    return piece;
}

/* Whole numbers of any length; longer ones than 8 bytes are not needed. */
static int64_t long_number(Machine *machine, size_t width)
{
    uint64_t n = number(machine, width > 8 ? 8 : width);
    if (width > 8)
        take(machine, width - 8);
    if (width && width < 8 && n >> (8 * width - 1) & 1)
        n |= ~(uint64_t)0 << 8 * width;
    return wire_signed(n);
}

/* ---- the stack -------------------------------- */

static Pickle *push(Machine *machine, PickleKind kind)
{
    Pickle *value = ARENA_NEW(machine->arena, Pickle);
    value->kind = kind;
    *ARENA_PUSH(machine->arena, machine->stack, machine->count, machine->room) = value;
    return value;
}

static void push_int(Machine *machine, PickleKind kind, int64_t n)
{
    push(machine, kind)->n = n;
}

static void push_text(Machine *machine, PickleKind kind, Str text)
{
    push(machine, kind)->text = text;
}

/* Never below the last mark. */
static Pickle *pop(Machine *machine)
{
    uint32_t floor = machine->mark_count ? machine->marks[machine->mark_count - 1] : 0;
    if (machine->count > floor)
        return machine->stack[--machine->count];
    machine->fault = true;
    return ARENA_NEW(machine->arena, Pickle);
}

static Pickle *top(Machine *machine)
{
    Pickle *value = pop(machine);
    if (!machine->fault)
        machine->count++;
    return value;
}

static uint32_t take_mark(Machine *machine)
{
    if (machine->mark_count)
        return machine->marks[--machine->mark_count];
    machine->fault = true;
    return machine->count;
}

static void add_items(Machine *machine, Pickle *to, uint32_t from)
{
    for (uint32_t i = from; i < machine->count; i++)
        *ARENA_PUSH(machine->arena, to->items, to->count, to->room) = machine->stack[i];
    machine->count = from;
}

/* The topmost `size` values become one. */
static void gather(Machine *machine, PickleKind kind, uint32_t from)
{
    Pickle *list = ARENA_NEW(machine->arena, Pickle);
    list->kind = kind;
    add_items(machine, list, from);
    *ARENA_PUSH(machine->arena, machine->stack, machine->count, machine->room) = list;
}

static void gather_last(Machine *machine, uint32_t size)
{
    uint32_t floor = machine->mark_count ? machine->marks[machine->mark_count - 1] : 0;
    if (machine->count < floor || machine->count - floor < size)
        machine->fault = true;
    else
        gather(machine, PICKLE_LIST, machine->count - size);
}

/* What stands above the mark goes into the list or map below it. */
static void extend(Machine *machine, PickleKind kind)
{
    uint32_t from = take_mark(machine);
    if (machine->fault || !from || from > machine->count || machine->stack[from - 1]->kind != kind)
        machine->fault = true;
    else
        add_items(machine, machine->stack[from - 1], from);
}

static void set_last(Machine *machine, PickleKind kind, uint32_t size)
{
    Pickle *values[2] = {NULL, NULL};
    for (uint32_t i = size; i-- > 0;)
        values[i] = pop(machine);
    Pickle *to = top(machine);
    machine->fault = machine->fault || to->kind != kind;
    for (uint32_t i = 0; i < size && !machine->fault; i++)
        *ARENA_PUSH(machine->arena, to->items, to->count, to->room) = values[i];
}

static void call(Machine *machine)
{
    Pickle *arguments = pop(machine), *maker = pop(machine), *object = push(machine, PICKLE_OBJECT);
    object->maker = maker;
    object->arguments = arguments;
}

static void build(Machine *machine)
{
    Pickle *state = pop(machine), *object = top(machine);
    if (object->kind == PICKLE_OBJECT)
        object->state = state;
}

static void push_class(Machine *machine, Str module, Str name)
{
    push_text(machine, PICKLE_CLASS, str_format(machine->arena, "%.*s %.*s", STR_ARGS(module), STR_ARGS(name)));
}

/* ---- the memo -------------------------------- */

static void put(Machine *machine, uint64_t index)
{
    if (index != machine->memo_count && index >= machine->memo_count) {
        machine->fault = true;
        return;
    }
    Pickle *value = top(machine);
    if (index == machine->memo_count)
        *ARENA_PUSH(machine->arena, machine->memo, machine->memo_count, machine->memo_room) = value;
    machine->memo[index] = value;
}

static void get(Machine *machine, uint64_t index)
{
    if (index >= machine->memo_count)
        machine->fault = true;
    else
        *ARENA_PUSH(machine->arena, machine->stack, machine->count, machine->room) = machine->memo[index];
}

/* ---- instructions -------------------------------- */

/* What pushes one value; false: it is none of these. */
static bool push_plain(Machine *machine, unsigned char op)
{
    switch (op) {
    case 'N': push(machine, PICKLE_NONE); return true;
    case 0x88: case 0x89: push_int(machine, PICKLE_BOOL, op == 0x88); return true;
    case 'K': push_int(machine, PICKLE_INT, (int64_t)number(machine, 1)); return true;
    case 'M': push_int(machine, PICKLE_INT, (int64_t)number(machine, 2)); return true;
    case 'J': push_int(machine, PICKLE_INT, long_number(machine, 4)); return true;
    case 0x8a: push_int(machine, PICKLE_INT, long_number(machine, number(machine, 1))); return true;
    case 'G': {
        uint64_t bits = 0;
        Str piece = take(machine, 8); /* the highest byte first */
        for (size_t i = 0; i < piece.size; i++)
            bits = bits << 8 | (unsigned char)piece.at[i];
        push(machine, PICKLE_FLOAT)->number = wire_double(bits);
        return true;
    }
    case 'X': case 'T': case 'B': push_text(machine, PICKLE_TEXT, take(machine, number(machine, 4))); return true;
    case 0x8c: case 'U': case 'C': push_text(machine, PICKLE_TEXT, take(machine, number(machine, 1))); return true;
    case 0x8d: case 0x8e: push_text(machine, PICKLE_TEXT, take(machine, number(machine, 8))); return true;
    case ')': case ']': push(machine, PICKLE_LIST); return true;
    case '}': case 0x8f: push(machine, PICKLE_MAP); return true;
    case 'c': {
        Str module = line(machine), name = line(machine);
        push_class(machine, module, name);
        return true;
    }
    default: return false;
    }
}

static void step(Machine *machine, unsigned char op)
{
    if (push_plain(machine, op))
        return;
    switch (op) {
    case 0x80: take(machine, 1); break;
    case 0x95: take(machine, 8); break;
    case '(': *ARENA_PUSH(machine->arena, machine->marks, machine->mark_count, machine->mark_room) = machine->count; break;
    case 't': case 'l': gather(machine, PICKLE_LIST, take_mark(machine)); break;
    case 'd': gather(machine, PICKLE_MAP, take_mark(machine)); break;
    case 0x85: case 0x86: case 0x87: gather_last(machine, op - 0x84u); break;
    case 'a': set_last(machine, PICKLE_LIST, 1); break;
    case 's': set_last(machine, PICKLE_MAP, 2); break;
    case 'e': extend(machine, PICKLE_LIST); break;
    case 'u': extend(machine, PICKLE_MAP); break;
    case 'q': put(machine, number(machine, 1)); break;
    case 'r': put(machine, number(machine, 4)); break;
    case 0x94: put(machine, machine->memo_count); break;
    case 'h': get(machine, number(machine, 1)); break;
    case 'j': get(machine, number(machine, 4)); break;
    case 'R': case 0x81: call(machine); break;
    case 'b': build(machine); break;
    case '0': pop(machine); break;
    case 'Q': {
        Pickle *where = pop(machine);
        push(machine, PICKLE_STORED)->arguments = where;
        break;
    }
    case 0x93: {
        Pickle *name = pop(machine), *module = pop(machine);
        push_class(machine, module->text, name->text);
        break;
    }
    default: machine->fault = true;
    }
}

Pickle *pickle_read(Arena *arena, Str bytes)
{
    Machine machine = {.arena = arena, .bytes = bytes};
    for (uint32_t steps = 0; steps < MOST_STEPS && !machine.fault && machine.at < bytes.size; steps++) {
        unsigned char op = (unsigned char)bytes.at[machine.at++];
        if (op != '.')
            step(&machine, op);
        else
            return machine.count && !machine.mark_count ? machine.stack[machine.count - 1] : NULL;
    }
    return NULL;
}

const Pickle *pickle_get(const Pickle *map, Str key)
{
    if (map && map->kind == PICKLE_OBJECT)
        map = map->state;
    for (uint32_t i = 0; map && map->kind == PICKLE_MAP && i + 1 < map->count; i += 2)
        if (map->items[i]->kind == PICKLE_TEXT && str_equal(map->items[i]->text, key))
            return map->items[i + 1];
    return NULL;
}

const Pickle *pickle_at(const Pickle *list, uint32_t index)
{
    return list && list->kind == PICKLE_LIST && index < list->count ? list->items[index] : NULL;
}
