/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_time.h"
#include "uniques.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <jansson.h>

#define ALL_SENSORS "*" /* no sensor has this name */

/* Is it a line at all? All sensors together are one line more only where there are several. */
static bool
is_line(const struct tt_uniques *u, const struct tt_unique *x)
{
	return u->pattern != NULL || x->sensor != TT_UNIQUES_ALL || u->n_sensors > 1;
}

static double
percent(const struct tt_unique *x)
{
	return x->p == 0 ? 0 : 100 * tt_sketch_error(x->p);
}

static size_t
lines_of(const struct tt_uniques *u, size_t n)
{
	return u->pattern != NULL && n < u->n ? n : u->n;
}

static void
print_head(const struct tt_uniques *u)
{
	char first[TT_TIME_TEXT_MAX], last[TT_TIME_TEXT_MAX];

	printf("%" PRIu64 " snapshot%s of %zu sensor%s, %s to %s", u->snapshots,
			u->snapshots == 1 ? "" : "s", u->n_sensors,
			u->n_sensors == 1 ? "" : "s", tt_time_format(u->first_us, first),
			tt_time_format(u->last_us, last));
	if (u->pattern != NULL)
		printf(", %zu key%s", u->n, u->n == 1 ? "" : "s");
	putchar('\n');
	if (u->n == 0)
		return;
	if (u->pattern == NULL)
		printf("%-20s ", "sensor");
	printf("%-*s %14s %12s %6s %10s\n", u->pattern == NULL ? 8 : 36, "key",
			"estimate", "std error", "%", "snapshots");
}

static void
print_line(const struct tt_uniques *u, const struct tt_unique *x)
{
	const char *sensor = tt_unique_sensor(u, x);

	if (u->pattern == NULL)
		printf("%-20s ", sensor == NULL ? ALL_SENSORS : sensor);
	printf("%-*s %14.0f %12.0f %6.2f %10" PRIu64 "\n", u->pattern == NULL ? 8 : 36,
			x->key, x->estimate, tt_unique_error(x), percent(x),
			x->snapshots);
}

/* Snapshots leave out sketches of no other keys. */
static bool
shows_targets(const struct tt_uniques *u, size_t n)
{
	for (size_t i = 0; i < lines_of(u, n); i++)
		if (strstr(u->all[i].key, "/target/") != NULL)
			return true;
	return false;
}

void
uniques_text(const struct tt_uniques *uniques, size_t n)
{
	const struct tt_uniques *u = uniques;

	print_head(u);
	for (size_t i = 0; i < lines_of(u, n); i++)
		if (is_line(u, &u->all[i]))
			print_line(u, &u->all[i]);
	if (u->pattern == NULL && u->n_sensors > 1)
		printf("%s: all sensors together\n", ALL_SENSORS);
	if (u->incomplete > 0 && shows_targets(u, n))
		printf("note: %" PRIu64
		       " snapshot%s left out sketches of targets, %" PRIu64
		       " in all: estimates of targets are lower bounds\n",
				u->incomplete, u->incomplete == 1 ? "" : "s",
				u->not_kept);
}

/* JSON has no numbers beyond those of a double; 2^63 addresses are beyond any count. */
static json_t *
pack_count(double count)
{
	return json_integer(count < 0x1p63 ? (json_int_t)llround(count) : INT64_MAX);
}

static json_t *
pack_line(const struct tt_uniques *u, const struct tt_unique *x)
{
	json_t *line = json_pack("{s:s s:o s:o s:f s:I}", "key", x->key, "estimate",
			pack_count(x->estimate), "stderr", pack_count(tt_unique_error(x)),
			"stderr_percent", percent(x), "snapshots",
			(json_int_t)x->snapshots);
	const char *sensor = tt_unique_sensor(u, x);

	if (u->pattern == NULL)
		json_object_set_new(line, "sensor",
				sensor == NULL ? json_null() : json_string(sensor));
	return line;
}

static json_t *
pack_time(const struct tt_uniques *u, int64_t us)
{
	char text[TT_TIME_TEXT_MAX];

	return u->snapshots == 0 ? json_null() : json_string(tt_time_format(us, text));
}

void
uniques_json(const struct tt_uniques *uniques, size_t n)
{
	const struct tt_uniques *u = uniques;
	json_t *lines = json_array(), *root;

	for (size_t i = 0; i < lines_of(u, n); i++)
		if (is_line(u, &u->all[i]))
			json_array_append_new(lines, pack_line(u, &u->all[i]));
	root = json_pack("{s:o s:I s:I s:o s:o s:I s:I}", "uniques", lines, "snapshots",
			(json_int_t)u->snapshots, "sensors", (json_int_t)u->n_sensors,
			"start", pack_time(u, u->first_us), "end",
			pack_time(u, u->last_us), "snapshots_without_some_targets",
			(json_int_t)u->incomplete, "sketches_not_kept",
			(json_int_t)u->not_kept);
	json_dumpf(root, stdout,
			JSON_INDENT(2) | JSON_SORT_KEYS | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(root);
}
