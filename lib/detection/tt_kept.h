/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first packets that each signature matched, of one worker and one interval: an analyst sees what
 * was found. Part of a tally; one thread at a time. Kept are the earliest by their own time, of
 * these the least by length and bytes: so that of all workers' together, the earliest are the same
 * however packets were spread.
 *
 * Memory: tt_kept_bytes(), of a table that does not grow: 1,560 bytes for each packet of
 * TT_KEPT_RULES rules, and 160 KiB. Where more rules than that match in an interval, packets are kept of
 * those that come first in the set. A rule of these is so in each worker's table as well, which never gave
 * up its packets: also then the result is the same however packets were spread.
 */
#ifndef TT_KEPT_H
#define TT_KEPT_H

#include "tt_detections.h"

#define TT_KEPT_RULES 1024
#define TT_KEPT_MAX   100 /* packets of a rule */
#define TT_KEPT_BYTES 1536 /* of a frame; what is longer is cut */

struct tt_kept_packet {
	int64_t time_us;
	uint32_t length; /* on the wire */
	uint16_t captured; /* bytes that are here */
	uint16_t link; /* LINKTYPE_ number */
	uint16_t rule; /* its place in the set */
	uint8_t bytes[TT_KEPT_BYTES];
};

/* Of one rule. */
struct tt_kept_row {
	int64_t last_us; /* the time of the last of them */
	uint16_t n, last; /* packets; which is the last of these */
	uint16_t rule;
};

struct tt_kept_table {
	unsigned per_rule; /* 0: none are kept, and all else is 0 */
	uint16_t *row_of; /* [TT_DETECTION_RULES_MAX] the row of a rule, and one; 0: it has none */
	struct tt_kept_row *rows; /* [n_rows], room for TT_KEPT_RULES */
	struct tt_kept_packet
			*packets; /* [TT_KEPT_RULES][per_rule]; compact: [n_packets] */
	unsigned n_rows;
	unsigned highest; /* of these, that of the last rule of the set, where all are taken */
	uint64_t n_packets;
	bool compact; /* a copy: no rows */
	struct tt_mem *mem;
};

/* A packet as it was captured. */
struct tt_kept_frame {
	const uint8_t *bytes; /* [captured] */
	int64_t time_us;
	uint32_t captured, length;
	uint16_t link;
};

/* Takes the memory for so many packets of a rule, at most TT_KEPT_MAX; 0 takes none. Returns 0 or
 * -ENOMEM. */
int tt_kept_init(struct tt_kept_table *k, unsigned per_rule, struct tt_mem *mem,
		struct tt_error *err) TT_MUST_CHECK;
void tt_kept_fini(struct tt_kept_table *k); /* a zeroed one is allowed */
void tt_kept_reset(struct tt_kept_table *k);
uint64_t tt_kept_bytes(unsigned per_rule);

/* The rule matched the packet: keeps it, if it is among the first. Where it is not, that costs two cache
 * lines. */
void tt_kept_add(struct tt_kept_table *k, uint32_t rule,
		const struct tt_kept_frame *frame);

/* Packets by time, length and bytes; not by rule. */
int tt_kept_compare(const struct tt_kept_frame *a, const struct tt_kept_frame *b);

static inline struct tt_kept_frame
tt_kept_frame(const struct tt_kept_packet *p)
{
	return (struct tt_kept_frame){
			p->bytes, p->time_us, p->captured, p->length, p->link};
}

/* Packet i of n_packets, in no order. */
const struct tt_kept_packet *tt_kept_packet(const struct tt_kept_table *k, uint64_t i);

/* A read-only copy, and two of the same rules as one, in as little heap memory as they need. Return 0 or
 * -ENOMEM. */
int tt_kept_compact(
		struct tt_kept_table *to, const struct tt_kept_table *from) TT_MUST_CHECK;
int tt_kept_join(struct tt_kept_table *to, const struct tt_kept_table *a,
		const struct tt_kept_table *b) TT_MUST_CHECK;

/* Bytes that a copy takes; two as one take no more than both. */
uint64_t tt_kept_compact_bytes(const struct tt_kept_table *k);

#endif
