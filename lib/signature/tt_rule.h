/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One signature as its rule states it, after parsing: variables are replaced, lists of addresses
 * and ports are sorted disjoint ranges (negation resolved), numbers are inclusive ranges, the bytes
 * of contents are bytes. This is what the plain reference matcher walks and what the compiler
 * of the matcher starts from; both agree on what a field means here. The language is that of
 * Snort's and Suricata's manuals; where these differ docs/signatures.md says which is followed.
 *
 * All memory belongs to the rule set that the rule is part of (tt_rules.h); read-only once loaded.
 */
#ifndef TT_RULE_H
#define TT_RULE_H

#include "tt_addr.h"
#include "tt_packet.h"

#define TT_RULE_VARIABLES_MAX 16 /* byte_extract and byte_math results of one rule */
#define TT_RULE_OPTIONS_MAX \
	256 /* of the header, and of the payload, of one rule: Snort's limit */
#define TT_RULE_FLOWBITS_MAX 64 /* distinct names that loaded rules both set and test */

/* The protocol of the rule's head. "ip" is every packet. */
enum tt_rule_protocol {
	TT_RULE_IP,
	TT_RULE_TCP,
	TT_RULE_UDP,
	TT_RULE_ICMP, /* ICMP and ICMPv6 */
	TT_RULE_SCTP, /* the ports are SCTP's */
};

struct tt_rule_addresses { /* n 0: any */
	struct tt_rule_address_range {
		struct tt_addr first, last; /* inclusive */
	} * ranges; /* [n], ascending, disjoint */
	unsigned n;
	/* Where they follow from the monitored addresses: a digest of the list with what the variables in it say, but not of
	 * those addresses. NULL: the ranges are all there is to know. */
	const char *stated;
};

/* Where n is not 0, a packet without ports (no TCP, no UDP, a later fragment; of a rule of SCTP, not that) does not match. */
struct tt_rule_ports { /* n 0: any */
	struct tt_rule_port_range {
		uint16_t first, last; /* inclusive */
	} * ranges; /* [n], ascending, disjoint */
	unsigned n;
};

/* What an option is about. The header's first: their order within a rule does not matter. */
enum tt_rule_kind {
	/* u.number: the field lies in min…max, or (negated) does not; never true of a packet that
	 * has no such field, negated or not */
	TT_RULE_TTL, /* or hop limit */
	TT_RULE_TOS, /* IPv4: the whole byte */
	TT_RULE_IP_ID, /* IPv4 */
	TT_RULE_IP_PROTO,
	TT_RULE_FRAGOFFSET, /* in units of eight bytes, as in the header; 0 where there is none */
	TT_RULE_DSIZE, /* bytes of payload; never true of a later fragment */
	TT_RULE_SEQ,
	TT_RULE_ACK,
	TT_RULE_WINDOW,
	TT_RULE_URGENT, /* TCP urgent pointer */
	TT_RULE_MSS, /* value of the TCP option (kind 2) */
	TT_RULE_WSCALE, /* shift count of the TCP option (kind 3) */
	TT_RULE_ITYPE, /* of ICMP and of ICMPv6 */
	TT_RULE_ICODE,
	TT_RULE_ICMP_ID, /* echo, timestamp, information, address mask: requests and replies */
	TT_RULE_ICMP_SEQ,
	TT_RULE_ICMPV6_MTU, /* of "packet too big" */
	TT_RULE_IGMP_TYPE,
	TT_RULE_SCTP_VTAG,
	TT_RULE_SCTP_CHUNKS, /* how many; where all are whole */
	TT_RULE_VLAN_LAYERS, /* VLAN tags */
	TT_RULE_LAST_NUMBER = TT_RULE_VLAN_LAYERS,
	TT_RULE_SCTP_CHUNK, /* u.number: the type of any chunk */
	/* u.vlan */
	TT_RULE_VLAN_ID,
	/* u.checksum: it is right, or (negated) wrong */
	TT_RULE_CHECKSUM,
	/* u.bits */
	TT_RULE_FLAGS, /* the low 12 bits of bytes 12-13, as tt_packet.tcp_flags */
	TT_RULE_FRAGBITS, /* IPv4: bits 4 reserved, 2 DF, 1 MF */
	/* u.ipopts: IPv4 */
	TT_RULE_IPOPTS,
	/* none */
	TT_RULE_SAMEIP,
	TT_RULE_ANSWER, /* flow:to_client: the packet is an answer by its own header
			 * (tt_rule_is_answer) */

	/* The payload's: evaluated in the order in which they stand. */
	TT_RULE_CONTENT, /* u.content */
	TT_RULE_PCRE, /* u.pcre */
	TT_RULE_BYTE_TEST, /* u.bytes */
	TT_RULE_BYTE_JUMP, /* u.bytes */
	TT_RULE_BYTE_EXTRACT, /* u.bytes */
	TT_RULE_BYTE_MATH, /* u.bytes */
	TT_RULE_ISDATAAT, /* u.isdataat */
	TT_RULE_BSIZE, /* u.number: bytes of the buffer */

	/* u.flowbit; within one packet only, rules in the order of their evaluation */
	TT_RULE_FLOWBIT,
	TT_RULE_N_KINDS
};

struct tt_rule_number {
	uint32_t min, max; /* inclusive */
	uint32_t ignore; /* bits of the field that are left out of account; 0: none */
};

/* TCP flags, fragment bits. */
struct tt_rule_bits {
	enum tt_rule_bits_mode {
		TT_RULE_BITS_EXACT, /* (field & ~ignore) == bits */
		TT_RULE_BITS_ALL, /* "+": all of bits, and any others */
		TT_RULE_BITS_ANY, /* "*": one of bits at least */
		TT_RULE_BITS_NONE, /* "!": none of bits is set */
		TT_RULE_BITS_NOT, /* "&mask!=value": (field & ~ignore) != bits */
	} mode;
	uint16_t bits, ignore; /* ignore: of EXACT and NOT; bits has none of it */
};

enum tt_rule_ipopt {
	TT_RULE_IPOPT_ANY,
	TT_RULE_IPOPT_RR,
	TT_RULE_IPOPT_EOL,
	TT_RULE_IPOPT_NOP,
	TT_RULE_IPOPT_TS,
	TT_RULE_IPOPT_SEC,
	TT_RULE_IPOPT_ESEC,
	TT_RULE_IPOPT_LSRR,
	TT_RULE_IPOPT_LSRRE, /* Snort's lsrre, option 0x84 */
	TT_RULE_IPOPT_SSRR,
	TT_RULE_IPOPT_SATID,
	TT_RULE_IPOPT_QS, /* quick start */
	TT_RULE_IPOPT_RTRALT, /* router alert */
	TT_RULE_IPOPT_CIPSO,
};

/* vlan.id: of the identifiers of a packet's VLAN tags. */
struct tt_rule_vlan {
	struct tt_rule_number number;
	enum tt_rule_vlan_which {
		TT_RULE_VLAN_ANY,
		TT_RULE_VLAN_AT,
		TT_RULE_VLAN_ALL, /* and there is one */
		TT_RULE_VLAN_OR_ABSENT, /* any, or there is none */
		TT_RULE_VLAN_ALL_OR_ABSENT,
	} which;
	int8_t layer; /* of AT: 0 the outermost; below 0 from the innermost, -1, on */
};

enum tt_rule_checksum {
	TT_RULE_CHECKSUM_IPV4,
	TT_RULE_CHECKSUM_TCPV4,
	TT_RULE_CHECKSUM_TCPV6,
	TT_RULE_CHECKSUM_UDPV4,
	TT_RULE_CHECKSUM_UDPV6,
	TT_RULE_CHECKSUM_ICMPV4,
	TT_RULE_CHECKSUM_ICMPV6,
	TT_RULE_CHECKSUM_IGMP,
	TT_RULE_N_CHECKSUMS
};

/*
 * Which bytes a payload option looks at. A packet that has no such header (of a later fragment, no
 * transport header) does not match. What is relative counts from where the last content, pcre,
 * byte_jump, byte_extract or byte_math of the same buffer ended, or from the buffer's begin if there was none.
 */
enum tt_rule_buffer {
	TT_RULE_BUFFER_PAYLOAD, /* after the transport header as far as the IP packet goes; of other
				 * protocols, after the IP headers (tt_signature_view.h) */
	TT_RULE_BUFFER_IPV4_HEADER, /* Suricata's ipv4.hdr, with options */
	TT_RULE_BUFFER_IPV6_HEADER,
	TT_RULE_BUFFER_TCP_HEADER, /* tcp.hdr, with options */
	TT_RULE_BUFFER_UDP_HEADER,
	TT_RULE_BUFFER_ICMPV4_HEADER, /* eight bytes, as far as they go */
	TT_RULE_BUFFER_ICMPV6_HEADER,
	TT_RULE_BUFFER_IGMP_HEADER,
	TT_RULE_BUFFER_SCTP_HEADER, /* with all chunks */
	TT_RULE_BUFFER_SCTP_DATA, /* user data of any one DATA chunk, the same for all of a rule's options */
	TT_RULE_BUFFER_IP_SRC, /* the address, 4 or 16 bytes */
	TT_RULE_BUFFER_IP_DST,
	TT_RULE_N_BUFFERS
};

/* A number of an option: a constant, or what byte_extract or byte_math of the rule found. */
struct tt_rule_value {
	int64_t constant;
	int8_t variable; /* its number within the rule, or -1: the constant */
};

/* A content that is negated matches where it is not found within its limits. */
struct tt_rule_content {
	uint8_t *bytes; /* [n]; of nocase contents in lower case */
	uint32_t n;
	bool nocase;
	bool relative; /* distance or within was given: counted from where the last match ended */
	bool has_depth; /* depth, or within where relative */
	bool ends_with; /* the match ends where the buffer ends */
	bool fast_pattern; /* the rule's author wants this one in the multi-pattern pass */
	struct tt_rule_value offset; /* offset, or distance where relative */
	struct tt_rule_value
			depth; /* bytes from the offset within which the whole content lies */
};

struct tt_rule_pcre {
	char *pattern; /* between the delimiters */
	uint32_t options; /* PCRE2_… options to compile with */
	bool relative; /* R: what is matched begins where the last match ended */
	bool bad_escape_is_literal; /* compile with PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL: the pattern
				     * is of PCRE's first version, where \I was I */
};

/* byte_test, byte_jump, byte_extract, byte_math. */
struct tt_rule_bytes {
	struct tt_rule_value
			n; /* bytes to convert, tt_rule_bytes_most at most; a packet of which
				 * a variable says more does not match. 0: of text, as far as it has
				 * digits; of byte_jump, the value is 0 */
	bool relative;
	bool little_endian;
	bool text; /* "string": n characters in `base` (8, 10, 16, 0: by its prefix) */
	uint8_t base;
	struct tt_rule_value offset;
	uint64_t mask; /* bitmask, with the value shifted right by its trailing zeros; 0: none */
	/* byte_test */
	enum tt_rule_operator {
		TT_RULE_EQ,
		TT_RULE_NE,
		TT_RULE_LT,
		TT_RULE_GT,
		TT_RULE_LE,
		TT_RULE_GE,
		TT_RULE_AND, /* value & operand is not 0 */
		TT_RULE_OR, /* byte_test "^": value ^ operand is not 0 */
		/* byte_math */
		TT_RULE_ADD,
		TT_RULE_SUB,
		TT_RULE_MUL,
		TT_RULE_DIV,
		TT_RULE_SHL,
		TT_RULE_SHR,
	} op;
	bool not_op; /* "!" before the operator */
	struct tt_rule_value
			operand; /* of byte_test and byte_math; unsigned 64-bit numbers */
	/* byte_jump, byte_extract */
	uint32_t multiplier; /* 1 unless stated */
	uint8_t align; /* 0, 2 or 4: rounded up to a multiple, after the multiplier */
	bool from_beginning, from_end;
	struct tt_rule_value post_offset; /* goes on from where it led */
	/* byte_extract, byte_math */
	int8_t variable; /* where the result goes */
};

/* True where at < the buffer's length; relative: at <= what is left (docs/signatures.md). */
struct tt_rule_isdataat {
	struct tt_rule_value at;
	bool relative;
};

struct tt_rule_flowbit {
	enum tt_rule_flowbit_do {
		TT_RULE_FLOWBIT_SET,
		TT_RULE_FLOWBIT_UNSET,
		TT_RULE_FLOWBIT_TOGGLE,
		TT_RULE_FLOWBIT_IS_SET,
		TT_RULE_FLOWBIT_IS_NOT_SET,
	} does;
	uint64_t names; /* bits of the set's names; several: any of them is (is not) set; set, unset
			 * and toggle: all of them */
};

struct tt_rule_option {
	enum tt_rule_kind kind;
	bool negated;
	enum tt_rule_buffer buffer; /* of payload options */
	union {
		struct tt_rule_number number;
		struct tt_rule_bits bits;
		enum tt_rule_ipopt ipopts;
		struct tt_rule_vlan vlan;
		enum tt_rule_checksum checksum;
		struct tt_rule_content content;
		struct tt_rule_pcre pcre;
		struct tt_rule_bytes bytes;
		struct tt_rule_isdataat isdataat;
		struct tt_rule_flowbit flowbit;
	} u;
};

#define TT_RULE_TEXT_MAX 23 /* octal digits of 2^64 - 1, and a leading zero */

/* Bytes that an option can convert. Both engines allow byte_math fewer. */
static inline unsigned
tt_rule_bytes_most(enum tt_rule_kind kind, bool text)
{
	if (kind == TT_RULE_BYTE_MATH)
		return text ? 10 : 4;
	return text ? TT_RULE_TEXT_MAX : 8;
}

/* threshold and detection_filter: which of the packets that match are detections. */
struct tt_rule_count {
	enum tt_rule_count_type {
		TT_RULE_COUNT_NONE, /* every one */
		TT_RULE_COUNT_LIMIT, /* the first `count` in each period */
		TT_RULE_COUNT_THRESHOLD, /* every count-th within a period */
		TT_RULE_COUNT_BOTH, /* once a period, at the count-th */
		TT_RULE_COUNT_FILTER, /* detection_filter: all after the count-th within a period */
	} type;
	enum tt_rule_track {
		TT_RULE_TRACK_SOURCE,
		TT_RULE_TRACK_DESTINATION,
		TT_RULE_TRACK_BOTH,
		TT_RULE_TRACK_RULE,
	} track;
	uint32_t count, seconds;
	enum tt_rule_unique { /* Suricata's unique_on: count distinct ones */
		TT_RULE_UNIQUE_NONE,
		TT_RULE_UNIQUE_DST_PORT,
		TT_RULE_UNIQUE_SRC_PORT,
		TT_RULE_UNIQUE_DST_ADDRESS, /* ours, "dst_ip": for sweeps */
	} unique;
};

struct tt_rule {
	uint32_t gid, sid, rev; /* gid 1, rev 0 unless stated */
	uint32_t priority; /* 1 the most urgent; by the option, else by the classtype, else 3 */
	char *message; /* msg, unescaped; "" if there is none */
	char *classtype; /* "" if there is none */
	char *category; /* by metadata "category …", else by the classtype's mapping, else "Others" */
	char *text; /* the rule as written, on one line */
	const char *file; /* where it stands */
	uint32_t line; /* its first */

	enum tt_rule_protocol protocol;
	uint8_t ip_version; /* 0: both; 4, 6: only these (heads ip4, ip6, tcp4 …) */
	bool both_directions; /* <> */
	struct tt_rule_addresses src, dst;
	struct tt_rule_ports src_ports, dst_ports;

	struct tt_rule_option *header; /* [n_header], none of the payload */
	unsigned n_header;
	struct tt_rule_option
			*payload; /* [n_payload], as they stand, with flowbits; these take
					 * effect once all else matched */
	unsigned n_payload;
	unsigned n_variables;
	/* Rules that set flowbits come before those that test them: 0 none, or set only; 1 set and
	 * test; 2 test only. Within one packet rules are evaluated by this, then by gid and sid. */
	uint8_t flowbit_order;
	bool no_alert; /* matches are not detections */
	struct tt_rule_count count;
};

/*
 * Is the packet an answer? Where nothing is known but the packet: TCP with SYN+ACK or RST; ICMP and
 * ICMPv6 replies and errors; UDP from a port below 1024 to one from 1024 on.
 */
bool tt_rule_is_answer(const struct tt_packet *packet);

#endif
