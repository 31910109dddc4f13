/* SPDX-License-Identifier: BSD-3-Clause */
/* The snapshots in several places as one list. */
#include "info.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* A snapshot, and where it is: places may have other names for it, and overlap. */
struct placed {
	struct tt_snapshot_ref ref;
	char *real; /* its path without links */
	const char *sensor; /* [sensor_length] in real: the directory that its day lies in */
	size_t sensor_length;
};

/* The part of a path that ends at `end`; where it begins. */
static const char *
part_before(const char *path, const char *end)
{
	while (end > path && end[-1] != '/')
		end--;
	return end;
}

static int
place(struct placed *p, struct tt_snapshot_ref *ref)
{
	const char *at, *end;

	p->ref = *ref;
	p->real = realpath(ref->path, NULL);
	if (p->real == NULL && errno == ENOMEM)
		return -ENOMEM;
	if (p->real == NULL) /* it is gone, as who opens it will say */
		p->real = strdup(ref->path);
	if (p->real == NULL)
		return -ENOMEM;
	at = part_before(p->real, p->real + strlen(p->real)); /* of the snapshot */
	at = part_before(p->real, at > p->real ? at - 1 : at); /* of its day */
	end = at > p->real ? at - 1 : at;
	p->sensor = part_before(p->real, end);
	p->sensor_length = (size_t)(end - p->sensor);
	return 0;
}

/* By sensor and time, as in a list of one place; the longer one first. */
static int
compare(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	size_t least = x->sensor_length < y->sensor_length ? x->sensor_length
							   : y->sensor_length;
	int order = memcmp(x->sensor, y->sensor, least);

	if (order != 0)
		return order;
	if (x->sensor_length != y->sensor_length)
		return x->sensor_length < y->sensor_length ? -1 : 1;
	if (x->ref.start_us != y->ref.start_us)
		return x->ref.start_us < y->ref.start_us ? -1 : 1;
	if (x->ref.end_us != y->ref.end_us)
		return x->ref.end_us > y->ref.end_us ? -1 : 1;
	return strcmp(x->real, y->real);
}

static bool
is_same_sensor(const struct placed *x, const struct placed *y)
{
	return x->sensor_length == y->sensor_length
			&& memcmp(x->sensor, y->sensor, x->sensor_length) == 0;
}

/* Where p begins in the time of one of another place, notes that: both count. latest: of those before, the one that ends last, or NULL. */
static int
note_within(struct placed *p, const struct placed **latest)
{
	const struct placed *before = *latest;
	bool same = before != NULL && is_same_sensor(before, p);

	if (same && p->ref.within == NULL
			&& (p->ref.start_us < before->ref.end_us
					|| p->ref.start_us == before->ref.start_us)) {
		p->ref.within = strdup(before->ref.path);
		if (p->ref.within == NULL)
			return -ENOMEM;
	}
	/* How long a single interval is, its name does not tell. */
	if (!same || p->ref.end_us > before->ref.end_us
			|| (before->ref.end_us <= p->ref.start_us))
		*latest = p;
	return 0;
}

int
info_order(struct tt_snapshot_list *list)
{
	const struct placed *latest = NULL;
	struct placed *all = calloc(list->n + 1, sizeof(*all));
	size_t n = 0, kept = 0;
	int ret = all == NULL ? -ENOMEM : 0, noted = 0;

	for (; ret == 0 && n < list->n; n++)
		ret = place(&all[n], &list->refs[n]);
	if (ret == 0 && n > 1)
		qsort(all, n, sizeof(*all), compare);
	for (size_t i = 0; ret == 0 && i < n; i++) {
		if (i > 0 && strcmp(all[i - 1].real, all[i].real) == 0) {
			free(all[i].ref.path);
			free(all[i].ref.within);
			continue;
		}
		if (noted == 0)
			noted = note_within(&all[i], &latest);
		list->refs[kept++] = all[i].ref;
	}
	if (ret == 0)
		list->n = kept;
	for (size_t i = 0; i < n; i++)
		free(all[i].real);
	free(all);
	return ret != 0 ? ret : noted;
}

int
info_join(struct tt_snapshot_list *to, struct tt_snapshot_list *from)
{
	struct tt_snapshot_ref *refs = reallocarray(
			to->refs, to->n + from->n + 1, sizeof(*refs));
	struct tt_error *unread;

	if (refs == NULL)
		return -ENOMEM;
	to->refs = refs;
	unread = reallocarray(
			to->unread, to->n_unread + from->n_unread + 1, sizeof(*unread));
	if (unread == NULL)
		return -ENOMEM;
	to->unread = unread;
	for (size_t i = 0; i < from->n; i++)
		refs[to->n++] = from->refs[i];
	for (size_t i = 0; i < from->n_unread; i++)
		unread[to->n_unread++] = from->unread[i];
	to->room = to->n + 1;
	from->n = 0;
	return 0;
}
