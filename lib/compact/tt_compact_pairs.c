/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Distinct sources, counted anew from the merged pairs: one walk over them by source. What a source
 * did is marked in the rows of the other tables as it comes; a row that a source reaches in several
 * ways counts it once.
 */
#include "tt_compact_private.h"

#include <errno.h>
#include <string.h>

/* Rows of other tables that one source reached, each once in the end. */
struct reached {
	uint64_t *keys; /* [n], of [room] */
	size_t n, room;
};

/* Where the fields of a pair, and of what is counted from it, are found. */
struct walk {
	struct tt_compact *c;
	const struct tt_field *protocol, *number, *code, *class, *backscatter, *country;
	const struct tt_field *attacked_protocol, *attacked_number, *tested, *matched;
	const struct tt_field *rule; /* of source_fingerprints */
	uint64_t *source; /* row of `sources` */
	uint16_t own; /* country of the source, as `sources` has it */
	uint64_t last_row,
			last_target; /* of targets: the key, protocol and number; ~0: none */
	/* Where its packets were counted, one country but where parts had databases that differ. */
	struct {
		uint16_t country;
		uint32_t sides; /* bit per class and backscatter */
	} places[TT_COUNTRY_REST + 1]; /* [n_places] */
	unsigned n_places;
	uint64_t any_tested, any_matched; /* bit per rule, of the source */
	uint64_t n_tested[TT_FINGERPRINTS_MAX], n_matched[TT_FINGERPRINTS_MAX];
	struct reached backscatters, fingerprints;
};

static void
walk_init(struct walk *w, struct tt_compact *c)
{
	const struct tt_layout *l = &c->layouts[TT_TABLE_PAIRS];

	*w = (struct walk){.c = c,
			.protocol = tt_layout_field(l, TT_PAIRS_PROTOCOL),
			.number = tt_layout_field(l, TT_PAIRS_TARGET),
			.code = tt_layout_field(l, TT_PAIRS_CODE),
			.class = tt_layout_field(l, TT_PAIRS_CLASS),
			.backscatter = tt_layout_field(l, TT_PAIRS_BACKSCATTER),
			.country = tt_layout_field(l, TT_PAIRS_COUNTRY),
			.attacked_protocol = tt_layout_field(
					l, TT_PAIRS_ATTACKED_PROTOCOL),
			.attacked_number = tt_layout_field(l, TT_PAIRS_ATTACKED_TARGET),
			.tested = tt_layout_field(l, TT_PAIRS_TESTED),
			.matched = tt_layout_field(l, TT_PAIRS_MATCHED),
			.rule = tt_layout_field(&c->layouts[TT_TABLE_SOURCE_FINGERPRINTS],
					TT_SOURCE_FINGERPRINTS_FINGERPRINT)};
}

static int
note(struct walk *w, struct reached *r, uint64_t key)
{
	if (r->n == r->room) {
		size_t room = r->room == 0 ? 64 : r->room * 2;
		uint64_t *more = reallocarray(r->keys, room, sizeof(*more));

		if (more == NULL)
			return tt_compact_no_memory(w->c);
		r->keys = more;
		r->room = room;
	}
	r->keys[r->n++] = key;
	return 0;
}

static int
inconsistent(struct walk *w, enum tt_table table)
{
	return tt_error_set(w->c->err, -EBADMSG, NULL,
			"a part has pairs that its table %s knows nothing of",
			tt_schema_of(table)->name);
}

/* Notes a class, and whether it is backscatter, in the country of a pair. */
static void
note_place(struct walk *w, uint16_t country, unsigned class, bool backscatter)
{
	unsigned i = w->n_places;

	while (i > 0 && w->places[i - 1].country != country)
		i--;
	if (i == 0) {
		i = ++w->n_places;
		w->places[i - 1].country = country;
		w->places[i - 1].sides = 0;
	}
	w->places[i - 1].sides |= 1u << (class * 2 + backscatter);
}

/* Packs a number into the place that a column has in the key of another table. */
static uint64_t
put(struct walk *w, enum tt_table table, unsigned column, uint64_t number)
{
	return number << tt_layout_field(&w->c->layouts[table], column)->shift;
}

/* A pair's row of targets. Pairs of a source come in the order of these rows. */
static int
count_target(struct walk *w, const uint64_t *pair)
{
	const enum tt_table table = TT_TABLE_TARGETS;
	uint64_t target = put(w, table, TT_TARGETS_PROTOCOL,
					  tt_field_get(w->protocol, pair))
			| put(w, table, TT_TARGETS_TARGET, tt_field_get(w->number, pair));
	uint64_t key = target
			| put(w, table, TT_TARGETS_CODE, tt_field_get(w->code, pair))
			| put(w, table, TT_TARGETS_CLASS, tt_field_get(w->class, pair))
			| put(w, table, TT_TARGETS_BACKSCATTER,
					tt_field_get(w->backscatter, pair));
	uint64_t country = tt_field_get(w->country, pair);
	uint64_t with = key | put(w, table, TT_TARGETS_COUNTRY, country);
	uint64_t *counter;

	if (with == w->last_row)
		return 0;
	counter = tt_compact_counter_in(w->c, table, TT_TARGETS_COUNTRY, key, country);
	if (counter == NULL)
		return inconsistent(w, table);
	*counter += 1;
	if (target != w->last_target) {
		*counter += UINT64_C(1) << 32;
		w->source[TT_SOURCE_EXTENT]++;
	}
	w->last_row = with;
	w->last_target = target;
	return 0;
}

/* The answer's port is that of the victim's client: only ICMP is told apart by its target. */
static int
note_backscatter(struct walk *w, const uint64_t *pair)
{
	const enum tt_table table = TT_TABLE_BACKSCATTER;
	uint64_t protocol = tt_field_get(w->protocol, pair);
	bool icmp = protocol == TT_PROTO_ICMP || protocol == TT_PROTO_ICMPV6;
	uint64_t number = icmp ? tt_field_get(w->number, pair) : 0;
	uint64_t code = icmp ? tt_field_get(w->code, pair) : TT_FIELD_BIAS;

	return note(w, &w->backscatters,
			put(w, table, TT_BACKSCATTER_PROTOCOL, protocol)
					| put(w, table, TT_BACKSCATTER_TYPE, number)
					| put(w, table, TT_BACKSCATTER_CODE, code)
					| put(w, table, TT_BACKSCATTER_CLASS,
							tt_field_get(w->class, pair))
					| put(w, table, TT_BACKSCATTER_ATTACKED_PROTOCOL,
							tt_field_get(w->attacked_protocol,
									pair))
					| put(w, table, TT_BACKSCATTER_ATTACKED_TARGET,
							tt_field_get(w->attacked_number,
									pair)));
}

static int
note_fingerprints(struct walk *w, const uint64_t *pair)
{
	const enum tt_table table = TT_TABLE_FINGERPRINTS;
	uint64_t key = put(w, table, TT_FINGERPRINTS_PROTOCOL,
				       tt_field_get(w->protocol, pair))
			| put(w, table, TT_FINGERPRINTS_TARGET,
					tt_field_get(w->number, pair))
			| put(w, table, TT_FINGERPRINTS_CLASS,
					tt_field_get(w->class, pair));
	uint64_t left = tt_field_get(w->matched, pair);
	int ret = 0;

	for (; ret == 0 && left != 0; left &= left - 1)
		ret = note(w, &w->fingerprints,
				key
						| put(w, table, TT_FINGERPRINTS_FINGERPRINT,
								(uint64_t)__builtin_ctzll(
										left)));
	return ret;
}

/* Packets of the source by rule: a part has rows only of rules that match in it. */
static void
sum_fingerprints(struct walk *w, const uint64_t *pair)
{
	uint64_t tested = tt_field_get(w->tested, pair);
	uint64_t matched = tt_field_get(w->matched, pair);
	uint64_t packets = pair[w->c->stores[TT_TABLE_PAIRS].n_keys + TT_PAIR_PACKETS];

	w->any_tested |= tested;
	w->any_matched |= matched;
	for (; tested != 0; tested &= tested - 1)
		w->n_tested[__builtin_ctzll(tested)] += packets;
	for (; matched != 0; matched &= matched - 1)
		w->n_matched[__builtin_ctzll(matched)] += packets;
}

/* Makes the rows of source_fingerprints of a source whose address is in the pair. */
static int
make_fingerprints(struct walk *w, const uint64_t *pair)
{
	struct tt_store *s = &w->c->stores[TT_TABLE_SOURCE_FINGERPRINTS];
	uint64_t left;

	for (left = w->any_matched; left != 0; left &= left - 1) {
		unsigned rule = (unsigned)__builtin_ctzll(left);
		uint64_t key[TT_STORE_KEYS] = {pair[0], pair[1]}, *row;

		tt_field_put(w->rule, key, rule);
		row = tt_store_make(s, key);
		if (row == NULL)
			return tt_compact_no_memory(w->c);
		row[s->n_keys] = w->n_matched[rule];
		row[s->n_keys + 1] = w->n_tested[rule];
	}
	for (left = w->any_tested | w->any_matched; left != 0; left &= left - 1)
		w->n_tested[__builtin_ctzll(left)] = w->n_matched[__builtin_ctzll(left)] =
				0;
	w->any_tested = w->any_matched = 0;
	return 0;
}

static int
add_pair(struct walk *w, const uint64_t *pair)
{
	unsigned class = (unsigned)tt_field_get(w->class, pair);
	bool backscatter = tt_field_get(w->backscatter, pair) == 1 + TT_FIELD_BIAS;
	int ret = count_target(w, pair);

	if (class >= TT_N_CLASSES)
		return inconsistent(w, TT_TABLE_TARGETS);
	w->source[TT_SOURCE_EXTENT] |= UINT64_C(1) << class << TT_EXTENT_CLASSES;
	note_place(w, (uint16_t)tt_field_get(w->country, pair), class, backscatter);
	sum_fingerprints(w, pair);
	if (ret == 0 && backscatter)
		ret = note_backscatter(w, pair);
	return ret != 0 ? ret : note_fingerprints(w, pair);
}

/* Counts the source in the rows of a country, in order of class and backscatter. */
static int
count_country(struct walk *w, unsigned place, bool first)
{
	const enum tt_table table = TT_TABLE_COUNTRIES;
	uint32_t sides = w->places[place].sides;

	for (; sides != 0; sides &= sides - 1) {
		unsigned side = (unsigned)__builtin_ctz(sides);
		uint64_t key = put(w, table, TT_COUNTRIES_CLASS, side / 2)
				| put(w, table, TT_COUNTRIES_BACKSCATTER,
						side % 2 + TT_FIELD_BIAS);
		uint64_t *counter = tt_compact_counter_in(w->c, table,
				TT_COUNTRIES_COUNTRY, key, w->places[place].country);

		if (counter == NULL)
			return inconsistent(w, table);
		*counter += 1 + ((uint64_t)first << 32);
		first = false;
	}
	return 0;
}

/* Among the sources of countries, of which each has one, it is in its own. */
static int
count_countries(struct walk *w)
{
	unsigned own = 0;
	int ret = 0;

	for (unsigned i = 0; i < w->n_places; i++)
		if (w->places[i].country == w->own)
			own = i;
	for (unsigned i = 0; ret == 0 && i < w->n_places; i++)
		ret = count_country(w, i, i == own);
	w->n_places = 0;
	return ret;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Rows that a full table does not tell apart have no row for the key: nothing is counted then. */
static void
count_once(struct walk *w, enum tt_table table, struct reached *r)
{
	if (r->n > 1)
		qsort(r->keys, r->n, sizeof(*r->keys), by_number);
	for (size_t i = 0; i < r->n; i++) {
		uint64_t *counter = i > 0 && r->keys[i] == r->keys[i - 1]
				? NULL
				: tt_compact_counter(w->c, table, r->keys[i]);

		if (counter != NULL)
			*counter += 1;
	}
	r->n = 0;
}

static int
begin_source(struct walk *w, const uint64_t *pair)
{
	struct tt_store *sources = &w->c->stores[TT_TABLE_SOURCES];
	uint64_t *row = tt_store_find(sources, pair);

	if (row == NULL)
		return inconsistent(w, TT_TABLE_SOURCES);
	w->source = row + sources->n_keys;
	w->own = tt_carried_country(w->source[TT_SOURCE_CARRIED]);
	w->last_row = w->last_target = UINT64_MAX;
	w->c->kept_packets += (int64_t)w->source[TT_SOURCE_PACKETS];
	return 0;
}

static int
end_source(struct walk *w, const uint64_t *pair)
{
	int ret = make_fingerprints(w, pair);

	count_once(w, TT_TABLE_BACKSCATTER, &w->backscatters);
	count_once(w, TT_TABLE_FINGERPRINTS, &w->fingerprints);
	return ret != 0 ? ret : count_countries(w);
}

static int
walk_pairs(struct walk *w)
{
	const struct tt_sort_item *pairs = w->c->sorted[TT_TABLE_PAIRS];
	const uint64_t *before = NULL;
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < w->c->stores[TT_TABLE_PAIRS].n; i++) {
		const uint64_t *pair = pairs[i].ref;

		if (before == NULL || before[0] != pair[0] || before[1] != pair[1]) {
			if (before != NULL)
				ret = end_source(w, before);
			if (ret == 0)
				ret = begin_source(w, pair);
		}
		if (ret == 0)
			ret = add_pair(w, pair);
		before = pair;
	}
	return ret == 0 && before != NULL ? end_source(w, before) : ret;
}

int
tt_compact_uniques_pairs(struct tt_compact *c)
{
	struct walk w;
	int ret;

	walk_init(&w, c);
	ret = tt_compact_sort(c, TT_TABLE_PAIRS);
	if (ret == 0)
		ret = walk_pairs(&w);
	free(w.backscatters.keys);
	free(w.fingerprints.keys);
	return ret;
}
