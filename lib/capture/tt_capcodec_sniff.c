/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_capcodec.h"

#include <string.h>

const char *
tt_capcodec_name(enum tt_capcodec_kind kind)
{
	static const char *const names[] = {
			[TT_CAPCODEC_PLAIN] = "",
			[TT_CAPCODEC_GZIP] = "gzip",
			[TT_CAPCODEC_ZSTD] = "zstd",
			[TT_CAPCODEC_XZ] = "xz",
	};

	return names[kind];
}

enum tt_capcodec_kind
tt_capcodec_sniff(const uint8_t *bytes, size_t n)
{
	static const uint8_t xz[] = {0xfd, '7', 'z', 'X', 'Z', 0};

	if (n >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
		return TT_CAPCODEC_GZIP;
	if (n >= sizeof(xz) && memcmp(bytes, xz, sizeof(xz)) == 0)
		return TT_CAPCODEC_XZ;
	if (n < 4 || bytes[3] != (bytes[2] == 0x2f ? 0xfd : 0x18))
		return TT_CAPCODEC_PLAIN;
	if (bytes[0] == 0x28 && bytes[1] == 0xb5 && bytes[2] == 0x2f)
		return TT_CAPCODEC_ZSTD;
	if ((bytes[0] & 0xf0) == 0x50 && bytes[1] == 0x2a && bytes[2] == 0x4d)
		return TT_CAPCODEC_ZSTD; /* a skippable frame comes first */
	return TT_CAPCODEC_PLAIN;
}
