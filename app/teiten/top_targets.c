/* SPDX-License-Identifier: BSD-3-Clause */
#include "tool.h"
#include "tt_ranking.h"
#include "tt_time.h"

#include <string.h>

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

enum {
	OPT_CLASS = 256,
	OPT_FORMAT,
	OPT_IP_VERSION,
	OPT_SENSOR,
	OPT_FROM,
	OPT_TO,
};

static const struct option options[] = {
		{"class", required_argument, NULL, OPT_CLASS},
		{"format", required_argument, NULL, OPT_FORMAT},
		{"ip-version", required_argument, NULL, OPT_IP_VERSION},
		{"sensor", required_argument, NULL, OPT_SENSOR},
		{"from", required_argument, NULL, OPT_FROM},
		{"to", required_argument, NULL, OPT_TO},
		{"help", no_argument, NULL, 'h'},
		{0},
};

struct wish {
	struct selection selection;
	size_t n;
	enum tt_ranking_format format;
	bool one_class;
	enum tt_class class;
	unsigned ip_version; /* 0: both */
};

static bool
take_class(struct tool *tool, struct wish *w)
{
	w->one_class = tt_class_parse(optarg, &w->class) == 0;
	if (w->one_class)
		return true;
	fprintf(stderr, "%s: unknown class: %s (one of", tool->name, optarg);
	for (unsigned c = 0; c < TT_N_CLASSES; c++)
		fprintf(stderr, " %s", tt_class_name((enum tt_class)c));
	fputs(")\n", stderr);
	tool->status = EXIT_USAGE;
	return false;
}

static bool
take_ip_version(struct tool *tool, struct wish *w)
{
	if (strcmp(optarg, "4") == 0 || strcmp(optarg, "6") == 0) {
		w->ip_version = (unsigned)(*optarg - '0');
		return true;
	}
	tool->status = tool_usage(tool, "--ip-version: \"%s\" is none of 4, 6", optarg);
	return false;
}

static bool
take(struct tool *tool, struct wish *w, int option)
{
	switch (option) {
	case 'n':
		return tool_number(tool, "-n", &w->n);
	case OPT_CLASS:
		return take_class(tool, w);
	case OPT_IP_VERSION:
		return take_ip_version(tool, w);
	case OPT_SENSOR:
		return sensors_take(tool);
	case OPT_FROM:
		return tool_time(tool, "--from", &w->selection.from_us);
	case OPT_TO:
		return tool_time(tool, "--to", &w->selection.to_us);
	default:
		if (tt_ranking_format_parse(optarg, &w->format) == 0)
			return true;
		tool->status = tool_usage(
				tool, "unknown format: %s (text, csv or jsonl)", optarg);
		return false;
	}
}

static int
add(void *context, const struct tt_snapshot *snapshot, struct tt_error *err)
{
	return tt_ranking_add(context, snapshot, err);
}

static int
rank(const struct tool *tool, const struct wish *w)
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
	if (ranking.snapshots > 0 || (status == EXIT_OK && w->format != TT_RANKING_TEXT))
		tt_ranking_print(&ranking, w->n, w->format, stdout);
	if (list.n == 0)
		status = tool_no_snapshots(tool, w->selection.path, &w->selection);
	else if (sensors_say_missing(tool, w->selection.path))
		status = EXIT_DATA;
	tt_ranking_fini(&ranking);
	tt_snapshot_list_fini(&list);
	return status;
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
	w->selection.path = tool_operand(tool, "PATH");
	return w->selection.path != NULL && tool_span(tool, &w->selection);
}

int
cmd_top_targets(int argc, char **argv)
{
	struct tool tool = {"teiten top-targets", help, options, ":hn:", argc, argv, 0,
			.adds_up = true};
	struct wish w = {.selection = SELECTION_ALL, .n = 20};

	if (take_all(&tool, &w))
		tool.status = rank(&tool, &w);
	sensors_fini(&tool.sensors);
	return tool.status;
}
