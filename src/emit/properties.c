/* SPDX-License-Identifier: MIT */
/* Writes what is known of a layer: a heading, keys and values. */
#include "emit/properties.h"

#include "emit/emit.h"

void emit_properties(Text *out, const Scene *scene)
{
    static const char *const commands[] = {
        [FACT_HEADING] = "nkheading", [FACT_FIELD] = "nkproperty", [FACT_SPACE] = "nkspace"};
    for (uint32_t i = 0; i < scene->fact_count; i++) {
        const SceneFact *fact = &scene->facts[i];
        text_add_format(out, "  \\%s", commands[fact->kind]);
        if (fact->kind != FACT_SPACE) {
            text_add_char(out, '{');
            emit_label(out, fact->key);
            text_add(out, STR("}{"));
            emit_label(out, fact->value);
            text_add_char(out, '}');
        }
        text_add_char(out, '\n');
    }
}
