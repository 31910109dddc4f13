/* SPDX-License-Identifier: BSD-3-Clause */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "signature_random.h"

#include <pcre2.h>
#include <string.h>

#define OPTIONS_MAX  5
#define RANGES_MAX   3
#define CONTENTS_MAX 6

uint64_t
random_64(struct random *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

unsigned
random_below(struct random *r, unsigned n)
{
	return (unsigned)(random_64(r) >> 32) % n;
}

uint8_t
random_byte(struct random *r)
{
	static const char few[] = "aabbAB19\0\x01 \xff";

	return (uint8_t)few[random_below(r, sizeof(few) - 1)];
}

static void *
take(size_t n, size_t bytes)
{
	void *p = calloc(n + 1, bytes);

	TT_ASSERT(p != NULL);
	return p;
}

static uint32_t
small_number(struct random *r)
{
	static const uint32_t numbers[] = {
			0, 1, 2, 3, 5, 8, 13, 20, 53, 64, 80, 128, 255, 256, 1434, 65535};

	return RANDOM_PICK(r, numbers);
}

static struct tt_rule_number
number_range(struct random *r)
{
	const uint32_t a = small_number(r), b = small_number(r);

	if (random_below(r, 2) == 0)
		return (struct tt_rule_number){a, a};
	return (struct tt_rule_number){a < b ? a : b, a < b ? b : a};
}

static struct tt_rule_addresses
addresses(struct random *r)
{
	struct tt_rule_addresses list = {0};

	if (random_below(r, 3) != 0)
		return list;
	list.ranges = take(RANGES_MAX, sizeof(*list.ranges));
	for (uint32_t a = 0; a < 4; a++)
		if (random_below(r, 2) == 0 && list.n < RANGES_MAX - 1) {
			list.ranges[list.n].first = tt_addr_v4((10 + a) << 24);
			list.ranges[list.n++].last = tt_addr_v4(((10 + a) << 24) + 2);
		}
	if (list.n == 0 || random_below(r, 4) == 0)
		list.ranges[list.n++] = (struct tt_rule_address_range){
				{0x20010db800000000, 0}, {0x20010db800000000, 2}};
	return list;
}

static struct tt_rule_ports
ports(struct random *r)
{
	struct tt_rule_ports list = {0};
	uint32_t at = 0;

	if (random_below(r, 2) == 0)
		return list;
	list.ranges = take(RANGES_MAX, sizeof(*list.ranges));
	for (unsigned i = 0; i < RANGES_MAX; i++) {
		const struct tt_rule_number range = number_range(r);

		if ((range.min < at && at > 0) || range.max > 65535)
			continue;
		list.ranges[list.n].first = (uint16_t)range.min;
		list.ranges[list.n++].last = (uint16_t)range.max;
		at = range.max + 2;
	}
	return list;
}

/* Ports as many rules have them: a few, or most. */
static struct tt_rule_ports
one_range(struct random *r)
{
	struct tt_rule_ports list = {.ranges = take(1, sizeof(*list.ranges)), .n = 1};

	list.ranges[0].first = (uint16_t)small_number(r);
	list.ranges[0].last = random_below(r, 2) == 0 ? 65535 : list.ranges[0].first;
	return list;
}

static void
header_option(struct random *r, struct tt_rule_option *o)
{
	o->kind = (enum tt_rule_kind)random_below(r, TT_RULE_CONTENT);
	o->negated = random_below(r, 4) == 0;
	switch (o->kind) {
	case TT_RULE_FLAGS:
		o->u.bits.mode = (enum tt_rule_bits_mode)random_below(r, 5);
		o->u.bits.bits = (uint16_t)random_below(r, 64);
		o->u.bits.ignore = random_below(r, 2) == 0 ? 0xc0 : 0;
		break;
	case TT_RULE_FRAGBITS:
		o->u.bits.mode = (enum tt_rule_bits_mode)random_below(r, 4);
		o->u.bits.bits = (uint16_t)random_below(r, 8);
		break;
	case TT_RULE_IPOPTS:
		o->u.ipopts = (enum tt_rule_ipopt)random_below(
				r, TT_RULE_IPOPT_CIPSO + 1);
		break;
	case TT_RULE_VLAN_ID:
		o->u.vlan = (struct tt_rule_vlan){.number = number_range(r),
				.which = (enum tt_rule_vlan_which)random_below(
						r, TT_RULE_VLAN_ALL_OR_ABSENT + 1),
				.layer = (int8_t)((int)random_below(r, 6) - 3)};
		break;
	case TT_RULE_CHECKSUM:
		o->u.checksum = (enum tt_rule_checksum)random_below(
				r, TT_RULE_N_CHECKSUMS);
		break;
	case TT_RULE_SAMEIP:
		o->negated = random_below(r, 2) == 0;
		break;
	default:
		o->u.number = number_range(r);
		if (random_below(r, 4) == 0)
			o->u.number.ignore = (uint32_t)random_64(r);
		break;
	}
}

static struct tt_rule_value
value(struct random *r, struct tt_rule *rule, int span)
{
	if (rule->n_variables != 0 && random_below(r, 4) == 0)
		return (struct tt_rule_value){
				0, (int8_t)random_below(r, rule->n_variables)};
	return (struct tt_rule_value){
			(int64_t)random_below(r, (unsigned)span) - span / 8, -1};
}

static void
content(struct random *r, struct tt_rule *rule, struct tt_rule_option *o)
{
	struct tt_rule_content *c = &o->u.content;

	o->negated = random_below(r, 5) == 0;
	c->n = 1 + random_below(r, CONTENTS_MAX);
	c->bytes = take(c->n, 1);
	c->nocase = random_below(r, 3) == 0;
	for (uint32_t i = 0; i < c->n; i++) {
		c->bytes[i] = random_byte(r);
		if (c->nocase && c->bytes[i] >= 'A' && c->bytes[i] <= 'Z')
			c->bytes[i] |= 0x20;
	}
	c->relative = random_below(r, 3) == 0;
	c->offset = (struct tt_rule_value){0, -1};
	c->depth = (struct tt_rule_value){0, -1};
	if (random_below(r, 2) == 0)
		c->offset = value(r, rule, 24);
	c->has_depth = random_below(r, 3) == 0;
	if (c->has_depth) {
		c->depth = value(r, rule, 40);
		c->depth.constant += c->n + 5;
	}
	c->ends_with = random_below(r, 12) == 0;
	c->fast_pattern = random_below(r, 6) == 0;
}

static void
pcre(struct random *r, struct tt_rule_option *o)
{
	static const char *const patterns[] = {"a.*b", "^ab", "[0-9]{2}", "b+A?1",
			"(a|b)\\1", "\\x00\\x01", "(?<=a)b", "a(?!b)", "b$", "(a+)+9"};
	static const uint32_t options[] = {
			0, 0, PCRE2_CASELESS, PCRE2_DOTALL, PCRE2_MULTILINE};
	const char *pattern = RANDOM_PICK(r, patterns);

	o->negated = random_below(r, 5) == 0;
	o->u.pcre.pattern = take(strlen(pattern), 1);
	strcpy(o->u.pcre.pattern, pattern);
	o->u.pcre.options = RANDOM_PICK(r, options);
	o->u.pcre.relative = random_below(r, 3) == 0;
}

static void
byte_option(struct random *r, struct tt_rule *rule, struct tt_rule_option *o)
{
	static const uint8_t bases[] = {0, 8, 10, 16};
	struct tt_rule_bytes *b = &o->u.bytes;

	b->text = random_below(r, 3) == 0;
	b->n = random_below(r, 8) == 0
			? value(r, rule, 10)
			: (struct tt_rule_value){
					1 + random_below(r, b->text ? 5 : 4), -1};
	b->base = RANDOM_PICK(r, bases);
	b->relative = random_below(r, 2) == 0;
	b->little_endian = random_below(r, 2) == 0;
	b->offset = value(r, rule, 20);
	b->mask = random_below(r, 4) == 0 ? 0x3c : 0;
	b->op = (enum tt_rule_operator)(o->kind == TT_RULE_BYTE_MATH
					? TT_RULE_ADD + (int)random_below(r, 6)
					: (int)random_below(r, TT_RULE_ADD));
	b->not_op = random_below(r, 4) == 0;
	b->operand = value(r, rule, 100);
	b->multiplier = 1 + random_below(r, 3);
	b->align = (uint8_t)(random_below(r, 3) * 2);
	b->from_beginning = random_below(r, 6) == 0;
	b->from_end = !b->from_beginning && random_below(r, 6) == 0;
	b->post_offset = random_below(r, 8) == 0
			? value(r, rule, 10)
			: (struct tt_rule_value){(int64_t)random_below(r, 10) - 5, -1};
	if ((o->kind == TT_RULE_BYTE_EXTRACT || o->kind == TT_RULE_BYTE_MATH)
			&& rule->n_variables < TT_RULE_VARIABLES_MAX)
		b->variable = (int8_t)rule->n_variables++;
}

/* alone: of the payload and nothing else. */
static void
payload_option(struct random *r, struct tt_rule *rule, struct tt_rule_option *o,
		bool alone)
{
	static const enum tt_rule_kind kinds[] = {TT_RULE_CONTENT, TT_RULE_CONTENT,
			TT_RULE_CONTENT, TT_RULE_CONTENT, TT_RULE_PCRE, TT_RULE_BYTE_TEST,
			TT_RULE_BYTE_JUMP, TT_RULE_BYTE_EXTRACT, TT_RULE_BYTE_MATH,
			TT_RULE_ISDATAAT, TT_RULE_BSIZE, TT_RULE_FLOWBIT};

	do
		o->kind = RANDOM_PICK(r, kinds);
	while (alone && o->kind == TT_RULE_FLOWBIT);
	o->buffer = !alone && random_below(r, 8) == 0
			? (enum tt_rule_buffer)random_below(r, TT_RULE_N_BUFFERS)
			: TT_RULE_BUFFER_PAYLOAD;
	switch (o->kind) {
	case TT_RULE_CONTENT:
		content(r, rule, o);
		break;
	case TT_RULE_PCRE:
		pcre(r, o);
		break;
	case TT_RULE_ISDATAAT:
		o->negated = random_below(r, 3) == 0;
		o->u.isdataat.at = value(r, rule, 60);
		o->u.isdataat.relative = random_below(r, 2) == 0;
		break;
	case TT_RULE_BSIZE:
		o->u.number = number_range(r);
		break;
	case TT_RULE_FLOWBIT:
		o->u.flowbit.does = (enum tt_rule_flowbit_do)random_below(
				r, TT_RULE_FLOWBIT_IS_NOT_SET + 1);
		o->u.flowbit.names = UINT64_C(1) << random_below(r, 4);
		break;
	default:
		byte_option(r, rule, o);
		break;
	}
}

static uint8_t
flowbit_order(const struct tt_rule *rule)
{
	bool sets = false, tests = false;

	for (unsigned i = 0; i < rule->n_payload; i++) {
		const struct tt_rule_option *o = &rule->payload[i];

		if (o->kind != TT_RULE_FLOWBIT)
			continue;
		if (o->u.flowbit.does < TT_RULE_FLOWBIT_IS_SET)
			sets = true;
		else
			tests = true;
	}
	return !tests ? 0 : sets ? 1 : 2;
}

/* Ports and flags alone: what gates let through, and need not try. */
static void
make_plain_rule(struct random *r, struct tt_rule *rule)
{
	rule->protocol = TT_RULE_TCP;
	rule->both_directions = random_below(r, 3) == 0;
	rule->dst_ports = one_range(r);
	if (random_below(r, 4) == 0)
		rule->src_ports = one_range(r);
	rule->header = take(OPTIONS_MAX, sizeof(*rule->header));
	rule->n_header = random_below(r, 2);
	rule->header[0].kind = TT_RULE_FLAGS;
	rule->header[0].u.bits = (struct tt_rule_bits){
			.mode = TT_RULE_BITS_ALL, .bits = 2};
}

static void
make_any_rule(struct random *r, struct tt_rule *rule, bool alone)
{
	rule->protocol = (enum tt_rule_protocol)random_below(r, TT_RULE_SCTP + 1);
	rule->ip_version = random_below(r, 8) == 0 ? (random_below(r, 2) == 0 ? 4 : 6)
						   : 0;
	rule->both_directions = random_below(r, 6) == 0;
	rule->src = addresses(r);
	rule->dst = addresses(r);
	rule->src_ports = rule->protocol == TT_RULE_ICMP || random_below(r, 3) != 0
			? (struct tt_rule_ports){0}
			: ports(r);
	rule->dst_ports = rule->protocol == TT_RULE_ICMP ? (struct tt_rule_ports){0}
							 : ports(r);
	rule->header = take(OPTIONS_MAX, sizeof(*rule->header));
	rule->n_header = random_below(r, 3);
	for (unsigned i = 0; i < rule->n_header; i++)
		header_option(r, &rule->header[i]);
	if (rule->protocol == TT_RULE_SCTP) {
		struct tt_rule_option *o = &rule->header[rule->n_header++];

		o->kind = TT_RULE_IP_PROTO;
		o->u.number = (struct tt_rule_number){TT_PROTO_SCTP, TT_PROTO_SCTP, 0};
	}
	rule->payload = take(OPTIONS_MAX, sizeof(*rule->payload));
	rule->n_payload = random_below(r, 3) == 0 ? 0 : random_below(r, OPTIONS_MAX + 1);
	for (unsigned i = 0; i < rule->n_payload; i++)
		payload_option(r, rule, &rule->payload[i], alone);
	rule->flowbit_order = flowbit_order(rule);
}

static void
make_rule(struct random *r, struct tt_rule *rule, uint32_t sid, bool alone)
{
	rule->sid = sid;
	if (random_below(r, 6) == 0)
		make_plain_rule(r, rule);
	else
		make_any_rule(r, rule, alone);
}

struct tt_rules *
random_rules(struct random *r, unsigned n)
{
	const bool alone = random_below(r, 2) == 0;
	struct tt_rules *rules = take(1, sizeof(*rules));

	rules->n = n;
	rules->rules = take(n, sizeof(*rules->rules));
	for (unsigned i = 0; i < n; i++)
		make_rule(r, &rules->rules[i], i + 1, alone);
	return rules;
}

static void
free_options(struct tt_rule_option *options, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (options[i].kind == TT_RULE_CONTENT)
			free(options[i].u.content.bytes);
		else if (options[i].kind == TT_RULE_PCRE)
			free(options[i].u.pcre.pattern);
	free(options);
}

void
random_rules_free(struct tt_rules *rules)
{
	for (unsigned i = 0; i < rules->n; i++) {
		struct tt_rule *rule = &rules->rules[i];

		free(rule->src.ranges);
		free(rule->dst.ranges);
		free(rule->src_ports.ranges);
		free(rule->dst_ports.ranges);
		free_options(rule->header, rule->n_header);
		free_options(rule->payload, rule->n_payload);
	}
	free(rules->rules);
	free(rules);
}
