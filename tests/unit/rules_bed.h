/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of rules share: a set from text, and its only rule from options. */
#ifndef RULES_BED_H
#define RULES_BED_H

#include "tt_rules.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static inline void
read_rules_with(struct tt_rules *rules, const char *text,
		const struct tt_rules_options *options)
{
	struct tt_error err = {0};

	if (tt_rules_parse(rules, "r", (const uint8_t *)text, strlen(text), options, &err)
			!= 0)
		fail_msg("%s: %s: %s", text, err.where, err.why);
}

static inline void
read_rules(struct tt_rules *rules, const char *text)
{
	read_rules_with(rules, text, NULL);
}

/* The rule with a head of its own; the text must be one that loads. */
static inline const struct tt_rule *
read_whole(struct tt_rules *rules, const char *text)
{
	read_rules(rules, text);
	if (rules->n != 1)
		fail_msg("%s: %s", text,
				rules->n_remarks > 0 ? rules->remarks[0].why
						     : "not one rule");
	return &rules->rules[0];
}

/* The same of all packets of TCP, with these options. */
static inline const struct tt_rule *
read_rule(struct tt_rules *rules, const char *options)
{
	char text[4096];

	snprintf(text, sizeof(text), "alert tcp any any -> any any (%s sid:1;)\n",
			options);
	return read_whole(rules, text);
}

/* The outcome of the last rule of the text, and why. */
static inline void
expect_outcome(const char *text, enum tt_rule_outcome outcome, const char *why)
{
	struct tt_rules rules;
	const struct tt_rule_remark *r;

	read_rules(&rules, text);
	if (rules.n_remarks == 0)
		fail_msg("%s: loaded", text);
	r = &rules.remarks[rules.n_remarks - 1];
	if (r->outcome != outcome || strcmp(r->why, why) != 0)
		fail_msg("%s: %s: %s", text, tt_rule_outcome_name(r->outcome), r->why);
	tt_rules_fini(&rules);
}

static inline void
expect_option(const char *options, enum tt_rule_outcome outcome, const char *why)
{
	char text[4096];

	snprintf(text, sizeof(text), "alert tcp any any -> any any (%s sid:1;)\n",
			options);
	expect_outcome(text, outcome, why);
}

#endif
