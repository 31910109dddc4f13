/* SPDX-License-Identifier: BSD-3-Clause */
#include "rules.h"
#include "rules_print.h"
#include "tool.h"
#include "tt_config.h"
#include "tt_signature.h"

#include <string.h>

#define PROGRAM "teiten rules"

static const char help[] =
		"Usage: teiten rules check [OPTION…] FILE…\n"
		"       teiten rules match --rules FILE [OPTION…] CAPTURE…  (its --help says more)\n"
		"Reads files of signatures, as Snort and Suricata write them, and says of each rule\n"
		"that would not be matched why: one line \"FILE:LINE: sid SID: OUTCOME: WHY\". Then,\n"
		"for each file, how many rules are\n"
		"  loaded        and would be matched,\n"
		"  unreachable   since they need a session, a stream or an application's parser,\n"
		"                or never match,\n"
		"  unsupported   since they use an option that is not known here,\n"
		"  broken        and are no rules,\n"
		"  duplicate     since another one has the same sid and a newer revision.\n"
		"A last line says so where the rules keep SYNs from being sieved, which costs time.\n"
		"\n"
		"  --rule-variables FILE  what $HOME_NET and the like stand for: Snort's lines\n"
		"                         \"ipvar HOME_NET …\", or Suricata's YAML\n"
		"  --home-net LIST        HOME_NET, where FILE does not state it; prefixes\n"
		"  --rule-classes FILE    priority and category of each classtype, or none\n"
		"                         (default: those that come with teiten)\n"
		"                         (--vars and --classification are the same two)\n"
		"  --summary              instead of each rule, how many there are of each reason\n"
		"  --quiet                only the numbers\n"
		"  --json                 all of it as JSON\n"
		"  --strict               exit 1 unless all rules are loaded\n"
		"  -h, --help             print this\n"
		"\n"
		"Exit status: 0 done, 1 a file that cannot be read or is wrong, or what --strict\n"
		"asks for is not so, 2 wrong usage.\n"
		"docs/signatures.md has the language.\n";

enum {
	OPT_STRICT = RULES_OPT_OWN,
	OPT_QUIET,
	OPT_SUMMARY,
	OPT_JSON,
};

static const struct option options[] = {
		RULES_OPTIONS,
		{"strict", no_argument, NULL, OPT_STRICT},
		{"quiet", no_argument, NULL, OPT_QUIET},
		{"summary", no_argument, NULL, OPT_SUMMARY},
		{"json", no_argument, NULL, OPT_JSON},
		{"help", no_argument, NULL, 'h'},
		{0},
};

struct wish {
	struct tt_rules_options rules;
	bool strict;
	int form; /* OPT_QUIET, OPT_SUMMARY, OPT_JSON; the last that was given, or 0 */
};

static const char absent[] = ""; /* the default classes, where they are not found */

void
rules_init(struct tt_rules_options *rules)
{
	const char *classes = tt_config_classes();

	*rules = (struct tt_rules_options){
			.classification = classes[0] == '\0' ? absent : classes};
}

void
rules_settle(struct tt_rules_options *rules, const char *program)
{
	if (rules->classification != absent)
		return;
	rules->classification = NULL;
	fprintf(stderr, "%s: warning: %s; --rule-classes names a file, or none\n",
			program, tt_config_no_classes());
}

bool
rules_wrong(struct tool *tool, const struct tt_rules_options *rules)
{
	const char *variables = rules->variables, *classes = rules->classification;

	if (variables != NULL && variables[0] == '\0')
		tool->status = tool_usage(tool,
				"--rule-variables: an empty path; name a file, or none");
	else if (classes != NULL && classes != absent && classes[0] == '\0')
		tool->status = tool_usage(tool,
				"--rule-classes: an empty path; name a file, or none");
	else
		return false;
	return true;
}

bool
rules_take(struct tt_rules_options *rules, int option)
{
	switch (option) {
	case RULES_OPT_VARIABLES:
		rules->variables = strcmp(optarg, "none") == 0 ? NULL : optarg;
		return true;
	case RULES_OPT_HOME_NET:
		rules->home_net = optarg;
		return true;
	case RULES_OPT_CLASSES:
		rules->classification = strcmp(optarg, "none") == 0 ? NULL : optarg;
		return true;
	default:
		return false;
	}
}

static void
take(struct wish *w, int option)
{
	if (rules_take(&w->rules, option))
		return;
	if (option == OPT_STRICT)
		w->strict = true;
	else
		w->form = option;
}

/* unsieved: as of tt_signatures_unsieved. */
static int
print(const struct tt_rules *rules, const char *unsieved, int form, char **files,
		unsigned n_files)
{
	int ret = 0;

	if (form == OPT_JSON)
		return rules_print_json(rules, unsieved, files, n_files);
	if (form == OPT_SUMMARY)
		ret = tt_rules_print_summary(rules, stdout);
	else if (form != OPT_QUIET)
		tt_rules_print_remarks(rules, stdout);
	if (ret == 0)
		tt_rules_print_counts(rules, (const char *const *)files, n_files, stdout);
	if (ret == 0 && unsieved != NULL && form != OPT_QUIET)
		puts(unsieved);
	return ret;
}

static int
check(const struct wish *w, char **files, unsigned n_files)
{
	struct tt_rules rules;
	struct tt_signatures *signatures = NULL;
	struct tt_error err = {0};
	int status = EXIT_DATA;

	if (tt_rules_load(&rules, (const char *const *)files, n_files, &w->rules, &err)
			!= 0) {
		tt_error_print(PROGRAM, &err);
		return EXIT_DATA;
	}
	if (tt_signatures_compile(&signatures, &rules, NULL, &err) != 0)
		tt_error_print(PROGRAM, &err);
	else if (print(&rules, tt_signatures_unsieved(signatures), w->form, files,
				 n_files)
			!= 0)
		fprintf(stderr, PROGRAM ": out of memory\n");
	else
		status = w->strict && rules.n_remarks > 0 ? EXIT_DATA : EXIT_OK;
	tt_signatures_free(signatures);
	tt_rules_fini(&rules);
	return status;
}

int
cmd_rules(int argc, char **argv)
{
	struct tool tool = {PROGRAM, help, options, ":h", argc, argv, 0};
	struct wish w = {0};
	int option;

	rules_init(&w.rules);
	if (argc > 1 && strcmp(argv[1], "match") == 0)
		return rules_match(argc - 1, argv + 1);
	while ((option = tool_option(&tool)) != -1) {
		if (option == 0)
			return tool.status;
		take(&w, option);
	}
	if (optind == argc)
		return tool_usage(&tool, "what to do is missing: check, match");
	if (strcmp(argv[optind], "check") != 0)
		return tool_usage(&tool, "unknown: %s (check, match)", argv[optind]);
	if (++optind == argc)
		return tool_usage(&tool, "FILE is missing");
	if (rules_wrong(&tool, &w.rules))
		return tool.status;
	rules_settle(&w.rules, PROGRAM);
	return check(&w, argv + optind, (unsigned)(argc - optind));
}
