/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_verify.h"
#include "tt_packets.h"
#include "tt_verify_compare.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

struct verify {
	const char *dir;
	void (*damaged)(void *context, const struct tt_error *err);
	void *context;
	int n_damaged;
	bool disagrees[TT_N_TABLES]; /* with others */
};

static void
report(struct verify *v, const struct tt_error *err)
{
	v->n_damaged++;
	v->damaged(v->context, err);
}

/* Once the bytes differ, what is read from them proves nothing more. */
static void
check_table(struct verify *v, const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_sums *sums)
{
	struct tt_error err = {0};
	int ret;

	if (!tt_manifest_has(&snapshot->manifest, table))
		return;
	ret = tt_snapshot_check_file(snapshot, table, &err);
	if (ret == 0)
		ret = tt_verify_table(snapshot, table, sums, &err);
	if (ret != 0)
		report(v, &err);
}

/* Names the file of a table that does not agree with others. */
static void
disagree(void *context, enum tt_table table, const char *why)
{
	struct verify *v = context;
	char *path = tt_path_join(v->dir, tt_schema_of(table)->file);
	struct tt_error err = {0};

	v->disagrees[table] = true;
	tt_error_set(&err, -EBADMSG, path, "%s", why);
	report(v, &err);
	free(path);
}

static void
check_ipv6_within(struct verify *v, const struct tt_snapshot *snapshot,
		const struct tt_sums *sums)
{
	const enum tt_table all = TT_TABLE_TARGETS, ipv6 = TT_TABLE_IPV6_TARGETS;
	struct tt_error err = {0};
	char why[TT_VERIFY_WHY_MAX];
	int ret;

	if (!sums->read[all] || !sums->read[ipv6] || v->disagrees[all]
			|| v->disagrees[ipv6])
		return;
	ret = tt_verify_ipv6_within(snapshot, why, &err);
	if (ret < 0)
		report(v, &err);
	else if (ret > 0)
		disagree(v, ipv6, why);
}

/* The packets, where the manifest names them. */
static void
check_packets(struct verify *v, const struct tt_snapshot *snapshot)
{
	const struct tt_manifest *m = &snapshot->manifest;
	struct tt_packet_records records = {0};
	struct tt_error err = {0};
	char *path;

	if (m->packets_file.bytes == 0)
		return;
	if (tt_packets_read(&records, snapshot, &err) != 0) {
		report(v, &err);
	} else if (!tt_packets_are_selected(&records, (size_t)m->packets_per_signature)) {
		path = tt_path_join(v->dir, TT_PACKETS_FILE);
		tt_error_set(&err, -EBADMSG, path,
				"packets out of order, or more of a signature than the "
				"manifest says");
		report(v, &err);
		free(path);
	}
	tt_packets_fini(&records);
}

static bool
is_listed(const char *name, const struct tt_manifest *m)
{
	if (strcmp(name, TT_MANIFEST_FILE) == 0
			|| (m->packets_file.bytes != 0
					&& strcmp(name, TT_PACKETS_FILE) == 0))
		return true;
	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		if (strcmp(name, tt_schema_of((enum tt_table)i)->file) == 0)
			return tt_manifest_has(m, (enum tt_table)i);
	}
	return false;
}

static void
check_extra(struct verify *v, const struct tt_manifest *m)
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
				|| is_listed(entry->d_name, m))
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
	int ret = tt_manifest_read(v->dir, &text, &snapshot->manifest, &err);

	if (ret != 0) {
		report(v, &err);
		return ret;
	}
	if (tt_manifest_check(v->dir, &text, &err) != 0)
		report(v, &err);
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

/* Reads all tables, and compares what they add up to. Ids of rules come before what names them. */
static int
check_tables(struct verify *v, const struct tt_snapshot *snapshot)
{
	struct tt_sums *sums = calloc(1, sizeof(*sums));
	struct tt_error err = {0};
	int ret;

	if (sums == NULL)
		return -ENOMEM;
	ret = tt_prefix_set_parse(&sums->monitored, snapshot->manifest.monitored, &err);
	if (ret == -ENOMEM) {
		free(sums);
		return ret;
	}
	check_table(v, snapshot, TT_TABLE_FINGERPRINT_RULES, sums);
	for (unsigned i = 0; i < TT_N_TABLES; i++)
		if (i != TT_TABLE_FINGERPRINT_RULES)
			check_table(v, snapshot, (enum tt_table)i, sums);
	tt_verify_sums(&snapshot->manifest, sums, disagree, v);
	check_ipv6_within(v, snapshot, sums);
	tt_prefix_set_fini(&sums->monitored);
	free(sums->signature_rules);
	free(sums);
	return 0;
}

static int
verify_at(const char *path, const struct tt_place *place,
		void (*damaged)(void *context, const struct tt_error *err), void *context)
{
	struct verify v = {.dir = path, .damaged = damaged, .context = context};
	struct tt_snapshot snapshot = {.path = strdup(path)};
	int ret = 0;

	if (snapshot.path == NULL)
		return -ENOMEM;
	if (check_manifest(&v, &snapshot) == 0) {
		check_place(&v, place, &snapshot.manifest);
		ret = check_tables(&v, &snapshot);
		check_packets(&v, &snapshot);
		check_extra(&v, &snapshot.manifest);
	}
	tt_manifest_fini(&snapshot.manifest);
	free(snapshot.path);
	return ret != 0 ? ret : v.n_damaged;
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
