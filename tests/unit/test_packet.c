/* SPDX-License-Identifier: BSD-3-Clause */
/* IP headers, their extensions and what they carry; the link layer is in test_link.c. */
#include "frame_text.h"

#include <time.h>

static void
transports_give_their_fields(void **state)
{
	struct tt_packet p;

	assert_int_equal(
			decode(ETH "0800" V4_UDP, TT_LINK_ETHERNET, &p), TT_FATE_COUNTED);
	assert_true(p.has_ports && !p.has_icmp);
	assert_int_equal(p.src_port, 1024);
	assert_int_equal(p.dst_port, 1434);
	assert_int_equal(p.tcp_flags, 0);
	assert_int_equal(decode(ETH "0800 4500 0018 0000 0000 4001 0000" V4_ADDRS
				    "030d 0000"
				    "0000 0000 0000 0000",
					 TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	assert_true(p.has_icmp && !p.has_ports);
	assert_int_equal(p.icmp_type, 3);
	assert_int_equal(p.icmp_code, 13);
	assert_int_equal(decode(ETH "86dd 6000 0000 0008 3a ff" V6_ADDRS
				    "8000 0000 0001 0001",
					 TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	assert_true(p.has_icmp && !p.has_ports);
	assert_int_equal(p.icmp_type, 128);
	assert_int_equal(p.protocol, TT_PROTO_ICMPV6);
	assert_int_equal(p.ttl, 255);
}

static void
all_twelve_tcp_flag_bits_are_kept(void **state)
{
	uint8_t b[FRAME_MAX];
	size_t n = bytes_of(ETH "0800" V4_TCP, b);
	struct tt_packet p;

	for (unsigned flags = 0; flags < 0x1000; flags++) {
		b[46] = (uint8_t)(0x50 | flags >> 8);
		b[47] = (uint8_t)flags;
		assert_int_equal(decode_bytes(b, n, TT_LINK_ETHERNET, &p),
				TT_FATE_COUNTED);
		assert_int_equal(p.tcp_flags, flags);
	}
}

static void
protocols_without_ports_are_counted_from_their_ip_header(void **state)
{
	static const char *const packets[] = {
			"4500 0014 0000 0000 40 2f 0000" V4_ADDRS, /* GRE, empty */
			"4500 0014 0000 0000 40 04 0000" V4_ADDRS, /* IP in IP */
			"4500 0014 0000 0000 40 33 0000" V4_ADDRS, /* AH is one in IPv4 */
			"6000 0000 0000 3b 40" V6_ADDRS, /* no next header */
			"6000 0000 0000 32 40" V6_ADDRS, /* ESP */
	};
	struct tt_packet p;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(packets); i++) {
		assert_int_equal(decode(packets[i], TT_LINK_RAW, &p), TT_FATE_COUNTED);
		assert_false(p.has_ports || p.has_icmp);
	}
	/* An IPv4 packet with TCP inside another one: the outer one counts. */
	assert_int_equal(decode("4500 003c 0000 0000 40 04 0000" V4_ADDRS V4_TCP,
					 TT_LINK_RAW, &p),
			TT_FATE_COUNTED);
	assert_int_equal(p.protocol, 4);
	assert_int_equal(p.ip_bytes, 60);
	assert_false(p.has_ports);
}

static void
only_the_first_ipv4_fragment_has_ports(void **state)
{
	struct tt_packet p;

	assert_int_equal(decode(ETH "0800 4500 0028 0001 2000 4006 0000" V4_ADDRS TCP_SYN,
					 TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	assert_true(p.fragment && !p.later_fragment && p.has_ports);
	assert_int_equal(decode(ETH "0800 4500 0028 0001 2001 4006 0000" V4_ADDRS TCP_SYN,
					 TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	assert_true(p.fragment && p.later_fragment && !p.has_ports);
	assert_int_equal(p.protocol, TT_PROTO_TCP);
	assert_int_equal(decode(ETH "0800 4500 0015 0001 0001 4006 0000" V4_ADDRS "00",
					 TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	assert_true(p.fragment && p.later_fragment);
}

static void
only_the_first_ipv6_fragment_has_ports(void **state)
{
	struct tt_packet p;

	assert_int_equal(decode("6000 0000 001c 2c 40" V6_ADDRS
				"0600 0001 00000001" TCP_SYN,
					 TT_LINK_RAW, &p),
			TT_FATE_COUNTED);
	assert_true(p.fragment && !p.later_fragment && p.has_ports);
	assert_int_equal(p.l4_offset, 48);
	assert_int_equal(decode("6000 0000 001c 2c 40" V6_ADDRS
				"0600 0009 00000001" TCP_SYN,
					 TT_LINK_RAW, &p),
			TT_FATE_COUNTED);
	assert_true(p.fragment && p.later_fragment && !p.has_ports);
	assert_int_equal(p.protocol, TT_PROTO_TCP);
	/* An atomic fragment (RFC 6946) is the whole packet. */
	assert_int_equal(decode("6000 0000 001c 2c 40" V6_ADDRS
				"0600 0000 00000001" TCP_SYN,
					 TT_LINK_RAW, &p),
			TT_FATE_COUNTED);
	assert_true(!p.fragment && !p.later_fragment && p.has_ports);
}

static void
ipv4_options_are_stepped_over(void **state)
{
	struct tt_packet p;

	assert_int_equal(decode(ETH "0800 4600 0020 0000 0000 4011 0000" V4_ADDRS
				    "94040000" UDP_1434,
					 TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	assert_int_equal(p.l4_offset, 38);
	assert_int_equal(p.dst_port, 1434);
}

static void
ipv6_extension_headers_are_stepped_over(void **state)
{
	struct tt_packet p;

	/* hop-by-hop, routing (16 bytes), destination options, AH (12 + 12), mobility */
	assert_int_equal(decode("6000 0000 0050 00 40" V6_ADDRS "2b00 0104 00000000"
				"3c01 0000 00000000 0000000000000000"
				"3300 0104 00000000"
				"8704 0000 00000001 00000001 000000000000000000000000"
				"1100 0000 00000000"
				"0400 059a 0010 0000 0000000000000000",
					 TT_LINK_RAW, &p),
			TT_FATE_COUNTED);
	assert_int_equal(p.protocol, TT_PROTO_UDP);
	assert_int_equal(p.l4_offset, 40 + 8 + 16 + 8 + 24 + 8);
	assert_int_equal(p.dst_port, 1434);
}

static void
a_jumbogram_has_the_length_of_its_option(void **state)
{
	struct tt_packet p;

	assert_int_equal(decode("6000 0000 0000 00 40" V6_ADDRS
				"0600 c204 00011170" TCP_SYN,
					 TT_LINK_RAW, &p),
			TT_FATE_COUNTED);
	assert_int_equal(p.ip_bytes, 70000 + 40);
	assert_int_equal(p.dst_port, 445);
	expect_fate("6000 0000 0000 00 40" V6_ADDRS "0600 c204 0000ffff" TCP_SYN,
			TT_LINK_RAW, TT_FATE_BAD_IP_HEADER);
	expect_fate("6000 0000 0000 00 40" V6_ADDRS "0600 0104 00000000" TCP_SYN,
			TT_LINK_RAW, TT_FATE_BAD_IP_HEADER);
	expect_fate("6000 0000 0000 00 40" V6_ADDRS "0600 c204 0001", TT_LINK_RAW,
			TT_FATE_TRUNCATED_IP);
}

static void
a_total_length_of_0_reads_as_the_captured_bytes(void **state)
{
	struct tt_packet p;

	assert_int_equal(decode(ETH "0800 4500 0000 0000 4000 4006 0000" V4_ADDRS TCP_SYN
				    "00",
					 TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	assert_int_equal(p.ip_bytes, 41);
	assert_int_equal(p.dst_port, 445);
	expect_eth(ETH "0800 4500 0000 0000 4000 4006 0000" V4_ADDRS "1770",
			TT_FATE_TRUNCATED_TRANSPORT);
}

/* The frame is long enough, the packet in it is not: padding is no header. */
static void
padding_after_the_ip_packet_is_not_read(void **state)
{
	expect_eth(ETH "0800 4500 0021 0000 4000 4006 0000" V4_ADDRS TCP_SYN,
			TT_FATE_BAD_TRANSPORT);
	expect_eth(ETH "0800 4500 001b 0000 4000 4011 0000" V4_ADDRS TCP_SYN,
			TT_FATE_BAD_TRANSPORT);
	expect_eth(ETH "0800 4500 0017 0000 4000 4001 0000" V4_ADDRS TCP_SYN,
			TT_FATE_BAD_TRANSPORT);
	expect_eth(ETH "86dd 6000 0000 000d 06 39" V6_ADDRS TCP_SYN,
			TT_FATE_BAD_TRANSPORT);
	expect_eth(ETH "86dd 6000 0000 0008 3c 39" V6_ADDRS "0600 0104 00000000" TCP_SYN,
			TT_FATE_BAD_TRANSPORT);
	expect_eth(ETH "86dd 6000 0000 0004 3c 39" V6_ADDRS "0600 0104 00000000" TCP_SYN,
			TT_FATE_BAD_IP_HEADER);
	expect_eth(ETH "86dd 6000 0000 0008 3c 39" V6_ADDRS "0601 0104 00000000" TCP_SYN,
			TT_FATE_BAD_IP_HEADER);
	/* Of two ends that come too early, the first one names the fate. */
	expect_eth(ETH "0800 4500 0021 0000 4000 4006 0000" V4_ADDRS "1770",
			TT_FATE_TRUNCATED_TRANSPORT);
	expect_eth(ETH "0800 4500 0016 0000 4000 4006 0000" V4_ADDRS "1770",
			TT_FATE_BAD_TRANSPORT);
}

static void
headers_that_contradict_themselves_are_bad(void **state)
{
	expect_eth(ETH "0800" V6_TCP, TT_FATE_BAD_IP_VERSION);
	expect_eth(ETH "86dd" V4_TCP, TT_FATE_BAD_IP_VERSION);
	expect_fate(V6_TCP, TT_LINK_IPV4, TT_FATE_BAD_IP_VERSION);
	expect_fate(V4_TCP, TT_LINK_IPV6, TT_FATE_BAD_IP_VERSION);
	expect_fate("50" V4_TCP, TT_LINK_RAW, TT_FATE_BAD_IP_VERSION);
	expect_eth(ETH "0800 4400 0028 0000 4000 4006 0000" V4_ADDRS TCP_SYN,
			TT_FATE_BAD_IP_HEADER);
	expect_eth(ETH "0800 4f00 0028 0000 4000 4006 0000" V4_ADDRS TCP_SYN,
			TT_FATE_BAD_IP_HEADER);
	expect_eth(ETH "0800 4500 0013 0000 4000 4006 0000" V4_ADDRS TCP_SYN,
			TT_FATE_BAD_IP_HEADER);
}

static void
ipv6_packets_with_ipv4_mapped_addresses_are_bad(void **state)
{
	static const char *const addrs[] = {
			"00000000000000000000ffffc6336401 20010db8000000000000000000000002",
			"20010db8000000000000000000000001 00000000000000000000ffffc0000201",
			"00000000000000000000ffffc6336401 00000000000000000000ffffc0000201",
	};
	char framed[512];
	struct tt_packet p;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(addrs); i++) {
		snprintf(framed, sizeof(framed),
				ETH "86dd 6000 0000 0014 06 39 %s" TCP_SYN, addrs[i]);
		expect_eth(framed, TT_FATE_BAD_IP_HEADER);
		expect_fate(framed + strlen(ETH "86dd"), TT_LINK_RAW,
				TT_FATE_BAD_IP_HEADER);
	}
	/* The neighbours of the prefix, and one that has its bits further up, are others'. */
	assert_int_equal(decode("6000 0000 0014 06 39"
				"00000000000000000000fffec6336401"
				"000000000000000000010000c0000201" TCP_SYN,
					 TT_LINK_RAW, &p),
			TT_FATE_COUNTED);
	assert_int_equal(decode("6000 0000 0014 06 39"
				"20010db8000000000000ffffc6336401"
				"0000000000000000ffff0000c0000201" TCP_SYN,
					 TT_LINK_RAW, &p),
			TT_FATE_COUNTED);
}

/* n repetitions of one piece between a beginning and an end. */
static enum tt_fate
decode_deep(const char *begin, unsigned n, const char *piece, const char *end)
{
	uint8_t b[FRAME_MAX];
	struct tt_packet p;
	size_t at = bytes_of(begin, b);

	for (unsigned i = 0; i < n; i++)
		at += bytes_of(piece, b + at);
	at += bytes_of(end, b + at);
	return decode_bytes(b, at, TT_LINK_ETHERNET, &p);
}

static void
sixteen_tags_labels_and_extensions_are_followed_and_no_more(void **state)
{
	const char *v6 = ETH "86dd 6000 0000 0200 3c 39" V6_ADDRS;
	const char *option = "3c00 0104 00000000", *last = "0600 0104 00000000" TCP_SYN;

	assert_int_equal(decode_deep(ETH "8100", 15, "0064 8100", "0064 0800" V4_TCP),
			TT_FATE_COUNTED);
	assert_int_equal(decode_deep(ETH "8100", 16, "0064 8100", "0064 0800" V4_TCP),
			TT_FATE_TOO_DEEP);
	assert_int_equal(decode_deep(ETH "8847", 15, "00001040", "00001140" V4_TCP),
			TT_FATE_COUNTED);
	assert_int_equal(decode_deep(ETH "8847", 16, "00001040", "00001140" V4_TCP),
			TT_FATE_TOO_DEEP);
	assert_int_equal(decode_deep(v6, 15, option, last), TT_FATE_COUNTED);
	assert_int_equal(decode_deep(v6, 16, option, last), TT_FATE_TOO_DEEP);
}

#define TCP_OTHER "1770 01bd 89abcdef fedcba98 5002 7210 0000 0000 " /* ack without ACK */

static void
expect_tcp_fields(const struct tt_packet *p, uint16_t ip_id)
{
	assert_true(p->has_tcp && p->has_ports && !p->has_icmp);
	assert_int_equal(p->ip_id, ip_id);
	assert_int_equal(p->tcp_seq, 0x89abcdef);
	assert_int_equal(p->tcp_ack, 0xfedcba98);
	assert_int_equal(p->tcp_window, 0x7210);
	assert_int_equal(p->tcp_flags, TT_TCP_SYN);
}

static void
expect_no_tcp_fields(const struct tt_packet *p)
{
	assert_false(p->has_tcp);
	assert_int_equal(p->tcp_seq, 0);
	assert_int_equal(p->tcp_ack, 0);
	assert_int_equal(p->tcp_window, 0);
}

static void
a_whole_tcp_header_gives_sequence_acknowledgement_and_window(void **state)
{
	static const char *const v4[] = {
			"4500 0028 d431 4000 3906 0000" V4_ADDRS TCP_OTHER,
			"4500 0028 d431 0000 3906 0000" V4_ADDRS TCP_OTHER "000000000000",
			"4600 002c d431 4000 3906 0000" V4_ADDRS "94040000" TCP_OTHER,
			"4500 0028 d431 2000 3906 0000" V4_ADDRS TCP_OTHER,
			/* with TCP options, as the data offset says */
			"4500 002c d431 4000 3906 0000" V4_ADDRS
			"1770 01bd 89abcdef fedcba98 6002 7210 0000 0000 020405b4",
	};
	char framed[512];
	struct tt_packet p;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(v4); i++) {
		snprintf(framed, sizeof(framed), ETH "0800 %s", v4[i]);
		assert_int_equal(decode(framed, TT_LINK_ETHERNET, &p), TT_FATE_COUNTED);
		expect_tcp_fields(&p, 0xd431);
		assert_int_equal(decode(v4[i], TT_LINK_RAW, &p), TT_FATE_COUNTED);
		expect_tcp_fields(&p, 0xd431);
	}
	assert_int_equal(decode("6000 0000 0014 06 39" V6_ADDRS TCP_OTHER, TT_LINK_RAW,
					 &p),
			TT_FATE_COUNTED);
	expect_tcp_fields(&p, 0);
	assert_int_equal(decode(ETH "86dd 6000 0000 001c 3c 39" V6_ADDRS
				    "0600 0104 00000000" TCP_OTHER,
					 TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	expect_tcp_fields(&p, 0);
}

static void
a_tcp_header_cut_after_its_flags_has_ports_and_flags_alone(void **state)
{
	static const struct {
		const char *hex;
		uint16_t link, l4;
	} frames[] = {
			{ETH "0800 4500 0028 d431 4000 3906 0000" V4_ADDRS TCP_OTHER,
					TT_LINK_ETHERNET, 34},
			{"4500 0028 d431 4000 3906 0000" V4_ADDRS TCP_OTHER, TT_LINK_RAW,
					20},
			{"6000 0000 0014 06 39" V6_ADDRS TCP_OTHER, TT_LINK_RAW, 40},
	};
	uint8_t b[FRAME_MAX];
	struct tt_packet p;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(frames); i++) {
		bytes_of(frames[i].hex, b);
		for (unsigned bytes = 0; bytes <= 20; bytes++) {
			enum tt_fate fate = decode_bytes(
					b, frames[i].l4 + bytes, frames[i].link, &p);

			assert_int_equal(fate,
					bytes < 14 ? TT_FATE_TRUNCATED_TRANSPORT
						   : TT_FATE_COUNTED);
			if (bytes < 14)
				continue;
			assert_true(p.has_ports);
			assert_int_equal(p.dst_port, 445);
			assert_int_equal(p.tcp_flags, TT_TCP_SYN);
			assert_int_equal(p.has_tcp, bytes == 20);
			if (bytes < 20)
				expect_no_tcp_fields(&p);
		}
	}
}

/* The frame is padded to the least that Ethernet carries; the padding is no TCP header. */
static void
a_tcp_header_ends_where_the_ip_packet_ends(void **state)
{
	uint8_t b[FRAME_MAX];
	size_t v4 = bytes_of(ETH "0800 4500 0028 d431 4000 3906 0000" V4_ADDRS TCP_OTHER
				 "ffffffffffff",
			b);
	struct tt_packet p;

	for (unsigned bytes = 14; bytes <= 20; bytes++) {
		b[17] = (uint8_t)(20 + bytes);
		assert_int_equal(decode_bytes(b, v4, TT_LINK_ETHERNET, &p),
				TT_FATE_COUNTED);
		assert_int_equal(p.tcp_flags, TT_TCP_SYN);
		assert_int_equal(p.ip_id, 0xd431);
		if (bytes < 20)
			expect_no_tcp_fields(&p);
		else
			expect_tcp_fields(&p, 0xd431);
	}
	assert_int_equal(decode(ETH "86dd 6000 0000 0013 06 39" V6_ADDRS TCP_OTHER,
					 TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	expect_no_tcp_fields(&p);
}

static void
other_packets_have_no_tcp_fields(void **state)
{
	static const char *const frames[] = {
			ETH "0800 4500 0030 0001 4000 4011 0000" V4_ADDRS UDP_1434
			    "ffffffffffffffffffffffffffffffffffffffff",
			ETH "0800 4500 0030 0001 4000 4001 0000" V4_ADDRS
			    "0800 ffffffffffffffffffffffffffffffffffffffffffff",
			ETH "0800 4500 0028 0001 4000 402f 0000" V4_ADDRS TCP_OTHER,
			ETH "0800 4500 0028 0001 2001 4006 0000" V4_ADDRS TCP_OTHER,
			ETH "86dd 6000 0000 001c 2c 40" V6_ADDRS
			    "0600 0009 00000001" TCP_OTHER,
			ETH "86dd 6000 0000 0014 11 40" V6_ADDRS TCP_OTHER,
	};
	struct tt_packet p;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(frames); i++) {
		assert_int_equal(
				decode(frames[i], TT_LINK_ETHERNET, &p), TT_FATE_COUNTED);
		expect_no_tcp_fields(&p);
		assert_int_equal(p.tcp_flags, 0);
		assert_int_equal(p.ip_id, i < 4 ? 1 : 0);
		assert_int_equal(p.encap_depth, 0);
	}
}

static void
expect_same(const struct tt_packet *a, const struct tt_packet *b)
{
	assert_int_equal(tt_addr_cmp(a->src, b->src), 0);
	assert_int_equal(tt_addr_cmp(a->dst, b->dst), 0);
	assert_int_equal(a->ip_bytes, b->ip_bytes);
	assert_int_equal(a->src_port, b->src_port);
	assert_int_equal(a->dst_port, b->dst_port);
	assert_int_equal(a->tcp_flags, b->tcp_flags);
	assert_int_equal(a->tcp_window, b->tcp_window);
	assert_int_equal(a->ip_id, b->ip_id);
	assert_int_equal(a->tcp_seq, b->tcp_seq);
	assert_int_equal(a->tcp_ack, b->tcp_ack);
	assert_int_equal(a->ttl, b->ttl);
	assert_int_equal(a->protocol, b->protocol);
	assert_int_equal(a->icmp_type, b->icmp_type);
	assert_int_equal(a->icmp_code, b->icmp_code);
	assert_int_equal(a->has_tcp, b->has_tcp);
	assert_int_equal(a->has_ports, b->has_ports);
	assert_int_equal(a->has_icmp, b->has_icmp);
	assert_int_equal(a->fragment, b->fragment);
	assert_int_equal(a->later_fragment, b->later_fragment);
	assert_int_equal(a->ip_version, b->ip_version);
	assert_int_equal(a->encap, b->encap);
	assert_int_equal(a->encap_depth, b->encap_depth);
	assert_int_equal(a->l4_offset, b->l4_offset);
	assert_int_equal(a->ip_offset, b->ip_offset);
	assert_int_equal(a->parts, b->parts);
	assert_int_equal(a->parts, tt_packet_parts_of(a));
}

/* The walk without a short way must agree with the short way of untagged IPv4. */
static void
a_frame_decodes_like_the_ip_packet_in_it(void **state)
{
	const char *text = getenv("TT_SEED");
	unsigned seed = text != NULL ? (unsigned)strtoul(text, NULL, 0)
				     : (unsigned)time(NULL);
	uint8_t b[FRAME_MAX];
	size_t n = bytes_of(ETH "0800" V4_TCP "ffffffffffff", b);
	unsigned counted = 0, whole = 0;

	assert_int_equal(n, 60);
	print_message("# seed %u (TT_SEED)\n", seed);
	srandom(seed);
	for (unsigned i = 0; i < 20000; i++) {
		static const uint8_t protocols[] = {1, 6, 17, 47, 58};
		struct tt_packet framed, raw;
		size_t cut = random() % 2 ? 60 : 15 + (size_t)random() % 46;
		enum tt_fate fate;

		b[16 + random() % 2] = (uint8_t)(random() % 4 ? 0 : random());
		b[17] = (uint8_t)(random() % 64);
		b[18 + random() % 2] = (uint8_t)random();
		b[20] = (uint8_t)(random() % 4 ? 0x40 : random());
		b[23] = protocols[random() % 5];
		b[34 + random() % 20] = (uint8_t)random();
		fate = decode_bytes(b, cut, TT_LINK_ETHERNET, &framed);
		assert_int_equal(fate, decode_bytes(b + 14, cut - 14, TT_LINK_RAW, &raw));
		if (fate != TT_FATE_COUNTED)
			continue;
		counted++;
		whole += framed.has_tcp;
		raw.ip_offset += 14;
		raw.l4_offset += 14;
		expect_same(&framed, &raw);
	}
	assert_true(counted > 1000 && whole > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(transports_give_their_fields),
			cmocka_unit_test(all_twelve_tcp_flag_bits_are_kept),
			cmocka_unit_test(
					protocols_without_ports_are_counted_from_their_ip_header),
			cmocka_unit_test(only_the_first_ipv4_fragment_has_ports),
			cmocka_unit_test(only_the_first_ipv6_fragment_has_ports),
			cmocka_unit_test(ipv4_options_are_stepped_over),
			cmocka_unit_test(ipv6_extension_headers_are_stepped_over),
			cmocka_unit_test(a_jumbogram_has_the_length_of_its_option),
			cmocka_unit_test(a_total_length_of_0_reads_as_the_captured_bytes),
			cmocka_unit_test(padding_after_the_ip_packet_is_not_read),
			cmocka_unit_test(headers_that_contradict_themselves_are_bad),
			cmocka_unit_test(ipv6_packets_with_ipv4_mapped_addresses_are_bad),
			cmocka_unit_test(
					sixteen_tags_labels_and_extensions_are_followed_and_no_more),
			cmocka_unit_test(
					a_whole_tcp_header_gives_sequence_acknowledgement_and_window),
			cmocka_unit_test(
					a_tcp_header_cut_after_its_flags_has_ports_and_flags_alone),
			cmocka_unit_test(a_tcp_header_ends_where_the_ip_packet_ends),
			cmocka_unit_test(other_packets_have_no_tcp_fields),
			cmocka_unit_test(a_frame_decodes_like_the_ip_packet_in_it),
	};

	return cmocka_run_group_tests_name("packet", tests, NULL, NULL);
}
