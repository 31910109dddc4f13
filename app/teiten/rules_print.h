/* SPDX-License-Identifier: BSD-3-Clause */
/* What `teiten rules check` says of a set of rules to programs, on standard output. */
#ifndef RULES_PRINT_H
#define RULES_PRINT_H

#include "tt_rules_print.h"

/* What tt_rules_print.h has, as one JSON object, and whether SYNs are sieved (tt_signatures_unsieved). Returns 0 or -ENOMEM. */
int rules_print_json(const struct tt_rules *rules, const char *unsieved, char **files,
		unsigned n_files) TT_MUST_CHECK;

#endif
