/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_class.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tt_packet
tcp(uint16_t flags)
{
	return (struct tt_packet){.protocol = TT_PROTO_TCP,
			.has_ports = true,
			.src_port = 6000,
			.dst_port = 445,
			.tcp_flags = flags};
}

static struct tt_packet
icmp(uint8_t protocol, uint8_t type, uint8_t code)
{
	return (struct tt_packet){.protocol = protocol,
			.has_icmp = true,
			.icmp_type = type,
			.icmp_code = code};
}

/* The definition in words, flag by flag. */
static enum tt_class
tcp_class_by_words(uint16_t flags)
{
	bool syn = flags & TT_TCP_SYN, ack = flags & TT_TCP_ACK;
	bool rst = flags & TT_TCP_RST, fin = flags & TT_TCP_FIN;

	if (syn && !ack && !rst && !fin)
		return TT_CLASS_TCP_SYN;
	if (syn && ack && !rst && !fin)
		return TT_CLASS_TCP_SYNACK;
	if (rst && !syn && !fin)
		return TT_CLASS_TCP_RST;
	if (ack && !syn && !rst && !fin)
		return TT_CLASS_TCP_ACK;
	return TT_CLASS_TCP_OTHER;
}

/* The key says what its parts say, for this number and for the last port that there is. */
static void
expect_key(const struct tt_packet *p, int32_t number)
{
	struct tt_target t = {
			.protocol = p->protocol, .number = number, .code = p->icmp_code};
	struct tt_packet last = *p;

	assert_true(tt_target_key_of(p) == tt_target_key_make(t, tt_classify(p)));
	if (!p->has_ports)
		return;
	last.dst_port = UINT16_MAX;
	t.number = UINT16_MAX;
	assert_true(tt_target_key_of(&last) == tt_target_key_make(t, tt_classify(p)));
}

static void
every_set_of_tcp_flags_has_the_class_that_the_words_say(void **state)
{
	unsigned counts[TT_N_CLASSES] = {0};

	for (unsigned flags = 0; flags < 0x1000; flags++) {
		struct tt_packet p = tcp((uint16_t)flags);

		assert_int_equal(tt_classify(&p), tcp_class_by_words((uint16_t)flags));
		counts[tt_classify(&p)]++;
		expect_key(&p, 445);
		p.protocol = TT_PROTO_UDP; /* which has no flags */
		p.tcp_flags = 0;
		expect_key(&p, 445);
		assert_int_equal(tt_classify(&p), TT_CLASS_UDP);
	}
	assert_int_equal(counts[TT_CLASS_TCP_SYN], 256);
	assert_int_equal(counts[TT_CLASS_TCP_SYNACK], 256);
	assert_int_equal(counts[TT_CLASS_TCP_RST], 512);
	assert_int_equal(counts[TT_CLASS_TCP_ACK], 256);
	assert_int_equal(counts[TT_CLASS_TCP_OTHER], 4096 - 1280);
}

static void
icmp_types_have_classes_by_their_own_protocol(void **state)
{
	static const struct {
		uint8_t protocol, type;
		enum tt_class c;
	} cases[] = {
			{TT_PROTO_ICMP, 8, TT_CLASS_ICMP_ECHO_REQUEST},
			{TT_PROTO_ICMP, 0, TT_CLASS_ICMP_ECHO_REPLY},
			{TT_PROTO_ICMP, 3, TT_CLASS_ICMP_UNREACHABLE},
			{TT_PROTO_ICMP, 1, TT_CLASS_ICMP_OTHER},
			{TT_PROTO_ICMP, 11, TT_CLASS_ICMP_OTHER},
			{TT_PROTO_ICMP, 128, TT_CLASS_ICMP_OTHER},
			{TT_PROTO_ICMPV6, 128, TT_CLASS_ICMP_ECHO_REQUEST},
			{TT_PROTO_ICMPV6, 129, TT_CLASS_ICMP_ECHO_REPLY},
			{TT_PROTO_ICMPV6, 1, TT_CLASS_ICMP_UNREACHABLE},
			{TT_PROTO_ICMPV6, 3, TT_CLASS_ICMP_OTHER},
			{TT_PROTO_ICMPV6, 8, TT_CLASS_ICMP_OTHER},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_packet p = icmp(cases[i].protocol, cases[i].type, 0);

		assert_int_equal(tt_classify(&p), cases[i].c);
		expect_key(&p, cases[i].type);
	}
}

static void
packets_without_a_transport_header_are_other_and_keep_their_protocol(void **state)
{
	struct tt_packet p = {.protocol = TT_PROTO_UDP,
			.fragment = true,
			.later_fragment = true};
	struct tt_target t = tt_target_key_target(tt_target_key_of(&p));

	assert_int_equal(tt_classify(&p), TT_CLASS_OTHER);
	assert_int_equal(t.protocol, TT_PROTO_UDP);
	assert_int_equal(t.number, -1);
	assert_int_equal(t.code, 0);
	p = (struct tt_packet){.protocol = 47};
	assert_int_equal(tt_classify(&p), TT_CLASS_OTHER);
	assert_int_equal(tt_target_key_target(tt_target_key_of(&p)).number, -1);
}

static void
keys_hold_the_destination_port_or_the_icmp_type_and_code(void **state)
{
	struct tt_packet p = tcp(TT_TCP_SYN);
	tt_target_key key = tt_target_key_of(&p);

	assert_int_equal(tt_target_key_target(key).number, 445);
	assert_int_equal(tt_target_key_target(key).code, 0);
	assert_int_equal(tt_target_key_class(key), TT_CLASS_TCP_SYN);
	p = icmp(TT_PROTO_ICMP, 3, 13);
	key = tt_target_key_of(&p);
	assert_int_equal(tt_target_key_target(key).number, 3);
	assert_int_equal(tt_target_key_target(key).code, 13);
	assert_int_equal(tt_target_key_class(key), TT_CLASS_ICMP_UNREACHABLE);
}

static void
keys_come_back_whole_and_sort_by_protocol_number_code_class(void **state)
{
	static const uint8_t protocols[] = {0, 1, 6, 17, 58, 255};
	static const int32_t numbers[] = {-1, 0, 1, 255, 256, 65534, 65535};
	static const uint8_t codes[] = {0, 1, 255};
	tt_target_key last = 0;
	bool first = true;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(protocols) * TT_ARRAY_SIZE(numbers) * 3
					* TT_N_CLASSES;
			i++) {
		enum tt_class c = (enum tt_class)(i % TT_N_CLASSES);
		struct tt_target t = {
				.code = codes[i / TT_N_CLASSES % 3],
				.number = numbers[i / TT_N_CLASSES / 3
						% TT_ARRAY_SIZE(numbers)],
				.protocol = protocols[i / TT_N_CLASSES / 3
						/ TT_ARRAY_SIZE(numbers)],
		};
		tt_target_key key = tt_target_key_make(t, c);
		struct tt_target back = tt_target_key_target(key);

		assert_int_equal(back.protocol, t.protocol);
		assert_int_equal(back.number, t.number);
		assert_int_equal(back.code, t.code);
		assert_int_equal(tt_target_key_class(key), c);
		assert_true(first || last < key);
		last = key;
		first = false;
	}
}

static void
class_names_come_back_and_no_other_name_is_taken(void **state)
{
	enum tt_class c;

	for (unsigned i = 0; i < TT_N_CLASSES; i++) {
		assert_int_equal(tt_class_parse(tt_class_name((enum tt_class)i), &c), 0);
		assert_int_equal(c, i);
	}
	assert_string_equal(tt_class_name(TT_CLASS_TCP_SYNACK), "tcp-synack");
	assert_int_equal(tt_class_parse("tcp", &c), -EINVAL);
	assert_int_equal(tt_class_parse("", &c), -EINVAL);
}

static void
every_protocol_comes_back_from_its_name_and_from_its_number(void **state)
{
	char text[16], number[16];
	uint8_t protocol;

	for (unsigned i = 0; i < 256; i++) {
		assert_int_equal(tt_protocol_parse(tt_protocol_name((uint8_t)i, text),
						 &protocol),
				0);
		assert_int_equal(protocol, i);
		snprintf(number, sizeof(number), "%u", i);
		assert_int_equal(tt_protocol_parse(number, &protocol), 0);
		assert_int_equal(protocol, i);
	}
	assert_string_equal(tt_protocol_name(6, text), "TCP");
	assert_string_equal(tt_protocol_name(58, text), "ICMPv6");
	assert_string_equal(tt_protocol_name(253, text), "253");
	assert_int_equal(tt_protocol_parse("tcp", &protocol), 0);
	assert_int_equal(protocol, 6);
}

static void
no_other_text_is_a_protocol(void **state)
{
	static const char *const bad[] = {
			"", "256", "-1", " 6", "6 ", "6x", "TC", "TCPP", "000006"};
	uint8_t protocol;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++)
		assert_int_equal(tt_protocol_parse(bad[i], &protocol), -EINVAL);
}

static void
targets_are_written_and_read_as_the_field_writes_them(void **state)
{
	static const char *const texts[] = {"445/TCP", "0/UDP", "65535/TCP", "8/ICMP",
			"0/ICMP", "128/ICMPv6", "GRE", "TCP", "253"};
	struct tt_target t;
	char text[32];

	for (unsigned i = 0; i < TT_ARRAY_SIZE(texts); i++) {
		assert_int_equal(tt_target_parse(texts[i], &t), 0);
		assert_string_equal(tt_target_format(t, text), texts[i]);
	}
	assert_int_equal(tt_target_parse("3.13/icmp", &t), 0);
	assert_int_equal(t.protocol, TT_PROTO_ICMP);
	assert_int_equal(t.number, 3);
	assert_int_equal(t.code, 13);
	assert_string_equal(tt_target_format(t, text), "3/ICMP");
}

static void
no_other_text_is_a_target(void **state)
{
	static const char *const bad[] = {"", "/", "445/", "/TCP", "65536/TCP", "-1/TCP",
			"445.0/TCP", "256/ICMP", "8./ICMP", "8.256/ICMP", "8.0.0/ICMP",
			"1/GRE", "445 /TCP", "445/TCP/UDP", "x/TCP", "445/XYZ",
			"000445/TCP"};
	struct tt_target t;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++)
		assert_int_equal(tt_target_parse(bad[i], &t), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					every_set_of_tcp_flags_has_the_class_that_the_words_say),
			cmocka_unit_test(icmp_types_have_classes_by_their_own_protocol),
			cmocka_unit_test(
					packets_without_a_transport_header_are_other_and_keep_their_protocol),
			cmocka_unit_test(
					keys_hold_the_destination_port_or_the_icmp_type_and_code),
			cmocka_unit_test(
					keys_come_back_whole_and_sort_by_protocol_number_code_class),
			cmocka_unit_test(
					class_names_come_back_and_no_other_name_is_taken),
			cmocka_unit_test(
					every_protocol_comes_back_from_its_name_and_from_its_number),
			cmocka_unit_test(no_other_text_is_a_protocol),
			cmocka_unit_test(
					targets_are_written_and_read_as_the_field_writes_them),
			cmocka_unit_test(no_other_text_is_a_target),
	};

	return cmocka_run_group_tests_name("class", tests, NULL, NULL);
}
