/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A file that is being written: bytes through a buffer, under a hidden name until it is whole.
 * Internal to the room; one thread. What goes wrong at writing is kept until it is asked for.
 */
#ifndef TT_EXPORT_OUT_H
#define TT_EXPORT_OUT_H

#include "tt_base.h"
#include "tt_error.h"

#include <string.h>

#define TT_OUT_BYTES (1 << 16)

struct tt_out {
	int fd; /* -1: not open */
	char *path; /* the final name, or "standard output"; heap */
	char *tmp; /* the hidden name, NULL where path is written as it is; heap */
	size_t used;
	int failed; /* errno of what went wrong first */
	uint8_t bytes[TT_OUT_BYTES];
};

/* The hidden name for path, on the heap: ".NAME.PID.tmp" beside it. NULL if memory is short. */
char *tt_out_hidden(const char *path);

/* Makes a directory and those above it. Returns 0 or a negative errno with err filled. */
int tt_out_make_dirs(const char *path, struct tt_error *err) TT_MUST_CHECK;

/* Returns 0 where path is a regular file or nothing, so that a file may take its place. */
int tt_out_may_replace(const char *path, struct tt_error *err) TT_MUST_CHECK;

/* Makes the file tmp durable and renames it to path. Returns as above; tmp is there no more. */
int tt_out_publish(const char *tmp, const char *path, struct tt_error *err) TT_MUST_CHECK;

/* Begins a file; path NULL: standard output. */
int tt_out_open(struct tt_out *out, const char *path, struct tt_error *err) TT_MUST_CHECK;

/* Writes the rest, and gives the file its name. */
int tt_out_finish(struct tt_out *out, struct tt_error *err) TT_MUST_CHECK;

/* Removes what was written; does nothing where nothing is open. */
void tt_out_abandon(struct tt_out *out);

/* Returns 0, or the negative errno of what went wrong, with err filled. */
int tt_out_check(const struct tt_out *out, struct tt_error *err) TT_MUST_CHECK;

/* Writes the buffer. A signal that ends the wait for a pipe is a failure, EINTR. */
void tt_out_flush(struct tt_out *out);

void tt_out_bytes(struct tt_out *out, const void *bytes, size_t n);
void tt_out_int(struct tt_out *out, int64_t value);

/* Writes a time as ISO 8601, between quotes unless quote is 0; one that is no time as a number. */
void tt_out_time(struct tt_out *out, int64_t us, char quote);
/* The same as text, without a NUL. Returns how many bytes it has. */
#define TT_OUT_TIME_MAX 64
size_t tt_out_format_time(char text[TT_OUT_TIME_MAX], int64_t us, char quote);

static inline void
tt_out_char(struct tt_out *out, char c)
{
	if (TT_UNLIKELY(out->used == TT_OUT_BYTES))
		tt_out_flush(out);
	out->bytes[out->used++] = (uint8_t)c;
}

static inline void
tt_out_text(struct tt_out *out, const char *text)
{
	tt_out_bytes(out, text, strlen(text));
}

#endif
