/* SPDX-License-Identifier: BSD-3-Clause */
#include "tally_bed.h"
#include "tt_pipeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A UDP datagram of 4 bytes to port 1434, in Ethernet. */
static const uint8_t datagram[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8,
		0, /* Ethernet */
		0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 198, 51, 100, 7, 192, 0, 2,
		9, /* IPv4 */
		4, 0, 5, 0x9a, 0, 12, 0, 0, 1, 2, 3, 4};

static struct tt_frame
frame_of(const uint8_t *bytes, uint32_t n)
{
	return (struct tt_frame){.data = bytes,
			.captured = n,
			.time_us = 7,
			.link = TT_LINK_ETHERNET};
}

static struct tt_tally *
count(const char *monitored, const struct tt_frame *frames, unsigned n,
		void (*burst)(const struct tt_pipeline *, const struct tt_frame *,
				unsigned, struct tt_tally *))
{
	struct tt_prefix_set set = {0};
	const struct tt_pipeline pipeline = {.monitored = &set};
	struct tt_tally *tally = tally_make(1024);

	assert_int_equal(tt_prefix_set_parse(&set, monitored, NULL), 0);
	burst(&pipeline, frames, n, tally);
	tt_prefix_set_fini(&set);
	return tally;
}

static void
assert_fate(const char *monitored, enum tt_fate fate)
{
	struct tt_frame frame = frame_of(datagram, sizeof(datagram));
	struct tt_tally *tally = count(monitored, &frame, 1, tt_pipeline_burst);

	assert_int_equal(tally->frames, 1);
	assert_int_equal(tally->frame_bytes, sizeof(datagram));
	for (unsigned i = 0; i < TT_N_FATES; i++)
		assert_int_equal(tally->fates[i], i == fate);
	assert_int_equal(tally->n_pairs, fate == TT_FATE_COUNTED);
	tt_tally_destroy(tally);
}

static void
what_is_sent_to_a_monitored_address_is_counted_and_nothing_else(void **state)
{
	assert_fate("192.0.2.0/24", TT_FATE_COUNTED);
	assert_fate("0.0.0.0/0", TT_FATE_COUNTED);
	assert_fate("192.0.2.0/24,198.51.100.0/24", TT_FATE_COUNTED);
	assert_fate("198.51.100.0/24", TT_FATE_OUTGOING);
	assert_fate("203.0.113.0/24", TT_FATE_NOT_MONITORED);
	assert_fate("::/0", TT_FATE_NOT_MONITORED);
}

static void
bursts_count_what_single_frames_count(void **state)
{
	struct tt_frame frames[TT_TALLY_BURST];
	uint8_t bytes[TT_TALLY_BURST][sizeof(datagram)];
	struct tt_tally *a, *b;

	/* Every length from nothing to the whole frame, and sources and ports that vary. */
	for (unsigned i = 0; i < TT_TALLY_BURST; i++) {
		memcpy(bytes[i], datagram, sizeof(datagram));
		bytes[i][29] = (uint8_t)(i % 16);
		bytes[i][37] = (uint8_t)(i % 5);
		frames[i] = frame_of(bytes[i], i % (sizeof(datagram) + 1));
		frames[i].time_us = (int64_t)i * 37 % 101;
	}
	a = count("192.0.2.0/24", frames, TT_TALLY_BURST, tt_pipeline_burst);
	b = count("192.0.2.0/24", frames, TT_TALLY_BURST, tt_pipeline_burst_ref);
	tt_tally_settle(a);
	assert_int_equal(a->n_pairs, b->n_pairs);
	assert_true(a->n_pairs > 10);
	assert_memory_equal(a->slots, b->slots, a->max_pairs * sizeof(*a->slots));
	assert_true(same_cells(&a->rest, &b->rest));
	assert_memory_equal(a->fates, b->fates, sizeof(a->fates));
	assert_int_equal(a->frames, TT_TALLY_BURST);
	assert_int_equal(a->first_us, b->first_us);
	assert_int_equal(a->last_us, 100);
	tt_tally_destroy(a);
	tt_tally_destroy(b);
}

/* The n-th burst of a flood. */
static void
make_flood(struct tt_frame *frames, uint8_t (*bytes)[sizeof(datagram)], unsigned n)
{
	for (unsigned i = 0; i < TT_TALLY_BURST; i++) {
		/* Each source twice, in different bursts. */
		const uint32_t src = (n % 150 * TT_TALLY_BURST + i) * 2654435761u >> 8;

		memcpy(bytes[i], datagram, sizeof(datagram));
		memcpy(&bytes[i][27], &src, 3);
		frames[i] = frame_of(bytes[i], sizeof(datagram));
	}
}

/* Where sources are sampled, those that are have all of their packets, whichever of a burst these are. */
static void
bursts_of_a_flood_keep_what_single_frames_keep(void **state)
{
	struct tt_prefix_set set = {0};
	const struct tt_pipeline pipeline = {.monitored = &set};
	struct tt_tally *a = tally_make(1024), *b = tally_make(1024);

	assert_int_equal(tt_prefix_set_parse(&set, "192.0.2.0/24", NULL), 0);
	for (unsigned n = 0; n < 300; n++) {
		struct tt_frame frames[TT_TALLY_BURST];
		uint8_t bytes[TT_TALLY_BURST][sizeof(datagram)];

		make_flood(frames, bytes, n);
		tt_pipeline_burst(&pipeline, frames, TT_TALLY_BURST, a);
		tt_pipeline_burst_ref(&pipeline, frames, TT_TALLY_BURST, b);
	}
	tt_tally_settle(a);
	assert_true(a->pair_shift > 2);
	assert_int_equal(a->pair_shift, b->pair_shift);
	assert_int_equal(a->n_pairs, b->n_pairs);
	assert_memory_equal(a->slots, b->slots, a->n_pairs * sizeof(*a->slots));
	assert_int_equal(a->pairs_lost.packets, b->pairs_lost.packets);
	tt_prefix_set_fini(&set);
	tt_tally_destroy(a);
	tt_tally_destroy(b);
}

static void
fates_add_up_to_the_frames(void **state)
{
	struct tt_frame frames[sizeof(datagram) + 1];
	struct tt_tally *tally;
	uint64_t sum = 0;

	for (unsigned i = 0; i <= sizeof(datagram); i++)
		frames[i] = frame_of(datagram, i);
	tally = count("0.0.0.0/0", frames, TT_ARRAY_SIZE(frames), tt_pipeline_burst);
	for (unsigned i = 0; i < TT_N_FATES; i++)
		sum += tally->fates[i];
	assert_int_equal(sum, TT_ARRAY_SIZE(frames));
	assert_int_equal(tally->fates[TT_FATE_TRUNCATED_LINK], 15);
	tt_tally_destroy(tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					what_is_sent_to_a_monitored_address_is_counted_and_nothing_else),
			cmocka_unit_test(bursts_count_what_single_frames_count),
			cmocka_unit_test(bursts_of_a_flood_keep_what_single_frames_keep),
			cmocka_unit_test(fates_add_up_to_the_frames),
	};

	return cmocka_run_group_tests_name("pipeline", tests, NULL, NULL);
}
