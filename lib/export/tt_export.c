/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_export.h"
#include "tt_time.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <jansson.h>

int
tt_export_format_parse(const char *name, enum tt_export_format *format)
{
	if (strcmp(name, "csv") == 0)
		*format = TT_EXPORT_CSV;
	else if (strcmp(name, "jsonl") == 0)
		*format = TT_EXPORT_JSONL;
	else
		return -EINVAL;
	return 0;
}

static int
check(const struct tt_export *export, struct tt_error *err)
{
	int code = errno == 0 ? EIO : errno;

	if (!ferror(export->out))
		return 0;
	return tt_error_set(err, -code, export->out_name, "%s", strerror(code));
}

static void
put_csv_text(FILE *out, const char *text)
{
	if (strpbrk(text, ",\"\r\n") == NULL) {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

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

static void
put_json_text(FILE *out, const char *text)
{
	json_t *string;

	if (is_plain(text)) {
		fprintf(out, "\"%s\"", text);
		return;
	}
	string = json_string(text);
	if (string == NULL || json_dumpf(string, out, JSON_ENCODE_ANY) != 0)
		fputs("null", out);
	json_decref(string);
}

static void
put_text(const struct tt_export *export, const char *text)
{
	if (export->format == TT_EXPORT_CSV)
		put_csv_text(export->out, text);
	else
		put_json_text(export->out, text);
}

static void
put_value(const struct tt_export *export, const struct tt_parquet_reader *reader,
		unsigned column, enum tt_column_type type)
{
	char time[TT_TIME_TEXT_MAX];
	int64_t value;

	if (type == TT_COLUMN_TEXT) {
		put_text(export, tt_parquet_get_text(reader, column));
		return;
	}
	value = tt_parquet_get_int(reader, column);
	/* An interval may end after the last time that a packet can have. */
	if (type == TT_COLUMN_TIMESTAMP && value >= TT_TIME_MIN
			&& value <= TT_TIME_MAX + TT_US_PER_YEAR)
		put_text(export, tt_time_format(value, time));
	else
		fprintf(export->out, "%" PRId64, value);
}

static void
put_row(const struct tt_export *export, const struct tt_parquet_reader *reader)
{
	const struct tt_schema *schema = tt_schema_of(export->table);
	bool csv = export->format == TT_EXPORT_CSV;
	FILE *out = export->out;

	for (unsigned i = 0; i < schema->n_columns; i++) {
		if (csv)
			fputs(i == 0 ? "" : ",", out);
		else
			fprintf(out, "%s\"%s\":", i == 0 ? "{" : ",",
					schema->columns[i].name);
		put_value(export, reader, i, schema->columns[i].type);
	}
	fputs(csv ? "\r\n" : "}\n", out);
}

int
tt_export_begin(struct tt_export *export, struct tt_error *err)
{
	const struct tt_schema *schema = tt_schema_of(export->table);

	export->rows = 0;
	if (export->format != TT_EXPORT_CSV)
		return 0;
	for (unsigned i = 0; i < schema->n_columns; i++)
		fprintf(export->out, "%s%s", i == 0 ? "" : ",", schema->columns[i].name);
	fputs("\r\n", export->out);
	return check(export, err);
}

int
tt_export_snapshot(struct tt_export *export, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct tt_parquet_reader *reader;
	int ret = tt_snapshot_table(snapshot, export->table, &reader, err);
	int more;

	if (ret != 0)
		return ret;
	while (ret == 0 && (more = tt_parquet_next(reader, err)) != 0) {
		if (more < 0) {
			ret = more;
			break;
		}
		errno = 0;
		put_row(export, reader);
		export->rows++;
		ret = check(export, err);
	}
	tt_parquet_close(reader);
	return ret;
}

int
tt_export_end(struct tt_export *export, struct tt_error *err)
{
	errno = 0;
	fflush(export->out);
	return check(export, err);
}
