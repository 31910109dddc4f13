/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HEARD_BED_H
#define HEARD_BED_H

#include "tt_heard.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SECOND TT_US_PER_S
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

static inline struct tt_heard
make(int64_t max_gap_us)
{
	struct tt_heard heard;

	tt_heard_init(&heard, max_gap_us);
	return heard;
}

static inline void
begin(struct tt_heard *heard)
{
	tt_heard_begin_file(heard);
}

static inline void
hear(struct tt_heard *heard, int64_t us)
{
	assert_int_equal(tt_heard_add(heard, us, us, 1), 0);
}

/* A packet every step_us, first and last included. */
static inline void
hear_all(struct tt_heard *heard, int64_t first_us, int64_t last_us, int64_t step_us)
{
	for (int64_t us = first_us; us <= last_us; us += step_us)
		hear(heard, us);
}

static inline void
expect_one_gap(struct tt_heard *heard, int64_t from_us, int64_t to_us)
{
	assert_int_equal(tt_heard_settle(heard), 0);
	assert_int_equal(heard->n_gaps, 1);
	assert_int_equal(heard->gaps[0].start_us, from_us);
	assert_int_equal(heard->gaps[0].end_us, to_us);
	tt_heard_fini(heard);
}

static inline void
expect_none(struct tt_heard *heard)
{
	assert_int_equal(tt_heard_settle(heard), 0);
	assert_int_equal(heard->n_gaps, 0);
	tt_heard_fini(heard);
}

#endif
