/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets for the check of measures: drawn at random after a shape, usual or hostile. */
#ifndef MEASURES_INPUT_H
#define MEASURES_INPUT_H

#include "tt_tally.h"

#include <string.h>

/* Random numbers from a seed that can be given again. */
uint64_t draw(uint64_t below);
bool one_in(uint64_t n);
void draw_seed(uint64_t seed);

/* How the addresses of sources are chosen. */
enum pool {
	POOL_RANDOM, /* IPv4, and one in four IPv6 */
	POOL_SAME_HOME, /* those of a pair of SYNs to port 445 lie in one slot, the last */
	POOL_SAME_SKETCH, /* tt_sketch_hash begins with the same 24 bits */
	POOL_SAMPLED_LONG, /* it begins with 40 zeros: sampled last of all */
	POOL_SAMPLED_ALWAYS, /* it is 0 */
};

/*
 * What a flood of packets is made of: so many of each at most, of which the first are drawn more
 * often than the last.
 */
struct shape {
	const char *name;
	enum pool pool;
	unsigned packets, sources, targets, destinations, source_ports;
	bool syns; /* all are SYNs */
	bool long_packets; /* as long as can be, jumbograms among them */
	bool heavy; /* counters are multiplied until they nearly overflow */
};

extern const struct shape shapes[]; /* ends with a shape without a name */

struct input {
	struct tt_packet *packets; /* [n], of [room] */
	tt_detail *details;
	int64_t *times_us;
	unsigned n, room;
};

#define INPUT_MONITORED "10.20.0.0/16,2001:db8::/32"
#define INPUT_RULES     4 /* fingerprints in details */

/*
 * Draws packets of times from start_us to before end_us. like: a tally whose seed and size are
 * those of the tallies that will count. Sources of the same shape come again.
 */
void input_draw(struct input *input, const struct shape *shape,
		const struct tt_tally *like, int64_t start_us, int64_t end_us);
void input_fini(struct input *input);

#endif
