/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_day_cover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int
tt_day_cover_init(struct tt_day_cover *cover, const struct tt_period *period,
		size_t n_sensors)
{
	*cover = (struct tt_day_cover){.period = *period, .n_sensors = n_sensors};
	cover->times = calloc(period->n_days * n_sensors + 1, sizeof(*cover->times));
	return cover->times == NULL ? -ENOMEM : 0;
}

int
tt_day_cover_copy(struct tt_day_cover *cover, const struct tt_day_cover *of)
{
	int ret = tt_day_cover_init(cover, &of->period, of->n_sensors);

	if (ret == 0)
		memcpy(cover->times, of->times,
				of->period.n_days * of->n_sensors * sizeof(*of->times));
	return ret;
}

void
tt_day_cover_fini(struct tt_day_cover *cover)
{
	free(cover->times);
	*cover = (struct tt_day_cover){0};
}

static struct tt_day_time *
time_of(const struct tt_day_cover *cover, unsigned day, uint32_t sensor)
{
	return &cover->times[day * cover->n_sensors + sensor];
}

/* How much of what a snapshot observed is of a day: as much of it as of its interval. */
static int64_t
part_of(const struct tt_period *p, unsigned day, const struct tt_archive_entry *e)
{
	int64_t from_us = tt_period_day_from(p, day), to_us = tt_period_day_to(p, day);

	from_us = e->start_us > from_us ? e->start_us : from_us;
	to_us = e->end_us < to_us ? e->end_us : to_us;
	return (int64_t)((double)e->observed_us * (double)(to_us - from_us)
			/ (double)(e->end_us - e->start_us));
}

/* sign: 1 adds, -1 takes. */
static void
change(struct tt_day_cover *cover, const struct tt_archive_entry *e, int sign)
{
	const struct tt_period *p = &cover->period;
	int64_t from_us = e->start_us > p->from_us ? e->start_us : p->from_us;
	int64_t to_us = e->end_us < p->to_us ? e->end_us : p->to_us;
	unsigned first, last;

	if (from_us >= to_us)
		return;
	first = tt_period_day(p, from_us);
	last = tt_period_day(p, to_us - 1);
	if (first == last && tt_period_has(p, e->start_us, e->end_us)) {
		time_of(cover, first, e->sensor)->observed_us += sign * e->observed_us;
		time_of(cover, first, e->sensor)->seen = true;
		return;
	}
	for (unsigned day = first; day <= last; day++)
		time_of(cover, day, e->sensor)->torn_us += sign * part_of(p, day, e);
}

void
tt_day_cover_add(struct tt_day_cover *cover, const struct tt_archive_entry *entry)
{
	change(cover, entry, 1);
}

void
tt_day_cover_take(struct tt_day_cover *cover, const struct tt_archive_entry *entry)
{
	change(cover, entry, -1);
}

int64_t
tt_day_cover_observed(const struct tt_day_cover *cover, unsigned day)
{
	int64_t us = 0;

	for (uint32_t i = 0; i < cover->n_sensors; i++)
		us += time_of(cover, day, i)->observed_us;
	return us;
}

struct tt_day_share
tt_day_cover_share(const struct tt_day_cover *cover, unsigned day)
{
	struct tt_day_time sum = {0};
	double all_us = 0;

	for (uint32_t i = 0; i < cover->n_sensors; i++) {
		const struct tt_day_time *time = time_of(cover, day, i);

		if (!time->seen)
			continue;
		sum.observed_us += time->observed_us;
		sum.torn_us += time->torn_us;
		all_us += (double)TT_US_PER_DAY;
	}
	if (all_us == 0)
		return (struct tt_day_share){0};
	return (struct tt_day_share){.observed = (double)sum.observed_us / all_us,
			.torn = (double)sum.torn_us / all_us};
}
