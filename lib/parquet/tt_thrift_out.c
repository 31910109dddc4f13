/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_thrift.h"

static uint64_t
zigzag(int64_t value)
{
	return ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}

static void
header(struct tt_thrift_out *out, int id, enum tt_thrift_type type)
{
	int *last = &out->last_id[out->depth - 1];
	int delta = id - *last;

	TT_ASSERT(delta > 0);
	if (delta <= 15) {
		tt_parquet_buffer_byte(out->buffer, (uint8_t)(delta << 4 | type));
	} else {
		tt_parquet_buffer_byte(out->buffer, (uint8_t)type);
		tt_parquet_buffer_varint(out->buffer, zigzag(id));
	}
	*last = id;
}

static void
binary(struct tt_thrift_out *out, const void *bytes, size_t n)
{
	tt_parquet_buffer_varint(out->buffer, n);
	tt_parquet_buffer_append(out->buffer, bytes, n);
}

void
tt_thrift_begin(struct tt_thrift_out *out)
{
	TT_ASSERT(out->depth < TT_THRIFT_DEPTH_MAX);
	out->last_id[out->depth++] = 0;
}

void
tt_thrift_end(struct tt_thrift_out *out)
{
	TT_ASSERT(out->depth > 0);
	out->depth--;
	tt_parquet_buffer_byte(out->buffer, TT_THRIFT_STOP);
}

void
tt_thrift_put_struct(struct tt_thrift_out *out, int id)
{
	header(out, id, TT_THRIFT_STRUCT);
	tt_thrift_begin(out);
}

void
tt_thrift_put_empty(struct tt_thrift_out *out, int id)
{
	tt_thrift_put_struct(out, id);
	tt_thrift_end(out);
}

void
tt_thrift_put_bool(struct tt_thrift_out *out, int id, bool value)
{
	header(out, id, value ? TT_THRIFT_TRUE : TT_THRIFT_FALSE);
}

void
tt_thrift_put_i32(struct tt_thrift_out *out, int id, int32_t value)
{
	header(out, id, TT_THRIFT_I32);
	tt_parquet_buffer_varint(out->buffer, zigzag(value));
}

void
tt_thrift_put_i64(struct tt_thrift_out *out, int id, int64_t value)
{
	header(out, id, TT_THRIFT_I64);
	tt_parquet_buffer_varint(out->buffer, zigzag(value));
}

void
tt_thrift_put_binary(struct tt_thrift_out *out, int id, const void *bytes, size_t n)
{
	header(out, id, TT_THRIFT_BINARY);
	binary(out, bytes, n);
}

void
tt_thrift_put_string(struct tt_thrift_out *out, int id, const char *text)
{
	tt_thrift_put_binary(out, id, text, strlen(text));
}

void
tt_thrift_put_list(struct tt_thrift_out *out, int id, enum tt_thrift_type type, size_t n)
{
	header(out, id, TT_THRIFT_LIST);
	if (n < 15) {
		tt_parquet_buffer_byte(out->buffer, (uint8_t)(n << 4 | type));
	} else {
		tt_parquet_buffer_byte(out->buffer, (uint8_t)(15 << 4 | type));
		tt_parquet_buffer_varint(out->buffer, n);
	}
}

void
tt_thrift_element_i32(struct tt_thrift_out *out, int32_t value)
{
	tt_parquet_buffer_varint(out->buffer, zigzag(value));
}

void
tt_thrift_element_string(struct tt_thrift_out *out, const char *text)
{
	binary(out, text, strlen(text));
}
