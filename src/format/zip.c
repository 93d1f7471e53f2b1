/* SPDX-License-Identifier: MIT */
/* Finds a file by the central directory of an archive (PKWARE APPNOTE 6.3, with the large offsets of zip64). */
#include "format/zip.h"

#ifdef NETIKZ_ZLIB
#define ZLIB_CONST
#include <zlib.h>
#endif

enum { END = 22, END64 = 56, LOCATOR64 = 20, ENTRY = 46, LOCAL = 30, LONGEST_COMMENT = 65535 };
enum { STORED = 0, DEFLATED = 8 };

/* The directory: where it lies. */
typedef struct Directory {
    uint64_t offset, size;
} Directory;

/* What the directory says of a file. */
typedef struct Entry {
    uint32_t method, flags;
    uint64_t packed, size, local;
    Str name;
} Entry;

/* A little-endian number of `width` bytes; 0 outside of the archive. */
static uint64_t number(Str bytes, uint64_t at, unsigned width)
{
    uint64_t n = 0;
    if (at > bytes.size || bytes.size - at < width)
        return 0;
    for (unsigned i = width; i-- > 0;)
        n = n << 8 | (unsigned char)bytes.at[at + i];
    return n;
}

static bool has_mark(Str bytes, uint64_t at, uint32_t mark)
{
    return at < bytes.size && number(bytes, at, 4) == mark;
}

bool zip_recognises(Str bytes)
{
    return has_mark(bytes, 0, 0x04034b50);
}

/* The end record stands at the end, before a comment. */
static bool find_end(Str bytes, uint64_t *end)
{
    for (size_t back = END; back <= bytes.size && back <= END + LONGEST_COMMENT; back++)
        if (has_mark(bytes, bytes.size - back, 0x06054b50)) {
            *end = bytes.size - back;
            return true;
        }
    return false;
}

static bool find_directory(Str bytes, Directory *directory)
{
    uint64_t end;
    if (!find_end(bytes, &end))
        return false;
    *directory = (Directory){number(bytes, end + 16, 4), number(bytes, end + 12, 4)};
    if (end >= LOCATOR64 && has_mark(bytes, end - LOCATOR64, 0x07064b50)) {
        uint64_t large = number(bytes, end - LOCATOR64 + 8, 8);
        if (has_mark(bytes, large, 0x06064b50) && bytes.size - large >= END64)
            *directory = (Directory){number(bytes, large + 48, 8), number(bytes, large + 40, 8)};
    }
    return directory->offset <= bytes.size && directory->size <= bytes.size - directory->offset;
}

/* Sizes that do not fit into 32 bits stand in an extra field, in this order, those alone that are needed. */
static void read_large(Str extra, Entry *entry)
{
    uint64_t *fields[] = {&entry->size, &entry->packed, &entry->local};
    for (uint64_t at = 0; at + 4 <= extra.size;) {
        uint64_t length = number(extra, at + 2, 2), from = at + 4;
        for (size_t i = 0; number(extra, at, 2) == 1 && i < 3; i++)
            if (*fields[i] == 0xffffffff) {
                *fields[i] = number(extra, from, 8);
                from += 8;
            }
        at += 4 + length;
    }
}

static ZipTrouble find_entry(Str bytes, Str name, bool (*fits)(Str, Str), Entry *entry)
{
    Directory directory;
    if (!find_directory(bytes, &directory))
        return ZIP_DAMAGED;
    uint64_t at = directory.offset, end = directory.offset + directory.size;
    while (at + ENTRY <= end) {
        uint64_t name_size = number(bytes, at + 28, 2), extra = number(bytes, at + 30, 2),
                 comment = number(bytes, at + 32, 2);
        uint64_t next = at + ENTRY + name_size + extra + comment;
        if (!has_mark(bytes, at, 0x02014b50) || next > end)
            return ZIP_DAMAGED;
        if (fits(str_slice(bytes, at + ENTRY, at + ENTRY + name_size), name)) {
            *entry = (Entry){(uint32_t)number(bytes, at + 10, 2), (uint32_t)number(bytes, at + 8, 2),
                             number(bytes, at + 20, 4), number(bytes, at + 24, 4), number(bytes, at + 42, 4),
                             str_slice(bytes, at + ENTRY, at + ENTRY + name_size)};
            read_large(str_slice(bytes, at + ENTRY + name_size, at + ENTRY + name_size + extra), entry);
            return ZIP_FINE;
        }
        at = next;
    }
    return ZIP_MISSING;
}

static ZipTrouble unpack(Arena *arena, Str packed, size_t size, Str *content)
{
#ifdef NETIKZ_ZLIB
    /* zlib's own memory must not be held while the arena may give up: so room first. */
    unsigned char *out = ARENA_ARRAY(arena, size + 1, unsigned char);
    const unsigned char *in = (const unsigned char *)packed.at;
    z_stream stream = {.next_in = in, .avail_in = (uInt)packed.size, .next_out = out, .avail_out = (uInt)size};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return ZIP_DAMAGED;
    bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == size;
    inflateEnd(&stream);
    *content = (Str){(const char *)out, size};
    return whole ? ZIP_FINE : ZIP_DAMAGED;
#else
    (void)arena, (void)packed, (void)size, (void)content;
    return ZIP_NO_ZLIB;
#endif
}

bool zip_find(Str bytes, Str ending, Str *name)
{
    Entry entry;
    if (find_entry(bytes, ending, str_ends, &entry) != ZIP_FINE)
        return false;
    *name = entry.name;
    return true;
}

bool zip_holds(Str bytes, Str ending)
{
    Str name;
    return zip_find(bytes, ending, &name);
}

ZipTrouble zip_read(Arena *arena, Str bytes, Str name, size_t limit, Str *content)
{
    enum { ENCRYPTED = 1, MOST_DENSE = 1032 }; /* deflate packs at most 1032:1 */
    Entry entry;
    ZipTrouble trouble = find_entry(bytes, name, str_equal, &entry);
    if (trouble != ZIP_FINE)
        return trouble;
    if (!has_mark(bytes, entry.local, 0x04034b50) || bytes.size - entry.local < LOCAL)
        return ZIP_DAMAGED;
    uint64_t from = entry.local + LOCAL + number(bytes, entry.local + 26, 2) + number(bytes, entry.local + 28, 2);
    if (from > bytes.size || entry.packed > bytes.size - from)
        return ZIP_DAMAGED;
    if (entry.flags & ENCRYPTED || (entry.method != STORED && entry.method != DEFLATED))
        return ZIP_METHOD;
    if (entry.size > limit || entry.packed > limit)
        return ZIP_TOO_LARGE;
    Str packed = str_slice(bytes, from, from + entry.packed);
    if (entry.method == STORED) {
        *content = packed;
        return entry.packed == entry.size ? ZIP_FINE : ZIP_DAMAGED;
    }
    if (entry.size / MOST_DENSE > entry.packed)
        return ZIP_DAMAGED;
    return unpack(arena, packed, entry.size, content);
}
