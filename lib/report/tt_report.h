/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The report: a document (tt_document.h) made from what was observed in a period and in the one before. One
 * thread. The rules of every table are in docs/report.md.
 */
#ifndef TT_REPORT_H
#define TT_REPORT_H

#include "tt_document.h"
#include "tt_locale.h"
#include "tt_observation.h"
#include "tt_ranked.h"
#include "tt_series.h"

#define TT_REPORT_RANKED  5 /* rises and falls that have a rank */
#define TT_REPORT_LEADERS 5 /* targets and countries that have series */

/* A table's rows: ranked, with what they were ranked by. */
struct tt_report_ranking {
	struct tt_ranked *rows; /* [n], the most now first */
	size_t n;
	struct tt_ranked_scale scale;
	uint64_t total_now;
};

/* What detections count for: as many as they would be, had each signature been loaded whenever any was, and had it detected as much in all of
 * that time; so that they are divided by it. Nothing that was loaded all the time counts for more or less. */
struct tt_report_weights {
	int32_t *signatures; /* [n] those that detected something in either period, by category and number */
	size_t n;
	struct tt_report_range {
		size_t first, n;
	} * categories; /* where each has its signatures there */
	double *now, *before; /* by signature */
	bool *both; /* by signature: it was loaded in both periods */
	bool any_both; /* some signature was, whether it detected anything or not */
	bool all_both; /* all that detected something were */
};

/* Why no cycles of 24 hours are looked for. */
enum tt_report_no_cycles {
	TT_REPORT_CYCLES, /* they are */
	TT_REPORT_NO_CYCLES, /* some snapshot is longer than an hour */
	TT_REPORT_NO_CYCLES_LONG, /* a period has too many days */
};

/* What a report is made from: the caller fills in all up to `leading`. */
struct tt_report {
	struct tt_document *doc;
	const struct tt_locale *locale;
	const struct tt_observation *now;
	const struct tt_observation *before; /* NULL: nothing was observed then */
	const struct tt_period *
			before_period; /* which one that is, also where before is NULL; NULL: there is
						  none */
	const struct tt_series *series; /* of the leaders, by day and by month */
	enum tt_rate_unit unit;
	const struct tt_observing *observing; /* of the pass of causes; NULL: nobody */
	const char *home; /* "JP"; NULL: no country is the home country */
	size_t leading; /* rows of a table that are always shown */

	struct tt_report_ranking targets, countries; /* by packets */
	struct tt_report_ranking categories, detected,
			signatures; /* by detections: categories, countries, signatures */
	struct tt_report_weights
			weights; /* of detections; set by tt_report_open, as rankings are */
	struct tt_doc_section *summary; /* set by tt_report_summary */
	/* Set by tt_notable_sections. */
	enum tt_report_no_cycles no_cycles;
	struct {
		uint64_t targets,
				estimated; /* estimated: of these, with numbers of sources that are estimates */
		double error; /* the greatest standard error, of the number */
	} notable;
};

/* Ranks. Returns 0 or -ENOMEM. */
int tt_report_open(struct tt_report *report) TT_MUST_CHECK;
void tt_report_close(struct tt_report *report);

/* Build all chapters but those of notable targets (tt_notable.h), which come between the two. Whether there was
 * memory for all, doc->failed says. */
void tt_report_summary(struct tt_report *report); /* title, and 1 */
void tt_report_chapters(struct tt_report *report); /* 3 to 5 */

#endif
