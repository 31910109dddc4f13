/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Capture files made byte by byte, for the tests of lib/capture, and a reader that keeps what
 * came out of them. Files live in memory (memfd), so that a test leaves nothing behind.
 */
#ifndef CAPFILE_BYTES_H
#define CAPFILE_BYTES_H

#include "tt_capfile_private.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

struct bytes {
	uint8_t at[8192];
	size_t n;
	bool big;
	unsigned frames; /* whole ones so far */
	struct {
		size_t end; /* where a record ends */
		unsigned frames; /* whole ones before that */
	} marks[64];
	unsigned n_marks;
};

/* Whole frames before a byte. */
static inline unsigned
frames_before(const struct bytes *b, size_t cut)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->n_marks && b->marks[i].end <= cut; i++)
		n = b->marks[i].frames;
	return n;
}

/* Does a record end there? */
static inline bool
is_boundary(const struct bytes *b, size_t cut)
{
	for (unsigned i = 0; i < b->n_marks; i++)
		if (b->marks[i].end == cut)
			return true;
	return false;
}

static inline void
put_bytes(struct bytes *b, const void *data, size_t n)
{
	assert_true(b->n + n <= sizeof(b->at));
	memcpy(b->at + b->n, data, n);
	b->n += n;
}

static inline void
put_number(struct bytes *b, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		b->at[b->n++] = v >> 8 * (b->big ? size - 1 - i : i);
}

static inline void
put_u16(struct bytes *b, uint16_t v)
{
	put_number(b, v, 2);
}

static inline void
put_u32(struct bytes *b, uint32_t v)
{
	put_number(b, v, 4);
}

static inline void
put_payload(struct bytes *b, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		b->at[b->n++] = 31 * b->frames + i;
}

static inline void
mark(struct bytes *b, unsigned frames)
{
	b->frames += frames;
	b->marks[b->n_marks].end = b->n;
	b->marks[b->n_marks++].frames = b->frames;
}

static inline void
put_pcap_header(struct bytes *b, uint32_t magic, uint32_t snaplen, uint32_t link)
{
	put_u32(b, magic);
	put_u16(b, 2);
	put_u16(b, 4);
	put_u32(b, 0);
	put_u32(b, 0);
	put_u32(b, snaplen);
	put_u32(b, link);
	mark(b, 0);
}

static inline void
put_pcap_record(struct bytes *b, uint32_t seconds, uint32_t fraction, uint32_t captured,
		uint32_t length)
{
	put_u32(b, seconds);
	put_u32(b, fraction);
	put_u32(b, captured);
	put_u32(b, length);
	put_payload(b, captured);
	mark(b, 1);
}

/* Ends the block that began at start: pads, and sets both lengths. */
static inline void
end_block(struct bytes *b, size_t start, unsigned frames)
{
	size_t end;

	while ((b->n - start) % 4 != 0)
		b->at[b->n++] = 0;
	end = b->n;
	b->n = start + 4;
	put_u32(b, end + 4 - start);
	b->n = end;
	put_u32(b, end + 4 - start);
	mark(b, frames);
}

static inline size_t
begin_block(struct bytes *b, uint32_t type)
{
	size_t start = b->n;

	put_u32(b, type);
	put_u32(b, 0);
	return start;
}

static inline void
put_section(struct bytes *b)
{
	size_t start = begin_block(b, 0x0a0d0d0a);

	put_u32(b, 0x1a2b3c4d);
	put_u16(b, 1);
	put_u16(b, 0);
	put_number(b, UINT64_MAX, 8);
	end_block(b, start, 0);
}

/* tsresol: -1 leaves the option out; so does an offset of 0. */
static inline void
put_interface(struct bytes *b, uint16_t link, uint32_t snaplen, int tsresol,
		int64_t offset)
{
	size_t start = begin_block(b, 1);

	put_u16(b, link);
	put_u16(b, 0);
	put_u32(b, snaplen);
	put_u16(b, 2); /* if_name, which is of no interest */
	put_u16(b, 5);
	put_bytes(b, "dark0\0\0\0", 8);
	if (tsresol >= 0) {
		put_u16(b, 9);
		put_u16(b, 1);
		put_bytes(b, (uint8_t[4]){tsresol}, 4);
	}
	if (offset != 0) {
		put_u16(b, 14);
		put_u16(b, 8);
		put_number(b, offset, 8);
	}
	put_u32(b, 0);
	end_block(b, start, 0);
}

static inline void
put_enhanced(struct bytes *b, uint32_t interface, uint64_t ticks, uint32_t captured,
		uint32_t length)
{
	size_t start = begin_block(b, 6);

	put_u32(b, interface);
	put_u32(b, ticks >> 32);
	put_u32(b, ticks);
	put_u32(b, captured);
	put_u32(b, length);
	put_payload(b, captured);
	end_block(b, start, 1);
}

static inline void
put_obsolete(struct bytes *b, uint16_t interface, uint64_t ticks, uint32_t captured)
{
	size_t start = begin_block(b, 2);

	put_u16(b, interface);
	put_u16(b, 7); /* drops */
	put_u32(b, ticks >> 32);
	put_u32(b, ticks);
	put_u32(b, captured);
	put_u32(b, captured + 1);
	put_payload(b, captured);
	end_block(b, start, 1);
}

static inline void
put_simple(struct bytes *b, uint32_t captured, uint32_t length)
{
	size_t start = begin_block(b, 3);

	put_u32(b, length);
	put_payload(b, captured);
	end_block(b, start, 1);
}

static inline void
put_unknown(struct bytes *b, uint32_t type, unsigned n)
{
	size_t start = begin_block(b, type);

	put_payload(b, n);
	end_block(b, start, 0);
}

/* What came out of a file. */
struct got {
	int opened; /* tt_capfile_open's return */
	int ended; /* the last read's return */
	unsigned n;
	struct {
		int64_t time_us;
		uint32_t captured, length, sum;
		uint16_t link;
	} frames[64];
	char text[64];
	struct tt_error err;
};

static inline void
keep_frame(struct got *g, const struct tt_frame *frame)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < frame->captured; i++)
		sum = sum * 31 + frame->data[i];
	assert_true(g->n < TT_ARRAY_SIZE(g->frames));
	g->frames[g->n].time_us = frame->time_us;
	g->frames[g->n].captured = frame->captured;
	g->frames[g->n].length = frame->length;
	g->frames[g->n].sum = sum;
	g->frames[g->n++].link = frame->link;
}

/* The outline of a burst is that of its frames. */
static inline void
assert_outline(const struct tt_capfile *f, const struct tt_frame *frames, int n)
{
	const struct tt_capfile_outline o = tt_capfile_outline(f);
	int64_t first = frames[0].time_us, last = first;
	bool one_link = true;

	for (int i = 0; i < n; i++) {
		first = frames[i].time_us < first ? frames[i].time_us : first;
		last = frames[i].time_us > last ? frames[i].time_us : last;
		one_link = one_link && frames[i].link == frames[0].link;
	}
	assert_int_equal(o.first_us, first);
	assert_int_equal(o.last_us, last);
	assert_int_equal(o.one_link, one_link);
	if (one_link)
		assert_int_equal(o.link, frames[0].link);
}

/* chunk: size of the buffers, 0 the usual one. */
static inline void
read_path(struct got *g, const char *path, size_t chunk, unsigned burst)
{
	struct tt_frame frames[64];
	struct tt_capfile *f;

	memset(g, 0, sizeof(*g));
	g->opened = chunk == 0 ? tt_capfile_open(&f, path, &g->err)
			       : tt_capfile_open_chunked(&f, path, chunk, &g->err);
	if (g->opened < 0)
		return;
	strcpy(g->text, tt_capfile_describe(f));
	while ((g->ended = tt_capfile_read(f, frames, burst, &g->err)) > 0) {
		assert_true((unsigned)g->ended <= burst);
		assert_outline(f, frames, g->ended);
		for (int i = 0; i < g->ended; i++)
			keep_frame(g, &frames[i]);
	}
	tt_capfile_close(f);
}

/* Returns the descriptor of a file in memory, and its path. */
static inline int
memory_file(const void *bytes, size_t n, char path[32])
{
	int fd = memfd_create("capfile", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static inline void
read_bytes(struct got *g, const void *bytes, size_t n, size_t chunk, unsigned burst)
{
	char path[32];
	int fd = memory_file(bytes, n, path);

	read_path(g, path, chunk, burst);
	close(fd);
}

/* A file of 30 records of ever more bytes, and what is read of it. */
static inline void
make_plain(struct bytes *b, struct got *whole)
{
	memset(b, 0, sizeof(*b));
	put_pcap_header(b, 0xa1b2c3d4, 65535, 1);
	for (unsigned i = 0; i < 30; i++)
		put_pcap_record(b, 1700000000 + i, i, 40 + i, 60 + i);
	read_bytes(whole, b->at, b->n, 0, 64);
	assert_int_equal(whole->n, 30);
}

static inline void
assert_same_frames(const struct got *a, const struct got *b, unsigned n)
{
	assert_true(a->n >= n && b->n >= n);
	assert_memory_equal(a->frames, b->frames, n * sizeof(a->frames[0]));
}

#endif
