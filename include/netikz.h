/* SPDX-License-Identifier: MIT */
/* libnetikz: reads a neural network and writes figures and tables of it. The whole public interface. */
#ifndef NETIKZ_H
#define NETIKZ_H

#include <stdbool.h>
#include <stddef.h>

/* One run: a model, the settings of its figure, what was reported. Not shared between threads; runs are independent. */
typedef struct netikz netikz;

/* What became of a call; also the exit status of the program. */
typedef enum netikz_status {
    NETIKZ_DONE = 0,        /* warnings are possible */
    NETIKZ_INPUT = 1,       /* the model is at fault */
    NETIKZ_USAGE = 2,       /* the caller is at fault: an unknown key, view, format */
    NETIKZ_SURROUNDINGS = 3 /* a file could not be read or written, or memory ran out */
} netikz_status;

/* A text that belongs to the run and lives as long as it does; terminated by a NUL that size does not count. */
typedef struct netikz_text {
    const char *at;
    size_t size;
} netikz_text;

/* The program's version, "0.1.0". */
const char *netikz_version(void);

/* A new run; NULL when there is no memory. */
netikz *netikz_new(void);
/* Ends a run and all texts that came from it. NULL is allowed. */
void netikz_free(netikz *run);

/* Sets a figure key ("view", "width" …, see docs/spec.md), overriding the spec; or a key of the run: "figure" and "network" (which of
   several), "set" ("T=128" gives a symbol a number; may be called several times), "raw-tex" ("yes" allows any TeX in labels),
   "package" (the folder of netikz.sty: netikz_draw then puts the package into the figure's file, which needs only TikZ). Call before netikz_read. */
netikz_status netikz_set(netikz *run, const char *key, const char *value);

/* Reads a model, checks it, computes shapes, parameters and MACs. `path` "-" is standard input; `format` NULL: told by content and suffix. */
netikz_status netikz_read(netikz *run, const char *path, const char *format);

/* The same from bytes, which must live as long as the run; `name` is what diagnostics call it. */
netikz_status netikz_read_bytes(netikz *run, const char *name, netikz_text bytes, const char *format);

/* Name of the index-th figure that the model asks for ("" for the only one); NULL behind the last. `figure` of netikz_set chooses it. */
const char *netikz_figure_name(netikz *run, size_t index);

/* TikZ code of the figure; a whole document where `standalone`. */
netikz_status netikz_draw(netikz *run, bool standalone, netikz_text *code);

/* The model as a spec in YAML, as a person would write it; its numbers are the model's. */
netikz_status netikz_convert(netikz *run, netikz_text *spec);

/* A table of the network: "text", "tsv", "json", "latex"; "caption" and "macros" are TeX for the text of a paper. */
netikz_status netikz_summary(netikz *run, const char *format, netikz_text *table);

/* What there is: "ops", "views", "formats", "schema". */
netikz_status netikz_list(netikz *run, const char *what, netikz_text *list);

/* Writes `text` to `path` whole or not at all. A generated file that was edited by hand is left alone unless `force`. */
netikz_status netikz_write(netikz *run, const char *path, netikz_text text, bool force);

/* All that was reported so far, ready to be printed. */
netikz_text netikz_diagnostics(netikz *run);

/* The same for \netikzinput: behind a first line with the MD5 sum of the model, in valid UTF-8, cut to 4 KB. */
netikz_text netikz_message(netikz *run);

/* The figure keys: name, allowed values, default, help of the index-th; false behind the last. For option tables. */
typedef struct netikz_key {
    const char *name;
    const char *values;
    const char *fallback;
    const char *help;
} netikz_key;
bool netikz_key_at(size_t index, netikz_key *key);

#endif
