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

/* Follows the events, and judges the targets that the snapshot has. Returns 0, or a negative errno with err. */
int tt_watch_judge(struct tt_watch_adding *adding, struct tt_error *err) TT_MUST_CHECK;

#endif
