/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_class.h"

#include <errno.h>
#include <string.h>

/* The classes of the eight sets of FIN (1), SYN (2) and RST (4), without and with ACK. */
#define WITHOUT_ACK                                                                   \
	TT_CLASS_TCP_OTHER, TT_CLASS_TCP_OTHER, TT_CLASS_TCP_SYN, TT_CLASS_TCP_OTHER, \
			TT_CLASS_TCP_RST, TT_CLASS_TCP_OTHER, TT_CLASS_TCP_OTHER,     \
			TT_CLASS_TCP_OTHER
#define WITH_ACK                                                                       \
	TT_CLASS_TCP_ACK, TT_CLASS_TCP_OTHER, TT_CLASS_TCP_SYNACK, TT_CLASS_TCP_OTHER, \
			TT_CLASS_TCP_RST, TT_CLASS_TCP_OTHER, TT_CLASS_TCP_OTHER,      \
			TT_CLASS_TCP_OTHER

#define IS_UDP 64

/*
 * The classes of packets with ports, by the low six flag bits and IS_UDP, so that the mix of
 * TCP and UDP costs no branch. Each line is there for PSH (8) clear and set, twice for URG (32).
 */
static const uint8_t port_classes[128] = {WITHOUT_ACK, WITHOUT_ACK, WITH_ACK, WITH_ACK,
		WITHOUT_ACK, WITHOUT_ACK, WITH_ACK, WITH_ACK,
		[IS_UDP... 127] = TT_CLASS_UDP};

static const char *const class_names[TT_N_CLASSES] = {
		[TT_CLASS_TCP_SYN] = "tcp-syn",
		[TT_CLASS_TCP_SYNACK] = "tcp-synack",
		[TT_CLASS_TCP_RST] = "tcp-rst",
		[TT_CLASS_TCP_ACK] = "tcp-ack",
		[TT_CLASS_TCP_OTHER] = "tcp-other",
		[TT_CLASS_UDP] = "udp",
		[TT_CLASS_ICMP_ECHO_REQUEST] = "icmp-echo-request",
		[TT_CLASS_ICMP_ECHO_REPLY] = "icmp-echo-reply",
		[TT_CLASS_ICMP_UNREACHABLE] = "icmp-unreachable",
		[TT_CLASS_ICMP_OTHER] = "icmp-other",
		[TT_CLASS_OTHER] = "other",
};

static enum tt_class
icmp_class(uint8_t type)
{
	switch (type) {
	case 8:
		return TT_CLASS_ICMP_ECHO_REQUEST;
	case 0:
		return TT_CLASS_ICMP_ECHO_REPLY;
	case 3:
		return TT_CLASS_ICMP_UNREACHABLE;
	default:
		return TT_CLASS_ICMP_OTHER;
	}
}

static enum tt_class
icmpv6_class(uint8_t type)
{
	switch (type) {
	case 128:
		return TT_CLASS_ICMP_ECHO_REQUEST;
	case 129:
		return TT_CLASS_ICMP_ECHO_REPLY;
	case 1:
		return TT_CLASS_ICMP_UNREACHABLE;
	default:
		return TT_CLASS_ICMP_OTHER;
	}
}

enum tt_class
tt_classify(const struct tt_packet *p)
{
	if (TT_LIKELY(p->has_ports))
		return (enum tt_class)port_classes[(p->tcp_flags & 63u)
				| (p->protocol == TT_PROTO_UDP) * IS_UDP];
	if (p->has_icmp)
		return p->protocol == TT_PROTO_ICMPV6 ? icmpv6_class(p->icmp_type)
						      : icmp_class(p->icmp_type);
	return TT_CLASS_OTHER;
}

tt_target_key
tt_target_key_of(const struct tt_packet *p)
{
	struct tt_target t = {.protocol = p->protocol, .number = -1};

	if (TT_LIKELY(p->has_ports)) {
		t.number = p->dst_port;
	} else if (p->has_icmp) {
		t.number = p->icmp_type;
		t.code = p->icmp_code;
	}
	return tt_target_key_make(t, tt_classify(p));
}

const char *
tt_class_name(enum tt_class c)
{
	TT_ASSERT((unsigned)c < TT_N_CLASSES);
	return class_names[c];
}

int
tt_class_parse(const char *name, enum tt_class *c)
{
	for (unsigned i = 0; i < TT_N_CLASSES; i++) {
		if (strcmp(name, class_names[i]) == 0) {
			*c = (enum tt_class)i;
			return 0;
		}
	}
	return -EINVAL;
}
