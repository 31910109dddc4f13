/* SPDX-License-Identifier: BSD-3-Clause */
/* What `teiten merge` is given, and what of it the result lacks. */
#include "merge.h"

#include <errno.h>
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

static bool
no_memory(const struct merging *m)
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

static bool
add(struct inputs *in, const struct tt_snapshot_ref *ref, int is)
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

static void
sort(struct inputs *in)
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
		return no_memory(m);
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
					&& !add(in, &list->refs[k], INPUT_LACKING))
				return no_memory(m);
		if (in->n == before)
			say_empty(m, i);
	}
	m->listed = true;
	sort(in);
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

/* The result's snapshots that share time with an input: [first, end), with others among them. */
struct shared {
	size_t first, end;
	struct tt_part_ids ids; /* that these are made of */
	const struct tt_snapshot_ref *unknown; /* of which it is not known; NULL: none */
};

/* Was it merged by a version that did not note of what? */
static bool
is_unknown(const struct tt_manifest *m)
{
	return m->parts.n == 0
			&& (strcmp(m->program, "teiten merge") == 0
					|| strcmp(m->program, "teiten compact") == 0);
}

static bool
shares(const struct tt_snapshot_ref *own, const struct tt_snapshot_ref *input)
{
	return own->start_us < merge_named_end(input)
			&& input->start_us < merge_named_end(own);
}

/* Moves on to those of the next input, which starts no earlier. Returns 0 or a negative errno. */
static int
find_shared(const struct inputs *in, const struct tt_snapshot_ref *input,
		struct shared *s, struct tt_error *err)
{
	const struct tt_snapshot_list *result = &in->result;
	size_t first = s->first, end;
	int ret = 0;

	while (first < result->n
			&& merge_named_end(&result->refs[first]) <= input->start_us)
		first++;
	end = first;
	while (end < result->n && result->refs[end].start_us < merge_named_end(input))
		end++;
	if (first == s->first && end == s->end)
		return 0;
	s->first = first;
	s->end = end;
	s->ids.n = 0;
	s->unknown = NULL;
	for (size_t i = first; ret == 0 && i < end; i++) {
		struct tt_snapshot *own;

		ret = tt_snapshot_open(&own, result->refs[i].path, err);
		if (ret != 0)
			return ret;
		ret = tt_part_ids_add_all(&s->ids, &own->manifest);
		if (is_unknown(&own->manifest))
			s->unknown = &result->refs[i];
		tt_snapshot_close(own);
	}
	tt_part_ids_sort(&s->ids);
	return ret;
}

static bool
note_sensor(struct inputs *in, const char *sensor)
{
	char(*more)[TT_SENSOR_MAX + 1];

	for (size_t i = 0; i < in->n_sensors; i++)
		if (strcmp(in->sensors[i], sensor) == 0)
			return true;
	more = reallocarray(in->sensors, in->n_sensors + 1, sizeof(*more));
	if (more == NULL)
		return false;
	in->sensors = more;
	snprintf(more[in->n_sensors++], sizeof(*more), "%s", sensor);
	return true;
}

/* Is it known of what the result's own of that time are made? Else an input may be in them. */
static bool
is_known(const struct merging *m, const struct shared *s,
		const struct tt_snapshot_ref *input)
{
	if (s->unknown == NULL || !shares(s->unknown, input))
		return true;
	fprintf(stderr,
			"%s: %s: %s has its time, and does not say of what it was merged: "
			"merge into another spool\n",
			m->tool->name, input->path, s->unknown->path);
	return false;
}

/* What an input would become one with has all of its time, or is of the same period: so that no resolution
 * is lost that was asked for. */
static bool
has_place(const struct merging *m, const struct inputs *in, const struct shared *s,
		const struct tt_snapshot_ref *input)
{
	for (size_t i = s->first; i < s->end; i++) {
		const struct tt_snapshot_ref *own = &in->result.refs[i];

		if (!shares(own, input)
				|| (own->start_us <= input->start_us
						&& merge_named_end(input)
								<= merge_named_end(own))
				|| (!m->period.interval
						&& period_start(&m->period, own->start_us)
								== period_start(&m->period,
										input->start_us)))
			continue;
		fprintf(stderr,
				"%s: %s: %s has a part of its time already, and is "
				"shorter: compact those of %s, or merge into another "
				"spool\n",
				m->tool->name, input->path, own->path, m->sensor);
		return false;
	}
	return true;
}

/* Finds what the result has of an input. Returns false where it cannot be added or read, which was
 * said. */
static bool
judge(const struct merging *m, struct inputs *in, struct shared *s, struct input *input)
{
	struct tt_snapshot *snapshot;
	struct tt_error err = {0};
	bool able;

	if (tt_snapshot_open(&snapshot, input->ref->path, &err) != 0) {
		tt_error_print(m->tool->name, &err);
		return false;
	}
	able = find_shared(in, input->ref, s, &err) == 0;
	if (!able)
		tt_error_print(m->tool->name, &err);
	else if (!note_sensor(in, snapshot->manifest.sensor))
		able = no_memory(m);
	else if (tt_part_ids_have(&s->ids, &snapshot->manifest))
		input->is = INPUT_HAD;
	else if (tt_part_ids_have_any(&s->ids, &snapshot->manifest))
		input->is = INPUT_PARTLY;
	tt_snapshot_close(snapshot);
	return able
			&& (input->is == INPUT_HAD
					|| (is_known(m, s, input->ref)
							&& has_place(m, in, s,
									input->ref)));
}

static int
add_ids(const struct input *input, struct tt_part_ids *ids)
{
	struct tt_snapshot *snapshot;
	int ret = tt_snapshot_open(&snapshot, input->ref->path, NULL);

	if (ret != 0)
		return ret;
	ret = tt_part_ids_add_all(ids, &snapshot->manifest);
	tt_snapshot_close(snapshot);
	return ret;
}

bool
merge_can_remake(const struct input *inputs, size_t n)
{
	struct tt_part_ids others = {0}, own = {0};
	bool can = true;

	for (size_t i = 0; can && i < n; i++)
		can = add_ids(&inputs[i], inputs[i].is == INPUT_OWN ? &own : &others)
				== 0;
	tt_part_ids_sort(&others);
	for (size_t i = 0; can && i < own.n; i++) {
		const struct tt_manifest part = {.id = own.all[i]};

		can = tt_part_ids_have(&others, &part);
	}
	tt_part_ids_fini(&others);
	tt_part_ids_fini(&own);
	return can;
}

static bool
add_own(const struct merging *m, struct inputs *in)
{
	for (size_t i = 0; i < in->result.n; i++)
		if (!add(in, &in->result.refs[i], INPUT_OWN))
			return no_memory(m);
	sort(in);
	return true;
}

bool
merge_choose(struct merging *m, struct inputs *in)
{
	size_t n = 0, before = in->n, had = 0;
	struct shared shared = {0};
	struct tt_error err = {0};

	if (tt_snapshot_list_scan(&in->result, m->path, TT_TIME_MIN, INT64_MAX, &err)
			!= 0) {
		tt_error_print(m->tool->name, &err);
		return false;
	}
	/* What the result is made of has to be known. */
	tool_print_unread(m->tool, &in->result);
	if (in->result.n_unread > 0)
		return false;
	for (size_t i = 0; i < before; i++) {
		struct input input = in->all[i];

		if (judge(m, in, &shared, &input))
			in->all[n++] = input;
		else
			m->status = EXIT_DATA;
		had += input.is == INPUT_HAD;
	}
	tt_part_ids_fini(&shared.ids);
	in->n = n;
	if (had > 0)
		printf("%s/%s: %zu snapshot%s passed over, of which it is made already\n",
				m->spool, m->sensor, had, had == 1 ? "" : "s");
	return n == 0 || add_own(m, in);
}
