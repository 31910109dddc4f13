/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_observation_tables.h"
#include "tt_scan.h"
#include "tt_series_private.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

#define NUMBERS (UINT16_MAX + 2) /* of targets: -1, and all that 16 bits hold */

/* What a snapshot adds, kept apart until its rows are known to be right. */
struct reading {
	struct tt_series *series;
	const struct tt_observation *now;
	int64_t packets_wanted;
	uint64_t packets;
	bool made[TT_SERIES_MONTHS]; /* of sums that are there, not of snapshots */
	struct tt_text_map protocols, countries;
	int8_t leader_of[TT_OBSERVED_COUNTRIES]; /* by country index: index into countries, or -1 */
	uint64_t by_country[TT_SERIES_MAX][TT_OBSERVED_COUNTRIES]; /* of each target */
	uint64_t by_target[TT_SERIES_MAX][TT_SERIES_MAX + 1]; /* of each country */
	/* By country index, of targets that are in no list: nearly all rows. */
	uint64_t others[TT_OBSERVED_COUNTRIES];
	/* Which targets are in any of the lists: by protocol [number + 1]; NULL: none of its. */
	bool *listed[UINT8_MAX + 1];
	/* Of the listed target whose rows are being read: */
	int target; /* index into targets, or -1 */
	unsigned place[TT_SERIES_MAX]; /* in by_target of each country */
};

static int
begin(void *context, int64_t sign, struct tt_error *err)
{
	struct reading *r = context;

	r->packets = 0;
	tt_text_map_forget(&r->protocols);
	tt_text_map_forget(&r->countries);
	memset(r->by_country, 0, sizeof(r->by_country));
	memset(r->by_target, 0, sizeof(r->by_target));
	memset(r->others, 0, sizeof(r->others));
	return 0;
}

/* Looks up where the rows of a listed target belong. */
static void
enter_target(struct reading *r, uint8_t protocol, int32_t number)
{
	const struct tt_series *s = r->series;
	const struct tt_target target = {.protocol = protocol, .number = number};
	int32_t index = tt_observed_target(r->now->names, target);

	r->target = -1;
	for (unsigned i = 0; i < s->n_targets; i++)
		if (s->targets[i].target == index)
			r->target = (int)i;
	for (unsigned i = 0; i < s->n_countries; i++) {
		const struct tt_series_country *c = &s->countries[i];

		for (r->place[i] = 0; r->place[i] < c->n_targets
				&& c->targets[r->place[i]] != index;
				r->place[i]++)
			;
	}
}

static bool
can_be(const struct tt_parquet_batch *batch)
{
	return tt_scan_are_targets(batch->columns[TT_TARGETS_TARGET].ints, batch->n)
			&& !tt_scan_any_negative(batch->columns[TT_TARGETS_PACKETS].ints,
					batch->n);
}

/* The rows [from, to) of a batch, which are of one listed target. */
static void
add_listed(struct reading *r, const struct tt_parquet_batch *batch, unsigned from,
		unsigned to)
{
	const uint32_t *protocols = batch->columns[TT_TARGETS_PROTOCOL].codes;
	const uint32_t *countries = batch->columns[TT_TARGETS_COUNTRY].codes;
	const int64_t *packets = batch->columns[TT_TARGETS_PACKETS].ints;

	enter_target(r, (uint8_t)r->protocols.index[protocols[from]],
			(int32_t)batch->columns[TT_TARGETS_TARGET].ints[from]);
	for (unsigned i = from; i < to; i++) {
		int32_t country = r->countries.index[countries[i]];
		int leader = r->leader_of[country];

		if (r->target >= 0)
			r->by_country[r->target][country] += (uint64_t)packets[i];
		if (leader >= 0)
			r->by_target[leader][r->place[leader]] += (uint64_t)packets[i];
		r->packets += (uint64_t)packets[i];
	}
}

/* Adds the rows from `i` on that are of no listed target. Returns the first that is, or n; listed: of their protocol. */
static unsigned
add_others(struct reading *r, const struct tt_parquet_batch *batch, unsigned i,
		unsigned n, const bool *listed)
{
	const int64_t *numbers = batch->columns[TT_TARGETS_TARGET].ints;
	const uint32_t *countries = batch->columns[TT_TARGETS_COUNTRY].codes;
	const int64_t *packets = batch->columns[TT_TARGETS_PACKETS].ints;
	const int32_t *country_index = r->countries.index;
	uint64_t *others = r->others;

	for (; i < n && (listed == NULL || !listed[numbers[i] + 1]); i++)
		others[country_index[countries[i]]] += (uint64_t)packets[i];
	return i;
}

/* Rows of a protocol come together, and in them those of a target. */
static void
add_rows(struct reading *r, const struct tt_parquet_batch *batch)
{
	const uint32_t *protocols = batch->columns[TT_TARGETS_PROTOCOL].codes;
	const int64_t *numbers = batch->columns[TT_TARGETS_TARGET].ints;
	unsigned i = 0, end = 0, to;

	while (i < batch->n) {
		if (i == end)
			end += tt_scan_run(&protocols[i], batch->n - i);
		i = add_others(r, batch, i, end,
				r->listed[r->protocols.index[protocols[i]]]);
		for (to = i; to < end && numbers[to] == numbers[i]; to++)
			;
		if (to > i)
			add_listed(r, batch, i, to);
		i = to;
	}
}

static int
add(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	struct reading *r = context;
	int ret = tt_text_map_fill(&r->protocols, &batch->columns[TT_TARGETS_PROTOCOL],
			tt_scan_protocol, NULL);

	if (ret == 0)
		ret = tt_text_map_fill(&r->countries, &batch->columns[TT_TARGETS_COUNTRY],
				tt_scan_country, r->now->names);
	if (ret == 0 && !can_be(batch))
		ret = -EBADMSG;
	if (ret != 0)
		return tt_error_set(err, ret, NULL, "%s",
				ret == -ENOMEM ? "out of memory"
					       : "a value that cannot be");
	add_rows(r, batch);
	return 0;
}

/* Adds what was kept apart in `others`. */
static void
fold_others(struct reading *r)
{
	for (int32_t country = 0; country < TT_OBSERVED_COUNTRIES; country++) {
		int leader = r->leader_of[country];

		r->packets += r->others[country];
		if (leader >= 0)
			r->by_target[leader][r->series->countries[leader].n_targets] +=
					r->others[country];
	}
}

static int
end(void *context, struct tt_error *err)
{
	struct reading *r = context;

	fold_others(r);
	if (r->packets == (uint64_t)r->packets_wanted)
		return 0;
	return tt_error_set(err, -EBADMSG, NULL,
			"its rows add up to %llu packets, the manifest says %lld",
			(unsigned long long)r->packets, (long long)r->packets_wanted);
}

/* What is IPv6 is taken off again, where the report is of IPv4. */
static int
begin_ipv6(void *context, int64_t sign, struct tt_error *err)
{
	struct reading *r = context;

	tt_text_map_forget(&r->protocols);
	tt_text_map_forget(&r->countries);
	memset(r->others, 0, sizeof(r->others));
	return 0;
}

static int
add_ipv6(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	struct reading *r = context;
	struct tt_ipv6_batch b;
	int ret = tt_ipv6_negate(
			&b, batch, &r->protocols, &r->countries, r->now->names, err);

	if (ret == 0)
		add_rows(r, &b.batch);
	return ret;
}

static int
end_ipv6(void *context, struct tt_error *err)
{
	fold_others(context);
	return 0;
}

/* Adds the snapshot to column `at` of `width`: a day or a month. */
static int
add_column(struct reading *r, bool days, size_t at, size_t width)
{
	struct tt_series *s = r->series;
	int ret = 0;

	for (unsigned i = 0; i < s->n_targets; i++)
		for (size_t c = 0; ret == 0 && c < r->now->names->n_countries; c++)
			ret = tt_sums_add(days ? &s->targets[i].days
					       : &s->targets[i].months,
					c * width + at, r->by_country[i][c]);
	for (unsigned i = 0; i < s->n_countries; i++)
		for (size_t t = 0; ret == 0 && t <= s->countries[i].n_targets; t++)
			ret = tt_sums_add(days ? &s->countries[i].days
					       : &s->countries[i].months,
					t * width + at, r->by_target[i][t]);
	return ret;
}

/* Where a snapshot is added; -1: nowhere. */
struct place {
	int32_t day, month;
	bool across; /* it has time of two months */
};

static struct place
place_of(const struct reading *r, const struct tt_archive_entry *e)
{
	const struct tt_period *period = &r->now->period;
	struct place place = {-1, -1, false};

	for (int32_t i = 0; i < TT_SERIES_MONTHS; i++) {
		const struct tt_period *month = &r->series->months[i];

		if (tt_period_has(month, e->start_us, e->end_us))
			place.month = r->made[i] ? -1 : i;
		else if (tt_period_meets(month, e->start_us, e->end_us))
			place.across = true;
	}
	if (tt_period_has(period, e->start_us, e->end_us)
			&& tt_period_day(period, e->start_us)
					== tt_period_day(period, e->end_us - 1))
		place.day = (int32_t)tt_period_day(period, e->start_us);
	return place;
}

static int
add_snapshot(struct reading *r, const struct tt_archive_entry *e, struct place place,
		struct tt_error *err)
{
	static const unsigned columns[] = {TT_TARGETS_PROTOCOL, TT_TARGETS_TARGET,
			TT_TARGETS_COUNTRY, TT_TARGETS_PACKETS};
	const struct tt_scan scans[] = {
			{TT_TABLE_TARGETS, columns, TT_ARRAY_SIZE(columns), add, begin,
					end, r},
			{TT_TABLE_IPV6_TARGETS, columns, TT_ARRAY_SIZE(columns), add_ipv6,
					begin_ipv6, end_ipv6, r}};
	const bool ipv6 = r->now->archive->of_ipv4 && e->tells_ipv6;
	int ret;

	r->packets_wanted = e->packets;
	ret = tt_scan_snapshot(scans, ipv6 ? 2 : 1, e->path, err);
	if (ret == 0 && place.day >= 0)
		ret = add_column(r, true, (size_t)place.day, r->series->n_days);
	if (ret == 0 && place.month >= 0)
		ret = add_column(r, false, (size_t)place.month, TT_SERIES_MONTHS);
	if (ret == 0 && place.month >= 0) {
		tt_exposure_add(&r->series->exposure[place.month], e);
		r->series->packets[place.month] += r->packets;
	}
	return ret;
}

static int
add_entry(struct reading *r, struct tt_archive_entry *e, struct tt_error *err)
{
	const struct place place = place_of(r, e);
	struct tt_error why = {0};
	int ret;

	if (e->damaged)
		return 0;
	r->series->across += place.across;
	if (place.day < 0 && place.month < 0)
		return 0;
	ret = add_snapshot(r, e, place, &why);
	if (ret == 0)
		return 0;
	if (tt_archive_still(e, err) != 0)
		return -EAGAIN;
	/* What the period's figures have already cannot be taken out of them any more. */
	if (tt_period_has(&r->now->period, e->start_us, e->end_us)) {
		*err = why;
		err->code = -EIO;
		return -EIO;
	}
	if (ret == -ENOMEM || tt_archive_damaged(r->now->archive, e, &why) != 0)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	return 0;
}

/* Marks a target. */
static int
list_target(struct reading *r, int32_t index)
{
	struct tt_target target = r->now->names->targets[index];
	bool **listed = &r->listed[target.protocol];

	if (*listed == NULL)
		*listed = calloc(NUMBERS, sizeof(**listed));
	if (*listed == NULL)
		return -ENOMEM;
	(*listed)[target.number + 1] = true;
	return 0;
}

/* Marks the targets that are in any list, and the countries. */
static int
list_leaders(struct reading *r)
{
	const struct tt_series *s = r->series;
	int ret = 0;

	memset(r->leader_of, -1, sizeof(r->leader_of));
	for (unsigned i = 0; i < s->n_countries; i++)
		r->leader_of[s->countries[i].country] = (int8_t)i;
	for (unsigned i = 0; ret == 0 && i < s->n_targets; i++)
		ret = list_target(r, s->targets[i].target);
	for (unsigned i = 0; i < s->n_countries; i++)
		for (unsigned t = 0; ret == 0 && t < s->countries[i].n_targets; t++)
			ret = list_target(r, s->countries[i].targets[t]);
	return ret;
}

int
tt_series_read(struct tt_series *series, const struct tt_observation *now,
		const struct tt_observation *before, unsigned leaders,
		const struct tt_observing *observing, struct tt_error *err)
{
	struct reading *r = calloc(1, sizeof(*r));
	size_t n = now->archive->n;
	int ret;

	TT_ASSERT(leaders <= TT_SERIES_MAX);
	*series = (struct tt_series){.n_days = now->period.n_days};
	if (r == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	r->series = series;
	r->now = now;
	tt_series_months(&now->period, series->months);
	ret = tt_series_choose(series, now, leaders);
	if (ret == 0)
		ret = list_leaders(r);
	if (ret == 0)
		ret = tt_series_make_months(series, now, r->made);
	if (ret == 0 && before != NULL)
		ret = tt_series_make_months(series, before, r->made);
	if (ret != 0)
		tt_error_set(err, ret, NULL, "out of memory");
	for (size_t i = 0; ret == 0 && i < n; i++) {
		ret = add_entry(r, &now->archive->entries[i], err);
		tt_observing_show(observing, (double)(i + 1) / (double)n);
	}
	if (ret == 0 && tt_series_cover_months(series, now->archive) != 0)
		ret = tt_error_set(err, -ENOMEM, NULL, "out of memory");
	tt_text_map_fini(&r->protocols);
	tt_text_map_fini(&r->countries);
	for (size_t i = 0; i < TT_ARRAY_SIZE(r->listed); i++)
		free(r->listed[i]);
	free(r);
	if (ret != 0)
		tt_series_fini(series);
	return ret;
}
