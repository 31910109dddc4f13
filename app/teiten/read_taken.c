/* SPDX-License-Identifier: BSD-3-Clause */
/* The intervals that the scan announced, held against those that the spool has already. */
#include "reading.h"

#include "tt_time.h"

#include <errno.h>

static int
compare(const void *a, const void *b)
{
	int64_t x = ((const struct announced *)a)->start_us;
	int64_t y = ((const struct announced *)b)->start_us;

	return x < y ? -1 : x > y;
}

void
reading_sort_intervals(struct reading *r)
{
	struct announced *all = r->announced;
	size_t kept = 0;

	if (r->n_announced > 0)
		qsort(all, r->n_announced, sizeof(*all), compare);
	for (size_t i = 0; i < r->n_announced; i++) {
		if (kept > 0 && all[kept - 1].start_us == all[i].start_us)
			all[kept - 1].frames += all[i].frames;
		else
			all[kept++] = all[i];
	}
	r->n_announced = kept;
}

static int
make_room(struct reading *r)
{
	size_t room = r->room_announced == 0 ? 64 : 2 * r->room_announced;
	struct announced *more;

	if (r->n_announced < r->room_announced)
		return 0;
	/* Files out of order announce an interval many times. */
	reading_sort_intervals(r);
	if (2 * r->n_announced < r->room_announced)
		return 0;
	more = reallocarray(r->announced, room, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	r->announced = more;
	r->room_announced = room;
	return 0;
}

int
reading_note_interval(struct reading *r, int64_t start_us, uint64_t frames)
{
	if (make_room(r) != 0)
		return -ENOMEM;
	r->announced[r->n_announced++] = (struct announced){start_us, frames};
	return 0;
}

uint64_t
reading_announced(const struct reading *r, int64_t start_us)
{
	struct announced key = {.start_us = start_us}, *found;

	found = bsearch(&key, r->announced, r->n_announced, sizeof(key), compare);
	return found == NULL ? 0 : found->frames;
}

struct taken {
	uint64_t n, of;
	int64_t first_us;
};

static void
ask(const struct reading *r, int64_t start_us, struct taken *taken)
{
	taken->of++;
	if (!tt_spool_has(r->spool, start_us))
		return;
	if (taken->n++ == 0)
		taken->first_us = start_us;
}

static int
refuse(const struct reading *r, const struct taken *taken, struct tt_error *err)
{
	char day[TT_TIME_TEXT_MAX], name[TT_TIME_TEXT_MAX];

	tt_error_set(err, -EEXIST, NULL,
			"there is a snapshot of this interval already (%llu of %llu "
			"intervals); read files that share an interval together, choose "
			"another spool, or give --skip-existing",
			(unsigned long long)taken->n, (unsigned long long)taken->of);
	tt_error_at(err, "%s/%s/%s/%s", r->config.spool, r->config.sensor,
			tt_time_format_date(taken->first_us, day),
			tt_time_format_compact(taken->first_us, name));
	return -EEXIST;
}

int
reading_check_taken(struct reading *r, struct tt_error *err)
{
	struct taken taken = {0};

	for (size_t i = 0; i < r->n_announced; i++) {
		int64_t start = r->announced[i].start_us;
		int64_t end = i == 0
				? start
				: r->announced[i - 1].start_us + r->config.interval_us;

		/* Empty intervals between are written as well, unless they are a gap. */
		if (start - end <= r->config.max_gap_us)
			for (; end < start; end += r->config.interval_us)
				ask(r, end, &taken);
		ask(r, start, &taken);
	}
	return taken.n == 0 || r->skip_existing ? 0 : refuse(r, &taken, err);
}
