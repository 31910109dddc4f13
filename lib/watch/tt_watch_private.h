/* SPDX-License-Identifier: BSD-3-Clause */
/* What counting and judging share. Not for other rooms. */
#ifndef TT_WATCH_PRIVATE_H
#define TT_WATCH_PRIVATE_H

#include "tt_watch.h"

/* An interval that is being counted. */
struct tt_watch_adding {
	struct tt_watch *watch;
	const char *where; /* names it in errors */
	struct tt_past_span span;
	double addresses;
	uint64_t keep;
	int64_t hour; /* in which it ends */
	uint32_t *touched; /* [n_touched], of [room]: targets that it has, each once */
	size_t n_touched, room;
};

/* What is left of an interval of which some parts were counted. */
struct tt_watch_rest {
	int64_t first; /* hour */
	unsigned n; /* hours */
	double shares[TT_PAST_HOURS]; /* [n], of what is left; all 0: nothing is */
};

/* Can it be told? Of whole hours, it can. */
bool tt_watch_rest_can(const struct tt_watch_interval *interval);
/* Notes what of it was not observed. */
void tt_watch_rest_observe(const struct tt_watch_adding *a, struct tt_watch_rest *rest);
/* Adds what it has more of a target than was counted; *since: packets of that in hours from this one on. Returns as tt_past_add. */
int64_t tt_watch_rest_add(const struct tt_watch_adding *a,
		const struct tt_watch_rest *rest, const struct tt_watch_row *row,
		int64_t since_hour, uint64_t *since);

/* Is it longer than an hour, so that its hours are not told apart? */
bool tt_watch_is_coarse(const struct tt_watch_adding *adding);

/* Follows the events, and judges the targets that the snapshot has. Returns 0, or a negative errno with err. */
int tt_watch_judge(struct tt_watch_adding *adding, struct tt_error *err) TT_MUST_CHECK;

#endif
