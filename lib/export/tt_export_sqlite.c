/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An SQLite database: one SQL table for each table, filled in one transaction under a hidden name.
 * There is no rollback journal, since a database that is not finished is deleted. Times are
 * integers, microseconds since the epoch: exact, in order, and for SQLite's date functions a
 * division away, where texts with and without a fraction would not sort.
 */
#include "tt_export_private.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

struct sqlite {
	sqlite3 *db;
	sqlite3_stmt *insert; /* into the table that is being written */
	char *tmp; /* heap; NULL once it was renamed */
};

static int
failed(const struct tt_export *e, int code, struct tt_error *err)
{
	const struct sqlite *s = e->state;
	int number = code == SQLITE_FULL ? ENOSPC : code == SQLITE_NOMEM ? ENOMEM : EIO;

	return tt_error_set(err, -number, e->options.out, "%s",
			number == EIO ? sqlite3_errmsg(s->db) : strerror(number));
}

static int
run(struct tt_export *e, const char *sql, struct tt_error *err)
{
	const struct sqlite *s = e->state;
	int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : failed(e, code, err);
}

/*
 * SQLite plays a journal that lies beside a database into it, whichever database that is: an old
 * one that is in use, or was not closed, must not leave its own to the new one.
 */
static int
check_no_journal(const struct tt_export *e, struct tt_error *err)
{
	static const char *const suffixes[] = {"-journal", "-wal"};
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < TT_ARRAY_SIZE(suffixes); i++) {
		struct stat st;
		char *path;

		if (asprintf(&path, "%s%s", e->options.out, suffixes[i]) < 0)
			return tt_error_set(
					err, -ENOMEM, e->options.out, "out of memory");
		if (lstat(path, &st) == 0)
			ret = tt_error_set(err, -EEXIST, path,
					"is of a database that is in use or was not "
					"closed, and would change the new one");
		free(path);
	}
	return ret;
}

static int
open_database(struct tt_export *e, struct tt_error *err)
{
	struct sqlite *s = calloc(1, sizeof(*s));
	char sql[200];
	int code, ret;

	e->state = s;
	if (s != NULL)
		s->tmp = tt_out_hidden(e->options.out);
	if (s == NULL || s->tmp == NULL)
		return tt_error_set(err, -ENOMEM, e->options.out, "out of memory");
	ret = tt_out_may_replace(e->options.out, err);
	if (ret == 0)
		ret = check_no_journal(e, err);
	if (ret != 0)
		return ret;
	unlink(s->tmp);
	code = sqlite3_open_v2(
			s->tmp, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	if (code != SQLITE_OK)
		return failed(e, code, err);
	sqlite3_extended_result_codes(s->db, 0);
	snprintf(sql, sizeof(sql),
			"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
			"PRAGMA locking_mode = EXCLUSIVE; PRAGMA user_version = %d; BEGIN",
			TT_SCHEMA_VERSION);
	return run(e, sql, err);
}

/* CREATE TABLE "targets" ("interval_start" INTEGER NOT NULL, …), or INSERT INTO "targets" VALUES
 * (?, …), on the heap. NULL if memory is short. */
static char *
format_sql(const struct tt_schema *schema, bool create)
{
	char *sql = NULL;
	size_t size;
	FILE *f = open_memstream(&sql, &size);

	if (f == NULL)
		return NULL;
	fprintf(f, "%s \"%s\"%s (", create ? "CREATE TABLE" : "INSERT INTO", schema->name,
			create ? "" : " VALUES");
	for (unsigned i = 0; i < schema->n_columns; i++) {
		const struct tt_column *c = &schema->columns[i];

		fputs(i == 0 ? "" : ", ", f);
		if (create)
			fprintf(f, "\"%s\" %s NOT NULL", c->name,
					c->type == TT_COLUMN_TEXT ? "TEXT" : "INTEGER");
		else
			fputs("?", f);
	}
	fputs(")", f);
	if (fclose(f) != 0) {
		free(sql);
		return NULL;
	}
	return sql;
}

static int
begin(struct tt_export *e, struct tt_error *err)
{
	struct sqlite *s = e->state;
	char *create = format_sql(e->schema, true),
	     *insert = format_sql(e->schema, false);
	int ret = 0, code;

	if (create == NULL || insert == NULL)
		ret = tt_error_set(err, -ENOMEM, e->options.out, "out of memory");
	if (ret == 0)
		ret = run(e, create, err);
	if (ret == 0) {
		code = sqlite3_prepare_v2(s->db, insert, -1, &s->insert, NULL);
		if (code != SQLITE_OK)
			ret = failed(e, code, err);
	}
	free(create);
	free(insert);
	return ret;
}

static int
put_row(struct tt_export *e, const struct tt_export_row *row, struct tt_error *err)
{
	const struct sqlite *s = e->state;
	int code = SQLITE_OK;

	for (unsigned i = 0; code == SQLITE_OK && i < e->schema->n_columns; i++) {
		/* What is bound stays. */
		if (tt_export_is_again(row, i))
			continue;
		if (e->schema->columns[i].type == TT_COLUMN_TEXT)
			code = sqlite3_bind_text(s->insert, (int)i + 1,
					tt_export_text(row, i), -1, SQLITE_STATIC);
		else
			code = sqlite3_bind_int64(
					s->insert, (int)i + 1, tt_export_int(row, i));
	}
	if (code == SQLITE_OK) {
		code = sqlite3_step(s->insert);
		sqlite3_reset(s->insert);
		code = code == SQLITE_DONE ? SQLITE_OK : code;
	}
	return code == SQLITE_OK ? 0 : failed(e, code, err);
}

static int
end(struct tt_export *e, struct tt_error *err)
{
	struct sqlite *s = e->state;

	sqlite3_finalize(s->insert);
	s->insert = NULL;
	return 0;
}

static int
finish(struct tt_export *e, struct tt_error *err)
{
	struct sqlite *s = e->state;
	int ret = run(e, "COMMIT", err), code;

	if (ret != 0)
		return ret;
	code = sqlite3_close(s->db);
	s->db = NULL;
	if (code != SQLITE_OK)
		return tt_error_set(
				err, -EIO, e->options.out, "%s", sqlite3_errstr(code));
	ret = check_no_journal(e, err);
	if (ret != 0)
		return ret;
	ret = tt_out_publish(s->tmp, e->options.out, err);
	free(s->tmp);
	s->tmp = NULL;
	return ret;
}

static void
fini(struct tt_export *e)
{
	struct sqlite *s = e->state;

	if (s == NULL)
		return;
	sqlite3_finalize(s->insert);
	sqlite3_close(s->db);
	if (s->tmp != NULL)
		unlink(s->tmp);
	free(s->tmp);
	free(s);
}

const struct tt_format tt_format_sqlite = {
		.name = "sqlite",
		.place = TT_EXPORT_ONE_FILE,
		.open = open_database,
		.begin = begin,
		.row = put_row,
		.end = end,
		.close = finish,
		.fini = fini,
};
