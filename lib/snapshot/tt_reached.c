/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_reached.h"

#include <errno.h>

#define ROOM_MIN 64

void
tt_reached_enter(struct tt_reached *r, uint32_t first, unsigned bits)
{
	while (r->depth > 0 && r->within[r->depth - 1].last < first)
		r->n = r->within[--r->depth].from;
	/* What has one address holds no other destination. */
	r->single = bits == 0;
	if (r->single)
		return;
	TT_ASSERT(r->depth < TT_ARRAY_SIZE(r->within));
	r->within[r->depth].last = first | (uint32_t)((UINT64_C(1) << bits) - 1);
	r->within[r->depth++].from = r->n;
}

static bool
has(const uint32_t *hosts, size_t n, uint32_t address)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (hosts[mid] < address)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && hosts[low] == address;
}

static int
append(struct tt_reached *r, uint32_t address)
{
	if (r->n == r->room) {
		size_t room = r->room == 0 ? ROOM_MIN : 2 * r->room;
		uint32_t *more = reallocarray(r->hosts, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		r->hosts = more;
		r->room = room;
	}
	r->hosts[r->n++] = address;
	return 0;
}

int
tt_reached_add(struct tt_reached *r, uint32_t address, bool *known)
{
	/* A destination has an address once. */
	unsigned wider = r->single ? r->depth : r->depth - 1;

	*known = false;
	for (unsigned i = 0; i < wider && !*known; i++) {
		size_t from = r->within[i].from;
		size_t end = i + 1 < r->depth ? r->within[i + 1].from : r->n;

		*known = has(r->hosts + from, end - from, address);
	}
	return r->single ? 0 : append(r, address);
}

void
tt_reached_fini(struct tt_reached *r)
{
	free(r->hosts);
	*r = (struct tt_reached){0};
}
