/* SPDX-License-Identifier: BSD-3-Clause */
/* What is asked of the gaps, once they are found. */
#include "tt_heard_private.h"
#include "tt_time.h"

#include <inttypes.h>
#include <stdio.h>

size_t
tt_heard_first_gap(const struct tt_span *gaps, size_t n, int64_t us)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (gaps[middle].end_us <= us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
tt_heard_is_gap(const struct tt_heard *h, int64_t from_us, int64_t to_us)
{
	size_t i = tt_heard_first_gap(h->gaps, h->n_gaps, from_us);

	return i < h->n_gaps && h->gaps[i].start_us <= from_us
			&& h->gaps[i].end_us >= to_us;
}

int64_t
tt_heard_gaps_within(const struct tt_heard *h, const struct tt_span *span)
{
	int64_t us = 0;

	for (size_t i = tt_heard_first_gap(h->gaps, h->n_gaps, span->start_us);
			i < h->n_gaps && h->gaps[i].start_us < span->end_us; i++) {
		const struct tt_span *gap = &h->gaps[i];

		us += (gap->end_us < span->end_us ? gap->end_us : span->end_us)
				- (gap->start_us > span->start_us ? gap->start_us
								  : span->start_us);
	}
	return us;
}

char *
tt_heard_gaps_format(const struct tt_heard *h, char text[TT_HEARD_TEXT_MAX])
{
	const struct tt_span all = {INT64_MIN, INT64_MAX};

	char outage[64] = "", length[TT_TIME_TEXT_MAX];

	text[0] = '\0';
	if (h->outage_us < h->max_gap_us)
		snprintf(outage, sizeof(outage),
				", of more than %" PRId64 " s where it is not quiet",
				h->outage_us / TT_US_PER_S);
	if (h->n_gaps > 0)
		snprintf(text, TT_HEARD_TEXT_MAX,
				"%s were not observed, in %zu gap%s: silences of more than "
				"%" PRId64 " s (max-gap)%s, or between files",
				tt_time_format_length(
						tt_heard_gaps_within(h, &all), length),
				h->n_gaps, h->n_gaps == 1 ? "" : "s",
				h->max_gap_us / TT_US_PER_S, outage);
	return text;
}

char *
tt_heard_unclear_format(const struct tt_heard *h, char text[TT_HEARD_TEXT_MAX])
{
	const struct tt_heard_unclear *u = &h->unclear;
	char from[TT_TIME_TEXT_MAX], length[TT_TIME_TEXT_MAX];

	text[0] = '\0';
	if (u->n > 0)
		snprintf(text, TT_HEARD_TEXT_MAX,
				"%zu silence%s of more than %" PRId64
				" s, the longest %s from %s on, may have been an outage: too "
				"little was heard around to tell, and it counts as observed; a lower "
				"max-gap makes it a gap",
				u->n, u->n == 1 ? "" : "s", h->outage_us / TT_US_PER_S,
				tt_time_format_length(
						u->longest.end_us - u->longest.start_us,
						length),
				tt_time_format(u->longest.start_us, from));
	return text;
}
