/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The chapter of notable targets: for each one a section that says, from numbers alone, what of it changed (tt_cause.h).
 * One thread. Memory: that of tt_cause.h for TT_NOTABLE_MAX targets, until it returns.
 *
 * Notable is
 * - a target whose rise or fall is among the TT_REPORT_RANKED greatest, and at least TT_NOTABLE_CHANGE of the
 *   accesses to all targets (of the period that had more), and not shown as 0.00;
 * - another one of the TT_REPORT_RANKED most accessed, where there is an episode: one address that sent at least
 *   TT_NOTABLE_EPISODE of the target's packets on a day, from the first such day to the last, half of the days
 *   between being such days, and in them at least TT_NOTABLE_EPISODE_WHOLE of all its packets in the period, and a packet to each monitored address (where
 *   rates are by sensor: TT_NOTABLE_PACKETS);
 * - a victim: an address whose backscatter is at least TT_NOTABLE_VICTIM of all packets, and TT_NOTABLE_PACKETS; of these the TT_NOTABLE_VICTIMS
 *   greatest. Its days are those from the first to the last with at least a tenth of the greatest one's packets.
 */
#ifndef TT_NOTABLE_H
#define TT_NOTABLE_H

#include "tt_report.h"

#define TT_NOTABLE_MAX           (3 * TT_REPORT_RANKED)
#define TT_NOTABLE_CHANGE        0.001
#define TT_NOTABLE_EPISODE       0.1
#define TT_NOTABLE_EPISODE_WHOLE 0.01
#define TT_NOTABLE_PACKETS       100
#define TT_NOTABLE_VICTIM        0.0001
#define TT_NOTABLE_VICTIMS       3

/*
 * Adds chapter 2 and its sections to the report's document. Snapshots that turn out to be damaged are in none of its figures, and
 * the chapter says how many. Returns 0; -EAGAIN where a snapshot is not what was listed any more (tt_archive.h); or -ENOMEM; with
 * err. Whether the document had memory, it says itself.
 */
int tt_notable_sections(struct tt_report *report, struct tt_error *err) TT_MUST_CHECK;

#endif
