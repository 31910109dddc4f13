/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of databases and rules in a manifest, where a snapshot is made by several of them. */
#ifndef TT_IDENTITIES_H
#define TT_IDENTITIES_H

#include "tt_tally.h"

/* The name of the union of two sets of identities, each "A" or "A + B"; "mixed" where there is no room
 * for it. to: [room], holds the one. */
void tt_identities_join(char *to, size_t room, const char *other);

/* The next identity of such a name, of *length bytes: at is the name, and then what was returned last plus its length. NULL where there is no
 * more. */
const char *tt_identities_next(const char *at, size_t *length);

/* How many sets of rules a snapshot was made with, as such a name tells; *without: some of it may have been made with none ("none"). "mixed"
 * may be any number, with and without: UINT_MAX. */
unsigned tt_identities_sets(const char *name, bool *without);

/* That of the rules that tallies[n] were counted by; where no tally says, of the others; "none" for
 * NULL. to: [room]. */
void tt_identities_of_rules(char *to, size_t room, struct tt_tally *const *tallies,
		unsigned n, const struct tt_rules *otherwise);

#endif
