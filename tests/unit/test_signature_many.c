/* SPDX-License-Identifier: BSD-3-Clause */
/* Many rules for the same packets, of which each matches one: none is left out, and no limit is met. */
#include "signature_bed.h"

#define SRC_AT 26 /* of IPv4 over Ethernet */
#define SEQ_AT 38 /* of TCP over that */
#define WIN_AT 48

/* By what rules differ. */
enum by {
	BY_SOURCE, /* of any port: few first bytes, that share all bits of a gate */
	BY_SEQ, /* of any port: one bit of a gate each, if they are few */
	BY_WINDOW, /* of one port */
	N_BY
};

/* A SYN that the i-th rule matches. */
static size_t
syn_of(uint8_t *frame, enum by by, unsigned i)
{
	static const uint8_t first[] = {1, 45, 80, 185};
	const uint8_t source[] = {first[i % 4], 7, (uint8_t)(i / 256), (uint8_t)i};
	const size_t n = bytes_of(ETH "0800 " V4_TCP, frame);

	if (by == BY_SOURCE)
		memcpy(frame + SRC_AT, source, sizeof(source));
	else
		memcpy(frame + (by == BY_SEQ ? SEQ_AT + 2 : WIN_AT), source + 2, 2);
	return n;
}

static int
print_rule(char *to, enum by by, unsigned i)
{
	uint8_t frame[FRAME_MAX], *from = frame + SRC_AT;

	(void)syn_of(frame, by, i);
	if (by == BY_SEQ)
		return sprintf(to,
				"alert tcp any any -> any any (flags:S; seq:%u; sid:%u;)\n",
				i, i + 1);
	if (by == BY_WINDOW)
		return sprintf(to,
				"alert tcp any any -> any 445 (flags:S; window:%u; sid:%u;)\n",
				i, i + 1);
	return sprintf(to, "alert tcp %u.%u.%u.%u any -> any any (flags:S; sid:%u;)\n",
			from[0], from[1], from[2], from[3], i + 1);
}

static void
load_rules(struct bed *bed, enum by by, unsigned n)
{
	char *text = malloc(n * 96 + 1), *end = text;

	assert_non_null(text);
	for (unsigned i = 0; i < n; i++)
		end += print_rule(end, by, i);
	bed_init(bed, text, NULL);
	assert_int_equal(bed->rules.n, n);
	free(text);
}

/* The one rule that a frame matches. */
static unsigned
one_match(struct bed *bed, const uint8_t *frame, size_t n, uint64_t *cut_short)
{
	struct tt_signature_hit hits[TT_SIGNATURE_HITS_MAX];
	struct tt_packet p;
	const struct tt_signature_packet packet = {&p, frame, (uint32_t)n};
	const struct tt_signature_burst burst = tt_signature_burst_of(&packet);

	assert_int_equal(tt_packet_decode(frame, (uint32_t)n, TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	assert_int_equal(tt_signatures_burst(bed->signatures, bed->scratch, &burst, hits,
					 cut_short),
			1);
	return hits[0].rule;
}

static void
each_is_found(enum by by, unsigned n)
{
	uint64_t cut_short = 0;
	struct bed bed;

	load_rules(&bed, by, n);
	for (unsigned i = 0; i < n; i++) {
		uint8_t frame[FRAME_MAX];
		const size_t captured = syn_of(frame, by, i);

		assert_int_equal(one_match(&bed, frame, captured, &cut_short), i);
	}
	assert_int_equal(cut_short, 0);
	bed_fini(&bed);
}

/* Three of them and four have a bit of a gate; a port has as many as are tried, and more. */
static void
rules_of_a_bit_and_of_a_port_are_found(void **state)
{
	each_is_found(BY_SEQ, 50);
	each_is_found(BY_SEQ, 3 * 15);
	each_is_found(BY_SOURCE, 9);
	each_is_found(BY_WINDOW, 16);
	each_is_found(BY_WINDOW, 17);
}

/* More than a packet may try. */
static void
more_rules_than_steps_are_found(void **state)
{
	for (enum by by = 0; by < N_BY; by++) {
		each_is_found(by, 200);
		each_is_found(by, 256);
		each_is_found(by, 257);
		each_is_found(by, 1200);
	}
}

/* n rules of a port that ask for nothing else: how many of them does a SYN match? Room for one hit more is there, and
 * stays as it is. */
static unsigned
matches_of_a_port(unsigned n, uint64_t *cut_short)
{
	struct tt_signature_hit hits[TT_SIGNATURE_HITS_MAX + 1] = {0};
	uint8_t frame[FRAME_MAX];
	const size_t captured = bytes_of(ETH "0800 " V4_TCP, frame);
	struct tt_packet p;
	const struct tt_signature_packet packet = {&p, frame, (uint32_t)captured};
	const struct tt_signature_burst burst = tt_signature_burst_of(&packet);
	char text[2 * TT_SIGNATURE_HITS_MAX * 64], *end = text;
	struct bed bed;
	unsigned n_hits;

	for (unsigned i = 0; i < n; i++)
		end += sprintf(end, "alert tcp any any -> any 445 (flags:S; sid:%u;)\n",
				i + 1);
	bed_init(&bed, text, NULL);
	assert_int_equal(tt_packet_decode(frame, packet.captured, TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	hits[TT_SIGNATURE_HITS_MAX].rule = UINT32_MAX;
	n_hits = tt_signatures_burst(
			bed.signatures, bed.scratch, &burst, hits, cut_short);
	assert_int_equal(hits[TT_SIGNATURE_HITS_MAX].rule, UINT32_MAX);
	for (unsigned i = 0; i < n_hits; i++)
		assert_int_equal(hits[i].rule, i);
	bed_fini(&bed);
	return n_hits;
}

static void
more_matches_than_there_is_room_for_are_cut_short(void **state)
{
	uint64_t cut_short = 0;

	assert_int_equal(matches_of_a_port(TT_SIGNATURE_HITS_MAX, &cut_short),
			TT_SIGNATURE_HITS_MAX);
	assert_int_equal(cut_short, 0);
	assert_int_equal(matches_of_a_port(TT_SIGNATURE_HITS_MAX + 1, &cut_short),
			TT_SIGNATURE_HITS_MAX);
	assert_int_equal(cut_short, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(rules_of_a_bit_and_of_a_port_are_found),
			cmocka_unit_test(more_rules_than_steps_are_found),
			cmocka_unit_test(
					more_matches_than_there_is_room_for_are_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
