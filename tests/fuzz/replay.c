/* SPDX-License-Identifier: MIT */
/*
 * Feeds saved inputs to a fuzz target, so that the targets are compiled and run with all other tests. With --damage each
 * input is fed as it is and in some hundred damaged forms, always the same: cut off, with bits turned, with absurd numbers,
 * with TeX in its names. None may take longer than 2 seconds; the process stays under 256 MB.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sys/resource.h>

enum { PARTS = 64, MOST_SECONDS = 2, MOST_KILOBYTES = 256 * 1024, SHORTEST_WORD = 6 };

#if defined __SANITIZE_ADDRESS__
enum { SANITIZED = 1 };
#elif defined __has_feature
enum { SANITIZED = __has_feature(address_sanitizer) };
#else
enum { SANITIZED = 0 };
#endif

/* One input and what is done to it. */
typedef struct Damage {
    const char *path;
    const uint8_t *bytes; /* as they are in the file */
    size_t size;
    uint8_t *copy; /* room for one byte more than `size` */
    const char *what;
    size_t part;
} Damage;

static void feed(const Damage *damage, size_t size)
{
    clock_t start = clock();
    LLVMFuzzerTestOneInput(damage->copy, size);
    double took = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (took <= MOST_SECONDS * (SANITIZED ? 10 : 1))
        return;
    fprintf(stderr, "%s, %s %zu: %.1f s\n", damage->path, damage->what, damage->part, took);
    exit(1);
}

static void restore(Damage *damage, const char *what, size_t part)
{
    memcpy(damage->copy, damage->bytes, damage->size);
    damage->what = what;
    damage->part = part;
}

static void cut_off(Damage *damage)
{
    for (size_t i = 0; i < PARTS; i++) {
        restore(damage, "cut off at part", i);
        feed(damage, damage->size * i / PARTS);
    }
}

/* The same numbers in every run (Numerical Recipes' generator). */
static void turn_bits(Damage *damage)
{
    uint32_t random = 1;
    for (size_t i = 0; i < PARTS; i++) {
        restore(damage, "bits turned, round", i);
        for (size_t k = 0; k <= i % 4; k++) {
            random = random * 1664525u + 1013904223u;
            damage->copy[random / 8 % damage->size] ^= (uint8_t)(1u << random % 8);
        }
        feed(damage, damage->size);
    }
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Four bytes of a binary file, or all digits of a number in a text, become as large as they can be. */
static void enlarge(Damage *damage)
{
    for (size_t i = 0; i < PARTS; i++) {
        size_t at = damage->size * i / PARTS;
        restore(damage, "absurd number at part", i);
        for (size_t k = at; k < damage->size && k < at + 4; k++)
            damage->copy[k] = k == at + 3 ? 0x7f : 0xff;
        feed(damage, damage->size);
        restore(damage, "many digits at part", i);
        while (at < damage->size && !is_digit(damage->copy[at]))
            at++;
        for (; at < damage->size && is_digit(damage->copy[at]); at++)
            damage->copy[at] = '9';
        feed(damage, damage->size);
    }
}

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

/* Words of some length, one after the other and all at once, become TeX of the same length. */
static void plant_tex(Damage *damage)
{
    static const char *const plants[] = {"\\input{a}%_^^M", "^^M%\\input{x}$#&", "\\\\$%_{}~&#^"};
    size_t words = 0;
    for (size_t round = 0; round <= words && round < PARTS; round++) {
        restore(damage, round ? "TeX in word" : "TeX in all words", round);
        words = 0;
        for (size_t at = 0, end; at < damage->size; at = end + 1) {
            for (end = at; end < damage->size && is_letter(damage->bytes[end]); end++)
                continue;
            if (end - at < SHORTEST_WORD || (++words != round && round))
                continue;
            const char *plant = plants[(words + round) % 3];
            for (size_t k = at; k < end && k - at < strlen(plant); k++)
                damage->copy[k] = (uint8_t)plant[k - at];
        }
        feed(damage, damage->size);
    }
}

static int replay(const char *path, bool damaged)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        return 1;
    long size = ftell(file);
    rewind(file);
    uint8_t *bytes = size >= 0 ? malloc((size_t)size + 1) : NULL, *copy = bytes ? malloc((size_t)size + 1) : NULL;
    size_t got = copy ? fread(bytes, 1, (size_t)size, file) : 0;
    int status = copy ? LLVMFuzzerTestOneInput(bytes, got) : 1;
    Damage damage = {.path = path, .bytes = bytes, .size = got, .copy = copy};
    if (!status && damaged && got) {
        cut_off(&damage);
        turn_bits(&damage);
        enlarge(&damage);
        plant_tex(&damage);
    }
    free(bytes);
    free(copy);
    fclose(file);
    return status;
}

static bool is_small(void)
{
    struct rusage use;
    if (SANITIZED || getrusage(RUSAGE_SELF, &use) != 0 || use.ru_maxrss <= MOST_KILOBYTES)
        return true;
    fprintf(stderr, "%ld kB were used\n", (long)use.ru_maxrss);
    return false;
}

int main(int argc, char **argv)
{
    bool damaged = argc > 1 && strcmp(argv[1], "--damage") == 0;
    for (int i = 1 + damaged; i < argc; i++)
        if (replay(argv[i], damaged) != 0) {
            fprintf(stderr, "cannot replay %s\n", argv[i]);
            return 1;
        }
    return !damaged || is_small() ? 0 : 1;
}
