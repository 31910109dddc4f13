/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_snapshot_private.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <sha2.h>

struct verify {
	const char *dir;
	void (*damaged)(void *context, const struct tt_error *err);
	void *context;
	int n_damaged;
};

static void
report(struct verify *v, const struct tt_error *err)
{
	v->n_damaged++;
	v->damaged(v->context, err);
}

static int
check_bytes(const char *path, const struct tt_parquet_result *file, struct tt_error *err)
{
	char hex[SHA256_DIGEST_STRING_LENGTH];
	struct stat st;

	if (lstat(path, &st) != 0)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return tt_error_set(err, -EBADMSG, path, "not a regular file");
	if (st.st_size != file->bytes)
		return tt_error_set(err, -EBADMSG, path,
				"%lld bytes; the manifest says %lld",
				(long long)st.st_size, (long long)file->bytes);
	if (SHA256File(path, hex) == NULL)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	if (strcmp(hex, file->sha256) != 0)
		return tt_error_set(err, -EBADMSG, path,
				"its bytes changed: SHA-256 %.16s…, the manifest says "
				"%.16s…",
				hex, file->sha256);
	return 0;
}

/* Once the bytes differ, what is read from them proves nothing more. */
static void
check_table(struct verify *v, const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_sums *sums)
{
	const struct tt_parquet_result *file = &snapshot->manifest.files[table];
	char *path = tt_path_join(v->dir, tt_schema_of(table)->file);
	struct tt_error err = {0};
	int ret;

	if (path == NULL)
		ret = tt_error_set(&err, -ENOMEM, v->dir, "out of memory");
	else
		ret = check_bytes(path, file, &err);
	if (ret == 0)
		ret = tt_verify_table(snapshot, table, sums, &err);
	if (ret != 0)
		report(v, &err);
	free(path);
}

struct claim {
	enum tt_table table; /* whose sum it is */
	const char *what;
	int64_t sum, expected;
	bool at_most; /* enough that the sum is not greater */
	const char *by; /* who expects it, where that is not interval.parquet */
};

static void
check_claim(struct verify *v, const struct tt_sums *sums, const struct claim *c)
{
	struct tt_error err = {0};
	char *path;

	if (!sums->read[c->table]
			|| (c->at_most ? c->sum <= c->expected : c->sum == c->expected))
		return;
	path = tt_path_join(v->dir, tt_schema_of(c->table)->file);
	tt_error_set(&err, -EBADMSG, path, "%s: %lld; %s says %lld", c->what,
			(long long)c->sum, c->by == NULL ? "interval.parquet" : c->by,
			(long long)c->expected);
	report(v, &err);
	free(path);
}

/* What the tables must agree on with the interval. One line per file: the first that fails. */
static void
check_sums(struct verify *v, const struct tt_manifest *m, const struct tt_sums *s)
{
	bool bound = !m->exact;
	/* A pair of source and target is counted once from either side (decision 0003). */
	bool both = m->exact && s->read[TT_TABLE_SOURCES];
	int64_t pairs = both ? s->source_targets : s->target_sources;
	const struct claim claims[] = {
			{TT_TABLE_TARGETS, "packets", s->target_packets, m->packets,
					false},
			{TT_TABLE_TARGETS, "bytes", s->target_bytes, m->bytes, false},
			{TT_TABLE_TARGETS, "distinct targets", s->distinct_targets,
					m->targets, false},
			{TT_TABLE_TARGETS, "sources of all targets", s->target_sources,
					pairs, false, "sources.parquet"},
			{TT_TABLE_SOURCES, "sources", s->source_rows, m->uniq_src_ip,
					false},
			{TT_TABLE_SOURCES, "packets", s->source_packets, m->packets,
					bound},
			{TT_TABLE_SOURCES, "bytes", s->source_bytes, m->bytes, bound},
			{TT_TABLE_LEDGER, "frames", (int64_t)s->ledger.frames, m->frames,
					false},
			{TT_TABLE_LEDGER, "packets counted", (int64_t)s->ledger.counted,
					m->packets, false},
	};
	int before = v->n_damaged;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(claims); i++) {
		if (i > 0 && claims[i].table != claims[i - 1].table)
			before = v->n_damaged;
		if (v->n_damaged == before)
			check_claim(v, s, &claims[i]);
	}
}

static bool
is_listed(const char *name)
{
	if (strcmp(name, TT_MANIFEST_FILE) == 0)
		return true;
	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		if (strcmp(name, tt_schema_of((enum tt_table)i)->file) == 0)
			return true;
	}
	return false;
}

static void
check_extra(struct verify *v)
{
	DIR *dir = opendir(v->dir);
	const struct dirent *entry;
	struct tt_error err = {0};

	if (dir == NULL) {
		tt_error_set(&err, -errno, v->dir, "%s", strerror(errno));
		report(v, &err);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		char *path;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0
				|| is_listed(entry->d_name))
			continue;
		path = tt_path_join(v->dir, entry->d_name);
		tt_error_set(&err, -EBADMSG, path, "the manifest does not list it");
		report(v, &err);
		free(path);
	}
	closedir(dir);
}

static int
check_manifest(struct verify *v, struct tt_snapshot *snapshot)
{
	struct tt_error err = {0};
	struct tt_text text;
	char *path;
	int ret = tt_manifest_read(v->dir, &text, &snapshot->manifest, &err);

	if (ret != 0) {
		report(v, &err);
		return ret;
	}
	if (!tt_manifest_intact(text.bytes, text.size)) {
		path = tt_path_join(v->dir, TT_MANIFEST_FILE);
		tt_error_set(&err, -EBADMSG, path,
				"its bytes changed: they are not those of its own "
				"manifest_sha256");
		report(v, &err);
		free(path);
	}
	free(text.bytes);
	return 0;
}

static void
check_place(struct verify *v, const struct tt_place *place, const struct tt_manifest *m)
{
	struct tt_error err = {0};

	if (tt_place_check(place, m, v->dir, &err) != 0)
		report(v, &err);
}

static int
verify_at(const char *path, const struct tt_place *place,
		void (*damaged)(void *context, const struct tt_error *err), void *context)
{
	struct verify v = {.dir = path, .damaged = damaged, .context = context};
	struct tt_snapshot snapshot = {.path = strdup(path)};
	struct tt_sums sums = {0};

	if (snapshot.path == NULL)
		return -ENOMEM;
	if (check_manifest(&v, &snapshot) == 0) {
		check_place(&v, place, &snapshot.manifest);
		for (unsigned i = 0; i < TT_N_TABLES; i++)
			check_table(&v, &snapshot, (enum tt_table)i, &sums);
		check_sums(&v, &snapshot.manifest, &sums);
		check_extra(&v);
	}
	tt_manifest_fini(&snapshot.manifest);
	free(snapshot.path);
	return v.n_damaged;
}

int
tt_snapshot_verify(const char *path,
		void (*damaged)(void *context, const struct tt_error *err), void *context)
{
	struct tt_place place;
	int ret = tt_place_of_path(&place, path);

	if (ret == 0)
		ret = verify_at(path, &place, damaged, context);
	tt_place_fini(&place);
	return ret;
}

int
tt_snapshot_verify_listed(const struct tt_snapshot_list *list, size_t i,
		void (*damaged)(void *context, const struct tt_error *err), void *context)
{
	struct tt_place place;
	int ret = tt_place_of(&place, list, i);

	if (ret == 0)
		ret = verify_at(list->refs[i].path, &place, damaged, context);
	tt_place_fini(&place);
	return ret;
}
