/* SPDX-License-Identifier: BSD-3-Clause */
/* CSV, as in RFC 4180. */
#include "tt_export_private.h"

static bool
write_text(struct tt_export_bytes *to, const char *text)
{
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;

	/* An empty text would be nothing to remember: it is written with a comma before it. */
	if (!tt_export_reserve(to, 2 * strlen(text) + 3))
		return false;
	to->bytes[to->used++] = ',';
	if (quoted)
		to->bytes[to->used++] = '"';
	for (; *text != '\0'; text++) {
		if (*text == '"')
			to->bytes[to->used++] = '"';
		to->bytes[to->used++] = (uint8_t)*text;
	}
	if (quoted)
		to->bytes[to->used++] = '"';
	return true;
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

/* The first column is a time: every text has a comma before it. */
static int
put_row(struct tt_export *e, const struct tt_export_row *row, struct tt_error *err)
{
	for (unsigned i = 0; i < e->schema->n_columns; i++) {
		enum tt_column_type type = e->schema->columns[i].type;
		int ret;

		if (type == TT_COLUMN_TEXT) {
			ret = tt_export_put_text(e, row, i, err);
			if (ret != 0)
				return ret;
			continue;
		}
		if (i > 0)
			tt_out_char(&e->out, ',');
		if (type == TT_COLUMN_TIMESTAMP)
			tt_export_put_time(e, row, i, 0);
		else
			tt_out_int(&e->out, tt_export_int(row, i));
	}
	tt_out_bytes(&e->out, "\r\n", 2);
	return tt_out_check(&e->out, err);
}

const struct tt_format tt_format_csv = {
		.name = "csv",
		.place = TT_EXPORT_STREAM,
		.suffix = ".csv",
		.begin = begin,
		.row = put_row,
		.text = write_text,
};
