/* SPDX-License-Identifier: BSD-3-Clause */
#include "top.h"
#include "tt_origins.h"

#define OPTIONS                                                                      \
	"  --format FORMAT  text (default), csv or jsonl\n"                          \
	"  --sensor SENSOR  of which sensors, with commas between (default: all)\n"  \
	"  --from TIME      intervals that start at TIME or later\n"                 \
	"  --to TIME        intervals that start before TIME\n"                      \
	"  -h, --help       print this\n"                                            \
	"\n"                                                                         \
	"TIME is UTC, such as 2026-11-22 or 2026-11-22T22:55:00Z, or has an offset " \
	"from\nit: 2026-11-22T22:55+09:00.\n"

static const char countries_help[] =
		"Usage: teiten top-countries [OPTION…] PATH\n"
		"Prints the ranking of source countries over all snapshots in PATH (a spool, a\n"
		"sensor's directory, a day, or one snapshot): packets, share, bytes, unique\n"
		"sources, and packets per day and monitored address. Packets and bytes are\n"
		"exact. Over several snapshots, the sources are the most in any one of them; ~\n"
		"marks estimates. ?? is what the database does not know. Packets of a country\n"
		"are not told apart by IP version: where IPv4 and IPv6 are monitored and sent to,\n"
		"there are packets per day and sensor alone. csv and jsonl have both, and mark\n"
		"what is no exact number in the columns sources_estimated and sources_at_least.\n"
		"\n"
		"  -n N             so many ranks (default 20)\n"
		"  --class CLASS    only packets of that class, such as tcp-syn\n" OPTIONS;

static const char networks_help[] =
		"Usage: teiten top-networks [OPTION…] PATH\n"
		"Prints the ranking of source networks (AS numbers) over all snapshots in PATH\n"
		"(a spool, a sensor's directory, a day, or one snapshot): packets, share, bytes,\n"
		"unique sources, and packets per day and monitored address. Over several\n"
		"snapshots, the sources are the most in any one of them. All are counted from\n"
		"the sources that snapshots keep: exact while these have all of them, as without\n"
		"a flood; else ~ marks estimates, in which one heavy source weighs much. csv and\n"
		"jsonl have packets_estimated, packets_stderr (the standard error, at most; 0:\n"
		"exact), sources_estimated, and AS number 0 for what text calls unknown.\n"
		"\n"
		"  -n N             so many ranks (default 20)\n"
		"  --ip-version V   only packets of IPv4 (4) or IPv6 (6)\n" OPTIONS;

#define COMMON                                                           \
	{"format", required_argument, NULL, TOP_FORMAT},                 \
			{"sensor", required_argument, NULL, TOP_SENSOR}, \
			{"from", required_argument, NULL, TOP_FROM},     \
			{"to", required_argument, NULL, TOP_TO},         \
			{"help", no_argument, NULL, 'h'},                \
	{                                                                \
		0                                                        \
	}

static const struct option countries_options[] = {
		{"class", required_argument, NULL, TOP_CLASS}, COMMON};
static const struct option networks_options[] = {
		{"ip-version", required_argument, NULL, TOP_IP_VERSION}, COMMON};

static int
add(void *context, const struct tt_snapshot *snapshot, struct tt_error *err)
{
	return tt_origins_add(context, snapshot, err);
}

static int
rank(const struct tool *tool, const struct top_wish *w, enum tt_origins_by by)
{
	struct tt_snapshot_list list;
	struct tt_origins origins;
	int status;

	if (!tool_select(tool, &w->selection, &list))
		return EXIT_DATA;
	tt_origins_init(&origins, by);
	origins.one_class = w->one_class;
	origins.class = w->class;
	origins.ip_version = w->ip_version;
	status = tool_each(tool, &list, add, &origins);
	tt_origins_sort(&origins);
	if (origins.over.snapshots > 0
			|| (status == EXIT_OK && w->format != TT_RANKING_TEXT))
		tt_origins_print(&origins, w->n, w->format, stdout);
	if (list.n == 0)
		status = tool_no_snapshots(tool, w->selection.path, &w->selection);
	else if (sensors_say_missing(tool, w->selection.path))
		status = EXIT_DATA;
	tt_origins_fini(&origins);
	tt_snapshot_list_fini(&list);
	return status;
}

static int
run(struct tool *tool, enum tt_origins_by by)
{
	struct top_wish w = TOP_WISH_DEFAULT;

	if (top_take_all(tool, &w))
		tool->status = rank(tool, &w, by);
	sensors_fini(&tool->sensors);
	return tool->status;
}

int
cmd_top_countries(int argc, char **argv)
{
	struct tool tool = {"teiten top-countries", countries_help, countries_options,
			":hn:", argc, argv, 0, .adds_up = true, .leaves_out = true};

	return run(&tool, TT_ORIGINS_COUNTRIES);
}

int
cmd_top_networks(int argc, char **argv)
{
	struct tool tool = {"teiten top-networks", networks_help, networks_options,
			":hn:", argc, argv, 0, .adds_up = true, .leaves_out = true};

	return run(&tool, TT_ORIGINS_NETWORKS);
}
