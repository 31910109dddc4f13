/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A page's header as read. Internal to the reader; no memory.
 */
#ifndef TT_PARQUET_PAGE_IN_H
#define TT_PARQUET_PAGE_IN_H

#include "tt_base.h"
#include "tt_parquet_format.h"

struct tt_parquet_page_in {
	int type; /* these are -1 where the header lacks them */
	int raw_bytes, stored_bytes;
	int n_values, encoding;
	int level_encoding; /* of definition levels */
	/* Of version 2, whose levels lie before the values, uncompressed; others: 0, 0, 0, true. */
	int n_nulls, level_bytes, repetition_bytes;
	bool compressed;
	bool has_crc;
	uint32_t crc;
	size_t header_bytes;
};

static inline bool
tt_parquet_page_is_data(const struct tt_parquet_page_in *page)
{
	return page->type == TT_PAGE_DATA || page->type == TT_PAGE_DATA_V2;
}

/* Parses a header from the n bytes. Returns NULL, or why it cannot. */
const char *tt_parquet_page_header(
		struct tt_parquet_page_in *page, const uint8_t *bytes, size_t n);

#endif
