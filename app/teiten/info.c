/* SPDX-License-Identifier: BSD-3-Clause */
#include "info.h"
#include "tool.h"
#include "tt_time.h"

#include <string.h>

static const char help[] =
		"Usage: teiten info [--json] PATH\n"
		"Describes a spool, a sensor's directory or a day: what was observed and when,\n"
		"what was counted, gaps and losses, one block for each sensor. PATH may also be\n"
		"one snapshot, of which it says more. Only manifests are read; `teiten verify`\n"
		"reads the data.\n"
		"\n"
		"  --json       as JSON; of one snapshot, its manifest\n"
		"  -h, --help   print this\n";

static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
};

/* One summary for each sensor, in the order in which they come. */
struct sensors {
	struct tt_summary *summaries; /* [n] */
	size_t n;
};

static struct tt_summary *
summary_of(struct sensors *s, const char *sensor)
{
	struct tt_summary *more;

	/* Snapshots come by sensor, so it is the latest but for directories put together. */
	for (size_t i = s->n; i > 0; i--) {
		if (strcmp(s->summaries[i - 1].sensor, sensor) == 0)
			return &s->summaries[i - 1];
	}
	more = reallocarray(s->summaries, s->n + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	s->summaries = more;
	tt_summary_init(&more[s->n], sensor);
	return &more[s->n++];
}

static int
add(void *context, const struct tt_snapshot *snapshot, struct tt_error *err)
{
	struct sensors *s = context;
	struct tt_summary *summary = summary_of(s, snapshot->manifest.sensor);

	if (summary == NULL)
		return tt_error_set(err, -1, snapshot->path, "out of memory");
	tt_summary_add(summary, &snapshot->manifest);
	return 0;
}

/* PATH is one snapshot when the only one found lies at PATH itself. */
static bool
is_single(const char *path)
{
	struct tt_snapshot_list list;
	struct tt_error err = {0};
	bool single;

	if (tt_snapshot_list_scan(&list, path, TT_TIME_MIN, TT_TIME_MIN, &err) != 0)
		return false;
	/* Nothing starts in an empty span; a snapshot that is named directly is listed. */
	single = list.n == 1;
	tt_snapshot_list_fini(&list);
	return single;
}

static int
describe_single(const struct tool *tool, const char *path, bool json)
{
	struct tt_snapshot *snapshot;
	struct tt_error err = {0};

	if (tt_snapshot_open(&snapshot, path, &err) != 0) {
		tt_error_print(tool->name, &err);
		return EXIT_DATA;
	}
	if (json)
		info_manifest_json(&snapshot->manifest);
	else
		info_manifest_text(&snapshot->manifest);
	tt_snapshot_close(snapshot);
	return EXIT_OK;
}

static int
describe_all(const struct tool *tool, const char *path, bool json)
{
	const struct selection selection = {path, TT_TIME_MIN, INT64_MAX};
	struct sensors s = {0};
	size_t n;
	int status = tool_each(tool, &selection, &n, add, &s);

	if (json && (n > 0 || status == EXIT_OK))
		info_summaries_json(s.summaries, s.n);
	for (size_t i = 0; !json && i < s.n; i++)
		info_summary_text(&s.summaries[i]);
	if (n == 0 && status == EXIT_OK && !json)
		printf("no snapshots in %s\n", path);
	free(s.summaries);
	return status;
}

int
cmd_info(int argc, char **argv)
{
	struct tool tool = {"teiten info", help, options, ":h", argc, argv, 0};
	bool json = false;
	const char *path;
	int option;

	while ((option = tool_option(&tool)) != -1) {
		if (option == 0)
			return tool.status;
		json = true;
	}
	path = tool_operand(&tool, "PATH");
	if (path == NULL)
		return tool.status;
	if (is_single(path))
		return describe_single(&tool, path, json);
	return describe_all(&tool, path, json);
}
