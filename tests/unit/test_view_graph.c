/* SPDX-License-Identifier: MIT */
/* The graph view: ranks, order, lanes and routes of networks as papers draw them. */
#include "test_view_graph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

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

static Scene *drawn(const char *text)
{
    Figure figure = {.direction = DIRECTION_DOWN, .wrap = 1};
    Scene *scene = view_graph(arena, diags_new(arena), sketch(arena, text), &figure);

    assert_non_null(scene);
    return scene;
}

/* Draws, solves, and demands what holds for every drawing. */
static Solved drawn_right(const char *text)
{
    Solved solved = solve(arena, drawn(text));
    const char *found = breach(arena, &solved);

    if (found)
        fail_msg("%s", found);
    return solved;
}

static void assert_near(double a, double b)
{
    if (a - b > 1e-6 || b - a > 1e-6)
        fail_msg("%g is not %g", a, b);
}

static const char *written(const Scene *scene)
{
    Text out = text_in(arena);

    emit_lanes(&out, scene);
    return str_terminated(arena, text_str(&out));
}

static const char *module(const char *name, const char *input)
{
    return str_format(arena,
                      "%s1<%s %s3r<%s %s3<%s3r %s5r<%s %s5<%s5r %sp<%s %sq<%sp %scat!m<%s1,%s3,%s5,%sq ", name, input, name,
                      input, name, name, name, input, name, name, name, input, name, name, name, name, name, name, name).at;
}

static void test_chain_is_written_as_the_document_says(void **state)
{
    (void)state;
    assert_string_equal(written(drawn_right("x!i conv<x y!o<conv").scene),
                        "\\nkmain{1}\n"
                        "\\nkrank\n  \\nktext{x}{data}{1}{x}\n"
                        "\\nkrank\n  \\nkbox{conv}{conv}{1}{conv}\n"
                        "\\nkrank\n  \\nktext{y}{data}{1}{y}\n"
                        "\\nkedge{x}{conv}{}\n\\nkedge{conv}{y}{}\n");
}

static void test_branches_stand_symmetrically_about_the_main_line(void **state)
{
    (void)state;
    Solved s = drawn_right("base!i b1<base b3r<base b3<b3r b5r<base b5<b5r bp<base cat!m<b1,b3,b5,bp y!o<cat");
    double main = place_of(&s, "base");

    assert_near(main, place_of(&s, "cat"));
    assert_near(main - place_of(&s, "b3"), place_of(&s, "b5") - main);
    assert_near(main - place_of(&s, "b1"), place_of(&s, "bp") - main);
    assert_near(place_of(&s, "b3"), place_of(&s, "b3r"));
    assert_int_equal(rank_of(s.scene, "b1"), rank_of(s.scene, "b5r"));
}

static void test_branches_keep_the_order_of_the_author(void **state)
{
    (void)state;
    Solved s = drawn_right("x!i d<x a<x a2<a c<x b<x b2<b b3<b2 cat!m<d,a2,c,b3 y!o<cat");

    assert_true(place_of(&s, "d") < place_of(&s, "a"));
    assert_true(place_of(&s, "a") < place_of(&s, "c"));
    assert_true(place_of(&s, "c") < place_of(&s, "b"));
}

static void test_middle_of_three_branches_is_on_the_main_line(void **state)
{
    (void)state;
    Solved s = drawn_right("x!i r<x a<r b<r b2<b c<r c2<c c3<c2 cat!m<a,b2,c3 lin<cat add!c<lin,r~ y!o<add");

    assert_near(place_of(&s, "r"), place_of(&s, "b"));
    assert_near(place_of(&s, "r"), place_of(&s, "lin"));
    assert_true(edge_of(s.scene, "r", "add")->enters_side);
}

static void test_shortcuts_in_a_row_share_one_lane(void **state)
{
    (void)state;
    Text text = text_in(arena);
    const char *last = "x";

    text_add(&text, STR("x!i "));
    for (int i = 0; i < 16; i++) {
        text_add_format(&text, "a%d<%s b%d<a%d s%d!c<b%d,%s~ r%d<s%d ", i, last, i, i, i, i, last, i, i);
        last = str_format(arena, "r%d", i).at;
    }
    Solved s = drawn_right(str_terminated(arena, text_str(&text)));
    assert_int_equal(s.scene->lanes, 2);
    const SceneEdge *shortcut = edge_of(s.scene, "r3", "s4");
    assert_true(shortcut->enters_side);
    assert_int_equal(shortcut->step_count, 1);
    assert_int_equal(shortcut->steps[0].gap, rank_of(s.scene, "r3"));
    assert_int_equal(shortcut->steps[0].lane, 2);
}

static void test_projection_stands_where_identities_run(void **state)
{
    (void)state;
    Solved s = drawn_right("x!i a<x b<a s!c<b,x~ c<s d<c p<s t!c<d,p. y!o<t");

    assert_int_equal(s.scene->lanes, 2);
    assert_int_equal(item_of(s.scene, "p")->lane, edge_of(s.scene, "x", "s")->steps[0].lane);
    assert_true(edge_of(s.scene, "p", "t")->enters_side);
    assert_int_equal(edge_of(s.scene, "p", "t")->step_count, 0);
}

static void test_copies_of_a_u_net_nest(void **state)
{
    (void)state;
    Solved s = drawn_right("x!i e1<x p1<e1 e2<p1 p2<e2 e3<p2 p3<e3 e4<p3 p4<e4 m<p4 u4<m c4!m<u4,e4= d4<c4 u3<d4 "
                           "c3!m<u3,e3= d3<c3 u2<d3 c2!m<u2,e2= d2<c2 u1<d2 c1!m<u1,e1= d1<c1 y!o<d1");

    assert_int_equal(s.scene->lanes, 5);
    for (int level = 1; level <= 4; level++) {
        char from[16], to[16];
        snprintf(from, sizeof from, "e%d", level);
        snprintf(to, sizeof to, "c%d", level);
        assert_int_equal(edge_of(s.scene, from, to)->steps[0].lane, 6 - level);
        assert_near(place_of(&s, "x"), place_of(&s, from));
    }
    assert_non_null(strstr(written(s.scene), "\\nkedge[copy]{e4}{c4}{"));
}

static void test_dense_connections_run_on_one_side(void **state)
{
    (void)state;
    Solved s = drawn_right("x!i c0<x c1<c0 k2!m<c1,c0 c2<k2 k3!m<c2,c1,c0 c3<k3 k4!m<c3,c2,c1,c0 y!o<k4");

    assert_int_equal(s.scene->main_lane, 1);
    assert_int_equal(s.scene->lanes, 4);
}

static const char *googlenet(void)
{
    static const char *const names[] = {"3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"};
    Text text = text_in(arena);
    Str last = STR("l2");

    text_add(&text, STR("x!i c1<x p1<c1 l1<p1 c2<l1 c3<c2 l2<c3 "));
    for (int i = 0; i < 9; i++) {
        if (i == 0 || i == 2 || i == 7) {
            text_add_format(&text, "mp%d<%.*s ", i, STR_ARGS(last));
            last = str_format(arena, "mp%d", i);
        }
        text_add(&text, str_from(module(names[i], last.at)));
        last = str_format(arena, "%scat", names[i]);
        if (i == 2 || i == 5)
            text_add_format(&text, "h%dp<%.*s h%dc<h%dp h%df<h%dc h%dg<h%df h%ds<h%dg h%do!o<h%ds ", i, STR_ARGS(last), i, i,
                            i, i, i, i, i, i, i, i);
    }
    text_add_format(&text, "ap<%.*s fc<ap sm<fc y!o<sm", STR_ARGS(last));
    return str_terminated(arena, text_str(&text));
}

static void test_googlenet_is_nine_equal_modules_on_a_straight_line(void **state)
{
    (void)state;
    Solved s = drawn_right(googlenet());

    assert_int_equal(s.scene->lanes, 8); /* with the walls before both heads */
    assert_near(place_of(&s, "x"), place_of(&s, "y"));
    for (const char *const *name = (const char *const[]){"3a", "4b", "4e", "5b", NULL}; *name; name++) {
        double main = place_of(&s, "x");
        assert_near(main - place_of(&s, str_format(arena, "%s3", *name).at),
                    place_of(&s, str_format(arena, "%s5", *name).at) - main);
        assert_near(main, place_of(&s, str_format(arena, "%scat", *name).at));
    }
    assert_int_equal(item_of(s.scene, "h2p")->lane, 8);
    assert_int_equal(item_of(s.scene, "h5o")->lane, 8);
}

/* In how many ranks a wall stands, and in which one first, from 1. */
static uint32_t walled_ranks(const Scene *scene, uint32_t *first)
{
    uint32_t rank = 0, count = 0;

    for (uint32_t i = 0; i < scene->item_count; i++) {
        rank += scene->items[i].kind == ITEM_RANK;
        if (scene->items[i].kind == ITEM_WALL) {
            *first = count++ ? *first : rank;
        }
    }
    return count;
}

static void test_walls_stand_between_towers_until_they_meet(void **state)
{
    (void)state;
    uint32_t first = 0;

    /* two inputs: from the first rank to the one before the merge */
    assert_int_equal(walled_ranks(drawn_right("im!i a1<im a2<a1 a3<a2 tx!i b1<tx b2<b1 cat!m<a3,b2 fc<cat").scene, &first), 4);
    assert_int_equal(first, 1);
    /* two outputs: from behind the fork to one rank behind the end of the shorter one */
    assert_int_equal(walled_ranks(drawn_right("x!i c<x p1<c p2<p1 o!o<p2 q1<c q2<q1 q3<q2 q4<q3 y!o<q4").scene, &first), 4);
    assert_int_equal(first, 3);
    /* branches between a fork and a merge, and an input alone, share the ranks of the others */
    assert_int_equal(walled_ranks(drawn_right("x!i c<x a1<c a2<a1 b1<c b2<b1 m!m<a2,b2 t!i d<m,t y!o<d").scene, &first), 0);
}

static void test_towers_of_two_inputs_meet_in_the_middle(void **state)
{
    (void)state;
    Solved s = drawn_right("im!i a1<im a2<a1 tx!i b1<tx b2<b1 cat!m<a2,b2 fc<cat p<fc cl!o<p q<fc bx!o<q");

    assert_near(place_of(&s, "cat") - place_of(&s, "a2"), place_of(&s, "b2") - place_of(&s, "cat"));
    assert_near(place_of(&s, "fc") - place_of(&s, "p"), place_of(&s, "q") - place_of(&s, "fc"));
    assert_int_equal(rank_of(s.scene, "im"), rank_of(s.scene, "tx"));
}

static void test_decoder_stands_beside_its_encoder(void **state)
{
    (void)state;
    Solved s = drawn_right("src!i sa@enc<src s1!c@enc<sa,src~ ff@enc<s1 s2!c@enc<ff,s1~ tgt!i da@dec<tgt d1!c@dec<da,tgt~ "
                           "xa@dec<d1,s2 d2!c@dec<xa,d1~ df@dec<d2 d3!c@dec<df,d2~ lin<d3 y!o<lin");

    assert_near(place_of(&s, "tgt"), place_of(&s, "y"));
    assert_true(place_of(&s, "src") < place_of(&s, "tgt"));
    assert_true(rank_of(s.scene, "da") <= rank_of(s.scene, "s2"));
    assert_int_equal(rank_of(s.scene, "xa"), rank_of(s.scene, "s2") + 1);
}

/* Frames are one piece: every rank opens and closes each of its frames once, in a nest, around all that belongs to it. */
static void assert_frames(const Scene *scene, const Outline *outline)
{
    uint32_t *spans = ARENA_ARRAY(arena, outline->frame_count + 1, uint32_t);
    Str open[64];
    uint32_t depth = 0;

    for (uint32_t i = 0; i < scene->item_count; i++) {
        const SceneItem *item = &scene->items[i];
        if (item->kind == ITEM_RANK)
            assert_int_equal(depth, 0);
        if (item->kind == ITEM_OPEN)
            open[depth++] = item->name;
        if (item->kind == ITEM_CLOSE)
            assert_true(depth && str_equal(open[--depth], item->name));
        for (uint32_t f = 0; f < outline->frame_count; f++)
            spans[f] += item->kind == ITEM_OPEN && str_equal(item->name, outline->frames[f].name);
        for (uint32_t v = 0; v < outline->node_count && stands(item); v++)
            if (str_equal(outline->nodes[v].name, item->name)) {
                const Frame *frame = outline->nodes[v].frame;
                uint32_t at = depth;
                for (; frame; frame = frame->parent)
                    assert_true(at && str_equal(open[--at], frame->name));
                assert_int_equal(at, 0);
            }
    }
    for (uint32_t f = 0; f < outline->frame_count; f++)
        assert_true(spans[f] > 0);
}

static void test_frames_are_in_one_piece_and_in_a_row(void **state)
{
    (void)state;
    const char *text = "x!i stem<x a1@s1/b<stem a2@s1/b<a1 add!c@s1/b<a2,stem~ p1@s1/c<add p2@s1/c<p1 p3@s1/c<add "
                       "pc!m@s1/c<p2,p3 b1@s2<pc b2@s2<b1 badd!c@s2<b2,pc~ f<badd h1<add h2!o<h1 y!o<f";
    Solved s = drawn_right(text);

    assert_frames(s.scene, sketch(arena, text));
    assert_true(rank_of(s.scene, "add") < rank_of(s.scene, "p1"));
    assert_true(rank_of(s.scene, "pc") < rank_of(s.scene, "b1"));
    assert_near(place_of(&s, "stem"), place_of(&s, "y"));
    /* The shortcut of a block that begins at its top runs inside of its frame. */
    assert_non_null(strstr(written(s.scene), "{a1}\n  \\nkpass{6}\n  \\nkclose{s1/b}"));
}

static uint32_t random_below(uint64_t *seed, uint32_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((*seed >> 33) % limit);
}

static const char *random_network(uint64_t seed, uint32_t count, uint32_t frames)
{
    static const char *const roles[] = {"", "", "", "", "~", "=", "."};
    static const char *const kinds[] = {"", "", "!c", "!m"};
    Text text = text_in(arena);

    text_add(&text, STR("n0!i "));
    for (uint32_t i = 1; i < count; i++) {
        uint32_t inputs = random_below(&seed, 8) == 0 ? 0 : 1 + random_below(&seed, 3) / 2 + random_below(&seed, 4) / 3;
        uint32_t frame = frames ? i * frames / count : 0, inner = random_below(&seed, 3);
        text_add_format(&text, "n%u%s", i, inputs ? kinds[random_below(&seed, 4)] : "!i");
        if (frames && frame)
            text_add_format(&text, inner ? "@f%u/g%u" : "@f%u", frame, inner);
        for (uint32_t k = 0; k < inputs; k++) {
            uint32_t back = random_below(&seed, 3) ? 1 + random_below(&seed, i < 4 ? i : 4) : 1 + random_below(&seed, i);
            text_add_format(&text, "%cn%u%s", k ? ',' : '<', i - back, roles[random_below(&seed, 7)]);
        }
        text_add_char(&text, ' ');
    }
    return str_terminated(arena, text_str(&text));
}

static void test_anything_is_drawn_without_overlaps(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        const char *text = random_network(seed, 3 + (uint32_t)(seed % 40), seed % 3 ? 0 : 4);
        Solved solved = solve(arena, drawn(text));
        const char *found = breach(arena, &solved);
        if (found)
            fail_msg("seed %llu: %s: %s", (unsigned long long)seed, found, text);
        assert_frames(solved.scene, sketch(arena, text));
    }
}

static void test_same_network_gives_the_same_code(void **state)
{
    (void)state;
    const char *text = random_network(7, 60, 4);

    assert_string_equal(written(drawn(text)), written(drawn(text)));
}

static void test_in_large_networks_the_longest_edges_run_outside(void **state)
{
    (void)state;
    Text text = text_in(arena);

    text_add(&text, STR("n0!i "));
    for (int i = 1; i < 20000; i++)
        text_add_format(&text, "n%d<n%d ", i, i - 1);
    assert_int_equal(drawn(str_terminated(arena, text_str(&text)))->lanes, 1);

    text = text_in(arena);
    text_add(&text, STR("n0!i "));
    for (int i = 1; i < 6000; i++)
        text_add_format(&text, i > 3000 ? "n%d<n%d,n%d " : "n%d<n%d ", i, i - 1, 6000 - i);
    uint32_t outer = 0, items = 0;
    Scene *scene = drawn(str_terminated(arena, text_str(&text)));
    for (uint32_t i = 0; i < scene->item_count; i++) {
        items += scene->items[i].kind == ITEM_PASS;
        outer += scene->items[i].kind == ITEM_PASS && scene->items[i].lane == scene->lanes;
    }
    assert_true(items < 24000 + 8 * 6000 + 2 * 6000);
    assert_int_equal(outer, 1); /* the outermost lane is named once, where all outer lanes stand side by side */
}

static void test_edges_between_the_same_lanes_take_different_tracks(void **state)
{
    (void)state;
    Solved s = drawn_right("h!i g!i a<h b<g c<h d<g s1!m<a,b s2!m<c,d s3!m<s1,c s4!m<s2,a cat!m<s1,s2,s3,s4 y!o<cat");

    assert_non_null(strstr(written(s.scene), "\\nktracks{"));
}

static void test_short_chain_runs_to_the_right(void **state)
{
    (void)state;
    Figure figure = {0};
    Outline *outline = sketch(arena, "x!i a<x b<a y!o<b");

    outline->nodes[1].cells[0].label.text = STR("3x3 conv, 64, /2");
    Scene *scene = view_graph(arena, diags_new(arena), outline, &figure);
    assert_int_equal(scene->direction, DIRECTION_RIGHT);
    assert_true(str_equal(item_of(scene, "a")->cells[0].label.text, STR("3x3 conv\n64, /2")));
    outline = sketch(arena, "x!i a<x b<a c!c<b,a~ y!o<c");
    assert_int_equal(view_graph(arena, diags_new(arena), outline, &figure)->direction, DIRECTION_DOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain_is_written_as_the_document_says),
        cmocka_unit_test(test_branches_stand_symmetrically_about_the_main_line),
        cmocka_unit_test(test_branches_keep_the_order_of_the_author),
        cmocka_unit_test(test_middle_of_three_branches_is_on_the_main_line),
        cmocka_unit_test(test_shortcuts_in_a_row_share_one_lane),
        cmocka_unit_test(test_projection_stands_where_identities_run),
        cmocka_unit_test(test_copies_of_a_u_net_nest),
        cmocka_unit_test(test_dense_connections_run_on_one_side),
        cmocka_unit_test(test_googlenet_is_nine_equal_modules_on_a_straight_line),
        cmocka_unit_test(test_towers_of_two_inputs_meet_in_the_middle),
        cmocka_unit_test(test_walls_stand_between_towers_until_they_meet),
        cmocka_unit_test(test_decoder_stands_beside_its_encoder),
        cmocka_unit_test(test_frames_are_in_one_piece_and_in_a_row),
        cmocka_unit_test(test_anything_is_drawn_without_overlaps),
        cmocka_unit_test(test_same_network_gives_the_same_code),
        cmocka_unit_test(test_in_large_networks_the_longest_edges_run_outside),
        cmocka_unit_test(test_edges_between_the_same_lanes_take_different_tracks),
        cmocka_unit_test(test_short_chain_runs_to_the_right),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
