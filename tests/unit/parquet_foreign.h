/* SPDX-License-Identifier: BSD-3-Clause */
/* Parquet files of one column and one row, made by hand as other writers would. */
#ifndef PARQUET_FOREIGN_H
#define PARQUET_FOREIGN_H

#include "tt_parquet.h"

#include "tt_parquet_format.h"
#include "tt_thrift.h"

struct foreign {
	int physical, repetition, converted, codec, encoding, page_type;
	int logical_bits; /* an unsigned integer of so many bits */
	int unit; /* a timestamp: field number of its unit */
	bool local; /* not of UTC */
	int level_bytes, nulls; /* of a page of version 2 */
	int dictionary_encoding;
	const char *dictionary; /* the page, or NULL */
	size_t dictionary_bytes;
	bool stored_plain; /* a page of version 2 that says it is not compressed */
	const char *page;
	size_t page_bytes, raw_bytes; /* as stored; unpacked, 0 for the same */
	int values; /* that the page and its row group claim; 0: one */
	unsigned groups; /* of the same chunk; 0: one */
	unsigned columns; /* in the schema; 0: one */
	bool rewritten; /* a file of ours was read, and its metadata copied */
};

static inline int
foreign_values(const struct foreign *f)
{
	return f->values == 0 ? 1 : f->values;
}

static inline void
foreign_version_1(struct tt_thrift_out *out, const struct foreign *f)
{
	tt_thrift_put_struct(out, 5);
	tt_thrift_put_i32(out, 1, foreign_values(f));
	tt_thrift_put_i32(out, 2, f->encoding);
	tt_thrift_put_i32(out, 3, TT_ENCODING_RLE);
	tt_thrift_put_i32(out, 4, TT_ENCODING_RLE);
	tt_thrift_end(out);
}

static inline void
foreign_version_2(struct tt_thrift_out *out, const struct foreign *f)
{
	tt_thrift_put_struct(out, 8);
	tt_thrift_put_i32(out, 1, foreign_values(f));
	tt_thrift_put_i32(out, 2, f->nulls);
	tt_thrift_put_i32(out, 3, foreign_values(f));
	tt_thrift_put_i32(out, 4, f->encoding);
	tt_thrift_put_i32(out, 5, f->level_bytes);
	tt_thrift_put_i32(out, 6, 0);
	if (f->stored_plain)
		tt_thrift_put_bool(out, 7, false);
	tt_thrift_end(out);
}

/* Of one value. */
static inline void
foreign_dictionary(struct tt_thrift_out *out, const struct foreign *f)
{
	tt_thrift_begin(out);
	tt_thrift_put_i32(out, 1, TT_PAGE_DICTIONARY);
	tt_thrift_put_i32(out, 2, (int32_t)f->dictionary_bytes);
	tt_thrift_put_i32(out, 3, (int32_t)f->dictionary_bytes);
	tt_thrift_put_struct(out, 7);
	tt_thrift_put_i32(out, 1, 1);
	tt_thrift_put_i32(out, 2, f->dictionary_encoding);
	tt_thrift_end(out);
	tt_thrift_end(out);
	tt_parquet_buffer_append(out->buffer, f->dictionary, f->dictionary_bytes);
}

static inline void
foreign_page(struct tt_thrift_out *out, const struct foreign *f)
{
	tt_thrift_begin(out);
	tt_thrift_put_i32(out, 1, f->page_type);
	tt_thrift_put_i32(out, 2,
			(int32_t)(f->raw_bytes > 0 ? f->raw_bytes : f->page_bytes));
	tt_thrift_put_i32(out, 3, (int32_t)f->page_bytes);
	if (f->page_type == TT_PAGE_DATA_V2)
		foreign_version_2(out, f);
	else
		foreign_version_1(out, f);
	tt_thrift_end(out);
	tt_parquet_buffer_append(out->buffer, f->page, f->page_bytes);
}

static inline void
foreign_logical(struct tt_thrift_out *out, int bits)
{
	if (bits == 0)
		return;
	tt_thrift_put_struct(out, 10);
	tt_thrift_put_struct(out, TT_LOGICAL_INTEGER);
	/* The 8-bit width: field 1 of type I8, which the encoder does not have. */
	tt_parquet_buffer_byte(out->buffer, 1 << 4 | TT_THRIFT_I8);
	tt_parquet_buffer_byte(out->buffer, (uint8_t)bits);
	tt_parquet_buffer_byte(out->buffer, 1 << 4 | TT_THRIFT_FALSE);
	tt_thrift_end(out);
	tt_thrift_end(out);
}

static inline void
foreign_timestamp(struct tt_thrift_out *out, const struct foreign *f)
{
	if (f->unit == 0)
		return;
	tt_thrift_put_struct(out, 10);
	tt_thrift_put_struct(out, TT_LOGICAL_TIMESTAMP);
	tt_thrift_put_bool(out, 1, !f->local);
	tt_thrift_put_struct(out, 2);
	tt_thrift_put_empty(out, f->unit);
	tt_thrift_end(out);
	tt_thrift_end(out);
	tt_thrift_end(out);
}

static inline void
foreign_schema(struct tt_thrift_out *out, const struct foreign *f)
{
	unsigned n = f->columns == 0 ? 1 : f->columns;

	tt_thrift_put_list(out, 2, TT_THRIFT_STRUCT, n + 1);
	tt_thrift_begin(out);
	tt_thrift_put_string(out, 4, "root");
	tt_thrift_put_i32(out, 5, (int32_t)n);
	tt_thrift_end(out);
	for (unsigned i = 0; i < n; i++) {
		tt_thrift_begin(out);
		tt_thrift_put_i32(out, 1, f->physical);
		tt_thrift_put_i32(out, 3, f->repetition);
		tt_thrift_put_string(out, 4, "c");
		if (f->converted >= 0)
			tt_thrift_put_i32(out, 6, f->converted);
		foreign_logical(out, f->logical_bits);
		foreign_timestamp(out, f);
		tt_thrift_end(out);
	}
}

static inline void
foreign_group(struct tt_thrift_out *out, const struct foreign *f, int64_t bytes)
{
	tt_thrift_begin(out);
	tt_thrift_put_list(out, 1, TT_THRIFT_STRUCT, 1);
	tt_thrift_begin(out);
	tt_thrift_put_struct(out, 3);
	tt_thrift_put_i32(out, 1, f->physical);
	tt_thrift_put_list(out, 3, TT_THRIFT_BINARY, 1);
	tt_thrift_element_string(out, "c");
	tt_thrift_put_i32(out, 4, f->codec);
	tt_thrift_put_i64(out, 5, foreign_values(f));
	tt_thrift_put_i64(out, 7, bytes);
	tt_thrift_put_i64(out, 9, 4);
	tt_thrift_end(out);
	tt_thrift_end(out);
	tt_thrift_put_i64(out, 3, foreign_values(f));
	tt_thrift_end(out);
}

static inline void
foreign_metadata(struct tt_thrift_out *out)
{
	tt_thrift_put_list(out, 5, TT_THRIFT_STRUCT, 1);
	tt_thrift_begin(out);
	tt_thrift_put_string(out, 1, TT_PARQUET_CRC_KEY);
	tt_thrift_put_string(out, 2, TT_PARQUET_CRC_ZEROS);
	tt_thrift_end(out);
	tt_thrift_put_string(out, 6, "another writer");
}

static inline struct tt_parquet_buffer
foreign_file(const struct foreign *f)
{
	struct tt_parquet_buffer file = {0};
	struct tt_thrift_out out = {.buffer = &file};
	unsigned groups = f->groups == 0 ? 1 : f->groups;
	uint8_t length[4];
	size_t footer;

	tt_parquet_buffer_append(&file, "PAR1", 4);
	if (f->dictionary != NULL)
		foreign_dictionary(&out, f);
	foreign_page(&out, f);
	footer = file.size;
	tt_thrift_begin(&out);
	tt_thrift_put_i32(&out, 1, 1);
	foreign_schema(&out, f);
	tt_thrift_put_i64(&out, 3, (int64_t)groups * foreign_values(f));
	tt_thrift_put_list(&out, 4, TT_THRIFT_STRUCT, groups);
	for (unsigned i = 0; i < groups; i++)
		foreign_group(&out, f, (int64_t)footer - 4);
	if (f->rewritten)
		foreign_metadata(&out);
	tt_thrift_end(&out);
	tt_parquet_put_le(length, file.size - footer, 4);
	tt_parquet_buffer_append(&file, length, 4);
	tt_parquet_buffer_append(&file, "PAR1", 4);
	return file;
}

#define PAGE(text)       .page = (text), .page_bytes = sizeof(text) - 1
#define INT32_OF(x)      .physical = TT_PHYSICAL_INT32, .converted = -1, PAGE(x)
#define INT64_OF(x)      .physical = TT_PHYSICAL_INT64, .converted = -1, PAGE(x)
#define TEXT_OF(x)       .physical = TT_PHYSICAL_BYTE_ARRAY, .converted = -1, PAGE(x)
#define PLAIN_INT32      INT32_OF("\7\0\0\0")
#define TYPE(type)       .physical = TT_PHYSICAL_##type, .converted = -1, .page = ""
#define DICTIONARY(text) .dictionary = (text), .dictionary_bytes = sizeof(text) - 1
#define OPTIONAL         .repetition = TT_REPETITION_OPTIONAL
#define VERSION_2        .page_type = TT_PAGE_DATA_V2

static const char foreign_gzipped[] = "\x1f\x8b\x08\0\0\0\0\0\2\3\x63\x67\x60\x60\0\0"
				      "\xa5\xe7\x93\xbc\4\0\0\0";

/* What is to be read: the files, and the value of the one row in each. */
struct foreign_example {
	struct foreign file;
	int64_t value;
};

static const struct foreign_example foreign_examples[] = {
		{{PLAIN_INT32}, 7},
		{{PLAIN_INT32, .logical_bits = 16}, 7},
		{{PLAIN_INT32, .logical_bits = 32}, 7},
		{{INT32_OF("\xff\xff\xff\xff"), .logical_bits = 32}, UINT32_MAX},
		{{INT32_OF("\xff\xff\xff\xff")}, -1},
		{{INT64_OF("\7\0\0\0\0\0\0\0"), .logical_bits = 64}, 7},
		{{INT64_OF("\7\0\0\0\0\0\0\0"), .unit = 1}, 7000},
		{{INT64_OF("\7\0\0\0\0\0\0\0"), .unit = 2}, 7},
		{{INT64_OF("\x58\x1b\0\0\0\0\0\0"), .unit = 3}, 7},
		{{INT32_OF("\2\0\0\0\2\1\7\0\0\0"), OPTIONAL}, 7},
		{{INT32_OF("\2\0\0\0\3\1\7\0\0\0"), OPTIONAL}, 7},
		{{PLAIN_INT32, VERSION_2}, 7},
		{{INT32_OF("\2\1\7\0\0\0"), OPTIONAL, VERSION_2, .level_bytes = 2}, 7},
		{{PLAIN_INT32, VERSION_2, .codec = TT_CODEC_SNAPPY, .stored_plain = true},
				7},
		{{INT32_OF("\4\x0c\7\0\0\0"), .codec = TT_CODEC_SNAPPY, .raw_bytes = 4},
				7},
		{{INT32_OF("\2\1\4\x0c\7\0\0\0"), .codec = TT_CODEC_SNAPPY, OPTIONAL,
				 VERSION_2, .level_bytes = 2, .raw_bytes = 6},
				7},
		{{.physical = TT_PHYSICAL_INT32,
				 .converted = -1,
				 .codec = TT_CODEC_GZIP,
				 .page = foreign_gzipped,
				 .page_bytes = sizeof(foreign_gzipped) - 1,
				 .raw_bytes = 4},
				7},
		{{TEXT_OF("\1\0\0\0007")}, 7},
		{{.physical = TT_PHYSICAL_INT64,
				 .converted = 9,
				 PAGE("\7\0\0\0\0\0\0\0")},
				7000},
		{{.physical = TT_PHYSICAL_INT64,
				 .converted = 10,
				 PAGE("\7\0\0\0\0\0\0\0")},
				7},
		{{.physical = TT_PHYSICAL_INT64,
				 .converted = 14,
				 PAGE("\7\0\0\0\0\0\0\0")},
				7},
		/* Indices of no bits; of one bit, repeated; packed. */
		{{INT32_OF("\0\2"), .encoding = TT_ENCODING_RLE_DICTIONARY,
				 DICTIONARY("\7\0\0\0")},
				7},
		{{INT32_OF("\1\2\0"), .encoding = TT_ENCODING_PLAIN_DICTIONARY,
				 .dictionary_encoding = TT_ENCODING_PLAIN_DICTIONARY,
				 DICTIONARY("\7\0\0\0")},
				7},
		{{TEXT_OF("\1\3\0"), .encoding = TT_ENCODING_RLE_DICTIONARY,
				 DICTIONARY("\1\0\0\0007")},
				7},
		{{INT32_OF("\2\1\1\3\0"), OPTIONAL, VERSION_2, .level_bytes = 2,
				 .encoding = TT_ENCODING_RLE_DICTIONARY,
				 DICTIONARY("\7\0\0\0")},
				7},
};

#endif
