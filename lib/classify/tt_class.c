/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_class.h"

#include <errno.h>
#include <string.h>

#define KEY(protocol, class) \
	((tt_target_key)(protocol) << 40 | UINT64_C(1) << 16 | TT_CLASS_##class)
#define TCP(class) KEY(TT_PROTO_TCP, class)

/* The classes of the eight sets of FIN (1), SYN (2) and RST (4), without and with ACK. */
#define WITHOUT_ACK                                                                 \
	TCP(TCP_OTHER), TCP(TCP_OTHER), TCP(TCP_SYN), TCP(TCP_OTHER), TCP(TCP_RST), \
			TCP(TCP_OTHER), TCP(TCP_OTHER), TCP(TCP_OTHER)
#define WITH_ACK                                                                     \
	TCP(TCP_ACK), TCP(TCP_OTHER), TCP(TCP_SYNACK), TCP(TCP_OTHER), TCP(TCP_RST), \
			TCP(TCP_OTHER), TCP(TCP_OTHER), TCP(TCP_OTHER)

/* Each line is there for PSH (8) clear and set, twice for URG (32). */
const tt_target_key tt_target_keys_of_ports[2 * TT_CLASS_IS_UDP] = {WITHOUT_ACK,
		WITHOUT_ACK, WITH_ACK, WITH_ACK, WITHOUT_ACK, WITHOUT_ACK, WITH_ACK,
		WITH_ACK,
		[TT_CLASS_IS_UDP... 2 * TT_CLASS_IS_UDP - 1] = KEY(TT_PROTO_UDP, UDP)};

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
tt_class_without_ports(const struct tt_packet *p)
{
	if (p->has_icmp)
		return p->protocol == TT_PROTO_ICMPV6 ? icmpv6_class(p->icmp_type)
						      : icmp_class(p->icmp_type);
	return TT_CLASS_OTHER;
}

tt_target_key
tt_target_key_without_ports(const struct tt_packet *p)
{
	const struct tt_target t = {.protocol = p->protocol,
			.number = p->has_icmp ? p->icmp_type : -1,
			.code = p->icmp_code};

	return tt_target_key_make(t, tt_class_without_ports(p));
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
