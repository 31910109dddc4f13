/* SPDX-License-Identifier: BSD-3-Clause */
#include "document_bed.h"
#include "tt_chart_private.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
axis_is(double most, double step, unsigned n, unsigned places)
{
	struct tt_chart_axis axis = tt_chart_axis(most, 5);

	assert_true(fabs(axis.step - step) < 1e-9 * step);
	assert_int_equal(axis.n, n);
	assert_int_equal(axis.places, places);
	assert_true(tt_chart_axis_end(&axis) >= most * (1 - 1e-9));
}

static void
axes_begin_at_0_and_have_round_steps(void **state)
{
	axis_is(0, 1, 1, 0);
	axis_is(100, 20, 5, 0);
	axis_is(101, 25, 5, 0);
	axis_is(131.08, 50, 3, 0);
	axis_is(7, 2, 4, 0);
	axis_is(0.0123, 0.0025, 5, 4);
	axis_is(12.4, 2.5, 5, 1);
	axis_is(1e15, 2e14, 5, 0);
}

static void
ticks_have_separators(void **state)
{
	struct tt_chart_axis axis = tt_chart_axis(1.2e6, 5);
	char text[64];

	tt_chart_tick_text(&axis, 0, text);
	assert_string_equal(text, "0");
	tt_chart_tick_text(&axis, 4, text);
	assert_string_equal(text, "1,000,000");
	axis = tt_chart_axis(0.01, 5);
	tt_chart_tick_text(&axis, 1, text);
	assert_string_equal(text, "0.002");
}

static void
counts_have_no_fractions(void **state)
{
	struct tt_value values[] = {
			tt_value_integer(TT_VALUE_COUNT, 12), {TT_VALUE_UNKNOWN}};
	struct tt_doc_series series = {.values = values};
	const struct tt_doc_figure figure = {.series = &series, .n_series = 1, .n_x = 2};
	struct tt_chart_axis axis = tt_chart_axis_of(&figure, 12, 5);

	assert_true(axis.step == 3 && axis.n == 4 && axis.places == 0);
	axis = tt_chart_axis_of(&figure, 1, 5);
	assert_true(axis.step == 1 && axis.n == 1 && axis.places == 0);
	values[0].kind = TT_VALUE_RATE;
	axis = tt_chart_axis_of(&figure, 12, 5);
	assert_true(axis.step == 2.5 && axis.n == 5 && axis.places == 1);
}

static void
what_is_unknown_is_no_zero(void **state)
{
	struct tt_value value = {TT_VALUE_UNKNOWN};

	assert_true(isnan(tt_chart_number(&value)));
	value = tt_value_number(TT_VALUE_RATE, NAN);
	assert_true(isnan(tt_chart_number(&value)));
	value = tt_value_number(TT_VALUE_RATE, -1);
	assert_true(tt_chart_number(&value) == 0);
	value = tt_value_rate(0);
	assert_true(tt_chart_number(&value) == 0);
	value = tt_value_integer(TT_VALUE_COUNT, 7);
	assert_true(tt_chart_number(&value) == 7);
}

/* The SVG of a figure of one series "s" with these values, NAN for unknown ones; the caller frees it. */
static char *
drawn_partly(enum tt_figure_kind kind, const double *values, size_t n, const bool *partly)
{
	struct bed bed;
	struct tt_doc_figure *figure;
	static char *svg; /* static, since what it points to outlives the stream */
	static size_t size;
	FILE *out = open_memstream(&svg, &size);

	assert_non_null(out);
	assert_int_equal(bed_open(&bed, "en"), 0);
	figure = tt_document_figure(&bed.doc,
			tt_document_section(&bed.doc, 1, "s", NULL, "S"), kind, "f", NULL,
			"F", TT_AXIS_DAYS, n);
	tt_document_series(&bed.doc, figure, "s", "s");
	for (size_t x = 0; x < n; x++) {
		tt_document_x(&bed.doc, figure, x, "x", "x");
		if (!isnan(values[x]))
			tt_document_point(figure->series, x, bed_rate(values[x]));
		if (partly != NULL)
			tt_document_observed(&bed.doc, figure, x,
					tt_value_number(TT_VALUE_COVERAGE,
							partly[x] ? 50 : 100),
					partly[x]);
	}
	assert_int_equal(tt_chart(figure, bed.locale, out), 0);
	fclose(out);
	bed_close(&bed);
	return svg;
}

static char *
drawn(enum tt_figure_kind kind, const double *values, size_t n)
{
	return drawn_partly(kind, values, n, NULL);
}

/* How often a line begins anew. */
static size_t
parts_of_line(const char *svg)
{
	const char *line = strstr(svg, "stroke-linejoin"), *end;
	size_t n = 0;

	assert_non_null(line);
	end = strchr(line, '>');
	for (line = strstr(line, " d="); line < end; line++)
		n += *line == 'M';
	return n;
}

static void
a_line_has_a_gap_where_nothing_is_known(void **state)
{
	static const double whole[] = {1, 2, 3, 4}, gap[] = {1, 2, NAN, 4, 5, NAN};
	char *svg = drawn(TT_FIGURE_SERIES, whole, 4);

	assert_int_equal(parts_of_line(svg), 1);
	assert_null(strstr(svg, "not observed"));
	free(svg);
	svg = drawn(TT_FIGURE_SERIES, gap, 6);
	assert_int_equal(parts_of_line(svg), 2);
	/* Two shades, and one that says what they mean. */
	assert_int_equal(bed_times(svg, "#d3d7dc"), 3);
	assert_int_equal(bed_times(svg, ">not observed<"), 1);
	free(svg);
}

/* A line that led to its name in its own colour looked like a surge of the last day. */
static void
only_its_line_and_markers_have_the_colour_of_a_series(void **state)
{
	static const double values[] = {1, 2, 3, 4};
	char *svg = drawn(TT_FIGURE_SERIES, values, 4);
	char colour[32];

	assert_int_equal(sscanf(strstr(svg, "fill=\"none\" stroke=\"#0"),
					 "fill=\"none\" %31[^ ]", colour),
			1);
	/* The line, its four markers, and that of its name. */
	assert_int_equal(bed_times(svg, colour), 1 + 4 + 1);
	assert_int_equal(bed_times(svg, "stroke=\"#9aa0a8\""), 1);
	free(svg);
}

static void
what_was_observed_in_part_is_shaded_apart(void **state)
{
	static const double values[] = {1, 2, NAN, 4, 5, 6};
	static const bool partly[] = {true, true, false, false, true, false},
			  none[] = {false, false, false, false, false, false};
	char *svg = drawn_partly(TT_FIGURE_SERIES, values, 6, partly);

	/* Two shades of parts, one of what is not known, and what the two kinds mean. */
	assert_int_equal(bed_times(svg, "#d3d7dc"), 5);
	assert_int_equal(bed_times(svg, ">not observed<"), 1);
	assert_int_equal(bed_times(svg, ">observed in part<"), 1);
	assert_int_equal(parts_of_line(svg), 2);
	free(svg);
	svg = drawn_partly(TT_FIGURE_SERIES, values, 6, none);
	assert_int_equal(bed_times(svg, "#d3d7dc"), 2);
	assert_null(strstr(svg, "in part"));
	free(svg);
}

static void
bars_are_as_long_as_their_values(void **state)
{
	static const double values[] = {100, 50, 0, NAN};
	char *svg = drawn(TT_FIGURE_COMPARED, values, 4);
	const char *first = strstr(svg, "height=\"14\""), *second;
	double longer, shorter;

	assert_non_null(first);
	second = strstr(first + 1, "height=\"14\"");
	assert_non_null(second);
	assert_null(strstr(second + 1, "height=\"14\""));
	while (strncmp(first, "width", 5) != 0)
		first--;
	while (strncmp(second, "width", 5) != 0)
		second--;
	longer = atof(first + 7);
	shorter = atof(second + 7);
	assert_true(longer > 100 && fabs(longer - 2 * shorter) < 0.05);
	free(svg);
}

static void
nothing_is_said_where_there_is_nothing(void **state)
{
	static const double none[] = {NAN};

	for (int kind = TT_FIGURE_SHARES; kind <= TT_FIGURE_COMPARED; kind++) {
		char *svg = drawn((enum tt_figure_kind)kind, none, 0);

		assert_int_equal(bed_times(svg, "No data."), 1);
		free(svg);
		free(drawn((enum tt_figure_kind)kind, none, 1));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(axes_begin_at_0_and_have_round_steps),
			cmocka_unit_test(ticks_have_separators),
			cmocka_unit_test(counts_have_no_fractions),
			cmocka_unit_test(what_is_unknown_is_no_zero),
			cmocka_unit_test(a_line_has_a_gap_where_nothing_is_known),
			cmocka_unit_test(
					only_its_line_and_markers_have_the_colour_of_a_series),
			cmocka_unit_test(what_was_observed_in_part_is_shaded_apart),
			cmocka_unit_test(bars_are_as_long_as_their_values),
			cmocka_unit_test(nothing_is_said_where_there_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
