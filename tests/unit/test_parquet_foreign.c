/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of other writers: those within our subset of the format are read, others refused. */
#include "parquet_foreign.h"

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

#define PAGE(text)  .page = (text), .page_bytes = sizeof(text) - 1
#define INT32_OF(x) .physical = TT_PHYSICAL_INT32, .converted = -1, PAGE(x)
#define INT64_OF(x) .physical = TT_PHYSICAL_INT64, .converted = -1, PAGE(x)
#define TEXT_OF(x)  .physical = TT_PHYSICAL_BYTE_ARRAY, .converted = -1, PAGE(x)
#define PLAIN_INT32 INT32_OF("\7\0\0\0")
#define TYPE(type)  .physical = TT_PHYSICAL_##type, .converted = -1, .page = ""
#define OPTIONAL    .repetition = TT_REPETITION_OPTIONAL
#define VERSION_2   .page_type = TT_PAGE_DATA_V2

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
			{{TYPE(DOUBLE)}, "column c: type DOUBLE is not read"},
			{{TYPE(FIXED)}, "column c: type FIXED_LEN_BYTE_ARRAY is not read"},
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
			{{INT32_OF("\xff\xff\xff\xff\xff\xff"), .codec = TT_CODEC_SNAPPY},
					"SNAPPY: not in snappy"},
			{{PLAIN_INT32, .codec = TT_CODEC_GZIP}, "GZIP: damaged in gzip"},
			{{PLAIN_INT32, .codec = TT_CODEC_ZSTD},
					"ZSTD: Src size is incorrect"},
	};

	assert_refused(cases, TT_ARRAY_SIZE(cases));
}

/* Each has the value 7 in its one row, or that many thousands. */
static void
files_of_other_writers_within_the_subset_are_read(void **state)
{
	static const char gzipped[] = "\x1f\x8b\x08\0\0\0\0\0\2\3\x63\x67\x60\x60\0\0"
				      "\xa5\xe7\x93\xbc\4\0\0\0";
	static const struct {
		struct foreign file;
		int64_t value;
	} cases[] = {
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
			{{INT32_OF("\2\1\7\0\0\0"), OPTIONAL, VERSION_2,
					 .level_bytes = 2},
					7},
			{{PLAIN_INT32, VERSION_2, .codec = TT_CODEC_SNAPPY,
					 .stored_plain = true},
					7},
			{{INT32_OF("\4\x0c\7\0\0\0"), .codec = TT_CODEC_SNAPPY,
					 .raw_bytes = 4},
					7},
			{{INT32_OF("\2\1\4\x0c\7\0\0\0"), .codec = TT_CODEC_SNAPPY,
					 OPTIONAL, VERSION_2, .level_bytes = 2,
					 .raw_bytes = 6},
					7},
			{{.physical = TT_PHYSICAL_INT32,
					 .converted = -1,
					 .codec = TT_CODEC_GZIP,
					 .page = gzipped,
					 .page_bytes = sizeof(gzipped) - 1,
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
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_error err = {0};
		int64_t value = 0;
		int ret = read_foreign(&cases[i].file, &value, &err);

		if (ret != 0 || value != cases[i].value)
			print_error("# case %u: %s\n", i, err.why);
		assert_int_equal(ret, 0);
		assert_int_equal(value, cases[i].value);
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
			cmocka_unit_test(
					files_of_other_writers_within_the_subset_are_read),
			cmocka_unit_test(an_encrypted_file_is_refused_by_name),
	};

	return cmocka_run_group_tests_name("parquet_foreign", tests, NULL, NULL);
}
