/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of `teiten report` share: what was asked for, how it is made, where it goes. */
#ifndef REPORT_H
#define REPORT_H

#include "tool.h"
#include "tt_document.h"
#include "tt_locale.h"
#include "tt_period.h"

enum report_format {
	REPORT_HTML = 1,
	REPORT_TEXT = 2,
	REPORT_CSV = 4,
	REPORT_JSON = 8,
	REPORT_ALL = 15,
};

struct report_wish {
	const char *const *spools; /* [n_spools] */
	size_t n_spools;
	const char *period, *against; /* as they were given */
	const char *sensors; /* "A,B"; NULL: all */
	const char *language, *home;
	const char *out; /* directory; NULL: standard output */
	unsigned formats; /* of enum report_format; 0: not given */
	size_t leading;
	int64_t wait_us; /* for whoever merges snapshots, while none comes */
	int utc_offset_min;
	bool brief; /* text without figures */
};

/* Makes the report and writes it. Returns the exit status. */
int report_make(const struct tool *tool, const struct report_wish *wish);

/* Makes the directory where it goes, unless it goes to standard output, and tries to write there. *made: it was not there. Returns 0, or a
 * negative errno with err. */
int report_prepare(const struct report_wish *wish, bool *made,
		struct tt_error *err) TT_MUST_CHECK;

/* Do the spools have a snapshot of any time? */
bool report_is_any_there(const struct report_wish *wish);

/* Says on standard error what snapshots the spools have, for who asked for what they have not. */
void report_say_there(const struct tool *tool, const struct report_wish *wish,
		const struct tt_locale *locale);

/* Writes a document in the formats that were asked for, where report_prepare was. Returns 0, or a negative errno with err. */
int report_write(const struct report_wish *wish, const struct tt_document *doc,
		const struct tt_locale *locale, struct tt_error *err) TT_MUST_CHECK;

/* Says that snapshots of days of UTC have no days of the period's offset, and how long those are that have. */
void report_say_fitting(const struct tool *tool, const struct tt_period *period);

#endif
