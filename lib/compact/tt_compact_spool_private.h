/* SPDX-License-Identifier: BSD-3-Clause */
/* What publishing and deleting of merged snapshots share. */
#ifndef TT_COMPACT_SPOOL_PRIVATE_H
#define TT_COMPACT_SPOOL_PRIVATE_H

#include "tt_compact_spool.h"

/* Fills err with errno, at path/name, or at path where the name is empty. Returns -errno. */
int tt_compact_failed(const char *path, const char *name, struct tt_error *err);

/*
 * Verifies a snapshot. what: said of one that is damaged, before the damage. name: the path that is said, for the snapshot may have
 * another one meanwhile. Returns 0, -EBADMSG where it is damaged, or another negative errno; with err.
 */
int tt_compact_verify(const char *path, const char *name, const char *what,
		struct tt_error *err) TT_MUST_CHECK;

#endif
