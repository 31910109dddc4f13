/* SPDX-License-Identifier: BSD-3-Clause */
/* What each option becomes, in both generations of the syntax. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "rules_bed.h"

static void
heads_say_protocol_version_and_direction(void **state)
{
	static const struct {
		const char *head;
		enum tt_rule_protocol protocol;
		unsigned ip_version, number;
		bool both;
	} heads[] = {
			{"alert ip any any -> any any", TT_RULE_IP, 0, 0, false},
			{"log ip4 any any <> any any", TT_RULE_IP, 4, 0, true},
			{"drop ipv6 any any -> any any", TT_RULE_IP, 6, 0, false},
			{"reject tcp any any -> any any", TT_RULE_TCP, 0, 0, false},
			{"drop:flow tcp-pkt any any -> any any", TT_RULE_TCP, 0, 0,
					false},
			{"sdrop udp any any -> any any", TT_RULE_UDP, 0, 0, false},
			{"rejectboth icmp any any -> any any", TT_RULE_ICMP, 0, 0, false},
			{"alert icmpv4 any any -> any any", TT_RULE_ICMP, 0, 1, false},
			{"alert icmpv6 any any -> any any", TT_RULE_ICMP, 0, 58, false},
			{"alert igmp any any -> any any", TT_RULE_IP, 0, 2, false},
			{"alert sctp any 80 -> any any", TT_RULE_SCTP, 0, 132, false},
			{"alert tcp:all any any -> any any", TT_RULE_TCP, 0, 0, false},
			{"block udp", TT_RULE_UDP, 0, 0, false},
			{"ALERT TCP ANY any -> any any", TT_RULE_TCP, 0, 0, false},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(heads); i++) {
		struct tt_rules rules;
		char text[256];
		const struct tt_rule *r;

		snprintf(text, sizeof(text), "%s (sid:1;)", heads[i].head);
		r = read_whole(&rules, text);
		assert_int_equal(r->protocol, heads[i].protocol);
		assert_int_equal(r->ip_version, heads[i].ip_version);
		assert_int_equal(r->both_directions, heads[i].both);
		assert_int_equal(r->n_header, heads[i].number > 0);
		if (r->n_header > 0) {
			assert_int_equal(r->header[0].kind, TT_RULE_IP_PROTO);
			assert_int_equal(r->header[0].u.number.min, heads[i].number);
			assert_int_equal(r->header[0].u.number.max, heads[i].number);
		}
		tt_rules_fini(&rules);
	}
}

static void
numbers_are_ranges(void **state)
{
	static const struct {
		const char *option;
		enum tt_rule_kind kind;
		uint32_t min, max;
		bool negated;
		uint32_t ignore;
	} numbers[] = {
			{"ttl:5;", TT_RULE_TTL, 5, 5, false},
			{"ttl:=5;", TT_RULE_TTL, 5, 5, false},
			{"ttl:<5;", TT_RULE_TTL, 0, 4, false},
			{"ttl:<=5;", TT_RULE_TTL, 0, 5, false},
			{"ttl: > 5;", TT_RULE_TTL, 6, 255, false},
			{"ttl:>=5;", TT_RULE_TTL, 5, 255, false},
			{"ttl:!5;", TT_RULE_TTL, 5, 5, true},
			{"ttl:!=5;", TT_RULE_TTL, 5, 5, true},
			{"ttl:5-10;", TT_RULE_TTL, 6, 9, false},
			{"ttl:!5-10;", TT_RULE_TTL, 6, 9, true},
			{"ttl:5<>10;", TT_RULE_TTL, 6, 9, false},
			{"ttl:5<=>10;", TT_RULE_TTL, 5, 10, false},
			{"ttl:5-;", TT_RULE_TTL, 5, 255, false},
			{"ttl:-5;", TT_RULE_TTL, 0, 5, false},
			{"tos:x88;", TT_RULE_TOS, 0x88, 0x88, false},
			{"tos:!0x10;", TT_RULE_TOS, 16, 16, true},
			{"id:242;", TT_RULE_IP_ID, 242, 242, false},
			{"ip_proto:GRE;", TT_RULE_IP_PROTO, 47, 47, false},
			{"ip_proto:!tcp;", TT_RULE_IP_PROTO, 6, 6, true},
			{"ip.proto:>134;", TT_RULE_IP_PROTO, 135, 255, false},
			{"fragoffset:>0;", TT_RULE_FRAGOFFSET, 1, 65535, false},
			{"dsize:300 <> 400;", TT_RULE_DSIZE, 301, 399, false},
			{"dsize:>1kb;", TT_RULE_DSIZE, 1025, 65535, false},
			{"seq:4294967295;", TT_RULE_SEQ, UINT32_MAX, UINT32_MAX, false},
			{"tcp.ack:0;", TT_RULE_ACK, 0, 0, false},
			{"window:!55808;", TT_RULE_WINDOW, 55808, 55808, true},
			{"tcp.mss:<536;", TT_RULE_MSS, 0, 535, false},
			{"wscale:>10;", TT_RULE_WSCALE, 11, 255, false},
			{"urg:1;", TT_RULE_URGENT, 1, 1, false},
			{"itype:7<>20;", TT_RULE_ITYPE, 8, 19, false},
			{"icode:<=3;", TT_RULE_ICODE, 0, 3, false},
			{"icode:-1<>30;", TT_RULE_ICODE, 0, 29, false},
			{"icode:250 <> 256;", TT_RULE_ICODE, 251, 255, false},
			{"icode:-1<>256;", TT_RULE_ICODE, 0, 255, false},
			{"icode:<256;", TT_RULE_ICODE, 0, 255, false},
			{"isdataat:!0;", TT_RULE_DSIZE, 0, 0, false},
			{"isdataat: !0, rawbytes;", TT_RULE_DSIZE, 0, 0, false},
			{"icmp_id:\" 300 \";", TT_RULE_ICMP_ID, 300, 300, false},
			{"icmp_seq:0;", TT_RULE_ICMP_SEQ, 0, 0, false},
			{"icmpv6.mtu:<1280;", TT_RULE_ICMPV6_MTU, 0, 1279, false},
			{"igmp.type:0x16;", TT_RULE_IGMP_TYPE, 22, 22, false},
			{"sctp.vtag:>0;", TT_RULE_SCTP_VTAG, 1, UINT32_MAX, false},
			{"sctp.chunk_cnt:1-4;", TT_RULE_SCTP_CHUNKS, 2, 3, false},
			{"sctp.chunk_type:!INIT_ACK;", TT_RULE_SCTP_CHUNK, 2, 2, true},
			{"sctp.chunk_type:<=4;", TT_RULE_SCTP_CHUNK, 0, 4, false},
			{"vlan.layers:>=2;", TT_RULE_VLAN_LAYERS, 2, 255, false},
			{"ip_proto:!IPv6-ICMP;", TT_RULE_IP_PROTO, 58, 58, true},
			{"ip_proto:IP-in-IP;", TT_RULE_IP_PROTO, 4, 4, false},
			{"ip_proto:ipip;", TT_RULE_IP_PROTO, 94, 94, false},
			{"ip_proto:AX.25;", TT_RULE_IP_PROTO, 93, 93, false},
			{"ttl:&0xf0=0x40;", TT_RULE_TTL, 0x40, 0x40, false, ~0xf0u},
			{"tcp.mss:& 0x3 != 1;", TT_RULE_MSS, 1, 1, true, ~3u},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(numbers); i++) {
		struct tt_rules rules;
		const struct tt_rule *r;
		char text[256];

		snprintf(text, sizeof(text), "alert ip any any -> any any (%s sid:1;)\n",
				numbers[i].option);
		r = read_whole(&rules, text);
		assert_int_equal(r->n_header, 1);
		assert_int_equal(r->n_payload, 0);
		if (r->header[0].kind != numbers[i].kind
				|| r->header[0].u.number.min != numbers[i].min
				|| r->header[0].u.number.max != numbers[i].max
				|| r->header[0].u.number.ignore != numbers[i].ignore
				|| r->header[0].negated != numbers[i].negated)
			fail_msg("%s: %u to %u", numbers[i].option,
					r->header[0].u.number.min,
					r->header[0].u.number.max);
		tt_rules_fini(&rules);
	}
}

static void
bits_have_modes_and_masks(void **state)
{
	static const struct {
		const char *option;
		enum tt_rule_kind kind;
		enum tt_rule_bits_mode mode;
		uint16_t bits, ignore;
	} all[] = {
			{"flags:S;", TT_RULE_FLAGS, TT_RULE_BITS_EXACT, 2, 0xf00},
			{"flags:0;", TT_RULE_FLAGS, TT_RULE_BITS_EXACT, 0, 0xf00},
			{"flags:sF, 12;", TT_RULE_FLAGS, TT_RULE_BITS_EXACT, 3, 0xfc0},
			{"tcp.flags:S,CE;", TT_RULE_FLAGS, TT_RULE_BITS_EXACT, 2, 0xfc0},
			{"flags:A+;", TT_RULE_FLAGS, TT_RULE_BITS_ALL, 16, 0xf00},
			{"flags:*SR;", TT_RULE_FLAGS, TT_RULE_BITS_ANY, 6, 0xf00},
			{"flags:!RFAP,12;", TT_RULE_FLAGS, TT_RULE_BITS_NONE, 29, 0xfc0},
			{"flags:&0x3f=0x02;", TT_RULE_FLAGS, TT_RULE_BITS_EXACT, 2,
					0xfc0},
			{"flags:0x12;", TT_RULE_FLAGS, TT_RULE_BITS_EXACT, 18, 0xf00},
			{"flags:!0x02;", TT_RULE_FLAGS, TT_RULE_BITS_NOT, 2, 0xf00},
			{"flags:&0x12!=0x10;", TT_RULE_FLAGS, TT_RULE_BITS_NOT, 16,
					0xfed},
			{"fragbits:R;", TT_RULE_FRAGBITS, TT_RULE_BITS_EXACT, 4, 0},
			{"fragbits:MD+;", TT_RULE_FRAGBITS, TT_RULE_BITS_ALL, 3, 0},
			{"fragbits:!M;", TT_RULE_FRAGBITS, TT_RULE_BITS_NONE, 1, 0},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(all); i++) {
		struct tt_rules rules;
		const struct tt_rule *r = read_rule(&rules, all[i].option);
		const struct tt_rule_bits *b = &r->header[0].u.bits;

		assert_int_equal(r->n_header, 1);
		if (r->header[0].kind != all[i].kind || b->mode != all[i].mode
				|| b->bits != all[i].bits || b->ignore != all[i].ignore)
			fail_msg("%s: mode %d bits %x ignore %x", all[i].option, b->mode,
					b->bits, b->ignore);
		tt_rules_fini(&rules);
	}
}

static void
other_options_of_the_header(void **state)
{
	struct tt_rules rules;
	const struct tt_rule *r = read_rule(&rules,
			"ipopts:LSRR; sameip; flow:to_client,stateless; flow:to_server,"
			"not_established,no_stream,no_frag; ipopts:rtralt;");

	assert_int_equal(r->n_header, 4);
	assert_int_equal(r->header[0].u.ipopts, TT_RULE_IPOPT_LSRR);
	assert_int_equal(r->header[1].kind, TT_RULE_SAMEIP);
	assert_int_equal(r->header[2].kind, TT_RULE_ANSWER);
	assert_int_equal(r->header[3].u.ipopts, TT_RULE_IPOPT_RTRALT);
	tt_rules_fini(&rules);
}

static void
expect_content(const char *options, const char *bytes, uint32_t n,
		struct tt_rule_content expected, bool negated)
{
	struct tt_rules rules;
	const struct tt_rule *r = read_rule(&rules, options);
	const struct tt_rule_option *o = &r->payload[r->n_payload - 1];
	const struct tt_rule_content *c = &o->u.content;

	assert_int_equal(o->kind, TT_RULE_CONTENT);
	assert_int_equal(o->negated, negated);
	assert_int_equal(c->n, n);
	assert_memory_equal(c->bytes, bytes, n);
	assert_int_equal(c->nocase, expected.nocase);
	assert_int_equal(c->relative, expected.relative);
	assert_int_equal(c->has_depth, expected.has_depth);
	assert_int_equal(c->ends_with, expected.ends_with);
	assert_int_equal(c->fast_pattern, expected.fast_pattern);
	assert_int_equal(c->offset.constant, expected.offset.constant);
	assert_int_equal(c->depth.constant, expected.depth.constant);
	assert_int_equal(c->offset.variable, -1);
	assert_int_equal(c->depth.variable, -1);
	tt_rules_fini(&rules);
}

#define CONTENT(...) ((struct tt_rule_content){__VA_ARGS__})

static void
contents_are_bytes_with_limits(void **state)
{
	expect_content("content:\"a|0D 0a|b|7C|\\;\\\\\\\"\\:;\";", "a\r\nb|;\\\":;", 10,
			CONTENT(0), false);
	expect_content("content:!\"AbC\"; nocase;", "abc", 3, CONTENT(.nocase = true),
			true);
	expect_content("content: ! \"x\" ;", "x", 1, CONTENT(0), true);
	expect_content("content:\"ab\"; depth:5; offset:3; rawbytes; fast_pattern:only;",
			"ab", 2,
			CONTENT(.has_depth = true, .offset = {3}, .depth = {5},
					.fast_pattern = true),
			false);
	expect_content("content:\"ab\"; distance:-2; within:4; fast_pattern:1,1;", "ab",
			2,
			CONTENT(.relative = true, .has_depth = true, .offset = {-2},
					.depth = {4}, .fast_pattern = true),
			false);
	expect_content("content:\"ab\"; within:2;", "ab", 2,
			CONTENT(.relative = true, .has_depth = true, .depth = {2}),
			false);
	expect_content("content:\"ab\"; startswith; endswith;", "ab", 2,
			CONTENT(.has_depth = true, .depth = {2}, .ends_with = true),
			false);
	expect_content("content:\"Ab\",nocase, offset 4,depth 9,fast_pattern,"
		       "fast_pattern_offset 1,fast_pattern_length 1;",
			"ab", 2,
			CONTENT(.nocase = true, .has_depth = true, .offset = {4},
					.depth = {9}, .fast_pattern = true),
			false);
	expect_content("content:!\"a,b\",distance 1,within 7;", "a,b", 3,
			CONTENT(.relative = true, .has_depth = true, .offset = {1},
					.depth = {7}),
			true);
}

static void
payload_options_have_buffers(void **state)
{
	struct tt_rules rules;
	const struct tt_rule *r = read_rule(&rules,
			"content:\"a\"; tcp.hdr; content:\"b\"; bsize:20<=>60; ipv4.hdr; "
			"isdataat:19; pkt_data; isdataat:!10,relative,rawbytes; tcp.hdr; "
			"byte_test:1,=,2,0;");

	assert_int_equal(r->n_payload, 6);
	assert_int_equal(r->payload[0].buffer, TT_RULE_BUFFER_PAYLOAD);
	assert_int_equal(r->payload[1].buffer, TT_RULE_BUFFER_TCP_HEADER);
	assert_int_equal(r->payload[2].kind, TT_RULE_BSIZE);
	assert_int_equal(r->payload[2].buffer, TT_RULE_BUFFER_TCP_HEADER);
	assert_int_equal(r->payload[2].u.number.max, 60);
	assert_int_equal(r->payload[3].buffer, TT_RULE_BUFFER_IPV4_HEADER);
	assert_int_equal(r->payload[3].u.isdataat.at.constant, 19);
	assert_false(r->payload[3].u.isdataat.relative);
	assert_int_equal(r->payload[4].buffer, TT_RULE_BUFFER_PAYLOAD);
	assert_true(r->payload[4].negated);
	assert_true(r->payload[4].u.isdataat.relative);
	assert_int_equal(r->payload[5].buffer, TT_RULE_BUFFER_TCP_HEADER);
	tt_rules_fini(&rules);
	r = read_whole(&rules,
			"alert icmp any any -> any any (icmpv6.hdr; "
			"byte_test:1,=,2,0; sid:1;)\n");
	assert_int_equal(r->payload[0].buffer, TT_RULE_BUFFER_ICMPV6_HEADER);
	tt_rules_fini(&rules);
}

static void
expect_pcre(const char *option, const char *pattern, uint32_t options, bool relative,
		bool negated)
{
	struct tt_rules rules;
	const struct tt_rule *r = read_rule(&rules, option);
	const struct tt_rule_pcre *p = &r->payload[0].u.pcre;

	assert_int_equal(r->payload[0].kind, TT_RULE_PCRE);
	assert_string_equal(p->pattern, pattern);
	assert_int_equal(p->options, options);
	assert_int_equal(p->relative, relative);
	assert_int_equal(r->payload[0].negated, negated);
	tt_rules_fini(&rules);
}

static void
patterns_have_options(void **state)
{
	expect_pcre("pcre:\"/a\\/b\\;c/\";", "a\\/b\\;c", 0, false, false);
	expect_pcre("pcre:!\"/^a$/ismxAEGRBO\";", "^a$",
			PCRE2_CASELESS | PCRE2_DOTALL | PCRE2_MULTILINE | PCRE2_EXTENDED
					| PCRE2_ANCHORED | PCRE2_DOLLAR_ENDONLY
					| PCRE2_UNGREEDY,
			true, true);
	expect_pcre("pcre:/a/i;", "a", PCRE2_CASELESS, false, false);
	expect_pcre("pcre:/a/i\";", "a", PCRE2_CASELESS, false, false);
	expect_pcre("pcre:\"m@a/b@i\";", "a/b", PCRE2_CASELESS, false, false);
	expect_pcre("pcre:\"/a\"b|c\"/\";", "a\"b|c\"", 0, false, false);
	expect_pcre("pcre:\"/([a-z]+)/i, flow:x/y,pkt:z\";", "([a-z]+)", PCRE2_CASELESS,
			false, false);
	expect_pcre("regex:\"/a/i\",dotall,relative;", "a", PCRE2_CASELESS | PCRE2_DOTALL,
			true, false);
}

static void
escapes_of_the_first_pcre_are_literal(void **state)
{
	struct tt_rules rules;
	const struct tt_rule *r = read_rule(&rules, "pcre:\"/a\\i/\"; pcre:\"/a\\d/\";");

	assert_true(r->payload[0].u.pcre.bad_escape_is_literal);
	assert_false(r->payload[1].u.pcre.bad_escape_is_literal);
	tt_rules_fini(&rules);
}

static void
byte_options_convert_numbers(void **state)
{
	struct tt_rules rules;
	const struct tt_rule *r = read_rule(&rules,
			"byte_test:4,>,0x10,-3,relative,little,bitmask 0xf0; "
			"byte_test:5,!=,65537,0,string; "
			"byte_test:1,!&,128,2; byte_test:0,<=,400,0,string,dec; "
			"byte_jump:2,4,relative,multiplier 3,align,from_beginning,post_offset -26; "
			"byte_jump:0,0,from_end,string,oct; "
			"byte_test:8,=,18446744073709551615,0;");
	const struct tt_rule_bytes *b = &r->payload[0].u.bytes;

	assert_int_equal(r->n_payload, 7);
	assert_int_equal(r->payload[0].kind, TT_RULE_BYTE_TEST);
	assert_int_equal(b->n.constant, 4);
	assert_int_equal(b->op, TT_RULE_GT);
	assert_int_equal(b->operand.constant, 16);
	assert_int_equal(b->offset.constant, -3);
	assert_true(b->relative && b->little_endian && !b->text && !b->not_op);
	assert_int_equal(b->mask, 0xf0);
	b = &r->payload[1].u.bytes;
	assert_true(b->text && b->not_op);
	assert_int_equal(b->op, TT_RULE_EQ);
	assert_int_equal(b->base, 0);
	b = &r->payload[2].u.bytes;
	assert_int_equal(b->op, TT_RULE_AND);
	assert_true(b->not_op);
	b = &r->payload[3].u.bytes;
	assert_int_equal(b->n.constant, 0);
	assert_int_equal(b->base, 10);
	assert_int_equal(b->op, TT_RULE_LE);
	b = &r->payload[4].u.bytes;
	assert_int_equal(r->payload[4].kind, TT_RULE_BYTE_JUMP);
	assert_int_equal(b->multiplier, 3);
	assert_int_equal(b->align, 4);
	assert_true(b->from_beginning && !b->from_end);
	assert_int_equal(b->post_offset.constant, -26);
	assert_int_equal(b->post_offset.variable, -1);
	b = &r->payload[5].u.bytes;
	assert_true(b->from_end && b->text);
	assert_int_equal(b->base, 8);
	assert_int_equal(b->multiplier, 1);
	assert_true((uint64_t)r->payload[6].u.bytes.operand.constant == UINT64_MAX);
	tt_rules_fini(&rules);
}

static void
variables_go_from_one_option_to_the_next(void **state)
{
	struct tt_rules rules;
	const struct tt_rule *r = read_rule(&rules,
			"byte_extract:2,1,len,relative,multiplier 2,align 2,little; "
			"byte_math:bytes 1, offset 0, oper <<, rvalue len, result sum, "
			"string hex, bitmask 0x0f, relative, endian little; "
			"content:\"a\"; distance:len; within:sum; content:\"b\",offset len,depth sum; "
			"isdataat:sum,relative; byte_test:len,=,sum,len; byte_jump:len,sum,post_offset len;");
	const struct tt_rule_bytes *b = &r->payload[0].u.bytes;

	assert_int_equal(r->n_variables, 2);
	assert_int_equal(b->variable, 0);
	assert_int_equal(b->multiplier, 2);
	assert_int_equal(b->align, 2);
	assert_int_equal(b->base, 0);
	b = &r->payload[1].u.bytes;
	assert_int_equal(r->payload[1].kind, TT_RULE_BYTE_MATH);
	assert_int_equal(b->op, TT_RULE_SHL);
	assert_int_equal(b->operand.variable, 0);
	assert_int_equal(b->variable, 1);
	assert_int_equal(b->base, 16);
	assert_int_equal(b->mask, 15);
	assert_int_equal(r->payload[2].u.content.offset.variable, 0);
	assert_int_equal(r->payload[2].u.content.depth.variable, 1);
	assert_int_equal(r->payload[3].u.content.offset.variable, 0);
	assert_int_equal(r->payload[3].u.content.depth.variable, 1);
	assert_int_equal(r->payload[4].u.isdataat.at.variable, 1);
	b = &r->payload[5].u.bytes;
	assert_int_equal(b->n.variable, 0);
	assert_int_equal(b->operand.variable, 1);
	assert_int_equal(b->offset.variable, 0);
	assert_int_equal(r->payload[6].u.bytes.offset.variable, 1);
	assert_int_equal(r->payload[6].u.bytes.post_offset.variable, 0);
	tt_rules_fini(&rules);
}

static void
expect_count(const char *option, struct tt_rule_count expected)
{
	struct tt_rules rules;
	const struct tt_rule_count *c = &read_rule(&rules, option)->count;

	assert_int_equal(c->type, expected.type);
	assert_int_equal(c->track, expected.track);
	assert_int_equal(c->count, expected.count);
	assert_int_equal(c->seconds, expected.seconds);
	assert_int_equal(c->unique, expected.unique);
	tt_rules_fini(&rules);
}

static void
counts_have_types(void **state)
{
	expect_count("", (struct tt_rule_count){0});
	expect_count("threshold: type limit, track by_src, count 1, seconds 60;",
			(struct tt_rule_count){TT_RULE_COUNT_LIMIT, TT_RULE_TRACK_SOURCE,
					1, 60, TT_RULE_UNIQUE_NONE});
	expect_count("threshold:seconds 5,count 2,track by_dst,type both;",
			(struct tt_rule_count){TT_RULE_COUNT_BOTH,
					TT_RULE_TRACK_DESTINATION, 2, 5,
					TT_RULE_UNIQUE_NONE});
	expect_count("threshold:type threshold, track by_rule, count 7, seconds 8;",
			(struct tt_rule_count){TT_RULE_COUNT_THRESHOLD,
					TT_RULE_TRACK_RULE, 7, 8, TT_RULE_UNIQUE_NONE});
	expect_count("detection_filter:track by_both, count 3, seconds 9;",
			(struct tt_rule_count){TT_RULE_COUNT_FILTER, TT_RULE_TRACK_BOTH,
					3, 9, TT_RULE_UNIQUE_NONE});
	expect_count("detection_filter:track by_src, count 3, seconds 9, unique_on dst_ip;",
			(struct tt_rule_count){TT_RULE_COUNT_FILTER, TT_RULE_TRACK_SOURCE,
					3, 9, TT_RULE_UNIQUE_DST_ADDRESS});
}

static void
what_has_no_influence_is_passed_over(void **state)
{
	struct tt_rules rules;
	const struct tt_rule *r = read_rule(&rules,
			"reference:url,a.b/c?d=\"e; target:src_ip; rem:\"x\"; tag:session,5,packets; "
			"logto:\"f\"; service:dns; prefilter; requires:version >= 8; xbits:set,a,"
			"track ip_src; hostbits:unset,b,src; flowint:n,+,1; replace:\"y\"; "
			"metadata:a b; noalert;");

	assert_int_equal(r->n_header + r->n_payload, 0);
	assert_true(r->no_alert);
	tt_rules_fini(&rules);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(heads_say_protocol_version_and_direction),
			cmocka_unit_test(numbers_are_ranges),
			cmocka_unit_test(bits_have_modes_and_masks),
			cmocka_unit_test(other_options_of_the_header),
			cmocka_unit_test(contents_are_bytes_with_limits),
			cmocka_unit_test(payload_options_have_buffers),
			cmocka_unit_test(patterns_have_options),
			cmocka_unit_test(escapes_of_the_first_pcre_are_literal),
			cmocka_unit_test(byte_options_convert_numbers),
			cmocka_unit_test(variables_go_from_one_option_to_the_next),
			cmocka_unit_test(counts_have_types),
			cmocka_unit_test(what_has_no_influence_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
