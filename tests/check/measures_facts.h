/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the reference counts with: a list of facts, each one packet and the key of the row that it
 * belongs to. A table is made by sorting a list; what has the same key is a row. The list grows
 * without bound on the heap. One thread.
 */
#ifndef MEASURES_FACTS_H
#define MEASURES_FACTS_H

#include "tt_tally.h"

/* A packet as it was given to the reference, and what follows from its header. */
struct measured {
	struct tt_packet packet;
	tt_detail detail;
	int64_t time_us;
	uint64_t weight; /* so many packets like this one */
	struct tt_target target;
	enum tt_class class;
	tt_country country; /* of the source */
};

#define FACT_WORDS 6

struct fact {
	uint64_t key[FACT_WORDS]; /* sorts from the first word on; unused words are 0 */
	const struct measured *packet;
};

struct facts {
	struct fact *list; /* [n], of [room] */
	size_t n, room;
};

/* Adds a fact. FACT(a, b, …) makes its key. */
#define FACT(...) ((const uint64_t[FACT_WORDS]){__VA_ARGS__})
void facts_add(struct facts *facts, const struct measured *packet,
		const uint64_t key[FACT_WORDS]);
void facts_fini(struct facts *facts);

/* Sorts by key. */
void facts_sort(struct facts *facts);

/* End of the run of sorted facts from `at` on whose first `words` words are equal. */
size_t facts_run(const struct facts *facts, size_t at, unsigned words);

/* Packets and bytes of facts[n]; distinct keys, which are sorted for it; distinct sources. */
struct tt_count facts_count(const struct fact *facts, size_t n);
uint64_t facts_distinct(struct facts *facts);
uint64_t facts_sources(const struct fact *facts, size_t n);

/* A number of a target, -1 for none, as a word that sorts. */
static inline uint64_t
fact_number(struct tt_target t)
{
	return (uint64_t)(t.number + 1);
}

/* Memory that a test cannot go on without. */
void *check_alloc(size_t n, size_t size);
void *check_grow(void *list, size_t *room, size_t n, size_t size);

#endif
