/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of the matcher share: rules from text, and one packet that is matched with them. */
#ifndef SIGNATURE_BED_H
#define SIGNATURE_BED_H

#include "frame_text.h"
#include "tt_signature.h"

#define UDP_HEAD 42 /* Ethernet, IPv4, UDP */

struct bed {
	struct tt_rules rules;
	struct tt_signatures *signatures;
	struct tt_signature_scratch *scratch;
};

static inline void
bed_init(struct bed *bed, const char *text, const struct tt_signature_limits *limits)
{
	struct tt_error err = {0};

	if (tt_rules_parse(&bed->rules, "test", (const uint8_t *)text, strlen(text), NULL,
			    &err) < 0
			|| tt_signatures_compile(
					   &bed->signatures, &bed->rules, limits, &err)
					< 0)
		fail_msg("%s: %s", err.where, err.why);
	for (unsigned i = 0; i < bed->rules.n_remarks; i++)
		print_message("%s: %s\n", text, bed->rules.remarks[i].why);
	assert_int_equal(tt_signature_scratch_new(&bed->scratch, bed->signatures), 0);
}

static inline void
bed_fini(struct bed *bed)
{
	tt_signature_scratch_free(bed->scratch);
	tt_signatures_free(bed->signatures);
	tt_rules_fini(&bed->rules);
}

/* Bits of the rules that match a frame, by their index. */
static inline unsigned
match_frame(struct bed *bed, const uint8_t *frame, size_t n, uint64_t *cut_short)
{
	struct tt_signature_hit hits[TT_SIGNATURE_HITS_MAX], want[TT_SIGNATURE_HITS_MAX];
	struct tt_packet p;
	const struct tt_signature_packet packet = {&p, frame, (uint32_t)n};
	const struct tt_signature_burst burst = tt_signature_burst_of(&packet);
	unsigned n_hits, bits = 0, bits_ref = 0;

	assert_int_equal(tt_packet_decode(frame, (uint32_t)n, TT_LINK_ETHERNET, &p),
			TT_FATE_COUNTED);
	n_hits = tt_signatures_burst(
			bed->signatures, bed->scratch, &burst, hits, cut_short);
	for (unsigned i = 0; i < n_hits; i++)
		bits |= 1u << hits[i].rule;
	n_hits = tt_signature_one_ref(bed->signatures, bed->scratch, &packet, want);
	for (unsigned i = 0; i < n_hits; i++)
		bits_ref |= 1u << want[i].rule;
	if (*cut_short == 0)
		assert_int_equal(bits, bits_ref);
	return bits;
}

/* The same of one frame under some rules, all of which are sound; it costs no more than it may. */
static inline unsigned
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

/* UDP from 198.51.100.7:1024 to 192.0.2.1:1434. */
static inline size_t
udp(uint8_t *frame, const void *payload, size_t n)
{
	const size_t head = bytes_of(ETH "0800 " V4_UDP, frame);

	assert_int_equal(head, UDP_HEAD);
	memcpy(frame + head, payload, n);
	frame[16] = (uint8_t)((28 + n) >> 8);
	frame[17] = (uint8_t)(28 + n);
	frame[38] = (uint8_t)((8 + n) >> 8);
	frame[39] = (uint8_t)(8 + n);
	return head + n;
}

#endif
