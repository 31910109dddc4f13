/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sources.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* Gives every country that the profile names a number. */
static void
number_countries(struct tt_source_pools *pools, const struct tt_profile *profile)
{
	for (unsigned i = 0; i < TT_N_COUNTRIES; i++)
		pools->index[i] = -1;
	for (unsigned i = 0; i < profile->n_components; i++) {
		const struct tt_profile_component *c = &profile->components[i];

		for (unsigned j = 0; j < c->n_shares; j++) {
			tt_country country = tt_country_parse(c->shares[j].country);

			if (country != TT_COUNTRY_UNKNOWN && pools->index[country] < 0)
				pools->index[country] = (int)pools->n_countries++;
		}
	}
}

static int
init_family(struct tt_source_family *f, unsigned ip_version,
		const struct tt_source_pools *pools, const struct tt_profile *profile,
		const struct tt_geo *geo)
{
	int ret = tt_pool_public(&f->any, ip_version, &profile->monitored);

	if (ret != 0 || pools->n_countries == 0)
		return ret;
	f->countries = calloc(pools->n_countries, sizeof(*f->countries));
	if (f->countries == NULL)
		return -ENOMEM;
	if (ip_version == 4)
		return tt_pool_countries4(f->countries, pools->index, geo, &f->any);
	return tt_pool_countries6(f->countries, pools->index, geo, &f->any);
}

static bool
has_version(const struct tt_profile *profile, unsigned ip_version)
{
	for (unsigned i = 0; i < profile->n_components; i++)
		if (profile->components[i].ip_version == ip_version)
			return true;
	return false;
}

int
tt_source_pools_init(struct tt_source_pools *pools, const struct tt_profile *profile,
		const struct tt_geo *geo)
{
	int ret = 0;

	memset(pools, 0, sizeof(*pools));
	pools->has_database = geo != NULL && strcmp(geo->identity, "none") != 0;
	if (pools->has_database)
		number_countries(pools, profile);
	if (has_version(profile, 4))
		ret = init_family(&pools->v4, 4, pools, profile, geo);
	if (ret == 0 && has_version(profile, 6))
		ret = init_family(&pools->v6, 6, pools, profile, geo);
	return ret;
}

static void
fini_family(struct tt_source_family *f, unsigned n_countries)
{
	for (unsigned i = 0; f->countries != NULL && i < n_countries; i++)
		tt_pool_fini(&f->countries[i]);
	free(f->countries);
	tt_pool_fini(&f->any);
}

void
tt_source_pools_fini(struct tt_source_pools *pools)
{
	fini_family(&pools->v4, pools->n_countries);
	fini_family(&pools->v6, pools->n_countries);
}

/* Cuts `sources` hosts into the groups' parts: one each, the rest by share. */
static void
share_hosts(struct tt_source_group *groups, const struct tt_profile_share *shares,
		unsigned n, int64_t sources)
{
	double sum = 0, part = 0;
	int64_t rest = sources - n, done = 0;

	for (unsigned i = 0; i < n; i++)
		sum += shares[i].weight;
	for (unsigned i = 0; i < n; i++) {
		int64_t until;

		part += shares[i].weight;
		until = i + 1 == n ? rest : (int64_t)(part / sum * (double)rest);
		groups[i].n_hosts = sources == 0 ? 0 : (uint64_t)(1 + until - done);
		groups[i].until = i + 1 == n || part >= sum
				? UINT64_MAX
				: (uint64_t)(part / sum * 18446744073709549568.0);
		done = until;
	}
}

static uint64_t
greatest_common_divisor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* The number closest to n over the golden ratio that has no divisor in common with n. */
static uint64_t
golden_step(uint64_t n)
{
	uint64_t middle = (uint64_t)((unsigned __int128)n * TT_GOLDEN >> 64);
	uint64_t away = 0;

	if (n <= 2)
		return 1;
	while (greatest_common_divisor(middle - away, n) != 1
			&& greatest_common_divisor(middle + away, n) != 1)
		away++;
	return greatest_common_divisor(middle - away, n) == 1 ? middle - away
							      : middle + away;
}

/* Shares that are whole and sum up to the packets are numbers of packets: the sequence then
 * runs through 0 to packets - 1, and each country takes as many of these as it sends. */
static void
count_out(struct tt_sources *s, const struct tt_profile_share *shares, uint64_t packets)
{
	uint64_t done = 0;
	double sum = 0;

	for (unsigned i = 0; i < s->n_groups; i++) {
		if (shares[i].weight != floor(shares[i].weight))
			return;
		sum += shares[i].weight;
	}
	if (packets == 0 || sum != (double)packets)
		return;
	s->modulus = packets;
	s->step = golden_step(packets);
	s->sequence %= packets;
	for (unsigned i = 0; i < s->n_groups; i++) {
		done += (uint64_t)shares[i].weight;
		s->groups[i].until = done - 1;
	}
}

static int
find_pool(struct tt_source_group *g, const char *country, unsigned ip_version,
		const struct tt_source_pools *pools, struct tt_error *err)
{
	const struct tt_source_family *f = ip_version == 4 ? &pools->v4 : &pools->v6;
	tt_country number = tt_country_parse(country);

	g->pool = &f->any;
	if (pools->has_database && country[0] != '\0') {
		int i = number == TT_COUNTRY_UNKNOWN ? -1 : pools->index[number];

		if (i < 0)
			return tt_error_set(err, -EINVAL, NULL, "there is no country %s",
					country);
		g->pool = &f->countries[i];
	}
	if (g->pool->size == 0 || g->pool->size < g->n_hosts)
		return tt_error_set(err, -EINVAL, NULL,
				"%llu sources are wanted from %s, which has %llu %s",
				(unsigned long long)(g->n_hosts == 0 ? 1 : g->n_hosts),
				country[0] == '\0' ? "anywhere" : country,
				(unsigned long long)g->pool->size,
				ip_version == 4 ? "addresses" : "IPv6 networks");
	return 0;
}

static int
init_group(struct tt_source_group *g, const struct tt_profile_component *c,
		const char *country, const struct tt_source_pools *pools, uint64_t seed,
		struct tt_error *err)
{
	int ret = find_pool(g, country, c->ip_version, pools, err);

	if (ret != 0)
		return ret;
	tt_permute_init(&g->order, g->pool->size,
			tt_hash_3(seed, (uint8_t)country[0], (uint8_t)country[1]));
	if (g->n_hosts == 0)
		return 0;
	g->hosts = malloc(g->n_hosts * sizeof(*g->hosts));
	g->has_sent = calloc(g->n_hosts / 64 + 1, sizeof(*g->has_sent));
	if (g->hosts == NULL || g->has_sent == NULL
			|| tt_weights_init(&g->weights, (uint32_t)g->n_hosts, c->zipf)
					!= 0)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	for (uint64_t i = 0; i < g->n_hosts; i++)
		g->hosts[i] = tt_pool_at(g->pool, tt_permute_at(&g->order, i));
	return 0;
}

int
tt_sources_init(struct tt_sources *s, const struct tt_profile_component *c,
		const struct tt_source_pools *pools, uint64_t packets, uint64_t seed,
		uint64_t sequence, struct tt_error *err)
{
	static const struct tt_profile_share anywhere = {.weight = 1};
	const struct tt_profile_share *shares = pools->has_database ? c->shares
								    : &anywhere;
	int ret = 0;

	*s = (struct tt_sources){.sequence = sequence, .step = TT_GOLDEN};
	s->n_groups = pools->has_database ? c->n_shares : 1;
	s->groups = calloc(s->n_groups, sizeof(*s->groups));
	if (s->groups == NULL) {
		s->n_groups = 0;
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	}
	share_hosts(s->groups, shares, s->n_groups, c->sources);
	count_out(s, shares, packets);
	for (unsigned i = 0; ret == 0 && i < s->n_groups; i++)
		ret = init_group(&s->groups[i], c, shares[i].country, pools, seed, err);
	return ret;
}

void
tt_sources_fini(struct tt_sources *s)
{
	for (unsigned i = 0; i < s->n_groups; i++) {
		free(s->groups[i].hosts);
		free(s->groups[i].has_sent);
		tt_weights_fini(&s->groups[i].weights);
	}
	free(s->groups);
}

static bool
has_sent(const struct tt_source_group *g, uint64_t i)
{
	return g->has_sent[i / 64] >> i % 64 & 1;
}

static int
compare_hosts(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int64_t
distinct_new(const struct tt_sources *s)
{
	const struct tt_source_group *g = s->groups;

	if (s->n_groups > 1)
		return -1;
	return (int64_t)(g->went_round ? g->pool->size : g->n_new);
}

int
tt_sources_distinct(const struct tt_sources *s, int64_t *n)
{
	uint64_t *hosts, n_hosts = 0, n_sent = 0;

	if (s->groups[0].hosts == NULL) {
		*n = distinct_new(s);
		return 0;
	}
	for (unsigned i = 0; i < s->n_groups; i++)
		n_hosts += s->groups[i].n_hosts;
	hosts = malloc(n_hosts * sizeof(*hosts));
	if (hosts == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < s->n_groups; i++)
		for (uint64_t k = 0; k < s->groups[i].n_hosts; k++)
			if (has_sent(&s->groups[i], k))
				hosts[n_sent++] = s->groups[i].hosts[k];
	if (s->n_groups > 1) /* one of `any` may be one of a country's */
		qsort(hosts, n_sent, sizeof(*hosts), compare_hosts);
	*n = 0;
	for (uint64_t k = 0; k < n_sent; k++)
		*n += k == 0 || hosts[k] != hosts[k - 1];
	free(hosts);
	return 0;
}
