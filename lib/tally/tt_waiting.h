/* SPDX-License-Identifier: BSD-3-Clause */
/* All that a tally has put off (tt_later.h). One thread at a time; memory is taken at creation. */
#ifndef TT_WAITING_H
#define TT_WAITING_H

#include "tt_later.h"

#define TT_NO_PART UINT32_MAX

struct tt_waiting {
	struct tt_later contacts; /* those of IPv4 */
	struct tt_later contacts6; /* of IPv6; each two updates */
	struct tt_later ports; /* source ports */
	struct tt_later refused; /* packets whose source is not kept (tt_refused.h) */
	/* The part of these that is being done, until a burst begins with none of it left; or TT_NO_PART. */
	uint32_t refused_open;
};

/* Tables of so many slots, powers of two. */
struct tt_waiting_sizes {
	uint64_t contacts, contacts6, ports;
};

/* Returns NULL where memory is short. */
struct tt_waiting *tt_waiting_create(
		const struct tt_waiting_sizes *sizes, struct tt_mem *mem);
void tt_waiting_destroy(struct tt_waiting *waiting, struct tt_mem *mem);

/* Forgets what waits. */
void tt_waiting_reset(struct tt_waiting *waiting);

/* Gives the memory of the queues back (tt_mem_discard); nothing waits. */
void tt_waiting_discard(struct tt_waiting *waiting, struct tt_mem *mem);

uint64_t tt_waiting_bytes(const struct tt_waiting_sizes *sizes);

#endif
