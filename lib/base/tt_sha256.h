/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SHA-256 (FIPS 180-4), of databases, data files and manifests: tens of megabytes at each start
 * and with each snapshot. With the processor's own instructions where it has them (x86 SHA
 * extensions, eight times as fast), otherwise libmd's. Pure functions on the caller's struct; any
 * thread, no memory.
 */
#ifndef TT_SHA256_H
#define TT_SHA256_H

#include "tt_base.h"

#define TT_SHA256_BLOCK     64
#define TT_SHA256_TEXT_SIZE 65 /* 64 digits, and the end of the string */

struct tt_sha256 {
	uint32_t state[8];
	uint64_t bytes; /* so far */
	uint8_t block[TT_SHA256_BLOCK]; /* the part of the last one that is not whole */
};

void tt_sha256_begin(struct tt_sha256 *sha);
void tt_sha256_add(struct tt_sha256 *sha, const void *bytes, size_t n);

/* Writes the digest as lower-case digits; nothing may be added then. Returns text. */
char *tt_sha256_end(struct tt_sha256 *sha, char text[TT_SHA256_TEXT_SIZE]);

/* All three. */
char *tt_sha256_of(const void *bytes, size_t n, char text[TT_SHA256_TEXT_SIZE]);

/* Takes data[n] whole blocks into the state: the variants, of which libmd's defines the result.
 * tt_sha256_blocks_x86 may be called where tt_sha256_has_x86 says so. */
void tt_sha256_blocks_ref(uint32_t state[8], const uint8_t *data, size_t n);
void tt_sha256_blocks_x86(uint32_t state[8], const uint8_t *data, size_t n);
bool tt_sha256_has_x86(void);

#endif
