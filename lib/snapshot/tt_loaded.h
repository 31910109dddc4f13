/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How much of a snapshot's observed time signatures were loaded, whichever: what detections are divided by. A rule's own time is in
 * `signature_rules`, but of several sensors that is a sum that does not tell how many addresses each of them monitored. Pure functions, any thread.
 *
 * Manifests have it as an addition to their schema version: a reader that does not know it passes over it, and of one that lacks it, it follows
 * from the names of the sets of signatures, unless the snapshot was merged of parts with signatures and parts without.
 */
#ifndef TT_LOADED_H
#define TT_LOADED_H

#include <stdbool.h>
#include <stdint.h>

struct tt_loaded {
	bool told; /* else it is not known, and the rest is 0 */
	int64_t observed_us; /* of the sensors that had signatures, added up */
	/* Each sensor's time times its monitored addresses: all of them, and those of IPv4; microseconds times addresses, added up. */
	unsigned __int128 address_us, ipv4_us;
};

/* What follows from the names of the sets of signatures (a manifest's `signatures`), of which "none" is that of no signatures, where observed is all
 * of the time: all of it, nothing, or untold where there are both, or the names are not known. single: the snapshot is of one interval, which counts
 * whole where signatures came or went within it. */
struct tt_loaded tt_loaded_by_name(
		const char *signatures, bool single, const struct tt_loaded *observed);

/* Adds the time of a part. The sum is untold from the first part on that is. Sums beyond a type stay at its end. */
void tt_loaded_add(struct tt_loaded *sum, const struct tt_loaded *part);

#endif
