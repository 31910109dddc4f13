/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which rules a packet matches. The plain reference (tt_signature_one_ref) defines it: each rule,
 * option by option, as the manuals say (docs/signatures.md). The compiled matcher gives the same in a
 * fraction of the time: rules without payload options by the header alone, the others by one
 * multi-pattern pass over the payload with the patterns of the packet's protocol and ports, and only
 * those whose pattern was found are verified. Both share the code that evaluates a rule
 * (tt_signature_eval.h), so that they differ only in which rules they try.
 *
 * A match is of one packet; what of the matches is a detection (threshold, detection_filter, noalert)
 * is decided where they are counted (tt_signature_count.h). Rules that set flowbits are tried before
 * those that test them, as the engines do; bits live as long as the packet.
 *
 * tt_signatures is read-only once compiled and shared by all workers; a worker has one
 * tt_signature_scratch of its own. Matching takes no memory, no lock, makes no system call. (PCRE2
 * without its JIT takes memory at the first match of a scratch and keeps it.)
 *
 * Memory of tt_signatures: patterns and port groups, a megabyte for a few thousand rules; and 3 MB
 * of tables from ports to groups. Of a scratch: 215 KiB and what Vectorscan needs.
 */
#ifndef TT_SIGNATURE_H
#define TT_SIGNATURE_H

#include "tt_rules.h"

#define TT_SIGNATURE_BURST    256
#define TT_SIGNATURE_HITS_MAX 64 /* matches of one packet; more are counted as cut off */

struct tt_signatures; /* opaque */
struct tt_signature_scratch; /* opaque */

/*
 * What a packet may cost: past it the packet's matching ends and is counted as cut short. Zeroes
 * mean defaults. A step is an option evaluated (four, where it reads a number of text), a header looked
 * at, or 64 bytes searched or compared. A call of PCRE2 is 16, one for every 16 bytes, and one for
 * every four units: items of the pattern that it tries, and every 8 bytes that one passed over or may
 * pass over and then fail.
 */
struct tt_signature_limits {
	uint32_t verifications; /* rules whose header matches and whose payload is tried (default 64) */
	uint32_t steps; /* for a packet, backtracking included (default 1,024) */
	uint32_t pcre_matches; /* units of one PCRE2 call (default 2,000) */
	unsigned simd_bits; /* of the widest vectors (default: as the processor has); sieves want 256 or more */
	bool plain; /* without the multi-pattern pass, as where Vectorscan cannot run, and without sieves */
};

/* A frame as decoded: the packet's fields and the bytes they came from. */
struct tt_signature_packet {
	const struct tt_packet *packet; /* of a frame with fate TT_FATE_COUNTED */
	const uint8_t *frame; /* [captured] */
	uint32_t captured;
};

/* Packets side by side, as a worker has them. */
struct tt_signature_burst {
	const struct tt_packet *packets; /* [n] */
	const uint8_t *const *frames; /* [n] */
	const uint32_t *captured; /* [n] */
	unsigned n; /* at most TT_SIGNATURE_BURST */
};

/* The i-th packet of a burst. */
static inline struct tt_signature_packet
tt_signature_packet(const struct tt_signature_burst *b, unsigned i)
{
	return (struct tt_signature_packet){&b->packets[i], b->frames[i], b->captured[i]};
}

/* A burst of one packet, which outlives it. */
static inline struct tt_signature_burst
tt_signature_burst_of(const struct tt_signature_packet *p)
{
	return (struct tt_signature_burst){p->packet, &p->frame, &p->captured, 1};
}

struct tt_signature_hit {
	uint16_t packet; /* index in the burst */
	uint16_t unused;
	uint32_t rule; /* index in tt_rules.rules */
};

/*
 * Compiles. rules: must outlive the result. limits: NULL for defaults. Returns 0; -ENOMEM; -EINVAL
 * with err naming the rule where a pattern cannot be compiled (the loader has refused such rules, so
 * this is a bug or a limit of the library).
 */
int tt_signatures_compile(struct tt_signatures **signatures, const struct tt_rules *rules,
		const struct tt_signature_limits *limits,
		struct tt_error *err) TT_MUST_CHECK;
void tt_signatures_free(struct tt_signatures *signatures); /* NULL is allowed */

/* Is payload searched with Vectorscan? Where it cannot run, rules are tried by their header alone. */
bool tt_signatures_multi_pattern(const struct tt_signatures *signatures);

/*
 * Says that SYNs are not sieved, 64 at once, under these rules, whatever the processor has, and why; NULL where they are, on
 * processors that can. It costs time alone (docs/performance.md).
 */
const char *tt_signatures_unsieved(const struct tt_signatures *signatures);

/* Returns 0 or -ENOMEM. */
int tt_signature_scratch_new(struct tt_signature_scratch **scratch,
		const struct tt_signatures *signatures) TT_MUST_CHECK;
void tt_signature_scratch_free(
		struct tt_signature_scratch *scratch); /* NULL is allowed */

/*
 * Matches the packets of a burst. hits: room for n x TT_SIGNATURE_HITS_MAX;
 * filled by packet, then by rule, ascending. Returns how many. cut_short (added to): packets whose
 * matching met a limit.
 */
unsigned tt_signatures_burst(const struct tt_signatures *signatures,
		struct tt_signature_scratch *scratch,
		const struct tt_signature_burst *burst, struct tt_signature_hit *hits,
		uint64_t *cut_short);

/*
 * The plain twin, of one packet: tries every rule. hits[TT_SIGNATURE_HITS_MAX]; no limits but that
 * and that of a call of PCRE2.
 */
unsigned tt_signature_one_ref(const struct tt_signatures *signatures,
		struct tt_signature_scratch *scratch,
		const struct tt_signature_packet *packet, struct tt_signature_hit *hits);

#endif
