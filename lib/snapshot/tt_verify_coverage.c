/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of coverage. */
#include "tt_verify.h"

#include <errno.h>
#include <string.h>

static bool
is_fully_observed(const struct tt_coverage_row *r)
{
	return r->observed_us == r->until_us - r->from_us;
}

/* Rows of one origin follow each other in time; two that could be one are one. */
static int
check_follows(const struct tt_check *t, const struct tt_coverage_row *r)
{
	const struct tt_coverage_row *before = &t->coverage;
	int order = t->row == 1 ? -1 : strcmp(before->origin, r->origin);

	if (order > 0 || (order == 0 && before->from_us >= r->from_us))
		return tt_check_wrong(t, "not in order, or a row that is there twice");
	if (order != 0)
		return 0;
	if (before->until_us > r->from_us)
		return tt_check_wrong(t, "time that the row before has covered");
	if (before->until_us == r->from_us && is_fully_observed(before)
			&& is_fully_observed(r)
			&& before->monitored_addresses == r->monitored_addresses)
		return tt_check_wrong(t, "one with the row before, which it continues");
	return 0;
}

static int
take_row(const struct tt_check *t, struct tt_coverage_row *r)
{
	const char *origin = tt_check_text(t, TT_COVERAGE_ORIGIN);

	if (!tt_sensor_name_valid(origin))
		return tt_check_wrong(t, "an origin that cannot be");
	*r = (struct tt_coverage_row){
			.from_us = tt_check_int(t, TT_COVERAGE_OBSERVED_FROM),
			.until_us = tt_check_int(t, TT_COVERAGE_OBSERVED_UNTIL),
			.observed_us = tt_check_int(t, TT_COVERAGE_OBSERVED_US),
			.monitored_addresses = tt_check_int(
					t, TT_COVERAGE_MONITORED_ADDRESSES),
	};
	snprintf(r->origin, sizeof(r->origin), "%s", origin);
	if (r->from_us < t->m->start_us || r->until_us > t->m->end_us
			|| r->until_us < r->from_us || r->observed_us < 0
			|| r->observed_us > r->until_us - r->from_us
			|| r->monitored_addresses < 0
			|| r->monitored_addresses > t->m->monitored_addresses
			|| tt_check_int(t, TT_COVERAGE_INTERVALS) < 1)
		return tt_check_wrong(t, "a time or a number that cannot be");
	return 0;
}

/* Is all of the snapshot's time observed, as far as rows tell until this one? */
static void
note_gap(const struct tt_check *t, const struct tt_coverage_row *r)
{
	const struct tt_coverage_row *before = &t->coverage;
	bool same = t->row > 1 && strcmp(before->origin, r->origin) == 0;
	int64_t expected = same ? before->until_us : t->m->start_us;

	if (!is_fully_observed(r) || r->from_us != expected)
		t->sums->coverage_gap = true;
	if (t->row > 1 && !same && before->until_us != t->m->end_us)
		t->sums->coverage_gap = true;
	t->sums->covered_until_us = r->until_us;
}

int
tt_check_coverage_row(struct tt_check *t)
{
	struct tt_coverage_row r;

	if (take_row(t, &r) != 0 || check_follows(t, &r) != 0)
		return -EBADMSG;
	note_gap(t, &r);
	t->coverage = r;
	t->sums->covered_us += r.observed_us;
	t->sums->address_us += (__int128)r.observed_us * r.monitored_addresses;
	return 0;
}
