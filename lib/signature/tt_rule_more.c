/* SPDX-License-Identifier: BSD-3-Clause */
/* Options of headers that have forms of their own: VLAN identifiers, chunks of SCTP, checksums, the version of IP. */
#include "tt_rule_parse.h"

#include <errno.h>

static int
add_number(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		const struct tt_rule_number *number, bool negated)
{
	struct tt_rule_option *option = tt_rule_add_header(
			p, (enum tt_rule_kind)o->argument);

	if (option == NULL)
		return -ENOMEM;
	option->u.number = *number;
	option->negated = negated;
	return 0;
}

/* RFC 9260 section 3.2, RFC 3758: as rules write them. */
static const struct {
	const char *name;
	uint8_t type;
} chunks[] = {{"data", 0}, {"init", 1}, {"init_ack", 2}, {"sack", 3}, {"heartbeat", 4},
		{"hb_ack", 5}, {"abort", 6}, {"shutdown", 7}, {"shutdown_ack", 8},
		{"error", 9}, {"cookie_echo", 10}, {"cookie_ack", 11}, {"ecne", 12},
		{"cwr", 13}, {"shutdown_complete", 14}, {"forward_tsn", 192}};

TT_RULE_TAKE(sctp_chunk)
{
	struct tt_rule_word word = tt_rule_unquoted(o->value), name = word;
	struct tt_rule_number number = {0, 0, 0};
	bool negated = false;
	int ret;

	if (name.n > 0 && name.at[0] == '!')
		name = tt_rule_word_trim(tt_rule_word_skip(name, 1));
	for (unsigned i = 0; i < TT_ARRAY_SIZE(chunks); i++) {
		if (!tt_rule_word_is(name, chunks[i].name))
			continue;
		number.min = number.max = chunks[i].type;
		return add_number(p, o, &number, name.at != word.at);
	}
	ret = tt_rule_parse_condition(p, o, word, &number, &negated);
	return ret != 0 ? ret : add_number(p, o, &number, negated);
}

/* Which of the tags, by a word or a layer; engines know more. */
static int
take_layer(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, struct tt_rule_vlan *vlan)
{
	static const struct {
		const char *word;
		enum tt_rule_vlan_which which;
	} words[] = {{"any", TT_RULE_VLAN_ANY}, {"all", TT_RULE_VLAN_ALL},
			{"or_absent", TT_RULE_VLAN_OR_ABSENT},
			{"all_or_absent", TT_RULE_VLAN_ALL_OR_ABSENT}};
	int64_t layer;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(words); i++) {
		if (!tt_rule_word_is(word, words[i].word))
			continue;
		vlan->which = words[i].which;
		return 0;
	}
	if (!tt_rule_word_number(word, -3, 2, &layer))
		return tt_rule_unsupported(p, "option %.*s: %.*s", TT_RULE_SHOWN(o->name),
				TT_RULE_SHOWN(word));
	vlan->which = TT_RULE_VLAN_AT;
	vlan->layer = (int8_t)layer;
	return 0;
}

TT_RULE_TAKE(vlan_id)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), word;
	struct tt_rule_vlan vlan = {.which = TT_RULE_VLAN_ANY};
	struct tt_rule_option *option;
	bool negated = false;
	int ret;

	tt_rule_word_next(&rest, ',', &word);
	ret = tt_rule_parse_condition(p, o, word, &vlan.number, &negated);
	if (ret == 0 && rest.at != NULL)
		ret = take_layer(p, o, tt_rule_word_trim(rest), &vlan);
	if (ret != 0)
		return ret;
	option = tt_rule_add_header(p, TT_RULE_VLAN_ID);
	if (option == NULL)
		return -ENOMEM;
	option->u.vlan = vlan;
	option->negated = negated;
	return 0;
}

TT_RULE_TAKE(checksum)
{
	struct tt_rule_word word = tt_rule_unquoted(o->value);
	const bool wrong = tt_rule_word_is(word, "invalid");
	struct tt_rule_option *option;

	if (!wrong && !tt_rule_word_is(word, "valid"))
		return tt_rule_broken(p, word.at,
				"%.*s: neither valid nor invalid: \"%.*s\"",
				TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(word));
	option = tt_rule_add_header(p, TT_RULE_CHECKSUM);
	if (option == NULL)
		return -ENOMEM;
	option->u.checksum = (enum tt_rule_checksum)o->argument;
	option->negated = wrong;
	return 0;
}

TT_RULE_TAKE(l3_proto)
{
	struct tt_rule_word word = tt_rule_unquoted(o->value);
	uint8_t version = 0;

	if (tt_rule_word_is(word, "ipv4") || tt_rule_word_is(word, "ip4"))
		version = 4;
	else if (tt_rule_word_is(word, "ipv6") || tt_rule_word_is(word, "ip6"))
		version = 6;
	else
		return tt_rule_broken(p, word.at, "%.*s: no version of IP: \"%.*s\"",
				TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(word));
	if (p->rule.ip_version != 0 && p->rule.ip_version != version)
		return tt_rule_unreachable(p,
				"never matches: its conditions on the version of IP exclude each other");
	p->rule.ip_version = version;
	return 0;
}
