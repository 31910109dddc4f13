/* SPDX-License-Identifier: BSD-3-Clause */
/* For each x one bar of the full width, divided among the series. */
#include "tt_chart_private.h"

#include <math.h>

#define BAR     26.0
#define BAR_ONE 40.0 /* where there is one alone */
#define SPACE   10.0
#define PADDING 8.0 /* a text has at least so much room besides */
#define EDGE    1.0 /* between two parts */
#define TICKS   5

struct bar {
	size_t x;
	double y, height, sum;
};

/* Text on a part, upon its plain colour where hatching would disturb it. */
static void
write_on(const struct tt_chart *chart, size_t series, double x, double y,
		const char *text)
{
	struct tt_chart_style style = tt_chart_style(chart->figure, series);
	double width = tt_chart_text_width(text) + 4;

	if (style.hatch != 0)
		tt_xml(chart->out,
				"<rect x=\"%N\" y=\"%N\" width=\"%N\" height=\"%N\" fill=\"%S\"/>",
				x - width / 2, y - TT_CHART_FONT * 0.6, width,
				TT_CHART_FONT * 1.2, style.colour);
	tt_xml(chart->out,
			"<text x=\"%N\" y=\"%N\" text-anchor=\"middle\" fill=\"%S\">%T</text>\n",
			x, y + TT_CHART_BASELINE, style.ink, text);
}

/* The share where it fits, and the name above it where the bar is the only one. */
static void
label_part(const struct tt_chart *chart, const struct bar *bar, size_t series, double x,
		double width)
{
	const struct tt_doc_series *s = &chart->figure->series[series];
	char text[TT_LOCALE_TEXT_MAX];
	double y = bar->y + bar->height / 2;
	bool named = bar->height > BAR && s->name != NULL
			&& tt_chart_text_width(s->name) + PADDING <= width;

	tt_locale_value(chart->locale, &s->values[bar->x], text, sizeof(text));
	if (tt_chart_text_width(text) + PADDING > width)
		return;
	if (named)
		write_on(chart, series, x + width / 2, y - TT_CHART_FONT * 0.65, s->name);
	write_on(chart, series, x + width / 2, y + (named ? TT_CHART_FONT * 0.65 : 0),
			text);
}

static void
draw_bar(const struct tt_chart *chart, const struct tt_chart_plot *plot,
		const struct bar *bar)
{
	double x = plot->left;

	for (size_t k = 0; k < chart->figure->n_series; k++) {
		size_t i = tt_chart_nth(chart->figure, k);
		double value = tt_chart_number(&chart->figure->series[i].values[bar->x]);
		double width = value / bar->sum * plot->width;

		if (!(width > 0))
			continue;
		tt_chart_bar(chart, i, &bar->x, x, bar->y, fmax(width - EDGE, width / 2),
				bar->height);
		label_part(chart, bar, i, x, width);
		x += width;
	}
}

static void
draw_empty(const struct tt_chart *chart, const struct tt_chart_plot *plot,
		const struct bar *bar)
{
	struct tt_chart_plot place = {.left = plot->left,
			.top = bar->y,
			.width = plot->width,
			.height = bar->height};

	tt_xml(chart->out,
			"<rect x=\"%N\" y=\"%N\" width=\"%N\" height=\"%N\" fill=\"none\" "
			"stroke=\"#c8ccd2\" stroke-dasharray=\"3 3\"/>",
			place.left, place.top, place.width, place.height);
	tt_chart_nothing(chart, &place);
}

static void
draw_bars(const struct tt_chart *chart, const struct tt_chart_plot *plot, double height)
{
	for (size_t x = 0; x < chart->figure->n_x; x++) {
		struct bar bar = {x, plot->top + x * (height + SPACE) + SPACE / 2, height,
				tt_chart_sum(chart->figure, x)};

		tt_chart_text(chart, plot->left - PADDING, bar.y + height / 2,
				TT_ANCHOR_END, TT_CHART_LABEL_MAX, chart->figure->x[x]);
		if (bar.sum > 0)
			draw_bar(chart, plot, &bar);
		else
			draw_empty(chart, plot, &bar);
	}
}

int
tt_chart_shares(const struct tt_chart *chart)
{
	const struct tt_doc_figure *figure = chart->figure;
	double height = figure->n_x == 1 ? BAR_ONE : BAR;
	struct tt_chart_plot plot = {
			.left = tt_chart_labels_width(figure) + PADDING,
			.top = tt_chart_legend(chart, false, figure->n_x == 1),
			.height = fmax(figure->n_x * (height + SPACE), BAR),
			.axis = tt_chart_axis(100, TICKS),
	};

	/* Half of "100" is beyond the end. */
	plot.width = TT_CHART_WIDTH - plot.left - 2 * PADDING;
	tt_chart_open(chart, plot.top + plot.height + 1.6 * TT_CHART_LINE);
	tt_chart_legend(chart, true, figure->n_x == 1);
	tt_chart_axis_right(chart, &plot);
	if (figure->n_x == 0)
		tt_chart_nothing(chart, &plot);
	draw_bars(chart, &plot, height);
	tt_chart_close(chart);
	return 0;
}
