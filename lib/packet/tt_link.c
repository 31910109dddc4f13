/* SPDX-License-Identifier: BSD-3-Clause */
/* Link types of capture files; their layouts are those of the LINKTYPE_ registry. */
#include "tt_walk.h"

#define NFLOG_ATTRIBUTES_MAX  64
#define NFLOG_ATTRIBUTE_BYTES 4
#define NFULA_PAYLOAD         9
#define PFLOG_HEADER_MIN      4

enum tt_fate
tt_walk_ethernet(struct tt_walk *w)
{
	if (!tt_walk_has(w, 14))
		return TT_FATE_TRUNCATED_LINK;
	w->at += 14;
	return tt_walk_ethertype(w, tt_load_be16(tt_walk_here(w) - 2));
}

static enum tt_fate
ip(struct tt_walk *w, uint8_t version)
{
	w->version = version;
	return TT_FATE_COUNTED;
}

/* The number of an address family is the writer's. */
static enum tt_fate
family(struct tt_walk *w, uint32_t number)
{
	switch (number) {
	case 2:
		return ip(w, 4);
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		return ip(w, 6);
	default:
		return TT_FATE_NOT_IP;
	}
}

/* So is the byte order of the number. */
static enum tt_fate
loopback(struct tt_walk *w)
{
	uint32_t number;

	if (!tt_walk_has(w, 4))
		return TT_FATE_TRUNCATED_LINK;
	number = tt_load_be32(tt_walk_here(w));
	w->at += 4;
	return family(w, number > 0xffff ? __builtin_bswap32(number) : number);
}

/* The header's length, which leaves out the padding to a multiple of 4; the family. */
static enum tt_fate
pflog(struct tt_walk *w)
{
	const uint8_t *header = tt_walk_here(w);
	enum tt_fate fate;
	uint32_t padded;

	if (!tt_walk_has(w, 2))
		return TT_FATE_TRUNCATED_LINK;
	fate = header[0] < PFLOG_HEADER_MIN ? TT_FATE_NOT_IP : family(w, header[1]);
	if (fate != TT_FATE_COUNTED)
		return fate;
	padded = (header[0] + 3u) & ~3u;
	if (!tt_walk_has(w, padded))
		return TT_FATE_TRUNCATED_LINK;
	w->at += padded;
	return TT_FATE_COUNTED;
}

/* Small numbers are Linux's own protocols; of them only 4, an LLC header, can lead to IP. */
static enum tt_fate
linux_protocol(struct tt_walk *w, uint16_t protocol)
{
	if (protocol == 4)
		return tt_walk_llc(w);
	return protocol < 0x0600 ? TT_FATE_NOT_IP : tt_walk_ethertype(w, protocol);
}

static enum tt_fate
linux_cooked(struct tt_walk *w, uint32_t header_bytes, uint32_t protocol_at)
{
	const uint8_t *header = tt_walk_here(w);

	if (!tt_walk_has(w, header_bytes))
		return TT_FATE_TRUNCATED_LINK;
	w->at += header_bytes;
	return linux_protocol(w, tt_load_be16(header + protocol_at));
}

struct nflog_attribute {
	uint16_t bytes, type;
};

/* Attributes are in the writer's byte order; types are small, which tells it. */
static struct nflog_attribute
nflog_attribute(const uint8_t *b)
{
	uint16_t bytes = tt_load_be16(b), type = tt_load_be16(b + 2);

	if (type > 0xff)
		return (struct nflog_attribute){
				__builtin_bswap16(bytes), __builtin_bswap16(type)};
	return (struct nflog_attribute){bytes, type};
}

/* Steps to the content of the attribute that holds the packet. */
static enum tt_fate
nflog_payload(struct tt_walk *w)
{
	for (unsigned n = 0; n < NFLOG_ATTRIBUTES_MAX; n++) {
		struct nflog_attribute a;
		uint32_t padded;

		if (w->at == w->end)
			return TT_FATE_NOT_IP;
		if (!tt_walk_has(w, NFLOG_ATTRIBUTE_BYTES))
			return TT_FATE_TRUNCATED_LINK;
		a = nflog_attribute(tt_walk_here(w));
		if (a.bytes < NFLOG_ATTRIBUTE_BYTES)
			return TT_FATE_NOT_IP;
		if (a.type == NFULA_PAYLOAD) {
			tt_walk_limit(w, a.bytes);
			w->at += NFLOG_ATTRIBUTE_BYTES;
			return TT_FATE_COUNTED;
		}
		padded = (a.bytes + 3u) & ~3u;
		if (!tt_walk_has(w, padded))
			return TT_FATE_TRUNCATED_LINK;
		w->at += padded;
	}
	return TT_FATE_TOO_DEEP;
}

static enum tt_fate
nflog(struct tt_walk *w)
{
	const uint8_t *header = tt_walk_here(w);

	if (!tt_walk_has(w, 4))
		return TT_FATE_TRUNCATED_LINK;
	w->at += 4;
	if (header[1] != 0)
		return TT_FATE_NOT_IP;
	switch (header[0]) {
	case 2:
		w->version = 4;
		return nflog_payload(w);
	case 10:
		w->version = 6;
		return nflog_payload(w);
	default:
		return TT_FATE_NOT_IP;
	}
}

/* An octet for the direction, which is not looked at, then what `link` is. */
static enum tt_fate
behind_direction(struct tt_walk *w, uint16_t link)
{
	if (!tt_walk_has(w, 1))
		return TT_FATE_TRUNCATED_LINK;
	w->at += 1;
	return tt_walk_link(w, link);
}

enum tt_fate
tt_walk_link(struct tt_walk *w, uint16_t link)
{
	switch (link) {
	case TT_LINK_ETHERNET:
		return tt_walk_ethernet(w);
	case TT_LINK_NULL:
	case TT_LINK_LOOP:
		return loopback(w);
	case TT_LINK_PPP:
	case TT_LINK_PPP_HDLC:
		return tt_walk_ppp(w);
	case TT_LINK_PPP_WITH_DIR:
		return behind_direction(w, TT_LINK_PPP);
	case TT_LINK_PPP_ETHER:
		return tt_walk_pppoe(w);
	case TT_LINK_ATM_RFC1483:
		return tt_walk_llc(w);
	case TT_LINK_C_HDLC:
		return tt_walk_cisco_hdlc(w);
	case TT_LINK_C_HDLC_WITH_DIR:
		return behind_direction(w, TT_LINK_C_HDLC);
	case TT_LINK_FRELAY:
		return tt_walk_frame_relay(w);
	case TT_LINK_FRELAY_WITH_DIR:
		return behind_direction(w, TT_LINK_FRELAY);
	case TT_LINK_RAW_BSD:
	case TT_LINK_RAW_OPENBSD:
	case TT_LINK_RAW:
		return ip(w, 0);
	case TT_LINK_IPV4:
		return ip(w, 4);
	case TT_LINK_IPV6:
		return ip(w, 6);
	case TT_LINK_LINUX_SLL:
		return linux_cooked(w, 16, 14);
	case TT_LINK_LINUX_SLL2:
		return linux_cooked(w, 20, 0);
	case TT_LINK_NFLOG:
		return nflog(w);
	case TT_LINK_PFLOG:
		return pflog(w);
	default:
		return TT_FATE_UNKNOWN_LINK_TYPE;
	}
}

bool
tt_link_known(uint16_t link)
{
	struct tt_walk w = {.frame = (const uint8_t *)""};

	return tt_walk_link(&w, link) != TT_FATE_UNKNOWN_LINK_TYPE;
}
