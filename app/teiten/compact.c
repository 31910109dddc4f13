/* SPDX-License-Identifier: BSD-3-Clause */
#include "compact.h"
#include "progress.h"
#include "tt_time.h"

#include <string.h>

static const char help[] =
		"Usage: teiten compact [OPTION…] SPOOL[/SENSOR]\n"
		"Replaces the snapshots of each finished period by one, as if one long interval\n"
		"had counted it. They are deleted once it is verified. Then deletes what is to be\n"
		"kept no longer, the oldest first. May run while the sensor captures. What a\n"
		"killed run left is put in order by the next one.\n"
		"\n"
		"  --per PERIOD           hour, day, or a number of seconds that a day is a multiple of\n"
		"  --older-than DURATION  only periods that ended so long ago, such as 6h (s, m, h or d:\n"
		"                         whole seconds, minutes, hours or days)\n"
		"  --keep-for DURATION    delete snapshots that ended longer ago, such as 90d (units\n"
		"                         as above); the latest of each sensor is kept\n"
		"  --quota BYTES          delete the oldest snapshots until the others take no more\n"
		"                         of the disk (whole blocks, as du), such as 500G (K, M, G,\n"
		"                         T are powers of 1024, also as GB or GiB; less than a\n"
		"                         mebibyte only with its unit, such as 500B); likewise\n"
		"  --dry-run              only print what would be done\n"
		"  --now TIME             take this for the time of day\n"
		"  --pair-rows N          the most rows of table pairs (default 1048576)\n"
		"  --contact-rows N       the most rows of table contacts (default 1048576)\n"
		"  --heavy-rows N         the most rows of talkers and source_ports (default 1048576)\n"
		"  -h, --help             print this\n";

enum {
	OPT_PER = 256,
	OPT_OLDER,
	OPT_KEEP,
	OPT_QUOTA,
	OPT_DRY,
	OPT_NOW,
	OPT_PAIRS,
	OPT_CONTACTS,
	OPT_HEAVY,
};

static const struct option options[] = {
		{"per", required_argument, NULL, OPT_PER},
		{"older-than", required_argument, NULL, OPT_OLDER},
		{"keep-for", required_argument, NULL, OPT_KEEP},
		{"quota", required_argument, NULL, OPT_QUOTA},
		{"dry-run", no_argument, NULL, OPT_DRY},
		{"now", required_argument, NULL, OPT_NOW},
		{"pair-rows", required_argument, NULL, OPT_PAIRS},
		{"contact-rows", required_argument, NULL, OPT_CONTACTS},
		{"heavy-rows", required_argument, NULL, OPT_HEAVY},
		{"help", no_argument, NULL, 'h'},
		{0},
};

static const char *const kinds[] = {"seconds", NULL};

static bool
take_period(struct compacting *c)
{
	c->has_period = period_parse(optarg, kinds, &c->period);
	if (!c->has_period)
		c->tool.status = tool_usage(&c->tool,
				"--per: \"%s\" is neither hour nor day nor a number of "
				"seconds that a day is a multiple of",
				optarg);
	return c->has_period;
}

static bool
take(struct compacting *c, int option)
{
	switch (option) {
	case OPT_PER:
		return take_period(c);
	case OPT_OLDER:
		return tool_seconds(&c->tool, "--older-than", &c->older_us);
	case OPT_KEEP:
		return tool_seconds(&c->tool, "--keep-for", &c->keep_us);
	case OPT_QUOTA:
		return take_bytes(&c->tool, "--quota", &c->quota);
	case OPT_NOW:
		return tool_time(&c->tool, "--now", &c->now_us);
	case OPT_PAIRS:
		return tool_number(&c->tool, "--pair-rows", &c->pair_rows);
	case OPT_CONTACTS:
		return tool_number(&c->tool, "--contact-rows", &c->contact_rows);
	case OPT_HEAVY:
		return tool_number(&c->tool, "--heavy-rows", &c->heavy_rows);
	default:
		c->dry_run = true;
		return true;
	}
}

void
compact_fail(struct compacting *c, const struct tt_error *err)
{
	progress_clear();
	tt_error_print(c->tool.name, err);
	c->status = EXIT_DATA;
}

struct tt_compactor *
compact_of(const struct compacting *c, const struct tt_snapshot_ref *ref)
{
	for (size_t i = 0; i < c->n_compactors; i++)
		if (strlen(c->compactors[i].path) == ref->sensor_length
				&& memcmp(c->compactors[i].path, ref->path,
						   ref->sensor_length)
						== 0)
			return &c->compactors[i];
	return NULL;
}

/* Takes the lock of a sensor, and puts in order what a killed run left. */
static void
open_sensor(struct compacting *c, const char *path)
{
	struct tt_compactor *opened = &c->compactors[c->n_compactors];
	struct tt_error err = {0};

	if (merging_open(&c->tool, opened, path, &c->gave_up, &err) != 0) {
		compact_fail(c, &err);
		return;
	}
	if (opened->cleaned > 0)
		printf("%s: %zu left by an earlier run, deleted\n", path,
				opened->cleaned);
	if (opened->left.code != 0)
		compact_fail(c, &opened->left);
	c->n_compactors++;
}

/* Opens a compactor of each sensor in the list. */
static void
open_sensors(struct compacting *c, const struct tt_snapshot_list *list)
{
	const struct tt_snapshot_ref *last = NULL;

	c->compactors = calloc(list->n + 1, sizeof(*c->compactors));
	for (size_t i = 0; c->compactors != NULL && i < list->n; i++) {
		const struct tt_snapshot_ref *ref = &list->refs[i];
		char *path;

		if (last != NULL && last->sensor_length == ref->sensor_length
				&& memcmp(last->path, ref->path, ref->sensor_length) == 0)
			continue;
		last = ref;
		path = strndup(ref->path, ref->sensor_length);
		if (path != NULL)
			open_sensor(c, path);
		free(path);
	}
}

/* Do two belong into one period of one sensor, or does the first have the time of the other? */
static bool
is_same_period(const struct compacting *c, const struct tt_snapshot_ref *a,
		const struct tt_snapshot_ref *b)
{
	return a->sensor_length == b->sensor_length
			&& memcmp(a->path, b->path, a->sensor_length) == 0
			&& (b->start_us < a->end_us
					|| period_start(&c->period, a->start_us)
							== period_start(&c->period,
									b->start_us));
}

size_t
compact_group(const struct compacting *c, const struct tt_snapshot_list *list, size_t i)
{
	const struct tt_snapshot_ref *refs = &list->refs[i];
	size_t n = 1;

	while (i + n < list->n && is_same_period(c, &refs[0], &refs[n]))
		n++;
	return n;
}

bool
compact_is_due(const struct compacting *c, const struct tt_snapshot_ref *ref)
{
	int64_t end = period_end(&c->period, ref->start_us);

	return (ref->end_us > end ? ref->end_us : end) + c->older_us <= c->now_us;
}

/* Says, where there was more than one, how long they took. */
static void
print_all(const struct compacting *c, int64_t took_us)
{
	if (c->n_merged > 1)
		printf("%zu snapshots made of %zu in %.1f s\n", c->n_merged, c->n_parts,
				(double)took_us / TT_US_PER_S);
}

static void
compact_all(struct compacting *c, const struct tt_snapshot_list *list)
{
	const int64_t start_us = tt_time_monotonic();

	for (size_t i = 0, n; i < list->n; i += n) {
		n = compact_group(c, list, i);
		c->n_periods += n > 1 && compact_is_due(c, &list->refs[i]);
	}
	for (size_t i = 0, n; i < list->n; i += n) {
		n = compact_group(c, list, i);
		if (n > 1 && compact_is_due(c, &list->refs[i]))
			compact_period(c, &list->refs[i], n);
	}
	print_all(c, tt_time_monotonic() - start_us);
}

bool
compact_list(struct compacting *c, struct tt_snapshot_list *list)
{
	struct tt_error err = {0};

	if (tt_snapshot_list_scan(list, c->path, TT_TIME_MIN, INT64_MAX, &err) != 0) {
		compact_fail(c, &err);
		return false;
	}
	if (!c->listed)
		tool_print_unread(&c->tool, list);
	c->listed = true;
	c->status = list->n_unread == 0 ? c->status : EXIT_DATA;
	for (size_t i = 0; i < list->n; i++) {
		if (list->refs[i].depth >= 2)
			continue;
		fprintf(stderr, "%s: %s: neither a spool nor a sensor's directory\n",
				c->tool.name, c->path);
		c->status = EXIT_DATA;
		tt_snapshot_list_fini(list);
		return false;
	}
	return true;
}

static int
compact(struct compacting *c)
{
	struct tt_snapshot_list list;

	if (!compact_list(c, &list))
		return c->status;
	if (list.n == 0)
		c->status = tool_no_snapshots(&c->tool, c->path, NULL);
	if (!c->dry_run) {
		open_sensors(c, &list);
		/* What was there before the locks were taken may be gone. */
		tt_snapshot_list_fini(&list);
		if (!compact_list(c, &list))
			return c->status;
	}
	if (c->has_period)
		compact_all(c, &list);
	tt_snapshot_list_fini(&list);
	if (c->keep_us > 0 || c->quota > 0)
		compact_keep(c);
	for (size_t i = 0; i < c->n_compactors; i++)
		tt_compactor_close(&c->compactors[i]);
	free(c->compactors);
	return c->status;
}

int
cmd_compact(int argc, char **argv)
{
	struct compacting c = {
			.tool = {"teiten compact", help, options, ":h", argc, argv, 0},
			.now_us = tt_time_now()};
	int option;

	while ((option = tool_option(&c.tool)) != -1) {
		if (option == 0 || !take(&c, option))
			return c.tool.status;
	}
	if (!c.has_period && c.keep_us == 0 && c.quota == 0)
		return tool_usage(&c.tool, "--per, --keep-for or --quota is missing");
	c.path = tool_operand(&c.tool, "SPOOL");
	if (c.path == NULL)
		return c.tool.status;
	return compact(&c);
}
