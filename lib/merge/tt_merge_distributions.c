/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of `distributions`: cells, of which some are sums of others. */
#include "tt_merge_rows.h"

/* The six control bits are the sum over the other six. */
static struct tt_count
flags_of(const struct tt_merge *m, uint32_t value)
{
	struct tt_count sum = {0};

	for (uint32_t i = value; i < 4096; i += 64)
		tt_merge_add(&sum, m->rest.cells[TT_CELL_TCP_FLAGS + i]);
	return sum;
}

static struct tt_count
count_of(const struct tt_merge *m, enum tt_distribution d, uint32_t value, int64_t cell)
{
	return d == TT_DIST_TCP_FLAGS ? flags_of(m, value)
				      : tt_rest_cell(&m->rest, (uint32_t)cell);
}

/* The last value of a cell's block. Values of a class lie side by side, so that a block that nothing
 * touched is passed over, unread: not even its memory need be there. */
static uint32_t
last_of_block(uint32_t value, int64_t cell)
{
	return value + TT_CELL_BLOCK - 1 - (uint32_t)(cell % TT_CELL_BLOCK);
}

static int
emit_class(struct tt_merge *m, enum tt_distribution d, enum tt_class class)
{
	bool flags = d == TT_DIST_TCP_FLAGS || d == TT_DIST_TCP_FLAGS_ALL;
	uint32_t n = tt_distribution_values(d);
	int ret = 0;

	if (!flags && tt_distribution_cell(d, class, 0) < 0)
		return 0;
	for (uint32_t value = 0; ret == 0 && value < n; value++) {
		int64_t cell = tt_distribution_cell(d, class, value);
		struct tt_distribution_row row = {
				.distribution = d, .class = class, .value = value};

		if (cell < 0)
			continue;
		if (!flags && !tt_rest_cell_used(&m->rest, (uint32_t)cell)) {
			value = last_of_block(value, cell);
			continue;
		}
		row.count = count_of(m, d, value, cell);
		if (row.count.packets != 0)
			ret = TT_MERGE_EMIT(m, distribution, &row);
	}
	return ret;
}

int
tt_merge_distributions(struct tt_merge *m)
{
	int ret = 0;

	if (m->sink->distribution == NULL)
		return 0;
	for (unsigned i = 0; ret == 0 && i < TT_N_DISTRIBUTIONS * TT_N_CLASSES; i++)
		ret = emit_class(m, (enum tt_distribution)(i / TT_N_CLASSES),
				(enum tt_class)(i % TT_N_CLASSES));
	return ret;
}
