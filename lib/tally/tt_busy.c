/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_busy.h"

#include <string.h>

_Static_assert(TT_BUSY_MAX <= 256, "an array is of eight bits");

static size_t
low_bytes(unsigned arrays)
{
	return arrays * sizeof(uint8_t) * TT_BUSY_PORTS;
}

static size_t
high_bytes(unsigned arrays)
{
	return arrays * sizeof(uint16_t) * TT_BUSY_PORTS;
}

uint64_t
tt_busy_bytes(unsigned arrays)
{
	return sizeof(struct tt_busy) + low_bytes(arrays) + high_bytes(arrays);
}

struct tt_busy *
tt_busy_create(unsigned arrays, struct tt_mem *mem)
{
	struct tt_busy *b = tt_mem_alloc(mem, sizeof(*b), "source ports");

	if (b == NULL)
		return NULL;
	b->max = arrays;
	if (arrays == 0)
		return b;
	b->low = tt_mem_alloc(mem, low_bytes(arrays), "source ports");
	b->high = tt_mem_alloc(mem, high_bytes(arrays), "source ports");
	if (b->low != NULL && b->high != NULL)
		return b;
	tt_busy_destroy(b, mem);
	return NULL;
}

void
tt_busy_destroy(struct tt_busy *b, struct tt_mem *mem)
{
	if (b == NULL)
		return;
	tt_mem_free(mem, b->low, low_bytes(b->max));
	tt_mem_free(mem, b->high, high_bytes(b->max));
	tt_mem_free(mem, b, sizeof(*b));
}

void
tt_busy_reset(struct tt_busy *b)
{
	const struct tt_busy clean = {.low = b->low, .high = b->high, .max = b->max};

	if (b->n > 0) {
		memset(b->low, 0, low_bytes(b->n));
		memset(b->high, 0, high_bytes(b->n));
	}
	*b = clean;
}

static uint64_t
lead_needed(const struct tt_busy *b)
{
	return (uint64_t)TT_BUSY_LEAD << (b->n / TT_BUSY_DEAR);
}

void
tt_busy_vote(struct tt_busy *b, const struct tt_hash_seed *seed, uint64_t key)
{
	const uint64_t slot = tt_busy_slot(seed, key), target = key >> 16;
	struct tt_busy_candidate *c = &b->candidates[slot];

	if (b->slots[slot] != 0 || b->n == b->max)
		return;
	if (c->target != target && c->lead > 0) {
		c->lead--;
		return;
	}
	c->target = target;
	if (++c->lead < lead_needed(b))
		return;
	b->slots[slot] = target << 8 | b->n;
	b->targets[b->n++] = target;
}

uint32_t
tt_busy_used(const struct tt_busy *b)
{
	uint32_t n = 0;

	for (uint32_t at = 0; at < tt_busy_end(b); at++)
		n += tt_busy_packets(b, at) != 0;
	return n;
}

bool
tt_busy_carry(struct tt_busy *b, uint32_t at, uint32_t packets)
{
	const uint32_t sum = tt_busy_packets(b, at) + packets;

	if (sum >= UINT32_C(1) << 24)
		return false;
	b->low[at] = (uint8_t)sum;
	b->high[at] = (uint16_t)(sum >> 8);
	return true;
}
