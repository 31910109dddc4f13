/* SPDX-License-Identifier: BSD-3-Clause */
/* `teiten rules match`: what a set of rules finds in capture files. */
#ifndef RULES_MATCH_H
#define RULES_MATCH_H

/* argv[0]: "match". Returns the exit status. */
int rules_match(int argc, char **argv);

#endif
