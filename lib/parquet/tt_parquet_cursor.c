/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_cursor.h"

#include <endian.h>
#include <errno.h>
#include <stdarg.h>

#define PADDING 8 /* the bit unpacker reads whole words */

int
tt_parquet_cursor_bad(const struct tt_parquet_cursor *cursor, struct tt_error *err,
		const char *why_fmt, ...)
{
	const struct tt_parquet_footer *footer = cursor->shared->footer;
	char why[sizeof(err->why)];
	va_list ap;

	va_start(ap, why_fmt);
	vsnprintf(why, sizeof(why), why_fmt, ap);
	va_end(ap);
	tt_error_set(err, -EBADMSG, "", "%s", why);
	tt_error_at(err, "%s: column %s at offset %lld", footer->name,
			footer->columns[cursor->column].name, (long long)cursor->page_at);
	return -EBADMSG;
}

int
tt_parquet_cursor_reserve(struct tt_parquet_cursor *cursor,
		struct tt_parquet_buffer *buffer, size_t n, struct tt_error *err)
{
	struct tt_parquet_shared *shared = cursor->shared;

	buffer->size = 0;
	if (n + PADDING > buffer->capacity) {
		shared->budget_bytes += buffer->capacity;
		tt_parquet_buffer_fini(buffer);
		if (n + PADDING > shared->budget_bytes)
			return tt_parquet_cursor_bad(cursor, err,
					"the pages need more memory than is allowed");
		buffer->bytes = malloc(n + PADDING);
		if (buffer->bytes == NULL)
			return tt_error_set(err, -ENOMEM, shared->footer->name,
					"out of memory");
		buffer->capacity = n + PADDING;
		shared->budget_bytes -= buffer->capacity;
	}
	memset(buffer->bytes + n, 0, PADDING);
	return 0;
}

void
tt_parquet_cursor_fini(struct tt_parquet_cursor *cursor)
{
	tt_parquet_buffer_fini(&cursor->dictionary);
	tt_parquet_buffer_fini(&cursor->texts);
	tt_parquet_buffer_fini(&cursor->page);
	tt_parquet_buffer_fini(&cursor->ints);
	tt_parquet_buffer_fini(&cursor->codes);
	tt_parquet_buffer_fini(&cursor->page_texts);
}

static int
decode_texts(struct tt_parquet_cursor *cursor, uint32_t n, struct tt_error *err)
{
	struct tt_parquet_buffer page = cursor->page;
	struct tt_parquet_plain_texts in;
	const char *why;
	int ret;

	if ((uint64_t)n * 4 > page.size)
		return tt_parquet_cursor_bad(cursor, err, "the dictionary is cut short");
	ret = tt_parquet_cursor_reserve(
			cursor, &cursor->dictionary, n * sizeof(const char *), err);
	if (ret < 0)
		return ret;
	tt_parquet_plain_start(&in, page.bytes, page.bytes + page.size);
	why = tt_parquet_plain_take(
			&in, (const char **)(void *)cursor->dictionary.bytes, n);
	if (why != NULL)
		return tt_parquet_cursor_bad(cursor, err, "the dictionary: %s", why);
	if (in.at != in.end)
		return tt_parquet_cursor_bad(
				cursor, err, "bytes follow the dictionary's last entry");
	cursor->page = cursor->texts;
	cursor->texts = page;
	cursor->dictionary_id = ++cursor->shared->last_text_id;
	return 0;
}

/* The page becomes the dictionary, in place. */
static void
keep_narrow(struct tt_parquet_cursor *cursor, uint32_t n)
{
	struct tt_parquet_buffer page = cursor->page;
	uint32_t *values = (uint32_t *)(void *)page.bytes;

	for (uint32_t i = 0; i < n; i++)
		values[i] = le32toh(values[i]);
	cursor->page = cursor->dictionary;
	cursor->dictionary = page;
}

static int
decode_ints(struct tt_parquet_cursor *cursor, uint32_t n, struct tt_error *err)
{
	unsigned bytes = tt_parquet_cursor_int_bytes(cursor);
	const char *why;
	int64_t *values;
	int ret;

	if ((uint64_t)n * bytes != cursor->page.size)
		return tt_parquet_cursor_bad(cursor, err,
				"the dictionary has not the size of its entries");
	cursor->narrow = bytes == sizeof(int32_t)
			&& cursor->leaf->convert == TT_CONVERT_NONE;
	if (cursor->narrow) {
		keep_narrow(cursor, n);
		return 0;
	}
	ret = tt_parquet_cursor_reserve(
			cursor, &cursor->dictionary, n * sizeof(*values), err);
	if (ret < 0)
		return ret;
	values = (int64_t *)(void *)cursor->dictionary.bytes;
	tt_parquet_plain_ints(values, cursor->page.bytes, n, bytes);
	why = tt_parquet_plain_convert(cursor->leaf->convert, values, n);
	return why == NULL ? 0 : tt_parquet_cursor_bad(cursor, err, "%s", why);
}

int
tt_parquet_cursor_two_dictionaries(
		const struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	return tt_parquet_cursor_bad(
			cursor, err, "the column chunk has two dictionaries");
}

int
tt_parquet_cursor_dictionary(
		struct tt_parquet_cursor *cursor, uint32_t n, struct tt_error *err)
{
	if (cursor->has_dictionary)
		return tt_parquet_cursor_two_dictionaries(cursor, err);
	cursor->has_dictionary = true;
	cursor->dictionary_values = n;
	return cursor->type == TT_COLUMN_TEXT ? decode_texts(cursor, n, err)
					      : decode_ints(cursor, n, err);
}

int
tt_parquet_cursor_ready(struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	while (cursor->page_left == 0) {
		int ret = tt_parquet_cursor_page(cursor, err);

		if (ret < 0)
			return ret;
	}
	return 0;
}
