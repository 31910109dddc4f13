/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_report_text.h"

#include <string.h>

#define SENSORS_NAMED 4 /* others are a number */

const char *
tt_report_value(const struct tt_report *report, struct tt_value value)
{
	char text[TT_LOCALE_TEXT_MAX];

	return tt_document_text(report->doc,
			tt_locale_value(report->locale, &value, text, sizeof(text)));
}

const char *
tt_report_rate(const struct tt_report *report, double rate)
{
	return tt_report_value(report, tt_value_number(TT_VALUE_RATE, rate));
}

const char *
tt_report_change(const struct tt_report *report, double difference)
{
	return tt_report_value(report, tt_value_number(TT_VALUE_RATE_CHANGE, difference));
}

const char *
tt_report_percent(const struct tt_report *report, double percent)
{
	return tt_report_value(report, tt_value_number(TT_VALUE_PERCENT, percent));
}

const char *
tt_report_coverage(const struct tt_report *report, double percent)
{
	return tt_report_value(report, tt_value_number(TT_VALUE_COVERAGE, percent));
}

const char *
tt_report_percent_change(const struct tt_report *report, double percent)
{
	return tt_report_value(report, tt_value_number(TT_VALUE_PERCENT_CHANGE, percent));
}

const char *
tt_report_count(const struct tt_report *report, uint64_t count)
{
	return tt_report_value(report, tt_value_integer(TT_VALUE_COUNT, (int64_t)count));
}

const char *
tt_report_counted(const struct tt_report *report, uint64_t count, enum tt_word one,
		enum tt_word many)
{
	const char *text = tt_report_count(report, count);

	return tt_locale_fill(
			report->locale, report->doc, count == 1 ? one : many, &text, 1);
}

const char *
tt_report_date(const struct tt_report *report, enum tt_date_form form, int64_t us)
{
	char text[TT_LOCALE_TEXT_MAX];

	return tt_document_text(report->doc,
			tt_locale_date(report->locale, form, us, text, sizeof(text)));
}

const char *
tt_report_list(const struct tt_report *report, const char *const *texts, size_t n)
{
	const char *list = n == 0 ? "" : texts[0];

	for (size_t i = 1; i < n && list != NULL; i++)
		list = tt_document_printf(report->doc, "%s%s%s", list,
				i + 1 < n ? TT_REPORT_WORD(report, LIST_COMMA)
					  : TT_REPORT_WORD(report, LIST_AND),
				texts[i]);
	return list;
}

static const char *
week(const struct tt_report *report, const struct tt_period *p)
{
	/* "2009-W28" */
	const char *year = tt_document_printf(report->doc, "%.4s", p->name);
	const char *number = tt_document_printf(report->doc, "%d", atoi(p->name + 6));

	return TT_REPORT_FILL(report, PERIOD_WEEK, year, number,
			tt_report_date(report, TT_DATE_DAY, p->from_us),
			tt_report_date(report, TT_DATE_DAY, p->to_us - 1));
}

/* "2009-Q3", and which months these are: fiscal years have other quarters. */
static const char *
quarter(const struct tt_report *report, const struct tt_period *p)
{
	const char *year = tt_document_printf(report->doc, "%.4s", p->name);

	return TT_REPORT_FILL(report, PERIOD_QUARTER, year, p->name + 6,
			tt_report_date(report, TT_DATE_MONTH, p->from_us),
			tt_report_date(report, TT_DATE_MONTH, p->to_us - 1));
}

/* Fills the pattern with the first and the last of several months. */
static const char *
months(const struct tt_report *report, const struct tt_period *p, enum tt_word pattern)
{
	const char *ends[] = {tt_report_date(report, TT_DATE_MONTH, p->from_us),
			tt_report_date(report, TT_DATE_MONTH, p->to_us - 1)};

	return tt_locale_fill(report->locale, report->doc, pattern, ends, 2);
}

/* Fills the pattern with both ends of a span. */
static const char *
span(const struct tt_report *report, const struct tt_period *p, enum tt_word pattern)
{
	bool days = tt_period_day_to(p, 0) - tt_period_day_from(p, 0) == TT_US_PER_DAY
			&& (p->to_us - p->from_us) % TT_US_PER_DAY == 0;
	enum tt_date_form time = pattern == TT_WORD_IN_SPAN ? TT_DATE_TIME_IN_TEXT
							    : TT_DATE_TIME;
	enum tt_date_form form = days ? TT_DATE_DAY : time;
	const char *ends[] = {tt_report_date(report, form, p->from_us),
			tt_report_date(report, form, days ? p->to_us - 1 : p->to_us)};

	return tt_locale_fill(report->locale, report->doc, pattern, ends, 2);
}

const char *
tt_report_period(const struct tt_report *report, const struct tt_period *period)
{
	switch (period->kind) {
	case TT_PERIOD_MONTH:
		return tt_report_date(report, TT_DATE_MONTH, period->from_us);
	case TT_PERIOD_MONTHS:
		return months(report, period, TT_WORD_PERIOD_SPAN);
	case TT_PERIOD_QUARTER:
		return quarter(report, period);
	case TT_PERIOD_YEAR:
		return TT_REPORT_FILL(report, PERIOD_YEAR, period->name);
	case TT_PERIOD_WEEK:
		return week(report, period);
	case TT_PERIOD_DAY:
		return tt_report_date(report, TT_DATE_DAY, period->from_us);
	default:
		return span(report, period, TT_WORD_PERIOD_SPAN);
	}
}

const char *
tt_report_in_period(const struct tt_report *report, const struct tt_period *period)
{
	const char *name = tt_report_period(report, period);

	if (period->kind == TT_PERIOD_SPAN)
		return span(report, period, TT_WORD_IN_SPAN);
	if (period->kind == TT_PERIOD_MONTHS)
		return months(report, period, TT_WORD_IN_SPAN);
	return period->kind == TT_PERIOD_DAY ? TT_REPORT_FILL(report, ON_DAY, name)
					     : TT_REPORT_FILL(report, IN_PERIOD, name);
}

bool
tt_report_is_just_before(const struct tt_report *report)
{
	const struct tt_period *compared = report->before_period;
	struct tt_period before;

	return compared == NULL
			|| (tt_period_before(&report->now->period, &before) == 0
					&& before.from_us == compared->from_us
					&& before.to_us == compared->to_us);
}

bool
tt_report_is_compared_later(const struct tt_report *report)
{
	return report->before_period != NULL
			&& report->before_period->from_us > report->now->period.from_us;
}

const char *
tt_report_before(const struct tt_report *report)
{
	return tt_report_is_just_before(report) ? TT_REPORT_WORD(report, BEFORE)
						: TT_REPORT_WORD(report, OTHER_PERIOD);
}

const char *
tt_report_in_before(const struct tt_report *report)
{
	return tt_report_is_just_before(report)
			? TT_REPORT_WORD(report, IN_BEFORE)
			: tt_report_in_period(report, report->before_period);
}

const char *
tt_report_heading(const struct tt_report *report, enum tt_word word)
{
	const char *before = tt_report_before(report);

	return tt_locale_fill(report->locale, report->doc, word, &before, 1);
}

const char *
tt_report_before_heading(const struct tt_report *report, enum tt_word before)
{
	return tt_locale_word(report->locale,
			tt_report_is_just_before(report) ? before
							 : TT_WORD_COLUMN_COMPARED);
}

const char *
tt_report_target(const struct tt_report *report, int32_t target)
{
	char text[32];

	return tt_document_text(report->doc,
			tt_target_format(report->now->names->targets[target], text));
}

const char *
tt_report_country(const struct tt_report *report, int32_t country)
{
	return tt_document_text(report->doc,
			tt_locale_country(report->locale,
					report->now->names->countries[country]));
}

const char *
tt_report_country_in_text(const struct tt_report *report, int32_t country)
{
	return tt_document_printf(report->doc, "%s%s",
			tt_locale_article(report->locale,
					report->now->names->countries[country]),
			tt_report_country(report, country));
}

const char *
tt_report_per(const struct tt_report *report)
{
	static const enum tt_word words[] = {[TT_PER_ADDRESS] = TT_WORD_PER_ADDRESS,
			[TT_PER_IPV4_ADDRESS] = TT_WORD_PER_IPV4_ADDRESS,
			[TT_PER_SENSOR] = TT_WORD_PER_SENSOR};

	return tt_locale_word(report->locale, words[report->unit]);
}

const char *
tt_report_unit(const struct tt_report *report, bool detections)
{
	static const enum tt_word words[][2] = {
			[TT_PER_ADDRESS] = {TT_WORD_UNIT_PACKETS_ADDRESS,
					TT_WORD_UNIT_DETECTIONS_ADDRESS},
			[TT_PER_IPV4_ADDRESS] = {TT_WORD_UNIT_PACKETS_IPV4,
					TT_WORD_UNIT_DETECTIONS_IPV4},
			[TT_PER_SENSOR] = {TT_WORD_UNIT_PACKETS_SENSOR,
					TT_WORD_UNIT_DETECTIONS_SENSOR}};

	return tt_locale_word(report->locale, words[report->unit][detections]);
}

/* Has the series over months something of a sensor? */
static bool
has_months(const struct tt_report *report, size_t sensor)
{
	const struct tt_archive *a = report->now->archive;
	int64_t from_us = report->series->months[0].from_us;
	int64_t to_us = report->series->months[TT_SERIES_MONTHS - 1].to_us;

	for (size_t i = 0; i < a->n; i++)
		if (a->entries[i].sensor == sensor && !a->entries[i].damaged
				&& a->entries[i].start_us >= from_us
				&& a->entries[i].end_us <= to_us)
			return true;
	return false;
}

static bool
is_of(const struct tt_report *report, size_t sensor, enum tt_report_span span)
{
	if (report->now->sensors[sensor].exposure.snapshots > 0)
		return true;
	if (span == TT_REPORT_BOTH && report->before != NULL)
		return report->before->sensors[sensor].exposure.snapshots > 0;
	return span == TT_REPORT_MONTHS && has_months(report, sensor);
}

/* "July 2009", "July 2009, compared with June 2009", "June 2009 to July 2009". */
static const char *
name_of(const struct tt_report *report, enum tt_report_span span)
{
	const struct tt_series *series = report->series;
	const char *now = tt_report_period(report, &report->now->period);
	size_t first = 0;

	if (span == TT_REPORT_BOTH && report->before != NULL)
		return TT_REPORT_FILL(report, SOURCE_COMPARED, now,
				tt_report_period(report, report->before_period),
				tt_report_before(report));
	if (span != TT_REPORT_MONTHS)
		return now;
	while (first + 1 < TT_SERIES_MONTHS
			&& !tt_rate_is_any(report->unit, &series->exposure[first]))
		first++;
	return TT_REPORT_FILL(report, PERIOD_SPAN,
			tt_report_period(report, &series->months[first]),
			tt_report_period(report, &series->months[TT_SERIES_MONTHS - 1]));
}

const char *
tt_report_source(const struct tt_report *report, enum tt_report_span span)
{
	const struct tt_archive *a = report->now->archive;
	const char *names[SENSORS_NAMED], *time = name_of(report, span);
	size_t n = 0;

	for (size_t i = 0; i < a->n_sensors; i++) {
		if (!is_of(report, i, span))
			continue;
		if (n < SENSORS_NAMED)
			names[n] = a->sensors[i];
		n++;
	}
	if (n == 1)
		return TT_REPORT_FILL(report, SOURCE_SENSOR, names[0], time);
	if (n > SENSORS_NAMED)
		return TT_REPORT_FILL(
				report, SOURCE_MANY, tt_report_count(report, n), time);
	return TT_REPORT_FILL(
			report, SOURCE_SENSORS, tt_report_list(report, names, n), time);
}

const char *
tt_report_id(const struct tt_report *report, const char *name)
{
	char *id;

	if (strcmp(name, TT_OBSERVED_UNKNOWN) == 0)
		return "unknown";
	id = tt_document_alloc(report->doc, strlen(name) + 1);
	for (size_t i = 0; id != NULL && name[i] != '\0'; i++) {
		char c = name[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		id[i] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
	}
	return id;
}
