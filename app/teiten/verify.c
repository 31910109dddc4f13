/* SPDX-License-Identifier: BSD-3-Clause */
#include "tool.h"
#include "tt_summary.h"
#include "tt_time.h"
#include "tt_twice.h"

#include <inttypes.h>
#include <string.h>

#define PROGRAM "teiten verify"

static const char help[] =
		"Usage: teiten verify PATH\n"
		"Proves snapshots intact: every file is there, has the hash that the manifest\n"
		"gives, can be read to its end, and agrees with the others; the ledger closes;\n"
		"each lies in the directories of its sensor, day and time, and nothing else does.\n"
		"PATH is a spool, a sensor's directory, a day, or one snapshot; the directories\n"
		"above it may have any name. Prints one line for each damaged file on standard\n"
		"error, and exits 1 if there is any, or no snapshot at all, or time of a sensor\n"
		"that two snapshots have. Time without a snapshot is no damage, and is told; so\n"
		"is a snapshot in the time of a longer one that is not made of it. What is merged\n"
		"or deleted meanwhile is told and not verified, and it exits 1.\n"
		"\n"
		"  -h, --help   print this\n";

static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{0},
};

/* What is wrong, to be told later. Of what does not belong in the spool, that is once snapshots were found: a directory
 * that has none is most likely no spool at all. */
struct lines {
	char **lines; /* [n] "path: why" */
	size_t n, room;
};

static void
note_line(void *context, const struct tt_error *err)
{
	struct lines *s = context;
	char where[sizeof(err->where)];

	if (s->n == s->room) {
		size_t room = s->room == 0 ? 16 : s->room * 2;
		char **more = reallocarray(s->lines, room, sizeof(*more));

		if (more == NULL)
			return;
		s->lines = more;
		s->room = room;
	}
	tt_error_escape_where(where, sizeof(where), err->where);
	if (asprintf(&s->lines[s->n], "%s: %s", where, err->why) >= 0)
		s->n++;
}

static void
free_lines(struct lines *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->lines[i]);
	free(s->lines);
}

static void
print_lines(const struct lines *s)
{
	for (size_t i = 0; i < s->n; i++)
		fprintf(stderr, PROGRAM ": %s\n", s->lines[i]);
}

struct count {
	size_t damaged, files;
	size_t gone; /* merged or deleted since they were listed */
	struct tt_summaries summaries;
	struct tt_twices twices;
};

/* Verifies a snapshot that was found damaged, and is there, once more, for another may have taken its place meanwhile; and
 * says what is wrong. */
static int
verify_again(const struct tt_snapshot_list *list, size_t i)
{
	struct lines found = {0};
	int n = tt_snapshot_verify_listed(list, i, note_line, &found);

	if (n > 0 && !tool_gone(list->refs[i].path))
		print_lines(&found);
	free_lines(&found);
	return n;
}

static void
ignore(void *context, const struct tt_error *err)
{
}

/* Verifies one. Returns false where that could not be done, and has said so. */
static bool
verify_one(const struct tt_snapshot_list *list, size_t i, struct count *count)
{
	const char *path = list->refs[i].path;
	int n = tt_snapshot_verify_listed(list, i, ignore, NULL);
	struct tt_snapshot *snapshot;

	if (n > 0 && !tool_gone(path))
		n = verify_again(list, i);
	if (n > 0 && tool_gone(path)) {
		count->gone++;
		return true;
	}
	if (n == 0 && tt_snapshot_open(&snapshot, path, NULL) == 0) {
		n = tt_summaries_add(&count->summaries, snapshot, NULL);
		if (n == 0)
			n = tt_twices_add(&count->twices, &list->refs[i], snapshot);
		tt_snapshot_close(snapshot);
	}
	if (n < 0) {
		fprintf(stderr, PROGRAM ": %s: %s\n", path, strerror(-n));
		return false;
	}
	count->damaged += n > 0;
	count->files += (size_t)n;
	return true;
}

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void
print_holes(const struct tt_summaries *summaries)
{
	for (size_t i = 0; i < summaries->n; i++) {
		const struct tt_summary *s = &summaries->all[i];

		if (s->missing.n > 0)
			printf("sensor %s: %.10g s without a snapshot, in %" PRIu64
			       " place%s\n",
					s->sensor, (double)s->missing.us / TT_US_PER_S,
					s->missing.n, plural(s->missing.n));
		if (s->gaps.n > 0)
			printf("sensor %s: %.10g s skipped by packet time, in %" PRIu64
			       " gap%s\n",
					s->sensor, (double)s->gaps.us / TT_US_PER_S,
					s->gaps.n, plural(s->gaps.n));
	}
}

static int
verify_all(const struct tt_snapshot_list *list, const struct lines *strays)
{
	struct count c = {0};
	bool able = true, sound;
	size_t n;

	print_lines(strays);
	for (size_t i = 0; able && i < list->n; i++)
		able = verify_one(list, i, &c);
	n = list->n - c.gone;
	if (able && c.damaged == 0)
		printf("%zu snapshot%s, all intact\n", n, plural(n));
	else if (able)
		printf("%zu snapshot%s, %zu damaged, in %zu file%s\n", n, plural(n),
				c.damaged, c.files, plural(c.files));
	if (able && c.gone > 0)
		printf("%zu merged or deleted meanwhile, and so not verified: verify "
		       "again\n",
				c.gone);
	if (able && strays->n > 0)
		printf("%zu other entr%s\n", strays->n, strays->n == 1 ? "y" : "ies");
	tool_print_beside(list);
	tt_twices_print(&c.twices, PROGRAM);
	/* Beside damaged snapshots, what is missing may be one of them; so beside those that are gone. */
	if (able && c.damaged == 0 && c.gone == 0)
		print_holes(&c.summaries);
	sound = c.damaged == 0 && c.gone == 0 && c.twices.n == 0;
	tt_summaries_fini(&c.summaries);
	tt_twices_fini(&c.twices);
	return able && sound && strays->n == 0 && list->n_unread == 0 ? EXIT_OK
								      : EXIT_DATA;
}

static int
verify(const struct tool *tool, const char *path)
{
	struct tt_snapshot_list list;
	struct lines strays = {0};
	struct tt_error err = {0};
	int status = EXIT_DATA;

	if (tt_snapshot_list_scan_strict(&list, path, note_line, &strays, &err) != 0) {
		tt_error_print(PROGRAM, &err);
	} else {
		tool_print_unread(tool, &list);
		if (list.n > 0)
			status = verify_all(&list, &strays);
		else
			status = tool_no_snapshots(tool, path, NULL);
		tt_snapshot_list_fini(&list);
	}
	free_lines(&strays);
	return status;
}

int
cmd_verify(int argc, char **argv)
{
	struct tool tool = {PROGRAM, help, options, ":h", argc, argv, 0};
	const char *path;

	if (tool_option(&tool) == 0)
		return tool.status;
	path = tool_operand(&tool, "PATH");
	return path == NULL ? tool.status : verify(&tool, path);
}
