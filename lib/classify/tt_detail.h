/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What else there is to say of a packet than whom it comes from and what it aims at: is it
 * backscatter, and then of an attack on which service; which scanner fingerprints were tested
 * and which matched. One number, 0 for most packets, that is part of the key of the tables.
 *
 * Backscatter is what a victim answers to packets whose source was forged to be ours (Moore,
 * Voelker, Savage, "Inferring Internet Denial-of-Service Activity", 2001, table 1): TCP with
 * SYN+ACK or RST (the classes tcp-synack and tcp-rst), ICMP 0 3 4 5 11 12 14 16 18 and ICMPv6
 * 1 2 3 4 129, and UDP from the port of a well-known service (tt_udp_reply_port) to a port from
 * 1024 on that is not one. The attacked service is
 *
 *     TCP, UDP          the packet's source port
 *     ICMP errors       the target of the quoted packet: destination port, or ICMP type
 *     ICMP replies      the ICMP type that asks for them: 8 for 0, 13 for 14, 15 for 16, 17 for
 *                       18; ICMPv6 128 for 129
 *
 * and unknown where an error does not quote a whole IP header, nor all of the IPv6 extension
 * headers before the transport; where it quotes no more than that, or a later fragment, the
 * protocol is known (of a fragment, that of the first header in the fragmented part) and the
 * number is -1. Protocol 0, which is no transport, reads as unknown. Pure functions, any thread.
 */
#ifndef TT_DETAIL_H
#define TT_DETAIL_H

#include "tt_class.h"

typedef uint64_t tt_detail;

#define TT_FINGERPRINTS_MAX 16

/*
 * From the low bit: 16 bits fingerprints that matched, 16 bits fingerprints that were tested,
 * 17 bits attacked number + 1, 8 bits attacked protocol (0: unknown), 1 bit backscatter. Bit 62
 * is the tally's own mark, bit 63 the merge's.
 */
#define TT_DETAIL_TESTED_SHIFT   16
#define TT_DETAIL_NUMBER_SHIFT   32
#define TT_DETAIL_PROTOCOL_SHIFT 49
#define TT_DETAIL_BACKSCATTER    (UINT64_C(1) << 57)
#define TT_DETAIL_V6             (UINT64_C(1) << 62)
#define TT_DETAIL_REST           (UINT64_C(1) << 63)

static inline bool
tt_detail_backscatter(tt_detail d)
{
	return (d & TT_DETAIL_BACKSCATTER) != 0;
}

static inline uint32_t
tt_detail_matched(tt_detail d)
{
	return (uint32_t)d & 0xffff;
}

static inline uint32_t
tt_detail_tested(tt_detail d)
{
	return (uint32_t)(d >> TT_DETAIL_TESTED_SHIFT) & 0xffff;
}

/* The attacked service; protocol 0 and number -1 where it is unknown or there is none. */
static inline struct tt_target
tt_detail_attacked(tt_detail d)
{
	return (struct tt_target){
			.protocol = (uint8_t)(d >> TT_DETAIL_PROTOCOL_SHIFT),
			.number = (int32_t)(d >> TT_DETAIL_NUMBER_SHIFT & 0x1ffff) - 1,
	};
}

static inline tt_detail
tt_detail_of_fingerprints(uint32_t tested, uint32_t matched)
{
	return (uint64_t)tested << TT_DETAIL_TESTED_SHIFT | matched;
}

static inline tt_detail
tt_detail_of_attacked(struct tt_target t)
{
	return TT_DETAIL_BACKSCATTER | (uint64_t)t.protocol << TT_DETAIL_PROTOCOL_SHIFT
			| (uint64_t)(uint32_t)(t.number + 1) << TT_DETAIL_NUMBER_SHIFT;
}

/* Classes with answers among them; of these, all of TCP's are. */
#define TT_CLASSES_WITH_ANSWERS                                                  \
	(1u << TT_CLASS_TCP_SYNACK | 1u << TT_CLASS_TCP_RST | 1u << TT_CLASS_UDP \
			| 1u << TT_CLASS_ICMP_ECHO_REPLY                         \
			| 1u << TT_CLASS_ICMP_UNREACHABLE | 1u << TT_CLASS_ICMP_OTHER)

/* tt_backscatter_detail of a packet of these. */
tt_detail tt_backscatter_of_answer(
		const struct tt_packet *p, const uint8_t *frame, uint32_t captured);

/*
 * The backscatter part of a packet's detail, without fingerprints; 0 where it is none. class: its
 * tt_classify; frame, captured: as given to tt_packet_decode, for what ICMP errors quote.
 */
static inline tt_detail
tt_backscatter_of_class(const struct tt_packet *p, enum tt_class class,
		const uint8_t *frame, uint32_t captured)
{
	if (TT_LIKELY(!(TT_CLASSES_WITH_ANSWERS >> class & 1)))
		return 0;
	return tt_backscatter_of_answer(p, frame, captured);
}

static inline tt_detail
tt_backscatter_detail(const struct tt_packet *p, const uint8_t *frame, uint32_t captured)
{
	return tt_backscatter_of_class(p, tt_classify(p), frame, captured);
}

/* Is it the port of a UDP service that answers well-known reflection and flood attacks? */
bool tt_udp_reply_port(uint16_t port);

/* "dns", "ntp", "memcached" …; NULL where tt_udp_reply_port is false. */
const char *tt_udp_reply_service(uint16_t port);

#endif
