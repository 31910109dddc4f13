/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What $HOME_NET and the like stand for, and lists of addresses and ports as rules write them.
 * Variables come from the engines' usual defaults, from a file of Snort's "var", "ipvar" and
 * "portvar" lines or of Suricata's YAML, and from such lines among the rules. Heap memory; one
 * thread.
 */
#ifndef TT_RULE_VARIABLES_H
#define TT_RULE_VARIABLES_H

#include "tt_error.h"
#include "tt_rule.h"
#include "tt_rule_text.h"
#include "tt_rules_memory.h"

struct tt_rule_variables {
	struct tt_rule_variable {
		char *name;
		char *value; /* NULL: nothing is known, see tt_rules_options.home_net */
		bool is_too_long; /* with all that the variables in it stand for */
		const char *file; /* where it was set, which its setter keeps; NULL: nowhere */
		unsigned line;
	} * all; /* [n] */
	size_t n, room;
	struct tt_rule_list_cache *lists; /* lists that were resolved, by their text */
};

/* Puts the defaults in. home_net: NULL, or a list of prefixes. Returns 0 or -ENOMEM. */
int tt_rule_variables_init(
		struct tt_rule_variables *v, const char *home_net) TT_MUST_CHECK;
void tt_rule_variables_fini(struct tt_rule_variables *v);

/* Sets one, or sets it anew. file: NULL, or a name that lives as long as v. Returns 0 or -ENOMEM. */
int tt_rule_variables_set(struct tt_rule_variables *v, struct tt_rule_word name,
		struct tt_rule_word value, const char *file, unsigned line) TT_MUST_CHECK;

/* Is the line "var NAME VALUE", "ipvar …" or "portvar …"? */
bool tt_rule_variables_is_line(struct tt_rule_word line);

/* Takes such a line of a file, as tt_rule_variables_set. Returns 0, -EINVAL with *why, or -ENOMEM. */
int tt_rule_variables_line(struct tt_rule_variables *v, const struct tt_rule_line *line,
		const char *file, const char **why) TT_MUST_CHECK;

/* Reads a file of them; path lives as long as v. One without any, most likely another file or one cut short, is refused, and
 * so is Suricata's YAML without vars. Returns 0, or a negative errno with err naming file, line and why. */
int tt_rule_variables_load(struct tt_rule_variables *v, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

/* The same of the bytes of Suricata's YAML. */
int tt_rule_variables_yaml(struct tt_rule_variables *v, const char *name,
		const uint8_t *bytes, size_t n, struct tt_error *err) TT_MUST_CHECK;

struct tt_rule_variable *tt_rule_variables_find(
		const struct tt_rule_variables *v, struct tt_rule_word name);

/* What was wrong with a list, and where in its text; where is NULL for inside a variable. */
struct tt_rule_list_error {
	char why[400];
	bool names_variable; /* in which it is */
	const char *where;
};

/*
 * Resolves a list such as "[10.0.0.0/8,!$HOME_NET]" or "![80,8000:8100]". The ranges are of
 * memory; equal lists share them. Returns 0, -EINVAL with *wrong, or -ENOMEM.
 */
int tt_rule_list_addresses(struct tt_rule_variables *v, struct tt_rules_memory *memory,
		struct tt_rule_word list, struct tt_rule_addresses *addresses,
		struct tt_rule_list_error *wrong) TT_MUST_CHECK;
int tt_rule_list_ports(struct tt_rule_variables *v, struct tt_rules_memory *memory,
		struct tt_rule_word list, struct tt_rule_ports *ports,
		struct tt_rule_list_error *wrong) TT_MUST_CHECK;

/* Forgets what was found out of lists: a variable has changed. */
void tt_rule_list_forget(struct tt_rule_variables *v);

#endif
