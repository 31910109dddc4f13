/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rpc: a call of ONC RPC (RFC 5531), by program, version and procedure. It becomes the byte_tests
 * and the isdataat that say the same, none of which moves what later options are relative to.
 */
#include "tt_rule_parse.h"

#include <errno.h>

#define CALL         0
#define RPC_VERSION  2
#define RECORD_MARK  4 /* bytes before a message in TCP */
#define AT_TYPE      4
#define AT_RPC       8
#define AT_PROGRAM   12 /* version and procedure follow */
#define FIELD        4
#define HEADER       24
#define N_STATED_MAX 3

/* Of the payload, whatever buffer others look at. */
static struct tt_rule_option *
add(struct tt_rule_parse *p, enum tt_rule_kind kind)
{
	struct tt_rule_option *option = tt_rule_add_payload(p, kind);

	if (option != NULL)
		option->buffer = TT_RULE_BUFFER_PAYLOAD;
	return option;
}

static int
add_test(struct tt_rule_parse *p, int64_t at, int64_t number)
{
	struct tt_rule_option *option = add(p, TT_RULE_BYTE_TEST);

	if (option == NULL)
		return -ENOMEM;
	option->u.bytes = (struct tt_rule_bytes){.n = {FIELD, -1},
			.offset = {at, -1},
			.op = TT_RULE_EQ,
			.operand = {number, -1},
			.multiplier = 1,
			.variable = -1};
	return 0;
}

/* What holds of every call. */
static int
add_call(struct tt_rule_parse *p, int64_t start)
{
	struct tt_rule_option *option = add(p, TT_RULE_ISDATAAT);

	if (option == NULL)
		return -ENOMEM;
	option->u.isdataat = (struct tt_rule_isdataat){{start + HEADER - 1, -1}, false};
	return add_test(p, start + AT_TYPE, CALL) != 0
					|| add_test(p, start + AT_RPC, RPC_VERSION) != 0
			? -ENOMEM
			: 0;
}

TT_RULE_TAKE(rpc)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), word;
	const int64_t start = p->rule.protocol == TT_RULE_TCP ? RECORD_MARK : 0;
	int64_t number;
	int ret;

	if (p->rule.protocol != TT_RULE_TCP && p->rule.protocol != TT_RULE_UDP)
		return tt_rule_unsupported(p, "option rpc, but of tcp and udp");
	ret = add_call(p, start);
	for (unsigned i = 0; ret == 0 && tt_rule_word_next(&rest, ',', &word); i++) {
		if (i == N_STATED_MAX)
			return tt_rule_broken(p, word.at, "rpc: too many values");
		if (i > 0 && tt_rule_word_is(word, "*"))
			continue;
		ret = tt_rule_parse_number(p, o, word, 0, UINT32_MAX, &number);
		if (ret == 0)
			ret = add_test(p, start + AT_PROGRAM + FIELD * i, number);
	}
	return ret;
}
