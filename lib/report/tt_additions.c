/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_additions.h"
#include "tt_observation_tables.h"

#include <errno.h>
#include <string.h>

/* So many sums in a row are added to together: with a few hundred countries each, they fit a core's cache. */
#define TOGETHER 64

int
tt_additions_init(struct tt_additions *additions)
{
	*additions = (struct tt_additions){
			.held = malloc(TT_ADDITIONS_MAX * sizeof(*additions->held)),
			.ordered = malloc(
					TT_ADDITIONS_MAX * sizeof(*additions->ordered))};
	if (additions->held != NULL && additions->ordered != NULL)
		return 0;
	tt_additions_fini(additions);
	return -ENOMEM;
}

void
tt_additions_fini(struct tt_additions *additions)
{
	free(additions->held);
	free(additions->ordered);
	*additions = (struct tt_additions){0};
}

/* Orders them by where they belong; begins[n_places] is room to count in. */
static void
order(struct tt_additions *a, uint32_t *begins, size_t n_places)
{
	uint32_t begin = 0;

	memset(begins, 0, n_places * sizeof(*begins));
	for (size_t i = 0; i < a->n; i++)
		begins[a->held[i].index / TOGETHER]++;
	for (size_t i = 0; i < n_places; i++) {
		uint32_t n = begins[i];

		begins[i] = begin;
		begin += n;
	}
	for (size_t i = 0; i < a->n; i++)
		a->ordered[begins[a->held[i].index / TOGETHER]++] = a->held[i];
}

int
tt_additions_make(struct tt_additions *additions, struct tt_sums *array, size_t n)
{
	size_t n_places = (n + TOGETHER - 1) / TOGETHER;
	uint32_t *begins = malloc((n_places + 1) * sizeof(*begins));

	if (begins == NULL)
		return -ENOMEM;
	order(additions, begins, n_places);
	free(begins);
	for (size_t i = 0; i < additions->n; i++) {
		const struct tt_addition *a = &additions->ordered[i];
		struct tt_sums *sums = &array[a->index];

		if (!tt_sums_reach(sums, a->other))
			return -ENOMEM;
		sums->sums[a->other] += a->n;
	}
	additions->n = 0;
	return 0;
}
