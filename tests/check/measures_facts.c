/* SPDX-License-Identifier: BSD-3-Clause */
#include "measures_facts.h"

#include <string.h>

void *
check_alloc(size_t n, size_t size)
{
	void *p = calloc(n > 0 ? n : 1, size);

	TT_ASSERT(p != NULL);
	return p;
}

void *
check_grow(void *list, size_t *room, size_t n, size_t size)
{
	if (n < *room)
		return list;
	*room = *room * 2 + 1024;
	list = realloc(list, *room * size);
	TT_ASSERT(list != NULL);
	return list;
}

void
facts_add(struct facts *facts, const struct measured *packet,
		const uint64_t key[FACT_WORDS])
{
	struct fact *f;

	facts->list = check_grow(
			facts->list, &facts->room, facts->n, sizeof(*facts->list));
	f = &facts->list[facts->n++];
	memcpy(f->key, key, sizeof(f->key));
	f->packet = packet;
}

void
facts_fini(struct facts *facts)
{
	free(facts->list);
	*facts = (struct facts){0};
}

static int
compare_words(const uint64_t *a, const uint64_t *b, unsigned words)
{
	for (unsigned i = 0; i < words; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	return compare_words(x->key, y->key, FACT_WORDS);
}

void
facts_sort(struct facts *facts)
{
	if (facts->n > 0)
		qsort(facts->list, facts->n, sizeof(*facts->list), by_key);
}

size_t
facts_run(const struct facts *facts, size_t at, unsigned words)
{
	size_t end = at;

	while (end < facts->n
			&& compare_words(facts->list[end].key, facts->list[at].key, words)
					== 0)
		end++;
	return end;
}

struct tt_count
facts_count(const struct fact *facts, size_t n)
{
	struct tt_count sum = {0};

	for (size_t i = 0; i < n; i++) {
		sum.packets += facts[i].packet->weight;
		sum.bytes += facts[i].packet->weight * facts[i].packet->packet.ip_bytes;
	}
	return sum;
}

uint64_t
facts_distinct(struct facts *facts)
{
	uint64_t distinct = 0;

	facts_sort(facts);
	for (size_t at = 0; at < facts->n; at = facts_run(facts, at, FACT_WORDS))
		distinct++;
	return distinct;
}

uint64_t
facts_sources(const struct fact *facts, size_t n)
{
	struct facts sources = {0};
	uint64_t distinct;

	for (size_t i = 0; i < n; i++)
		facts_add(&sources, facts[i].packet,
				FACT(facts[i].packet->packet.src.hi,
						facts[i].packet->packet.src.lo));
	distinct = facts_distinct(&sources);
	facts_fini(&sources);
	return distinct;
}
