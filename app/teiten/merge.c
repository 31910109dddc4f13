/* SPDX-License-Identifier: BSD-3-Clause */
#include "merge.h"
#include "progress.h"
#include "tt_spool.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
		"Usage: teiten merge --spool OUT --sensor NAME [OPTION…] PATH…\n"
		"Merges the snapshots of several sensors into those of one, NAME, in OUT: what one\n"
		"sensor of all their addresses would have written. Each PATH is a spool, a\n"
		"sensor's directory, a day, or one snapshot; it is only read. What NAME is made\n"
		"of already is passed over, so that a run that was stopped is taken up again; a\n"
		"snapshot of NAME that lacks a sensor is made anew with it.\n"
		"\n"
		"  --spool OUT         the spool to write to, none that a PATH is of\n"
		"  --sensor NAME       the sensor to write as; in OUT it has only what was merged\n"
		"  --beside            OUT may be one: who reads all of it then counts both, and has\n"
		"                      to choose by --sensor\n"
		"  --per PERIOD        merge those of the same interval (default; all of one length),\n"
		"                      hour, day, or all\n"
		"  --from TIME         intervals that start at TIME or later\n"
		"  --to TIME           intervals that start before TIME\n"
		"  --pair-rows N       the most rows of table pairs (default 1048576)\n"
		"  --contact-rows N    the most rows of table contacts (default 1048576)\n"
		"  --heavy-rows N      the most rows of talkers and source_ports (default 1048576)\n"
		"  -h, --help          print this\n"
		"\n"
		"TIME is UTC, such as 2026-11-22 or 2026-11-22T22:55:00Z, or has an offset from\n"
		"it: 2026-11-22T22:55+09:00.\n";

enum {
	OPT_SPOOL = 256,
	OPT_SENSOR,
	OPT_BESIDE,
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
		{"beside", no_argument, NULL, OPT_BESIDE},
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

static bool
take_period(struct tool *tool, struct merging *m)
{
	if (period_parse(optarg, kinds, &m->period))
		return true;
	tool->status = tool_usage(tool,
			"--per: \"%s\" is none of interval, hour, day, all", optarg);
	return false;
}

static bool
take(struct tool *tool, struct merging *m, int option)
{
	switch (option) {
	case OPT_SPOOL:
		m->spool = optarg;
		return true;
	case OPT_SENSOR:
		m->sensor = optarg;
		return true;
	case OPT_BESIDE:
		m->beside = true;
		return true;
	case OPT_PER:
		return take_period(tool, m);
	case OPT_FROM:
		return tool_time(tool, "--from", &m->selection.from_us);
	case OPT_TO:
		return tool_time(tool, "--to", &m->selection.to_us);
	case OPT_PAIRS:
		return tool_number(tool, "--pair-rows", &m->pair_rows);
	case OPT_CONTACTS:
		return tool_number(tool, "--contact-rows", &m->contact_rows);
	default:
		return tool_number(tool, "--heavy-rows", &m->heavy_rows);
	}
}

/* What becomes one snapshot, and what that replaces of the result's own. */
struct group {
	const char **parts; /* [n] */
	size_t n;
	const char **own; /* [n_own]; among the parts, or made of what these are made of */
	size_t n_own;
	bool interval; /* all have the name of a single interval */
};

static void
group_fini(struct group *g)
{
	free(g->parts);
	free(g->own);
}

/* Of inputs [n], those that are lacking join the result's own; or all others take the place of these.
 * Returns false if memory is short. */
static bool
group_init(struct group *g, const struct merging *m, const struct input *inputs, size_t n,
		bool remake)
{
	*g = (struct group){.parts = calloc(n, sizeof(*g->parts)),
			.own = calloc(n, sizeof(*g->own)),
			.interval = m->period.interval};
	if (g->parts == NULL || g->own == NULL) {
		group_fini(g);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		const char *path = inputs[i].ref->path;
		bool own = inputs[i].is == INPUT_OWN;

		if (own)
			g->own[g->n_own++] = path;
		if (remake ? !own : own || inputs[i].is == INPUT_LACKING)
			g->parts[g->n++] = path;
		g->interval = g->interval && inputs[i].ref->end_us == 0;
	}
	return true;
}

/* Makes one snapshot of a group. Returns 0 or a negative errno. */
static int
publish(struct merging *m, const struct group *g, size_t sensors, struct tt_error *err)
{
	char host[TT_RUN_TEXT_MAX] = "", *path;
	struct tt_compact_job job = {.parts = g->parts,
			.n_parts = g->n,
			.replaced = g->own,
			.n_replaced = g->n_own,
			.sensor = m->sensor,
			.pair_rows = m->pair_rows,
			.contact_rows = m->contact_rows,
			.heavy_rows = m->heavy_rows,
			.merges = true,
			.program = "teiten merge",
			.version = TT_VERSION,
			.host = host,
			.workers = 1,
			.sync = true,
			.progress = merging_progress,
			.context = (void *)(uintptr_t)m->sensor};
	struct tt_compact_result result;
	int ret;

	gethostname(host, sizeof(host) - 1);
	ret = tt_compactor_publish(&m->compactor, g->interval, &job, &result, &path, err);
	progress_clear();
	if (ret != 0)
		return ret;
	merging_print(path, g->n, sensors, &result);
	m->compactor.deleted = merging_deleted;
	m->compactor.context = job.context;
	ret = tt_compactor_delete_parts(&m->compactor, path, g->own, g->n_own, err);
	progress_clear();
	free(path);
	return ret;
}

/* Makes one snapshot of those that the result lacks and its own, of inputs [n]; or one beside the other,
 * where time is there again. Returns the exit status. */
static int
merge_inputs(struct merging *m, const struct inputs *in, struct input *inputs, size_t n,
		bool remake)
{
	struct tt_error err = {0};
	struct group g;
	size_t kept = n;
	int ret = 0, status;

	if (!group_init(&g, m, inputs, n, remake))
		return EXIT_DATA;
	if (remake || g.n > g.n_own)
		ret = publish(m, &g, in->n_sensors, &err);
	group_fini(&g);
	if (ret == -EEXIST && !remake)
		kept = merge_set_aside(inputs, n);
	if (kept < n) {
		status = merge_inputs(m, in, inputs, kept, false);
		ret = merge_inputs(m, in, inputs + kept, n - kept, false);
		return status == EXIT_OK ? ret : status;
	}
	if (ret == 0)
		return EXIT_OK;
	tt_error_print(m->tool->name, &err);
	return EXIT_DATA;
}

/* Of a snapshot that the result is made of a part of, the rest cannot be told apart: the result's own are
 * made anew of what was chosen, if that is all that they are made of. */
static int
merge_period(struct merging *m, const struct inputs *in, struct input *inputs, size_t n)
{
	size_t left = 0, partly = 0;
	int status;

	for (size_t i = 0; i < n; i++)
		partly += inputs[i].is == INPUT_PARTLY;
	if (partly > 0 && merge_can_remake(inputs, n))
		return merge_inputs(m, in, inputs, n, true);
	for (size_t i = 0; i < n; i++) {
		if (inputs[i].is == INPUT_PARTLY)
			fprintf(stderr,
					"%s: %s: %s is made of a part of it, and of others "
					"that were not given\n",
					m->tool->name, inputs[i].ref->path, m->sensor);
		else if (inputs[i].is != INPUT_HAD)
			inputs[left++] = inputs[i];
	}
	status = left == 0 ? EXIT_OK : merge_inputs(m, in, inputs, left, false);
	return partly > 0 ? EXIT_DATA : status;
}

/* Those of the same period, and those in the time of one of the result's own, become one. */
static void
merge_all(struct merging *m, struct inputs *in)
{
	for (size_t i = 0, n; i < in->n; i += n) {
		int64_t start = period_start(&m->period, in->all[i].ref->start_us);
		int64_t until = INT64_MIN;
		int ret;

		for (n = 0; i + n < in->n; n++) {
			const struct input *next = &in->all[i + n];

			if (next->ref->start_us >= until
					&& period_start(&m->period, next->ref->start_us)
							!= start)
				break;
			if (next->is == INPUT_OWN && merge_named_end(next->ref) > until)
				until = merge_named_end(next->ref);
		}
		ret = merge_period(m, in, &in->all[i], n);
		m->status = ret == EXIT_OK ? m->status : ret;
	}
}

/* Takes the locks of the result, the writer's as well. Who must wait for a report has neither meanwhile. Returns 0 or a negative
 * errno; waited: what was listed before may be gone. */
static int
take_locks(struct merging *m, struct tt_spool **spool, bool *waited, struct tt_error *err)
{
	bool gave_up = false;
	int ret = tt_spool_open(spool, m->spool, m->sensor, TT_SYNC_EACH, err);

	if (ret == 0)
		ret = tt_compactor_open(&m->compactor, m->path, 0, err);
	*waited = ret == -EAGAIN && *spool != NULL;
	if (!*waited)
		return ret;
	tt_spool_close(*spool);
	*spool = NULL;
	ret = merging_open(m->tool, &m->compactor, m->path, &gave_up, err);
	if (ret == 0)
		ret = tt_spool_open(spool, m->spool, m->sensor, TT_SYNC_EACH, err);
	return ret;
}

/* Lists what was chosen, and takes the locks. Returns false where that failed, and has said so. */
static bool
begin(struct merging *m, struct tt_spool **spool, struct inputs *in)
{
	struct tt_error err = {0};
	bool waited;

	if (!merge_list(m, in) || !merge_check_beside(m, in))
		return false;
	if (take_locks(m, spool, &waited, &err) != 0) {
		tt_error_print(m->tool->name, &err);
		return false;
	}
	if (m->compactor.left.code != 0) {
		tt_error_print(m->tool->name, &m->compactor.left);
		return false;
	}
	if (!waited)
		return true;
	merge_inputs_fini(in);
	*in = (struct inputs){0};
	return merge_list(m, in);
}

static int
merge(struct merging *m)
{
	struct tt_spool *spool = NULL;
	struct inputs in = {0};

	if (asprintf(&m->path, "%s/%s", m->spool, m->sensor) < 0)
		return EXIT_DATA;
	if (!begin(m, &spool, &in) || !merge_choose(m, &in)
			|| (m->period.interval && !merge_check_lengths(m, &in)))
		m->status = EXIT_DATA;
	else
		merge_all(m, &in);
	tt_compactor_close(&m->compactor);
	tt_spool_close(spool);
	merge_inputs_fini(&in);
	free(m->empty);
	free(m->path);
	return m->status;
}

int
cmd_merge(int argc, char **argv)
{
	struct tool tool = {"teiten merge", help, options, ":h", argc, argv, 0};
	struct merging m = {.tool = &tool,
			.selection = SELECTION_ALL,
			.period = {.interval = true},
			.compactor = {.fd = -1, .lock_fd = -1}};
	int option;

	while ((option = tool_option(&tool)) != -1) {
		if (option == 0 || !take(&tool, &m, option))
			return tool.status;
	}
	if (m.spool == NULL)
		return tool_usage(&tool, "--spool is missing");
	if (m.sensor == NULL)
		return tool_usage(&tool, "--sensor is missing");
	if (!tt_sensor_name_valid(m.sensor))
		return tool_usage(&tool, "--sensor: a sensor's name is " TT_SENSOR_RULE);
	if (optind == argc)
		return tool_usage(&tool, "PATH is missing");
	if (!tool_span(&tool, &m.selection))
		return tool.status;
	return merge(&m);
}
