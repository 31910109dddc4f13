/* SPDX-License-Identifier: BSD-3-Clause */
/* The snapshots of one period become one. */
#include "compact.h"
#include "progress.h"

#include <string.h>
#include <unistd.h>

/* Says which snapshots, of those in one period, cannot be one with the others. */
static void
print_aside(const char *path, const char *const *aside, size_t n)
{
	if (n > 0)
		printf("%s: %zu snapshot%s of time that it has already, such as %s, stay%s "
		       "beside it: the clock was set back\n",
				path, n, n == 1 ? "" : "s", aside[0], n == 1 ? "s" : "");
}

/* Makes one snapshot of parts [n], and deletes these. Returns its path, which the caller frees, or
 * NULL. */
static char *
run(struct compacting *c, struct tt_compactor *compactor, const char *const *parts,
		size_t n)
{
	char host[TT_RUN_TEXT_MAX] = "", *path = NULL;
	struct tt_compact_result result;
	struct tt_snapshot *first;
	struct tt_error err = {0};
	struct tt_compact_job job = {.parts = parts,
			.n_parts = n,
			.pair_rows = c->pair_rows,
			.contact_rows = c->contact_rows,
			.heavy_rows = c->heavy_rows,
			.program = c->tool.name,
			.version = TT_VERSION,
			.host = host,
			.workers = 1,
			.sync = true,
			.progress = merging_progress};
	int ret;

	/* The sensor's name is in its snapshots; the directory may have been given as ".". */
	if (tt_snapshot_open(&first, parts[0], &err) != 0) {
		compact_fail(c, &err);
		return NULL;
	}
	job.sensor = first->manifest.sensor;
	job.context = c->label;
	compactor->deleted = merging_deleted;
	compactor->context = c->label;
	gethostname(host, sizeof(host) - 1);
	ret = tt_compactor_publish(compactor, false, &job, &result, &path, &err);
	if (ret == 0) {
		progress_clear();
		merging_print(path, n, 0, &result);
		c->n_merged++;
		c->n_parts += n;
		ret = tt_compactor_delete_parts(compactor, path, parts, n, &err);
	}
	progress_clear();
	if (ret != 0)
		compact_fail(c, &err);
	tt_snapshot_close(first);
	return path;
}

/* Puts first, of paths [n], those that can be one snapshot. Returns how many these are. */
static size_t
choose(struct compacting *c, const char **paths, const struct tt_snapshot_ref *refs,
		size_t n)
{
	bool *aside = calloc(n, sizeof(*aside));
	struct tt_error err = {0};
	size_t kept = 0, left = 0;

	for (size_t i = 0; i < n; i++)
		paths[i] = refs[i].path;
	if (aside == NULL || tt_compact_disjoint(paths, n, aside, &err) != 0) {
		if (aside != NULL)
			compact_fail(c, &err);
		free(aside);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		kept += !aside[i];
	for (size_t i = 0, at = 0; i < n; i++)
		paths[aside[i] ? kept + left++ : at++] = refs[i].path;
	free(aside);
	return kept;
}

/* May these be deleted once they are one? Says why not. */
static bool
are_own(struct compacting *c, const struct tt_snapshot_ref *refs, size_t n)
{
	struct tt_error err = {0};

	for (size_t i = 0; i < n; i++) {
		merging_checked(c->label, i + 1, n);
		if (tt_compactor_check(refs[i].path, &err) != 0) {
			compact_fail(c, &err);
			return false;
		}
	}
	return true;
}

/* What the progress is of: "s, 2 of 60". */
static void
name_period(struct compacting *c, const struct tt_snapshot_ref *ref)
{
	const char *slash = memrchr(ref->path, '/', ref->sensor_length);
	const char *name = slash == NULL ? ref->path : slash + 1;

	c->period_at++;
	snprintf(c->label, sizeof(c->label), "%.*s, %zu of %zu",
			(int)(ref->path + ref->sensor_length - name), name, c->period_at,
			c->n_periods);
}

void
compact_period(struct compacting *c, const struct tt_snapshot_ref *refs, size_t n)
{
	struct tt_compactor *compactor = compact_of(c, &refs[0]);
	const char **paths;
	size_t kept;
	char *path;

	name_period(c, &refs[0]);
	if (!are_own(c, refs, n))
		return;
	if (c->dry_run) {
		progress_clear();
		printf("%s: would become one with the %zu that follow it\n", refs[0].path,
				n - 1);
		return;
	}
	paths = compactor == NULL ? NULL : calloc(n, sizeof(*paths));
	if (paths == NULL)
		return;
	kept = choose(c, paths, refs, n);
	path = kept < 2 ? NULL : run(c, compactor, paths, kept);
	progress_clear();
	if (path != NULL)
		print_aside(path, paths + kept, n - kept);
	free(path);
	free(paths);
}
