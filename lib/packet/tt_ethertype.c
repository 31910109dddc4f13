/* SPDX-License-Identifier: BSD-3-Clause */
/* What may stand between the link header and IP: tags, labels, LLC/SNAP, PPPoE and PPP. */
#include "tt_walk.h"

#define ETHERTYPE_IPV4          0x0800
#define ETHERTYPE_ARP           0x0806
#define ETHERTYPE_RARP          0x8035
#define ETHERTYPE_IPV6          0x86dd
#define ETHERTYPE_MPLS          0x8847
#define ETHERTYPE_MPLS_UPSTREAM 0x8848
#define ETHERTYPE_PPPOE_SESSION 0x8864
#define ETHERTYPE_MIN           0x0600
#define IEEE_802_3_LENGTH_MAX   1500
#define PPP_IPV4                0x0021
#define PPP_IPV6                0x0057
#define PPP_MPLS                0x0281
#define PPP_MPLS_UPSTREAM       0x0283
#define CISCO_HDLC_UNICAST      0x0f
#define CISCO_HDLC_MULTICAST    0x8f

static uint8_t
with_one_more_tag(uint8_t encap)
{
	if (encap & (TT_ENCAP_VLAN | TT_ENCAP_QINQ))
		return (uint8_t)((encap & ~TT_ENCAP_VLAN) | TT_ENCAP_QINQ);
	return encap | TT_ENCAP_VLAN;
}

static enum tt_fate
vlan(struct tt_walk *w, uint16_t *type)
{
	if (w->tags++ == TT_TAGS_MAX)
		return TT_FATE_TOO_DEEP;
	if (!tt_walk_has(w, 4))
		return TT_FATE_TRUNCATED_LINK;
	*type = tt_load_be16(tt_walk_here(w) + 2);
	w->at += 4;
	w->encap = with_one_more_tag(w->encap);
	return TT_FATE_COUNTED;
}

/*
 * No label says what is below the stack. As every label switch does, take the first nibble
 * for IP's version (RFC 4928 section 3); a pseudowire's control word begins with 0 or 1.
 */
static enum tt_fate
mpls_content(struct tt_walk *w)
{
	uint8_t nibble;

	if (!tt_walk_has(w, 1))
		return TT_FATE_TRUNCATED_LINK;
	nibble = *tt_walk_here(w) >> 4;
	if (nibble != 4 && nibble != 6)
		return TT_FATE_NOT_IP;
	w->version = nibble;
	return TT_FATE_COUNTED;
}

/* RFC 3032 section 2.1: bit 8 of a label entry marks the bottom of the stack. */
static enum tt_fate
mpls(struct tt_walk *w)
{
	bool bottom = false;

	w->encap |= TT_ENCAP_MPLS;
	while (!bottom) {
		if (w->tags++ == TT_TAGS_MAX)
			return TT_FATE_TOO_DEEP;
		if (!tt_walk_has(w, 4))
			return TT_FATE_TRUNCATED_LINK;
		bottom = tt_walk_here(w)[2] & 1;
		w->at += 4;
	}
	return mpls_content(w);
}

static enum tt_fate
ppp_protocol(struct tt_walk *w, uint16_t protocol)
{
	switch (protocol) {
	case PPP_IPV4:
		w->version = 4;
		return TT_FATE_COUNTED;
	case PPP_IPV6:
		w->version = 6;
		return TT_FATE_COUNTED;
	case PPP_MPLS:
	case PPP_MPLS_UPSTREAM:
		return mpls(w);
	default:
		return TT_FATE_NOT_IP;
	}
}

/* RFC 1661 section 2: the last byte of a protocol number is odd, all before it are even. */
static enum tt_fate
ppp_unframed(struct tt_walk *w)
{
	const uint8_t *b = tt_walk_here(w);

	if (!tt_walk_has(w, 1))
		return TT_FATE_TRUNCATED_LINK;
	if (b[0] & 1) {
		w->at += 1;
		return ppp_protocol(w, b[0]);
	}
	if (!tt_walk_has(w, 2))
		return TT_FATE_TRUNCATED_LINK;
	w->at += 2;
	return ppp_protocol(w, tt_load_be16(b));
}

/* Address, control, EtherType. */
enum tt_fate
tt_walk_cisco_hdlc(struct tt_walk *w)
{
	uint16_t type;

	if (!tt_walk_has(w, 4))
		return TT_FATE_TRUNCATED_LINK;
	type = tt_load_be16(tt_walk_here(w) + 2);
	w->at += 4;
	if (type < ETHERTYPE_MIN || type == ETHERTYPE_RARP) /* there, it means SLARP */
		return TT_FATE_NOT_IP;
	return tt_walk_ethertype(w, type);
}

/* 0xff is no protocol number of one byte (RFC 1661 section 2), so it begins the framing. Cisco's
 * shares PPP's link type. */
enum tt_fate
tt_walk_ppp(struct tt_walk *w)
{
	const uint8_t *b = tt_walk_here(w);

	if (!tt_walk_has(w, 1) || (b[0] == 0xff && !tt_walk_has(w, 2)))
		return TT_FATE_TRUNCATED_LINK;
	if (b[0] == CISCO_HDLC_UNICAST || b[0] == CISCO_HDLC_MULTICAST)
		return tt_walk_cisco_hdlc(w);
	if (b[0] == 0xff && b[1] == 0x03)
		w->at += 2;
	return ppp_unframed(w);
}

/* RFC 2516 section 4: version and type 1, code 0 in a session, then the content's length. */
enum tt_fate
tt_walk_pppoe(struct tt_walk *w)
{
	const uint8_t *b = tt_walk_here(w);

	w->encap |= TT_ENCAP_PPPOE;
	if (!tt_walk_has(w, 6))
		return TT_FATE_TRUNCATED_LINK;
	if (b[0] != 0x11 || b[1] != 0)
		return TT_FATE_NOT_IP;
	w->at += 6;
	tt_walk_limit(w, tt_load_be16(b + 4));
	return ppp_unframed(w);
}

/* SNAP's protocol is an EtherType under the organisations 0 and, for bridges, 0xf8. */
enum tt_fate
tt_walk_snap(struct tt_walk *w)
{
	const uint8_t *b = tt_walk_here(w);
	uint16_t type;

	if (!tt_walk_has(w, 5))
		return TT_FATE_TRUNCATED_LINK;
	type = tt_load_be16(b + 3);
	if (b[0] != 0 || b[1] != 0 || (b[2] != 0 && b[2] != 0xf8) || type < ETHERTYPE_MIN)
		return TT_FATE_NOT_IP;
	w->at += 5;
	return tt_walk_ethertype(w, type);
}

enum tt_fate
tt_walk_llc(struct tt_walk *w)
{
	const uint8_t *b = tt_walk_here(w);

	if (w->tags++ == TT_TAGS_MAX)
		return TT_FATE_TOO_DEEP;
	if (!tt_walk_has(w, 3))
		return TT_FATE_TRUNCATED_LINK;
	w->encap |= TT_ENCAP_LLC_SNAP;
	w->at += 3;
	if (b[0] == 0xaa && b[1] == 0xaa && b[2] == 0x03)
		return tt_walk_snap(w);
	if (b[0] == 0x06 && b[1] == 0x06 && b[2] == 0x03) {
		w->version = 4;
		return TT_FATE_COUNTED;
	}
	return TT_FATE_NOT_IP;
}

enum tt_fate
tt_walk_ethertype(struct tt_walk *w, uint16_t type)
{
	while (tt_walk_is_vlan_tag(type)) {
		enum tt_fate fate = vlan(w, &type);

		if (fate != TT_FATE_COUNTED)
			return fate;
	}
	if (type <= IEEE_802_3_LENGTH_MAX) {
		tt_walk_limit(w, type);
		return tt_walk_llc(w);
	}
	switch (type) {
	case ETHERTYPE_IPV4:
		w->version = 4;
		return TT_FATE_COUNTED;
	case ETHERTYPE_IPV6:
		w->version = 6;
		return TT_FATE_COUNTED;
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_UPSTREAM:
		return mpls(w);
	case ETHERTYPE_PPPOE_SESSION:
		return tt_walk_pppoe(w);
	case ETHERTYPE_ARP:
	case ETHERTYPE_RARP:
		return TT_FATE_ARP;
	default:
		return TT_FATE_NOT_IP;
	}
}
