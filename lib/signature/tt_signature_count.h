/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which matches are detections: threshold and detection_filter of the rules. A plain table of what is
 * tracked (a rule and an address, a pair of addresses, or the rule alone), with its window (tt_window.h),
 * packet by packet. What snapshots say is found by the second instead (tt_detections.h). Time is
 * that of the packets.
 *
 *     limit             the first `count` matches of a window
 *     threshold         every count-th of a window
 *     both              the count-th of a window
 *     detection_filter  all after the count-th of a window; with unique_on, all once there were more
 *                       than `count` distinct ones
 *
 * A window begins with a match that none of the last `seconds` covers. It is Suricata's: the last of
 * its microseconds belongs to it.
 *
 * Memory: 96 bytes for each of `entries`, 16 for each of four times as many distinct values. When the
 * table is full, what is new is not tracked, until entries are over: such a match is judged as the
 * first of a window, and is counted in `untracked`; a distinct value without room is not counted, and
 * adds to it too. One thread.
 */
#ifndef TT_SIGNATURE_COUNT_H
#define TT_SIGNATURE_COUNT_H

#include "tt_rules.h"

struct tt_signature_counts; /* opaque */

/* entries: rounded up to a power of two, 64 at least. rules must outlive it. Returns 0 or -ENOMEM. */
int tt_signature_counts_create(struct tt_signature_counts **counts,
		const struct tt_rules *rules, uint32_t entries) TT_MUST_CHECK;
void tt_signature_counts_destroy(
		struct tt_signature_counts *counts); /* NULL is allowed */

/* Takes a match of rules->rules[rule] at time_us. Is it a detection? */
bool tt_signature_count(struct tt_signature_counts *counts, uint32_t rule,
		const struct tt_packet *packet, int64_t time_us);

uint64_t tt_signature_untracked(const struct tt_signature_counts *counts);

#endif
