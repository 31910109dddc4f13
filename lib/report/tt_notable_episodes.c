/* SPDX-License-Identifier: BSD-3-Clause */
/* Episodes of a target: addresses that sent much of its packets on some days. */
#include "tt_notable_private.h"

/* A packet to each monitored address, or, where these are not in the rates, as many as make an episode. */
static double
one_sweep(const struct tt_notable *w, size_t first, size_t last)
{
	struct tt_address_time exposure = {0};
	double days = 0;

	for (size_t day = first; day <= last; day++) {
		tt_address_time_join(&exposure, w->cause.days[TT_CAUSE_NOW][day]);
		days += w->cause.days[TT_CAUSE_NOW][day].us > 0;
	}
	return w->cause.options.per_sensor || days == 0
			? TT_NOTABLE_PACKETS
			: tt_address_days(exposure) / days;
}

/* Finds the days of an address. Returns false where they are no episode. */
static bool
is_episode(const struct tt_notable *w, const struct tt_notable_target *t,
		const struct tt_cause_count *address, struct tt_episode *e)
{
	const struct tt_counts *addresses = &w->cause.addresses;
	const uint64_t *days = tt_counts_slices(addresses, address);
	uint64_t whole = w->cause.found[t->of].packets[TT_CAUSE_NOW];
	size_t n = 0;

	*e = (struct tt_episode){.address = address, .first = SIZE_MAX};
	for (size_t day = 0; day < addresses->n_slices; day++) {
		double all = (double)tt_notable_packets(w, t->of, day, day + 1);

		if (days[day] == 0 || (double)days[day] < TT_NOTABLE_EPISODE * all)
			continue;
		e->first = e->first == SIZE_MAX ? day : e->first;
		e->last = day;
		n++;
	}
	if (n == 0 || 2 * n < e->last - e->first + 1)
		return false;
	e->packets = tt_counts_sum(addresses, address, e->first, e->last + 1);
	e->share = (double)e->packets
			/ (double)tt_notable_packets(w, t->of, e->first, e->last + 1);
	return (double)e->packets >= TT_NOTABLE_EPISODE_WHOLE * (double)whole
			&& (double)e->packets >= one_sweep(w, e->first, e->last);
}

/* Does a have more packets than b, or as many and the lower address? */
static bool
goes_first(const struct tt_episode *a, const struct tt_episode *b)
{
	if (a->packets != b->packets)
		return a->packets > b->packets;
	if (a->address->hi != b->address->hi)
		return a->address->hi < b->address->hi;
	return a->address->lo < b->address->lo;
}

void
tt_notable_find_episodes(struct tt_notable *w, struct tt_notable_target *t)
{
	const struct tt_counts *addresses = &w->cause.addresses;

	for (size_t i = 0; i < addresses->n; i++) {
		struct tt_episode e;
		size_t at = t->n_episodes;

		if (addresses->all[i].of != t->of
				|| !is_episode(w, t, &addresses->all[i], &e))
			continue;
		while (at > 0 && goes_first(&e, &t->episodes[at - 1]))
			at--;
		if (at == TT_NOTABLE_EPISODES)
			continue;
		t->n_episodes += t->n_episodes < TT_NOTABLE_EPISODES;
		for (size_t k = t->n_episodes - 1; k > at; k--)
			t->episodes[k] = t->episodes[k - 1];
		t->episodes[at] = e;
	}
	for (size_t i = 0; i < t->n_episodes; i++)
		t->episodes[i].country = tt_cause_address_country(
				&w->cause, t->episodes[i].address);
}
