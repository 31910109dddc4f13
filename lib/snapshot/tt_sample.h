/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The name of a sampling, of the secret and of what is hashed: snapshots whose names are equal keep
 * the same sources and contacts, so that their samples can be joined. It tells nothing of the secret
 * itself. Pure functions, any thread.
 */
#ifndef TT_SAMPLE_H
#define TT_SAMPLE_H

#include "tt_base.h"

#define TT_SAMPLE_PUBLIC "public-2" /* without a secret: of replays */
#define TT_SAMPLE_PUBLIC_1 \
	"public" /* likewise; contacts were hashed by the unit's number */
#define TT_SAMPLE_NAME_MAX 17 /* bytes, NUL included */

/* "public-2" for the secret 0; else 16 hexadecimal digits. */
void tt_sample_name(uint64_t secret, char name[TT_SAMPLE_NAME_MAX]);

/* Is the hash of sources, of contacts, of a sampling known to everybody? */
bool tt_sample_knows_sources(const char *name);
bool tt_sample_knows_contacts(const char *name);

#endif
