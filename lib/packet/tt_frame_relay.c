/* SPDX-License-Identifier: BSD-3-Clause */
/* Frame relay: a Q.922 address, then multiprotocol encapsulation (RFC 2427) or Cisco's own. */
#include "tt_walk.h"

#define ADDRESS_MIN      2 /* octets; Q.922 section 3.3 */
#define ADDRESS_MAX      4
#define ADDRESS_LAST     1 /* the lowest bit of an octet: the address ends here */
#define UNNUMBERED       0x03 /* the control field of all that RFC 2427 carries */
#define NLPID_PAD        0x00
#define NLPID_SNAP       0x80
#define NLPID_IPV6       0x8e
#define NLPID_IPV4       0xcc
#define NLPID_PPP        0xcf /* RFC 1973 */
#define SNAP_BYTES       5
#define BRIDGED_WITH_FCS UINT64_C(0x0080c20001) /* RFC 2427 section 4.2 */
#define BRIDGED_ETHERNET UINT64_C(0x0080c20007)
#define ETHERTYPE_MIN    0x0600

/* Steps over the address. */
static enum tt_fate
address(struct tt_walk *w)
{
	const uint8_t *b = tt_walk_here(w);

	for (uint32_t n = 1; n <= ADDRESS_MAX; n++) {
		if (!tt_walk_has(w, n))
			return TT_FATE_TRUNCATED_LINK;
		if (b[n - 1] & ADDRESS_LAST) {
			w->at += n;
			return n < ADDRESS_MIN ? TT_FATE_NOT_IP : TT_FATE_COUNTED;
		}
	}
	return TT_FATE_NOT_IP;
}

static uint64_t
snap_protocol(const uint8_t *b)
{
	return (uint64_t)b[0] << 32 | tt_load_be32(b + 1);
}

/* Unlike a link of IEEE 802, it also bridges whole frames. */
static enum tt_fate
snap(struct tt_walk *w)
{
	uint64_t protocol;

	w->tags++;
	w->encap |= TT_ENCAP_LLC_SNAP;
	if (!tt_walk_has(w, SNAP_BYTES))
		return TT_FATE_TRUNCATED_LINK;
	protocol = snap_protocol(tt_walk_here(w));
	if (protocol != BRIDGED_ETHERNET && protocol != BRIDGED_WITH_FCS)
		return tt_walk_snap(w);
	w->at += SNAP_BYTES;
	return tt_walk_ethernet(w);
}

static enum tt_fate
content(struct tt_walk *w, uint8_t nlpid)
{
	switch (nlpid) {
	case NLPID_IPV4:
		w->version = 4;
		return TT_FATE_COUNTED;
	case NLPID_IPV6:
		w->version = 6;
		return TT_FATE_COUNTED;
	case NLPID_SNAP:
		return snap(w);
	case NLPID_PPP:
		return tt_walk_ppp(w);
	default:
		return TT_FATE_NOT_IP;
	}
}

/* At the control field. One octet of padding may stand before the NLPID (section 3). */
static enum tt_fate
multiprotocol(struct tt_walk *w)
{
	const uint8_t *b = tt_walk_here(w);
	uint32_t padding;

	if (!tt_walk_has(w, 2))
		return TT_FATE_TRUNCATED_LINK;
	padding = b[1] == NLPID_PAD;
	if (!tt_walk_has(w, 2 + padding))
		return TT_FATE_TRUNCATED_LINK;
	w->at += 2 + padding;
	return content(w, b[1 + padding]);
}

/* An EtherType right behind the address; none begins with the control field 03. */
static enum tt_fate
cisco(struct tt_walk *w)
{
	uint16_t type;

	if (!tt_walk_has(w, 2))
		return TT_FATE_TRUNCATED_LINK;
	type = tt_load_be16(tt_walk_here(w));
	if (type < ETHERTYPE_MIN)
		return TT_FATE_NOT_IP;
	w->at += 2;
	return tt_walk_ethertype(w, type);
}

enum tt_fate
tt_walk_frame_relay(struct tt_walk *w)
{
	enum tt_fate fate = address(w);

	if (fate != TT_FATE_COUNTED)
		return fate;
	if (!tt_walk_has(w, 1))
		return TT_FATE_TRUNCATED_LINK;
	return *tt_walk_here(w) == UNNUMBERED ? multiprotocol(w) : cisco(w);
}
