/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_chart_private.h"

#include <math.h>

#define GAP      20.0 /* between two entries of a row */
#define NAME_MAX 400.0 /* of a name in a row, which has room beside no plot */

double
tt_chart_names_width(const struct tt_doc_figure *figure)
{
	double width = 0;

	for (size_t i = 0; i < figure->n_series; i++)
		width = fmax(width, tt_chart_text_width(figure->series[i].name));
	return fmin(width, TT_CHART_NAME_MAX);
}

static void
entry_text(const struct tt_chart *chart, size_t series, bool with_values, char *text,
		size_t size)
{
	const struct tt_doc_series *s = &chart->figure->series[series];
	char name[TT_LOCALE_TEXT_MAX], value[TT_LOCALE_TEXT_MAX];

	tt_text_cut_em(s->name, NAME_MAX / TT_CHART_FONT, name, sizeof(name));
	if (with_values)
		snprintf(text, size, "%s  %s", name,
				tt_locale_value(chart->locale, &s->values[0], value,
						sizeof(value)));
	else
		snprintf(text, size, "%s", name);
}

static void
draw_entry(const struct tt_chart *chart, size_t series, double x, double y,
		const char *text)
{
	double half = TT_CHART_SWATCH / 2;

	tt_xml(chart->out, "<g>");
	if (tt_chart_text_width(chart->figure->series[series].name) > NAME_MAX)
		tt_xml(chart->out, "<title>%T</title>",
				chart->figure->series[series].name);
	tt_chart_bar(chart, series, NULL, x, y - half, TT_CHART_SWATCH, TT_CHART_SWATCH);
	tt_chart_text(chart, x + TT_CHART_SWATCH + 6, y, TT_ANCHOR_START, TT_CHART_WIDTH,
			text);
	tt_xml(chart->out, "</g>\n");
}

double
tt_chart_legend(const struct tt_chart *chart, bool draw, bool with_values)
{
	char text[2 * TT_LOCALE_TEXT_MAX];
	double x = 0, y = TT_CHART_LINE / 2;

	for (size_t k = 0; k < chart->figure->n_series; k++) {
		size_t i = tt_chart_nth(chart->figure, k);
		double width;

		entry_text(chart, i, with_values, text, sizeof(text));
		width = TT_CHART_SWATCH + 6 + tt_chart_text_width(text);
		if (x > 0 && x + width > TT_CHART_WIDTH) {
			x = 0;
			y += TT_CHART_LINE;
		}
		if (draw)
			draw_entry(chart, i, x, y, text);
		x += width + GAP;
	}
	return chart->figure->n_series == 0 ? 0 : y + TT_CHART_LINE;
}
