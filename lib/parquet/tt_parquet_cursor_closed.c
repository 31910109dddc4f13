/* SPDX-License-Identifier: BSD-3-Clause */
/* Pages of deferred columns: checked, and left as they are until a value is wanted. */
#include "tt_parquet_cursor.h"

int
tt_parquet_cursor_leave_closed(struct tt_parquet_cursor *cursor,
		const struct tt_parquet_page_in *page, int64_t at, struct tt_error *err)
{
	bool is_data = tt_parquet_page_is_data(page);
	struct tt_parquet_closed *closed = is_data ? &cursor->closed_data
						   : &cursor->closed_dictionary;

	if (!is_data && (closed->is || cursor->has_dictionary))
		return tt_parquet_cursor_two_dictionaries(cursor, err);
	*closed = (struct tt_parquet_closed){true, at, *page};
	if (is_data) {
		cursor->page_left = (uint32_t)page->n_values;
		cursor->passed = 0;
	}
	return 0;
}

static int
open_closed(struct tt_parquet_cursor *cursor, struct tt_parquet_closed *closed,
		struct tt_error *err)
{
	if (!closed->is)
		return 0;
	closed->is = false;
	cursor->page_at = closed->at;
	return tt_parquet_cursor_open_page(cursor, &closed->page, closed->at, err);
}

/* Passes over values of the page that was opened last, from its first one on. */
static int
pass(struct tt_parquet_cursor *cursor, uint32_t n, struct tt_error *err)
{
	const char *why = NULL;

	if (cursor->by_dictionary)
		return tt_parquet_rle_skip(&cursor->indices, n)
				? 0
				: tt_parquet_cursor_cut_short(cursor, err);
	if (cursor->type == TT_COLUMN_TEXT)
		why = tt_parquet_plain_skip(&cursor->plain_texts, n);
	else
		cursor->plain += (size_t)n * tt_parquet_cursor_int_bytes(cursor);
	return why == NULL ? 0 : tt_parquet_cursor_bad(cursor, err, "%s", why);
}

int
tt_parquet_cursor_unclose(struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	uint32_t left = cursor->page_left;
	int ret;

	if (TT_LIKELY(!cursor->closed_data.is))
		return 0;
	ret = open_closed(cursor, &cursor->closed_dictionary, err);
	if (ret == 0)
		ret = open_closed(cursor, &cursor->closed_data, err);
	if (ret == 0)
		ret = pass(cursor, cursor->passed, err);
	cursor->page_left = left;
	return ret;
}
