/* SPDX-License-Identifier: BSD-3-Clause */
#include "info.h"
#include "tool.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

static const char help[] =
		"Usage: teiten info [--json] PATH…\n"
		"Describes spools, sensors' directories or days: what was observed and when, what\n"
		"was counted, gaps and losses, one block for each sensor, of all of them\n"
		"together. PATH may also be one snapshot, of which alone it says more. Only\n"
		"manifests are read, and of partial snapshots what they cover; `teiten verify`\n"
		"reads the data.\n"
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
describe_all(const struct tool *tool, const struct tt_snapshot_list *list, bool json)
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
	return status;
}

/* Lists what is in one place. single: that is a snapshot itself, listed under the path that was given. */
static bool
list_path(const struct tool *tool, const char *path, struct tt_snapshot_list *list,
		bool *single)
{
	struct selection selection = SELECTION_ALL;

	selection.path = path;
	if (!tool_select(tool, &selection, list))
		return false;
	*single = list->n == 1 && strcmp(list->refs[0].path, path) == 0;
	return true;
}

static int
no_memory(const struct tool *tool)
{
	fprintf(stderr, "%s: out of memory\n", tool->name);
	return EXIT_DATA;
}

/* Joins what is in paths[n]. Returns the exit status; none: there is nothing to describe. */
static int
list_paths(const struct tool *tool, char *const *paths, int n,
		struct tt_snapshot_list *all, bool *none)
{
	int status = EXIT_OK;

	*none = true;
	for (int i = 0; i < n; i++) {
		struct tt_snapshot_list list;
		bool single;
		int ret;

		if (!list_path(tool, paths[i], &list, &single))
			return EXIT_DATA;
		if (list.n == 0)
			status = tool_no_snapshots(tool, paths[i], NULL);
		ret = info_join(all, &list);
		tt_snapshot_list_fini(&list);
		if (ret != 0)
			return no_memory(tool);
	}
	if (info_order(all) != 0)
		return no_memory(tool);
	*none = false;
	return status;
}

static int
describe_several(const struct tool *tool, char *const *paths, int n, bool json)
{
	struct tt_snapshot_list all = {0};
	bool none;
	int status = list_paths(tool, paths, n, &all, &none), ret = EXIT_OK;

	if (!none)
		ret = describe_all(tool, &all, json);
	tt_snapshot_list_fini(&all);
	return status == EXIT_OK ? ret : status;
}

static int
describe_one(const struct tool *tool, const char *path, bool json)
{
	struct tt_snapshot_list list;
	bool single;
	int status;

	if (!list_path(tool, path, &list, &single))
		return EXIT_DATA;
	status = single ? describe_single(tool, path, json)
			: describe_all(tool, &list, json);
	if (list.n == 0)
		status = tool_no_snapshots(tool, path, NULL);
	tt_snapshot_list_fini(&list);
	return status;
}

int
cmd_info(int argc, char **argv)
{
	struct tool tool = {"teiten info", help, options, ":h", argc, argv, 0};
	bool json = false;
	int option;

	while ((option = tool_option(&tool)) != -1) {
		if (option == 0)
			return tool.status;
		json = true;
	}
	for (int i = optind; i < argc; i++)
		if (argv[i][0] == '\0')
			return tool_usage(&tool, "PATH: an empty path");
	if (optind == argc)
		return tool_usage(&tool, "PATH is missing");
	if (optind + 1 == argc)
		return describe_one(&tool, argv[optind], json);
	return describe_several(&tool, argv + optind, argc - optind, json);
}
