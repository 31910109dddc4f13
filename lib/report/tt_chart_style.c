/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ten colours that differ in common deficiencies of colour vision, mostly of Okabe and Ito ("Color universal
 * design", 2008) and of Tol ("muted"), each with a contrast of 3 and more to white. What else tells series
 * apart does not rely on them.
 */
#include "tt_chart_private.h"

#define PLAIN    "#b9bec6" /* of the rest */
#define PLAIN_IN "#6d737c" /* the same as a line */
#define WHITE    "#fff"
#define BLACK    "#111"

static const struct {
	const char *colour, *ink;
} colours[] = {{"#0072b2", WHITE}, {"#d55e00", BLACK}, {"#009e73", BLACK},
		{"#aa4499", WHITE}, {"#c98a00", BLACK}, {"#332288", WHITE},
		{"#3d9bd9", BLACK}, {"#882255", WHITE}, {"#84841f", BLACK},
		{"#117733", WHITE}};

static const char *const dashes[] = {"", "7 3", "2 2.5", "9 3 2 3", "4 2"};

/* Paths around 0,0; the odd half of them hollow. */
static const struct {
	const char *path;
	bool hollow;
} markers[] = {
		{"M-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0Z", false},
		{"M-3 -3H3V3H-3Z", true},
		{"M0 -3.8L3.6 2.8H-3.6Z", false},
		{"M0 -4.2L4.2 0L0 4.2L-4.2 0Z", true},
		{"M0 3.8L3.6 -2.8H-3.6Z", false},
		{"M-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0Z", true},
		{"M-3 -3H3V3H-3Z", false},
		{"M0 -3.8L3.6 2.8H-3.6Z", true},
		{"M0 -4.2L4.2 0L0 4.2L-4.2 0Z", false},
		{"M0 3.8L3.6 -2.8H-3.6Z", true},
};

/* Place of a series among those that are not the rest. */
static size_t
place_of(const struct tt_doc_figure *figure, size_t series)
{
	size_t place = 0;

	for (size_t i = 0; i < series; i++)
		place += !figure->series[i].rest;
	return place;
}

struct tt_chart_style
tt_chart_style(const struct tt_doc_figure *figure, size_t series)
{
	bool line = figure->kind == TT_FIGURE_SERIES;
	size_t place = place_of(figure, series);
	/* The second round of colours begins elsewhere among the rest. */
	size_t shift = place + place / TT_ARRAY_SIZE(colours);

	if (figure->series[series].rest)
		return (struct tt_chart_style){.colour = line ? PLAIN_IN : PLAIN,
				.ink = BLACK,
				.dash = "1.5 3"};
	return (struct tt_chart_style){
			.colour = colours[place % TT_ARRAY_SIZE(colours)].colour,
			.ink = colours[place % TT_ARRAY_SIZE(colours)].ink,
			.hatch = (unsigned)(shift % TT_CHART_HATCHES),
			.dash = dashes[shift % TT_ARRAY_SIZE(dashes)],
			.marker = (unsigned)(shift % TT_ARRAY_SIZE(markers)),
	};
}

void
tt_chart_marker(const struct tt_chart *chart, size_t series, double x, double y)
{
	struct tt_chart_style style = tt_chart_style(chart->figure, series);

	tt_xml(chart->out,
			"<path transform=\"translate(%N %N)\" d=\"%S\" fill=\"%S\" stroke=\"%S\" "
			"stroke-width=\"1.4\"",
			x, y, markers[style.marker].path,
			markers[style.marker].hollow ? WHITE : style.colour,
			style.colour);
}
