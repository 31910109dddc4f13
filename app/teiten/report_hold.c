/* SPDX-License-Identifier: BSD-3-Clause */
#include "report_hold.h"
#include "progress.h"
#include "tt_compactor_lock.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* So long it waits without a word. */
#define UNSAID_US TT_US_PER_S

static int
path_cmp(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
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
add(struct report_hold *h, const char *path)
{
	size_t length = sensor_length(path);
	const char *last = h->n > 0 ? h->sensors[h->n - 1] : "";
	char **more;

	if (length == 0 || (strlen(last) == length && memcmp(last, path, length) == 0))
		return 0;
	more = reallocarray(h->sensors, h->n + 1, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	h->sensors = more;
	more[h->n] = strndup(path, length);
	if (more[h->n] == NULL)
		return -ENOMEM;
	h->n++;
	return 0;
}

/* In the order in which locks are to be taken, each once. */
static void
sort(struct report_hold *h)
{
	size_t n = 0;

	if (h->n > 1)
		qsort(h->sensors, h->n, sizeof(*h->sensors), path_cmp);
	for (size_t i = 0; i < h->n; i++) {
		if (n > 0 && strcmp(h->sensors[i], h->sensors[n - 1]) == 0)
			free(h->sensors[i]);
		else
			h->sensors[n++] = h->sensors[i];
	}
	h->n = n;
}

/* Waits for whoever merges the snapshots of a sensor. */
static void
take(struct report_hold *h, const char *sensor, int *lock)
{
	int64_t unsaid_us = h->gave_up ? 0 : UNSAID_US;

	if (tt_compactor_hold(lock, sensor, unsaid_us) == 0 || h->gave_up)
		return;
	progress_clear();
	fprintf(stderr,
			"%s: %s: waiting for a program that merges or deletes its "
			"snapshots\n",
			h->tool->name, sensor);
	if (tt_compactor_hold(lock, sensor, h->wait_us) == 0)
		return;
	fprintf(stderr,
			"%s: %s: nothing was merged in %" PRId64
			" s, and its lock is held still: going on beside it\n",
			h->tool->name, sensor, h->wait_us / TT_US_PER_S);
	h->gave_up = true;
}

int
report_hold(struct report_hold *h, const struct tt_archive *archive, const char *changed)
{
	int ret = 0;

	report_hold_end(h);
	for (size_t i = 0; ret == 0 && i < archive->n; i++)
		ret = add(h, archive->entries[i].path);
	if (ret == 0)
		ret = add(h, changed);
	sort(h);
	if (ret == 0)
		h->locks = calloc(h->n + 1, sizeof(*h->locks));
	if (h->locks == NULL)
		return -ENOMEM;
	for (; h->n_locks < h->n; h->n_locks++)
		take(h, h->sensors[h->n_locks], &h->locks[h->n_locks]);
	return 0;
}

void
report_hold_end(struct report_hold *h)
{
	for (size_t i = 0; i < h->n_locks; i++)
		tt_compactor_release(h->locks[i]);
	for (size_t i = 0; i < h->n; i++)
		free(h->sensors[i]);
	free(h->sensors);
	free(h->locks);
	h->sensors = NULL;
	h->locks = NULL;
	h->n = h->n_locks = 0;
}
