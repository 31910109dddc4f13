/* SPDX-License-Identifier: BSD-3-Clause */
#include "tool.h"
#include "tt_nearest.h"
#include "tt_time.h"
#include "tt_twice.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

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

/* Which option was meant by a long one that is unknown, "--spol" or "--spol=x". */
static char *
meant(const struct tool *tool, const char *typed, char text[TT_NEAREST_TEXT_MAX])
{
	const char *best = NULL;
	char name[TT_NEAREST_LENGTH_MAX + 2];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(typed + 2, "="), typed + 2);
	for (const struct option *o = tool->options; o->name != NULL; o++)
		tt_nearest_try(name, o->name, &best);
	return tt_nearest_text(best, "--", text);
}

/* The option that getopt_long stopped at, as it was typed. unknown: it is none. */
static void
bad_option(struct tool *tool, const char *why, bool unknown)
{
	char text[TT_NEAREST_TEXT_MAX] = "";
	const char *typed = tool->argv[optind - 1];
	bool is_long = optopt == 0 || optopt > UINT8_MAX;

	/* getopt_long gives the value of a long option that lacks or should lack an argument. */
	for (const struct option *o = tool->options; o->name != NULL; o++)
		is_long = is_long
				|| (o->val == optopt
						&& strchr(tool->short_options, optopt)
								== NULL);
	if (is_long)
		tool->status = tool_usage(tool, "%s: %s%s", why, typed,
				unknown && strncmp(typed, "--", 2) == 0
						? meant(tool, typed, text)
						: text);
	else
		tool->status = tool_usage(tool, "%s: -%c", why, optopt);
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
	if (c == ':')
		bad_option(tool, "option without its value", false);
	else
		bad_option(tool, "unknown option", true);
	return 0;
}

const char *
tool_operand(struct tool *tool, const char *what)
{
	if (optind + 1 == tool->argc && tool->argv[optind][0] != '\0')
		return tool->argv[optind];
	if (optind == tool->argc)
		tool->status = tool_usage(tool, "%s is missing", what);
	else if (optind + 1 == tool->argc)
		tool->status = tool_usage(tool, "%s: an empty path", what);
	else
		tool->status = tool_usage(
				tool, "too many operands: %s", tool->argv[optind + 1]);
	return NULL;
}

bool
tool_reader_gone(FILE *out)
{
	struct pollfd fd = {.fd = fileno(out), .events = POLLOUT};

	/* errno may be gone by the time that an error of writing shows; POLLERR stays (poll(2)). */
	return poll(&fd, 1, 0) == 1 && (fd.revents & POLLERR) != 0;
}

bool
tool_time(struct tool *tool, const char *option, int64_t *us)
{
	if (tt_time_parse_with_offset(optarg, us) == 0)
		return true;
	tool->status = tool_usage(tool,
			"%s: \"%s\" is no time such as 2026-11-22T22:55:00Z, or +09:00 in place of "
			"the Z",
			option, optarg);
	return false;
}

bool
tool_gone(const char *path)
{
	return access(path, F_OK) != 0 && errno == ENOENT;
}

void
tool_explain_gone(const char *path, struct tt_error *err)
{
	if (tool_gone(path))
		tt_error_set(err, -ENOENT, path,
				"it was merged or deleted since it was listed: what it had is "
				"missing here");
}

/* Of one that is damaged, whether what is in it counts is said as well. */
static void
say_failed(const struct tool *tool, const char *path, int code, struct tt_error *err)
{
	const size_t n = strlen(err->why);

	if (tool_gone(path))
		tool_explain_gone(path, err);
	else if (tool->leaves_out && code != -ENOMEM)
		snprintf(err->why + n, sizeof(err->why) - n, "; left out");
	tt_error_print(tool->name, err);
}

static int
visit(const struct tool *tool, const struct tt_snapshot_list *list, size_t i,
		struct tt_twices *twices, struct tt_owners *owners,
		int (*each)(void *context, const struct tt_snapshot *snapshot,
				struct tt_error *err),
		void *context)
{
	const struct tt_snapshot_ref *ref = &list->refs[i];
	struct tt_snapshot *snapshot;
	struct tt_error err = {0};
	int ret = tt_snapshot_open(&snapshot, ref->path, &err);

	if (ret == 0
			&& !sensors_want(&tool->sensors, snapshot->manifest.sensor,
					strlen(snapshot->manifest.sensor))) {
		tt_snapshot_close(snapshot);
	} else if (ret == 0) {
		ret = each(context, snapshot, &err);
		if (ret == 0
				&& (tt_twices_add(twices, ref, snapshot) != 0
						|| (tool->adds_up
								&& tt_owners_add(owners,
										   &snapshot->manifest,
										   (uint32_t)i)
										!= 0)))
			ret = tt_error_set(&err, -ENOMEM, ref->path, "out of memory");
		tt_snapshot_close(snapshot);
	}
	if (ret < 0)
		say_failed(tool, ref->path, ret, &err);
	return ret;
}

bool
tool_number(struct tool *tool, const char *option, size_t *n)
{
	char *end;

	errno = 0;
	*n = strtoul(optarg, &end, 10);
	if (*optarg >= '0' && *optarg <= '9' && *end == '\0' && errno == 0 && *n > 0)
		return true;
	tool->status = tool_usage(
			tool, "%s: \"%s\" is no number from 1 on", option, optarg);
	return false;
}

/* Says what has some of the chosen span and is not chosen, for it begins earlier. */
static void
print_reaching(const struct tool *tool, const struct tt_snapshot_list *list)
{
	char from[TT_TIME_TEXT_MAX];

	if (list->n_reaching == 0)
		return;
	fprintf(stderr,
			"%s: %zu snapshot%s from %s on reach%s into this span and %s left "
			"out: %s%s\n",
			tool->name, list->n_reaching, list->n_reaching == 1 ? "" : "s",
			tt_time_format(list->reaching.start_us, from),
			list->n_reaching == 1 ? "es" : "",
			list->n_reaching == 1 ? "is" : "are", list->reaching.path,
			list->n_reaching == 1 ? "" : ", …");
}

bool
tool_span(struct tool *tool, const struct selection *selection)
{
	if (selection->from_us <= selection->to_us)
		return true;
	tool->status = tool_usage(tool, "--from is later than --to");
	return false;
}

/* A duration of a multiple of step_us, in one of units; shortest is that step as text. */
static bool
take_duration(struct tool *tool, const char *option, int64_t step_us,
		const char *shortest, const char *units, int64_t *us)
{
	int64_t found = 0;

	if (tt_time_parse_duration(optarg, &found) != 0 || found % step_us != 0) {
		tool->status = tool_usage(tool,
				"%s: \"%s\" is no duration such as 90s, 30m, 6h, 400d%s",
				option, optarg, units);
		return false;
	}
	if (found == 0) {
		tool->status = tool_usage(tool,
				"%s: \"%s\" is no time at all; the shortest is %s",
				option, optarg, shortest);
		return false;
	}
	*us = found;
	return true;
}

bool
tool_duration(struct tool *tool, const char *option, int64_t *us)
{
	return take_duration(tool, option, 1, "1ms", "", us);
}

bool
tool_seconds(struct tool *tool, const char *option, int64_t *us)
{
	return take_duration(tool, option, TT_US_PER_S, "1s",
			" (whole seconds, minutes, hours or days)", us);
}

bool
tool_select(const struct tool *tool, const struct selection *selection,
		struct tt_snapshot_list *list)
{
	struct tt_error err = {0};

	if (tt_snapshot_list_scan(list, selection->path, selection->from_us,
			    selection->to_us, &err)
			== 0) {
		tool_print_unread(tool, list);
		print_reaching(tool, list);
		return true;
	}
	tt_error_print(tool->name, &err);
	return false;
}

int
tool_no_snapshots(const struct tool *tool, const char *path, const struct selection *span)
{
	const struct selection all = SELECTION_ALL;
	bool chosen = span != NULL
			&& (span->from_us != all.from_us || span->to_us != all.to_us);
	size_t parts = chosen ? 0 : tool_parts(path);

	fprintf(stderr, "%s: no %ssnapshots in %s", tool->name, chosen ? "such " : "",
			path);
	if (parts > 0)
		fprintf(stderr,
				"; %zu part%s of an unfinished interval, which teitend finishes, "
				"the run that is on or the next one",
				parts, parts == 1 ? "" : "s");
	fputs("\n", stderr);
	return EXIT_DATA;
}

void
tool_print_unread(const struct tool *tool, const struct tt_snapshot_list *list)
{
	for (size_t i = 0; i < list->n_unread; i++)
		tt_error_print(tool->name, &list->unread[i]);
}

void
tool_print_beside(const struct tt_snapshot_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->refs[i].within != NULL)
			printf("%s: in the time of %s and not in it; counted beside it\n",
					list->refs[i].path, list->refs[i].within);
}

int
tool_each(const struct tool *tool, const struct tt_snapshot_list *list,
		int (*each)(void *context, const struct tt_snapshot *snapshot,
				struct tt_error *err),
		void *context)
{
	int status = list->n_unread == 0 ? EXIT_OK : EXIT_DATA;
	struct tt_twices twices = {0};
	struct tt_owners owners = {0};

	for (size_t i = 0; i < list->n; i++) {
		int ret = !sensors_want_ref(&tool->sensors, &list->refs[i])
				? 0
				: visit(tool, list, i, &twices, &owners, each, context);

		if (ret == TOOL_END)
			break;
		if (ret != 0)
			status = EXIT_DATA;
		if (ret == TOOL_STOP)
			break;
	}
	tt_twices_print(&twices, tool->name);
	sensors_warn_twice(tool, list, &owners);
	tt_owners_fini(&owners);
	tt_twices_fini(&twices);
	return status;
}
