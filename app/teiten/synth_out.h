/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where `teiten synth` writes: one capture file, or several, as the queues of one port would get
 * the packets: all packets of a source address are in the same file.
 */
#ifndef SYNTH_OUT_H
#define SYNTH_OUT_H

#include "tt_capfile.h"

#include <limits.h>

#define SYNTH_OUT_MAX 64

/* A file that is whole or absent: it is written beside its place, and renamed. */
struct synth_file {
	char *path; /* its place */
	char *tmp; /* where it is written; the same where path is no place of a regular file */
};

/* Returns 0, or -ENOMEM with err filled. */
int synth_file_begin(struct synth_file *file, const char *path,
		struct tt_error *err) TT_MUST_CHECK;
/* Puts it in its place. Returns 0, or a negative errno with err naming it, and it is gone. */
int synth_file_end(struct synth_file *file, struct tt_error *err) TT_MUST_CHECK;
/* Removes it. */
void synth_file_abandon(struct synth_file *file);

struct synth_out {
	unsigned n;
	struct tt_capwriter *writers[SYNTH_OUT_MAX]; /* [n] */
	struct synth_file files[SYNTH_OUT_MAX]; /* [n] */
};

/*
 * Opens path, or, where n (1 to SYNTH_OUT_MAX) is more than one, NAME-0.pcap to NAME-(n-1).pcap
 * for a path NAME.pcap. Returns 0, or a negative errno with err naming the file.
 */
int synth_out_open(struct synth_out *out, const char *path, unsigned n,
		struct tt_error *err) TT_MUST_CHECK;

/* The name of file `part` of n; returns name. */
char *synth_out_name(char name[PATH_MAX], const char *path, unsigned n, unsigned part);

int synth_out_write(struct synth_out *out, const struct tt_frame *frame,
		struct tt_error *err) TT_MUST_CHECK;
/* Removes what was written; synth_out_open and synth_out_close do so where they fail. */
void synth_out_abandon(struct synth_out *out);
/* Closes all and puts them in their places; the first error is kept. */
int synth_out_close(struct synth_out *out, struct tt_error *err) TT_MUST_CHECK;

#endif
