/* SPDX-License-Identifier: BSD-3-Clause */
#include "document_bed_hostile.h"
#include "tt_render.h"
#include "tt_text.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef int render(const struct tt_document *, const struct tt_locale *, FILE *);

/* The document in a format; the caller frees it. */
static char *
rendered(render *format, const char *language, void (*build)(struct bed *))
{
	struct bed bed;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(bed_open(&bed, language), 0);
	build(&bed);
	assert_int_equal(format(&bed.doc, bed.locale, out), 0);
	fclose(out);
	bed_close(&bed);
	return text;
}

static void
says(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("not there: %s", what);
}

static void
html_has_tables_as_they_are_read(void **state)
{
	char *html = rendered(tt_render_html, "en", bed_plain);

	says(html, "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">");
	says(html, "<span class=\"label\">Table 3-1</span> Accesses by destination port");
	says(html, "<th scope=\"row\">445/TCP</th><td class=\"n\">131.08</td><td class=\"n\">−4.2%</td>");
	says(html, "<sup><a href=\"#n-targets-1\">1</a></sup>");
	says(html, "<li id=\"n-targets-1\">");
	says(html, "<p class=\"warning\"><strong>Note</strong> Sensor osaka");
	/* Two runs of hidden rows are within the table, a third is at its end. */
	assert_int_equal(bed_times(html, "class=\"more\""), 2);
	assert_null(strstr(html, "5900/TCP"));
	assert_null(strstr(html, "Packets"));
	free(html);
}

static void
texts_from_data_are_no_markup(void **state)
{
	char *html = rendered(tt_render_html, "ja", bed_hostile);

	assert_null(strstr(html, "<script"));
	assert_null(strpbrk(html, "\x01\x1b\xff"));
	says(html, "&lt;script&gt;alert(1)&lt;/script&gt;");
	free(html);
}

static void
text_is_no_wider_than_its_line(void **state)
{
	char *text = rendered(tt_render_text, "ja", bed_plain), *end;

	for (const char *line = text; (end = strchr(line, '\n')) != NULL; line = end + 1)
		assert_in_range(tt_text_columns_n(line, (size_t)(end - line)), 0, 96);
	says(text, "表 3-1  宛先ポート検知件数\n");
	says(text, "\n…\n");
	says(text, "7/12  未観測");
	assert_null(strstr(text, "5900/TCP"));
	free(text);
}

static void
brief_text_has_all_but_the_figures(void **state)
{
	char *text = rendered(tt_render_text_brief, "ja", bed_plain);
	char *whole = rendered(tt_render_text, "ja", bed_plain);

	says(text, "表 3-1  宛先ポート検知件数\n");
	says(whole, "\n図 3-4  ");
	assert_int_equal(bed_times(text, "\n図 "), 0);
	assert_int_equal(bed_times(text, "\n7/12 "), 0);
	assert_int_equal(bed_times(text, "\n表 "), bed_times(whole, "\n表 "));
	says(text, "\n出典：センサー tokyo、osaka\n");
	assert_int_equal(bed_times(text, "▁"), 0);
	assert_true(bed_times(whole, "▁") > 0);
	free(whole);
	free(text);
}

/* Paragraphs that differ in where their lines end. */
static void
build_japanese(struct bed *bed)
{
	struct tt_doc_section *section = tt_document_section(
			&bed->doc, 1, "s", "1", "見出し");

	for (int shift = 0; shift < 12; shift++)
		tt_document_say(&bed->doc, section, TT_ELEMENT_TEXT,
				tt_document_printf(&bed->doc,
						"%.*sセッションはペルーであったセッションはペルー"
						"であったセッションはペルーであったセッションは"
						"ペルーであったセッションはペルーであった",
						shift * 3, "一二三四五六七八九十百千"));
}

static void
no_line_begins_with_what_ends_a_syllable(void **state)
{
	static const char *const never[] = {"ー", "ッ", "ョ", "っ"};
	char *text = rendered(tt_render_text, "ja", build_japanese);
	unsigned lines = 0;

	for (const char *line = text; *line != '\0';
			line = strchr(line, '\n') + 1, lines++)
		for (size_t i = 0; i < TT_ARRAY_SIZE(never); i++)
			assert_int_not_equal(
					strncmp(line, never[i], strlen(never[i])), 0);
	assert_true(lines > 24);
	free(text);
}

static void
text_has_no_controls_of_terminals(void **state)
{
	char *text = rendered(tt_render_text, "en", bed_hostile);

	assert_null(strpbrk(text, "\x01\x1b\xff\t\r"));
	says(text, "<script>alert(1)</script>");
	free(text);
}

static void
json_has_plain_numbers_by_ids(void **state)
{
	char *text = rendered(tt_render_json, "ja", bed_plain);
	json_t *root = json_loads(text, 0, NULL), *table, *row, *values;

	assert_non_null(root);
	table = json_object_get(json_object_get(root, "tables"), "targets");
	assert_int_equal(json_array_size(json_object_get(table, "rows")), 14);
	row = json_array_get(json_object_get(table, "rows"), 0);
	assert_true(json_real_value(json_object_get(row, "rate_now")) == 131.08);
	assert_true(json_real_value(json_object_get(row, "change")) == -5.68);
	assert_int_equal(json_integer_value(json_object_get(row, "packets")), 131080000);
	assert_true(json_is_null(json_object_get(row, "rank_rise")));
	row = json_array_get(json_object_get(table, "rows"), 8);
	assert_true(json_is_null(json_object_get(row, "change_percent")));
	assert_int_equal(json_integer_value(json_object_get(json_object_get(row, "notes"),
					 "change_percent")),
			1);
	values = json_object_get(json_object_get(root, "figures"), "days_by_country");
	values = json_object_get(
			json_array_get(json_object_get(values, "series"), 0), "values");
	assert_int_equal(json_array_size(values), 31);
	assert_true(json_real_value(json_array_get(values, 0)) == 48);
	assert_true(json_is_null(json_array_get(values, 12)));
	json_decref(root);
	free(text);
}

static void
hostile_json_is_json(void **state)
{
	char *text = rendered(tt_render_json, "en", bed_hostile);
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(root);
	says(json_string_value(json_object_get(root, "title")),
			"<script>alert(1)</script> \"a\" 'b' & ]]>");
	json_decref(root);
	free(text);
}

static int
kinds_as_csv(const struct tt_document *doc, const struct tt_locale *locale, FILE *out)
{
	return tt_render_csv(doc, locale, "kinds", out);
}

static void
csv_has_plain_values(void **state)
{
	char *text = rendered(kinds_as_csv, "ja", bed_plain);

	assert_string_equal(text,
			"kind,value\r\nblank,\r\ntext,\"a, \"\"b\"\"\"\r\ncount,1234567\r\n"
			"rank,12\r\nrate,1234.50\r\nrate change,-1234.57\r\nno change,0.00\r\n"
			"percent,92.0\r\npercent change,678.3\r\nday,2009-07-08\r\n"
			"time,2009-07-08T09:00+09:00\r\nnone,0.00\r\nnegligible,0.00\r\n"
			"no percent,\r\nunknown,\r\nno number,\r\n");
	free(text);
}

static int
hostile_as_csv(const struct tt_document *doc, const struct tt_locale *locale, FILE *out)
{
	return tt_render_csv(doc, locale, "hostile", out);
}

static void
csv_has_no_formulas(void **state)
{
	char *text = rendered(hostile_as_csv, "en", bed_hostile);

	says(text, "\r\n\"'=HYPERLINK(\"\"http://192.0.2.1/\"\",\"\"x\"\")\",");
	says(text, "\r\n'+1+1,");
	says(text, "\r\n'-2+3,");
	says(text, "\r\n'@SUM(1),");
	says(text, "\r\n\"' =1+1\",");
	says(text, "\r\n''quoted',");
	says(text, "\r\n'＝1+1,");
	free(text);
	/* Numbers stay numbers. */
	text = rendered(kinds_as_csv, "en", bed_plain);
	says(text, "rate change,-1234.57\r\n");
	free(text);
}

static int
every_csv(const struct tt_document *doc, const struct tt_locale *locale, FILE *out)
{
	const char *id;
	int rc = 0;

	for (size_t i = 0; (id = tt_render_csv_id(doc, i)) != NULL && rc == 0; i++)
		rc = tt_render_csv(doc, locale, id, out);
	return rc;
}

static void
every_table_and_figure_has_its_csv(void **state)
{
	char *text = rendered(every_csv, "en", bed_plain);

	says(text, "rank_now,rank_before,target,rate_now,change_percent,change,rank_rise,rank_fall,packets\r\n");
	says(text, "7,6,5900/TCP,9.00,-1.0,-0.10,,,9000000\r\n");
	says(text, "day,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9\r\n2009-07-01,48.00,");
	says(text, "2009-07-12,,,,,,,,,,\r\n");
	says(text, "item,now,before\r\nc0,114.66,165.75\r\n");
	free(text);
	free(rendered(every_csv, "en", bed_hostile));
}

static void
what_cannot_be_written_is_an_error(void **state)
{
	static render *const formats[] = {
			tt_render_html, tt_render_text, tt_render_json, kinds_as_csv};
	struct bed bed;

	assert_int_equal(bed_open(&bed, "en"), 0);
	bed_plain(&bed);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(formats); i++) {
		FILE *full = fopen("/dev/full", "w");

		assert_non_null(full);
		setvbuf(full, NULL, _IONBF, 0);
		assert_int_equal(formats[i](&bed.doc, bed.locale, full), -EIO);
		fclose(full);
	}
	assert_int_equal(tt_render_csv(&bed.doc, bed.locale, "absent", stdout), -ENOENT);
	bed.doc.failed = true;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(formats); i++)
		assert_int_equal(formats[i](&bed.doc, bed.locale, stdout), -ENOMEM);
	bed_close(&bed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(html_has_tables_as_they_are_read),
			cmocka_unit_test(texts_from_data_are_no_markup),
			cmocka_unit_test(text_is_no_wider_than_its_line),
			cmocka_unit_test(no_line_begins_with_what_ends_a_syllable),
			cmocka_unit_test(brief_text_has_all_but_the_figures),
			cmocka_unit_test(text_has_no_controls_of_terminals),
			cmocka_unit_test(json_has_plain_numbers_by_ids),
			cmocka_unit_test(hostile_json_is_json),
			cmocka_unit_test(csv_has_plain_values),
			cmocka_unit_test(csv_has_no_formulas),
			cmocka_unit_test(every_table_and_figure_has_its_csv),
			cmocka_unit_test(what_cannot_be_written_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
