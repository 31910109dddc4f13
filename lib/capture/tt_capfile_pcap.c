/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Classic pcap (draft-ietf-opsawg-pcap). Frames, lengths and times are those that libpcap 1.10
 * gives, and so DPDK's net_pcap, for every file that libpcap accepts, odd ones included:
 * - a frame captured beyond the file's snapshot length is cut to it;
 * - versions before 2.3 hold the two lengths in the other order, 2.3 in either;
 * - a fraction of a second or more is added to the seconds; it is signed in files of this
 *   machine's byte order, and cut towards zero.
 * Only seconds past 2^31 (the year 2038) differ: they are what the format says, unsigned.
 */
#include "tt_capfile_private.h"
#include "tt_time.h"

#include <errno.h>

#define MAGIC_US      0xa1b2c3d4
#define MAGIC_NS      0xa1b23c4d
#define MAGIC_OTHER   0xa1b2cd34 /* the "modified" variant, which is not read */
#define HEADER_BYTES  24
#define RECORD_HEADER TT_CAPFILE_ZEROS_UNIT

/* So many records of nothing in a row, 1 KiB of zeros, are none, whatever follows: a block that was
 * never written, in the middle of a file. */
#define HOLE_RECORDS 64

static bool
told_magic(uint32_t magic, bool *nanoseconds)
{
	*nanoseconds = magic == MAGIC_NS;
	return magic == MAGIC_US || magic == MAGIC_NS;
}

bool
tt_cappcap_is(const uint8_t magic[4])
{
	bool ns;

	return told_magic(tt_capfile_u32(magic, false), &ns)
			|| told_magic(tt_capfile_u32(magic, true), &ns);
}

static int
check_version(struct tt_capfile *f, unsigned major, unsigned minor, struct tt_error *err)
{
	bool dg_ux = major == 543 && minor == 0; /* its tcpdump wrote that */

	f->lengths_swapped = dg_ux || minor < 3;
	f->lengths_maybe_swapped = major == 2 && minor == 3;
	if (dg_ux || (major == 2 && minor <= 4))
		return 0;
	return tt_error_set(err, -EBADMSG, f->stream.name,
			"pcap version %u.%u is not known, only 2.0 to 2.4", major, minor);
}

static bool
is_magic(uint32_t magic)
{
	bool ns;

	return told_magic(magic, &ns) || magic == MAGIC_OTHER;
}

bool
tt_cappcap_joins(const uint8_t at[TT_CAPFILE_JOINED_BYTES])
{
	const bool swapped = !is_magic(tt_capfile_u32(at, false));
	const unsigned major = tt_capfile_u16(at + 4, swapped);

	/* Of another minor version it is said so. */
	return is_magic(tt_capfile_u32(at, swapped)) && (major == 2 || major == 543)
			&& tt_capfile_u32(at + 8, swapped) == 0;
}

static void
set_limits(struct tt_capfile *f, uint32_t snaplen)
{
	f->snaplen = snaplen == 0 || snaplen > INT32_MAX ? TT_CAPFILE_SNAPLEN_MAX
							 : snaplen;
	f->captured_max = f->snaplen;
	if (f->captured_max < TT_CAPFILE_SNAPLEN_MAX)
		f->captured_max = TT_CAPFILE_SNAPLEN_MAX;
	if (f->captured_max > TT_CAPFILE_CAPTURED_MAX)
		f->captured_max = TT_CAPFILE_CAPTURED_MAX;
}

int
tt_cappcap_begin(struct tt_capfile *f, struct tt_error *err)
{
	int rc = tt_capstream_fill(&f->stream, HEADER_BYTES, err);
	const uint8_t *at = f->stream.at;

	if (rc <= 0)
		return rc < 0 ? rc : TT_CAPFILE_TRUNCATED;
	f->is_pcapng = false;
	f->swapped = !told_magic(tt_capfile_u32(at, false), &f->nanoseconds);
	if (f->swapped)
		told_magic(tt_capfile_u32(at, true), &f->nanoseconds);
	rc = check_version(f, tt_capfile_u16(at + 4, f->swapped),
			tt_capfile_u16(at + 6, f->swapped), err);
	if (rc < 0)
		return rc;
	set_limits(f, tt_capfile_u32(at + 16, f->swapped));
	/* The upper half says how many bytes of frame check sequence follow each frame. */
	f->link = tt_capfile_u32(at + 20, f->swapped) & 0xffff;
	f->stream.at += HEADER_BYTES;
	return 0;
}

struct lengths {
	uint32_t captured, length;
};

static inline struct lengths
get_lengths(const struct tt_capfile *f, const uint8_t *at, bool swapped)
{
	struct lengths l = {tt_capfile_u32(at + 8, swapped),
			tt_capfile_u32(at + 12, swapped)};

	if (TT_UNLIKELY(f->lengths_swapped
			    || (f->lengths_maybe_swapped && l.captured > l.length)))
		l = (struct lengths){l.length, l.captured};
	return l;
}

/* No packet is like that. */
static inline bool
is_void(struct lengths l)
{
	return (l.captured | l.length) == 0;
}

static inline int64_t
get_time_us(const uint8_t *at, bool swapped, bool nanoseconds)
{
	int64_t seconds = tt_capfile_u32(at, swapped);
	uint32_t raw = tt_capfile_u32(at + 4, swapped);
	int64_t fraction = swapped ? (int64_t)raw : (int32_t)raw;
	int64_t us = seconds * TT_US_PER_S + (nanoseconds ? fraction / 1000 : fraction);

	return us < TT_TIME_MIN ? TT_TIME_MIN : us;
}

/* Takes the whole, sound records that are there. Inlined once per byte order and resolution. What the file says
 * of all of them is read once: for all that a compiler knows, a frame that is stored might change it. */
static inline __attribute__((always_inline)) unsigned
take(struct tt_capfile *f, struct tt_frame *frames, unsigned n, bool swapped,
		bool nanoseconds)
{
	const uint8_t *at = f->stream.at, *const end = f->stream.end;
	const uint32_t snaplen = f->snaplen, most = f->captured_max;
	const uint16_t link = f->link;
	int64_t first_us = INT64_MAX, last_us = INT64_MIN;
	unsigned got = 0;

	while (got < n && (size_t)(end - at) >= RECORD_HEADER) {
		const struct lengths l = get_lengths(f, at, swapped);
		const int64_t us = get_time_us(at, swapped, nanoseconds);

		if (TT_UNLIKELY(l.captured > most
				    || l.captured > (size_t)(end - at) - RECORD_HEADER
				    || is_void(l)))
			break;
		first_us = us < first_us ? us : first_us;
		last_us = us > last_us ? us : last_us;
		frames[got++] = (struct tt_frame){
				.data = at + RECORD_HEADER,
				.time_us = us,
				.captured = l.captured < snaplen ? l.captured : snaplen,
				.length = l.length,
				.link = link,
		};
		at += RECORD_HEADER + l.captured;
	}
	f->stream.at = at;
	f->outline = (struct tt_capfile_outline){first_us, last_us, link, true};
	f->outlined = got > 0;
	return got;
}

static unsigned
take_any(struct tt_capfile *f, struct tt_frame *frames, unsigned n)
{
	if (f->swapped)
		return take(f, frames, n, true, f->nanoseconds);
	if (f->nanoseconds)
		return take(f, frames, n, false, true);
	return take(f, frames, n, false, false);
}

/*
 * Passes over a record of no bytes and those of nothing at all that follow. They are frames to be
 * given, unless they are zeros that nobody wrote: up to the end of the file, or many. The first may be
 * a header of which the time was written, or a part of it, and no more.
 */
static int
pass_void(struct tt_capfile *f, struct tt_error *err)
{
	const uint8_t *at = f->stream.at;
	bool timed = tt_capfile_u32(at, false) != 0 || tt_capfile_u32(at + 4, false) != 0;
	uint64_t zeros = tt_capstream_offset(&f->stream) + (timed ? 8 : 0), n;
	int damage = tt_capfile_damaged(f, err, "zeros where records should be"), rc;

	f->void_us = get_time_us(at, f->swapped, f->nanoseconds);
	f->stream.at += RECORD_HEADER;
	rc = tt_capfile_skip_zeros(f, &n, err);
	if (rc < 0)
		return rc;
	f->n_void = n + 1;
	n += !timed;
	if (rc == 0 && n > 0)
		return tt_capfile_only_zeros(f, zeros, err);
	return n < HOLE_RECORDS ? 1 : damage;
}

static unsigned
give_void(struct tt_capfile *f, struct tt_frame *frames, unsigned n)
{
	static const uint8_t nothing[1];

	if (n > f->n_void)
		n = f->n_void;
	for (unsigned i = 0; i < n; i++) {
		frames[i] = (struct tt_frame){
				.data = nothing, .time_us = f->void_us, .link = f->link};
		f->void_us = 0;
	}
	f->n_void -= n;
	return n;
}

/* Gets a whole record into the buffer, or some into n_void. Returns 1, 0 at the end, TT_CAPFILE_JOINED, or a negative
 * errno. */
static int
need_record(struct tt_capfile *f, struct tt_error *err)
{
	struct lengths l;
	int rc = tt_capstream_fill(&f->stream, RECORD_HEADER, err);

	if (rc <= 0)
		return rc < 0 ? rc : tt_capfile_ended(f, err);
	l = get_lengths(f, f->stream.at, f->swapped);
	if (is_void(l) ? tt_cappcap_joins(f->stream.at) : tt_capng_joins(f->stream.at))
		return TT_CAPFILE_JOINED;
	if (is_void(l))
		return pass_void(f, err);
	if (l.captured > f->captured_max)
		return tt_capfile_damaged(f, err,
				"a frame of %u captured bytes, more than the limit of %u",
				l.captured, f->captured_max);
	rc = tt_capstream_fill(&f->stream, RECORD_HEADER + (size_t)l.captured, err);
	return rc != 0 ? rc : tt_capfile_ended(f, err);
}

int
tt_cappcap_read(struct tt_capfile *f, struct tt_frame *frames, unsigned n,
		struct tt_error *err)
{
	unsigned got = f->n_void > 0 ? 0 : take_any(f, frames, n);
	int rc;

	if (got > 0)
		return got;
	rc = f->n_void > 0 ? 1 : need_record(f, err);
	if (rc <= 0)
		return rc;
	return f->n_void > 0 ? (int)give_void(f, frames, n) : (int)take_any(f, frames, n);
}
