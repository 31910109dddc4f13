/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_crosstab.h"

#include <stdlib.h>
#include <string.h>

int
tt_crosstab_reach(struct tt_crosstab *table, size_t wanted)
{
	size_t room = table->n == 0 ? 64 : table->n;
	struct tt_crosstab_row *more;

	if (wanted <= table->n)
		return 0;
	while (room < wanted)
		room *= 2;
	more = reallocarray(table->rows, room, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	memset(more + table->n, 0, (room - table->n) * sizeof(*more));
	*table = (struct tt_crosstab){more, room};
	return 0;
}

void
tt_crosstab_fini(struct tt_crosstab *table)
{
	for (size_t i = 0; i < table->n; i++)
		free(table->rows[i].cells);
	free(table->rows);
	*table = (struct tt_crosstab){0};
}

uint32_t
tt_crosstab_place(const struct tt_crosstab_row *row, uint32_t other)
{
	uint32_t from = 0, to = row->n;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (row->cells[middle].other < other)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

int
tt_crosstab_insert(struct tt_crosstab_row *row, uint32_t at, uint32_t other)
{
	if (row->n == row->room) {
		uint32_t room = row->room == 0 ? 2 : row->room * 2;
		struct tt_crosstab_cell *more = reallocarray(
				row->cells, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		row->cells = more;
		row->room = room;
	}
	memmove(&row->cells[at + 1], &row->cells[at],
			(row->n - at) * sizeof(*row->cells));
	row->cells[at] = (struct tt_crosstab_cell){.other = other};
	row->n++;
	return 0;
}

uint64_t
tt_crosstab_get(const struct tt_crosstab *table, int32_t index, int32_t other)
{
	const struct tt_crosstab_row *row;
	uint32_t at;

	if (index < 0 || (size_t)index >= table->n || other < 0)
		return 0;
	row = &table->rows[index];
	at = tt_crosstab_place(row, (uint32_t)other);
	return at < row->n && row->cells[at].other == (uint32_t)other ? row->cells[at].n
								      : 0;
}

uint64_t
tt_crosstab_total(const struct tt_crosstab *table, int32_t index)
{
	uint64_t total = 0;

	if (index < 0 || (size_t)index >= table->n)
		return 0;
	for (uint32_t i = 0; i < table->rows[index].n; i++)
		total += table->rows[index].cells[i].n;
	return total;
}
