/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes a Parquet file whose every value follows from its row number, so that another
 * program can check it, or adds up a file that another program wrote:
 *
 *   parquet_sample FILE ROWS     writes; prints the sum of the column hash and the SHA-256
 *   parquet_sample FILE          reads; prints rows, sum of all integers mod 2^64, bytes of all texts
 */
#include "tt_hash.h"
#include "tt_parquet.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum column {
	ROW,
	SMALL,
	HASH,
	SIGNED,
	TIME,
	COUNTRY,
	TEXT,
	CONSTANT,
	N_COLUMNS
};

static const struct tt_column columns[N_COLUMNS] = {
		[ROW] = {"row", TT_COLUMN_INT64},
		[SMALL] = {"small", TT_COLUMN_INT32},
		[HASH] = {"hash", TT_COLUMN_INT64},
		[SIGNED] = {"signed", TT_COLUMN_INT32},
		[TIME] = {"time", TT_COLUMN_TIMESTAMP},
		[COUNTRY] = {"country", TT_COLUMN_TEXT},
		[TEXT] = {"text", TT_COLUMN_TEXT},
		[CONSTANT] = {"constant", TT_COLUMN_TEXT},
};
static const struct tt_key_value metadata[] = {{"what", "a sample"}};

static void
set_row(struct tt_parquet_writer *writer, int64_t i)
{
	static const char *const countries[] = {"CN", "US", "JP", "", "\xe6\x97\xa5"};
	char text[24];

	snprintf(text, sizeof(text), "t%lld", (long long)i);
	tt_parquet_set_int(writer, ROW, i);
	tt_parquet_set_int(writer, SMALL, i % 1000);
	tt_parquet_set_int(writer, HASH, (int64_t)tt_hash_mix((uint64_t)i) >> 16);
	tt_parquet_set_int(writer, SIGNED, i % 2 == 0 ? INT32_MIN : INT32_MAX);
	tt_parquet_set_int(writer, TIME, INT64_C(1795388100000000) + i * TT_US_PER_S);
	tt_parquet_set_text(writer, COUNTRY, countries[i / 50 % 5]);
	tt_parquet_set_text(writer, TEXT, text);
	tt_parquet_set_text(writer, CONSTANT, "sensor-1");
}

static int
write_sample(const char *path, int64_t rows, struct tt_error *err)
{
	struct tt_parquet_writer *writer;
	struct tt_parquet_result result;
	int64_t hash_sum = 0;
	int ret = tt_parquet_create(&writer, AT_FDCWD, path, columns, N_COLUMNS, metadata,
			TT_ARRAY_SIZE(metadata), err);

	for (int64_t i = 0; ret == 0 && i < rows; i++) {
		set_row(writer, i);
		hash_sum += (int64_t)tt_hash_mix((uint64_t)i) >> 16;
		ret = tt_parquet_end_row(writer, err);
	}
	if (ret < 0) {
		tt_parquet_abandon(writer);
		return ret;
	}
	ret = tt_parquet_finish(writer, false, &result, err);
	if (ret == 0)
		printf("%lld\t%s\n", (long long)hash_sum, result.sha256);
	return ret;
}

static int
read_sample(const char *path, struct tt_error *err)
{
	struct tt_parquet_reader *reader;
	uint64_t sum = 0;
	int64_t rows = 0;
	size_t bytes = 0;
	int ret = tt_parquet_open(&reader, path, err);

	if (ret < 0)
		return ret;
	for (; (ret = tt_parquet_next(reader, err)) > 0; rows++) {
		for (unsigned i = 0; i < tt_parquet_n_columns(reader); i++)
			if (tt_parquet_columns(reader)[i].type == TT_COLUMN_TEXT)
				bytes += strlen(tt_parquet_get_text(reader, i));
			else
				sum += (uint64_t)tt_parquet_get_int(reader, i);
	}
	tt_parquet_close(reader);
	if (ret == 0)
		printf("%lld\t%llu\t%zu\n", (long long)rows, (unsigned long long)sum,
				bytes);
	return ret;
}

int
main(int argc, char **argv)
{
	struct tt_error err = {0};
	int ret;

	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: parquet_sample FILE [ROWS]\n");
		return 2;
	}
	ret = argc == 2 ? read_sample(argv[1], &err)
			: write_sample(argv[1], strtoll(argv[2], NULL, 10), &err);
	if (ret < 0) {
		tt_error_print("parquet_sample", &err);
		return 1;
	}
	return 0;
}
