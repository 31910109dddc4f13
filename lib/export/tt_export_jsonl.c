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

static bool
append(struct tt_export_bytes *to, const char *text, size_t n, bool quotes)
{
	if (!tt_export_reserve(to, n + 2))
		return false;
	if (quotes)
		to->bytes[to->used++] = '"';
	memcpy(to->bytes + to->used, text, n);
	to->used += n;
	if (quotes)
		to->bytes[to->used++] = '"';
	return true;
}

static bool
write_text(struct tt_export_bytes *to, const char *text)
{
	json_t *string;
	char *quoted;
	bool able;

	if (is_plain(text))
		return append(to, text, strlen(text), true);
	string = json_string(text);
	quoted = string == NULL ? NULL : json_dumps(string, JSON_ENCODE_ANY);
	able = quoted != NULL && append(to, quoted, strlen(quoted), false);
	free(quoted);
	json_decref(string);
	return able;
}

/* What comes before the values of a row. */
struct jsonl {
	struct {
		char text[64]; /* ,"name": */
		size_t n;
	} keys[TT_EXPORT_COLUMNS_MAX];
};

static int
open_jsonl(struct tt_export *e, struct tt_error *err)
{
	e->state = calloc(1, sizeof(struct jsonl));
	return e->state != NULL ? 0 : tt_error_set(err, -ENOMEM, NULL, "out of memory");
}

static void
fini(struct tt_export *e)
{
	free(e->state);
}

static int
begin(struct tt_export *e, struct tt_error *err)
{
	struct jsonl *j = e->state;

	for (unsigned i = 0; i < e->schema->n_columns; i++) {
		int n = snprintf(j->keys[i].text, sizeof(j->keys[i].text),
				"%c\"%s\":", i == 0 ? '{' : ',',
				e->schema->columns[i].name);

		TT_ASSERT((size_t)n < sizeof(j->keys[i].text));
		j->keys[i].n = (size_t)n;
	}
	return 0;
}

static int
put_row(struct tt_export *e, const struct tt_export_row *row, struct tt_error *err)
{
	const struct jsonl *j = e->state;
	struct tt_out *out = &e->out;
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < e->schema->n_columns; i++) {
		enum tt_column_type type = e->schema->columns[i].type;

		tt_out_bytes(out, j->keys[i].text, j->keys[i].n);
		if (type == TT_COLUMN_TIMESTAMP)
			tt_export_put_time(e, row, i, '"');
		else if (type != TT_COLUMN_TEXT)
			tt_out_int(out, tt_export_int(row, i));
		else
			ret = tt_export_put_text(e, row, i, err);
	}
	tt_out_bytes(out, "}\n", 2);
	return ret != 0 ? ret : tt_out_check(out, err);
}

const struct tt_format tt_format_jsonl = {
		.name = "jsonl",
		.place = TT_EXPORT_STREAM,
		.suffix = ".jsonl",
		.open = open_jsonl,
		.begin = begin,
		.row = put_row,
		.text = write_text,
		.fini = fini,
};
