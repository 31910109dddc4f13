/* SPDX-License-Identifier: BSD-3-Clause */
/* Which targets and countries lead. */
#include "tt_series_private.h"

#include <errno.h>
#include <string.h>

/* What comes first of two names with equal counts: the lower one. */
typedef uint64_t (*order_fn)(const struct tt_observed_names *names, int32_t index);

/* The `leaders` indices of the greatest counts[n], greatest first, none of 0. Returns how many there are. */
static unsigned
choose(const struct tt_observed_names *names, order_fn order, const uint64_t *counts,
		size_t n, unsigned leaders, int32_t *chosen)
{
	unsigned k = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned at = k;

		if (counts[i] == 0 || (k == leaders && counts[i] < counts[chosen[k - 1]]))
			continue;
		while (at > 0
				&& (counts[i] > counts[chosen[at - 1]]
						|| (counts[i] == counts[chosen[at - 1]]
								&& order(names, (int32_t)i) < order(
										   names,
										   chosen[at - 1]))))
			at--;
		if (at == leaders)
			continue;
		k += k < leaders;
		memmove(&chosen[at + 1], &chosen[at], (k - 1 - at) * sizeof(*chosen));
		chosen[at] = (int32_t)i;
	}
	return k;
}

/* Packets of each target, from one country (-1: all), into counts. */
static void
count_targets(const struct tt_observation *now, int32_t country, uint64_t *counts)
{
	for (size_t i = 0; i < now->names->n_targets; i++)
		counts[i] = country < 0
				? tt_observation_target(now, (int32_t)i)
				: tt_observation_target_country(now, (int32_t)i, country);
}

static void
choose_countries(struct tt_series *series, const struct tt_observation *now,
		uint64_t *counts, unsigned leaders)
{
	struct tt_series *s = series;
	int32_t chosen[TT_SERIES_MAX];
	uint64_t packets[TT_OBSERVED_COUNTRIES];

	memcpy(packets, now->countries, sizeof(packets));
	for (size_t i = 0; i < now->names->n_countries; i++)
		if (now->names->countries[i][0] < 'A')
			packets[i] = 0;
	s->n_countries = choose(now->names, tt_observed_country_order, packets,
			now->names->n_countries, leaders, chosen);
	for (unsigned i = 0; i < s->n_countries; i++) {
		struct tt_series_country *c = &s->countries[i];

		c->country = chosen[i];
		count_targets(now, chosen[i], counts);
		c->n_targets = choose(now->names, tt_observed_target_order, counts,
				now->names->n_targets, leaders, c->targets);
	}
}

int
tt_series_choose(struct tt_series *series, const struct tt_observation *now,
		unsigned leaders)
{
	struct tt_series *s = series;
	size_t n = now->names->n_targets;
	uint64_t *counts = calloc(n + 1, sizeof(*counts));
	int32_t chosen[TT_SERIES_MAX];

	if (counts == NULL)
		return -ENOMEM;
	count_targets(now, -1, counts);
	s->n_targets = choose(
			now->names, tt_observed_target_order, counts, n, leaders, chosen);
	for (unsigned i = 0; i < s->n_targets; i++)
		s->targets[i].target = chosen[i];
	choose_countries(s, now, counts, leaders);
	free(counts);
	return 0;
}
