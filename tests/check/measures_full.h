/* SPDX-License-Identifier: BSD-3-Clause */
/* What must hold where tables were full: the sums, the bounds, the errors of what is estimated. */
#ifndef MEASURES_FULL_H
#define MEASURES_FULL_H

#include "measures_rows.h"

/*
 * Compares got, a merge by config, with want, the reference without limits; prints what is wrong as
 * rows_same does. fair: hashes of sources are random, so that estimates must hold and sources are
 * kept whole.
 */
bool full_is_right(const struct rows *got, const struct rows *want,
		const struct tt_merge_config *config, bool fair, const char *where);

#endif
