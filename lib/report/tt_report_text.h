/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sentences and names of the report, in the document's memory: NULL where there is none. Not for other rooms; one
 * thread.
 */
#ifndef TT_REPORT_TEXT_H
#define TT_REPORT_TEXT_H

#include "tt_report.h"

/* The pattern `word` with the texts that follow filled in. */
#define TT_REPORT_FILL(report, word, ...)                               \
	tt_locale_fill((report)->locale, (report)->doc, TT_WORD_##word, \
			(const char *const[]){__VA_ARGS__},             \
			sizeof((const char *const[]){__VA_ARGS__})      \
					/ sizeof(const char *))
#define TT_REPORT_WORD(report, word) tt_locale_word((report)->locale, TT_WORD_##word)

/* Values as readers see them. */
const char *tt_report_value(const struct tt_report *report, struct tt_value value);
const char *tt_report_rate(const struct tt_report *report, double rate);
const char *tt_report_change(const struct tt_report *report, double difference);
const char *tt_report_percent(const struct tt_report *report, double percent);
const char *tt_report_coverage(const struct tt_report *report, double percent);
const char *tt_report_percent_change(const struct tt_report *report, double percent);
/* A count in one of two words, of which the first is that of a single one. */
const char *tt_report_counted(const struct tt_report *report, uint64_t count,
		enum tt_word one, enum tt_word many);
const char *tt_report_count(const struct tt_report *report, uint64_t count);
const char *tt_report_date(
		const struct tt_report *report, enum tt_date_form form, int64_t us);

/* "A, B and C" of texts[n]. */
const char *tt_report_list(
		const struct tt_report *report, const char *const *texts, size_t n);

/* "July 2009", "week 28 of 2009 (…)", "8 July 2009", "1 to 15 July 2009". */
const char *tt_report_period(
		const struct tt_report *report, const struct tt_period *period);

/* Is it the period just before that is compared? So it is where nothing is. */
bool tt_report_is_just_before(const struct tt_report *report);
/* Is what the period is compared with, if anything, a later one? */
bool tt_report_is_compared_later(const struct tt_report *report);
/* What is compared: "before" where that is the period just before, else "in the period compared"; of headings. */
const char *tt_report_before(const struct tt_report *report);
/* The same of sentences: "in the period before", "in July 2009". */
const char *tt_report_in_before(const struct tt_report *report);
/* "in July 2009", "on 8 July 2009". */
const char *tt_report_in_period(
		const struct tt_report *report, const struct tt_period *period);
/* The word, a pattern, of what is compared: {1} is tt_report_before. */
const char *tt_report_heading(const struct tt_report *report, enum tt_word word);
/* The heading of a column of what is compared. */
const char *tt_report_before_heading(const struct tt_report *report, enum tt_word before);

/* "445/TCP"; "Japan"; by their index. */
const char *tt_report_target(const struct tt_report *report, int32_t target);
const char *tt_report_country(const struct tt_report *report, int32_t country);
/* "the United States", within a sentence. */
const char *tt_report_country_in_text(const struct tt_report *report, int32_t country);

/* "per day and monitored address", of sentences; the unit of tables and axes. */
const char *tt_report_per(const struct tt_report *report);
const char *tt_report_unit(const struct tt_report *report, bool detections);

/* What time a table or figure is of. */
enum tt_report_span {
	TT_REPORT_NOW, /* the period */
	TT_REPORT_BOTH, /* it and the one before, where that was observed */
	TT_REPORT_MONTHS, /* of the series over months */
};

/* Where the figures come from: sensors and time. */
const char *tt_report_source(const struct tt_report *report, enum tt_report_span span);

#define TT_REPORT_WEEK_US (7 * TT_US_PER_DAY)

/* The longest times, in their order, of which a sensor of the observation has no snapshot, or one that observed too little of it, and how
 * many more there are; NULL: none of a minute. */
const char *tt_report_missing(
		const struct tt_report *report, const struct tt_observation *o);
/* Of two periods that are compared, of which less than TT_PERIOD_WHOLE_DAY was observed, or, of those that are longer, less than that of
 * a week, so that rises and falls may come from the time of day or of the week: a sentence. NULL: none. */
const char *tt_report_lacks_hours(const struct tt_report *report);

/* [a-z0-9_] of any name: what is something else becomes '_'; of the country "??", "unknown". */
const char *tt_report_id(const struct tt_report *report, const char *name);

#endif
