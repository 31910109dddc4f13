/* SPDX-License-Identifier: BSD-3-Clause */
#include "tool.h"
#include "tt_time.h"

#include <string.h>

static const char help[] =
		"Usage: teiten verify PATH\n"
		"Proves snapshots intact: every file is there, has the hash that the manifest\n"
		"gives, can be read to its end, and agrees with the others; the ledger closes.\n"
		"PATH is a spool, a sensor's directory, a day, or one snapshot. Prints one line\n"
		"for each damaged file on standard error, and exits 1 if there is any.\n"
		"\n"
		"  -h, --help   print this\n";

static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{0},
};

static void
report(void *context, const struct tt_error *err)
{
	tt_error_print("teiten verify", err);
}

static int
verify_all(const struct tt_snapshot_list *list, const char *path)
{
	size_t damaged = 0, files = 0;

	for (size_t i = 0; i < list->n; i++) {
		int n = tt_snapshot_verify(list->refs[i].path, report, NULL);

		if (n < 0) {
			fprintf(stderr, "teiten verify: %s: %s\n", list->refs[i].path,
					strerror(-n));
			return EXIT_DATA;
		}
		damaged += n > 0;
		files += (size_t)n;
	}
	if (list->n == 0)
		printf("no snapshots in %s\n", path);
	else if (damaged == 0)
		printf("%zu snapshot%s, all intact\n", list->n, list->n == 1 ? "" : "s");
	else
		printf("%zu snapshot%s, %zu damaged, in %zu file%s\n", list->n,
				list->n == 1 ? "" : "s", damaged, files,
				files == 1 ? "" : "s");
	return damaged == 0 ? EXIT_OK : EXIT_DATA;
}

int
cmd_verify(int argc, char **argv)
{
	struct tool tool = {"teiten verify", help, options, ":h", argc, argv, 0};
	struct tt_snapshot_list list;
	struct selection selection = SELECTION_ALL;
	int status;

	if (tool_option(&tool) == 0)
		return tool.status;
	selection.path = tool_operand(&tool, "PATH");
	if (selection.path == NULL)
		return tool.status;
	if (!tool_select(&tool, &selection, &list))
		return EXIT_DATA;
	status = verify_all(&list, selection.path);
	tt_snapshot_list_fini(&list);
	return status;
}
