/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_corsaro.h"
#include "tt_hash.h"

#include <string.h>

void
tt_metrics_clear(struct tt_metrics *m)
{
	if (m->n_slots > 0)
		memset(m->slots, 0, m->n_slots * sizeof(*m->slots));
	m->n = 0;
	m->failed = m->impossible = false;
}

void
tt_metrics_fini(struct tt_metrics *m)
{
	free(m->all);
	free(m->slots);
	*m = (struct tt_metrics){0};
}

static size_t
slot_of(const struct tt_metrics *m, uint64_t key)
{
	size_t mask = m->n_slots - 1, at = tt_hash_mix(key) & mask;

	while (m->slots[at] != 0 && m->all[m->slots[at] - 1].key != key)
		at = (at + 1) & mask;
	return at;
}

/* Doubles the room; the slots stay at most half full. */
static bool
grow(struct tt_metrics *m)
{
	size_t room = m->room == 0 ? 1024 : m->room * 2;
	struct tt_metric *all = reallocarray(m->all, room, sizeof(*all));
	uint32_t *slots;

	if (all == NULL)
		return false;
	m->all = all;
	slots = calloc(room * 2, sizeof(*slots));
	if (slots == NULL)
		return false;
	free(m->slots);
	m->slots = slots;
	m->n_slots = room * 2;
	m->room = room;
	for (size_t i = 0; i < m->n; i++)
		slots[slot_of(m, all[i].key)] = (uint32_t)i + 1;
	return true;
}

/* Finds a metric, or makes it, with nothing known. Returns NULL if memory is short. */
static struct tt_metric *
find(struct tt_metrics *m, uint64_t key)
{
	size_t at;

	if (m->n == m->room && !grow(m)) {
		m->failed = true;
		return NULL;
	}
	at = slot_of(m, key);
	if (m->slots[at] == 0) {
		struct tt_metric *metric = &m->all[m->n++];

		metric->key = key;
		for (unsigned i = 0; i < TT_N_LEAVES; i++)
			metric->leaves[i] = TT_UNKNOWN;
		m->slots[at] = (uint32_t)m->n;
	}
	return &m->all[m->slots[at] - 1];
}

void
tt_metrics_add(struct tt_metrics *m, uint64_t key, enum tt_metric_leaf leaf, int64_t n)
{
	struct tt_metric *metric = find(m, key);
	int64_t *sum;

	if (metric == NULL)
		return;
	sum = &metric->leaves[leaf];
	if (*sum == TT_UNKNOWN)
		*sum = 0;
	if (n < 0 || __builtin_add_overflow(*sum, n, sum)) {
		m->impossible = true;
		*sum = 0;
	}
}

bool
tt_metrics_enter(struct tt_metrics *m, uint64_t key)
{
	size_t before = m->n;

	return find(m, key) != NULL && m->n > before;
}

static int
by_key(const void *a, const void *b)
{
	const struct tt_metric *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

void
tt_metrics_sort(struct tt_metrics *m)
{
	if (m->n > 1)
		qsort(m->all, m->n, sizeof(*m->all), by_key);
}
