/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A sensor that falls silent: its snapshots have no packets any more, or none comes any more. Each is told once, and
 * once more when it is over.
 *
 * Packets: silent is a sensor whose snapshots have had none since one that had, for so long that its quietest hours
 * have silent_packets in it: TT_WATCH_FLOOR_PART of the observed hours of the past had a lower rate, of all hours
 * that are held or of the last 24, whichever is less. So chance is none, nor the low of a day, nor a sensor on which packets are
 * rare. What was not observed does not count. Before TT_WATCH_FLOOR_HOURS hours are known, nothing is told.
 *
 * Snapshots: silent is a sensor whose latest one ended longer ago than it may, by the clock. Only one that was in time is missed, so that
 * nothing is told of an archive, nor of a sensor that was silent before.
 *
 * One thread, within struct tt_watch.
 */
#ifndef TT_WATCH_SILENCE_H
#define TT_WATCH_SILENCE_H

#include "tt_base.h"
#include "tt_error.h"

#define TT_WATCH_FLOOR_PART    10 /* one in so many */
#define TT_WATCH_FLOOR_HOURS   24
#define TT_WATCH_OVERDUE_TIMES 3 /* lengths of a snapshot */

struct tt_watch;
struct tt_watch_adding;

enum tt_watch_lack {
	TT_WATCH_NO_PACKETS,
	TT_WATCH_NO_SNAPSHOTS,
	TT_N_WATCH_LACKS
};

struct tt_watch_silence {
	int64_t since_us; /* end of the latest snapshot with packets; or of the latest one */
	bool is_open;
	bool is_told; /* then its end is, too */
};

/* What a watch knows of it; zeroed: nothing yet. */
struct tt_watch_silences {
	struct tt_watch_silence of[TT_N_WATCH_LACKS];
	/* The latest silence without packets that is over: such hours are not what is usual. */
	int64_t was_since_us, was_until_us;
	/* Since the latest snapshot with packets, of those that ended since. */
	double exposure; /* observed days x addresses */
	uint64_t frames, link_down_us;
	int64_t length_us; /* of the latest snapshot, as it was to be; 0: there was none */
	bool in_time; /* the latest one was, when it was looked at */
};

/* What a line is written from. */
struct tt_watch_silence_line {
	const char *sensor;
	enum tt_watch_lack lack;
	bool ends;
	int64_t since_us;
	int64_t time_us; /* end of the snapshot that showed it; or by the clock */
	/* Of a beginning without packets. */
	double expected; /* packets that its quietest hours have in that time */
	uint64_t frames, link_down_us; /* that the snapshots have */
	/* Of one without snapshots. */
	int64_t allowed_us;
};

/* "packets", "snapshots" */
const char *tt_watch_lack_name(enum tt_watch_lack lack);

/*
 * Looks at the clock: is the next snapshot overdue, or has one come? *changed: what the watch knows is another. Returns 0, or what
 * say_silence() returned.
 */
int tt_watch_look_at_clock(struct tt_watch *watch, int64_t now_us, bool *changed,
		struct tt_error *err) TT_MUST_CHECK;

/* The whole line without its line feed; the caller frees it. NULL if memory is short. */
char *tt_watch_silence_format(const struct tt_watch_silence_line *line);

#endif
