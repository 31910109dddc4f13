/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TT_RULE_FILE_H
#define TT_RULE_FILE_H

#include "tt_error.h"

/*
 * Reads a whole file of text; the caller frees *bytes, [*n], behind which a 0 stands. Returns 0, or
 * a negative errno with err naming the file; -EFBIG from 1 GiB on, -EINVAL as tt_rule_file_check.
 */
int tt_rule_file_read(const char *path, char **bytes, size_t *n,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Says of what is no text of rules what it seems to be: an archive, a web page, UTF-16, or whatever has a
 * byte of 0 within 4 KiB. bytes: [n], behind which a 0 stands. Returns 0 where nothing speaks against
 * rules, else -EINVAL with err.
 */
int tt_rule_file_check(const char *path, const char *bytes, size_t n,
		struct tt_error *err) TT_MUST_CHECK;

#endif
