/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Queues that replay capture files: net_pcap with rx_pcap=…, not infinite_rx, not rx_iface. The
 * end of a file cannot be seen through the device, whose receive call then returns 0 for ever;
 * so each file is read once beforehand, with libpcap exactly as the driver does it, and its
 * frames are counted: all of them, and for each interval. Management core, at start only; 600
 * bytes for each file.
 *
 * What the driver tells badly or not at all is found here as well: no such file, not a capture
 * file, compressed, ends in the middle of a frame, or in zeros that were never written. The driver
 * gives these as frames of 1970; they are not taken from it. With infinite_rx they are, for the
 * times of files do not count there.
 */
#ifndef TT_REPLAY_H
#define TT_REPLAY_H

#include "eal.h"
#include "taken.h"
#include "tt_sequence.h"

#include <sys/time.h>

#define TT_REPLAY_QUEUES_MAX \
	16 /* RTE_PMD_PCAP_MAX_QUEUES, which is private to the driver */

struct tt_replay_file {
	char *path;
	uint64_t frames; /* whole ones, up to the end or to the first damage */
	uint32_t longest; /* captured bytes of the longest frame */
	uint16_t link; /* LINKTYPE_ number of all frames */
	struct tt_error end; /* code 0: the file ends where it should */
};

struct tt_replay {
	struct tt_replay_file files[TT_REPLAY_QUEUES_MAX]; /* [n_files], one per queue */
	unsigned n_files;
	bool infinite; /* the files go round for ever, without time stamps */
};

/*
 * Reads a device's name and arguments as in "--vdev". Leaves n_files 0 where it is none that
 * replays files. Returns 0; -E2BIG for more files than the driver takes.
 */
int tt_replay_parse(struct tt_replay *replay, const char *name, const char *args,
		struct tt_error *err) TT_MUST_CHECK;
void tt_replay_fini(struct tt_replay *replay);

/* Can all the files that EAL's arguments name be read? Before EAL starts, since the driver's own
 * complaint would be several lines of another form. */
int tt_replay_check_args(const struct tt_eal *eal, struct tt_error *err) TT_MUST_CHECK;

/*
 * Reads a file to its end and fills in the counts. sequence: gets the number of frames of each
 * interval announced; NULL: not wanted. taken: gets the intervals too; NULL likewise. From
 * where the file is cut short, intervals are partial. Returns 0 (see `end` for such a file), or a
 * negative errno.
 */
int tt_replay_scan(struct tt_replay_file *file, int64_t interval_us,
		struct tt_sequence *sequence, struct tt_taken *taken,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * The time of a frame from what the driver puts into the packet. libpcap sign-extends the 32-bit
 * seconds of some files; they are unsigned.
 */
static inline int64_t
tt_replay_time(uint64_t stamp_us)
{
	int64_t us = (int64_t)stamp_us;

	return TT_LIKELY(us >= 0) ? us : us + (INT64_C(1) << 32) * TT_US_PER_S;
}

#endif
