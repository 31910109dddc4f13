/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses whose answers to forged packets stand out: one section for each. */
#include "tt_notable_private.h"

#include <stdlib.h>

#define SERVICES_MAX 32 /* kinds of answers of a victim that are shown; the heaviest */
#define BUSY_SHARE   0.1 /* of the greatest day: a day that belongs to it */

struct victim {
	uint64_t hi, lo;
	uint16_t country;
	uint64_t packets;
	size_t first, last; /* days */
};

static int
compare_addresses(const void *a, const void *b)
{
	const struct tt_cause_count *const *x = a, *const *y = b;

	if ((*x)->hi != (*y)->hi)
		return (*x)->hi < (*y)->hi ? -1 : 1;
	if ((*x)->lo != (*y)->lo)
		return (*x)->lo < (*y)->lo ? -1 : 1;
	if ((*x)->packets[TT_CAUSE_NOW] != (*y)->packets[TT_CAUSE_NOW])
		return (*x)->packets[TT_CAUSE_NOW] > (*y)->packets[TT_CAUSE_NOW] ? -1 : 1;
	return (*x)->of < (*y)->of ? -1 : (*x)->of > (*y)->of;
}

/* Keeps the heaviest. */
static void
keep(struct victim *victims, size_t *n, const struct victim *v)
{
	size_t at = *n;

	while (at > 0 && v->packets > victims[at - 1].packets)
		at--;
	if (at == TT_NOTABLE_VICTIMS)
		return;
	*n += *n < TT_NOTABLE_VICTIMS;
	for (size_t k = *n - 1; k > at; k--)
		victims[k] = victims[k - 1];
	victims[at] = *v;
}

static bool
same_address(const struct tt_cause_count *a, const struct tt_cause_count *b)
{
	return a->hi == b->hi && a->lo == b->lo;
}

/* Finds the heaviest victims; all[n] is sorted by address. passed: how many have enough packets. */
static size_t
find_victims(const struct tt_notable *w, const struct tt_cause_count **all, size_t n,
		struct victim victims[TT_NOTABLE_VICTIMS], uint64_t *passed)
{
	double least = TT_NOTABLE_VICTIM * (double)w->report->now->packets;
	size_t n_victims = 0;

	*passed = 0;

	for (size_t i = 0, end; i < n; i = end) {
		struct victim v = {.hi = all[i]->hi, .lo = all[i]->lo};

		v.country = (uint16_t)all[i]->tag;
		for (end = i; end < n && same_address(all[i], all[end]); end++)
			v.packets += all[end]->packets[TT_CAUSE_NOW];
		if ((double)v.packets < least || v.packets < TT_NOTABLE_PACKETS)
			continue;
		keep(victims, &n_victims, &v);
		++*passed;
	}
	return n_victims;
}

/* Packets of a victim on a day. */
static uint64_t
on_day(const struct tt_notable *w, const struct tt_cause_count **own, size_t n,
		size_t day)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += tt_counts_slices(&w->cause.victims, own[i])[day];
	return sum;
}

static void
find_days(const struct tt_notable *w, struct victim *v, const struct tt_cause_count **own,
		size_t n)
{
	size_t n_days = w->cause.victims.n_slices;
	uint64_t most = 0;
	bool any = false;

	for (size_t day = 0; day < n_days; day++) {
		uint64_t packets = on_day(w, own, n, day);

		most = packets > most ? packets : most;
	}
	for (size_t day = 0; day < n_days; day++) {
		if ((double)on_day(w, own, n, day) < BUSY_SHARE * (double)most)
			continue;
		v->first = any ? v->first : day;
		v->last = day;
		any = true;
	}
}

static const char *
service_name(struct tt_notable *w, uint32_t service)
{
	struct tt_target target = {.protocol = (uint8_t)(service >> 17),
			.number = (int32_t)(service & 0x1ffff) - 1};
	char text[32];

	if (target.protocol == 0)
		return tt_locale_word(w->locale, TT_WORD_NOTABLE_SERVICE_UNKNOWN);
	return tt_document_text(w->doc, tt_target_format(target, text));
}

static enum tt_class
class_of(uint32_t service)
{
	return (enum tt_class)(service >> 25);
}

/* What readers call a class. */
static const char *
answer_name(const struct tt_notable *w, enum tt_class class)
{
	return tt_locale_word(w->locale,
			(enum tt_word)(TT_WORD_NOTABLE_CLASS_SYN + (unsigned)class));
}

_Static_assert(TT_WORD_NOTABLE_CLASS_OTHER - TT_WORD_NOTABLE_CLASS_SYN
				== TT_CLASS_OTHER - TT_CLASS_TCP_SYN,
		"a word for each class, in their order");

static struct tt_value
day_value(const struct tt_notable *w, size_t day)
{
	return tt_value_integer(TT_VALUE_DAY, tt_notable_midnight(w, day));
}

static void
add_rows(struct tt_notable *w, struct tt_doc_table *table, const struct victim *v,
		const struct tt_cause_count **own, size_t n)
{
	char address[TT_ADDR_TEXT_MAX];

	tt_addr_format((struct tt_addr){v->hi, v->lo}, address);
	for (size_t i = 0; i < n && i < SERVICES_MAX; i++) {
		struct tt_doc_row *row = tt_document_row(w->doc, table);
		struct victim span = {0};

		find_days(w, &span, &own[i], 1);
		tt_document_cell(row, 0, tt_value_text(service_name(w, own[i]->of)));
		tt_document_cell(row, 1,
				tt_value_text(answer_name(w, class_of(own[i]->of))));
		tt_document_cell(row, 2,
				tt_value_integer(TT_VALUE_COUNT,
						(int64_t)own[i]->packets[TT_CAUSE_NOW]));
		tt_document_cell(row, 3, day_value(w, span.first));
		tt_document_cell(row, 4, day_value(w, span.last));
		tt_document_cell(row, 5,
				tt_value_text(tt_class_name(class_of(own[i]->of))));
		tt_document_cell(
				row, 6, tt_value_text(tt_document_text(w->doc, address)));
	}
}

static void
add_table(struct tt_notable *w, struct tt_doc_section *section, const struct victim *v,
		const struct tt_cause_count **own, size_t n)
{
	const struct tt_doc_column columns[] = {
			{"service", tt_locale_word(w->locale, TT_WORD_NOTABLE_SERVICE),
					false},
			{"answer", tt_locale_word(w->locale, TT_WORD_NOTABLE_CLASS),
					false},
			{"packets", tt_locale_word(w->locale, TT_WORD_NOTABLE_PACKETS),
					false},
			{"first_day",
					tt_locale_word(w->locale,
							TT_WORD_NOTABLE_FIRST_DAY),
					false},
			{"last_day", tt_locale_word(w->locale, TT_WORD_NOTABLE_LAST_DAY),
					false},
			{"class", tt_locale_word(w->locale, TT_WORD_NOTABLE_CLASS_KEY),
					true},
			{"address",
					tt_locale_word(w->locale,
							TT_WORD_NOTABLE_ADDRESS_COLUMN),
					true}};
	struct tt_doc_table *table = tt_document_table(w->doc, section,
			tt_document_printf(
					w->doc, "%s_answers", section ? section->id : ""),
			tt_notable_next(w, &w->table),
			tt_locale_word(w->locale, TT_WORD_NOTABLE_VICTIM_TABLE), columns,
			TT_ARRAY_SIZE(columns));

	if (table == NULL)
		return;
	table->source = tt_notable_source(
			w, TT_WORD_NOTABLE_VICTIM_SOURCE, TT_REPORT_NOW);
	add_rows(w, table, v, own, n);
}

/* "tcp_synack": an id of the document. */
static const char *
class_id(struct tt_notable *w, enum tt_class class)
{
	char id[32];

	snprintf(id, sizeof(id), "%s", tt_class_name(class));
	for (char *c = id; *c != '\0'; c++)
		*c = *c == '-' ? '_' : *c;
	return tt_document_text(w->doc, id);
}

/* Of each class, the packets by day. */
static void
add_series(struct tt_notable *w, struct tt_doc_figure *figure,
		const struct tt_cause_count **own, size_t n, enum tt_class class)
{
	struct tt_doc_series *series = NULL;
	const char *name = answer_name(w, class);

	for (size_t day = 0; day < w->cause.victims.n_slices; day++) {
		struct tt_address_time exposure = w->cause.days[TT_CAUSE_NOW][day];
		uint64_t packets = 0;
		bool any = false;

		for (size_t i = 0; i < n; i++) {
			if (class_of(own[i]->of) != class)
				continue;
			any = true;
			packets += tt_counts_slices(&w->cause.victims, own[i])[day];
		}
		if (!any)
			return;
		if (series == NULL)
			series = tt_document_series(
					w->doc, figure, class_id(w, class), name);
		if (exposure.us > 0)
			tt_document_point(series, day,
					tt_value_number(TT_VALUE_RATE,
							tt_address_rate(packets,
									exposure)));
	}
}

static void
add_figure(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_cause_count **own, size_t n)
{
	struct tt_doc_figure *figure = tt_document_figure(w->doc, section,
			TT_FIGURE_STACKED,
			tt_document_printf(w->doc, "%s_days", section ? section->id : ""),
			tt_notable_next(w, &w->figure),
			tt_locale_word(w->locale, TT_WORD_NOTABLE_VICTIM_FIGURE),
			TT_AXIS_DAYS, w->cause.n_days[TT_CAUSE_NOW]);

	if (figure == NULL)
		return;
	figure->unit = tt_report_unit(w->report, false);
	figure->source = tt_notable_source(
			w, TT_WORD_NOTABLE_VICTIM_SOURCE, TT_REPORT_NOW);
	tt_notable_days(w, figure);
	for (unsigned c = 0; c < TT_N_CLASSES; c++)
		add_series(w, figure, own, n, (enum tt_class)c);
}

/* Titles of one country are told apart by a number. */
static const char *
title_of(struct tt_notable *w, const struct victim *victims, size_t n, size_t at)
{
	const char *args[3] = {tt_notable_country(w, victims[at].country)};
	uint64_t same = 0, number = 0;

	for (size_t i = 0; i < n; i++) {
		same += victims[i].country == victims[at].country;
		number = i == at ? same : number;
	}
	if (same == 1)
		return tt_notable_fill(w, TT_WORD_NOTABLE_VICTIM, args, 1);
	args[1] = tt_notable_number(w, number);
	args[2] = tt_notable_number(w, same);
	return tt_notable_fill(w, TT_WORD_NOTABLE_VICTIM_OF, args, TT_ARRAY_SIZE(args));
}

static void
write_victim(struct tt_notable *w, const char *title, struct victim *v,
		const struct tt_cause_count **own, size_t n)
{
	const char *id = tt_document_printf(w->doc, "notable_%u", w->section + 1);
	struct tt_doc_section *section = tt_notable_section(w, id, title);

	find_days(w, v, own, n);
	tt_notable_say(w, section, TT_ELEMENT_TEXT,
			v->first == v->last ? TT_WORD_NOTABLE_VICTIM_DAY
					    : TT_WORD_NOTABLE_VICTIM_TEXT,
			tt_notable_day(w, v->first), tt_notable_day(w, v->last),
			tt_notable_number(w, v->packets), NULL);
	add_table(w, section, v, own, n);
	if (w->cause.n_days[TT_CAUSE_NOW] > 1)
		add_figure(w, section, own, n);
}

/* Which of the addresses that were attacked have a section, where these are not all. */
static void
say_shown(struct tt_notable *w, struct tt_doc_section *chapter, size_t shown,
		uint64_t passed)
{
	if (passed > shown)
		tt_notable_say(w, chapter, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_VICTIMS_SHOWN,
				tt_notable_number(w, shown),
				tt_notable_number(w, passed - shown),
				tt_notable_percent(w, TT_NOTABLE_VICTIM),
				tt_notable_number(w, TT_NOTABLE_PACKETS), NULL);
}

void
tt_notable_victims(struct tt_notable *w, struct tt_doc_section *chapter)
{
	const struct tt_counts *counts = &w->cause.victims;
	struct victim victims[TT_NOTABLE_VICTIMS];
	const struct tt_cause_count **all = tt_document_alloc(
			w->doc, (counts->n + 1) * sizeof(*all));
	size_t n_victims;
	uint64_t passed;

	if (all == NULL)
		return;
	for (size_t i = 0; i < counts->n; i++)
		all[i] = &counts->all[i];
	qsort(all, counts->n, sizeof(*all), compare_addresses);
	n_victims = find_victims(w, all, counts->n, victims, &passed);
	say_shown(w, chapter, n_victims, passed);
	for (size_t i = 0; i < n_victims; i++) {
		size_t first = 0, end;

		while (all[first]->hi != victims[i].hi || all[first]->lo != victims[i].lo)
			first++;
		for (end = first; end < counts->n && same_address(all[first], all[end]);
				end++)
			;
		write_victim(w, title_of(w, victims, n_victims, i), &victims[i],
				&all[first], end - first);
	}
}
