/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_writer.h"

#include "tt_parquet_rle.h"

#include <endian.h>

static bool
is_text(const struct tt_parquet_writer *writer, unsigned column)
{
	return writer->columns[column].type == TT_COLUMN_TEXT;
}

/* Does the chunk take more than so many bytes in PLAIN encoding? */
static bool
is_larger(const struct tt_parquet_writer *writer, unsigned column, size_t bytes)
{
	const struct tt_parquet_held *held = &writer->held[column];
	size_t plain = 0, rows = writer->group_rows;
	uint32_t length;

	if (!is_text(writer, column))
		return rows * tt_parquet_int_bytes(held->type) > bytes;
	if (held->fixed)
		return rows * held->texts.entries.size > bytes;
	for (size_t i = 0; i < rows && plain <= bytes; i++) {
		tt_parquet_texts_entry(&held->texts, held->indices[i], &length);
		plain += 4 + length;
	}
	return plain > bytes;
}

static bool
is_smaller(const struct tt_parquet_writer *writer, unsigned column,
		size_t dictionary_bytes, size_t n)
{
	size_t rows = writer->group_rows;

	return is_larger(writer, column,
			dictionary_bytes + rows * tt_parquet_rle_width(n) / 8);
}

/* Finds the dictionary; indices: NULL where all are 0. Returns 1 where it is used, 0 where PLAIN is the
 * better choice. */
static int
find_dictionary(struct tt_parquet_writer *writer, unsigned column, size_t *n,
		const uint32_t **indices)
{
	const struct tt_parquet_held *held = &writer->held[column];
	unsigned bytes = tt_parquet_int_bytes(held->type);
	int ret = 1;

	if (is_text(writer, column)) {
		*n = held->texts.n;
		*indices = held->indices;
		return held->texts.distinct
				&& is_smaller(writer, column, held->texts.entries.size,
						*n);
	}
	if (held->fixed)
		ret = tt_parquet_ints_index(&writer->ints, &held->fixed_int, true, 1, 1);
	else
		ret = tt_parquet_ints_index(&writer->ints, held->values, held->wide,
				writer->group_rows, writer->limits.dictionary_values);
	if (ret < 0)
		return tt_parquet_writer_no_memory(writer);
	*n = writer->ints.n;
	*indices = *n == 1 ? NULL : writer->ints.indices;
	return ret && is_smaller(writer, column, *n * bytes, *n);
}

/* values: of 64 bits where they are wide, else of 32; bytes: of each in the page. */
static inline __attribute__((always_inline)) void
put_values(uint8_t *at, const void *values, bool wide, size_t n, unsigned bytes)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = htole64((uint64_t)tt_parquet_int_at(values, wide, i));

		/* The low bytes come first. */
		memcpy(at + i * bytes, &value, bytes);
	}
}

static void
put_ints(struct tt_parquet_buffer *page, const void *values, bool wide, size_t n,
		unsigned bytes)
{
	uint8_t *at;

	if (!tt_parquet_buffer_reserve(page, n * bytes))
		return;
	at = page->bytes + page->size;
	page->size += n * bytes;
	if (bytes == sizeof(int32_t) && wide)
		put_values(at, values, true, n, sizeof(int32_t));
	else if (bytes == sizeof(int32_t))
		put_values(at, values, false, n, sizeof(int32_t));
	else if (wide)
		put_values(at, values, true, n, sizeof(int64_t));
	else
		put_values(at, values, false, n, sizeof(int64_t));
}

static int
write_dictionary_page(struct tt_parquet_writer *writer, unsigned column,
		struct tt_parquet_chunk_out *chunk, size_t n)
{
	const struct tt_parquet_buffer *entries = &writer->held[column].texts.entries;

	writer->page.size = 0;
	if (is_text(writer, column))
		tt_parquet_buffer_append(&writer->page, entries->bytes, entries->size);
	else
		put_ints(&writer->page, writer->ints.values, true, n,
				tt_parquet_int_bytes(writer->columns[column].type));
	return tt_parquet_write_page(
			writer, chunk, TT_PAGE_DICTIONARY, TT_ENCODING_PLAIN, n);
}

/* indices: NULL where all are 0. */
static int
write_index_pages(struct tt_parquet_writer *writer, struct tt_parquet_chunk_out *chunk,
		const uint32_t *indices, unsigned width)
{
	size_t rows = writer->group_rows;

	for (size_t from = 0, n; from < rows; from += n) {
		int ret;

		n = rows - from;
		if (n > writer->limits.page_rows)
			n = writer->limits.page_rows;
		writer->page.size = 0;
		tt_parquet_buffer_byte(&writer->page, (uint8_t)width);
		if (indices == NULL)
			tt_parquet_rle_put_zeros(&writer->page, n, width);
		else
			tt_parquet_rle_put(&writer->page, indices + from, n, width);
		ret = tt_parquet_write_page(writer, chunk, TT_PAGE_DATA,
				TT_ENCODING_RLE_DICTIONARY, n);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Appends the same bytes n times, of which each copy doubles what there is. */
static void
put_again(struct tt_parquet_buffer *page, const uint8_t *bytes, size_t size, size_t n)
{
	const size_t all = size * n;
	uint8_t *at;

	if (!tt_parquet_buffer_reserve(page, all))
		return;
	at = page->bytes + page->size;
	memcpy(at, bytes, size);
	for (size_t done = size, more; done < all; done += more) {
		more = done < all - done ? done : all - done;
		memcpy(at + done, at, more);
	}
	page->size += all;
}

/* Puts the text that indices[0] and those behind it are all of, n at most, until the page is full; returns
 * how many. */
static size_t
put_alike(struct tt_parquet_buffer *page, const struct tt_parquet_texts *texts,
		const uint32_t *indices, size_t n, size_t page_bytes)
{
	uint32_t length;
	const uint8_t *entry = tt_parquet_texts_entry(texts, indices[0], &length);
	const size_t size = 4 + (size_t)length;
	const size_t room = (page_bytes - page->size + size - 1) / size;
	size_t alike = 1;

	n = n < room ? n : room;
	while (alike < n && indices[alike] == indices[0])
		alike++;
	put_again(page, entry, size, alike);
	return alike;
}

/* Puts texts that were entered one after the other, which are copied at once; as above. */
static size_t
put_entered(struct tt_parquet_buffer *page, const struct tt_parquet_texts *texts,
		const uint32_t *indices, size_t most, size_t page_bytes)
{
	const uint8_t *start, *end;
	uint32_t i = indices[0], length;
	size_t n = 0;

	start = end = tt_parquet_texts_entry(texts, i, &length);
	do {
		end = tt_parquet_texts_entry(texts, i++, &length) + 4 + length;
		n++;
	} while (n < most && indices[n] == i
			&& page->size + (size_t)(end - start) < page_bytes);
	tt_parquet_buffer_append(page, start, (size_t)(end - start));
	return n;
}

/* Puts texts of n rows at most, until the page is full; returns how many. */
static size_t
put_texts(struct tt_parquet_writer *writer, const struct tt_parquet_held *held,
		size_t from, size_t most)
{
	const size_t page_bytes = writer->limits.page_bytes;
	const uint32_t *indices = held->indices + from;
	struct tt_parquet_buffer *page = &writer->page;
	size_t n = 0;

	while (n < most && page->size < page_bytes && !page->failed) {
		const bool alike = n + 1 < most && indices[n + 1] == indices[n];

		n += alike ? put_alike(page, &held->texts, indices + n, most - n,
				     page_bytes)
			   : put_entered(page, &held->texts, indices + n, most - n,
					   page_bytes);
	}
	return n;
}

/* Fills a page with values in PLAIN encoding from row `from` on; returns how many. */
static size_t
fill_plain_page(struct tt_parquet_writer *writer, unsigned column, size_t from)
{
	const struct tt_parquet_held *held = &writer->held[column];
	unsigned bytes = tt_parquet_int_bytes(held->type);
	size_t most = writer->group_rows - from;

	if (most > writer->limits.page_rows)
		most = writer->limits.page_rows;
	writer->page.size = 0;
	if (is_text(writer, column))
		return put_texts(writer, held, from, most);
	put_ints(&writer->page,
			(const char *)held->values + from * tt_parquet_held_width(held),
			held->wide, most, bytes);
	return most;
}

/* Gives a column, if it is a fixed one, its value in each row. Returns false without memory. */
static bool
fill_fixed(struct tt_parquet_held *held, size_t rows)
{
	void *values;

	if (!held->fixed)
		return true;
	held->wide = held->type != TT_COLUMN_TEXT;
	values = realloc(held->values, rows * tt_parquet_held_width(held));
	if (values == NULL)
		return false;
	held->values = values;
	if (held->type == TT_COLUMN_TEXT)
		memset(held->indices, 0, rows * sizeof(*held->indices));
	for (size_t i = 0; held->type != TT_COLUMN_TEXT && i < rows; i++)
		held->ints[i] = held->fixed_int;
	return true;
}

static int
write_plain_pages(struct tt_parquet_writer *writer, unsigned column,
		struct tt_parquet_chunk_out *chunk)
{
	size_t rows = writer->group_rows;

	for (size_t from = 0, n; from < rows; from += n) {
		int ret;

		n = fill_plain_page(writer, column, from);
		ret = tt_parquet_write_page(
				writer, chunk, TT_PAGE_DATA, TT_ENCODING_PLAIN, n);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int
tt_parquet_write_chunk(struct tt_parquet_writer *writer, unsigned column,
		struct tt_parquet_chunk_out *chunk)
{
	const uint32_t *indices = NULL;
	size_t n = 0;
	int ret = find_dictionary(writer, column, &n, &indices);

	*chunk = (struct tt_parquet_chunk_out){.dictionary = ret > 0};
	if (ret < 0)
		return ret;
	if (ret == 0 && !fill_fixed(&writer->held[column], writer->group_rows))
		return tt_parquet_writer_no_memory(writer);
	if (ret == 0)
		return write_plain_pages(writer, column, chunk);
	ret = write_dictionary_page(writer, column, chunk, n);
	if (ret < 0)
		return ret;
	return write_index_pages(writer, chunk, indices, tt_parquet_rle_width(n));
}
