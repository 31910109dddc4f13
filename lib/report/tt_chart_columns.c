/* SPDX-License-Identifier: BSD-3-Clause */
/* Columns over time, the series stacked from 0, with a legend in the same order beside them. */
#include "tt_chart_private.h"

#include <math.h>

#define HEIGHT      200.0
#define TICKS       5
#define LEGEND_LEAD 18.0
#define WIDEST      56.0 /* of a column */
#define EDGE        0.6 /* between two parts */
#define GAP_SHARE   0.18 /* of a band that is left between columns */

static double
most_of(const struct tt_doc_figure *figure)
{
	double most = 0;

	for (size_t x = 0; x < figure->n_x; x++)
		most = fmax(most, tt_chart_sum(figure, x));
	return most;
}

static void
draw_column(const struct tt_chart *chart, const struct tt_chart_plot *plot, size_t x)
{
	double band = plot->width / chart->figure->n_x;
	double width = fmin(band * (1 - GAP_SHARE), WIDEST);
	double left = plot->left + (x + 0.5) * band - width / 2,
	       y = plot->top + plot->height;

	for (size_t k = 0; k < chart->figure->n_series; k++) {
		size_t i = tt_chart_nth(chart->figure, k);
		double value = tt_chart_number(&chart->figure->series[i].values[x]);
		double height = isnan(value)
				? 0
				: tt_chart_scaled(&plot->axis, value, plot->height);

		if (!(height > 0))
			continue;
		y -= height;
		tt_chart_bar(chart, i, &x, left, y, width,
				fmax(height - EDGE, height / 2));
	}
}

/* From the top of the columns to their foot. */
static void
draw_legend(const struct tt_chart *chart, const struct tt_chart_plot *plot)
{
	double x = plot->left + plot->width + LEGEND_LEAD,
	       y = plot->top + TT_CHART_SWATCH / 2;

	for (size_t k = chart->figure->n_series; k-- > 0; y += TT_CHART_LINE) {
		size_t i = tt_chart_nth(chart->figure, k);

		tt_chart_bar(chart, i, NULL, x, y - TT_CHART_SWATCH / 2, TT_CHART_SWATCH,
				TT_CHART_SWATCH);
		tt_chart_text(chart, x + TT_CHART_SWATCH + 6, y, TT_ANCHOR_START,
				TT_CHART_NAME_MAX, chart->figure->series[i].name);
	}
}

static struct tt_chart_plot
lay_out(const struct tt_doc_figure *figure)
{
	struct tt_chart_plot plot = {
			.top = 2 * TT_CHART_LINE,
			.height = fmax(HEIGHT, figure->n_series * TT_CHART_LINE),
			.axis = tt_chart_axis_of(figure, most_of(figure), TICKS),
	};

	plot.left = tt_chart_axis_width(&plot.axis);
	plot.width = TT_CHART_WIDTH - plot.left - LEGEND_LEAD - TT_CHART_SWATCH - 6
			- tt_chart_names_width(figure) - 2;
	return plot;
}

int
tt_chart_columns(const struct tt_chart *chart)
{
	struct tt_chart_plot plot = lay_out(chart->figure);

	tt_chart_open(chart, plot.top + plot.height + 1.6 * TT_CHART_LINE);
	tt_chart_axis_up(chart, &plot);
	tt_chart_bands(chart, &plot);
	for (size_t x = 0; x < chart->figure->n_x; x++)
		draw_column(chart, &plot, x);
	draw_legend(chart, &plot);
	tt_chart_close(chart);
	return 0;
}
