/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of `teiten watch` share. */
#ifndef WATCH_H
#define WATCH_H

#include "tool.h"
#include "tt_watch_line.h"
#include "tt_watch_state.h"

/* Where lines go. */
struct watch_out {
	const char *path; /* NULL: standard output */
	FILE *file;
	struct tt_known said; /* lines that the file had: hashes of event and id */
};

/*
 * Opens it to append. Of a file, a last line without its end is cut off, and what it has is not said again. Returns 0, or
 * a negative errno with err.
 */
int watch_out_open(struct watch_out *out, const char *path,
		struct tt_error *err) TT_MUST_CHECK;
/* Writes a line, unless the file had it, and flushes. Returns 0, or a negative errno with err; -EPIPE where the reader is gone. */
int watch_out_write(struct watch_out *out, const char *line,
		struct tt_error *err) TT_MUST_CHECK;
void watch_out_close(struct watch_out *out);

struct watching {
	struct tool tool;
	struct selection selection; /* from_us: what is earlier is only learnt from */
	bool has_from;
	const char *state_path; /* NULL: none */
	const char *out_path;
	bool once;
	size_t poll_s;
	struct tt_watches watches;
	struct watch_out out;
	struct tt_known seen; /* paths that were looked at, by their hash */
	uint64_t lines; /* since the state was saved */
	bool changed; /* snapshots were counted since then */
	int status; /* exit status so far */
};

/* Follows the spool until it ends or a signal comes. Returns the exit status. */
int watch_run(struct watching *w);

#endif
