/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hatching as lines that end at the edges of the bar. SVG's patterns would be shorter, but browsers print
 * each bar that has one as a picture: 40 KiB a bar.
 */
#include "tt_chart_private.h"

#include <math.h>

#define STEP     10.0 /* between lines, along an edge */
#define NARROW   5.0
#define SMALLEST 3.0 /* side of a bar that is hatched */

struct box {
	double x, y, width, height;
};

static void
put_line(FILE *out, double x1, double y1, double x2, double y2)
{
	tt_xml(out, "M%N %NL%N %N", x1, y1, x2, y2);
}

/* On the lines x + y = k * step. */
static void
rising(FILE *out, const struct box *b, double step)
{
	double last = b->x + b->width + b->y + b->height;

	for (double c = (floor((b->x + b->y) / step) + 1) * step; c < last; c += step) {
		double from = fmax(b->x, c - b->y - b->height),
		       to = fmin(b->x + b->width, c - b->y);

		put_line(out, from, c - from, to, c - to);
	}
}

/* On the lines x - y = k * step. */
static void
falling(FILE *out, const struct box *b, double step)
{
	double last = b->x + b->width - b->y;

	for (double c = (floor((b->x - b->y - b->height) / step) + 1) * step; c < last;
			c += step) {
		double from = fmax(b->x, c + b->y),
		       to = fmin(b->x + b->width, c + b->y + b->height);

		put_line(out, from, from - c, to, to - c);
	}
}

static void
level(FILE *out, const struct box *b, double step)
{
	for (double y = (floor(b->y / step) + 1) * step; y < b->y + b->height; y += step)
		put_line(out, b->x, y, b->x + b->width, y);
}

static void
upright(FILE *out, const struct box *b, double step)
{
	for (double x = (floor(b->x / step) + 1) * step; x < b->x + b->width; x += step)
		put_line(out, x, b->y, x, b->y + b->height);
}

/* Short strokes, which round ends make dots. */
static void
dots(FILE *out, const struct box *b, double step)
{
	for (double y = (floor((b->y + 1) / step) + 1) * step; y < b->y + b->height - 1;
			y += step)
		for (double x = (floor((b->x + 1) / step) + 1) * step;
				x < b->x + b->width - 1; x += step)
			tt_xml(out, "M%N %Nh.01", x, y);
}

static void
put_lines(FILE *out, unsigned hatch, const struct box *b)
{
	switch (hatch) {
	case 1:
		rising(out, b, STEP);
		break;
	case 2:
		dots(out, b, NARROW);
		break;
	case 3:
		falling(out, b, STEP);
		break;
	case 4:
		rising(out, b, STEP);
		falling(out, b, STEP);
		break;
	case 5:
		level(out, b, NARROW);
		break;
	case 6:
		rising(out, b, NARROW);
		break;
	case 7:
		upright(out, b, NARROW);
		break;
	case 8:
		falling(out, b, NARROW);
		break;
	default:
		level(out, b, NARROW);
		upright(out, b, NARROW);
	}
}

static void
put_hatch(FILE *out, unsigned hatch, const struct box *b, const char *colour,
		const char *width)
{
	tt_xml(out,
			"<path pointer-events=\"none\" fill=\"none\" stroke=\"%S\" stroke-width=\"%S\" "
			"stroke-linecap=\"%S\" d=\"",
			colour, width, hatch == 2 ? "round" : "butt");
	put_lines(out, hatch, b);
	tt_xml(out, "\"/>");
}

/* Dots where something was observed, lines where nothing was. */
void
tt_chart_shade(const struct tt_chart *chart, bool partly, double x, double y,
		double width, double height)
{
	const struct box box = {x, y, width, height};

	put_hatch(chart->out, partly ? 2 : 6, &box, "#d3d7dc", partly ? "2.4" : "1");
}

void
tt_chart_bar(const struct tt_chart *chart, size_t series, const size_t *at, double x,
		double y, double width, double height)
{
	const struct box box = {x, y, width, height};
	struct tt_chart_style style = tt_chart_style(chart->figure, series);

	tt_xml(chart->out,
			"<rect x=\"%N\" y=\"%N\" width=\"%N\" height=\"%N\" fill=\"%S\">",
			x, y, width, height, style.colour);
	if (at != NULL)
		tt_chart_tooltip(chart, series, *at);
	tt_xml(chart->out, "</rect>");
	if (style.hatch != 0 && width >= SMALLEST && height >= SMALLEST)
		put_hatch(chart->out, style.hatch, &box, "#fff\" stroke-opacity=\".5",
				style.hatch == 2 ? "1.8" : "1");
	tt_xml(chart->out, "\n");
}
