/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files of one directory, each named by the span of time that it holds, of which no two overlap
 * but while one takes the place of others. Internal to the room; one thread.
 */
#ifndef TT_HIVE_H
#define TT_HIVE_H

#include "tt_base.h"
#include "tt_error.h"

/*
 * Makes the file tmp durable and names it START--END.parquet in dir. Once it is there, files
 * that lie within [start_us, end_us) are removed: nothing is lost if the program is killed, but
 * both may be there, until the same span or a greater one is published again. Returns 0; -EEXIST
 * where a file holds a part of it and something else as well; or another negative errno, with
 * err filled. tmp is there no more.
 */
int tt_hive_publish(const char *dir, const char *tmp, int64_t start_us, int64_t end_us,
		struct tt_error *err) TT_MUST_CHECK;

#endif
