/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Texts and times of one column as a format writes them, worked out once for each text of a
 * dictionary: the same few come in most rows. Internal to the room; one thread. Heap memory: what the
 * texts of one dictionary are written as, and 8 bytes for each.
 */
#ifndef TT_EXPORT_WRITTEN_H
#define TT_EXPORT_WRITTEN_H

#include "tt_parquet.h"

#define TT_EXPORT_COLUMNS_MAX 32

/* Bytes that grow. */
struct tt_export_bytes {
	uint8_t *bytes; /* [used], of [room]; heap */
	size_t used, room;
};

/* Makes room for n bytes more. Returns false if memory is short. */
bool tt_export_reserve(struct tt_export_bytes *to, size_t n) TT_MUST_CHECK;

/* Appends what a text is written as. Returns false if memory is short. */
typedef bool tt_export_write_text(struct tt_export_bytes *to, const char *text);

struct tt_export_written {
	uint64_t text_id;
	uint32_t dictionary; /* number of the one that the texts are of; 0: none yet */
	struct {
		uint32_t at, n; /* n 0: not written yet */
	} * texts; /* [room] by code; heap */
	size_t room;
	struct tt_export_bytes bytes;
	int64_t time_us;
	struct tt_export_bytes time; /* what it is written as; nothing before the first */
};

void tt_export_written_fini(struct tt_export_written *w);

/* Forgets what was written, and makes room for these texts. Returns false if memory is short. */
bool tt_export_written_begin(struct tt_export_written *w,
		const struct tt_parquet_values *values) TT_MUST_CHECK;

#endif
