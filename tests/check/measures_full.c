/* SPDX-License-Identifier: BSD-3-Clause */
#include "measures_full.h"

#include "measures_facts.h"

#include <math.h>
#include <string.h>

/* Columns of a table: what rows are told apart by, and what is compared. */
struct columns {
	enum rows_table table;
	const char *keys[8]; /* ends with NULL */
	const char *values[4]; /* likewise */
};

/* Sums over rows of the same keys, which are exact however full the tables were. */
static const struct columns exact[] = {
		{ROWS_TARGETS, {"protocol", "number", "code", "class", "backscatter"},
				{"packets", "bytes"}},
		{ROWS_COUNTRIES, {"country", "class", "backscatter"},
				{"packets", "bytes"}},
		{ROWS_DESTINATIONS, {"unit", "class"}, {"packets"}},
		{ROWS_DISTRIBUTIONS, {"distribution", "class", "value"},
				{"packets", "bytes"}},
		{ROWS_BACKSCATTER, {"class"}, {"packets", "bytes"}},
		{ROWS_FINGERPRINTS, {"rule"}, {"packets"}},
		{ROWS_RULES, {"rule"}, {"tested", "matched"}},
		{ROWS_SOURCE_PORTS, {"protocol", "number", "code", "class"}, {"packets"}},
		{ROWS_TALKERS, {"protocol", "number", "code", "class"}, {"packets"}},
		{ROWS_SKETCHES, {"kind", "key", "register", "precision"}, {"rho"}},
		{ROWS_TOTALS, {NULL}, {"packets", "bytes", "backscatter_packets"}},
		{ROWS_TOTALS, {NULL}, {"uniq_dst_ip", "targets", "targets_first"}},
};

/* Rows that are never more than what the reference has under the same keys. */
static const struct columns bounded[] = {
		{ROWS_TARGETS,
				{"protocol", "number", "code", "class", "backscatter",
						"country"},
				{"packets", "bytes"}},
		{ROWS_SOURCE_PORTS,
				{"protocol", "number", "code", "class", "source_port"},
				{"packets"}},
		{ROWS_TALKERS,
				{"protocol", "number", "code", "class", "src_hi",
						"src_lo"},
				{"packets"}},
		{ROWS_BACKSCATTER,
				{"protocol", "type", "code", "class", "attacked_protocol",
						"attacked_number"},
				{"packets", "bytes"}},
		{ROWS_FINGERPRINTS, {"rule", "protocol", "number", "code", "class"},
				{"packets"}},
		{ROWS_SOURCES, {"src_hi", "src_lo"}, {"packets", "bytes", "targets"}},
		{ROWS_VICTIMS,
				{"src_hi", "src_lo", "attacked_protocol",
						"attacked_number", "class"},
				{"packets", "bytes"}},
};

/* Rows of sources, which are there as the reference has them or not at all. */
static const struct columns whole[] = {
		{ROWS_SOURCES,
				{"src_hi", "src_lo", "country", "asn", "classes",
						"fingerprints", "first_us"},
				{"packets", "bytes", "targets"}},
		{ROWS_SOURCES, {"src_hi", "src_lo", "last_us"}, {"backscatter_packets"}},
		{ROWS_SOURCE_FINGERPRINTS, {"src_hi", "src_lo", "rule"},
				{"packets", "tested", "carried"}},
		{ROWS_VICTIMS,
				{"src_hi", "src_lo", "country", "attacked_protocol",
						"attacked_number", "class", "first_us"},
				{"packets", "bytes", "last_us"}},
		{ROWS_PAIRS,
				{"src_hi", "src_lo", "country", "key", "detail",
						"sample_bits"},
				{"packets", "bytes"}},
		{ROWS_CONTACTS,
				{"src_hi", "src_lo", "unit", "host", "class",
						"sample_bits"},
				{"packets"}},
};

/* Unique counts, by the sampling that they are scaled by. */
static const struct columns by_sources[] = {
		{ROWS_TARGETS,
				{"protocol", "number", "code", "class", "backscatter",
						"country"},
				{"uniq_src_ip"}},
		{ROWS_TARGETS, {"protocol", "number"}, {"uniq_src_ip_target"}},
		{ROWS_COUNTRIES, {"country", "class", "backscatter"}, {"uniq_src_ip"}},
		{ROWS_COUNTRIES, {"country"}, {"uniq_src_ip_country"}},
		{ROWS_FINGERPRINTS, {"rule", "protocol", "number", "code", "class"},
				{"uniq_src_ip"}},
		{ROWS_RULES, {"rule"}, {"sources", "carriers"}},
		{ROWS_BACKSCATTER,
				{"protocol", "type", "code", "class", "attacked_protocol",
						"attacked_number"},
				{"uniq_src_ip"}},
		{ROWS_TOTALS, {NULL}, {"uniq_src_ip"}},
};

static const struct columns by_returning[] = {
		{ROWS_TOTALS, {NULL}, {"uniq_src_ip_returning"}},
};

static const struct columns by_contacts[] = {
		{ROWS_DESTINATIONS, {"unit", "class"}, {"uniq_src_ip"}},
		{ROWS_DESTINATIONS, {"unit"}, {"uniq_src_ip_destination"}},
};

/* A table cut down to the columns: sorted, one row for each key, values summed up. */
struct summary {
	struct row_values *list; /* [n]: keys, then values */
	size_t n;
	unsigned keys, values;
};

static unsigned words;

static int
by_words(const void *a, const void *b)
{
	const struct row_values *x = a, *y = b;

	for (unsigned i = 0; i < words; i++)
		if (x->v[i] != y->v[i])
			return x->v[i] < y->v[i] ? -1 : 1;
	return 0;
}

static unsigned
names(const char *const *list)
{
	unsigned n = 0;

	while (list[n] != NULL)
		n++;
	return n;
}

static struct row_values
cut(const struct columns *c, const struct summary *s, const struct row_values *row)
{
	struct row_values out = {{0}};

	for (unsigned i = 0; i < s->keys; i++)
		out.v[i] = row->v[rows_field(c->table, c->keys[i])];
	for (unsigned i = 0; i < s->values; i++)
		out.v[s->keys + i] = row->v[rows_field(c->table, c->values[i])];
	return out;
}

static void
sum_up(struct summary *s)
{
	size_t n = 0;

	words = s->keys;
	if (s->n > 0)
		qsort(s->list, s->n, sizeof(*s->list), by_words);
	for (size_t i = 0; i < s->n; i++) {
		if (n == 0 || by_words(&s->list[n - 1], &s->list[i]) != 0) {
			s->list[n++] = s->list[i];
			continue;
		}
		for (unsigned v = s->keys; v < s->keys + s->values; v++)
			s->list[n - 1].v[v] += s->list[i].v[v];
	}
	s->n = n;
}

static struct summary
summarise(const struct columns *c, const struct rows *rows)
{
	struct summary s = {.n = rows->tables[c->table].n,
			.keys = names(c->keys),
			.values = names(c->values)};

	s.list = check_alloc(s.n, sizeof(*s.list));
	for (size_t i = 0; i < s.n; i++)
		s.list[i] = cut(c, &s, &rows->tables[c->table].list[i]);
	sum_up(&s);
	return s;
}

static const struct row_values *
find(const struct summary *s, const struct row_values *key)
{
	words = s->keys;
	return s->n == 0 ? NULL : bsearch(key, s->list, s->n, sizeof(*s->list), by_words);
}

static bool
wrong(const char *where, const struct columns *c, const struct row_values *key,
		unsigned value, const char *relation, uint64_t got, uint64_t want)
{
	fprintf(stderr, "%s: %s,", where, rows_table_name(c->table));
	for (unsigned i = 0; c->keys[i] != NULL; i++)
		fprintf(stderr, " %s %lld", c->keys[i], (long long)key->v[i]);
	fprintf(stderr, ": %s is %llu, %s %llu\n", c->values[value],
			(unsigned long long)got, relation, (unsigned long long)want);
	return false;
}

/* Says whether a value that should be `want` may be `got`, and how it is related to it. */
typedef bool may_be(uint64_t got, uint64_t want, uint64_t one_in, const char **relation);

static bool
equal(uint64_t got, uint64_t want, uint64_t one_in, const char **relation)
{
	*relation = "not";
	return got == want;
}

static bool
at_most(uint64_t got, uint64_t want, uint64_t one_in, const char **relation)
{
	*relation = "more than";
	return got <= want;
}

/*
 * Within five standard errors: of `want` keys, each is kept with probability 1 / one_in. The last
 * term is for small counts, which are not normally distributed (Bernstein's inequality: less
 * than one in 100,000 that are right is refused, whatever the count).
 */
static bool
near(uint64_t got, uint64_t want, uint64_t one_in, const char **relation)
{
	double others = (double)(one_in - 1);

	*relation = "more than five standard errors from";
	return fabs((double)got - (double)want)
			<= 5 * sqrt((double)want * others) + 25.0 / 3 * others;
}

/* Compares what got has under each key with what want has; missing: also what it has not. */
static bool
compare(const struct columns *c, const struct rows *got, const struct rows *want,
		uint64_t one_in, bool missing, may_be *relation, const char *where)
{
	static const struct row_values nothing;
	struct summary a = summarise(c, got), b = summarise(c, want);
	const struct summary *all = missing ? &b : &a;
	bool right = true;

	for (size_t i = 0; i < all->n && right; i++) {
		const struct row_values *key = &all->list[i];
		const struct row_values *g = find(&a, key), *w = find(&b, key);

		for (unsigned v = 0; v < a.values && right; v++) {
			uint64_t x = (g != NULL ? g : &nothing)->v[a.keys + v];
			uint64_t y = (w != NULL ? w : &nothing)->v[a.keys + v];
			const char *text;

			if (!relation(x, y, one_in, &text))
				right = wrong(where, c, key, v, text, x, y);
		}
	}
	free(a.list);
	free(b.list);
	return right;
}

/* Rows that say "all others", which have no row of their own in the reference. */
static bool
is_rest(enum rows_table table, const struct row_values *row)
{
	switch (table) {
	case ROWS_TARGETS:
		return row->v[rows_field(table, "country")] == TT_COUNTRY_REST;
	case ROWS_SOURCE_PORTS:
		return (int64_t)row->v[rows_field(table, "source_port")] == -1;
	case ROWS_TALKERS:
	case ROWS_FINGERPRINTS:
		return row->v[rows_field(table, "rest")] != 0;
	case ROWS_BACKSCATTER: /* of no protocol and nothing attacked: see tt_cells.h */
		return row->v[rows_field(table, "protocol")] == 0;
	default:
		return false;
	}
}

/* A copy without such rows; only its tables are to be looked at. */
static struct rows
without_rest(const struct rows *from)
{
	struct rows out = {0};

	for (unsigned t = 0; t < ROWS_N_TABLES; t++) {
		out.tables[t].list = check_alloc(
				from->tables[t].n, sizeof(struct row_values));
		for (size_t i = 0; i < from->tables[t].n; i++)
			if (!is_rest((enum rows_table)t, &from->tables[t].list[i]))
				out.tables[t].list[out.tables[t].n++] =
						from->tables[t].list[i];
	}
	return out;
}

static bool
compare_all(const struct columns *list, size_t n, const struct rows *got,
		const struct rows *want, uint64_t one_in, bool missing, may_be *relation,
		const char *where)
{
	bool right = true;

	for (size_t i = 0; i < n; i++)
		right &= compare(&list[i], got, want, one_in, missing, relation, where);
	return right;
}

/* Every packet is one of a source that has a row, or is counted as one that has none. */
static bool
packets_add_up(const struct rows *got, const char *where)
{
	static const struct columns sources = {ROWS_SOURCES, {NULL}, {"packets"}};
	struct summary s = summarise(&sources, got);
	uint64_t in_rows = s.n > 0 ? s.list[0].v[0] : 0;
	uint64_t sum = in_rows + got->totals.pairs.packets;

	free(s.list);
	if (sum == got->totals.count.packets)
		return true;
	fprintf(stderr, "%s: %llu packets in sources and %llu not kept are not %llu\n",
			where, (unsigned long long)in_rows,
			(unsigned long long)got->totals.pairs.packets,
			(unsigned long long)got->totals.count.packets);
	return false;
}

/* Most addresses of a unit; see bed_init. */
#define UNIT_MAX 16

/* Units are sampled with all their addresses, which makes the variance so much larger at most. */
static bool
destinations_are_near(const struct rows *got, const struct rows *want, const char *where)
{
	static const struct columns destinations = {
			ROWS_SOURCES, {"src_hi", "src_lo"}, {"destinations"}};
	uint64_t others = (got->totals.contacts_one_in - 1) * UNIT_MAX;

	return compare(&destinations, got, want, 1 + others, false, near, where);
}

/* Of pairs or contacts, there are all rows of the sample and no others; of a greater sample, there
 * would be too many. limit: 0 for none. tally_one_in: the rate of what the tallies kept. */
static bool
sample_is_whole(enum rows_table table, const struct rows *got, const struct rows *want,
		uint64_t one_in, uint64_t tally_one_in, uint64_t limit, const char *where)
{
	unsigned bits = rows_field(table, "sample_bits");
	size_t in = 0, more = 0, n = got->tables[table].n;

	for (size_t i = 0; i < want->tables[table].n; i++) {
		uint64_t most = UINT64_C(1) << want->tables[table].list[i].v[bits];

		in += most >= one_in;
		more += most >= one_in / 2;
	}
	if (n == in && (limit == 0 || n <= limit) && one_in >= tally_one_in
			&& (one_in == tally_one_in || (limit != 0 && more > limit)))
		return true;
	fprintf(stderr, "%s: %s: %zu rows at one in %llu, limit %llu; the reference has %zu and %zu\n",
			where, rows_table_name(table), n, (unsigned long long)one_in,
			(unsigned long long)limit, in, more);
	return false;
}

#define ALL(list) list, TT_ARRAY_SIZE(list)

bool
full_is_right(const struct rows *got, const struct rows *want,
		const struct tt_merge_config *config, bool fair, const char *where)
{
	struct rows listed = without_rest(got);
	uint64_t sources = got->totals.sources_one_in;
	uint64_t contacts = got->totals.contacts_one_in;
	bool right = compare_all(ALL(exact), got, want, 1, true, equal, where);

	right &= compare_all(ALL(exact), got, want, 1, false, equal, where);
	right &= compare_all(ALL(bounded), &listed, want, 1, false, at_most, where);
	right &= packets_add_up(got, where);
	if (fair) {
		right &= compare_all(ALL(whole), got, want, 1, false, equal, where);
		right &= compare_all(ALL(by_sources), &listed, want, sources, true, near,
				where);
		right &= compare_all(ALL(by_contacts), &listed, want, contacts, true,
				near, where);
		right &= compare_all(ALL(by_returning), &listed, want,
				got->totals.returning_one_in, true, near, where);
		right &= destinations_are_near(got, want, where);
		right &= sample_is_whole(ROWS_PAIRS, got, want,
				got->totals.pair_rows_one_in, sources, config->pair_rows,
				where);
		right &= sample_is_whole(ROWS_CONTACTS, got, want,
				got->totals.contact_rows_one_in, contacts,
				config->contact_rows, where);
	}
	rows_fini(&listed);
	return right;
}
