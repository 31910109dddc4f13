/* SPDX-License-Identifier: BSD-3-Clause */
/* Distinct sources of destinations, and distinct destinations of sources, from merged contacts. */
#include "tt_compact_private.h"
#include "tt_reached.h"

#include <errno.h>
#include <string.h>

/* One source: its destinations, and the sum of the squares of their numbers by unit, which is the widest that has them. */
struct walk {
	struct tt_compact *c;
	const struct tt_field *unit, *host, *class;
	bool nest; /* some destinations lie in others: an address then counts once */
	struct tt_reached reached;
	uint64_t destinations, squares, in_unit;
	uint32_t classes; /* of the unit that it is at, bit by bit */
	uint64_t at_unit, at_host;
	struct tt_compact_unit
			of; /* what at_unit is the number of, where destinations nest */
};

/* Counts the source in the rows of the unit, in order of class. */
static int
end_unit(struct walk *w)
{
	struct tt_store *s = &w->c->stores[TT_TABLE_DESTINATIONS];
	const struct tt_layout *l = &w->c->layouts[TT_TABLE_DESTINATIONS];
	const struct tt_field *unit = tt_layout_field(l, TT_DESTINATIONS_DESTINATION);
	const struct tt_field *class = tt_layout_field(l, TT_DESTINATIONS_CLASS);
	uint64_t first = UINT64_C(1) << 32;

	for (; w->classes != 0; w->classes &= w->classes - 1) {
		uint64_t key = 0, *row;

		tt_field_put(unit, &key, w->at_unit);
		tt_field_put(class, &key, (uint64_t)__builtin_ctz(w->classes));
		row = tt_store_find(s, &key);
		if (row == NULL)
			return tt_error_set(w->c->err, -EBADMSG, NULL,
					"a part has contacts that its table destinations "
					"knows nothing of");
		row[s->width - 1] += 1 + first;
		first = 0;
	}
	return 0;
}

/* Sources that the sample of pairs lacks have contacts as well: these count for destinations. */
static int
end_source(struct walk *w, const uint64_t *key)
{
	struct tt_store *sources = &w->c->stores[TT_TABLE_SOURCES];
	uint64_t *row = tt_store_find(sources, key);
	int ret = end_unit(w);

	if (row != NULL) {
		row += sources->n_keys;
		row[TT_SOURCE_DESTINATIONS] = w->destinations << w->c->contact_shift;
		row[TT_SOURCE_DESTINATIONS_ERROR] = tt_scaled_group_error(
				w->squares, UINT64_C(1) << w->c->contact_shift);
	}
	w->destinations = w->squares = 0;
	w->at_unit = UINT64_MAX;
	tt_reached_end(&w->reached);
	return ret;
}

static int
begin_unit(struct walk *w, uint64_t number)
{
	int ret = end_unit(w);

	w->in_unit = 0;
	w->at_unit = number;
	w->at_host = UINT64_MAX;
	if (!w->nest)
		return ret;
	w->of = tt_compact_unit(&w->c->units, (uint32_t)number);
	if (tt_addr_is_v4(w->of.first))
		tt_reached_enter(&w->reached, (uint32_t)w->of.first.lo,
				128u - w->of.length);
	return ret;
}

/* Of IPv6 the destination is all that is known. */
static int
begin_host(struct walk *w, uint64_t host)
{
	bool known = false;
	int ret = 0;

	w->at_host = host;
	if (w->nest && tt_addr_is_v4(w->of.first))
		ret = tt_reached_add(&w->reached,
				(uint32_t)(w->of.first.lo + host - TT_FIELD_BIAS),
				&known);
	if (ret != 0)
		return tt_compact_no_memory(w->c);
	if (known)
		return 0;
	w->destinations++;
	w->in_unit++;
	w->squares += 2 * w->in_unit - 1;
	return 0;
}

static int
add_contact(struct walk *w, const uint64_t *contact)
{
	uint64_t unit = tt_field_get(w->unit, contact);
	uint64_t host = tt_field_get(w->host, contact);
	uint64_t class = tt_field_get(w->class, contact);
	int ret = 0;

	if (unit != w->at_unit)
		ret = begin_unit(w, unit);
	if (ret == 0 && host != w->at_host)
		ret = begin_host(w, host);
	w->classes |= 1u << class;
	return ret;
}

static int
walk_contacts(struct walk *w)
{
	const struct tt_sort_item *contacts = w->c->sorted[TT_TABLE_CONTACTS];
	const struct tt_store *s = &w->c->stores[TT_TABLE_CONTACTS];
	const uint64_t *before = NULL;
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < s->n; i++) {
		const uint64_t *contact = contacts[i].ref;

		if (before != NULL
				&& (before[0] != contact[0] || before[1] != contact[1]))
			ret = end_source(w, before);
		if (ret == 0)
			ret = add_contact(w, contact);
		w->c->kept_contact_packets += (int64_t)contact[s->n_keys];
		before = contact;
	}
	return ret == 0 && before != NULL ? end_source(w, before) : ret;
}

/* In a sample of contacts, a source without any has the error of one. */
static void
begin_sources(struct walk *w)
{
	struct tt_store *sources = &w->c->stores[TT_TABLE_SOURCES];

	for (uint32_t i = 0; i < sources->n; i++)
		(tt_store_row(sources, i)
				+ sources->n_keys)[TT_SOURCE_DESTINATIONS_ERROR] =
				tt_scaled_group_error(w->squares,
						UINT64_C(1) << w->c->contact_shift);
}

/* Destinations got numbers as they came; from here on these are their order. */
static void
renumber(struct tt_store *s, const struct tt_field *unit, const uint32_t *ranks)
{
	uint64_t mask = ~(UINT64_C(0xffffffff) << unit->shift);

	for (uint32_t i = 0; i < s->n; i++) {
		uint64_t *word = &tt_store_row(s, i)[unit->word];

		*word = (*word & mask)
				| (uint64_t)ranks[tt_field_get(unit, tt_store_row(s, i))]
						<< unit->shift;
	}
	tt_store_place(s);
}

static int
rank_units(struct tt_compact *c)
{
	uint32_t *ranks = calloc((size_t)c->units.store.n + 1, sizeof(*ranks));

	if (ranks == NULL || tt_compact_units_rank(&c->units, ranks) != 0) {
		free(ranks);
		return tt_compact_no_memory(c);
	}
	renumber(&c->stores[TT_TABLE_CONTACTS],
			tt_layout_field(&c->layouts[TT_TABLE_CONTACTS],
					TT_CONTACTS_DESTINATION),
			ranks);
	renumber(&c->stores[TT_TABLE_DESTINATIONS],
			tt_layout_field(&c->layouts[TT_TABLE_DESTINATIONS],
					TT_DESTINATIONS_DESTINATION),
			ranks);
	free(ranks);
	return 0;
}

static void
count_destinations(struct tt_compact *c)
{
	const struct tt_sort_item *items = c->sorted[TT_TABLE_DESTINATIONS];
	const struct tt_field *unit = tt_layout_field(
			&c->layouts[TT_TABLE_DESTINATIONS], TT_DESTINATIONS_DESTINATION);
	uint64_t last = UINT64_MAX;

	for (uint32_t i = 0; i < c->stores[TT_TABLE_DESTINATIONS].n; i++) {
		uint64_t at = tt_field_get(unit, items[i].ref);

		c->destinations += at != last;
		last = at;
	}
}

int
tt_compact_uniques_contacts(struct tt_compact *c)
{
	const struct tt_layout *l = &c->layouts[TT_TABLE_CONTACTS];
	struct walk w = {.c = c,
			.unit = tt_layout_field(l, TT_CONTACTS_DESTINATION),
			.host = tt_layout_field(l, TT_CONTACTS_HOST),
			.class = tt_layout_field(l, TT_CONTACTS_CLASS),
			.at_unit = UINT64_MAX};
	int ret = rank_units(c);

	if (ret == 0)
		ret = tt_compact_sort(c, TT_TABLE_CONTACTS);
	if (ret == 0)
		ret = tt_compact_sort(c, TT_TABLE_DESTINATIONS);
	if (ret != 0)
		return ret;
	begin_sources(&w);
	count_destinations(c);
	w.nest = tt_compact_units_nest(&c->units);
	ret = walk_contacts(&w);
	tt_reached_fini(&w.reached);
	return ret;
}
