/* SPDX-License-Identifier: BSD-3-Clause */
/* Which months there are, what was observed of them, and those whose sums are there already. */
#include "tt_observation_tables.h"
#include "tt_series_private.h"

#include <errno.h>

static int
make_target(struct tt_series_target *target, const struct tt_observation *of,
		size_t month)
{
	int ret = 0;

	for (size_t c = 0; ret == 0 && c < of->names->n_countries; c++)
		ret = tt_sums_add(&target->months, c * TT_SERIES_MONTHS + month,
				tt_observation_target_country(
						of, target->target, (int32_t)c));
	return ret;
}

static int
make_country(struct tt_series_country *country, const struct tt_observation *of,
		size_t month)
{
	uint64_t others = 0;
	int ret = 0;

	for (size_t t = 0; t < of->names->n_targets; t++)
		others += tt_observation_target_country(of, (int32_t)t, country->country);
	for (size_t t = 0; ret == 0 && t < country->n_targets; t++) {
		uint64_t n = tt_observation_target_country(
				of, country->targets[t], country->country);

		others -= n;
		ret = tt_sums_add(&country->months, t * TT_SERIES_MONTHS + month, n);
	}
	if (ret == 0)
		ret = tt_sums_add(&country->months,
				country->n_targets * TT_SERIES_MONTHS + month, others);
	return ret;
}

static int
make_month(struct tt_series *series, const struct tt_observation *of, size_t month)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < series->n_targets; i++)
		ret = make_target(&series->targets[i], of, month);
	for (unsigned i = 0; ret == 0 && i < series->n_countries; i++)
		ret = make_country(&series->countries[i], of, month);
	series->exposure[month] = of->exposure;
	series->packets[month] = of->packets;
	return ret;
}

int
tt_series_make_months(struct tt_series *series, const struct tt_observation *of,
		bool made[TT_SERIES_MONTHS])
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < TT_SERIES_MONTHS; i++) {
		const struct tt_period *month = &series->months[i];

		if (made[i] || month->from_us != of->period.from_us
				|| month->to_us != of->period.to_us)
			continue;
		ret = make_month(series, of, i);
		made[i] = true;
	}
	return ret;
}

void
tt_series_months(
		const struct tt_period *period, struct tt_period months[TT_SERIES_MONTHS])
{
	unsigned i = TT_SERIES_MONTHS - 1;

	tt_period_month(&months[i], period->to_us - 1, period->utc_offset_min);
	/* Months before 1970 are empty. */
	for (; i > 0; i--)
		if (tt_period_before(&months[i], &months[i - 1]) != 0)
			months[i - 1].to_us = months[i - 1].from_us;
}

/* Of a month and a sensor, the time of a snapshot. */
static void
cover_month(struct tt_day_time *time, const struct tt_period *month,
		const struct tt_archive_entry *e)
{
	int64_t from_us = e->start_us > month->from_us ? e->start_us : month->from_us;
	int64_t to_us = e->end_us < month->to_us ? e->end_us : month->to_us;

	if (tt_period_has(month, e->start_us, e->end_us)) {
		time->observed_us += e->observed_us;
		time->seen = true;
	} else if (tt_period_meets(month, e->start_us, e->end_us)) {
		time->torn_us += (int64_t)((double)e->observed_us
				* (double)(to_us - from_us)
				/ (double)(e->end_us - e->start_us));
	}
}

/* times: [n], of its sensors. */
static struct tt_day_share
share_of(const struct tt_period *month, const struct tt_day_time *times, size_t n)
{
	struct tt_day_time sum = {0};
	double all_us = 0;

	for (size_t i = 0; i < n; i++) {
		if (!times[i].seen)
			continue;
		sum.observed_us += times[i].observed_us;
		sum.torn_us += times[i].torn_us;
		all_us += (double)(month->to_us - month->from_us);
	}
	if (all_us == 0)
		return (struct tt_day_share){0};
	return (struct tt_day_share){.observed = (double)sum.observed_us / all_us,
			.torn = (double)sum.torn_us / all_us};
}

int
tt_series_cover_months(struct tt_series *series, const struct tt_archive *archive)
{
	size_t sensors = archive->n_sensors;
	struct tt_day_time *times = calloc(
			TT_SERIES_MONTHS * sensors + 1, sizeof(*times));

	if (times == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < archive->n; i++)
		for (size_t m = 0; m < TT_SERIES_MONTHS && !archive->entries[i].damaged;
				m++)
			cover_month(&times[m * sensors + archive->entries[i].sensor],
					&series->months[m], &archive->entries[i]);
	for (size_t m = 0; m < TT_SERIES_MONTHS; m++)
		series->shares[m] = share_of(
				&series->months[m], &times[m * sensors], sensors);
	free(times);
	return 0;
}

void
tt_series_fini(struct tt_series *series)
{
	for (unsigned i = 0; i < TT_SERIES_MAX; i++) {
		free(series->targets[i].days.sums);
		free(series->targets[i].months.sums);
		free(series->countries[i].days.sums);
		free(series->countries[i].months.sums);
	}
	*series = (struct tt_series){0};
}
