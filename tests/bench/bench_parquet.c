/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Parquet writer and reader on the table `targets`: as many rows, with values as a snapshot has
 * them, written without fsync and read back from the page cache, all columns. One JSON object a line:
 * seconds of CPU of one round. Fails where what is read does not add up to what was written.
 *
 *     bench_parquet --dir DIRECTORY [--rows N] [--rounds N]
 *
 * Leaves DIRECTORY/targets.parquet there, for other programs to read.
 */
#include "tt_hash.h"
#include "tt_schema.h"

#include "bench_args.h"
#include "bench_stats.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define COUNTRIES 240
#define PORTS     65536

static const char *const classes[] = {"tcp_syn", "tcp_syn_ack", "tcp_rst", "tcp_other",
		"udp", "udp_backscatter"};

/* A cell in all its columns. */
struct cell {
	int64_t ints[TT_TARGETS_N_COLUMNS];
	const char *texts[TT_TARGETS_N_COLUMNS];
};

/* What all values add up to: integers modulo 2^64, and the bytes of the texts. */
struct sums {
	uint64_t ints, bytes;
};

struct bench {
	const char *dir;
	uint64_t rows, rounds;
	char path[4096];
	char countries[COUNTRIES][3];
	struct cell *cells; /* [rows] */
	struct sums sums;
	int64_t file_bytes;
};

static double
cpu_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
die(const struct tt_error *err)
{
	tt_error_print("bench_parquet", err);
	exit(EXIT_FAILURE);
}

/*
 * Cells in the order of the table: by target the same number of countries, ascending; most cells
 * have few packets, a few have very many.
 */
static void
make_cell(struct bench *b, uint64_t i, struct cell *cell)
{
	uint64_t hash = tt_hash_mix(i + 1), target = i * PORTS * 2 / b->rows;
	uint64_t first = (target * b->rows + 2 * PORTS - 1) / (2 * PORTS);
	uint64_t per_target = b->rows / (2 * PORTS) + 1;
	unsigned class = target < PORTS ? hash % 16 == 0 : 4;
	int64_t packets = 1 + (int64_t)((hash >> 8 & 0xfff) >> (hash >> 24 & 15));

	packets <<= (hash >> 32) % 256 == 0 ? (hash >> 40) % 12 : 0;
	cell->texts[TT_COLUMN_SENSOR] = "sensor-1";
	cell->texts[TT_TARGETS_PROTOCOL] = target < PORTS ? "TCP" : "UDP";
	cell->texts[TT_TARGETS_CLASS] = classes[class];
	cell->texts[TT_TARGETS_COUNTRY] =
			b->countries[((i - first) * COUNTRIES / per_target
						     + hash % (COUNTRIES / per_target + 1))
					% COUNTRIES];
	cell->ints[TT_COLUMN_INTERVAL_START] = INT64_C(1767571200000000);
	cell->ints[TT_TARGETS_TARGET] = (int64_t)(target % PORTS);
	cell->ints[TT_TARGETS_CODE] = -1;
	cell->ints[TT_TARGETS_BACKSCATTER] = class == 1;
	cell->ints[TT_TARGETS_PACKETS] = packets;
	cell->ints[TT_TARGETS_BYTES] = packets * (40 + (int64_t)(hash >> 50 & 31));
	cell->ints[TT_TARGETS_UNIQ_SRC_IP] = 1 + packets * (int64_t)(hash >> 56) / 256;
	cell->ints[TT_TARGETS_UNIQ_SRC_IP_TARGET] = cell->ints[TT_TARGETS_UNIQ_SRC_IP]
			+ (int64_t)per_target;
	cell->ints[TT_TARGETS_UNIQ_SRC_IP_STDERR] = 0;
	cell->ints[TT_TARGETS_FIRST_TIME] = (hash >> 20) % 64 == 0;
}

static void
make_cells(struct bench *b)
{
	const struct tt_schema *schema = tt_schema_of(TT_TABLE_TARGETS);

	for (unsigned i = 0; i < COUNTRIES; i++) {
		b->countries[i][0] = (char)('A' + i / 10);
		b->countries[i][1] = (char)('A' + i % 10 * 2);
	}
	b->cells = calloc(b->rows, sizeof(*b->cells));
	if (b->cells == NULL)
		exit(EXIT_FAILURE);
	for (uint64_t i = 0; i < b->rows; i++) {
		make_cell(b, i, &b->cells[i]);
		for (unsigned c = 0; c < schema->n_columns; c++)
			if (schema->columns[c].type == TT_COLUMN_TEXT)
				b->sums.bytes += strlen(b->cells[i].texts[c]);
			else
				b->sums.ints += (uint64_t)b->cells[i].ints[c];
	}
}

static void
write_file(struct bench *b)
{
	const struct tt_schema *schema = tt_schema_of(TT_TABLE_TARGETS);
	struct tt_parquet_writer *writer;
	struct tt_parquet_result result;
	struct tt_error err = {0};

	unlink(b->path);
	if (tt_parquet_create(&writer, AT_FDCWD, b->path, schema->columns,
			    schema->n_columns, NULL, 0, &err)
			< 0)
		die(&err);
	for (uint64_t i = 0; i < b->rows; i++) {
		for (unsigned c = 0; c < schema->n_columns; c++)
			if (schema->columns[c].type == TT_COLUMN_TEXT)
				tt_parquet_set_text(writer, c, b->cells[i].texts[c]);
			else
				tt_parquet_set_int(writer, c, b->cells[i].ints[c]);
		if (tt_parquet_end_row(writer, &err) < 0)
			die(&err);
	}
	if (tt_parquet_finish(writer, false, &result, &err) < 0)
		die(&err);
	b->file_bytes = result.bytes;
}

static void
add_rows(struct tt_parquet_reader *reader, struct sums *sums, struct tt_error *err)
{
	const struct tt_column *columns = tt_parquet_columns(reader);
	unsigned n_columns = tt_parquet_n_columns(reader);
	int ret;

	while ((ret = tt_parquet_next(reader, err)) > 0)
		for (unsigned c = 0; c < n_columns; c++)
			if (columns[c].type == TT_COLUMN_TEXT)
				sums->bytes += strlen(tt_parquet_get_text(reader, c));
			else
				sums->ints += (uint64_t)tt_parquet_get_int(reader, c);
	if (ret < 0)
		die(err);
}

/* The length of each text is worked out once while its text_id is the same. */
static void
add_texts(const struct tt_parquet_values *values, unsigned n, uint64_t *id,
		uint32_t lengths[1 << 16], struct sums *sums)
{
	if (values->text_id != *id)
		for (uint32_t i = 0; i < values->n_texts; i++)
			lengths[i] = (uint32_t)strlen(values->texts[i]);
	*id = values->text_id;
	for (unsigned i = 0; i < n; i++)
		sums->bytes += lengths[values->codes[i]];
}

static void
add_batches(struct tt_parquet_reader *reader, struct sums *sums, struct tt_error *err)
{
	static uint32_t lengths[TT_TARGETS_N_COLUMNS][1 << 16];
	uint64_t ids[TT_TARGETS_N_COLUMNS] = {0};
	struct tt_parquet_batch batch;
	int ret;

	while ((ret = tt_parquet_next_batch(reader, &batch, err)) > 0)
		for (unsigned c = 0; c < TT_TARGETS_N_COLUMNS; c++) {
			const struct tt_parquet_values *values = &batch.columns[c];

			if (values->ints == NULL)
				add_texts(values, batch.n, &ids[c], lengths[c], sums);
			for (unsigned i = 0; values->ints != NULL && i < batch.n; i++)
				sums->ints += (uint64_t)values->ints[i];
		}
	if (ret < 0)
		die(err);
}

static void
read_file(const struct bench *b, bool by_batch)
{
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};
	struct sums sums = {0};

	if (tt_parquet_open(&reader, b->path, &err) < 0)
		die(&err);
	(by_batch ? add_batches : add_rows)(reader, &sums, &err);
	tt_parquet_close(reader);
	if (sums.ints == b->sums.ints && sums.bytes == b->sums.bytes)
		return;
	fprintf(stderr, "bench_parquet: what is read is not what was written\n");
	exit(EXIT_FAILURE);
}

static void
run_round(struct bench *b)
{
	static const char *const names[] = {"write", "read by batch", "read by row"};
	double at = cpu_s(), now;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++, at = now) {
		if (i == 0)
			write_file(b);
		else
			read_file(b, i == 1);
		now = cpu_s();
		printf("{\"phase\": \"%s\", \"cpu_s\": %.6f, \"rows\": %llu, \"bytes\": %lld}\n",
				names[i], now - at, (unsigned long long)b->rows,
				(long long)b->file_bytes);
	}
}

int
main(int argc, char **argv)
{
	static struct bench b = {.rows = 1000000, .rounds = 3};
	const struct bench_arg args[] = {{.name = "dir", .text = &b.dir},
			{.name = "rows", .number = &b.rows},
			{.name = "rounds", .number = &b.rounds}};
	struct tt_error err = {0};

	if (bench_args_parse(args, TT_ARRAY_SIZE(args), argc, argv, &err) < 0)
		die(&err);
	if (b.dir == NULL || b.rows == 0)
		return 2;
	snprintf(b.path, sizeof(b.path), "%s/targets.parquet", b.dir);
	make_cells(&b);
	for (uint64_t round = 0; round < b.rounds; round++)
		run_round(&b);
	free(b.cells);
	return EXIT_SUCCESS;
}
