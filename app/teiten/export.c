/* SPDX-License-Identifier: BSD-3-Clause */
#include "tool.h"
#include "tt_export.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

static const char help[] =
		"Usage: teiten export --table TABLE [OPTION…] PATH\n"
		"Prints the rows of one table of all snapshots in PATH (a spool, a sensor's\n"
		"directory, a day, or one snapshot), by sensor and time.\n"
		"\n"
		"  --table TABLE    which; --list-tables names them\n"
		"  --format FORMAT  csv (default; RFC 4180) or jsonl (one object per line)\n"
		"  --from TIME      intervals that start at TIME or later\n"
		"  --to TIME        intervals that start before TIME\n"
		"  --out FILE       write to FILE instead of standard output\n"
		"  --list-tables    print the tables and their columns\n"
		"  -h, --help       print this\n"
		"\n"
		"TIME is UTC, such as 2026-11-22 or 2026-11-22T22:55:00Z.\n";

enum {
	OPT_TABLE = 256,
	OPT_FORMAT,
	OPT_FROM,
	OPT_TO,
	OPT_OUT,
	OPT_LIST,
};

static const struct option options[] = {
		{"table", required_argument, NULL, OPT_TABLE},
		{"format", required_argument, NULL, OPT_FORMAT},
		{"from", required_argument, NULL, OPT_FROM},
		{"to", required_argument, NULL, OPT_TO},
		{"out", required_argument, NULL, OPT_OUT},
		{"list-tables", no_argument, NULL, OPT_LIST},
		{"help", no_argument, NULL, 'h'},
		{0},
};

struct wish {
	struct selection selection;
	struct tt_export export;
	const char *out_path; /* NULL: standard output */
	bool has_table, list;
};

static void
list_tables(void)
{
	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		const struct tt_schema *schema = tt_schema_of((enum tt_table)i);

		printf("%s:", schema->name);
		for (unsigned c = 0; c < schema->n_columns; c++)
			printf(" %s", schema->columns[c].name);
		putchar('\n');
	}
}

/* Takes one option. Returns false where it is wrong, and has said so. */
static bool
take(struct tool *tool, struct wish *w, int option)
{
	switch (option) {
	case OPT_TABLE:
		w->has_table = tt_table_parse(optarg, &w->export.table) == 0;
		if (!w->has_table)
			tool->status = tool_usage(tool,
					"unknown table: %s (--list-tables names them)",
					optarg);
		return w->has_table;
	case OPT_FORMAT:
		if (tt_export_format_parse(optarg, &w->export.format) == 0)
			return true;
		tool->status = tool_usage(
				tool, "unknown format: %s (csv or jsonl)", optarg);
		return false;
	case OPT_FROM:
		return tool_time(tool, "--from", &w->selection.from_us);
	case OPT_TO:
		return tool_time(tool, "--to", &w->selection.to_us);
	case OPT_OUT:
		w->out_path = optarg;
		return true;
	default:
		w->list = true;
		return true;
	}
}

/* Says why writing failed, unless nobody reads any more. */
static int
write_status(const char *name, FILE *out, const struct tt_error *err)
{
	if (tool_reader_gone(out))
		return EXIT_OK;
	tt_error_print(name, err);
	return EXIT_DATA;
}

/* Damaged snapshots are passed over, but no more is written where writing failed. */
static int
export_one(void *context, const struct tt_snapshot *snapshot, struct tt_error *err)
{
	struct tt_export *export = context;
	int ret = tt_export_snapshot(export, snapshot, err);

	if (ret == 0 || !ferror(export->out))
		return ret;
	return write_status("teiten export", export->out, err) == EXIT_OK ? TOOL_END
									  : TOOL_STOP;
}

static int
export_all(const struct tool *tool, struct wish *w, const struct tt_snapshot_list *list)
{
	struct tt_error err = {0};
	size_t n = list->n;
	int status;

	if (tt_export_begin(&w->export, &err) != 0)
		return write_status(tool->name, w->export.out, &err);
	status = tool_each(tool, list, export_one, &w->export);
	if (!ferror(w->export.out) && tt_export_end(&w->export, &err) != 0
			&& write_status(tool->name, w->export.out, &err) != EXIT_OK)
		status = EXIT_DATA;
	if (ferror(w->export.out))
		return status;
	if (status == EXIT_OK && n == 0)
		fprintf(stderr, "%s: no such snapshots in %s\n", tool->name,
				w->selection.path);
	else if (status == EXIT_OK && w->export.rows == 0)
		fprintf(stderr, "%s: no rows in %zu snapshot%s\n", tool->name, n,
				n == 1 ? "" : "s");
	return status;
}

static int
export_to_file(const struct tool *tool, struct wish *w,
		const struct tt_snapshot_list *list)
{
	int status;

	w->export.out_name = w->out_path;
	w->export.out = fopen(w->out_path, "w");
	if (w->export.out == NULL) {
		fprintf(stderr, "%s: %s: %s\n", tool->name, w->out_path, strerror(errno));
		return EXIT_DATA;
	}
	status = export_all(tool, w, list);
	if (fclose(w->export.out) != 0 && errno != EPIPE && status == EXIT_OK) {
		fprintf(stderr, "%s: %s: %s\n", tool->name, w->out_path, strerror(errno));
		status = EXIT_DATA;
	}
	return status;
}

int
cmd_export(int argc, char **argv)
{
	struct tool tool = {"teiten export", help, options, ":h", argc, argv, 0};
	struct tt_snapshot_list list;
	struct wish w = {.selection = SELECTION_ALL,
			.export = {.out = stdout, .out_name = "standard output"}};
	int option, status;

	while ((option = tool_option(&tool)) != -1) {
		if (option == 0 || !take(&tool, &w, option))
			return tool.status;
	}
	if (w.list) {
		list_tables();
		return EXIT_OK;
	}
	if (!w.has_table)
		return tool_usage(&tool, "--table is missing (--list-tables names them)");
	w.selection.path = tool_operand(&tool, "PATH");
	if (w.selection.path == NULL)
		return tool.status;
	if (!tool_select(&tool, &w.selection, &list))
		return EXIT_DATA;
	if (w.out_path != NULL)
		status = export_to_file(&tool, &w, &list);
	else
		status = export_all(&tool, &w, &list);
	tt_snapshot_list_fini(&list);
	return status;
}
