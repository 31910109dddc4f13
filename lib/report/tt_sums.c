/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_observation_tables.h"

#include <errno.h>
#include <string.h>

bool
tt_sums_reach(struct tt_sums *sums, uint32_t index)
{
	uint32_t n = sums->n == 0 ? 8 : sums->n;
	uint64_t *more;

	if (TT_LIKELY(index < sums->n))
		return true;
	while (n <= index)
		n *= 2;
	more = reallocarray(sums->sums, n, sizeof(*more));
	if (more == NULL)
		return false;
	memset(more + sums->n, 0, (n - sums->n) * sizeof(*more));
	*sums = (struct tt_sums){more, n};
	return true;
}

int
tt_sums_add(struct tt_sums *sums, size_t index, uint64_t n)
{
	if (n == 0)
		return 0;
	if (!tt_sums_reach(sums, (uint32_t)index))
		return -ENOMEM;
	sums->sums[index] += n;
	return 0;
}

int
tt_sums_array_reach(struct tt_sums **array, size_t *n, size_t wanted)
{
	size_t room = *n == 0 ? 64 : *n;
	struct tt_sums *more;

	if (wanted <= *n)
		return 0;
	while (room < wanted)
		room *= 2;
	more = reallocarray(*array, room, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	memset(more + *n, 0, (room - *n) * sizeof(*more));
	*array = more;
	*n = room;
	return 0;
}

uint64_t
tt_sums_total(const struct tt_sums *array, size_t n, int32_t index)
{
	uint64_t total = 0;

	if (index < 0 || (size_t)index >= n)
		return 0;
	for (uint32_t i = 0; i < array[index].n; i++)
		total += array[index].sums[i];
	return total;
}

uint64_t
tt_sums_at(const struct tt_sums *array, size_t n, int32_t index, int32_t other)
{
	if (index < 0 || (size_t)index >= n || other < 0)
		return 0;
	return tt_sums_get(&array[index], (size_t)other);
}

uint64_t
tt_observation_target(const struct tt_observation *observation, int32_t target)
{
	return tt_crosstab_total(&observation->targets, target);
}

uint64_t
tt_observation_target_country(
		const struct tt_observation *observation, int32_t target, int32_t country)
{
	return tt_crosstab_get(&observation->targets, target, country);
}
