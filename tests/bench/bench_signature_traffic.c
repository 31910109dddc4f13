/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_signature.h"
#include "tt_hash.h"

#include <string.h>

#define ETHERNET 14
#define IP       20
#define PAYLOAD  1472

static void
put16(uint8_t *b, unsigned value)
{
	b[0] = (uint8_t)(value >> 8);
	b[1] = (uint8_t)value;
}

static void
put32(uint8_t *b, uint32_t value)
{
	put16(b, value >> 16);
	put16(b + 2, value & 0xffff);
}

/* Ethernet and IPv4 headers; returns where the transport begins. */
static uint8_t *
put_headers(uint8_t *frame, uint8_t protocol, unsigned l4_bytes, uint64_t seed)
{
	uint8_t *ip = frame + ETHERNET;

	memset(frame, 0, ETHERNET + IP);
	put16(frame + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, IP + l4_bytes);
	put16(ip + 4, (unsigned)(seed >> 8 & 0xffff));
	ip[8] = (uint8_t)(40 + seed % 80);
	ip[9] = protocol;
	put32(ip + 12, (uint32_t)(seed >> 24) | 0x01000000);
	put32(ip + 16, 0xcb007100 + (uint32_t)(seed & 0xff));
	return ip + IP;
}

static uint32_t
put_syn(uint8_t *frame, uint64_t seed)
{
	static const uint16_t liked[] = {23, 445, 22, 80, 8080, 3389, 5555, 2323, 6379,
			81, 443, 1433, 5060, 8443, 9530, 37215};
	uint8_t *tcp = put_headers(frame, TT_PROTO_TCP, 20, seed);

	put16(tcp, 1024 + (unsigned)(seed >> 32 & 0x7fff));
	put16(tcp + 2, seed % 4 == 0 ? (unsigned)(seed >> 48) : liked[seed >> 4 & 15]);
	put32(tcp + 4, (uint32_t)tt_hash_mix(seed));
	put32(tcp + 8, 0);
	put16(tcp + 12, 0x5002);
	put16(tcp + 14, seed % 3 == 0 ? 1024 : 65535 - (unsigned)(seed & 0xfff));
	put32(tcp + 16, 0);
	return 60;
}

static uint8_t *
put_udp(uint8_t *frame, unsigned port, unsigned payload, uint64_t seed)
{
	uint8_t *udp = put_headers(frame, TT_PROTO_UDP, 8 + payload, seed);

	put16(udp, 1024 + (unsigned)(seed >> 32 & 0x7fff));
	put16(udp + 2, port);
	put16(udp + 4, 8 + payload);
	return udp + 8;
}

/* As long as the worm's, begins as it does, and has its strings. */
static uint32_t
put_slammer(uint8_t *frame, uint64_t seed)
{
	static const char strings[] =
			"h.dllhel32hkernQhounthickChGetTf\xb9llQh32.dhws2_f"
			"\xb9"
			"etQhsockf\xb9toQhsend\x81\xf1\x03\x01\x04\x9b\x81\xf1\x01";
	uint8_t *payload = put_udp(frame, 1434, 376, seed);

	payload[0] = 4;
	memset(payload + 1, 1, 375);
	memcpy(payload + 150, strings, sizeof(strings) - 1);
	return ETHERNET + IP + 8 + 376;
}

static uint32_t
put_text(uint8_t *frame, uint64_t seed)
{
	uint8_t *payload = put_udp(frame, 53, PAYLOAD, seed);

	for (unsigned i = 0; i < PAYLOAD; i++)
		payload[i] = (uint8_t)(tt_hash_mix(seed + i) % 96 + ' ');
	return ETHERNET + IP + 8 + PAYLOAD;
}

/* The contents of rules that the packet's protocol has, one after the other, in a random order. */
static uint32_t
put_near(uint8_t *frame, uint64_t seed, const struct tt_rules *rules)
{
	uint8_t *payload = put_udp(frame, 1434, PAYLOAD, seed);
	unsigned at = 0;

	memset(payload, 'x', PAYLOAD);
	for (unsigned i = 0; i < 4096; i++) {
		const struct tt_rule *r = &rules->rules[tt_hash_mix(seed + i) % rules->n];

		if (r->protocol != TT_RULE_UDP && r->protocol != TT_RULE_IP)
			continue;
		if (r->dst_ports.n != 0
				&& (r->dst_ports.ranges[0].first > 1434
						|| r->dst_ports.ranges[0].last < 1434))
			continue;
		for (unsigned k = 0; k < r->n_payload; k++) {
			const struct tt_rule_content *c = &r->payload[k].u.content;

			if (r->payload[k].kind != TT_RULE_CONTENT || at + c->n > PAYLOAD)
				continue;
			memcpy(payload + at, c->bytes, c->n);
			at += c->n;
		}
	}
	return ETHERNET + IP + 8 + PAYLOAD;
}

uint32_t
bench_signature_frame(uint8_t frame[BENCH_SIGNATURE_FRAME], const char *unit)
{
	uint8_t *payload = put_udp(frame, 1434, PAYLOAD, UINT64_C(0x7777777777));
	const size_t n = strlen(unit);

	for (unsigned i = 0; i < PAYLOAD; i++)
		payload[i] = (uint8_t)unit[i % n];
	payload[PAYLOAD - 1] = 'b';
	return ETHERNET + IP + 8 + PAYLOAD;
}

static uint32_t
put_frame(uint8_t *frame, unsigned kind, uint64_t seed, const struct tt_rules *rules)
{
	switch (kind) {
	case BENCH_SIGNATURE_SYN:
		return put_syn(frame, seed);
	case BENCH_SIGNATURE_SLAMMER:
		return put_slammer(frame, seed);
	case BENCH_SIGNATURE_TEXT:
		return put_text(frame, seed);
	default:
		return put_near(frame, seed, rules);
	}
}

void
bench_signature_traffic(struct bench_traffic_set *set, unsigned kind,
		const struct tt_rules *rules)
{
	static const char *const names[] = {"syn", "slammer", "text", "near"};

	uint8_t *frame;

	set->name = names[kind];
	set->frames = aligned_alloc(64, BENCH_SIGNATURE_PACKETS * BENCH_SIGNATURE_FRAME);
	TT_ASSERT(set->frames != NULL);
	frame = set->frames;
	for (unsigned i = 0; i < BENCH_SIGNATURE_PACKETS; i++) {
		const uint32_t captured = put_frame(
				frame, kind, tt_hash_mix(i + 1), rules);

		TT_ASSERT(tt_packet_decode(frame, captured, TT_LINK_ETHERNET,
					  &set->packets[i])
				== TT_FATE_COUNTED);
		set->frame_of[i] = frame;
		set->captured[i] = captured;
		frame += BENCH_SIGNATURE_FRAME;
	}
}
