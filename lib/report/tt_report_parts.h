/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables and figures of the report, each from numbers alone. Not for other rooms; one thread. */
#ifndef TT_REPORT_PARTS_H
#define TT_REPORT_PARTS_H

#include "tt_report_text.h"

/* What rows of a ranking are. */
enum tt_report_what {
	TT_REPORT_TARGETS,
	TT_REPORT_COUNTRIES,
	TT_REPORT_CATEGORIES,
	TT_REPORT_DETECTED, /* countries, by detections */
	TT_REPORT_SIGNATURES, /* each signature by its detections */
};

#define TT_REPORT_REST \
	"Others" /* the category of what no other one is for: it has no rank */

/* Which detections are wanted. */
struct tt_report_wanted {
	bool before; /* in the period compared; else now */
	bool both; /* of signatures that were loaded in both periods alone */
	int32_t category, country; /* -1: of all */
	int32_t day; /* of the period, -1: all of it; not of the period compared */
};

/* Sets what detections count for, and frees that. Returns 0 or -ENOMEM. */
int tt_report_weigh(struct tt_report *report) TT_MUST_CHECK;
void tt_report_weights_fini(struct tt_report_weights *weights);

/* How many detections, as they count; of one signature, from a country (-1: from all). */
double tt_report_detections(
		const struct tt_report *report, const struct tt_report_wanted *wanted);
double tt_report_day_detections(const struct tt_report *report, unsigned day);
/* All of them, as a rate; both: of signatures that were loaded in both periods alone. */
double tt_report_detection_rate(const struct tt_report *report, bool before, bool both);
double tt_report_signature_detections(const struct tt_report *report, int32_t signature,
		const struct tt_report_wanted *wanted);

/* Was a signature loaded in a period? Of a category, any. */
bool tt_report_is_loaded(const struct tt_observation *o, int32_t signature);
bool tt_report_is_category_loaded(const struct tt_observation *o, int32_t category);

const struct tt_report_ranking *tt_report_ranking_of(
		const struct tt_report *report, enum tt_report_what what);
bool tt_report_is_detections(enum tt_report_what what);
/* Of two indices with equal counts, does a come first? As in the tables, in whatever order snapshots had them. */
bool tt_report_goes_first(const struct tt_report *report, enum tt_report_what what,
		int32_t a, int32_t b);
/* The name that readers see, in their language, and the one for programs ("445/TCP", "JP", "Worm"; of a signature its message and gid:sid,
 * as messages need not differ; the latter for both where a rule has no message). */
const char *tt_report_name(
		const struct tt_report *report, enum tt_report_what what, int32_t index);
const char *tt_report_key(
		const struct tt_report *report, enum tt_report_what what, int32_t index);

struct tt_report_heading {
	struct tt_doc_section *section;
	const char *id, *number, *title;
};

/* Now and before: ranks, counts, changes. */
void tt_report_table(struct tt_report *report, const struct tt_report_heading *heading,
		enum tt_report_what what);

/* The leading rows now and before, side by side. Nothing where nothing is compared. */
void tt_report_compared(struct tt_report *report, const struct tt_report_heading *heading,
		enum tt_report_what what);

/*
 * Shares: for each x one bar of 100 %, of the series with the greatest count over all bars, and the rest.
 * x: indices into a ranking's names; -1 in its place: all of them, one bar of that label.
 */
struct tt_report_shares {
	enum tt_report_what x_what, series_what;
	const int32_t *x; /* [n_x]; NULL: one bar of all */
	size_t n_x;
	const char *x_label; /* of the one bar */
	const char *x_id;
	/* A series by its index in series_what, how much it has at x (-1: in all). */
	double (*count)(const struct tt_report *report, int32_t x, int32_t series);
	double (*total)(const struct tt_report *report, int32_t x);
	/* Which may be series: [n_series]. */
	const int32_t *series;
	size_t n_series;
};
void tt_report_shares(struct tt_report *report, const struct tt_report_heading *heading,
		const struct tt_report_shares *shares);

/* Counts over days or months, stacked: for each series a row of counts[width], then the rest. */
struct tt_report_stack {
	bool months;
	bool detections; /* what the counts are */
	size_t n_series;
	const char *const *names, *const *ids; /* [n_series] */
	/* How much series i has at a day or month; i = n_series: all together. */
	double (*count)(const struct tt_report *report, const void *context, size_t i,
			size_t at);
	const void *context;
};
void tt_report_stack(struct tt_report *report, const struct tt_report_heading *heading,
		const struct tt_report_stack *stack);

#define TT_REPORT_NAMED 5 /* leaders that the summary names */

/* The sentence of the categories with most detections: list, with their counts, NULL: there are none; one: there is but one; and of the category
 * of what no other one is for, where it has more than the last of these: else one would seem to lead that has less. */
void tt_report_say_leading_categories(struct tt_report *report,
		struct tt_doc_section *section, const char *list, bool one);

/* Sentences of what rose and what fell most; none where nothing is compared. */
void tt_report_say_changes(struct tt_report *report, struct tt_doc_section *section,
		enum tt_report_what what);

/* Says of what each change that has a rank among rises or falls is made: of a country the targets that changed most in its
 * direction, of a category the countries, of a country's detections the categories; and how much is left to all others.
 * Nothing of one where none of them changed by as much as shows, and where nothing is compared. Not of TT_REPORT_TARGETS
 * and TT_REPORT_SIGNATURES. */
void tt_report_explain(struct tt_report *report, struct tt_doc_section *section,
		enum tt_report_what what);

/* Of a figure of sources by day, whose series is there: what was observed of each day, and notes of the days that have less than
 * others: observed in part, not at all, or cut by the period. cover: of the days of the period, what the figure is made from. */
void tt_report_mark_days(struct tt_report *report, struct tt_doc_figure *figure,
		const struct tt_day_cover *cover);

/* Of a figure by day: how many days lack the time of snapshots that reach over midnight; nothing where none does. */
void tt_report_note_torn(struct tt_report *report, struct tt_doc_figure *figure);

/* How many days, and months, were observed: series of less than two say nothing. */
unsigned tt_report_days_observed(const struct tt_report *report);
unsigned tt_report_months_observed(const struct tt_report *report);

/* Indices of a ranking's rows that have a rank, in its order, at most so many. In the document's memory; NULL
 * and *n 0: none. */
int32_t *tt_report_indices(struct tt_report *report,
		const struct tt_report_ranking *ranking, size_t most, size_t *n);
/* The same of all rows that may be a series of shares: unknown countries too, where they would be among the first. */
int32_t *tt_report_part_indices(struct tt_report *report,
		const struct tt_report_ranking *ranking, size_t *n);
/* The row of unknown countries, where it is shown (TT_REPORT_COUNTRIES, TT_REPORT_DETECTED); NULL: it is not. */
const struct tt_ranked *tt_report_unknown(
		const struct tt_report *report, enum tt_report_what what);

/* Series of a leader, by day or by month; the days with the most and the least of a target; sources by day. */
void tt_report_draw_target(struct tt_report *report, struct tt_doc_section *section,
		const struct tt_series_target *t, const char *number, bool months);
void tt_report_draw_country(struct tt_report *report, struct tt_doc_section *section,
		const struct tt_series_country *c, const char *number, bool months);
void tt_report_say_days(struct tt_report *report, struct tt_doc_section *section,
		const struct tt_series_target *t);
void tt_report_draw_sources(struct tt_report *report, struct tt_doc_section *section);

/* Figures 3-1 to 3-3; 3-11 and 3-12. */
void tt_report_share_targets(struct tt_report *report, struct tt_doc_section *section);
void tt_report_share_countries(struct tt_report *report, struct tt_doc_section *section);

/* Which signatures were loaded in a part of either period only, by category; of which categories none was in one of them; and that changes are of those
 * that were in both: warnings, of the summary. The same by signature, of chapter 4. */
void tt_report_warn_loaded(struct tt_report *report, struct tt_doc_section *section);
void tt_report_say_parts(struct tt_report *report, struct tt_doc_section *section);

/* Chapters, each in its file. */
void tt_report_access(struct tt_report *report); /* 3 */
void tt_report_signatures(struct tt_report *report); /* 4 */
void tt_report_method(struct tt_report *report); /* 5 */

/* Of chapter 5: how many signatures were loaded, and table 5-4 of them by category. Nothing where none were, or where some snapshots of
 * the period do not tell which. */
void tt_report_say_loaded(struct tt_report *report, struct tt_doc_section *section);
void tt_report_loaded_table(struct tt_report *report, struct tt_doc_section *section);

/* What is missing: coverage, damaged snapshots, what reaches over the end. Where it matters most, and in short. */
void tt_report_warnings(struct tt_report *report, struct tt_doc_section *section);
/* Of the numbers of sources in chapter 2, where some are estimates: how far off they may be. */
void tt_report_say_estimates(struct tt_report *report, struct tt_doc_section *section,
		enum tt_element_kind kind);
/* Of these, that both periods were counted by other signatures or another database of countries. */
void tt_report_warn_identities(struct tt_report *report, struct tt_doc_section *section);

#endif
