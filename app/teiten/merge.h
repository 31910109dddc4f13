/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of `teiten merge` share. */
#ifndef MERGE_H
#define MERGE_H

#include "merging.h"

struct merging {
	const struct tool *tool;
	struct selection selection;
	const char *spool, *sensor; /* the result's */
	bool beside; /* what is merged may lie in that spool */
	char *path; /* SPOOL/SENSOR; heap */
	struct period period;
	size_t pair_rows, contact_rows, heavy_rows;
	struct tt_compactor compactor;
	bool listed; /* what cannot be listed was said */
	bool *empty; /* [operands] it was said that there are no snapshots; heap */
	int status; /* exit status so far */
};

/* A snapshot that was chosen, or one of the result's own. */
struct input {
	const struct tt_snapshot_ref *ref;
	enum {
		INPUT_OWN,
		INPUT_HAD, /* the result is made of it */
		INPUT_PARTLY, /* the result is made of a part of it */
		INPUT_LACKING
	} is;
};

struct inputs {
	struct tt_snapshot_list *lists; /* [n_lists], one of each operand */
	size_t n_lists;
	struct tt_snapshot_list result; /* the result's own */
	struct input *all; /* [n], of [room]; by start, then the result's own first */
	size_t n, room;
	char (*sensors)[TT_SENSOR_MAX + 1]; /* [n_sensors] that were chosen */
	size_t n_sensors;
};

/* Lists what was chosen, but for what lies in the result itself. Returns false where that failed, and
 * has said so. */
bool merge_list(struct merging *m, struct inputs *in);

/* After merge_choose: are those that the result lacks, and that start at the same time, of the same interval?
 * Where they are not, says so of the first two. */
bool merge_check_lengths(const struct merging *m, const struct inputs *in);

/*
 * Finds of each what the result has of it, says how many it has all of, and leaves out those whose time it
 * has in shorter snapshots, one line each. Then adds the result's own, each of which may get more. Refuses a result that is a
 * sensor itself: one of whose snapshots no merge made. Returns as above.
 */
bool merge_choose(struct merging *m, struct inputs *in);

/* After merge_list, before anything is written: does none lie in the spool that is written to, or was that asked for
 * (m->beside)? There they would be counted beside the result. Where not, says so of the first. */
bool merge_check_beside(const struct merging *m, const struct inputs *in);

/* Is all that is in the result's own, of inputs [n], in the others as well? */
bool merge_can_remake(const struct input *inputs, size_t n);

/* Puts last, of inputs [n], those that have time of the others again: a clock was set back. Returns how
 * many the others are; n where all are to be one, or none. */
size_t merge_set_aside(struct input *inputs, size_t n);

void merge_inputs_fini(struct inputs *in);

/* Adds one to the inputs, unsorted; is: INPUT_LACKING, or INPUT_OWN of the result's own. Returns false where there
 * is no memory. */
bool merge_input_add(struct inputs *in, const struct tt_snapshot_ref *ref, int is);
void merge_inputs_sort(struct inputs *in);

/* Says that there is no memory. Returns false. */
bool merge_no_memory(const struct merging *m);

/* The end of what a name says that it spans: of a single interval, at least its first moment. */
static inline int64_t
merge_named_end(const struct tt_snapshot_ref *ref)
{
	return ref->end_us != 0 ? ref->end_us : ref->start_us + 1;
}

#endif
