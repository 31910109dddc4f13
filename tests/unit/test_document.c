/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct tt_doc_column columns[] = {{"rank", "Rank"}, {"rate", "Rate"}};

static void
elements_keep_their_order_and_texts_are_copied(void **state)
{
	struct tt_document doc;
	char title[] = "Targets";
	struct tt_doc_section *first, *second;

	assert_int_equal(tt_document_init(&doc, "en"), 0);
	first = tt_document_section(&doc, 1, "targets", "3", title);
	second = tt_document_section(&doc, 2, "targets_all", "3-1", "All");
	memset(title, 'x', sizeof(title) - 1);
	tt_document_say(&doc, first, TT_ELEMENT_TEXT, "one");
	tt_document_say(&doc, second, TT_ELEMENT_TEXT, "elsewhere");
	tt_document_say(&doc, first, TT_ELEMENT_WARNING, "two");
	assert_ptr_equal(doc.first, first);
	assert_ptr_equal(first->next, second);
	assert_null(second->next);
	assert_string_equal(first->title, "Targets");
	assert_string_equal(first->first->text, "one");
	assert_string_equal(first->first->next->text, "two");
	assert_int_equal(first->first->next->kind, TT_ELEMENT_WARNING);
	assert_null(first->first->next->next);
	assert_false(doc.failed);
	tt_document_fini(&doc);
}

static void
a_table_grows_and_keeps_its_rows(void **state)
{
	struct tt_document doc;
	struct tt_doc_table *table;

	assert_int_equal(tt_document_init(&doc, "en"), 0);
	table = tt_document_table(&doc, tt_document_section(&doc, 1, "a", NULL, "A"), "t",
			NULL, "T", columns, 2);
	for (int i = 0; i < 10000; i++) {
		struct tt_doc_row *row = tt_document_row(&doc, table);

		assert_int_equal(row->cells[1].kind, TT_VALUE_BLANK);
		assert_false(row->hidden);
		tt_document_cell(row, 0, tt_value_integer(TT_VALUE_RANK, i));
	}
	assert_int_equal(table->n_rows, 10000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(table->rows[i].cells[0].count, i);
	assert_int_equal(tt_document_table_note(&doc, table, "one"), 1);
	assert_int_equal(tt_document_table_note(&doc, table, "two"), 2);
	assert_string_equal(table->notes[0], "one");
	assert_string_equal(table->notes[1], "two");
	tt_document_fini(&doc);
}

static void
what_a_figure_was_not_told_is_unknown(void **state)
{
	struct tt_document doc;
	struct tt_doc_figure *figure;

	assert_int_equal(tt_document_init(&doc, "en"), 0);
	figure = tt_document_figure(&doc, tt_document_section(&doc, 1, "a", NULL, "A"),
			TT_FIGURE_SERIES, "f", "1", "F", TT_AXIS_DAYS, 2);
	tt_document_x(&doc, figure, 1, "2009-07-02", "2");
	for (int i = 0; i < 20; i++) {
		struct tt_doc_series *series = tt_document_series(&doc, figure, "s", "S");

		tt_document_point(series, 1, tt_value_number(TT_VALUE_RATE, i));
	}
	assert_int_equal(figure->n_series, 20);
	assert_int_equal(figure->series[7].values[0].kind, TT_VALUE_UNKNOWN);
	assert_int_equal(figure->series[7].values[1].kind, TT_VALUE_RATE);
	assert_true(figure->series[7].values[1].number == 7);
	assert_null(figure->x[0]);
	assert_string_equal(figure->x_ids[1], "2009-07-02");
	tt_document_fini(&doc);
}

static void
a_rate_of_a_table_is_none_negligible_or_a_number(void **state)
{
	assert_int_equal(tt_value_rate(0).kind, TT_VALUE_NONE);
	assert_int_equal(tt_value_rate(0.0049).kind, TT_VALUE_NEGLIGIBLE);
	assert_int_equal(tt_value_rate(0.0051).kind, TT_VALUE_RATE);
	/* As it is shown, whatever the last bit. */
	assert_int_equal(tt_value_rate(0.015 - 0.01).kind, TT_VALUE_RATE);
}

static void
without_memory_nothing_is_added_and_the_document_says_so(void **state)
{
	struct tt_document doc;
	struct tt_doc_section *section;
	struct tt_doc_table *table;

	assert_int_equal(tt_document_init(&doc, "en"), 0);
	section = tt_document_section(&doc, 1, "a", NULL, "A");
	assert_null(tt_document_alloc(&doc, SIZE_MAX));
	assert_true(doc.failed);
	table = tt_document_table(&doc, section, "t", NULL, "T", columns, 2);
	assert_null(table);
	tt_document_cell(tt_document_row(&doc, table), 1, tt_value_rate(1));
	assert_int_equal(tt_document_table_note(&doc, table, "n"), 0);
	assert_null(tt_document_figure(&doc, section, TT_FIGURE_SHARES, "f", NULL, "F",
			TT_AXIS_TEXT, 1));
	assert_null(tt_document_series(&doc, NULL, "s", "S"));
	tt_document_x(&doc, NULL, 0, "x", "X");
	tt_document_point(NULL, 0, tt_value_rate(1));
	assert_null(tt_document_printf(&doc, "%d", 1));
	tt_document_fini(&doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(elements_keep_their_order_and_texts_are_copied),
			cmocka_unit_test(a_table_grows_and_keeps_its_rows),
			cmocka_unit_test(what_a_figure_was_not_told_is_unknown),
			cmocka_unit_test(
					a_rate_of_a_table_is_none_negligible_or_a_number),
			cmocka_unit_test(
					without_memory_nothing_is_added_and_the_document_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
