/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file that a writer fills: every byte is counted and hashed on its way out. For what writes the
 * files of a snapshot; one thread; no memory but the struct.
 */
#ifndef TT_PARQUET_SINK_H
#define TT_PARQUET_SINK_H

#include "tt_base.h"
#include "tt_error.h"
#include "tt_sha256.h"

#include <sys/types.h>

struct tt_parquet_sink {
	int fd;
	const char *name; /* the owner's, for messages */
	int64_t offset; /* bytes written */
	struct tt_sha256 sha256;
};

/* Creates the file in dir_fd. Returns 0, or a negative errno with err naming the file. */
int tt_parquet_sink_open(struct tt_parquet_sink *sink, int dir_fd, const char *name,
		struct tt_error *err) TT_MUST_CHECK;

int tt_parquet_sink_write(struct tt_parquet_sink *sink, const void *bytes, size_t n,
		struct tt_error *err) TT_MUST_CHECK;

/* Ends the file; it is closed whatever is returned. hex: the hash, or NULL. */
int tt_parquet_sink_close(struct tt_parquet_sink *sink, bool sync, char hex[65],
		struct tt_error *err) TT_MUST_CHECK;

#endif
