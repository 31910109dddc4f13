/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_writer.h"

#include <errno.h>
#include <inttypes.h>
#include <libdeflate.h>

static void
put_timestamp(struct tt_thrift_out *out)
{
	tt_thrift_put_i32(out, 6, TT_CONVERTED_TIMESTAMP_MICROS);
	tt_thrift_put_struct(out, 10);
	tt_thrift_put_struct(out, TT_LOGICAL_TIMESTAMP);
	tt_thrift_put_bool(out, 1, true); /* isAdjustedToUTC */
	tt_thrift_put_struct(out, 2); /* unit */
	tt_thrift_put_empty(out, 2); /* MICROS */
	tt_thrift_end(out);
	tt_thrift_end(out);
	tt_thrift_end(out);
}

static void
put_text(struct tt_thrift_out *out)
{
	tt_thrift_put_i32(out, 6, TT_CONVERTED_UTF8);
	tt_thrift_put_struct(out, 10);
	tt_thrift_put_empty(out, TT_LOGICAL_STRING);
	tt_thrift_end(out);
}

static void
put_schema(const struct tt_parquet_writer *writer, struct tt_thrift_out *out, int id)
{
	tt_thrift_put_list(out, id, TT_THRIFT_STRUCT, (size_t)writer->n_columns + 1);
	tt_thrift_begin(out);
	tt_thrift_put_string(out, 4, "schema");
	tt_thrift_put_i32(out, 5, (int32_t)writer->n_columns);
	tt_thrift_end(out);
	for (unsigned i = 0; i < writer->n_columns; i++) {
		tt_thrift_begin(out);
		tt_thrift_put_i32(
				out, 1, tt_parquet_physical_of(writer->columns[i].type));
		tt_thrift_put_i32(out, 3, TT_REPETITION_REQUIRED);
		tt_thrift_put_string(out, 4, writer->columns[i].name);
		if (writer->columns[i].type == TT_COLUMN_TIMESTAMP)
			put_timestamp(out);
		else if (writer->columns[i].type == TT_COLUMN_TEXT)
			put_text(out);
		tt_thrift_end(out);
	}
}

/* Returns where the value of the footer's checksum ends. */
static size_t
put_metadata(const struct tt_parquet_writer *writer, struct tt_thrift_out *out, int id)
{
	size_t end;

	tt_thrift_put_list(out, id, TT_THRIFT_STRUCT, (size_t)writer->n_metadata + 1);
	for (unsigned i = 0; i < writer->n_metadata; i++) {
		tt_thrift_begin(out);
		tt_thrift_put_string(out, 1, writer->metadata[i].key);
		tt_thrift_put_string(out, 2, writer->metadata[i].value);
		tt_thrift_end(out);
	}
	tt_thrift_begin(out);
	tt_thrift_put_string(out, 1, TT_PARQUET_CRC_KEY);
	tt_thrift_put_string(out, 2, TT_PARQUET_CRC_ZEROS);
	end = out->buffer->size;
	tt_thrift_end(out);
	return end;
}

/* min_value and max_value follow the order that the type defines, in every column. */
static void
put_column_orders(
		const struct tt_parquet_writer *writer, struct tt_thrift_out *out, int id)
{
	tt_thrift_put_list(out, id, TT_THRIFT_STRUCT, writer->n_columns);
	for (unsigned i = 0; i < writer->n_columns; i++) {
		tt_thrift_begin(out);
		tt_thrift_put_empty(out, 1);
		tt_thrift_end(out);
	}
}

static void
set_crc(struct tt_parquet_buffer *footer, size_t value_end)
{
	char digits[TT_PARQUET_CRC_DIGITS + 1];

	snprintf(digits, sizeof(digits), "%08" PRIx32,
			libdeflate_crc32(0, footer->bytes, footer->size));
	memcpy(footer->bytes + value_end - TT_PARQUET_CRC_DIGITS, digits,
			TT_PARQUET_CRC_DIGITS);
}

int
tt_parquet_write_footer(struct tt_parquet_writer *writer)
{
	struct tt_parquet_buffer *footer = &writer->header;
	struct tt_thrift_out out = {.buffer = footer};
	uint8_t length[4];
	size_t value_end;

	footer->size = 0;
	tt_thrift_begin(&out);
	tt_thrift_put_i32(&out, 1, 2); /* version 2 of the format has RLE_DICTIONARY */
	put_schema(writer, &out, 2);
	tt_thrift_put_i64(&out, 3, writer->rows);
	tt_thrift_put_list(&out, 4, TT_THRIFT_STRUCT, writer->n_groups);
	tt_parquet_buffer_append(footer, writer->groups.bytes, writer->groups.size);
	value_end = put_metadata(writer, &out, 5);
	tt_thrift_put_string(&out, 6, TT_PARQUET_CREATOR TT_VERSION);
	put_column_orders(writer, &out, 7);
	tt_thrift_end(&out);
	if (footer->failed)
		return tt_parquet_writer_no_memory(writer);
	if (footer->size > INT32_MAX)
		return tt_error_set(&writer->err, -EFBIG, writer->name,
				"the footer would be %zu bytes long", footer->size);
	set_crc(footer, value_end);
	tt_parquet_put_le(length, footer->size, sizeof(length));
	tt_parquet_buffer_append(footer, length, sizeof(length));
	tt_parquet_buffer_append(footer, TT_PARQUET_MAGIC, TT_PARQUET_MAGIC_BYTES);
	if (footer->failed)
		return tt_parquet_writer_no_memory(writer);
	return tt_parquet_sink_write(
			&writer->sink, footer->bytes, footer->size, &writer->err);
}
