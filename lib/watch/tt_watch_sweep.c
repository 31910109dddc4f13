/* SPDX-License-Identifier: BSD-3-Clause */
/* Which rises are of a few sources: by what the snapshots of the window say of their own, else by asking. */
#include "tt_watch_private.h"

#include <errno.h>

void
tt_watch_note_sources(const struct tt_watch_adding *a, uint32_t of,
		const struct tt_watch_row *row)
{
	struct tt_past_target *t = &a->watch->past.all[of];
	uint32_t start = (uint32_t)(a->span.start_us / TT_HOUR_US);

	if (row->sources >= TT_WATCH_SOURCES && start > t->many_hour)
		t->many_hour = start;
	if (!row->has_all_sources || row->sources >= UINT32_MAX - t->sources_most)
		t->sources_most = UINT32_MAX;
	else
		t->sources_most += (uint32_t)row->sources;
}

enum tt_watch_sources_are
tt_watch_screen(const struct tt_watch_adding *a, uint32_t of)
{
	const struct tt_past_target *t = &a->watch->past.all[of];

	if ((int64_t)t->many_hour > a->hour - TT_PAST_DAY_HOURS)
		return TT_WATCH_ARE_MANY;
	if (t->sources_most < TT_WATCH_SOURCES)
		return TT_WATCH_ARE_FEW;
	if (a->watch->sources == NULL)
		return TT_WATCH_ARE_MANY;
	return t->asked_hour == (uint32_t)a->hour ? TT_WATCH_ARE_FEW
						  : TT_WATCH_ARE_ASKED_FOR;
}

int
tt_watch_ask_for(struct tt_watch_adding *a, uint32_t of, uint64_t packets)
{
	if (a->n_asked == a->asked_room) {
		size_t room = a->asked_room == 0 ? 64 : 2 * a->asked_room;
		struct tt_watch_question *more = reallocarray(
				a->asked, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		a->asked = more;
		a->asked_room = room;
	}
	a->watch->past.all[of].asked_hour = (uint32_t)a->hour;
	a->asked[a->n_asked++] = (struct tt_watch_question){.of = of,
			.name = a->watch->past.names.all[of],
			.packets = packets,
			.sources = TT_WATCH_SOURCES_UNKNOWN};
	return 0;
}

void
tt_watch_ask(struct tt_watch_adding *a)
{
	struct tt_watch *w = a->watch;
	const struct tt_watch_questions questions = {.sensor = w->sensor,
			.start_us = (a->hour + 1 - TT_PAST_DAY_HOURS) * TT_HOUR_US,
			.end_us = a->span.end_us,
			.all = a->asked,
			.n = a->n_asked};

	if (a->n_asked == 0)
		return;
	w->sources(w->context, &questions);
	for (size_t i = 0; i < a->n_asked; i++) {
		struct tt_past_target *t = &w->past.all[a->asked[i].of];

		/* Where it is not known, they are taken for many. */
		if (a->asked[i].sources >= TT_WATCH_SOURCES)
			t->many_hour = (uint32_t)a->hour;
		else
			t->sources_most = (uint32_t)a->asked[i].sources;
	}
}
