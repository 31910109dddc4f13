/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers of bytes as people write them, for every option of both programs that is one. Pure, any thread, no memory.
 */
#ifndef TT_SIZE_H
#define TT_SIZE_H

#include "tt_base.h"

/*
 * Parses digits, and behind them nothing, or "B", or one of K, M, G and T, or such a letter with "B" or "iB", in
 * capitals or not: "4096", "500B", "512M", "1g", "20GB", "1GiB". They are powers of 1024, whichever is written.
 * Returns 0, or -EINVAL, also where it is UINT64_MAX + 1 bytes or more; *bytes is then as before.
 */
int tt_size_parse(const char *text, uint64_t *bytes) TT_MUST_CHECK;

#endif
