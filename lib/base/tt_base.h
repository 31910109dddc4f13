/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every room stands on: attributes, assertions that stay in release builds, small
 * arithmetic. Header only, any thread.
 */
#ifndef TT_BASE_H
#define TT_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define TT_MUST_CHECK      __attribute__((warn_unused_result))
#define TT_PRINTF(fmt, va) __attribute__((format(printf, fmt, va)))
#define TT_CACHE_LINE      64
#define TT_CACHE_ALIGNED   __attribute__((aligned(TT_CACHE_LINE)))
#define TT_LIKELY(x)       __builtin_expect(!!(x), 1)
#define TT_UNLIKELY(x)     __builtin_expect(!!(x), 0)
#define TT_ARRAY_SIZE(a)   (sizeof(a) / sizeof((a)[0]))

/* Ends the program on a bug, never on bad input. Stays in release builds. */
#define TT_ASSERT(cond)                                                                 \
	do {                                                                            \
		if (TT_UNLIKELY(!(cond))) {                                             \
			fprintf(stderr, "%s:%d: bug: %s\n", __FILE__, __LINE__, #cond); \
			abort();                                                        \
		}                                                                       \
	} while (0)

/* One microsecond unit everywhere: times are microseconds since the epoch, UTC. */
#define TT_US_PER_S INT64_C(1000000)

#endif
