/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_owners.h"

#include <errno.h>

static int
reach(struct tt_owners *o, size_t n)
{
	size_t room = o->room == 0 ? 256 : o->room;
	struct tt_owner *more;

	if (n <= o->room)
		return 0;
	while (room < n)
		room *= 2;
	more = reallocarray(o->all, room, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	o->all = more;
	o->room = room;
	return 0;
}

int
tt_owners_add(struct tt_owners *owners, const struct tt_manifest *manifest, uint32_t of)
{
	const struct tt_part_ids *parts = &manifest->parts;
	size_t n = parts->n == 0 ? 1 : parts->n;

	if (reach(owners, owners->n + n) != 0)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		owners->all[owners->n++] = (struct tt_owner){
				parts->n == 0 ? manifest->id : parts->all[i], of};
	return 0;
}

static int
owner_cmp(const void *a, const void *b)
{
	const struct tt_owner *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->of < y->of ? -1 : x->of > y->of;
}

void
tt_owners_sort(struct tt_owners *owners)
{
	if (owners->n > 1)
		qsort(owners->all, owners->n, sizeof(owners->all[0]), owner_cmp);
}

bool
tt_owners_twice(struct tt_owners *owners, uint32_t *one, uint32_t *other)
{
	const struct tt_owner *all = owners->all;

	tt_owners_sort(owners);
	for (size_t i = 1; i < owners->n; i++) {
		if (all[i].id != all[i - 1].id)
			continue;
		*one = all[i - 1].of;
		*other = all[i].of;
		return true;
	}
	return false;
}

void
tt_owners_fini(struct tt_owners *owners)
{
	free(owners->all);
	*owners = (struct tt_owners){0};
}
