/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports at which one rule alone may match a plain packet (tt_signature_gate.h) that its gate leaves nothing but its port
 * of, and that rule asks for few addresses: as most rules without payload do. All that is left to ask stands in one
 * cache line, found by the port, and not behind four pointers, each of which the next would wait for; and whether a
 * packet matches is no branch. What it says is what the class of the port says (tt_signature_plain.h), which has
 * all ports, also those that do not find room here. Memory: 64 KiB. For the files of lib/signature only.
 */
#ifndef TT_SIGNATURE_SOLE_H
#define TT_SIGNATURE_SOLE_H

#include "tt_signature_plain.h"

#define TT_SIGNATURE_SOLES \
	1024 /* by the lower bits of the port; the first that comes has the place */
#define TT_SIGNATURE_SOLE_DST 4
#define TT_SIGNATURE_SOLE_SRC 2

struct tt_signature_sole_range {
	uint32_t first, more; /* addresses of IPv4; than the first are the last */
};

struct tt_signature_sole {
	uint32_t key; /* 0: free */
	uint32_t rule; /* in tt_rules */
	/* Those that are not needed are as the first one. */
	struct tt_signature_sole_range dst[TT_SIGNATURE_SOLE_DST];
	struct tt_signature_sole_range src[TT_SIGNATURE_SOLE_SRC];
} TT_CACHE_ALIGNED;
_Static_assert(sizeof(struct tt_signature_sole) == 64, "a cache line");

static inline uint32_t
tt_signature_sole_key(uint16_t dst_port, uint8_t flags)
{
	return 1u << 24 | (uint32_t)flags << 16 | dst_port;
}

/* Does the rule match the packet, which is plain, and has the key? */
static inline unsigned
tt_signature_sole_matches(const struct tt_signature_sole *s, const struct tt_packet *p)
{
	unsigned dst = 0, src = 0;

	for (unsigned i = 0; i < TT_SIGNATURE_SOLE_DST; i++)
		dst |= (uint32_t)p->dst.lo - s->dst[i].first <= s->dst[i].more;
	for (unsigned i = 0; i < TT_SIGNATURE_SOLE_SRC; i++)
		src |= (uint32_t)p->src.lo - s->src[i].first <= s->src[i].more;
	return dst & src;
}

/* Gives soles[TT_SIGNATURE_SOLES] the ports of plain packets with these flags, where there is room. */
void tt_signature_soles_add(struct tt_signature_sole *soles,
		const struct tt_signature_plain *plain, uint8_t flags);

#endif
