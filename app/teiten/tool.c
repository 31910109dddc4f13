/* SPDX-License-Identifier: BSD-3-Clause */
#include "tool.h"
#include "tt_time.h"

#include <stdarg.h>

int
tool_usage(const struct tool *tool, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", tool->name);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputs("\n", stderr);
	return EXIT_USAGE;
}

/* The option that getopt_long stopped at, as it was typed. */
static void
bad_option(struct tool *tool, const char *why)
{
	const char *typed = tool->argv[optind - 1];

	if (optopt != 0 && (typed[0] != '-' || typed[1] != '-'))
		tool->status = tool_usage(tool, "%s: -%c", why, optopt);
	else
		tool->status = tool_usage(tool, "%s: %s", why, typed);
}

int
tool_option(struct tool *tool)
{
	int c;

	opterr = 0;
	c = getopt_long(tool->argc, tool->argv, tool->short_options, tool->options, NULL);
	if (c == 'h') {
		fputs(tool->help, stdout);
		tool->status = EXIT_OK;
		return 0;
	}
	if (c != '?' && c != ':')
		return c;
	bad_option(tool, c == ':' ? "option without its value" : "unknown option");
	return 0;
}

const char *
tool_operand(struct tool *tool, const char *what)
{
	if (optind + 1 == tool->argc)
		return tool->argv[optind];
	if (optind == tool->argc)
		tool->status = tool_usage(tool, "%s is missing", what);
	else
		tool->status = tool_usage(
				tool, "too many operands: %s", tool->argv[optind + 1]);
	return NULL;
}

bool
tool_time(struct tool *tool, const char *option, int64_t *us)
{
	if (tt_time_parse(optarg, us) == 0)
		return true;
	tool->status = tool_usage(tool,
			"%s: \"%s\" is no time such as 2026-11-22T22:55:00Z", option,
			optarg);
	return false;
}

static int
visit(const struct tool *tool, const char *path,
		int (*each)(void *context, const struct tt_snapshot *snapshot,
				struct tt_error *err),
		void *context)
{
	struct tt_snapshot *snapshot;
	struct tt_error err = {0};
	int ret = tt_snapshot_open(&snapshot, path, &err);

	if (ret == 0) {
		ret = each(context, snapshot, &err);
		tt_snapshot_close(snapshot);
	}
	if (ret < 0)
		tt_error_print(tool->name, &err);
	return ret;
}

int
tool_each(const struct tool *tool, const struct selection *selection, size_t *n,
		int (*each)(void *context, const struct tt_snapshot *snapshot,
				struct tt_error *err),
		void *context)
{
	struct tt_snapshot_list list;
	struct tt_error err = {0};
	int status = EXIT_OK;

	*n = 0;
	if (tt_snapshot_list_scan(&list, selection->path, selection->from_us,
			    selection->to_us, &err)
			!= 0) {
		tt_error_print(tool->name, &err);
		return EXIT_DATA;
	}
	*n = list.n;
	for (size_t i = 0; i < list.n; i++) {
		int ret = visit(tool, list.refs[i].path, each, context);

		if (ret != 0)
			status = EXIT_DATA;
		if (ret == TOOL_STOP)
			break;
	}
	tt_snapshot_list_fini(&list);
	return status;
}
