/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Snapshots that start in the time of a longer one of the same sensor. Those that it is made of, as
 * its manifest says, are not deleted yet, and are taken out of a list. The others hold packets that
 * it has not: they came late, or the clock was set back. They stay.
 */
#include "tt_snapshot_private.h"

#include <errno.h>
#include <string.h>

/* A longer snapshot that the ones to come may start in. */
struct longer {
	const struct tt_snapshot_ref *ref;
	struct tt_part_ids parts;
	bool known; /* its manifest was looked at */
};

struct sweep {
	struct tt_snapshot_list *list;
	struct longer *open; /* [n_open], of [room] */
	size_t n_open, room;
};

static bool
is_same_sensor(const struct tt_snapshot_ref *a, const struct tt_snapshot_ref *b)
{
	return a->sensor_length == b->sensor_length
			&& memcmp(a->path, b->path, a->sensor_length) == 0;
}

/* Reads the manifest of a snapshot. Returns false where that cannot be done. */
static bool
read_manifest(const struct tt_snapshot_ref *ref, struct tt_manifest *m)
{
	struct tt_text text;

	*m = (struct tt_manifest){0};
	if (tt_manifest_read(ref->path, &text, m, NULL) != 0)
		return false;
	free(text.bytes);
	return true;
}

/* Is the longer one made of all that the other one is? Not known, no. */
static bool
contains(struct longer *l, const struct tt_manifest *part)
{
	struct tt_manifest m;

	if (!l->known && read_manifest(l->ref, &m)) {
		l->parts = m.parts;
		m.parts = (struct tt_part_ids){0};
		tt_manifest_fini(&m);
	}
	l->known = true;
	return tt_part_ids_have(&l->parts, part);
}

/* Closes those that the next one cannot start in. */
static void
close_earlier(struct sweep *s, const struct tt_snapshot_ref *next)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_open; i++) {
		struct longer *l = &s->open[i];

		if (is_same_sensor(l->ref, next) && next->start_us < l->ref->end_us)
			s->open[n++] = *l;
		else
			tt_part_ids_fini(&l->parts);
	}
	s->n_open = n;
}

static int
open_longer(struct sweep *s, const struct tt_snapshot_ref *ref)
{
	if (s->n_open == s->room) {
		size_t room = s->room == 0 ? 4 : 2 * s->room;
		struct longer *more = reallocarray(s->open, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		s->open = more;
		s->room = room;
	}
	s->open[s->n_open++] = (struct longer){.ref = ref};
	return 0;
}

/* Finds the longer one whose time a snapshot starts in: the one that is made of it, or the latest;
 * NULL for none. *part: is that one made of it? */
static const struct longer *
longer_of(struct sweep *s, const struct tt_snapshot_ref *ref, bool *part)
{
	const struct longer *found = NULL;
	struct tt_manifest m = {0};
	bool read = false, able = false;

	*part = false;
	for (size_t i = 0; i < s->n_open && !*part; i++) {
		if (ref->end_us > s->open[i].ref->end_us)
			continue;
		if (!read)
			able = read_manifest(ref, &m);
		read = true;
		found = &s->open[i];
		*part = able && contains(&s->open[i], &m);
	}
	tt_manifest_fini(&m);
	return found;
}

static int
sweep(struct sweep *s)
{
	struct tt_snapshot_list *list = s->list;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct tt_snapshot_ref ref = list->refs[i];
		const struct longer *longer;
		bool part;

		close_earlier(s, &ref);
		longer = longer_of(s, &ref, &part);
		if (longer != NULL && (ref.within = strdup(longer->ref->path)) == NULL)
			return -ENOMEM;
		if (part) {
			list->covered[list->n_covered++] = ref;
			list->refs[i].path = NULL;
			continue;
		}
		list->refs[i].path = NULL;
		list->refs[n++] = ref;
		if (ref.end_us != 0 && open_longer(s, &list->refs[n - 1]) != 0)
			return -ENOMEM;
	}
	list->n = n;
	return 0;
}

int
tt_snapshot_list_leave_out(struct tt_snapshot_list *list)
{
	struct sweep s = {.list = list};
	int ret;

	list->covered = calloc(list->n + 1, sizeof(*list->covered));
	if (list->covered == NULL)
		return -ENOMEM;
	ret = sweep(&s);
	for (size_t i = 0; i < s.n_open; i++)
		tt_part_ids_fini(&s.open[i].parts);
	free(s.open);
	return ret;
}
