/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes what fuzz_parquet starts from: a file of our writer with two row groups, pages and
 * dictionaries of several kinds, and the files of other writers that the unit test knows.
 *
 *     parquet_seeds DIRECTORY
 */
#include "../unit/parquet_foreign.h"

#include "tt_parquet_writer.h"

#include <fcntl.h>
#include <unistd.h>

static const struct tt_column columns[] = {{"number", TT_COLUMN_INT32},
		{"big", TT_COLUMN_INT64}, {"time", TT_COLUMN_TIMESTAMP},
		{"place", TT_COLUMN_TEXT}, {"unique", TT_COLUMN_TEXT}};

static int
write_ours(int dir, struct tt_error *err)
{
	static const char *const texts[] = {"", "CN", "US", "\xe6\x97\xa5"};
	struct tt_parquet_writer *writer;
	struct tt_parquet_result result;
	char unique[16];
	int ret = tt_parquet_create(&writer, dir, "ours", columns, TT_ARRAY_SIZE(columns),
			NULL, 0, err);

	if (ret < 0)
		return ret;
	writer->limits.group_rows = 40;
	writer->limits.page_rows = 20;
	writer->limits.dictionary_values = 8;
	for (int i = 0; ret == 0 && i < 60; i++) {
		snprintf(unique, sizeof(unique), "u%d", i);
		tt_parquet_set_int(writer, 0, i % 5 - 2);
		tt_parquet_set_int(writer, 1, (int64_t)i << 40);
		tt_parquet_set_int(writer, 2, i / 10);
		tt_parquet_set_text(writer, 3, texts[i / 3 % 4]);
		tt_parquet_set_text(writer, 4, unique);
		ret = tt_parquet_end_row(writer, err);
	}
	if (ret < 0) {
		tt_parquet_abandon(writer);
		return ret;
	}
	return tt_parquet_finish(writer, false, &result, err);
}

static bool
write_foreign(int dir, unsigned i)
{
	struct tt_parquet_buffer file = foreign_file(&foreign_examples[i].file);
	char name[32];
	bool written;
	int fd;

	snprintf(name, sizeof(name), "foreign-%u", i);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	written = fd >= 0 && write(fd, file.bytes, file.size) == (ssize_t)file.size;
	close(fd);
	tt_parquet_buffer_fini(&file);
	return written;
}

int
main(int argc, char **argv)
{
	int dir = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
	struct tt_error err = {0};

	if (dir < 0) {
		fprintf(stderr, "usage: parquet_seeds DIRECTORY\n");
		return 2;
	}
	if (write_ours(dir, &err) < 0) {
		tt_error_print("parquet_seeds", &err);
		return EXIT_FAILURE;
	}
	for (unsigned i = 0; i < TT_ARRAY_SIZE(foreign_examples); i++)
		if (!write_foreign(dir, i)) {
			perror("parquet_seeds");
			return EXIT_FAILURE;
		}
	return EXIT_SUCCESS;
}
