/* SPDX-License-Identifier: BSD-3-Clause */
#include "taken.h"

#include "tt_time.h"

#include <errno.h>
#include <inttypes.h>

char *
tt_taken_path(const struct tt_taken *taken, int64_t start_us,
		char path[TT_TAKEN_PATH_MAX])
{
	char day[TT_TIME_TEXT_MAX], name[TT_TIME_TEXT_MAX];

	snprintf(path, TT_TAKEN_PATH_MAX, "%s/%s/%s/%s", taken->spool, taken->sensor,
			tt_time_format_date(start_us, day),
			tt_time_format_compact(start_us, name));
	return path;
}

struct answer {
	uint64_t n, of;
	struct tt_spool_taken first;
};

static int
ask(struct answer *answer, struct tt_spool *spool, int64_t start_us, int64_t interval_us,
		struct tt_error *err)
{
	const struct tt_span span = {start_us, start_us + interval_us};
	struct tt_spool_taken found;
	int rc = tt_spool_find_taken(spool, &span, &found, err);

	answer->of++;
	if (rc == 0 && found.how != TT_TAKEN_NOT && answer->n++ == 0)
		answer->first = found;
	return rc;
}

static int
refuse(const struct tt_taken *taken, const struct answer *answer, int64_t interval_us,
		struct tt_error *err)
{
	const struct tt_span *by = &answer->first.by;
	char name[TT_TAKEN_NAME_MAX];

	if (answer->first.how == TT_TAKEN_SAME)
		tt_error_set(err, -EEXIST, NULL,
				"there is a snapshot of this interval already (%" PRIu64
				" of %" PRIu64 " intervals); nothing is written; choose "
				"another spool or sensor",
				answer->n, answer->of);
	else
		tt_error_set(err, -EEXIST, NULL,
				"the interval length differs: this snapshot of %.10g s has "
				"time of what would be intervals of %.10g s (%" PRIu64
				" of %" PRIu64 " intervals); nothing is written; choose "
				"another spool or sensor",
				(double)(by->end_us - by->start_us) / TT_US_PER_S,
				(double)interval_us / TT_US_PER_S, answer->n, answer->of);
	tt_error_at(err, "%s/%s/%s", taken->spool, taken->sensor,
			tt_spool_taken_name(&answer->first, name));
	return -EEXIST;
}

int
tt_taken_check(struct tt_taken *taken, struct tt_spool *spool, int64_t interval_us,
		const struct tt_sequence *sequence, struct tt_error *err)
{
	const struct tt_announcement *next;
	struct answer answer = {0};
	int64_t end_us = INT64_MAX;
	int rc = 0;

	while (rc == 0 && (next = tt_announced_next(&taken->intervals)) != NULL) {
		/* Empty intervals between are written as well, unless they are a gap. */
		if (end_us < next->start_us
				&& !tt_sequence_is_gap(sequence, end_us, next->start_us))
			for (; rc == 0 && end_us < next->start_us; end_us += interval_us)
				rc = ask(&answer, spool, end_us, interval_us, err);
		if (rc == 0)
			rc = ask(&answer, spool, next->start_us, interval_us, err);
		end_us = next->start_us + interval_us;
		tt_announced_give(&taken->intervals, end_us);
	}
	return rc != 0 || answer.n == 0 ? rc : refuse(taken, &answer, interval_us, err);
}

void
tt_taken_fini(struct tt_taken *taken)
{
	tt_announced_fini(&taken->intervals);
}
