/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes of a frame → header fields. Pure functions on the caller's memory: no allocation, no
 * state, no call out; any thread. No byte at or past frame + captured length is ever read, and
 * no header is believed past the length that the header before it states.
 *
 * Every frame gets exactly one fate: TT_FATE_COUNTED, or the one exception that stopped it. The
 * decoder gives all of them but OUTGOING and NOT_MONITORED, which depend on the sensor.
 */
#ifndef TT_PACKET_H
#define TT_PACKET_H

#include "tt_addr.h"

/* Where a frame ends up. The names are those of the ledger (tt_fate_name). */
enum tt_fate {
	TT_FATE_COUNTED,
	TT_FATE_OUTGOING, /* to elsewhere, from a monitored address */
	TT_FATE_NOT_MONITORED, /* neither to nor from a monitored address */
	TT_FATE_ARP, /* EtherType 0x0806, 0x8035 */
	TT_FATE_NOT_IP, /* any other link-layer protocol (LLDP, STP, IPX, …) */
	TT_FATE_UNKNOWN_LINK_TYPE, /* the capture's link type is none that is decoded */
	TT_FATE_TOO_DEEP, /* more tags, labels or extension headers than are followed */
	TT_FATE_TRUNCATED_LINK, /* the captured bytes end before the IP header */
	TT_FATE_TRUNCATED_IP, /* they end inside the IP header or its extensions */
	TT_FATE_TRUNCATED_TRANSPORT, /* they end inside the part of the transport header needed */
	TT_FATE_BAD_IP_VERSION, /* the link layer says IPv4 (IPv6), the packet does not */
	TT_FATE_BAD_IP_HEADER, /* lengths that contradict each other, IHL < 5, an IPv6 packet
				* from or to an IPv4-mapped address (RFC 4291 section 2.5.5.2),
				* … */
	TT_FATE_BAD_TRANSPORT, /* the IP packet itself is too short for its transport header */
	TT_N_FATES
};

/* Link types by their LINKTYPE_ number in capture files; live ports are Ethernet. */
enum tt_link {
	TT_LINK_NULL = 0, /* BSD loopback, either byte order */
	TT_LINK_ETHERNET = 1,
	TT_LINK_PPP = 9, /* with or without the HDLC-like ff 03 */
	TT_LINK_RAW_BSD = 12, /* DLT_RAW as written by some systems, raw IPv4 or IPv6 */
	TT_LINK_RAW_OPENBSD = 14,
	TT_LINK_PPP_HDLC = 50,
	TT_LINK_PPP_ETHER = 51, /* a PPPoE session, without the Ethernet header */
	TT_LINK_ATM_RFC1483 = 100, /* begins with the LLC header */
	TT_LINK_RAW = 101,
	TT_LINK_C_HDLC = 104, /* Cisco HDLC */
	TT_LINK_FRELAY = 107, /* frame relay: a Q.922 address of 2 to 4 octets */
	TT_LINK_LOOP = 108,
	TT_LINK_LINUX_SLL = 113,
	TT_LINK_PFLOG = 117, /* log of pf */
	TT_LINK_PPP_WITH_DIR = 204, /* as without, behind an octet for the direction */
	TT_LINK_C_HDLC_WITH_DIR = 205,
	TT_LINK_FRELAY_WITH_DIR = 206,
	TT_LINK_IPV4 = 228,
	TT_LINK_IPV6 = 229,
	TT_LINK_NFLOG = 239,
	TT_LINK_LINUX_SLL2 = 276,
};

/* How the outermost IP packet was wrapped; a set of bits, 0 for none. */
enum tt_encap {
	TT_ENCAP_VLAN = 1, /* exactly one VLAN tag */
	TT_ENCAP_QINQ = 2, /* two or more */
	TT_ENCAP_MPLS = 4,
	TT_ENCAP_PPPOE = 8,
	TT_ENCAP_LLC_SNAP = 16,
	TT_N_ENCAPS = 32
};

#define TT_PROTO_ICMP   1
#define TT_PROTO_IGMP   2
#define TT_PROTO_TCP    6
#define TT_PROTO_UDP    17
#define TT_PROTO_ICMPV6 58
#define TT_PROTO_SCTP   132

/* TCP flag bits: the low 12 bits of bytes 12-13 of the header (RFC 9293 section 3.1). */
#define TT_TCP_FIN 0x001
#define TT_TCP_SYN 0x002
#define TT_TCP_RST 0x004
#define TT_TCP_PSH 0x008
#define TT_TCP_ACK 0x010
#define TT_TCP_URG 0x020
#define TT_TCP_ECE 0x040
#define TT_TCP_CWR 0x080

/*
 * What there is of a packet, as one number; the same as has_tcp, has_ports, has_icmp, ip_version and
 * protocol say (tt_packet_parts_of). 16 is left to readers that know more.
 */
enum tt_packet_part {
	TT_PACKET_IPV4 = 1,
	TT_PACKET_PORTS = 2, /* TCP or UDP, first or only fragment */
	TT_PACKET_TCP = 4, /* ports and flags */
	TT_PACKET_TCP_20 = 8, /* the whole fixed header */
	TT_PACKET_UDP = 32,
	TT_PACKET_ICMP = 64,
	TT_PACKET_TRANSPORT = 128, /* a header of known length: TCP_20, UDP or ICMP */
};

/*
 * The header fields of one frame: the outermost IP header and what it carries. What is constant
 * in nearly all frames stands together; sequence number and ports, and what follows them on the
 * wire, stand backwards, so that a little-endian core swaps the bytes of all of them at once.
 */
struct tt_packet {
	struct tt_addr src, dst;
	uint32_t tcp_seq; /* where has_tcp */
	uint16_t dst_port; /* TCP and UDP, where has_ports */
	uint16_t src_port;
	uint32_t ip_bytes; /* IPv4 total length; IPv6 40 + payload length or jumbo length.
				* An IPv4 total length of 0 (segmentation offload) reads as the
				* captured bytes from the IP header on. */
	uint16_t tcp_window; /* as in the header, not scaled; where has_tcp */
	uint16_t tcp_flags; /* TCP, where has_ports; below 0x1000 */
	uint32_t tcp_ack; /* where has_tcp; as in the header, with ACK set or not */
	uint16_t ip_id; /* IPv4 identification; 0 in IPv6 */
	uint8_t protocol; /* the one after IPv6 extension headers */
	uint8_t ttl; /* or hop limit */
	uint8_t icmp_type; /* ICMP and ICMPv6, where has_icmp */
	uint8_t icmp_code;
	bool has_tcp; /* the fixed 20 bytes of a TCP header were captured and lie within the IP
			* packet; implies has_ports */
	bool has_ports; /* TCP or UDP, first or only fragment */
	bool has_icmp; /* ICMP or ICMPv6, first or only fragment */
	bool fragment; /* any fragment: MF set or offset > 0 */
	bool later_fragment; /* fragment offset > 0: no transport header */
	uint8_t ip_version; /* 4 or 6 */
	uint8_t encap; /* bits of enum tt_encap */
	uint8_t encap_depth; /* tags, labels, PPPoE and LLC headers before the IP header */
	uint16_t l4_offset; /* from the frame's first byte; what follows the IP headers */
	uint16_t ip_offset;
	uint8_t parts; /* bits of enum tt_packet_part */
};

/* What p->parts has to be, from the other fields. */
static inline uint8_t
tt_packet_parts_of(const struct tt_packet *p)
{
	const bool tcp = p->has_ports && p->protocol == TT_PROTO_TCP;
	const bool udp = p->has_ports && p->protocol == TT_PROTO_UDP;

	return (uint8_t)((p->ip_version == 4 ? TT_PACKET_IPV4 : 0)
			| (p->has_ports ? TT_PACKET_PORTS : 0) | (tcp ? TT_PACKET_TCP : 0)
			| (p->has_tcp ? TT_PACKET_TCP_20 : 0) | (udp ? TT_PACKET_UDP : 0)
			| (p->has_icmp ? TT_PACKET_ICMP : 0)
			| (p->has_tcp || udp || p->has_icmp ? TT_PACKET_TRANSPORT : 0));
}

/*
 * Decodes one frame of `captured` bytes.
 *
 * frame: [captured] bytes; link: a LINKTYPE_ number. Fills *p and returns TT_FATE_COUNTED if
 * all the fields above are there; otherwise returns the exception, and *p is indefinite.
 *
 * Ethernet, 802.3 with LLC/SNAP, any VLAN TPID of 0x8100 0x88a8 0x9100 0x9200, MPLS (0x8847,
 * 0x8848; the version nibble after the bottom label, a pseudowire's control word excluded),
 * PPPoE session, PPP (RFC 1661), Cisco HDLC, frame relay (RFC 2427), IPv4 (RFC 791), IPv6
 * (RFC 8200) with hop-by-hop, routing, fragment, destination options, AH, mobility, HIP and
 * shim6 headers. TCP needs 14 bytes of its header (20 for has_tcp), UDP 8, ICMP and ICMPv6 4.
 * Fields that a packet does not have are 0.
 */
enum tt_fate tt_packet_decode(const uint8_t *frame, uint32_t captured, uint16_t link,
		struct tt_packet *p);

/* The plain twin that defines the result: header by header, without a short way for what is usual. */
enum tt_fate tt_packet_decode_ref(const uint8_t *frame, uint32_t captured, uint16_t link,
		struct tt_packet *p);

/* What an ICMP or ICMPv6 error quotes of the packet that it is about (RFC 792, RFC 4443). */
struct tt_quoted {
	struct tt_addr src, dst;
	uint16_t src_port, dst_port; /* where has_ports */
	uint8_t ip_version;
	uint8_t protocol; /* 0 where an IPv6 extension header that is not quoted whole hides it */
	uint8_t icmp_type, icmp_code; /* where has_icmp */
	bool has_ports, has_icmp;
};

/* Is it an ICMP error (types 3 4 5 11 12, ICMPv6 1 to 4)? */
bool tt_packet_is_error(const struct tt_packet *p);

/*
 * Decodes the packet that the ICMP error p quotes; frame and captured as given to
 * tt_packet_decode. Returns true where p is an ICMP error (tt_packet_is_error) and quotes at
 * least a whole IP header that tt_packet_decode would not call bad. Extension headers are
 * followed as far as they are quoted.
 */
bool tt_packet_quoted(const uint8_t *frame, uint32_t captured, const struct tt_packet *p,
		struct tt_quoted *q);

/* Is the link type one that tt_packet_decode knows? */
bool tt_link_known(uint16_t link);

/* "counted", "not-monitored", "truncated-ip" …; the ledger's reasons. */
const char *tt_fate_name(enum tt_fate fate);

/* "none", "vlan", "qinq+mpls" …; text must hold 64 bytes; returns text. */
char *tt_encap_format(uint8_t encap, char text[64]);

/* "none", "SYN", "SYN+ACK" … (NS and the reserved bits as AE, R1, R2, R3); text: 64 bytes. */
char *tt_tcp_flags_format(uint16_t flags, char text[64]);

#endif
