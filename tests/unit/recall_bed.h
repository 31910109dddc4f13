/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of lib/recall share: tables, intervals by number, addresses by number. */
#ifndef RECALL_BED_H
#define RECALL_BED_H

#include "tt_recall.h"
#include "tt_sketch.h"
#include "tt_time.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MINUTE  (60 * TT_US_PER_S)
#define START   (INT64_C(1780000020) * TT_US_PER_S)
#define SOURCES 1024 /* the smallest table */

/* Start of the n-th interval. */
static inline int64_t
at(int n)
{
	return START + n * MINUTE;
}

static inline struct tt_recall *
make(uint64_t sources, int horizon)
{
	struct tt_error err = {0};
	struct tt_recall *recall = NULL;

	if (tt_recall_create(&recall, sources, horizon * MINUTE, tt_mem_heap(), &err)
			!= 0)
		fail_msg("%s: %s", err.where, err.why);
	return recall;
}

static inline bool
target(struct tt_recall *recall, uint8_t protocol, int32_t number, int n)
{
	return tt_recall_target(recall,
			(struct tt_target){.protocol = protocol, .number = number},
			at(n));
}

/* Of an interval that kept all of its sources. */
static inline enum tt_returning
source(struct tt_recall *recall, struct tt_addr a, int n)
{
	tt_recall_begin(recall, at(n), 0);
	return tt_recall_source(recall, a,
			tt_sample_hash(tt_recall_secret(recall), tt_sketch_hash(a)),
			at(n));
}

static inline struct tt_addr
addr(uint32_t i)
{
	struct tt_addr a = tt_addr_v4(tt_hash_mix(i) & 0xffffffff);

	return i % 4 == 0 ? (struct tt_addr){tt_hash_mix(i), i} : a;
}

static inline bool
is_kept(uint64_t hash, unsigned shift)
{
	return shift == 0 || hash >> (64 - shift) == 0;
}

#endif
