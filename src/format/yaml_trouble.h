/* SPDX-License-Identifier: MIT */
/* What libyaml found wrong, in words that say what to do. */
#ifndef NETIKZ_YAML_TROUBLE_H
#define NETIKZ_YAML_TROUBLE_H

#include "format/yaml_text.h"

#include <yaml.h>

/* What the reader knew when libyaml gave up. */
typedef struct YamlTrouble {
    const yaml_parser_t *parser; /* with its problem and marks */
    bool in_flow;                /* the innermost open list or mapping is in brackets */
    char bracket;                /* its opening bracket */
    size_t open_index;           /* where that stands, in characters */
    bool has_scalar;             /* a scalar was read before */
    size_t scalar_from;          /* the last one's characters */
    size_t scalar_to;            /* up to here */
} YamlTrouble;

/* Reports it. */
void yaml_trouble_report(const YamlTrouble *trouble, YamlText *text, Diags *diags);

/* Warns where double quotes turn TeX into control characters: "$\beta$" is a backspace and `eta`. */
void yaml_trouble_check_tex(YamlText *text, Diags *diags, size_t from, size_t to);

/* `key:value`, the beginning of the line or behind dashes: the index of that colon, or the size. */
size_t yaml_tight_colon(Str line);

enum { YAML_LONGEST_KEY = 1022 }; /* characters; libyaml looks no further for the colon */

#endif
