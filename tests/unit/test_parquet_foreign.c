/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of other writers: those within our subset of the format are read, others refused. */
#include "parquet_foreign.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Reads the one row: an integer, or the number that a text is. Returns 0, or a negative errno. */
static int
read_foreign(const struct foreign *f, int64_t *value, struct tt_error *err)
{
	struct tt_parquet_buffer file = foreign_file(f);
	struct tt_parquet_reader *reader;
	int ret = tt_parquet_open_memory(&reader, file.bytes, file.size, "f", err);

	if (ret == 0) {
		ret = tt_parquet_next(reader, err);
		if (ret == 1)
			*value = tt_parquet_columns(reader)[0].type == TT_COLUMN_TEXT
					? atoi(tt_parquet_get_text(reader, 0))
					: tt_parquet_get_int(reader, 0);
		if (ret == 1)
			ret = tt_parquet_next(reader, err);
		tt_parquet_close(reader);
	}
	tt_parquet_buffer_fini(&file);
	return ret;
}

struct refusal {
	struct foreign file;
	const char *why;
};

static void
assert_refused(const struct refusal *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct tt_error err = {0};
		int64_t value;

		assert_int_equal(read_foreign(&cases[i].file, &value, &err), -EBADMSG);
		assert_string_equal(err.why, cases[i].why);
	}
}

static void
types_outside_of_the_subset_are_refused_by_name(void **state)
{
	static const struct refusal cases[] = {
			{{PLAIN_INT32, .repetition = 2},
					"column c: repeated columns are not read"},
			{{TYPE(BOOLEAN)}, "column c: type BOOLEAN is not read"},
			{{TYPE(INT96)}, "column c: type INT96 is not read"},
			{{TYPE(FLOAT)}, "column c: type FLOAT is not read"},
			{{TYPE(FLOAT), .rewritten = true},
					"column c: type FLOAT is not read"},
			{{TYPE(DOUBLE)}, "column c: type DOUBLE is not read"},
			{{TYPE(FIXED)}, "column c: type FIXED_LEN_BYTE_ARRAY is not read"},
			{{PLAIN_INT32, .logical_bits = 64},
					"column c: type INT32 (INTEGER) is not read"},
			{{TYPE(INT64), .logical_bits = 32},
					"column c: type INT64 (INTEGER) is not read"},
			{{.physical = TT_PHYSICAL_INT32,
					 .converted = TT_CONVERTED_UINT_64,
					 .page = ""},
					"column c: type INT32 (UINT_64) is not read"},
			{{.physical = TT_PHYSICAL_INT64,
					 .converted = TT_CONVERTED_UINT_32,
					 .page = ""},
					"column c: type INT64 (UINT_32) is not read"},
			{{.physical = TT_PHYSICAL_INT32, .converted = 6, .page = ""},
					"column c: type INT32 (DATE) is not read"},
			{{.physical = TT_PHYSICAL_BYTE_ARRAY,
					 .converted = 20,
					 .page = ""},
					"column c: type BYTE_ARRAY (BSON) is not read"},
			{{TYPE(INT64), .unit = 2, .local = true},
					"column c: timestamps of local time are not read"},
			{{INT64_OF("\0\0\0\0\0\0\0\x80"), .logical_bits = 64},
					"an unsigned integer takes more than 63 bits"},
			{{INT64_OF("\0\0\0\0\0\0\0\x7f"), .unit = 1},
					"a time in milliseconds is out of range"},
			{{INT64_OF("\1\0\0\0\0\0\0\0"), .unit = 3},
					"a time in nanoseconds is between two microseconds"},
	};

	assert_refused(cases, TT_ARRAY_SIZE(cases));
}

static void
pages_outside_of_the_subset_are_refused_by_name(void **state)
{
	static const struct refusal cases[] = {
			{{PLAIN_INT32, .codec = 4}, "column c: codec BROTLI is not read"},
			{{PLAIN_INT32, .codec = 7},
					"column c: codec LZ4_RAW is not read"},
			{{PLAIN_INT32, .encoding = 5},
					"encoding DELTA_BINARY_PACKED is not read"},
			{{PLAIN_INT32, .encoding = 9},
					"encoding BYTE_STREAM_SPLIT is not read"},
			{{PLAIN_INT32, .page_type = TT_PAGE_INDEX},
					"page type INDEX_PAGE is not read"},
			/* Numbers that the format has not. */
			{{PLAIN_INT32, .codec = 42},
					"column c: damaged: codec 42 is unknown"},
			{{PLAIN_INT32, .encoding = 1}, "damaged: encoding 1 is unknown"},
			{{PLAIN_INT32, .encoding = 42},
					"damaged: encoding 42 is unknown"},
			{{PLAIN_INT32, .page_type = 21},
					"damaged: page type 21 is unknown"},
			{{PLAIN_INT32, .encoding = TT_ENCODING_RLE_DICTIONARY},
					"the page needs a dictionary, and there is none"},
			{{INT32_OF("\2\0\0\0\2\0"), OPTIONAL},
					"null values are not read"},
			{{INT32_OF("\2\0"), OPTIONAL, VERSION_2, .level_bytes = 2},
					"null values are not read"},
			{{INT32_OF("\2\0"), OPTIONAL, VERSION_2, .level_bytes = 2,
					 .nulls = 1},
					"null values are not read"},
			{{PLAIN_INT32, VERSION_2, .level_bytes = 2},
					"the page has levels that its column has not"},
			{{PLAIN_INT32, OPTIONAL, VERSION_2, .level_bytes = 5},
					"the definition levels are cut short"},
			{{PLAIN_INT32, OPTIONAL, VERSION_2},
					"the definition levels are cut short"},
			{{PLAIN_INT32, VERSION_2, .nulls = -1},
					"the page header lacks its levels"},
	};

	assert_refused(cases, TT_ARRAY_SIZE(cases));
}

static void
a_schema_of_any_number_of_columns_is_refused(void **state)
{
	static const struct refusal most = {{PLAIN_INT32, .columns = 4096},
			"the footer is damaged: its parts do not fit"};
	static const struct refusal more = {{PLAIN_INT32, .columns = 4097},
			"4097 columns, more than the 4096 that are read"};

	/* Whose row group has one. */
	assert_refused(&most, 1);
	assert_refused(&more, 1);
}

/* A width of 0 and a run of 2^31: three bytes for any number of values. */
static void
small_files_cannot_claim_any_number_of_values(void **state)
{
	static const struct refusal cases[] = {
			{{INT32_OF("\0\xfe\xff\xff\xff\x0f"),
					 .encoding = TT_ENCODING_RLE_DICTIONARY,
					 DICTIONARY("\7\0\0\0"), .values = INT32_MAX},
					"the page has 2147483647 values, more than the "
					"16777216 that are read"},
			{{PLAIN_INT32, .groups = 2},
					"column c: the column chunks overlap"},
	};

	assert_refused(cases, TT_ARRAY_SIZE(cases));
}

static void
pages_that_are_wrong_inside_are_refused(void **state)
{
	static const struct refusal cases[] = {
			{{TEXT_OF("\1\0\0\0\xff")}, "a text is not UTF-8"},
			{{TEXT_OF("\1\0\0\0\0")}, "a text is not UTF-8"},
			{{TEXT_OF("\2\0\0\0x")},
					"the page has not the size of its values"},
			{{TEXT_OF("\1\0\0")}, "the page has not the size of its values"},
			{{TEXT_OF("\1\0\0\0xy")},
					"the page has not the size of its values"},
			{{INT32_OF("\7\0\0")}, "the page has not the size of its values"},
			{{INT32_OF("\7\0\0\0\0")},
					"the page has not the size of its values"},
			{{PLAIN_INT32, .raw_bytes = 5},
					"the page's two sizes do not fit"},
			{{PLAIN_INT32, .codec = TT_CODEC_SNAPPY, .raw_bytes = 129},
					"the page's two sizes do not fit"},
			{{PLAIN_INT32, .codec = TT_CODEC_SNAPPY},
					"SNAPPY: the page holds not as many bytes as its header says"},
			{{INT32_OF("\4\0"), .codec = TT_CODEC_SNAPPY, .raw_bytes = 4},
					"SNAPPY: damaged in snappy"},
			{{INT32_OF("\1\2\1"), .encoding = TT_ENCODING_RLE_DICTIONARY,
					 DICTIONARY("\7\0\0\0")},
					"index 1 lies outside of the dictionary of 1 values"},
			{{INT32_OF("\1"), .encoding = TT_ENCODING_RLE_DICTIONARY,
					 DICTIONARY("\7\0\0\0")},
					"the dictionary indices are cut short"},
			{{INT32_OF("\41\2\0"), .encoding = TT_ENCODING_RLE_DICTIONARY,
					 DICTIONARY("\7\0\0\0")},
					"the dictionary indices have no valid width"},
			{{TEXT_OF("\1\2\0"), .encoding = TT_ENCODING_RLE_DICTIONARY,
					 DICTIONARY("\1\0\0\0\xff")},
					"the dictionary: a text is not UTF-8"},
			{{INT32_OF("\xff\xff\xff\xff\xff\xff"), .codec = TT_CODEC_SNAPPY},
					"SNAPPY: not in snappy"},
			{{PLAIN_INT32, .codec = TT_CODEC_GZIP}, "GZIP: damaged in gzip"},
			{{PLAIN_INT32, .codec = TT_CODEC_ZSTD},
					"ZSTD: Src size is incorrect"},
	};

	assert_refused(cases, TT_ARRAY_SIZE(cases));
}

static void
files_of_other_writers_within_the_subset_are_read(void **state)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(foreign_examples); i++) {
		const struct foreign_example *example = &foreign_examples[i];
		struct tt_error err = {0};
		int64_t value = 0;
		int ret = read_foreign(&example->file, &value, &err);

		if (ret != 0 || value != example->value)
			print_error("# example %u: %s\n", i, err.why);
		assert_int_equal(ret, 0);
		assert_int_equal(value, example->value);
	}
}

/* In a block of its own, so that a read past its end is seen. */
static int
read_bytes(const uint8_t *bytes, size_t size)
{
	uint8_t *block = malloc(size > 0 ? size : 1);
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};
	int ret;

	memcpy(block, bytes, size);
	ret = tt_parquet_open_memory(&reader, block, size, "f", &err);
	while (ret >= 0 && (ret = tt_parquet_next(reader, &err)) > 0)
		;
	if (ret < 0)
		assert_true(err.why[0] != '\0');
	tt_parquet_close(reader);
	free(block);
	return ret;
}

/* They have no checksums, so that a flipped bit may pass, or make many rows of one; it may not do harm. */
static void
damage_to_files_of_other_writers_does_no_harm(void **state)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(foreign_examples); i++) {
		struct tt_parquet_buffer file = foreign_file(&foreign_examples[i].file);

		for (size_t size = 0; size < file.size; size++)
			assert_int_equal(read_bytes(file.bytes, size), -EBADMSG);
		for (size_t bit = 0; bit < file.size * 8; bit++) {
			file.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			(void)read_bytes(file.bytes, file.size);
			file.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		tt_parquet_buffer_fini(&file);
	}
}

static void
an_encrypted_file_is_refused_by_name(void **state)
{
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};

	assert_int_equal(tt_parquet_open_memory(&reader, "PARE....PARE", 12, "f", &err),
			-EBADMSG);
	assert_string_equal(err.why, "the file is encrypted");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(types_outside_of_the_subset_are_refused_by_name),
			cmocka_unit_test(pages_outside_of_the_subset_are_refused_by_name),
			cmocka_unit_test(pages_that_are_wrong_inside_are_refused),
			cmocka_unit_test(a_schema_of_any_number_of_columns_is_refused),
			cmocka_unit_test(small_files_cannot_claim_any_number_of_values),
			cmocka_unit_test(
					files_of_other_writers_within_the_subset_are_read),
			cmocka_unit_test(damage_to_files_of_other_writers_does_no_harm),
			cmocka_unit_test(an_encrypted_file_is_refused_by_name),
	};

	return cmocka_run_group_tests_name("parquet_foreign", tests, NULL, NULL);
}
