/* SPDX-License-Identifier: BSD-3-Clause */
#include "merging.h"
#include "progress.h"
#include "tt_spool.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
		"Usage: teiten merge --spool OUT --sensor NAME [OPTION…] PATH…\n"
		"Merges the snapshots of several sensors into those of one, NAME, in OUT: what one\n"
		"sensor of all their addresses would have written. Each PATH is a spool, a\n"
		"sensor's directory, a day, or one snapshot; it is only read. What NAME has\n"
		"already is passed over, so that a run that was stopped is taken up again.\n"
		"\n"
		"  --spool OUT         the spool to write to\n"
		"  --sensor NAME       the sensor to write as; its own snapshots are not merged\n"
		"  --per PERIOD        merge those of the same interval (default), hour, day, or all\n"
		"  --from TIME         intervals that start at TIME or later\n"
		"  --to TIME           intervals that start before TIME\n"
		"  --pair-rows N       the most rows of table pairs (default 1048576)\n"
		"  --contact-rows N    the most rows of table contacts (default 1048576)\n"
		"  --heavy-rows N      the most rows of talkers and source_ports (default 1048576)\n"
		"  -h, --help          print this\n"
		"\n"
		"TIME is UTC, such as 2026-11-22 or 2026-11-22T22:55:00Z.\n";

enum {
	OPT_SPOOL = 256,
	OPT_SENSOR,
	OPT_PER,
	OPT_FROM,
	OPT_TO,
	OPT_PAIRS,
	OPT_CONTACTS,
	OPT_HEAVY,
};

static const struct option options[] = {
		{"spool", required_argument, NULL, OPT_SPOOL},
		{"sensor", required_argument, NULL, OPT_SENSOR},
		{"per", required_argument, NULL, OPT_PER},
		{"from", required_argument, NULL, OPT_FROM},
		{"to", required_argument, NULL, OPT_TO},
		{"pair-rows", required_argument, NULL, OPT_PAIRS},
		{"contact-rows", required_argument, NULL, OPT_CONTACTS},
		{"heavy-rows", required_argument, NULL, OPT_HEAVY},
		{"help", no_argument, NULL, 'h'},
		{0},
};

static const char *const kinds[] = {"interval", "all", NULL};

struct wish {
	struct selection selection;
	const char *spool, *sensor;
	struct period period;
	size_t pair_rows, contact_rows, heavy_rows;
};

static bool
take_period(struct tool *tool, struct wish *w)
{
	if (period_parse(optarg, kinds, &w->period))
		return true;
	tool->status = tool_usage(tool,
			"--per: \"%s\" is none of interval, hour, day, all", optarg);
	return false;
}

static bool
take(struct tool *tool, struct wish *w, int option)
{
	switch (option) {
	case OPT_SPOOL:
		w->spool = optarg;
		return true;
	case OPT_SENSOR:
		w->sensor = optarg;
		return true;
	case OPT_PER:
		return take_period(tool, w);
	case OPT_FROM:
		return tool_time(tool, "--from", &w->selection.from_us);
	case OPT_TO:
		return tool_time(tool, "--to", &w->selection.to_us);
	case OPT_PAIRS:
		return tool_number(tool, "--pair-rows", &w->pair_rows);
	case OPT_CONTACTS:
		return tool_number(tool, "--contact-rows", &w->contact_rows);
	default:
		return tool_number(tool, "--heavy-rows", &w->heavy_rows);
	}
}

/* All snapshots that were chosen, of all operands. */
struct inputs {
	struct tt_snapshot_list *lists; /* [n_lists] */
	size_t n_lists;
	const struct tt_snapshot_ref **refs; /* [n], by period */
	size_t n;
};

static void
inputs_fini(struct inputs *in)
{
	for (size_t i = 0; i < in->n_lists; i++)
		tt_snapshot_list_fini(&in->lists[i]);
	free(in->lists);
	free(in->refs);
}

/* Does the snapshot lie in the directory that is written to? */
static bool
is_own(const struct tt_snapshot_ref *ref, const struct stat *own)
{
	char *path = strndup(ref->path, ref->sensor_length);
	struct stat st;
	bool same = path != NULL && stat(path, &st) == 0 && st.st_dev == own->st_dev
			&& st.st_ino == own->st_ino;

	free(path);
	return same;
}

static bool
add_refs(struct inputs *in, const struct tt_snapshot_list *list, const struct stat *own)
{
	const struct tt_snapshot_ref **more = reallocarray(
			in->refs, in->n + list->n + 1, sizeof(struct tt_snapshot_ref *));

	if (more == NULL)
		return false;
	in->refs = more;
	for (size_t i = 0; i < list->n; i++)
		if (!is_own(&list->refs[i], own))
			in->refs[in->n++] = &list->refs[i];
	return true;
}

static bool
list_inputs(const struct tool *tool, struct wish *w, const char *own_path,
		struct inputs *in)
{
	struct stat own = {0};

	if (stat(own_path, &own) != 0)
		own = (struct stat){0};
	in->lists = calloc((size_t)(tool->argc - optind), sizeof(*in->lists));
	if (in->lists == NULL)
		return false;
	for (int i = optind; i < tool->argc; i++) {
		size_t before = in->n;

		w->selection.path = tool->argv[i];
		if (!tool_select(tool, &w->selection, &in->lists[in->n_lists]))
			return false;
		in->n_lists++;
		if (!add_refs(in, &in->lists[in->n_lists - 1], &own))
			return false;
		if (in->n == before)
			fprintf(stderr, "%s: no such snapshots in %s\n", tool->name,
					tool->argv[i]);
	}
	return true;
}

static int
by_start(const void *a, const void *b)
{
	const struct tt_snapshot_ref *x = *(const struct tt_snapshot_ref *const *)a;
	const struct tt_snapshot_ref *y = *(const struct tt_snapshot_ref *const *)b;

	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* Merges refs[n], the snapshots of one period. Returns the exit status. */
static int
merge_period(const struct tool *tool, const struct wish *w,
		struct tt_compactor *compactor, const struct tt_snapshot_ref *const *refs,
		size_t n)
{
	const char **parts = calloc(n, sizeof(*parts));
	char host[TT_RUN_TEXT_MAX] = "";
	struct tt_compact_job job = {.parts = parts,
			.n_parts = n,
			.sensor = w->sensor,
			.pair_rows = w->pair_rows,
			.contact_rows = w->contact_rows,
			.heavy_rows = w->heavy_rows,
			.program = "teiten merge",
			.version = TT_VERSION,
			.host = host,
			.workers = 1,
			.sync = true,
			.progress = merging_progress,
			.context = (void *)(uintptr_t)w->sensor};
	struct tt_compact_result result;
	struct tt_error err = {0};
	bool intervals = w->period.interval;
	char *path;
	int ret;

	if (parts == NULL)
		return EXIT_DATA;
	gethostname(host, sizeof(host) - 1);
	for (size_t i = 0; i < n; i++) {
		parts[i] = refs[i]->path;
		intervals = intervals && refs[i]->end_us == 0;
	}
	ret = tt_compactor_publish(compactor, intervals, &job, &result, &path, &err);
	progress_clear();
	free(parts);
	if (ret == 0) {
		merging_print(path, n, &result);
		free(path);
		return EXIT_OK;
	}
	tt_error_print(tool->name, &err);
	return EXIT_DATA;
}

/* The end of what a name says that it spans: of a single interval, at least its first moment. */
static int64_t
named_end(const struct tt_snapshot_ref *ref)
{
	return ref->end_us != 0 ? ref->end_us : ref->start_us + 1;
}

/* The first snapshot of the result, by start, that shares time with an input; NULL for none. */
static const struct tt_snapshot_ref *
shared_with(const struct tt_snapshot_list *result, const struct tt_snapshot_ref *input)
{
	size_t low = 0, high = result->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (named_end(&result->refs[middle]) <= input->start_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low < result->n && result->refs[low].start_us < named_end(input)
			? &result->refs[low]
			: NULL;
}

/*
 * Passes over what the result has already, and says how many these were. Returns false where it has
 * a part of the time of an input, which then would be counted twice, or not at all.
 */
static bool
leave_out(const struct tool *tool, const struct wish *w,
		const struct tt_snapshot_list *result, struct inputs *in)
{
	size_t n = 0, before = in->n;

	for (size_t i = 0; i < before; i++) {
		const struct tt_snapshot_ref *input = in->refs[i];
		const struct tt_snapshot_ref *has = shared_with(result, input);

		if (has == NULL) {
			in->refs[n++] = in->refs[i];
		} else if (has->start_us > input->start_us
				|| named_end(input) > named_end(has)) {
			fprintf(stderr, "%s: %s: %s has a part of its time already\n",
					tool->name, input->path, has->path);
			return false;
		}
	}
	in->n = n;
	if (n < before)
		printf("%s/%s: %zu snapshot%s passed over, whose time it has already\n",
				w->spool, w->sensor, before - n,
				before - n == 1 ? "" : "s");
	return true;
}

static int
merge_all(const struct tool *tool, const struct wish *w, struct tt_compactor *compactor,
		const struct inputs *in)
{
	int status = EXIT_OK;

	for (size_t i = 0, n; i < in->n; i += n) {
		int64_t start = period_start(&w->period, in->refs[i]->start_us);
		int ret;

		for (n = 1; i + n < in->n
				&& period_start(&w->period, in->refs[i + n]->start_us)
						== start;)
			n++;
		ret = merge_period(tool, w, compactor, &in->refs[i], n);
		status = ret == EXIT_OK ? status : ret;
	}
	return status;
}

/* Merges what the result, in `path`, does not have yet. */
static int
merge_new(const struct tool *tool, const struct wish *w, const char *path,
		struct tt_compactor *compactor, struct inputs *in)
{
	struct tt_snapshot_list result;
	struct tt_error err = {0};
	int status = EXIT_DATA;

	if (tt_snapshot_list_scan(&result, path, TT_TIME_MIN, INT64_MAX, &err) != 0) {
		tt_error_print(tool->name, &err);
		return EXIT_DATA;
	}
	if (leave_out(tool, w, &result, in))
		status = merge_all(tool, w, compactor, in);
	tt_snapshot_list_fini(&result);
	return status;
}

static int
merge(const struct tool *tool, struct wish *w)
{
	struct tt_compactor compactor = {.fd = -1, .lock_fd = -1};
	struct inputs in = {0};
	struct tt_spool *spool = NULL;
	struct tt_error err = {0};
	int status = EXIT_DATA;
	char *path;

	if (asprintf(&path, "%s/%s", w->spool, w->sensor) < 0)
		return EXIT_DATA;
	if (!list_inputs(tool, w, path, &in)) {
		status = EXIT_DATA;
	} else if (tt_spool_open(&spool, w->spool, w->sensor, TT_SYNC_EACH, &err) != 0
			|| tt_compactor_open(&compactor, path, &err) != 0) {
		tt_error_print(tool->name, &err);
	} else {
		if (in.n > 1)
			qsort(in.refs, in.n, sizeof(in.refs[0]), by_start);
		status = merge_new(tool, w, path, &compactor, &in);
	}
	tt_compactor_close(&compactor);
	tt_spool_close(spool);
	inputs_fini(&in);
	free(path);
	return status;
}

int
cmd_merge(int argc, char **argv)
{
	struct tool tool = {"teiten merge", help, options, ":h", argc, argv, 0};
	struct wish w = {.selection = SELECTION_ALL, .period = {.interval = true}};
	int option;

	while ((option = tool_option(&tool)) != -1) {
		if (option == 0 || !take(&tool, &w, option))
			return tool.status;
	}
	if (w.spool == NULL)
		return tool_usage(&tool, "--spool is missing");
	if (w.sensor == NULL)
		return tool_usage(&tool, "--sensor is missing");
	if (!tt_sensor_name_valid(w.sensor))
		return tool_usage(&tool, "--sensor: a sensor's name is " TT_SENSOR_RULE);
	if (optind == argc)
		return tool_usage(&tool, "PATH is missing");
	return merge(&tool, &w);
}
