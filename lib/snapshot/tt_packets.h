/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * detections.pcapng: the first packets that each signature matched, as a capture file of its own in the
 * directory of a snapshot. Each has a comment, "[gid:sid:rev] message"; one that several signatures
 * matched is there for each. They come by time, then length and bytes, then signature. The same packets
 * give the same bytes, through any number of workers, unless more signatures match at one than it keeps
 * packets of (tt_kept.h).
 *
 * Heap memory: 80 bytes for each packet; of those that were read from files, the packet as well. One thread.
 */
#ifndef TT_PACKETS_H
#define TT_PACKETS_H

#include "tt_snapshot.h"
#include "tt_tally.h"

struct tt_packet_record {
	uint32_t gid, sid, rev;
	const char *message;
	struct tt_kept_frame frame;
	void *owned; /* what message and frame point into, if it is the record's */
};

struct tt_packet_records {
	struct tt_packet_record *all; /* [n] */
	size_t n, room;
};

void tt_packets_fini(struct tt_packet_records *records); /* a zeroed one is allowed */

/* Adds those of a tally, which outlives the records. Returns 0 or -ENOMEM. */
int tt_packets_of_tally(struct tt_packet_records *records,
		const struct tt_tally *tally) TT_MUST_CHECK;

/*
 * Adds those of a snapshot that has some, once its file was found to be that of the manifest. Returns
 * 0, or a negative errno with err naming the file (-EBADMSG where it is not such a file).
 */
int tt_packets_read(struct tt_packet_records *records, const struct tt_snapshot *snapshot,
		struct tt_error *err) TT_MUST_CHECK;

/* Leaves the first so many of each of the first TT_KEPT_RULES signatures, and puts these in the order of the
 * file. */
void tt_packets_select(struct tt_packet_records *records, size_t per_signature);

/* Are they in that order, and no more of a signature than that? */
bool tt_packets_are_selected(
		const struct tt_packet_records *records, size_t per_signature);

/* Writes them, and says in the manifest that it did; without any, nothing is written. */
int tt_packets_write(const struct tt_packet_records *records, int dir_fd, bool sync,
		struct tt_manifest *manifest, struct tt_error *err) TT_MUST_CHECK;

#endif
