/* SPDX-License-Identifier: MIT */
/* Parts of what an operation is called: the word for what it is, its numbers, its name. */
#include "op/op.h"
#include "view/graph_node.h"

enum { ACRONYM = 2 }; /* a word that short is one: FC */

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

Str graph_kind_title(Arena *arena, const Layer *layer)
{
    Str title = op_is_custom(layer->op) ? layer->op_name : str_from(layer->op->title);
    Text text = text_in(arena);

    for (size_t i = 0; i < title.size; i++) {
        text_add_char(&text, !i || title.size <= ACRONYM ? upper(title.at[i]) : title.at[i]);
    }
    return text_str(&text);
}

static bool is_word_char(Str s, size_t at)
{
    return at < s.size && s.at[at] != ' ' && s.at[at] != ',';
}

/* Where the title stands in the label as a whole word; label.size where it does not. */
static size_t find_title(Str label, Str title)
{
    for (size_t at = 0; at + title.size <= label.size; at++) {
        if (str_equal(str_slice(label, at, at + title.size), title) && (!at || !is_word_char(label, at - 1))
            && !is_word_char(label, at + title.size)) {
            return at;
        }
    }
    return label.size;
}

Str graph_kind_rest(Arena *arena, const Graph *graph, const Layer *layer)
{
    Str title = op_is_custom(layer->op) ? layer->op_name : str_from(layer->op->title);
    Str label = op_label_in(graph, layer);
    size_t at = find_title(label, title);
    Str before = str_trim(str_slice(label, 0, at)), after = str_slice(label, at + title.size, label.size);

    while (after.size && (after.at[0] == ',' || after.at[0] == ' ')) {
        after = str_slice(after, 1, after.size);
    }
    if (!before.size || !after.size) {
        return before.size ? before : after;
    }
    return str_format(arena, "%.*s, %.*s", STR_ARGS(before), STR_ARGS(after));
}

Str graph_own_name(const Node *node, const Layer *layer)
{
    const Frame *frame = node->frame;
    Str path = node->kind == NODE_GROUP ? node->scope->path : layer->path;

    while (frame && !frame->visible) {
        frame = frame->parent;
    }
    Str around = frame ? frame->scope->path : (Str){NULL, 0};
    bool inside = around.size && path.size > around.size + 1 && str_starts(path, around) && path.at[around.size] == '/';
    return inside ? str_slice(path, around.size + 1, path.size) : path;
}

bool graph_node_says(const Node *node, Str number)
{
    for (uint32_t i = 0; i < node->cell_count; i++) {
        Str text = node->cells[i].label.text;
        for (size_t at = 0; number.size && at + number.size <= text.size; at++) {
            if (str_equal(str_slice(text, at, at + number.size), number)) {
                return true;
            }
        }
    }
    return false;
}

size_t graph_characters(Str text)
{
    size_t count = 0, widest = 0;

    for (size_t i = 0; i < text.size; i++) {
        count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
        count = text.at[i] == '\n' ? 0 : count;
        widest = count > widest ? count : widest;
    }
    return widest;
}
