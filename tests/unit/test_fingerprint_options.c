/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP options in rules: layouts, the maximum segment size, and headers that are not whole. */
#include "fingerprint_bed.h"

#include <sys/mman.h>
#include <unistd.h>

static const uint8_t linux_syn[20] = {
		2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7};

static void
a_layout_names_the_options_in_their_order(void **state)
{
	const struct bed_packet b = tcp_options(linux_syn, 20), none = tcp_syn();

	assert_holds("tcp.options == \"mss,sok,ts,nop,ws\"", &b);
	assert_holds("tcp.options != \"mss,nop,ws,sok,ts\"", &b);
	assert_holds("\"mss,sok,ts,nop,ws\" == tcp.options", &b);
	assert_fails("tcp.options == \"mss,sok,ts,nop\"", &b);
	assert_fails("tcp.options == \"\"", &b);
	assert_holds("tcp.options == \"\"", &none);
	assert_holds("tcp.mss == 1460", &b);
	assert_holds("tcp.options == \"mss\" || tcp.options == \"mss,sok,ts,nop,ws\"",
			&b);
}

static void
unnamed_options_are_told_by_number(void **state)
{
	const uint8_t bytes[8] = {30, 4, 0, 0, 5, 2, 253, 2};
	const struct bed_packet b = tcp_options(bytes, 8);

	assert_holds("tcp.options == \"?30,sack,?253\"", &b);
	assert_holds("tcp.options == \"?30,?5,?253\"", &b);
	assert_fails("tcp.options == \"?31,sack,?253\"", &b);
}

static void
the_list_ends_where_it_says(void **state)
{
	const uint8_t bytes[8] = {1, 0, 2, 4, 5, 6, 7, 8};
	const struct bed_packet b = tcp_options(bytes, 8);

	assert_holds("tcp.options == \"nop,eol\"", &b);
	assert_holds("tcp.mss == 0", &b);
}

static void
forty_options_fit(void **state)
{
	char match[256] = "tcp.options == \"nop";
	uint8_t bytes[40];
	struct bed_packet b;

	memset(bytes, 1, 40);
	b = tcp_options(bytes, 40);
	for (unsigned i = 1; i < 40; i++)
		strcat(match, ",nop");
	strcat(match, "\"");
	assert_holds(match, &b);
}

static void
malformed_options_equal_no_layout(void **state)
{
	const uint8_t too_short[4] = {1, 1, 8, 1}, too_long[4] = {2, 5, 1, 1};
	const uint8_t no_length[4] = {1, 1, 1, 2},
		      after_mss[8] = {2, 4, 1, 2, 8, 9, 0, 0};
	const struct bed_packet cases[] = {tcp_options(too_short, 4),
			tcp_options(too_long, 4), tcp_options(no_length, 4),
			tcp_options(after_mss, 8)};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		assert_fails("tcp.options == \"nop,nop,ts\" || tcp.options == \"mss\" "
			     "|| tcp.options == \"nop,nop,nop,mss\" "
			     "|| tcp.options == \"mss,ts\" || tcp.options == \"\"",
				&cases[i]);
		assert_holds("tcp.options != \"mss\"", &cases[i]);
	}
	assert_holds("tcp.mss == 0", &cases[1]);
	assert_holds("tcp.mss == 0x102", &cases[3]);
}

static void
an_mss_of_another_length_is_none(void **state)
{
	const uint8_t bytes[12] = {2, 3, 9, 2, 4, 5, 6, 2, 4, 7, 8, 1};
	const struct bed_packet b = tcp_options(bytes, 12);

	assert_holds("tcp.mss == 0x0506", &b); /* the first one of four bytes */
	assert_holds("tcp.options == \"mss,mss,mss,nop\"", &b);
}

static void
headers_that_contradict_the_ip_packet_equal_no_layout(void **state)
{
	struct bed_packet b = tcp_options(linux_syn, 20);

	b.packet.ip_bytes -= 1; /* the header ends past the packet */
	assert_fails("tcp.options == \"mss,sok,ts,nop,ws\"", &b);
	assert_holds("tcp.mss == 0", &b);
	b = tcp_syn();
	b.frame[L4 + 12] = 0x40; /* shorter than itself */
	assert_fails("tcp.options == \"\"", &b);
}

static void
packets_whose_options_were_not_captured_are_not_tested(void **state)
{
	struct bed_packet b = tcp_options(linux_syn, 20);

	b.captured -= 1;
	assert_int_equal(ask_rule("", "tcp.options != \"mss\"", &b), NOT_TESTED);
	assert_int_equal(ask_rule("", "tcp.mss == 0", &b), NOT_TESTED);
	assert_int_equal(ask_rule("", "tcp.seq", &b), MATCHED);
	assert_int_equal(ask_rule("tcp.mss == 0", "1", &b), NOT_TESTED);
	assert_int_equal(ask_rule("!(tcp.mss == 0)", "1", &b), MATCHED);
}

/* The captured bytes end where no byte can be read, at every place. */
static void
no_byte_past_the_captured_ones_is_read(void **state)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct tt_fingerprints *set = open_rule(
			"", "tcp.options == \"mss\" && tcp.mss == 1");
	const struct bed_packet b = tcp_options(linux_syn, 20);

	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
	for (uint32_t captured = L4 + 14; captured <= L4 + 40; captured++) {
		struct tt_packet packet = b.packet;
		const uint8_t *frame = pages + page - captured;
		tt_detail detail = 0;

		memcpy(pages + page - captured, b.frame, captured);
		packet.has_tcp = captured >= L4 + 20;
		packet.parts = tt_packet_parts_of(&packet);
		tt_fingerprints_burst(
				set, &packet, &frame, &captured, &b.time_us, &detail, 1);
		assert_int_equal(detail, captured == L4 + 40 ? TESTED : NOT_TESTED);
	}
	munmap(pages, 2 * page);
	tt_fingerprints_close(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_layout_names_the_options_in_their_order),
			cmocka_unit_test(unnamed_options_are_told_by_number),
			cmocka_unit_test(the_list_ends_where_it_says),
			cmocka_unit_test(forty_options_fit),
			cmocka_unit_test(malformed_options_equal_no_layout),
			cmocka_unit_test(an_mss_of_another_length_is_none),
			cmocka_unit_test(
					headers_that_contradict_the_ip_packet_equal_no_layout),
			cmocka_unit_test(
					packets_whose_options_were_not_captured_are_not_tested),
			cmocka_unit_test(no_byte_past_the_captured_ones_is_read),
	};

	return cmocka_run_group_tests_name("fingerprint_options", tests, NULL, NULL);
}
