/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said of a set of rules, as text: by `teiten rules check`, and where a configuration is checked. */
#ifndef TT_RULES_PRINT_H
#define TT_RULES_PRINT_H

#include "tt_rules.h"

#include <stdio.h>

/* One line for each rule that is not loaded, and for each note, as "FILE:LINE: sid SID: …". */
void tt_rules_print_remarks(const struct tt_rules *rules, FILE *out);

/* One line for each reason: how many rules have it, the most frequent first, and where the first is; then one of how
 * many classtypes of loaded rules are not known, where there are such. Returns 0 or -ENOMEM. */
int tt_rules_print_summary(const struct tt_rules *rules, FILE *out) TT_MUST_CHECK;

/* For each of files[n_files], and for all of them, how many rules have which outcome; then the set's
 * identity. */
void tt_rules_print_counts(const struct tt_rules *rules, const char *const *files,
		unsigned n_files, FILE *out);

/* How many rules of a file have which outcome. */
void tt_rules_count_file(const struct tt_rules *rules, const char *file,
		unsigned outcomes[TT_RULE_N_OUTCOMES]);

#endif
