/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers in the payload of one packet: what byte_test and its like read there. */
#include "rules_bed.h"

#include "tt_signature.h"

#define PAYLOAD "len=0123;x077z"

/* An IPv4 packet of UDP from port 1 to port 2 with PAYLOAD, without a link layer. */
static const uint8_t frame[28 + sizeof(PAYLOAD) - 1] =
		"\x45\0\0\x2a\0\0\0\0\x40\x11\0\0\xc0\0\x02\x01\xc0\0\x02\x02"
		"\0\x01\0\x02\0\x16\0\0" PAYLOAD;

static bool
matches(const char *options)
{
	struct tt_rules rules;
	struct tt_signatures *signatures;
	struct tt_signature_scratch *scratch;
	struct tt_signature_hit hits[TT_SIGNATURE_HITS_MAX];
	struct tt_packet packet;
	const struct tt_signature_packet p = {&packet, frame, sizeof(frame)};
	const struct tt_signature_burst burst = tt_signature_burst_of(&p);
	uint64_t cut_short = 0;
	char text[1024];
	unsigned n, n_ref;

	assert_int_equal(tt_packet_decode(frame, sizeof(frame), TT_LINK_RAW, &packet),
			TT_FATE_COUNTED);
	snprintf(text, sizeof(text), "alert udp any any -> any any (%s sid:1;)", options);
	read_whole(&rules, text);
	assert_int_equal(tt_signatures_compile(&signatures, &rules, NULL, NULL), 0);
	assert_int_equal(tt_signature_scratch_new(&scratch, signatures), 0);
	n = tt_signatures_burst(signatures, scratch, &burst, hits, &cut_short);
	n_ref = tt_signature_one_ref(signatures, scratch, &p, hits);
	assert_int_equal(n, n_ref);
	tt_signature_scratch_free(scratch);
	tt_signatures_free(signatures);
	tt_rules_fini(&rules);
	return n > 0;
}

static void
text_of_no_length_goes_as_far_as_its_digits(void **state)
{
	assert_true(matches(
			"content:\"len=\"; byte_test:0,=,123,0,relative,string,dec;"));
	assert_true(matches("content:\"len=\"; byte_test:2,=,1,0,relative,string,dec;"));
	assert_true(matches("content:\"x\"; byte_test:0,=,63,0,relative,string;"));
	assert_false(matches("content:\"x\"; byte_test:0,=,0,3,relative,string,dec;"));
	assert_false(matches("content:\"z\"; byte_test:0,>=,0,0,relative,string,dec;"));
	assert_true(matches("byte_jump:0,10,string,oct,from_beginning,post_offset -53; "
			    "content:\"7z\"; distance:0; within:4;"));
}

/* PAYLOAD has 1 at 5, 2 at 6, and its x at 9. */
static void
a_jump_goes_on_by_what_was_found(void **state)
{
	assert_true(matches("byte_extract:1,6,two,string,dec; "
			    "byte_jump:1,5,string,dec,post_offset two; content:\"x\"; "
			    "distance:0; within:1;"));
	assert_false(matches("byte_extract:1,5,one,string,dec; "
			     "byte_jump:1,5,string,dec,post_offset one; content:\"x\"; "
			     "distance:0; within:1;"));
	assert_true(matches(
			"byte_extract:1,6,two,string,dec; "
			"byte_jump:0,0,from_beginning,post_offset two; content:\"n\"; "
			"distance:0; within:1;"));
	assert_false(matches(
			"byte_extract:4,0,far; byte_jump:0,0,from_beginning,post_offset far;"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(text_of_no_length_goes_as_far_as_its_digits),
			cmocka_unit_test(a_jump_goes_on_by_what_was_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
