/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * As many frames of a capture file as a benchmark wants: from its first one on again where it has fewer. One
 * thread; whatever tt_capfile reads.
 */
#ifndef BENCH_CAPTURE_H
#define BENCH_CAPTURE_H

#include "tt_capfile.h"

/* Takes one frame, whose data lives during the call. Returns 0, or a negative errno with err. */
typedef int (*bench_take)(
		void *context, const struct tt_frame *frame, struct tt_error *err);

/* Gives n frames of the file at path. Returns 0; what take returned; or a negative errno with err naming the file:
 * -ENODATA where it has no frame. A file that is cut off gives what it has. */
int bench_capture_give(const char *path, uint64_t n, bench_take take, void *context,
		struct tt_error *err) TT_MUST_CHECK;

#endif
