/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A file as "the next n bytes in one piece", whatever it is: plain, gzip, zstd, xz, pipe or standard
 * input, read(2) into two buffers in turn. For the parsers of this room, one thread per stream.
 *
 * A parser works between at and end and moves at. When a burst of frames has begun and the bytes
 * run out, it returns what it has; only a burst that is still empty calls tt_capstream_fill.
 * Thus one burst lies in one buffer, and the buffers change at most once per burst, which keeps
 * the frames of the burst before alive. Memory: two buffers of TT_CAPSTREAM_CHUNK, or of the
 * largest piece asked for, and the decoder's. Nothing is mapped: a file that is cut meanwhile, or
 * a disk that fails, would be a SIGBUS instead of an error with a name, and reading is faster.
 */
#ifndef TT_CAPSTREAM_H
#define TT_CAPSTREAM_H

#include "tt_base.h"
#include "tt_capcodec.h"
#include "tt_error.h"

/* Of 64 KiB to 4 MiB the fastest over a cached file, 208 million frames/s; and many files may be
 * open at once. */
#define TT_CAPSTREAM_CHUNK (256 * 1024)

struct tt_capstream {
	const uint8_t *at, *end; /* what can be parsed now; the parser moves at */
	const uint8_t *start; /* of the current buffer */
	uint64_t start_offset; /* where start lies in the plain data */
	char *name;
	struct tt_capcodec *codec;
	uint8_t *buffers[2];
	size_t sizes[2];
	unsigned current; /* which buffer at and end point into */
	bool turned; /* buffers changed in this burst */
	bool ended; /* the codec has given all */
	bool regular; /* a regular file, opened by its name */
	int status; /* negative once the codec has failed, told when its bytes are used up */
	struct tt_error why; /* of status */
	uint64_t file_size; /* 0: not known */
};

/* Opens path ("-": standard input). chunk: size of a buffer, bytes. Returns 0, or a negative
 * errno with err and nothing to close. */
int tt_capstream_open(struct tt_capstream *s, const char *path, size_t chunk,
		struct tt_error *err) TT_MUST_CHECK;
void tt_capstream_close(struct tt_capstream *s);

/* Begins a burst: from now on the frames of the burst before the last may be overwritten. */
static inline void
tt_capstream_next_burst(struct tt_capstream *s)
{
	s->turned = false;
}

static inline size_t
tt_capstream_left(const struct tt_capstream *s)
{
	return s->end - s->at;
}

/* Where at lies in the plain data, bytes. */
static inline uint64_t
tt_capstream_offset(const struct tt_capstream *s)
{
	return s->start_offset + (s->at - s->start);
}

/*
 * Makes n bytes available in one piece. Returns 1; 0 if the data end before (all that is left
 * lies between at and end); TT_CAPFILE_TRUNCATED if compressed data end before; or a negative
 * errno. Only while the burst has no frame yet.
 */
int tt_capstream_fill(
		struct tt_capstream *s, size_t n, struct tt_error *err) TT_MUST_CHECK;

/* Moves over n bytes, however many; returns as tt_capstream_fill. */
int tt_capstream_skip(
		struct tt_capstream *s, size_t n, struct tt_error *err) TT_MUST_CHECK;

/* Bytes of the file as it lies on disk that are used up. */
uint64_t tt_capstream_consumed(const struct tt_capstream *s);

enum tt_capcodec_kind tt_capstream_kind(const struct tt_capstream *s);

#endif
