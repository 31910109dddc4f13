/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What kind of packet it is, in the field's terms, and what it aimed at. The names live here
 * alone; code, documents and tools take them from here. Pure functions; any thread.
 *
 * A target is (protocol, number, code): the destination port of TCP and UDP (code 0), the type
 * and code of ICMP and ICMPv6. number is -1 where there is none: later fragments, and protocols
 * without ports. Targets are written as the field does: "445/TCP", "8/ICMP".
 */
#ifndef TT_CLASS_H
#define TT_CLASS_H

#include "tt_packet.h"

enum tt_class {
	TT_CLASS_TCP_SYN, /* SYN without ACK, RST or FIN (ECN bits and PSH, URG allowed) */
	TT_CLASS_TCP_SYNACK, /* SYN and ACK, no RST, no FIN */
	TT_CLASS_TCP_RST, /* RST, whatever else but SYN and FIN */
	TT_CLASS_TCP_ACK, /* ACK without SYN, RST, FIN */
	TT_CLASS_TCP_OTHER,
	TT_CLASS_UDP,
	TT_CLASS_ICMP_ECHO_REQUEST, /* ICMP 8, ICMPv6 128 */
	TT_CLASS_ICMP_ECHO_REPLY, /* ICMP 0, ICMPv6 129 */
	TT_CLASS_ICMP_UNREACHABLE, /* ICMP 3, ICMPv6 1 */
	TT_CLASS_ICMP_OTHER,
	TT_CLASS_OTHER, /* other protocols, and fragments without a transport header */
	TT_N_CLASSES
};

struct tt_target {
	uint8_t protocol;
	int32_t number; /* 0 to 65535, or -1 */
	uint8_t code; /* ICMP and ICMPv6; else 0 */
};

/*
 * A target and a class as one number that sorts in the canonical order of the tables: protocol,
 * number (-1 first), code, class.
 */
typedef uint64_t tt_target_key;

/*
 * The keys of packets with ports, to port 0, by the low six flag bits and TT_CLASS_IS_UDP, so that the
 * mix of TCP and UDP costs no branch; and class and key of those without.
 */
#define TT_CLASS_IS_UDP 64
extern const tt_target_key tt_target_keys_of_ports[2 * TT_CLASS_IS_UDP];
enum tt_class tt_class_without_ports(const struct tt_packet *p);
tt_target_key tt_target_key_without_ports(const struct tt_packet *p);

/* One of the above; p has ports. Of its two protocols, 6 and 17, one has the bit of 16. */
static inline tt_target_key
tt_target_key_of_ports(const struct tt_packet *p)
{
	return tt_target_keys_of_ports[(p->tcp_flags & 63u)
			+ (p->protocol & 16u) * (TT_CLASS_IS_UDP / 16)];
}
_Static_assert((TT_PROTO_UDP & 16) != 0 && (TT_PROTO_TCP & 16) == 0,
		"told apart by a bit");

static inline enum tt_class
tt_classify(const struct tt_packet *p)
{
	if (TT_LIKELY(p->has_ports))
		return (enum tt_class)(tt_target_key_of_ports(p) & 0xff);
	return tt_class_without_ports(p);
}

static inline tt_target_key
tt_target_key_make(struct tt_target t, enum tt_class c)
{
	return (uint64_t)t.protocol << 40 | (uint64_t)(uint32_t)(t.number + 1) << 16
			| (uint64_t)t.code << 8 | (uint64_t)c;
}

static inline tt_target_key
tt_target_key_of(const struct tt_packet *p)
{
	if (TT_LIKELY(p->has_ports))
		return tt_target_key_of_ports(p) + ((tt_target_key)p->dst_port << 16);
	return tt_target_key_without_ports(p);
}

static inline struct tt_target
tt_target_key_target(tt_target_key key)
{
	return (struct tt_target){
			.protocol = (uint8_t)(key >> 40),
			.number = (int32_t)(key >> 16 & 0xffffff) - 1,
			.code = (uint8_t)(key >> 8),
	};
}

static inline enum tt_class
tt_target_key_class(tt_target_key key)
{
	return (enum tt_class)(key & 0xff);
}

/* The key without its class, without class and code: what rows of a target share. */
#define TT_TARGET_KEY_CODE(key)   ((key) >> 8)
#define TT_TARGET_KEY_NUMBER(key) ((key) >> 16)

const char *tt_class_name(enum tt_class c);
int tt_class_parse(const char *name, enum tt_class *c) TT_MUST_CHECK;

/* "TCP", "UDP", "ICMP", "ICMPv6", "GRE", "ESP" …, or the number as text. text: 16 bytes. */
const char *tt_protocol_name(uint8_t protocol, char text[16]);
/* Returns 0 and the protocol for a name or a number, else -EINVAL. */
int tt_protocol_parse(const char *name, uint8_t *protocol) TT_MUST_CHECK;

/*
 * "445/TCP", "8/ICMP"; without a number "TCP" (a later fragment of it) or "GRE". The code is
 * not part of the name. text: 32 bytes.
 */
char *tt_target_format(struct tt_target t, char text[32]);
/* Parses "445/TCP", "8/ICMP", "8.0/ICMP" (type.code), "GRE". Returns 0 or -EINVAL. */
int tt_target_parse(const char *text, struct tt_target *t) TT_MUST_CHECK;

#endif
