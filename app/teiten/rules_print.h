/* SPDX-License-Identifier: BSD-3-Clause */
/* What `teiten rules check` says of a set of rules, on standard output. */
#ifndef RULES_PRINT_H
#define RULES_PRINT_H

#include "tt_rules.h"

/* One line for each rule that is not loaded, and for each note, as "FILE:LINE: sid SID: …". */
void rules_print_remarks(const struct tt_rules *rules);

/* One line for each reason: how many rules have it, the most frequent first, and where the first is.
 * Returns 0 or -ENOMEM. */
int rules_print_summary(const struct tt_rules *rules) TT_MUST_CHECK;

/* For each file, and for all of them, how many rules have which outcome; then the set's identity. */
void rules_print_counts(const struct tt_rules *rules, char **files, unsigned n_files);

/* All of this as one JSON object. Returns 0 or -ENOMEM. */
int rules_print_json(const struct tt_rules *rules, char **files,
		unsigned n_files) TT_MUST_CHECK;

#endif
