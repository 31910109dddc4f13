/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The short ways through the decoder give what the walk gives, header by header: each protocol, IPv4 and IPv6, behind no
 * tag to three, at each captured length, with lengths stated that are too short, right and too long.
 */
#include "frame_text.h"

#include "draw.h"

#define PAYLOAD 28 /* bytes behind the IP header: more than any transport header needs */
#define LONGEST (14 + 3 * 4 + 40 + PAYLOAD)

static void
assert_same(const struct tt_packet *a, const struct tt_packet *b)
{
	const size_t from = offsetof(struct tt_packet, tcp_seq),
		     to = offsetof(struct tt_packet, parts) + 1;

	assert_int_equal(tt_addr_cmp(a->src, b->src), 0);
	assert_int_equal(tt_addr_cmp(a->dst, b->dst), 0);
	assert_memory_equal(
			(const uint8_t *)a + from, (const uint8_t *)b + from, to - from);
}

/* Returns whether it is counted. */
static bool
compare(const uint8_t *frame, uint32_t captured)
{
	uint8_t *exact = malloc(captured);
	struct tt_packet p, twin;
	enum tt_fate fate;

	assert_non_null(exact);
	memcpy(exact, frame, captured);
	memset(&p, 0xa5, sizeof(p));
	memset(&twin, 0x5a, sizeof(twin));
	fate = tt_packet_decode(exact, captured, TT_LINK_ETHERNET, &p);
	assert_string_equal(tt_fate_name(fate),
			tt_fate_name(tt_packet_decode_ref(
					exact, captured, TT_LINK_ETHERNET, &twin)));
	if (fate == TT_FATE_COUNTED)
		assert_same(&p, &twin);
	free(exact);
	return fate == TT_FATE_COUNTED;
}

static size_t
put_be16(uint8_t *frame, size_t at, unsigned value)
{
	frame[at] = (uint8_t)(value >> 8);
	frame[at + 1] = (uint8_t)value;
	return at + 2;
}

/* Link header and tags; returns where the IP header begins. */
static size_t
put_link(uint8_t *frame, unsigned tags, bool v6)
{
	static const uint16_t types[] = {0x8100, 0x88a8, 0x9100, 0x9200};
	size_t at = 12;

	for (unsigned i = 0; i < tags; i++)
		at = put_be16(frame, at, types[draw(4)]) + 2;
	return put_be16(frame, at, v6 ? 0x86dd : 0x0800);
}

/* A random frame that is plain but for tags and, at times, what it says of lengths, versions and fragments. */
static void
put_frame(uint8_t *frame, unsigned tags, bool v6, uint8_t protocol, unsigned stated)
{
	size_t ip;

	for (unsigned i = 0; i < LONGEST; i++)
		frame[i] = (uint8_t)draw(256);
	ip = put_link(frame, tags, v6);
	frame[ip] = (uint8_t)(v6 ? 0x60 | draw(16) : 0x45);
	if (draw(32) == 0)
		frame[ip] = (uint8_t)draw(256);
	put_be16(frame, ip + (v6 ? 4 : 2), v6 ? stated : stated + 20);
	frame[ip + (v6 ? 6 : 9)] = protocol;
	if (!v6)
		put_be16(frame, ip + 6, draw(8) == 0 ? (unsigned)draw(0x10000) : 0x4000);
	if (v6 && draw(16) == 0) /* an address of IPv4, mapped */
		memcpy(frame + ip + (draw(2) == 0 ? 8 : 24),
				"\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
}

static unsigned
stated_bytes(void)
{
	return (unsigned)(draw(4) == 0 ? draw(PAYLOAD) : PAYLOAD + draw(4));
}

static void
every_protocol_is_decoded_as_by_the_walk(void **state)
{
	uint8_t frame[LONGEST];
	unsigned counted = 0;

	draw_state = 20;
	for (unsigned i = 0; i < 256 * 2 * 4 * 8; i++) {
		const bool v6 = i >> 8 & 1;
		const unsigned tags = i >> 9 & 3;

		put_frame(frame, tags, v6, (uint8_t)i, stated_bytes());
		counted += compare(frame,
				(uint32_t)(14 + tags * 4 + (v6 ? 40 : 20) + PAYLOAD
						- draw(8)));
	}
	assert_in_range(counted, 256 * 2 * 4 * 8 / 2, 256 * 2 * 4 * 8 - 1);
}

static const uint8_t protocols[] = {
		TT_PROTO_TCP, TT_PROTO_UDP, TT_PROTO_ICMP, TT_PROTO_ICMPV6, 47, 0, 44};

static void
captures_may_end_at_any_byte(void **state)
{
	uint8_t frame[LONGEST];

	draw_state = 21;
	for (unsigned i = 0; i < sizeof(protocols) * 2 * 4 * 4; i++) {
		const bool v6 = i & 1;
		const unsigned tags = i >> 1 & 3;

		put_frame(frame, tags, v6, protocols[(i >> 3) % sizeof(protocols)],
				stated_bytes());
		for (uint32_t n = 1; n <= 14 + tags * 4 + (v6 ? 40u : 20u) + PAYLOAD; n++)
			compare(frame, n);
	}
}

static void
any_length_may_be_stated(void **state)
{
	uint8_t frame[LONGEST];

	draw_state = 22;
	for (unsigned i = 0; i < sizeof(protocols) * 2 * 4; i++) {
		const bool v6 = i & 1;
		const unsigned tags = i >> 1 & 3;

		for (unsigned stated = 0; stated <= PAYLOAD + 1; stated++) {
			put_frame(frame, tags, v6, protocols[i >> 3], stated);
			compare(frame, 14 + tags * 4 + (v6 ? 40 : 20) + PAYLOAD);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(every_protocol_is_decoded_as_by_the_walk),
			cmocka_unit_test(captures_may_end_at_any_byte),
			cmocka_unit_test(any_length_may_be_stated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
