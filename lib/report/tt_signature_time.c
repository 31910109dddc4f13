/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_signature_time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The signatures of a class that a snapshot had for the same time. */
struct part {
	uint32_t class; /* theirs from now on */
	uint32_t next; /* of the same class before, + 1; 0: the last */
	int64_t us; /* -1: not loaded */
};

struct parts {
	struct part *all; /* [n], of [room] */
	size_t n, room;
};

void
tt_exposure_join(struct tt_exposure *sum, const struct tt_exposure *more)
{
	sum->observed_us += more->observed_us;
	tt_address_time_join(&sum->address_time, more->address_time);
	sum->snapshots += more->snapshots;
	sum->bound += more->bound;
}

static int
make_room(void *array, size_t n, size_t *room, size_t size)
{
	void **all = array, *more;
	size_t wanted = *room == 0 ? 8 : *room * 2;

	if (n < *room)
		return 0;
	more = reallocarray(*all, wanted, size);
	if (more == NULL)
		return -ENOMEM;
	*all = more;
	*room = wanted;
	return 0;
}

/* A class that was loaded as another one; -1: none: never. Returns its number, or below 0. */
static int64_t
add_class(struct tt_signature_times *t, int64_t like)
{
	const size_t n = 1 + (size_t)t->n_days;
	struct tt_exposure *times;

	if (make_room(&t->classes, t->n_classes, &t->room, sizeof(*t->classes)) != 0)
		return -ENOMEM;
	times = calloc(n, sizeof(*times));
	if (times == NULL)
		return -ENOMEM;
	if (like >= 0)
		memcpy(times, t->classes[like].times, n * sizeof(*times));
	t->classes[t->n_classes] = (struct tt_signature_class){.times = times};
	return (int64_t)t->n_classes++;
}

int
tt_signature_times_init(struct tt_signature_times *times, unsigned n_days)
{
	*times = (struct tt_signature_times){.n_days = n_days};
	times->untold = calloc(1 + (size_t)n_days, sizeof(*times->untold));
	return times->untold == NULL || add_class(times, -1) < 0 ? -ENOMEM : 0;
}

void
tt_signature_times_fini(struct tt_signature_times *times)
{
	for (size_t i = 0; i < times->n_classes; i++)
		free(times->classes[i].times);
	free(times->classes);
	free(times->class_of);
	free(times->untold);
	*times = (struct tt_signature_times){0};
}

static int
reach(struct tt_signature_times *t, size_t n)
{
	uint32_t *more;

	if (n <= t->n)
		return 0;
	more = reallocarray(t->class_of, n, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	memset(&more[t->n], 0, (n - t->n) * sizeof(*more));
	t->class_of = more;
	t->n = n;
	return 0;
}

/* The part of a class with this time, made if need be. Classes have what they had before the snapshot still. Returns its index, or below 0. */
static int64_t
part_of(struct tt_signature_times *t, struct parts *parts, uint32_t class, int64_t us)
{
	uint32_t first = t->classes[class].part;
	int64_t made = class;

	for (uint32_t at = first; at != 0; at = parts->all[at - 1].next)
		if (parts->all[at - 1].us == us)
			return at - 1;
	if (make_room(&parts->all, parts->n, &parts->room, sizeof(*parts->all)) != 0)
		return -ENOMEM;
	if (first != 0)
		made = add_class(t, class);
	if (made < 0)
		return made;
	parts->all[parts->n++] = (struct part){(uint32_t)made, first, us};
	t->classes[class].part = (uint32_t)parts->n;
	return (int64_t)parts->n - 1;
}

/* Parts the classes. Those that were never loaded keep their number first, for signatures that are not known yet. */
static int
part(struct tt_signature_times *t, struct parts *parts,
		const struct tt_signature_rules_time *rules)
{
	int64_t at = part_of(t, parts, 0, -1);

	for (size_t i = 0; at >= 0 && i < t->n; i++) {
		at = part_of(t, parts, t->class_of[i], i < rules->n ? rules->us[i] : -1);
		if (at >= 0)
			t->class_of[i] = parts->all[at].class;
	}
	return at < 0 ? -ENOMEM : 0;
}

static void
add(struct tt_exposure *times, const struct tt_exposure *time, int32_t day)
{
	tt_exposure_join(&times[0], time);
	if (day >= 0)
		tt_exposure_join(&times[1 + day], time);
}

int
tt_signature_times_add(struct tt_signature_times *times,
		const struct tt_signature_rules_time *rules, int32_t day)
{
	struct tt_signature_times *t = times;
	struct parts parts = {0};
	int ret = reach(t, rules->n);

	for (size_t i = 0; i < t->n_classes; i++)
		t->classes[i].part = 0;
	if (ret == 0)
		ret = part(t, &parts, rules);
	for (size_t i = 0; ret == 0 && i < parts.n; i++) {
		const struct part *p = &parts.all[i];
		struct tt_exposure time;

		if (p->us < 0)
			continue;
		time = rules->time(rules->context, p->us);
		add(t->classes[p->class].times, &time, day);
	}
	free(parts.all);
	return ret;
}

void
tt_signature_times_add_untold(struct tt_signature_times *times,
		const struct tt_exposure *time, int32_t day)
{
	add(times->untold, time, day);
}

struct tt_exposure
tt_signature_times_get(
		const struct tt_signature_times *times, size_t signature, int32_t day)
{
	const size_t at = (size_t)(day + 1);
	const uint32_t class = signature < times->n ? times->class_of[signature] : 0;
	struct tt_exposure time = times->classes[class].times[at];

	tt_exposure_join(&time, &times->untold[at]);
	return time;
}
