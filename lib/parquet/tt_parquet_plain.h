/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Values in PLAIN encoding (apache/parquet-format, Encodings.md), as data pages and dictionary
 * pages hold them, taken as arrays. Internal to the reader; any thread; no memory.
 */
#ifndef TT_PARQUET_PLAIN_H
#define TT_PARQUET_PLAIN_H

#include "tt_parquet_footer.h"

/* Copies n integers of 4 or 8 bytes each; those of 4 are signed. */
void tt_parquet_plain_ints(
		int64_t *values, const uint8_t *from, size_t n, unsigned bytes);

/* Makes n stored integers what they stand for. Returns NULL, or what is wrong. */
const char *tt_parquet_plain_convert(
		enum tt_parquet_convert convert, int64_t *values, size_t n);

/* Texts that are made C strings where they lie: each one's NUL takes the place of the first
 * byte of the length that follows it. */
struct tt_parquet_plain_texts {
	uint8_t *at, *end; /* at the next one's length; one writable byte follows end */
	uint32_t length; /* what it says, since its first byte may be gone */
};

void tt_parquet_plain_start(struct tt_parquet_plain_texts *in, uint8_t *at, uint8_t *end);

/* Passes over n texts without a look inside. Returns NULL, or what is wrong. */
const char *tt_parquet_plain_skip(struct tt_parquet_plain_texts *in, size_t n);

/* Takes n texts, UTF-8 without NUL. Returns NULL, or what is wrong. */
const char *tt_parquet_plain_take(
		struct tt_parquet_plain_texts *in, const char **texts, size_t n);

#endif
