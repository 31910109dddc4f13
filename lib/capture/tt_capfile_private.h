/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the capture file's parsers share; for this room and its tests. A format is two
 * functions: one reads what stands before the first frame, one reads a burst. Where frames are in
 * the burst already, `at` stays before the record that cannot be read, and the next burst tells.
 */
#ifndef TT_CAPFILE_PRIVATE_H
#define TT_CAPFILE_PRIVATE_H

#include <string.h>

#include "tt_capfile.h"
#include "tt_capstream.h"

/* libpcap's largest packet for most link types; writers state it as their snapshot length. */
#define TT_CAPFILE_SNAPLEN_MAX 262144

/* The largest packet of any link type, libpcap's too (USB captures). */
#define TT_CAPFILE_CAPTURED_MAX (128u * 1024 * 1024)

/* One interface of a pcapng section. A time of t ticks is, in microseconds,
 * ((t * mul) >> shift) / div + offset_us. */
struct tt_capng_interface {
	uint64_t mul, div;
	unsigned shift;
	uint16_t link;
	uint32_t snaplen; /* UINT32_MAX: no limit */
	int64_t offset_s;
};

struct tt_capfile {
	struct tt_capstream stream;
	bool is_pcapng;
	bool swapped; /* not in this machine's byte order: the file, or the pcapng section */
	/* pcap */
	bool nanoseconds;
	bool lengths_swapped, lengths_maybe_swapped;
	uint16_t link;
	uint32_t snaplen;
	uint32_t captured_max;
	uint64_t n_void; /* records of no bytes that were passed over, to be given first */
	int64_t void_us; /* the time of the first of them; that of the others is 0 */
	/* pcapng, of the section that is being read */
	struct tt_capng_interface *interfaces;
	uint32_t n_interfaces, room_interfaces;
	int64_t last_time_us;
	uint64_t section_at; /* where it begins, in bytes of the plain data */
	struct tt_capfile_outline outline; /* of the last burst */
	bool outlined; /* it was made as the burst was read */
	uint64_t joined_at; /* where the file began whose frames are given, 0: the first */
	char text[64];
	int last; /* what the last read gave; negative: so do all others */
	struct tt_error why; /* of that */
};

static inline uint32_t
tt_capfile_u32(const uint8_t *at, bool swapped)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return swapped ? __builtin_bswap32(v) : v;
}

static inline uint16_t
tt_capfile_u16(const uint8_t *at, bool swapped)
{
	uint16_t v;

	memcpy(&v, at, sizeof(v));
	return swapped ? __builtin_bswap16(v) : v;
}

/* Little-endian, as files are written. */
static inline void
tt_capfile_put_u16(uint8_t *to, uint16_t v)
{
	to[0] = (uint8_t)v;
	to[1] = (uint8_t)(v >> 8);
}

static inline void
tt_capfile_put_u32(uint8_t *to, uint32_t v)
{
	tt_capfile_put_u16(to, (uint16_t)v);
	tt_capfile_put_u16(to + 2, (uint16_t)(v >> 16));
}

/* What a format's second function returns for an empty burst where another capture file begins, behind the last
 * record: `at` is before it. */
#define TT_CAPFILE_JOINED (-1001)

/* So many bytes tell that. */
#define TT_CAPFILE_JOINED_BYTES 12

bool tt_cappcap_is(const uint8_t magic[4]);
int tt_cappcap_begin(struct tt_capfile *f, struct tt_error *err) TT_MUST_CHECK;
int tt_cappcap_read(struct tt_capfile *f, struct tt_frame *frames, unsigned n,
		struct tt_error *err) TT_MUST_CHECK;

/* Does a header of pcap begin like that, also one of a variant or version that is not read? Its reserved fields are
 * zero, as all writers leave them: as a record it would be one of no bytes, as a block of pcapng of a type that nobody
 * writes. */
bool tt_cappcap_joins(const uint8_t at[TT_CAPFILE_JOINED_BYTES]);

bool tt_capng_is(const uint8_t magic[4]);
/* Is that a section header, byte-order mark and all? As a record of pcap it would be of more bytes than there may be. */
bool tt_capng_joins(const uint8_t at[TT_CAPFILE_JOINED_BYTES]);
int tt_capng_begin(struct tt_capfile *f, struct tt_error *err) TT_MUST_CHECK;
int tt_capng_read(struct tt_capfile *f, struct tt_frame *frames, unsigned n,
		struct tt_error *err) TT_MUST_CHECK;

/* Adds the interface that the body of an interface description block describes. */
int tt_capng_add_interface(struct tt_capfile *f, const uint8_t *body, size_t n,
		struct tt_error *err) TT_MUST_CHECK;
int64_t tt_capng_time_us(const struct tt_capng_interface *i, uint64_t ticks);

/* Fills err with "damaged at byte N: why" and returns -EBADMSG. */
int tt_capfile_damaged(const struct tt_capfile *f, struct tt_error *err,
		const char *why_fmt, ...) TT_PRINTF(3, 4);

/* Where an offset lies, to be written behind it. */
static inline const char *
tt_capfile_of_what(const struct tt_capfile *f)
{
	return tt_capstream_kind(&f->stream) == TT_CAPCODEC_PLAIN
			? ""
			: " of the decompressed data";
}

/* The data end before a record is whole. Returns 0 where nothing of the record is there,
 * otherwise TT_CAPFILE_TRUNCATED. */
int tt_capfile_ended(const struct tt_capfile *f, struct tt_error *err) TT_MUST_CHECK;

/* Zeros are counted in records of classic pcap, bytes. */
#define TT_CAPFILE_ZEROS_UNIT 16

/*
 * Moves over zeros, *n units of them. Returns 0 where the data end there, with zeros to the last
 * byte; 1 where something else follows; or what tt_capstream_fill does. For an empty burst.
 */
int tt_capfile_skip_zeros(
		struct tt_capfile *f, uint64_t *n, struct tt_error *err) TT_MUST_CHECK;

/* Fills err: from there on the file holds only zeros. Returns TT_CAPFILE_TRUNCATED. */
int tt_capfile_only_zeros(
		const struct tt_capfile *f, uint64_t offset, struct tt_error *err);

/*
 * Something is damaged: is it because nothing but zeros, a unit at least, follows from at on? Then
 * that is what is said. Otherwise err stays, and the code `otherwise` is returned. The file must
 * not be read on.
 */
int tt_capfile_zeros_instead(struct tt_capfile *f, const uint8_t *at, int otherwise,
		struct tt_error *err) TT_MUST_CHECK;

/* tt_capfile_open with buffers of chunk bytes, for tests. */
int tt_capfile_open_chunked(struct tt_capfile **file, const char *path, size_t chunk,
		struct tt_error *err) TT_MUST_CHECK;

#endif
