/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_writer.h"

#include <endian.h>

/* Longer bounds of a text column would be cut, which not every reader takes; left out. */
#define BOUND_BYTES_MAX 256

struct bounds {
	const uint8_t *min, *max;
	uint32_t min_bytes, max_bytes;
};

/* Order of UTF8 columns: by unsigned byte. */
static int
compare(const uint8_t *a, uint32_t a_bytes, const uint8_t *b, uint32_t b_bytes)
{
	int order = memcmp(a, b, a_bytes < b_bytes ? a_bytes : b_bytes);

	if (order != 0 || a_bytes == b_bytes)
		return order;
	return a_bytes < b_bytes ? -1 : 1;
}

/* The first eight bytes of a text as a number that is in order as they are, zeros behind its end. */
static uint64_t
first_bytes(const uint8_t *text, uint32_t length)
{
	uint64_t word;

	_Static_assert(sizeof(word) == TT_PARQUET_TEXT_BEHIND, "texts are read so far");
	memcpy(&word, text, sizeof(word));
	word = be64toh(word);
	if (length >= sizeof(word))
		return word;
	return length == 0 ? 0 : word >> (64 - 8 * length) << (64 - 8 * length);
}

/* Few texts lie so far outside that more than their first bytes is looked at. */
static void
text_bounds(const struct tt_parquet_texts *texts, struct bounds *bounds)
{
	uint64_t least = UINT64_MAX, most = 0;
	uint32_t length;

	for (uint32_t i = 0; i < texts->n; i++) {
		const uint8_t *text = tt_parquet_texts_entry(texts, i, &length) + 4;
		uint64_t first = first_bytes(text, length);

		if (i == 0
				|| (first <= least
						&& compare(text, length, bounds->min,
								   bounds->min_bytes)
								< 0)) {
			bounds->min = text;
			bounds->min_bytes = length;
			least = first;
		}
		if (i == 0
				|| (first >= most
						&& compare(text, length, bounds->max,
								   bounds->max_bytes)
								> 0)) {
			bounds->max = text;
			bounds->max_bytes = length;
			most = first;
		}
	}
}

void
tt_parquet_put_statistics(const struct tt_parquet_writer *writer, unsigned column,
		struct tt_thrift_out *out, int id)
{
	const struct tt_parquet_held *held = &writer->held[column];
	uint8_t min[8], max[8];
	struct bounds bounds = {.min = min, .max = max};

	if (writer->columns[column].type == TT_COLUMN_TEXT) {
		text_bounds(&held->texts, &bounds);
	} else {
		bounds.min_bytes = tt_parquet_int_bytes(writer->columns[column].type);
		bounds.max_bytes = bounds.min_bytes;
		tt_parquet_put_le(min, (uint64_t)writer->ints.low, bounds.min_bytes);
		tt_parquet_put_le(max, (uint64_t)writer->ints.high, bounds.max_bytes);
	}
	tt_thrift_put_struct(out, id);
	tt_thrift_put_i64(out, 3, 0);
	if (bounds.min_bytes <= BOUND_BYTES_MAX && bounds.max_bytes <= BOUND_BYTES_MAX) {
		tt_thrift_put_binary(out, 5, bounds.max, bounds.max_bytes);
		tt_thrift_put_binary(out, 6, bounds.min, bounds.min_bytes);
	}
	tt_thrift_end(out);
}

static void
put_page_count(struct tt_thrift_out *out, enum tt_parquet_page_type type,
		enum tt_parquet_encoding encoding, int32_t n)
{
	tt_thrift_begin(out);
	tt_thrift_put_i32(out, 1, type);
	tt_thrift_put_i32(out, 2, encoding);
	tt_thrift_put_i32(out, 3, n);
	tt_thrift_end(out);
}

static void
put_encodings(const struct tt_parquet_chunk_out *chunk, struct tt_thrift_out *out, int id)
{
	tt_thrift_put_list(out, id, TT_THRIFT_I32, chunk->dictionary ? 2 : 1);
	tt_thrift_element_i32(out, TT_ENCODING_PLAIN);
	if (chunk->dictionary)
		tt_thrift_element_i32(out, TT_ENCODING_RLE_DICTIONARY);
}

static void
put_page_counts(const struct tt_parquet_chunk_out *chunk, struct tt_thrift_out *out,
		int id)
{
	tt_thrift_put_list(out, id, TT_THRIFT_STRUCT, chunk->dictionary ? 2 : 1);
	if (chunk->dictionary)
		put_page_count(out, TT_PAGE_DICTIONARY, TT_ENCODING_PLAIN, 1);
	put_page_count(out, TT_PAGE_DATA,
			chunk->dictionary ? TT_ENCODING_RLE_DICTIONARY
					  : TT_ENCODING_PLAIN,
			chunk->data_pages);
}

/* One ColumnChunk with its ColumnMetaData. */
static void
put_chunk(struct tt_parquet_writer *writer, unsigned column,
		const struct tt_parquet_chunk_out *chunk, struct tt_thrift_out *out)
{
	const struct tt_column *spec = &writer->columns[column];

	tt_thrift_begin(out);
	tt_thrift_put_i64(out, 2, 0);
	tt_thrift_put_struct(out, 3);
	tt_thrift_put_i32(out, 1, tt_parquet_physical_of(spec->type));
	put_encodings(chunk, out, 2);
	tt_thrift_put_list(out, 3, TT_THRIFT_BINARY, 1);
	tt_thrift_element_string(out, spec->name);
	tt_thrift_put_i32(out, 4, TT_CODEC_ZSTD);
	tt_thrift_put_i64(out, 5, (int64_t)writer->group_rows);
	tt_thrift_put_i64(out, 6, chunk->raw_bytes);
	tt_thrift_put_i64(out, 7, chunk->stored_bytes);
	tt_thrift_put_i64(out, 9, chunk->data_offset);
	if (chunk->dictionary)
		tt_thrift_put_i64(out, 11, chunk->dictionary_offset);
	tt_parquet_put_statistics(writer, column, out, 12);
	put_page_counts(chunk, out, 13);
	tt_thrift_end(out);
	tt_thrift_end(out);
}

static void
empty(struct tt_parquet_writer *writer)
{
	for (unsigned i = 0; i < writer->n_columns; i++) {
		struct tt_parquet_held *held = &writer->held[i];

		held->rows = held->fixed ? SIZE_MAX : 0;
		if (!held->fixed)
			tt_parquet_texts_reset(&held->texts);
	}
	writer->group_rows = 0;
	writer->group_bytes = writer->fixed_bytes;
}

int
tt_parquet_write_group(struct tt_parquet_writer *writer)
{
	struct tt_thrift_out out = {.buffer = &writer->groups};
	int64_t start = writer->sink.offset, raw_bytes = 0;
	struct tt_parquet_chunk_out chunk;

	tt_thrift_begin(&out);
	tt_thrift_put_list(&out, 1, TT_THRIFT_STRUCT, writer->n_columns);
	for (unsigned i = 0; i < writer->n_columns; i++) {
		int ret = tt_parquet_write_chunk(writer, i, &chunk);

		if (ret < 0)
			return ret;
		raw_bytes += chunk.raw_bytes;
		put_chunk(writer, i, &chunk, &out);
	}
	tt_thrift_put_i64(&out, 2, raw_bytes);
	tt_thrift_put_i64(&out, 3, (int64_t)writer->group_rows);
	tt_thrift_put_i64(&out, 5, start);
	tt_thrift_put_i64(&out, 6, writer->sink.offset - start);
	tt_thrift_end(&out);
	if (writer->groups.failed)
		return tt_parquet_writer_no_memory(writer);
	writer->n_groups++;
	writer->rows += (int64_t)writer->group_rows;
	empty(writer);
	return 0;
}
