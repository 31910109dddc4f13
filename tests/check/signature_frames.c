/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random frames: IPv4 and IPv6, tags, options, extension headers, fragments, lengths that lie, captures
 * that are cut; half of them with one of few payloads.
 */
#include "signature_random.h"

#include <string.h>

#define ETHERNET 14

/* A frame that grows. */
struct growing {
	struct random *r;
	struct random payload; /* what its payload is made of: the same again and again, or new */
	bool plain; /* TCP as most of a darknet's: over IPv4, without options, fragments and payload */
	uint8_t *b;
	uint32_t n;
};

static void
put(struct growing *g, uint32_t value, unsigned bytes)
{
	while (bytes-- > 0)
		g->b[g->n++] = (uint8_t)(value >> 8 * bytes);
}

static uint32_t
few(struct growing *g)
{
	static const uint32_t numbers[] = {
			0, 1, 2, 3, 5, 8, 13, 20, 53, 64, 80, 128, 255, 256, 1434, 65535};

	return random_below(g->r, 8) == 0 ? (uint32_t)random_64(g->r)
					  : RANDOM_PICK(g->r, numbers);
}

static void
put_tcp(struct growing *g)
{
	static const uint8_t usual[] = {0x02, 0x02, 0x12, 0x04, 0x14, 0x10};
	const unsigned words = g->plain              ? 5
			: random_below(g->r, 8) == 0 ? random_below(g->r, 16)
						     : 5 + random_below(g->r, 3);

	put(g, few(g), 2);
	put(g, few(g), 2);
	put(g, few(g), 4);
	put(g, few(g), 4);
	put(g, words, 1);
	g->b[g->n - 1] = (uint8_t)(words << 4);
	put(g, g->plain ? RANDOM_PICK(g->r, usual) : random_below(g->r, 64), 1);
	put(g, few(g), 2);
	put(g, 0, 4);
	for (unsigned i = 5; i < words; i++)
		put(g, 0x01010101, 4);
}

static void
put_udp(struct growing *g, uint32_t payload)
{
	put(g, few(g), 2);
	put(g, few(g), 2);
	put(g, random_below(g->r, 6) == 0 ? few(g) : 8 + payload, 2);
	put(g, 0, 2);
}

static void
put_icmp(struct growing *g, bool v6)
{
	static const uint8_t types[] = {0, 3, 8, 8, 9, 11, 13, 14, 17, 5},
			     types6[] = {1, 2, 3, 128, 129, 133, 135};

	put(g, v6 ? RANDOM_PICK(g->r, types6) : RANDOM_PICK(g->r, types), 1);
	put(g, random_below(g->r, 3), 1);
	put(g, few(g), 2);
	put(g, few(g), 2);
	put(g, few(g), 2);
}

/* Groups and sources are in what follows, as far as there is any. */
static void
put_igmp(struct growing *g)
{
	static const uint8_t types[] = {0x11, 0x11, 0x12, 0x16, 0x17, 0x22, 0x22};

	put(g, RANDOM_PICK(g->r, types), 1);
	put(g, few(g), 3);
	put(g, random_below(g->r, 4), 4);
}

/* What a chunk has behind its length. */
static void
put_zeroes(struct growing *g)
{
	for (unsigned i = 0; i < 3; i++)
		put(g, 0, 4);
}

/* Chunks of few types, of which the last has the payload. */
static void
put_sctp(struct growing *g, uint32_t payload)
{
	put(g, few(g), 2);
	put(g, few(g), 2);
	put(g, few(g), 4);
	put(g, 0, 4);
	for (unsigned i = random_below(g->r, 3); i > 0; i--) {
		put(g, random_below(g->r, 3), 1);
		put(g, 0, 1);
		put(g, random_below(g->r, 6) == 0 ? few(g) : 20, 2);
		put_zeroes(g);
		put(g, 0x61303041, 4);
	}
	put(g, random_below(g->r, 4) == 0, 1);
	put(g, 0, 1);
	put(g, random_below(g->r, 6) == 0 ? few(g) : 16 + payload, 2);
	put_zeroes(g);
}

static void
put_payload(struct growing *g, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		put(g, random_byte(&g->payload), 1);
	if (n != 0 && random_below(g->r, 4) == 0) /* nearly the same */
		g->b[g->n - 1
				- (random_below(g->r, 2) == 0 ? 0
							      : random_below(g->r, n))] ^=
				0x40;
}

static void
put_v4_address(struct growing *g)
{
	put(g, (10 + random_below(g->r, 5)) << 24 | random_below(g->r, 4), 4);
}

static void
put_v6_address(struct growing *g)
{
	put(g, 0x20010db8, 4);
	put(g, 0, 4);
	put(g, 0, 4);
	put(g, random_below(g->r, 4), 4);
}

/* Options of IPv4: whole ones, and ones that end too early. */
static void
put_v4_options(struct growing *g, unsigned words)
{
	static const uint32_t options[] = {0x01010101, 0x00000000, 0x07040400, 0x83040401,
			0x44040501, 0x82040000, 0x88040000, 0x89030400, 0x01018509,
			0x44000000};

	for (unsigned i = 0; i < words; i++)
		put(g, RANDOM_PICK(g->r, options), 4);
}

static void
put_v4(struct growing *g, uint8_t protocol)
{
	const unsigned words = !g->plain && random_below(g->r, 4) == 0
			? random_below(g->r, 4)
			: 0;
	static const uint16_t fragments[] = {
			0, 0, 0, 0, 0, 0x4000, 0x8000, 0x2000, 0x2001, 0x0005};

	put(g, 0x40 + 5 + words, 1);
	put(g, random_below(g->r, 3) * 8, 1);
	put(g, 0, 2); /* total length: later */
	put(g, few(g), 2);
	put(g, g->plain ? 0x4000 : RANDOM_PICK(g->r, fragments), 2);
	put(g, few(g), 1);
	put(g, protocol, 1);
	put(g, 0, 2);
	put_v4_address(g);
	put_v4_address(g);
	put_v4_options(g, words);
}

/* An extension header of 8 or 16 bytes, all but the first two PadN or zeroes. */
static void
put_v6_extension(struct growing *g, uint8_t next)
{
	const unsigned more = random_below(g->r, 2);

	put(g, next, 1);
	put(g, more, 1);
	put(g, 0x0104, 2);
	put(g, 0, 4);
	for (unsigned i = 0; i < more; i++) {
		put(g, 0, 4);
		put(g, 0, 4);
	}
}

static void
put_v6(struct growing *g, uint8_t protocol)
{
	static const uint8_t extensions[] = {
			0, 43, 60}; /* hop by hop, routing, destination */
	const bool fragment = random_below(g->r, 4) == 0;
	const bool extended = random_below(g->r, 3) == 0;
	const uint8_t extension = RANDOM_PICK(g->r, extensions);
	const uint8_t next = fragment ? 44 : protocol;

	put(g, 0x60000000, 4);
	put(g, 0, 2); /* payload length: later */
	put(g, extended ? extension : next, 1);
	put(g, few(g), 1);
	put_v6_address(g);
	put_v6_address(g);
	if (extended)
		put_v6_extension(g, next);
	if (fragment) {
		put(g, protocol, 1);
		put(g, 0, 1);
		put(g, random_below(g->r, 2) == 0 ? 1 : random_below(g->r, 3) * 8, 2);
		put(g, 77, 4);
	}
}

static void
put_transport(struct growing *g, uint8_t protocol, uint32_t payload)
{
	switch (protocol) {
	case TT_PROTO_TCP:
		put_tcp(g);
		break;
	case TT_PROTO_UDP:
		put_udp(g, payload);
		break;
	case TT_PROTO_ICMP:
	case TT_PROTO_ICMPV6:
		put_icmp(g, protocol == TT_PROTO_ICMPV6);
		break;
	case TT_PROTO_IGMP:
		put_igmp(g);
		break;
	case TT_PROTO_SCTP:
		put_sctp(g, payload);
		break;
	default:
		break;
	}
	put_payload(g, payload);
}

/* Mostly short, so that rules meet it; sometimes as long as a frame may be. */
static uint32_t
payload_bytes(struct random *r)
{
	if (random_below(r, 3) == 0)
		return 0;
	return random_below(r, random_below(r, 8) == 0 ? 1400 : 120);
}

uint32_t
random_frame(struct random *r, uint8_t frame[RANDOM_FRAME_MAX])
{
	static const uint8_t protocols[] = {TT_PROTO_TCP, TT_PROTO_TCP, TT_PROTO_TCP,
			TT_PROTO_UDP, TT_PROTO_UDP, TT_PROTO_ICMP, TT_PROTO_ICMPV6, 47,
			103, TT_PROTO_IGMP, TT_PROTO_SCTP};
	const bool plain = random_below(r, 4) == 0;
	const bool v6 = !plain && random_below(r, 4) == 0;
	const uint8_t protocol = plain ? TT_PROTO_TCP : RANDOM_PICK(r, protocols);
	struct random few_payloads = {
			random_below(r, 2) == 0 ? random_below(r, 8) : random_64(r)};
	const uint32_t payload = plain ? 0 : payload_bytes(&few_payloads);
	const unsigned tags = random_below(r, 6) == 0 ? 1 + random_below(r, 2) : 0;
	const uint32_t ip = ETHERNET + 4u * tags;
	struct growing g = {r, few_payloads, plain, frame, 0};
	uint32_t ip_bytes;

	put(&g, 0x02000000, 4);
	put(&g, 0x00010200, 4);
	put(&g, 0x00000002, 4);
	for (unsigned i = 0; i < tags; i++)
		put(&g, 0x81000005 + i, 4);
	put(&g, v6 ? 0x86dd : 0x0800, 2);
	if (v6)
		put_v6(&g, protocol);
	else
		put_v4(&g, protocol);
	put_transport(&g, protocol, payload);
	ip_bytes = g.n - ip - (v6 ? 40 : 0);
	if (random_below(r, 6) == 0)
		put_payload(&g, random_below(r, 20)); /* the link's padding */
	frame[ip + (v6 ? 4 : 2)] = (uint8_t)(ip_bytes >> 8);
	frame[ip + (v6 ? 5 : 3)] = (uint8_t)ip_bytes;
	if (random_below(r, 6) == 0 && g.n > 60)
		return 60 + random_below(r, g.n - 60);
	return g.n;
}

void
random_header(struct random *r, uint8_t *frame, const struct tt_packet *p)
{
	uint8_t *ip = frame + p->ip_offset, *l4 = frame + p->l4_offset;
	struct growing g = {.r = r, .b = l4};

	if (p->has_ports && random_below(r, 2) == 0)
		put(&g, few(&g), 2);
	g.n = 2;
	if (p->has_ports && random_below(r, 8) == 0)
		put(&g, few(&g), 2);
	if (p->ip_version != 4)
		return;
	ip[1] = (uint8_t)(random_below(r, 3) * 8);
	ip[6] = (uint8_t)((ip[6] & 0xbf) | random_below(r, 2) << 6);
	ip[8] = (uint8_t)few(&g);
	g = (struct growing){.r = r, .b = ip + 12};
	put_v4_address(&g);
	if (random_below(r, 2) == 0)
		put_v4_address(&g);
}
