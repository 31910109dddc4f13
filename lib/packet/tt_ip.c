/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4 (RFC 791), IPv6 (RFC 8200), its extension headers and jumbograms (RFC 2675). */
#include "tt_walk.h"

#define IPV4_HEADER_BYTES 20
#define IPV4_MORE         0x2000
#define IPV4_OFFSET       0x1fff
#define IPV6_HEADER_BYTES 40
#define IPV6_MORE         0x0001
#define IPV6_OFFSET       0xfff8
#define EXTENSION_BYTES   8 /* the least that any of them takes */
#define OPTION_PAD1       0x00
#define OPTION_JUMBO      0xc2

enum {
	HOP_BY_HOP = 0,
	ROUTING = 43,
	FRAGMENT = 44,
	AUTHENTICATION = 51,
	DESTINATION_OPTIONS = 60,
	MOBILITY = 135,
	HIP = 139,
	SHIM6 = 140,
};

static enum tt_fate
ipv4(struct tt_walk *w, struct tt_packet *p)
{
	const uint8_t *b = tt_walk_here(w);
	uint32_t header_bytes = (b[0] & 0xfu) * 4;
	uint16_t total, fragment;

	if (header_bytes < IPV4_HEADER_BYTES)
		return TT_FATE_BAD_IP_HEADER;
	if (!tt_walk_has(w, IPV4_HEADER_BYTES))
		return TT_FATE_TRUNCATED_IP;
	total = tt_load_be16(b + 2);
	if (total != 0 && total < header_bytes)
		return TT_FATE_BAD_IP_HEADER;
	p->ip_bytes = total != 0 ? total : w->end - w->at;
	if (total != 0)
		tt_walk_limit(w, total);
	if (!tt_walk_has(w, header_bytes))
		return TT_FATE_TRUNCATED_IP;
	p->ip_id = tt_load_be16(b + 4);
	fragment = tt_load_be16(b + 6);
	p->fragment = (fragment & (IPV4_MORE | IPV4_OFFSET)) != 0;
	p->later_fragment = (fragment & IPV4_OFFSET) != 0;
	p->ttl = b[8];
	p->protocol = b[9];
	p->src = tt_addr_v4(tt_load_be32(b + 12));
	p->dst = tt_addr_v4(tt_load_be32(b + 16));
	w->at += header_bytes;
	return TT_FATE_COUNTED;
}

/* The value of the first jumbo payload option of a hop-by-hop header, 0 if there is none. */
static uint32_t
jumbo_option(const uint8_t *header, uint32_t header_bytes)
{
	uint32_t at = 2;

	while (at + 6 <= header_bytes) {
		if (header[at] == OPTION_PAD1)
			at += 1;
		else if (header[at] == OPTION_JUMBO && header[at + 1] == 4)
			return tt_load_be32(header + at + 2);
		else
			at += 2u + header[at + 1];
	}
	return 0;
}

/* RFC 2675: a payload length of 0 and a hop-by-hop option of more than 65,535. */
static enum tt_fate
jumbogram(const struct tt_walk *w, struct tt_packet *p)
{
	const uint8_t *b = tt_walk_here(w) + IPV6_HEADER_BYTES;
	uint32_t header_bytes, jumbo;

	if (!tt_walk_has(w, IPV6_HEADER_BYTES + EXTENSION_BYTES))
		return TT_FATE_TRUNCATED_IP;
	header_bytes = (b[1] + 1u) * 8;
	if (!tt_walk_has(w, IPV6_HEADER_BYTES + header_bytes))
		return TT_FATE_TRUNCATED_IP;
	jumbo = jumbo_option(b, header_bytes);
	if (jumbo <= UINT16_MAX)
		return TT_FATE_BAD_IP_HEADER;
	p->ip_bytes = jumbo < UINT32_MAX - IPV6_HEADER_BYTES ? jumbo + IPV6_HEADER_BYTES
							     : UINT32_MAX;
	return TT_FATE_COUNTED;
}

static struct tt_addr
ipv6_address(const uint8_t *b)
{
	return (struct tt_addr){.hi = tt_load_be64(b), .lo = tt_load_be64(b + 8)};
}

static enum tt_fate
ipv6(struct tt_walk *w, struct tt_packet *p)
{
	const uint8_t *b = tt_walk_here(w);
	uint16_t payload;

	if (!tt_walk_has(w, IPV6_HEADER_BYTES))
		return TT_FATE_TRUNCATED_IP;
	payload = tt_load_be16(b + 4);
	p->fragment = false;
	p->later_fragment = false;
	p->protocol = b[6];
	p->ttl = b[7];
	p->ip_id = 0;
	p->src = ipv6_address(b + 8);
	p->dst = ipv6_address(b + 24);
	/* Mapped addresses are nobody's on the wire (RFC 6890 table 20), and IPv4's in here. */
	if (tt_addr_is_v4(p->src) || tt_addr_is_v4(p->dst))
		return TT_FATE_BAD_IP_HEADER;
	p->ip_bytes = IPV6_HEADER_BYTES + payload;
	if (payload == 0 && p->protocol == HOP_BY_HOP) {
		enum tt_fate fate = jumbogram(w, p);

		if (fate != TT_FATE_COUNTED)
			return fate;
	}
	tt_walk_limit(w, p->ip_bytes);
	w->at += IPV6_HEADER_BYTES;
	return TT_FATE_COUNTED;
}

enum tt_fate
tt_walk_ip(struct tt_walk *w, struct tt_packet *p)
{
	uint8_t version;

	if (!tt_walk_has(w, 1))
		return TT_FATE_TRUNCATED_LINK;
	if (w->at > TT_IP_OFFSET_MAX)
		return TT_FATE_TOO_DEEP;
	version = *tt_walk_here(w) >> 4;
	if ((version != 4 && version != 6) || (w->version != 0 && version != w->version))
		return TT_FATE_BAD_IP_VERSION;
	p->ip_offset = (uint16_t)w->at;
	p->ip_version = version;
	return version == 4 ? ipv4(w, p) : ipv6(w, p);
}

static bool
is_extension(uint8_t protocol)
{
	switch (protocol) {
	case HOP_BY_HOP:
	case ROUTING:
	case FRAGMENT:
	case AUTHENTICATION:
	case DESTINATION_OPTIONS:
	case MOBILITY:
	case HIP:
	case SHIM6:
		return true;
	default:
		return false;
	}
}

/* RFC 8200 section 4; the length of AH is in other units (RFC 4302 section 2.2). */
static uint32_t
extension_bytes(uint8_t protocol, const uint8_t *b)
{
	if (protocol == FRAGMENT)
		return 8;
	if (protocol == AUTHENTICATION)
		return (b[1] + 2u) * 4;
	return (b[1] + 1u) * 8;
}

static enum tt_fate
extension(struct tt_walk *w, struct tt_packet *p)
{
	const uint8_t *b = tt_walk_here(w);
	uint32_t bytes;

	if (!tt_walk_has(w, EXTENSION_BYTES))
		return TT_FATE_TRUNCATED_IP;
	bytes = extension_bytes(p->protocol, b);
	if (!tt_walk_has(w, bytes))
		return TT_FATE_TRUNCATED_IP;
	if (p->protocol == FRAGMENT) {
		uint16_t fragment = tt_load_be16(b + 2);

		p->fragment |= (fragment & (IPV6_MORE | IPV6_OFFSET)) != 0;
		p->later_fragment = (fragment & IPV6_OFFSET) != 0;
	}
	p->protocol = b[0];
	w->at += bytes;
	return TT_FATE_COUNTED;
}

enum tt_fate
tt_walk_extensions(struct tt_walk *w, struct tt_packet *p)
{
	if (p->ip_version != 6)
		return TT_FATE_COUNTED;
	for (unsigned n = 0; is_extension(p->protocol) && !p->later_fragment; n++) {
		enum tt_fate fate;

		if (n == TT_EXTENSIONS_MAX)
			return TT_FATE_TOO_DEEP;
		fate = extension(w, p);
		if (fate != TT_FATE_COUNTED)
			return fate;
	}
	return TT_FATE_COUNTED;
}
