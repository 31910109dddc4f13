/* SPDX-License-Identifier: BSD-3-Clause */
/* Link types and encapsulations: what leads to IP, where it is cut, what is not IP. */
#include "wrappings.h"

static void
expect_addr(struct tt_addr a, const char *text)
{
	char got[TT_ADDR_TEXT_MAX];

	assert_string_equal(tt_addr_format(a, got), text);
}

/* The SYN of V4_TCP or V6_TCP, whatever it was wrapped in. */
static void
expect_syn(const struct tt_packet *p, uint8_t version, unsigned ip_offset, uint8_t encap)
{
	expect_addr(p->src, version == 4 ? "198.51.100.7" : "2001:db8::7");
	expect_addr(p->dst, version == 4 ? "192.0.2.1" : "2001:db8:0:1::1");
	assert_int_equal(p->ip_version, version);
	assert_int_equal(p->ip_bytes, version == 4 ? 40 : 60);
	assert_int_equal(p->ip_offset, ip_offset);
	assert_int_equal(p->l4_offset, ip_offset + (version == 4 ? 20 : 40));
	assert_int_equal(p->protocol, TT_PROTO_TCP);
	assert_int_equal(p->ttl, 57);
	assert_int_equal(p->src_port, 6000);
	assert_int_equal(p->dst_port, 445);
	assert_int_equal(p->tcp_flags, TT_TCP_SYN);
	assert_int_equal(p->encap, encap);
	assert_true(p->has_ports);
	assert_false(p->has_icmp || p->fragment || p->later_fragment);
}

static void
expect_wrapped_syn(const struct wrapping *w)
{
	struct tt_packet p;

	assert_true(tt_link_known(w->link));
	assert_string_equal(tt_fate_name(decode(w->hex, w->link, &p)), "counted");
	expect_syn(&p, w->version, w->ip_offset, w->encap);
	assert_int_equal(p.encap_depth, w->depth);
}

static void
every_link_type_leads_to_the_same_packet(void **state)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(link_types); i++)
		expect_wrapped_syn(&link_types[i]);
}

static void
every_encapsulation_leads_to_the_same_packet(void **state)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(encapsulations); i++)
		expect_wrapped_syn(&encapsulations[i]);
}

/* needed: the bytes up to and with TCP's flags; with fewer, the fate is a truncation that only
 * grows with the length, and never another one. */
static void
expect_truncations(const struct wrapping *w)
{
	uint8_t b[FRAME_MAX];
	size_t n = bytes_of(w->hex, b);
	unsigned l4 = w->ip_offset + (w->version == 4 ? 20u : 40u);
	struct tt_packet p;

	for (size_t cut = 0; cut <= n; cut++) {
		enum tt_fate fate = decode_bytes(b, cut, w->link, &p);

		if (cut >= l4 + 14)
			assert_int_equal(fate, TT_FATE_COUNTED);
		else if (cut >= l4)
			assert_int_equal(fate, TT_FATE_TRUNCATED_TRANSPORT);
		else if (cut > w->ip_offset)
			assert_int_equal(fate, TT_FATE_TRUNCATED_IP);
		else if (w->link != TT_LINK_NFLOG || cut == 0)
			assert_int_equal(fate, TT_FATE_TRUNCATED_LINK);
		else /* between two attributes, it is a message without a packet */
			assert_true(fate == TT_FATE_TRUNCATED_LINK
					|| fate == TT_FATE_NOT_IP);
		if (fate != TT_FATE_COUNTED)
			continue;
		expect_syn(&p, w->version, w->ip_offset, w->encap);
		assert_int_equal(p.encap_depth, w->depth);
		assert_int_equal(p.has_tcp, cut >= l4 + 20);
		assert_int_equal(p.tcp_seq, p.has_tcp ? 1 : 0);
		assert_int_equal(p.tcp_window, p.has_tcp ? 1024 : 0);
	}
}

static void
a_frame_cut_at_any_byte_is_truncated_where_it_was_cut(void **state)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(link_types); i++)
		expect_truncations(&link_types[i]);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(encapsulations); i++)
		expect_truncations(&encapsulations[i]);
}

static void
what_is_not_ip_is_named(void **state)
{
	expect_eth(ETH "0806 0001", TT_FATE_ARP);
	expect_eth(ETH "8035 0001", TT_FATE_ARP);
	expect_eth(ETH "8100 0064 0806 0001", TT_FATE_ARP);
	expect_eth(ETH "88cc 0207", TT_FATE_NOT_IP); /* LLDP */
	expect_eth(ETH "0026 424203 0000", TT_FATE_NOT_IP); /* spanning tree */
	expect_eth(ETH "0026 aaaa03 00000c 2000 01b4", TT_FATE_NOT_IP); /* CDP */
	expect_eth(ETH "05f0" V4_TCP, TT_FATE_NOT_IP); /* neither a length nor a type */
	expect_eth(ETH "8863 1109 0000 0004 01010000",
			TT_FATE_NOT_IP); /* PPPoE discovery */
	expect_eth(ETH "8864 1100 0001 000a c021 0901 0008 00000000", TT_FATE_NOT_IP);
	expect_eth(ETH "8847 00001140 00000000" ETH "0800" V4_TCP, TT_FATE_NOT_IP);
	expect_fate("00000011 0000", TT_LINK_NULL, TT_FATE_NOT_IP);
	expect_fate("ff03 c021 0901", TT_LINK_PPP, TT_FATE_NOT_IP);
	expect_fate("8f00 8035 0000", TT_LINK_PPP_HDLC, TT_FATE_NOT_IP);
	expect_fate("8f00 8035 00000002 0a010101", TT_LINK_C_HDLC,
			TT_FATE_NOT_IP); /* SLARP */
	expect_fate("8f00 2000 01b4", TT_LINK_C_HDLC, TT_FATE_NOT_IP); /* CDP */
	expect_fate("8f00 fefe 0383", TT_LINK_C_HDLC, TT_FATE_NOT_IP); /* IS-IS */
	expect_fate("0f00 0030 aaaa03 000000 0800" V4_TCP, TT_LINK_C_HDLC,
			TT_FATE_NOT_IP); /* no 802.3 length */
	expect_fate("19 03 cc" V4_TCP, TT_LINK_FRELAY, TT_FATE_NOT_IP); /* one octet */
	expect_fate("1840404041 03 cc" V4_TCP, TT_LINK_FRELAY,
			TT_FATE_NOT_IP); /* no end */
	expect_fate("0001 03 08 0075", TT_LINK_FRELAY, TT_FATE_NOT_IP); /* Q.933 */
	expect_fate("fcf1 03 09 0001", TT_LINK_FRELAY, TT_FATE_NOT_IP); /* LMI */
	expect_fate("1841 03 83 1b01", TT_LINK_FRELAY, TT_FATE_NOT_IP); /* IS-IS */
	expect_fate("1841 03 00 00 cc" V4_TCP, TT_LINK_FRELAY,
			TT_FATE_NOT_IP); /* two pads */
	expect_fate("1841 0030 aaaa03 000000 0800" V4_TCP, TT_LINK_FRELAY,
			TT_FATE_NOT_IP);
	expect_fate("1841 0806 000f", TT_LINK_FRELAY, TT_FATE_ARP);
	expect_fate("1841 03 00 80 00000c 2000 01b4", TT_LINK_FRELAY, TT_FATE_NOT_IP);
	expect_fate("1841 03 00 80 0080c2 000e 0000", TT_LINK_FRELAY, TT_FATE_NOT_IP);
	expect_fate("1841 03 00 80 000000 0806 000f", TT_LINK_FRELAY, TT_FATE_ARP);
	expect_fate("424203 0000", TT_LINK_ATM_RFC1483, TT_FATE_NOT_IP);
	expect_fate("1109 0000 0004 01010000", TT_LINK_PPP_ETHER, TT_FATE_NOT_IP);
	expect_fate("3d 01 00 00 656d3000" PFLOG_REST V4_TCP, TT_LINK_PFLOG,
			TT_FATE_NOT_IP);
	expect_fate("01 02 00 00" V4_TCP, TT_LINK_PFLOG, TT_FATE_NOT_IP);
	expect_fate("01 c021 0901", TT_LINK_PPP_WITH_DIR, TT_FATE_NOT_IP);
	expect_fate("0000 0338 0000 0000000000000000 0000" V4_TCP, TT_LINK_LINUX_SLL,
			TT_FATE_NOT_IP);
	expect_fate("02 00 0000 0500 0a00 78000000", TT_LINK_NFLOG, TT_FATE_NOT_IP);
	expect_fate("02 00 0000 0300 0a00 78000000", TT_LINK_NFLOG, TT_FATE_NOT_IP);
	expect_fate("07 00 0000 2c00 0900" V4_TCP, TT_LINK_NFLOG, TT_FATE_NOT_IP);
	expect_fate("02 01 0000 2c00 0900" V4_TCP, TT_LINK_NFLOG, TT_FATE_NOT_IP);
}

static void
unknown_link_types_are_named(void **state)
{
	unsigned known = 0;

	expect_fate(V4_TCP, 160, TT_FATE_UNKNOWN_LINK_TYPE);
	expect_fate("", 253, TT_FATE_UNKNOWN_LINK_TYPE);
	for (unsigned link = 0; link <= UINT16_MAX; link++)
		known += tt_link_known((uint16_t)link);
	assert_int_equal(known, 21);
}

static void
lengths_of_the_link_layer_bound_what_follows(void **state)
{
	expect_eth(ETH "8864 1100 0001 0001 0021" V4_TCP, TT_FATE_NOT_IP);
	expect_eth(ETH "8864 1100 0001 000c 0021" V4_TCP, TT_FATE_BAD_IP_HEADER);
	expect_eth(ETH "8864 1100 0001 0020 0021" V4_TCP, TT_FATE_BAD_TRANSPORT);
	expect_eth(ETH "0002 aaaa03 000000 0800" V4_TCP, TT_FATE_NOT_IP);
	expect_eth(ETH "0010 aaaa03 000000 0800" V4_TCP, TT_FATE_BAD_IP_HEADER);
	expect_fate("1100 0001 000c 0021" V4_TCP, TT_LINK_PPP_ETHER,
			TT_FATE_BAD_IP_HEADER);
	expect_fate("02 00 0000 2000 0900" V4_TCP, TT_LINK_NFLOG, TT_FATE_BAD_TRANSPORT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(every_link_type_leads_to_the_same_packet),
			cmocka_unit_test(every_encapsulation_leads_to_the_same_packet),
			cmocka_unit_test(
					a_frame_cut_at_any_byte_is_truncated_where_it_was_cut),
			cmocka_unit_test(what_is_not_ip_is_named),
			cmocka_unit_test(unknown_link_types_are_named),
			cmocka_unit_test(lengths_of_the_link_layer_bound_what_follows),
	};

	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
