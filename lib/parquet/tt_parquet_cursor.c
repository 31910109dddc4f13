/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_cursor.h"

#include <errno.h>
#include <stdarg.h>

#include "tt_parquet_utf8.h"

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
}

const char *
tt_parquet_take_text(uint8_t **at, const uint8_t *end)
{
	uint8_t *text = *at;
	size_t left = (size_t)(end - text);
	uint64_t n;

	if (left < 4)
		return NULL;
	n = tt_parquet_get_le(text, 4);
	if (n > left - 4 || !tt_parquet_utf8_valid(text + 4, n))
		return NULL;
	*at = text + 4 + n;
	memmove(text, text + 4, n);
	text[n] = '\0';
	return (const char *)text;
}

static int64_t
take_int(uint8_t **at, unsigned bytes)
{
	uint64_t value = tt_parquet_get_le(*at, bytes);

	*at += bytes;
	return bytes == 4 ? (int32_t)(uint32_t)value : (int64_t)value;
}

static int
decode_texts(struct tt_parquet_cursor *cursor, uint32_t n, struct tt_error *err)
{
	struct tt_parquet_buffer page = cursor->page;
	uint8_t *at = page.bytes;
	uint32_t *offsets;
	int ret;

	if ((uint64_t)n * 4 > page.size)
		return tt_parquet_cursor_bad(cursor, err, "the dictionary is cut short");
	ret = tt_parquet_cursor_reserve(
			cursor, &cursor->dictionary, n * sizeof(*offsets), err);
	if (ret < 0)
		return ret;
	offsets = (uint32_t *)(void *)cursor->dictionary.bytes;
	for (uint32_t i = 0; i < n; i++) {
		offsets[i] = (uint32_t)(at - page.bytes);
		if (tt_parquet_take_text(&at, page.bytes + page.size) == NULL)
			return tt_parquet_cursor_bad(cursor, err,
					"entry %u of the dictionary is no valid text", i);
	}
	if (at != page.bytes + page.size)
		return tt_parquet_cursor_bad(
				cursor, err, "bytes follow the dictionary's last entry");
	cursor->page = cursor->texts;
	cursor->texts = page;
	return 0;
}

static int
decode_ints(struct tt_parquet_cursor *cursor, uint32_t n, struct tt_error *err)
{
	unsigned bytes = tt_parquet_int_bytes(cursor->type);
	uint8_t *at = cursor->page.bytes;
	int64_t *values;
	int ret;

	if ((uint64_t)n * bytes != cursor->page.size)
		return tt_parquet_cursor_bad(cursor, err,
				"the dictionary has not the size of its entries");
	ret = tt_parquet_cursor_reserve(
			cursor, &cursor->dictionary, n * sizeof(*values), err);
	if (ret < 0)
		return ret;
	values = (int64_t *)(void *)cursor->dictionary.bytes;
	for (uint32_t i = 0; i < n; i++)
		values[i] = take_int(&at, bytes);
	return 0;
}

int
tt_parquet_cursor_dictionary(
		struct tt_parquet_cursor *cursor, uint32_t n, struct tt_error *err)
{
	if (cursor->has_dictionary)
		return tt_parquet_cursor_bad(
				cursor, err, "the column chunk has two dictionaries");
	cursor->has_dictionary = true;
	cursor->dictionary_values = n;
	return cursor->type == TT_COLUMN_TEXT ? decode_texts(cursor, n, err)
					      : decode_ints(cursor, n, err);
}

static int
next_of_dictionary(struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	const uint8_t *decoded = cursor->dictionary.bytes;
	uint32_t index;

	if (!tt_parquet_rle_next(&cursor->indices, &index))
		return tt_parquet_cursor_bad(
				cursor, err, "the dictionary indices are cut short");
	if (index >= cursor->dictionary_values)
		return tt_parquet_cursor_bad(cursor, err,
				"index %u lies outside of the dictionary of %u values",
				index, cursor->dictionary_values);
	if (cursor->type == TT_COLUMN_TEXT)
		cursor->text = (const char *)cursor->texts.bytes
				+ ((const uint32_t *)(const void *)decoded)[index];
	else
		cursor->value = ((const int64_t *)(const void *)decoded)[index];
	return 0;
}

/* The page's size was checked when it was opened. */
static int
next_plain(struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	if (cursor->type != TT_COLUMN_TEXT) {
		cursor->value = take_int(
				&cursor->plain, tt_parquet_int_bytes(cursor->type));
		return 0;
	}
	cursor->text = tt_parquet_take_text(&cursor->plain, cursor->plain_end);
	if (cursor->text == NULL)
		return tt_parquet_cursor_bad(cursor, err, "a text is not UTF-8");
	return 0;
}

int
tt_parquet_cursor_next(struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	int ret;

	while (cursor->page_left == 0) {
		ret = tt_parquet_cursor_page(cursor, err);
		if (ret < 0)
			return ret;
	}
	ret = cursor->by_dictionary ? next_of_dictionary(cursor, err)
				    : next_plain(cursor, err);
	cursor->page_left--;
	return ret;
}
