/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_profile.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                            \
	"name: test\n"                  \
	"start: 2026-01-05T00:00:00Z\n" \
	"duration: 1h\n"                \
	"monitored: 203.0.113.0/24\n"   \
	"components:\n"                 \
	"  - target: 445/TCP\n"         \
	"    rate: 10/s\n"
#define HEAD_LINES 7

static int
parse(struct tt_profile **profile, const char *text, struct tt_error *err)
{
	return tt_profile_parse(
			profile, "test.yaml", (const uint8_t *)text, strlen(text), err);
}

static void
each_key_reaches_its_field(void **state)
{
	static const char text[] = HEAD "    name: worm\n"
					"    class: tcp-ack\n"
					"    daily_amplitude: 0.25\n"
					"    daily_peak: 14.5\n"
					"    from: 10m\n"
					"    to: 3000s\n"
					"    sources: 468\n"
					"    zipf: 1.5\n"
					"    hosts: botnet\n"
					"    countries: AR 2, CO 1.5, any 0.5\n"
					"    source_port: 6000\n"
					"    ttl: 30-60\n"
					"    scan: sequential\n"
					"    ip_id: 54321\n"
					"    seq: destination\n"
					"    window: 1024\n"
					"    tcp_options: mss 1400, nop, ws 7\n"
					"    vlan: 200, 100\n"
					"    payload_hex: 0d0a ff\n"
					"    ip_length: 100\n";
	static const uint8_t options[] = {2, 4, 1400 >> 8, 1400 & 255, 1, 3, 3, 7};
	struct tt_profile *p;
	struct tt_profile_component *c;
	struct tt_error err;

	assert_int_equal(parse(&p, text, &err), 0);
	assert_string_equal(p->name, "test");
	assert_int_equal(p->duration_us, 3600 * TT_US_PER_S);
	assert_int_equal(p->n_components, 1);
	c = &p->components[0];
	assert_string_equal(c->name, "worm");
	assert_int_equal(c->target.number, 445);
	assert_int_equal(c->class, TT_CLASS_TCP_ACK);
	assert_true(c->rate == 10 && !c->rate_per_address);
	assert_true(c->daily_amplitude == 0.25 && c->daily_peak == 14.5);
	assert_int_equal(c->from_us, 600 * TT_US_PER_S);
	assert_int_equal(c->to_us, 3000 * TT_US_PER_S);
	assert_int_equal(c->sources, 468);
	assert_true(c->zipf == 1.5);
	assert_string_equal(c->hosts, "botnet");
	assert_int_equal(c->n_shares, 3);
	assert_string_equal(c->shares[1].country, "CO");
	assert_true(c->shares[1].weight == 1.5);
	assert_string_equal(c->shares[2].country, "");
	assert_int_equal(c->source_port.first, 6000);
	assert_int_equal(c->source_port.last, 6000);
	assert_int_equal(c->ttl.first, 30);
	assert_int_equal(c->ttl.last, 60);
	assert_int_equal(c->scan, TT_PROFILE_SCAN_SEQUENTIAL);
	assert_int_equal(c->ip_id, TT_PROFILE_FIELD_FIXED);
	assert_int_equal(c->ip_id_value, 54321);
	assert_int_equal(c->seq, TT_PROFILE_FIELD_DESTINATION);
	assert_int_equal(c->window.first, 1024);
	assert_int_equal(c->window.last, 1024);
	assert_int_equal(c->n_tcp_options, 8);
	assert_memory_equal(c->tcp_options, options, 8);
	assert_int_equal(c->n_vlans, 2);
	assert_int_equal(c->vlan[0], 200);
	assert_int_equal(c->payload_bytes, 3);
	assert_memory_equal(c->payload, "\r\n\xff", 3);
	assert_int_equal(c->ip_bytes, 100);
	tt_profile_destroy(p);
}

static void
a_rate_may_be_per_day_and_address(void **state)
{
	struct tt_profile *p;
	struct tt_error err;

	assert_int_equal(
			parse(&p,
					"name: a\nduration: 1d\nmonitored: 203.0.113.0/24\n"
					"components:\n- {target: 8/ICMP, rate: 86400/day/address}\n",
					&err),
			0);
	assert_true(p->components[0].rate == 1);
	assert_true(p->components[0].rate_per_address);
	assert_int_equal(p->components[0].class, TT_CLASS_ICMP_ECHO_REQUEST);
	assert_int_equal(p->components[0].ip_bytes, 28);
	tt_profile_destroy(p);
}

static void
a_bad_value_is_named_with_file_line_component_and_key(void **state)
{
	static const struct {
		const char *line, *key, *why;
	} bad[] = {
			{"class: tcp-sin", "class", "\"tcp-sin\" is not a class"},
			{"class: udp", "class", "cannot have this target"},
			{"ip_version: 5", "ip_version", "\"5\" is not 4 or 6"},
			{"ip_version: 6", "ip_version", "no IPv6 address is monitored"},
			{"flags: SYN+", "flags", "\"SYN+\" is not \"none\""},
			{"flags: syn", "flags", "TCP flags such as SYN+ACK"},
			{"flags: ''", "flags", "TCP flags such as SYN+ACK"},
			{"class: tcp-ack\n    flags: ACK", "class", "\"flags\" as well"},
			{"quotes: 80/UDP", "quotes", "only ICMP types"},
			{"packets: 5", "packets", "has no meaning"},
			{"packets: 0", "packets", "whole number from 1"},
			{"daily_amplitude: 1.5", "daily_amplitude", "number from 0 to 1"},
			{"daily_peak: 3", "daily_peak", "has no meaning"},
			{"from: 1h", "from", "after the profile's duration"},
			{"to: 2h", "to", "after the profile's duration"},
			{"to: 0", "to", "is not after"},
			{"to: 1 fortnight", "to", "is not a duration"},
			{"sources: -3", "sources", "whole number"},
			{"sources: 99999999", "sources", "whole number"},
			{"zipf: nan", "zipf", "is not a number"},
			{"countries: CN", "countries", "a country and its share"},
			{"countries: CN 1, CN 2", "countries", "a second time"},
			{"countries: cn 3", "countries", "a country and its share"},
			{"countries: CN 0", "countries", "a country and its share"},
			{"source_port: 70000", "source_port", "from 0 to 65535"},
			{"source_port: 9-3", "source_port", "from 0 to 65535"},
			{"destination_port: 80", "destination_port", "has no meaning"},
			{"ttl: 0", "ttl", "from 1 to 255"},
			{"scan: backwards", "scan", "random, sequential or one"},
			{"ip_id: 70000", "ip_id", "masscan or a number"},
			{"seq: mirai", "seq", "destination or a number"},
			{"window: 1.5", "window", "range LOW-HIGH from 0 to 65535"},
			{"tcp_options: mss 70000", "tcp_options", "whole number"},
			{"tcp_options: tfo", "tcp_options", "not a TCP option"},
			{"tcp_options: ts, ts, ts, ts, nop", "tcp_options",
					"more than 40"},
			{"vlan: 4096", "vlan", "from 0 to 4095"},
			{"vlan: 1,2,3,4,5", "vlan", "more than 4"},
			{"payload_hex: 0g", "payload_hex", "hexadecimal"},
			{"payload_hex: 012", "payload_hex", "hexadecimal"},
			{"ip_length: 39", "ip_length", "take 40 bytes, with room for 39"},
			{"ip_length: 1501", "ip_length", "from 20 to 1500"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++) {
		struct tt_error err = {0};
		struct tt_profile *p;
		char text[1024], place[64];

		snprintf(text, sizeof(text), "%s    %s\n", HEAD, bad[i].line);
		assert_int_equal(parse(&p, text, &err), -EINVAL);
		assert_null(p);
		snprintf(place, sizeof(place), "test.yaml:%d", HEAD_LINES + 1);
		assert_string_equal(err.where, place);
		snprintf(place, sizeof(place), "component 1 (445/TCP): %s: ", bad[i].key);
		assert_non_null(strstr(err.why, place));
		if (strstr(err.why, bad[i].why) == NULL)
			fail_msg("%s: %s", bad[i].line, err.why);
	}
}

static void
a_bad_top_level_value_is_named_with_file_and_line(void **state)
{
	static const struct {
		const char *text, *where, *why;
	} bad[] = {
			{"name: a\nduration: 1y\nmonitored: 10.0.0.0/8\ncomponents:\n- {target: TCP, rate: 1/s}",
					"test.yaml:2", "duration: \"1y\""},
			{"name: a\nstart: soon\nduration: 1d\nmonitored: 10.0.0.0/8\ncomponents:\n- {target: TCP, rate: 1/s}",
					"test.yaml:2", "start: \"soon\""},
			{"name: a\nduration: 1d\nmonitored: 10.0.0.0/8 11.0.0.0/8\ncomponents:\n- {target: TCP, rate: 1/s}",
					"test.yaml:3",
					"10.0.0.0/8 11.0.0.0/8: not a CIDR prefix: a blank"},
			{"name: a\nduration: 1d\nmonitored: 10.0.0.1/8\ncomponents:\n- {target: TCP, rate: 1/s}",
					"test.yaml:3", "10.0.0.1/8"},
			{"name: a\nduration: 1d\nmonitored: 10.0.0.0/8\ncomponents:\n- target: 445/XYZ\n  rate: 1/s",
					"test.yaml:5", "\"445/XYZ\" is not a target"},
			{"name: a\nduration: 1d\nmonitored: 10.0.0.0/8\ncomponents:\n- target: ICMP\n  rate: 1/s",
					"test.yaml:5", "needs its type"},
			{"name: a\nduration: 1d\nmonitored: 10.0.0.0/8\ncomponents:\n- target: \"\\e[2J\"\n  rate: 1/s",
					"test.yaml:5",
					"component 1 (\\x1b[2J): target: \"\\x1b[2J\""},
			{"name: a\nduration: 1d\nmonitored: 10.0.0.0/8\ncomponents:\n- target: 445/TCP\n",
					"test.yaml:5", "\"rate\" and \"packets\""},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++) {
		struct tt_error err = {0};
		struct tt_profile *p;

		assert_int_equal(parse(&p, bad[i].text, &err), -EINVAL);
		assert_string_equal(err.where, bad[i].where);
		if (strstr(err.why, bad[i].why) == NULL)
			fail_msg("%s: %s", bad[i].why, err.why);
	}
}

#define BOTH                                                               \
	"name: a\nduration: 1d\nmonitored: 203.0.113.0/24,2001:db8::/48\n" \
	"components:\n- "

static void
the_ip_version_is_that_of_the_target_or_of_what_is_monitored(void **state)
{
	static const struct {
		const char *text;
		unsigned ip_version;
		uint32_t ip_bytes;
	} good[] = {
			{BOTH "{target: 1/TCP, rate: 1/s}", 4, 40},
			{BOTH "{target: 1/TCP, rate: 1/s, ip_version: 6}", 6, 60},
			{BOTH "{target: 128/ICMPv6, rate: 1/s}", 6, 48},
			{BOTH "{target: 8/ICMP, rate: 1/s}", 4, 28},
			{BOTH "{target: 3.4/ICMPv6, rate: 1/s}", 6, 96},
			{"name: a\nduration: 1d\nmonitored: '::/0'\ncomponents:\n"
			 "- {target: 1/UDP, rate: 1/s}",
					6, 48},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(good); i++) {
		struct tt_error err = {0};
		struct tt_profile *p;

		if (parse(&p, good[i].text, &err) != 0)
			fail_msg("%s: %s", good[i].text, err.why);
		assert_int_equal(p->components[0].ip_version, good[i].ip_version);
		assert_int_equal(p->components[0].ip_bytes, good[i].ip_bytes);
		tt_profile_destroy(p);
	}
}

static void
what_ipv6_does_not_have_is_named(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
			{BOTH "{target: 8/ICMP, rate: 1/s, ip_version: 6}",
					"ip_version: the target is one of IPv4"},
			{BOTH "{target: 1/ICMPv6, rate: 1/s, ip_version: 4}",
					"ip_version: the target is one of IPv6"},
			{BOTH "{target: ICMPv6, rate: 1/s}",
					"target: an ICMP target needs"},
			{BOTH "{target: 44, rate: 1/s, ip_version: 6}",
					"target: protocol 44 is an extension header"},
			{BOTH "{target: 1/TCP, rate: 1/s, ip_version: 6, ip_id: 5}",
					"ip_id: has no meaning"},
			{BOTH "{target: 1/TCP, rate: 1/s, ip_version: 6, seq: destination}",
					"seq: an IPv6 address does not fit"},
			{BOTH "{target: 1/ICMPv6, rate: 1/s, quotes: 8/ICMP}",
					"quotes: quotes TCP, UDP or ICMPv6"},
			{BOTH "{target: 128/ICMPv6, rate: 1/s, quotes: 8/UDP}",
					"ICMPv6 types 1 to 4"},
			{BOTH "{target: 1/UDP, rate: 1/s, flags: SYN}",
					"flags: has no meaning"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++) {
		struct tt_error err = {0};
		struct tt_profile *p;

		assert_int_equal(parse(&p, bad[i].text, &err), -EINVAL);
		assert_string_equal(err.where, "test.yaml:5");
		if (strstr(err.why, bad[i].why) == NULL)
			fail_msg("%s: %s", bad[i].why, err.why);
	}
}

static void
flags_give_the_class(void **state)
{
	static const struct {
		const char *text;
		unsigned flags;
		enum tt_class class;
	} good[] = {
			{"none", 0, TT_CLASS_TCP_OTHER},
			{"FIN+PSH+URG", 0x29, TT_CLASS_TCP_OTHER},
			{"CWR+SYN+ECE", 0xc2, TT_CLASS_TCP_SYN},
			{"ACK+SYN", 0x12, TT_CLASS_TCP_SYNACK},
			{"AE+R3", 0x900, TT_CLASS_TCP_OTHER},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(good); i++) {
		struct tt_error err = {0};
		struct tt_profile *p;
		char text[512];

		snprintf(text, sizeof(text), HEAD "    flags: %s\n", good[i].text);
		if (parse(&p, text, &err) != 0)
			fail_msg("%s: %s", good[i].text, err.why);
		assert_int_equal(p->components[0].tcp_flags, good[i].flags);
		assert_int_equal(p->components[0].class, good[i].class);
		tt_profile_destroy(p);
	}
}

static void
what_is_no_profile_is_named_with_file_line_and_reason(void **state)
{
	static const struct {
		const char *text, *where, *why;
	} bad[] = {
			{"", "test.yaml", "empty"},
			{"[]", "test.yaml", "Expecting MAPPING"},
			{"name: a\nduration: 1d\n", "test.yaml:2",
					"Missing required mapping field"},
			/* libcyaml tells where the mapping with the key begins. */
			{HEAD "    colour: red\n", "test.yaml:7",
					"Unexpected key: colour"},
			{HEAD "    Start-time: red\n", "test.yaml:7",
					"Unexpected key: Start-time\n"},
			{HEAD "    colour: red\n", "test.yaml:7", "colour\n"},
			{HEAD "  - {name: b, target: 1/UDP, countries: CN 14, JP 3}\n",
					"test.yaml:8",
					"Unexpected key: JP 3; inside {…} a value with commas has to be in quotes"},
			{HEAD "    rate: 5/s\n", "test.yaml:7", "already seen: rate"},
			{HEAD "  bad indent\n", "test.yaml:9", "could not find expected"},
			{"name: a\n\n\n}", "test.yaml:4", "did not find"},
			{"name: &a x\nduration: *a\n", "test.yaml:2", "alias"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++) {
		struct tt_error err = {0};
		struct tt_profile *p;
		char said[sizeof(err.why) + 1]; /* with its end */

		assert_int_equal(parse(&p, bad[i].text, &err), -EINVAL);
		assert_string_equal(err.where, bad[i].where);
		snprintf(said, sizeof(said), "%s\n", err.why);
		if (strstr(said, bad[i].why) == NULL)
			fail_msg("%s: %s", bad[i].why, err.why);
	}
}

static void
a_missing_file_is_named(void **state)
{
	struct tt_error err = {0};
	struct tt_profile *p;

	assert_int_equal(tt_profile_load(&p, "/nonexistent/p.yaml", &err), -ENOENT);
	assert_string_equal(err.where, "/nonexistent/p.yaml");
}

static void
the_profiles_of_the_project_load(void **state)
{
	static const char *const names[] = {"demo", "flood", "backscatter", "measures",
			"npa-2009-06", "npa-2009-07"};
	const char *root = getenv("TT_SOURCE_ROOT");

	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++) {
		struct tt_error err = {0};
		struct tt_profile *p;
		char path[1024];

		snprintf(path, sizeof(path), "%s/profiles/%s.yaml",
				root == NULL ? "." : root, names[i]);
		if (tt_profile_load(&p, path, &err) != 0)
			fail_msg("%s: %s", err.where, err.why);
		assert_string_equal(p->name, names[i]);
		tt_profile_destroy(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(each_key_reaches_its_field),
			cmocka_unit_test(a_rate_may_be_per_day_and_address),
			cmocka_unit_test(
					a_bad_value_is_named_with_file_line_component_and_key),
			cmocka_unit_test(
					a_bad_top_level_value_is_named_with_file_and_line),
			cmocka_unit_test(
					the_ip_version_is_that_of_the_target_or_of_what_is_monitored),
			cmocka_unit_test(what_ipv6_does_not_have_is_named),
			cmocka_unit_test(flags_give_the_class),
			cmocka_unit_test(
					what_is_no_profile_is_named_with_file_line_and_reason),
			cmocka_unit_test(a_missing_file_is_named),
			cmocka_unit_test(the_profiles_of_the_project_load),
	};

	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
