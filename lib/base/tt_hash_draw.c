/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_hash_draw.h"
#include "tt_time.h"

#include <sys/random.h>

struct tt_hash_seed
tt_hash_draw(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
		seed = (uint64_t)tt_time_now();
	return tt_hash_seed_of(seed);
}
