/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TT_RULE_FILE_H
#define TT_RULE_FILE_H

#include "tt_error.h"

/*
 * Reads a whole file; the caller frees *bytes, [*n], behind which a 0 stands. Returns 0, or a
 * negative errno with err naming the file; -EFBIG from 1 GiB on.
 */
int tt_rule_file_read(const char *path, char **bytes, size_t *n,
		struct tt_error *err) TT_MUST_CHECK;

#endif
