/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_announced.h"

#include <errno.h>

static int
by_start(const void *a, const void *b)
{
	const struct tt_announcement *x = a, *y = b;

	return x->start_us < y->start_us ? -1 : x->start_us > y->start_us;
}

/* Sorts, and joins what was announced of the same interval. */
static void
sort(struct tt_announced *a)
{
	size_t out = 0;

	if (a->sorted || a->n == 0)
		return;
	a->sorted = true;
	qsort(a->list, a->n, sizeof(*a->list), by_start);
	for (size_t i = 1; i < a->n; i++) {
		if (a->list[i].start_us == a->list[out].start_us)
			a->list[out].frames += a->list[i].frames;
		else
			a->list[++out] = a->list[i];
	}
	a->n = out + 1;
}

/* A capture that goes to and fro between intervals is joined before it is given more memory. */
static int
make_room(struct tt_announced *a)
{
	struct tt_announcement *more;
	size_t room = a->room == 0 ? 64 : a->room * 2;

	if (a->n < a->room)
		return 0;
	sort(a);
	if (a->n < a->room / 2)
		return 0;
	more = reallocarray(a->list, room, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	a->list = more;
	a->room = room;
	return 0;
}

int
tt_announced_add(struct tt_announced *a, int64_t start_us, uint64_t frames)
{
	/* Files mostly come in order: the interval is then the one announced last. */
	if (a->n > 0 && a->list[a->n - 1].start_us == start_us) {
		a->list[a->n - 1].frames += frames;
		return 0;
	}
	if (make_room(a) != 0)
		return -ENOMEM;
	a->list[a->n++] = (struct tt_announcement){start_us, frames, false};
	a->sorted = false;
	return 0;
}

void
tt_announced_fini(struct tt_announced *a)
{
	free(a->list);
	*a = (struct tt_announced){0};
}

bool
tt_announced_take(struct tt_announced *a, int64_t start_us, uint64_t frames)
{
	struct tt_announcement key = {.start_us = start_us}, *found = NULL;

	sort(a);
	if (a->n > 0)
		found = bsearch(&key, a->list, a->n, sizeof(key), by_start);
	if (found == NULL || found->given || found->frames < frames)
		return false;
	found->frames -= frames;
	return true;
}

const struct tt_announcement *
tt_announced_next(struct tt_announced *a)
{
	sort(a);
	return a->next < a->n ? &a->list[a->next] : NULL;
}

void
tt_announced_give(struct tt_announced *a, int64_t end_us)
{
	sort(a);
	while (a->next < a->n && a->list[a->next].start_us < end_us)
		a->list[a->next++].given = true;
}

bool
tt_announced_missing(struct tt_announced *a, int64_t from_us, int64_t to_us)
{
	sort(a);
	for (size_t i = a->next; i < a->n && a->list[i].start_us < to_us; i++)
		if (a->list[i].start_us >= from_us && a->list[i].frames > 0)
			return true;
	return false;
}

bool
tt_announced_after(struct tt_announced *a, int64_t us)
{
	sort(a);
	return a->n > 0 && a->list[a->n - 1].start_us >= us;
}
