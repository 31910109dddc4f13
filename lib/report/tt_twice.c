/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_twice.h"
#include "tt_ledger.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

/* Does its ledger say that another snapshot has its time? Not where that cannot be read. */
static bool
says_so(const struct tt_snapshot *snapshot)
{
	struct tt_parquet_reader *r;
	bool found = false;

	if (tt_snapshot_table(snapshot, TT_TABLE_LEDGER, &r, NULL) != 0)
		return false;
	while (!found && tt_parquet_next(r, NULL) == 1)
		found = strcmp(tt_parquet_get_text(r, TT_LEDGER_REASON), TT_REASON_AGAIN)
				== 0;
	tt_parquet_close(r);
	return found;
}

static bool
path_says_so(const char *path)
{
	struct tt_snapshot *snapshot;
	bool found;

	if (tt_snapshot_open(&snapshot, path, NULL) != 0)
		return false;
	found = says_so(snapshot);
	tt_snapshot_close(snapshot);
	return found;
}

static int
note(struct tt_twices *t, const struct tt_snapshot_ref *ref, const struct tt_manifest *m)
{
	int64_t until = m->end_us < t->until_us ? m->end_us : t->until_us;
	struct tt_twice *more, *twice;

	if (!t->any) {
		more = reallocarray(t->all, t->n + 1, sizeof(*more));
		if (more == NULL)
			return -ENOMEM;
		t->all = more;
		more[t->n] = (struct tt_twice){.from_us = m->start_us,
				.one = t->furthest->path,
				.other = ref->path};
		snprintf(more[t->n].sensor, sizeof(more[t->n].sensor), "%s", m->sensor);
		t->n++;
		t->any = true;
	}
	twice = &t->all[t->n - 1];
	twice->us += until - m->start_us;
	return 0;
}

static bool
is_same_sensor(const struct tt_snapshot_ref *a, const struct tt_snapshot_ref *b)
{
	return a->sensor_length == b->sensor_length
			&& memcmp(a->path, b->path, a->sensor_length) == 0;
}

int
tt_twices_add(struct tt_twices *t, const struct tt_snapshot_ref *ref,
		const struct tt_snapshot *snapshot)
{
	const struct tt_manifest *m = &snapshot->manifest;
	int ret = 0;

	if (ref->within != NULL)
		return 0;
	if (t->furthest == NULL || !is_same_sensor(t->furthest, ref)) {
		t->any = false;
		t->furthest = ref;
		t->until_us = m->end_us;
		return 0;
	}
	if (m->start_us < t->until_us && !says_so(snapshot)
			&& !path_says_so(t->furthest->path))
		ret = note(t, ref, m);
	if (m->end_us > t->until_us) {
		t->furthest = ref;
		t->until_us = m->end_us;
	}
	return ret;
}

void
tt_twices_fini(struct tt_twices *twices)
{
	free(twices->all);
	*twices = (struct tt_twices){0};
}

void
tt_twices_print(const struct tt_twices *twices, const char *program)
{
	char from[TT_TIME_TEXT_MAX];

	for (size_t i = 0; i < twices->n; i++) {
		const struct tt_twice *t = &twices->all[i];

		fprintf(stderr,
				"%s: sensor %s: %.10g s are there twice, from %s on (%s, "
				"%s)\n",
				program, t->sensor, (double)t->us / TT_US_PER_S,
				tt_time_format(t->from_us, from), t->one, t->other);
	}
}
