/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines over time, each with its name at its end. */
#include "tt_chart_private.h"

#include <errno.h>
#include <math.h>

#define HEIGHT       200.0
#define TICKS        5
#define LABEL_HEIGHT 16.0
#define LABEL_LEAD   14.0 /* from the plot to the end of what leads to a name */
#define LABEL_MARKER 9.0 /* from there to the marker, which is beside no line */
#define LABEL_TEXT   9.0 /* from there to the name */
/* What leads from the end of a line to its name is unlike any line. */
#define LEADER "stroke=\"#9aa0a8\" stroke-width=\".6\" stroke-dasharray=\"1.5 2\""
/* At least so far are two markers of a line from each other, where there are few lines and many. */
#define MARKER_SPACE      12.0
#define MARKER_SPACE_MANY 40.0
#define SPARSE_FROM       4

struct label {
	size_t series;
	double line_y; /* where the line ends; NAN: nowhere */
	double y;
};

static double
y_of(const struct tt_chart_plot *plot, double value)
{
	return plot->top + plot->height
			- tt_chart_scaled(&plot->axis, value, plot->height);
}

static double
x_of(const struct tt_chart *chart, const struct tt_chart_plot *plot, size_t x)
{
	return plot->left + (x + 0.5) * plot->width / chart->figure->n_x;
}

static void
draw_path(const struct tt_chart *chart, const struct tt_chart_plot *plot, size_t series)
{
	const struct tt_value *values = chart->figure->series[series].values;
	struct tt_chart_style style = tt_chart_style(chart->figure, series);
	bool within = false;

	tt_xml(chart->out,
			"<path fill=\"none\" stroke=\"%S\" stroke-width=\"1.8\" "
			"stroke-linejoin=\"round\"",
			style.colour);
	if (style.dash[0] != '\0')
		tt_xml(chart->out, " stroke-dasharray=\"%S\"", style.dash);
	tt_xml(chart->out, " d=\"");
	for (size_t x = 0; x < chart->figure->n_x; x++) {
		double value = tt_chart_number(&values[x]);

		if (!isnan(value))
			tt_xml(chart->out, "%S%N %N", within ? "L" : "M",
					x_of(chart, plot, x), y_of(plot, value));
		within = !isnan(value);
	}
	tt_xml(chart->out, "\"/>\n");
}

static bool
is_alone(const struct tt_doc_figure *figure, const struct tt_value *values, size_t x)
{
	return (x == 0 || isnan(tt_chart_number(&values[x - 1])))
			&& (x + 1 == figure->n_x
					|| isnan(tt_chart_number(&values[x + 1])));
}

static void
draw_markers(const struct tt_chart *chart, const struct tt_chart_plot *plot,
		size_t series)
{
	const struct tt_doc_figure *figure = chart->figure;
	const struct tt_value *values = figure->series[series].values;
	double space = figure->n_series > SPARSE_FROM ? MARKER_SPACE_MANY : MARKER_SPACE;
	size_t step = (size_t)ceil(space * figure->n_x / plot->width);

	for (size_t x = 0; x < figure->n_x; x++) {
		double value = tt_chart_number(&values[x]);

		if (isnan(value)
				|| ((x + series) % step != 0
						&& !is_alone(figure, values, x)))
			continue;
		tt_chart_marker(chart, series, x_of(chart, plot, x), y_of(plot, value));
		tt_xml(chart->out, ">");
		tt_chart_tooltip(chart, series, x);
		tt_xml(chart->out, "</path>\n");
	}
}

static int
by_line(const void *a, const void *b)
{
	const struct label *one = a, *other = b;
	bool none = isnan(one->line_y), none_other = isnan(other->line_y);

	if (none || none_other || one->line_y == other->line_y)
		return none != none_other ? none - none_other
					  : (one->series > other->series)
						- (one->series < other->series);
	return one->line_y < other->line_y ? -1 : 1;
}

/* Each near the end of its line, none upon another, all beside the plot, which is high enough. */
static void
spread(struct label *labels, size_t n, const struct tt_chart_plot *plot)
{
	double lowest = plot->top + plot->height, highest = plot->top;

	for (size_t i = 0; i < n; i++) {
		double y = isnan(labels[i].line_y) ? lowest : labels[i].line_y;

		labels[i].y = i == 0 ? fmax(y, highest)
				     : fmax(y, labels[i - 1].y + LABEL_HEIGHT);
	}
	for (size_t i = n; i-- > 0;) {
		double limit = i + 1 == n ? lowest : labels[i + 1].y - LABEL_HEIGHT;

		labels[i].y = fmin(labels[i].y, limit);
	}
}

static double
last_y(const struct tt_chart *chart, const struct tt_chart_plot *plot, size_t series,
		bool *at_end)
{
	const struct tt_doc_figure *figure = chart->figure;

	for (size_t x = figure->n_x; x-- > 0;) {
		double value = tt_chart_number(&figure->series[series].values[x]);

		*at_end = x + 1 == figure->n_x;
		if (!isnan(value))
			return y_of(plot, value);
	}
	*at_end = false;
	return NAN;
}

static void
draw_label(const struct tt_chart *chart, const struct tt_chart_plot *plot,
		const struct label *label)
{
	double lead = plot->left + plot->width + LABEL_LEAD, x = lead + LABEL_MARKER;
	bool at_end;

	last_y(chart, plot, label->series, &at_end);
	if (at_end)
		tt_xml(chart->out,
				"<path d=\"M%N %NL%N %NL%N %N\" fill=\"none\" " LEADER
				"/>",
				x_of(chart, plot, chart->figure->n_x - 1), label->line_y,
				plot->left + plot->width, label->line_y, lead, label->y);
	tt_chart_marker(chart, label->series, x, label->y);
	tt_xml(chart->out, "/>");
	tt_chart_text(chart, x + LABEL_TEXT, label->y, TT_ANCHOR_START, TT_CHART_NAME_MAX,
			chart->figure->series[label->series].name);
}

static int
draw_labels(const struct tt_chart *chart, const struct tt_chart_plot *plot)
{
	size_t n = chart->figure->n_series;
	struct label *labels = calloc(n + 1, sizeof(*labels));
	bool at_end;

	if (labels == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		labels[i] = (struct label){i, last_y(chart, plot, i, &at_end), 0};
	qsort(labels, n, sizeof(*labels), by_line);
	spread(labels, n, plot);
	for (size_t i = 0; i < n; i++)
		draw_label(chart, plot, &labels[i]);
	free(labels);
	return 0;
}

static struct tt_chart_plot
lay_out(const struct tt_doc_figure *figure)
{
	struct tt_chart_plot plot = {
			.top = 2 * TT_CHART_LINE,
			.height = fmax(HEIGHT, figure->n_series * LABEL_HEIGHT),
			.axis = tt_chart_axis_of(figure, tt_chart_most(figure), TICKS),
	};

	plot.left = tt_chart_axis_width(&plot.axis);
	plot.width = TT_CHART_WIDTH - plot.left - LABEL_LEAD - LABEL_MARKER - LABEL_TEXT
			- tt_chart_names_width(figure) - 2;
	return plot;
}

int
tt_chart_lines(const struct tt_chart *chart)
{
	struct tt_chart_plot plot = lay_out(chart->figure);

	tt_chart_open(chart, plot.top + plot.height + 1.6 * TT_CHART_LINE);
	tt_chart_axis_up(chart, &plot);
	tt_chart_bands(chart, &plot);
	for (size_t k = chart->figure->n_x == 0 ? 0 : chart->figure->n_series; k-- > 0;) {
		size_t i = tt_chart_nth(chart->figure, k);

		draw_path(chart, &plot, i);
		draw_markers(chart, &plot, i);
	}
	if (draw_labels(chart, &plot) != 0)
		return -ENOMEM;
	tt_chart_close(chart);
	return 0;
}
