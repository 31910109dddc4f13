/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_cause.h"
#include "tt_time.h"

#include <errno.h>
#include <math.h>

#define HOUR_US (INT64_C(3600) * TT_US_PER_S)
#define DAY_US  (24 * HOUR_US)

#define COUNTRIES_MAX 16384
#define PORTS_MAX     131072
#define ADDRESSES_MAX 65536

static size_t
ceil_of(int64_t length, int64_t unit)
{
	return length <= 0 ? 0 : (size_t)((length + unit - 1) / unit);
}

/* Where the day begins that has a time. */
static int64_t
day_of(const struct tt_cause *c, int64_t us)
{
	int64_t midnight_us = c->options.midnight_us;

	return tt_time_floor(us - midnight_us, DAY_US) + midnight_us;
}

static void
lay_out(struct tt_cause *c)
{
	const struct tt_cause_options *o = &c->options;

	c->slice_us = HOUR_US;
	for (unsigned s = 0; s < TT_N_CAUSE_SPANS; s++) {
		c->origin_us[s] = day_of(c, o->from_us[s]);
		if (o->to_us[s] > o->from_us[s])
			c->n_days[s] = ceil_of(o->to_us[s] - c->origin_us[s], DAY_US);
		if (c->n_days[s] > TT_CAUSE_HOURLY_DAYS)
			c->slice_us = DAY_US;
	}
	for (unsigned s = 0; s < TT_N_CAUSE_SPANS; s++)
		if (c->n_days[s] > 0)
			c->n_slices[s] = ceil_of(
					o->to_us[s] - c->origin_us[s], c->slice_us);
}

static int
make_exposures(struct tt_cause *c)
{
	for (unsigned s = 0; s < TT_N_CAUSE_SPANS; s++) {
		c->exposures[s] = calloc(c->n_slices[s] + 1, sizeof(*c->exposures[s]));
		c->days[s] = calloc(c->n_days[s] + 1, sizeof(*c->days[s]));
		c->covered[s] = calloc(c->n_slices[s] + 1, sizeof(*c->covered[s]));
		if (c->exposures[s] == NULL || c->days[s] == NULL
				|| c->covered[s] == NULL)
			return -ENOMEM;
	}
	return 0;
}

int
tt_cause_init(struct tt_cause *cause, const struct tt_cause_options *options)
{
	struct tt_cause *c = cause;
	size_t days;

	*c = (struct tt_cause){.options = *options};
	lay_out(c);
	if (make_exposures(c) != 0) {
		tt_cause_fini(c);
		return -ENOMEM;
	}
	days = c->n_days[TT_CAUSE_NOW];
	tt_counts_init(&c->countries, COUNTRIES_MAX, c->n_slices[TT_CAUSE_NOW]);
	tt_counts_init(&c->ports, PORTS_MAX, days);
	tt_counts_init(&c->addresses, ADDRESSES_MAX, days);
	tt_counts_init(&c->fingerprints, COUNTRIES_MAX, days);
	tt_counts_init(&c->victims, ADDRESSES_MAX, days);
	tt_source_set_init(&c->sources, TT_SOURCE_SET_MAX, true);
	return 0;
}

void
tt_cause_fini(struct tt_cause *cause)
{
	for (unsigned s = 0; s < TT_N_CAUSE_SPANS; s++) {
		free(cause->exposures[s]);
		free(cause->days[s]);
		free(cause->covered[s]);
		free(cause->series[s]);
	}
	tt_target_set_fini(&cause->targets);
	free(cause->found);
	tt_counts_fini(&cause->countries);
	tt_counts_fini(&cause->ports);
	tt_counts_fini(&cause->addresses);
	tt_counts_fini(&cause->fingerprints);
	tt_counts_fini(&cause->victims);
	free(cause->rules);
	tt_source_set_fini(&cause->sources);
	*cause = (struct tt_cause){0};
}

/* The room of a target that was added. */
static int
make_room(struct tt_cause *c, uint32_t of)
{
	struct tt_cause_target *found = reallocarray(c->found, of + 1, sizeof(*c->found));

	if (found == NULL)
		return -ENOMEM;
	c->found = found;
	found[of] = (struct tt_cause_target){0};
	for (unsigned s = 0; s < TT_N_CAUSE_SPANS; s++) {
		size_t n = c->n_slices[s];
		uint64_t *series = reallocarray(
				c->series[s], (of + 1) * (n + 1), sizeof(*series));

		if (series == NULL)
			return -ENOMEM;
		c->series[s] = series;
		for (size_t i = 0; i < n; i++)
			series[of * n + i] = 0;
	}
	return 0;
}

uint32_t
tt_cause_want(struct tt_cause *cause, uint8_t protocol, int32_t target)
{
	size_t n = cause->targets.n;
	uint32_t of = tt_target_set_add(&cause->targets, protocol, target);

	if (of == n && make_room(cause, of) != 0)
		return TT_TARGET_NONE;
	return of;
}

bool
tt_cause_has(const struct tt_cause *cause, int64_t start_us, int64_t end_us)
{
	for (unsigned s = 0; s < TT_N_CAUSE_SPANS; s++)
		if (start_us >= cause->options.from_us[s]
				&& end_us <= cause->options.to_us[s])
			return true;
	return false;
}

double
tt_cause_rate(const struct tt_cause *cause, uint64_t packets, enum tt_cause_span span)
{
	return tt_address_rate(packets, cause->address_time[span]);
}

/* The first slice of a table of counts that is not before the change. */
static size_t
since_of(const struct tt_cause *c, const struct tt_counts *counts, uint32_t of)
{
	int64_t us = (int64_t)c->found[of].since * c->slice_us;

	if (counts->n_slices == c->n_slices[TT_CAUSE_NOW])
		return c->found[of].since;
	return (size_t)(us / DAY_US);
}

static struct tt_cause_part
part_of(const struct tt_cause *c, const struct tt_counts *counts,
		const struct tt_cause_count *x)
{
	const struct tt_cause_target *t = &c->found[x->of];
	double change = tt_cause_rate(c, t->packets[TT_CAUSE_NOW], TT_CAUSE_NOW)
			- tt_cause_rate(c, t->packets[TT_CAUSE_BEFORE], TT_CAUSE_BEFORE);
	double own = tt_cause_rate(c, x->packets[TT_CAUSE_NOW], TT_CAUSE_NOW)
			- tt_cause_rate(c, x->packets[TT_CAUSE_BEFORE], TT_CAUSE_BEFORE);
	struct tt_cause_part part = {.count = x};

	part.since = t->since_us <= c->options.from_us[TT_CAUSE_NOW]
			? x->packets[TT_CAUSE_NOW]
			: tt_counts_sum(counts, x, since_of(c, counts, x->of),
					counts->n_slices);
	part.share = t->since_packets > 0 ? (double)part.since / (double)t->since_packets
					  : 0;
	part.of_change = change != 0 ? own / change : 0;
	return part;
}

/* Which is the heavier? Since the change, or, where neither has packets, in all. */
static bool
is_heavier(const struct tt_cause_part *a, const struct tt_cause_part *b)
{
	const struct tt_cause_count *x = a->count, *y = b->count;

	if (a->since != b->since)
		return a->since > b->since;
	if (x->packets[TT_CAUSE_BEFORE] != y->packets[TT_CAUSE_BEFORE])
		return x->packets[TT_CAUSE_BEFORE] > y->packets[TT_CAUSE_BEFORE];
	if (x->hi != y->hi)
		return x->hi < y->hi;
	return x->lo < y->lo;
}

static bool
is_moved_more(const struct tt_cause_part *a, const struct tt_cause_part *b)
{
	if (a->of_change != b->of_change)
		return a->of_change > b->of_change;
	return is_heavier(a, b);
}

static bool
is_moved_less(const struct tt_cause_part *a, const struct tt_cause_part *b)
{
	if (a->of_change != b->of_change)
		return a->of_change < b->of_change;
	return is_heavier(a, b);
}

/* The first n of a target by an order. */
static size_t
first_of(const struct tt_cause *cause, const struct tt_counts *counts, uint32_t of,
		struct tt_cause_part *parts, size_t n,
		bool (*is_first)(const struct tt_cause_part *,
				const struct tt_cause_part *))
{
	size_t used = 0;

	for (size_t i = 0; i < counts->n; i++) {
		struct tt_cause_part part;
		size_t at = used;

		if (counts->all[i].of != of)
			continue;
		part = part_of(cause, counts, &counts->all[i]);
		while (at > 0 && is_first(&part, &parts[at - 1]))
			at--;
		if (at == n)
			continue;
		used += used < n;
		for (size_t k = used - 1; k > at; k--)
			parts[k] = parts[k - 1];
		parts[at] = part;
	}
	return used;
}

size_t
tt_cause_top(const struct tt_cause *cause, const struct tt_counts *counts, uint32_t of,
		struct tt_cause_part *parts, size_t n)
{
	return first_of(cause, counts, of, parts, n, is_heavier);
}

size_t
tt_cause_movers(const struct tt_cause *cause, const struct tt_counts *counts, uint32_t of,
		struct tt_cause_part *parts, size_t n)
{
	return first_of(cause, counts, of, parts, n, is_moved_more);
}

size_t
tt_cause_contrary(const struct tt_cause *cause, const struct tt_counts *counts,
		uint32_t of, struct tt_cause_part *parts, size_t n)
{
	return first_of(cause, counts, of, parts, n, is_moved_less);
}

/* The bit of a day in the set of sources: spans of more days share the last one. */
static uint64_t
days_of(size_t first, size_t end)
{
	uint64_t days = 0;

	for (size_t day = first; day < end; day++)
		days |= UINT64_C(1) << (day < TT_SOURCE_SLICES_MAX
							? day
							: TT_SOURCE_SLICES_MAX - 1);
	return days;
}

struct tt_source_count
tt_cause_sources(const struct tt_cause *cause, uint32_t of, size_t first, size_t end,
		uint16_t country)
{
	bool all = first == 0 && end >= cause->n_days[TT_CAUSE_NOW];

	return tt_source_set_count(&cause->sources, of,
			all ? TT_SOURCES_NOW : days_of(first, end), country);
}

struct tt_source_count
tt_cause_all_sources(const struct tt_cause *cause, uint32_t of, enum tt_cause_span span)
{
	return tt_source_set_count(&cause->sources, of,
			span == TT_CAUSE_NOW ? TT_SOURCES_NOW : TT_SOURCES_BEFORE,
			TT_SOURCES_ANYWHERE);
}

uint16_t
tt_cause_address_country(
		const struct tt_cause *cause, const struct tt_cause_count *address)
{
	if (address->tag != 0)
		return (uint16_t)address->tag;
	return tt_source_set_country(&cause->sources,
			(struct tt_addr){address->hi, address->lo}, address->of);
}

struct tt_cycle
tt_cause_cycle(const struct tt_cause *cause, const struct tt_cause_count *country)
{
	const uint64_t *slices = tt_counts_slices(&cause->countries, country);
	/* From the first hour of the span on, so that where it begins at noon no day of it is lost. */
	size_t first = (size_t)((cause->options.from_us[TT_CAUSE_NOW]
						- cause->origin_us[TT_CAUSE_NOW])
			/ HOUR_US);
	struct tt_cycle cycle;

	if (cause->coarse || cause->slice_us != HOUR_US)
		return (struct tt_cycle){.chance = 1};
	cycle = tt_cycle_of(&slices[first], &cause->exposures[TT_CAUSE_NOW][first],
			cause->n_slices[TT_CAUSE_NOW] - first);
	cycle.peak = fmod(cycle.peak + (double)first, DAY_US / HOUR_US);
	return cycle;
}
