/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * flow, and what the engines keep with a flow or a host: flowbits, xbits, hostbits, flowint. Where
 * nothing answers, each packet is a flow of its own; docs/signatures.md says what follows.
 */
#include "tt_rule_parse.h"

#include <errno.h>
#include <string.h>

bool
tt_rule_is_answer(const struct tt_packet *packet)
{
	static const uint8_t v4[] = {0, 3, 4, 5, 11, 12, 14, 16, 18};
	static const uint8_t v6[] = {1, 2, 3, 4, 129};
	const bool is_v4 = packet->protocol == TT_PROTO_ICMP;

	if (packet->has_icmp)
		return memchr(is_v4 ? v4 : v6, packet->icmp_type,
				       is_v4 ? sizeof(v4) : sizeof(v6))
				!= NULL;
	if (!packet->has_ports)
		return false;
	if (packet->protocol == TT_PROTO_UDP)
		return packet->src_port < 1024 && packet->dst_port >= 1024;
	return (packet->tcp_flags & TT_TCP_RST) != 0
			|| (packet->tcp_flags & (TT_TCP_SYN | TT_TCP_ACK))
			== (TT_TCP_SYN | TT_TCP_ACK);
}

enum flow_word {
	FLOW_TRUE, /* of every packet here */
	FLOW_ANSWER,
	FLOW_NEVER,
};

static const struct {
	const char *word;
	enum flow_word means;
} flow_words[] = {{"to_server", FLOW_TRUE}, {"from_client", FLOW_TRUE},
		{"to_client", FLOW_ANSWER}, {"from_server", FLOW_ANSWER},
		{"stateless", FLOW_TRUE}, {"not_established", FLOW_TRUE},
		{"established", FLOW_NEVER}, {"no_stream", FLOW_TRUE},
		{"only_stream", FLOW_NEVER}, {"no_frag", FLOW_TRUE},
		{"only_frag", FLOW_NEVER}};

TT_RULE_TAKE(flow)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), word;

	while (tt_rule_word_next(&rest, ',', &word)) {
		unsigned i = 0;

		while (i < TT_ARRAY_SIZE(flow_words)
				&& !tt_rule_word_is(word, flow_words[i].word))
			i++;
		if (i == TT_ARRAY_SIZE(flow_words))
			return tt_rule_broken(p, word.at, "flow: unknown: \"%.*s\"",
					TT_RULE_SHOWN(word));
		if (flow_words[i].means == FLOW_NEVER
				&& tt_rule_unreachable(p, "flow:%s", flow_words[i].word)
						!= 0)
			return -ENOMEM;
		if (flow_words[i].means == FLOW_ANSWER
				&& tt_rule_add_header(p, TT_RULE_ANSWER) == NULL)
			return -ENOMEM;
	}
	return 0;
}

static const struct {
	const char *word;
	enum tt_rule_flowbit_do does;
} flowbit_words[] = {{"set", TT_RULE_FLOWBIT_SET}, {"unset", TT_RULE_FLOWBIT_UNSET},
		{"toggle", TT_RULE_FLOWBIT_TOGGLE}, {"isset", TT_RULE_FLOWBIT_IS_SET},
		{"isnotset", TT_RULE_FLOWBIT_IS_NOT_SET}};

/* Keeps the names of an option, of which the separator's meaning is "any of". */
static int
keep_names(struct tt_rule_parse *p, struct tt_rule_word list, char separator)
{
	struct tt_rule_word rest = list, name;
	struct tt_rule_bit_names *names;
	unsigned n = 1;

	for (size_t i = 0; i < list.n; i++)
		n += list.at[i] == separator;
	names = tt_rules_memory_take(
			p->memory, sizeof(*names) + n * sizeof(names->names[0]));
	if (names == NULL)
		return -ENOMEM;
	names->option = p->rule.n_payload - 1;
	names->does = p->payload[names->option].u.flowbit.does;
	names->next = p->bits;
	p->bits = names;
	while (tt_rule_word_next(&rest, separator, &name)) {
		char *copy = tt_rules_memory_text(p->memory, name.at, name.n);

		if (copy == NULL)
			return -ENOMEM;
		if (name.n == 0)
			return tt_rule_broken(p, list.at, "flowbits: an empty name");
		names->names[names->n++].name = copy;
	}
	return 0;
}

static int
add_flowbit(struct tt_rule_parse *p, enum tt_rule_flowbit_do does,
		struct tt_rule_word list, char separator)
{
	struct tt_rule_option *option = tt_rule_add_payload(p, TT_RULE_FLOWBIT);

	if (option == NULL)
		return -ENOMEM;
	option->u.flowbit.does = does;
	return keep_names(p, list, separator);
}

/* "isset,a|b" is any of them; "isset,a&b" all of them: an option for each. */
static int
take_names(struct tt_rule_parse *p, enum tt_rule_flowbit_do does,
		struct tt_rule_word list)
{
	struct tt_rule_word name;
	int ret = 0;

	if (memchr(list.at, '&', list.n) == NULL)
		return add_flowbit(p, does, list, '|');
	while (ret == 0 && tt_rule_word_next(&list, '&', &name))
		ret = add_flowbit(p, does, name, '|');
	return ret;
}

TT_RULE_TAKE(flowbits)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), word, list;

	tt_rule_word_next(&rest, ',', &word);
	if (tt_rule_word_is(word, "noalert")) {
		p->rule.no_alert = true;
		return 0;
	}
	if (tt_rule_word_is(word, "setx") || tt_rule_word_is(word, "reset"))
		return tt_rule_unsupported(
				p, "option flowbits: %.*s", TT_RULE_SHOWN(word));
	for (unsigned i = 0; i < TT_ARRAY_SIZE(flowbit_words); i++) {
		if (!tt_rule_word_is(word, flowbit_words[i].word))
			continue;
		if (!tt_rule_word_next(&rest, ',', &list) || list.n == 0)
			return tt_rule_broken(p, word.at, "flowbits: no name");
		if (rest.at != NULL && flowbit_words[i].does >= TT_RULE_FLOWBIT_IS_SET)
			return tt_rule_unsupported(p, "option flowbits: a group");
		return take_names(p, flowbit_words[i].does, list);
	}
	return tt_rule_broken(
			p, word.at, "flowbits: unknown: \"%.*s\"", TT_RULE_SHOWN(word));
}

/* Bits of hosts and pairs: to set them changes nothing for this rule, to ask for them does. */
TT_RULE_TAKE(xbits)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), word;

	tt_rule_word_next(&rest, ',', &word);
	if (tt_rule_word_is(word, "noalert"))
		p->rule.no_alert = true;
	else if (!tt_rule_word_is(word, "set") && !tt_rule_word_is(word, "unset")
			&& !tt_rule_word_is(word, "toggle"))
		return tt_rule_unsupported(p, "option %.*s: %.*s", TT_RULE_SHOWN(o->name),
				TT_RULE_SHOWN(word));
	return 0;
}

/* Likewise numbers of a flow. */
TT_RULE_TAKE(flowint)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), name, word;

	tt_rule_word_next(&rest, ',', &name);
	if (!tt_rule_word_next(&rest, ',', &word) || word.n == 0)
		return tt_rule_broken(p, o->value.at, "flowint: no operation");
	if (tt_rule_word_is(word, "+") || tt_rule_word_is(word, "-")
			|| tt_rule_word_is(word, "="))
		return 0;
	return tt_rule_unsupported(p, "option flowint: %.*s", TT_RULE_SHOWN(word));
}
