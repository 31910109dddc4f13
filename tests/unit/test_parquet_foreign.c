/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of other writers: those within our subset of the format are read, others refused. */
#include "tt_parquet.h"

#include "tt_parquet_format.h"
#include "tt_thrift.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A file of one column and one row, made by hand as another writer would. */
struct foreign {
	int physical, repetition, converted, codec, encoding, page_type;
	int logical_bits; /* an unsigned integer of so many bits */
	const char *page;
	size_t page_bytes;
};

static void
foreign_page(struct tt_thrift_out *out, const struct foreign *f)
{
	tt_thrift_begin(out);
	tt_thrift_put_i32(out, 1, f->page_type);
	tt_thrift_put_i32(out, 2, (int32_t)f->page_bytes);
	tt_thrift_put_i32(out, 3, (int32_t)f->page_bytes);
	tt_thrift_put_struct(out, 5);
	tt_thrift_put_i32(out, 1, 1);
	tt_thrift_put_i32(out, 2, f->encoding);
	tt_thrift_put_i32(out, 3, TT_ENCODING_RLE);
	tt_thrift_put_i32(out, 4, TT_ENCODING_RLE);
	tt_thrift_end(out);
	tt_thrift_end(out);
	tt_parquet_buffer_append(out->buffer, f->page, f->page_bytes);
}

static void
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

static void
foreign_schema(struct tt_thrift_out *out, const struct foreign *f)
{
	tt_thrift_put_list(out, 2, TT_THRIFT_STRUCT, 2);
	tt_thrift_begin(out);
	tt_thrift_put_string(out, 4, "root");
	tt_thrift_put_i32(out, 5, 1);
	tt_thrift_end(out);
	tt_thrift_begin(out);
	tt_thrift_put_i32(out, 1, f->physical);
	tt_thrift_put_i32(out, 3, f->repetition);
	tt_thrift_put_string(out, 4, "c");
	if (f->converted >= 0)
		tt_thrift_put_i32(out, 6, f->converted);
	foreign_logical(out, f->logical_bits);
	tt_thrift_end(out);
}

static void
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
	tt_thrift_put_i64(out, 5, 1);
	tt_thrift_put_i64(out, 7, bytes);
	tt_thrift_put_i64(out, 9, 4);
	tt_thrift_end(out);
	tt_thrift_end(out);
	tt_thrift_put_i64(out, 3, 1);
	tt_thrift_end(out);
}

static struct tt_parquet_buffer
foreign_file(const struct foreign *f)
{
	struct tt_parquet_buffer file = {0};
	struct tt_thrift_out out = {.buffer = &file};
	uint8_t length[4];
	size_t footer;

	tt_parquet_buffer_append(&file, "PAR1", 4);
	foreign_page(&out, f);
	footer = file.size;
	tt_thrift_begin(&out);
	tt_thrift_put_i32(&out, 1, 1);
	foreign_schema(&out, f);
	tt_thrift_put_i64(&out, 3, 1);
	tt_thrift_put_list(&out, 4, TT_THRIFT_STRUCT, 1);
	foreign_group(&out, f, (int64_t)footer - 4);
	tt_thrift_end(&out);
	tt_parquet_put_le(length, file.size - footer, 4);
	tt_parquet_buffer_append(&file, length, 4);
	tt_parquet_buffer_append(&file, "PAR1", 4);
	return file;
}

/* Returns the value of the one row in *value, or a negative errno. */
static int
read_foreign(const struct foreign *f, int64_t *value, struct tt_error *err)
{
	struct tt_parquet_buffer file = foreign_file(f);
	struct tt_parquet_reader *reader;
	int ret = tt_parquet_open_memory(&reader, file.bytes, file.size, "f", err);

	if (ret == 0) {
		ret = tt_parquet_next(reader, err);
		if (ret == 1 && tt_parquet_columns(reader)[0].type != TT_COLUMN_TEXT)
			*value = tt_parquet_get_int(reader, 0);
		if (ret == 1)
			ret = tt_parquet_next(reader, err);
		tt_parquet_close(reader);
	}
	tt_parquet_buffer_fini(&file);
	return ret;
}

#define PLAIN_INT32                                                           \
	.physical = TT_PHYSICAL_INT32, .converted = -1, .page = "\x07\0\0\0", \
	.page_bytes = 4

static void
what_is_outside_of_the_subset_is_refused_by_name(void **state)
{
	static const struct {
		struct foreign file;
		const char *why;
	} cases[] = {
			{{PLAIN_INT32, .codec = 1}, "column c: codec SNAPPY is not read"},
			{{PLAIN_INT32, .encoding = 5},
					"encoding DELTA_BINARY_PACKED is not read"},
			{{PLAIN_INT32, .page_type = 3},
					"page type DATA_PAGE_V2 is not read"},
			{{PLAIN_INT32, .repetition = 2},
					"column c: repeated columns are not read"},
			{{.physical = TT_PHYSICAL_DOUBLE,
					 .converted = -1,
					 .page = "",
					 .page_bytes = 0},
					"column c: type DOUBLE is not read"},
			{{.physical = TT_PHYSICAL_BYTE_ARRAY,
					 .converted = -1,
					 .page = "",
					 .page_bytes = 0},
					"column c: type BYTE_ARRAY is not read"},
			{{.physical = TT_PHYSICAL_INT32,
					 .converted = 6,
					 .page = "",
					 .page_bytes = 0},
					"column c: type INT32 (DATE) is not read"},
			{{PLAIN_INT32, .logical_bits = 32},
					"column c: unsigned integers of 32 bits are not read"},
			{{PLAIN_INT32, .encoding = TT_ENCODING_RLE_DICTIONARY},
					"the page needs a dictionary, and there is none"},
			{{.physical = TT_PHYSICAL_INT32,
					 .converted = -1,
					 .repetition = TT_REPETITION_OPTIONAL,
					 .page = "\2\0\0\0\2\0",
					 .page_bytes = 6},
					"null values are not read"},
			{{.physical = TT_PHYSICAL_BYTE_ARRAY,
					 .converted = 0,
					 .page = "\1\0\0\0\xff",
					 .page_bytes = 5},
					"a text is not UTF-8"},
			{{.physical = TT_PHYSICAL_INT32,
					 .converted = -1,
					 .page = "\7\0\0",
					 .page_bytes = 3},
					"the page has not the size of its values"},
			{{.physical = TT_PHYSICAL_INT32,
					 .converted = -1,
					 .page = "\7\0\0\0\0",
					 .page_bytes = 5},
					"the page has not the size of its values"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_error err = {0};
		int64_t value;

		assert_int_equal(read_foreign(&cases[i].file, &value, &err), -EBADMSG);
		assert_string_equal(err.why, cases[i].why);
	}
}

static void
files_of_other_writers_within_the_subset_are_read(void **state)
{
	static const struct foreign cases[] = {{PLAIN_INT32},
			{PLAIN_INT32, .logical_bits = 16},
			{.physical = TT_PHYSICAL_INT32,
					.converted = -1,
					.repetition = TT_REPETITION_OPTIONAL,
					.page = "\2\0\0\0\2\1\7\0\0\0",
					.page_bytes = 10},
			{.physical = TT_PHYSICAL_INT64,
					.converted = 10,
					.page = "\7\0\0\0\0\0\0\0",
					.page_bytes = 8}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_error err = {0};
		int64_t value = 0;

		assert_int_equal(read_foreign(&cases[i], &value, &err), 0);
		assert_int_equal(value, 7);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					what_is_outside_of_the_subset_is_refused_by_name),
			cmocka_unit_test(
					files_of_other_writers_within_the_subset_are_read),
	};

	return cmocka_run_group_tests_name("parquet_foreign", tests, NULL, NULL);
}
