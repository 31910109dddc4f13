/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the output share. */
#ifndef TT_OUTPUT_PRIVATE_H
#define TT_OUTPUT_PRIVATE_H

#include "daemon.h"

/* The writer's jobs; output: struct tt_output. Each may be tried again after a failure. */
int tt_output_write(void *output, struct tt_error *err);
int tt_output_sync(void *output, struct tt_error *err);
int tt_output_keep(void *output, struct tt_error *err);
int tt_output_finish(void *output, struct tt_error *err);
int tt_output_recover(void *output, struct tt_error *err);

/* Management core. The job that was at hand succeeded; doing: which it was. Returns 0, or a
 * negative errno where the run has to end by it. */
int tt_output_note(struct tt_output *output, int doing, struct tt_error *err);

#endif
