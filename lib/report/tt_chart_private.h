/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of tt_chart.h share. Lengths are in units of the SVG, which are pixels at its full width. */
#ifndef TT_CHART_PRIVATE_H
#define TT_CHART_PRIVATE_H

#include "tt_chart.h"
#include "tt_text.h"
#include "tt_xml.h"

#define TT_CHART_WIDTH     760.0
#define TT_CHART_FONT      12.0
#define TT_CHART_LINE      18.0 /* from one line of text to the next */
#define TT_CHART_BASELINE  4.2 /* from the middle of a line to its baseline */
#define TT_CHART_NAME_MAX  205.0 /* of a name in a legend beside a plot */
#define TT_CHART_LABEL_MAX 184.0 /* of what a row of bars is called */
#define TT_CHART_SWATCH    12.0

enum tt_anchor {
	TT_ANCHOR_START,
	TT_ANCHOR_MIDDLE,
	TT_ANCHOR_END
};

struct tt_chart_style {
	const char *colour;
	const char *ink; /* of text upon it */
	unsigned hatch; /* 0: none */
	const char *dash; /* "": none */
	unsigned marker;
};

/* From 0 to n * step. */
struct tt_chart_axis {
	double step;
	unsigned n;
	unsigned places; /* decimals of the labels */
};

/* Where a plot lies; x and y grow to the right and down. */
struct tt_chart_plot {
	double left, top, width, height;
	struct tt_chart_axis axis;
};

struct tt_chart {
	const struct tt_doc_figure *figure;
	const struct tt_locale *locale;
	FILE *out;
};

/* tt_chart_style.c */
struct tt_chart_style tt_chart_style(const struct tt_doc_figure *figure, size_t series);
void tt_chart_marker(const struct tt_chart *chart, size_t series, double x, double y);

/* tt_chart_hatch.c */
#define TT_CHART_HATCHES 10
/* A bar of a series, hatched; *at: the x whose value is its tooltip; NULL: none. */
void tt_chart_bar(const struct tt_chart *chart, size_t series, const size_t *at, double x,
		double y, double width, double height);
/* What was not observed, or partly. */
void tt_chart_shade(const struct tt_chart *chart, bool partly, double x, double y,
		double width, double height);

/* tt_chart_common.c */
/* The value as a length can show it, not below 0; NAN: unknown. */
double tt_chart_number(const struct tt_value *value);
/* Number k in the order of drawing: the rest comes last. */
size_t tt_chart_nth(const struct tt_doc_figure *figure, size_t k);
bool tt_chart_observed(const struct tt_doc_figure *figure, size_t x);
/* The greatest value; the sum of what is known at x. */
double tt_chart_most(const struct tt_doc_figure *figure);
double tt_chart_sum(const struct tt_doc_figure *figure, size_t x);
/* Width of the widest label of x, at most TT_CHART_LABEL_MAX. */
double tt_chart_labels_width(const struct tt_doc_figure *figure);
double tt_chart_text_width(const char *text);
/* The text with y in its middle, cut to a width. */
void tt_chart_text(const struct tt_chart *chart, double x, double y,
		enum tt_anchor anchor, double width, const char *text);
/* <title>, as a tooltip: "name, x: value" */
void tt_chart_tooltip(const struct tt_chart *chart, size_t series, size_t x);
void tt_chart_open(const struct tt_chart *chart, double height);
void tt_chart_close(const struct tt_chart *chart);
/* "No data." in the middle of the plot. */
void tt_chart_nothing(const struct tt_chart *chart, const struct tt_chart_plot *plot);

/* tt_chart_axis.c */
struct tt_chart_axis tt_chart_axis(double most, unsigned ticks);
/* The same for values of the figure: of counts, ticks are whole numbers. */
struct tt_chart_axis tt_chart_axis_of(
		const struct tt_doc_figure *figure, double most, unsigned ticks);
double tt_chart_axis_end(const struct tt_chart_axis *axis);
void tt_chart_tick_text(const struct tt_chart_axis *axis, unsigned i, char text[64]);
/* Height from the bottom; the length of a bar on a width. */
double tt_chart_scaled(const struct tt_chart_axis *axis, double value, double length);
/* Of a plot whose values go upwards: the width for its labels, and lines with labels, unit above. */
double tt_chart_axis_width(const struct tt_chart_axis *axis);
void tt_chart_axis_up(const struct tt_chart *chart, const struct tt_chart_plot *plot);
/* Labels below a plot of equal bands, as many as do not touch, and shades where nothing is known. */
void tt_chart_bands(const struct tt_chart *chart, const struct tt_chart_plot *plot);
/* Lines with labels of a plot whose values go to the right. */
void tt_chart_axis_right(const struct tt_chart *chart, const struct tt_chart_plot *plot);

/* tt_chart_legend.c */
/* Height of a legend of rows above a plot; draws it if chart->out is not NULL. */
double tt_chart_legend(const struct tt_chart *chart, bool draw, bool with_values);
/* Width of the widest name, at most TT_CHART_NAME_MAX. */
double tt_chart_names_width(const struct tt_doc_figure *figure);

int tt_chart_lines(const struct tt_chart *chart);
int tt_chart_columns(const struct tt_chart *chart);
int tt_chart_shares(const struct tt_chart *chart);
int tt_chart_compared(const struct tt_chart *chart);

#endif
