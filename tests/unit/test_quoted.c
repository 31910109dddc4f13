/* SPDX-License-Identifier: BSD-3-Clause */
/* The packet that an ICMP error quotes, and the names of the ledger and the distributions. */
#include "tt_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* 203.0.113.9 to 192.0.2.1 in an ICMP error of 8 bytes and 28 of quotation. */
static const uint8_t unreachable[] = {0x45, 0, 0, 56, 0, 0, 0, 0, 57, 1, 0, 0, 203, 0,
		113, 9, 192, 0, 2, 1, /* ICMP 3/3 */ 3, 3, 0, 0, 0, 0, 0, 0,
		/* quoted: 192.0.2.1 to 203.0.113.9, UDP 53 to 1434 */ 0x45, 0, 0, 40, 0,
		0, 0, 0, 1, 17, 0, 0, 192, 0, 2, 1, 203, 0, 113, 9, 0, 53, 0x05, 0x9a, 0,
		20, 0, 0};

#define ICMP_AT   20
#define QUOTED_AT 28
#define QUOTED_L4 48

struct outcome {
	bool has;
	struct tt_packet p;
	struct tt_quoted q;
};

static struct outcome
quoted(const uint8_t *b, size_t n, uint16_t link)
{
	uint8_t *exact = malloc(n);
	struct outcome o;

	assert_non_null(exact);
	memcpy(exact, b, n);
	assert_int_equal(tt_packet_decode(exact, (uint32_t)n, link, &o.p),
			TT_FATE_COUNTED);
	o.has = tt_packet_quoted(exact, (uint32_t)n, &o.p, &o.q);
	free(exact);
	return o;
}

static void
expect_addr(struct tt_addr a, const char *text)
{
	char got[TT_ADDR_TEXT_MAX];

	assert_string_equal(tt_addr_format(a, got), text);
}

static void
an_icmp_error_quotes_addresses_and_ports(void **state)
{
	struct outcome o = quoted(unreachable, sizeof(unreachable), TT_LINK_RAW);

	assert_true(o.has);
	expect_addr(o.q.src, "192.0.2.1");
	expect_addr(o.q.dst, "203.0.113.9");
	assert_int_equal(o.q.ip_version, 4);
	assert_int_equal(o.q.protocol, TT_PROTO_UDP);
	assert_true(o.q.has_ports && !o.q.has_icmp);
	assert_int_equal(o.q.src_port, 53);
	assert_int_equal(o.q.dst_port, 1434);
}

static void
quoted_ports_are_never_ports_of_the_outer_packet(void **state)
{
	struct outcome o = quoted(unreachable, sizeof(unreachable), TT_LINK_RAW);

	assert_false(o.p.has_ports);
	assert_true(o.p.has_icmp);
	assert_int_equal(o.p.protocol, TT_PROTO_ICMP);
	assert_int_equal(o.p.src_port, 0);
	assert_int_equal(o.p.dst_port, 0);
	expect_addr(o.p.src, "203.0.113.9");
}

static void
only_errors_quote(void **state)
{
	uint8_t b[sizeof(unreachable)];

	memcpy(b, unreachable, sizeof(b));
	for (unsigned type = 0; type < 256; type++) {
		bool is_error = type == 3 || type == 4 || type == 5 || type == 11
				|| type == 12;

		b[ICMP_AT] = (uint8_t)type;
		assert_int_equal(quoted(b, sizeof(b), TT_LINK_RAW).has, is_error);
	}
	b[ICMP_AT] = 3;
	b[7] = 1; /* a later fragment has no ICMP header */
	assert_false(quoted(b, sizeof(b), TT_LINK_RAW).has);
}

static void
a_quotation_cut_at_any_byte_gives_what_is_whole(void **state)
{
	for (size_t n = ICMP_AT + 4; n <= sizeof(unreachable); n++) {
		struct outcome o = quoted(unreachable, n, TT_LINK_RAW);

		assert_int_equal(o.has, n >= QUOTED_L4);
		if (o.has)
			assert_int_equal(o.q.has_ports, n >= QUOTED_L4 + 4);
	}
}

static void
the_outer_packet_bounds_the_quotation(void **state)
{
	uint8_t b[sizeof(unreachable)];

	memcpy(b, unreachable, sizeof(b));
	b[3] = QUOTED_L4 + 3;
	assert_true(quoted(b, sizeof(b), TT_LINK_RAW).has);
	assert_false(quoted(b, sizeof(b), TT_LINK_RAW).q.has_ports);
	b[3] = QUOTED_L4 - 1;
	assert_false(quoted(b, sizeof(b), TT_LINK_RAW).has);
	b[3] = QUOTED_AT - 1;
	assert_false(quoted(b, sizeof(b), TT_LINK_RAW).has);
}

static void
the_quoted_packet_bounds_its_transport_header(void **state)
{
	uint8_t b[sizeof(unreachable)];

	memcpy(b, unreachable, sizeof(b));
	b[QUOTED_AT + 3] = 23;
	assert_true(quoted(b, sizeof(b), TT_LINK_RAW).has);
	assert_false(quoted(b, sizeof(b), TT_LINK_RAW).q.has_ports);
	b[QUOTED_AT + 3] = 40;
	b[QUOTED_AT + 7] = 1; /* a later fragment is quoted */
	assert_true(quoted(b, sizeof(b), TT_LINK_RAW).has);
	assert_false(quoted(b, sizeof(b), TT_LINK_RAW).q.has_ports);
	b[QUOTED_AT] = 0x65; /* ICMP quotes IPv4 alone */
	assert_false(quoted(b, sizeof(b), TT_LINK_RAW).has);
}

static void
a_quoted_echo_has_type_and_code(void **state)
{
	uint8_t b[sizeof(unreachable)];
	struct outcome o;

	memcpy(b, unreachable, sizeof(b));
	b[QUOTED_AT + 9] = TT_PROTO_ICMP;
	b[QUOTED_L4] = 8;
	b[QUOTED_L4 + 1] = 2;
	o = quoted(b, sizeof(b), TT_LINK_RAW);
	assert_true(o.has && o.q.has_icmp && !o.q.has_ports);
	assert_int_equal(o.q.icmp_type, 8);
	assert_int_equal(o.q.icmp_code, 2);
}

/* ICMPv6 1/4 that quotes IPv6 with destination options before UDP 53 to 1434. */
static size_t
make_icmpv6_error(uint8_t b[static 160])
{
	size_t n = 40 + 8 + 40 + 8 + 8;

	memset(b, 0, 160);
	b[0] = 0x60;
	b[5] = (uint8_t)(n - 40);
	b[6] = TT_PROTO_ICMPV6;
	b[40] = 1;
	b[41] = 4;
	b[48] = 0x60;
	b[53] = 200; /* more than is quoted, as usual */
	b[54] = 60;
	b[48 + 23] = 7; /* source ::7 */
	b[88] = TT_PROTO_UDP;
	b[96 + 1] = 53;
	b[96 + 2] = 0x05;
	b[96 + 3] = 0x9a;
	return n;
}

static void
an_icmpv6_error_quotes_past_extension_headers(void **state)
{
	uint8_t b[160];
	size_t n = make_icmpv6_error(b);
	struct outcome o = quoted(b, n, TT_LINK_RAW);

	assert_true(o.has && o.q.has_ports);
	assert_int_equal(o.q.ip_version, 6);
	assert_int_equal(o.q.dst_port, 1434);
	expect_addr(o.q.src, "::7");
	o = quoted(b, 48 + 40 + 7, TT_LINK_RAW); /* the extension header is cut */
	assert_true(o.has && !o.q.has_ports);
	assert_int_equal(o.q.protocol, 0);
	assert_false(quoted(b, 48 + 39, TT_LINK_RAW).has);
	b[40] = 128;
	assert_false(quoted(b, n, TT_LINK_RAW).has);
}

static void
a_quoted_packet_with_ipv4_mapped_addresses_quotes_nothing(void **state)
{
	static const unsigned at[] = {48 + 8, 48 + 24};
	static const uint8_t mapped[16] = {[10] = 0xff, 0xff, 192, 0, 2, 1};
	uint8_t b[160];

	for (unsigned i = 0; i < TT_ARRAY_SIZE(at); i++) {
		size_t n = make_icmpv6_error(b);

		memcpy(b + at[i], mapped, sizeof(mapped));
		assert_false(quoted(b, n, TT_LINK_RAW).has);
		b[at[i] + 9] = 1;
		assert_true(quoted(b, n, TT_LINK_RAW).has);
	}
}

static void
fates_have_names_of_their_own(void **state)
{
	for (unsigned i = 0; i < TT_N_FATES; i++)
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(tt_fate_name((enum tt_fate)i),
					tt_fate_name((enum tt_fate)j));
	assert_string_equal(tt_fate_name(TT_FATE_NOT_MONITORED), "not-monitored");
}

static void
encapsulations_and_flags_are_written_with_plus_signs(void **state)
{
	char text[64];

	assert_string_equal(tt_encap_format(0, text), "none");
	assert_string_equal(tt_encap_format(TT_ENCAP_VLAN, text), "vlan");
	assert_string_equal(tt_encap_format(TT_ENCAP_QINQ | TT_ENCAP_MPLS, text),
			"qinq+mpls");
	assert_string_equal(tt_encap_format(TT_ENCAP_PPPOE | TT_ENCAP_LLC_SNAP, text),
			"pppoe+llc-snap");
	assert_string_equal(tt_tcp_flags_format(0, text), "none");
	assert_string_equal(tt_tcp_flags_format(TT_TCP_SYN, text), "SYN");
	assert_string_equal(
			tt_tcp_flags_format(TT_TCP_SYN | TT_TCP_ACK, text), "SYN+ACK");
	assert_string_equal(tt_tcp_flags_format(0xfff, text),
			"FIN+SYN+RST+PSH+ACK+URG+ECE+CWR+AE+R1+R2+R3");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(an_icmp_error_quotes_addresses_and_ports),
			cmocka_unit_test(
					quoted_ports_are_never_ports_of_the_outer_packet),
			cmocka_unit_test(only_errors_quote),
			cmocka_unit_test(a_quotation_cut_at_any_byte_gives_what_is_whole),
			cmocka_unit_test(the_outer_packet_bounds_the_quotation),
			cmocka_unit_test(the_quoted_packet_bounds_its_transport_header),
			cmocka_unit_test(a_quoted_echo_has_type_and_code),
			cmocka_unit_test(an_icmpv6_error_quotes_past_extension_headers),
			cmocka_unit_test(
					a_quoted_packet_with_ipv4_mapped_addresses_quotes_nothing),
			cmocka_unit_test(fates_have_names_of_their_own),
			cmocka_unit_test(
					encapsulations_and_flags_are_written_with_plus_signs),
	};

	return cmocka_run_group_tests_name("quoted", tests, NULL, NULL);
}
