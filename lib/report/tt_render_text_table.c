/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables for a terminal: columns by their width on it, in blocks where they do not fit a line. */
#include "tt_render_private.h"
#include "tt_text.h"

#include <errno.h>
#include <string.h>

#define CELL_MAX \
	32u /* columns of a cell or of a word of a heading; what is longer is cut */
#define CELL_SIZE (CELL_MAX * 3 + 64)
#define WHOLE_MAX \
	29u /* columns of a line of a cell that is not cut: three fit beside each other */
#define SPACE 2u /* between columns */

struct grid {
	const struct tt_doc_table *table;
	const struct tt_locale *locale;
	FILE *out;
	size_t *widths; /* [n_columns] */
	bool *numbers; /* [n_columns] */
	size_t name; /* the column that is repeated in each block */
};

static void
cell_text(const struct grid *grid, const struct tt_value *value, char text[CELL_SIZE])
{
	char whole[TT_LOCALE_TEXT_MAX];
	size_t n;

	if (value->kind == TT_VALUE_TEXT)
		tt_text_cut_columns(value->text, CELL_MAX, text, CELL_SIZE - 16);
	else
		tt_text_cut_columns(tt_locale_value(grid->locale, value, whole,
						    sizeof(whole)),
				CELL_MAX, text, CELL_SIZE - 16);
	n = strlen(text);
	if (value->note > 0)
		snprintf(text + n, CELL_SIZE - n, " [%u]", value->note);
}

/* The next line of a text: up to the last blank that fits, or within a longer word; false: there is no more. */
static bool
whole_line(const char **rest, char text[CELL_SIZE])
{
	const char *from = *rest, *end = from, *blank = NULL;
	char line[TT_LOCALE_TEXT_MAX];

	while (*end != '\0') {
		const char *next = end;

		tt_text_next(&next);
		if (tt_text_columns_n(from, (size_t)(next - from)) > WHOLE_MAX)
			break;
		if (*end == ' ')
			blank = end;
		end = next;
	}
	if (*end != '\0' && *end != ' ' && blank != NULL)
		end = blank;
	snprintf(line, sizeof(line), "%.*s", (int)(end - from), from);
	tt_text_cut_columns(line, WHOLE_MAX, text, CELL_SIZE);
	*rest = end + strspn(end, " ");
	return end > from;
}

/* A line of a cell; false: it has none of that number. */
static bool
cell_line(const struct grid *grid, const struct tt_value *value, size_t line,
		char text[CELL_SIZE])
{
	char told[TT_LOCALE_TEXT_MAX];
	const char *rest = told;

	if (!grid->table->whole || value->note > 0) {
		cell_text(grid, value, text);
		return line == 0;
	}
	if (value->kind == TT_VALUE_TEXT)
		rest = value->text != NULL ? value->text : "";
	else
		tt_locale_value(grid->locale, value, told, sizeof(told));
	for (size_t i = 0; i <= line; i++)
		if (!whole_line(&rest, text))
			return false;
	return true;
}

/* The next line of a heading that is at most so wide, or a longer word, cut; false: there is no more. */
static bool
heading_line(const char **rest, size_t width, char text[CELL_SIZE])
{
	const char *end = *rest;
	char line[TT_LOCALE_TEXT_MAX];
	size_t n;

	while (*end != '\0') {
		const char *next = end + strspn(end, " ");

		next += strcspn(next, " ");
		if (end != *rest
				&& tt_text_columns_n(*rest, (size_t)(next - *rest))
						> width)
			break;
		end = next;
	}
	n = (size_t)(end - *rest) < sizeof(line) - 1 ? (size_t)(end - *rest)
						     : sizeof(line) - 1;
	memcpy(line, *rest, n);
	line[n] = '\0';
	tt_text_cut_columns(line, CELL_MAX, text, CELL_SIZE);
	*rest = end + strspn(end, " ");
	return n > 0;
}

static size_t
heading_width(const char *heading)
{
	char text[CELL_SIZE];
	size_t width = 1;

	while (heading_line(&heading, 0, text)) {
		size_t columns = tt_text_columns(text);

		width = columns > width ? columns : width;
	}
	return width;
}

static const char *
heading_of(const struct grid *grid, size_t column)
{
	const char *heading = grid->table->columns[column].heading;

	return heading != NULL ? heading : "";
}

static void
measure(struct grid *grid)
{
	const struct tt_doc_table *table = grid->table;
	char text[CELL_SIZE];

	for (size_t c = 0; c < table->n_columns; c++) {
		grid->numbers[c] = tt_render_is_number(table, c);
		grid->widths[c] = heading_width(heading_of(grid, c));
		for (size_t i = 0; i < table->n_rows; i++) {
			const struct tt_value *cell = &table->rows[i].cells[c];

			if (table->rows[i].hidden)
				continue;
			for (size_t n = 0; cell_line(grid, cell, n, text); n++) {
				size_t columns = tt_text_columns(text);

				if (columns > grid->widths[c])
					grid->widths[c] = columns;
			}
		}
	}
}

/* A block has the columns from..to, and the name before them if it is not among them. */
static bool
in_block(const struct grid *grid, size_t column, size_t from, size_t to)
{
	if (grid->table->columns[column].data_only)
		return false;
	return (column >= from && column < to) || column == grid->name;
}

static size_t
block_width(const struct grid *grid, size_t from, size_t to)
{
	size_t width = 0;

	for (size_t c = 0; c < grid->table->n_columns; c++)
		if (in_block(grid, c, from, to))
			width += (width > 0 ? SPACE : 0) + grid->widths[c];
	return width;
}

/* "": blanks */
static void
put_padded(const struct grid *grid, size_t column, const char *text, bool *begun,
		size_t *owed)
{
	size_t pad = grid->widths[column] - tt_text_columns(text);
	bool right = grid->numbers[column];

	*owed += (*begun ? SPACE : 0) + (right ? pad : 0);
	*begun = true;
	if (text[0] != '\0') {
		fprintf(grid->out, "%*s%s", (int)*owed, "", text);
		*owed = 0;
	}
	*owed += right ? 0 : pad;
}

/* Returns whether a heading has a line of that number. */
static bool
put_heading_line(const struct grid *grid, size_t from, size_t to, size_t line)
{
	bool begun = false, any = false;
	size_t owed = 0;

	for (size_t c = 0; c < grid->table->n_columns; c++) {
		const char *rest = heading_of(grid, c);
		char text[CELL_SIZE] = "";
		size_t i = 0;

		if (!in_block(grid, c, from, to))
			continue;
		while (i <= line && heading_line(&rest, grid->widths[c], text))
			i++;
		any = any || i > line;
		put_padded(grid, c, i > line ? text : "", &begun, &owed);
	}
	if (any)
		fputc('\n', grid->out);
	return any;
}

static void
put_rule(const struct grid *grid, size_t from, size_t to)
{
	bool begun = false;

	for (size_t c = 0; c < grid->table->n_columns; c++) {
		if (!in_block(grid, c, from, to))
			continue;
		fprintf(grid->out, "%*s", begun ? (int)SPACE : 0, "");
		for (size_t i = 0; i < grid->widths[c]; i++)
			fputc('-', grid->out);
		begun = true;
	}
	fputc('\n', grid->out);
}

/* Returns whether the row has such a line; the first one is put in any case. */
static bool
put_row_line(const struct grid *grid, size_t from, size_t to, size_t row, size_t line)
{
	const struct tt_value *cells = grid->table->rows[row].cells;
	char text[CELL_SIZE];
	bool begun = false, any = line == 0;
	size_t owed = 0;

	for (size_t c = 0; c < grid->table->n_columns; c++)
		any = any
				|| (in_block(grid, c, from, to)
						&& cell_line(grid, &cells[c], line,
								text));
	if (!any)
		return false;

	for (size_t c = 0; c < grid->table->n_columns; c++) {
		if (!in_block(grid, c, from, to))
			continue;
		if (!cell_line(grid, &cells[c], line, text))
			text[0] = '\0';
		put_padded(grid, c, text, &begun, &owed);
	}
	fputc('\n', grid->out);
	return true;
}

static void
put_row(const struct grid *grid, size_t from, size_t to, size_t row)
{
	for (size_t line = 0; put_row_line(grid, from, to, row, line); line++)
		;
}

static void
put_block(const struct grid *grid, size_t from, size_t to)
{
	size_t shown = tt_render_shown(grid->table);

	for (size_t line = 0; put_heading_line(grid, from, to, line); line++)
		;
	put_rule(grid, from, to);
	for (size_t i = 0; i < shown; i++) {
		if (!grid->table->rows[i].hidden)
			put_row(grid, from, to, i);
		else if (i == 0 || !grid->table->rows[i - 1].hidden)
			fputs("…\n", grid->out);
	}
}

static void
put_blocks(const struct grid *grid)
{
	size_t from = 0;

	while (from < grid->table->n_columns) {
		size_t to = from + 1;

		while (to < grid->table->n_columns
				&& block_width(grid, from, to + 1) <= TT_TEXT_LINE)
			to++;
		if (from > 0)
			fputc('\n', grid->out);
		put_block(grid, from, to);
		from = to;
	}
}

int
tt_text_table(const struct tt_doc_table *table, const struct tt_locale *locale, FILE *out)
{
	struct grid grid = {
			.table = table,
			.locale = locale,
			.out = out,
			.widths = calloc(table->n_columns + 1, sizeof(*grid.widths)),
			.numbers = calloc(table->n_columns + 1, sizeof(*grid.numbers)),
			.name = tt_render_name_column(table),
	};
	int rc = grid.widths == NULL || grid.numbers == NULL ? -ENOMEM : 0;

	if (rc == 0) {
		measure(&grid);
		put_blocks(&grid);
	}
	free(grid.widths);
	free(grid.numbers);
	return rc;
}
