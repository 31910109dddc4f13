/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_writer.h"

#include <errno.h>
#include <libdeflate.h>

static void
put_data_header(struct tt_thrift_out *out, enum tt_parquet_encoding encoding, size_t n)
{
	tt_thrift_put_struct(out, 5);
	tt_thrift_put_i32(out, 1, (int32_t)n);
	tt_thrift_put_i32(out, 2, encoding);
	tt_thrift_put_i32(out, 3, TT_ENCODING_RLE);
	tt_thrift_put_i32(out, 4, TT_ENCODING_RLE);
	tt_thrift_end(out);
}

static void
put_dictionary_header(
		struct tt_thrift_out *out, enum tt_parquet_encoding encoding, size_t n)
{
	tt_thrift_put_struct(out, 7);
	tt_thrift_put_i32(out, 1, (int32_t)n);
	tt_thrift_put_i32(out, 2, encoding);
	tt_thrift_end(out);
}

static void
put_header(struct tt_parquet_writer *writer, enum tt_parquet_page_type type,
		enum tt_parquet_encoding encoding, size_t n_values)
{
	struct tt_thrift_out out = {.buffer = &writer->header};
	uint32_t crc = libdeflate_crc32(0, writer->packed.bytes, writer->packed.size);

	writer->header.size = 0;
	tt_thrift_begin(&out);
	tt_thrift_put_i32(&out, 1, type);
	tt_thrift_put_i32(&out, 2, (int32_t)writer->page.size);
	tt_thrift_put_i32(&out, 3, (int32_t)writer->packed.size);
	tt_thrift_put_i32(&out, 4, (int32_t)crc);
	if (type == TT_PAGE_DICTIONARY)
		put_dictionary_header(&out, encoding, n_values);
	else
		put_data_header(&out, encoding, n_values);
	tt_thrift_end(&out);
}

static int
pack(struct tt_parquet_writer *writer, bool plain)
{
	struct tt_parquet_buffer *packed = &writer->packed;
	size_t n;

	packed->size = 0;
	if (writer->page.failed
			|| !tt_parquet_buffer_reserve(
					packed, ZSTD_compressBound(writer->page.size)))
		return tt_parquet_writer_no_memory(writer);
	n = ZSTD_CCtx_setParameter(writer->zstd, ZSTD_c_hashLog,
			plain ? TT_PARQUET_HASH_LOG_PLAIN : TT_PARQUET_HASH_LOG);
	if (!ZSTD_isError(n))
		n = ZSTD_compress2(writer->zstd, packed->bytes, packed->capacity,
				writer->page.bytes, writer->page.size);
	if (ZSTD_isError(n))
		return tt_error_set(&writer->err, -ENOMEM, writer->name, "zstd: %s",
				ZSTD_getErrorName(n));
	packed->size = n;
	return 0;
}

int
tt_parquet_write_page(struct tt_parquet_writer *writer,
		struct tt_parquet_chunk_out *chunk, enum tt_parquet_page_type type,
		enum tt_parquet_encoding encoding, size_t n_values)
{
	int64_t offset = writer->sink.offset;
	int ret = pack(writer, type == TT_PAGE_DATA && encoding == TT_ENCODING_PLAIN);

	if (ret < 0)
		return ret;
	put_header(writer, type, encoding, n_values);
	tt_parquet_buffer_append(
			&writer->header, writer->packed.bytes, writer->packed.size);
	if (writer->header.failed)
		return tt_parquet_writer_no_memory(writer);
	if (type == TT_PAGE_DICTIONARY)
		chunk->dictionary_offset = offset;
	else if (chunk->data_pages++ == 0)
		chunk->data_offset = offset;
	chunk->stored_bytes += (int64_t)writer->header.size;
	chunk->raw_bytes += (int64_t)(writer->header.size - writer->packed.size
			+ writer->page.size);
	return tt_parquet_sink_write(&writer->sink, writer->header.bytes,
			writer->header.size, &writer->err);
}
