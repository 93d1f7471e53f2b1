/* SPDX-License-Identifier: MIT */
/* The pipeline: the only file that knows the order of things, and the library's public face. */
#include "netikz.h"

#include "base/file.h"
#include "convert.h"
#include "draw.h"
#include "emit/emit.h"
#include "emit/stamp.h"
#include "op/op.h"
#include "pass/pass.h"
#include "read/reader.h"
#include "view/view.h"

#include <stdlib.h>
#include <string.h>

/* A figure key that the caller set: it overrides what the spec says. */
typedef struct Override {
    size_t key;
    Str value;
} Override;

struct netikz {
    Arena *arena;          /* everything of the run but this struct */
    Diags *diags;          /* what was reported */
    File *file;            /* the model's mapped file, or NULL */
    Source *source;        /* the model's bytes, NULL before netikz_read */
    Model model;           /* what was read */
    ReadOptions read;      /* how to read */
    Str figure;            /* which of several figures, or empty */
    Str package;           /* folder of the package that is to be put into the figure's file, or empty */
    Str network;           /* which of several networks, or empty */
    Override *overrides;   /* in the order of setting */
    size_t override_count;
    size_t override_room;
    bool edited;           /* netikz_write met a file that was edited by hand */
    bool exhausted;        /* memory ran out: nothing more can be done */
    jmp_buf escape;        /* where the arena jumps to then */
};

enum { MEBIBYTE = 1 << 20, MEMORY_LIMIT_MIB = 1024, FILE_LIMIT_MIB = 4096 };

#define GUARD(run)                                                                                                     \
    if ((run)->exhausted || setjmp((run)->escape) != 0)                                                                \
    return exhausted(run)

static netikz_status exhausted(netikz *run)
{
    run->exhausted = true;
    return NETIKZ_INPUT;
}

/* The status after what was reported so far. */
static netikz_status status(const netikz *run)
{
    return (netikz_status)diags_fault(run->diags);
}

static netikz_text text_out(netikz *run, Str text)
{
    return (netikz_text){str_terminated(run->arena, text), text.size};
}

const char *netikz_version(void)
{
    return NETIKZ_VERSION;
}

/* A function of its own, since setjmp leaves the caller's variables in doubt. */
static bool prepare(netikz *run)
{
    if (setjmp(run->escape) != 0)
        return false;
    arena_on_exhaustion(run->arena, &run->escape);
    run->diags = diags_new(run->arena);
    return true;
}

netikz *netikz_new(void)
{
    netikz *run = calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->arena = arena_new((size_t)MEMORY_LIMIT_MIB * MEBIBYTE);
    if (!run->arena || !prepare(run)) {
        netikz_free(run);
        return NULL;
    }
    return run;
}

void netikz_free(netikz *run)
{
    if (!run)
        return;
    if (run->file)
        file_unmap(run->file);
    arena_free(run->arena);
    free(run);
}

static netikz_status unknown_key(netikz *run, Str key)
{
    Str near = figure_key_nearest(run->arena, key);
    diag_usage(run->diags, "there is no key `%.*s`", STR_ARGS(key));
    if (near.size)
        diag_hint(run->diags, "did you mean `%.*s`?", STR_ARGS(near));
    return status(run);
}

/* `--set T=128` */
static netikz_status set_symbol(netikz *run, Str given)
{
    if (!read_set(run->arena, &run->read, given)) {
        diag_usage(run->diags, "`%.*s` gives no symbol a number", STR_ARGS(given));
        diag_hint(run->diags, "write the symbol, `=` and a whole number from 1: T=128");
    }
    return status(run);
}

/* A number for a symbol that no size has would be ignored: say so. */
static void check_symbols(netikz *run)
{
    for (uint32_t i = 0; i < run->read.value_count; i++) {
        const SymbolValue *value = &run->read.values[i];
        bool again = false; /* a later value of the same symbol holds */
        for (uint32_t k = i + 1; k < run->read.value_count; k++)
            again = again || str_equal(run->read.values[k].name, value->name);
        if (value->used || again)
            continue;
        diag_usage(run->diags, "no size of the model has the symbol `%.*s`", STR_ARGS(value->name));
        diag_hint(run->diags, "symbols come from the shapes of the inputs: `input: Tx512`");
    }
}

/* What the placeholders in the table of figure keys stand for. */
static const char *in_words(const char *values)
{
    static const char *const words[][2] = {
        {"LENGTH", "a TeX length such as 252pt, 84mm or 0.8\\columnwidth"},
        {"NUMBER", "a whole number"},
        {"TEXT", "a text, with $...$ for math"},
        {"LIST", "names, separated by commas"},
        {"NAME", "a name of letters, digits, - and _"},
        {"NAMES", "names of networks between commas: a, b, c"},
        {"PATHS", "groups or blocks between commas: conv2_1, encoder/down1"},
        {"CLASSES", "classes of operations between commas: pool, norm"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(values, words[i][0]) == 0)
            return words[i][1];
    return values;
}

netikz_status netikz_set(netikz *run, const char *key, const char *value)
{
    GUARD(run);
    Str name = str_copy(run->arena, str_from(key));
    Str given = str_copy(run->arena, str_from(value));
    const struct {
        const char *name;
        Str *setting;
    } texts[] = {{"figure", &run->figure}, {"network", &run->network}, {"package", &run->package}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (str_equal(name, str_from(texts[i].name))) {
            *texts[i].setting = given;
            return NETIKZ_DONE;
        }
    if (str_equal(name, STR("raw-tex"))) {
        run->read.raw_tex = str_equal(given, STR("yes"));
        return NETIKZ_DONE;
    }
    if (str_equal(name, STR("set")))
        return set_symbol(run, given);
    int index = figure_key_find(name);
    if (index < 0)
        return unknown_key(run, name);
    Figure trial = figure_default();
    Diags *found = diags_new(run->arena);
    if (!figure_set(run->arena, found, &trial, (size_t)index, given, (Place){0})) {
        const FigureKey *row = figure_key((size_t)index);
        diag_usage(run->diags, "`%.*s` is not a value of --%s", STR_ARGS(given), row->name);
        diag_hint(run->diags, "it takes %s", in_words(row->values));
        return status(run);
    }
    *ARENA_PUSH(run->arena, run->overrides, run->override_count, run->override_room) = (Override){(size_t)index, given};
    return NETIKZ_DONE;
}

/* Things that are no model but often lie where one is expected. */
static bool is_mistaken(netikz *run, const Source *source)
{
    Place place = {.source = source};
    if (str_starts(source->bytes, STR("version https://git-lfs"))) {
        diag_error(run->diags, place, "this is a Git LFS pointer, not the model itself");
        diag_hint(run->diags, "fetch the file with `git lfs pull`");
        return true;
    }
    if (str_starts(source->bytes, STR("<<<<<<< "))) {
        diag_error(run->diags, place, "this file holds an unresolved merge conflict");
        diag_hint(run->diags, "resolve it, then run again");
        return true;
    }
    return false;
}

static const ReaderRow *choose_reader(netikz *run, const char *format)
{
    if (format) {
        const ReaderRow *row = reader_find(str_from(format));
        if (!row) {
            diag_usage(run->diags, "there is no format `%s`", format);
            diag_hint(run->diags, "`netikz list formats` shows what there is");
        }
        return row;
    }
    const ReaderRow *row = reader_for(run->source->name, run->source->bytes);
    if (!row) {
        diag_error(run->diags, (Place){.source = run->source}, "cannot tell what format this is");
        diag_hint(run->diags, "name it with --from; `netikz list formats` shows what there is");
    }
    return row;
}

/* `--network` must name one. */
static void check_network(netikz *run)
{
    Str *keys = ARENA_ARRAY(run->arena, run->model.graph_count, Str);
    for (uint32_t i = 0; i < run->model.graph_count; i++) {
        keys[i] = run->model.graphs[i]->key;
        if (str_equal(keys[i], run->network))
            return;
    }
    diag_usage(run->diags, "there is no network `%.*s`", STR_ARGS(run->network));
    Str near = names_nearest(run->arena, run->network, keys, run->model.graph_count);
    if (near.size)
        diag_hint(run->diags, "did you mean `%.*s`?", STR_ARGS(near));
    else if (!keys[0].size)
        diag_hint(run->diags, "the model is a single network, without a name to choose it by");
}

static bool is_chosen(const netikz *run, Str network)
{
    return !run->network.size || str_equal(run->network, network);
}

static netikz_status read_source(netikz *run, const char *format)
{
    if (is_mistaken(run, run->source))
        return status(run);
    const ReaderRow *row = choose_reader(run, format);
    if (!row)
        return status(run);
    run->source->is_text = row->is_text;
    bool sound = row->read(run->arena, run->diags, run->source, &run->read, &run->model);
    for (uint32_t i = 0; sound && i < run->model.graph_count; i++)
        if (pass_validate(run->model.graphs[i], run->diags))
            pass_infer(run->model.graphs[i], run->diags);
    if (!diags_errors(run->diags)) {
        check_symbols(run);
        if (run->network.size)
            check_network(run);
    }
    return status(run);
}

netikz_status netikz_read(netikz *run, const char *path, const char *format)
{
    GUARD(run);
    run->file = file_open(run->arena, run->diags, path, (size_t)FILE_LIMIT_MIB * MEBIBYTE);
    if (!run->file)
        return status(run);
    run->source = &run->file->source;
    return read_source(run, format);
}

netikz_status netikz_read_bytes(netikz *run, const char *name, netikz_text bytes, const char *format)
{
    GUARD(run);
    run->source = ARENA_NEW(run->arena, Source);
    run->source->name = str_copy(run->arena, str_from(name));
    run->source->bytes = (Str){bytes.at, bytes.size};
    return read_source(run, format);
}

static bool overrides(const netikz *run, Str name)
{
    for (size_t i = 0; i < run->override_count; i++)
        if (run->overrides[i].key == (size_t)figure_key_find(name))
            return true;
    return false;
}

/* The figure to draw: the one asked for, else the first, with the caller's keys on top. NULL after a report. */
static Figure *choose_figure(netikz *run)
{
    Figure *chosen = NULL;
    for (uint32_t i = 0; i < run->model.figure_count && !chosen; i++)
        if (is_chosen(run, run->model.figures[i].network) &&
            (!run->figure.size || str_equal(run->model.figures[i].name, run->figure)))
            chosen = &run->model.figures[i];
    if (!chosen) {
        diag_usage(run->diags, "there is no figure `%.*s`", STR_ARGS(run->figure));
        for (uint32_t i = 0; i < run->model.figure_count; i++)
            if (run->model.figures[i].name.size && is_chosen(run, run->model.figures[i].network))
                diag_hint(run->diags, "there is `%.*s`", STR_ARGS(run->model.figures[i].name));
        return NULL;
    }
    Figure *figure = ARENA_NEW(run->arena, Figure);
    *figure = *chosen;
    if (overrides(run, STR("fit"))) /* instead of the size that the model's own drawing has */
        figure->width = figure->height = (Str){NULL, 0};
    for (size_t i = 0; i < run->override_count; i++)
        if (!figure_set(run->arena, run->diags, figure, run->overrides[i].key, run->overrides[i].value, (Place){0}))
            return NULL;
    return figure;
}

/* The overrides that shape the file (not those that only TeX looks at), for the stamp. */
static Str options_text(netikz *run)
{
    Text text = text_in(run->arena);
    for (size_t i = 0; i < run->override_count; i++) {
        const FigureKey *key = figure_key(run->overrides[i].key);
        if (!key->only_tex)
            text_add_format(&text, "%s%s=%.*s", text.size ? "," : "", key->name, STR_ARGS(run->overrides[i].value));
    }
    if (run->package.size)
        text_add_format(&text, "%sself-contained", text.size ? "," : "");
    if (run->figure.size)
        text_add_format(&text, "%sfigure=%.*s", text.size ? "," : "", STR_ARGS(run->figure));
    if (run->network.size)
        text_add_format(&text, "%snetwork=%.*s", text.size ? "," : "", STR_ARGS(run->network));
    for (uint32_t i = 0; i < run->read.value_count; i++)
        text_add_format(&text, "%sset=%.*s=%lld", text.size ? "," : "", STR_ARGS(run->read.values[i].name),
                        (long long)run->read.values[i].value);
    return text_str(&text);
}

/* Whether there is a model to work on; a usage error otherwise. */
static bool has_model(netikz *run)
{
    if (run->model.graph_count && !diags_errors(run->diags))
        return true;
    if (!diags_errors(run->diags))
        diag_usage(run->diags, "no model was read");
    return false;
}

/* The index-th drawing of the chosen network, or of all. */
static const Figure *figure_at(const netikz *run, size_t index)
{
    for (uint32_t i = 0; i < run->model.figure_count; i++)
        if (is_chosen(run, run->model.figures[i].network) && index-- == 0)
            return &run->model.figures[i];
    return NULL;
}

const char *netikz_figure_name(netikz *run, size_t index)
{
    if (run->exhausted || setjmp(run->escape) != 0) {
        run->exhausted = true;
        return NULL;
    }
    const Figure *figure = figure_at(run, index);
    return figure ? str_terminated(run->arena, figure->name) : NULL;
}

netikz_status netikz_draw(netikz *run, bool standalone, netikz_text *code)
{
    GUARD(run);
    if (!has_model(run))
        return status(run);
    Figure *figure = choose_figure(run);
    Scene *scene = figure ? draw_figure(run->arena, run->diags, &run->model, figure) : NULL;
    const Embedded *embedded = scene && run->package.size ? draw_package(run->arena, run->diags, run->package, figure) : NULL;
    if (scene && !diags_errors(run->diags)) {
        const Source *source = run->source;
        Stamp stamp = {file_base_name(source->name), stamp_sum(run->arena, source->bytes), {0}, options_text(run)};
        Str text = emit_tikz(run->arena, scene, figure, &stamp, standalone, embedded);
        *code = (netikz_text){text.at, text.size};
    }
    return status(run);
}

/* Each of the networks in characters; its first figure says how shapes are written. */
static Str ascii_of(netikz *run, const Graph *const *graphs, uint32_t count)
{
    Text text = text_in(run->arena);
    for (uint32_t i = 0; i < count; i++) {
        const Figure *figure = &run->model.figures[0];
        for (uint32_t k = run->model.figure_count; k-- > 0;)
            if (str_equal(run->model.figures[k].network, graphs[i]->key))
                figure = &run->model.figures[k];
        if (i)
            text_add_char(&text, '\n');
        text_add(&text, emit_summary_ascii(run->arena, graphs[i], figure));
    }
    return text_str(&text);
}

netikz_status netikz_convert(netikz *run, netikz_text *spec)
{
    GUARD(run);
    Str text = has_model(run) ? convert_model(run->arena, run->diags, &run->model, run->source, run->network) : (Str){0};
    if (text.size)
        *spec = text_out(run, text);
    return status(run);
}

netikz_status netikz_summary(netikz *run, const char *format, netikz_text *table)
{
    GUARD(run);
    if (!has_model(run))
        return status(run);
    const Graph **graphs = ARENA_ARRAY(run->arena, run->model.graph_count, const Graph *);
    uint32_t count = 0;
    for (uint32_t i = 0; i < run->model.graph_count; i++)
        if (is_chosen(run, run->model.graphs[i]->key))
            graphs[count++] = run->model.graphs[i];
    Text all = text_in(run->arena);
    if (strcmp(format, "ascii") == 0) {
        *table = text_out(run, ascii_of(run, graphs, count));
        return status(run);
    }
    for (size_t i = 0; summary_format_at(i); i++) {
        if (strcmp(format, summary_format_at(i)) == 0) {
            *table = text_out(run, emit_summary(run->arena, i, graphs, count));
            return status(run);
        }
        text_add_format(&all, "%s, ", summary_format_at(i));
    }
    diag_usage(run->diags, "there is no summary format `%s`", format);
    diag_hint(run->diags, "it is one of %.*sascii", STR_ARGS(text_str(&all)));
    return status(run);
}

netikz_status netikz_list(netikz *run, const char *what, netikz_text *list)
{
    GUARD(run);
    Text text = text_in(run->arena);
    if (strcmp(what, "ops") == 0) {
        for (size_t i = 0; op_at(i); i++)
            text_add_format(&text, "%-18s %s\n", op_at(i)->name, op_at(i)->help);
    } else if (strcmp(what, "views") == 0) {
        for (size_t i = 0; view_at(i); i++)
            text_add_format(&text, "%-10s %s\n", view_at(i)->name, view_at(i)->help);
    } else if (strcmp(what, "formats") == 0) {
        for (size_t i = 0; reader_at(i); i++)
            text_add_format(&text, "%-15s %-23s %s\n", reader_at(i)->name, reader_at(i)->suffixes, reader_at(i)->help);
    } else if (strcmp(what, "schema") == 0) {
        text_add(&text, emit_schema(run->arena));
    } else {
        diag_usage(run->diags, "there is no list of `%s`", what);
        return status(run);
    }
    *list = text_out(run, text_str(&text));
    return status(run);
}

netikz_status netikz_write(netikz *run, const char *path, netikz_text text, bool force)
{
    GUARD(run);
    Str content = {text.at, text.size};
    const char *why = force ? NULL : stamp_objects(run->arena, path, content);
    if (why) {
        run->edited = true;
        diag_surroundings(run->diags, str_from(path), "%s; it is left as it is", why);
        diag_hint(run->diags, "--force overwrites it; -o OTHER writes elsewhere");
        return status(run);
    }
    file_write(run->arena, run->diags, path, content);
    return status(run);
}

netikz_text netikz_diagnostics(netikz *run)
{
    static const char out_of_memory[] = "netikz: error: the model needs more memory than there is, or than the limit of 1 GiB\n";
    if (run->exhausted || setjmp(run->escape) != 0) {
        run->exhausted = true;
        return (netikz_text){out_of_memory, sizeof out_of_memory - 1};
    }
    return text_out(run, diags_text(run->diags));
}

netikz_text netikz_message(netikz *run)
{
    if (run->exhausted || setjmp(run->escape) != 0)
        return netikz_diagnostics(run);
    Str sum = run->source ? stamp_sum(run->arena, run->source->bytes) : STR("-");
    return text_out(run, emit_message(run->arena, sum, run->edited, diags_text(run->diags)));
}

bool netikz_key_at(size_t index, netikz_key *key)
{
    const FigureKey *row = figure_key(index);
    if (row)
        *key = (netikz_key){row->name, row->values, row->fallback, row->help};
    return row != NULL;
}
