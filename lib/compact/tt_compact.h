/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Snapshots of several intervals or sensors into one, as if one long interval had counted it all
 * (docs/snapshot-format.md, "Merged snapshots"; docs/decisions/0010-merged-snapshots.md). One
 * thread per call; heap memory.
 *
 * Rows with equal keys become one: sums add, first times are the least, registers of sketches the
 * greatest. Unique counts are counted anew, from the merged rows of `pairs` and `contacts`, which
 * are as exact as the parts allow. The order of the parts, and how they were grouped before, makes
 * no difference to a byte, as long as no talkers or source ports had to be cut.
 *
 * Parts are read one after the other, so that memory goes with the result: 16 to 96 bytes for each
 * row of it and 5 to 11 to find it; 550 bytes for each target with sketches; and one row group of
 * the table that is being written. Four bounds keep the result finite: pairs and contacts over
 * their limit are sampled, at a rate that does not depend on the order; of talkers and source ports
 * over theirs, the lightest join the row of all others. Address space for rows is taken beforehand,
 * up to 512 MiB a table; what is not used of it takes no memory.
 */
#ifndef TT_COMPACT_H
#define TT_COMPACT_H

#include "tt_snapshot.h"

#define TT_COMPACT_PAIR_ROWS    (1 << 20)
#define TT_COMPACT_CONTACT_ROWS (1 << 20)
#define TT_COMPACT_HEAVY_ROWS   (1 << 20)

struct tt_compact_job {
	const char *const *parts; /* [n_parts] directories of snapshots, in any order */
	size_t n_parts; /* at least 1 */
	/* [n_replaced] snapshots whose place the result takes, too, being made of all that they are: where
	 * one has its name, they change names when it is published (tt_compact_spool.h). */
	const char *const *replaced;
	size_t n_replaced;
	const char *sensor; /* of the result */
	/* As configured: the result is complete only if it is whole intervals of this length; 0: the
	 * length of the result, whatever it is. */
	int64_t nominal_s;
	uint64_t pair_rows, contact_rows; /* the most rows of these tables; 0: as above */
	uint64_t heavy_rows; /* of talkers and of source_ports, each; 0: as above */
	bool merges; /* no sensor counted the result itself, whatever the parts are: as tt_manifest.merged says */
	const char *program, *version, *host; /* for the manifest; NULL reads as "" */
	int64_t workers;
	bool sync; /* make it durable */
	/* Called after each part, unless it is NULL. */
	void (*progress)(void *context, size_t done, size_t n_parts);
	void *context;
};

/* What the result is, beside its manifest. */
struct tt_compact_result {
	int64_t start_us, end_us;
	int64_t packets, uniq_src_ip, pair_rows_one_in, contact_rows_one_in;
	uint64_t heavy_cut; /* rows of talkers and source_ports that joined the others */
	uint64_t bytes; /* of its files but the manifest */
	size_t sensors; /* that it has coverage of */
};

/*
 * Merges the parts into the empty directory dir_fd, all files and the manifest. Returns 0; -EBADMSG
 * for a part whose files or rows are not what its manifest says; -EEXIST where a sensor would count the same time twice; -EPROTO for parts
 * that cannot be merged (other sampling, other precision); -ENOMEM, -ENOSPC or another negative
 * errno; err names the file or the part and what is wrong with it. What dir_fd then holds is the
 * caller's to remove.
 */
int tt_compact_merge(const struct tt_compact_job *job, int dir_fd,
		struct tt_compact_result *result, struct tt_error *err) TT_MUST_CHECK;

/*
 * Which of parts[n] share time of a sensor with one before them, and can be in no one snapshot with
 * it (-EEXIST of the above): these are to be left aside. Returns 0, or a negative errno with err
 * filled.
 */
int tt_compact_disjoint(const char *const *parts, size_t n, bool *aside,
		struct tt_error *err) TT_MUST_CHECK;

#endif
