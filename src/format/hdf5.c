/* SPDX-License-Identifier: MIT */
/*
 * Attributes of the root group by the HDF5 File Format Specification 3.0. A cursor of its own, as for protobuf: the
 * library would be loaded at every start with all that it needs, and one text is all that is asked of these files.
 */
#include "format/hdf5.h"

enum { MOST_BLOCKS = 64, MOST_MESSAGES = 4096, MOST_OBJECTS = 65536 };
enum { MESSAGE_ATTRIBUTE = 0x0c, MESSAGE_CONTINUATION = 0x10, MESSAGE_ATTRIBUTE_INFO = 0x15 };

/* An open file. */
typedef struct File {
    Str bytes;
    uint64_t base;    /* where addresses count from */
    unsigned offsets; /* bytes of an address */
    unsigned lengths; /* bytes of a length */
    uint64_t root;    /* address of the root group's object header */
} File;

/* A stretch of header messages. */
typedef struct Block {
    uint64_t at, end;
} Block;

/* The object header of the root. */
typedef struct Header {
    Block blocks[MOST_BLOCKS];
    uint32_t count;
    bool second;      /* version 2 */
    bool ordered;     /* messages say when they were made */
    bool elsewhere;   /* some attributes are not in the header */
    uint32_t messages;
} Header;

static bool inside(const File *file, uint64_t at, uint64_t size)
{
    return at <= file->bytes.size && size <= file->bytes.size - at;
}

/* A little-endian number; 0 outside of the file. */
static uint64_t number(const File *file, uint64_t at, unsigned width)
{
    uint64_t n = 0;
    if (!inside(file, at, width))
        return 0;
    for (unsigned i = width; i-- > 0;)
        n = n << 8 | (unsigned char)file->bytes.at[at + i];
    return n;
}

static Str view(const File *file, uint64_t at, uint64_t size)
{
    return inside(file, at, size) ? str_slice(file->bytes, at, at + size) : (Str){0};
}

/* ---- superblock -------------------------------------------------------------------------------------------------- */

/* The signature stands at 0 or, behind a block of the user's, at 512, 1024, 2048 … */
static bool find_signature(Str bytes, uint64_t *at)
{
    for (*at = 0; *at + 8 <= bytes.size; *at = *at ? *at * 2 : 512)
        if (str_equal(str_slice(bytes, *at, *at + 8), STR("\211HDF\r\n\032\n")))
            return true;
    return false;
}

bool hdf5_recognises(Str bytes)
{
    uint64_t at;
    return find_signature(bytes, &at);
}

static bool is_width(unsigned width)
{
    return width == 2 || width == 4 || width == 8;
}

static bool open_file(Str bytes, File *file)
{
    uint64_t start;
    *file = (File){.bytes = bytes};
    if (!find_signature(bytes, &start))
        return false;
    uint64_t version = number(file, start + 8, 1), body = version == 0 ? 24 : version == 1 ? 28 : 12;
    uint64_t widths = version < 2 ? start + 13 : start + 9;
    file->offsets = (unsigned)number(file, widths, 1);
    file->lengths = (unsigned)number(file, widths + 1, 1);
    if (version > 3 || !is_width(file->offsets) || !is_width(file->lengths))
        return false;
    file->base = number(file, start + body, file->offsets);
    /* Four addresses and a name come before the root's header in old files, three addresses in new ones. */
    file->root = number(file, start + body + (version < 2 ? 5 : 3) * file->offsets, file->offsets);
    if (file->base > bytes.size)
        file->base = start;
    return true;
}

/* ---- object header ----------------------------------------------------------------------------------------------- */

static bool add_block(Header *header, const File *file, uint64_t at, uint64_t size)
{
    if (header->count == MOST_BLOCKS || !inside(file, at, size))
        return false;
    header->blocks[header->count++] = (Block){at, at + size};
    return true;
}

static bool open_header(const File *file, Header *header)
{
    uint64_t at = file->base + file->root;
    *header = (Header){.count = 0};
    if (number(file, at, 1) == 1)
        return add_block(header, file, at + 16, number(file, at + 8, 4));
    uint64_t flags = number(file, at + 5, 1), body = at + 6;
    if (!str_equal(view(file, at, 4), STR("OHDR")))
        return false;
    header->second = true;
    header->ordered = flags & 4;
    body += (flags & 0x20 ? 16u : 0u) + (flags & 0x10 ? 4u : 0u);
    unsigned width = 1u << (flags & 3);
    return add_block(header, file, body + width, number(file, body, width));
}

/* A block of a new header has a signature in front and a checksum behind. */
static bool follow(const File *file, Header *header, uint64_t data)
{
    uint64_t at = file->base + number(file, data, file->offsets),
             size = number(file, data + file->offsets, file->lengths);
    if (!header->second)
        return add_block(header, file, at, size);
    return size >= 8 && str_equal(view(file, at, 4), STR("OCHK")) && add_block(header, file, at + 4, size - 8);
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

/* An object of a global heap: texts of variable length lie there. */
static Hdf5Trouble heap_text(const File *file, uint64_t at, Str *text)
{
    uint64_t size = number(file, at, 4), heap = file->base + number(file, at + 4, file->offsets);
    uint64_t wanted = number(file, at + 4 + file->offsets, 4);
    if (!str_equal(view(file, heap, 4), STR("GCOL")))
        return HDF5_DAMAGED;
    uint64_t end = number(file, heap + 8, file->lengths), object = heap + 8 + file->lengths;
    if (!inside(file, heap, end))
        return HDF5_DAMAGED;
    end += heap;
    for (int i = 0; i < MOST_OBJECTS && object + 8 + file->lengths <= end; i++) {
        uint64_t index = number(file, object, 2), length = number(file, object + 8, file->lengths);
        uint64_t data = object + 8 + file->lengths;
        if (!index || length > end - data)
            break;
        if (index == wanted) {
            *text = view(file, data, size < length ? size : length);
            return HDF5_FINE;
        }
        object = data + (length + 7) / 8 * 8;
    }
    return HDF5_DAMAGED;
}

/* A text ends at its first NUL, if it has one. */
static Str until_end(Str text)
{
    return str_slice(text, 0, str_find(text, '\0'));
}

static Hdf5Trouble value_text(const File *file, uint64_t type, uint64_t data, uint64_t end, Str *text)
{
    enum { FIXED_STRING = 3, VARIABLE = 9, TEXT = 1 };
    uint64_t kind = number(file, type, 1) & 15, size = number(file, type + 4, 4);
    if (kind == VARIABLE && (number(file, type + 1, 1) & 15) == TEXT) {
        Hdf5Trouble trouble = heap_text(file, data, text);
        *text = until_end(*text);
        return trouble;
    }
    if (kind != FIXED_STRING)
        return HDF5_ELSEWHERE;
    *text = until_end(view(file, data, size));
    return data <= end && size <= end - data ? HDF5_FINE : HDF5_DAMAGED;
}

static uint64_t padded(uint64_t size, uint64_t version)
{
    return version == 1 ? (size + 7) / 8 * 8 : size;
}

/* HDF5_MISSING where the message is about another attribute. */
static Hdf5Trouble read_attribute(const File *file, uint64_t at, uint64_t end, Str wanted, Str *text)
{
    uint64_t version = number(file, at, 1), flags = version == 1 ? 0 : number(file, at + 1, 1);
    uint64_t name = number(file, at + 2, 2), type = number(file, at + 4, 2), space = number(file, at + 6, 2);
    uint64_t body = at + (version == 3 ? 9 : 8);
    if (version < 1 || version > 3)
        return HDF5_DAMAGED;
    if (!str_equal(until_end(view(file, body, name)), wanted))
        return HDF5_MISSING;
    if (flags & 3) /* type or shape stand elsewhere */
        return HDF5_ELSEWHERE;
    uint64_t type_at = body + padded(name, version), data = type_at + padded(type, version) + padded(space, version);
    return value_text(file, type_at, data, end, text);
}

static Hdf5Trouble read_message(const File *file, Header *header, uint64_t type, Block data, Str wanted, Str *text)
{
    if (type == MESSAGE_CONTINUATION)
        return follow(file, header, data.at) ? HDF5_MISSING : HDF5_DAMAGED;
    if (type == MESSAGE_ATTRIBUTE)
        return read_attribute(file, data.at, data.end, wanted, text);
    if (type == MESSAGE_ATTRIBUTE_INFO) {
        uint64_t heap = number(file, data.at + 2 + (number(file, data.at + 1, 1) & 1 ? 2 : 0), file->offsets);
        header->elsewhere = header->elsewhere || inside(file, heap, 1);
    }
    return HDF5_MISSING;
}

static Hdf5Trouble search_block(const File *file, Header *header, Block block, Str wanted, Str *text)
{
    unsigned head = header->second ? (header->ordered ? 6 : 4) : 8;
    Hdf5Trouble trouble = HDF5_MISSING;
    for (uint64_t at = block.at; trouble == HDF5_MISSING && at + head <= block.end;) {
        uint64_t type = number(file, at, header->second ? 1 : 2), size = number(file, at + (header->second ? 1 : 2), 2);
        if (size > block.end - at - head || ++header->messages > MOST_MESSAGES)
            return header->second ? HDF5_MISSING : HDF5_DAMAGED; /* a gap at the end of a new block is allowed */
        trouble = read_message(file, header, type, (Block){at + head, at + head + size}, wanted, text);
        at += head + size;
    }
    return trouble;
}

Hdf5Trouble hdf5_root_text(Str bytes, Str name, Str *text)
{
    File file;
    Header header;
    *text = (Str){0};
    if (!open_file(bytes, &file) || !open_header(&file, &header))
        return HDF5_DAMAGED;
    for (uint32_t i = 0; i < header.count; i++) {
        Hdf5Trouble trouble = search_block(&file, &header, header.blocks[i], name, text);
        if (trouble != HDF5_MISSING)
            return trouble;
    }
    return header.elsewhere ? HDF5_ELSEWHERE : HDF5_MISSING;
}
