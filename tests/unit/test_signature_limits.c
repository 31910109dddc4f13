/* SPDX-License-Identifier: BSD-3-Clause */
/* What a packet may cost: limits bite where work is done, are counted, and bite nowhere else. */
#include "signature_bed.h"
#include "tt_signature_pcre.h"

#include <time.h>

#define PAYLOAD 1470
#define TTL_AT  22 /* of IPv4 over Ethernet */

static void
what_costs_too_much_is_cut_short_and_counted(void **state)
{
	static const char rule[] =
			"alert udp any any -> any any (content:\"aaab\"; content:\"a\";"
			" distance:0; content:\"a\"; distance:0; content:\"x\";"
			" distance:0; sid:1;)\n";
	const struct tt_signature_limits limits = {.steps = 50};
	uint8_t frame[FRAME_MAX], payload[101];
	uint64_t cut_short = 0;
	struct bed bed;

	memset(payload, 'a', sizeof(payload));
	payload[3] = 'b';
	bed_init(&bed, rule, &limits);
	assert_int_equal(match_frame(&bed, frame, udp(frame, payload, 101), &cut_short),
			0);
	assert_int_equal(cut_short, 1);
	bed_fini(&bed);
}

/* A limit that one rule's pcre meets says nothing of what other rules do not find. */
static void
a_limit_of_one_rule_leaves_others_alone(void **state)
{
	const struct tt_signature_limits limits = {.pcre_matches = 10};
	static const char text[] =
			"alert udp any any -> any any (pcre:\"/(a|aa)+[xy]/\"; sid:1;)\n"
			"alert udp any any -> any any (content:\"aaaa\"; content:!\"zz\"; sid:2;)\n";
	uint8_t frame[FRAME_MAX];
	uint64_t cut_short = 0;
	struct bed bed;
	char payload[60];

	memset(payload, 'a', sizeof(payload));
	bed_init(&bed, text, &limits);
	assert_int_equal(match_frame(&bed, frame, udp(frame, payload, sizeof(payload)),
					 &cut_short),
			2);
	assert_int_equal(cut_short, 1);
	bed_fini(&bed);
}

/* Is the payload cut short by the rules? It matches none. */
static bool
do_rules_cut_short(const uint8_t payload[PAYLOAD], const char *text)
{
	uint8_t frame[FRAME_MAX];
	uint64_t cut_short = 0;
	struct bed bed;

	bed_init(&bed, text, NULL);
	assert_int_equal(match_frame(&bed, frame, udp(frame, payload, PAYLOAD),
					 &cut_short),
			0);
	bed_fini(&bed);
	return cut_short != 0;
}

/* The same by one rule. */
static bool
is_payload_cut_short(const uint8_t payload[PAYLOAD], const char *options)
{
	char text[2048];

	snprintf(text, sizeof(text), "alert udp any any -> any any (%s sid:1;)\n",
			options);
	return do_rules_cut_short(payload, text);
}

/* Likewise PAYLOAD letters a, with a b at their end. */
static bool
is_cut_short(const char *options)
{
	uint8_t payload[PAYLOAD];

	memset(payload, 'a', sizeof(payload));
	payload[PAYLOAD - 1] = 'b';
	return is_payload_cut_short(payload, options);
}

/* Likewise words of three letters, one to sixteen bytes of 1, and a 2 at their end. */
static bool
are_words_cut_short(const char *options)
{
	uint8_t payload[PAYLOAD];

	memset(payload, '\x01', sizeof(payload));
	for (unsigned i = 0; i + 3 <= PAYLOAD; i += 16)
		memcpy(payload + i, "abc", 3);
	payload[PAYLOAD - 2] = 1;
	payload[PAYLOAD - 1] = 2;
	return is_payload_cut_short(payload, options);
}

static void
what_a_pcre_does_is_charged(void **state)
{
	/* At 570 places, 900 bytes. */
	assert_true(is_cut_short("pcre:\"/[a-z]{900}[0-9]/\";"));
	assert_true(is_cut_short("pcre:\"/(?:a|b|c|d)*[ef]/s\";"));
	assert_true(is_cut_short("pcre:\"/(.+)\\1\\1[0-9]/s\";"));
	/* Once to the end; at each place a few bytes; where the last match ended. */
	assert_false(is_cut_short("pcre:\"/^a+[0-9]/\";"));
	assert_false(is_cut_short("pcre:\"/b[0-9]/\";"));
	assert_false(is_cut_short("content:\"aaa\"; depth:3; pcre:\"/^.{100}c/R\";"));
	/* At each word it could go on to the end, and does not. */
	assert_false(are_words_cut_short("pcre:\"/a[a-z]+\\x02/\";"));
	assert_false(are_words_cut_short("pcre:\"/[a-z]{2,}\\x02/\";"));
	/* At each word it does. */
	assert_true(are_words_cut_short("pcre:\"/a[a-z\\x01]+\\x02a/\";"));
	assert_true(are_words_cut_short("pcre:\"/[a-z].*\\x02a/s\";"));
}

/* Twenty rules of that pattern, each with another end, on that payload. */
static bool
are_twenty_cut_short(const char *pattern)
{
	uint8_t payload[PAYLOAD];
	char text[4096];
	size_t n = 0;

	memset(payload, 'a', sizeof(payload));
	for (unsigned i = 0; i < 20; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				"alert udp any any -> any any (pcre:\"/%s%u/\"; "
				"sid:%u;)\n",
				pattern, i, i + 1);
	return do_rules_cut_short(payload, text);
}

/* Rules that look for card numbers are many, have no content, and begin with a blank. */
static void
bytes_that_begin_no_match_cost_little(void **state)
{
	assert_false(are_twenty_cut_short(" \\d{4}"));
	assert_false(are_twenty_cut_short("^.[\\x81-\\x87]"));
	assert_true(are_twenty_cut_short("[xy]\\d{4}"));
}

/* "a…", of which all but one byte, at `place`, is the payload's anywhere. */
static bool
is_long_content_cut_short(unsigned n, unsigned place, const char *modifiers)
{
	char options[1536], content[1200];

	memset(content, 'a', n);
	content[place] = 'b';
	content[n] = '\0';
	snprintf(options, sizeof(options), "content:\"%s\"; %s", content, modifiers);
	return is_cut_short(options);
}

static void
bytes_that_are_compared_are_charged(void **state)
{
	assert_true(is_long_content_cut_short(1000, 900, ""));
	assert_true(is_long_content_cut_short(1000, 900, "nocase;"));
	assert_false(is_long_content_cut_short(1000, 900, "depth:1002;"));
	assert_false(is_long_content_cut_short(20, 18, ""));
}

/* Rules whose header does not match leave room for those whose header does. */
static void
only_payloads_that_are_tried_are_counted(void **state)
{
	const struct tt_signature_limits limits = {.verifications = 5};
	uint8_t frame[FRAME_MAX];
	char text[4096], *end = text;
	uint64_t cut_short = 0;
	struct bed bed;

	for (unsigned i = 0; i < 25; i++)
		end += sprintf(end,
				"alert udp any any -> any any (content:\"abc\"; dsize:%u; "
				"sid:%u;)\n",
				i < 20 ? 100 : 4, i + 1);
	bed_init(&bed, text, &limits);
	assert_int_equal(match_frame(&bed, frame, udp(frame, "abcd", 4), &cut_short),
			0x1f00000);
	assert_int_equal(cut_short, 0);
	bed_fini(&bed);
}

static void
the_reach_of_an_item_is_never_too_small(void **state)
{
	static const struct {
		const char *item;
		uint16_t reach;
	} items[] = {{"a", 0}, {"a?", 0}, {"a*", 0}, {"a+?", 0}, {"a{3}", 3},
			{"a{3,}", 3}, {"a{3,70}", 3}, {"a{3}+", 3},
			{"a{70000}", UINT16_MAX}, {"\\*", 0}, {"\\x{41}", 0},
			{"\\x{41}{5}", 5}, {"\\d+", 0}, {"[+*]", 0}, {"[{9}]", 0},
			{"[]{9}]{2}", 2}, {"[^]\\]]{9}", 9}, {"(?:", 0}, {")*", 0},
			{"\\1", UINT16_MAX}, {"\\k<x>", UINT16_MAX},
			{"(?P=x)", UINT16_MAX}, {"(?P<x>", 0}, {"a  # {9}", 9}, {"", 0},
			{"\\", 0}, {"[", 0}, {"a{", 0}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(items); i++)
		if (tt_signature_pcre_reach(items[i].item, strlen(items[i].item))
				!= items[i].reach)
			fail_msg("%s: not %u", items[i].item, items[i].reach);
}

/* Rules for ranges of up to 8,000 ports each, all of which look for the same. */
static char *
overlapping(unsigned n)
{
	char *text = malloc(n * 96), *end = text;

	assert_non_null(text);
	for (unsigned i = 0; i < n; i++) {
		const unsigned from = i == 14 ? 1400 : 1 + i * 7919 % 56000;

		end += sprintf(end,
				"alert udp any any -> any %u:%u (content:\"abc%04u\"; "
				"sid:%u;)\n",
				from, from + 100 + i * 31 % 7900, i, i + 1);
	}
	return text;
}

static void
ranges_that_overlap_compile_in_seconds(void **state)
{
	uint8_t frame[FRAME_MAX];
	char *text = overlapping(3000);
	uint64_t cut_short = 0;
	const clock_t at = clock();
	struct bed bed;

	bed_init(&bed, text, NULL);
	assert_true((clock() - at) / CLOCKS_PER_SEC < 20);
	/* 1434 lies in the range of rule 14, and not in that of 13. */
	assert_int_equal(match_frame(&bed, frame, udp(frame, "abc0014 abc0013", 15),
					 &cut_short),
			1u << 14);
	assert_int_equal(cut_short, 0);
	bed_fini(&bed);
	free(text);
}

/* More rules are found by their patterns than there is room to remember. */
static void
all_that_was_found_is_found_again(void **state)
{
	uint8_t frame[FRAME_MAX];
	char text[4096];
	uint64_t cut_short = 0;
	struct bed bed;
	size_t n = 0;
	uint32_t captured;

	for (unsigned i = 0; i < 30; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				"alert udp any any -> any any (content:\"%02ux\"; sid:%u;)\n",
				i, i + 1);
	bed_init(&bed, text, NULL);
	n = 0;
	for (unsigned i = 0; i < 30; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%02ux", i);
	captured = udp(frame, text, n);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(match_frame(&bed, frame, captured, &cut_short),
				0x3fffffff);
	assert_int_equal(cut_short, 0);
	bed_fini(&bed);
}

/* Ten headers that do not match are tried where the TTL is 5, before the rule whose payload does. */
static void
load_headers_before_payload(struct bed *bed, uint32_t steps)
{
	const struct tt_signature_limits limits = {.steps = steps};
	char text[2048];
	size_t n = 0;

	for (unsigned i = 1; i <= 10; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				"alert udp any any -> any any (ttl:5; id:60000<>65000; sid:%u;)\n",
				i);
	snprintf(text + n, sizeof(text) - n,
			"alert udp any any -> any any (content:\"aaab\"; content:\"c\"; "
			"distance:1; content:\"d\"; distance:1; sid:11;)\n");
	bed_init(bed, text, &limits);
}

static void
payload_that_comes_again_costs_as_much(void **state)
{
	uint8_t frame[FRAME_MAX];
	const uint32_t captured = udp(frame, "aaab.c.d", 8);
	bool cut = false, whole = false;

	for (uint32_t steps = 1; steps < 40; steps++) {
		uint64_t again = 0, alone = 0, ignored = 0;
		struct bed knows, new;

		load_headers_before_payload(&knows, steps);
		load_headers_before_payload(&new, steps);
		frame[TTL_AT] = 64;
		for (unsigned i = 0; i < 3; i++)
			(void)match_frame(&knows, frame, captured, &ignored);
		frame[TTL_AT] = 5;
		assert_int_equal(match_frame(&knows, frame, captured, &again),
				match_frame(&new, frame, captured, &alone));
		assert_int_equal(again, alone);
		cut |= ignored == 0 && again != 0;
		whole |= again == 0;
		bed_fini(&knows);
		bed_fini(&new);
	}
	assert_true(cut && whole);
}

/* What a rule asks of the header, before its payload or through another rule, is asked each time. */
static void
headers_of_payload_that_comes_again_count(void **state)
{
	static const char *const rules[] = {
			"alert udp any any -> any any (ttl:5; content:\"ab\"; sid:1;)\n",
			"alert udp any any <> any 1024: (ttl:5; dsize:2; sid:1;)\n",
			"alert udp any any -> any any (ipv4.hdr; content:\"|05|\"; offset:8; "
			"depth:1; pkt_data; content:\"ab\"; sid:1;)\n",
			"alert udp any any -> any any (ttl:5; content:\"a\"; "
			"flowbits:set,x; flowbits:noalert; sid:2;)\n"
			"alert udp any any -> any any (content:\"b\"; flowbits:isset,x; sid:1;)\n"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(rules); i++) {
		uint8_t frame[FRAME_MAX];
		const uint32_t captured = udp(frame, "ab", 2);
		uint64_t cut_short = 0;
		struct bed bed;

		bed_init(&bed, rules[i], NULL);
		for (unsigned k = 0; k < 12; k++) {
			frame[TTL_AT] = k % 6 == 5 ? 5 : 64;
			assert_int_equal(match_frame(&bed, frame, captured, &cut_short)
							& 1,
					k % 6 == 5);
		}
		assert_int_equal(cut_short, 0);
		bed_fini(&bed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(what_costs_too_much_is_cut_short_and_counted),
			cmocka_unit_test(a_limit_of_one_rule_leaves_others_alone),
			cmocka_unit_test(what_a_pcre_does_is_charged),
			cmocka_unit_test(bytes_that_begin_no_match_cost_little),
			cmocka_unit_test(bytes_that_are_compared_are_charged),
			cmocka_unit_test(only_payloads_that_are_tried_are_counted),
			cmocka_unit_test(payload_that_comes_again_costs_as_much),
			cmocka_unit_test(headers_of_payload_that_comes_again_count),
			cmocka_unit_test(all_that_was_found_is_found_again),
			cmocka_unit_test(ranges_that_overlap_compile_in_seconds),
			cmocka_unit_test(the_reach_of_an_item_is_never_too_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
