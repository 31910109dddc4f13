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
	int64_t first_us;
};

static void
ask(struct answer *answer, const struct tt_spool *spool, int64_t start_us)
{
	answer->of++;
	if (tt_spool_has(spool, start_us) && answer->n++ == 0)
		answer->first_us = start_us;
}

int
tt_taken_check(struct tt_taken *taken, const struct tt_spool *spool, int64_t interval_us,
		int64_t max_gap_us, struct tt_error *err)
{
	const struct tt_announcement *next;
	struct answer answer = {0};
	char path[TT_TAKEN_PATH_MAX];
	int64_t end_us = INT64_MAX;

	while ((next = tt_announced_next(&taken->intervals)) != NULL) {
		/* Empty intervals between are written as well, unless they are a gap. */
		if (end_us < next->start_us && next->start_us - end_us <= max_gap_us)
			for (; end_us < next->start_us; end_us += interval_us)
				ask(&answer, spool, end_us);
		ask(&answer, spool, next->start_us);
		end_us = next->start_us + interval_us;
		tt_announced_give(&taken->intervals, end_us);
	}
	if (answer.n == 0)
		return 0;
	return tt_error_set(err, -EEXIST, tt_taken_path(taken, answer.first_us, path),
			"there is a snapshot of this interval already (%" PRIu64
			" of %" PRIu64
			" intervals); nothing is written; choose another spool or sensor",
			answer.n, answer.of);
}

void
tt_taken_fini(struct tt_taken *taken)
{
	tt_announced_fini(&taken->intervals);
}
