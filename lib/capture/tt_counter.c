/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_counter.h"

#include "tt_time.h"

void
tt_counter_init(struct tt_counter *c, enum tt_counter_kind kind, int64_t interval_us,
		int64_t max_gap_us, const struct tt_pipeline *pipeline,
		struct tt_tally *first, int64_t now_us,
		struct tt_tally *(*seal)(void *, struct tt_tally *), void *context)
{
	TT_ASSERT(interval_us > 0 && first != NULL && first->frames == 0);
	*c = (struct tt_counter){
			.kind = kind,
			.interval_us = interval_us,
			.max_gap_us = max_gap_us,
			.pipeline = pipeline,
			.seal = seal,
			.context = context,
			.open = first,
			.newest_us = INT64_MIN,
	};
	first->span = (struct tt_span){0};
	if (kind == TT_COUNTER_LIVE)
		first->span = (struct tt_span){
				now_us, tt_time_floor(now_us, interval_us) + interval_us};
}

/* Number of frames at the start of frames[n] for which the open span needs no change. */
static unsigned
run_inside(const struct tt_counter *c, const struct tt_frame *frames, unsigned n)
{
	const struct tt_span span = c->open->span;
	unsigned i = 0;

	while (i < n && frames[i].time_us >= span.start_us
			&& frames[i].time_us < span.end_us)
		i++;
	return i;
}

/* Makes a clean tally the open one, at the price of the one used less recently if need be. */
static void
replay_take_clean(struct tt_counter *c)
{
	struct tt_tally *clean = c->other == NULL ? c->seal(c->context, NULL) : NULL;

	if (clean == NULL && c->other == NULL) {
		c->open = c->seal(c->context, c->open);
		return;
	}
	if (clean == NULL)
		clean = c->seal(c->context, c->other);
	c->other = c->open;
	c->open = clean;
}

/* The replay moves on to the interval of time_us. False if the program is ending. */
static bool
replay_turn(struct tt_counter *c, int64_t time_us)
{
	int64_t start = tt_time_floor(time_us, c->interval_us);

	if (c->other != NULL && c->other->span.start_us == start) {
		struct tt_tally *open = c->open;

		c->open = c->other;
		c->other = open;
		return true;
	}
	if (c->has_span)
		replay_take_clean(c);
	if (c->open == NULL)
		return false;
	c->has_span = true;
	c->open->span = (struct tt_span){start, start + c->interval_us};
	if (start > c->newest_us)
		c->newest_us = start;
	return true;
}

/* Counts frames that lie within the span of the open tally. */
static void
replay_inside(struct tt_counter *c, const struct tt_frame *frames, unsigned n)
{
	if (c->open->span.start_us < c->newest_us)
		c->open->late += n;
	tt_pipeline_burst(c->pipeline, frames, n, c->open);
}

static unsigned
replay_burst(struct tt_counter *c, const struct tt_frame *frames, unsigned n)
{
	unsigned done = 0;

	while (done < n && c->open != NULL) {
		unsigned run = run_inside(c, frames + done, n - done);

		if (run == 0) {
			if (!replay_turn(c, frames[done].time_us))
				break;
			continue;
		}
		replay_inside(c, frames + done, run);
		done += run;
	}
	return done;
}

/* Seals the open tally as it is and opens a clean one; false if there is none. */
static bool
live_turn(struct tt_counter *c, int64_t next_start_us, int64_t next_end_us)
{
	struct tt_tally *clean = c->seal(c->context, c->open);

	if (clean == NULL)
		return false;
	c->open = clean;
	clean->span = (struct tt_span){next_start_us, next_end_us};
	if (c->opened != NULL)
		c->opened(c->context, clean);
	return true;
}

void
tt_counter_tick(struct tt_counter *c, int64_t now_us)
{
	while (TT_UNLIKELY(now_us >= c->open->span.end_us)) {
		int64_t now_start = tt_time_floor(now_us, c->interval_us);
		int64_t next = c->open->span.end_us;

		if (now_us - next > c->max_gap_us)
			next = now_start;
		if (!live_turn(c, next, next + c->interval_us)) {
			c->open->span.end_us = now_start + c->interval_us;
			return;
		}
	}
}

void
tt_counter_cut(struct tt_counter *c, int64_t at_us)
{
	struct tt_span span = c->open->span;

	TT_ASSERT(c->kind == TT_COUNTER_LIVE);
	if (at_us <= span.start_us) /* the clock was set back */
		at_us = span.start_us + 1;
	if (at_us >= span.end_us)
		return;
	c->open->span.end_us = at_us;
	if (!live_turn(c, at_us, span.end_us))
		c->open->span.end_us = span.end_us;
}

/* Frames of a burst share one reading of the clock, or come close to it. */
static void
live_burst(struct tt_counter *c, const struct tt_frame *frames, unsigned n)
{
	unsigned done = 0;

	while (done < n) {
		unsigned run = run_inside(c, frames + done, n - done);

		if (run == 0 && frames[done].time_us >= c->open->span.end_us) {
			tt_counter_tick(c, frames[done].time_us);
			continue;
		}
		if (run == 0) {
			run = 1;
			c->open->late++;
		}
		tt_pipeline_burst(c->pipeline, frames + done, run, c->open);
		done += run;
	}
}

unsigned
tt_counter_burst(struct tt_counter *c, const struct tt_frame *frames, unsigned n)
{
	if (c->kind == TT_COUNTER_REPLAY)
		return replay_burst(c, frames, n);
	live_burst(c, frames, n);
	return n;
}

unsigned
tt_counter_burst_between(struct tt_counter *c, const struct tt_frame *frames, unsigned n,
		int64_t first_us, int64_t last_us)
{
	if (c->kind != TT_COUNTER_REPLAY || n == 0 || c->open == NULL
			|| first_us < c->open->span.start_us
			|| last_us >= c->open->span.end_us)
		return tt_counter_burst(c, frames, n);
	replay_inside(c, frames, n);
	return n;
}

struct tt_tally *
tt_counter_finish(struct tt_counter *c, int64_t now_us)
{
	struct tt_tally *last = c->other != NULL ? c->other : c->open;

	if (c->other == NULL)
		c->open = NULL;
	c->other = NULL;
	/* Where the clock was set back, the end is the least there can be, and not the future. */
	if (last != NULL && c->kind == TT_COUNTER_LIVE)
		last->span.end_us = now_us > last->span.start_us
				? now_us
				: last->span.start_us + 1;
	return last;
}
