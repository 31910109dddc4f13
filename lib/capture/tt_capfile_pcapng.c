/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pcapng (draft-ietf-opsawg-pcapng): blocks of type, length, body, length again. A section
 * header starts afresh, in its own byte order and with no interfaces. A simple packet block has
 * no time; it gets that of the frame before it in its section, or 0 (libpcap: always 0).
 */
#include "tt_capfile_private.h"

#include <errno.h>

#define BLOCK_SECTION   0x0a0d0d0a
#define BLOCK_INTERFACE 1
#define BLOCK_OBSOLETE  2
#define BLOCK_SIMPLE    3
#define BLOCK_ENHANCED  6
#define BYTE_ORDER_MARK 0x1a2b3c4d
#define HEAD_BYTES      8 /* type, length */
#define FRAMING_BYTES   12 /* and the length again */
#define SECTION_MIN     28

/* The largest block that is looked into: a frame and generous options. */
#define BLOCK_MAX (TT_CAPFILE_CAPTURED_MAX + 1024u * 1024)

struct block {
	uint32_t type, length; /* length of all of it */
};

/* What taking a block came to; beside it stand negative errnos. */
enum {
	STEP_END,
	STEP_FRAME,
	STEP_OTHER,
	STEP_LATER /* the burst must be returned first */
};

bool
tt_capng_is(const uint8_t magic[4])
{
	return tt_capfile_u32(magic, false) == BLOCK_SECTION;
}

static bool
is_known(uint32_t type)
{
	return type == BLOCK_ENHANCED || type == BLOCK_SIMPLE || type == BLOCK_OBSOLETE
			|| type == BLOCK_INTERFACE || type == BLOCK_SECTION;
}

static bool
has_mark(const uint8_t *block, bool swapped)
{
	return tt_capfile_u32(block + HEAD_BYTES, swapped) == BYTE_ORDER_MARK;
}

bool
tt_capng_joins(const uint8_t at[TT_CAPFILE_JOINED_BYTES])
{
	return tt_capng_is(at) && (has_mark(at, false) || has_mark(at, true));
}

/* Tells the byte order of the section whose header is next; 12 bytes of it are there. */
static int
take_byte_order(struct tt_capfile *f, struct tt_error *err)
{
	f->swapped = has_mark(f->stream.at, true);
	if (f->swapped || has_mark(f->stream.at, false))
		return 0;
	return tt_capfile_damaged(f, err, "a section without a byte-order mark");
}

/* A block that was written in part, or not at all, has no lengths, and zeros follow. Only while
 * the burst is empty can that be looked at; before, the burst is ended as by any damage. */
static int
check_block(struct tt_capfile *f, const struct block *b, bool first, struct tt_error *err)
{
	int damage;

	if (b->length < FRAMING_BYTES || b->length % 4 != 0) {
		damage = tt_capfile_damaged(f, err, "a block of %u bytes", b->length);
		if (!first || b->length != 0)
			return damage;
		return tt_capfile_zeros_instead(
				f, f->stream.at + (b->type == 0 ? 0 : 4), damage, err);
	}
	if (b->length > BLOCK_MAX && is_known(b->type))
		return tt_capfile_damaged(f, err,
				"a block of %u bytes, more than the limit", b->length);
	return 0;
}

static int
check_trailer(struct tt_capfile *f, const uint8_t *trailer, const struct block *b,
		bool first, struct tt_error *err)
{
	uint32_t again = tt_capfile_u32(trailer, f->swapped);
	int damage;

	if (TT_LIKELY(again == b->length))
		return 0;
	damage = tt_capfile_damaged(f, err,
			"the block's two lengths differ: %u at its start, %u at its end",
			b->length, again);
	return first && again == 0 ? tt_capfile_zeros_instead(f, trailer, damage, err)
				   : damage;
}

/* Makes n bytes available: 1, or STEP_END, STEP_LATER or a negative errno in *step. */
static inline bool
want(struct tt_capfile *f, size_t n, bool first, int *step, struct tt_error *err)
{
	int rc;

	if (TT_LIKELY(tt_capstream_left(&f->stream) >= n))
		return true;
	if (!first) {
		*step = STEP_LATER;
		return false;
	}
	rc = tt_capstream_fill(&f->stream, n, err);
	if (rc == 0)
		*step = tt_capfile_ended(f, err);
	else if (rc < 0)
		*step = rc;
	return rc > 0;
}

static int
take_section(struct tt_capfile *f, const struct block *b, struct tt_error *err)
{
	unsigned major, minor;

	if (b->length < SECTION_MIN)
		return tt_capfile_damaged(
				f, err, "a section header of %u bytes", b->length);
	major = tt_capfile_u16(f->stream.at + 12, f->swapped);
	minor = tt_capfile_u16(f->stream.at + 14, f->swapped);
	if (major != 1)
		return tt_error_set(err, -EBADMSG, f->stream.name,
				"pcapng version %u.%u is not known, only 1.x", major,
				minor);
	f->n_interfaces = 0;
	f->last_time_us = 0;
	f->section_at = tt_capstream_offset(&f->stream);
	return STEP_OTHER;
}

static const struct tt_capng_interface *
find_interface(struct tt_capfile *f, uint32_t id, struct tt_error *err)
{
	if (TT_LIKELY(id < f->n_interfaces))
		return &f->interfaces[id];
	tt_capfile_damaged(f, err, "a frame of interface %u, of which the section has %u",
			id, f->n_interfaces);
	return NULL;
}

/* head: bytes of the block before the frame; lengths and time are filled in. */
static int
set_frame(struct tt_capfile *f, const struct block *b, size_t head, uint16_t link,
		struct tt_frame *frame, struct tt_error *err)
{
	if (TT_UNLIKELY(b->length < head + 4 || frame->captured > b->length - head - 4))
		return tt_capfile_damaged(f, err,
				"a frame of %u captured bytes in a block of %u",
				frame->captured, b->length);
	frame->data = f->stream.at + head;
	frame->link = link;
	f->last_time_us = frame->time_us;
	return STEP_FRAME;
}

/* Both kinds: interface, time (high, low), captured, length; then the frame. The obsolete one
 * has a count of drops in the upper half of the interface's place. */
static int
take_packet(struct tt_capfile *f, const struct block *b, struct tt_frame *frame,
		struct tt_error *err)
{
	const size_t head = 28;
	const uint8_t *at = f->stream.at;
	const struct tt_capng_interface *i;
	uint64_t ticks;

	if (TT_UNLIKELY(b->length < head + 4))
		return tt_capfile_damaged(
				f, err, "a packet block of %u bytes", b->length);
	i = find_interface(f,
			b->type == BLOCK_OBSOLETE ? tt_capfile_u16(at + 8, f->swapped)
						  : tt_capfile_u32(at + 8, f->swapped),
			err);
	if (i == NULL)
		return -EBADMSG;
	ticks = (uint64_t)tt_capfile_u32(at + 12, f->swapped) << 32
			| tt_capfile_u32(at + 16, f->swapped);
	frame->time_us = tt_capng_time_us(i, ticks);
	frame->captured = tt_capfile_u32(at + 20, f->swapped);
	frame->length = tt_capfile_u32(at + 24, f->swapped);
	return set_frame(f, b, head, i->link, frame, err);
}

static int
take_simple(struct tt_capfile *f, const struct block *b, struct tt_frame *frame,
		struct tt_error *err)
{
	const struct tt_capng_interface *i = find_interface(f, 0, err);

	if (i == NULL)
		return -EBADMSG;
	if (b->length < 16)
		return tt_capfile_damaged(
				f, err, "a packet block of %u bytes", b->length);
	frame->length = tt_capfile_u32(f->stream.at + 8, f->swapped);
	frame->captured = frame->length < i->snaplen ? frame->length : i->snaplen;
	frame->time_us = f->last_time_us;
	return set_frame(f, b, 12, i->link, frame, err);
}

static int
take_body(struct tt_capfile *f, const struct block *b, struct tt_frame *frame,
		struct tt_error *err)
{
	int rc;

	switch (b->type) {
	case BLOCK_ENHANCED:
	case BLOCK_OBSOLETE:
		return take_packet(f, b, frame, err);
	case BLOCK_SIMPLE:
		return take_simple(f, b, frame, err);
	case BLOCK_SECTION:
		return take_section(f, b, err);
	default:
		rc = tt_capng_add_interface(f, f->stream.at + HEAD_BYTES,
				b->length - FRAMING_BYTES, err);
		return rc < 0 ? rc : STEP_OTHER;
	}
}

/* Skips a block of any length, which a stream need not hold in one piece. */
static int
skip_block(struct tt_capfile *f, const struct block *b, bool first, struct tt_error *err)
{
	int rc, step;

	if (tt_capstream_left(&f->stream) < b->length) {
		if (!first)
			return STEP_LATER;
		rc = tt_capstream_skip(&f->stream, b->length - 4, err);
		if (rc > 0)
			rc = tt_capstream_fill(&f->stream, 4, err);
		if (rc <= 0)
			return rc < 0 ? rc
				      : tt_error_set(err, TT_CAPFILE_TRUNCATED,
						      f->stream.name,
						      "truncated: the file ends "
						      "inside a block");
		step = check_trailer(f, f->stream.at, b, first, err);
		if (step < 0)
			return step;
		f->stream.at += 4;
		return STEP_OTHER;
	}
	step = check_trailer(f, f->stream.at + b->length - 4, b, first, err);
	if (step < 0)
		return step;
	f->stream.at += b->length;
	return STEP_OTHER;
}

/* Takes the next block. first: the burst is empty, so more bytes may be read. */
static int
take_block(struct tt_capfile *f, struct tt_frame *frame, bool first, struct tt_error *err)
{
	struct block b;
	int step;

	if (!want(f, FRAMING_BYTES, first, &step, err))
		return step;
	b.type = tt_capfile_u32(f->stream.at, f->swapped);
	if (TT_UNLIKELY(b.type == BLOCK_SECTION)) {
		if (!first)
			return STEP_LATER; /* a burst is of one section */
		if ((step = take_byte_order(f, err)) < 0)
			return step;
	}
	if (TT_UNLIKELY(!is_known(b.type)) && tt_cappcap_joins(f->stream.at))
		return first ? TT_CAPFILE_JOINED : STEP_LATER;
	b.length = tt_capfile_u32(f->stream.at + 4, f->swapped);
	step = check_block(f, &b, first, err);
	if (step < 0)
		return step;
	if (TT_UNLIKELY(!is_known(b.type)))
		return skip_block(f, &b, first, err);
	if (!want(f, b.length, first, &step, err))
		return step;
	step = check_trailer(f, f->stream.at + b.length - 4, &b, first, err);
	if (step == 0)
		step = take_body(f, &b, frame, err);
	if (step > 0)
		f->stream.at += b.length;
	return step;
}

int
tt_capng_begin(struct tt_capfile *f, struct tt_error *err)
{
	struct tt_frame none;
	int step;

	f->is_pcapng = true;
	step = take_block(f, &none, true, err);
	return step == STEP_OTHER ? 0 : step;
}

int
tt_capng_read(struct tt_capfile *f, struct tt_frame *frames, unsigned n,
		struct tt_error *err)
{
	unsigned got = 0;

	while (got < n) {
		/* An error after some frames is told, again, by the next burst. */
		int step = take_block(f, &frames[got], got == 0, got == 0 ? err : NULL);

		if (step == STEP_FRAME)
			got++;
		else if (step != STEP_OTHER)
			return got > 0 ? (int)got : step;
	}
	return got;
}
