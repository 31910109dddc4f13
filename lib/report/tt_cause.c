/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_cause.h"
#include "tt_time.h"

#include <errno.h>

#define HOUR_US (INT64_C(3600) * TT_US_PER_S)
#define DAY_US  (24 * HOUR_US)

#define COUNTRIES_MAX 16384
#define PORTS_MAX     131072
#define ADDRESSES_MAX 65536
#define WEEK_DAYS     7

static size_t
ceil_of(int64_t length, int64_t unit)
{
	return length <= 0 ? 0 : (size_t)((length + unit - 1) / unit);
}

static int
make_exposures(struct tt_cause *c)
{
	for (unsigned s = 0; s < TT_N_CAUSE_SPANS; s++) {
		int64_t length = c->options.to_us[s] - c->options.from_us[s];

		c->n_slices[s] = ceil_of(length, c->slice_us);
		c->n_days[s] = ceil_of(length, DAY_US);
		c->exposures[s] = calloc(c->n_slices[s] + 1, sizeof(*c->exposures[s]));
		c->days[s] = calloc(c->n_days[s] + 1, sizeof(*c->days[s]));
		if (c->exposures[s] == NULL || c->days[s] == NULL)
			return -ENOMEM;
	}
	return 0;
}

int
tt_cause_init(struct tt_cause *cause, const struct tt_cause_options *options)
{
	size_t days = ceil_of(
			options->to_us[TT_CAUSE_NOW] - options->from_us[TT_CAUSE_NOW],
			DAY_US);
	size_t before = ceil_of(options->to_us[TT_CAUSE_BEFORE]
					- options->from_us[TT_CAUSE_BEFORE],
			DAY_US);
	struct tt_cause *c = cause;

	*c = (struct tt_cause){.options = *options};
	c->slice_us = days > TT_CAUSE_HOURLY_DAYS || before > TT_CAUSE_HOURLY_DAYS
			? DAY_US
			: HOUR_US;
	if (make_exposures(c) != 0) {
		tt_cause_fini(c);
		return -ENOMEM;
	}
	tt_counts_init(&c->countries, COUNTRIES_MAX, c->n_slices[TT_CAUSE_NOW]);
	tt_counts_init(&c->ports, PORTS_MAX, days);
	tt_counts_init(&c->addresses, ADDRESSES_MAX, days);
	tt_counts_init(&c->fingerprints, COUNTRIES_MAX, days);
	tt_counts_init(&c->victims, ADDRESSES_MAX, days);
	tt_source_set_init(&c->sources, TT_SOURCE_SET_MAX);
	return 0;
}

void
tt_cause_fini(struct tt_cause *cause)
{
	for (unsigned s = 0; s < TT_N_CAUSE_SPANS; s++) {
		free(cause->exposures[s]);
		free(cause->days[s]);
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

/* The series in which changes are looked for: before, where that joins, and now. */
struct points {
	double *packets, *exposures; /* [n] */
	size_t n, n_before;
	size_t slices; /* of a point */
};

static void
fill_points(const struct tt_cause *c, uint32_t of, enum tt_cause_span span,
		struct points *p)
{
	size_t n = c->n_slices[span];

	for (size_t first = 0; first < n; first += p->slices, p->n++) {
		size_t end = first + p->slices < n ? first + p->slices : n;
		struct tt_address_time exposure = {0};

		for (size_t i = first; i < end; i++) {
			p->packets[p->n] += (double)c->series[span][of * n + i];
			tt_address_time_join(&exposure, c->exposures[span][i]);
		}
		p->exposures[p->n] = tt_address_days(exposure);
	}
}

static int
make_points(const struct tt_cause *c, uint32_t of, struct points *p)
{
	size_t room = c->n_slices[TT_CAUSE_BEFORE] + c->n_slices[TT_CAUSE_NOW] + 1;

	*p = (struct points){.packets = calloc(room, sizeof(double)),
			.exposures = calloc(room, sizeof(double))};
	if (p->packets == NULL || p->exposures == NULL)
		return -ENOMEM;
	p->slices = c->n_days[TT_CAUSE_NOW] < WEEK_DAYS ? 1
							: (size_t)(DAY_US / c->slice_us);
	if (c->options.to_us[TT_CAUSE_BEFORE] == c->options.from_us[TT_CAUSE_NOW])
		fill_points(c, of, TT_CAUSE_BEFORE, p);
	p->n_before = p->n;
	fill_points(c, of, TT_CAUSE_NOW, p);
	return 0;
}

/* Keeps the changes within the span, and the first of them that goes the way of the whole. */
static void
take_changes(const struct tt_cause *c, uint32_t of, const struct points *p,
		const struct tt_change *changes, int n)
{
	struct tt_cause_target *t = &c->found[of];
	bool rise = tt_cause_rate(c, t->packets[TT_CAUSE_NOW], TT_CAUSE_NOW)
			>= tt_cause_rate(c, t->packets[TT_CAUSE_BEFORE], TT_CAUSE_BEFORE);

	for (int i = 0; i < n; i++) {
		struct tt_change change = changes[i];

		if (change.at < p->n_before) {
			if ((change.after > change.before) != rise)
				continue;
			t->has_earlier = true;
			t->earlier = change;
			t->earlier.at *= p->slices;
			continue;
		}
		change.at = (change.at - p->n_before) * p->slices;
		t->changes[t->n_changes++] = change;
		if (t->has_change || (change.after > change.before) != rise)
			continue;
		t->has_change = true;
		t->change = change;
		t->since = change.at;
	}
}

static int
finish_target(struct tt_cause *c, uint32_t of)
{
	struct tt_cause_target *t = &c->found[of];
	size_t n = c->n_slices[TT_CAUSE_NOW];
	struct tt_change changes[TT_CHANGES_MAX];
	struct points p;
	int ret = make_points(c, of, &p);

	if (ret == 0)
		ret = tt_changes_find(p.packets, p.exposures, p.n, changes);
	if (ret > 0)
		take_changes(c, of, &p, changes, ret);
	free(p.packets);
	free(p.exposures);
	t->since_us = c->options.from_us[TT_CAUSE_NOW] + (int64_t)t->since * c->slice_us;
	/* All of it has what reaches over days as well. */
	if (t->since == 0) {
		t->since_packets = t->packets[TT_CAUSE_NOW];
		return ret < 0 ? ret : 0;
	}
	for (size_t i = t->since; i < n; i++)
		t->since_packets += c->series[TT_CAUSE_NOW][of * n + i];
	return ret < 0 ? ret : 0;
}

int
tt_cause_finish(struct tt_cause *cause)
{
	int ret = 0;

	for (uint32_t of = 0; ret == 0 && of < cause->targets.n; of++)
		ret = finish_target(cause, of);
	return ret;
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

	part.since = t->since == 0 ? x->packets[TT_CAUSE_NOW]
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
	return tt_source_set_count(&cause->sources, of, days_of(first, end), country);
}

struct tt_source_count
tt_cause_sources_before(const struct tt_cause *cause, uint32_t of, uint16_t country)
{
	return tt_source_set_count(&cause->sources, of, TT_SOURCES_BEFORE, country);
}

struct tt_cycle
tt_cause_cycle(const struct tt_cause *cause, const struct tt_cause_count *country)
{
	if (cause->coarse || cause->slice_us != HOUR_US)
		return (struct tt_cycle){.chance = 1};
	return tt_cycle_of(tt_counts_slices(&cause->countries, country),
			cause->exposures[TT_CAUSE_NOW], cause->n_slices[TT_CAUSE_NOW]);
}
