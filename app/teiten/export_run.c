/* SPDX-License-Identifier: BSD-3-Clause */
#include "export.h"
#include "progress.h"
#include "stop.h"
#include "tt_twice.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct run {
	const struct tool *tool;
	const struct wish *wish;
	const struct tt_snapshot_list *list;
	struct tt_export *export;
	bool *skip; /* [list->n] of another sensor, or damaged and said to be */
	size_t at; /* snapshot that is being read */
	unsigned pass, passes; /* over all snapshots: one for each table */
	size_t n; /* snapshots that were chosen */
	struct tt_twices twices; /* of these */
	struct tt_owners owners;
	int status;
};

static void
say(const struct run *r, const struct tt_error *err)
{
	progress_clear();
	tt_error_print(r->tool->name, err);
}

static int
tick(void *context, uint64_t rows)
{
	const struct run *r = context;
	double share = ((double)r->pass + (double)r->at / (double)r->list->n) / r->passes;
	struct tt_error err;

	if (progress_due())
		progress_draw(share, "%.1f million rows, %.1f million/s",
				(double)rows / 1e6, progress_rate(rows));
	return stop_wanted(&err);
}

static void
left_out(void *context, const struct tt_error *err)
{
	struct run *r = context;

	r->status = EXIT_DATA;
	say(r, err);
}

/* A signal was said by stop_wanted. Who reads rows may have enough of them; what reads series is a
 * database, that lacks what comes after. */
static int
fail(struct run *r, int ret, struct tt_error *err)
{
	enum tt_export_place place = tt_export_place_of(r->wish->options.format);

	if (ret == -EPIPE && place != TT_EXPORT_SERIES)
		return ret;
	r->status = EXIT_DATA;
	if (ret == -EINTR && stop_wanted(err) != 0)
		r->status = stop_status();
	say(r, err);
	return ret;
}

/* Returns 0 also where the snapshot is passed over, which is said. */
static int
export_one(struct run *r, size_t i)
{
	struct tt_snapshot *snapshot;
	struct tt_error err = {0};
	int ret = tt_snapshot_open(&snapshot, r->list->refs[i].path, &err);

	if (ret != 0) {
		r->skip[i] = true;
		r->status = EXIT_DATA;
		tool_explain_gone(r->list->refs[i].path, &err);
		say(r, &err);
		return 0;
	}
	r->skip[i] = !sensors_want(&r->tool->sensors, snapshot->manifest.sensor,
			strlen(snapshot->manifest.sensor));
	if (!r->skip[i]) {
		ret = tt_export_snapshot(r->export, snapshot, &err);
		r->n += r->pass == 0;
		if (ret == 0 && r->pass == 0
				&& (tt_twices_add(&r->twices, &r->list->refs[i], snapshot)
								!= 0
						|| tt_owners_add(&r->owners,
								   &snapshot->manifest,
								   (uint32_t)i)
								!= 0))
			ret = tt_error_set(&err, -ENOMEM, r->list->refs[i].path,
					"out of memory");
	}
	tt_snapshot_close(snapshot);
	if (ret == 0)
		ret = tick(r, tt_export_rows(r->export));
	else if (!tt_export_broken(r->export)) {
		r->status = EXIT_DATA;
		tool_explain_gone(r->list->refs[i].path, &err);
		say(r, &err);
		return 0;
	}
	return ret == 0 ? 0 : fail(r, ret, &err);
}

static int
export_table(struct run *r, enum tt_table table)
{
	struct tt_error err = {0};
	int ret = tt_export_begin(r->export, table, &err);

	if (ret != 0)
		return fail(r, ret, &err);
	for (r->at = 0; ret == 0 && r->at < r->list->n; r->at++) {
		if (!r->skip[r->at])
			ret = export_one(r, r->at);
	}
	if (ret != 0)
		return ret;
	ret = tt_export_end(r->export, &err);
	return ret == 0 ? 0 : fail(r, ret, &err);
}

static int
export_tables(struct run *r)
{
	int ret = 0;

	if (tt_export_place_of(r->wish->options.format) == TT_EXPORT_SERIES)
		return export_table(r, TT_TABLE_INTERVAL);
	for (unsigned t = 0; ret == 0 && t < TT_N_TABLES; t++) {
		if (!r->wish->tables[t])
			continue;
		ret = export_table(r, (enum tt_table)t);
		r->pass++;
	}
	return ret;
}

/* What an export without an error may still surprise with. */
static void
say_what_is_missing(struct run *r, uint64_t rows)
{
	const char *name = r->tool->name;

	if (sensors_say_missing(r->tool, r->wish->selection.path))
		r->status = EXIT_DATA;
	if (r->n == 0 && r->tool->sensors.n == 0)
		r->status = tool_no_snapshots(
				r->tool, r->wish->selection.path, &r->wish->selection);
	else if (r->n > 0 && rows == 0)
		fprintf(stderr, "%s: no rows in %zu snapshot%s\n", name, r->n,
				r->n == 1 ? "" : "s");
}

static int
run(struct run *r)
{
	struct tt_export_options options = r->wish->options;
	struct tt_error err = {0};
	uint64_t rows;
	int ret;

	options.tick = tick;
	options.left_out = left_out;
	options.context = r;
	ret = tt_export_open(&r->export, &options, &err);
	if (ret != 0)
		return fail(r, ret, &err);
	ret = export_tables(r);
	rows = tt_export_rows(r->export);
	progress_clear();
	if (ret != 0) {
		tt_export_abandon(r->export);
		return ret;
	}
	ret = tt_export_close(r->export, &err);
	if (ret != 0)
		return fail(r, ret, &err);
	tt_twices_print(&r->twices, r->tool->name);
	sensors_warn_twice(r->tool, r->list, &r->owners);
	if (r->status == EXIT_OK)
		say_what_is_missing(r, rows);
	return 0;
}

int
export_run(const struct tool *tool, const struct wish *wish,
		const struct tt_snapshot_list *list)
{
	struct run r = {.tool = tool,
			.wish = wish,
			.list = list,
			.skip = calloc(list->n + 1, sizeof(*r.skip)),
			.status = list->n_unread == 0 ? EXIT_OK : EXIT_DATA,
			.passes = wish->n_tables > 0 ? wish->n_tables : 1};

	if (r.skip == NULL) {
		fprintf(stderr, "%s: out of memory\n", tool->name);
		r.status = EXIT_DATA;
	} else {
		/* Rows on the terminal and a bar would be in each other's way. */
		if (wish->quiet || (wish->options.out == NULL && isatty(STDOUT_FILENO)))
			progress_off();
		stop_catch_signals();
		for (size_t i = 0; i < list->n; i++)
			r.skip[i] = !sensors_want_ref(&tool->sensors, &list->refs[i]);
		(void)run(&r);
	}
	tt_twices_fini(&r.twices);
	tt_owners_fini(&r.owners);
	free(r.skip);
	return r.status;
}
