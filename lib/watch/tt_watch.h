/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Surges of targets while they happen: each target against its own past (tt_past.h), one sensor for each struct. docs/watch.md is the
 * description for users; the definitions are here.
 *
 * After each snapshot two windows of each target are judged: the hour in which it ends, against what is usual for the
 * hour, where the snapshot has an hour at most; and the 24 hours that end with it, against what is usual for these. A window is over
 * its threshold where its packets, less the usual rate times the window's observed days x addresses, are at least each of
 * - min_rate packets for each monitored address: what would be min_rate a day; of an hour, TT_WATCH_SWEEPS at least, so that
 *   one address that goes through the monitored space is no surge, also where it asks three times;
 * - (ratio - 1) times what is usual;
 * - sigmas times sqrt(max(u, 1) + s^2), u being the usual packets and s the usual spread in packets (of n samples, 1 + 4 / n times that): chance
 *   (Poisson) and what the past shows of more than chance.
 * For an event to begin, two things more are asked for, so that bursts, of which a target may have many, are none:
 * - of 24 hours, no hour counts for more than a quarter of the threshold;
 * - the excess is at least `ratio` times that which a tenth of the days before had in the same 24 hours; of an hour, twice that which
 *   a tenth of the days had in their highest hour.
 * And of 24 hours, that at least TT_WATCH_SOURCES addresses sent packets in them, or that the excess is TT_WATCH_SWEEPS packets for each
 * monitored address: what a few sources send in a day to all addresses is a sweep of them, as it is in an hour.
 * A target with a window over its threshold has an event: one line. It is new, and no surge, where its first packet
 * came in the latest TT_WATCH_NEW_HOURS hours, and the past is TT_WATCH_NEW_PAST hours long at least.
 * The event ends, with one line, once no window was over half of its threshold for 24 hours of which half were observed, what is usual for
 * 24 hours being kept as it was when it began; or after lasting_days, when the past has got used to it. Until then it is no event again.
 *
 * Nothing is judged that is earlier than the latest snapshot: what comes late is counted and may change what is usual. Rates are per
 * observed day and monitored address, so that an outage is no fall, and its end no rise.
 *
 * One thread. Heap memory: that of tt_past.h and tt_known.h (five weeks), and 80 bytes for each event.
 */
#ifndef TT_WATCH_H
#define TT_WATCH_H

#include "tt_known.h"
#include "tt_past.h"
#include "tt_watch_silence.h"

#define TT_WATCH_SWEEPS \
	4.0 /* packets for each monitored address, in an hour, or from few sources */
#define TT_WATCH_SOURCES         6 /* fewer are few */
#define TT_WATCH_SOURCES_UNKNOWN UINT64_MAX
/* Where more are monitored than IPv4 has, so that rates by address say nothing, rates are per day and sensor, and the least
 * rise is that of so many addresses. */
#define TT_WATCH_MOST_ADDRESSES (INT64_C(1) << 32)
#define TT_WATCH_STAND_IN       256
#define TT_WATCH_NEW_HOURS      48
#define TT_WATCH_NEW_PAST       (7 * 24)
#define TT_WATCH_KEEP \
	0.1 /* of what min_rate asks for: so much in 24 hours, and a target is remembered */

struct tt_watch_options {
	double min_rate; /* per day and address */
	double ratio; /* above 1 */
	double sigmas;
	unsigned lasting_days;
	size_t max_rows; /* targets that are remembered */
	double silent_packets; /* as tt_watch_silence.h says; 0: never told */
	int64_t overdue_us; /* how long after its end a snapshot's next one is missed; 0: never; negative: after so many times its length, and a minute at least */
};

#define TT_WATCH_DEFAULTS                                                       \
	{                                                                       \
		.min_rate = 0.5, .ratio = 1.2, .sigmas = 6, .lasting_days = 21, \
		.max_rows = 16384, .silent_packets = 30,                        \
		.overdue_us = -TT_WATCH_OVERDUE_TIMES                           \
	}

struct tt_watch_event {
	uint32_t of; /* target of the past */
	bool is_new;
	bool is_told; /* its beginning: then its end is, too */
	bool is_coarse; /* of what it has, some came in a snapshot of more than an hour */
	int64_t began_us; /* start of the snapshot that showed it */
	int64_t began_hour,
			over_hour; /* over_hour: the latest over half of the threshold */
	double usual_rate, usual_spread; /* of 24 hours, when it began */
	uint64_t packets; /* of the window, and of what was counted since and lies after began_us */
	double peak_rate; /* of 24 hours */
};

/* What a line is written from. */
struct tt_watch_line {
	const char *sensor;
	struct tt_target_name name;
	const struct tt_watch_event *event;
	bool ends, lasting;
	int64_t time_us; /* end of the latest snapshot */
	/* Of a beginning: the window. */
	unsigned window_hours;
	uint64_t packets;
	double rate;
	struct tt_usual usual;
};

/* How many distinct sources sent packets to a target? */
struct tt_watch_question {
	uint32_t of; /* target of the past */
	struct tt_target_name name;
	uint64_t packets; /* of the window */
	uint64_t sources; /* the answer; TT_WATCH_SOURCES_UNKNOWN: not known */
};

struct tt_watch_questions {
	const char *sensor;
	int64_t start_us, end_us; /* the window */
	struct tt_watch_question *all; /* [n], each target once */
	size_t n;
};

struct tt_watch {
	struct tt_watch_options options;
	char sensor[TT_SENSOR_MAX + 1];
	struct tt_past past;
	struct tt_known known;
	struct tt_watch_event *events; /* [n_events], of [room], that have not ended */
	size_t n_events, room;
	int64_t latest_us; /* end of the latest snapshot; INT64_MIN: none */
	int64_t coarse_us; /* the same of those of more than an hour, in which hours are not told apart */
	int64_t quiet_until_us; /* snapshots that end by then are learnt from, and nothing is said */
	struct tt_watch_silences silences;
	uint64_t counted, late,
			again; /* snapshots: in all; of these late; not counted, for they were */
	/* Called for each line. Returns 0, or a negative errno, which ends it. */
	int (*say)(void *context, const struct tt_watch_line *line, struct tt_error *err);
	/* The same of a sensor that falls silent, or ceases to be. NULL: nobody is told. */
	int (*say_silence)(void *context, const struct tt_watch_silence_line *line,
			struct tt_error *err);
	/* Answers all questions of a snapshot: of targets with a rise that a few sources can make, each once an hour at most, where what the
	 * snapshots say of their own sources does not tell. NULL: never known. */
	void (*sources)(void *context, const struct tt_watch_questions *questions);
	void *context;
};

void tt_watch_init(struct tt_watch *watch, const char *sensor,
		const struct tt_watch_options *options);
void tt_watch_fini(struct tt_watch *watch);

/*
 * Counts a snapshot and judges. Returns 0, also where it was counted before; or a negative errno with err: -EEXIST where some of
 * its parts were counted and others were not, and it is not one of whole hours (of these, what is left is counted), -EBADMSG where it is damaged, or another where it cannot be read (in all these cases nothing of it is
 * counted, and it may be tried again), -ENOMEM, or what say() returned.
 */
int tt_watch_add(struct tt_watch *watch, const struct tt_snapshot *snapshot,
		struct tt_error *err) TT_MUST_CHECK;

/* What a snapshot says of a target. */
struct tt_watch_row {
	struct tt_target_name name;
	uint64_t packets;
	uint64_t sources; /* so many distinct ones at least; 0: none is known */
	bool has_all_sources; /* there are no others */
};

struct tt_watch_interval {
	int64_t start_us, end_us, observed_us;
	int64_t addresses; /* monitored */
	const struct tt_watch_row *rows; /* [n], each target once */
	size_t n;
	const char *where; /* names it in errors */
	bool some; /* of its parts were counted: of the others, it says only together with them what they had */
	int64_t length_us; /* that it was to have; 0: as it has */
	uint64_t frames, link_down_us; /* of all that came; without a link */
};

/* The same of what was read, whose parts nobody asks for. Returns 0, -ENOMEM, or what say() returned. */
int tt_watch_count(struct tt_watch *watch, const struct tt_watch_interval *interval,
		struct tt_error *err) TT_MUST_CHECK;

/* "npa/1521/TCP/2009-07-08T05:00:00Z": an event of a sensor, for good. */
#define TT_WATCH_ID_MAX (TT_SENSOR_MAX + 80)
char *tt_watch_id(const char *sensor, const struct tt_target_name *name, int64_t began_us,
		char text[TT_WATCH_ID_MAX]);

#endif
