/* SPDX-License-Identifier: MIT */
/* Folding into columns: where networks are cut, how evenly, and that every edge finds its way. */
#include "test_view_graph.h"

#include "scene/length.h"
#include "view/solid.h"
#include "view/wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

static Arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new((size_t)1 << 31);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* ---- networks ------------------------------------------------------------------------------------------------- */

static const char *chain(int count)
{
    Text text = text_in(arena);

    text_add(&text, STR("n0!i "));
    for (int i = 1; i < count; i++)
        text_add_format(&text, "n%d<n%d ", i, i - 1);
    return str_terminated(arena, text_str(&text));
}

/* Residual blocks of two boxes, each in a frame of its own where `framed`. */
static const char *residual(int blocks, bool framed)
{
    Text text = text_in(arena);

    text_add(&text, STR("c0!i "));
    for (int i = 1; i <= blocks; i++) {
        Str frame = framed ? str_format(arena, "@f%d", i) : STR("");
        text_add_format(&text, "a%d%.*s<c%d b%d%.*s<a%d ", i, STR_ARGS(frame), i - 1, i, STR_ARGS(frame), i);
        text_add_format(&text, "c%d!c%.*s<b%d,c%d~ ", i, STR_ARGS(frame), i, i - 1);
    }
    return str_terminated(arena, text_str(&text));
}

/* Modules with four branches, each in a frame. */
static const char *modules(int count)
{
    Text text = text_in(arena);

    text_add(&text, STR("m0!i "));
    for (int i = 1; i <= count; i++) {
        for (int branch = 0; branch < 4; branch++)
            text_add_format(&text, "p%d-%d@f%d<m%d ", i, branch, i, i - 1);
        text_add_format(&text, "m%d!m@f%d<p%d-0,p%d-1,p%d-2,p%d-3 ", i, i, i, i, i, i);
    }
    return str_terminated(arena, text_str(&text));
}

/* ---- what holds for every folded drawing ----------------------------------------------------------------------- */

typedef struct Stand {
    uint32_t rank, column;
} Stand;

/* Ranks and columns of all items; columns are counted. */
static Stand *stands_of(const Scene *scene, uint32_t *columns)
{
    Stand *stands = ARENA_ARRAY(arena, (size_t)scene->item_count + 1, Stand), now = {0, 1};

    for (uint32_t i = 0; i < scene->item_count; i++) {
        now.rank += scene->items[i].kind == ITEM_RANK;
        now.column += scene->items[i].kind == ITEM_COLUMN;
        stands[i] = now;
    }
    *columns = now.column;
    return stands;
}

static uint32_t index_of(const Scene *scene, Str name)
{
    for (uint32_t i = 0; i < scene->item_count; i++)
        if (stands(&scene->items[i]) && str_equal(scene->items[i].name, name))
            return i;
    fail_msg("no node %.*s", STR_ARGS(name));
    return 0;
}

/* Lanes rise within a rank, over the separator from column to column, and no frame stands in two. */
static void check_lanes(const Scene *scene, const Stand *stands)
{
    uint32_t separator = 0, before = 0;

    for (uint32_t i = 0; i < scene->item_count; i++) {
        const SceneItem *item = &scene->items[i];
        if (item->kind == ITEM_COLUMN) {
            for (uint32_t j = 0; j < i; j++)
                assert_true(scene->items[j].lane < item->lane);
            separator = item->lane;
            assert_true((uint32_t)item->a > separator);
        }
        before = item->kind == ITEM_COLUMN || item->kind == ITEM_RANK ? separator : before;
        if (item->kind != ITEM_COLUMN && item->kind != ITEM_RANK) {
            assert_true(item->lane > before && item->lane <= scene->lanes);
            before = item->lane;
        }
        for (uint32_t j = 0; item->kind == ITEM_OPEN && j < i; j++)
            if (scene->items[j].kind == ITEM_OPEN && str_equal(scene->items[j].name, item->name))
                assert_int_equal(stands[j].column, stands[i].column);
    }
}

/* Whether an edge may pass a rank on a lane: something that passes stands there. */
static bool passes(const Scene *scene, const Stand *stands, uint32_t rank, uint32_t lane)
{
    for (uint32_t i = 0; i < scene->item_count; i++)
        if (stands[i].rank == rank && scene->items[i].kind != ITEM_RANK && scene->items[i].lane == lane)
            return scene->items[i].kind == ITEM_PASS;
    return false;
}

static uint32_t separator_of(const Scene *scene, uint32_t column)
{
    for (uint32_t i = 0; i < scene->item_count; i++)
        if (scene->items[i].kind == ITEM_COLUMN && !--column)
            return scene->items[i].lane;
    return 0;
}

/* Follows an edge from rank to rank: through places that are free for it, over the right separators, to its target. */
static void check_edge(const Scene *scene, const Stand *stands, const SceneEdge *edge)
{
    uint32_t from = index_of(scene, edge->from), to = index_of(scene, edge->to), done = 0;
    uint32_t lane = scene->items[from].lane, column = stands[from].column, rank = stands[from].rank;

    for (; rank < stands[to].rank; rank++) {
        if (rank > stands[from].rank)
            assert_true(passes(scene, stands, rank, lane));
        for (; done < edge->step_count && edge->steps[done].gap == rank && !edge->steps[done].before; done++)
            lane = edge->steps[done].lane;
        if (done < edge->step_count && edge->steps[done].before && edge->steps[done].gap == rank + 1) {
            assert_int_equal(lane, separator_of(scene, column));
            for (; done < edge->step_count && edge->steps[done].before && edge->steps[done].gap == rank + 1; done++)
                lane = edge->steps[done].lane;
            column++;
        }
    }
    assert_int_equal(done, edge->step_count);
    assert_int_equal(column, stands[to].column);
    if (edge->enters_side)
        assert_true(passes(scene, stands, rank, lane));
    else
        assert_int_equal(lane, scene->items[to].lane);
}

/* What goes from one column to another comes from one node. */
static void check_cuts(const Scene *scene, const Stand *stands, uint32_t columns)
{
    Str *source = ARENA_ARRAY(arena, (size_t)columns + 2, Str);

    for (uint32_t i = 0; i < scene->edge_count; i++) {
        const SceneEdge *edge = &scene->edge_list[i];
        uint32_t last = stands[index_of(scene, edge->to)].column;
        for (uint32_t k = stands[index_of(scene, edge->from)].column; k < last; k++) {
            assert_true(!source[k].size || str_equal(source[k], edge->from));
            source[k] = edge->from;
        }
    }
}

static Scene *folded(const char *text, Figure figure, uint32_t columns)
{
    Scene *scene = view_graph(arena, diags_new(arena), sketch(arena, text), &figure);
    uint32_t count;

    assert_non_null(scene);
    Stand *stands = stands_of(scene, &count);
    check_lanes(scene, stands);
    for (uint32_t i = 0; i < scene->edge_count; i++)
        check_edge(scene, stands, &scene->edge_list[i]);
    check_cuts(scene, stands, count);
    assert_int_equal(scene->columns, count);
    if (columns)
        assert_int_equal(count, columns);
    return scene;
}

static Scene *folded_in(const char *text, int64_t wrap)
{
    return folded(text, (Figure){.direction = DIRECTION_DOWN, .wrap = wrap}, (uint32_t)wrap);
}

/* ---- tests ---------------------------------------------------------------------------------------------------- */

static void test_chain_folds_into_equal_columns(void **state)
{
    (void)state;
    for (int64_t columns = 1; columns <= 6; columns++) {
        const Scene *scene = folded_in(chain(36), columns);
        uint32_t count, least = 36, most = 0;
        Stand *stands = stands_of(scene, &count);
        for (uint32_t k = 1; k <= count; k++) {
            uint32_t ranks = 0;
            for (uint32_t i = 0; i < scene->item_count; i++)
                ranks += scene->items[i].kind == ITEM_RANK && stands[i].column == k;
            least = ranks < least ? ranks : least;
            most = ranks > most ? ranks : most;
        }
        assert_true(most - least <= 1);
    }
}

static void test_columns_are_written_as_the_document_says(void **state)
{
    (void)state;
    Text out = text_in(arena);

    emit_lanes(&out, folded_in("a b<a c<b d<c", 2));
    assert_string_equal(str_terminated(arena, text_str(&out)),
                        "\\nkmain{1}\n"
                        "\\nkrank\n  \\nkbox{a}{conv}{1}{a}\n\\nkrank\n  \\nkbox{b}{conv}{1}{b}\n"
                        "\\nkcolumn{2}\\nkmain{3}\n"
                        "\\nkrank\n  \\nkbox{c}{conv}{3}{c}\n\\nkrank\n  \\nkbox{d}{conv}{3}{d}\n"
                        "\\nkedge{a}{b}{}\n\\nkedge{b}{c}{2>2, ^3>3}\n\\nkedge{c}{d}{}\n");
}

static void test_residual_blocks_are_cut_behind_their_merge(void **state)
{
    (void)state;
    for (int framed = 0; framed < 2; framed++) {
        const Scene *scene = folded_in(residual(9, framed), 3);
        for (uint32_t i = 1; i < scene->item_count; i++)
            if (scene->items[i].kind == ITEM_COLUMN) {
                uint32_t last = i - 1;
                while (!stands(&scene->items[last]))
                    last--;
                assert_int_equal(scene->items[last].kind, ITEM_CIRCLE);
            }
    }
}

static void test_what_divides_in_a_frame_enters_it_once(void **state)
{
    (void)state;
    const Scene *scene = folded_in(modules(6), 3);
    const SceneEdge *edge = NULL;

    for (uint32_t i = 0; i < scene->edge_count; i++)
        if (str_equal(scene->edge_list[i].from, STR("m2")) && str_equal(scene->edge_list[i].to, STR("p3-0")))
            edge = &scene->edge_list[i];
    assert_non_null(edge);
    assert_int_equal(edge->step_count, 3);
    assert_true(edge->steps[1].before && edge->steps[2].before && edge->steps[2].track == 2);
}

static void test_nothing_is_cut_across_skips_or_frames(void **state)
{
    (void)state;
    folded("x!i a<x b<a c<b d<c e<d,c= f<e,b= g<f,a=", (Figure){.direction = DIRECTION_DOWN, .wrap = 3}, 2);
    folded("a@f b@f<a c@f<b d@f<c e@f<d", (Figure){.direction = DIRECTION_DOWN, .wrap = 3}, 1);
}

static void test_folds_only_where_a_page_ends(void **state)
{
    (void)state;
    Figure down = {.direction = DIRECTION_DOWN}, right = {.direction = DIRECTION_RIGHT};

    folded(chain(24), down, 1);
    folded(chain(40), down, 2);
    folded(chain(12), right, 1);
    assert_true(folded(chain(60), right, 0)->columns > 1);
    down.height = STR("200pt");
    const Scene *scene = folded(chain(24), down, 0);
    assert_true(scene->columns >= 3 && scene->height <= 200 * WRAP_POINT);
    down.wrap = 1;
    folded(chain(24), down, 1);
}

static void test_too_narrow_a_width_keeps_columns_few(void **state)
{
    (void)state;
    Figure figure = {.direction = DIRECTION_DOWN, .height = STR("200pt"), .width = STR("60pt")};

    assert_true(folded(chain(60), figure, 0)->columns < 6);
}

static void test_random_networks_fold(void **state)
{
    (void)state;
    uint32_t seed = 7;

    for (int round = 0; round < 60; round++) {
        Text text = text_in(arena);
        text_add(&text, STR("n0!i "));
        for (uint32_t i = 1; i < 40; i++) {
            seed = seed * 1664525u + 1013904223u;
            uint32_t back = (seed >> 16) % 5 == 0 ? 2 + (seed >> 20) % 3 : 0;
            text_add_format(&text, "n%lu@f%lu<n%lu", (unsigned long)i, (unsigned long)(i / 5), (unsigned long)(i - 1));
            if (back && back <= i)
                text_add_format(&text, ",n%lu", (unsigned long)(i - back));
            text_add_char(&text, ' ');
        }
        folded(str_terminated(arena, text_str(&text)), (Figure){.direction = DIRECTION_DOWN, .wrap = 4}, 0);
    }
}

static void test_deep_networks_take_linear_time(void **state)
{
    (void)state;
    clock_t begin = clock();
    Figure figure = {.direction = DIRECTION_DOWN};
    const Scene *scene = view_graph(arena, diags_new(arena), sketch(arena, residual(20000, true)), &figure);

    assert_non_null(scene);
    assert_true(scene->columns > 1);
    assert_true((clock() - begin) / CLOCKS_PER_SEC < 10);
}

static Outline *chain_outline(void *data, const Figure *figure, int64_t depth)
{
    (void)figure;
    (void)depth;
    return sketch(arena, chain(*(int *)data));
}

static bool contains(Str text, const char *word)
{
    return strstr(str_terminated(arena, text), word) != NULL;
}

static void test_fit_says_what_it_chose_or_what_would_help(void **state)
{
    (void)state;
    Graph graph = {0};
    int length = 60;
    OutlineSource source = {&length, chain_outline};
    Figure figure = {.fit = FIT_COLUMN, .depth = -1};
    Diags *diags = diags_new(arena);

    view_fit(arena, diags, &graph, view_for(&graph, &(Figure){.view = VIEW_GRAPH}), source, &figure);
    assert_true(contains(diags_text(diags), "note: to fit a column, the data flow down, in 2 columns"));
    assert_int_equal(diags_fault(diags), FAULT_NONE);
    assert_true(str_equal(figure.width, STR("252pt")) && str_equal(figure.max_height, STR("650pt")));
    assert_int_equal(figure.direction, DIRECTION_DOWN);

    length = 1000;
    figure = (Figure){.fit = FIT_SLIDE, .depth = -1, .nodes = NODES_BARE};
    view_fit(arena, diags, &graph, view_for(&graph, &(Figure){.view = VIEW_GRAPH}), source, &figure);
    assert_true(contains(diags_text(diags), "warning: the figure does not fit a slide"));
    assert_true(contains(diags_text(diags), "hint: "));
}

/* Six equal solids with wide gaps; an arrow over the top from the third to the fourth. */
static void test_solids_wrap_between_groups(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    for (int skips = 0; skips < 2; skips++) {
        Scene *scene = scene_new(arena);
        for (uint32_t i = 0; i < 6; i++) {
            if (i)
                scene_add_item(scene, ITEM_GAP)->a = 3;
            SceneItem *solid = scene_add_item(scene, ITEM_SOLID);
            solid->name = str_from(names[i]);
            solid->a = 100;
            if (i)
                scene_add_edge(scene, str_from(names[i - 1]), solid->name, "flow");
        }
        if (skips)
            scene_add_edge(scene, STR("c"), STR("d"), "shortcut")->level = 1;
        solids_wrap(arena, scene, 2);
        uint32_t rows = 0, at = 0;
        for (uint32_t i = 0; i < scene->item_count; i++)
            if (scene->items[i].kind == ITEM_ROW) {
                rows++;
                at = i;
            }
        assert_int_equal(rows, 1);
        assert_true(str_equal(scene->items[at + 1].name, STR("d")) == !skips);
    }
}

static void test_lengths_are_estimated(void **state)
{
    (void)state;
    assert_int_equal(length_estimate(STR("252pt")), 252000);
    assert_int_equal(length_estimate(STR("0.5\\textwidth")), 258000);
    assert_int_equal(length_estimate(STR("\\columnwidth")), 252000);
    assert_int_equal(length_estimate(STR("8.4cm")), 239005);
    assert_int_equal(length_estimate(STR("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain_folds_into_equal_columns),
        cmocka_unit_test(test_columns_are_written_as_the_document_says),
        cmocka_unit_test(test_residual_blocks_are_cut_behind_their_merge),
        cmocka_unit_test(test_what_divides_in_a_frame_enters_it_once),
        cmocka_unit_test(test_nothing_is_cut_across_skips_or_frames),
        cmocka_unit_test(test_folds_only_where_a_page_ends),
        cmocka_unit_test(test_too_narrow_a_width_keeps_columns_few),
        cmocka_unit_test(test_random_networks_fold),
        cmocka_unit_test(test_deep_networks_take_linear_time),
        cmocka_unit_test(test_fit_says_what_it_chose_or_what_would_help),
        cmocka_unit_test(test_solids_wrap_between_groups),
        cmocka_unit_test(test_lengths_are_estimated),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
