/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A file's footer as the reader needs it: columns, metadata, and where each column chunk of
 * each row group lies. Internal to the room; one thread; heap memory in proportion to the
 * footer's bytes.
 */
#ifndef TT_PARQUET_FOOTER_H
#define TT_PARQUET_FOOTER_H

#include "tt_parquet.h"
#include "tt_parquet_format.h"

/* How the integers of other writers become ours: by value, or not at all. */
enum tt_parquet_convert {
	TT_CONVERT_NONE,
	TT_CONVERT_UINT32, /* into 64 bits */
	TT_CONVERT_UINT64, /* none above INT64_MAX */
	TT_CONVERT_MILLIS, /* into microseconds */
	TT_CONVERT_NANOS, /* whole microseconds alone */
};

/* What the format says of a column beside name and type. */
struct tt_parquet_leaf {
	enum tt_parquet_physical physical;
	enum tt_parquet_convert convert;
	bool optional; /* has definition levels; each value must be there all the same */
};

/* Where a column chunk lies: bytes start to end of the file, end excluded. */
struct tt_parquet_chunk {
	int64_t start, end;
	enum tt_parquet_codec codec;
};

struct tt_parquet_group {
	int64_t rows;
	struct tt_parquet_chunk *chunks; /* [n_columns] */
};

struct tt_parquet_footer {
	const char *name; /* of the file, the owner's */
	const uint8_t *file; /* the whole file */
	int64_t data_end; /* where the footer begins */

	struct tt_column *columns; /* [n_columns], names owned */
	struct tt_parquet_leaf *leaves; /* [n_columns] */
	unsigned n_columns;
	struct tt_parquet_group *groups; /* [n_groups] */
	size_t n_groups;
	struct tt_key_value *metadata; /* [n_metadata], owned; a value may be NULL */
	unsigned n_metadata;
	int64_t rows;
};

/*
 * Reads the footer of the file [size], into a struct that is zeroed but for name and file.
 * Returns 0, -EBADMSG or -ENOMEM with err filled. Fini is due whatever is returned.
 */
int tt_parquet_footer_read(struct tt_parquet_footer *footer, size_t size,
		struct tt_error *err) TT_MUST_CHECK;

void tt_parquet_footer_fini(struct tt_parquet_footer *footer);

#endif
