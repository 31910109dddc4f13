/* SPDX-License-Identifier: BSD-3-Clause */
/* How often a watch tells of noise, and how soon of a rise: bench_watch [RUNS [PROFILE]]. docs/watch.md has what it printed. */
#include "watch_noise.h"

#include <stdio.h>
#include <string.h>

#define WEEKS  8
#define MONTHS 1.0 /* of four weeks in each half of a run */

static const struct noise_profile profiles[] = {
		{.name = "chance alone"},
		{.name = "cycles of day and week", .daily = 0.6, .weekly = 0.4},
		{.name = "steep cycle of a day", .daily = 0.95, .weekly = 0.2},
		{.name = "hours vary by half", .overdispersion = 0.25},
		{.name = "hours vary by themselves", .overdispersion = 1},
		{.name = "a level that wanders", .wander = 0.3},
		{.name = "a burst a month and target", .bursts = 1 / 28.0},
		{.name = "a burst a week and target", .bursts = 1 / 7.0},
		{.name = "a burst a day and target", .bursts = 1},
		{.name = "twice as much in four weeks", .growth = 2, .daily = 0.3},
		{.name = "half as much in four weeks", .growth = 0.5, .daily = 0.3},
		{.name = "outages", .outages = 3, .daily = 0.5},
		{.name = "addresses doubled", .growth_of_space = 2, .daily = 0.5},
		{.name = "addresses halved", .growth_of_space = 0.5, .daily = 0.5},
		{.name = "40 sweeps of quiet targets a day", .sweeps = 40},
		{.name = "10 of them a day long", .slow_sweeps = 10},
		{.name = "all of it",
				.daily = 0.5,
				.weekly = 0.3,
				.overdispersion = 0.1,
				.wander = 0.2,
				.bursts = 1 / 14.0,
				.sweeps = 40,
				.outages = 1,
				.growth = 1.2},
};

static const struct noise_profile rises[] = {
		{.name = "1 a day and address, 5 days",
				.rise = 1,
				.rise_by = 1,
				.rise_hours = 120},
		{.name = "half as much again, 5 days",
				.rise = 1.5,
				.rise_hours = 120,
				.daily = 0.5,
				.wander = 0.1},
		{.name = "twice as much, 5 days",
				.rise = 2,
				.rise_hours = 120,
				.daily = 0.5,
				.wander = 0.2,
				.overdispersion = 0.1},
		{.name = "ten times as much, 6 hours",
				.rise = 10,
				.rise_hours = 6,
				.daily = 0.5,
				.wander = 0.2,
				.overdispersion = 0.1},
		{.name = "20 a day and address, a day, bursts",
				.rise = 1,
				.rise_by = 20,
				.rise_hours = 24,
				.bursts = 1 / 7.0},
};

static int
run_all(const struct noise_profile *p, unsigned runs, struct noise_result *r)
{
	const struct tt_watch_options options = TT_WATCH_DEFAULTS;

	*r = (struct noise_result){0};
	for (unsigned i = 0; i < runs; i++)
		if (noise_run(p, &options, p->rise_hours > 0 ? 5 : WEEKS, i, r) != 0)
			return -1;
	return 0;
}

static int
print_noise(const struct noise_profile *p, unsigned runs)
{
	struct noise_result r;

	if (run_all(p, runs, &r) != 0)
		return 1;
	printf("%-34s", p->name);
	for (unsigned half = 0; half < 2; half++) {
		for (unsigned i = 0; i <= NOISE_RATES; i++)
			printf(" %7.2f", (double)r.surges[half][i] / (runs * MONTHS));
		printf(half == 0 ? " |" : "\n");
	}
	return 0;
}

static int
print_rise(const struct noise_profile *p, unsigned runs)
{
	struct noise_result r;

	if (run_all(p, runs, &r) != 0)
		return 1;
	printf("%-34s %5.1f %% found, after %.1f hours\n", p->name,
			100.0 * (double)r.found / (runs * NOISE_TARGETS),
			r.found == 0 ? 0 : r.delay_hours / (double)r.found);
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned runs = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 4;
	const char *name = argc > 2 ? argv[2] : "";
	int status = 0;

	runs = runs == 0 ? 1 : runs;
	printf("alerts in a month of a sensor, %d targets of each rate, packets an hour: the first month | the "
	       "next\n%-34s",
			NOISE_EACH, "");
	for (unsigned half = 0; half < 2; half++)
		printf(" %7d %7d %7d %7d %7d %7s%s", 1, 10, 100, 1000, 10000, "quiet",
				half == 0 ? " |" : "\n");
	for (size_t i = 0; i < TT_ARRAY_SIZE(profiles); i++)
		if (strstr(profiles[i].name, name) != NULL)
			status |= print_noise(&profiles[i], runs);
	for (size_t i = 0; i < TT_ARRAY_SIZE(rises); i++)
		if (strstr(rises[i].name, name) != NULL)
			status |= print_rise(&rises[i], runs);
	return status;
}
