/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_tally.h"

#include "tt_hash.h"

#include <errno.h>
#include <string.h>

#define PAIRS_MAX (UINT64_C(1) << 30)

static uint64_t
slots_for(uint64_t pairs)
{
	uint64_t n = 1024;

	while (n / 8 * 7 < pairs)
		n *= 2;
	return n;
}

uint64_t
tt_tally_bytes(uint64_t pairs)
{
	return slots_for(pairs) * sizeof(struct tt_slot) + pairs * sizeof(uint32_t)
			+ (TT_N_CELLS + TT_N_OVERFLOW) * sizeof(struct tt_count)
			+ sizeof(struct tt_tally);
}

int
tt_tally_create(struct tt_tally **tally, uint64_t pairs, struct tt_mem *mem,
		struct tt_error *err)
{
	struct tt_tally *t;

	if (pairs == 0 || pairs > PAIRS_MAX)
		return tt_error_set(err, -EINVAL, "pairs", "must be 1 to %llu",
				(unsigned long long)PAIRS_MAX);
	t = tt_mem_alloc(mem, sizeof(*t), "tally header");
	if (t == NULL)
		goto no_memory;
	t->mem = mem;
	t->pairs = (uint32_t)pairs;
	t->mask = slots_for(pairs) - 1;
	t->slots = tt_mem_alloc(mem, (t->mask + 1) * sizeof(*t->slots), "pair tables");
	t->used = tt_mem_alloc(mem, pairs * sizeof(*t->used), "pair indexes");
	t->cells = tt_mem_alloc(mem, TT_N_CELLS * sizeof(*t->cells), "distributions");
	t->overflow = tt_mem_alloc(
			mem, TT_N_OVERFLOW * sizeof(*t->overflow), "overflow counters");
	if (t->slots == NULL || t->used == NULL || t->cells == NULL
			|| t->overflow == NULL) {
		tt_tally_destroy(t);
		goto no_memory;
	}
	*tally = t;
	return 0;

no_memory:
	return tt_error_set(err, -ENOMEM, "pairs",
			"out of memory: %llu pairs need %llu MiB a table set",
			(unsigned long long)pairs,
			(unsigned long long)(tt_tally_bytes(pairs) >> 20));
}

void
tt_tally_destroy(struct tt_tally *t)
{
	if (t == NULL)
		return;
	tt_mem_free(t->mem, t->slots, (t->mask + 1) * sizeof(*t->slots));
	tt_mem_free(t->mem, t->used, t->pairs * sizeof(*t->used));
	tt_mem_free(t->mem, t->cells, TT_N_CELLS * sizeof(*t->cells));
	tt_mem_free(t->mem, t->overflow, TT_N_OVERFLOW * sizeof(*t->overflow));
	free(t->sparse_cells);
	free(t->sparse_overflow);
	tt_mem_free(t->mem, t, sizeof(*t));
}

void
tt_tally_reset(struct tt_tally *t)
{
	/* Beyond a quarter of the slots one long clearing is cheaper than many short ones. */
	if (t->n_used > (t->mask + 1) / 4)
		memset(t->slots, 0, (t->mask + 1) * sizeof(*t->slots));
	else
		for (uint32_t i = 0; i < t->n_used; i++)
			memset(&t->slots[t->used[i]], 0, sizeof(*t->slots));
	if (t->frames != 0)
		memset(t->cells, 0, TT_N_CELLS * sizeof(*t->cells));
	if (t->overflow_packets != 0)
		memset(t->overflow, 0, TT_N_OVERFLOW * sizeof(*t->overflow));
	memset(t->fates, 0, sizeof(t->fates));
	t->n_used = 0;
	t->overflow_packets = t->frames = t->frame_bytes = t->late = 0;
	t->first_us = t->last_us = 0;
	t->span = (struct tt_span){0};
}

static inline uint64_t
hash_of(struct tt_addr src, tt_target_key key)
{
	return tt_hash_3(src.hi, src.lo, key);
}

static inline void
count_distributions(struct tt_count *cells, const struct tt_packet *p)
{
	uint32_t length = p->ip_bytes < TT_DIST_IP_LENGTH_MAX ? p->ip_bytes
							      : TT_DIST_IP_LENGTH_MAX;
	struct tt_count *at[4] = {
			&cells[TT_CELL_IP_PROTOCOL + p->protocol],
			&cells[TT_CELL_TTL + p->ttl],
			&cells[TT_CELL_ENCAPSULATION + p->encap % TT_N_ENCAPS],
			&cells[TT_CELL_IP_LENGTH + length],
	};

	for (unsigned i = 0; i < 4; i++) {
		at[i]->packets++;
		at[i]->bytes += p->ip_bytes;
	}
	if (p->has_ports && p->protocol == TT_PROTO_TCP) {
		struct tt_count *flags = &cells[TT_CELL_TCP_FLAGS + p->tcp_flags % 4096];

		flags->packets++;
		flags->bytes += p->ip_bytes;
	}
}

static void
count_overflow(struct tt_tally *t, tt_target_key key, uint32_t bytes)
{
	struct tt_count *c = &t->overflow[tt_overflow_index(key)];

	c->packets++;
	c->bytes += bytes;
	t->overflow_packets++;
}

static inline void
count_in_slot(struct tt_slot *s, uint32_t bytes, int64_t time_us)
{
	s->count.packets++;
	s->count.bytes += bytes;
	if (time_us < s->first_us)
		s->first_us = time_us;
	if (time_us > s->last_us)
		s->last_us = time_us;
}

/* Linear probing from `at`: the slots of a run lie side by side and prefetch themselves. */
static inline void
count_pair(struct tt_tally *t, uint64_t at, struct tt_addr src, tt_target_key key,
		uint32_t bytes, int64_t time_us)
{
	struct tt_slot *s;

	for (;; at = (at + 1) & t->mask) {
		s = &t->slots[at];
		if (TT_LIKELY(s->count.packets != 0)) {
			if (TT_LIKELY(s->src.lo == src.lo && s->key == key
					    && s->src.hi == src.hi))
				break;
			continue;
		}
		if (TT_UNLIKELY(t->n_used == t->pairs)) {
			count_overflow(t, key, bytes);
			return;
		}
		t->used[t->n_used++] = (uint32_t)at;
		s->src = src;
		s->key = key;
		s->first_us = s->last_us = time_us;
		break;
	}
	count_in_slot(s, bytes, time_us);
}

void
tt_tally_one_ref(struct tt_tally *t, const struct tt_packet *p, int64_t time_us)
{
	tt_target_key key = tt_target_key_of(p);

	count_distributions(t->cells, p);
	count_pair(t, hash_of(p->src, key) & t->mask, p->src, key, p->ip_bytes, time_us);
}

void
tt_tally_burst(struct tt_tally *t, const struct tt_packet *packets,
		const int64_t *times_us, unsigned n)
{
	uint64_t at[TT_TALLY_BURST];
	tt_target_key keys[TT_TALLY_BURST];

	for (unsigned i = 0; i < n; i++) {
		keys[i] = tt_target_key_of(&packets[i]);
		at[i] = hash_of(packets[i].src, keys[i]) & t->mask;
		__builtin_prefetch(&t->slots[at[i]], 1);
	}
	for (unsigned i = 0; i < n; i++)
		count_distributions(t->cells, &packets[i]);
	for (unsigned i = 0; i < n; i++)
		count_pair(t, at[i], packets[i].src, keys[i], packets[i].ip_bytes,
				times_us[i]);
}
