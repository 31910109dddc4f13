/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: who sends the packets of a component. Each country of it is a group with its
 * share of the packets and of the hosts, and Zipf weights of its own. The hosts of a group are
 * the first n members of a random order of the country's pool (tt_pool.h): distinct by
 * construction, and the same for every component that names the same set of hosts. One bit per
 * host says whether it has sent, so that the number of distinct sources is known exactly.
 */
#ifndef TT_SOURCES_H
#define TT_SOURCES_H

#include "tt_permute.h"
#include "tt_pool.h"
#include "tt_profile.h"
#include "tt_weights.h"

/* The pools of one IP version. */
struct tt_source_family {
	struct tt_pool any;
	struct tt_pool *countries; /* [n_countries] */
};

/* The pools that a profile needs, for all of its components. */
struct tt_source_pools {
	struct tt_source_family v4, v6; /* v6 is empty where no component needs it */
	unsigned n_countries;
	int index[TT_N_COUNTRIES]; /* country → countries[], or -1 */
	bool has_database; /* else everything comes from `any` */
};

int tt_source_pools_init(struct tt_source_pools *pools, const struct tt_profile *profile,
		const struct tt_geo *geo) TT_MUST_CHECK;
void tt_source_pools_fini(struct tt_source_pools *pools);

struct tt_source_group {
	uint64_t until; /* the group takes the values of the sequence up to this one */
	uint64_t *hosts; /* [n_hosts], heaviest first; NULL: a new one for every packet */
	uint64_t *has_sent; /* bits by host */
	uint64_t n_hosts;
	struct tt_weights weights;
	const struct tt_pool *pool;
	struct tt_permute order;
	uint64_t n_new; /* position of the next new host */
	bool went_round; /* all of the pool have sent */
};

struct tt_sources {
	struct tt_source_group *groups; /* [n_groups] */
	unsigned n_groups;
	/* Multiples of the golden ratio modulo 1, in 2^-64; or, where the shares are numbers of
	 * packets, multiples of a step near it modulo their sum, which visit each number once. */
	uint64_t sequence, step;
	uint64_t modulus; /* 0 is 2^64 */
};

/* packets: that will be drawn; where the shares sum up to it, each country sends exactly its
 * share. seed: of the set of hosts; sequence: where the sequence of countries begins. Returns 0,
 * -ENOMEM, or -EINVAL with err->why. */
int tt_sources_init(struct tt_sources *s, const struct tt_profile_component *c,
		const struct tt_source_pools *pools, uint64_t packets, uint64_t seed,
		uint64_t sequence, struct tt_error *err) TT_MUST_CHECK;
void tt_sources_fini(struct tt_sources *s);

/*
 * Counts the distinct sources drawn so far. *n is -1 where that is not known: new hosts of a
 * country and of `any`, which may be the same ones. Takes 8 bytes per host for a while where
 * there are several groups. Returns 0 or -ENOMEM.
 */
int tt_sources_distinct(const struct tt_sources *s, int64_t *n) TT_MUST_CHECK;

static inline uint64_t
tt_source_group_draw(struct tt_source_group *g, struct tt_rng *rng)
{
	uint64_t i;

	if (g->hosts != NULL) {
		i = tt_weights_draw(&g->weights, rng);
		g->has_sent[i / 64] |= UINT64_C(1) << i % 64;
		return g->hosts[i];
	}
	i = g->n_new++;
	if (g->n_new == g->pool->size) {
		g->n_new = 0; /* every host has sent once: begin again */
		g->went_round = true;
	}
	return tt_pool_at(g->pool, tt_permute_at(&g->order, i));
}

/* The next source: an IPv4 address, or an IPv6 network. */
static inline uint64_t
tt_sources_draw(struct tt_sources *s, struct tt_rng *rng)
{
	struct tt_source_group *g = s->groups;

	s->sequence += s->step;
	if (s->modulus != 0 && s->sequence >= s->modulus)
		s->sequence -= s->modulus;
	while (s->sequence > g->until)
		g++;
	return tt_source_group_draw(g, rng);
}

#endif
