/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: the frame of a component. Built once with all that does not change, and with
 * the ones' complement sums of it (RFC 1071); for each packet the changing fields are stored and
 * added to the sums.
 */
#ifndef TT_TEMPLATE_H
#define TT_TEMPLATE_H

#include "tt_profile.h"

/* Ethernet header, tags, IP packet; at least the 60 bytes that Ethernet asks for without FCS. */
#define TT_TEMPLATE_BYTES_MAX (14 + 4 * TT_PROFILE_TAGS_MAX + TT_PROFILE_IP_BYTES_MAX)

struct tt_template {
	uint8_t bytes[TT_TEMPLATE_BYTES_MAX];
	uint32_t length; /* of the frame */
	uint32_t ip, l4; /* offsets */
	uint32_t ip_sum, l4_sum; /* of what does not change, not folded */
	uint8_t ip_version, protocol;
	bool quotes, echo;
};

/* What changes from packet to packet; a field that the protocol does not have is ignored. */
struct tt_template_fields {
	struct tt_addr src, dst;
	uint32_t seq, ack;
	uint16_t src_port, dst_port; /* quoted packet: its source port is src_port */
	uint16_t ip_id, window;
	uint8_t ttl; /* or hop limit */
};

void tt_template_init(struct tt_template *t, const struct tt_profile_component *c);

void tt_template_fill(struct tt_template *t, const struct tt_template_fields *f);

#endif
