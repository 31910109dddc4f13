/* SPDX-License-Identifier: BSD-3-Clause */
/* What the subcommands that read snapshots share: options, and the choice of snapshots. */
#ifndef TOOL_H
#define TOOL_H

#include "commands.h"
#include "sensors.h"
#include "tt_snapshot.h"

#include <getopt.h>

/* A command line that is being read. */
struct tool {
	const char *name; /* "teiten export" */
	const char *help;
	const struct option *options; /* getopt_long; 'h' is help */
	const char *short_options; /* starts with ':' */
	int argc;
	char **argv;
	int status; /* of the program, once an option has ended it */
	struct chosen_sensors sensors; /* of which the snapshots are read */
	bool adds_up; /* what several sensors have is added up: no packet may come twice */
	bool leaves_out; /* of a snapshot for which each() fails, nothing counts (tool_each) */
};

/* Prints "NAME: …" as one line to standard error and returns EXIT_USAGE. */
int tool_usage(const struct tool *tool, const char *fmt, ...) TT_PRINTF(2, 3);

/*
 * Returns the next option's character, -1 after the last, or 0 where the command line is done
 * with (help was printed, or what is wrong with it), and tool->status is how.
 */
int tool_option(struct tool *tool);

/* Takes the only operand. Returns NULL where there is none or more than one, as above. */
const char *tool_operand(struct tool *tool, const char *what);

/* Has the reader of a pipe gone that out writes to? */
bool tool_reader_gone(FILE *out);

/* Which snapshots. */
struct selection {
	const char *path;
	int64_t from_us, to_us; /* start in [from, to) */
};

#define SELECTION_ALL                                      \
	{                                                  \
		.from_us = TT_TIME_MIN, .to_us = INT64_MAX \
	}

/* Takes the value of --from or --to. Returns false where it is no time, and says so. */
bool tool_time(struct tool *tool, const char *option, int64_t *us);

/* Once all options are taken: is --from no later than --to? Says so where it is. */
bool tool_span(struct tool *tool, const struct selection *selection);

/* Takes the value of an option that is a number from 1 on. Returns as tool_time. */
bool tool_number(struct tool *tool, const char *option, size_t *n);

/* Takes the value of an option that is a duration ("90m"). Returns as tool_time. */
bool tool_duration(struct tool *tool, const char *option, int64_t *us);

/* The same of whole seconds ("500ms" is refused). */
bool tool_seconds(struct tool *tool, const char *option, int64_t *us);

/* Lists the chosen snapshots, and says which merged ones begin before the span and reach into it, and
 * which directories could not be read: that is a failure, though the others are listed. Returns false where nothing could be listed, and has said so. */
bool tool_select(const struct tool *tool, const struct selection *selection,
		struct tt_snapshot_list *list);

/* How many parts of unfinished intervals lie in a spool, a sensor's directory or a day. */
size_t tool_parts(const char *path);

/* Says that there is nothing to work on (span: of what time; NULL: any), which is a failure in every command
 * alike. Returns EXIT_DATA. */
int tool_no_snapshots(
		const struct tool *tool, const char *path, const struct selection *span);

/* Is a snapshot that was listed no longer there? Then err, where it could not be read, says so. */
bool tool_gone(const char *path);
void tool_explain_gone(const char *path, struct tt_error *err);

/* Says which directories of a list could not be read. */
void tool_print_unread(const struct tool *tool, const struct tt_snapshot_list *list);

/* Names those of the listed that lie within a longer one that is not made of them. */
void tool_print_beside(const struct tt_snapshot_list *list);

/*
 * Opens each listed snapshot in turn, of the sensors that were asked for, and calls each(). Snapshots that cannot be opened, or for
 * which each() returns an error (with err filled), are reported and passed over; each() ends it
 * with TOOL_STOP, having said why, or with TOOL_END, which is no failure. Time that two of them have is
 * told, which is no failure either, and so are packets that come twice (tool->adds_up). Returns the exit status.
 */
#define TOOL_STOP 1
#define TOOL_END  2
int tool_each(const struct tool *tool, const struct tt_snapshot_list *list,
		int (*each)(void *context, const struct tt_snapshot *snapshot,
				struct tt_error *err),
		void *context);

#endif
