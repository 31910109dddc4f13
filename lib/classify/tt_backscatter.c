/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which packets answer what our addresses never asked, and what they say was attacked. The
 * class sorts out most packets, which ask; only ICMP errors need the frame.
 */
#include "tt_detail.h"

/* Where a port stands in the table of services. The multiplier is one of those that give each
 * service a slot of its own; if a new one meets another, the compiler warns that an initializer
 * is overridden, the unit test fails, and another odd multiplier is to be tried. */
#define SLOTS            128
#define SLOT_MULTIPLIER  263
#define SLOT(port)       ((uint16_t)((port)*SLOT_MULTIPLIER) >> 9)
#define SERVICE(p, name) [SLOT(p)] = {p, name}

/* Who asks does so from no system port (RFC 6335 section 6). */
#define CLIENT_PORT_MIN 1024

struct service {
	uint16_t port; /* 0: no service has this slot */
	char name[14];
};

/*
 * UDP services that answer whoever asks, and do so from their own port. CERT: US-CERT TA14-017A
 * "UDP-Based Amplification Attacks". LOOP: CERT/CC VU#417980, services that can be made to
 * answer each other. IANA: named so in the Service Name and Transport Protocol Port Number
 * Registry. Kad and BitTorrent, though in TA14-017A, are not here, for their peers ask from the
 * same ports as they answer from.
 */
static const struct service services[SLOTS] = {
		SERVICE(7, "echo"), /* RFC 862; LOOP */
		SERVICE(11, "systat"), /* RFC 866; LOOP */
		SERVICE(13, "daytime"), /* RFC 867; LOOP */
		SERVICE(17, "qotd"), /* RFC 865; CERT, LOOP */
		SERVICE(19, "chargen"), /* RFC 864; CERT, LOOP */
		SERVICE(37, "time"), /* RFC 868; LOOP */
		SERVICE(53, "dns"), /* RFC 1035; CERT, LOOP */
		SERVICE(69, "tftp"), /* RFC 1350, servers that keep the port; CERT, LOOP */
		SERVICE(111, "portmap"), /* RFC 1833; CERT */
		SERVICE(123, "ntp"), /* RFC 5905; CERT, LOOP */
		SERVICE(137, "netbios-ns"), /* RFC 1002; CERT */
		SERVICE(161, "snmp"), /* RFC 3417; CERT */
		SERVICE(177, "xdmcp"), /* X Display Manager Control Protocol, X.Org; IANA */
		SERVICE(389, "cldap"), /* LDAP ping, MS-ADTS section 6.3.3; CERT */
		SERVICE(427, "slp"), /* RFC 2608; CVE-2023-29552 */
		SERVICE(443, "quic"), /* RFC 9000; Nawrocki et al., QUICsand, IMC 2021 */
		SERVICE(500, "isakmp"), /* RFC 7296 section 2 */
		SERVICE(520, "rip"), /* RFC 1058; CERT */
		SERVICE(623, "rmcp"), /* DMTF ASF 2.0 and IPMI 2.0 */
		SERVICE(1194, "openvpn"), /* IANA */
		SERVICE(1434, "ms-sql"), /* resolution protocol, MC-SQLR */
		SERVICE(1604, "ica-browser"), /* Citrix; IANA */
		SERVICE(1701, "l2tp"), /* RFC 2661 section 8.1 */
		SERVICE(1900, "ssdp"), /* UPnP Device Architecture; CERT */
		SERVICE(3283, "net-assistant"), /* Apple Remote Desktop; IANA */
		SERVICE(3389, "rdp"), /* over UDP, MS-RDPEUDP */
		SERVICE(3478, "stun"), /* RFC 8489 */
		SERVICE(3702, "ws-discovery"), /* OASIS WS-Discovery 1.1 */
		SERVICE(4500, "ipsec-nat-t"), /* RFC 3948 */
		SERVICE(5060, "sip"), /* RFC 3261 section 18 */
		SERVICE(5093, "sentinel-lm"), /* licence manager; IANA */
		SERVICE(5351, "nat-pmp"), /* RFC 6886 */
		SERVICE(5353, "mdns"), /* RFC 6762; CERT */
		SERVICE(5683, "coap"), /* RFC 7252 */
		SERVICE(10001, "ubiquiti"), /* the vendor's device discovery */
		SERVICE(11211, "memcached"), /* CERT */
		SERVICE(17185, "wdbrpc"), /* VxWorks debug agent; CERT/CC VU#362332 */
		SERVICE(27015, "steam"), /* Source server queries; CERT */
		SERVICE(27960, "quake3"), /* CERT */
};

static bool
is_service(uint16_t port)
{
	return services[SLOT(port)].port == port && port != 0;
}

bool
tt_udp_reply_port(uint16_t port)
{
	return is_service(port);
}

const char *
tt_udp_reply_service(uint16_t port)
{
	return is_service(port) ? services[SLOT(port)].name : NULL;
}

/* Of two services that talk to each other, nobody knows which one asked. */
static bool
is_udp_reply(const struct tt_packet *p)
{
	return is_service(p->src_port) && p->dst_port >= CLIENT_PORT_MIN
			&& !is_service(p->dst_port);
}

static tt_detail
of_ports(const struct tt_packet *p)
{
	struct tt_target service = {.protocol = p->protocol, .number = p->src_port};

	if (p->protocol == TT_PROTO_UDP && !is_udp_reply(p))
		return 0;
	return tt_detail_of_attacked(service);
}

/* The ICMP type that asks for an answer of this type (RFC 792, RFC 950, RFC 4443); else -1. */
static int32_t
request_of(uint8_t protocol, uint8_t type)
{
	if (protocol == TT_PROTO_ICMPV6)
		return type == 129 ? 128 : -1;
	switch (type) {
	case 0:
		return 8;
	case 14:
	case 16:
	case 18:
		return type - 1;
	default:
		return -1;
	}
}

static tt_detail
of_error(const struct tt_packet *p, const uint8_t *frame, uint32_t captured)
{
	struct tt_target attacked = {.number = -1};
	struct tt_quoted q;

	if (tt_packet_quoted(frame, captured, p, &q)) {
		attacked.protocol = q.protocol;
		if (q.has_ports)
			attacked.number = q.dst_port;
		else if (q.has_icmp)
			attacked.number = q.icmp_type;
	}
	return tt_detail_of_attacked(attacked);
}

/* On its own, or answers with ports would save registers for it. */
static __attribute__((noinline)) tt_detail
of_icmp(const struct tt_packet *p, const uint8_t *frame, uint32_t captured)
{
	struct tt_target asked = {.protocol = p->protocol};

	if (tt_packet_is_error(p))
		return of_error(p, frame, captured);
	asked.number = request_of(p->protocol, p->icmp_type);
	return asked.number < 0 ? 0 : tt_detail_of_attacked(asked);
}

tt_detail
tt_backscatter_of_answer(
		const struct tt_packet *p, const uint8_t *frame, uint32_t captured)
{
	return p->has_ports ? of_ports(p) : of_icmp(p, frame, captured);
}
