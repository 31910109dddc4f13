/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_class.h"
#include "tt_time.h"
#include "tt_watch_private.h"

#include <errno.h>

#define DAY_US   (TT_PAST_DAY_HOURS * TT_HOUR_US)
#define KNOWN_US (35 * DAY_US) /* how long snapshots are known again */

void
tt_watch_init(struct tt_watch *watch, const char *sensor,
		const struct tt_watch_options *options)
{
	*watch = (struct tt_watch){.options = *options, .latest_us = INT64_MIN};
	snprintf(watch->sensor, sizeof(watch->sensor), "%s", sensor);
	watch->quiet_until_us = INT64_MIN;
	tt_past_init(&watch->past, options->max_rows);
}

void
tt_watch_fini(struct tt_watch *watch)
{
	tt_past_fini(&watch->past);
	tt_known_fini(&watch->known);
	free(watch->events);
	*watch = (struct tt_watch){0};
}

char *
tt_watch_id(const char *sensor, const struct tt_target_name *name, int64_t began_us,
		char text[TT_WATCH_ID_MAX])
{
	char target[32], time[TT_TIME_TEXT_MAX];

	tt_target_format((struct tt_target){name->protocol, name->target, 0}, target);
	snprintf(text, TT_WATCH_ID_MAX, "%s/%s/%s", sensor, target,
			tt_time_format(began_us, time));
	return text;
}

static int
no_memory(const char *where, struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, where, "out of memory");
}

static int
note_touched(struct tt_watch_adding *a, uint32_t of)
{
	if (a->n_touched == a->room) {
		size_t room = a->room == 0 ? 1024 : 2 * a->room;
		uint32_t *more = reallocarray(a->touched, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		a->touched = more;
		a->room = room;
	}
	a->touched[a->n_touched++] = of;
	return 0;
}

/* The event of a target; NULL: none. */
static struct tt_watch_event *
event_of(struct tt_watch *w, const struct tt_target_name *name)
{
	uint32_t of = tt_target_set_find(&w->past.names, name->protocol, name->target);

	return of == TT_TARGET_NONE || w->past.all[of].event == 0
			? NULL
			: &w->events[w->past.all[of].event - 1];
}

/* How many of the packets of a snapshot came after a time: where that is within it, a share. */
static uint64_t
packets_since(const struct tt_past_span *span, uint64_t packets, int64_t since_us)
{
	if (span->start_us >= since_us)
		return packets;
	if (span->end_us <= since_us)
		return 0;
	return (uint64_t)((double)packets * (double)(span->end_us - since_us)
			/ (double)(span->end_us - span->start_us));
}

/* rest: of it; NULL: all. */
static int
count_row(struct tt_watch_adding *a, const struct tt_watch_rest *rest,
		const struct tt_watch_row *row)
{
	struct tt_watch *w = a->watch;
	struct tt_watch_event *e = event_of(w, &row->name);
	int64_t since_us = e == NULL ? 0 : e->began_us, of;
	uint64_t since = packets_since(&a->span, row->packets, since_us);

	if (row->packets == 0)
		return 0;
	of = rest != NULL ? tt_watch_rest_add(a, rest, row, since_us / TT_HOUR_US, &since)
			  : tt_past_add(&w->past, &row->name, &a->span, row->packets,
					  a->keep);
	if (of < 0)
		return -ENOMEM;
	if (of == TT_TARGET_NONE)
		return 0;
	if (e != NULL)
		e->packets += since;
	tt_watch_note_sources(a, (uint32_t)of, row);
	return note_touched(a, (uint32_t)of);
}

bool
tt_watch_is_coarse(const struct tt_watch_adding *a)
{
	return a->span.end_us - a->span.start_us > TT_HOUR_US;
}

/* Notes that hours are not told apart in it. */
static void
note_coarse(struct tt_watch_adding *a)
{
	struct tt_watch *w = a->watch;

	if (!tt_watch_is_coarse(a))
		return;
	if (a->span.end_us > w->coarse_us)
		w->coarse_us = a->span.end_us;
	for (size_t i = 0; i < w->n_events; i++)
		if (a->span.end_us > w->events[i].began_us)
			w->events[i].is_coarse = true;
}

/* What rates are by: addresses; of more than IPv4 has, sensors. */
static double
rated_addresses(const struct tt_watch_interval *i)
{
	return i->addresses > TT_WATCH_MOST_ADDRESSES ? 1 : (double)i->addresses;
}

static void
start(struct tt_watch_adding *a, struct tt_watch *w, const struct tt_watch_interval *i)
{
	*a = (struct tt_watch_adding){.watch = w,
			.where = i->where,
			.span = {i->start_us, i->end_us,
					(double)i->observed_us / (double)DAY_US
							* rated_addresses(i)},
			.addresses = i->addresses > TT_WATCH_MOST_ADDRESSES
					? TT_WATCH_STAND_IN
					: (double)i->addresses,
			.hour = (i->end_us > i->start_us ? i->end_us - 1 : i->start_us)
					/ TT_HOUR_US};
	a->keep = (uint64_t)(TT_WATCH_KEEP * w->options.min_rate * a->addresses) + 1;
}

/* Packets of the hours of an interval, so far. */
static uint64_t
total_of(const struct tt_watch_adding *a)
{
	return tt_past_total(&a->watch->past, a->span.start_us / TT_HOUR_US, a->hour + 1);
}

int
tt_watch_count(struct tt_watch *watch, const struct tt_watch_interval *interval,
		struct tt_error *err)
{
	bool late = interval->end_us < watch->latest_us;
	uint64_t before;
	struct tt_watch_rest rest;
	struct tt_watch_adding a;
	int ret = 0;

	start(&a, watch, interval);
	note_coarse(&a);
	if (interval->some)
		tt_watch_rest_observe(&a, &rest);
	else
		tt_past_observe(&watch->past, &a.span);
	before = total_of(&a);
	for (size_t i = 0; ret == 0 && i < interval->n; i++)
		ret = count_row(&a, interval->some ? &rest : NULL, &interval->rows[i]);
	watch->counted++;
	watch->late += late;
	if (ret != 0) {
		ret = no_memory(a.where, err);
	} else if (!late) {
		watch->latest_us = interval->end_us;
		ret = tt_watch_judge(&a, err);
		if (ret == 0)
			ret = tt_watch_note_silence(
					&a, interval, total_of(&a) - before, err);
	}
	free(a.touched);
	free(a.asked);
	return ret;
}

/* Rows of a snapshot that is being read; those of a target come together. */
struct reading {
	const char *path;
	struct tt_watch_row *rows; /* [n], of [room] */
	size_t n, room;
	uint64_t sources_one_in;
};

static int
more_rows(struct reading *r)
{
	size_t room = r->room == 0 ? 1024 : 2 * r->room;
	struct tt_watch_row *rows = reallocarray(r->rows, room, sizeof(*rows));

	if (rows == NULL)
		return -ENOMEM;
	r->rows = rows;
	r->room = room;
	return 0;
}

static int
take_row(void *context, const struct tt_picked *row, struct tt_error *err)
{
	struct reading *r = context;
	int64_t packets = tt_picked_int(row, TT_TARGETS_PACKETS);
	int64_t sources = tt_picked_int(row, TT_TARGETS_UNIQ_SRC_IP_TARGET);
	uint64_t kept;
	struct tt_watch_row *last = r->n == 0 ? NULL : &r->rows[r->n - 1];

	if (packets < 0 || sources < 0)
		return tt_error_set(err, -EBADMSG, r->path, "targets: a negative count");
	/* Of a sample, as many as it has are there. */
	kept = (uint64_t)sources / r->sources_one_in;
	if (last != NULL && last->name.protocol == row->name.protocol
			&& last->name.target == row->name.target) {
		last->packets += (uint64_t)packets;
		last->sources += kept;
		return 0;
	}
	if (r->n == r->room && more_rows(r) != 0)
		return no_memory(r->path, err);
	r->rows[r->n++] = (struct tt_watch_row){
			row->name, (uint64_t)packets, kept, r->sources_one_in == 1};
	return 0;
}

static int
read_targets(struct reading *r, const struct tt_snapshot *snapshot, struct tt_error *err)
{
	static const unsigned columns[] = {
			TT_TARGETS_PACKETS, TT_TARGETS_UNIQ_SRC_IP_TARGET};
	const struct tt_pick pick = {TT_TABLE_TARGETS, TT_TARGETS_PROTOCOL,
			TT_TARGETS_TARGET, columns, TT_ARRAY_SIZE(columns), NULL,
			take_row, r};
	int ret = tt_snapshot_check_file(snapshot, TT_TABLE_TARGETS, err);

	return ret == 0 ? tt_pick_rows(snapshot, &pick, err) : ret;
}

static struct tt_watch_interval
interval_of(const struct tt_snapshot *snapshot)
{
	const struct tt_manifest *m = &snapshot->manifest;

	return (struct tt_watch_interval){.start_us = m->start_us,
			.end_us = m->end_us,
			.observed_us = m->observed_us,
			.addresses = m->monitored_addresses,
			.length_us = m->nominal_s < TT_TIME_MAX / TT_US_PER_S
					? m->nominal_s * TT_US_PER_S
					: 0,
			.frames = m->ledger.delivered,
			.link_down_us = m->ledger.link_down_us,
			.where = snapshot->path};
}

/* Where a rate is not by addresses, it does not matter how many of them were observed. */
static int
take_time(struct tt_watch_interval *interval, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct tt_observed observed;
	int ret;

	if (interval->addresses <= TT_WATCH_MOST_ADDRESSES)
		return 0;
	ret = tt_snapshot_observed(snapshot, &observed, err);
	if (ret == 0)
		interval->observed_us = observed.us;
	return ret;
}

/* All of it is read before anything is counted, so that what cannot be read to its end can be tried again. */
static int
read_and_count(struct tt_watch *w, const struct tt_snapshot *snapshot, bool some,
		struct tt_error *err)
{
	struct tt_watch_interval interval = interval_of(snapshot);
	int64_t one_in = snapshot->manifest.sources_one_in;
	struct reading r = {.path = snapshot->path,
			.sources_one_in = one_in > 1 ? (uint64_t)one_in : 1};
	int ret = read_targets(&r, snapshot, err);

	if (ret == 0)
		ret = take_time(&interval, snapshot, err);
	if (ret == 0 && tt_known_add(&w->known, &snapshot->manifest) != 0)
		ret = no_memory(r.path, err);
	if (ret == 0) {
		interval.rows = r.rows;
		interval.n = r.n;
		interval.some = some;
		ret = tt_watch_count(w, &interval, err);
		tt_known_forget(&w->known, w->latest_us - KNOWN_US);
	}
	free(r.rows);
	return ret;
}

int
tt_watch_add(struct tt_watch *watch, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	const struct tt_watch_interval interval = interval_of(snapshot);
	enum tt_known_how known = tt_known_look(&watch->known, &snapshot->manifest);

	if (known == TT_KNOWN_WHOLE) {
		watch->again++;
		return 0;
	}
	if (known == TT_KNOWN_SOME && !tt_watch_rest_can(&interval)) {
		watch->again++;
		return tt_error_set(err, -EEXIST, snapshot->path,
				"some of the snapshots that it is made of were counted, and "
				"others were not: left out");
	}
	return read_and_count(watch, snapshot, known == TT_KNOWN_SOME, err);
}
