/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the decoder goes through a frame; for the files of lib/packet only. A walk stands at
 * `at` and may read up to `end`. `end` starts as the captured length and shrinks whenever a
 * header states how long its content is; so one comparison guards a read against both.
 *
 * A part that does not find the bytes that it needs returns TT_FATE_TRUNCATED_*. Whether the
 * capture or a header is to blame is known from `stated`, and tt_packet_decode turns the fate
 * of the second kind into TT_FATE_BAD_*. A walk lives on the caller's stack; any thread.
 */
#ifndef TT_WALK_H
#define TT_WALK_H

#include "tt_packet.h"

#include <endian.h>
#include <string.h>

/* VLAN tags, MPLS labels and LLC headers together; more than any network stacks. */
#define TT_TAGS_MAX 16
/* IPv6 extension headers. */
#define TT_EXTENSIONS_MAX 16
/* Keeps the offsets within 16 bits: 16 extension headers take at most 32 KiB. */
#define TT_IP_OFFSET_MAX 16384

struct tt_walk {
	const uint8_t *frame;
	uint32_t at; /* <= end, always */
	uint32_t end;
	bool stated; /* end is what a header states, not where the capture ends */
	uint8_t version; /* 4 or 6 as the layer below says, 0 if it says only IP */
	uint8_t encap; /* bits of enum tt_encap */
	uint8_t tags;
};

/* As it lies there. */
static inline uint16_t
tt_load_16(const uint8_t *b)
{
	uint16_t v;

	memcpy(&v, b, sizeof(v));
	return v;
}

static inline uint16_t
tt_load_be16(const uint8_t *b)
{
	return be16toh(tt_load_16(b));
}

static inline uint32_t
tt_load_be32(const uint8_t *b)
{
	uint32_t v;

	memcpy(&v, b, sizeof(v));
	return be32toh(v);
}

static inline uint64_t
tt_load_be64(const uint8_t *b)
{
	uint64_t v;

	memcpy(&v, b, sizeof(v));
	return be64toh(v);
}

static inline bool
tt_walk_has(const struct tt_walk *w, uint32_t bytes)
{
	return w->end - w->at >= bytes;
}

static inline const uint8_t *
tt_walk_here(const struct tt_walk *w)
{
	return w->frame + w->at;
}

/* What begins here is `bytes` long, by a header's own word. Where the capture ends at just
 * that place, the header is still to blame for what is missing. */
static inline void
tt_walk_limit(struct tt_walk *w, uint32_t bytes)
{
	if (bytes <= w->end - w->at) {
		w->end = w->at + bytes;
		w->stated = true;
	}
}

/*
 * Each goes on from `at` to the IP header and says by w->version which one it is. Returns
 * TT_FATE_COUNTED there, else the exception.
 */
enum tt_fate tt_walk_link(struct tt_walk *w, uint16_t link);
enum tt_fate tt_walk_ethernet(struct tt_walk *w);
enum tt_fate tt_walk_ethertype(struct tt_walk *w, uint16_t type);
enum tt_fate tt_walk_llc(struct tt_walk *w);
enum tt_fate tt_walk_snap(struct tt_walk *w);
enum tt_fate tt_walk_ppp(struct tt_walk *w);
enum tt_fate tt_walk_pppoe(struct tt_walk *w);
enum tt_fate tt_walk_cisco_hdlc(struct tt_walk *w);
enum tt_fate tt_walk_frame_relay(struct tt_walk *w);

#define TT_ETHERTYPE_CTAG       0x8100
#define TT_ETHERTYPE_STAG       0x88a8
#define TT_ETHERTYPE_QINQ_OLD   0x9100
#define TT_ETHERTYPE_QINQ_OLD_2 0x9200

static inline bool
tt_walk_is_vlan_tag(uint16_t ethertype)
{
	return ethertype == TT_ETHERTYPE_CTAG || ethertype == TT_ETHERTYPE_STAG
			|| ethertype == TT_ETHERTYPE_QINQ_OLD
			|| ethertype == TT_ETHERTYPE_QINQ_OLD_2;
}

/*
 * Reads the IP header (of IPv6 the fixed one) at w->at, and steps over it. Fills the fields
 * of *p that come from it, and limits the walk to the packet.
 */
enum tt_fate tt_walk_ip(struct tt_walk *w, struct tt_packet *p);

/*
 * Steps over the extension headers after tt_walk_ip; nothing for IPv4. p->protocol is then
 * that of the transport, or of the extension header that could not be read.
 */
enum tt_fate tt_walk_extensions(struct tt_walk *w, struct tt_packet *p);

/* Reads the transport header at w->at and fills its fields of *p. */
enum tt_fate tt_walk_transport(const struct tt_walk *w, struct tt_packet *p);

#endif
