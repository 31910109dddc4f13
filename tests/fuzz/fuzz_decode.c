/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The decoder on any bytes under any link type: the first two bytes are the link type, little
 * end first, the rest is the frame. What must hold of every counted packet is asserted.
 */
#include "tt_detail.h"
#include "tt_packet.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_offsets(const struct tt_packet *p, uint32_t captured)
{
	TT_ASSERT(p->ip_version == 4 || p->ip_version == 6);
	TT_ASSERT(p->ip_offset + (p->ip_version == 4 ? 20 : 40) <= p->l4_offset);
	TT_ASSERT(p->l4_offset <= captured);
	TT_ASSERT((uint32_t)(p->l4_offset - p->ip_offset) <= p->ip_bytes);
	TT_ASSERT(p->encap < TT_N_ENCAPS);
	TT_ASSERT((p->encap != 0) == (p->encap_depth != 0));
	TT_ASSERT(p->encap_depth <= 17);
	TT_ASSERT(p->ip_version == 4 || p->ip_id == 0);
	TT_ASSERT(tt_addr_is_v4(p->src) == (p->ip_version == 4));
	TT_ASSERT(tt_addr_is_v4(p->dst) == (p->ip_version == 4));
}

/* A header's fields are there only if its bytes are in the capture and in the IP packet. */
static void
check_transport(const struct tt_packet *p, uint32_t captured)
{
	uint32_t in_packet = p->ip_bytes - (p->l4_offset - p->ip_offset);
	uint32_t in_capture = captured - p->l4_offset;
	uint32_t need = !p->has_ports ? 4 : p->protocol == TT_PROTO_TCP ? 14 : 8;

	TT_ASSERT(!(p->has_ports && p->has_icmp));
	TT_ASSERT(!p->later_fragment || (p->fragment && !p->has_ports && !p->has_icmp));
	if (p->has_ports || p->has_icmp)
		TT_ASSERT(in_packet >= need && in_capture >= need);
	if (p->has_ports)
		TT_ASSERT(p->protocol == TT_PROTO_TCP || p->protocol == TT_PROTO_UDP);
	if (p->has_icmp)
		TT_ASSERT(p->protocol == TT_PROTO_ICMP || p->protocol == TT_PROTO_ICMPV6);
}

/* Does what stands before the IP header state a length of its own, which may end a packet early? */
static bool
is_bounded_by_link(const struct tt_packet *p, uint16_t link)
{
	return link == TT_LINK_NFLOG
			|| (p->encap & (TT_ENCAP_LLC_SNAP | TT_ENCAP_PPPOE)) != 0;
}

/* The fields of TCP's fixed header are there with all twenty bytes, and 0 with fewer. */
static void
check_tcp(const struct tt_packet *p, uint32_t captured, uint16_t link)
{
	uint32_t in_packet = p->ip_bytes - (p->l4_offset - p->ip_offset);
	uint32_t in_capture = captured - p->l4_offset;
	bool tcp = p->has_ports && p->protocol == TT_PROTO_TCP;

	if (p->has_tcp || !is_bounded_by_link(p, link))
		TT_ASSERT(p->has_tcp == (tcp && in_packet >= 20 && in_capture >= 20));
	if (!p->has_tcp)
		TT_ASSERT((p->tcp_seq | p->tcp_ack | p->tcp_window) == 0);
	if (!tcp)
		TT_ASSERT(p->tcp_flags == 0);
	if (!p->has_ports)
		TT_ASSERT((p->src_port | p->dst_port) == 0);
}

static void
check_backscatter(const uint8_t *frame, uint32_t captured, const struct tt_packet *p)
{
	tt_detail d = tt_backscatter_detail(p, frame, captured);
	struct tt_target attacked = tt_detail_attacked(d);

	TT_ASSERT(tt_detail_backscatter(d) == (d != 0));
	TT_ASSERT(tt_detail_tested(d) == 0 && tt_detail_matched(d) == 0);
	TT_ASSERT(attacked.number >= -1 && attacked.number <= UINT16_MAX);
	if (d != 0 && p->has_ports)
		TT_ASSERT(attacked.number == p->src_port
				&& attacked.protocol == p->protocol);
	if (d != 0 && p->has_ports && p->protocol == TT_PROTO_UDP)
		TT_ASSERT(tt_udp_reply_service(p->src_port) != NULL);
	if (tt_packet_is_error(p))
		TT_ASSERT(d != 0);
	if (p->later_fragment)
		TT_ASSERT(d == 0);
}

static void
check_quoted(const uint8_t *frame, uint32_t captured, const struct tt_packet *p)
{
	struct tt_quoted q;

	if (!tt_packet_quoted(frame, captured, p, &q))
		return;
	TT_ASSERT(p->has_icmp && !p->has_ports);
	TT_ASSERT(q.ip_version == (p->protocol == TT_PROTO_ICMP ? 4 : 6));
	TT_ASSERT(!(q.has_ports && q.has_icmp));
	TT_ASSERT(tt_addr_is_v4(q.src) == (q.ip_version == 4));
	TT_ASSERT(tt_addr_is_v4(q.dst) == (q.ip_version == 4));
}

static void
check_names(const struct tt_packet *p)
{
	tt_target_key key = tt_target_key_of(p);
	struct tt_target t = tt_target_key_target(key), back;
	char text[64];
	enum tt_class c;

	TT_ASSERT(tt_target_key_make(t, tt_classify(p)) == key);
	TT_ASSERT(tt_class_parse(tt_class_name(tt_classify(p)), &c) == 0);
	TT_ASSERT(c == tt_target_key_class(key));
	TT_ASSERT(tt_target_parse(tt_target_format(t, text), &back) == 0);
	TT_ASSERT(back.protocol == t.protocol && back.number == t.number);
	TT_ASSERT(strlen(tt_encap_format(p->encap, text)) < sizeof(text));
	TT_ASSERT(strlen(tt_tcp_flags_format(p->tcp_flags, text)) < sizeof(text));
}

/* The short ways through the decoder give what the walk gives. */
static void
check_twin(const uint8_t *frame, uint32_t captured, uint16_t link, enum tt_fate fate,
		const struct tt_packet *p)
{
	struct tt_packet twin;

	TT_ASSERT(tt_packet_decode_ref(frame, captured, link, &twin) == fate);
	if (fate != TT_FATE_COUNTED)
		return;
	TT_ASSERT(tt_addr_cmp(p->src, twin.src) == 0
			&& tt_addr_cmp(p->dst, twin.dst) == 0);
	TT_ASSERT(memcmp(&p->tcp_seq, &twin.tcp_seq,
				  offsetof(struct tt_packet, parts) + 1
						  - offsetof(struct tt_packet, tcp_seq))
			== 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *frame = data + 2;
	struct tt_packet p;
	enum tt_fate fate;
	uint32_t captured;
	uint16_t link;

	if (size < 2 || size > 1 << 20)
		return 0;
	captured = (uint32_t)size - 2;
	link = (uint16_t)(data[0] | data[1] << 8);
	fate = tt_packet_decode(frame, captured, link, &p);
	check_twin(frame, captured, link, fate, &p);
	TT_ASSERT(strlen(tt_fate_name(fate)) > 0);
	TT_ASSERT(fate != TT_FATE_OUTGOING && fate != TT_FATE_NOT_MONITORED);
	TT_ASSERT((fate != TT_FATE_UNKNOWN_LINK_TYPE) == tt_link_known(link));
	if (fate != TT_FATE_COUNTED)
		return 0;
	check_offsets(&p, captured);
	check_transport(&p, captured);
	check_tcp(&p, captured, link);
	TT_ASSERT(p.parts == tt_packet_parts_of(&p));
	check_quoted(frame, captured, &p);
	check_backscatter(frame, captured, &p);
	check_names(&p);
	return 0;
}
