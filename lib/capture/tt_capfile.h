/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capture files → frames: pcap (both byte orders, micro- and nanosecond; the "modified" variant
 * is refused by name) and pcapng (any number of sections and interfaces, either
 * byte order, mixed link types, if_tsresol and if_tsoffset; enhanced, simple and obsolete packet
 * blocks; other blocks skipped). Behind the last record of a file another may begin, of any of these kinds, as `cat`
 * joins them: its frames follow. gzip, zstd and xz are told from their first bytes, whatever the
 * name is; pipes are followed live; "-" is standard input. One thread per file. Memory: two buffers
 * (tt_capstream.h), the decoder's, and up to 2.5 MiB for the interfaces of a pcapng section.
 *
 * A file that ends in the middle of a record gives all the frames before it, then a
 * TT_CAPFILE_TRUNCATED; damage in the middle gives the frames before it, then an error. One whose
 * last blocks were never written, so that zeros are all that is left of it, is truncated, too; and
 * 1 KiB of zeros in place of records of pcap is damage (tt_capfile_zeros.c).
 */
#ifndef TT_CAPFILE_H
#define TT_CAPFILE_H

#include "tt_base.h"
#include "tt_error.h"

/* One frame as captured. data lives until the next-but-one burst is read from the same file. */
struct tt_frame {
	const uint8_t *data;
	int64_t time_us; /* since the epoch, UTC, finer digits cut off (towards the past) */
	uint32_t captured; /* bytes at data */
	uint32_t length; /* on the wire, as the file says */
	uint16_t link; /* LINKTYPE_ number */
};

struct tt_capfile;

enum {
	TT_CAPFILE_TRUNCATED = -1000
};

/* Opens path. Returns 0, or a negative errno with err naming the file: -ENOENT …, or -EBADMSG
 * where it is no capture file (an empty file is none; one with a header and no frames is). */
int tt_capfile_open(struct tt_capfile **file, const char *path,
		struct tt_error *err) TT_MUST_CHECK;
void tt_capfile_close(struct tt_capfile *file);

/* Does path, more of which may follow, begin as a capture file? Returns 0 also where it is empty or ends before that can be told; else as
 * tt_capfile_open. */
int tt_capfile_may_begin(const char *path, struct tt_error *err) TT_MUST_CHECK;

/*
 * Reads up to n frames into frames[n]. Returns their number; 0 at the end of the file; or, once
 * all whole frames have been returned, TT_CAPFILE_TRUNCATED (err says at which offset) or
 * another negative errno (-EBADMSG: damaged; -EIO and others of read(2)). After a negative
 * return the file gives no more, and says the same again.
 */
int tt_capfile_read(struct tt_capfile *file, struct tt_frame *frames, unsigned n,
		struct tt_error *err) TT_MUST_CHECK;

/* What is to be known of the frames of a burst as a whole. */
struct tt_capfile_outline {
	int64_t first_us, last_us; /* of their times, in whatever order they lie */
	uint16_t link; /* of one of them */
	bool one_link; /* and of all others */
};

/* Of the burst that tt_capfile_read gave last, which had a frame at least. */
struct tt_capfile_outline tt_capfile_outline(const struct tt_capfile *file);

/* Where the capture file began whose frames the last read gave, in bytes of the plain data: 0, unless several were
 * joined that are not sections of one pcapng. Changes between bursts alone. */
uint64_t tt_capfile_joined_at(const struct tt_capfile *file);

/* The same, or where the section of pcapng begins that these frames are of, if that is further: joined behind its
 * like, a file is one more section of it. */
uint64_t tt_capfile_begun_at(const struct tt_capfile *file);

/* Can the file be opened a second time and give the same (a regular file)? */
bool tt_capfile_rereadable(const struct tt_capfile *file);

/* How far reading has come, for a progress bar: bytes of the file as it lies on disk. total is
 * 0 where it is not known. */
void tt_capfile_progress(const struct tt_capfile *file, uint64_t *done, uint64_t *total);

/* "pcap, microseconds, little-endian", "pcapng" with ", gzip", ", zstd" or ", xz" added. */
const char *tt_capfile_describe(const struct tt_capfile *file);

/*
 * Writes capture files: classic pcap, little-endian, microseconds.
 */
struct tt_capwriter;

/* Creates or truncates path ("-": standard output). Returns 0, or a negative errno with err. */
int tt_capwriter_open(struct tt_capwriter **writer, const char *path, uint16_t link,
		struct tt_error *err) TT_MUST_CHECK;
int tt_capwriter_write(struct tt_capwriter *writer, const struct tt_frame *frame,
		struct tt_error *err) TT_MUST_CHECK;
/* Flushes and closes; the writer is gone whatever is returned. */
int tt_capwriter_close(struct tt_capwriter *writer, struct tt_error *err) TT_MUST_CHECK;

#endif
