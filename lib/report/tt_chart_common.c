/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_chart_private.h"

#include <math.h>
#include <string.h>

#define GREATEST     1e15 /* what a chart can show; sums of it stay finite */
#define TOOLTIPS_MAX 600 /* values of a figure that have one each */
#define TOOLTIP_EM   40.0 /* of a name in one */
#define CUT_MAX      1024 /* bytes of a text that is drawn */

double
tt_chart_number(const struct tt_value *value)
{
	double number;

	switch (value->kind) {
	case TT_VALUE_COUNT:
		number = (double)value->count;
		break;
	case TT_VALUE_RATE:
	case TT_VALUE_PERCENT:
	case TT_VALUE_NONE:
	case TT_VALUE_NEGLIGIBLE:
		number = value->number;
		break;
	default:
		return NAN;
	}
	return isfinite(number) ? fmin(fmax(number, 0), GREATEST) : NAN;
}

size_t
tt_chart_nth(const struct tt_doc_figure *figure, size_t k)
{
	for (unsigned rest = 0; rest < 2; rest++)
		for (size_t i = 0; i < figure->n_series; i++)
			if (figure->series[i].rest == (rest == 1) && k-- == 0)
				return i;
	TT_ASSERT(false);
	return 0;
}

bool
tt_chart_observed(const struct tt_doc_figure *figure, size_t x)
{
	for (size_t i = 0; i < figure->n_series; i++)
		if (!isnan(tt_chart_number(&figure->series[i].values[x])))
			return true;
	return false;
}

double
tt_chart_most(const struct tt_doc_figure *figure)
{
	double most = 0;

	for (size_t i = 0; i < figure->n_series; i++)
		for (size_t x = 0; x < figure->n_x; x++)
			most = fmax(most, tt_chart_number(&figure->series[i].values[x]));
	return most;
}

double
tt_chart_sum(const struct tt_doc_figure *figure, size_t x)
{
	double sum = 0;

	for (size_t i = 0; i < figure->n_series; i++) {
		double value = tt_chart_number(&figure->series[i].values[x]);

		sum += isnan(value) ? 0 : value;
	}
	return sum;
}

double
tt_chart_labels_width(const struct tt_doc_figure *figure)
{
	double width = 0;

	for (size_t x = 0; x < figure->n_x; x++)
		width = fmax(width, tt_chart_text_width(figure->x[x]));
	return fmin(width, TT_CHART_LABEL_MAX);
}

double
tt_chart_text_width(const char *text)
{
	return text != NULL ? tt_text_em(text) * TT_CHART_FONT : 0;
}

void
tt_chart_text(const struct tt_chart *chart, double x, double y, enum tt_anchor anchor,
		double width, const char *text)
{
	static const char *const anchors[] = {
			"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
	char cut[CUT_MAX];

	if (text == NULL)
		return;
	tt_xml(chart->out, "<text x=\"%N\" y=\"%N\"%S>", x, y + TT_CHART_BASELINE,
			anchors[anchor]);
	if (tt_text_cut_em(text, width / TT_CHART_FONT, cut, sizeof(cut)))
		tt_xml(chart->out, "<title>%T</title>", text);
	tt_xml(chart->out, "%T</text>\n", cut);
}

void
tt_chart_tooltip(const struct tt_chart *chart, size_t series, size_t x)
{
	const struct tt_doc_figure *figure = chart->figure;
	char name[CUT_MAX], label[CUT_MAX], value[TT_LOCALE_TEXT_MAX];

	if (figure->n_x * figure->n_series > TOOLTIPS_MAX)
		return;
	tt_text_cut_em(figure->series[series].name, TOOLTIP_EM, name, sizeof(name));
	tt_text_cut_em(figure->x[x], TOOLTIP_EM, label, sizeof(label));
	tt_xml(chart->out, "<title>%T, %T: %T</title>", name, label,
			tt_locale_value(chart->locale, &figure->series[series].values[x],
					value, sizeof(value)));
}

static void
describe(const struct tt_chart *chart)
{
	static const enum tt_word kinds[] = {
			[TT_FIGURE_SHARES] = TT_WORD_CHART_SHARES,
			[TT_FIGURE_SERIES] = TT_WORD_CHART_SERIES,
			[TT_FIGURE_STACKED] = TT_WORD_CHART_STACKED,
			[TT_FIGURE_COMPARED] = TT_WORD_CHART_COMPARED,
	};
	const struct tt_doc_figure *figure = chart->figure;

	tt_xml(chart->out, "<desc id=\"d-%T\">%T", figure->id,
			tt_locale_word(chart->locale, kinds[figure->kind]));
	for (size_t i = 0; i < figure->n_series; i++)
		tt_xml(chart->out, "%S%T",
				i == 0 ? " "
				       : tt_locale_word(chart->locale,
						       TT_WORD_LIST_SEPARATOR),
				figure->series[i].name);
	if (figure->unit != NULL)
		tt_xml(chart->out, " (%T)", figure->unit);
	tt_xml(chart->out, "</desc>\n");
}

void
tt_chart_open(const struct tt_chart *chart, double height)
{
	const struct tt_doc_figure *figure = chart->figure;

	tt_xml(chart->out,
			"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %N %N\" role=\"img\" "
			"aria-labelledby=\"l-%T d-%T\" font-size=\"%N\" fill=\"currentColor\">\n"
			"<title id=\"l-%T\">%T</title>\n",
			TT_CHART_WIDTH, height, figure->id, figure->id, TT_CHART_FONT,
			figure->id, figure->title);
	describe(chart);
}

void
tt_chart_close(const struct tt_chart *chart)
{
	tt_xml(chart->out, "</svg>\n");
}

void
tt_chart_nothing(const struct tt_chart *chart, const struct tt_chart_plot *plot)
{
	tt_chart_text(chart, plot->left + plot->width / 2, plot->top + plot->height / 2,
			TT_ANCHOR_MIDDLE, plot->width,
			tt_locale_word(chart->locale, TT_WORD_NO_DATA));
}
