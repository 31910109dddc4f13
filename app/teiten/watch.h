/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of `teiten watch` share. */
#ifndef WATCH_H
#define WATCH_H

#include "tool.h"
#include "tt_watch_line.h"
#include "tt_watch_state.h"
#include "watch_spool.h"

/* Where lines go. They wait in memory until they could be written. */
struct watch_out {
	const char *path; /* NULL: standard output */
	int fd;
	bool is_file; /* what it has can be read again */
	struct tt_known said; /* lines that the file had: hashes of event and id */
	char **lines; /* [n], with their line feeds */
	size_t n;
	size_t done; /* bytes of the first that were written */
};

/*
 * Opens it to append. Of a file, a last line without its end is cut off, and what it has is not said again; another watch that
 * writes to it is refused (-EBUSY). Returns 0, or a negative errno with err.
 */
int watch_out_open(struct watch_out *out, const char *path,
		struct tt_error *err) TT_MUST_CHECK;
/* Takes over a line without its line feed, to be written, unless the file had it. Returns 0 or -ENOMEM. */
int watch_out_add(struct watch_out *out, char *line) TT_MUST_CHECK;
/* Writes what waits. Returns 0, or a negative errno with err; -EPIPE where the reader is gone, -EINTR where a signal ends the command.
 * What could not be written still waits. */
int watch_out_flush(struct watch_out *out, struct tt_error *err) TT_MUST_CHECK;
void watch_out_close(struct watch_out *out);

struct watching {
	struct tool tool;
	struct selection selection; /* from_us: what ends by then is only learnt from */
	bool has_from;
	const char *state_path; /* as it was given; NULL: none */
	char *state_file; /* that it is, behind links */
	const char *out_path;
	bool once;
	int64_t poll_us;
	struct tt_watches watches;
	struct watch_spool spool;
	struct watch_out out;
	/* What is wrong and looked at again, by hashes of files and directories: told once, until it is not wrong any more. */
	struct tt_known wrong, wrong_now;
	/* Snapshots that were found damaged once, by the hash of what they were: another may have taken their place meanwhile, or they
	 * may be written to yet. */
	struct tt_known doubted, doubted_now;
	bool is_new; /* there was no state to go on from */
	bool told; /* an event, by this run */
	size_t counted; /* snapshots, by this run */
	bool changed; /* snapshots were counted since the state was saved */
	bool first; /* the first look */
	bool last; /* with --once, the second look, where there is one */
	int status; /* exit status so far */
};

/* Follows the spool until it ends or a signal comes. Returns the exit status. */
int watch_run(struct watching *w);

/* Has what a watch says be written. */
void watch_attach(struct watching *w, struct tt_watch *watch);
/* Tells of sensors whose next snapshot is overdue, and of those that have come since. Returns 0, or a negative errno that ends the command. */
int watch_miss(struct watching *w) TT_MUST_CHECK;

/* Says what is wrong, where the look before did not find it so. Returns 0 or -ENOMEM. */
int watch_tell(struct watching *w, const struct tt_error *err) TT_MUST_CHECK;
/* The same of what is one thing by its key, wherever it is. */
int watch_tell_as(struct watching *w, uint64_t key,
		const struct tt_error *err) TT_MUST_CHECK;

/*
 * Writes the lines that wait, and then the state that has them, so that whatever happens in between no line is lost, and none is
 * written twice but where a kill hits just between both. Where the state cannot be written, lines wait; but those of a file do not, for what
 * that has is not written again. Returns 0, also where it could not be done and was told; -EPIPE, -EINTR or -ENOMEM.
 */
int watch_deliver(struct watching *w) TT_MUST_CHECK;

#endif
