/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames of a traffic profile, or of a capture, as a card would leave them: made beforehand, then copied into a ring
 * of receive buffers, which is what the worker sees. Copying is not part of what is timed. One
 * thread; all memory is freed with the process.
 */
#ifndef BENCH_TRAFFIC_H
#define BENCH_TRAFFIC_H

#include "tt_capfile.h"
#include "tt_mem.h"

#define BENCH_RING 4096 /* buffers, as descriptors of a queue */
#define BENCH_RING_STRIDE \
	2304 /* an mbuf of DPDK: 128 of header, 128 of headroom, 2048 of data */

struct bench_traffic_options {
	const char *profile; /* NULL, and no capture: 64 zeros each, what net_null gives */
	const char *capture; /* or a capture file; frames are cut to what a buffer holds */
	const char *monitored; /* of the capture: prefixes */
	unsigned packets; /* frames to make, a multiple of BENCH_RING; a capture's begin again */
	bool fragments; /* of IPv4, every fourth frame a first fragment, every fourth a later one */
};

struct bench_traffic {
	struct tt_frame *stored; /* [n] frames as made */
	unsigned n;
	bool fresh; /* each pass over the frames has other sources and source ports */
	uint64_t sent; /* frames copied into the ring so far */
	uint8_t *ring; /* [BENCH_RING][BENCH_RING_STRIDE] */
	struct tt_frame frames[BENCH_RING]; /* what the ring holds */
	char monitored[256]; /* prefixes that the frames are sent to */
};

/*
 * Makes the frames. Whether passes are fresh follows from the profile: where every component is of
 * untagged IPv4 and its sources are new; those of a capture never are. Returns 0, or a negative errno.
 */
int bench_traffic_make(struct bench_traffic *traffic,
		const struct bench_traffic_options *options, struct tt_mem *mem,
		struct tt_error *err) TT_MUST_CHECK;

/* Fills the ring with the next frames, all of the time now_us. */
void bench_traffic_next(struct bench_traffic *traffic, int64_t now_us);

#endif
