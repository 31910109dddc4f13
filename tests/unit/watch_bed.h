/* SPDX-License-Identifier: BSD-3-Clause */
/* A watch of one sensor whose lines are noted, made anew for each test. */
#ifndef WATCH_BED_H
#define WATCH_BED_H

#include "snapshot_bed.h"
#include "tt_watch_line.h"
#include "tt_watch_state.h"

#define DAY_HOURS 24

static const struct tt_target_name web = {TT_PROTO_TCP, 80};

/* Lines that were said. */
struct said {
	unsigned surges, news, ends, lasting;
	struct tt_watch_line last;
};

static struct bed bed;
static struct said said;
static struct tt_watches watches;
static const struct tt_watch_options wish = {.min_rate = 0.05,
		.ratio = 1.25,
		.sigmas = 6,
		.lasting_days = 4,
		.max_rows = 64};

static int
say(void *context, const struct tt_watch_line *line, struct tt_error *err)
{
	struct said *s = context;

	s->surges += !line->ends && !line->event->is_new;
	s->news += !line->ends && line->event->is_new;
	s->ends += line->ends;
	s->lasting += line->lasting;
	s->last = *line;
	return 0;
}

static struct tt_watch *
the_watch(void)
{
	struct tt_watch *w = tt_watches_of(&watches, "tokyo-1");

	assert_non_null(w);
	w->say = say;
	w->context = &said;
	return w;
}

static int
setup(void **state)
{
	bed_init(&bed);
	said = (struct said){0};
	watches = (struct tt_watches){.options = wish};
	return 0;
}

static int
teardown(void **state)
{
	tt_watches_fini(&watches);
	bed_fini(&bed);
	return 0;
}

static char *
state_path(char path[256])
{
	snprintf(path, 256, "%s/state", bed.dir);
	return path;
}

/* The state is saved, and loaded again. */
static void
restart(void)
{
	struct tt_error err = {0};
	char path[256];

	if (tt_watches_save(&watches, state_path(path), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	tt_watches_fini(&watches);
	if (tt_watches_load(&watches, path, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

#define WITH_BED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
