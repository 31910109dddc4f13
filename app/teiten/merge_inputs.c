/* SPDX-License-Identifier: BSD-3-Clause */
/* What `teiten merge` is given. */
#include "merge.h"

#include <string.h>
#include <sys/stat.h>

void
merge_inputs_fini(struct inputs *in)
{
	for (size_t i = 0; i < in->n_lists; i++)
		tt_snapshot_list_fini(&in->lists[i]);
	tt_snapshot_list_fini(&in->result);
	free(in->lists);
	free(in->all);
	free(in->sensors);
}

bool
merge_no_memory(const struct merging *m)
{
	fprintf(stderr, "%s: out of memory\n", m->tool->name);
	return false;
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

bool
merge_input_add(struct inputs *in, const struct tt_snapshot_ref *ref, int is)
{
	if (in->n == in->room) {
		size_t room = in->room == 0 ? 64 : 2 * in->room;
		struct input *more = reallocarray(in->all, room, sizeof(*more));

		if (more == NULL)
			return false;
		in->all = more;
		in->room = room;
	}
	in->all[in->n++] = (struct input){ref, is};
	return true;
}

static int
by_start(const void *a, const void *b)
{
	const struct input *x = a, *y = b;

	if (x->ref->start_us != y->ref->start_us)
		return x->ref->start_us < y->ref->start_us ? -1 : 1;
	if ((x->is == INPUT_OWN) != (y->is == INPUT_OWN))
		return x->is == INPUT_OWN ? -1 : 1;
	return strcmp(x->ref->path, y->ref->path);
}

void
merge_inputs_sort(struct inputs *in)
{
	if (in->n > 1)
		qsort(in->all, in->n, sizeof(in->all[0]), by_start);
}

/* As tool_select, but what is said of a list is said once. */
static bool
select_again(const struct tool *tool, const struct selection *selection,
		struct tt_snapshot_list *list)
{
	struct tt_error err = {0};

	if (tt_snapshot_list_scan(list, selection->path, selection->from_us,
			    selection->to_us, &err)
			== 0)
		return true;
	tt_error_print(tool->name, &err);
	return false;
}

/* Says of an operand, once, that it has nothing to merge. */
static void
say_empty(struct merging *m, int operand)
{
	bool *said = &m->empty[operand - optind];

	m->status = EXIT_DATA;
	if (!*said)
		tool_no_snapshots(m->tool, m->tool->argv[operand], &m->selection);
	*said = true;
}

bool
merge_list(struct merging *m, struct inputs *in)
{
	struct selection selection = m->selection;
	const struct tool *tool = m->tool;
	struct stat own = {0};

	if (stat(m->path, &own) != 0)
		own = (struct stat){0};
	in->lists = calloc((size_t)(tool->argc - optind), sizeof(*in->lists));
	if (m->empty == NULL)
		m->empty = calloc((size_t)(tool->argc - optind), sizeof(*m->empty));
	if (in->lists == NULL || m->empty == NULL)
		return merge_no_memory(m);
	for (int i = optind; i < tool->argc; i++) {
		struct tt_snapshot_list *list = &in->lists[in->n_lists];
		size_t before = in->n;

		selection.path = tool->argv[i];
		if (m->listed ? !select_again(tool, &selection, list)
			      : !tool_select(tool, &selection, list))
			return false;
		m->status = list->n_unread == 0 ? m->status : EXIT_DATA;
		in->n_lists++;
		for (size_t k = 0; k < list->n; k++)
			if (!is_own(&list->refs[k], &own)
					&& !merge_input_add(in, &list->refs[k],
							INPUT_LACKING))
				return merge_no_memory(m);
		if (in->n == before)
			say_empty(m, i);
	}
	m->listed = true;
	merge_inputs_sort(in);
	return true;
}

/* Is the spool of the snapshot, above its day and its sensor, the one that is written to? */
static bool
is_beside(const struct tt_snapshot_ref *ref, const struct stat *spool)
{
	struct stat st;
	char *path;
	bool same;

	if (asprintf(&path, "%s/../../..", ref->path) < 0)
		return false;
	same = stat(path, &st) == 0 && st.st_dev == spool->st_dev
			&& st.st_ino == spool->st_ino;
	free(path);
	return same;
}

bool
merge_check_beside(const struct merging *m, const struct inputs *in)
{
	struct stat spool;

	if (m->beside || stat(m->spool, &spool) != 0)
		return true;
	for (size_t i = 0; i < in->n; i++) {
		const struct tt_snapshot_ref *ref = in->all[i].ref;

		if (!is_beside(ref, &spool))
			continue;
		fprintf(stderr,
				"%s: %s: lies in %s, which is to be written to: who reads all of "
				"that would count both; give --spool a spool of its own, or "
				"--beside\n",
				m->tool->name, ref->path, m->spool);
		return false;
	}
	return true;
}

/* A length in seconds for a message. */
static double
length_s(const struct tt_manifest *m)
{
	return (double)(m->end_us - m->start_us) / TT_US_PER_S;
}

/* Of two that start at the same time: are they of the same interval? One that was cut short is. */
static bool
same_length(const struct merging *m, const char *path, const char *other_path)
{
	struct tt_snapshot *one, *other;
	const struct tt_manifest *a, *b;
	bool same = true;

	/* What cannot be read is said where it is merged. */
	if (tt_snapshot_open(&one, path, NULL) != 0)
		return true;
	if (tt_snapshot_open(&other, other_path, NULL) == 0) {
		a = &one->manifest;
		b = &other->manifest;
		same = a->end_us == b->end_us || a->nominal_s == b->nominal_s;
		if (!same)
			fprintf(stderr,
					"%s: %s is of %.10g s, and %s, which starts with "
					"it, of %.10g s: give --per to merge them\n",
					m->tool->name, path, length_s(a), other_path,
					length_s(b));
		tt_snapshot_close(other);
	}
	tt_snapshot_close(one);
	return same;
}

bool
merge_check_lengths(const struct merging *m, const struct inputs *in)
{
	const struct tt_snapshot_ref *last = NULL;

	for (size_t i = 0; i < in->n; i++) {
		const struct tt_snapshot_ref *ref = in->all[i].ref;

		if (in->all[i].is != INPUT_LACKING)
			continue;
		if (last != NULL && last->start_us == ref->start_us
				&& !same_length(m, last->path, ref->path))
			return false;
		last = ref;
	}
	return true;
}
