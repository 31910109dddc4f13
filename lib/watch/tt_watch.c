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
no_memory(const struct tt_watch_adding *a, struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, a->snapshot->path, "out of memory");
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

/* Enters the target whose rows were read; they come together. */
static int
end_target(struct tt_watch_adding *a, struct tt_error *err)
{
	int64_t of;

	if (!a->any || a->packets == 0)
		return 0;
	of = tt_past_add(&a->watch->past, &a->name, &a->span, a->packets, a->keep);
	if (of >= 0 && of != TT_TARGET_NONE && a->watch->past.all[of].event != 0)
		a->watch->events[a->watch->past.all[of].event - 1].packets += a->packets;
	a->packets = 0;
	if (of < 0 || (of != TT_TARGET_NONE && note_touched(a, (uint32_t)of) != 0))
		return no_memory(a, err);
	return 0;
}

static int
take_row(void *context, const struct tt_picked *row, struct tt_error *err)
{
	struct tt_watch_adding *a = context;
	int64_t packets = tt_picked_int(row, TT_TARGETS_PACKETS);
	int ret = 0;

	if (packets < 0)
		return tt_error_set(err, -EBADMSG, a->snapshot->path,
				"targets: a negative count");
	if (a->any
			&& (row->name.protocol != a->name.protocol
					|| row->name.target != a->name.target))
		ret = end_target(a, err);
	a->any = true;
	a->name = row->name;
	a->packets += (uint64_t)packets;
	return ret;
}

static int
read_targets(struct tt_watch_adding *a, struct tt_error *err)
{
	static const unsigned columns[] = {TT_TARGETS_PACKETS};
	const struct tt_pick pick = {TT_TABLE_TARGETS, TT_TARGETS_PROTOCOL,
			TT_TARGETS_TARGET, columns, TT_ARRAY_SIZE(columns), NULL,
			take_row, a};
	int ret = tt_pick_rows(a->snapshot, &pick, err);

	return ret == 0 ? end_target(a, err) : ret;
}

/* What rates are by: addresses; of more than IPv4 has, sensors. */
static double
rated_addresses(const struct tt_manifest *m)
{
	return m->monitored_addresses > TT_WATCH_MOST_ADDRESSES
			? 1
			: (double)m->monitored_addresses;
}

static void
start(struct tt_watch_adding *a, struct tt_watch *w, const struct tt_snapshot *snapshot)
{
	const struct tt_manifest *m = &snapshot->manifest;

	*a = (struct tt_watch_adding){.watch = w,
			.snapshot = snapshot,
			.span = {m->start_us, m->end_us,
					(double)m->observed_us / (double)DAY_US
							* rated_addresses(m)},
			.addresses = m->monitored_addresses > TT_WATCH_MOST_ADDRESSES
					? TT_WATCH_STAND_IN
					: (double)m->monitored_addresses,
			.hour = (m->end_us > m->start_us ? m->end_us - 1 : m->start_us)
					/ TT_HOUR_US};
	a->keep = (uint64_t)(TT_WATCH_KEEP * w->options.min_rate * a->addresses) + 1;
}

static int
count(struct tt_watch_adding *a, struct tt_error *err)
{
	struct tt_watch *w = a->watch;
	bool late = a->span.end_us < w->latest_us;
	int ret;

	if (tt_known_add(&w->known, &a->snapshot->manifest) != 0)
		return no_memory(a, err);
	tt_past_observe(&w->past, &a->span);
	ret = read_targets(a, err);
	w->counted++;
	w->late += late;
	if (ret != 0 || late)
		return ret;
	w->latest_us = a->span.end_us;
	tt_known_forget(&w->known, w->latest_us - KNOWN_US);
	return tt_watch_judge(a, err);
}

int
tt_watch_add(struct tt_watch *watch, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct tt_watch_adding a;
	int ret;

	switch (tt_known_look(&watch->known, &snapshot->manifest)) {
	case TT_KNOWN_WHOLE:
		watch->again++;
		return 0;
	case TT_KNOWN_SOME:
		watch->again++;
		return tt_error_set(err, -EEXIST, snapshot->path,
				"some of the snapshots that it is made of were counted, and "
				"others were not: left out");
	case TT_KNOWN_NOT:
		break;
	}
	ret = tt_snapshot_check_file(snapshot, TT_TABLE_TARGETS, err);
	if (ret != 0)
		return ret;
	start(&a, watch, snapshot);
	ret = count(&a, err);
	free(a.touched);
	return ret;
}
