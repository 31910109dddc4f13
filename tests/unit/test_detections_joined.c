/* SPDX-License-Identifier: BSD-3-Clause */
/* Full tables that were counted by different sets of rules, as if by one. */
#include "detections_bed.h"
#include "tt_rules_joined.h"

#define SET_RULES 200
#define SET_MOVED 120 /* rules of the one set that the other has not */
#define ALL_RULES (SET_RULES + SET_MOVED)

static uint64_t joined_matches[ALL_RULES][TT_N_COUNTRIES + 1];

static int
put_joined_row(void *context, const struct tt_signature_row *row, struct tt_error *err)
{
	joined_matches[row->rule->sid - 1][row->country] += row->matches;
	return 0;
}

/* What sources of two countries send, several packets of each rule; adds it to what is wanted. */
static void
add_by_sid(struct tt_detections *d, uint64_t wanted[ALL_RULES][2])
{
	const struct tt_rules *by = d->config.rules;

	for (unsigned i = 0; i < 20 * by->n; i++) {
		const unsigned rule = i % by->n, country = i / by->n % 2;
		const unsigned source = i / by->n + (country == 0 ? 0 : COUNTRY_SOURCES);
		const unsigned packets = 1 + (i + by->rules[rule].sid) % 3;

		for (unsigned k = 0; k < packets; k++)
			add(d, rule, (1u << 24) + source, START + i);
		wanted[by->rules[rule].sid - 1][country] += packets;
	}
}

/* Packets of a rule are those of its countries, and those whose country was not told apart. */
static void
assert_rules_have(uint64_t wanted[ALL_RULES][2])
{
	const tt_country countries[] = {tt_country_parse("CN"), tt_country_parse("JP")};
	uint64_t all = 0, rest = 0;

	for (unsigned rule = 0; rule < ALL_RULES; rule++) {
		const uint64_t *got = joined_matches[rule];
		uint64_t sum = got[TT_N_COUNTRIES];

		for (unsigned i = 0; i < TT_ARRAY_SIZE(countries); i++) {
			assert_true(got[countries[i]] <= wanted[rule][i]);
			sum += got[countries[i]];
		}
		assert_int_equal(sum, wanted[rule][0] + wanted[rule][1]);
		all += sum;
		rest += got[TT_N_COUNTRIES];
	}
	assert_int_equal(totals.matches, all);
	assert_true(rest > 0);
}

/* Hits, cells, and what has no country, of two sets in which rules have other places. */
static void
sampled_parts_of_other_rules_keep_each_rule_its_packets(void **state)
{
	static struct tt_rule moved[SET_RULES];
	static uint64_t wanted[ALL_RULES][2];
	const struct tt_rules other = {
			.rules = moved, .n = SET_RULES, .identity = "another"};
	const struct tt_signature_sink sink = {.signature = put_joined_row};
	struct tt_detections_joined joined = {0};
	struct tt_detections parts[2];
	const struct tt_detections *given[] = {&parts[0], &parts[1]};
	struct tt_detections_merge *m;
	struct tt_geo *unknown = geo;

	geo = two_countries();
	m = make_merge(2 * TT_HITS_MIN, tt_mem_heap());
	set_rules(SET_RULES, (struct tt_rule_count){0});
	for (unsigned i = 0; i < SET_RULES; i++)
		moved[i] = (struct tt_rule){.gid = 1, .sid = SET_MOVED + i + 1};
	parts[0] = make(TT_HITS_MIN);
	parts[1] = make(TT_HITS_MIN);
	tt_detections_count_by(&parts[0], &other);
	for (unsigned i = 0; i < 2; i++) {
		add_by_sid(&parts[i], wanted);
		assert_true(parts[i].shift[TT_HITS_PLAIN] > 0);
		assert_int_equal(parts[i].cells_taken, parts[i].n_cells / 8 * 7);
	}
	memset(joined_matches, 0, sizeof(joined_matches));
	assert_int_equal(tt_detections_join_rules(&joined, given, 2, NULL), 0);
	assert_int_equal(joined.rules.n, ALL_RULES);
	assert_int_equal(tt_detections_merge_run(m, &joined.rules, given, 2, START,
					 START + MINUTE, &sink, &totals, NULL),
			0);
	assert_rules_have(wanted);
	tt_detections_joined_fini(&joined);
	tt_detections_fini(&parts[0]);
	tt_detections_fini(&parts[1]);
	tt_detections_merge_destroy(m);
	tt_geo_close(geo);
	geo = unknown;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					sampled_parts_of_other_rules_keep_each_rule_its_packets),
	};

	if (tt_geo_open(&geo, "", tt_mem_heap(), NULL) != 0)
		return 1;
	return cmocka_run_group_tests_name("detections_joined", tests, NULL, NULL);
}
