/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_writer.h"

#include "tt_parquet_rle.h"

static bool
is_text(const struct tt_parquet_writer *writer, unsigned column)
{
	return writer->columns[column].type == TT_COLUMN_TEXT;
}

/* Bytes of the chunk in PLAIN encoding. */
static size_t
plain_bytes(const struct tt_parquet_writer *writer, unsigned column)
{
	const struct tt_parquet_held *held = &writer->held[column];
	size_t bytes = 0;
	uint32_t length;

	if (!is_text(writer, column))
		return held->rows * tt_parquet_int_bytes(writer->columns[column].type);
	for (size_t i = 0; i < held->rows; i++) {
		tt_parquet_texts_entry(
				&held->texts, tt_parquet_held_indices(held)[i], &length);
		bytes += 4 + length;
	}
	return bytes;
}

static bool
is_smaller(const struct tt_parquet_writer *writer, unsigned column,
		size_t dictionary_bytes, size_t n)
{
	size_t rows = writer->held[column].rows;

	return dictionary_bytes + rows * tt_parquet_rle_width(n) / 8
			< plain_bytes(writer, column);
}

/* Finds the dictionary. Returns 1 where it is used, 0 where PLAIN is the better choice. */
static int
find_dictionary(struct tt_parquet_writer *writer, unsigned column, size_t *n,
		const uint32_t **indices)
{
	const struct tt_parquet_held *held = &writer->held[column];
	unsigned bytes = tt_parquet_int_bytes(writer->columns[column].type);
	int ret;

	if (is_text(writer, column)) {
		*n = held->texts.n;
		*indices = tt_parquet_held_indices(held);
		return held->texts.distinct
				&& is_smaller(writer, column, held->texts.entries.size,
						*n);
	}
	ret = tt_parquet_ints_index(&writer->ints, tt_parquet_held_ints(held), held->rows,
			writer->limits.dictionary_values);
	if (ret < 0)
		return tt_parquet_writer_no_memory(writer);
	*n = writer->ints.n;
	*indices = writer->ints.indices;
	return ret && is_smaller(writer, column, *n * bytes, *n);
}

static void
put_ints(struct tt_parquet_buffer *page, const int64_t *values, size_t n, unsigned bytes)
{
	if (!tt_parquet_buffer_reserve(page, n * bytes))
		return;
	for (size_t i = 0; i < n; i++, page->size += bytes)
		tt_parquet_put_le(page->bytes + page->size, (uint64_t)values[i], bytes);
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
		put_ints(&writer->page, writer->ints.values, n,
				tt_parquet_int_bytes(writer->columns[column].type));
	return tt_parquet_write_page(
			writer, chunk, TT_PAGE_DICTIONARY, TT_ENCODING_PLAIN, n);
}

static int
write_index_pages(struct tt_parquet_writer *writer, struct tt_parquet_chunk_out *chunk,
		const uint32_t *indices, size_t rows, unsigned width)
{
	for (size_t from = 0, n; from < rows; from += n) {
		int ret;

		n = rows - from;
		if (n > writer->limits.page_rows)
			n = writer->limits.page_rows;
		writer->page.size = 0;
		tt_parquet_buffer_byte(&writer->page, (uint8_t)width);
		tt_parquet_rle_put(&writer->page, indices + from, n, width);
		ret = tt_parquet_write_page(writer, chunk, TT_PAGE_DATA,
				TT_ENCODING_RLE_DICTIONARY, n);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Fills a page with values in PLAIN encoding from row `from` on; returns how many. */
static size_t
fill_plain_page(struct tt_parquet_writer *writer, unsigned column, size_t from)
{
	const struct tt_parquet_held *held = &writer->held[column];
	const struct tt_parquet_limits *limits = &writer->limits;
	unsigned bytes = tt_parquet_int_bytes(writer->columns[column].type);
	size_t most = held->rows - from, n;
	uint32_t length;

	if (most > limits->page_rows)
		most = limits->page_rows;
	writer->page.size = 0;
	if (!is_text(writer, column)) {
		put_ints(&writer->page, tt_parquet_held_ints(held) + from, most, bytes);
		return most;
	}
	for (n = 0; n < most && writer->page.size < limits->page_bytes; n++) {
		const uint8_t *entry = tt_parquet_texts_entry(&held->texts,
				tt_parquet_held_indices(held)[from + n], &length);

		tt_parquet_buffer_append(&writer->page, entry, 4 + (size_t)length);
		if (writer->page.failed)
			break;
	}
	return n;
}

static int
write_plain_pages(struct tt_parquet_writer *writer, unsigned column,
		struct tt_parquet_chunk_out *chunk)
{
	size_t rows = writer->held[column].rows;

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
	if (ret == 0)
		return write_plain_pages(writer, column, chunk);
	ret = write_dictionary_page(writer, column, chunk, n);
	if (ret < 0)
		return ret;
	return write_index_pages(writer, chunk, indices, writer->held[column].rows,
			tt_parquet_rle_width(n));
}
