/* SPDX-License-Identifier: BSD-3-Clause */
/* For each x the series as bars from 0, one below the other, each with its value at its end. */
#include "tt_chart_private.h"

#include <math.h>

#define BAR     15.0
#define SPACE   12.0
#define PADDING 8.0
#define TICKS   5

/* Room to the right of the longest bar. */
static double
values_width(const struct tt_chart *chart)
{
	const struct tt_doc_figure *figure = chart->figure;
	char text[TT_LOCALE_TEXT_MAX];
	double width = 0;

	for (size_t i = 0; i < figure->n_series; i++)
		for (size_t x = 0; x < figure->n_x; x++)
			width = fmax(width,
					tt_chart_text_width(tt_locale_value(chart->locale,
							&figure->series[i].values[x],
							text, sizeof(text))));
	return fmin(width, TT_CHART_LABEL_MAX) + 2 * PADDING;
}

static void
draw_bar(const struct tt_chart *chart, const struct tt_chart_plot *plot, size_t series,
		size_t x, double y)
{
	const struct tt_value *value = &chart->figure->series[series].values[x];
	double number = tt_chart_number(value), width = 0;
	char text[TT_LOCALE_TEXT_MAX];

	if (number > 0) {
		width = tt_chart_scaled(&plot->axis, number, plot->width);
		tt_chart_bar(chart, series, &x, plot->left, y, width, BAR - 1);
	}
	tt_locale_value(chart->locale, value, text, sizeof(text));
	tt_chart_text(chart, plot->left + width + PADDING / 2, y + BAR / 2 - 0.5,
			TT_ANCHOR_START, TT_CHART_LABEL_MAX, text);
}

static void
draw_groups(const struct tt_chart *chart, const struct tt_chart_plot *plot)
{
	const struct tt_doc_figure *figure = chart->figure;
	double group = figure->n_series * BAR + SPACE;

	for (size_t x = 0; x < figure->n_x; x++) {
		double y = plot->top + x * group + SPACE / 2;

		tt_chart_text(chart, plot->left - PADDING, y + figure->n_series * BAR / 2,
				TT_ANCHOR_END, TT_CHART_LABEL_MAX, figure->x[x]);
		for (size_t k = 0; k < figure->n_series; k++)
			draw_bar(chart, plot, tt_chart_nth(figure, k), x, y + k * BAR);
	}
}

int
tt_chart_compared(const struct tt_chart *chart)
{
	const struct tt_doc_figure *figure = chart->figure;
	struct tt_chart_plot plot = {
			.left = tt_chart_labels_width(figure) + PADDING,
			.top = tt_chart_legend(chart, false, false),
			.height = fmax(figure->n_x * (figure->n_series * BAR + SPACE),
					2 * BAR),
			.axis = tt_chart_axis_of(figure, tt_chart_most(figure), TICKS),
	};
	double below = plot.top + plot.height;

	plot.width = TT_CHART_WIDTH - plot.left - values_width(chart);
	tt_chart_open(chart, below + 2.6 * TT_CHART_LINE);
	tt_chart_legend(chart, true, false);
	tt_chart_axis_right(chart, &plot);
	if (figure->n_x == 0 || figure->n_series == 0)
		tt_chart_nothing(chart, &plot);
	draw_groups(chart, &plot);
	tt_chart_text(chart, plot.left + plot.width, below + 1.5 * TT_CHART_LINE + 4,
			TT_ANCHOR_END, plot.left + plot.width, figure->unit);
	tt_chart_close(chart);
	return 0;
}
