/* SPDX-License-Identifier: BSD-3-Clause */
#include "uniques.h"
#include "tool.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

static const char help[] =
		"Usage: teiten uniques [OPTION…] SPOOL…\n"
		"Estimates how many distinct addresses there were over all snapshots in the\n"
		"spools (or sensors' directories, days, single snapshots) together, each counted\n"
		"once however often it came: sketches are merged over intervals and sensors.\n"
		"Prints the sources of each sensor, and of all if there are several.\n"
		"\n"
		"  --keys PATTERN  sketches of other keys, merged over all sensors, the greatest\n"
		"                  estimate first; * and ? match any text and any character:\n"
		"                  'sources/country/*', 'sources/prefix/192.0.2.*',\n"
		"                  'sources/target/445/TCP', 'destinations/target/*'\n"
		"  -n N            so many keys (default 20)\n"
		"  --json          as JSON\n"
		"  --sensor SENSOR of which sensors, with commas between (default: all)\n"
		"  --from TIME     intervals that start at TIME or later\n"
		"  --to TIME       intervals that start before TIME\n"
		"  -h, --help      print this\n"
		"\n"
		"TIME is UTC, such as 2026-11-22 or 2026-11-22T22:55:00Z, or has an offset from\n"
		"it: 2026-11-22T22:55+09:00.\n"
		"\n"
		"The standard error is 1.04 / sqrt(2^p) of the estimate, p being the precision\n"
		"of the key. Of targets, a snapshot has the sketches of the busiest alone, as\n"
		"many as --sketch-rows of teiten read and teitend leaves room for: where the\n"
		"ledger (account tables, reason sketches) says that some were left out, merged\n"
		"estimates of targets are lower bounds, and a note below them says so. Memory\n"
		"is taken for each key that is merged: 16 KiB for all sources of a sensor, 4 KiB\n"
		"for a country, 2 KiB for a prefix, 512 bytes for a target, and up to 200 bytes\n"
		"more.\n";

enum {
	OPT_KEYS = 256,
	OPT_JSON,
	OPT_SENSOR,
	OPT_FROM,
	OPT_TO,
};

static const struct option options[] = {
		{"keys", required_argument, NULL, OPT_KEYS},
		{"json", no_argument, NULL, OPT_JSON},
		{"sensor", required_argument, NULL, OPT_SENSOR},
		{"from", required_argument, NULL, OPT_FROM},
		{"to", required_argument, NULL, OPT_TO},
		{"help", no_argument, NULL, 'h'},
		{0},
};

struct wish {
	struct selection selection; /* the times; path is that of each operand in turn */
	const char *keys; /* NULL: sources by sensor */
	size_t n; /* 0: not given */
	bool json;
};

static bool
take_keys(struct tool *tool, struct wish *w)
{
	w->keys = optarg;
	if (*optarg != '\0')
		return true;
	tool->status = tool_usage(
			tool, "--keys: an empty pattern (such as 'sources/country/*')");
	return false;
}

static bool
take(struct tool *tool, struct wish *w, int option)
{
	switch (option) {
	case 'n':
		return tool_number(tool, "-n", &w->n);
	case OPT_KEYS:
		return take_keys(tool, w);
	case OPT_SENSOR:
		return sensors_take(tool);
	case OPT_FROM:
		return tool_time(tool, "--from", &w->selection.from_us);
	case OPT_TO:
		return tool_time(tool, "--to", &w->selection.to_us);
	default:
		w->json = true;
		return true;
	}
}

struct work {
	struct tt_uniques uniques;
	bool stop; /* there is no result */
};

/* Damaged snapshots are passed over; where sketches do not merge, no result would mean anything. */
static int
add(void *context, const struct tt_snapshot *snapshot, struct tt_error *err)
{
	struct work *work = context;
	int ret = tt_uniques_add(&work->uniques, snapshot, err);

	if (ret != -EPROTO && ret != -ENOMEM)
		return ret;
	work->stop = true;
	tt_error_print("teiten uniques", err);
	return TOOL_STOP;
}

/* Adds what is in one operand. Returns the exit status. */
static int
add_path(const struct tool *tool, struct wish *w, const char *path, struct work *work)
{
	struct tt_snapshot_list list;
	int status;

	w->selection.path = path;
	if (!tool_select(tool, &w->selection, &list)) {
		work->stop = true;
		return EXIT_DATA;
	}
	status = tool_each(tool, &list, add, work);
	if (list.n == 0)
		status = tool_no_snapshots(tool, path, &w->selection);
	tt_snapshot_list_fini(&list);
	return status;
}

static void
print(const struct tool *tool, const struct wish *w, struct tt_uniques *uniques)
{
	size_t n = w->n > 0 ? w->n : 20;

	tt_uniques_finish(uniques);
	if (w->json)
		uniques_json(uniques, n);
	else if (uniques->snapshots > 0)
		uniques_text(uniques, n);
	if (uniques->snapshots > 0 && uniques->n == 0)
		fprintf(stderr, "%s: no key matches %s\n", tool->name, w->keys);
}

static int
estimate(const struct tool *tool, struct wish *w)
{
	struct work work = {0};
	int status = EXIT_OK;

	tt_uniques_init(&work.uniques, w->keys);
	for (int i = optind; !work.stop && i < tool->argc; i++) {
		int ret = add_path(tool, w, tool->argv[i], &work);

		status = ret == EXIT_OK ? status : ret;
	}
	if (!work.stop && status == EXIT_OK && sensors_say_missing(tool, NULL))
		status = EXIT_DATA;
	if (!work.stop && (w->json || work.uniques.snapshots > 0))
		print(tool, w, &work.uniques);
	tt_uniques_fini(&work.uniques);
	return status;
}

/* Returns false where the command line ends it, and tool->status is how. */
static bool
take_all(struct tool *tool, struct wish *w)
{
	const char *wrong = NULL;
	int option;

	while ((option = tool_option(tool)) != -1) {
		if (option == 0 || !take(tool, w, option))
			return false;
	}
	if (w->n > 0 && w->keys == NULL)
		wrong = "-n: without --keys, every sensor is printed";
	else if (optind == tool->argc)
		wrong = "SPOOL is missing";
	if (wrong != NULL)
		tool->status = tool_usage(tool, "%s", wrong);
	return wrong == NULL && tool_span(tool, &w->selection);
}

int
cmd_uniques(int argc, char **argv)
{
	struct tool tool = {"teiten uniques", help, options, ":hn:", argc, argv, 0,
			.leaves_out = true};
	struct wish w = {.selection = SELECTION_ALL};

	if (take_all(&tool, &w))
		tool.status = estimate(&tool, &w);
	sensors_fini(&tool.sensors);
	return tool.status;
}
