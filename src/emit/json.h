/* SPDX-License-Identifier: MIT */
/* Strings as JSON. */
#ifndef NETIKZ_JSON_H
#define NETIKZ_JSON_H

#include "base/text.h"

/* A JSON string with its quotes; every byte that needs it is escaped. Invalid UTF-8 becomes U+FFFD. */
void json_string(Text *out, Str s);

#endif
