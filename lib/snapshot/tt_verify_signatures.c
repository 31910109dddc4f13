/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of signatures, and of the sources that they were found of. */
#include "tt_verify.h"
#include "tt_verify_compare.h"

#include <errno.h>
#include <stdlib.h>

/* gid, sid and rev as one number; sid is at least 1. */
static int
check_rule(const struct tt_check *t, unsigned column, uint64_t rule[2])
{
	int64_t gid = tt_check_int(t, column), sid = tt_check_int(t, column + 1);
	int64_t rev = tt_check_int(t, column + 2);

	if (gid < 0 || gid > UINT32_MAX || sid < 1 || sid > UINT32_MAX || rev < 0
			|| rev > UINT32_MAX)
		return tt_check_wrong(t, "a signature that cannot be");
	rule[0] = (uint64_t)gid << 32 | (uint64_t)sid;
	rule[1] = (uint64_t)rev;
	return 0;
}

/* Remembers a rule that was loaded. */
static int
note_rule(struct tt_check *t, const uint64_t rule[2], int64_t one_in)
{
	struct tt_sums *s = t->sums;

	if (s->signature_rules == NULL) {
		s->signature_rules = calloc((size_t)t->m->files[t->table].rows,
				sizeof(*s->signature_rules));
		if (s->signature_rules == NULL)
			return tt_error_set(t->err, -ENOMEM, t->path, "out of memory");
	}
	if (t->row > t->m->files[t->table].rows)
		return tt_check_wrong(t, "more than the manifest says");
	s->signature_rules[s->n_signature_rules++] = (struct tt_loaded_rule){
			rule[0], rule[1], one_in};
	if (one_in > s->signature_one_in)
		s->signature_one_in = one_in;
	return 0;
}

int
tt_check_signature_rule_row(struct tt_check *t)
{
	const int64_t one_in = tt_check_int(t, TT_SIGNATURE_RULES_SOURCES_ONE_IN);
	const int64_t loaded_us = tt_check_int(t, TT_SIGNATURE_RULES_LOADED_US);
	uint64_t rule[2] = {0};
	bool counts, same;

	if (check_rule(t, TT_SIGNATURE_RULES_GID, rule) != 0
			|| tt_check_flag(t, TT_SIGNATURE_RULES_COUNTS, &counts) != 0)
		return -EBADMSG;
	if (one_in < 1 || one_in > t->m->signature_sources_one_in
			|| (one_in & (one_in - 1)) != 0)
		return tt_check_wrong(t, "a rate that cannot be");
	if (loaded_us < 0)
		return tt_check_wrong(t, "a time that cannot be");
	if (loaded_us > t->sums->longest_loaded_us)
		t->sums->longest_loaded_us = loaded_us;
	/* Merged snapshots may have a row for each text that the rule had; their order is not checked. */
	same = t->row > 1 && t->before[0] == rule[0] && t->before[1] == rule[1];
	if (tt_check_order(t, (uint64_t[]){rule[0], rule[1], same ? t->before[2] + 1 : 0},
			    3)
			!= 0)
		return -EBADMSG;
	return note_rule(t, rule, one_in);
}

static int
by_rule(const void *a, const void *b)
{
	const struct tt_loaded_rule *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return x->rev == y->rev ? 0 : x->rev < y->rev ? -1 : 1;
}

/* The rate of a rule, which must have been loaded; where it is not known which were, that of all. */
static int
find_rate(const struct tt_check *t, const uint64_t rule[2], int64_t *one_in)
{
	const struct tt_loaded_rule wanted = {rule[0], rule[1], 0}, *found = NULL;
	const struct tt_sums *s = t->sums;

	*one_in = t->m->signature_sources_one_in;
	if (!s->read[TT_TABLE_SIGNATURE_RULES])
		return 0;
	if (s->n_signature_rules > 0)
		found = bsearch(&wanted, s->signature_rules, s->n_signature_rules,
				sizeof(wanted), by_rule);
	if (found == NULL)
		return tt_check_wrong(
				t, "a signature that signature_rules does not have");
	*one_in = found->sources_one_in;
	return 0;
}

static uint64_t
key_of(const uint64_t rule[2], uint16_t country)
{
	return tt_hash_3(rule[0], rule[1], country);
}

int
tt_check_signature_row(struct tt_check *t)
{
	struct tt_sums *s = t->sums;
	const int64_t error = tt_check_int(t, TT_SIGNATURES_DETECTIONS_STDERR);
	const int64_t sources = tt_check_int(t, TT_SIGNATURES_UNIQ_SRC_IP);
	int64_t matches = 0, detections = 0, one_in;
	uint64_t rule[2] = {0};
	uint16_t country;
	bool same;

	if (check_rule(t, TT_SIGNATURES_GID, rule) != 0
			|| find_rate(t, rule, &one_in) != 0
			|| tt_check_country(t, TT_SIGNATURES_COUNTRY, true, &country) != 0
			|| tt_check_add(t, &matches, TT_SIGNATURES_MATCHES) != 0
			|| tt_check_add(t, &detections, TT_SIGNATURES_DETECTIONS) != 0
			|| tt_check_uniques(t, TT_SIGNATURES_UNIQ_SRC_IP,
					   TT_SIGNATURES_UNIQ_SRC_IP_STDERR, one_in,
					   (uint64_t)t->m->packets)
					!= 0)
		return -EBADMSG;
	/* Packets of a country may be in the row of all others, and its sources here. */
	if ((matches == 0 && sources == 0) || error < 0
			|| (country == TT_COUNTRY_REST && sources != 0))
		return tt_check_wrong(t, "a count that cannot be");
	/* At worst, where windows of an interval before are not known, none of the detections is one. */
	if (one_in == 1 && error > detections)
		return tt_check_wrong(t, "an error of what was not sampled");
	s->matches += matches;
	s->rule_detections += detections;
	if (country != TT_COUNTRY_REST)
		tt_match_add(&s->match[TT_MATCH_SIGNATURE_SOURCES][0],
				key_of(rule, country), 0, 0,
				(uint64_t)(sources / one_in));
	/* Merged snapshots may have a row for each text that the rule had; their order is not checked. */
	same = t->row > 1 && t->before[0] == rule[0] && t->before[1] == rule[1]
			&& t->before[2] == country;
	return tt_check_order(t,
			(uint64_t[]){rule[0], rule[1], country,
					same ? t->before[3] + 1 : 0},
			4);
}

int
tt_check_signature_source_row(struct tt_check *t)
{
	struct tt_sums *s = t->sums;
	const int64_t before = s->source_detections;
	uint64_t rule[2] = {0};
	struct tt_addr src;
	int64_t one_in;
	uint16_t country;
	unsigned bits;

	if (check_rule(t, TT_SIGNATURE_SOURCES_GID, rule) != 0
			|| find_rate(t, rule, &one_in) != 0
			|| tt_check_addr(t, TT_SIGNATURE_SOURCES_SRC_IP, &src) != 0
			|| tt_check_country(t, TT_SIGNATURE_SOURCES_COUNTRY, false,
					   &country)
					!= 0
			|| tt_check_add(t, &s->source_detections,
					   TT_SIGNATURE_SOURCES_DETECTIONS)
					!= 0
			|| tt_check_times(t, TT_SIGNATURE_SOURCES_FIRST_SEEN) != 0
			|| tt_check_sample_bits(t, TT_SIGNATURE_SOURCES_SAMPLE_BITS,
					   one_in, &bits)
					!= 0)
		return -EBADMSG;
	if (s->source_detections == before)
		return tt_check_wrong(t, "a source without detections");
	if (!tt_check_in_sample(t->m, src, one_in))
		return tt_check_wrong(t, "a source that the sample lacks");
	s->common_source_rows += INT64_C(1) << bits >= t->m->signature_sources_one_in;
	tt_match_add(&s->match[TT_MATCH_SIGNATURE_SOURCES][1], key_of(rule, country), 0,
			0, 1);
	/* A source has one country by one database, and then one row. */
	return tt_check_order(t,
			(uint64_t[]){rule[0], rule[1], src.hi, src.lo,
					tt_check_one_geo(t->m) ? 0 : country},
			5);
}
