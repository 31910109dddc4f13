/* SPDX-License-Identifier: BSD-3-Clause */
/* What the two commands of `teiten rules` share. */
#ifndef RULES_H
#define RULES_H

#include "tool.h"
#include "tt_rules.h"

#include <getopt.h>

/* How rules are read, by the names that teitend and its configuration have, and by two that were there before; a command's
 * own options are numbered from RULES_OPT_OWN on. */
enum {
	RULES_OPT_VARIABLES = 256,
	RULES_OPT_HOME_NET,
	RULES_OPT_CLASSES,
	RULES_OPT_OWN,
};

#define RULES_OPTIONS                                                                 \
	{"rule-variables", required_argument, NULL, RULES_OPT_VARIABLES},             \
			{"vars", required_argument, NULL, RULES_OPT_VARIABLES},       \
			{"home-net", required_argument, NULL, RULES_OPT_HOME_NET},    \
			{"rule-classes", required_argument, NULL, RULES_OPT_CLASSES}, \
	{                                                                             \
		"classification", required_argument, NULL, RULES_OPT_CLASSES          \
	}

/* The defaults: the classes that come with teiten. */
void rules_init(struct tt_rules_options *rules);

/* Takes optarg, where the option is one of these; else returns false. */
bool rules_take(struct tt_rules_options *rules, int option);

/* Once all options are taken: is one of them wrong? Then it has been said, and the tool has its status. */
bool rules_wrong(struct tool *tool, const struct tt_rules_options *rules);

/* Then: says where the default classes are missed, and goes on without. */
void rules_settle(struct tt_rules_options *rules, const char *program);

/* `teiten rules match`: what a set of rules finds in capture files. argv[0]: "match". Returns the exit
 * status. */
int rules_match(int argc, char **argv);

#endif
