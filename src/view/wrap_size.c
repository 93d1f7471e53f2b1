/* SPDX-License-Identifier: MIT */
/* Estimated sizes: the package's rules for the default theme, with an average character instead of a font. */
#include "base/names.h"
#include "view/layered.h"
#include "view/wrap.h"

/* In thousandths of the font's size. */
enum { CAPITAL = 690, DESCENDER = 80, LINE_SKIP = 1190, SIDE_FONT = 875, TIP = 4 * WRAP_POINT };

static int64_t part(int64_t length, int64_t thousandths)
{
    return length * thousandths / 1000;
}

/* The size that TeX font commands set: the last that they name. */
static int64_t font_size(Str font)
{
    static const struct {
        const char *name;
        int64_t size;
    } sizes[] = {{"\\tiny", 5}, {"\\scriptsize", 7}, {"\\footnotesize", 8}, {"\\small", 9},
                 {"\\normalsize", 10}, {"\\large", 12}};
    int64_t size = 8 * WRAP_POINT;

    for (size_t at = 0; at < font.size; at++) {
        Str rest = str_slice(font, at, font.size);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            size = str_starts(rest, str_from(sizes[i].name)) ? sizes[i].size * WRAP_POINT : size;
        }
        int64_t said = 0;
        Str digits = str_slice(rest, sizeof "\\fontsize{" - 1, rest.size);
        digits = str_slice(digits, 0, str_find(digits, '}'));
        digits = str_slice(digits, 0, str_find(digits, '.'));
        if (str_starts(rest, STR("\\fontsize{")) && str_to_int(digits, &said) && said > 0 && said < 100) {
            size = said * WRAP_POINT;
        }
    }
    return size;
}

WrapRules wrap_rules(const Scene *scene, Str label_font)
{
    int64_t font = font_size(label_font), unit = font / 4;

    return (WrapRules){.font = font, .unit = unit, .step = unit * 9 / 2, .gap = 3 * unit,
                       .horizontal = scene->direction == DIRECTION_RIGHT, .up = scene->direction == DIRECTION_UP};
}

typedef struct Extent {
    int64_t width, height;
} Extent;

/* Widths of characters in thousandths of the font's size, as in Computer Modern. */
static int64_t width_of(uint32_t code)
{
    static const char wide[] = "@mMwW+=<>%", narrow[] = "ijl,.:;'|!()[] I", medium[] = "tfrsc/-";

    if (code >= 0x80 || str_find(str_from(wide), (char)code) < sizeof wide - 1) {
        return 780;
    }
    if (str_find(str_from(narrow), (char)code) < sizeof narrow - 1) {
        return 310;
    }
    if (code >= 'A' && code <= 'Z') {
        return 700;
    }
    return str_find(str_from(medium), (char)code) < sizeof medium - 1 ? 420 : 520;
}

/* Small type is cut wider: Computer Modern's quads at 5 to 9 points. */
static int64_t set_width(int64_t font, int64_t thousandths)
{
    static const int64_t wider[] = {[5] = 1361, [6] = 1222, [7] = 1139, [8] = 1063, [9] = 1028};
    int64_t points = (font + WRAP_POINT / 2) / WRAP_POINT;

    points = points < 5 ? 5 : points;
    return part(font, points < 10 ? part(thousandths, wider[points]) : thousandths);
}

/* What is seen of TeX: its commands and braces are not. */
static bool is_shown(Label label, size_t *at)
{
    Str text = label.text;

    if (label.kind != LABEL_TEX) {
        return true;
    }
    if (text.at[*at] == '\\') {
        while (*at + 1 < text.size && ((text.at[*at + 1] | 32) >= 'a' && (text.at[*at + 1] | 32) <= 'z')) {
            ++*at;
        }
        return true;
    }
    return str_find(STR("{}$^_"), text.at[*at]) == 5;
}

static Extent extent_of(Label label, int64_t font)
{
    int64_t lines = 1, width = 0, widest = 0;

    for (size_t i = 0; i < label.text.size; i++) {
        unsigned char byte = (unsigned char)label.text.at[i];
        bool breaks = label.kind == LABEL_TEX && byte == '\\' && i + 1 < label.text.size && label.text.at[i + 1] == '\\';
        if (byte == '\n' || breaks) {
            lines++;
            width = 0;
            i += breaks;
        } else if ((byte & 0xC0) != 0x80 && is_shown(label, &i)) {
            width += width_of(byte);
        }
        widest = width > widest ? width : widest;
    }
    if (!label.text.size) {
        return (Extent){0, 0};
    }
    return (Extent){set_width(font, widest), part(font, CAPITAL + DESCENDER) + (lines - 1) * part(font, LINE_SKIP)};
}

int64_t wrap_text_width(Label label, int64_t font)
{
    return extent_of(label, font).width;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Half extents of a record (fields stand right of its head) or of a list of attributes (below it). */
static Extent fields_of(const WrapRules *rules, const SceneItem *item)
{
    int64_t side = part(rules->font, SIDE_FONT), pad = rules->unit * 3 / 2;
    Extent head = {0, 0}, fields = {0, 0};

    for (uint32_t i = 0; i < item->cell_count; i++) {
        const SceneCell *cell = &item->cells[i];
        bool field = cell->kind == CELL_FIELD;
        Extent label = extent_of(cell->label, field ? side : rules->font), value = extent_of(cell->value, side);
        if (field) {
            fields.width = larger(fields.width, label.width + value.width + 3 * pad);
            fields.height += larger(label.height, value.height) + rules->unit;
        } else {
            head.width += label.width + 2 * pad;
            head.height = larger(head.height, label.height + rules->unit * 5 / 2);
        }
    }
    if (item->kind == ITEM_RECORD) {
        return (Extent){(head.width + fields.width) / 2, larger(head.height, fields.height) / 2};
    }
    return (Extent){larger(head.width, fields.width) / 2, (head.height + fields.height) / 2};
}

/* Of a label of that item, which may be written upward. */
static Extent turned_extent(const SceneItem *item, Label label, int64_t font)
{
    Extent text = extent_of(label, font);

    return item->turned ? (Extent){text.height, text.width} : text;
}

/* The outline of a node: half extents as the reader sees them. */
static Extent outline_of(const WrapRules *rules, const SceneItem *item)
{
    Extent half = {0, 0};

    if (item->kind == ITEM_CIRCLE) {
        return (Extent){rules->unit * 9 / 4, rules->unit * 9 / 4};
    }
    if (item->kind == ITEM_TEXT) {
        Extent text = turned_extent(item, item->cells[0].label, rules->font);
        return (Extent){text.width / 2 + rules->unit, text.height / 2 + rules->unit};
    }
    if (item->kind == ITEM_ICONS) {
        int64_t line = 0;
        for (uint32_t i = 0; i < item->cell_count; i++) {
            line = i == 1 ? 0 : line;
            line += extent_of(item->cells[i].label, rules->font).width / 2 + rules->unit * (item->cells[i].glyph ? 3 : 1);
            half.width = larger(half.width, line);
        }
        half.width += rules->unit * 3 / 2;
        half.height = rules->unit * (item->cell_count > 1 ? 6 : 7 / 2);
        return item->turned ? (Extent){half.height, half.width} : half;
    }
    if (item->kind == ITEM_PICTURE) {
        return (Extent){rules->unit * 7, rules->unit * 7};
    }
    if (item->kind == ITEM_BARE) {
        return (Extent){rules->unit * 5 / 2, rules->unit * 3 / 2};
    }
    if (item->kind == ITEM_RECORD || item->kind == ITEM_ATTRIBUTES) {
        return fields_of(rules, item);
    }
    if (item->kind == ITEM_CELLS) {
        for (int64_t i = 0; i < item->a; i++) {
            half.width += extent_of(item->cells[i].label, part(rules->font, SIDE_FONT)).width / 2 + rules->unit;
        }
        half.height = (int64_t)item->cell_count / item->a * rules->unit * 5 / 2;
        return half;
    }
    for (uint32_t i = 0; i < item->cell_count; i++) {
        Extent cell = turned_extent(item, item->cells[i].label, rules->font);
        half.width = larger(half.width, cell.width / 2 + rules->unit * 3 / 2);
        half.height += cell.height / 2 + rules->unit * 5 / 4;
    }
    return half;
}

static void add_entry(Wrap *wrap, WrapEntry entry)
{
    *ARENA_PUSH(wrap->arena, wrap->entries, wrap->entry_count, wrap->entry_room) = entry;
    wrap->ranks[wrap->rank_count - 1].end = wrap->entry_count;
    wrap->lane_count = entry.lane > wrap->lane_count ? entry.lane : wrap->lane_count;
}

static void measure_node(Wrap *wrap, uint32_t index)
{
    const WrapRules *rules = &wrap->rules;
    const SceneItem *item = &wrap->scene->items[index];
    WrapRank *rank = &wrap->ranks[wrap->rank_count - 1];
    int64_t side = part(rules->font, SIDE_FONT), unit = rules->unit;
    Extent half = outline_of(rules, item), out = extent_of(item->out, side), note = extent_of(item->note, side);
    Extent in = extent_of(item->in, side);
    Extent ends = {larger(in.width, out.width), larger(in.height, out.height)};
    int64_t across = rules->horizontal ? half.height : half.width;
    WrapEntry entry = {.lane = item->lane, .kind = 'n', .shares = (item->kind == ITEM_BOX || item->kind == ITEM_CARD) && !rules->horizontal,
                       .half = across, .near = across, .far = across, .item = index};

    rank->half = larger(rank->half, rules->horizontal ? half.width : half.height);
    if (rules->horizontal) {
        entry.near = larger(across, ends.height ? unit + ends.height : 0);
        entry.far = note.height ? across + unit + note.height : across;
        rank->out = larger(rank->out, out.width ? out.width + 2 * unit + TIP : 0);
        rank->in = larger(rank->in, in.width ? in.width + 2 * unit + TIP : 0);
    } else {
        entry.far = larger(across, ends.width ? ends.width + unit * 5 / 4 : 0);
        entry.far = larger(entry.far, note.width ? across + unit * 3 / 2 + note.width : 0);
        rank->out = larger(rank->out, out.height ? out.height + unit : 0);
        rank->in = larger(rank->in, in.height ? in.height + unit : 0);
    }
    wrap->rank_of[index] = wrap->rank_count - 1;
    add_entry(wrap, entry);
}

/* A frame while ranks are walked through. */
typedef struct FrameSpan {
    uint32_t first, last;
    int64_t title;        /* height of its title's line */
    int64_t width, beside; /* of the title with the repeat mark, and without */
} FrameSpan;

typedef struct FrameWalk {
    Wrap *wrap;
    Names *frames;
    uint32_t *stack;      /* frames that are open within a rank: numbers of their spans */
    FrameSpan *spans;
    uint32_t span_count;
} FrameWalk;

static FrameSpan *span_of(FrameWalk *walk, Str name)
{
    FrameSpan *span = names_get(walk->frames, name);

    if (!span) {
        span = &walk->spans[walk->span_count++];
        *span = (FrameSpan){.first = LAYERED_NONE};
        names_put(walk->frames, name, span);
    }
    return span;
}

/* First and last rank of each frame; no cut between them. */
static void span_frames(FrameWalk *walk)
{
    Wrap *wrap = walk->wrap;
    uint32_t room = wrap->scene->frame_count, rank = 0;

    walk->frames = names_new(wrap->arena);
    for (uint32_t i = 0; i < wrap->scene->item_count; i++) {
        room += wrap->scene->items[i].kind == ITEM_OPEN;
    }
    walk->spans = ARENA_ARRAY(wrap->arena, (size_t)room + 1, FrameSpan);
    walk->stack = ARENA_ARRAY(wrap->arena, (size_t)room + 1, uint32_t);
    for (uint32_t i = 0; i < wrap->scene->frame_count; i++) {
        const SceneFrame *frame = &wrap->scene->frames[i];
        bool titled = frame->title.text.size || frame->times > 1 || frame->note.text.size;
        if (titled && !wrap->rules.horizontal) {
            FrameSpan *span = span_of(walk, frame->name);
            int64_t side = part(wrap->rules.font, SIDE_FONT), unit = wrap->rules.unit;
            span->title = part(wrap->rules.font, CAPITAL + DESCENDER) + unit;
            span->beside = extent_of(frame->title, side).width + extent_of(frame->note, side).width + 2 * unit;
            span->width = span->beside + (frame->times > 1 ? 2 * side : 0);
        }
    }
    for (uint32_t i = 0; i < wrap->scene->item_count; i++) {
        const SceneItem *item = &wrap->scene->items[i];
        rank += item->kind == ITEM_RANK;
        if (item->kind == ITEM_OPEN) {
            FrameSpan *span = span_of(walk, item->name);
            span->first = span->first == LAYERED_NONE ? rank - 1 : span->first;
            span->last = rank - 1;
        }
    }
}

/* Room for the borders of frames that begin or end with this rank, nested ones round each other. */
static void measure_borders(FrameWalk *walk, uint32_t r)
{
    WrapRank *rank = &walk->wrap->ranks[r];
    int64_t unit = walk->wrap->rules.unit, open = 0, close = 0;
    uint32_t depth = 0;

    for (uint32_t i = rank->first; i < rank->end; i++) {
        WrapEntry *entry = &walk->wrap->entries[i];
        if (entry->kind == 'o') {
            FrameSpan *span = span_of(walk, walk->wrap->scene->items[entry->item].name);
            walk->stack[depth++] = (uint32_t)(span - walk->spans);
            entry->title = span->first == r ? span->width : 0;
            entry->beside = span->first == r ? span->beside : 0;
            open = close = 0;
            rank->may_cut = rank->may_cut && span->last == r;
        }
        if (entry->kind == 'c' && depth) {
            const FrameSpan *span = &walk->spans[walk->stack[--depth]];
            int64_t above = walk->wrap->rules.up ? 0 : span->title, below = walk->wrap->rules.up ? span->title : 0;
            open = open ? open + unit * 5 / 2 : larger(3 * unit, rank->in + unit);
            open = span->first == r ? open + above : 0;
            close = close ? close + unit * 5 / 2 : larger(unit * 5 / 2, rank->out + unit);
            close = span->last == r ? close + below : 0;
            rank->open = larger(rank->open, open);
            rank->close = larger(rank->close, close);
        }
    }
    rank->out = rank->close ? 0 : rank->out;
    rank->in = rank->open ? 0 : rank->in;
}

static void measure_items(Wrap *wrap)
{
    int64_t unit = wrap->rules.unit;

    for (uint32_t i = 0; i < wrap->scene->item_count; i++) {
        const SceneItem *item = &wrap->scene->items[i];
        if (item->kind == ITEM_RANK) {
            *ARENA_PUSH(wrap->arena, wrap->ranks, wrap->rank_count, wrap->rank_room) =
                (WrapRank){.item = i, .first = wrap->entry_count, .end = wrap->entry_count, .may_cut = true};
        } else if (scene_is_node(item)) {
            measure_node(wrap, i);
        } else {
            char kind = item->kind == ITEM_OPEN ? 'o' : item->kind == ITEM_CLOSE ? 'c' : 'p';
            kind = item->kind == ITEM_SPINE || item->kind == ITEM_WALL ? 's' : kind;
            int64_t title = kind == 'o' && wrap->rules.horizontal ? part(wrap->rules.font, CAPITAL) + unit : 0;
            add_entry(wrap, (WrapEntry){.lane = item->lane, .kind = kind, .near = title, .item = i});
        }
    }
}

static int64_t step_behind(const Wrap *wrap, uint32_t r, int64_t step)
{
    const WrapRank *rank = &wrap->ranks[r], *next = &wrap->ranks[r + 1];
    int64_t unit = wrap->rules.unit, extents = rank->half + rank->close + next->open + next->half;

    if (rank->tracks) {
        int64_t lead = rank->out + 2 * unit * rank->tracks;
        return extents + lead + larger(step, unit * 17 / 4 + next->in);
    }
    int64_t labels = rank->out + next->in;
    return extents + larger(step, labels ? labels + unit : 0);
}

void wrap_measure(Wrap *wrap)
{
    FrameWalk walk = {.wrap = wrap};

    wrap->rank_of = ARENA_ARRAY(wrap->arena, (size_t)wrap->scene->item_count + 1, uint32_t);
    wrap->entry_room = wrap->scene->item_count;
    wrap->entries = ARENA_ARRAY(wrap->arena, wrap->entry_room, WrapEntry);
    measure_items(wrap);
    span_frames(&walk);
    for (uint32_t i = 0; i < wrap->scene->edge_count; i++) {
        const SceneEdge *edge = &wrap->scene->edge_list[i];
        for (uint32_t k = 0; k < edge->step_count; k++) {
            uint32_t gap = edge->steps[k].gap;
            if (gap && gap <= wrap->rank_count) {
                wrap->ranks[gap - 1].tracks = larger(wrap->ranks[gap - 1].tracks, edge->steps[k].track);
            }
        }
    }
    for (uint32_t r = 0; r < wrap->rank_count; r++) {
        measure_borders(&walk, r);
    }
    for (uint32_t r = 0; r + 1 < wrap->rank_count; r++) {
        wrap->ranks[r + 1].at = wrap->ranks[r].at + step_behind(wrap, r, wrap->rules.step);
        wrap->ranks[r + 1].least_at = wrap->ranks[r].least_at + step_behind(wrap, r, wrap->rules.unit * 7 / 2);
    }
}

int64_t wrap_along(const Wrap *wrap, uint32_t first, uint32_t end)
{
    const WrapRank *begin = &wrap->ranks[first], *last = &wrap->ranks[end - 1];
    int64_t length = last->at - begin->at + begin->half + begin->open + last->half + last->close + last->out;

    length += first ? wrap->rules.unit * 17 / 4 + begin->in : 0;
    return length + (end < wrap->rank_count ? 2 * wrap->rules.unit : 0);
}

int64_t wrap_least(const Wrap *wrap, uint32_t first, uint32_t end)
{
    const WrapRank *begin = &wrap->ranks[first], *last = &wrap->ranks[end - 1];

    return wrap_along(wrap, first, end) - (last->at - begin->at) + (last->least_at - begin->least_at);
}

/* What two neighbours of these kinds are to be apart; b: the edge of the column. */
static int64_t apart(const WrapRules *rules, char a, char b)
{
    bool node_a = a == 'n' || a == 'c', node_b = b == 'n' || b == 'o';

    if (a == 'b' || b == 'b') {
        return 0;
    }
    if (a == 's' || b == 's') {
        return (a == 'p' || b == 'p') ? rules->unit * 3 / 2 : rules->gap / 2;
    }
    if (a == 'o' || b == 'c') {
        return rules->unit * 5 / 2;
    }
    return node_a && node_b ? rules->gap : 3 * rules->unit;
}

/* Demands of a column: lanes `from` and `to` stand at least `length` apart. */
typedef struct Demands {
    const Wrap *wrap;
    uint32_t *from, *to;
    int64_t *length;
    uint32_t count;
} Demands;

static void demand(Demands *demands, uint32_t from, uint32_t to, int64_t length)
{
    demands->from[demands->count] = from;
    demands->to[demands->count] = to;
    demands->length[demands->count++] = length;
}

/* A frame is as wide as its title, which stands left of the main line where that enters the frame. */
static void demand_titles(Demands *demands, const WrapRank *rank)
{
    const Wrap *wrap = demands->wrap;

    for (uint32_t i = rank->first, depth = 0; i < rank->end; i++) {
        const WrapEntry *entry = &wrap->entries[i];
        for (uint32_t j = i + 1; entry->title && j < rank->end; j++) {
            const WrapEntry *other = &wrap->entries[j];
            if (other->lane == wrap->scene->main_lane) {
                demand(demands, entry->lane, other->lane, entry->beside);
            }
            depth += other->kind == 'o';
            if (other->kind == 'c' && !depth--) {
                demand(demands, entry->lane, other->lane, entry->title);
                break;
            }
        }
        depth = 0;
    }
}

static void demand_rank(Demands *demands, const WrapRank *rank, const int64_t *box)
{
    const Wrap *wrap = demands->wrap;
    WrapEntry before = {.kind = 'b'};

    for (uint32_t i = rank->first; i <= rank->end; i++) {
        WrapEntry entry = i < rank->end ? wrap->entries[i] : (WrapEntry){.lane = wrap->lane_count + 1, .kind = 'b'};
        if (entry.shares) {
            entry.near = larger(entry.near, box[entry.lane]);
            entry.far = larger(entry.far, box[entry.lane]);
        }
        int64_t gap = apart(&wrap->rules, before.kind, entry.kind);
        demand(demands, before.lane, entry.lane, before.far + entry.near + gap);
        before = entry;
    }
}

int64_t wrap_across(const Wrap *wrap, uint32_t first, uint32_t end)
{
    ArenaMark mark = arena_mark(wrap->arena);
    uint32_t entries = wrap->ranks[end - 1].end - wrap->ranks[first].first, lanes = wrap->lane_count + 2;
    size_t room = 3 * (size_t)entries + (end - first) + 1;
    Demands demands = {wrap, ARENA_ARRAY(wrap->arena, room, uint32_t), ARENA_ARRAY(wrap->arena, room, uint32_t),
                       ARENA_ARRAY(wrap->arena, room, int64_t), 0};
    int64_t *box = ARENA_ARRAY(wrap->arena, lanes, int64_t), *at = ARENA_ARRAY(wrap->arena, lanes, int64_t);

    for (uint32_t i = wrap->ranks[first].first; i < wrap->ranks[end - 1].end; i++) {
        const WrapEntry *entry = &wrap->entries[i];
        box[entry->lane] = entry->shares ? larger(box[entry->lane], entry->half) : box[entry->lane];
    }
    for (uint32_t r = first; r < end; r++) {
        demand_rank(&demands, &wrap->ranks[r], box);
        demand_titles(&demands, &wrap->ranks[r]);
    }
    Lists by_target = layered_lists(wrap->arena, lanes, demands.count, demands.to, NULL);
    for (uint32_t lane = 0; lane < lanes; lane++) {
        for (uint32_t i = by_target.first[lane]; i < by_target.first[lane + 1]; i++) {
            uint32_t k = by_target.list[i];
            at[lane] = larger(at[lane], at[demands.from[k]] + demands.length[k]);
        }
    }
    int64_t width = at[lanes - 1];
    arena_release(wrap->arena, mark);
    return width;
}
