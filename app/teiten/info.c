/* SPDX-License-Identifier: BSD-3-Clause */
#include "info.h"
#include "tool.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

static const char help[] =
		"Usage: teiten info [--json] PATH\n"
		"Describes a spool, a sensor's directory or a day: what was observed and when,\n"
		"what was counted, gaps and losses, one block for each sensor. PATH may also be\n"
		"one snapshot, of which it says more. Only manifests are read, and of partial\n"
		"snapshots what they cover; `teiten verify` reads the data.\n"
		"\n"
		"  --json       as JSON; of one snapshot, its manifest\n"
		"  -h, --help   print this\n";

static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
};

static int
add(void *context, const struct tt_snapshot *snapshot, struct tt_error *err)
{
	return tt_summaries_add(context, snapshot, err);
}

static int
describe_single(const struct tool *tool, const char *path, bool json)
{
	struct tt_snapshot *snapshot;
	struct tt_within within = {0};
	struct tt_error err = {0};
	int ret = tt_snapshot_open(&snapshot, path, &err);

	if (ret != 0) {
		tt_error_print(tool->name, &err);
		return EXIT_DATA;
	}
	if (!json)
		ret = tt_summary_gaps_within(snapshot, &within, &err);
	if (ret != 0)
		tt_error_print(tool->name, &err);
	if (json)
		info_manifest_json(&snapshot->manifest);
	else
		info_manifest_text(&snapshot->manifest, &within);
	tt_snapshot_close(snapshot);
	return ret == 0 ? EXIT_OK : EXIT_DATA;
}

static int
describe_all(const struct tool *tool, const char *path,
		const struct tt_snapshot_list *list, bool json)
{
	struct tt_summaries s = {0};
	size_t n = list->n;
	int status = tool_each(tool, list, add, &s);

	if (json && (n > 0 || status == EXIT_OK))
		info_summaries_json(s.all, s.n, list);
	for (size_t i = 0; !json && i < s.n; i++)
		info_summary_text(&s.all[i]);
	if (!json)
		tool_print_beside(list);
	tt_summaries_fini(&s);
	return n == 0 ? tool_no_snapshots(tool, path, NULL) : status;
}

int
cmd_info(int argc, char **argv)
{
	struct tool tool = {"teiten info", help, options, ":h", argc, argv, 0};
	struct selection selection = SELECTION_ALL;
	struct tt_snapshot_list list;
	bool json = false;
	int option, status;

	while ((option = tool_option(&tool)) != -1) {
		if (option == 0)
			return tool.status;
		json = true;
	}
	selection.path = tool_operand(&tool, "PATH");
	if (selection.path == NULL)
		return tool.status;
	if (!tool_select(&tool, &selection, &list))
		return EXIT_DATA;
	/* A snapshot that was named itself is listed under the path that was given. */
	if (list.n == 1 && strcmp(list.refs[0].path, selection.path) == 0)
		status = describe_single(&tool, selection.path, json);
	else
		status = describe_all(&tool, selection.path, &list, json);
	tt_snapshot_list_fini(&list);
	return status;
}
