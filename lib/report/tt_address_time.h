/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Observed time times monitored addresses, added up: the denominator of rates. The sum is one of integers, divided once,
 * so that it is the same whether the time comes in hours or in a day. Pure functions, any thread.
 */
#ifndef TT_ADDRESS_TIME_H
#define TT_ADDRESS_TIME_H

#include "tt_time.h"

/* A struct, so that it is taken for no number of days. */
struct tt_address_time {
	/* Times addresses. What a manifest can hold is below 2^126; sums beyond the type stay at its end. */
	unsigned __int128 us;
};

/* A rate, or a difference of two, that is less is shown as 0.00. That of 0.015 and 0.01 is no double's 0.005 but the one below it: it is
 * shown as 0.01, halves going away from zero (tt_locale_value.c lifts them by this), and so it is no less. */
#define TT_RATE_LEAST (0.005 - 1e-11)

#define TT_ADDRESS_DAY_US ((double)TT_US_PER_S * 86400)

static inline void
tt_address_time_join(struct tt_address_time *sum, struct tt_address_time more)
{
	if (__builtin_add_overflow(sum->us, more.us, &sum->us))
		sum->us = ~(unsigned __int128)0;
}

/* The time of a snapshot; neither number is negative. */
static inline struct tt_address_time
tt_address_time_of(int64_t observed_us, int64_t addresses)
{
	return (struct tt_address_time){
			(unsigned __int128)observed_us * (uint64_t)addresses};
}

/* In days times addresses. */
static inline double
tt_address_days(struct tt_address_time sum)
{
	return (double)sum.us / TT_ADDRESS_DAY_US;
}

/* Per day and address; 0 where nothing was observed. */
static inline double
tt_address_rate(uint64_t packets, struct tt_address_time sum)
{
	return sum.us > 0 ? (double)packets / tt_address_days(sum) : 0;
}

#endif
