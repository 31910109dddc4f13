/* SPDX-License-Identifier: BSD-3-Clause */
#include "top.h"

#include <string.h>

static bool
take_class(struct tool *tool, struct top_wish *w)
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
take_ip_version(struct tool *tool, struct top_wish *w)
{
	if (strcmp(optarg, "4") == 0 || strcmp(optarg, "6") == 0) {
		w->ip_version = (unsigned)(*optarg - '0');
		return true;
	}
	tool->status = tool_usage(tool, "--ip-version: \"%s\" is none of 4, 6", optarg);
	return false;
}

static bool
take(struct tool *tool, struct top_wish *w, int option)
{
	switch (option) {
	case 'n':
		return tool_number(tool, "-n", &w->n);
	case TOP_CLASS:
		return take_class(tool, w);
	case TOP_IP_VERSION:
		return take_ip_version(tool, w);
	case TOP_SENSOR:
		return sensors_take(tool);
	case TOP_FROM:
		return tool_time(tool, "--from", &w->selection.from_us);
	case TOP_TO:
		return tool_time(tool, "--to", &w->selection.to_us);
	default:
		if (tt_ranking_format_parse(optarg, &w->format) == 0)
			return true;
		tool->status = tool_usage(
				tool, "unknown format: %s (text, csv or jsonl)", optarg);
		return false;
	}
}

bool
top_take_all(struct tool *tool, struct top_wish *w)
{
	int option;

	while ((option = tool_option(tool)) != -1) {
		if (option == 0 || !take(tool, w, option))
			return false;
	}
	w->selection.path = tool_operand(tool, "PATH");
	return w->selection.path != NULL && tool_span(tool, &w->selection);
}
