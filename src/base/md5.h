/* SPDX-License-Identifier: MIT */
/* MD5 (RFC 1321), the only checksum that every TeX engine computes: tells whether a generated figure is up to date. */
#ifndef NETIKZ_MD5_H
#define NETIKZ_MD5_H

#include "base/text.h"

/* The digest as 32 upper-case hexadecimal digits, as \pdfmdfivesum prints it. Not for security. */
Str md5_text(Arena *arena, Str bytes);

#endif
