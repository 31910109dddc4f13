/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of one directory, each named by the span of time that it holds, of which no two overlap.
 * Internal to the room; one thread. */
#ifndef TT_HIVE_H
#define TT_HIVE_H

#include "tt_base.h"
#include "tt_error.h"

/*
 * Makes the file tmp durable and names it START--END.parquet in dir. Files there that hold a
 * part of [start_us, end_us) are removed before, so that no row is ever there twice. Returns
 * 0; -EEXIST where a file holds a part of it and something else as well; or another negative
 * errno, with err filled. tmp is there no more.
 */
int tt_hive_publish(const char *dir, const char *tmp, int64_t start_us, int64_t end_us,
		struct tt_error *err) TT_MUST_CHECK;

#endif
