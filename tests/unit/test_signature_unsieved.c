/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether SYNs are sieved under some rules, and why not, on any processor. */
#include "signature_bed.h"

#define MANY      1100 /* more than the steps that a packet may cost */
#define DIFFERENT 600 /* more than a sieve has boxes, and few enough for its gate */

static char text[MANY * 128];

/* So many rules, of which each has a number of its own, and its upper bytes, in the format, and its sid. */
static void
make_text(const char *format, unsigned n)
{
	size_t at = 0;

	for (unsigned i = 1; i <= n; i++) {
		const uint32_t number = i * 2654435761U;

		at += (size_t)snprintf(text + at, sizeof(text) - at, format, number,
				number >> 16, number >> 24);
		at += (size_t)snprintf(text + at, sizeof(text) - at, " sid:%u;)\n", i);
	}
}

/* why: how the line ends; NULL: there is none. */
static void
expect(const char *why)
{
	struct bed bed;
	const char *line;

	bed_init(&bed, text, NULL);
	line = tt_signatures_unsieved(bed.signatures);
	bed_fini(&bed);
	if (why == NULL) {
		assert_null(line);
		return;
	}
	assert_non_null(line);
	assert_string_equal(strstr(line, ": ") + 2, why);
}

static void
few_rules_are_sieved(void **state)
{
	make_text("alert tcp any any -> any any (flags:S; seq:%u;", 40);
	expect(NULL);
}

static void
rules_of_no_tcp_take_no_sieve_away(void **state)
{
	make_text("alert udp any any -> any any (content:\"%u\";", 40);
	expect(NULL);
}

static void
a_rule_that_matches_most_syns_leaves_too_many(void **state)
{
	make_text("alert tcp any any -> any any (flags:S; seq:!%u;", 1);
	expect("the rules may match too many of them");
}

static void
rules_that_all_differ_are_too_many_boxes(void **state)
{
	make_text("alert tcp any any -> any any (flags:S; seq:%u; window:%u; ttl:%u;",
			DIFFERENT);
	expect("what the rules ask for differs too much");
}

static void
rules_of_one_port_can_take_too_many_steps(void **state)
{
	make_text("alert tcp any any -> any 23 (flags:S; msg:\"%u\";", MANY);
	expect("all rules of one may take more steps than a packet may cost");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(few_rules_are_sieved),
			cmocka_unit_test(rules_of_no_tcp_take_no_sieve_away),
			cmocka_unit_test(a_rule_that_matches_most_syns_leaves_too_many),
			cmocka_unit_test(rules_that_all_differ_are_too_many_boxes),
			cmocka_unit_test(rules_of_one_port_can_take_too_many_steps),
	};

	return cmocka_run_group_tests_name("signature_unsieved", tests, NULL, NULL);
}
