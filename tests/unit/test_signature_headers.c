/* SPDX-License-Identifier: BSD-3-Clause */
/* What options say of headers that few packets have; by the reference and by the compiled matcher. */
#include "signature_bed.h"

static unsigned
match_hex(const char *text, const char *hex)
{
	uint8_t frame[FRAME_MAX];
	uint64_t cut_short = 0;
	struct bed bed;
	unsigned bits;
	const size_t n = bytes_of(hex, frame);

	bed_init(&bed, text, NULL);
	assert_int_equal(bed.rules.n_remarks, 0);
	bits = match_frame(&bed, frame, n, &cut_short);
	assert_int_equal(cut_short, 0);
	bed_fini(&bed);
	return bits;
}

/* TTL 0x39, window 0x400, sequence number 1. */
static void
masks_leave_bits_out_of_account(void **state)
{
	assert_int_equal(
			match_hex("alert ip any any -> any any (ttl:&0xf0=0x30; sid:1;)\n"
				  "alert ip any any -> any any (ttl:&0x0f!=0x09; sid:2;)\n"
				  "alert ip any any -> any any (ttl:&0x81=0x81; sid:3;)\n"
				  "alert tcp any any -> any any (flags:S; window:&0x03ff=0; seq:&1=1; sid:4;)\n"
				  "alert tcp any any -> any any (window:&0x0fff=0; sid:5;)\n"
				  "alert tcp any any -> any any (dsize:&1=0; flags:S; sid:6;)\n"
				  "alert tcp any any -> any any (dsize:&1=1; sid:7;)\n"
				  "alert ip any any -> any any (ip_proto:&0x7=6; ip_proto:&8!=8; sid:8;)\n"
				  "alert tcp any any -> any any (seq:&2=2; flags:S; sid:9;)\n",
					ETH "0800 " V4_TCP),
			1 << 0 | 1 << 3 | 1 << 5 | 1 << 7);
}

#define V6_ICMP(message) ETH "86dd 60000000 00083a40 " V6_ADDRS message

static void
only_packet_too_big_has_an_mtu(void **state)
{
	static const char rules[] =
			"alert ip any any -> any any (icmpv6.mtu:<1280; sid:1;)\n"
			"alert icmp any any -> any any (icmpv6.mtu:!1279; sid:2;)\n"
			"alert ip6 any any -> any any (icmpv6.mtu:>=65536; sid:3;)\n";

	assert_int_equal(match_hex(rules, V6_ICMP("02000000 000004ff")), 1);
	assert_int_equal(match_hex(rules, V6_ICMP("02000000 000104ff")), 2 | 4);
	assert_int_equal(match_hex(rules, V6_ICMP("02010000 000004ff")), 0);
	assert_int_equal(match_hex(rules, V6_ICMP("80000000 000004ff")), 0);
	assert_int_equal(match_hex(rules,
					 ETH "0800 4500001c 00000000 4001 0000 " V4_ADDRS
					     "02000000 000004ff"),
			0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(masks_leave_bits_out_of_account),
			cmocka_unit_test(only_packet_too_big_has_an_mtu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
