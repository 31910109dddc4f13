/* SPDX-License-Identifier: BSD-3-Clause */
#include "export.h"
#include "tt_time.h"

#include <string.h>

static const char help[] =
		"Usage: teiten export --table TABLE [OPTION…] PATH\n"
		"       teiten export --format corsaro [OPTION…] PATH\n"
		"Writes the rows of tables of all snapshots in PATH (a spool, a sensor's\n"
		"directory, a day, or one snapshot), by sensor and time.\n"
		"\n"
		"  --table TABLE    which: one, several with commas between, or all;\n"
		"                   --list-tables names them\n"
		"  --sensor SENSOR  of which sensors, with commas between (default: all)\n"
		"  --from TIME      intervals that start at TIME or later\n"
		"  --to TIME        intervals that start before TIME\n"
		"  --format FORMAT  csv (default; RFC 4180), jsonl (one object per line), avro,\n"
		"                   sqlite, parquet (in directories as Hive has them), or\n"
		"                   corsaro (time series as corsaro3's report plugin has them)\n"
		"  --out PATH       write to a file instead of standard output (-); several tables to\n"
		"                   a directory, but to one file for sqlite; parquet always to a\n"
		"                   directory\n"
		"  --prefix TEXT    corsaro: what the names of series begin with, in which\n"
		"                   {sensor} is the sensor (default: darknet.{sensor})\n"
		"  --geo-name NAME  corsaro: what series of countries are called by (default:\n"
		"                   maxmind)\n"
		"  --quiet          no progress bar\n"
		"  --list-tables    print the tables and their columns\n"
		"  -h, --help       print this\n"
		"\n"
		"TIME is UTC, such as 2026-11-22 or 2026-11-22T22:55:00Z, or has an offset from\n"
		"it: 2026-11-22T22:55+09:00.\n";

enum {
	OPT_TABLE = 256,
	OPT_SENSOR,
	OPT_FORMAT,
	OPT_FROM,
	OPT_TO,
	OPT_OUT,
	OPT_PREFIX,
	OPT_GEO_NAME,
	OPT_QUIET,
	OPT_LIST,
};

static const struct option options[] = {
		{"table", required_argument, NULL, OPT_TABLE},
		{"sensor", required_argument, NULL, OPT_SENSOR},
		{"format", required_argument, NULL, OPT_FORMAT},
		{"from", required_argument, NULL, OPT_FROM},
		{"to", required_argument, NULL, OPT_TO},
		{"out", required_argument, NULL, OPT_OUT},
		{"prefix", required_argument, NULL, OPT_PREFIX},
		{"geo-name", required_argument, NULL, OPT_GEO_NAME},
		{"quiet", no_argument, NULL, OPT_QUIET},
		{"list-tables", no_argument, NULL, OPT_LIST},
		{"help", no_argument, NULL, 'h'},
		{0},
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

static bool
take_table(struct tool *tool, struct wish *w, const char *name)
{
	enum tt_table table;

	if (*name == '\0') {
		tool->status = tool_usage(tool, "--table: an empty name");
		return false;
	}
	if (strcmp(name, "all") == 0) {
		memset(w->tables, true, sizeof(w->tables));
		w->n_tables = TT_N_TABLES;
		return true;
	}
	if (tt_table_parse(name, &table) != 0) {
		tool->status = tool_usage(tool,
				"unknown table: %s (--list-tables names them)", name);
		return false;
	}
	w->n_tables += !w->tables[table];
	w->tables[table] = true;
	return true;
}

/* Takes each table of the option's value, which has commas between. */
static bool
take_tables(struct tool *tool, struct wish *w)
{
	char *rest = optarg, *name;

	while ((name = strsep(&rest, ",")) != NULL) {
		if (!take_table(tool, w, name))
			return false;
	}
	return true;
}

/* Takes what names of series are made of. */
static bool
take_name(struct tool *tool, const char *option, const char **name)
{
	*name = optarg;
	if (*optarg != '\0' && strpbrk(optarg, " \t\r\n") == NULL)
		return true;
	tool->status = tool_usage(
			tool, "%s: \"%s\" is empty or has blanks", option, optarg);
	return false;
}

/* Takes one option. Returns false where it is wrong, and has said so. */
static bool
take(struct tool *tool, struct wish *w, int option)
{
	switch (option) {
	case OPT_TABLE:
		return take_tables(tool, w);
	case OPT_SENSOR:
		return sensors_take(tool);
	case OPT_FORMAT:
		if (tt_export_format_parse(optarg, &w->options.format) == 0)
			return true;
		tool->status = tool_usage(tool,
				"unknown format: %s (csv, jsonl, avro, sqlite, parquet or "
				"corsaro)",
				optarg);
		return false;
	case OPT_FROM:
		return tool_time(tool, "--from", &w->selection.from_us);
	case OPT_TO:
		return tool_time(tool, "--to", &w->selection.to_us);
	case OPT_OUT:
		w->options.out = strcmp(optarg, "-") == 0 ? NULL : optarg;
		if (*optarg != '\0')
			return true;
		tool->status = tool_usage(tool, "--out: an empty path");
		return false;
	case OPT_PREFIX:
		return take_name(tool, "--prefix", &w->options.prefix);
	case OPT_GEO_NAME:
		return take_name(tool, "--geo-name", &w->options.geo_name);
	case OPT_QUIET:
		w->quiet = true;
		return true;
	default:
		w->list = true;
		return true;
	}
}

/* Do the options go together? Says what does not, and fills in what was left out. */
static bool
check(struct tool *tool, struct wish *w)
{
	enum tt_export_place place = tt_export_place_of(w->options.format);
	const char *wrong = NULL;

	w->options.several = w->n_tables > 1;
	if (place == TT_EXPORT_SERIES && w->n_tables > 0)
		wrong = "--format corsaro takes no --table";
	else if (place != TT_EXPORT_SERIES && w->n_tables == 0)
		wrong = "--table is missing (--list-tables names them)";
	else if (place != TT_EXPORT_SERIES
			&& (w->options.prefix != NULL || w->options.geo_name != NULL))
		wrong = "--prefix and --geo-name go with --format corsaro";
	else if (place == TT_EXPORT_ONE_FILE && w->options.out == NULL)
		wrong = "--format sqlite needs --out FILE";
	else if (place == TT_EXPORT_DIRECTORY && w->options.out == NULL)
		wrong = "--format parquet needs --out DIRECTORY";
	else if (w->options.several && w->options.out == NULL)
		wrong = "several tables need --out DIRECTORY";
	if (wrong != NULL)
		tool->status = tool_usage(tool, "%s", wrong);
	if (w->options.prefix == NULL)
		w->options.prefix = "darknet.{sensor}";
	if (w->options.geo_name == NULL)
		w->options.geo_name = "maxmind";
	return wrong == NULL;
}

/* Returns false where the command line ends it, and tool->status is how. */
static bool
take_all(struct tool *tool, struct wish *w)
{
	int option;

	while ((option = tool_option(tool)) != -1) {
		if (option == 0 || !take(tool, w, option))
			return false;
	}
	if (w->list) {
		list_tables();
		tool->status = EXIT_OK;
		return false;
	}
	if (!check(tool, w))
		return false;
	w->selection.path = tool_operand(tool, "PATH");
	return w->selection.path != NULL && tool_span(tool, &w->selection);
}

int
cmd_export(int argc, char **argv)
{
	struct tool tool = {"teiten export", help, options, ":h", argc, argv, 0};
	struct wish w = {.selection = SELECTION_ALL};
	struct tt_snapshot_list list;
	int status;

	if (!take_all(&tool, &w)) {
		status = tool.status;
	} else if (!tool_select(&tool, &w.selection, &list)) {
		status = EXIT_DATA;
	} else {
		status = export_run(&tool, &w, &list);
		tt_snapshot_list_fini(&list);
	}
	sensors_fini(&tool.sensors);
	return status;
}
