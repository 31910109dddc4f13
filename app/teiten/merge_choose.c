/* SPDX-License-Identifier: BSD-3-Clause */
/* What `teiten merge` lacks of what it is given. */
#include "merge.h"

#include <string.h>

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
		able = merge_no_memory(m);
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

/* Names coverage a sensor other than the snapshot's? What compact made of merged ones before it said so has no other sign of it. */
static int
has_other_origin(const struct tt_snapshot *own, bool *other, struct tt_error *err)
{
	struct tt_parquet_reader *r;
	int ret = tt_snapshot_table(own, TT_TABLE_COVERAGE, &r, err), more = 1;

	*other = false;
	if (ret != 0)
		return ret;
	while (!*other && (more = tt_parquet_next(r, err)) > 0)
		*other = strcmp(tt_parquet_get_text(r, TT_COVERAGE_ORIGIN),
					 own->manifest.sensor)
				!= 0;
	tt_parquet_close(r);
	return more < 0 ? more : 0;
}

enum made {
	BY_SENSOR,
	BY_MERGE,
	BY_COMPACT, /* of a sensor's own snapshots, or of copies of these by a version that did not say so */
};

static int
find_made(const char *path, enum made *made, struct tt_error *err)
{
	struct tt_snapshot *own;
	bool other = false;
	int ret;

	/* There may be a year of minutes. */
	*made = BY_MERGE;
	if (tt_snapshot_says_merged(path))
		return 0;
	ret = tt_snapshot_open(&own, path, err);
	if (ret != 0)
		return ret;
	*made = BY_SENSOR;
	if (own->manifest.merged) {
		*made = BY_MERGE;
	} else if (strcmp(own->manifest.program, "teiten compact") == 0) {
		ret = has_other_origin(own, &other, err);
		*made = other ? BY_MERGE : BY_COMPACT;
	}
	tt_snapshot_close(own);
	return ret;
}

/* Are all inputs of the sensor that has the name of the result? Then it is made a copy. What cannot be read is told later,
 * and not merged. */
static bool
is_copied(const struct merging *m, const struct inputs *in)
{
	bool same = true;

	for (size_t i = 0; same && i < in->n; i++) {
		struct tt_snapshot *input;

		if (tt_snapshot_open(&input, in->all[i].ref->path, NULL) != 0)
			continue;
		same = strcmp(input->manifest.sensor, m->sensor) == 0;
		tt_snapshot_close(input);
	}
	return same;
}

/* What a sensor counted itself is not to become a part of the result, nor to be replaced by it. Returns false where there is
 * such a snapshot, or one that cannot be read, and has said so. */
static bool
is_no_sensor(const struct merging *m, const struct inputs *in)
{
	struct tt_error err = {0};
	bool merged = true, copied = false;
	enum made made;
	size_t i;

	for (i = 0; merged && i < in->result.n; i++) {
		if (find_made(in->result.refs[i].path, &made, &err) != 0) {
			tt_error_print(m->tool->name, &err);
			return false;
		}
		if (made == BY_COMPACT)
			copied = copied || is_copied(m, in);
		merged = made == BY_MERGE || (made == BY_COMPACT && copied);
	}
	if (!merged)
		fprintf(stderr,
				"%s: %s: was not merged, %s is a sensor itself: give --sensor "
				"another name, or --spool another spool\n",
				m->tool->name, in->result.refs[i - 1].path, m->sensor);
	return merged;
}

static bool
add_own(const struct merging *m, struct inputs *in)
{
	for (size_t i = 0; i < in->result.n; i++)
		if (!merge_input_add(in, &in->result.refs[i], INPUT_OWN))
			return merge_no_memory(m);
	merge_inputs_sort(in);
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
	if (in->result.n_unread > 0 || !is_no_sensor(m, in))
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
