/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A packet as rules see it: where its payload and its headers lie. Pure functions on the caller's
 * memory, any thread. For the files of lib/signature only.
 *
 * The payload is what follows the transport header as far as the IP packet goes (of UDP, as far as
 * its length says) and was captured: of TCP after its options; of ICMP after eight bytes, after
 * timestamps and router addresses where the type has them; of ICMPv6 after eight bytes of errors and
 * echoes, after four of others; of IGMP after the groups and sources that a message lists; of SCTP it is the user data of
 * the first DATA chunk. Of later fragments and of other protocols it is all that follows the IP headers.
 */
#ifndef TT_SIGNATURE_VIEW_H
#define TT_SIGNATURE_VIEW_H

#include "tt_signature.h"

#include <endian.h>
#include <string.h>

struct tt_signature_bytes {
	const uint8_t *at; /* NULL: the packet has none */
	uint32_t n;
};

/* By what rules are chosen. */
enum tt_signature_class {
	TT_SIGNATURE_TCP,
	TT_SIGNATURE_UDP,
	TT_SIGNATURE_ICMP, /* ICMP and ICMPv6 */
	TT_SIGNATURE_OTHER, /* other protocols, and later fragments of any */
	TT_SIGNATURE_N_CLASSES
};

struct tt_signature_view {
	const struct tt_packet *packet;
	const uint8_t *frame;
	uint32_t end; /* in the frame, of the packet or of what was captured of it */
	uint32_t class; /* enum tt_signature_class */
	struct tt_signature_bytes payload; /* never NULL */
};

static inline uint16_t
tt_signature_be16(const uint8_t *b)
{
	uint16_t v;

	memcpy(&v, b, sizeof(v));
	return be16toh(v);
}

static inline bool
tt_signature_is_icmp4(const struct tt_packet *p)
{
	return p->has_icmp && p->protocol == TT_PROTO_ICMP;
}

/*
 * Bytes before the payload of anything but TCP, of which *there are there: of SCTP, as far as the first user data goes
 * alone.
 */
uint32_t tt_signature_header_bytes(
		const struct tt_packet *p, const uint8_t *l4, uint32_t *there);

static inline uint32_t
tt_signature_min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static inline enum tt_signature_class
tt_signature_class_of(const struct tt_packet *p)
{
	if (TT_LIKELY(p->has_ports))
		return p->protocol == TT_PROTO_TCP ? TT_SIGNATURE_TCP : TT_SIGNATURE_UDP;
	return p->has_icmp ? TT_SIGNATURE_ICMP : TT_SIGNATURE_OTHER;
}

static inline void
tt_signature_look(struct tt_signature_view *v, const struct tt_signature_packet *from)
{
	const struct tt_packet *p = from->packet;
	const uint32_t ip_end = p->ip_bytes > UINT32_MAX - p->ip_offset
			? UINT32_MAX
			: p->ip_offset + p->ip_bytes;
	const uint32_t end = tt_signature_min(ip_end, from->captured);
	uint32_t there = end - p->l4_offset, header;
	const uint8_t *l4 = from->frame + p->l4_offset;

	v->packet = p;
	v->frame = from->frame;
	v->end = end;
	v->class = tt_signature_class_of(p);
	if (TT_LIKELY(v->class == TT_SIGNATURE_TCP))
		header = (l4[12] >> 4) >= 5 ? (l4[12] >> 4) * 4u : there;
	else
		header = tt_signature_header_bytes(p, l4, &there);
	header = tt_signature_min(header, there);
	v->payload.at = l4 + header;
	v->payload.n = there - header;
	if (v->class == TT_SIGNATURE_UDP && tt_signature_be16(l4 + 4) >= 8)
		v->payload.n = tt_signature_min(
				v->payload.n, tt_signature_be16(l4 + 4) - 8u);
}

/* The bytes that a buffer of the rule language is of this packet, but for TT_RULE_BUFFER_SCTP_DATA, of which there may be several. */
struct tt_signature_bytes tt_signature_buffer(
		const struct tt_signature_view *v, enum tt_rule_buffer buffer);

/* The value of a field that rules compare with numbers. Returns whether the packet has it. */
bool tt_signature_number(const struct tt_signature_view *v, enum tt_rule_kind kind,
		uint32_t *value);

/* Reserved, DF and MF as 4, 2 and 1; of IPv4. */
static inline unsigned
tt_signature_fragbits(const struct tt_signature_view *v)
{
	return v->frame[v->packet->ip_offset + 6] >> 5;
}

/* Bits by enum tt_rule_ipopt of the options of an IPv4 header, as far as they can be read. */
uint32_t tt_signature_ipopts(const struct tt_signature_view *v);

#endif
