/* SPDX-License-Identifier: BSD-3-Clause */
/* A document made by hand of the texts and numbers that break careless printers: bed_hostile. */
#ifndef DOCUMENT_BED_HOSTILE_H
#define DOCUMENT_BED_HOSTILE_H

#include "document_bed.h"

/* Markup, quotes, the end of a CDATA section, control characters, an escape sequence of a terminal, a change
 * of direction, and what is not UTF-8. */
#define BED_HOSTILE \
	"<script>alert(1)</script> \"a\" 'b' & ]]> --> \x01\x1b[31m \xe2\x80\xae \xff\xc0\x80 \xed\xa0\x80"

/* Names that a spreadsheet would carry out, and one that only looks as if it had been made harmless. */
static const char *const bed_formulas[] = {"=HYPERLINK(\"http://192.0.2.1/\",\"x\")",
		"+1+1", "-2+3", "@SUM(1)", "\t=1+1", "'quoted'", "＝1+1"};

static inline void
bed_hostile_table(struct bed *bed, struct tt_doc_section *section)
{
	const char *long_name = "";
	struct tt_doc_column columns[12] = {{"name", BED_HOSTILE}};
	struct tt_doc_table *table;

	for (int i = 0; i < 300; i++)
		long_name = tt_document_printf(
				&bed->doc, "%s%s", long_name, i % 7 == 6 ? "長" : "x");
	for (size_t i = 1; i < 12; i++)
		columns[i] = (struct tt_doc_column){
				tt_document_printf(&bed->doc, "column%zu", i),
				i == 1 ? long_name : "A rather long heading of a column"};
	table = tt_document_table(
			&bed->doc, section, "hostile", "1", BED_HOSTILE, columns, 12);
	table->unit = BED_HOSTILE;
	table->source = BED_HOSTILE;
	tt_document_table_note(&bed->doc, table, BED_HOSTILE);
	for (size_t i = 0; i < TT_ARRAY_SIZE(bed_formulas); i++)
		tt_document_cell(tt_document_row(&bed->doc, table), 0,
				tt_value_text(bed_formulas[i]));
	for (int i = 0; i < 3; i++) {
		struct tt_doc_row *row = tt_document_row(&bed->doc, table);

		tt_document_cell(row, 0, tt_value_text(i == 0 ? BED_HOSTILE : long_name));
		row->cells[0].note = 1;
		for (size_t c = 1; c < 12; c++)
			tt_document_cell(row, c, bed_rate(i == 2 ? 1e14 : (double)c));
	}
}

/* A figure of each kind with nothing, one value, zeros, one huge value among small ones, long and hostile
 * names. */
static inline void
bed_hostile_figures(struct bed *bed, struct tt_doc_section *section)
{
	static const enum tt_axis_kind axes[] = {
			TT_AXIS_TEXT, TT_AXIS_DAYS, TT_AXIS_DAYS, TT_AXIS_TEXT};
	const char *long_name = "";

	for (int i = 0; i < 300; i++)
		long_name = tt_document_printf(
				&bed->doc, "%s%s", long_name, i % 2 == 0 ? "宛" : "W");
	for (int kind = TT_FIGURE_SHARES; kind <= TT_FIGURE_COMPARED; kind++) {
		static const size_t n_x[] = {0, 1, 3, 31, 3},
				    n_series[] = {0, 1, 3, 25, 3};

		for (size_t shape = 0; shape < TT_ARRAY_SIZE(n_x); shape++) {
			struct tt_doc_figure *figure = tt_document_figure(&bed->doc,
					section, (enum tt_figure_kind)kind,
					tt_document_printf(&bed->doc, "f%d_%zu", kind,
							shape),
					NULL, BED_HOSTILE, axes[kind], n_x[shape]);

			figure->unit = shape == 3 ? long_name : BED_HOSTILE;
			for (size_t x = 0; x < n_x[shape]; x++)
				tt_document_x(&bed->doc, figure, x,
						tt_document_printf(&bed->doc, "x%zu", x),
						x == 0 ? BED_HOSTILE : long_name);
			for (size_t i = 0; i < n_series[shape]; i++) {
				tt_document_series(&bed->doc, figure,
						tt_document_printf(&bed->doc, "s%zu", i),
						i == 0                   ? BED_HOSTILE
								: i == 1 ? long_name
									 : "short");
				for (size_t x = 0; x < n_x[shape] && shape != 2; x++)
					tt_document_point(&figure->series[i], x,
							bed_rate(shape == 4 ? 0
											: i + x == 0
											? 1e14
											: 0.01));
			}
		}
	}
}

static inline void
bed_hostile(struct bed *bed)
{
	struct tt_document *doc = &bed->doc;
	struct tt_doc_section *section;

	doc->title = BED_HOSTILE;
	doc->subtitle = BED_HOSTILE;
	section = tt_document_section(
			doc, 1, "hostile_section", BED_HOSTILE, BED_HOSTILE);
	for (int kind = TT_ELEMENT_TEXT; kind <= TT_ELEMENT_WARNING; kind++)
		tt_document_say(doc, section, (enum tt_element_kind)kind, BED_HOSTILE);
	bed_hostile_table(bed, section);
	section = tt_document_section(doc, 9, "figures", NULL, "");
	bed_hostile_figures(bed, section);
}

#endif
