/* SPDX-License-Identifier: BSD-3-Clause */
#include "backing.h"

#include "daemon.h"
#include "say.h"

#include "tt_time.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define END_US (10 * TT_US_PER_S) /* for a step of 2 MiB at the end */

static void
note(struct tt_backing *b, struct tt_arena *arena, struct tt_tally *tally)
{
	b->parts[b->n++] = (struct tt_backing_part){arena, tally};
}

/* Second sets come first, and the merge before the others. */
static void
note_all(struct tt_backing *b)
{
	struct tt_daemon *d = b->d;
	const unsigned sets = d->config.table_sets;

	for (unsigned set = 1; set < sets; set++) {
		for (unsigned i = 0; i < d->plan.n_queues; i++)
			note(b, &d->arenas[i * sets + set], d->tallies[i * sets + set]);
		if (set == 1)
			note(b, &d->merge_arena, NULL);
	}
}

static bool
is_asked(const unsigned *stop)
{
	/* Nothing but the word itself is read on its account: no pairing. */
	return __atomic_load_n(stop, __ATOMIC_RELAXED) != 0;
}

/* Returns 0 where all of it is touched, 1 where it was asked to stop, or a negative errno. */
static int
touch(struct tt_arena *arena, const unsigned *stop)
{
	int rc = 1;

	while (rc == 1 && !is_asked(stop))
		rc = tt_arena_touch(arena);
	return rc;
}

static int
no_memory(struct tt_error *err, int rc)
{
	return tt_error_set(err, rc, NULL, "no memory for the tables: %s", strerror(-rc));
}

int
tt_backing_init(struct tt_backing *b, struct tt_daemon *d, struct tt_error *err)
{
	const unsigned sets = d->config.table_sets;
	int rc = 0;

	b->d = d;
	b->parts = calloc((size_t)d->plan.n_queues * sets + 1, sizeof(*b->parts));
	if (b->parts == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	if (d->only_replays)
		return 0;
	for (unsigned i = 0; i < d->plan.n_queues && rc == 0; i++)
		rc = touch(&d->arenas[i * sets], &b->stop);
	if (rc != 0)
		return no_memory(err, rc);
	note_all(b);
	return 0;
}

/* The thread's. */
static int
touch_parts(void *arg, struct tt_error *err)
{
	struct tt_backing *b = arg;

	/* So that what is busy while memory comes slowly has a name, in `top -H`. */
	pthread_setname_np(pthread_self(), TT_BACKING_THREAD);
	for (unsigned i = 0; i < b->n; i++) {
		const int rc = touch(b->parts[i].arena, &b->stop);

		if (rc != 0)
			return rc < 0 ? no_memory(err, rc) : 0;
		/* Release: pairs with the acquire in tt_backing_turn. */
		__atomic_store_n(&b->done, i + 1, __ATOMIC_RELEASE);
	}
	return 0;
}

int
tt_backing_start(struct tt_backing *b, struct tt_error *err)
{
	int rc;

	if (b->n == 0)
		return 0;
	rc = tt_writer_start(&b->toucher, true, err);
	if (rc != 0)
		return rc;
	b->started = true;
	b->since_us = tt_time_monotonic();
	tt_writer_give(&b->toucher, touch_parts, b);
	return 0;
}

static void
warn_of_misplaced(const struct tt_backing *b)
{
	const struct tt_daemon *d = b->d;
	uint64_t bytes = tt_arena_misplaced(&d->merge_arena);

	for (unsigned i = 0; i < d->plan.n_queues * d->config.table_sets; i++)
		bytes += tt_arena_misplaced(&d->arenas[i]);
	if (bytes > 0)
		tt_warn("about %.1f MiB of the tables lie on another NUMA node than "
			"their worker",
				(double)bytes / (1 << 20));
}

static void
all_done(struct tt_backing *b)
{
	const int64_t took_us = tt_time_monotonic() - b->since_us;

	if (took_us >= tt_daemon_part_us(b->d))
		tt_say("the last table set was ready %.1f s after the start: this machine "
		       "gives memory slowly, and the first intervals may be longer",
				(double)took_us / TT_US_PER_S);
	warn_of_misplaced(b);
	tt_backing_end(b);
}

static void
give(struct tt_backing *b, unsigned done)
{
	for (; b->given < done; b->given++)
		if (b->parts[b->given].tally != NULL)
			tt_daemon_give_clean(b->d, b->parts[b->given].tally);
}

int
tt_backing_turn(struct tt_backing *b, struct tt_error *err)
{
	struct tt_error why;
	int rc;

	if (!b->started)
		return 0;
	/* Acquire: pairs with the release in touch_parts. */
	give(b, __atomic_load_n(&b->done, __ATOMIC_ACQUIRE));
	if (!tt_writer_take(&b->toucher, &rc, &why))
		return 0;
	if (rc != 0) {
		*err = why;
		return rc;
	}
	give(b, b->n);
	all_done(b);
	return 0;
}

void
tt_backing_end(struct tt_backing *b)
{
	if (!b->started)
		return;
	__atomic_store_n(&b->stop, 1, __ATOMIC_RELAXED);
	b->stuck = !tt_writer_stop(&b->toucher, END_US);
	b->started = b->stuck;
}

void
tt_backing_fini(struct tt_backing *b)
{
	free(b->parts);
	*b = (struct tt_backing){0};
}
