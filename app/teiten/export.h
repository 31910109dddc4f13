/* SPDX-License-Identifier: BSD-3-Clause */
/* What `teiten export` is asked for, and doing it. */
#ifndef EXPORT_H
#define EXPORT_H

#include "tool.h"
#include "tt_export.h"

struct wish {
	struct selection selection;
	struct tt_export_options options;
	bool tables[TT_N_TABLES];
	unsigned n_tables;
	bool list, quiet;
};

/* Exports the listed snapshots of the chosen sensors. Returns the exit status, and has said
 * what went wrong. */
int export_run(const struct tool *tool, const struct wish *wish,
		const struct tt_snapshot_list *list);

#endif
