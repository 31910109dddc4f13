/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_rules_joined.h"

#include "tt_detections_private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
tt_rules_by_number(const void *a, const void *b)
{
	const struct tt_rule *x = a, *y = b;
	int order = tt_compare_u64(x->gid, y->gid);

	if (order == 0)
		order = tt_compare_u64(x->sid, y->sid);
	return order != 0 ? order : tt_compare_u64(x->rev, y->rev);
}

void
tt_rules_joined_fini(struct tt_rules *joined)
{
	free(joined->rules);
	*joined = (struct tt_rules){0};
}

/* Adds the set's rules to those of the sets before, which stand in order. */
static void
add_set(struct tt_rules *joined, const struct tt_rules *set)
{
	const unsigned before = joined->n;

	for (unsigned i = 0; i < set->n; i++) {
		struct tt_rule *known = bsearch(&set->rules[i], joined->rules, before,
				sizeof(*known), tt_rules_by_number);

		if (known == NULL)
			known = &joined->rules[joined->n++];
		*known = set->rules[i];
	}
	joined->n_counting = tt_rules_counting(joined->rules, joined->n);
	qsort(joined->rules, joined->n, sizeof(*joined->rules), tt_rules_by_number);
}

/* A name that no set has, and no other joined one. */
static void
name_joined(struct tt_rules *joined, const struct tt_rules *const *sets, unsigned n)
{
	uint64_t hash = n;

	for (unsigned i = 0; i < n; i++)
		for (const char *c = sets[i]->identity; *c != '\0'; c++)
			hash = tt_hash_mix(hash ^ (uint8_t)*c);
	snprintf(joined->identity, sizeof(joined->identity), "joined %016" PRIx64, hash);
}

int
tt_rules_join(struct tt_rules *joined, const struct tt_rules *const *sets, unsigned n,
		struct tt_error *err)
{
	size_t most = 1;

	for (unsigned i = 0; i < n; i++)
		most += sets[i]->n;
	*joined = (struct tt_rules){.rules = calloc(most, sizeof(*joined->rules))};
	if (joined->rules == NULL)
		return tt_error_set(err, -ENOMEM, "rules", "out of memory");
	for (unsigned i = 0; i < n; i++)
		add_set(joined, sets[i]);
	name_joined(joined, sets, n);
	if (joined->n <= TT_DETECTION_RULES_MAX)
		return 0;
	most = joined->n;
	tt_rules_joined_fini(joined);
	return tt_error_set(err, -E2BIG, "rules",
			"%zu rules of sets in use at once are more than %d", most,
			TT_DETECTION_RULES_MAX);
}

static uint32_t
place_of(const struct tt_rules *joined, const struct tt_rule *rule)
{
	const struct tt_rule *found = bsearch(rule, joined->rules, joined->n,
			sizeof(*found), tt_rules_by_number);

	TT_ASSERT(found != NULL);
	return (uint32_t)(found - joined->rules);
}

/* Where a rule is of another kind, its hits are of the sample of either. */
static void
turn_shifts(struct tt_detections *d, const struct tt_rules *joined,
		const uint32_t *places)
{
	const struct tt_rules *from = d->config.rules;
	const unsigned most = d->shift[0] > d->shift[1] ? d->shift[0] : d->shift[1];

	for (uint32_t i = 0; i < from->n; i++)
		if (tt_hit_kind_of(&from->rules[i])
				!= tt_hit_kind_of(&joined->rules[places[i]]))
			d->shift[0] = d->shift[1] = most;
}

/* What a hit is told apart by may be more than it was counted with. */
static void
turn_hits(struct tt_detections *d, const struct tt_rules *joined, const uint32_t *places)
{
	for (uint64_t i = 0; i < d->n_hits; i++) {
		struct tt_hit *h = &d->hits[i];

		h->rule = (uint16_t)places[h->rule];
		if (h->second == 0
				&& joined->rules[h->rule].count.type
						!= TT_RULE_COUNT_NONE)
			h->second = (uint32_t)(h->first_us / TT_US_PER_S);
	}
}

/* The detections, which are a copy, by the joined rules. */
static int
turn(struct tt_detections *d, const struct tt_rules *joined)
{
	const struct tt_rules *from = d->config.rules;
	uint32_t *places = calloc((size_t)from->n + 1, sizeof(*places));
	uint64_t *rest = calloc((size_t)joined->n + 1, sizeof(*rest));

	if (places == NULL || rest == NULL) {
		free(places);
		free(rest);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < from->n; i++) {
		places[i] = place_of(joined, &from->rules[i]);
		rest[places[i]] = d->rest[i];
	}
	turn_shifts(d, joined, places);
	turn_hits(d, joined, places);
	for (uint64_t i = 0; i < d->n_cells; i++) {
		const uint32_t key = d->cells[i].key - 1;

		d->cells[i].key = tt_detection_key(places[key >> 10], key & 1023) + 1;
	}
	free(places);
	free(d->rest);
	d->rest = rest;
	d->config.rules = joined;
	return 0;
}

/* The sets of parts[n], each once, the last ones last. Returns how many. */
static unsigned
sets_of(const struct tt_detections *const *parts, unsigned n,
		const struct tt_rules **sets)
{
	unsigned n_sets = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned at = 0;

		while (at < n_sets && sets[at] != parts[i]->config.rules)
			at++;
		if (at == n_sets)
			sets[n_sets++] = parts[i]->config.rules;
	}
	return n_sets;
}

static int
copy_parts(struct tt_detections_joined *j, const struct tt_detections *const *parts,
		unsigned n)
{
	j->copies = calloc(n, sizeof(*j->copies));
	if (j->copies == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		int ret = tt_detections_compact(&j->copies[i], parts[i]);

		if (ret != 0)
			return ret;
		j->n++;
		ret = turn(&j->copies[i], &j->rules);
		if (ret != 0)
			return ret;
	}
	return 0;
}

int
tt_detections_join_rules(struct tt_detections_joined *j,
		const struct tt_detections **parts, unsigned n, struct tt_error *err)
{
	const struct tt_rules **sets = calloc((size_t)n + 1, sizeof(*sets));
	unsigned n_sets = sets == NULL ? 0 : sets_of(parts, n, sets);
	int ret = 0;

	*j = (struct tt_detections_joined){0};
	if (sets == NULL)
		return tt_error_set(err, -ENOMEM, "rules", "out of memory");
	if (n_sets > 1) {
		ret = tt_rules_join(&j->rules, sets, n_sets, err);
		if (ret == 0 && copy_parts(j, parts, n) != 0)
			ret = tt_error_set(err, -ENOMEM, "rules", "out of memory");
	}
	free(sets);
	if (ret != 0)
		tt_detections_joined_fini(j);
	for (unsigned i = 0; i < j->n; i++)
		parts[i] = &j->copies[i];
	return ret;
}

void
tt_detections_joined_fini(struct tt_detections_joined *j)
{
	for (unsigned i = 0; i < j->n; i++)
		tt_detections_fini(&j->copies[i]);
	free(j->copies);
	tt_rules_joined_fini(&j->rules);
	*j = (struct tt_detections_joined){0};
}
