/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a file of rules; those that begin with "%YAML" as one of variables too. Each line has
 * one outcome, what is loaded holds together, and what is not says why.
 */
#include "tt_rule_variables.h"
#include "tt_rules.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_addresses(const struct tt_rule_addresses *a)
{
	for (unsigned i = 0; i < a->n; i++) {
		TT_ASSERT(tt_addr_cmp(a->ranges[i].first, a->ranges[i].last) <= 0);
		TT_ASSERT(i == 0
				|| tt_addr_cmp(a->ranges[i - 1].last, a->ranges[i].first)
						< 0);
	}
}

static void
check_ports(const struct tt_rule_ports *p)
{
	for (unsigned i = 0; i < p->n; i++) {
		TT_ASSERT(p->ranges[i].first <= p->ranges[i].last);
		TT_ASSERT(i == 0 || p->ranges[i - 1].last < p->ranges[i].first);
	}
}

static void
check_value(const struct tt_rule *rule, const struct tt_rule_value *value)
{
	TT_ASSERT(value->variable >= -1 && value->variable < (int)rule->n_variables);
}

static void
check_option(const struct tt_rules *rules, const struct tt_rule *rule,
		const struct tt_rule_option *o)
{
	TT_ASSERT(o->kind < TT_RULE_N_KINDS && o->buffer < TT_RULE_N_BUFFERS);
	switch (o->kind) {
	case TT_RULE_CONTENT:
		TT_ASSERT(o->u.content.n > 0);
		check_value(rule, &o->u.content.offset);
		check_value(rule, &o->u.content.depth);
		TT_ASSERT(!o->u.content.has_depth || o->u.content.depth.variable >= 0
				|| o->u.content.depth.constant >= o->u.content.n);
		break;
	case TT_RULE_PCRE:
		TT_ASSERT(o->u.pcre.pattern != NULL);
		break;
	case TT_RULE_BYTE_TEST:
	case TT_RULE_BYTE_JUMP:
	case TT_RULE_BYTE_EXTRACT:
	case TT_RULE_BYTE_MATH:
		check_value(rule, &o->u.bytes.n);
		check_value(rule, &o->u.bytes.offset);
		check_value(rule, &o->u.bytes.operand);
		TT_ASSERT(o->u.bytes.variable < (int)rule->n_variables);
		break;
	case TT_RULE_ISDATAAT:
		check_value(rule, &o->u.isdataat.at);
		break;
	case TT_RULE_FLOWBIT:
		TT_ASSERT(o->u.flowbit.names != 0);
		TT_ASSERT(rules->n_flowbits == TT_RULE_FLOWBITS_MAX
				|| o->u.flowbit.names >> rules->n_flowbits == 0);
		break;
	default:
		break;
	}
}

static void
check_rule(const struct tt_rules *rules, const struct tt_rule *rule)
{
	TT_ASSERT(rule->sid > 0 && rule->line > 0 && rule->priority > 0);
	TT_ASSERT(rule->message != NULL && rule->classtype != NULL);
	TT_ASSERT(rule->category[0] != '\0' && rule->text[0] != '\0');
	TT_ASSERT(rule->n_variables <= TT_RULE_VARIABLES_MAX);
	check_addresses(&rule->src);
	check_addresses(&rule->dst);
	check_ports(&rule->src_ports);
	check_ports(&rule->dst_ports);
	for (unsigned i = 0; i < rule->n_header; i++) {
		TT_ASSERT(rule->header[i].kind < TT_RULE_CONTENT);
		check_option(rules, rule, &rule->header[i]);
	}
	for (unsigned i = 0; i < rule->n_payload; i++) {
		TT_ASSERT(rule->payload[i].kind >= TT_RULE_CONTENT);
		check_option(rules, rule, &rule->payload[i]);
	}
}

static void
try_yaml(const uint8_t *data, size_t size)
{
	struct tt_rule_variables variables;
	struct tt_error err = {0};
	int ret = tt_rule_variables_init(&variables, NULL);

	TT_ASSERT(ret == 0);
	ret = tt_rule_variables_yaml(&variables, "fuzz", data, size, &err);
	TT_ASSERT(ret == 0 || err.why[0] != '\0');
	tt_rule_variables_fini(&variables);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tt_rules rules;
	struct tt_error err = {0};
	unsigned n = 0;

	if (size >= 5 && memcmp(data, "%YAML", 5) == 0)
		try_yaml(data, size);
	TT_ASSERT(tt_rules_parse(&rules, "fuzz", data, size, NULL, &err) == 0);
	for (unsigned i = 0; i < TT_RULE_N_OUTCOMES; i++)
		n += rules.outcomes[i];
	TT_ASSERT(n == rules.n + rules.n_remarks
			&& rules.outcomes[TT_RULE_LOADED] == rules.n);
	for (unsigned i = 0; i < rules.n; i++)
		check_rule(&rules, &rules.rules[i]);
	for (unsigned i = 0; i < rules.n_remarks; i++)
		TT_ASSERT(rules.remarks[i].line > 0 && rules.remarks[i].why[0] != '\0');
	tt_rules_fini(&rules);
	return 0;
}
