/* SPDX-License-Identifier: BSD-3-Clause */
/* Texts of the chapter's values and sentences. */
#include "tt_notable_private.h"

#include <stdarg.h>

#define ARGS_MAX 9

const char *
tt_notable_value(struct tt_notable *w, struct tt_value value)
{
	char text[TT_LOCALE_TEXT_MAX];

	return tt_document_text(
			w->doc, tt_locale_value(w->locale, &value, text, sizeof(text)));
}

const char *
tt_notable_percent(struct tt_notable *w, double share)
{
	return tt_notable_value(w, tt_value_number(TT_VALUE_COVERAGE, 100 * share));
}

const char *
tt_notable_at_least(struct tt_notable *w, double share, bool first)
{
	const char *percent = tt_notable_percent(w, share);

	if (share >= 1)
		return tt_notable_fill(w,
				first ? TT_WORD_NOTABLE_EVERY_FIRST
				      : TT_WORD_NOTABLE_EVERY,
				NULL, 0);
	return tt_notable_fill(w,
			first ? TT_WORD_NOTABLE_LEAST_FIRST : TT_WORD_NOTABLE_LEAST,
			&percent, 1);
}

const char *
tt_notable_rate(struct tt_notable *w, double rate)
{
	return tt_notable_value(w, tt_value_rate(rate));
}

const char *
tt_notable_change(struct tt_notable *w, double change)
{
	return tt_notable_value(w, tt_value_number(TT_VALUE_RATE_CHANGE, change));
}

const char *
tt_notable_number(struct tt_notable *w, uint64_t n)
{
	return tt_notable_value(w, tt_value_integer(TT_VALUE_COUNT, (int64_t)n));
}

int64_t
tt_notable_midnight(const struct tt_notable *w, size_t day)
{
	return w->cause.origin_us[TT_CAUSE_NOW] + (int64_t)day * TT_US_PER_DAY;
}

const char *
tt_notable_day(struct tt_notable *w, size_t day)
{
	int64_t us = tt_notable_midnight(w, day);
	char text[TT_LOCALE_TEXT_MAX];

	return tt_document_text(w->doc,
			tt_locale_date(w->locale, TT_DATE_DAY_OF_YEAR, us, text,
					sizeof(text)));
}

const char *
tt_notable_country(struct tt_notable *w, uint16_t country)
{
	char code[3];

	return tt_locale_country(w->locale,
			country == 0 ? TT_OBSERVED_UNKNOWN
				     : tt_cause_country_text(country, code));
}

const char *
tt_notable_target_name(struct tt_notable *w, const struct tt_notable_target *t)
{
	char text[32];

	return tt_document_text(w->doc,
			tt_target_format(w->report->now->names->targets[t->index], text));
}

const char *
tt_notable_fill(struct tt_notable *w, enum tt_word word, const char *const *args,
		size_t n_args)
{
	return tt_locale_fill(w->locale, w->doc, word, args, n_args);
}

const char *
tt_notable_sources(struct tt_notable *w, struct tt_source_count count)
{
	const char *args[] = {tt_notable_number(w, count.n),
			tt_notable_number(w, count.stderr_n)};

	if (count.n == 0)
		return tt_locale_word(w->locale, TT_WORD_NOTABLE_SOURCE_NONE);
	if (count.stderr_n == 0)
		return tt_notable_fill(w, TT_WORD_NOTABLE_SOURCE_COUNT, args, 1);
	return tt_notable_fill(w, TT_WORD_NOTABLE_ABOUT, args, TT_ARRAY_SIZE(args));
}

const char *
tt_notable_from(struct tt_notable *w, struct tt_source_count count)
{
	const char *args[] = {tt_notable_number(w, count.n),
			tt_notable_number(w, count.stderr_n)};

	if (count.stderr_n == 0)
		return tt_report_counted(w->report, count.n, TT_WORD_NOTABLE_FROM_ADDRESS,
				TT_WORD_NOTABLE_FROM_ADDRESSES);
	return tt_notable_fill(w,
			count.n == 1 ? TT_WORD_NOTABLE_FROM_ABOUT_ONE
				     : TT_WORD_NOTABLE_FROM_ABOUT,
			args, TT_ARRAY_SIZE(args));
}

const char *
tt_notable_estimated_days(
		struct tt_notable *w, const struct tt_notable_estimates *estimates)
{
	const char *args[] = {tt_notable_number(w, estimates->n),
			tt_notable_number(w, estimates->stderr_n)};

	return tt_notable_fill(w, TT_WORD_NOTABLE_DAYS_ABOUT, args, TT_ARRAY_SIZE(args));
}

const char *
tt_notable_join(struct tt_notable *w, const char *list, const char *name,
		const char *value)
{
	const char *args[] = {name, value};
	const char *item = tt_notable_fill(w, TT_WORD_NOTABLE_SHARE, args, 2);

	if (list == NULL || item == NULL)
		return item;
	return tt_document_printf(w->doc, "%s%s%s", list,
			tt_locale_word(w->locale, TT_WORD_NOTABLE_COMMA), item);
}

void
tt_notable_say(struct tt_notable *w, struct tt_doc_section *section,
		enum tt_element_kind kind, enum tt_word word, ...)
{
	const char *args[ARGS_MAX], *arg;
	size_t n = 0;
	va_list list;

	va_start(list, word);
	while (n < ARGS_MAX && (arg = va_arg(list, const char *)) != NULL)
		args[n++] = arg;
	va_end(list);
	tt_document_say(w->doc, section, kind, tt_notable_fill(w, word, args, n));
}

const char *
tt_notable_next(struct tt_notable *w, unsigned *number)
{
	return tt_document_printf(w->doc, "2-%u", ++*number);
}

const char *
tt_notable_unit(const struct tt_notable *w)
{
	static const enum tt_word words[] = {
			[TT_PER_ADDRESS] = TT_WORD_NOTABLE_PER_ADDRESS,
			[TT_PER_IPV4_ADDRESS] = TT_WORD_NOTABLE_PER_IPV4,
			[TT_PER_SENSOR] = TT_WORD_NOTABLE_PER_SENSOR};

	return tt_locale_word(w->locale, words[w->report->unit]);
}

const char *
tt_notable_source(struct tt_notable *w, enum tt_word word, enum tt_report_span span)
{
	const char *source = tt_report_source(w->report, span);

	return tt_notable_fill(w, word, &source, 1);
}

struct tt_doc_section *
tt_notable_section(struct tt_notable *w, const char *id, const char *title)
{
	return tt_document_section(w->doc, 2, id, tt_notable_next(w, &w->section), title);
}
