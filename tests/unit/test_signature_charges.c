/* SPDX-License-Identifier: BSD-3-Clause */
/* What options cost that look at all of a packet: as many steps as it has bytes for, however often it comes. */
#include "signature_bed.h"

#define PAYLOAD 1400
#define TTL_AT  22 /* of IPv4 over Ethernet */
#define FEW     20 /* steps; 1400 bytes are 21 */
#define ENOUGH  60

static bool
is_cut_short(const char *rule, uint32_t steps, const uint8_t *frame, size_t n)
{
	const struct tt_signature_limits limits = {.steps = steps};
	uint64_t cut_short = 0;
	struct bed bed;

	bed_init(&bed, rule, &limits);
	(void)match_frame(&bed, frame, n, &cut_short);
	bed_fini(&bed);
	return cut_short != 0;
}

/* Once its payload is known, a packet costs what it cost before. */
static void
a_checksum_of_payload_that_comes_again_costs_as_much(void **state)
{
	static const char rules[] =
			"alert udp any any -> any any (udpv4-csum:invalid; content:\"aaab\"; sid:1;)\n";
	uint8_t frame[FRAME_MAX], payload[PAYLOAD];
	uint32_t captured;
	unsigned cut = 0;

	memset(payload, 'x', sizeof(payload));
	memcpy(payload, "aaab", 4);
	captured = (uint32_t)udp(frame, payload, sizeof(payload));
	frame[41] = 1; /* a checksum, and a wrong one */
	for (uint32_t steps = 1; steps < ENOUGH; steps++) {
		const struct tt_signature_limits limits = {.steps = steps};
		const bool alone = is_cut_short(rules, steps, frame, captured);
		struct bed bed;

		bed_init(&bed, rules, &limits);
		for (uint8_t i = 0; i < 5; i++) {
			uint64_t cut_short = 0;

			frame[TTL_AT] = 60 + i;
			assert_int_equal(match_frame(&bed, frame, captured, &cut_short),
					!alone);
			assert_int_equal(cut_short, alone);
		}
		cut += alone;
		bed_fini(&bed);
	}
	assert_true(cut > FEW && cut < ENOUGH - 1);
}

/* IPv4 of a protocol, from 198.51.100.7 to 192.0.2.1. Returns where it ends. */
static size_t
ip(uint8_t *frame, uint8_t protocol, const uint8_t *message, size_t n)
{
	const size_t head = bytes_of(
			ETH "0800 45000000 00000000 4000 0000 " V4_ADDRS, frame);

	memcpy(frame + head, message, n);
	frame[16] = (uint8_t)((20 + n) >> 8);
	frame[17] = (uint8_t)(20 + n);
	frame[23] = protocol;
	return head + n;
}

/* A header that leaves no payload is summed up as well. */
static void
a_checksum_of_a_long_header_is_charged(void **state)
{
	static const char igmp
			[] = "alert igmp any any -> any any (igmp-csum:valid; sid:1;)\n",
		    icmp[] = "alert icmp any any -> any any (icmpv4-csum:valid; sid:1;)\n";
	uint8_t frame[FRAME_MAX], message[PAYLOAD] = {0x11, [10] = 0xff, 0xff};
	size_t n = ip(frame, 2, message, sizeof(message));

	assert_true(is_cut_short(igmp, FEW, frame, n));
	assert_false(is_cut_short(igmp, ENOUGH, frame, n));
	memcpy(message, (const uint8_t[]){9, 0, 0, 0, 58, 6}, 6);
	n = ip(frame, 1, message, sizeof(message));
	assert_true(is_cut_short(icmp, FEW, frame, n));
	assert_false(is_cut_short(icmp, ENOUGH, frame, n));
}

/* Chunks of four bytes, and one of data at their end. */
static void
the_way_to_a_chunk_is_charged(void **state)
{
	static const char data
			[] = "alert sctp any any -> any any (sctp.chunk_data; content:\"x\"; sid:1;)\n",
		    count[] = "alert sctp any any -> any any (sctp.chunk_cnt:1; sid:1;)\n",
		    type[] = "alert sctp any any -> any any (sctp.chunk_type:99; sid:1;)\n";
	static const char *const rules[] = {data, count, type};
	uint8_t frame[FRAME_MAX], message[PAYLOAD] = {0};
	size_t n;

	for (unsigned at = 12; at < PAYLOAD; at += 4)
		memcpy(message + at, (const uint8_t[]){4, 0, 0, 4}, 4);
	memcpy(message + PAYLOAD - 20, (const uint8_t[]){0, 0, 0, 20}, 4);
	n = ip(frame, 132, message, sizeof(message));
	for (unsigned i = 0; i < TT_ARRAY_SIZE(rules); i++) {
		assert_true(is_cut_short(rules[i], FEW, frame, n));
		assert_false(is_cut_short(rules[i], ENOUGH, frame, n));
	}
}

/* The way to it, an option, and what that searches. */
static void
each_chunk_is_charged(void **state)
{
	static const char rule[] =
			"alert sctp any any -> any any (sctp.chunk_data; content:\"x\"; content:\"y\"; distance:0; content:\"z\"; distance:0; sid:1;)\n";
	uint8_t frame[FRAME_MAX], message[PAYLOAD] = {0};
	size_t n;

	for (unsigned at = 12; at < PAYLOAD; at += 20)
		memcpy(message + at, (const uint8_t[]){0, 0, 0, 20}, 4);
	n = ip(frame, 132, message, sizeof(message));
	assert_true(is_cut_short(rule, 3 * 69, frame, n));
	assert_false(is_cut_short(rule, 4 * 70, frame, n));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					a_checksum_of_payload_that_comes_again_costs_as_much),
			cmocka_unit_test(a_checksum_of_a_long_header_is_charged),
			cmocka_unit_test(the_way_to_a_chunk_is_charged),
			cmocka_unit_test(each_chunk_is_charged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
