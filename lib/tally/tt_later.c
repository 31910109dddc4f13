/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_later.h"

/* With fewer updates than one for so many lines, it is better to leave the others alone. */
#define LINES_READ 8

static uint64_t
slots_of_part(uint64_t slots, uint64_t slot_bytes)
{
	const uint64_t most = TT_LATER_PART_BYTES / slot_bytes;

	return slots < most ? slots : most;
}

static uint64_t
parts_of(uint64_t slots, uint64_t slot_bytes)
{
	return slots / slots_of_part(slots, slot_bytes);
}

uint64_t
tt_later_parts_bytes(uint32_t parts, uint16_t most)
{
	return (uint64_t)parts
			* (most * sizeof(struct tt_later_update)
					+ sizeof(struct tt_later_queue));
}

uint64_t
tt_later_bytes(uint64_t slots, uint64_t slot_bytes, uint16_t most)
{
	return tt_later_parts_bytes((uint32_t)parts_of(slots, slot_bytes), most);
}

bool
tt_later_init_parts(struct tt_later *l, uint32_t parts, unsigned shift, uint16_t most,
		struct tt_mem *mem)
{
	*l = (struct tt_later){.parts = parts, .most = most, .shift = shift};
	l->updates = tt_mem_alloc(
			mem, (uint64_t)parts * most * sizeof(*l->updates), "put off");
	l->queues = tt_mem_alloc(mem, parts * sizeof(*l->queues), "put off");
	if (l->updates == NULL || l->queues == NULL)
		return false;
	tt_later_reset(l);
	return true;
}

bool
tt_later_init(struct tt_later *l, uint64_t slots, uint64_t slot_bytes, uint16_t most,
		struct tt_mem *mem)
{
	return tt_later_init_parts(l, (uint32_t)parts_of(slots, slot_bytes),
			(unsigned)__builtin_ctzll(slots_of_part(slots, slot_bytes)), most,
			mem);
}

void
tt_later_fini(struct tt_later *l, struct tt_mem *mem)
{
	tt_mem_free(mem, l->updates, (uint64_t)l->parts * l->most * sizeof(*l->updates));
	tt_mem_free(mem, l->queues, l->parts * sizeof(*l->queues));
	*l = (struct tt_later){0};
}

void
tt_later_reset(struct tt_later *l)
{
	l->depth = l->most;
	for (uint64_t i = 0; i < l->parts; i++)
		l->queues[i] = (struct tt_later_queue){
				.due = (uint16_t)((l->most
								  - i * (l->most / 4u * 3)
										  / l->parts)
						& ~1u)};
}

void
tt_later_discard(struct tt_later *l, struct tt_mem *mem)
{
	tt_mem_discard(mem, l->updates,
			(uint64_t)l->parts * l->most * sizeof(*l->updates));
}

void
tt_later_read_lines(const void *first, uint64_t n)
{
	const volatile uint64_t *line = first;

	for (uint64_t i = 0; i < n; i++, line += TT_CACHE_LINE / sizeof(*line))
		(void)*line;
}

const struct tt_later_update *
tt_later_take(struct tt_later *l, uint64_t part, const void *table, uint32_t *n)
{
	const uint64_t lines = TT_LATER_PART_BYTES / TT_CACHE_LINE;
	struct tt_later_queue *q = &l->queues[part];
	const uint16_t left = q->n > l->depth ? q->n - l->depth : 0;

	*n = q->n - left;
	*q = (struct tt_later_queue){.n = left, .due = left + l->depth};
	if (table != NULL && l->parts > 1 && *n >= lines / LINES_READ)
		tt_later_read_lines((const uint8_t *)table + part * TT_LATER_PART_BYTES,
				lines);
	return &l->updates[part * l->most + left];
}
