/* SPDX-License-Identifier: MIT */
/* Writes a scene: what its view consists of, panels with whole scenes in them, the legend. */
#include "emit/scene.h"

#include "emit/emit.h"
#include "emit/grid.h"
#include "emit/lanes.h"
#include "emit/properties.h"
#include "emit/solids.h"
#include "emit/units.h"

#include <string.h>

static const char *direction_name(Direction direction)
{
    switch (direction) {
    case DIRECTION_UP:
        return "up";
    case DIRECTION_RIGHT:
        return "right";
    case DIRECTION_OUT:
        return "out";
    case DIRECTION_AUTO:
    case DIRECTION_DOWN:
        break;
    }
    return "down";
}

static const char *edges_name(EdgeForm edges)
{
    switch (edges) {
    case EDGES_SMOOTH:
        return "smooth";
    case EDGES_STRAIGHT:
        return "straight";
    case EDGES_DIAGONAL:
        return "diagonal";
    case EDGES_THICK:
        return "thick";
    case EDGES_AUTO:
    case EDGES_ORTHO:
        break;
    }
    return "ortho";
}

void emit_scene_keys(Text *out, const Scene *scene)
{
    text_add_format(out, "view=%s", scene->view);
    if (!scene->panel_count)
        text_add_format(out, ", direction=%s", direction_name(scene->direction));
    if (scene->edges != EDGES_AUTO && scene->edges != EDGES_ORTHO)
        text_add_format(out, ", edges=%s", edges_name(scene->edges));
}

/* ---- panels ------------------------------------------------------------------------------------------------------- */

/* A line of a listing: its blanks count. */
static void add_line(Text *out, Str line)
{
    size_t at = 0;
    text_add(out, STR("  \\nkline{"));
    while (at < line.size && line.at[at] == ' ')
        at++;
    for (size_t i = 0; i < at; i++)
        text_add_char(out, '~');
    Str rest = str_slice(line, at, line.size), word;
    for (bool first = true; str_cut(&rest, ' ', &word); first = false) {
        text_add(out, first ? STR("") : STR("~"));
        emit_escaped(out, word);
    }
    text_add(out, STR("}\n"));
}

static void add_listing(Text *out, const Scene *scene)
{
    Str rest = scene->text, line;
    while (str_cut(&rest, '\n', &line))
        add_line(out, line);
}

static void add_words(Text *out, const Scene *scene)
{
    text_add_format(out, "  \\nkwords{%.*s}\n", STR_ARGS(scene->text));
}

static void add_image(Text *out, const Scene *scene)
{
    text_add_format(out, "  \\nkimage{%.*s}\n", STR_ARGS(scene->text));
}

static void add_panel(Text *out, const ScenePanel *entry)
{
    const Panel *panel = entry->panel;
    text_add(out, panel->new_row ? STR("\\nkpanelrow\n") : panel->below ? STR("\\nkpanelbelow\n") : (Str){0});
    text_add_format(out, "\\nkpanel{%.*s}{", STR_ARGS(panel->name));
    emit_scene_keys(out, entry->scene);
    if (entry->scene->keys.size)
        text_add_format(out, ", %.*s", STR_ARGS(entry->scene->keys));
    if (panel->share)
        text_add_format(out, ", share=%lld", (long long)panel->share);
    if (panel->width.size)
        text_add_format(out, ", room=%.*s", STR_ARGS(panel->width));
    if (panel->of.size || panel->kind == PANEL_PROPERTIES)
        text_add(out, STR(", framed"));
    if (entry->beside.size)
        text_add_format(out, ", beside={%.*s}{%.*s}", STR_ARGS(panel->of), STR_ARGS(entry->beside));
    text_add(out, STR("}{%\n"));
    if (panel->title.size)
        text_add_format(out, "  \\nktitle{%.*s}\n", STR_ARGS(panel->title));
    emit_scene(out, entry->scene);
    text_add(out, STR("}\n"));
}

static void add_panels(Text *out, const Scene *scene)
{
    static const char *const leaders[] = {[LEADER_LINES] = "", [LEADER_ARROW] = "[arrow]", [LEADER_TIP] = "[tip]"};
    for (uint32_t i = 0; i < scene->panel_count; i++)
        add_panel(out, &scene->panels[i]);
    for (uint32_t i = 0; i < scene->zoom_count; i++) {
        const SceneZoom *zoom = &scene->zooms[i];
        text_add_format(out, "\\nkzoom%s{%.*s}{%.*s}{%.*s}\n", leaders[zoom->leader], STR_ARGS(zoom->from),
                        STR_ARGS(zoom->node), STR_ARGS(zoom->to));
    }
}

static const struct {
    const char *view;
    void (*emit)(Text *out, const Scene *scene);
} rows[] = {
    {"graph", emit_lanes}, {"grid", emit_grid}, {"tensors", emit_solids}, {"units", emit_units},
    {"panels", add_panels}, {"text", add_words},
    {"listing", add_listing}, {"image", add_image}, {"properties", emit_properties},
};

static void add_legend_head(Text *out, const SceneLegend *legend)
{
    if (legend->parts) {
        text_add_format(out, "  \\nkscale{%lld}{%lld}{", (long long)legend->bar, (long long)legend->parts);
        return;
    }
    text_add(out, STR("  \\nklegend"));
    if (legend->arrow)
        text_add_format(out, "[%s]", legend->arrow);
    text_add_format(out, "{%s}{", legend->style);
}

void emit_scene(Text *out, const Scene *scene)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].view, scene->view) == 0)
            rows[i].emit(out, scene);
    text_add(out, scene->details);
    for (uint32_t i = 0; i < scene->legend_count; i++) {
        add_legend_head(out, &scene->legend[i]);
        emit_label(out, scene->legend[i].label);
        text_add(out, scene->legend[i].size.text.size ? STR(" ") : STR(""));
        emit_space(out, scene->legend[i].size);
        text_add(out, STR("}\n"));
    }
}
