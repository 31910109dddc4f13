/* SPDX-License-Identifier: BSD-3-Clause */
/* A longer snapshot of which some parts were counted: what is left of it. */
#include "tt_watch_private.h"

#include <errno.h>

#define NOTHING 1e-6 /* of an hour's exposure: a rounding error */

bool
tt_watch_rest_can(const struct tt_watch_interval *interval)
{
	return interval->start_us % TT_HOUR_US == 0 && interval->end_us % TT_HOUR_US == 0
			&& interval->end_us > interval->start_us
			&& interval->end_us - interval->start_us
			<= TT_PAST_HOURS * TT_HOUR_US;
}

static struct tt_past_span
span_of_hour(int64_t hour, double exposure)
{
	return (struct tt_past_span){
			hour * TT_HOUR_US, (hour + 1) * TT_HOUR_US, exposure};
}

/* Finds which share of what is left each hour has: where less was observed than the snapshot has on average. */
static void
find_shares(const struct tt_watch_adding *a, struct tt_watch_rest *rest)
{
	double each, total = 0;

	rest->first = a->span.start_us / TT_HOUR_US;
	rest->n = (unsigned)((a->span.end_us - a->span.start_us) / TT_HOUR_US);
	each = a->span.exposure / rest->n;
	for (unsigned i = 0; i < rest->n; i++) {
		double had = tt_past_exposure(
				&a->watch->past, rest->first + i, rest->first + i + 1);

		rest->shares[i] = had < each * (1 - NOTHING) ? each - had : 0;
		total += rest->shares[i];
	}
	for (unsigned i = 0; total > 0 && i < rest->n; i++)
		rest->shares[i] /= total;
}

void
tt_watch_rest_observe(const struct tt_watch_adding *a, struct tt_watch_rest *rest)
{
	struct tt_past *past = &a->watch->past;
	double left;

	find_shares(a, rest);
	left = a->span.exposure
			- tt_past_exposure(past, rest->first, rest->first + rest->n);
	for (unsigned i = 0; i < rest->n; i++) {
		struct tt_past_span span = span_of_hour(
				rest->first + i, left > 0 ? left * rest->shares[i] : 0);

		tt_past_observe(past, &span);
	}
}

int64_t
tt_watch_rest_add(const struct tt_watch_adding *a, const struct tt_watch_rest *rest,
		const struct tt_watch_row *row, int64_t since_hour, uint64_t *since)
{
	struct tt_past *past = &a->watch->past;
	uint32_t known = tt_target_set_find(
			&past->names, row->name.protocol, row->name.target);
	uint64_t had = known == TT_TARGET_NONE ? 0
					       : tt_past_packets(past, known, rest->first,
							       rest->first + rest->n);
	uint64_t left = row->packets > had ? row->packets - had : 0, done = 0;
	double share = 0;
	int64_t of = known;

	*since = 0;
	for (unsigned i = 0; i < rest->n && left > 0 && of >= 0; i++) {
		struct tt_past_span span = span_of_hour(rest->first + i, 0);
		uint64_t until;

		share += rest->shares[i];
		until = share > 1 - NOTHING ? left : (uint64_t)((double)left * share);
		if (rest->first + i >= since_hour)
			*since += until - done;
		if (until > done)
			of = tt_past_add(past, &row->name, &span, until - done, a->keep);
		done = until;
	}
	return of;
}
