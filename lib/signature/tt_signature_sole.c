/* SPDX-License-Identifier: BSD-3-Clause */
/* Which ports have one rule alone, that asks for few addresses. */
#include "tt_signature_sole.h"

/* The addresses of IPv4 of a range as tt_addr.lo has them, as a sole has them. Returns whether there are any. */
static bool
range_of(uint32_t *to_first, uint32_t *to_more, uint64_t first, uint64_t more)
{
	const uint64_t v4 = TT_ADDR_V4_PREFIX, last_v4 = v4 | UINT32_MAX;
	uint64_t last = more > UINT64_MAX - first ? UINT64_MAX : first + more;

	if (first < v4)
		first = v4;
	if (last > last_v4)
		last = last_v4;
	if (first > last)
		return false;
	*to_first = (uint32_t)first ^ TT_SIGNATURE_SOLE_TURN;
	*to_more = (uint32_t)(last - first) ^ TT_SIGNATURE_SOLE_TURN;
	return true;
}

/* Fills first[room] and more[room]. Returns whether there is room, and any address. */
static bool
ranges_of(uint32_t *first, uint32_t *more, unsigned room,
		const struct tt_signature_place_list *list)
{
	unsigned n = 0;

	if (list->n == 0)
		n += range_of(&first[n], &more[n], 0, UINT64_MAX);
	for (uint32_t i = 0; i < list->n; i++) {
		uint32_t from, further;

		if (!range_of(&from, &further, list->ranges[i].first,
				    list->ranges[i].more))
			continue;
		if (n == room)
			return false;
		first[n] = from;
		more[n++] = further;
	}
	for (unsigned i = n; i < room; i++) {
		first[i] = first[0];
		more[i] = more[0];
	}
	return n != 0;
}

/* Returns whether the rule of a class is such a one. */
static bool
sole_of(struct tt_signature_sole *to, const struct tt_signature_plain *plain,
		const struct tt_signature_plain_class *class)
{
	static const struct tt_signature_place anywhere;
	const struct tt_signature_plain_entry *entry = &plain->entries[class->first];
	const struct tt_signature_place *place = &anywhere;

	if (class->n != 1 || class->tried)
		return false;
	if (entry->asks == TT_SIGNATURE_ASKS_PLACE)
		place = &plain->places[entry->place];
	else if (entry->asks != TT_SIGNATURE_ASKS_NOTHING)
		return false;
	to->rule = entry->index;
	return ranges_of(to->dst_first, to->dst_more, TT_SIGNATURE_SOLE_DST, &place->dst)
			&& ranges_of(to->src_first, to->src_more, TT_SIGNATURE_SOLE_SRC,
					&place->src);
}

void
tt_signature_soles_add(struct tt_signature_sole *soles,
		const struct tt_signature_plain *plain, uint8_t flags)
{
	for (uint32_t port = 0; port < TT_ARRAY_SIZE(plain->class_of); port++) {
		struct tt_signature_sole *at = &soles[port % TT_SIGNATURE_SOLES], sole;

		if (at->key != 0
				|| !sole_of(&sole, plain,
						tt_signature_plain_class_of(
								plain, (uint16_t)port)))
			continue;
		*at = sole;
		at->key = tt_signature_sole_key((uint16_t)port, flags);
	}
}
