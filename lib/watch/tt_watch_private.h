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
	struct tt_watch_question *asked; /* [n_asked], of [asked_room] */
	size_t n_asked, asked_room;
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

enum tt_watch_sources_are {
	TT_WATCH_ARE_FEW, /* fewer than TT_WATCH_SOURCES in the 24 hours */
	TT_WATCH_ARE_MANY, /* or not known */
	TT_WATCH_ARE_ASKED_FOR, /* it takes asking */
};

/* Notes the sources of a row of a target. */
void tt_watch_note_sources(const struct tt_watch_adding *adding, uint32_t of,
		const struct tt_watch_row *row);
/* What is known of the sources of a target. Once tt_watch_ask() asked for it, it is known. */
enum tt_watch_sources_are tt_watch_screen(
		const struct tt_watch_adding *adding, uint32_t of);
/* Has a target asked for. packets: of the 24 hours. Returns 0 or -ENOMEM. */
int tt_watch_ask_for(struct tt_watch_adding *adding, uint32_t of,
		uint64_t packets) TT_MUST_CHECK;
/* Asks for all these at once. */
void tt_watch_ask(struct tt_watch_adding *adding);

/* Follows the events, and judges the targets that the snapshot has. Returns 0, or a negative errno with err. */
int tt_watch_judge(struct tt_watch_adding *adding, struct tt_error *err) TT_MUST_CHECK;

/* Notes whether an interval, the latest one, had packets, and tells where that makes the sensor silent, or ends it. some: as in struct
 * tt_watch_interval. Returns 0, or what say_silence() returned. */
int tt_watch_note_silence(const struct tt_watch_adding *adding,
		const struct tt_watch_interval *interval, uint64_t packets,
		struct tt_error *err) TT_MUST_CHECK;

#endif
