/* SPDX-License-Identifier: BSD-3-Clause */
#include "rules.h"
#include "tool.h"

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
		"  unsupported   since they use an option that is not known here,\n"
		"  broken        and are no rules,\n"
		"  duplicate     since another one has the same sid and a newer revision.\n"
		"\n"
		"  --vars FILE            what $HOME_NET and the like stand for: Snort's lines\n"
		"                         \"ipvar HOME_NET …\", or Suricata's YAML\n"
		"  --home-net LIST        HOME_NET, where FILE does not state it; prefixes\n"
		"  --classification FILE  priority and category of each classtype\n"
		"  --strict               exit 1 unless all rules are loaded\n"
		"  --quiet                only the numbers\n"
		"  -h, --help             print this\n"
		"\n"
		"docs/signatures.md has the language.\n";

enum {
	OPT_STRICT = RULES_OPT_OWN,
	OPT_QUIET,
};

static const struct option options[] = {
		RULES_OPTIONS,
		{"strict", no_argument, NULL, OPT_STRICT},
		{"quiet", no_argument, NULL, OPT_QUIET},
		{"help", no_argument, NULL, 'h'},
		{0},
};

struct wish {
	struct tt_rules_options rules;
	bool strict, quiet;
};

bool
rules_take(struct tt_rules_options *rules, int option)
{
	switch (option) {
	case RULES_OPT_VARS:
		rules->variables = optarg;
		return true;
	case RULES_OPT_HOME_NET:
		rules->home_net = optarg;
		return true;
	case RULES_OPT_CLASSIFICATION:
		rules->classification = optarg;
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
		w->quiet = true;
}

static void
print_remark(const struct tt_rule_remark *r)
{
	printf("%s:%u: ", r->file, r->line);
	if (r->gid > 1)
		printf("sid %u:%u: ", r->gid, r->sid);
	else if (r->sid > 0)
		printf("sid %u: ", r->sid);
	printf("%s: %s\n", tt_rule_outcome_name(r->outcome), r->why);
}

static void
print_outcomes(const char *what, const unsigned outcomes[TT_RULE_N_OUTCOMES])
{
	unsigned n = 0;

	for (unsigned i = 0; i < TT_RULE_N_OUTCOMES; i++)
		n += outcomes[i];
	printf("%s: %u rule%s", what, n, n == 1 ? "" : "s");
	for (unsigned i = 0; i < TT_RULE_N_OUTCOMES; i++)
		printf("%s %u %s", i == 0 ? ":" : ",", outcomes[i],
				tt_rule_outcome_name((enum tt_rule_outcome)i));
	putchar('\n');
}

static void
print_file(const struct tt_rules *rules, const char *file, bool quiet)
{
	unsigned outcomes[TT_RULE_N_OUTCOMES] = {0};

	for (unsigned i = 0; i < rules->n; i++)
		outcomes[TT_RULE_LOADED] += strcmp(rules->rules[i].file, file) == 0;
	for (unsigned i = 0; i < rules->n_remarks; i++) {
		const struct tt_rule_remark *r = &rules->remarks[i];

		if (strcmp(r->file, file) != 0)
			continue;
		outcomes[r->outcome]++;
		if (!quiet)
			print_remark(r);
	}
	print_outcomes(file, outcomes);
}

static int
check(const struct wish *w, char **files, unsigned n_files)
{
	struct tt_rules rules;
	struct tt_error err = {0};
	int status;

	if (tt_rules_load(&rules, (const char *const *)files, n_files, &w->rules, &err)
			!= 0) {
		tt_error_print(PROGRAM, &err);
		return EXIT_DATA;
	}
	for (unsigned i = 0; i < n_files; i++)
		print_file(&rules, files[i], w->quiet);
	if (n_files > 1)
		print_outcomes("all files", rules.outcomes);
	printf("%s\n", rules.identity);
	status = w->strict && rules.n_remarks > 0 ? EXIT_DATA : EXIT_OK;
	tt_rules_fini(&rules);
	return status;
}

int
cmd_rules(int argc, char **argv)
{
	struct tool tool = {PROGRAM, help, options, ":h", argc, argv, 0};
	struct wish w = {0};
	int option;

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
	return check(&w, argv + optind, (unsigned)(argc - optind));
}
