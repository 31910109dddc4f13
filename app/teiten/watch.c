/* SPDX-License-Identifier: BSD-3-Clause */
#include "watch.h"
#include "stop.h"
#include "tt_time.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
		"Usage: teiten watch [OPTION…] PATH\n"
		"Follows PATH, a spool or a sensor's directory, compares each target after each\n"
		"interval with its own past, and writes one JSON line where a surge or a new\n"
		"target begins, with its cause, and one where it ends. The same where a sensor\n"
		"falls silent, and is back. Sensors are told apart.\n"
		"\n"
		"  --state FILE      what is known, kept from one run to the next, so that nothing\n"
		"                    is counted or told twice; made if it is not there\n"
		"  --out FILE        append the lines to FILE; what it has is not written again\n"
		"  --sensor SENSOR   of which sensors, with commas between (default: all)\n"
		"  --once            end with the latest snapshot that is there\n"
		"  --from TIME       learn from snapshots that end by TIME, and tell nothing of\n"
		"                    them (default: the TIME that is in the state; without a state\n"
		"                    FILE as yet, now, but with --once nothing is only learnt from)\n"
		"  --to TIME         only snapshots that start before TIME\n"
		"  --poll DURATION   look for new snapshots so often, in seconds or as 500ms, 30s,\n"
		"                    5m (default 10s)\n"
		"  --min-rate RATE   least rise, packets for each monitored address in a day\n"
		"                    (default 0.5)\n"
		"  --ratio RATIO     least rise, as a multiple of what is usual (default 1.2)\n"
		"  --sigmas N        least rise, in standard deviations (default 6)\n"
		"  --lasting DAYS    an event that lasts so long is usual from then on (default 21)\n"
		"  --silent PACKETS  tell of a sensor that has none in a time in which its\n"
		"                    quietest hours have so many (default 30; 0: never)\n"
		"  --overdue DURATION  tell of a sensor of which no snapshot comes for so long\n"
		"                    (default three lengths of a snapshot, 1m at least;\n"
		"                    0: never)\n"
		"  --targets N       remember the past of so many targets (default 16384)\n"
		"  -h, --help        print this\n"
		"\n"
		"TIME is UTC, such as 2026-11-22 or 2026-11-22T22:55:00Z, or has an offset from\n"
		"it: 2026-11-22T22:55+09:00. SIGINT, SIGTERM and SIGHUP end it once the state is\n"
		"saved. docs/watch.md has the keys and the definitions.\n"
		"\n"
		"Exit status: 0; 1 where something went wrong, also if it could go on, and if it\n"
		"was over in the end; 2 for wrong usage; 128 + N where signal N ended it.\n";

enum {
	OPT_STATE = 256,
	OPT_OUT,
	OPT_SENSOR,
	OPT_ONCE,
	OPT_FROM,
	OPT_TO,
	OPT_POLL,
	OPT_RATE,
	OPT_RATIO,
	OPT_SIGMAS,
	OPT_LASTING,
	OPT_SILENT,
	OPT_OVERDUE,
	OPT_TARGETS,
};

static const struct option options[] = {
		{"state", required_argument, NULL, OPT_STATE},
		{"out", required_argument, NULL, OPT_OUT},
		{"sensor", required_argument, NULL, OPT_SENSOR},
		{"once", no_argument, NULL, OPT_ONCE},
		{"from", required_argument, NULL, OPT_FROM},
		{"to", required_argument, NULL, OPT_TO},
		{"poll", required_argument, NULL, OPT_POLL},
		{"min-rate", required_argument, NULL, OPT_RATE},
		{"ratio", required_argument, NULL, OPT_RATIO},
		{"sigmas", required_argument, NULL, OPT_SIGMAS},
		{"lasting", required_argument, NULL, OPT_LASTING},
		{"silent", required_argument, NULL, OPT_SILENT},
		{"overdue", required_argument, NULL, OPT_OVERDUE},
		{"targets", required_argument, NULL, OPT_TARGETS},
		{"help", no_argument, NULL, 'h'},
		{0},
};

/* Takes a number above `above`. */
static bool
take_real(struct tool *tool, const char *option, double above, double *value)
{
	char *end;

	errno = 0;
	*value = strtod(optarg, &end);
	if (end != optarg && *end == '\0' && errno == 0 && isfinite(*value)
			&& *value > above)
		return true;
	tool->status = tool_usage(
			tool, "%s: \"%s\" is no number above %g", option, optarg, above);
	return false;
}

static bool
take_days(struct tool *tool, unsigned *days)
{
	size_t n;

	if (!tool_number(tool, "--lasting", &n))
		return false;
	*days = n > UINT16_MAX ? UINT16_MAX : (unsigned)n;
	return true;
}

/* Seconds as digits alone, or a duration. */
static bool
take_poll(struct watching *w)
{
	size_t seconds;

	if (optarg[strspn(optarg, "0123456789")] != '\0')
		return tool_duration(&w->tool, "--poll", &w->poll_us);
	if (!tool_number(&w->tool, "--poll", &seconds))
		return false;
	if (seconds > TT_TIME_MAX / TT_US_PER_S)
		seconds = TT_TIME_MAX / TT_US_PER_S;
	w->poll_us = (int64_t)seconds * TT_US_PER_S;
	return true;
}

/* 0 is "never" of what else is above it. */
static bool
is_never(void)
{
	return strcmp(optarg, "0") == 0;
}

static bool
take_silent(struct watching *w)
{
	struct tt_watch_options *o = &w->watches.options;

	o->silent_packets = 0;
	return is_never() || take_real(&w->tool, "--silent", 0, &o->silent_packets);
}

static bool
take_overdue(struct watching *w)
{
	struct tt_watch_options *o = &w->watches.options;

	o->overdue_us = 0;
	return is_never() || tool_duration(&w->tool, "--overdue", &o->overdue_us);
}

static bool
take_number(struct watching *w, int option)
{
	struct tt_watch_options *o = &w->watches.options;

	switch (option) {
	case OPT_POLL:
		return take_poll(w);
	case OPT_RATE:
		return take_real(&w->tool, "--min-rate", 0, &o->min_rate);
	case OPT_RATIO:
		return take_real(&w->tool, "--ratio", 1, &o->ratio);
	case OPT_SIGMAS:
		return take_real(&w->tool, "--sigmas", 0, &o->sigmas);
	case OPT_LASTING:
		return take_days(&w->tool, &o->lasting_days);
	case OPT_SILENT:
		return take_silent(w);
	case OPT_OVERDUE:
		return take_overdue(w);
	default:
		return tool_number(&w->tool, "--targets", &o->max_rows);
	}
}

static bool
take(struct watching *w, int option)
{
	switch (option) {
	case OPT_STATE:
		w->state_path = optarg;
		return true;
	case OPT_OUT:
		w->out_path = optarg;
		return true;
	case OPT_SENSOR:
		return sensors_take(&w->tool);
	case OPT_ONCE:
		w->once = true;
		return true;
	case OPT_FROM:
		w->has_from = true;
		return tool_time(&w->tool, "--from", &w->selection.from_us);
	case OPT_TO:
		return tool_time(&w->tool, "--to", &w->selection.to_us);
	default:
		return take_number(w, option);
	}
}

/* The file behind links, so that a link stays one, also where it is not there yet. */
static char *
resolve(const char *path)
{
	char *file = realpath(path, NULL), target[PATH_MAX];
	const char *slash = strrchr(path, '/');
	ssize_t n;

	if (file != NULL)
		return file;
	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return strdup(path);
	target[n] = '\0';
	if (target[0] == '/' || slash == NULL)
		return strdup(target);
	return asprintf(&file, "%.*s/%s", (int)(slash - path), path, target) < 0 ? NULL
										 : file;
}

/* One watch for each state. Returns a descriptor that holds the lock, or -1 and has said why. */
static int
lock_state(const struct watching *w)
{
	struct tt_error err = {0};
	char *path;
	int fd;

	if (asprintf(&path, "%s.lock", w->state_file) < 0)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	free(path);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	tt_error_set(&err, -errno, w->state_path, "%s",
			errno == EWOULDBLOCK ? "another watch has this state"
					     : strerror(errno));
	tt_error_print(w->tool.name, &err);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Takes up what an earlier run left. What was there before nobody asked for it is no news. Returns false where it cannot be read, and has
 * said so. */
static bool
load_state(struct watching *w)
{
	struct tt_error err = {0};
	int ret = w->state_path == NULL
			? -ENOENT
			: tt_watches_load(&w->watches, w->state_file, &err);

	if (ret != 0 && ret != -ENOENT) {
		snprintf(err.where, sizeof(err.where), "%s", w->state_path);
		tt_error_print(w->tool.name, &err);
		return false;
	}
	w->is_new = ret == -ENOENT;
	if (w->has_from)
		w->watches.quiet_until_us = w->selection.from_us;
	else if (ret == -ENOENT)
		w->watches.quiet_until_us = w->once ? TT_TIME_MIN : tt_time_now();
	return true;
}

static bool
open_out(struct watching *w)
{
	struct tt_error err = {0};

	if (watch_out_open(&w->out, w->out_path, &err) == 0)
		return true;
	tt_error_print(w->tool.name, &err);
	return false;
}

static int
watch(struct watching *w)
{
	int lock = -1, status = EXIT_DATA;

	if (w->state_path != NULL) {
		w->state_file = resolve(w->state_path);
		lock = w->state_file == NULL ? -1 : lock_state(w);
	}
	if ((w->state_path == NULL || lock >= 0) && load_state(w) && open_out(w)) {
		stop_catch_signals();
		status = watch_run(w);
	}
	watch_out_close(&w->out);
	tt_watches_fini(&w->watches);
	watch_spool_fini(&w->spool);
	tt_known_fini(&w->wrong);
	tt_known_fini(&w->wrong_now);
	tt_known_fini(&w->doubted);
	tt_known_fini(&w->doubted_now);
	free(w->state_file);
	if (lock >= 0)
		close(lock);
	return status;
}

/* Are these paths of one file, which need not be there yet? */
static bool
is_same_file(const char *a, const char *b)
{
	char *dirs[2] = {strdup(a), strdup(b)}, *names[2] = {strdup(a), strdup(b)};
	struct stat x, y;
	bool same = false;

	if (dirs[0] == NULL || dirs[1] == NULL || names[0] == NULL || names[1] == NULL)
		same = strcmp(a, b) == 0;
	else if (stat(a, &x) == 0 && stat(b, &y) == 0)
		same = x.st_dev == y.st_dev && x.st_ino == y.st_ino;
	else if (stat(dirname(dirs[0]), &x) == 0 && stat(dirname(dirs[1]), &y) == 0)
		same = x.st_dev == y.st_dev && x.st_ino == y.st_ino
				&& strcmp(basename(names[0]), basename(names[1])) == 0;
	for (unsigned i = 0; i < 2; i++) {
		free(dirs[i]);
		free(names[i]);
	}
	return same;
}

/* The state would take the place of the lines. */
static bool
check_files(struct watching *w)
{
	if (w->state_path == NULL || w->out_path == NULL
			|| !is_same_file(w->state_path, w->out_path))
		return true;
	w->tool.status = tool_usage(
			&w->tool, "--state and --out are the same file: %s", w->out_path);
	return false;
}

/* Returns false where the command line ends it, and its status is how. */
static bool
take_all(struct watching *w)
{
	int option;

	while ((option = tool_option(&w->tool)) != -1) {
		if (option == 0 || !take(w, option))
			return false;
	}
	w->selection.path = tool_operand(&w->tool, "PATH");
	return w->selection.path != NULL && tool_span(&w->tool, &w->selection)
			&& check_files(w);
}

int
cmd_watch(int argc, char **argv)
{
	struct watching w = {.tool = {"teiten watch", help, options, ":h", argc, argv, 0},
			.selection = SELECTION_ALL,
			.watches = {.options = TT_WATCH_DEFAULTS},
			.poll_us = 10 * TT_US_PER_S,
			.status = EXIT_OK};

	if (take_all(&w))
		w.tool.status = watch(&w);
	sensors_fini(&w.tool.sensors);
	return w.tool.status;
}
