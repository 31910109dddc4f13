/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CRC-32 as in gzip, of pages and footers: by carry-less multiplication where the processor has it, several times as
 * fast as zlib's table, which is the reference. Any thread; no memory.
 */
#ifndef TT_PARQUET_CRC_H
#define TT_PARQUET_CRC_H

#include "tt_base.h"

uint32_t tt_parquet_crc(const void *bytes, size_t n);

#endif
