/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_compact_private.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* Words behind those that files have, of each table that a store takes. */
static const enum tt_store_op bits_only[] = {TT_STORE_MAX};
static const enum tt_store_op counter_only[] = {TT_STORE_NONE};
static const enum tt_store_op of_source[] = {
		TT_STORE_MAX, TT_STORE_NONE, TT_STORE_NONE, TT_STORE_NONE, TT_STORE_NONE};

static const struct {
	enum tt_table table;
	const enum tt_store_op *more; /* [n_more] */
	unsigned n_more;
} stored[] = {
		{TT_TABLE_TARGETS, counter_only, 1},
		{TT_TABLE_IPV6_TARGETS, NULL, 0},
		{TT_TABLE_COUNTRIES, counter_only, 1},
		{TT_TABLE_SOURCES, of_source, TT_ARRAY_SIZE(of_source)},
		{TT_TABLE_TALKERS, NULL, 0},
		{TT_TABLE_SOURCE_PORTS, NULL, 0},
		{TT_TABLE_DESTINATIONS, counter_only, 1},
		{TT_TABLE_BACKSCATTER, counter_only, 1},
		{TT_TABLE_VICTIMS, bits_only, 1},
		{TT_TABLE_FINGERPRINTS, counter_only, 1},
		{TT_TABLE_SOURCE_FINGERPRINTS, NULL, 0},
		{TT_TABLE_DISTRIBUTIONS, NULL, 0},
		{TT_TABLE_PAIRS, bits_only, 1},
		{TT_TABLE_CONTACTS, bits_only, 1},
};

static void
init_store(struct tt_compact *c, unsigned i, uint64_t seed)
{
	enum tt_table table = stored[i].table;
	struct tt_layout *l = &c->layouts[table];
	enum tt_store_op ops[TT_STORE_VALUES];
	unsigned n = 0;

	tt_layout_make(l, table);
	for (; n < l->n_values; n++)
		ops[n] = l->values[n].op;
	for (unsigned k = 0; k < stored[i].n_more; k++)
		ops[n++] = stored[i].more[k];
	tt_store_init(&c->stores[table], l->n_keys, ops, n, seed);
}

static int
init(struct tt_compact *c)
{
	uint64_t seed = 0;

	/* Results never depend on it; without one, keys that meet could be chosen. */
	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uint64_t)(uintptr_t)c;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(stored); i++) {
		struct tt_heavy *heavy = tt_compact_heavy(c, stored[i].table);

		init_store(c, i, seed);
		if (heavy != NULL)
			tt_heavy_init(heavy, &c->layouts[stored[i].table], seed);
	}
	tt_compact_units_init(&c->units, seed);
	c->packer.rules = &c->rules;
	c->packer.units = &c->units;
	c->batch = malloc(sizeof(*c->batch));
	c->addresses = malloc(sizeof(*c->addresses));
	c->first_time = calloc(TT_COMPACT_NUMBERS / 64, sizeof(*c->first_time));
	if (c->batch == NULL || c->addresses == NULL || c->first_time == NULL)
		return tt_compact_no_memory(c);
	return 0;
}

static void
free_rows(struct tt_compact *c)
{
	for (size_t i = 0; i < c->n_entered; i++) {
		free(c->entered[i].port);
		free(c->entered[i].reason);
	}
	for (unsigned i = 0; i < c->rules.n; i++)
		free(c->rules.all[i].title);
	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		tt_store_fini(&c->stores[i]);
		free(c->sorted[i]);
	}
	tt_store_fini(&c->heavy[0].others);
	tt_store_fini(&c->heavy[1].others);
	free(c->parts);
	free(c->entered);
	free(c->covered);
	free(c->kept);
}

static void
fini(struct tt_compact *c)
{
	free_rows(c);
	tt_compact_packer_fini(&c->packer);
	tt_compact_units_fini(&c->units);
	tt_sketches_fini(&c->sketches);
	tt_compact_signatures_fini(&c->signatures);
	tt_packets_fini(&c->packets);
	tt_prefix_set_fini(&c->monitored);
	tt_manifest_fini(&c->manifest);
	free(c->monitored_list);
	free(c->batch);
	free(c->addresses);
	free(c->first_time);
}

int
tt_compact_sort(struct tt_compact *c, enum tt_table table)
{
	const struct tt_store *s = &c->stores[table];
	struct tt_sort_item *scratch;

	free(c->sorted[table]);
	c->sorted[table] = calloc((size_t)s->n + 1, sizeof(*scratch));
	scratch = malloc(((size_t)s->n + 1) * sizeof(*scratch));
	if (c->sorted[table] == NULL || scratch == NULL) {
		free(scratch);
		return tt_compact_no_memory(c);
	}
	tt_store_sort(s, c->layouts[table].by_address, c->sorted[table], scratch);
	free(scratch);
	return 0;
}

void
tt_compact_name_part(struct tt_compact *c, const struct tt_snapshot *part)
{
	if (c->err != NULL && strchr(c->err->where, '/') == NULL)
		tt_error_at(c->err, "%s", part->path);
}

static int
read_all(struct tt_compact *c)
{
	const struct tt_compact_job *job = c->job;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < job->n_parts; i++) {
		struct tt_snapshot *part;

		ret = tt_snapshot_open(&part, c->parts[i].path, c->err);
		if (ret != 0)
			return ret;
		ret = tt_compact_check_large(c, part);
		if (ret == 0)
			ret = tt_compact_read(c, part);
		if (ret != 0)
			tt_compact_name_part(c, part);
		tt_snapshot_close(part);
		if (ret == 0 && job->progress != NULL)
			job->progress(job->context, i + 1, job->n_parts);
	}
	return ret;
}

static void
fill_result(const struct tt_compact *c)
{
	const struct tt_manifest *m = &c->manifest;
	struct tt_compact_result *r = c->result;

	r->packets = m->packets;
	r->uniq_src_ip = m->uniq_src_ip;
	r->pair_rows_one_in = m->pair_rows_one_in;
	r->contact_rows_one_in = m->contact_rows_one_in;
	r->heavy_cut = c->heavy[0].cut.keys + c->heavy[1].cut.keys;
	for (size_t i = 0; i < c->n_covered; i++)
		r->sensors += i == 0
				|| strcmp(c->covered[i].origin, c->covered[i - 1].origin)
						!= 0;
	for (unsigned i = 0; i < TT_N_TABLES; i++)
		r->bytes += (uint64_t)m->files[i].bytes;
}

int
tt_compact_merge(const struct tt_compact_job *job, int dir_fd,
		struct tt_compact_result *result, struct tt_error *err)
{
	struct tt_compact_job with_limits = *job;
	struct tt_compact *c = calloc(1, sizeof(*c));
	int ret;

	TT_ASSERT(job->n_parts > 0);
	if (c == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	if (job->pair_rows == 0)
		with_limits.pair_rows = TT_COMPACT_PAIR_ROWS;
	if (job->contact_rows == 0)
		with_limits.contact_rows = TT_COMPACT_CONTACT_ROWS;
	if (job->heavy_rows == 0)
		with_limits.heavy_rows = TT_COMPACT_HEAVY_ROWS;
	*result = (struct tt_compact_result){0};
	c->job = &with_limits;
	c->result = result;
	c->err = err;
	ret = init(c);
	if (ret == 0)
		ret = tt_compact_plan(c);
	/* Whoever says what failed says of what. */
	result->start_us = c->manifest.start_us;
	result->end_us = c->manifest.end_us;
	if (ret == 0)
		ret = read_all(c);
	if (ret == 0)
		ret = tt_compact_enter_ipv6(c);
	if (ret == 0)
		ret = tt_compact_check_totals(c);
	if (ret == 0)
		ret = tt_compact_uniques(c);
	if (ret == 0)
		ret = tt_compact_signatures_end(&c->signatures, err);
	if (ret == 0)
		ret = tt_compact_write(c, dir_fd);
	if (ret == 0)
		fill_result(c);
	fini(c);
	free(c);
	return ret;
}
