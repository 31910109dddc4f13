/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_chart_private.h"

#include <math.h>
#include <string.h>

#define LABEL_MAX   96.0 /* width of a label below a band */
#define LABEL_SPACE 8.0 /* between two of them */
#define TICK        4.0
#define GRID        "stroke=\"#d7dbe0\" stroke-width=\"1\""
#define BASE        "stroke=\"#6d737c\" stroke-width=\"1\""

/* The least of 1, 2, 2.5 and 5 times a power of ten that is not below. */
static double
nice_step(double step)
{
	static const double nice[] = {1, 2, 2.5, 5, 10};
	double power = pow(10, floor(log10(step)));

	for (unsigned i = 0; i < TT_ARRAY_SIZE(nice); i++)
		if (nice[i] * power >= step * (1 - 1e-9))
			return nice[i] * power;
	return 10 * power;
}

struct tt_chart_axis
tt_chart_axis(double most, unsigned ticks)
{
	struct tt_chart_axis axis = {.step = 1, .n = 1};

	if (!(most > 1e-9))
		return axis;
	axis.step = nice_step(most / ticks);
	axis.n = (unsigned)ceil(most / axis.step - 1e-9);
	while (axis.places < 12
			&& fabs(axis.step * pow(10, axis.places)
					   - round(axis.step * pow(10, axis.places)))
					> 1e-6)
		axis.places++;
	return axis;
}

static bool
is_of_counts(const struct tt_doc_figure *figure)
{
	for (size_t i = 0; i < figure->n_series; i++)
		for (size_t x = 0; x < figure->n_x; x++) {
			enum tt_value_kind kind = figure->series[i].values[x].kind;

			if (kind != TT_VALUE_COUNT && kind != TT_VALUE_UNKNOWN)
				return false;
		}
	return true;
}

struct tt_chart_axis
tt_chart_axis_of(const struct tt_doc_figure *figure, double most, unsigned ticks)
{
	struct tt_chart_axis axis = tt_chart_axis(most, ticks);

	if (axis.places == 0 || !is_of_counts(figure))
		return axis;
	axis.step = axis.step > 1 ? ceil(axis.step) : 1;
	axis.n = most > 1 ? (unsigned)ceil(most / axis.step) : 1;
	axis.places = 0;
	return axis;
}

double
tt_chart_axis_end(const struct tt_chart_axis *axis)
{
	return axis->step * axis->n;
}

void
tt_chart_tick_text(const struct tt_chart_axis *axis, unsigned i, char text[64])
{
	char plain[32], *to = text;
	size_t whole;

	snprintf(plain, sizeof(plain), "%.*f", (int)axis->places, axis->step * i);
	whole = strcspn(plain, ".");
	for (size_t k = 0; plain[k] != '\0'; k++) {
		if (k > 0 && k < whole && (whole - k) % 3 == 0)
			*to++ = ',';
		*to++ = plain[k];
	}
	*to = '\0';
}

double
tt_chart_scaled(const struct tt_chart_axis *axis, double value, double length)
{
	return value / tt_chart_axis_end(axis) * length;
}

double
tt_chart_axis_width(const struct tt_chart_axis *axis)
{
	char text[64];
	double width = 0;

	for (unsigned i = 0; i <= axis->n; i++) {
		tt_chart_tick_text(axis, i, text);
		width = fmax(width, tt_chart_text_width(text));
	}
	return width + 2 * TICK;
}

void
tt_chart_axis_up(const struct tt_chart *chart, const struct tt_chart_plot *plot)
{
	char text[64];

	for (unsigned i = 0; i <= plot->axis.n; i++) {
		double y = plot->top + plot->height * (1 - (double)i / plot->axis.n);

		tt_xml(chart->out, "<path d=\"M%N %NH%N\" %S/>", plot->left, y,
				plot->left + plot->width, i == 0 ? BASE : GRID);
		tt_chart_tick_text(&plot->axis, i, text);
		tt_chart_text(chart, plot->left - 2 * TICK, y, TT_ANCHOR_END, plot->left,
				text);
	}
	tt_chart_text(chart, 0, TT_CHART_LINE / 2, TT_ANCHOR_START,
			plot->left + plot->width / 2, chart->figure->unit);
}

/* Moves the middle of a label so that it stays in the picture. */
static double
kept_inside(double x, const char *label)
{
	double half = fmin(tt_chart_text_width(label), LABEL_MAX) / 2;

	return fmin(fmax(x, half), TT_CHART_WIDTH - half);
}

void
tt_chart_axis_right(const struct tt_chart *chart, const struct tt_chart_plot *plot)
{
	const struct tt_chart_axis *axis = &plot->axis;
	double below = plot->top + plot->height, space = plot->width / axis->n;
	unsigned step = (unsigned)ceil((tt_chart_axis_width(axis) + LABEL_SPACE) / space);
	char text[64];

	for (unsigned i = 0; i <= axis->n; i++) {
		double x = plot->left + space * i;

		tt_xml(chart->out, "<path d=\"M%N %NV%N\" %S/>", x, plot->top, below,
				i == 0 ? BASE : GRID);
		tt_chart_tick_text(axis, i, text);
		if (i % step == 0)
			tt_chart_text(chart, kept_inside(x, text),
					below + TT_CHART_LINE / 2 + 2, TT_ANCHOR_MIDDLE,
					LABEL_MAX * 2, text);
	}
}

/* Every how many bands a label has room. */
static size_t
label_step(const struct tt_doc_figure *figure, double band)
{
	static const size_t days[] = {1, 2, 3, 5, 7, 10, 14},
			    twelfths[] = {1, 2, 3, 4, 6, 12};
	bool in_days = figure->axis == TT_AXIS_DAYS;
	const size_t *steps = in_days ? days : twelfths;
	size_t n = in_days ? TT_ARRAY_SIZE(days) : TT_ARRAY_SIZE(twelfths), step = 0;
	double widest = 0;

	for (size_t i = 0; i < figure->n_x; i++)
		widest = fmax(widest, tt_chart_text_width(figure->x[i]));
	widest = fmin(widest, LABEL_MAX) + LABEL_SPACE;
	for (size_t i = 0; i < n; i++)
		if (steps[i] * band >= widest)
			return steps[i];
	while (step * band < widest)
		step += steps[n - 1];
	return step;
}

enum shade {
	SHADE_NONE,
	SHADE_PARTLY,
	SHADE_UNKNOWN
};

static enum shade
shade_of(const struct tt_doc_figure *figure, size_t x)
{
	if (!tt_chart_observed(figure, x))
		return SHADE_UNKNOWN;
	return figure->partly != NULL && figure->partly[x] ? SHADE_PARTLY : SHADE_NONE;
}

/* Shades what has a shade; places beside each other as one. Returns whether there are any. */
static bool
shade_all(const struct tt_chart *chart, const struct tt_chart_plot *plot,
		enum shade which)
{
	size_t n = chart->figure->n_x;
	double band = plot->width / n;
	bool any = false;

	for (size_t from = 0, to; from < n; from = to + 1) {
		for (to = from; to < n && shade_of(chart->figure, to) == which; to++)
			;
		if (to > from)
			tt_chart_shade(chart, which == SHADE_PARTLY,
					plot->left + from * band, plot->top,
					(to - from) * band, plot->height);
		any = any || to > from;
	}
	return any;
}

/* What a shade means, above the plot, ending at *right, which becomes where it begins. */
static void
explain_shade(const struct tt_chart *chart, enum shade which, double *right)
{
	const char *word = tt_locale_word(chart->locale,
			which == SHADE_PARTLY ? TT_WORD_PARTLY : TT_WORD_UNKNOWN);
	double width = tt_chart_text_width(word), x = *right - width;

	*right = x - TT_CHART_SWATCH - 6;
	tt_chart_shade(chart, which == SHADE_PARTLY, *right,
			TT_CHART_LINE / 2 - TT_CHART_SWATCH / 2, TT_CHART_SWATCH,
			TT_CHART_SWATCH);
	tt_chart_text(chart, x, TT_CHART_LINE / 2, TT_ANCHOR_START, 2 * width, word);
	*right -= LABEL_SPACE;
}

static void
shade_days(const struct tt_chart *chart, const struct tt_chart_plot *plot)
{
	double right = plot->left + plot->width;

	for (enum shade which = SHADE_UNKNOWN; which > SHADE_NONE; which--)
		if (shade_all(chart, plot, which))
			explain_shade(chart, which, &right);
}

void
tt_chart_bands(const struct tt_chart *chart, const struct tt_chart_plot *plot)
{
	const struct tt_doc_figure *figure = chart->figure;
	double below = plot->top + plot->height, band;
	size_t step;

	if (figure->n_x == 0) {
		tt_chart_nothing(chart, plot);
		return;
	}
	shade_days(chart, plot);
	band = plot->width / figure->n_x;
	step = label_step(figure, band);
	for (size_t i = 0; i < figure->n_x; i += step) {
		double x = plot->left + (i + 0.5) * band;

		tt_xml(chart->out, "<path d=\"M%N %Nv%N\" %S/>", x, below, TICK, BASE);
		tt_chart_text(chart, kept_inside(x, figure->x[i]),
				below + TT_CHART_LINE / 2 + TICK, TT_ANCHOR_MIDDLE,
				LABEL_MAX, figure->x[i]);
	}
}
