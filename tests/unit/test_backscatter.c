/* SPDX-License-Identifier: BSD-3-Clause */
/* Which packets are backscatter, and of an attack on what. */
#include "tt_detail.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Every service, by hand: the table finds a port by hashing, and must lose none. */
static const uint16_t services[] = {7, 11, 13, 17, 19, 37, 53, 69, 111, 123, 137, 161,
		177, 389, 427, 443, 500, 520, 623, 1194, 1434, 1604, 1701, 1900, 3283,
		3389, 3478, 3702, 4500, 5060, 5093, 5351, 5353, 5683, 10001, 11211, 17185,
		27015, 27960};

#define IP_BYTES   20
#define ICMP_BYTES 8
#define QUOTED_AT  (IP_BYTES + ICMP_BYTES)

/* ICMP 3/3 that quotes 192.0.2.1 to 203.0.113.9, port 53 to 80, with 8 bytes after IP. */
static const uint8_t error_frame[] = {0x45, 0, 0, 56, 0, 0, 0, 0, 57, 1, 0, 0, 203, 0,
		113, 9, 192, 0, 2, 1, /* ICMP */ 3, 3, 0, 0, 0, 0, 0, 0,
		/* quoted */ 0x45, 0, 0, 40, 0, 0, 0, 0, 1, 17, 0, 0, 192, 0, 2, 1, 203,
		0, 113, 9, 0, 53, 0, 80, 0, 20, 0, 0};

static tt_detail
detail_of(struct tt_packet p)
{
	return tt_backscatter_detail(&p, (const uint8_t *)"", 0);
}

static tt_detail
tcp(unsigned flags)
{
	return detail_of((struct tt_packet){.protocol = TT_PROTO_TCP,
			.has_ports = true,
			.src_port = 80,
			.dst_port = 50000,
			.tcp_flags = (uint16_t)flags});
}

static tt_detail
udp(unsigned src_port, unsigned dst_port)
{
	return detail_of((struct tt_packet){.protocol = TT_PROTO_UDP,
			.has_ports = true,
			.src_port = (uint16_t)src_port,
			.dst_port = (uint16_t)dst_port});
}

static tt_detail
icmp(uint8_t protocol, unsigned type)
{
	return detail_of((struct tt_packet){.protocol = protocol,
			.has_icmp = true,
			.icmp_type = (uint8_t)type});
}

/* Decodes the n bytes in a block of just that size, so that a read past them is seen. */
static tt_detail
frame_detail(const uint8_t *b, size_t n)
{
	uint8_t *exact = malloc(n);
	struct tt_packet p;
	tt_detail d;

	assert_non_null(exact);
	memcpy(exact, b, n);
	assert_int_equal(tt_packet_decode(exact, (uint32_t)n, TT_LINK_RAW, &p),
			TT_FATE_COUNTED);
	d = tt_backscatter_detail(&p, exact, (uint32_t)n);
	free(exact);
	return d;
}

static void
expect_attacked(tt_detail d, uint8_t protocol, int32_t number)
{
	assert_true(tt_detail_backscatter(d));
	assert_int_equal(tt_detail_attacked(d).protocol, protocol);
	assert_int_equal(tt_detail_attacked(d).number, number);
	assert_int_equal(tt_detail_tested(d), 0);
	assert_int_equal(tt_detail_matched(d), 0);
	assert_int_equal(d & TT_DETAIL_REST, 0);
}

static void
tcp_is_backscatter_by_its_class_alone(void **state)
{
	for (unsigned flags = 0; flags < 0x1000; flags++) {
		bool syn = flags & TT_TCP_SYN, ack = flags & TT_TCP_ACK;
		bool rst = flags & TT_TCP_RST, fin = flags & TT_TCP_FIN;

		if (!fin && ((syn && ack && !rst) || (rst && !syn)))
			expect_attacked(tcp(flags), TT_PROTO_TCP, 80);
		else
			assert_int_equal(tcp(flags), 0);
	}
}

static void
icmp_answers_name_the_type_that_asks(void **state)
{
	for (unsigned type = 0; type < 256; type++) {
		tt_detail d = icmp(TT_PROTO_ICMP, type);

		if (type == 0)
			expect_attacked(d, TT_PROTO_ICMP, 8);
		else if (type == 14 || type == 16 || type == 18)
			expect_attacked(d, TT_PROTO_ICMP, (int32_t)type - 1);
		else if (type == 3 || type == 4 || type == 5 || type == 11 || type == 12)
			expect_attacked(d, 0, -1); /* here, it quotes nothing */
		else
			assert_int_equal(d, 0);
	}
}

static void
icmpv6_answers_have_types_of_their_own(void **state)
{
	for (unsigned type = 0; type < 256; type++) {
		tt_detail d = icmp(TT_PROTO_ICMPV6, type);

		if (type == 129)
			expect_attacked(d, TT_PROTO_ICMPV6, 128);
		else if (type >= 1 && type <= 4)
			expect_attacked(d, 0, -1);
		else
			assert_int_equal(d, 0);
	}
}

static void
an_icmp_error_names_the_quoted_destination(void **state)
{
	static const uint8_t types[] = {3, 4, 5, 11, 12};
	uint8_t b[sizeof(error_frame)];

	memcpy(b, error_frame, sizeof(b));
	for (unsigned i = 0; i < sizeof(types); i++) {
		b[IP_BYTES] = types[i];
		expect_attacked(frame_detail(b, sizeof(b)), TT_PROTO_UDP, 80);
	}
	b[QUOTED_AT + 9] = TT_PROTO_TCP;
	b[QUOTED_AT + 22] = 0xff;
	b[QUOTED_AT + 23] = 0xff;
	expect_attacked(frame_detail(b, sizeof(b)), TT_PROTO_TCP, 65535);
	b[QUOTED_AT + 9] = TT_PROTO_ICMP;
	b[QUOTED_AT + 20] = 8;
	expect_attacked(frame_detail(b, sizeof(b)), TT_PROTO_ICMP, 8);
	b[QUOTED_AT + 9] = 47;
	expect_attacked(frame_detail(b, sizeof(b)), 47, -1);
	b[IP_BYTES] = 8; /* a request that looks like an error inside */
	assert_int_equal(frame_detail(b, sizeof(b)), 0);
}

static void
a_quotation_cut_at_any_byte_names_what_is_whole(void **state)
{
	for (size_t n = IP_BYTES + 4; n <= sizeof(error_frame); n++) {
		tt_detail d = frame_detail(error_frame, n);

		if (n >= QUOTED_AT + 24)
			expect_attacked(d, TT_PROTO_UDP, 80);
		else if (n >= QUOTED_AT + 20)
			expect_attacked(d, TT_PROTO_UDP, -1);
		else
			expect_attacked(d, 0, -1);
	}
}

static void
a_quoted_later_fragment_has_a_protocol_and_no_number(void **state)
{
	uint8_t b[sizeof(error_frame)];

	memcpy(b, error_frame, sizeof(b));
	b[QUOTED_AT + 7] = 1;
	expect_attacked(frame_detail(b, sizeof(b)), TT_PROTO_UDP, -1);
}

static void
an_icmpv6_error_names_the_quoted_destination(void **state)
{
	uint8_t b[40 + 8 + 40 + 8] = {0x60, [5] = 56, [6] = TT_PROTO_ICMPV6, [40] = 1,
			[48] = 0x60, [53] = 8, [54] = TT_PROTO_TCP, [89] = 53, [91] = 22};

	for (uint8_t type = 1; type <= 4; type++) {
		b[40] = type;
		expect_attacked(frame_detail(b, sizeof(b)), TT_PROTO_TCP, 22);
	}
	b[40] = 1;
	b[54] = TT_PROTO_ICMPV6;
	b[88] = 128;
	expect_attacked(frame_detail(b, sizeof(b)), TT_PROTO_ICMPV6, 128);
	b[40] = 5;
	assert_int_equal(frame_detail(b, sizeof(b)), 0);
}

/* Hop-by-hop, then destination options, then TCP to port 22: cut inside either, no TCP is seen. */
static void
a_quoted_extension_header_that_is_cut_hides_the_protocol(void **state)
{
	const uint8_t b[40 + 8 + 40 + 8 + 8 + 8] = {0x60, [5] = 72, [6] = TT_PROTO_ICMPV6,
			[40] = 1, [48] = 0x60, [53] = 24, [88] = 60, [96] = TT_PROTO_TCP,
			[105] = 53, [107] = 22};

	for (size_t n = 88; n <= sizeof(b); n++) {
		tt_detail d = frame_detail(b, n);

		if (n >= 108)
			expect_attacked(d, TT_PROTO_TCP, 22);
		else if (n >= 104)
			expect_attacked(d, TT_PROTO_TCP, -1);
		else
			expect_attacked(d, 0, -1);
	}
}

static void
an_attacked_type_0_is_not_an_unknown_one(void **state)
{
	uint8_t b[sizeof(error_frame)];

	memcpy(b, error_frame, sizeof(b));
	b[QUOTED_AT + 9] = TT_PROTO_ICMP;
	b[QUOTED_AT + 20] = 0;
	expect_attacked(frame_detail(b, sizeof(b)), TT_PROTO_ICMP, 0);
}

static bool
listed(unsigned port)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(services); i++)
		if (services[i] == port)
			return true;
	return false;
}

static void
exactly_the_listed_ports_answer_and_have_names(void **state)
{
	for (unsigned port = 0; port <= UINT16_MAX; port++) {
		const char *name = tt_udp_reply_service((uint16_t)port);

		assert_int_equal(tt_udp_reply_port((uint16_t)port), listed(port));
		assert_int_equal(name != NULL, listed(port));
		if (name != NULL)
			assert_in_range(strlen(name), 3, 13);
	}
	assert_string_equal(tt_udp_reply_service(53), "dns");
	assert_string_equal(tt_udp_reply_service(3283), "net-assistant");
	assert_string_equal(tt_udp_reply_service(27960), "quake3");
}

/* Opens docs/measures.md at the first line after the heading of the UDP services. */
static FILE *
open_document(void)
{
	const char *root = getenv("TT_SOURCE_ROOT");
	char path[512], line[1024];
	FILE *in;

	snprintf(path, sizeof(path), "%s/docs/measures.md", root == NULL ? "." : root);
	in = fopen(path, "r");
	if (in == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), in) != NULL)
		if (strncmp(line, "### UDP services ", 17) == 0)
			return in;
	fail_msg("%s has no section of UDP services", path);
	return NULL;
}

static void
the_document_lists_the_same_services(void **state)
{
	FILE *in = open_document();
	char line[1024], name[16];
	unsigned port, n = 0;

	while (fgets(line, sizeof(line), in) != NULL && line[0] != '#') {
		if (sscanf(line, "| %u | `%15[^`]`", &port, name) != 2)
			continue;
		assert_true(n < TT_ARRAY_SIZE(services));
		assert_int_equal(port, services[n]);
		assert_string_equal(name, tt_udp_reply_service((uint16_t)port));
		n++;
	}
	fclose(in);
	assert_int_equal(n, TT_ARRAY_SIZE(services));
}

static void
udp_is_backscatter_from_a_service_to_a_port_that_is_none(void **state)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(services); i++) {
		for (unsigned port = 0; port <= UINT16_MAX; port++) {
			tt_detail d = udp(services[i], port);

			if (port >= 1024 && !listed(port))
				expect_attacked(d, TT_PROTO_UDP, services[i]);
			else if (d != 0)
				fail_msg("%u to %u", services[i], port);
		}
	}
	for (unsigned port = 0; port <= UINT16_MAX; port++)
		if (!listed(port))
			assert_int_equal(udp(port, 50000), 0);
}

static void
packets_without_a_transport_header_are_no_backscatter(void **state)
{
	assert_int_equal(detail_of((struct tt_packet){.protocol = TT_PROTO_TCP,
					 .fragment = true,
					 .later_fragment = true}),
			0);
	assert_int_equal(detail_of((struct tt_packet){.protocol = 47}), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(tcp_is_backscatter_by_its_class_alone),
			cmocka_unit_test(icmp_answers_name_the_type_that_asks),
			cmocka_unit_test(icmpv6_answers_have_types_of_their_own),
			cmocka_unit_test(an_icmp_error_names_the_quoted_destination),
			cmocka_unit_test(a_quotation_cut_at_any_byte_names_what_is_whole),
			cmocka_unit_test(
					a_quoted_later_fragment_has_a_protocol_and_no_number),
			cmocka_unit_test(an_icmpv6_error_names_the_quoted_destination),
			cmocka_unit_test(
					a_quoted_extension_header_that_is_cut_hides_the_protocol),
			cmocka_unit_test(an_attacked_type_0_is_not_an_unknown_one),
			cmocka_unit_test(exactly_the_listed_ports_answer_and_have_names),
			cmocka_unit_test(the_document_lists_the_same_services),
			cmocka_unit_test(
					udp_is_backscatter_from_a_service_to_a_port_that_is_none),
			cmocka_unit_test(
					packets_without_a_transport_header_are_no_backscatter),
	};

	return cmocka_run_group_tests_name("backscatter", tests, NULL, NULL);
}
