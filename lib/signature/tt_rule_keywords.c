/* SPDX-License-Identifier: BSD-3-Clause */
/* The options by name. */
#include "tt_rule_parse.h"

#define NUMBER(name, kind)                                            \
	{                                                             \
		name, tt_rule_take_number, kind, TT_RULE_VALUE_NEEDED \
	}
#define VALUE(name, take)                                          \
	{                                                          \
		name, tt_rule_take_##take, 0, TT_RULE_VALUE_NEEDED \
	}
#define PLAIN(name, take)                                           \
	{                                                           \
		name, tt_rule_take_##take, 0, TT_RULE_VALUE_ALLOWED \
	}
#define BUFFER(name, which)                                             \
	{                                                               \
		name, tt_rule_take_buffer, which, TT_RULE_VALUE_ALLOWED \
	}
#define CHECKSUM(name, which)                                            \
	{                                                                \
		name, tt_rule_take_checksum, which, TT_RULE_VALUE_NEEDED \
	}
#define MODIFIER(name, what)                                             \
	{                                                                \
		name, tt_rule_take_modifier, what, TT_RULE_VALUE_ALLOWED \
	}
#define IDENTIFIER(name, what)                                            \
	{                                                                 \
		name, tt_rule_take_identifier, what, TT_RULE_VALUE_NEEDED \
	}

static const struct tt_rule_keyword keywords[] = {
		VALUE("msg", msg),
		IDENTIFIER("sid", TT_RULE_SID),
		IDENTIFIER("gid", TT_RULE_GID),
		IDENTIFIER("rev", TT_RULE_REV),
		IDENTIFIER("priority", TT_RULE_PRIORITY),
		VALUE("classtype", classtype),
		VALUE("metadata", metadata),
		PLAIN("noalert", noalert),

		VALUE("content", content),
		VALUE("uricontent", uricontent),
		MODIFIER("nocase", TT_RULE_NOCASE),
		MODIFIER("offset", TT_RULE_OFFSET),
		MODIFIER("depth", TT_RULE_DEPTH),
		MODIFIER("distance", TT_RULE_DISTANCE),
		MODIFIER("within", TT_RULE_WITHIN),
		MODIFIER("startswith", TT_RULE_STARTS_WITH),
		MODIFIER("endswith", TT_RULE_ENDS_WITH),
		MODIFIER("rawbytes", TT_RULE_RAW_BYTES),
		MODIFIER("fast_pattern", TT_RULE_FAST_PATTERN),
		MODIFIER("fast_pattern_offset", TT_RULE_FAST_PATTERN_CUT),
		MODIFIER("fast_pattern_length", TT_RULE_FAST_PATTERN_CUT),
		VALUE("pcre", pcre),
		PLAIN("regex", regex),
		VALUE("byte_test", byte_test),
		VALUE("byte_jump", byte_jump),
		VALUE("byte_extract", byte_extract),
		VALUE("byte_math", byte_math),
		VALUE("isdataat", isdataat),
		VALUE("rpc", rpc),
		NUMBER("bsize", TT_RULE_BSIZE),
		NUMBER("bufferlen", TT_RULE_BSIZE),

		BUFFER("pkt_data", TT_RULE_BUFFER_PAYLOAD),
		BUFFER("raw_data", TT_RULE_BUFFER_PAYLOAD),
		BUFFER("ipv4.hdr", TT_RULE_BUFFER_IPV4_HEADER),
		BUFFER("ipv6.hdr", TT_RULE_BUFFER_IPV6_HEADER),
		BUFFER("tcp.hdr", TT_RULE_BUFFER_TCP_HEADER),
		BUFFER("udp.hdr", TT_RULE_BUFFER_UDP_HEADER),
		BUFFER("icmpv4.hdr", TT_RULE_BUFFER_ICMPV4_HEADER),
		BUFFER("icmpv6.hdr", TT_RULE_BUFFER_ICMPV6_HEADER),
		BUFFER("igmp.hdr", TT_RULE_BUFFER_IGMP_HEADER),
		BUFFER("sctp.hdr", TT_RULE_BUFFER_SCTP_HEADER),
		BUFFER("sctp.chunk_data", TT_RULE_BUFFER_SCTP_DATA),
		BUFFER("ip.src", TT_RULE_BUFFER_IP_SRC),
		BUFFER("ip.dst", TT_RULE_BUFFER_IP_DST),

		NUMBER("ttl", TT_RULE_TTL),
		NUMBER("tos", TT_RULE_TOS),
		NUMBER("id", TT_RULE_IP_ID),
		NUMBER("ip_proto", TT_RULE_IP_PROTO),
		NUMBER("ip.proto", TT_RULE_IP_PROTO),
		NUMBER("fragoffset", TT_RULE_FRAGOFFSET),
		NUMBER("dsize", TT_RULE_DSIZE),
		NUMBER("seq", TT_RULE_SEQ),
		NUMBER("tcp.seq", TT_RULE_SEQ),
		NUMBER("ack", TT_RULE_ACK),
		NUMBER("tcp.ack", TT_RULE_ACK),
		NUMBER("window", TT_RULE_WINDOW),
		NUMBER("tcp.window", TT_RULE_WINDOW),
		NUMBER("urg", TT_RULE_URGENT),
		NUMBER("tcp.mss", TT_RULE_MSS),
		NUMBER("mss", TT_RULE_MSS),
		NUMBER("tcp.wscale", TT_RULE_WSCALE),
		NUMBER("wscale", TT_RULE_WSCALE),
		NUMBER("itype", TT_RULE_ITYPE),
		NUMBER("icode", TT_RULE_ICODE),
		NUMBER("icmp_id", TT_RULE_ICMP_ID),
		NUMBER("icmp_seq", TT_RULE_ICMP_SEQ),
		NUMBER("icmpv6.mtu", TT_RULE_ICMPV6_MTU),
		NUMBER("igmp.type", TT_RULE_IGMP_TYPE),
		NUMBER("sctp.vtag", TT_RULE_SCTP_VTAG),
		NUMBER("sctp.chunk_cnt", TT_RULE_SCTP_CHUNKS),
		{"sctp.chunk_type", tt_rule_take_sctp_chunk, TT_RULE_SCTP_CHUNK,
				TT_RULE_VALUE_NEEDED},
		NUMBER("vlan.layers", TT_RULE_VLAN_LAYERS),
		{"vlan.id", tt_rule_take_vlan_id, TT_RULE_VLAN_ID, TT_RULE_VALUE_NEEDED},
		CHECKSUM("ipv4-csum", TT_RULE_CHECKSUM_IPV4),
		CHECKSUM("tcpv4-csum", TT_RULE_CHECKSUM_TCPV4),
		CHECKSUM("tcpv6-csum", TT_RULE_CHECKSUM_TCPV6),
		CHECKSUM("udpv4-csum", TT_RULE_CHECKSUM_UDPV4),
		CHECKSUM("udpv6-csum", TT_RULE_CHECKSUM_UDPV6),
		CHECKSUM("icmpv4-csum", TT_RULE_CHECKSUM_ICMPV4),
		CHECKSUM("icmpv6-csum", TT_RULE_CHECKSUM_ICMPV6),
		CHECKSUM("igmp-csum", TT_RULE_CHECKSUM_IGMP),
		{"flags", tt_rule_take_bits, TT_RULE_FLAGS, TT_RULE_VALUE_NEEDED},
		{"tcp.flags", tt_rule_take_bits, TT_RULE_FLAGS, TT_RULE_VALUE_NEEDED},
		{"fragbits", tt_rule_take_bits, TT_RULE_FRAGBITS, TT_RULE_VALUE_NEEDED},
		VALUE("ipopts", ipopts),
		VALUE("l3_proto", l3_proto),
		PLAIN("sameip", sameip),

		VALUE("flow", flow),
		VALUE("flowbits", flowbits),
		VALUE("xbits", xbits),
		VALUE("hostbits", xbits),
		VALUE("flowint", flowint),
		VALUE("threshold", threshold),
		VALUE("detection_filter", detection_filter),
};

const struct tt_rule_keyword *
tt_rule_keyword_find(struct tt_rule_word name)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(keywords); i++)
		if (tt_rule_word_is(name, keywords[i].name))
			return &keywords[i];
	return NULL;
}
