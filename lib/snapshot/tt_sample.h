/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The name of a sampling: snapshots whose names are equal keep the same sources and contacts, so
 * that their samples can be joined. It tells nothing of the secret itself. Pure functions, any
 * thread.
 */
#ifndef TT_SAMPLE_H
#define TT_SAMPLE_H

#include "tt_base.h"

#define TT_SAMPLE_PUBLIC   "public" /* without a secret: of replays */
#define TT_SAMPLE_NAME_MAX 17 /* bytes, NUL included */

/* "public" for the secret 0; else 16 hexadecimal digits. */
void tt_sample_name(uint64_t secret, char name[TT_SAMPLE_NAME_MAX]);

#endif
