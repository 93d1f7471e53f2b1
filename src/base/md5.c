/* SPDX-License-Identifier: MIT */
/* MD5 after RFC 1321; names follow its section 3. */
#include "base/md5.h"

#include <string.h>

enum { BLOCK = 64, STEPS = 64 };

/* RFC 1321 section 3.4: T[i] = floor(2^32 · |sin(i + 1)|), i in radians. */
static const uint32_t sines[STEPS] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

static uint32_t rotate(uint32_t x, unsigned by)
{
    return (x << by) | (x >> (32 - by));
}

static uint32_t step(uint32_t a, uint32_t b, uint32_t function, uint32_t word, unsigned i, unsigned by)
{
    return b + rotate(a + function + word + sines[i], by);
}

static void mix_block(uint32_t state[4], const unsigned char *block)
{
    uint32_t x[16];
    for (unsigned i = 0; i < 16; i++)
        x[i] = (uint32_t)block[4 * i] | (uint32_t)block[4 * i + 1] << 8 | (uint32_t)block[4 * i + 2] << 16 |
               (uint32_t)block[4 * i + 3] << 24;
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (unsigned i = 0; i < 16; i += 4) {
        a = step(a, b, (b & c) | (~b & d), x[i], i, 7);
        d = step(d, a, (a & b) | (~a & c), x[i + 1], i + 1, 12);
        c = step(c, d, (d & a) | (~d & b), x[i + 2], i + 2, 17);
        b = step(b, c, (c & d) | (~c & a), x[i + 3], i + 3, 22);
    }
    for (unsigned i = 16; i < 32; i += 4) {
        a = step(a, b, (d & b) | (~d & c), x[(5 * i + 1) % 16], i, 5);
        d = step(d, a, (c & a) | (~c & b), x[(5 * i + 6) % 16], i + 1, 9);
        c = step(c, d, (b & d) | (~b & a), x[(5 * i + 11) % 16], i + 2, 14);
        b = step(b, c, (a & c) | (~a & d), x[(5 * i + 16) % 16], i + 3, 20);
    }
    for (unsigned i = 32; i < 48; i += 4) {
        a = step(a, b, b ^ c ^ d, x[(3 * i + 5) % 16], i, 4);
        d = step(d, a, a ^ b ^ c, x[(3 * i + 8) % 16], i + 1, 11);
        c = step(c, d, d ^ a ^ b, x[(3 * i + 11) % 16], i + 2, 16);
        b = step(b, c, c ^ d ^ a, x[(3 * i + 14) % 16], i + 3, 23);
    }
    for (unsigned i = 48; i < 64; i += 4) {
        a = step(a, b, c ^ (b | ~d), x[7 * i % 16], i, 6);
        d = step(d, a, b ^ (a | ~c), x[(7 * i + 7) % 16], i + 1, 10);
        c = step(c, d, a ^ (d | ~b), x[(7 * i + 14) % 16], i + 2, 15);
        b = step(b, c, d ^ (c | ~a), x[(7 * i + 21) % 16], i + 3, 21);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

/* The end of the message: its rest, a one bit, zeros, the length in bits. One or two blocks. */
static void mix_tail(uint32_t state[4], Str rest, uint64_t total)
{
    unsigned char tail[2 * BLOCK] = {0};
    if (rest.size)
        memcpy(tail, rest.at, rest.size);
    tail[rest.size] = 0x80;
    size_t size = rest.size + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
    for (unsigned i = 0; i < 8; i++)
        tail[size - 8 + i] = (unsigned char)(total * 8 >> (8 * i));
    for (size_t at = 0; at < size; at += BLOCK)
        mix_block(state, tail + at);
}

Str md5_text(Arena *arena, Str bytes)
{
    uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    size_t at = 0;
    for (; at + BLOCK <= bytes.size; at += BLOCK)
        mix_block(state, (const unsigned char *)bytes.at + at);
    mix_tail(state, str_slice(bytes, at, bytes.size), bytes.size);
    Text text = text_in(arena);
    for (unsigned i = 0; i < 16; i++)
        text_add_format(&text, "%02X", (unsigned)(state[i / 4] >> (8 * (i % 4)) & 0xff));
    return text_str(&text);
}
