/* SPDX-License-Identifier: MIT */
/* JSON Schema of the spec language, for editors: made from the tables of operations and figure keys. */
#include "emit/emit.h"
#include "emit/json.h"
#include "op/op.h"

#include <string.h>

/* A JSON string array of the words in `words`. */
static void add_words(Text *out, const char *words)
{
    Str rest = str_from(words);
    Str word;
    bool first = true;
    text_add_char(out, '[');
    while (str_cut(&rest, ' ', &word)) {
        if (!word.size)
            continue;
        text_add(out, first ? STR("") : STR(", "));
        json_string(out, word);
        first = false;
    }
    text_add_char(out, ']');
}

static void add_help(Text *out, const char *help)
{
    text_add(out, STR("\"description\": "));
    json_string(out, str_from(help));
}

static void add_figure_keys(Text *out)
{
    text_add(out, STR("    \"figure\": {\"type\": [\"object\", \"null\"], \"additionalProperties\": false, \"properties\": {\n"));
    text_add(out, STR("      \"network\": {\"description\": \"which of several networks is drawn\", \"type\": \"string\"},\n"
                      "      \"panels\": {\"description\": \"several drawings in one figure: rows from top to bottom, each from left to right\", "
                      "\"type\": \"array\", \"items\": {\"anyOf\": [{\"$ref\": \"#/$defs/panel\"}, {\"type\": \"array\", \"items\": "
                      "{\"anyOf\": [{\"$ref\": \"#/$defs/panel\"}, {\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/panel\"}}]}}]}},\n"));
    for (size_t i = 0; figure_key(i); i++) {
        const FigureKey *key = figure_key(i);
        bool placeholder = key->values[0] >= 'A' && key->values[0] <= 'Z';
        text_add_format(out, "%s      \"%s\": {", i ? ",\n" : "", key->name);
        add_help(out, key->help);
        if (!placeholder) {
            bool toggle = strstr(key->values, "yes") != NULL;
            text_add(out, toggle ? STR(", \"anyOf\": [{\"type\": \"boolean\"}, {\"enum\": ") : STR(", \"enum\": "));
            add_words(out, key->values);
            text_add(out, toggle ? STR("}]") : STR(""));
        }
        text_add_char(out, '}');
    }
    text_add(out, STR("\n    }},\n"));
}

static const char *json_type(AttrKind kind)
{
    switch (kind) {
    case ATTR_INT:
        return "\"type\": [\"integer\", \"string\"]";
    case ATTR_INTS:
    case ATTR_SHAPE:
        return "\"type\": [\"integer\", \"string\", \"array\"]";
    case ATTR_BOOL:
        return "\"type\": \"boolean\"";
    case ATTR_TEXT:
        return "\"type\": [\"string\", \"number\", \"boolean\"]";
    case ATTR_WORD:
        break;
    }
    return "\"type\": [\"string\", \"number\", \"boolean\"]";
}

static void add_operation(Text *out, const Op *op)
{
    text_add_format(out, "        \"%s\": {", op->name);
    add_help(out, op->help);
    text_add(out, STR(", \"anyOf\": [{\"type\": [\"string\", \"number\", \"null\", \"array\", \"boolean\"]}, "
                      "{\"type\": \"object\", \"properties\": {"));
    for (uint32_t i = 0; i < op->attr_count; i++) {
        const AttrSpec *attr = &op->attrs[i];
        text_add_format(out, "%s\n          \"%s\": {", i ? "," : "", attr->name);
        add_help(out, attr->help);
        text_add_format(out, ", %s", json_type(attr->kind));
        if (attr->kind == ATTR_WORD && attr->words) {
            text_add(out, STR(", \"enum\": "));
            add_words(out, attr->words);
        }
        text_add_char(out, '}');
    }
    text_add(out, STR("}}]}"));
}

/* Keys that stand beside an operation, and the structures; blocks and keys in paper notation may be any word. */
static const struct {
    const char *name;
    const char *schema;
} common_keys[] = {
    {"name", "\"type\": [\"string\", \"integer\"]"},
    {"from", "\"type\": [\"string\", \"array\"]"},
    {"after", "\"type\": [\"string\", \"array\"]"},
    {"times", "\"type\": [\"integer\", \"string\"]"},
    {"label", "\"type\": \"string\""},
    {"note", "\"type\": [\"string\", \"array\"]"},
    {"style", "\"type\": \"string\""},
    {"weights", "\"type\": \"string\""},
    {"frozen", "\"type\": \"boolean\""},
    {"training", "\"type\": \"boolean\""},
    {"idle", "\"type\": \"boolean\""},
    {"turned", "\"type\": \"boolean\""},
    {"at", "\"type\": \"string\""},
    {"look", "\"enum\": [\"auto\", \"box\", \"circle\", \"ellipse\", \"text\", \"none\", \"dashed\"]"},
    {"leave", "\"type\": \"string\""},
    {"enter", "\"type\": [\"string\", \"array\"]"},
    {"edge", "\"type\": [\"string\", \"array\"]"},
    {"cells", "\"type\": \"array\""},
    {"mark", "\"type\": [\"string\", \"number\", \"array\"]"},
    {"unroll", "\"anyOf\": [{\"type\": \"boolean\"}, {\"const\": \"loop\"}]"},
    {"state", "\"type\": [\"string\", \"array\"]"},
    {"ghost", "\"type\": \"string\""},
    {"image", "\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"object\", \"additionalProperties\": false, \"required\": [\"file\"], "
              "\"properties\": {\"file\": {\"type\": \"string\"}, \"sheared\": {\"type\": \"boolean\"}}}]"},
    {"units", "\"type\": \"object\", \"additionalProperties\": false, \"properties\": {"
              "\"kept\": {\"type\": \"array\"}, \"mark\": {\"enum\": [\"none\", \"circle\", \"triangle\", \"cross\"]}, "
              "\"loop\": {\"type\": \"boolean\"}, \"labels\": {\"type\": \"array\"}, "
              "\"links\": {\"anyOf\": [{\"enum\": [\"all\", \"same\", \"none\"]}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}}]}, "
              "\"weights\": {\"type\": \"array\", \"items\": {\"type\": \"array\", \"items\": {\"type\": \"number\"}}}}"},
    {"merge", "\"type\": \"string\""},
    {"shortcut", "\"type\": [\"string\", \"array\", \"object\"]"},
    {"layers", "\"$ref\": \"#/$defs/items\""},
    {"branch", "\"anyOf\": [{\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/items\"}}, "
               "{\"type\": \"object\", \"additionalProperties\": {\"$ref\": \"#/$defs/items\"}}]"},
    {"residual", "\"anyOf\": [{\"$ref\": \"#/$defs/items\"}, {\"type\": \"object\"}]"},
    {"group", "\"anyOf\": [{\"type\": \"string\"}, {\"$ref\": \"#/$defs/items\"}, {\"type\": \"object\"}]"},
};

static void add_item(Text *out)
{
    text_add(out, STR("    \"item\": {\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"object\", \"properties\": {"));
    for (size_t i = 0; i < sizeof common_keys / sizeof *common_keys; i++)
        text_add_format(out, "%s\n        \"%s\": {%s}", i ? "," : "", common_keys[i].name, common_keys[i].schema);
    for (size_t i = 0; op_at(i); i++) {
        text_add(out, STR(",\n"));
        add_operation(out, op_at(i));
    }
    text_add(out, STR("\n    }}]},\n"));
}

static void add_panel(Text *out)
{
    static const char *const texts[] = {"figure", "network", "title", "name", "text", "image", "listing", "definition", "inset", "properties", "of"};
    text_add(out, STR("    \"panel\": {\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"object\", \"properties\": {\n"));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        text_add_format(out, "      \"%s\": {\"type\": \"string\"},\n", texts[i]);
    text_add(out, STR("      \"width\": {\"type\": [\"string\", \"integer\"]},\n"
                      "      \"lines\": {\"type\": [\"string\", \"integer\"]},\n"
                      "      \"leader\": {\"enum\": [\"lines\", \"arrow\", \"tip\"]}\n    }}]},\n"));
}

static void add_network(Text *out)
{
    text_add(out, STR("    \"network\": {\"type\": \"object\", \"additionalProperties\": false, \"required\": [\"layers\"], \"properties\": {\n"
                      "      \"name\": {\"type\": \"string\"},\n"
                      "      \"input\": {\"$ref\": \"#/$defs/inputs\"},\n"
                      "      \"inputs\": {\"$ref\": \"#/$defs/inputs\"},\n"
                      "      \"output\": {\"$ref\": \"#/$defs/outputs\"},\n"
                      "      \"outputs\": {\"$ref\": \"#/$defs/outputs\"},\n"
                      "      \"blocks\": {\"$ref\": \"#/$defs/blocks\"},\n"
                      "      \"layers\": {\"$ref\": \"#/$defs/items\"},\n"
                      "      \"figure\": {\"$ref\": \"#/$defs/figure\"},\n"
                      "      \"figures\": {\"$ref\": \"#/$defs/figures\"}\n    }},\n"
                      "    \"inputs\": {\"type\": [\"string\", \"integer\", \"object\", \"array\"]},\n"
                      "    \"outputs\": {\"type\": [\"string\", \"array\", \"object\"]},\n"
                      "    \"blocks\": {\"type\": \"object\", \"additionalProperties\": {\"$ref\": \"#/$defs/items\"}},\n"
                      "    \"figures\": {\"type\": \"object\", \"additionalProperties\": {\"$ref\": \"#/$defs/figure\"}},\n"));
}

Str emit_schema(Arena *arena)
{
    Text out = text_in(arena);
    text_add(&out, STR("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                       "  \"title\": \"netikz spec\",\n  \"anyOf\": [{\"$ref\": \"#/$defs/network\"}, {\n"
                       "    \"type\": \"object\", \"additionalProperties\": false, \"required\": [\"networks\"], \"properties\": {\n"
                       "    \"name\": {\"type\": \"string\"},\n"
                       "    \"blocks\": {\"$ref\": \"#/$defs/blocks\"},\n"
                       "    \"networks\": {\"type\": \"object\", \"additionalProperties\": {\"$ref\": \"#/$defs/network\"}},\n"
                       "    \"figure\": {\"$ref\": \"#/$defs/figure\"},\n"
                       "    \"figures\": {\"$ref\": \"#/$defs/figures\"}\n  }}],\n  \"$defs\": {\n"));
    add_network(&out);
    add_panel(&out);
    add_figure_keys(&out);
    add_item(&out);
    text_add(&out, STR("    \"items\": {\"anyOf\": [{\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/item\"}}, {\"$ref\": \"#/$defs/item\"}]}\n  }\n}\n"));
    return text_str(&out);
}
