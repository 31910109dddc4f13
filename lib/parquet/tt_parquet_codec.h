/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Unpacks pages in the codecs that are read: none, zstd, snappy, gzip. Internal to the reader; one
 * thread for each zstd context; no memory that grows with the page.
 */
#ifndef TT_PARQUET_CODEC_H
#define TT_PARQUET_CODEC_H

#include "tt_parquet_format.h"

#include <zstd.h>

bool tt_parquet_codec_known(int codec);

/* Can so many stored bytes stand for `raw` ones? */
bool tt_parquet_codec_fits(enum tt_parquet_codec codec, int64_t stored, int64_t raw);

/*
 * Unpacks stored[n] into raw[n_raw], which it must fill. Returns NULL, or what is wrong, a constant
 * text.
 */
const char *tt_parquet_codec_unpack(ZSTD_DCtx *zstd, enum tt_parquet_codec codec,
		const uint8_t *stored, size_t n, uint8_t *raw, size_t n_raw);

#endif
