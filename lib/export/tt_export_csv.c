/* SPDX-License-Identifier: BSD-3-Clause */
/* CSV, as in RFC 4180. */
#include "tt_export_private.h"

static void
put_text(struct tt_out *out, const char *text)
{
	if (strpbrk(text, ",\"\r\n") == NULL) {
		tt_out_text(out, text);
		return;
	}
	tt_out_char(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			tt_out_char(out, '"');
		tt_out_char(out, *text);
	}
	tt_out_char(out, '"');
}

static int
begin(struct tt_export *e, struct tt_error *err)
{
	for (unsigned i = 0; i < e->schema->n_columns; i++) {
		if (i > 0)
			tt_out_char(&e->out, ',');
		tt_out_text(&e->out, e->schema->columns[i].name);
	}
	tt_out_text(&e->out, "\r\n");
	return tt_out_check(&e->out, err);
}

static int
put_row(struct tt_export *e, const struct tt_export_row *row, struct tt_error *err)
{
	for (unsigned i = 0; i < e->schema->n_columns; i++) {
		enum tt_column_type type = e->schema->columns[i].type;

		if (i > 0)
			tt_out_char(&e->out, ',');
		if (type == TT_COLUMN_TEXT)
			put_text(&e->out, tt_export_text(row, i));
		else if (type == TT_COLUMN_TIMESTAMP)
			tt_out_time(&e->out, tt_export_int(row, i), 0);
		else
			tt_out_int(&e->out, tt_export_int(row, i));
	}
	tt_out_text(&e->out, "\r\n");
	return tt_out_check(&e->out, err);
}

const struct tt_format tt_format_csv = {
		.name = "csv",
		.place = TT_EXPORT_STREAM,
		.suffix = ".csv",
		.begin = begin,
		.row = put_row,
};
