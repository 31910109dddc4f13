/* SPDX-License-Identifier: BSD-3-Clause */
/* How `teiten info` prints: to standard output, as text for people or as JSON. */
#ifndef INFO_H
#define INFO_H

#include "tt_summary.h"

/* within: what of its time the snapshot has not observed. */
void info_manifest_text(
		const struct tt_manifest *manifest, const struct tt_within *within);
void info_manifest_json(const struct tt_manifest *manifest);
void info_summary_text(const struct tt_summary *summary);
/* list: whose snapshots these are. */
void info_summaries_json(const struct tt_summary *summaries, size_t n,
		const struct tt_snapshot_list *list);

/* Several places: moves the snapshots of a list, which is released as ever, behind those of another, which was zeroed or joined
 * before; then puts them in order of sensor and time, each once, also where places overlap; and notes which begin in the time of another
 * place's, of a sensor of that name. Return 0 or -ENOMEM. */
int info_join(struct tt_snapshot_list *to, struct tt_snapshot_list *from) TT_MUST_CHECK;
int info_order(struct tt_snapshot_list *list) TT_MUST_CHECK;

#endif
