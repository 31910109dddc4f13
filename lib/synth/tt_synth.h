/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Synthetic darknet traffic, packet by packet in the order of time: from a profile, a seed and a
 * country database, and from nothing else. The same three give the same bytes.
 *
 * Why it is built this way: the number of packets of each component and, to within one or two,
 * of each stretch of its time is what the profile says, and so is each country's share: times
 * are one random moment in each of N equal slots, and countries follow a golden-ratio sequence,
 * which stays within a few packets of the share at every length. So a table made from the traffic
 * can be checked against the profile without allowing for chance. What is random is which host,
 * which address, and the moment. Bursts of a Poisson process are not modelled.
 *
 * Frames are Ethernet, at least 60 bytes, with valid IPv4, TCP, UDP, ICMP and ICMPv6 checksums, written
 * into a template of each component: only what changes is stored and summed up.
 *
 * Memory is taken in create: per component 2 KiB, 8 bytes for each source (none for "new"), 6 KiB
 * per country, 8 bytes per quarter of an hour where it has a daily cycle; and once 24 bytes for
 * each range of each country that is named, per IP version. It does not depend on the number of packets. One
 * thread per generator.
 */
#ifndef TT_SYNTH_H
#define TT_SYNTH_H

#include "tt_capfile.h"
#include "tt_geo.h"
#include "tt_profile.h"

struct tt_synth;

struct tt_synth_options {
	uint64_t seed;
	int64_t start_us; /* negative: the profile's */
	int64_t duration_us; /* 0: the profile's; shorter cuts components off */
	int64_t packets; /* 0: by the rates; else exactly so many, in the same proportions */
};

/*
 * Makes a generator. geo may be NULL or without a database: then every source is any public
 * address, whatever the profile says of countries. The profile may be destroyed afterwards.
 * Returns 0, -ENOMEM, or -EINVAL with err naming the component: a country that the database does
 * not have or that has fewer addresses than are wanted, no packets at all, or a time past
 * TT_TIME_MAX.
 */
int tt_synth_create(struct tt_synth **synth, const struct tt_profile *profile,
		const struct tt_geo *geo, const struct tt_synth_options *options,
		struct tt_error *err) TT_MUST_CHECK;
void tt_synth_destroy(struct tt_synth *synth);

/*
 * Gives the next frame, not earlier than the one before. frame->data lives until the next call.
 * Returns false at the end.
 */
bool tt_synth_next(struct tt_synth *synth, struct tt_frame *frame);

/* Which component of the profile the last frame came from. */
unsigned tt_synth_component(const struct tt_synth *synth);

/* How many packets there will be, of one component and in all. */
int64_t tt_synth_planned(const struct tt_synth *synth, unsigned component);
int64_t tt_synth_total(const struct tt_synth *synth);

/* What the packets of one component given so far amount to, exactly. */
struct tt_synth_made {
	int64_t packets;
	int64_t frame_bytes, ip_bytes;
	int64_t sources; /* distinct addresses; -1: not known (new ones of countries and `any`) */
};

/* Counts them. Returns 0 or -ENOMEM. */
int tt_synth_made(const struct tt_synth *synth, unsigned component,
		struct tt_synth_made *made) TT_MUST_CHECK;

/* The span of time in use: what start and duration came to. */
int64_t tt_synth_start(const struct tt_synth *synth);
int64_t tt_synth_duration(const struct tt_synth *synth);

#endif
