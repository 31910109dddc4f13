/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The files of a snapshot, as whoever writes one makes them: the spool, and what merges snapshots.
 * One thread.
 */
#ifndef TT_TABLE_FILE_H
#define TT_TABLE_FILE_H

#include "tt_manifest.h"
#include "tt_parquet.h"

/*
 * Creates the file of a table in dir_fd. What it says of itself is taken from the manifest, all of
 * which follows from packets and options; so are the columns that all tables begin with, which are not
 * to be set. Returns 0, or a negative errno with err naming the file.
 */
int tt_table_file_create(struct tt_parquet_writer **writer, int dir_fd,
		const struct tt_manifest *manifest, enum tt_table table,
		struct tt_error *err) TT_MUST_CHECK;

/* Writes manifest.json into dir_fd; sync: and makes it durable. */
int tt_manifest_write(const struct tt_manifest *manifest, int dir_fd, bool sync,
		struct tt_error *err) TT_MUST_CHECK;

#endif
