/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the rules can ask of a packet: each field's name, its value, and what a packet must have
 * for the field to be there. One definition, read by the plain twin packet by packet and by the
 * burst column by column. Pure functions on the caller's memory, any thread; no byte at or past
 * frame + captured is read, nor one past what the IP and the TCP header state.
 */
#ifndef TT_FINGERPRINT_FIELD_H
#define TT_FINGERPRINT_FIELD_H

#include "tt_packet.h"

#include <endian.h>
#include <string.h>

/* name in rules, enumerator, what the packet must have */
#define TT_FP_FIELDS(X)                                  \
	X("ip.version", IP_VERSION, 0)                   \
	X("ip.id", IP_ID, TT_FP_HAS_IPV4)                \
	X("ip.ttl", IP_TTL, 0)                           \
	X("ip.proto", IP_PROTO, 0)                       \
	X("ip.length", IP_LENGTH, 0)                     \
	X("ip.src", IP_SRC, 0)                           \
	X("ip.dst", IP_DST, 0)                           \
	X("tcp.srcport", TCP_SRCPORT, TT_FP_HAS_TCP)     \
	X("tcp.dstport", TCP_DSTPORT, TT_FP_HAS_TCP)     \
	X("tcp.flags", TCP_FLAGS, TT_FP_HAS_TCP)         \
	X("tcp.seq", TCP_SEQ, TT_FP_HAS_TCP_20)          \
	X("tcp.ack", TCP_ACK, TT_FP_HAS_TCP_20)          \
	X("tcp.window", TCP_WINDOW, TT_FP_HAS_TCP_20)    \
	X("tcp.mss", TCP_MSS, TT_FP_HAS_OPTIONS)         \
	X("tcp.options", TCP_OPTIONS, TT_FP_HAS_OPTIONS) \
	X("udp.srcport", UDP_SRCPORT, TT_FP_HAS_UDP)     \
	X("udp.dstport", UDP_DSTPORT, TT_FP_HAS_UDP)     \
	X("srcport", SRCPORT, TT_FP_HAS_PORTS)           \
	X("dstport", DSTPORT, TT_FP_HAS_PORTS)           \
	X("icmp.type", ICMP_TYPE, TT_FP_HAS_ICMP)        \
	X("icmp.code", ICMP_CODE, TT_FP_HAS_ICMP)        \
	X("payload.length", PAYLOAD_LENGTH, TT_FP_HAS_PAYLOAD)

/* A packet's parts, and one more. */
enum tt_fp_has {
	TT_FP_HAS_IPV4 = TT_PACKET_IPV4,
	TT_FP_HAS_PORTS = TT_PACKET_PORTS,
	TT_FP_HAS_TCP = TT_PACKET_TCP,
	TT_FP_HAS_TCP_20 = TT_PACKET_TCP_20,
	TT_FP_HAS_OPTIONS = 16, /* all bytes that its length field states were captured */
	TT_FP_HAS_UDP = TT_PACKET_UDP,
	TT_FP_HAS_ICMP = TT_PACKET_ICMP,
	TT_FP_HAS_PAYLOAD = TT_PACKET_TRANSPORT,
};

enum tt_fp_field {
#define X(name, field, has) TT_FP_##field,
	TT_FP_FIELDS(X)
#undef X
	TT_FP_N_FIELDS
};

extern const char *const tt_fp_field_names[TT_FP_N_FIELDS];
extern const uint32_t tt_fp_field_has[TT_FP_N_FIELDS]; /* bits of enum tt_fp_has */

#define TT_FP_OPTIONS_MAX 40 /* bytes, and so options, that a TCP header has room for */
#define TT_FP_LAYOUTS_MAX 64

/* The kinds of the options of a TCP header in their order, the end-of-list option included. */
struct tt_fp_layout {
	uint8_t n;
	uint8_t kinds[TT_FP_OPTIONS_MAX];
};

/* The layouts that the rules of a set name. tcp.options is a layout's place + 1. */
struct tt_fp_layouts {
	unsigned n;
	struct tt_fp_layout layouts[TT_FP_LAYOUTS_MAX];
};

/* Parses "mss,nop,ws,sok,ts" in p0f's names. Returns 0, or -EINVAL for a name that is none. */
int tt_fp_layout_parse(
		const char *text, size_t n, struct tt_fp_layout *layout) TT_MUST_CHECK;

/* The layout's place + 1, or 0. */
uint32_t tt_fp_layout_find(
		const struct tt_fp_layouts *layouts, const struct tt_fp_layout *layout);

/* One packet as given to tt_packet_decode, and what came of it. */
struct tt_fp_input {
	const struct tt_packet *packet;
	const uint8_t *frame;
	uint32_t captured;
};

/*
 * Walks the TCP options of a packet that has TT_FP_HAS_OPTIONS. Returns false where they are
 * malformed: a length below 2 or past the header, or a header that is longer than the IP packet
 * or shorter than 20 bytes. *mss: the first well-formed MSS before that, or 0.
 */
bool tt_fp_options(
		const struct tt_fp_input *in, struct tt_fp_layout *layout, uint32_t *mss);

/* The bytes that a TCP header states for itself; the packet has TT_FP_HAS_TCP_20. */
static inline uint32_t
tt_fp_tcp_header_bytes(const struct tt_fp_input *in)
{
	return (in->frame[in->packet->l4_offset + 12] >> 4) * 4u;
}

/* TT_FP_HAS_OPTIONS or 0, of a packet with the presence `has`: it costs a look at the frame. */
static inline uint32_t
tt_fp_options_presence(const struct tt_fp_input *in, uint32_t has)
{
	return (has & TT_FP_HAS_TCP_20)
					&& in->packet->l4_offset + tt_fp_tcp_header_bytes(in)
							<= in->captured
			? TT_FP_HAS_OPTIONS
			: 0;
}

/* Bytes of the IP packet after the transport header: UDP 8, ICMP 8, TCP as it states. */
static inline uint32_t
tt_fp_payload_length(const struct tt_fp_input *in)
{
	const struct tt_packet *p = in->packet;
	const bool tcp = p->protocol == TT_PROTO_TCP;
	const uint32_t headers = (uint32_t)(p->l4_offset - p->ip_offset)
			+ (tcp && p->has_tcp ? tt_fp_tcp_header_bytes(in) : 8);

	return p->ip_bytes > headers ? p->ip_bytes - headers : 0;
}

/*
 * The value of a field other than tcp.mss and tcp.options; any number where the packet does not
 * have it.
 */
static inline uint32_t
tt_fp_plain_value(const struct tt_fp_input *in, enum tt_fp_field field)
{
	const struct tt_packet *p = in->packet;

	switch (field) {
	case TT_FP_IP_VERSION:
		return p->ip_version;
	case TT_FP_IP_ID:
		return p->ip_id;
	case TT_FP_IP_TTL:
		return p->ttl;
	case TT_FP_IP_PROTO:
		return p->protocol;
	case TT_FP_IP_LENGTH:
		return p->ip_bytes;
	case TT_FP_IP_SRC:
		return (uint32_t)p->src.lo;
	case TT_FP_IP_DST:
		return (uint32_t)p->dst.lo;
	case TT_FP_TCP_SRCPORT:
	case TT_FP_UDP_SRCPORT:
	case TT_FP_SRCPORT:
		return p->src_port;
	case TT_FP_TCP_DSTPORT:
	case TT_FP_UDP_DSTPORT:
	case TT_FP_DSTPORT:
		return p->dst_port;
	case TT_FP_TCP_FLAGS:
		return p->tcp_flags;
	case TT_FP_TCP_SEQ:
		return p->tcp_seq;
	case TT_FP_TCP_ACK:
		return p->tcp_ack;
	case TT_FP_TCP_WINDOW:
		return p->tcp_window;
	case TT_FP_ICMP_TYPE:
		return p->icmp_type;
	case TT_FP_ICMP_CODE:
		return p->icmp_code;
	case TT_FP_PAYLOAD_LENGTH:
		return tt_fp_payload_length(in);
	case TT_FP_TCP_MSS:
	case TT_FP_TCP_OPTIONS:
	case TT_FP_N_FIELDS:
		break;
	}
	return 0;
}

#endif
