/* SPDX-License-Identifier: BSD-3-Clause */
/* What detections count for, where signatures were loaded for a part of the time, and what is said of that. */
#include "tt_report_parts.h"

#include <errno.h>
#include <string.h>

#define NAMED 5 /* categories, or signatures; others are a number */

/* A signature, as it is sorted: by category, gid and sid. */
struct numbered {
	const struct tt_observed_names *names;
	int32_t index;
};

static int
number_cmp(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	const struct tt_observed_names *n = x->names;
	int order = strcmp(n->categories[n->signatures[x->index].category].name,
			n->categories[n->signatures[y->index].category].name);

	return order != 0 ? order : tt_observed_signature_cmp(n, x->index, y->index);
}

static uint64_t
total(const struct tt_observation *o, int32_t signature)
{
	return tt_sums_total(o->signatures, o->n_signatures, signature);
}

bool
tt_report_is_loaded(const struct tt_observation *o, int32_t signature)
{
	return tt_observation_signature_time(o, signature).snapshots > 0
			|| total(o, signature) > 0;
}

bool
tt_report_is_category_loaded(const struct tt_observation *o, int32_t category)
{
	for (size_t i = 0; i < o->names->n_signatures; i++)
		if (o->names->signatures[i].category == (uint32_t)category
				&& tt_report_is_loaded(o, (int32_t)i))
			return true;
	return false;
}

/* The part of the time of all signatures in which one was loaded, 1 at most. */
static double
share_of(const struct tt_report *r, const struct tt_observation *o, int32_t signature)
{
	const struct tt_exposure time = tt_observation_signature_time(o, signature);

	return tt_rate_share(r->unit, &time, &o->signature_exposure);
}

/* Those that detected something, in either period, in order. */
static int
choose(struct tt_report *r)
{
	const struct tt_observed_names *names = r->now->names;
	struct tt_report_weights *w = &r->weights;
	struct numbered *sorted = calloc(names->n_signatures + 1, sizeof(*sorted));

	if (sorted == NULL)
		return -ENOMEM;
	for (int32_t i = 0; (size_t)i < names->n_signatures; i++)
		if (total(r->now, i) > 0
				|| (r->before != NULL && total(r->before, i) > 0))
			sorted[w->n++] = (struct numbered){names, i};
	if (w->n > 1)
		qsort(sorted, w->n, sizeof(*sorted), number_cmp);
	for (size_t i = 0; i < w->n; i++) {
		struct tt_report_range
				*range = &w->categories[names->signatures[sorted[i].index]
									.category];

		w->signatures[i] = sorted[i].index;
		if (range->n++ == 0)
			range->first = i;
	}
	free(sorted);
	return 0;
}

int
tt_report_weigh(struct tt_report *report)
{
	struct tt_report *r = report;
	struct tt_report_weights *w = &r->weights;
	const size_t n = r->now->names->n_signatures;

	*w = (struct tt_report_weights){
			.signatures = calloc(n + 1, sizeof(*w->signatures)),
			.categories = calloc(r->now->names->n_categories + 1,
					sizeof(*w->categories)),
			.now = calloc(n + 1, sizeof(*w->now)),
			.before = calloc(n + 1, sizeof(*w->before)),
			.both = calloc(n + 1, sizeof(*w->both)),
			.all_both = true};
	if (w->signatures == NULL || w->categories == NULL || w->now == NULL
			|| w->before == NULL || w->both == NULL || choose(r) != 0)
		return -ENOMEM;
	for (int32_t i = 0; (size_t)i < n; i++) {
		w->now[i] = 1 / share_of(r, r->now, i);
		if (r->before == NULL)
			continue;
		w->before[i] = 1 / share_of(r, r->before, i);
		w->both[i] = tt_report_is_loaded(r->now, i)
				&& tt_report_is_loaded(r->before, i);
		w->any_both = w->any_both || w->both[i];
	}
	for (size_t i = 0; i < w->n; i++)
		w->all_both = w->all_both && w->both[w->signatures[i]];
	return 0;
}

void
tt_report_weights_fini(struct tt_report_weights *weights)
{
	free(weights->signatures);
	free(weights->categories);
	free(weights->now);
	free(weights->before);
	free(weights->both);
	*weights = (struct tt_report_weights){0};
}

/* Of one day, as that day's time counts. */
static double
of_day(const struct tt_report *r, int32_t signature,
		const struct tt_report_wanted *wanted)
{
	const struct tt_observation *o = r->now;
	const unsigned day = (unsigned)wanted->day;
	const struct tt_exposure time = tt_observation_signature_day(o, signature, day);
	const struct tt_crosstab_row *row;
	uint64_t n = 0;

	if ((size_t)signature >= o->detected_days.n)
		return 0;
	row = &o->detected_days.rows[signature];
	if (wanted->country >= 0)
		n = tt_crosstab_get(&o->detected_days, signature,
				(int32_t)tt_detected_place(
						day, (uint32_t)wanted->country));
	else
		for (uint32_t i = tt_crosstab_place(row, tt_detected_place(day, 0));
				i < row->n
				&& row->cells[i].other < tt_detected_place(day + 1, 0);
				i++)
			n += row->cells[i].n;
	return (double)n / tt_rate_share(r->unit, &time, &o->days[day].signatures);
}

double
tt_report_signature_detections(const struct tt_report *report, int32_t signature,
		const struct tt_report_wanted *wanted)
{
	const struct tt_report *r = report;
	const struct tt_observation *o = wanted->before ? r->before : r->now;
	const double *weights = wanted->before ? r->weights.before : r->weights.now;
	uint64_t n;

	if (wanted->both && !r->weights.both[signature])
		return 0;
	if (wanted->day >= 0)
		return of_day(r, signature, wanted);
	n = wanted->country < 0 ? total(o, signature)
				: tt_sums_at(o->signatures, o->n_signatures, signature,
						wanted->country);
	return (double)n * weights[signature];
}

double
tt_report_detections(
		const struct tt_report *report, const struct tt_report_wanted *wanted)
{
	const struct tt_report_weights *w = &report->weights;
	struct tt_report_range range = {0, w->n};
	double sum = 0;

	if (wanted->category >= 0)
		range = w->categories[wanted->category];
	for (size_t i = 0; i < range.n; i++)
		sum += tt_report_signature_detections(
				report, w->signatures[range.first + i], wanted);
	return sum;
}

double
tt_report_day_detections(const struct tt_report *report, unsigned day)
{
	const struct tt_report_wanted wanted = {
			.category = -1, .country = -1, .day = (int32_t)day};

	return tt_report_detections(report, &wanted);
}

double
tt_report_detection_rate(const struct tt_report *r, bool before, bool both)
{
	const struct tt_ranked_scale *scale = &r->categories.scale;
	const struct tt_report_wanted wanted = {.before = before,
			.both = both,
			.category = -1,
			.country = -1,
			.day = -1};

	return tt_rate_of(r->unit, before ? &scale->before : &scale->now,
			tt_report_detections(r, &wanted));
}

/* Texts, of which the first are named. */
struct named {
	const char *texts[NAMED + 1];
	size_t n, more;
};

static void
name(struct named *named, const char *text)
{
	if (named->n < NAMED)
		named->texts[named->n++] = text;
	else
		named->more++;
}

static const char *
list(const struct tt_report *r, struct named *named)
{
	if (named->more > 0)
		named->texts[named->n++] = TT_REPORT_FILL(
				r, MISSING_MORE, tt_report_count(r, named->more));
	return tt_report_list(r, named->texts, named->n);
}

/* Did a signature detect something in a period, and was loaded in a part of it only? */
static bool
is_part(const struct tt_report *r, const struct tt_observation *o, int32_t signature)
{
	return total(o, signature) > 0 && share_of(r, o, signature) < 1;
}

/* "Scan (2 of 3)", of the signatures that detected something. */
static void
name_part(const struct tt_report *r, const struct tt_observation *o,
		const struct tt_report_range *range, struct named *named)
{
	const struct tt_report_weights *w = &r->weights;
	size_t parts = 0, all = 0;

	for (size_t i = 0; i < range->n; i++) {
		int32_t signature = w->signatures[range->first + i];

		parts += is_part(r, o, signature);
		all += total(o, signature) > 0;
	}
	if (parts > 0)
		name(named,
				TT_REPORT_FILL(r, LOADED_PART,
						tt_report_name(r, TT_REPORT_CATEGORIES,
								(int32_t)(range - w->categories)),
						tt_report_count(r, parts),
						tt_report_count(r, all)));
}

static const struct tt_report_range *
range_at(const struct tt_report *r, size_t i)
{
	const struct tt_report_weights *w = &r->weights;

	return &w->categories[r->now->names->signatures[w->signatures[i]].category];
}

static void
warn_parts(struct tt_report *r, struct tt_doc_section *section,
		const struct tt_observation *o)
{
	struct named named = {0};

	for (size_t i = 0; i < r->weights.n; i += range_at(r, i)->n)
		name_part(r, o, range_at(r, i), &named);
	if (named.n > 0)
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				TT_REPORT_FILL(r, WARN_LOADED_PARTS,
						tt_report_period(r, &o->period),
						list(r, &named)));
}

/* Of those that detected something, what they are divided by where it is too much. */
static void
warn_bound(struct tt_report *r, struct tt_doc_section *section,
		const struct tt_observation *o)
{
	uint64_t most = 0;

	for (size_t i = 0; i < r->weights.n; i++) {
		int32_t signature = r->weights.signatures[i];
		struct tt_exposure time = tt_observation_signature_time(o, signature);

		if (total(o, signature) > 0 && time.bound > most)
			most = time.bound;
	}
	if (most > 0)
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				TT_REPORT_FILL(r, WARN_SIGNATURE_ADDRESSES,
						tt_report_count(r, most),
						tt_report_period(r, &o->period)));
}

static void
warn_none(struct tt_report *r, struct tt_doc_section *section,
		const struct tt_observation *o)
{
	struct named named = {0};

	for (size_t i = 0; i < r->weights.n; i += range_at(r, i)->n) {
		int32_t category = (int32_t)(range_at(r, i) - r->weights.categories);

		if (!tt_report_is_category_loaded(o, category))
			name(&named, tt_report_name(r, TT_REPORT_CATEGORIES, category));
	}
	if (named.n > 0)
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				TT_REPORT_FILL(r, WARN_NOT_LOADED, list(r, &named),
						tt_report_in_period(r, &o->period)));
}

/* The period, and what it is compared with, if anything is. Returns how many. */
static size_t
periods(const struct tt_report *r, const struct tt_observation *both[2])
{
	size_t n = 0;

	if (r->now->signature_exposure.snapshots == 0)
		return 0;
	both[n++] = r->now;
	if (r->before != NULL && r->before->signature_exposure.snapshots > 0)
		both[n++] = r->before;
	return n;
}

void
tt_report_warn_loaded(struct tt_report *report, struct tt_doc_section *section)
{
	struct tt_report *r = report;
	const struct tt_observation *both[2];
	size_t n = periods(r, both);

	for (size_t i = 0; i < n; i++) {
		warn_parts(r, section, both[i]);
		warn_bound(r, section, both[i]);
		warn_none(r, section, both[i]);
	}
	if (n == 2 && !r->weights.all_both)
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				TT_REPORT_WORD(r, WARN_LOADED_IN_ONE));
}

void
tt_report_say_parts(struct tt_report *report, struct tt_doc_section *section)
{
	struct tt_report *r = report;
	const struct tt_observation *both[2];
	size_t n = periods(r, both);

	for (size_t i = 0; i < n; i++) {
		struct named named = {0};

		for (size_t k = 0; k < r->weights.n; k++) {
			int32_t signature = r->weights.signatures[k];

			if (is_part(r, both[i], signature))
				name(&named,
						TT_REPORT_FILL(r, NAME_RATE,
								tt_report_name(r,
										TT_REPORT_SIGNATURES,
										signature),
								tt_report_coverage(r,
										100 * share_of(r, both[i], signature))));
		}
		if (named.n > 0)
			tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
					TT_REPORT_FILL(r, SIGNATURE_PARTS,
							tt_report_period(r,
									&both[i]->period),
							list(r, &named)));
		warn_none(r, section, both[i]);
	}
}
