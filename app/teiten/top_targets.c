/* SPDX-License-Identifier: BSD-3-Clause */
#include "top.h"
#include "tt_ranking.h"

static const char help[] =
		"Usage: teiten top-targets [OPTION…] PATH\n"
		"Prints the ranking of targets (445/TCP, 8/ICMP) over all snapshots in PATH (a\n"
		"spool, a sensor's directory, a day, or one snapshot): packets, share, bytes,\n"
		"unique sources, and packets per day and monitored address. Over several\n"
		"snapshots, the sources are the most in any one of them; ~ marks estimates.\n"
		"Where IPv4 and IPv6 are monitored, packets per day and address are those of\n"
		"IPv4, and all else is of both. Where so many addresses are monitored (IPv6)\n"
		"that all would be 0.00, text has all packets per day and sensor; csv and jsonl\n"
		"have both, and mark what is no exact number in the columns sources_estimated,\n"
		"sources_at_least, and ipv6_untold (packets of IPv6 are among those of IPv4).\n"
		"\n"
		"  -n N             so many ranks (default 20)\n"
		"  --class CLASS    only packets of that class, such as tcp-syn\n"
		"  --ip-version V   only packets of IPv4 (4) or IPv6 (6), whose sources are not\n"
		"                   told apart where both are monitored\n"
		"  --format FORMAT  text (default), csv or jsonl\n"
		"  --sensor SENSOR  of which sensors, with commas between (default: all)\n"
		"  --from TIME      intervals that start at TIME or later\n"
		"  --to TIME        intervals that start before TIME\n"
		"  -h, --help       print this\n"
		"\n"
		"TIME is UTC, such as 2026-11-22 or 2026-11-22T22:55:00Z, or has an offset from\n"
		"it: 2026-11-22T22:55+09:00.\n";

static const struct option options[] = {
		{"class", required_argument, NULL, TOP_CLASS},
		{"format", required_argument, NULL, TOP_FORMAT},
		{"ip-version", required_argument, NULL, TOP_IP_VERSION},
		{"sensor", required_argument, NULL, TOP_SENSOR},
		{"from", required_argument, NULL, TOP_FROM},
		{"to", required_argument, NULL, TOP_TO},
		{"help", no_argument, NULL, 'h'},
		{0},
};

static int
add(void *context, const struct tt_snapshot *snapshot, struct tt_error *err)
{
	return tt_ranking_add(context, snapshot, err);
}

static int
rank(const struct tool *tool, const struct top_wish *w)
{
	struct tt_snapshot_list list;
	struct tt_ranking ranking;
	int status;

	if (!tool_select(tool, &w->selection, &list))
		return EXIT_DATA;
	tt_ranking_init(&ranking, w->one_class ? &w->class : NULL);
	ranking.ip_version = w->ip_version;
	status = tool_each(tool, &list, add, &ranking);
	tt_ranking_sort(&ranking);
	if (ranking.over.snapshots > 0
			|| (status == EXIT_OK && w->format != TT_RANKING_TEXT))
		tt_ranking_print(&ranking, w->n, w->format, stdout);
	if (list.n == 0)
		status = tool_no_snapshots(tool, w->selection.path, &w->selection);
	else if (sensors_say_missing(tool, w->selection.path))
		status = EXIT_DATA;
	tt_ranking_fini(&ranking);
	tt_snapshot_list_fini(&list);
	return status;
}

int
cmd_top_targets(int argc, char **argv)
{
	struct tool tool = {"teiten top-targets", help, options, ":hn:", argc, argv, 0,
			.adds_up = true, .leaves_out = true};
	struct top_wish w = TOP_WISH_DEFAULT;

	if (top_take_all(&tool, &w))
		tool.status = rank(&tool, &w);
	sensors_fini(&tool.sensors);
	return tool.status;
}
