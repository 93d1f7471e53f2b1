/* SPDX-License-Identifier: MIT */
/* Which vertices of neighbouring ranks stand on one line: what regions and chains say, then buses. */
#include "view/layered.h"

/* Ties two vertices; what either was tied to on that side goes free. */
static void mate(Layered *layered, uint32_t upper, uint32_t lower, uint8_t firm)
{
    uint32_t old_lower = layered->vertices[upper].below, old_upper = layered->vertices[lower].above;

    if (old_lower != LAYERED_NONE) {
        layered->vertices[old_lower].above = LAYERED_NONE;
    }
    if (old_upper != LAYERED_NONE) {
        layered->vertices[old_upper].below = LAYERED_NONE;
    }
    layered->vertices[upper].below = lower;
    layered->vertices[upper].firm = firm;
    layered->vertices[lower].above = upper;
}

static void mate_run(Layered *layered, uint32_t vertex, uint32_t count, uint8_t firm)
{
    for (uint32_t i = 1; i < count; i++) {
        mate(layered, vertex + i - 1, vertex + i, firm);
    }
}

/* Ties vertices to lines: first what regions and chains say, then loose ends of buses where a place is free. */
static void tie_lines(Layered *layered)
{
    for (uint32_t b = 0; b < layered->bus_count; b++) {
        mate_run(layered, layered->buses[b].vertex, layered->buses[b].last - layered->buses[b].first + 1, FIRM_PASS);
    }
    for (uint32_t i = 0; i < layered->region_count; i++) {
        const Region *region = &layered->regions[i];
        uint32_t count = region->last + 1 - region->first;
        mate_run(layered, region->vertex, count, FIRM_TRUNK);
        if (count && region->start != LAYERED_NONE) {
            mate(layered, region->start, region->vertex, FIRM_TRUNK);
        }
        if (count && region->end != LAYERED_NONE) {
            mate(layered, region->vertex + count - 1, region->end, FIRM_TRUNK);
        }
    }
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        uint8_t firm = layered->core[strand->from] && layered->core[strand->to] ? FIRM_TRUNK : FIRM_LOOSE;
        if (strand->outside != LAYERED_NONE) {
            continue;
        }
        if (strand->aligned && strand->bus == LAYERED_NONE) {
            mate(layered, strand->from, strand->to, firm);
        } else if (strand->aligned) {
            const Bus *bus = &layered->buses[strand->bus];
            mate(layered, strand->from, bus->vertex, firm);
            mate(layered, bus->vertex + layered->rank[strand->to] - 1 - bus->first, strand->to, firm);
        }
    }
}

static void tie_loose_ends(Layered *layered)
{
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        const Bus *bus = strand->bus == LAYERED_NONE ? NULL : &layered->buses[strand->bus];
        uint32_t from = strand->from;
        if (!bus) {
            continue;
        }
        if (layered->out.first[from + 1] - layered->out.first[from] == 1) {
            if (layered->vertices[from].below == LAYERED_NONE && layered->vertices[bus->vertex].above == LAYERED_NONE) {
                mate(layered, from, bus->vertex, FIRM_LOOSE);
            }
            continue;
        }
        uint32_t last = bus->vertex + bus->last - bus->first;
        if (!layered_enters_side(strand) && layered->rank[strand->to] == bus->last + 1
            && layered->vertices[last].below == LAYERED_NONE && layered->vertices[strand->to].above == LAYERED_NONE) {
            mate(layered, last, strand->to, FIRM_LOOSE);
        }
    }
}

void layered_tie(Layered *layered)
{
    tie_lines(layered);
    tie_loose_ends(layered);
}
