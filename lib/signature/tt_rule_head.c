/* SPDX-License-Identifier: BSD-3-Clause */
/* The head of a rule: action, protocol, addresses, ports, direction. */
#include "tt_rule_parse.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define WORDS_MAX 7

static const struct {
	const char *name;
	enum tt_rule_protocol protocol;
	uint8_t ip_version;
	int16_t number; /* IP protocol, or -1: as `protocol` says */
} protocols[] = {
		{"ip", TT_RULE_IP, 0, -1},
		{"ip4", TT_RULE_IP, 4, -1},
		{"ipv4", TT_RULE_IP, 4, -1},
		{"ip6", TT_RULE_IP, 6, -1},
		{"ipv6", TT_RULE_IP, 6, -1},
		{"tcp", TT_RULE_TCP, 0, -1},
		{"tcp4", TT_RULE_TCP, 4, -1},
		{"tcp6", TT_RULE_TCP, 6, -1},
		{"tcp-pkt", TT_RULE_TCP, 0, -1},
		{"udp", TT_RULE_UDP, 0, -1},
		{"udp4", TT_RULE_UDP, 4, -1},
		{"udp6", TT_RULE_UDP, 6, -1},
		{"icmp", TT_RULE_ICMP, 0, -1},
		{"icmpv4", TT_RULE_ICMP, 0, TT_PROTO_ICMP},
		{"icmp4", TT_RULE_ICMP, 0, TT_PROTO_ICMP},
		{"icmpv6", TT_RULE_ICMP, 0, TT_PROTO_ICMPV6},
		{"icmp6", TT_RULE_ICMP, 0, TT_PROTO_ICMPV6},
		{"igmp", TT_RULE_IP, 0, TT_PROTO_IGMP},
		{"sctp", TT_RULE_SCTP, 0, TT_PROTO_SCTP},
};

static int
take_action(struct tt_rule_parse *p, struct tt_rule_word word)
{
	static const char *const others[] = {
			"pass", "activate", "dynamic", "config", "accept"};

	if (!tt_rule_is_action(word))
		return tt_rule_broken(
				p, word.at, "no action: \"%.*s\"", TT_RULE_SHOWN(word));
	if (tt_rule_word_is(word, "file_id"))
		return tt_rule_unreachable(p, "action file_id, files");
	for (unsigned i = 0; i < TT_ARRAY_SIZE(others); i++)
		if (tt_rule_word_begins(word, others[i]))
			return tt_rule_unsupported(p, "action %.*s", TT_RULE_SHOWN(word));
	return 0;
}

static int
take_protocol(struct tt_rule_parse *p, struct tt_rule_word word)
{
	const char *colon = memchr(word.at, ':',
			word.n); /* Suricata's hooks: "tcp:all", of every packet */
	struct tt_rule_option *option;
	const bool all = colon != NULL
			&& tt_rule_word_is((struct tt_rule_word){colon + 1,
							   (size_t)(word.at + word.n
									   - colon - 1)},
					"all");

	if (colon != NULL && !all
			&& tt_rule_unsupported(p, "hook %.*s", TT_RULE_SHOWN(word)) != 0)
		return -ENOMEM;
	if (colon != NULL)
		word.n = (size_t)(colon - word.at);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(protocols); i++) {
		if (!tt_rule_word_is(word, protocols[i].name))
			continue;
		p->rule.protocol = protocols[i].protocol;
		p->rule.ip_version = protocols[i].ip_version;
		if (protocols[i].number < 0)
			return 0;
		option = tt_rule_add_header(p, TT_RULE_IP_PROTO);
		if (option == NULL)
			return -ENOMEM;
		option->u.number.min = option->u.number.max = (uint32_t)protocols[i]
									      .number;
		return 0;
	}
	if (tt_rule_word_is(word, "tcp-stream"))
		return tt_rule_unreachable(p, "protocol tcp-stream, a stream");
	if (tt_rule_word_is(word, "pkthdr"))
		return tt_rule_unreachable(p, "protocol pkthdr, packets that are none");
	if (tt_rule_word_is(word, "arp") || tt_rule_word_is(word, "ether"))
		return tt_rule_unreachable(
				p, "protocol %.*s, not IP", TT_RULE_SHOWN(word));
	if (tt_rule_is_application(word))
		return tt_rule_unreachable(p, "protocol %.*s, an application's parser",
				TT_RULE_SHOWN(word));
	return tt_rule_broken(p, word.at, "no protocol: \"%.*s\"", TT_RULE_SHOWN(word));
}

static int
list_failed(struct tt_rule_parse *p, int ret, struct tt_rule_word word,
		const struct tt_rule_list_error *wrong)
{
	if (ret != -EINVAL)
		return ret;
	return tt_rule_broken(p, wrong->where == NULL ? word.at : wrong->where, "%s",
			wrong->why);
}

static int
take_addresses(struct tt_rule_parse *p, struct tt_rule_word word,
		struct tt_rule_addresses *addresses)
{
	struct tt_rule_list_error wrong;
	int ret = tt_rule_list_addresses(
			p->variables, p->memory, word, addresses, &wrong);

	return list_failed(p, ret, word, &wrong);
}

static int
take_ports(struct tt_rule_parse *p, struct tt_rule_word word, struct tt_rule_ports *ports)
{
	struct tt_rule_list_error wrong;
	int ret = tt_rule_list_ports(p->variables, p->memory, word, ports, &wrong);

	return list_failed(p, ret, word, &wrong);
}

static int
take_direction(struct tt_rule_parse *p, struct tt_rule_word word)
{
	if (tt_rule_word_is(word, "<>"))
		p->rule.both_directions = true;
	else if (tt_rule_word_is(word, "=>"))
		return tt_rule_unreachable(
				p, "direction =>, transactions of an application");
	else if (!tt_rule_word_is(word, "->"))
		return tt_rule_broken(p, word.at, "no direction: \"%.*s\"",
				TT_RULE_SHOWN(word));
	return 0;
}

/* The next word of the head; blanks within a list do not end it. *open: a list does not end. */
static struct tt_rule_word
next_word(struct tt_rule_word *rest, bool *open)
{
	struct tt_rule_word word;
	int lists = 0;
	size_t n = 0;

	*rest = tt_rule_word_trim(*rest);
	while (n < rest->n && rest->at[n] == '!') {
		n++;
		while (n < rest->n && isspace((unsigned char)rest->at[n]))
			n++;
	}
	for (; n < rest->n; n++) {
		const char c = rest->at[n];

		lists += (c == '[') - (c == ']');
		if (c == '(' || (lists <= 0 && isspace((unsigned char)c)))
			break;
	}
	*open = lists > 0;
	word = (struct tt_rule_word){rest->at, n};
	*rest = tt_rule_word_trim(tt_rule_word_skip(*rest, n));
	return word;
}

int
tt_rule_parse_head(struct tt_rule_parse *p, struct tt_rule_word *rest)
{
	struct tt_rule_word words[WORDS_MAX];
	bool open = false;
	unsigned n = 0;
	int ret;

	while (n < WORDS_MAX && !open && rest->n > 0 && rest->at[0] != '(')
		words[n++] = next_word(rest, &open);
	if (open)
		return tt_rule_broken(p, words[n - 1].at, "a list that does not end");
	if (n == 0)
		return tt_rule_broken(p, p->line->text.at, "no action");
	ret = take_action(p, words[0]);
	if (ret != 0)
		return ret;
	if (n == 1 && rest->n > 0) /* Snort 3: events of the engine itself */
		return tt_rule_unreachable(p, "no protocol: an event of the engine");
	if (n > 1)
		ret = take_protocol(p, words[1]);
	if (ret != 0 || (n == 2 && rest->n > 0)) /* Snort 3: of all addresses and ports */
		return ret;
	if (n != WORDS_MAX || (rest->n > 0 && rest->at[0] != '('))
		return tt_rule_broken(p, n == WORDS_MAX ? rest->at : p->line->text.at,
				"a head has action, protocol, address, port, direction, address, port; not %s",
				n == WORDS_MAX ? "more" : "less");
	ret = take_addresses(p, words[2], &p->rule.src);
	if (ret == 0)
		ret = take_ports(p, words[3], &p->rule.src_ports);
	if (ret == 0)
		ret = take_direction(p, words[4]);
	if (ret == 0)
		ret = take_addresses(p, words[5], &p->rule.dst);
	if (ret == 0)
		ret = take_ports(p, words[6], &p->rule.dst_ports);
	return ret;
}
