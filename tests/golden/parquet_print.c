/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prints a Parquet file: the types of its columns in a line, then each row, tab-separated; times as
 * microseconds since the epoch.
 *
 *     parquet_print FILE
 */
#include "tt_parquet.h"

static void
print_types(const struct tt_parquet_reader *reader)
{
	static const char *const names[] = {[TT_COLUMN_INT32] = "int32",
			[TT_COLUMN_INT64] = "int64",
			[TT_COLUMN_TIMESTAMP] = "time",
			[TT_COLUMN_TEXT] = "text"};
	const struct tt_column *columns = tt_parquet_columns(reader);

	for (unsigned i = 0; i < tt_parquet_n_columns(reader); i++)
		printf("%s%s %s", i == 0 ? "" : "\t", columns[i].name,
				names[columns[i].type]);
	putchar('\n');
}

static void
print_row(const struct tt_parquet_batch *batch, unsigned n_columns, unsigned row)
{
	for (unsigned i = 0; i < n_columns; i++) {
		const struct tt_parquet_values *values = &batch->columns[i];

		if (i > 0)
			putchar('\t');
		if (values->ints != NULL)
			printf("%lld", (long long)values->ints[row]);
		else
			fputs(values->texts[values->codes[row]], stdout);
	}
	putchar('\n');
}

int
main(int argc, char **argv)
{
	struct tt_parquet_reader *reader;
	struct tt_parquet_batch batch;
	struct tt_error err = {0};
	int ret;

	if (argc != 2) {
		fprintf(stderr, "usage: parquet_print FILE\n");
		return 2;
	}
	ret = tt_parquet_open(&reader, argv[1], &err);
	if (ret == 0) {
		print_types(reader);
		while ((ret = tt_parquet_next_batch(reader, &batch, &err)) > 0)
			for (unsigned i = 0; i < batch.n; i++)
				print_row(&batch, tt_parquet_n_columns(reader), i);
	}
	tt_parquet_close(reader);
	if (ret < 0)
		tt_error_print("parquet_print", &err);
	return ret < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
