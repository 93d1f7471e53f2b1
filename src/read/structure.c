/* SPDX-License-Identifier: MIT */
/* What holds other items: group, residual, branch. The site stands in their scope; what flows out of it is theirs. */
#include "read/spec.h"

enum { MOST_PATHS = 256 };

void read_group(Spec *spec, Site *site, const Item *item)
{
    const Value *body = item->layers ? item->layers : item->operation;
    bool named = item->operation->kind == VALUE_SCALAR;
    if (named && !item->layers) {
        spec_error(spec, item->operation->key_place, "the group `%.*s` has no layers", STR_ARGS(item->operation->text));
        spec_hint(spec, "write `layers:` with a list under `group: %.*s`", STR_ARGS(item->operation->text));
        return;
    }
    if (!named && item->operation->kind != VALUE_LIST && !(item->operation->kind == VALUE_NULL && item->layers)) {
        spec_wrong_kind(spec, item->operation, "group", "a name, with `layers:` beside it");
        return;
    }
    if (named && item->name) {
        spec_error(spec, item->name->key_place, "this group has two names");
        spec_note(spec, item->operation->place, "the other is here");
        return;
    }
    if (body->kind != VALUE_LIST) {
        spec_wrong_kind(spec, body, "layers", "a list");
        return;
    }
    read_body(spec, site, body);
}

Draft *merge_draft(Spec *spec, const Site *site, const Value *merge, const char *usual, Place place)
{
    if (!merge)
        return draft_new(spec, spec_op(spec, str_from(usual)), (Piece){str_from(usual), place, false, false});
    if (merge->kind != VALUE_SCALAR) {
        spec_wrong_kind(spec, merge, "merge", "concat, add, mul or another operation that joins");
        return NULL;
    }
    Piece text = piece_of(merge);
    if (str_equal(text.text, STR("no")) || str_equal(text.text, STR("false"))) {
        spec_error(spec, text.place, "`merge` cannot be `%.*s`", STR_ARGS(text.text));
        spec_hint(spec, "`merge: none` leaves the paths apart");
        return NULL;
    }
    Draft *draft = notation_read(spec, site, NULL, text);
    if (!draft || op_reads_names(draft->op))
        return draft;
    spec_error(spec, draft->at.place, "`%s` does not join paths", draft->op->name);
    spec_hint(spec, "what does: concat, add, mul, max, average, stack; or none");
    return NULL;
}

/* ---- residual -------------------------------------------------------------------------------------------------- */

/* The parts of a residual, whichever way they are written. */
typedef struct Parts {
    const Value *body, *shortcut, *merge;
} Parts;

static bool take_parts(Spec *spec, const Item *item, Parts *parts)
{
    const Value *value = item->operation;
    *parts = (Parts){value, item->shortcut, item->merge};
    if (value->kind == VALUE_NULL) {
        spec_wrong_kind(spec, value, "residual", "the list of layers that the shortcut bypasses");
        return false;
    }
    if (value->kind != VALUE_MAP || !value_get(value, STR("body")))
        return true;
    for (const Value *child = value->first; child; child = child->next) {
        if (str_equal(child->key, STR("body")))
            parts->body = child;
        else if (str_equal(child->key, STR("shortcut")))
            parts->shortcut = child;
        else if (str_equal(child->key, STR("merge")))
            parts->merge = child;
        else {
            spec_error(spec, child->key_place, "unknown key `%.*s` of `residual`", STR_ARGS(child->key));
            spec_hint(spec, "it has body, shortcut, merge");
            return false;
        }
    }
    return true;
}

/* `shortcut: identity`, `projection`, a layer or a list of layers; *made: layers stand in it. */
static bool read_shortcut(Spec *spec, Site *path, const Value *shortcut, Shape wanted, uint32_t body, const Item *item)
{
    bool word = shortcut && shortcut->kind == VALUE_SCALAR;
    if (word && str_equal(shortcut->text, STR("identity")))
        return true;
    if (shortcut && !(word && str_equal(shortcut->text, STR("projection")))) {
        read_body(spec, path, shortcut);
        return true;
    }
    Shape given = port_shape(path->flow);
    if (!shortcut && (!given.known || !wanted.known || shape_equal(given, wanted)))
        return true;
    return add_projection(spec, path, path->flow, wanted, body, item->place);
}

static bool is_add(const Draft *merge)
{
    return str_equal(str_from(merge->op->name), STR("add"));
}

/* Adds the merge of `ports` in the scope of the site. */
static Layer *add_merge(Spec *spec, Site *site, Draft *merge, const Port *ports, uint32_t count, Place place)
{
    merge->whole = place;
    Port *inputs = ARENA_ARRAY(spec->arena, count + merge->read_count, Port);
    for (uint32_t i = 0; i < count; i++)
        inputs[i] = ports[i];
    for (uint32_t i = 0; i < merge->read_count; i++)
        if (!space_resolve(spec, site, merge->reads[i], &inputs[count++]))
            return layer_lost(spec);
    Entity *entity = space_define_automatic(spec, site->space, layer_stem(spec, merge), place);
    return layer_add(spec, site, merge, inputs, count, entity);
}

void read_residual(Spec *spec, Site *site, const Item *item)
{
    Parts parts;
    Port start;
    Site body = *site, path = *site;
    uint32_t first = spec->graph->layer_count;
    if (!take_parts(spec, item, &parts) || !site_port(spec, site, item->place, &start))
        return;
    Draft *merge = merge_draft(spec, site, parts.merge, "add", item->place);
    read_body(spec, &body, parts.body);
    if (!merge || spec->stopped || !site_port(spec, &body, item->place, &body.flow))
        return;
    if (body.flow.layer == start.layer && body.flow.output == start.output) {
        spec_error(spec, item->place, "this residual bypasses nothing: its body is empty");
        return;
    }
    bool lost = spec->lost && (body.flow.layer == spec->lost || start.layer == spec->lost);
    uint32_t behind = spec->graph->layer_count;
    /* Only a sum needs equal shapes: products broadcast (squeeze and excitation), concatenations grow (DenseNet). */
    if ((is_add(merge) || parts.shortcut) && !lost &&
        !read_shortcut(spec, &path, parts.shortcut, port_shape(body.flow), first, item)) {
        site->flow = (Port){layer_lost(spec), 0};
        return;
    }
    Layer *join = add_merge(spec, site, merge, (Port[]){body.flow, path.flow}, 2, item->place);
    bool same = shape_equal(port_shape(start), port_shape(body.flow)) || !is_add(merge);
    LinkRole role = behind == spec->graph->layer_count - 1 || same ? LINK_SHORTCUT : LINK_PROJECTION;
    join->roles = ARENA_ARRAY(spec->arena, join->input_count + 2, LinkRole);
    join->roles[1] = role;
}

/* ---- branch ---------------------------------------------------------------------------------------------------- */

/* Where the paths of a branch end. */
typedef struct Ends {
    Port ports[MOST_PATHS];
    uint32_t count;
} Ends;

/* One path; its key is its name where the branch is a mapping. */
static bool read_path(Spec *spec, const Site *site, const Value *value, Ends *ends, Place place)
{
    Site path = *site;
    Entity *entity = NULL;
    if (value->key.size) {
        entity = space_define(spec, site->space, piece_of_key(value));
        if (!entity)
            return false;
        path.space = entity->space = space_new(spec, site->space, value);
        entity->open = true;
    }
    path.scope = graph_add_scope(spec->graph, site->scope, SCOPE_PATH, value->key);
    path.scope->place = value->key.size ? value->key_place : value->place;
    read_body(spec, &path, value);
    if (entity) {
        entity->open = false;
        entity->port = path.flow;
        entity->end = spec->graph->layer_count;
    }
    return !spec->stopped && site_port(spec, &path, path.scope->place.source ? path.scope->place : place,
                                       &ends->ports[ends->count++]);
}

void read_branch(Spec *spec, Site *site, const Item *item)
{
    const Value *paths = item->operation;
    bool fits = paths->kind == VALUE_LIST || paths->kind == VALUE_MAP;
    if (!fits) {
        spec_wrong_kind(spec, paths, "branch", "a list of paths, each a list of layers");
        return;
    }
    if (paths->count < 2 || paths->count > MOST_PATHS) {
        spec_error(spec, item->place, paths->count < 2 ? "a branch has at least two paths"
                                                       : "a branch of more than 256 paths");
        spec_hint(spec, "each path begins with a dash of its own: `- - 3x3 conv, 64`; the identity is `- []`");
        return;
    }
    bool none = item->merge && item->merge->kind == VALUE_SCALAR && str_equal(item->merge->text, STR("none"));
    Draft *merge = none ? NULL : merge_draft(spec, site, item->merge, "concat", item->place);
    Ends *ends = ARENA_NEW(spec->arena, Ends);
    bool sound = true;
    for (const Value *path = paths->first; path && !spec->stopped; path = path->next)
        sound = read_path(spec, site, path, ends, item->place) && sound;
    if (none) {
        site->flow = (Port){NULL, 0};
        site->why = "the paths of the branch before are not merged";
    } else if (!merge || !sound) {
        site->flow = (Port){layer_lost(spec), 0};
    } else {
        add_merge(spec, site, merge, ends->ports, ends->count, item->place);
    }
}
