/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A document made by hand that holds every kind of value, element and figure as a report has them: bed_plain.
 */
#ifndef DOCUMENT_BED_H
#define DOCUMENT_BED_H

#include "tt_document.h"
#include "tt_locale.h"

#include <math.h>
#include <string.h>

#define BED_JULY INT64_C(1246406400000000) /* 2009-07-01, UTC */
#define BED_DAY  (INT64_C(86400) * TT_US_PER_S)

/* As messages of signatures are: a legend has to have room for them. */
#define BED_LONG    "TCP ACK ping with the sequence number 0 and no data at all"
#define BED_LONG_JA "シーケンス番号が0でデータのないTCP ACKの探索行為"

struct bed {
	struct tt_document doc;
	struct tt_locale *locale;
	bool japanese;
};

/* How often a text has another one. */
static inline size_t
bed_times(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
		n++;
	return n;
}

static inline const char *
bed_say(const struct bed *bed, const char *en, const char *ja)
{
	return bed->japanese ? ja : en;
}

static inline int
bed_open(struct bed *bed, const char *language)
{
	int rc = tt_locale_open(&bed->locale, language, 540);

	bed->japanese = strcmp(language, "ja") == 0;
	return rc != 0 ? rc : tt_document_init(&bed->doc, language);
}

static inline void
bed_close(struct bed *bed)
{
	tt_document_fini(&bed->doc);
	tt_locale_close(bed->locale);
}

static inline struct tt_value
bed_rate(double rate)
{
	return tt_value_number(TT_VALUE_RATE, rate);
}

struct bed_row {
	int now, before;
	const char *target;
	double rate, percent, change;
	int rises, falls;
	bool hidden;
};

static inline void
bed_rank(struct tt_doc_row *row, size_t column, int rank)
{
	if (rank > 0)
		tt_document_cell(row, column, tt_value_integer(TT_VALUE_RANK, rank));
}

static inline void
bed_fill_row(struct bed *bed, struct tt_doc_table *table, const struct bed_row *from)
{
	struct tt_doc_row *row = tt_document_row(&bed->doc, table);

	bed_rank(row, 0, from->now);
	bed_rank(row, 1, from->before);
	tt_document_cell(row, 2, tt_value_text(from->target));
	tt_document_cell(row, 3, tt_value_rate(from->rate));
	tt_document_cell(row, 4, tt_value_number(TT_VALUE_PERCENT_CHANGE, from->percent));
	tt_document_cell(row, 5, tt_value_number(TT_VALUE_RATE_CHANGE, from->change));
	bed_rank(row, 6, from->rises);
	bed_rank(row, 7, from->falls);
	tt_document_cell(row, 8,
			tt_value_integer(TT_VALUE_COUNT, (int64_t)(from->rate * 1e6)));
	if (from->percent == 0) {
		row->cells[4].kind = TT_VALUE_NO_PERCENT;
		row->cells[4].note = 1;
	}
	row->hidden = from->hidden;
}

static inline void
bed_ranking(struct bed *bed, struct tt_doc_section *section)
{
	static const struct bed_row rows[] = {
			{1, 1, "445/TCP", 131.08, -4.2, -5.68, 0, 1, false},
			{2, 2, "135/TCP", 57.28, 1.9, 1.07, 5, 0, false},
			{3, 3, "8/ICMP", 30.69, 11.9, 3.27, 1, 0, false},
			{4, 4, "1433/TCP", 26.84, 11.9, 2.85, 2, 0, false},
			{5, 7, "4899/TCP", 10.48, 21.6, 1.86, 4, 0, false},
			{6, 5, "2967/TCP", 10.09, -33.6, -5.11, 0, 2, false},
			{7, 6, "5900/TCP", 9.0, -1.0, -0.1, 0, 0, true},
			{8, 8, "25/TCP", 8.0, -1.0, -0.1, 0, 0, true},
			{13, 74, "1521/TCP", 2.03, 0, 1.96, 3, 0, false},
			{14, 14, "80/TCP", 2.0, 1.0, 0.02, 0, 0, true},
			{17, 8, "23/TCP", 1.29, -76.8, -4.26, 0, 3, false},
			{0, 13, "1026/UDP", 0.001, -99.9, -2.80, 0, 4, false},
			{0, 17, "1027/UDP", 0, 0, -2.08, 0, 5, false},
			{0, 90, "9/UDP", 0, 0, -0.01, 0, 0, true},
	};
	struct tt_doc_column columns[] = {{"rank_now", bed_say(bed, "Rank", "今期順位")},
			{"rank_before", bed_say(bed, "Rank before", "前期順位")},
			{"target", bed_say(bed, "Port", "ポート")},
			{"rate_now", bed_say(bed, "Accesses", "今期件数")},
			{"change_percent", bed_say(bed, "Change", "前期比")},
			{"change", bed_say(bed, "Difference", "増減")},
			{"rank_rise", bed_say(bed, "Rank among rises", "増加順位")},
			{"rank_fall", bed_say(bed, "Rank among falls", "減少順位")},
			{"packets", bed_say(bed, "Packets", "パケット数"),
					.data_only = true}};
	struct tt_doc_table *table = tt_document_table(&bed->doc, section, "targets",
			"3-1",
			bed_say(bed, "Accesses by destination port",
					"宛先ポート検知件数"),
			columns, TT_ARRAY_SIZE(columns));

	table->unit = bed_say(bed, "accesses per day and address", "件/日・IP");
	table->source = bed_say(bed, "sensors tokyo and osaka", "センサー tokyo、osaka");
	tt_document_table_note(&bed->doc, table,
			bed_say(bed, "No percentage: too few accesses in the period before.",
					"前期の検知件数が少数、もしくは検知なしのため、前期比率は記載していない。"));
	for (size_t i = 0; i < TT_ARRAY_SIZE(rows); i++)
		bed_fill_row(bed, table, &rows[i]);
}

/* Every kind of value in one column. */
static inline void
bed_kinds(struct bed *bed, struct tt_doc_section *section)
{
	static const struct {
		const char *name;
		struct tt_value value;
	} values[] = {
			{"blank", {TT_VALUE_BLANK}},
			{"text", {TT_VALUE_TEXT, .text = "a, \"b\""}},
			{"count", {TT_VALUE_COUNT, .count = 1234567}},
			{"rank", {TT_VALUE_RANK, .count = 12}},
			{"rate", {TT_VALUE_RATE, .number = 1234.5}},
			{"rate change", {TT_VALUE_RATE_CHANGE, .number = -1234.567}},
			{"no change", {TT_VALUE_RATE_CHANGE, .number = -0.001}},
			{"percent", {TT_VALUE_PERCENT, .number = 92.04}},
			{"percent change", {TT_VALUE_PERCENT_CHANGE, .number = 678.3}},
			{"day", {TT_VALUE_DAY, .count = BED_JULY + 7 * BED_DAY}},
			{"time", {TT_VALUE_TIME, .count = BED_JULY + 7 * BED_DAY}},
			{"none", {TT_VALUE_NONE}},
			{"negligible", {TT_VALUE_NEGLIGIBLE, .number = 0.001}},
			{"no percent", {TT_VALUE_NO_PERCENT}},
			{"unknown", {TT_VALUE_UNKNOWN}},
			{"no number", {TT_VALUE_RATE, .number = NAN}},
	};
	const struct tt_doc_column columns[] = {{"kind", bed_say(bed, "Kind", "種類")},
			{"value", bed_say(bed, "Value", "値")}};
	struct tt_doc_table *table = tt_document_table(&bed->doc, section, "kinds", NULL,
			bed_say(bed, "Every kind of value", "値の種類"), columns, 2);

	for (size_t i = 0; i < TT_ARRAY_SIZE(values); i++) {
		struct tt_doc_row *row = tt_document_row(&bed->doc, table);

		tt_document_cell(row, 0, tt_value_text(values[i].name));
		tt_document_cell(row, 1, values[i].value);
	}
}

static inline struct tt_doc_figure *
bed_figure(struct bed *bed, struct tt_doc_section *section, enum tt_figure_kind kind,
		const char *id, const char *number, const char *title,
		enum tt_axis_kind axis, size_t n_x)
{
	struct tt_doc_figure *figure = tt_document_figure(
			&bed->doc, section, kind, id, number, title, axis, n_x);

	figure->unit = bed_say(bed, "accesses per day and address", "件/日・IP");
	figure->source = bed_say(bed, "sensors tokyo and osaka", "センサー tokyo、osaka");
	return figure;
}

static inline void
bed_time_axis(struct bed *bed, struct tt_doc_figure *figure)
{
	static const int64_t days[] = {[TT_AXIS_DAYS] = 1, [TT_AXIS_MONTHS] = 31};
	bool in_days = figure->axis == TT_AXIS_DAYS;
	char id[64], label[64];

	for (size_t i = 0; i < figure->n_x; i++) {
		int64_t us = BED_JULY + (int64_t)i * days[figure->axis] * BED_DAY;

		tt_locale_date(bed->locale, in_days ? TT_DATE_ISO_DAY : TT_DATE_ISO_MONTH,
				us, id, sizeof(id));
		tt_locale_date(bed->locale,
				in_days ? TT_DATE_DAY_SHORT : TT_DATE_MONTH_SHORT, us,
				label, sizeof(label));
		tt_document_x(&bed->doc, figure, i, id, label);
	}
}

static inline const char *
bed_country(const struct bed *bed, size_t i)
{
	static const char *const codes[] = {"CN", "JP", "US", "RU", "TW", "KR", "BR",
			"AR", "IN", "TR", "VC", "GS"};

	return tt_locale_country(bed->locale, codes[i % TT_ARRAY_SIZE(codes)]);
}

/* n series of countries and the rest, whose values wave about their mean. */
static inline void
bed_waves(struct bed *bed, struct tt_doc_figure *figure, size_t n, double scale)
{
	for (size_t i = 0; i <= n; i++) {
		struct tt_doc_series *series = tt_document_series(&bed->doc, figure,
				tt_document_printf(&bed->doc, "c%zu", i),
				i == n ? bed_say(bed, "Others", "その他")
				       : bed_country(bed, i));

		series->rest = i == n;
		for (size_t x = 0; x < figure->n_x; x++)
			tt_document_point(series, x,
					bed_rate(scale / (double)(i + 1)
							* (1.2 + sin((double)(x * (i + 1)) / 3))));
	}
}

static inline void
bed_gap(struct tt_doc_figure *figure, size_t series, size_t from, size_t to)
{
	for (size_t x = from; x < to; x++)
		tt_document_point(&figure->series[series], x,
				(struct tt_value){TT_VALUE_UNKNOWN});
}

static inline void
bed_over_time(struct bed *bed, struct tt_doc_section *section)
{
	struct tt_doc_figure *figure;

	figure = bed_figure(bed, section, TT_FIGURE_SERIES, "days_by_country", "3-4",
			bed_say(bed, "Accesses to 445/TCP by country",
					"宛先ポート 445/TCP に対するアクセスの推移"),
			TT_AXIS_DAYS, 31);
	bed_time_axis(bed, figure);
	bed_waves(bed, figure, 9, 40);
	for (size_t i = 0; i < figure->n_series; i++)
		bed_gap(figure, i, 11, 14);
	bed_gap(figure, 1, 20, 22);
	bed_gap(figure, 1, 23, 25);
	bed_gap(figure, 4, 28, 31);
	figure = bed_figure(bed, section, TT_FIGURE_SERIES, "months", "3-5",
			bed_say(bed, "The last ten months", "直近十か月の推移"),
			TT_AXIS_MONTHS, 10);
	bed_time_axis(bed, figure);
	bed_waves(bed, figure, 4, 0.004);
	figure = bed_figure(bed, section, TT_FIGURE_STACKED, "stacked", "4-2",
			bed_say(bed, "Detections by category", "攻撃手法別検知推移"),
			TT_AXIS_DAYS, 31);
	bed_time_axis(bed, figure);
	bed_waves(bed, figure, 9, 1500);
	for (size_t i = 0; i < figure->n_series; i++)
		bed_gap(figure, i, 5, 7);
	figure = bed_figure(bed, section, TT_FIGURE_SERIES, "sources", NULL,
			bed_say(bed, "Unique sources per day", "一日当たりの発信元数"),
			TT_AXIS_DAYS, 31);
	bed_time_axis(bed, figure);
	tt_document_series(
			&bed->doc, figure, "sources", bed_say(bed, "Sources", "発信元"));
	for (size_t x = 0; x < 31; x++)
		tt_document_point(&figure->series[0], x,
				tt_value_integer(TT_VALUE_COUNT,
						1000000 + 31337 * (int64_t)x));
	tt_document_figure_note(
			&bed->doc, figure, bed_say(bed, "Estimates.", "推定値。"));
}

/* Shares of n places: halves, so that the last ones are thin. */
static inline void
bed_shares(struct bed *bed, struct tt_doc_section *section, const char *id,
		const char *number, size_t n_x)
{
	struct tt_doc_figure *figure = bed_figure(bed, section, TT_FIGURE_SHARES, id,
			number,
			bed_say(bed, "Targets by country", "宛先ポートの国別比率"),
			TT_AXIS_TEXT, n_x);

	figure->unit = "%";
	for (size_t x = 0; x < n_x; x++)
		tt_document_x(&bed->doc, figure, x,
				tt_document_printf(&bed->doc, "x%zu", x),
				x == 0 ? "445/TCP" : bed_country(bed, x + 8));
	for (size_t i = 0; i < 9; i++) {
		struct tt_doc_series *series = tt_document_series(&bed->doc, figure,
				tt_document_printf(&bed->doc, "c%zu", i),
				i == 2 ? bed_say(bed, "Others", "その他")
						: i == 4
						? bed_say(bed, BED_LONG, BED_LONG_JA)
						: bed_country(bed, i));

		series->rest = i == 2;
		for (size_t x = 0; x < n_x; x++)
			tt_document_point(series, x,
					tt_value_number(TT_VALUE_PERCENT,
							100.0 / (double)(1 << (i == 8 ? 8 : i + 1))));
	}
	if (n_x > 3) {
		for (size_t i = 0; i < 9; i++)
			bed_gap(figure, i, 3, 4);
	}
	tt_document_figure_note(&bed->doc, figure,
			bed_say(bed, "Rounded to one decimal: the sum may differ from 100%.",
					"小数点第二位で四捨五入しているため、合計が 100%にならないことがある。"));
}

static inline void
bed_compared(struct bed *bed, struct tt_doc_section *section)
{
	struct tt_doc_figure *figure = bed_figure(bed, section, TT_FIGURE_COMPARED,
			"compared", "3-10",
			bed_say(bed, "Countries, compared with the period before",
					"国／地域別検知件数の前期との比較"),
			TT_AXIS_TEXT, 5);
	static const double now[] = {114.66, 73.94, 23.99, 0, 13.36},
			    before[] = {165.75, 83.01, 24.37, 0.01, 0};

	tt_document_series(&bed->doc, figure, "now", bed_say(bed, "July 2009", "今期"));
	tt_document_series(
			&bed->doc, figure, "before", bed_say(bed, "June 2009", "前期"));
	for (size_t x = 0; x < 5; x++) {
		tt_document_x(&bed->doc, figure, x,
				tt_document_printf(&bed->doc, "c%zu", x),
				bed_country(bed, x));
		tt_document_point(&figure->series[0], x, bed_rate(now[x]));
		if (x < 4)
			tt_document_point(&figure->series[1], x, bed_rate(before[x]));
	}
}

static inline void
bed_summary(struct bed *bed, struct tt_doc_section *section)
{
	tt_document_say(&bed->doc, section, TT_ELEMENT_TEXT,
			bed_say(bed,
					"Accesses to the sensors were 360.1 per day and address, 58.8 fewer (−14.0%) than in "
					"the period before. The five most accessed ports were 445/TCP, 135/TCP, 8/ICMP, "
					"1433/TCP and 4899/TCP, in this order.",
					"今期のセンサーに対するアクセス件数は、一日・1IP 当たり 360.1 件で、前期と比較して－58.8 "
					"件（－14.0%）と減少した。アクセス件数の上位 5 ポートは、445/TCP、135/TCP、8/ICMP、"
					"1433/TCP 及び 4899/TCP の順であった。"));
	tt_document_say(&bed->doc, section, TT_ELEMENT_ITEM,
			bed_say(bed, "Accesses to 1521/TCP rose",
					"1521/TCP に対するアクセスが増加"));
	tt_document_say(&bed->doc, section, TT_ELEMENT_ITEM,
			bed_say(bed, "Accesses to 445/TCP stay high",
					"445/TCP に対するアクセスが、依然として高い水準"));
	tt_document_say(&bed->doc, section, TT_ELEMENT_WARNING,
			bed_say(bed, "Sensor osaka did not observe from 12 to 14 July: coverage is 95.2%.",
					"センサー osaka は 7 月 12 日から 14 日まで観測していない（観測率 95.2%）。"));
}

static inline void
bed_plain(struct bed *bed)
{
	struct tt_document *doc = &bed->doc;
	struct tt_doc_section *section;

	doc->title = bed_say(bed, "Internet threat observation report",
			"インターネット定点観測報告");
	doc->subtitle = bed_say(bed, "July 2009, compared with June 2009",
			"2009年7月期（前期：2009年6月）");
	section = tt_document_section(
			doc, 1, "summary", "1", bed_say(bed, "Summary", "概説"));
	bed_summary(bed, section);
	section = tt_document_section(doc, 1, "access", "3",
			bed_say(bed, "Accesses to the sensors",
					"センサーに対するアクセス"));
	section = tt_document_section(doc, 2, "by_target", "3-1",
			bed_say(bed, "By destination port", "宛先ポート別"));
	bed_ranking(bed, section);
	bed_shares(bed, section, "world", "3-1", 1);
	bed_shares(bed, section, "by_country", "3-3", 5);
	bed_over_time(bed, section);
	section = tt_document_section(doc, 2, "by_origin", "3-2",
			bed_say(bed, "By country", "発信元国・地域別"));
	bed_compared(bed, section);
	bed_kinds(bed, section);
}

#endif
