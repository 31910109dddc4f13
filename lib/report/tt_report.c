/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_report.h"
#include "tt_report_parts.h"

#include <errno.h>
#include <string.h>

const struct tt_report_ranking *
tt_report_ranking_of(const struct tt_report *report, enum tt_report_what what)
{
	switch (what) {
	case TT_REPORT_TARGETS:
		return &report->targets;
	case TT_REPORT_COUNTRIES:
		return &report->countries;
	case TT_REPORT_CATEGORIES:
		return &report->categories;
	case TT_REPORT_SIGNATURES:
		return &report->signatures;
	default:
		return &report->detected;
	}
}

const struct tt_ranked *
tt_report_unknown(const struct tt_report *report, enum tt_report_what what)
{
	const struct tt_report_ranking *ranking = tt_report_ranking_of(report, what);

	for (size_t i = 0; i < ranking->n; i++)
		if (ranking->rows[i].unranked && ranking->rows[i].shown)
			return &ranking->rows[i];
	return NULL;
}

bool
tt_report_is_detections(enum tt_report_what what)
{
	return what == TT_REPORT_CATEGORIES || what == TT_REPORT_DETECTED
			|| what == TT_REPORT_SIGNATURES;
}

/* Detections from a country, of all categories; not weighted. */
static uint64_t
detected(const struct tt_observation *o, int32_t country)
{
	uint64_t total = 0;

	for (size_t i = 0; i < o->n_categories; i++)
		total += tt_sums_at(o->categories, o->n_categories, (int32_t)i, country);
	return total;
}

static uint64_t
count_of(const struct tt_observation *o, enum tt_report_what what, int32_t index)
{
	if (o == NULL)
		return 0;
	switch (what) {
	case TT_REPORT_TARGETS:
		return tt_observation_target(o, index);
	case TT_REPORT_COUNTRIES:
		return o->countries[index];
	case TT_REPORT_CATEGORIES:
		return tt_sums_total(o->categories, o->n_categories, index);
	case TT_REPORT_SIGNATURES:
		return tt_sums_total(o->signatures, o->n_signatures, index);
	default:
		return detected(o, index);
	}
}

/* Of categories by their names, however they came. */
static uint64_t
category_order(const struct tt_observed_names *names, int32_t index)
{
	uint64_t order = 0;

	for (size_t i = 0; i < names->n_categories; i++)
		order += strcmp(names->categories[i].name, names->categories[index].name)
				< 0;
	return order;
}

bool
tt_report_goes_first(const struct tt_report *report, enum tt_report_what what, int32_t a,
		int32_t b)
{
	const struct tt_observed_names *names = report->now->names;

	switch (what) {
	case TT_REPORT_TARGETS:
		return tt_observed_target_order(names, a)
				< tt_observed_target_order(names, b);
	case TT_REPORT_CATEGORIES:
		return strcmp(names->categories[a].name, names->categories[b].name) < 0;
	case TT_REPORT_SIGNATURES:
		return tt_observed_signature_cmp(names, a, b) < 0;
	default:
		return tt_observed_country_order(names, a)
				< tt_observed_country_order(names, b);
	}
}

/* What signatures are ordered by: tens of thousands may be loaded. */
struct numbered {
	const struct tt_observed_names *names;
	struct tt_ranked *row;
};

static int
number_cmp(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	return tt_observed_signature_cmp(x->names, x->row->index, y->row->index);
}

/* Of signatures by their numbers, however they came. */
static int
order_signatures(const struct tt_observed_names *names, struct tt_ranked *rows, size_t n)
{
	struct numbered *sorted = calloc(n + 1, sizeof(*sorted));

	if (sorted == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct numbered){names, &rows[i]};
	qsort(sorted, n, sizeof(*sorted), number_cmp);
	for (size_t i = 0; i < n; i++)
		sorted[i].row->order = i;
	free(sorted);
	return 0;
}

/* All but the order of signatures. */
static void
identify(const struct tt_observed_names *names, enum tt_report_what what,
		struct tt_ranked *row)
{
	switch (what) {
	case TT_REPORT_TARGETS:
		row->order = tt_observed_target_order(names, row->index);
		return;
	case TT_REPORT_CATEGORIES:
		row->order = category_order(names, row->index);
		row->unranked = strcmp(names->categories[row->index].name, TT_REPORT_REST)
				== 0;
		return;
	case TT_REPORT_SIGNATURES:
		return;
	default:
		row->order = tt_observed_country_order(names, row->index);
		row->unranked = strcmp(names->countries[row->index], TT_OBSERVED_UNKNOWN)
				== 0;
	}
}

static size_t
n_names(const struct tt_observed_names *names, enum tt_report_what what)
{
	switch (what) {
	case TT_REPORT_TARGETS:
		return names->n_targets;
	case TT_REPORT_CATEGORIES:
		return names->n_categories;
	case TT_REPORT_SIGNATURES:
		return names->n_signatures;
	default:
		return names->n_countries;
	}
}

static struct tt_ranked_scale
scale_of(const struct tt_report *r, enum tt_report_what what)
{
	bool detections = tt_report_is_detections(what);
	struct tt_ranked_scale scale = {.unit = r->unit,
			.weighted = detections,
			.now = detections ? r->now->signature_exposure : r->now->exposure,
			.ranked = TT_REPORT_RANKED,
			.leading = r->leading};

	if (r->before == NULL)
		return scale;
	scale.before = detections ? r->before->signature_exposure : r->before->exposure;
	scale.compared = scale.before.snapshots > 0;
	scale.total_before = detections ? r->before->detections : r->before->packets;
	return scale;
}

/* The rank among rises, or falls, that a row would have; 0: none. */
static unsigned
would_move(const struct tt_report_ranking *ranking, const struct tt_ranked *row)
{
	double sign = row->difference < 0 ? -1 : 1;
	unsigned above = 0;

	if (!tt_ranked_is_change(row))
		return 0;
	for (size_t i = 0; i < ranking->n; i++)
		above += tt_ranked_is_change(&ranking->rows[i])
				&& sign * ranking->rows[i].difference
						> sign * row->difference;
	return above < ranking->scale.ranked ? above + 1 : 0;
}

/* Sources of unknown country are none that is ranked, but shown where any country would be: else one would seem to lead, or to
 * have changed most, that has less. */
static void
show_unknown(struct tt_report_ranking *ranking)
{
	size_t above = 0;

	for (size_t i = 0; i < ranking->n; i++) {
		struct tt_ranked *row = &ranking->rows[i];

		if (row->unranked) {
			row->would_lead = row->rate >= TT_RATE_LEAST
					&& above < ranking->scale.leading;
			row->would_move = would_move(ranking, row);
			row->shown = row->would_lead || row->would_move > 0;
		}
		above += row->rank > 0;
	}
}

/* Would the reader see a row after this one, by its count or its change, that has less? */
static bool
is_passed(const struct tt_ranked *row, const struct tt_ranked *rest)
{
	return (row->rank > 0 && rest->rate > row->rate)
			|| (row->rise > 0 && rest->difference > row->difference)
			|| (row->fall > 0 && rest->difference < row->difference);
}

/* The category of what no other one is for is no method of attack, and among the others of figures. The table has it where it is all that there
 * is, or where a category would else seem to lead, or to have changed most, that has less. */
static void
show_rest(struct tt_report_ranking *ranking)
{
	struct tt_ranked *rest = NULL;
	bool alone = true, passes = false;

	for (size_t i = 0; i < ranking->n; i++)
		if (ranking->rows[i].unranked)
			rest = &ranking->rows[i];
	for (size_t i = 0; rest != NULL && i < ranking->n; i++) {
		const struct tt_ranked *row = &ranking->rows[i];

		alone = alone && !row->shown;
		passes = passes || (row->shown && is_passed(row, rest));
	}
	if (rest != NULL)
		rest->shown = alone || passes;
}

/* Of detections: what a row counts for in a period. */
static double
weighted(const struct tt_report *r, enum tt_report_what what, int32_t index, bool before,
		bool both)
{
	const struct tt_report_wanted wanted = {.before = before,
			.both = both,
			.category = what == TT_REPORT_CATEGORIES ? index : -1,
			.country = what == TT_REPORT_DETECTED ? index : -1,
			.day = -1};

	return what == TT_REPORT_SIGNATURES
			? tt_report_signature_detections(r, index, &wanted)
			: tt_report_detections(r, &wanted);
}

static bool
is_loaded(const struct tt_observation *o, enum tt_report_what what, int32_t index)
{
	switch (what) {
	case TT_REPORT_CATEGORIES:
		return tt_report_is_category_loaded(o, index);
	case TT_REPORT_SIGNATURES:
		return tt_report_is_loaded(o, index);
	default:
		return true;
	}
}

static bool
is_any_in_both(const struct tt_report *r, enum tt_report_what what, int32_t index)
{
	const struct tt_observed_names *names = r->now->names;

	if (what == TT_REPORT_SIGNATURES)
		return r->weights.both[index];
	if (what != TT_REPORT_CATEGORIES)
		return r->weights.any_both;
	for (size_t i = 0; i < names->n_signatures; i++)
		if (names->signatures[i].category == (uint32_t)index
				&& r->weights.both[i])
			return true;
	return false;
}

/* Of a row of detections. */
static void
weigh(const struct tt_report *r, enum tt_report_what what, struct tt_ranked *row)
{
	row->weighted_now = weighted(r, what, row->index, false, false);
	row->lacks_now = !is_loaded(r->now, what, row->index);
	if (r->before == NULL || r->before->signature_exposure.snapshots == 0)
		return;
	row->weighted_before = weighted(r, what, row->index, true, false);
	row->both_now = weighted(r, what, row->index, false, true);
	row->both_before = weighted(r, what, row->index, true, true);
	row->lacks_before = !is_loaded(r->before, what, row->index);
	row->lacks_both = !is_any_in_both(r, what, row->index);
}

static int
rank(struct tt_report *r, enum tt_report_what what, struct tt_report_ranking *ranking)
{
	const struct tt_observed_names *names = r->now->names;
	size_t n = n_names(names, what);
	int ret = 0;

	*ranking = (struct tt_report_ranking){.scale = scale_of(r, what),
			.total_now = tt_report_is_detections(what) ? r->now->detections
								   : r->now->packets};
	ranking->rows = calloc(n + 1, sizeof(*ranking->rows));
	if (ranking->rows == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct tt_ranked row = {.index = (int32_t)i,
				.now = count_of(r->now, what, (int32_t)i),
				.before = count_of(r->before, what, (int32_t)i)};

		if (row.now == 0 && row.before == 0)
			continue;
		identify(names, what, &row);
		if (tt_report_is_detections(what))
			weigh(r, what, &row);
		ranking->rows[ranking->n++] = row;
	}
	if (what == TT_REPORT_SIGNATURES)
		ret = order_signatures(names, ranking->rows, ranking->n);
	if (ret == 0)
		ret = tt_rank_changes(ranking->rows, ranking->n, &ranking->scale);
	if (ret == 0 && (what == TT_REPORT_COUNTRIES || what == TT_REPORT_DETECTED))
		show_unknown(ranking);
	if (ret == 0 && what == TT_REPORT_CATEGORIES)
		show_rest(ranking);
	return ret;
}

int
tt_report_open(struct tt_report *report)
{
	struct tt_report *r = report;
	int ret = tt_report_weigh(r);

	if (ret == 0)
		ret = rank(r, TT_REPORT_TARGETS, &r->targets);
	if (ret == 0)
		ret = rank(r, TT_REPORT_COUNTRIES, &r->countries);
	if (ret == 0)
		ret = rank(r, TT_REPORT_CATEGORIES, &r->categories);
	if (ret == 0)
		ret = rank(r, TT_REPORT_DETECTED, &r->detected);
	if (ret == 0)
		ret = rank(r, TT_REPORT_SIGNATURES, &r->signatures);
	if (ret != 0)
		tt_report_close(r);
	return ret;
}

void
tt_report_close(struct tt_report *report)
{
	free(report->targets.rows);
	free(report->countries.rows);
	free(report->categories.rows);
	free(report->detected.rows);
	free(report->signatures.rows);
	report->targets = report->countries = (struct tt_report_ranking){0};
	report->categories = report->detected = (struct tt_report_ranking){0};
	report->signatures = (struct tt_report_ranking){0};
	tt_report_weights_fini(&report->weights);
}

void
tt_report_chapters(struct tt_report *report)
{
	tt_report_access(report);
	tt_report_signatures(report);
	tt_report_method(report);
}
