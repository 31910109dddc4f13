/* SPDX-License-Identifier: BSD-3-Clause */
/* Whole sets of others, where they are at hand: what of them loads is fixed here. */
#include "rules_bed.h"

#include <glob.h>
#include <unistd.h>

static void
load(struct tt_rules *rules, const char *const *files, unsigned n)
{
	struct tt_error err = {0};

	if (tt_rules_load(rules, files, n, NULL, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

/* All rules of 2005 that need no session, but the one of asn1. */
static void
the_sessionless_rules_of_2005_load(void **state)
{
	static const unsigned expected[TT_RULE_N_OUTCOMES] = {476, 0, 1, 0, 0};
	struct tt_rules rules;
	char path[512];
	const char *file = path;

	snprintf(path, sizeof(path), "%s/rules/snort-2005-gpl-sessionless.rules",
			getenv("TT_SHARED"));
	if (access(path, R_OK) != 0) {
		print_message("skipped: no %s\n", path);
		skip();
	}
	load(&rules, &file, 1);
	assert_memory_equal(rules.outcomes, expected, sizeof(expected));
	assert_string_equal(rules.remarks[0].why, "option asn1");
	tt_rules_fini(&rules);
}

/* Rules of tests of single packets: all load but those whose action is pass. */
static void
rules_of_another_engines_tests_load(void **state)
{
	char pattern[512];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/suricata-verify/*/*.rules",
			getenv("TT_SHARED"));
	if (glob(pattern, 0, NULL, &found) != 0) {
		print_message("skipped: no %s\n", pattern);
		skip();
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *file = found.gl_pathv[i];
		struct tt_rules rules;

		load(&rules, &file, 1);
		for (unsigned k = 0; k < rules.n_remarks; k++)
			if (strcmp(rules.remarks[k].why, "action pass") != 0)
				fail_msg("%s:%u: %s", file, rules.remarks[k].line,
						rules.remarks[k].why);
		tt_rules_fini(&rules);
	}
	globfree(&found);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_sessionless_rules_of_2005_load),
			cmocka_unit_test(rules_of_another_engines_tests_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
