/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_uniques.h"
#include "tt_hash.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#define KEY_MAX     127 /* bytes; "sources/prefix/" and an IPv6 prefix is the longest */
#define ALL_SOURCES "sources"

/* A row of the table. */
struct row {
	const char *key;
	int64_t p, reg, rho;
};

/* Rows of a key come together; what they have in common is looked at once. */
struct run {
	char key[KEY_MAX + 1];
	unsigned p;
	bool wanted;
};

void
tt_uniques_init(struct tt_uniques *uniques, const char *pattern)
{
	*uniques = (struct tt_uniques){.pattern = pattern};
}

void
tt_uniques_fini(struct tt_uniques *uniques)
{
	for (size_t i = 0; i < uniques->n; i++) {
		free(uniques->all[i].key);
		free(uniques->all[i].registers);
	}
	free(uniques->all);
	free(uniques->slots);
	free(uniques->sensors);
	free(uniques->scratch);
	*uniques = (struct tt_uniques){0};
}

static size_t
slot_of(const struct tt_uniques *u, size_t sensor, const char *key)
{
	size_t mask = u->n_slots - 1;
	uint64_t hash = sensor;
	size_t at;

	for (const char *c = key; *c != '\0'; c++)
		hash = tt_hash_mix(hash ^ (uint8_t)*c);
	for (at = hash & mask; u->slots[at] != 0; at = (at + 1) & mask) {
		const struct tt_unique *x = &u->all[u->slots[at] - 1];

		if (x->sensor == sensor && strcmp(x->key, key) == 0)
			break;
	}
	return at;
}

/* Doubles the room; the slots stay at most half full. */
static int
grow(struct tt_uniques *u)
{
	size_t room = u->room == 0 ? 64 : u->room * 2;
	struct tt_unique *all = reallocarray(u->all, room, sizeof(*all));
	uint32_t *slots;

	if (all == NULL)
		return -ENOMEM;
	u->all = all;
	slots = calloc(room * 2, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	free(u->slots);
	u->slots = slots;
	u->n_slots = room * 2;
	u->room = room;
	for (size_t i = 0; i < u->n; i++)
		slots[slot_of(u, all[i].sensor, all[i].key)] = (uint32_t)i + 1;
	return 0;
}

/* Finds the key of a sensor, or makes it without registers. NULL: out of memory. */
static struct tt_unique *
find(struct tt_uniques *u, size_t sensor, const char *key)
{
	struct tt_unique unique = {.sensor = sensor};
	size_t at;

	if (u->n == u->room && grow(u) != 0)
		return NULL;
	at = slot_of(u, sensor, key);
	if (u->slots[at] == 0) {
		unique.key = strdup(key);
		if (unique.key == NULL)
			return NULL;
		u->all[u->n++] = unique;
		u->slots[at] = (uint32_t)u->n;
	}
	return &u->all[u->slots[at] - 1];
}

/* Merges the scratch registers into those of a key. */
static int
merge_into(struct tt_uniques *u, size_t sensor, const struct run *run)
{
	struct tt_unique *unique = find(u, sensor, run->key);
	size_t m = (size_t)1 << run->p;

	if (unique == NULL)
		return -ENOMEM;
	if (unique->p == 0) {
		unique->registers = calloc(m, 1);
		if (unique->registers == NULL)
			return -ENOMEM;
		unique->p = run->p;
	}
	if (unique->p != run->p)
		return -EPROTO;
	tt_sketch_merge(unique->registers, u->scratch, m);
	unique->snapshots += unique->latest != u->snapshots;
	unique->latest = u->snapshots;
	return 0;
}

/* Ends the run of a key. sensor: TT_UNIQUES_ALL where sensors are not told apart. */
static int
end_run(struct tt_uniques *u, size_t sensor, struct run *run, const char *file,
		struct tt_error *err)
{
	int ret = 0;

	if (run->wanted) {
		ret = merge_into(u, TT_UNIQUES_ALL, run);
		if (ret == 0 && sensor != TT_UNIQUES_ALL)
			ret = merge_into(u, sensor, run);
		memset(u->scratch, 0, (size_t)1 << run->p);
	}
	run->wanted = false;
	if (ret == -EPROTO)
		return tt_error_set(err, ret, file, "key \"%s\" has two precisions",
				run->key);
	return ret == 0 ? 0 : tt_error_set(err, ret, file, "out of memory");
}

static bool
is_wanted(const struct tt_uniques *u, const char *key)
{
	if (u->pattern == NULL)
		return strcmp(key, ALL_SOURCES) == 0;
	return fnmatch(u->pattern, key, 0) == 0;
}

static void
begin_run(const struct tt_uniques *u, struct run *run, const struct row *row)
{
	snprintf(run->key, sizeof(run->key), "%s", row->key);
	run->p = (unsigned)row->p;
	run->wanted = is_wanted(u, row->key);
}

/* Keys are printed: nothing that a terminal would act on. */
static bool
is_key(const char *key)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < length; i++)
		if (key[i] <= ' ' || key[i] > '~')
			return false;
	return length > 0 && length <= KEY_MAX;
}

static int
wrong_precision(const char *file, const char *key, unsigned before, int64_t p,
		struct tt_error *err)
{
	return tt_error_set(err, -EPROTO, file,
			"key \"%s\" has the precision %d, elsewhere %u: such sketches do not "
			"merge",
			key, (int)p, before);
}

/* The first pass: a row that can be, of a key that merges with what is there. */
static int
check_row(struct tt_uniques *u, struct run *run, const struct row *row, const char *file,
		struct tt_error *err)
{
	const struct tt_unique *unique;
	size_t at;

	if (row->p < TT_SKETCH_P_MIN || row->p > TT_SKETCH_P_MAX || row->reg < 0
			|| row->reg >= INT64_C(1) << row->p || row->rho < 1
			|| row->rho > 64 - row->p + 1)
		return tt_error_set(err, -EBADMSG, file, "a register that cannot be");
	if (run->key[0] != '\0' && strcmp(row->key, run->key) == 0)
		return run->p == row->p
				? 0
				: wrong_precision(file, row->key, run->p, row->p, err);
	if (!is_key(row->key))
		return tt_error_set(err, -EBADMSG, file, "a key that cannot be");
	begin_run(u, run, row);
	if (!run->wanted || u->n == 0)
		return 0;
	at = slot_of(u, TT_UNIQUES_ALL, row->key);
	if (u->slots[at] == 0)
		return 0;
	unique = &u->all[u->slots[at] - 1];
	if (unique->p == 0 || unique->p == row->p)
		return 0;
	return wrong_precision(file, row->key, unique->p, row->p, err);
}

/* The second pass. What the first has seen cannot be wrong, but for keys that come apart. */
static int
merge_row(struct tt_uniques *u, size_t sensor, struct run *run, const struct row *row,
		const char *file, struct tt_error *err)
{
	int ret;

	if (strcmp(row->key, run->key) != 0) {
		ret = end_run(u, sensor, run, file, err);
		if (ret != 0)
			return ret;
		begin_run(u, run, row);
	}
	if (run->wanted && row->rho > u->scratch[row->reg])
		u->scratch[row->reg] = (uint8_t)row->rho;
	return 0;
}

static struct row
get_row(const struct tt_parquet_reader *reader)
{
	return (struct row){
			.key = tt_parquet_get_text(reader, TT_SKETCHES_KEY),
			.p = tt_parquet_get_int(reader, TT_SKETCHES_PRECISION),
			.reg = tt_parquet_get_int(reader, TT_SKETCHES_REGISTER),
			.rho = tt_parquet_get_int(reader, TT_SKETCHES_RHO),
	};
}

/* Without a pattern, the first key is the only one that counts. */
static bool
is_enough(const struct tt_uniques *u, const struct run *run, const struct row *row)
{
	return u->pattern == NULL && run->key[0] != '\0'
			&& strcmp(row->key, run->key) != 0;
}

static int
pass(struct tt_uniques *u, bool merge, size_t sensor, struct tt_parquet_reader *reader,
		const char *file, struct tt_error *err)
{
	struct run run = {0};
	int ret = 0, more;

	while (ret == 0 && (more = tt_parquet_next(reader, err)) != 0) {
		struct row row;

		if (more < 0)
			return more;
		row = get_row(reader);
		if (is_enough(u, &run, &row))
			break;
		if (merge)
			ret = merge_row(u, sensor, &run, &row, file, err);
		else
			ret = check_row(u, &run, &row, file, err);
	}
	if (ret == 0 && merge)
		ret = end_run(u, sensor, &run, file, err);
	return ret;
}

static int
pass_over(struct tt_uniques *u, bool merge, size_t sensor,
		const struct tt_snapshot *snapshot, struct tt_error *err)
{
	const char *name = tt_schema_of(TT_TABLE_SKETCHES)->file;
	struct tt_parquet_reader *reader;
	char file[sizeof(err->where)];
	int ret = tt_snapshot_table(snapshot, TT_TABLE_SKETCHES, &reader, err);

	if (ret != 0)
		return ret;
	snprintf(file, sizeof(file), "%s/%s", snapshot->path, name);
	ret = pass(u, merge, sensor, reader, file, err);
	tt_parquet_close(reader);
	return ret;
}

/* The number of a sensor, from 1. 0: out of memory. */
static size_t
number_of_sensor(struct tt_uniques *u, const char *sensor)
{
	char(*more)[TT_SENSOR_MAX + 1];

	for (size_t i = u->n_sensors; i > 0; i--)
		if (strcmp(u->sensors[i - 1], sensor) == 0)
			return i;
	more = reallocarray(u->sensors, u->n_sensors + 1, sizeof(*more));
	if (more == NULL)
		return 0;
	u->sensors = more;
	snprintf(more[u->n_sensors], sizeof(*more), "%s", sensor);
	return ++u->n_sensors;
}

static void
note_manifest(struct tt_uniques *u, const struct tt_manifest *m)
{
	uint64_t not_kept = m->ledger.not_kept[TT_LEDGER_SKETCHES].keys;

	if (u->snapshots == 0 || m->start_us < u->first_us)
		u->first_us = m->start_us;
	if (u->snapshots == 0 || m->end_us > u->last_us)
		u->last_us = m->end_us;
	u->snapshots++;
	u->incomplete += not_kept > 0;
	u->not_kept += not_kept;
}

int
tt_uniques_add(struct tt_uniques *uniques, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct tt_uniques *u = uniques;
	size_t sensor;
	int ret;

	if (u->scratch == NULL)
		u->scratch = calloc((size_t)1 << TT_SKETCH_P_MAX, 1);
	if (u->scratch == NULL)
		return tt_error_set(err, -ENOMEM, snapshot->path, "out of memory");
	ret = pass_over(u, false, TT_UNIQUES_ALL, snapshot, err);
	if (ret != 0)
		return ret;
	sensor = number_of_sensor(u, snapshot->manifest.sensor);
	/* A sensor without any packet had no sources, and is told as well. */
	if (sensor == 0
			|| (u->pattern == NULL
					&& (find(u, TT_UNIQUES_ALL, ALL_SOURCES) == NULL
							|| find(u, sensor, ALL_SOURCES)
									== NULL)))
		return tt_error_set(err, -ENOMEM, snapshot->path, "out of memory");
	note_manifest(u, &snapshot->manifest);
	return pass_over(u, true, u->pattern == NULL ? sensor : TT_UNIQUES_ALL, snapshot,
			err);
}

/* Sensors are numbered from 1, so that all of them, 0, come last as the greatest number. */
static int
compare(const void *a, const void *b)
{
	const struct tt_unique *x = a, *y = b;

	if (x->sensor != y->sensor)
		return x->sensor - 1 < y->sensor - 1 ? -1 : 1;
	if (x->estimate != y->estimate)
		return x->estimate > y->estimate ? -1 : 1;
	return strcmp(x->key, y->key);
}

void
tt_uniques_finish(struct tt_uniques *uniques)
{
	for (size_t i = 0; i < uniques->n; i++) {
		struct tt_unique *x = &uniques->all[i];

		x->estimate = x->p == 0 ? 0 : tt_sketch_estimate(x->registers, x->p);
	}
	if (uniques->n > 1)
		qsort(uniques->all, uniques->n, sizeof(uniques->all[0]), compare);
	free(uniques->slots);
	uniques->slots = NULL;
	uniques->n_slots = 0;
}

double
tt_unique_error(const struct tt_unique *unique)
{
	return unique->p == 0 ? 0 : unique->estimate * tt_sketch_error(unique->p);
}

const char *
tt_unique_sensor(const struct tt_uniques *uniques, const struct tt_unique *unique)
{
	if (unique->sensor == TT_UNIQUES_ALL)
		return NULL;
	return uniques->sensors[unique->sensor - 1];
}
