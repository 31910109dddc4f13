/* SPDX-License-Identifier: BSD-3-Clause */
/* What random tests begin with; for those who draw from it in ways of their own. */
#ifndef SEED_H
#define SEED_H

#include "tt_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* TT_SEED, which repeats a run, or another one each time; printed. */
static inline uint64_t
choose_seed(void)
{
	const char *given = getenv("TT_SEED");
	const uint64_t seed = given != NULL ? strtoull(given, NULL, 0)
					    : (uint64_t)tt_time_now();

	print_message("# TT_SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

#endif
