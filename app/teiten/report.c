/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"
#include "progress.h"

#include <string.h>

static const char help[] =
		"Usage: teiten report --period PERIOD [OPTION…] SPOOL…\n"
		"Writes the observation report of a period: packets by target and by country,\n"
		"detections by signatures, what rose and what fell, what stands out and why, how\n"
		"it was counted; each compared with the period before. All counts are per day and\n"
		"monitored address.\n"
		"\n"
		"  --period PERIOD  a month (2009-07), a quarter (2009-Q3), a year (2009), a week\n"
		"                   (2009-W28), a day (2009-07-08), or FROM..TO: months\n"
		"                   (2009-06..2009-07) or days (2009-07-01..2009-07-15), both\n"
		"                   included; or times such as 2009-07-01T12:00, of which TO is\n"
		"                   the end\n"
		"  --against PERIOD what it is compared with (default: the one before of the\n"
		"                   same kind and length)\n"
		"  --utc-offset H   days and months are those of this offset from UTC, such as\n"
		"                   +09:00 (default: +00:00)\n"
		"  --sensor SENSOR  of which sensors, with commas between (default: all)\n"
		"  --lang LANG      en (default) or ja\n"
		"  --home COUNTRY   two letters: shares of targets of this country as well\n"
		"  --leading N      so many first rows of each table (default: 5), before those\n"
		"                   with the greatest rises and falls\n"
		"  --format FORMAT  html, text, csv, json, with commas between (default: all with\n"
		"                   --out; else text, and one of html, text and json can be asked\n"
		"                   for)\n"
		"  --brief          text without figures, which there are tables of each day\n"
		"  --out DIR        write DIR/report.html, report.txt, report.json, and one CSV\n"
		"                   file for each table and figure; without it, or -, to\n"
		"                   standard output\n"
		"  --wait DURATION  so long, while no merged snapshot comes, it waits for a program\n"
		"                   that merges what it reads (default: 10m); ten times so\n"
		"                   long in all\n"
		"  --quiet          no progress bar\n"
		"  -h, --help       print this\n"
		"\n"
		"A snapshot that is damaged, or that reaches over the beginning or the end of a\n"
		"period, is in no figure, and the report says so.\n";

enum {
	OPT_PERIOD = 256,
	OPT_AGAINST,
	OPT_UTC_OFFSET,
	OPT_SENSOR,
	OPT_LANG,
	OPT_HOME,
	OPT_LEADING,
	OPT_FORMAT,
	OPT_BRIEF,
	OPT_OUT,
	OPT_WAIT,
	OPT_QUIET,
};

static const struct option options[] = {
		{"period", required_argument, NULL, OPT_PERIOD},
		{"against", required_argument, NULL, OPT_AGAINST},
		{"utc-offset", required_argument, NULL, OPT_UTC_OFFSET},
		{"sensor", required_argument, NULL, OPT_SENSOR},
		{"lang", required_argument, NULL, OPT_LANG},
		{"home", required_argument, NULL, OPT_HOME},
		{"leading", required_argument, NULL, OPT_LEADING},
		{"format", required_argument, NULL, OPT_FORMAT},
		{"brief", no_argument, NULL, OPT_BRIEF},
		{"out", required_argument, NULL, OPT_OUT},
		{"wait", required_argument, NULL, OPT_WAIT},
		{"quiet", no_argument, NULL, OPT_QUIET},
		{"help", no_argument, NULL, 'h'},
		{0},
};

static bool
refuse(struct tool *tool, const char *option, const char *what)
{
	tool->status = tool_usage(tool, "%s: \"%s\" is no %s", option, optarg, what);
	return false;
}

static bool
take_format(struct tool *tool, struct report_wish *w, const char *name, size_t length)
{
	static const struct {
		const char *name;
		enum report_format format;
	} formats[] = {{"html", REPORT_HTML}, {"text", REPORT_TEXT}, {"csv", REPORT_CSV},
			{"json", REPORT_JSON}};

	for (size_t i = 0; i < TT_ARRAY_SIZE(formats); i++) {
		if (strlen(formats[i].name) == length
				&& strncmp(formats[i].name, name, length) == 0) {
			w->formats |= formats[i].format;
			return true;
		}
	}
	return refuse(tool, "--format", "format: html, text, csv or json");
}

static bool
take_formats(struct tool *tool, struct report_wish *w)
{
	for (const char *at = optarg; at != NULL; at = strchr(at, ',')) {
		at += *at == ',';
		if (!take_format(tool, w, at, strcspn(at, ",")))
			return false;
	}
	return true;
}

static bool
take_offset(struct tool *tool, struct report_wish *w)
{
	return tt_time_parse_offset(optarg, &w->utc_offset_min) == 0
			|| refuse(tool, "--utc-offset",
					"offset from -14:00 to +14:00, such as +09:00 or +0900");
}

static bool
take_language(struct tool *tool, struct report_wish *w)
{
	w->language = optarg;
	return strcmp(optarg, "en") == 0 || strcmp(optarg, "ja") == 0
			|| refuse(tool, "--lang", "language: en or ja");
}

static bool
take_home(struct tool *tool, struct report_wish *w)
{
	w->home = optarg;
	for (size_t i = 0; i < 2; i++)
		if (optarg[i] < 'A' || optarg[i] > 'Z')
			return refuse(tool, "--home", "country of two capital letters");
	return optarg[2] == '\0'
			|| refuse(tool, "--home", "country of two capital letters");
}

static bool
take_out(struct tool *tool, struct report_wish *w)
{
	w->out = strcmp(optarg, "-") == 0 ? NULL : optarg;
	if (*optarg != '\0')
		return true;
	tool->status = tool_usage(tool, "--out: an empty path");
	return false;
}

static bool
take(struct tool *tool, struct report_wish *w, int option)
{
	switch (option) {
	case OPT_PERIOD:
		w->period = optarg;
		return true;
	case OPT_AGAINST:
		w->against = optarg;
		return true;
	case OPT_UTC_OFFSET:
		return take_offset(tool, w);
	case OPT_SENSOR:
		w->sensors = optarg;
		return true;
	case OPT_LANG:
		return take_language(tool, w);
	case OPT_HOME:
		return take_home(tool, w);
	case OPT_LEADING:
		return tool_number(tool, "--leading", &w->leading);
	case OPT_FORMAT:
		return take_formats(tool, w);
	case OPT_BRIEF:
		w->brief = true;
		return true;
	case OPT_OUT:
		return take_out(tool, w);
	case OPT_WAIT:
		return tool_duration(tool, "--wait", &w->wait_us);
	default:
		progress_off();
		return true;
	}
}

/* What depends on several options. Returns the exit status. */
static int
check(const struct tool *tool, struct report_wish *w)
{
	if (w->period == NULL)
		return tool_usage(tool, "--period is missing");
	if (w->n_spools == 0)
		return tool_usage(tool, "SPOOL is missing");
	if (w->formats == 0)
		w->formats = w->out == NULL ? REPORT_TEXT : REPORT_ALL;
	if (w->out == NULL && w->formats == REPORT_CSV)
		return tool_usage(tool,
				"--format csv: that is a file for each table and figure: give "
				"--out DIR, where they are to be");
	if (w->out == NULL && (w->formats & (w->formats - 1)) != 0)
		return tool_usage(tool,
				"--format: only one of html, text and json goes to "
				"standard output; give --out DIR for more");
	if (w->brief && (w->formats & REPORT_TEXT) == 0)
		return tool_usage(tool,
				"--brief: it is of text, which --format does not have");
	return EXIT_OK;
}

int
cmd_report(int argc, char **argv)
{
	struct tool tool = {"teiten report", help, options, ":h", argc, argv, 0};
	struct report_wish w = {
			.language = "en", .leading = 5, .wait_us = 600 * TT_US_PER_S};
	int option, status;

	while ((option = tool_option(&tool)) != -1) {
		if (option == 0 || !take(&tool, &w, option))
			return tool.status;
	}
	w.spools = (const char *const *)argv + optind;
	w.n_spools = (size_t)(argc - optind);
	status = check(&tool, &w);
	return status == EXIT_OK ? report_make(&tool, &w) : status;
}
