/* SPDX-License-Identifier: BSD-3-Clause */
#include "report_hold.h"
#include "open_files.h"
#include "progress.h"
#include "tt_compactor_lock.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* So long it waits without a word. */
#define UNSAID_US TT_US_PER_S

static int
held_cmp(const void *a, const void *b)
{
	const struct report_held *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* Length of SENSOR's path in SENSOR/DAY/NAME; 0 where there is none. */
static size_t
sensor_length(const char *path)
{
	unsigned slashes = 0;

	for (size_t at = strlen(path); at > 0; at--)
		if (path[at] == '/' && ++slashes == 2)
			return at;
	return 0;
}

/* Adds the sensor of a snapshot, unless it is the one that was added last. */
static int
add(void *context, const char *path)
{
	struct report_hold *h = context;
	size_t length = sensor_length(path);
	const char *last = h->n > 0 ? h->sensors[h->n - 1].path : "";
	struct report_held *more;

	if (length == 0 || (strlen(last) == length && memcmp(last, path, length) == 0))
		return 0;
	more = reallocarray(h->sensors, h->n + 1, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	h->sensors = more;
	more[h->n] = (struct report_held){.path = strndup(path, length), .lock = -1};
	if (more[h->n].path == NULL)
		return -ENOMEM;
	h->n++;
	return 0;
}

/* In order of their paths, each once. */
static void
sort(struct report_hold *h)
{
	size_t n = 0;

	if (h->n > 1)
		qsort(h->sensors, h->n, sizeof(*h->sensors), held_cmp);
	for (size_t i = 0; i < h->n; i++) {
		struct report_held *last = n > 0 ? &h->sensors[n - 1] : NULL;

		if (last == NULL || strcmp(h->sensors[i].path, last->path) != 0) {
			h->sensors[n++] = h->sensors[i];
			continue;
		}
		last->named = last->named || h->sensors[i].named;
		last->unlockable = last->unlockable || h->sensors[i].unlockable;
		free(h->sensors[i].path);
	}
	h->n = n;
}

static void
let_go(struct report_hold *h)
{
	for (size_t i = 0; i < h->n; i++) {
		tt_compactor_release(h->sensors[i].lock);
		h->sensors[i].lock = -1;
	}
}

/* Returns 0, also where it cannot be had, and says so; or -EBUSY. */
static int
take(struct report_hold *h, struct report_held *s, int64_t wait_us, int64_t whole_us)
{
	int ret = tt_compactor_hold(&s->lock, s->path, wait_us, whole_us);

	if (ret == 0 || ret == -EBUSY)
		return ret;
	progress_clear();
	fprintf(stderr,
			"%s: %s: its lock cannot be had (%s): going on beside whoever "
			"merges its snapshots\n",
			h->tool->name, s->path, strerror(-ret));
	s->unlockable = true;
	return 0;
}

/* Takes those that it has not. Returns the first that another one has, or NULL. */
static struct report_held *
take_all(struct report_hold *h)
{
	for (size_t i = 0; i < h->n; i++) {
		struct report_held *s = &h->sensors[i];

		if (s->lock < 0 && !s->unlockable && take(h, s, 0, 0) != 0 && !h->gave_up)
			return s;
	}
	return NULL;
}

static void
give_up(struct report_hold *h, const struct report_held *s)
{
	progress_clear();
	if (h->waited_us >= REPORT_HOLD_WHOLE * h->wait_us)
		fprintf(stderr,
				"%s: %s: the last of the sensors whose locks it waited for, %" PRId64
				" s in all: going on beside whoever merges\n",
				h->tool->name, s->path, h->waited_us / TT_US_PER_S);
	else
		fprintf(stderr,
				"%s: %s: nothing was merged in %" PRId64
				" s, and its lock is held still: going on beside it\n",
				h->tool->name, s->path, h->wait_us / TT_US_PER_S);
	h->gave_up = true;
}

static int64_t
min_i64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Waits for whoever merges the snapshots of a sensor, and takes it; gives up once all its waits together are too long, also
 * where each is short. */
static void
wait_for(struct report_hold *h, struct report_held *s)
{
	const int64_t start_us = tt_time_monotonic();
	const int64_t left_us = REPORT_HOLD_WHOLE * h->wait_us - h->waited_us;
	const int64_t unsaid_us = h->waited_us < UNSAID_US
			? min_i64(UNSAID_US - h->waited_us, left_us)
			: 0;
	int ret = take(h, s, unsaid_us, unsaid_us);

	if (ret != 0 && !s->named) {
		progress_clear();
		fprintf(stderr,
				"%s: %s: waiting for a program that merges or deletes its "
				"snapshots\n",
				h->tool->name, s->path);
		s->named = true;
	}
	if (ret != 0)
		ret = take(h, s, h->wait_us, left_us);
	h->waited_us += tt_time_monotonic() - start_us;
	if (ret != 0 || h->waited_us >= REPORT_HOLD_WHOLE * h->wait_us)
		give_up(h, s);
}

int
report_hold(struct report_hold *h, const struct tt_archive_wish *wish,
		const struct tt_archive *archive, const char *changed)
{
	struct report_held *other;
	int ret;

	let_go(h);
	ret = tt_archive_wanted(wish, add, h);
	for (size_t i = 0; ret == 0 && i < archive->n; i++)
		ret = add(h, archive->entries[i].path);
	if (ret == 0)
		ret = add(h, changed);
	sort(h);
	if (ret != 0)
		return ret;
	/* One for each lock. */
	open_files_most();
	while ((other = take_all(h)) != NULL) {
		let_go(h);
		wait_for(h, other);
	}
	return 0;
}

bool
report_hold_is_whole(const struct report_hold *h)
{
	bool whole = true;

	for (size_t i = 0; i < h->n; i++)
		whole = whole && h->sensors[i].lock >= 0;
	return whole;
}

void
report_hold_end(struct report_hold *h)
{
	let_go(h);
	for (size_t i = 0; i < h->n; i++)
		free(h->sensors[i].path);
	free(h->sensors);
	h->sensors = NULL;
	h->n = 0;
}
