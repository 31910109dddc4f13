/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside the causes: the packets of IPv6 that a snapshot has of the targets that are asked for, to be taken off the rows of
 * `targets` before these count. One thread; heap memory of 48 bytes for each row that it has of them.
 */
#ifndef TT_CAUSE_IPV6_H
#define TT_CAUSE_IPV6_H

#include "tt_pick.h"

struct tt_cause_ipv6_row {
	uint64_t key; /* number of the target 32 bits, country 16, backscatter 1 */
	int64_t packets, left; /* left: not taken yet */
};

struct tt_cause_ipv6 {
	struct tt_cause_ipv6_row *rows; /* [n] of [room], by key, once each */
	size_t n, room;
};

/* Reads a snapshot's into an empty one, none where it does not tell them. Returns 0, or a negative errno with err. */
int tt_cause_ipv6_read(struct tt_cause_ipv6 *ipv6, const struct tt_snapshot *snapshot,
		const struct tt_target_set *targets, struct tt_error *err) TT_MUST_CHECK;
void tt_cause_ipv6_fini(struct tt_cause_ipv6 *ipv6);

/* Of a row of targets with so many packets, those of IPv6, which are taken. All rows of a target, country and backscatter together lose
 * as many as there are. NULL has none. */
int64_t tt_cause_ipv6_take(struct tt_cause_ipv6 *ipv6, uint32_t of, uint16_t country,
		bool backscatter, int64_t packets);

/* Of a row with so many packets of a target, in a table that does not tell the version: how many are IPv4 at least. */
int64_t tt_cause_ipv6_without(
		const struct tt_cause_ipv6 *ipv6, uint32_t of, int64_t packets);

#endif
