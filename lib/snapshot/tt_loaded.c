/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_loaded.h"
#include "tt_identities.h"

struct tt_loaded
tt_loaded_by_name(const char *signatures, bool single, const struct tt_loaded *observed)
{
	bool without;
	unsigned sets = tt_identities_sets(signatures, &without);

	if (sets == 0)
		return (struct tt_loaded){.told = true};
	return !without || single ? *observed : (struct tt_loaded){0};
}

static void
add_big(unsigned __int128 *sum, unsigned __int128 more)
{
	if (__builtin_add_overflow(*sum, more, sum))
		*sum = ~(unsigned __int128)0;
}

void
tt_loaded_add(struct tt_loaded *sum, const struct tt_loaded *part)
{
	if (!sum->told || !part->told) {
		*sum = (struct tt_loaded){0};
		return;
	}
	if (__builtin_add_overflow(
			    sum->observed_us, part->observed_us, &sum->observed_us))
		sum->observed_us = INT64_MAX;
	add_big(&sum->address_us, part->address_us);
	add_big(&sum->ipv4_us, part->ipv4_us);
}
