/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Before the screen of a gate (tt_signature_gate.h), where the processor has AVX-512 with VBMI, or AVX2: 64 packets at
 * once, in one vector or two, straight from their frames, sixteen bytes of each of which are turned into columns. For
 * each half of a byte of a few fields there are sixteen bits, of the groups of rules that take it; of the few packets
 * of which all fields leave a group, the screen is asked, or, where it can be but a rule of the destination port, that
 * rule. Half bytes, as bytes are looked up by them in one instruction: what a group takes is a bit more than what its
 * rules do. A number is looked at in more of its bytes than by a screen, whose words are on some sixty cache lines that
 * a burst has to fetch anew; those of a sieve are on eleven. It never says no to a packet that matches.
 *
 * Machines without do without it: the screen is asked of all packets. A sieve takes about 9 instructions of a packet,
 * or 16 in AVX2, where the screen takes 45. Not of use, and not there, where many packets would be let through, were
 * all values as frequent. Nor where trying all rules could take more steps than a packet may cost: how many are tried
 * depends on whether a packet is sieved, and whether one is cut short must not. For the files of lib/signature only.
 * Memory: 704 bytes for each gate.
 */
#ifndef TT_SIGNATURE_SIEVE_H
#define TT_SIGNATURE_SIEVE_H

#include "tt_base.h"

#include <stdbool.h>
#include <stdint.h>

struct tt_packet;
struct tt_signatures;
struct tt_signature_gate;
struct tt_signature_group;

enum tt_signature_sieve_field {
	TT_SIGNATURE_SIEVE_TTL,
	TT_SIGNATURE_SIEVE_SRC, /* the first byte of the address */
	TT_SIGNATURE_SIEVE_DST,
	TT_SIGNATURE_SIEVE_SRC_PORT, /* its upper byte */
	TT_SIGNATURE_SIEVE_DST_PORT,
	TT_SIGNATURE_SIEVE_DST_PORT_LOW, /* its lower byte */
	TT_SIGNATURE_SIEVE_SEQ, /* the lowest byte */
	TT_SIGNATURE_SIEVE_SEQ_SECOND, /* … above it */
	TT_SIGNATURE_SIEVE_SEQ_HIGH, /* the uppermost */
	TT_SIGNATURE_SIEVE_WINDOW,
	TT_SIGNATURE_SIEVE_WINDOW_LOW,
	TT_SIGNATURE_SIEVE_FIELDS
};

#define TT_SIGNATURE_SIEVE_LOT    64 /* packets */
#define TT_SIGNATURE_SIEVE_LEAST  48 /* of fewer the screen is asked in less time */
#define TT_SIGNATURE_SIEVE_GROUPS 16
#define TT_SIGNATURE_SIEVE_BY_PORT \
	2 /* the last groups, of rules that the destination port alone tells */
#define TT_SIGNATURE_SIEVE_PORTS 0xc0 /* their bits */

/* By the half of a byte of a field: bits of the groups that take it, eight groups in each half of a row. */
struct tt_signature_sieve {
	uint8_t low[TT_SIGNATURE_SIEVE_FIELDS][2][16];
	uint8_t high[TT_SIGNATURE_SIEVE_FIELDS][2][16];
} TT_CACHE_ALIGNED;

/* Whether packets with some flags are sieved, and why not, as far as the rules decide it. */
enum tt_signature_unsieved {
	TT_SIGNATURE_UNSIEVED_OPEN, /* there is no gate before it, that would turn away too few */
	TT_SIGNATURE_UNSIEVED_BOXES, /* more different boxes than it has room for, while it is made */
	TT_SIGNATURE_UNSIEVED_SHARE, /* it would turn away too few */
	TT_SIGNATURE_UNSIEVED_STEPS, /* trying all rules could take more steps than a packet may cost */
	TT_SIGNATURE_SIEVED,
};

/*
 * Of all rules that may match a plain packet with these flags: a gate's, of which all is there, and those that are listed
 * by source port. in_plain: as of tt_signature_gate_init. *why: whether it is of use. Returns 0 or -ENOMEM.
 */
int tt_signature_sieve_init(struct tt_signature_sieve *sieve,
		const struct tt_signatures *s, const struct tt_signature_group *group,
		const struct tt_signature_gate *gate, uint8_t flags, const bool *in_plain,
		enum tt_signature_unsieved *why) TT_MUST_CHECK;

/* What is left of packets, a bit each. */
struct tt_signature_sieved {
	uint64_t ports; /* groups by port; of packets that are none of the others, the screen would leave TT_SIGNATURE_SCREEN_PORT */
	uint64_t others; /* other groups, or no sieve says anything about it */
};

/* Sieves packets[n], TT_SIGNATURE_SIEVE_LOT at most. */
typedef void tt_signature_sieve_function(struct tt_signature_sieved *sieved,
		const struct tt_signature_group *tcp, const struct tt_packet *packets,
		const uint8_t *const *frames, unsigned n);

#define TT_SIGNATURE_SIEVE_VARIANTS 2

/* The i-th variant, that with the widest vectors first; NULL where this machine cannot run it. *bits, unless that is NULL:
 * of its vectors. */
tt_signature_sieve_function *tt_signature_sieve_variant(unsigned i, unsigned *bits);

/* The widest variant that runs here and has vectors of so many bits at most; NULL: there is none. */
tt_signature_sieve_function *tt_signature_sieve_pick(unsigned simd_bits);

/* Never called where they cannot run. */
tt_signature_sieve_function tt_signature_sieve_avx512, tt_signature_sieve_avx2;

/* The plain twin, which gives the same bits. */
tt_signature_sieve_function tt_signature_sieve_ref;

#endif
