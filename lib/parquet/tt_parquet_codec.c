/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_codec.h"

#include <snappy-c.h>
#include <string.h>
#include <zlib.h>

#define GZIP_WINDOW_BITS (15 + 16) /* the largest window, gzip's header alone */

static const char not_its_size[] = "the page holds not as many bytes as its header says";

bool
tt_parquet_codec_known(int codec)
{
	return codec == TT_CODEC_UNCOMPRESSED || codec == TT_CODEC_SNAPPY
			|| codec == TT_CODEC_GZIP || codec == TT_CODEC_ZSTD;
}

bool
tt_parquet_codec_fits(enum tt_parquet_codec codec, int64_t stored, int64_t raw)
{
	switch (codec) {
	case TT_CODEC_ZSTD:
		/* 128 KiB of one byte in a block of four (RFC 8878 section 3.1.1.2). */
		return stored << 15 >= raw;
	case TT_CODEC_GZIP:
		/* 258 bytes in two bits (RFC 1951 section 3.2.5). */
		return stored << 11 >= raw;
	case TT_CODEC_SNAPPY:
		/* 64 bytes in an element of three. */
		return stored << 5 >= raw;
	default:
		return stored == raw;
	}
}

static const char *
unpack_zstd(ZSTD_DCtx *zstd, const uint8_t *stored, size_t n, uint8_t *raw, size_t n_raw)
{
	size_t got = ZSTD_decompressDCtx(zstd, raw, n_raw, stored, n);

	if (ZSTD_isError(got))
		return ZSTD_getErrorName(got);
	return got == n_raw ? NULL : not_its_size;
}

static const char *
unpack_snappy(const uint8_t *stored, size_t n, uint8_t *raw, size_t n_raw)
{
	size_t got = 0;

	if (snappy_uncompressed_length((const char *)stored, n, &got) != SNAPPY_OK)
		return "not in snappy";
	if (got != n_raw)
		return not_its_size;
	return snappy_uncompress((const char *)stored, n, (char *)raw, &got) == SNAPPY_OK
			? NULL
			: "damaged in snappy";
}

static const char *
unpack_gzip(const uint8_t *stored, size_t n, uint8_t *raw, size_t n_raw)
{
	z_stream z = {.next_in = (uint8_t *)stored,
			.avail_in = (uInt)n,
			.next_out = raw,
			.avail_out = (uInt)n_raw};
	int rc;

	if (inflateInit2(&z, GZIP_WINDOW_BITS) != Z_OK)
		return "out of memory for gzip";
	rc = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	if (rc != Z_STREAM_END)
		return rc == Z_BUF_ERROR ? not_its_size : "damaged in gzip";
	return z.avail_out == 0 && z.avail_in == 0 ? NULL : not_its_size;
}

const char *
tt_parquet_codec_unpack(ZSTD_DCtx *zstd, enum tt_parquet_codec codec,
		const uint8_t *stored, size_t n, uint8_t *raw, size_t n_raw)
{
	switch (codec) {
	case TT_CODEC_ZSTD:
		return unpack_zstd(zstd, stored, n, raw, n_raw);
	case TT_CODEC_SNAPPY:
		return unpack_snappy(stored, n, raw, n_raw);
	case TT_CODEC_GZIP:
		return unpack_gzip(stored, n, raw, n_raw);
	default:
		if (n != n_raw)
			return not_its_size;
		memcpy(raw, stored, n);
		return NULL;
	}
}
