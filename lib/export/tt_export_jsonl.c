/* SPDX-License-Identifier: BSD-3-Clause */
/* JSON Lines: one object for each row. */
#include "tt_export_private.h"

#include <errno.h>

#include <jansson.h>

/* Is it the same in JSON, quotes aside? Most values are, which saves an allocation each. */
static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\')
			return false;
	}
	return true;
}

/* Returns false if memory is short. */
static bool
put_text(struct tt_out *out, const char *text)
{
	json_t *string;
	char *quoted;

	if (is_plain(text)) {
		tt_out_char(out, '"');
		tt_out_text(out, text);
		tt_out_char(out, '"');
		return true;
	}
	string = json_string(text);
	quoted = string == NULL ? NULL : json_dumps(string, JSON_ENCODE_ANY);
	if (quoted != NULL)
		tt_out_text(out, quoted);
	free(quoted);
	json_decref(string);
	return quoted != NULL;
}

static int
put_row(struct tt_export *e, const struct tt_export_row *row, struct tt_error *err)
{
	struct tt_out *out = &e->out;

	for (unsigned i = 0; i < e->schema->n_columns; i++) {
		const struct tt_column *column = &e->schema->columns[i];

		tt_out_text(out, i == 0 ? "{\"" : ",\"");
		tt_out_text(out, column->name);
		tt_out_text(out, "\":");
		if (column->type == TT_COLUMN_TIMESTAMP)
			tt_out_time(out, tt_export_int(row, i), '"');
		else if (column->type != TT_COLUMN_TEXT)
			tt_out_int(out, tt_export_int(row, i));
		else if (!put_text(out, tt_export_text(row, i)))
			return tt_error_set(err, -ENOMEM, out->path, "out of memory");
	}
	tt_out_text(out, "}\n");
	return tt_out_check(out, err);
}

const struct tt_format tt_format_jsonl = {
		.name = "jsonl",
		.place = TT_EXPORT_STREAM,
		.suffix = ".jsonl",
		.row = put_row,
};
