/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_scan.h"

#include <errno.h>
#include <string.h>

#define COLUMNS_MAX 64

static int
open_table(const struct tt_scan *scan, const char *path,
		struct tt_parquet_reader **reader, struct tt_error *err)
{
	bool wanted[COLUMNS_MAX] = {false};
	int ret = tt_snapshot_table_at(path, scan->table, reader, err);

	if (ret != 0)
		return ret;
	TT_ASSERT(tt_parquet_n_columns(*reader) <= COLUMNS_MAX);
	for (unsigned i = 0; i < scan->n_columns; i++)
		wanted[scan->columns[i]] = true;
	tt_parquet_select(*reader, wanted);
	return 0;
}

/* Adds batches up to the end, the damage, or `most` of them; *batches: how many were. */
static int
add_batches(const struct tt_scan *scan, struct tt_parquet_reader *reader, int64_t sign,
		uint64_t most, uint64_t *batches, struct tt_error *err)
{
	struct tt_parquet_batch batch;
	int ret = 0;

	for (*batches = 0; ret == 0 && *batches < most; *batches += ret >= 0) {
		int more = tt_parquet_next_batch(reader, &batch, err);

		if (more <= 0)
			return more;
		ret = scan->add(scan->context, &batch, sign, err);
	}
	return ret > 0 ? 0 : ret;
}

static int
add_table(const struct tt_scan *scan, const char *path, uint64_t *batches,
		struct tt_error *err)
{
	struct tt_parquet_reader *reader;
	int ret;

	*batches = 0;
	ret = open_table(scan, path, &reader, err);
	if (ret != 0)
		return ret;
	if (scan->begin != NULL)
		ret = scan->begin(scan->context, 1, err);
	if (ret == 0)
		ret = add_batches(scan, reader, 1, UINT64_MAX, batches, err);
	tt_parquet_close(reader);
	if (ret == 0 && scan->end != NULL)
		ret = scan->end(scan->context, err);
	return ret;
}

/* Subtracts as many batches as were added. */
static int
take_back(const struct tt_scan *scan, const char *path, uint64_t batches)
{
	struct tt_parquet_reader *reader;
	uint64_t again = 0;
	int ret = batches == 0 ? 0 : open_table(scan, path, &reader, NULL);

	if (ret != 0 || batches == 0)
		return ret;
	if (scan->begin != NULL)
		ret = scan->begin(scan->context, -1, NULL);
	if (ret == 0)
		ret = add_batches(scan, reader, -1, batches, &again, NULL);
	tt_parquet_close(reader);
	return ret == 0 && again == batches ? 0 : -EIO;
}

static void
name_file(const struct tt_scan *scan, const char *path, struct tt_error *err)
{
	if (err != NULL && err->where[0] == '\0')
		snprintf(err->where, sizeof(err->where), "%s/%s", path,
				tt_schema_of(scan->table)->file);
}

int
tt_scan_snapshot(const struct tt_scan *scans, unsigned n, const char *path,
		struct tt_error *err)
{
	uint64_t batches[TT_N_TABLES];
	unsigned done = 0;
	int ret = 0;

	TT_ASSERT(n <= TT_N_TABLES);
	while (ret == 0 && done < n) {
		ret = add_table(&scans[done], path, &batches[done], err);
		done++;
	}
	if (ret == 0 || n == 0)
		return 0;
	name_file(&scans[done - 1], path, err);
	while (done-- > 0) {
		if (take_back(&scans[done], path, batches[done]) != 0)
			return tt_error_set(err, -EIO, path,
					"it changed while it was being read");
	}
	return ret;
}

bool
tt_scan_any_negative(const int64_t *values, unsigned n)
{
	int64_t all = 0;

	for (unsigned i = 0; i < n; i++)
		all |= values[i];
	return all < 0;
}

/* Without a comparison, since not every processor has one of 64 bits for several numbers at once: what is outside makes one of the
 * two differences negative. */
bool
tt_scan_are_targets(const int64_t *numbers, unsigned n)
{
	uint64_t differences = 0;

	for (unsigned i = 0; i < n; i++)
		differences |= ((uint64_t)numbers[i] + 1)
				| (UINT16_MAX - (uint64_t)numbers[i]);
	return (int64_t)differences >= 0;
}

unsigned
tt_scan_run(const uint32_t *codes, unsigned n)
{
	unsigned length = 1;

	if (memcmp(codes, codes + 1, (n - 1) * sizeof(*codes)) == 0)
		return n;
	while (codes[length] == codes[0])
		length++;
	return length;
}

int
tt_text_map_fill(struct tt_text_map *map, const struct tt_parquet_values *values,
		int32_t (*index_of)(void *context, const char *text), void *context)
{
	if (TT_LIKELY(map->text_id == values->text_id))
		return 0;
	map->text_id = 0;
	if (values->n_texts > map->room) {
		int32_t *more = reallocarray(map->index, values->n_texts, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		map->index = more;
		map->room = values->n_texts;
	}
	for (uint32_t i = 0; i < values->n_texts; i++) {
		map->index[i] = index_of(context, values->texts[i]);
		if (map->index[i] < 0)
			return map->index[i];
	}
	map->text_id = values->text_id;
	return 0;
}
