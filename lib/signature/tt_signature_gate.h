/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A quick no for the packets that are most of a darknet's: TCP over IPv4 without payload, options or
 * fragments, with usual flags. The rules of any port that may match such a packet by its flags share
 * 64 bits; for each value (or hash of a value) of a few fields there is a word of the bits of which a
 * rule takes it. Where nothing is left of the words of a packet's fields, none matches. It never says
 * no to a packet that matches; the filter decides about the others. For the files of lib/signature
 * only.
 */
#ifndef TT_SIGNATURE_GATE_H
#define TT_SIGNATURE_GATE_H

#include "tt_signature_filter.h"

#define TT_SIGNATURE_IPV4_BYTES 20 /* without options */

enum tt_signature_gate_field {
	TT_SIGNATURE_GATE_SEQ,
	TT_SIGNATURE_GATE_WINDOW,
	TT_SIGNATURE_GATE_IP_ID,
	TT_SIGNATURE_GATE_ACK,
	TT_SIGNATURE_GATE_DST,
	TT_SIGNATURE_GATE_SRC,
	TT_SIGNATURE_GATE_TTL,
	TT_SIGNATURE_GATE_FIELDS
};

struct tt_signature_gate {
	uint64_t bits[TT_SIGNATURE_GATE_FIELDS][256];
};

/*
 * Of a filter's rules, for packets with these flags. *useful: does it say no to most of them? Returns
 * 0 or -ENOMEM.
 */
int tt_signature_gate_init(struct tt_signature_gate *g,
		const struct tt_signature_filter *f, uint8_t flags,
		bool *useful) TT_MUST_CHECK;

/*
 * Is it a packet that a gate with its flags is about? Without options, fragments, payload, and with the
 * reserved bit clear. Where less than its headers was captured it has no payload either.
 */
static inline bool
tt_signature_is_plain(const struct tt_signature_packet *from)
{
	const struct tt_packet *p = from->packet;

	if (!(p->has_tcp & !p->fragment & (p->ip_version == 4)))
		return false;
	return (p->ip_bytes
			       == TT_SIGNATURE_IPV4_BYTES
					       + (from->frame[p->l4_offset + 12] >> 4)
							       * 4u)
			& (p->l4_offset - p->ip_offset == TT_SIGNATURE_IPV4_BYTES)
			& ((from->frame[p->ip_offset + 6] & 0x80) == 0)
			& (p->src.lo != p->dst.lo);
}

/* May any rule match the packet, which is plain, and has the gate's flags? */
static inline bool
tt_signature_gate_opens(const struct tt_signature_gate *g, const struct tt_packet *p)
{
	return (g->bits[TT_SIGNATURE_GATE_SEQ][tt_signature_hash(p->tcp_seq)]
			       & g->bits[TT_SIGNATURE_GATE_WINDOW]
					[tt_signature_hash(p->tcp_window)]
			       & g->bits[TT_SIGNATURE_GATE_IP_ID]
					[tt_signature_hash(p->ip_id)]
			       & g->bits[TT_SIGNATURE_GATE_ACK]
					[tt_signature_hash(p->tcp_ack)]
			       & g->bits[TT_SIGNATURE_GATE_DST][p->dst.lo >> 24 & 0xff]
			       & g->bits[TT_SIGNATURE_GATE_SRC][p->src.lo >> 24 & 0xff]
			       & g->bits[TT_SIGNATURE_GATE_TTL][p->ttl])
			!= 0;
}

#endif
