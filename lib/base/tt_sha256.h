/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SHA-256 (FIPS 180-4), of databases, data files and manifests: tens of megabytes at each start and
 * with each snapshot. By nettle, which uses the processor's own instructions where it has them.
 * Pure functions on the caller's struct; any thread, no memory.
 */
#ifndef TT_SHA256_H
#define TT_SHA256_H

#include "tt_base.h"

#include <nettle/sha2.h>

#define TT_SHA256_TEXT_SIZE 65 /* 64 digits, and the end of the string */

struct tt_sha256 {
	struct sha256_ctx context;
};

void tt_sha256_begin(struct tt_sha256 *sha);
void tt_sha256_add(struct tt_sha256 *sha, const void *bytes, size_t n);

/* Writes the digest as lower-case digits; nothing may be added then. Returns text. */
char *tt_sha256_end(struct tt_sha256 *sha, char text[TT_SHA256_TEXT_SIZE]);

/* All three. */
char *tt_sha256_of(const void *bytes, size_t n, char text[TT_SHA256_TEXT_SIZE]);

/* Of a whole file. Returns 0, or a negative errno. */
int tt_sha256_of_file(const char *path, char text[TT_SHA256_TEXT_SIZE]) TT_MUST_CHECK;

#endif
