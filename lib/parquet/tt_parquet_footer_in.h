/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files that parse parts of a footer share. Internal to the footer.
 */
#ifndef TT_PARQUET_FOOTER_IN_H
#define TT_PARQUET_FOOTER_IN_H

#include "tt_parquet_footer.h"
#include "tt_thrift.h"

struct tt_parquet_footer_in {
	struct tt_thrift_in thrift;
	struct tt_parquet_footer *footer;
	struct tt_error *err;
	const uint8_t *crc_value; /* the digits of the footer's checksum, or NULL */
	int64_t chunk_bytes; /* of all column chunks so far */
	bool ours; /* created by this writer, which always sets the checksum */
};

/* -EBADMSG: the reason of the thrift decoder, or the one given. */
int tt_parquet_footer_bad(struct tt_parquet_footer_in *in);
int tt_parquet_footer_refuse(struct tt_parquet_footer_in *in, const char *why_fmt, ...)
		TT_PRINTF(2, 3);
int tt_parquet_footer_no_memory(struct tt_parquet_footer_in *in);

/* Copies text, which must be UTF-8 without NUL. Returns 0, -EBADMSG or -ENOMEM. */
int tt_parquet_footer_text(struct tt_parquet_footer_in *in, struct tt_thrift_bytes bytes,
		const char **text) TT_MUST_CHECK;

/* Parse the list that is the field's value. Return 0, -EBADMSG or -ENOMEM. */
int tt_parquet_schema_read(
		struct tt_parquet_footer_in *in, enum tt_thrift_type type) TT_MUST_CHECK;
int tt_parquet_groups_read(
		struct tt_parquet_footer_in *in, enum tt_thrift_type type) TT_MUST_CHECK;

#endif
