/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `teiten read`: capture files → snapshots, with the library that the daemon uses and no DPDK.
 * The files are scanned first, so that each interval is written as soon as its last packet has
 * come, however the packets lie in the files; then they are read side by side, interval by
 * interval. A single file is counted while it is scanned up to the end of its first interval, and
 * is not read again if there is no other. Standard input that is a pipe is kept in a file meanwhile. One thread. Memory: two tallies,
 * the merge, what lib/setup takes, the buffers of each file, 16 bytes per interval, and compact
 * copies of intervals that cannot be written yet because the packets are out of order.
 *
 * What is finished is made visible at least once per second. A run that breaks off, by a signal
 * or an error, leaves out the intervals that are open: so reading the same files again with
 * --skip-existing gives what one run would have given: what earlier intervals saw is kept in the
 * spool, never ahead of the snapshots, and skipped intervals that are newer than it are merged all
 * the same, so that it is known of them too.
 *
 * With --leave-last the newest interval of all is neither written nor merged: more of it is in a file
 * that is yet to come. What was left is noted in SPOOL/SENSOR/.left, so that the next run can tell
 * when it was not given all of that interval's frames (read_left.c).
 */
#ifndef READING_H
#define READING_H

#include "progress.h"
#include "stop.h"
#include "tt_capfile.h"
#include "tt_counter.h"
#include "tt_sequence.h"
#include "tt_setup.h"
#include "tt_spool.h"

#include <sys/types.h>

#define READ_BURST   TT_TALLY_BURST
#define READ_TALLIES 2

/* Files of so many bytes in all fill enough of the tables for huge pages to pay. */
#define READ_HUGE_PAGES_FROM (UINT64_C(64) << 20)

/* Steps back of so much are told: packets that several queues or captures gave side by side take smaller ones. */
#define READ_BACK_US TT_US_PER_S

/* Where the clock of a file goes back, from a frame to the next in it. */
struct back {
	int64_t previous_us; /* of the last frame, INT64_MIN before the first */
	uint64_t n; /* steps back */
	int64_t most_us; /* the longest of them */
	uint64_t frame; /* at which that is, the first frame is 1 */
};

/* A capture file and what the scan found out about it. */
struct input {
	const char *path;
	struct tt_capfile *file; /* while it is read */
	struct tt_frame burst[READ_BURST];
	unsigned n, at; /* frames in the burst, and how many of them are done */
	bool pipe; /* standard input, to be kept before it is scanned */
	uint64_t bytes; /* of the file, when it was looked at, or kept */
	dev_t device;
	ino_t inode;
	uint64_t frames; /* whole frames, by the scan */
	uint64_t counted; /* of them, the first ones, while they were scanned */
	uint64_t left; /* of them, still to be read; a file that grows is not followed */
	uint64_t unknown_link; /* of them, with a link type that is not decoded */
	uint16_t link; /* one such link type */
	struct back back; /* not where a file was joined to another */
	bool cut; /* ends in the middle of a record, or is damaged */
	int64_t cut_start_us; /* the interval of its last whole frame, INT64_MIN without one */
};

/* Frames of an interval that the scan found. */
struct announced {
	int64_t start_us;
	uint64_t frames;
};

/* What a run with --leave-last left. */
struct left {
	int64_t start_us; /* of the interval */
	int64_t interval_us; /* its length */
	uint64_t frames; /* 0: nothing was left */
};

/* Skipped intervals whose snapshot has another number of frames. */
struct differing {
	uint64_t n; /* intervals */
	char name[TT_TAKEN_NAME_MAX]; /* "DAY/NAME" of the first snapshot */
	uint64_t has, skipped; /* its frames, and those of the interval */
};

struct reading {
	struct tt_config config;
	struct tt_setup setup;
	struct tt_spool *spool;
	struct tt_merge *merge;
	struct tt_sequence *sequence;
	struct tt_pipeline pipeline;
	struct tt_counter counter;
	struct tt_tally *tallies[READ_TALLIES]; /* all there are */
	struct tt_tally *spare; /* of these, a clean one that is not in use yet */
	struct input *inputs; /* [n_inputs] */
	unsigned n_inputs;
	struct announced
			*announced; /* [n_announced], in any order until all is scanned */
	size_t n_announced, room_announced;
	bool skip_existing, leave_last;
	struct left before, now; /* what an earlier run left, and this one */
	int64_t flush_ms; /* when to flush next, by the monotonic clock */
	struct tt_run_info run;
	char host[64];
	uint64_t frames, frames_expected; /* read so far, and in all, by the scan */
	uint64_t snapshots, compact_peak_bytes;
	uint64_t skipped,
			skipped_frames; /* intervals that have a snapshot, their frames */
	struct differing differing;
	char longer[128]; /* of these snapshots, one that is longer than an interval, and how long; "" */
	uint64_t fates[TT_N_FATES], late; /* of what was written */
	struct tt_error err; /* why writing failed; err.code 0 if it did not */
};

/*
 * Looks at what the paths name, before anything is opened. Returns 0; -EINVAL where a file is
 * given twice; -EMFILE where so many cannot be open; or another negative errno; with err filled.
 */
int reading_take_inputs(struct reading *r, char **paths, unsigned n,
		struct tt_error *err) TT_MUST_CHECK;

/* Takes all that standard input, a pipe, gives, and puts a file with it in its place; once the spool is open. Returns 0; -EBADMSG where it begins like no
 * capture; -EINTR after a signal; or another negative errno, -ENOSPC where the spool has no room; with err filled. */
int reading_keep_pipe(const struct reading *r, struct input *input,
		struct tt_error *err) TT_MUST_CHECK;

/* Fills err for an input that cannot be read twice. Returns -ESPIPE. */
int reading_refuse_pipe(const struct input *input, struct tt_error *err);

/*
 * Scans the input: finds out how many frames it has, announces those of each interval to the
 * sequence, and prints one line for what is wrong with it. The frames of a single input are
 * counted as well, up to the first one of a second interval. Returns 0, also where one of several inputs
 * is empty or ends inside its header;
 * -EINTR after a signal; or another negative errno where nothing of the file can be read; with
 * err filled.
 */
int reading_scan(struct reading *r, struct input *input,
		struct tt_error *err) TT_MUST_CHECK;

/* Notes that the scan found frames of an interval. Returns 0 or -ENOMEM. */
int reading_note_interval(
		struct reading *r, int64_t start_us, uint64_t frames) TT_MUST_CHECK;

/* Sorts what was noted: once all is scanned, before the next two. */
void reading_sort_intervals(struct reading *r);

/* How many frames the scan found of an interval. */
uint64_t reading_announced(const struct reading *r, int64_t start_us);

/* Has a snapshot in the spool any time of the interval that starts at start_us? */
bool reading_is_taken(const struct reading *r, int64_t start_us);

/* Returns -EEXIST, with err filled, if a snapshot in the spool has time of an interval that was noted,
 * or of an empty one between; 0 if none has, or if those are to be skipped that lie in one snapshot as
 * a whole; or another negative errno. */
int reading_check_taken(struct reading *r, struct tt_error *err) TT_MUST_CHECK;

/* Compares the frames of an interval that is skipped with those of its snapshot, and notes where they differ; not of a
 * longer snapshot. */
void reading_compare_taken(struct reading *r, int64_t start_us, uint64_t frames);

/* Finds out what an earlier run left, once all is scanned and sorted. Returns 0, or -ENODATA with err filled where frames
 * of that interval are missing from these inputs, which reach as far: they would be in no snapshot. */
int reading_check_left(struct reading *r, struct tt_error *err) TT_MUST_CHECK;

/* Is the interval that starts then to be left for the next run? */
bool reading_leaves(const struct reading *r, int64_t start_us);

/* Notes in the spool what was left, or that nothing is any more; once snapshots are flushed. Returns 0, or a negative
 * errno with err naming the file. */
int reading_note_left(struct reading *r, struct tt_error *err) TT_MUST_CHECK;

/* Prints what was read, skipped, left and counted, to standard output. */
void reading_print_summary(const struct reading *r);

/* Reads all inputs and writes all snapshots. Returns 0; or a negative errno with err filled,
 * -EINTR after a signal. */
int reading_run(struct reading *r, struct tt_error *err) TT_MUST_CHECK;

/* Writes what is ready; the counter's callback. A capture in order fills one tally alone, and the
 * memory of the other is not touched. */
struct tt_tally *reading_seal(void *reading, struct tt_tally *sealed);

/* Shows how far the reading is; to be called for each burst. */
void reading_show_progress(const struct reading *r);

#endif
