/* SPDX-License-Identifier: BSD-3-Clause */
/* Targets of one IP version or of both, and their rates. */
#include "tt_ranking.h"

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void
tt_ranking_choose_version(struct tt_ranking *r)
{
	size_t n = 0;

	r->packets = r->bytes = 0;
	for (size_t i = 0; i < r->n_ranks; i++) {
		struct tt_rank rank = r->ranks[i];

		/* A damaged snapshot may have more of IPv6 than in all. */
		if (r->ip_version == 6) {
			rank.packets = rank.ipv6_packets;
			rank.bytes = rank.ipv6_bytes;
		} else {
			rank.packets -= least(rank.packets, rank.ipv6_packets);
			rank.bytes -= least(rank.bytes, rank.ipv6_bytes);
		}
		rank.ipv6_packets = rank.ipv6_bytes = 0;
		r->packets += rank.packets;
		r->bytes += rank.bytes;
		if (rank.packets > 0)
			r->ranks[n++] = rank;
	}
	r->n_ranks = n;
}

bool
tt_ranking_tells_sources(const struct tt_ranking *ranking)
{
	return ranking->ip_version == 0
			|| !tt_version_is_ipv4(&ranking->over.address_time);
}

double
tt_ranking_rate(const struct tt_ranking *ranking, const struct tt_rank *rank)
{
	const struct tt_ranking_span *over = &ranking->over;

	if (ranking->ip_version != 6)
		return tt_version_rate(
				&over->address_time, rank->packets, rank->ipv6_packets);
	return tt_address_rate(rank->packets, tt_ranking_span_time(over, 6));
}

bool
tt_ranking_is_per_sensor(const struct tt_ranking *ranking)
{
	struct tt_rank all = {.packets = ranking->packets};
	double rate;

	for (size_t i = 0; i < ranking->n_ranks; i++)
		all.ipv6_packets += ranking->ranks[i].ipv6_packets;
	rate = tt_ranking_rate(ranking, &all);
	return rate > 0 && rate < TT_RATE_LEAST;
}

double
tt_ranking_sensor_rate(const struct tt_ranking *ranking, const struct tt_rank *rank)
{
	return tt_version_sensor_rate(rank->packets, ranking->over.observed_us);
}
