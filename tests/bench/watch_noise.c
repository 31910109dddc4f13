/* SPDX-License-Identifier: BSD-3-Clause */
#include "watch_noise.h"
#include "tt_class.h"
#include "tt_hash.h"

#include <math.h>
#include <stdlib.h>

#define DAY_HOURS   24
#define WEEK_HOURS  (7 * DAY_HOURS)
#define HALF_HOURS  (4 * WEEK_HOURS) /* the first four weeks */
#define FIRST_HOUR  INT64_C(490896) /* a Thursday */
#define SWEPT_PORT  20000
#define LARGE       30.0 /* counts that are drawn as normal */
#define WANDER_KEPT 0.92 /* of a level from hour to hour */

struct noise {
	const struct noise_profile *p;
	uint64_t seed;
	int hour; /* since the beginning */
	double level[NOISE_TARGETS]; /* logarithms */
	double burst[NOISE_TARGETS]; /* packets that are left of a burst, */
	int burst_hours[NOISE_TARGETS]; /* in so many hours */
	double sweep[NOISE_SWEPT];
	int sweep_hours[NOISE_SWEPT];
	int sweep_end[NOISE_SWEPT][2]; /* of the last one, and of the one before */
	int outage_hours;
	struct tt_watch_row rows[NOISE_TARGETS + NOISE_SWEPT];
	size_t n_rows;
	struct noise_result *result;
	bool found[NOISE_TARGETS];
};

static double
uniform(struct noise *n)
{
	n->seed += UINT64_C(0x9e3779b97f4a7c15);
	return ((double)(tt_hash_mix(n->seed) >> 11) + 0.5) * 0x1p-53;
}

static double
normal(struct noise *n)
{
	return sqrt(-2 * log(uniform(n))) * cos(2 * M_PI * uniform(n));
}

/* Of mean 1 and a squared coefficient of variation (Marsaglia and Tsang 2000). */
static double
gamma_of_one(struct noise *n, double variation)
{
	double shape = 1 / variation, d, c;
	double boost = 1;

	if (shape < 1) {
		boost = pow(uniform(n), 1 / shape);
		shape += 1;
	}
	d = shape - 1.0 / 3;
	c = 1 / sqrt(9 * d);
	for (;;) {
		double x = normal(n), v = 1 + c * x;

		v = v * v * v;
		if (v > 0 && log(uniform(n)) < x * x / 2 + d - d * v + d * log(v))
			return d * v * boost * variation;
	}
}

static uint64_t
poisson(struct noise *n, double mean)
{
	double product = 1, least;
	uint64_t count = 0;

	if (mean > LARGE) {
		double value = mean + sqrt(mean) * normal(n) + 0.5;

		return value > 0 ? (uint64_t)value : 0;
	}
	least = exp(-mean);
	while ((product *= uniform(n)) > least)
		count++;
	return count;
}

static double
cycle(const struct noise *n)
{
	double day = n->hour % DAY_HOURS, week = n->hour % WEEK_HOURS / DAY_HOURS;
	double by_day = 1 + n->p->daily * cos(2 * M_PI * (day - 14) / DAY_HOURS);

	return by_day * (week >= 5 ? 1 - n->p->weekly : 1);
}

static double
space(const struct noise *n)
{
	return n->p->growth_of_space > 0 && n->hour >= HALF_HOURS + WEEK_HOURS
			? n->p->growth_of_space
			: 1;
}

static bool
rises(const struct noise *n)
{
	return n->p->rise_hours > 0 && n->hour >= HALF_HOURS
			&& n->hour < HALF_HOURS + n->p->rise_hours;
}

/* Packets of one source: a median of one to each address, now and then many more. */
static double
burst_size(struct noise *n)
{
	return NOISE_ADDRESSES * space(n) * exp(normal(n));
}

/* What is sent in this hour of what is left. */
static double
part(double *left, int *hours)
{
	double now;

	if (*hours <= 0)
		return 0;
	now = *left / *hours;
	*left -= now;
	(*hours)--;
	return now;
}

static void
put(struct noise *n, int32_t port, uint64_t packets)
{
	if (packets > 0)
		n->rows[n->n_rows++] = (struct tt_watch_row){
				{TT_PROTO_TCP, port}, packets};
}

static void
draw_target(struct noise *n, unsigned i, double seen)
{
	const struct noise_profile *p = n->p;
	double mean = pow(10, i / NOISE_EACH) * cycle(n) * space(n);

	n->level[i] = WANDER_KEPT * n->level[i]
			+ p->wander * sqrt(1 - WANDER_KEPT * WANDER_KEPT) * normal(n);
	mean *= exp(n->level[i]);
	if (p->growth > 0)
		mean *= pow(p->growth, n->hour / (28.0 * DAY_HOURS));
	if (p->overdispersion > 0)
		mean *= gamma_of_one(n, p->overdispersion);
	if (rises(n))
		mean = mean * p->rise + p->rise_by * NOISE_ADDRESSES / DAY_HOURS;
	if (uniform(n) < p->bursts / DAY_HOURS) {
		n->burst[i] = burst_size(n);
		n->burst_hours[i] = 1 + (int)(3 * uniform(n) * uniform(n));
	}
	mean += part(&n->burst[i], &n->burst_hours[i]);
	put(n, (int32_t)i + 1, poisson(n, mean * seen));
}

static void
begin_sweep(struct noise *n, bool slow)
{
	unsigned i = (unsigned)(uniform(n) * uniform(n) * NOISE_SWEPT);

	n->sweep[i] = NOISE_ADDRESSES * space(n) * (1 + floor(3 * uniform(n)));
	n->sweep_hours[i] = slow ? DAY_HOURS : 1 + (int)(3 * uniform(n) * uniform(n));
	n->sweep_end[i][1] = n->sweep_end[i][0] < n->hour ? n->sweep_end[i][0] : n->hour;
	n->sweep_end[i][0] = n->hour + n->sweep_hours[i];
}

static void
draw(struct noise *n, double seen)
{
	n->n_rows = 0;
	for (unsigned i = 0; i < NOISE_TARGETS; i++)
		draw_target(n, i, seen);
	for (uint64_t k = poisson(n, n->p->sweeps / DAY_HOURS); k > 0; k--)
		begin_sweep(n, false);
	for (uint64_t k = poisson(n, n->p->slow_sweeps / DAY_HOURS); k > 0; k--)
		begin_sweep(n, true);
	for (unsigned i = 0; i < NOISE_SWEPT; i++)
		if (n->sweep_hours[i] > 0)
			put(n, SWEPT_PORT + (int32_t)i,
					poisson(n,
							part(&n->sweep[i],
									&n->sweep_hours[i])
									* seen));
}

/* How much of the hour is observed, 0 to 1. */
static double
observed(struct noise *n)
{
	if (n->outage_hours == 0 && uniform(n) < n->p->outages / WEEK_HOURS)
		n->outage_hours = 1 + (int)(12 * uniform(n));
	if (n->outage_hours == 0)
		return 1;
	n->outage_hours--;
	return n->outage_hours == 0 ? uniform(n) : 0;
}

static int
say(void *context, const struct tt_watch_line *line, struct tt_error *err)
{
	struct noise *n = context;
	int32_t port = line->name.target;
	bool swept = port >= SWEPT_PORT;
	int i = swept ? 0 : port - 1;

	if (line->ends)
		return 0;
	if (!swept && n->hour >= HALF_HOURS && n->p->rise_hours > 0) {
		if (!n->found[i] && rises(n)) {
			n->found[i] = true;
			n->result->found++;
			n->result->delay_hours += n->hour - HALF_HOURS + 1;
		}
		return 0;
	}
	n->result->surges[n->hour >= HALF_HOURS][swept ? NOISE_RATES : i / NOISE_EACH]++;
	return 0;
}

/* Of sweeps, each is one source; of other targets, what they have is from many. */
static void
sources(void *context, const struct tt_watch_questions *questions)
{
	const struct noise *n = context;
	int start = n->hour + 1 - TT_PAST_DAY_HOURS;

	for (size_t k = 0; k < questions->n; k++) {
		struct tt_watch_question *q = &questions->all[k];
		int i = q->name.target - SWEPT_PORT;

		q->sources = i < 0 ? TT_WATCH_SOURCES_UNKNOWN
				   : (uint64_t)(n->sweep_end[i][0] > start)
						+ (n->sweep_end[i][1] > start);
	}
}

static int
hour(struct noise *n, struct tt_watch *w, struct tt_error *err)
{
	double seen = observed(n);
	int64_t start_us = (FIRST_HOUR + n->hour) * TT_HOUR_US;
	const struct tt_watch_interval i = {start_us, start_us + TT_HOUR_US,
			(int64_t)(seen * (double)TT_HOUR_US),
			(int64_t)(NOISE_ADDRESSES * space(n)), n->rows, 0, "noise"};
	struct tt_watch_interval drawn = i;

	if (seen <= 0)
		return 0;
	draw(n, seen);
	drawn.n = n->n_rows;
	return tt_watch_count(w, &drawn, err);
}

int
noise_run(const struct noise_profile *profile, const struct tt_watch_options *options,
		unsigned weeks, uint64_t seed, struct noise_result *result)
{
	struct noise *n = calloc(1, sizeof(*n));
	struct tt_watch w;
	struct tt_error err = {0};
	int ret = 0;

	if (n == NULL)
		return -1;
	n->p = profile;
	n->seed = tt_hash_mix(seed + 1);
	n->result = result;
	tt_watch_init(&w, "noise", options);
	w.say = say;
	w.sources = sources;
	w.context = n;
	for (; ret == 0 && n->hour < (int)weeks * WEEK_HOURS; n->hour++)
		ret = hour(n, &w, &err);
	tt_watch_fini(&w);
	free(n);
	return ret;
}
