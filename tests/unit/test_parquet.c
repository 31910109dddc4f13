/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet.h"

#include "tt_hash.h"
#include "tt_parquet_rle.h"
#include "tt_parquet_utf8.h"
#include "tt_parquet_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum column {
	NUMBER,
	BIG,
	TIME,
	PLACE,
	UNIQUE,
	N_COLUMNS
};

static const struct tt_column columns[N_COLUMNS] = {
		[NUMBER] = {"number", TT_COLUMN_INT32},
		[BIG] = {"big", TT_COLUMN_INT64},
		[TIME] = {"time", TT_COLUMN_TIMESTAMP},
		[PLACE] = {"place", TT_COLUMN_TEXT},
		[UNIQUE] = {"unique", TT_COLUMN_TEXT},
};
static const struct tt_key_value metadata[] = {{"sensor", "s-1"}, {"empty", ""}};

/* The directory of this test's files, and the bytes of the latest one. */
struct files {
	char path[64];
	int fd;
	uint8_t *bytes;
	size_t size;
	struct tt_parquet_result result;
};

static int
set_up(void **state)
{
	static struct files files;

	files = (struct files){.path = "/tmp/tt-parquet-XXXXXX", .fd = -1};
	if (mkdtemp(files.path) == NULL)
		return -1;
	files.fd = open(files.path, O_RDONLY | O_DIRECTORY);
	*state = &files;
	return files.fd < 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	struct files *files = *state;

	free(files->bytes);
	unlinkat(files->fd, "t.parquet", 0);
	close(files->fd);
	return rmdir(files->path);
}

struct row {
	int64_t number, big, time;
	const char *place;
	char unique[40];
};

static struct row
make_row(int64_t i)
{
	static const char *const places[] = {"", "CN", "US", "\xe6\x97\xa5\xe6\x9c\xac"};
	static const int64_t extremes[] = {
			INT64_MIN, INT64_MAX, 0, -1, INT32_MIN, INT32_MAX};
	struct row row = {.number = i % 3 == 0 ? INT32_MIN : INT32_MAX - i,
			.big = i < 6 ? extremes[i] : (int64_t)tt_hash_mix((uint64_t)i),
			.time = INT64_C(1795388100000000) + i / 100 * TT_US_PER_S,
			.place = places[i / 20 % 4]};

	snprintf(row.unique, sizeof(row.unique), "%016llx",
			(unsigned long long)tt_hash_mix((uint64_t)i * 7));
	if (i % 5 == 0)
		row.unique[0] = '\0';
	return row;
}

static int
put_row(struct tt_parquet_writer *writer, int64_t i, struct tt_error *err)
{
	struct row row = make_row(i);

	tt_parquet_set_text(writer, UNIQUE, row.unique);
	tt_parquet_set_int(writer, NUMBER, row.number);
	tt_parquet_set_int(writer, BIG, row.big);
	tt_parquet_set_int(writer, TIME, row.time);
	tt_parquet_set_text(writer, PLACE, row.place);
	return tt_parquet_end_row(writer, err);
}

static struct tt_parquet_writer *
create(struct files *files)
{
	struct tt_parquet_writer *writer;
	struct tt_error err;

	unlinkat(files->fd, "t.parquet", 0);
	assert_int_equal(tt_parquet_create(&writer, files->fd, "t.parquet", columns,
					 N_COLUMNS, metadata, TT_ARRAY_SIZE(metadata),
					 &err),
			0);
	return writer;
}

static void
slurp(struct files *files)
{
	int fd = openat(files->fd, "t.parquet", O_RDONLY);
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	free(files->bytes);
	files->size = (size_t)st.st_size;
	files->bytes = malloc(files->size);
	assert_int_equal(read(fd, files->bytes, files->size), files->size);
	close(fd);
}

static void
finish(struct files *files, struct tt_parquet_writer *writer)
{
	struct tt_error err = {0};

	assert_int_equal(tt_parquet_finish(writer, true, &files->result, &err), 0);
	slurp(files);
	assert_int_equal(files->result.bytes, files->size);
}

/* Writes rows 0 to n-1; group_rows and page_rows of 0 stand for the usual ones. */
static void
write_rows(struct files *files, int64_t n, size_t group_rows, size_t page_rows,
		uint32_t dictionary)
{
	struct tt_parquet_writer *writer = create(files);
	struct tt_error err;

	if (group_rows > 0)
		writer->limits.group_rows = group_rows;
	if (page_rows > 0)
		writer->limits.page_rows = page_rows;
	if (dictionary > 0)
		writer->limits.dictionary_values = dictionary;
	for (int64_t i = 0; i < n; i++)
		assert_int_equal(put_row(writer, i, &err), 0);
	finish(files, writer);
	assert_int_equal(files->result.rows, n);
}

static bool
has_row(const struct tt_parquet_reader *reader, int64_t i)
{
	struct row row = make_row(i);

	return tt_parquet_get_int(reader, NUMBER) == row.number
			&& tt_parquet_get_int(reader, BIG) == row.big
			&& tt_parquet_get_int(reader, TIME) == row.time
			&& strcmp(tt_parquet_get_text(reader, PLACE), row.place) == 0
			&& strcmp(tt_parquet_get_text(reader, UNIQUE), row.unique) == 0;
}

static bool
has_columns(const struct tt_parquet_reader *reader)
{
	const struct tt_column *found = tt_parquet_columns(reader);

	if (tt_parquet_n_columns(reader) != N_COLUMNS)
		return false;
	for (unsigned i = 0; i < N_COLUMNS; i++)
		if (strcmp(found[i].name, columns[i].name) != 0
				|| found[i].type != columns[i].type)
			return false;
	return true;
}

/* Returns 1 where bytes hold rows 0 to n-1, 0 where they hold anything else, or -errno. */
static int
holds_rows(const void *bytes, size_t size, int64_t n, struct tt_error *err)
{
	struct tt_parquet_reader *reader;
	int ret = tt_parquet_open_memory(&reader, bytes, size, "t.parquet", err);
	bool same;
	int64_t i = 0;

	if (ret < 0)
		return ret;
	same = has_columns(reader) && tt_parquet_rows(reader) == n;
	for (; same && (ret = tt_parquet_next(reader, err)) > 0; i++)
		same = i < n && has_row(reader, i);
	tt_parquet_close(reader);
	if (ret < 0)
		return ret;
	return same && i == n;
}

static void
assert_rows(const struct files *files, int64_t n)
{
	struct tt_error err = {0};
	int ret = holds_rows(files->bytes, files->size, n, &err);

	if (ret < 0)
		print_error("# %s: %s\n", err.where, err.why);
	assert_int_equal(ret, 1);
}

static void
rows_survive_the_file_and_back(void **state)
{
	static const int64_t sizes[] = {0, 1, 2, 7, 8, 9, 1000};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(sizes); i++) {
		write_rows(*state, sizes[i], 0, 0, 0);
		assert_rows(*state, sizes[i]);
	}
}

static void
many_row_groups_and_pages_survive(void **state)
{
	write_rows(*state, 1000, 64, 10, 0);
	assert_rows(*state, 1000);
	write_rows(*state, 128, 64, 64, 0);
	assert_rows(*state, 128);
	write_rows(*state, 300000, 131072, 0, 0);
	assert_rows(*state, 300000);
}

static void
a_dictionary_over_its_limit_falls_back_to_plain_values(void **state)
{
	static const uint32_t limits[] = {1, 2, 3, 100, 799, 800, 801, 999, 1000};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(limits); i++) {
		write_rows(*state, 1000, 0, 0, limits[i]);
		assert_rows(*state, 1000);
	}
}

static void
a_row_group_ends_at_its_bytes_too(void **state)
{
	struct tt_parquet_writer *writer = create(*state);
	struct tt_error err;

	writer->limits.group_bytes = 1000;
	for (int64_t i = 0; i < 500; i++)
		assert_int_equal(put_row(writer, i, &err), 0);
	assert_true(writer->n_groups > 10);
	finish(*state, writer);
	assert_rows(*state, 500);
}

static void
a_file_is_read_by_its_path(void **state)
{
	struct files *files = *state;
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};
	char path[128];

	write_rows(files, 10, 0, 0, 0);
	snprintf(path, sizeof(path), "%s/t.parquet", files->path);
	assert_int_equal(tt_parquet_open(&reader, path, &err), 0);
	assert_int_equal(tt_parquet_rows(reader), 10);
	assert_int_equal(tt_parquet_find_column(reader, "place"), PLACE);
	assert_int_equal(tt_parquet_find_column(reader, "plac"), -1);
	assert_string_equal(tt_parquet_metadata(reader, "sensor"), "s-1");
	assert_string_equal(tt_parquet_metadata(reader, "empty"), "");
	assert_null(tt_parquet_metadata(reader, "other"));
	for (int64_t i = 0; i < 10; i++) {
		assert_int_equal(tt_parquet_next(reader, &err), 1);
		assert_true(has_row(reader, i));
	}
	assert_int_equal(tt_parquet_next(reader, &err), 0);
	assert_int_equal(tt_parquet_next(reader, &err), 0);
	tt_parquet_close(reader);
	assert_int_equal(tt_parquet_open(&reader, "/nowhere/x", &err), -ENOENT);
	assert_string_equal(err.where, "/nowhere/x");
	assert_int_equal(tt_parquet_open(&reader, files->path, &err), -EBADMSG);
}

static void
the_same_rows_give_the_same_bytes_and_hash(void **state)
{
	struct files *files = *state;
	struct tt_parquet_result first;
	uint8_t *bytes;

	write_rows(files, 5000, 1000, 100, 0);
	first = files->result;
	bytes = files->bytes;
	files->bytes = NULL;
	write_rows(files, 5000, 1000, 100, 0);
	assert_int_equal(files->result.bytes, first.bytes);
	assert_memory_equal(files->bytes, bytes, files->size);
	assert_string_equal(files->result.sha256, first.sha256);
	free(bytes);
}

static void
the_hash_is_that_of_the_whole_file(void **state)
{
	struct files *files = *state;
	char hex[SHA256_DIGEST_STRING_LENGTH];

	write_rows(files, 1000, 300, 100, 0);
	assert_non_null(SHA256Data(files->bytes, files->size, hex));
	assert_string_equal(files->result.sha256, hex);
}

static void
every_flipped_bit_is_an_error_or_changes_nothing(void **state)
{
	struct files *files = *state;
	unsigned errors = 0;

	write_rows(files, 24, 16, 8, 0);
	for (size_t bit = 0; bit < files->size * 8; bit++) {
		struct tt_error err = {0};
		int ret;

		files->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ret = holds_rows(files->bytes, files->size, 24, &err);
		files->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (ret == 0)
			print_error("# bit %zu of byte %zu of %zu\n", bit % 8, bit / 8,
					files->size);
		assert_int_not_equal(ret, 0);
		if (ret < 0) {
			assert_int_equal(ret, -EBADMSG);
			assert_non_null(strstr(err.where, "t.parquet"));
			assert_true(err.why[0] != '\0');
			errors++;
		}
	}
	assert_true(errors > files->size * 8 / 10 * 9);
}

static void
every_truncation_is_an_error(void **state)
{
	struct files *files = *state;

	write_rows(files, 24, 16, 8, 0);
	for (size_t size = 0; size < files->size; size++) {
		struct tt_error err = {0};
		uint8_t *bytes = malloc(size + 1);

		/* A block of its own, so that a read past its end is seen. */
		bytes = realloc(bytes, size == 0 ? 1 : size);
		memcpy(bytes, files->bytes, size);
		assert_int_equal(holds_rows(bytes, size, 24, &err), -EBADMSG);
		free(bytes);
	}
}

static void
random_damage_never_crashes(void **state)
{
	const char *given = getenv("TT_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)getpid();
	struct files *files = *state;
	uint8_t *bytes;

	print_message("# TT_SEED=%llu\n", (unsigned long long)seed);
	write_rows(files, 100, 40, 10, 0);
	bytes = malloc(files->size);
	for (unsigned round = 0; round < 20000; round++) {
		struct tt_error err = {0};

		memcpy(bytes, files->bytes, files->size);
		for (unsigned i = 0; i <= round % 4; i++) {
			seed = tt_hash_mix(seed + 0x9e3779b97f4a7c15);
			bytes[seed % files->size] = (uint8_t)(seed >> 56);
		}
		(void)holds_rows(bytes, files->size, 100, &err);
	}
	free(bytes);
}

static void
damage_names_file_column_and_offset(void **state)
{
	struct files *files = *state;
	struct tt_error err = {0};

	write_rows(files, 1000, 0, 0, 0);
	files->bytes[40] ^= 1;
	assert_int_equal(holds_rows(files->bytes, files->size, 1000, &err), -EBADMSG);
	assert_string_equal(err.where, "t.parquet: column number at offset 4");
	assert_string_equal(err.why, "the page does not match its checksum");
}

static void
a_file_that_exists_is_not_written_over(void **state)
{
	struct files *files = *state;
	struct tt_parquet_writer *writer;
	struct tt_error err = {0};

	write_rows(files, 1, 0, 0, 0);
	assert_int_equal(tt_parquet_create(&writer, files->fd, "t.parquet", columns,
					 N_COLUMNS, NULL, 0, &err),
			-EEXIST);
	assert_null(writer);
	assert_string_equal(err.where, "t.parquet");
}

static void
a_value_that_does_not_fit_is_an_error_of_its_row(void **state)
{
	struct files *files = *state;
	struct tt_parquet_writer *writer = create(files);
	struct tt_parquet_result result;
	struct tt_error err = {0};

	assert_int_equal(put_row(writer, 0, &err), 0);
	tt_parquet_set_int(writer, NUMBER, INT64_C(1) << 31);
	tt_parquet_set_int(writer, BIG, 0);
	tt_parquet_set_int(writer, TIME, 0);
	tt_parquet_set_text(writer, PLACE, "");
	tt_parquet_set_text(writer, UNIQUE, "");
	assert_int_equal(tt_parquet_end_row(writer, &err), -ERANGE);
	assert_string_equal(err.why,
			"column number, row 1: the value needs more than 32 bits");
	assert_int_equal(tt_parquet_finish(writer, false, &result, &err), -ERANGE);
}

static int
put_text_row(struct files *files, const char *text, struct tt_error *err)
{
	struct tt_parquet_writer *writer = create(files);
	int ret;

	tt_parquet_set_int(writer, NUMBER, 0);
	tt_parquet_set_int(writer, BIG, 0);
	tt_parquet_set_int(writer, TIME, 0);
	tt_parquet_set_text(writer, PLACE, text);
	tt_parquet_set_text(writer, UNIQUE, "");
	ret = tt_parquet_end_row(writer, err);
	tt_parquet_abandon(writer);
	return ret;
}

static void
a_text_that_is_too_long_or_not_utf8_is_an_error(void **state)
{
	char *text = malloc(TT_PARQUET_TEXT_MAX + 2);
	struct tt_error err = {0};

	assert_int_equal(put_text_row(*state, "\xff", &err), -EILSEQ);
	assert_string_equal(err.why, "column place, row 0: the text is not UTF-8");
	memset(text, 'x', TT_PARQUET_TEXT_MAX + 1);
	text[TT_PARQUET_TEXT_MAX + 1] = '\0';
	assert_int_equal(put_text_row(*state, text, &err), -EMSGSIZE);
	text[TT_PARQUET_TEXT_MAX] = '\0';
	assert_int_equal(put_text_row(*state, text, &err), 0);
	free(text);
}

static void
utf8_is_told_from_other_bytes(void **state)
{
	static const char *const good[] = {"", "a", "\xc2\x80", "\xe0\xa0\x80",
			"\xed\x9f\xbf", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
			"\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf",
			"\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5",
			"\xe6\x97", "a\xff"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(good); i++)
		assert_true(tt_parquet_utf8_valid(
				(const uint8_t *)good[i], strlen(good[i])));
	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++)
		assert_false(tt_parquet_utf8_valid(
				(const uint8_t *)bad[i], strlen(bad[i])));
	assert_false(tt_parquet_utf8_valid((const uint8_t *)"a\0b", 3));
}

/* Every index width, with repeated runs and odd lengths. */
static void
indices_survive_run_length_coding(void **state)
{
	uint32_t values[1003], value;

	for (unsigned width = 1; width <= 32; width++) {
		struct tt_parquet_buffer out = {0};
		struct tt_parquet_rle_in in;

		for (unsigned i = 0; i < TT_ARRAY_SIZE(values); i++)
			values[i] = (uint32_t)tt_hash_mix(i % 50 < 20 ? i / 50 : i)
					>> (32 - width);
		tt_parquet_rle_put(&out, values, TT_ARRAY_SIZE(values), width);
		tt_parquet_buffer_append(&out, "\0\0\0\0\0\0\0", 8);
		tt_parquet_rle_start(&in, out.bytes, out.bytes + out.size - 8, width);
		for (unsigned i = 0; i < TT_ARRAY_SIZE(values); i++) {
			assert_true(tt_parquet_rle_next(&in, &value));
			assert_int_equal(value, values[i]);
		}
		assert_ptr_equal(in.at, in.end);
		tt_parquet_buffer_fini(&out);
	}
}

/* Encodings.md gives 0 to 7 at width 3 as an example. */
static void
bit_packing_is_that_of_the_format(void **state)
{
	static const uint32_t values[] = {0, 1, 2, 3, 4, 5, 6, 7};
	static const uint8_t expected[] = {0x03, 0x88, 0xc6, 0xfa};
	struct tt_parquet_buffer out = {0};

	tt_parquet_rle_put(&out, values, 8, 3);
	assert_int_equal(out.size, sizeof(expected));
	assert_memory_equal(out.bytes, expected, sizeof(expected));
	tt_parquet_buffer_fini(&out);
}

/* A limit on the file's size stands in for a full disk: both fail in write(). */
static void
a_full_disk_is_an_error_that_names_the_file(void **state)
{
	struct tt_parquet_writer *writer = create(*state);
	struct rlimit old, low;
	struct tt_parquet_result result;
	struct tt_error err = {0};
	int ret;

	for (int64_t i = 0; i < 10000; i++)
		assert_int_equal(put_row(writer, i, &err), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	low = (struct rlimit){.rlim_cur = 1000, .rlim_max = old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	ret = tt_parquet_finish(writer, false, &result, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(ret, -EFBIG);
	assert_string_equal(err.where, "t.parquet");
	assert_non_null(strstr(err.why, "cannot write"));
}

static void
an_abandoned_file_is_no_parquet_file(void **state)
{
	struct files *files = *state;
	struct tt_parquet_writer *writer = create(files);
	struct tt_error err = {0};

	writer->limits.group_rows = 10;
	for (int64_t i = 0; i < 100; i++)
		assert_int_equal(put_row(writer, i, &err), 0);
	tt_parquet_abandon(writer);
	tt_parquet_abandon(NULL);
	slurp(files);
	assert_int_equal(holds_rows(files->bytes, files->size, 100, &err), -EBADMSG);
	assert_string_equal(err.why, "the file has no end");
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(rows_survive_the_file_and_back),
			TEST(many_row_groups_and_pages_survive),
			TEST(a_dictionary_over_its_limit_falls_back_to_plain_values),
			TEST(a_row_group_ends_at_its_bytes_too),
			TEST(a_file_is_read_by_its_path),
			TEST(the_same_rows_give_the_same_bytes_and_hash),
			TEST(the_hash_is_that_of_the_whole_file),
			TEST(every_flipped_bit_is_an_error_or_changes_nothing),
			TEST(every_truncation_is_an_error),
			TEST(random_damage_never_crashes),
			TEST(damage_names_file_column_and_offset),
			TEST(a_file_that_exists_is_not_written_over),
			TEST(a_value_that_does_not_fit_is_an_error_of_its_row),
			TEST(a_text_that_is_too_long_or_not_utf8_is_an_error),
			TEST(a_full_disk_is_an_error_that_names_the_file),
			TEST(an_abandoned_file_is_no_parquet_file),
			cmocka_unit_test(utf8_is_told_from_other_bytes),
			cmocka_unit_test(indices_survive_run_length_coding),
			cmocka_unit_test(bit_packing_is_that_of_the_format),
			cmocka_unit_test(
					what_is_outside_of_the_subset_is_refused_by_name),
			cmocka_unit_test(
					files_of_other_writers_within_the_subset_are_read),
	};

	return cmocka_run_group_tests_name("parquet", tests, NULL, NULL);
}
