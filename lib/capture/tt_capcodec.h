/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A file descriptor → plain bytes: as they are, or out of gzip (RFC 1952, any number of
 * members), zstd (RFC 8878, any number of frames, skippable ones too) or xz (the .xz file format
 * 1.2, any number of streams with padding between). Which of them is told from the first bytes. For
 * this room alone, one thread per codec. Memory: 128 KiB of input and what zlib (40 KiB), libzstd
 * (the frame's window, at most 128 MiB) or liblzma (the dictionary, 8 MiB by default; a file that
 * takes more than 160 MiB is refused) take, and 64 KiB of output for the last. Reads no further
 * ahead than one input buffer, so that a pipe is followed live.
 */
#ifndef TT_CAPCODEC_H
#define TT_CAPCODEC_H

#include "tt_base.h"
#include "tt_error.h"

struct tt_capcodec;

enum tt_capcodec_kind {
	TT_CAPCODEC_PLAIN,
	TT_CAPCODEC_GZIP,
	TT_CAPCODEC_ZSTD,
	TT_CAPCODEC_XZ
};

/* "gzip", "zstd", "xz"; "" for plain bytes. */
const char *tt_capcodec_name(enum tt_capcodec_kind kind);

/* Tells the kind from the first n bytes of a file. */
enum tt_capcodec_kind tt_capcodec_sniff(const uint8_t *bytes, size_t n);

/* Takes over fd, which is closed by tt_capcodec_close, on failure too. name is for messages and
 * must outlive the codec. Returns 0 or a negative errno. */
int tt_capcodec_open(struct tt_capcodec **codec, int fd, const char *name,
		struct tt_error *err) TT_MUST_CHECK;
void tt_capcodec_close(struct tt_capcodec *codec);

/*
 * Reads up to size (> 0) plain bytes, at least one. Returns their number; 0 at the end;
 * TT_CAPFILE_TRUNCATED where compressed data end early; -EBADMSG where they are damaged; -ENOMEM; or a
 * negative errno of read(2). -EINTR is passed on, so that a program whose signal handlers do
 * not restart system calls can stop a read from a silent pipe.
 */
ssize_t tt_capcodec_read(struct tt_capcodec *codec, uint8_t *to, size_t size,
		struct tt_error *err) TT_MUST_CHECK;

enum tt_capcodec_kind tt_capcodec_kind(const struct tt_capcodec *codec);

/* Bytes of the file consumed so far. */
uint64_t tt_capcodec_consumed(const struct tt_capcodec *codec);

#endif
