/* SPDX-License-Identifier: BSD-3-Clause */
/* What bench_signature matches with, and what it sends. */
#ifndef BENCH_SIGNATURE_H
#define BENCH_SIGNATURE_H

#include "tt_signature.h"

#include <time.h>

#define BENCH_SIGNATURE_PACKETS 512 /* what the second-level cache holds */
#define BENCH_SIGNATURE_FRAME   1536 /* room for one */

/* The rules of a file (NULL: none) and n generated ones, as text on the heap. */
char *bench_signature_text(const char *file, unsigned n, size_t *bytes);

/* Frames of one kind, decoded. */
struct bench_traffic_set {
	const char *name;
	uint8_t *frames; /* one after the other, on cache lines */
	struct tt_packet packets[BENCH_SIGNATURE_PACKETS];
	const uint8_t *frame_of[BENCH_SIGNATURE_PACKETS];
	uint32_t captured[BENCH_SIGNATURE_PACKETS];
};

enum {
	BENCH_SIGNATURE_SYN, /* no payload, ports that scanners like and others */
	BENCH_SIGNATURE_SLAMMER, /* 418 bytes, as long as Slammer's and with its strings */
	BENCH_SIGNATURE_TEXT, /* 1,472 bytes of payload without any pattern */
	BENCH_SIGNATURE_NEAR, /* 1,472 bytes made of the patterns of the rules */
	BENCH_SIGNATURE_N
};

/* n of them, from the one at `from` on. */
static inline struct tt_signature_burst
bench_signature_burst(const struct bench_traffic_set *set, unsigned from, unsigned n)
{
	return (struct tt_signature_burst){set->packets + from, set->frame_of + from,
			set->captured + from, n};
}

/* Makes the frames of a kind; the set is the caller's. rules: those that are matched with. */
void bench_signature_traffic(struct bench_traffic_set *set, unsigned kind,
		const struct tt_rules *rules);

/* A UDP datagram of 1,472 bytes of payload, made of a text again and again, with a b at its end. Returns its length. */
uint32_t bench_signature_frame(uint8_t frame[BENCH_SIGNATURE_FRAME], const char *unit);

/* Processor time of this thread, ns: others that run meanwhile do not count. */
static inline double
bench_cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* Prints what the dearest packets cost, each under rules of its own. */
void bench_signature_worst(void);

#endif
