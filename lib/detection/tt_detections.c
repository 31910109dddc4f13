/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hits stand in buckets of eight, each in one of two (tt_detections_slots.h): the first bucket overflows when the table
 * is three quarters full. No slot moves, so that a new hit costs the same at any time, and one that is no longer in the
 * sample can be replaced where it stands. None is given up: a slot that is taken stays so. Tags beside the hits say
 * which slot it is without reading the others (tt_detections_tags.h).
 *
 * Rules that count need many hits, for each source and second, and what is sampled of them is worth
 * little where windows are long; the sources of other rules are few beside that, and a sample says how
 * many there are. So those have three quarters of the table, where the rules are of both kinds.
 */
#include "tt_detections_private.h"

#include <errno.h>
#include <string.h>

/* Slots for the hits of rules that do not count. */
static uint64_t
plain_slots(uint64_t hits, const struct tt_rules *rules)
{
	if (rules->n_counting == 0)
		return hits;
	return rules->n_counting == rules->n ? 0 : hits / 4;
}

uint64_t
tt_detections_bytes(const struct tt_detections_config *c)
{
	return c->hits
			* (sizeof(struct tt_hit) + sizeof(uint16_t)
					+ sizeof(struct tt_detection_cell))
			+ TT_DETECTION_RULES_MAX * sizeof(uint64_t)
			+ TT_DETECTIONS_PUT_OFF * sizeof(struct tt_detection_match);
}

int
tt_detections_init(struct tt_detections *d, const struct tt_detections_config *config,
		struct tt_mem *mem, struct tt_error *err)
{
	TT_ASSERT(config->rules->n <= TT_DETECTION_RULES_MAX);
	if (config->hits < TT_HITS_MIN || config->hits > TT_HITS_MAX
			|| (config->hits & (config->hits - 1)) != 0)
		return tt_error_set(err, -EINVAL, "signature-hits",
				"must be a power of two from %d to %d", TT_HITS_MIN,
				TT_HITS_MAX);
	*d = (struct tt_detections){
			.config = *config,
			.place = tt_hash_seed_of(config->seed),
			.n_hits = config->hits,
			.n_plain = plain_slots(config->hits, config->rules),
			.n_cells = config->hits,
			.mem = mem,
	};
	d->hits = tt_mem_alloc(mem, d->n_hits * sizeof(*d->hits), "signatures");
	d->tags = tt_mem_alloc(mem, d->n_hits * sizeof(*d->tags), "signatures");
	d->cells = tt_mem_alloc(mem, d->n_cells * sizeof(*d->cells), "signatures");
	d->rest = tt_mem_alloc(
			mem, TT_DETECTION_RULES_MAX * sizeof(*d->rest), "signatures");
	d->put_off = tt_mem_alloc(
			mem, TT_DETECTIONS_PUT_OFF * sizeof(*d->put_off), "signatures");
	if (d->hits != NULL && d->tags != NULL && d->cells != NULL && d->rest != NULL
			&& d->put_off != NULL)
		return 0;
	tt_detections_fini(d);
	return tt_error_set(err, -ENOMEM, "signature-hits",
			"out of memory: %llu hits need %llu MiB a table set",
			(unsigned long long)config->hits,
			(unsigned long long)(tt_detections_bytes(config) >> 20));
}

void
tt_detections_fini(struct tt_detections *d)
{
	if (d->compact) {
		free(d->hits);
		free(d->cells);
		free(d->rest);
	} else if (d->mem != NULL) {
		tt_mem_free(d->mem, d->hits, d->n_hits * sizeof(*d->hits));
		tt_mem_free(d->mem, d->tags, d->n_hits * sizeof(*d->tags));
		tt_mem_free(d->mem, d->cells, d->n_cells * sizeof(*d->cells));
		tt_mem_free(d->mem, d->rest, TT_DETECTION_RULES_MAX * sizeof(*d->rest));
		tt_mem_free(d->mem, d->put_off,
				TT_DETECTIONS_PUT_OFF * sizeof(*d->put_off));
	}
	*d = (struct tt_detections){0};
}

void
tt_detections_reset(struct tt_detections *d)
{
	struct tt_detections clean = {
			.config = d->config,
			.place = d->place,
			.hits = d->hits,
			.tags = d->tags,
			.cells = d->cells,
			.rest = d->rest,
			.put_off = d->put_off,
			.n_hits = d->n_hits,
			.n_plain = d->n_plain,
			.n_cells = d->n_cells,
			.mem = d->mem,
	};

	if (d->any) {
		memset(d->hits, 0, d->n_hits * sizeof(*d->hits));
		memset(d->tags, 0, d->n_hits * sizeof(*d->tags));
		memset(d->cells, 0, d->n_cells * sizeof(*d->cells));
		memset(d->rest, 0, d->config.rules->n * sizeof(*d->rest));
	}
	*d = clean;
}

void
tt_detections_count_by(struct tt_detections *d, const struct tt_rules *rules)
{
	TT_ASSERT(!d->any && !d->compact && rules->n <= TT_DETECTION_RULES_MAX);
	d->config.rules = rules;
	d->n_plain = plain_slots(d->n_hits, rules);
}
