/* SPDX-License-Identifier: MIT */
/* Forks and the merges where all their branches meet again; which ends of strands stand on one line. */
#include "view/layered.h"

/*
 * A merge m belongs to a fork s where all ways to m lead through s and all ways from s lead through m: s is the immediate
 * dominator of m and m the immediate post-dominator of s. In an acyclic graph both trees come from one pass that takes
 * nearest common ancestors; jump pointers make each O(log n).
 */
typedef struct Tree {
    uint32_t *parent, *depth, *jump;
    bool *there;
} Tree;

static Tree tree_new(Arena *arena, uint32_t root)
{
    Tree tree = {ARENA_ARRAY(arena, (size_t)root + 1, uint32_t), ARENA_ARRAY(arena, (size_t)root + 1, uint32_t),
                 ARENA_ARRAY(arena, (size_t)root + 1, uint32_t), ARENA_ARRAY(arena, (size_t)root + 1, bool)};

    tree.parent[root] = tree.jump[root] = root;
    tree.there[root] = true;
    return tree;
}

static void tree_add(Tree *tree, uint32_t v, uint32_t parent)
{
    uint32_t jump = tree->jump[parent];

    tree->there[v] = true;
    tree->parent[v] = parent;
    tree->depth[v] = tree->depth[parent] + 1;
    tree->jump[v] =
        tree->depth[parent] - tree->depth[jump] == tree->depth[jump] - tree->depth[tree->jump[jump]] ? tree->jump[jump]
                                                                                                       : parent;
}

static uint32_t tree_at_depth(const Tree *tree, uint32_t v, uint32_t depth)
{
    while (tree->depth[v] > depth) {
        v = tree->depth[tree->jump[v]] >= depth ? tree->jump[v] : tree->parent[v];
    }
    return v;
}

static uint32_t tree_meet(const Tree *tree, uint32_t a, uint32_t b)
{
    a = tree_at_depth(tree, a, tree->depth[b]);
    b = tree_at_depth(tree, b, tree->depth[a]);
    while (a != b) {
        bool far = tree->jump[a] != tree->jump[b];
        a = far ? tree->jump[a] : tree->parent[a];
        b = far ? tree->jump[b] : tree->parent[b];
    }
    return a;
}

/* The branches of regions are sets of children of the fork in the dominator tree, joined as they turn out to be connected. */
typedef struct Branch {
    uint32_t size;                    /* nodes */
    uint32_t entries, exits;          /* strands from the fork, into the merge */
    uint32_t first_entry, first_exit; /* strands (behind the inputs: the node) */
    bool flow;                        /* leads into the merge as ordinary data */
} Branch;

typedef struct Finder {
    Layered *layered;
    uint32_t root;    /* number of what lies before all inputs, and behind all outputs */
    uint32_t root_end; /* where all inputs have met */
    Tree before;      /* dominators */
    Tree behind;      /* post-dominators */
    uint32_t *leader; /* union–find over nodes */
    Branch *branches; /* by leader */
    uint32_t *list;   /* leaders of the region at hand */
    bool *tied_up, *tied_down;
} Finder;

/* Strands that shape the core: skips and what hangs on the side do not. */
static bool counts(const Layered *layered, const Strand *strand)
{
    return !strand->rail && layered->core[strand->from] && layered->core[strand->to];
}

static bool is_end(const Layered *layered, const Lists *lists, uint32_t v)
{
    return lists->first[v + 1] == lists->first[v] && layered->core[v];
}

static Tree find_tree(const Finder *finder, bool forward)
{
    const Layered *layered = finder->layered;
    const Lists *lists = forward ? &layered->in : &layered->out;
    Tree tree = tree_new(layered->arena, finder->root);

    for (uint32_t i = 0; i < layered->node_count; i++) {
        uint32_t v = forward ? i : layered->node_count - 1 - i, parent = LAYERED_NONE;
        for (uint32_t j = lists->first[v]; layered->core[v] && j < lists->first[v + 1]; j++) {
            const Strand *strand = &layered->strands[lists->list[j]];
            uint32_t other = forward ? strand->from : strand->to;
            if (counts(layered, strand) && tree.there[other]) {
                parent = parent == LAYERED_NONE ? other : tree_meet(&tree, parent, other);
            }
        }
        if (parent != LAYERED_NONE || layered->core[v]) {
            tree_add(&tree, v, parent == LAYERED_NONE ? finder->root : parent);
        }
    }
    return tree;
}

/* The merge of a fork; LAYERED_NONE where branches do not meet again as a region; the root stands for both outer ends. */
static uint32_t merge_of(const Finder *finder, uint32_t start)
{
    const Layered *layered = finder->layered;
    uint32_t end = LAYERED_NONE;

    if (start != finder->root) {
        end = finder->behind.parent[start];
        return end != finder->root && finder->before.parent[end] != start ? LAYERED_NONE : end;
    }
    for (uint32_t v = 0; v < layered->node_count; v++) {
        if (is_end(layered, &layered->in, v)) {
            end = end == LAYERED_NONE ? v : tree_meet(&finder->behind, end, v);
        }
    }
    return end == LAYERED_NONE || (end != finder->root && finder->before.parent[end] != start) ? LAYERED_NONE : end;
}

static uint32_t leader_of(Finder *finder, uint32_t v)
{
    while (finder->leader[v] != v) {
        v = finder->leader[v] = finder->leader[finder->leader[v]];
    }
    return v;
}

static void find_branches(Finder *finder)
{
    Layered *layered = finder->layered;
    const Tree *tree = &finder->before;
    uint32_t *size = ARENA_ARRAY(layered->arena, (size_t)layered->node_count + 2, uint32_t);

    finder->leader = ARENA_ARRAY(layered->arena, (size_t)layered->node_count + 1, uint32_t);
    finder->branches = ARENA_ARRAY(layered->arena, (size_t)layered->node_count + 1, Branch);
    for (uint32_t v = 0; v < layered->node_count; v++) {
        finder->leader[v] = v;
    }
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        uint32_t fork = tree->parent[strand->to];
        if (!counts(layered, strand) || strand->from == fork
            || (fork == finder->root ? finder->root_end : finder->behind.parent[fork]) == strand->to) {
            continue;
        }
        uint32_t child = tree_at_depth(tree, strand->from, tree->depth[fork] + 1);
        finder->leader[leader_of(finder, child)] = leader_of(finder, strand->to);
    }
    for (uint32_t v = layered->node_count; v-- > 0;) {
        if (layered->core[v]) {
            size[v]++;
            size[tree->parent[v]] += size[v];
            finder->branches[leader_of(finder, v)].size += size[v];
        }
    }
}

/* The branch through which a strand leaves the fork or enters the merge. */
static uint32_t branch_of(Finder *finder, uint32_t start, uint32_t inner)
{
    return leader_of(finder, tree_at_depth(&finder->before, inner, finder->before.depth[start] + 1));
}

static uint32_t enter_branch(Finder *finder, uint32_t start, uint32_t inner, uint32_t strand, uint32_t count)
{
    uint32_t leader = branch_of(finder, start, inner);
    Branch *branch = &finder->branches[leader];

    if (!branch->entries++) {
        branch->first_entry = strand;
        finder->list[count++] = leader;
    } else if (start != finder->root && finder->layered->next[start] == strand) {
        branch->first_entry = strand;
    }
    return count;
}

/* Lists the branches of a region in the author's order. */
static uint32_t list_entries(Finder *finder, uint32_t start, uint32_t end)
{
    Layered *layered = finder->layered;
    uint32_t count = 0;

    if (start == finder->root) {
        for (uint32_t v = 0; v < layered->node_count; v++) {
            count = is_end(layered, &layered->in, v) && v != end ? enter_branch(finder, start, v, v, count) : count;
        }
        return count;
    }
    for (uint32_t i = layered->out.first[start]; i < layered->out.first[start + 1]; i++) {
        Strand *strand = &layered->strands[layered->out.list[i]];
        if (counts(layered, strand) && strand->to != end) {
            count = enter_branch(finder, start, strand->to, layered->out.list[i], count);
        }
    }
    for (uint32_t i = layered->out.first[start]; count && i < layered->out.first[start + 1]; i++) {
        Strand *strand = &layered->strands[layered->out.list[i]];
        strand->rail = strand->rail || (counts(layered, strand) && strand->to == end);
    }
    return count;
}

static void list_exits(Finder *finder, uint32_t start, uint32_t end)
{
    Layered *layered = finder->layered;

    for (uint32_t i = layered->in.first[end]; i < layered->in.first[end + 1]; i++) {
        const Strand *strand = &layered->strands[layered->in.list[i]];
        if (!counts(layered, strand) || strand->from == start) {
            continue;
        }
        Branch *branch = &finder->branches[branch_of(finder, start, strand->from)];
        branch->flow = branch->flow || strand->link->role == LINK_FLOW;
        if (!branch->exits++ || layered->prev[end] == layered->in.list[i]) {
            branch->first_exit = layered->in.list[i];
        }
    }
}

/* Shortcuts with boxes on them leave the row of branches; how many branches remain, in order. */
static uint32_t set_sides_apart(Finder *finder, uint32_t start, uint32_t end, uint32_t count)
{
    uint32_t kept = 0;

    if (end == finder->root || start == finder->root) {
        return count;
    }
    for (uint32_t i = 0; i < count; i++) {
        const Branch *branch = &finder->branches[finder->list[i]];
        if (branch->flow) {
            finder->list[kept++] = finder->list[i];
        } else {
            finder->layered->strands[branch->first_entry].side = true;
        }
    }
    return kept;
}

/* The only branch that ends in the frame of the merge; LAYERED_NONE: none or several. */
static uint32_t branch_at_home(const Finder *finder, uint32_t end, uint32_t count)
{
    const Layered *layered = finder->layered;
    uint32_t found = LAYERED_NONE;

    for (uint32_t i = 0; end != finder->root && i < count; i++) {
        const Branch *branch = &finder->branches[finder->list[i]];
        if (!branch->exits || layered->home[layered->strands[branch->first_exit].from] != layered->home[end]) {
            continue;
        }
        if (found != LAYERED_NONE) {
            return LAYERED_NONE;
        }
        found = finder->list[i];
    }
    return found;
}

/* Of inputs that meet in a node which works on the first and reads the others: that of the first; else LAYERED_NONE. */
static uint32_t branch_worked_on(const Finder *finder, uint32_t start, uint32_t end, uint32_t count)
{
    const Layered *layered = finder->layered;

    if (start != finder->root || end == finder->root || !layered_distinct(&layered->outline->nodes[end])
        || (count % 2 == 1 && layered->outline->nodes[end].kind != NODE_GROUP)) {
        return LAYERED_NONE;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (finder->branches[finder->list[i]].first_exit == layered->prev[end]) {
            return finder->list[i];
        }
    }
    return LAYERED_NONE;
}

/* Which branch stands in the middle; LAYERED_NONE: none. */
static uint32_t middle_of(const Finder *finder, uint32_t start, uint32_t end, uint32_t count)
{
    uint32_t at_home = branch_at_home(finder, end, count);

    if (at_home == LAYERED_NONE) {
        at_home = branch_worked_on(finder, start, end, count);
    }
    if (at_home != LAYERED_NONE) {
        return at_home;
    }
    if (count % 2 == 1) {
        return finder->list[count / 2];
    }
    const Branch *first = &finder->branches[finder->list[0]], *second = &finder->branches[finder->list[1]];
    bool circle = end != finder->root && finder->layered->outline->nodes[end].kind == NODE_CIRCLE;
    if (count == 2 && circle && first->size != second->size) {
        return finder->list[first->size > second->size ? 0 : 1];
    }
    return LAYERED_NONE;
}

static void align(Finder *finder, uint32_t index)
{
    Strand *strand = &finder->layered->strands[index];

    if (!finder->tied_down[strand->from] && !finder->tied_up[strand->to]) {
        strand->aligned = true;
        finder->tied_down[strand->from] = true;
        finder->tied_up[strand->to] = true;
    }
}

/* The frame that all branches enter first. */
static uint32_t frame_of_branches(const Finder *finder, uint32_t start, uint32_t count)
{
    const Layered *layered = finder->layered;
    uint32_t frame = LAYERED_NONE;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t entry = finder->branches[finder->list[i]].first_entry;
        uint32_t home = layered->home[start == finder->root ? entry : layered->strands[entry].to];
        frame = i ? layered_frame_meet(layered, frame, home) : home;
    }
    return frame;
}

static void add_region(Finder *finder, uint32_t start, uint32_t end, uint32_t count)
{
    Layered *layered = finder->layered;
    Region *region = &layered->regions[layered->region_count++];

    *region = (Region){.start = start, .end = end, .last = layered->rank_count};
    region->before = finder->branches[finder->list[count / 2]].first_entry;
    region->frame = frame_of_branches(finder, start, count);
    if (start == finder->root) {
        region->start = LAYERED_NONE;
    } else {
        region->first = layered->rank[start] + 1;
        finder->tied_down[start] = true;
    }
    if (end == finder->root) {
        region->end = LAYERED_NONE;
    } else {
        region->last = layered->rank[end];
        finder->tied_up[end] = true;
    }
    region->last--;
}

static void take_region(Finder *finder, uint32_t start)
{
    Layered *layered = finder->layered;
    uint32_t end = start == finder->root ? finder->root_end : merge_of(finder, start);
    uint32_t count = end == LAYERED_NONE || (start == finder->root && end == finder->root)
                         ? 0 : list_entries(finder, start, end);

    if (!count) {
        return;
    }
    if (start != finder->root) {
        layered->fork[start] = true;
    }
    if (end != finder->root) {
        layered->merge[end] = true;
        list_exits(finder, start, end);
    }
    uint32_t rows = set_sides_apart(finder, start, end, count);
    rows = rows ? rows : count;
    uint32_t middle = middle_of(finder, start, end, rows);
    if (middle == LAYERED_NONE) {
        add_region(finder, start, end, rows);
        return;
    }
    if (start != finder->root) {
        align(finder, finder->branches[middle].first_entry);
    }
    if (end != finder->root && finder->branches[middle].exits) {
        align(finder, finder->branches[middle].first_exit);
    }
}

/* Chains: each is the other's longest way. */
static void align_chains(Finder *finder)
{
    Layered *layered = finder->layered;

    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        if (!strand->rail && layered->next[strand->from] == i && layered->prev[strand->to] == i
            && !layered->fork[strand->from] && !layered->merge[strand->to]) {
            align(finder, i);
        }
    }
}

void layered_regions(Layered *layered)
{
    Arena *arena = layered->arena;
    uint32_t count = layered->node_count;
    Finder finder = {.layered = layered, .root = count};

    layered->fork = ARENA_ARRAY(arena, (size_t)count + 1, bool);
    layered->merge = ARENA_ARRAY(arena, (size_t)count + 1, bool);
    layered->regions = ARENA_ARRAY(arena, (size_t)count + 2, Region);
    finder.tied_up = ARENA_ARRAY(arena, (size_t)count + 1, bool);
    finder.tied_down = ARENA_ARRAY(arena, (size_t)count + 1, bool);
    finder.list = ARENA_ARRAY(arena, (size_t)count + 1, uint32_t);
    finder.before = find_tree(&finder, true);
    finder.behind = find_tree(&finder, false);
    finder.root_end = merge_of(&finder, count);
    find_branches(&finder);
    take_region(&finder, count);
    for (uint32_t v = 0; v < count; v++) {
        if (layered->core[v]) {
            take_region(&finder, v);
        }
    }
    align_chains(&finder);
}
