/* SPDX-License-Identifier: BSD-3-Clause */
/* Distinct sources of targets over snapshots: what is exact, what is an estimate, and what bounds it. */
#include "tt_cause.h"
#include "tt_sketch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A snapshot of a slice of now, or of before. */
static void
begin(struct tt_source_set *set, const char *sample, int64_t one_in,
		enum tt_cause_span span, unsigned slice)
{
	tt_source_set_begin(set,
			&(struct tt_source_snapshot){.sample = sample,
					.pairs_one_in = one_in,
					.exact = one_in == 1,
					.span = span,
					.slice = slice});
}

static void
enter_of(struct tt_source_set *set, uint32_t of, unsigned host, uint8_t bits)
{
	const struct tt_kept_source row = {
			.of = of, .country = tt_cause_country("JP"), .sample_bits = bits};

	assert_int_equal(tt_source_set_add(set, tt_addr_v4(0x0a000000 + host), &row), 0);
}

static void
enter(struct tt_source_set *set, unsigned host, uint8_t bits, enum tt_cause_span span,
		unsigned slice)
{
	begin(set, "public-2", 1, span, slice);
	enter_of(set, 0, host, bits);
}

static struct tt_source_count
all_of(const struct tt_source_set *set, uint32_t of)
{
	return tt_source_set_count(set, of, TT_SOURCES_NOW, TT_SOURCES_ANYWHERE);
}

static void
sources_are_counted_once(void **state)
{
	struct tt_source_set set;

	tt_source_set_init(&set, 1024, true);
	for (unsigned i = 0; i < 100; i++) {
		enter(&set, i, 0, TT_CAUSE_NOW, i % 3);
		enter(&set, i, 0, TT_CAUSE_NOW, 5);
		enter(&set, i / 2, 0, TT_CAUSE_BEFORE, 0);
	}
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_int_equal(tt_source_set_count(&set, 0, TT_SOURCES_NOW, 0).n, 100);
	assert_int_equal(tt_source_set_count(&set, 0, TT_SOURCES_NOW, 0).stderr_n, 0);
	assert_int_equal(tt_source_set_count(&set, 0, TT_SOURCES_BEFORE, 0).n, 50);
	assert_int_equal(tt_source_set_count(&set, 0, 1, 0).n, 34);
	assert_int_equal(tt_source_set_count(
					 &set, 0, TT_SOURCES_NOW, tt_cause_country("US"))
					 .n,
			0);
	assert_int_equal(tt_source_set_count(&set, 1, TT_SOURCES_NOW, 0).n, 0);
	tt_source_set_fini(&set);
}

/* Of 4096 sources, 2048 are in the sample of one in 2, and so on. */
static void
a_full_set_is_a_sample_with_its_error(void **state)
{
	struct tt_source_set set;
	struct tt_source_count n;

	tt_source_set_init(&set, 1024, false);
	for (unsigned i = 1; i <= 4096; i++)
		enter(&set, i, (uint8_t)__builtin_ctz(i), TT_CAUSE_NOW, 0);
	assert_int_equal(tt_source_set_settle(&set), 0);
	n = tt_source_set_count(&set, 0, TT_SOURCES_NOW, 0);
	assert_int_equal(n.n, 4096);
	assert_true(n.stderr_n > 0);
	tt_source_set_fini(&set);
}

/* However many sources others have, and whatever hash theirs has: no bit of it says that they are in a sample. */
static void
a_full_target_leaves_others_exact(void **state)
{
	struct tt_source_count counts[3];
	struct tt_source_set set;

	tt_source_set_init(&set, 1024, true);
	begin(&set, "public-2", 1, TT_CAUSE_NOW, 0);
	for (unsigned i = 1; i <= 4096; i++) {
		enter_of(&set, 0, i, (uint8_t)__builtin_ctz(i));
		enter_of(&set, 1, i % 5, 0);
	}
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_int_equal(all_of(&set, 0).n, 4096);
	assert_true(all_of(&set, 0).stderr_n > 0);
	assert_int_equal(all_of(&set, 1).n, 5);
	assert_int_equal(all_of(&set, 1).stderr_n, 0);
	assert_int_equal(tt_source_set_country(&set, tt_addr_v4(0x0a000000), 1),
			tt_cause_country("JP"));
	tt_source_set_count_all(&set, TT_SOURCES_NOW, counts, 3);
	assert_int_equal(counts[0].n, 4096);
	assert_int_equal(counts[1].n, 5);
	assert_int_equal(counts[2].n, 0);
	assert_true(set.room <= 1024);
	tt_source_set_fini(&set);
}

/* A sampled snapshot spoils neither slices nor targets that it has nothing of. */
static void
a_sampled_snapshot_spoils_its_own_alone(void **state)
{
	struct tt_source_set set;
	struct tt_source_count n;

	tt_source_set_init(&set, 1024, false);
	begin(&set, "public-2", 1, TT_CAUSE_NOW, 0);
	for (unsigned i = 1; i <= 40; i++)
		enter_of(&set, 0, i, (uint8_t)__builtin_ctz(i));
	assert_int_equal(tt_source_set_settle(&set), 0);
	begin(&set, "public-2", 16, TT_CAUSE_NOW, 1);
	for (unsigned i = 16; i <= 1600; i += 16)
		enter_of(&set, 0, i, (uint8_t)__builtin_ctz(i));
	assert_int_equal(tt_source_set_settle(&set), 0);
	begin(&set, "public-2", 1, TT_CAUSE_NOW, 2);
	enter_of(&set, 1, 7, 0);
	assert_int_equal(tt_source_set_settle(&set), 0);
	n = tt_source_set_count(&set, 0, 1, TT_SOURCES_ANYWHERE);
	assert_int_equal(n.n, 40);
	assert_int_equal(n.stderr_n, 0);
	n = tt_source_set_count(&set, 0, 2, TT_SOURCES_ANYWHERE);
	assert_int_equal(n.n, 1600);
	assert_int_equal(n.stderr_n, 155);
	/* Two of the hundred are among the forty, which are counted and not scaled. */
	n = all_of(&set, 0);
	assert_int_equal(n.n, 40 + 98 * 16);
	assert_int_equal(n.stderr_n, 154);
	assert_int_equal(all_of(&set, 1).n, 1);
	assert_int_equal(all_of(&set, 1).stderr_n, 0);
	tt_source_set_fini(&set);
}

/* A snapshot in which the target has packets, and of whose sources no row is in the sample. */
static void
begin_without_rows(struct tt_source_set *set, uint64_t sent, uint64_t sources)
{
	begin(set, "public-2", 16, TT_CAUSE_NOW, 3);
	set->now.exact = sources > 0;
	assert_int_equal(tt_source_set_packets(set, 0, tt_cause_country("KR"), sent,
					 sources, false),
			0);
}

static void
what_is_proven_is_the_least(void **state)
{
	struct tt_source_set set;

	tt_source_set_init(&set, 1024, false);
	begin_without_rows(&set, 900, 0);
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_int_equal(all_of(&set, 0).n, 1);
	assert_true(all_of(&set, 0).stderr_n > 0);
	begin_without_rows(&set, 900, 0);
	assert_int_equal(tt_source_set_sole_country(&set, 0), tt_cause_country("KR"));
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(
				tt_source_set_name(&set, tt_addr_v4(0x0a000000 + i), 0,
						tt_source_set_sole_country(&set, 0), 100),
				0);
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_int_equal(all_of(&set, 0).n, 3);
	assert_int_equal(tt_source_set_country(&set, tt_addr_v4(0x0a000001), 0),
			tt_cause_country("KR"));
	begin_without_rows(&set, 900, 8);
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_int_equal(all_of(&set, 0).n, 8);
	tt_source_set_fini(&set);
}

/* One snapshot that has counted all sources is exact, though it has not all rows; no source is without a packet. */
static void
what_bounds_meet_at_is_exact(void **state)
{
	struct tt_source_set set;

	tt_source_set_init(&set, 1024, false);
	begin_without_rows(&set, 900, 8);
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_int_equal(all_of(&set, 0).n, 8);
	assert_int_equal(all_of(&set, 0).stderr_n, 0);
	tt_source_set_fini(&set);
	tt_source_set_init(&set, 1024, false);
	begin_without_rows(&set, 1, 0);
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_int_equal(all_of(&set, 0).n, 1);
	assert_int_equal(all_of(&set, 0).stderr_n, 0);
	tt_source_set_fini(&set);
}

/* However few of the sample a target has: where its packets are those of sources with names, there are no others. */
static void
sources_that_all_have_names_are_exact(void **state)
{
	struct tt_source_set set;

	tt_source_set_init(&set, 1024, true);
	begin(&set, "public-2", 1, TT_CAUSE_NOW, 0);
	enter_of(&set, 0, 1, 0);
	enter_of(&set, 0, 9, 0);
	assert_int_equal(tt_source_set_settle(&set), 0);
	begin_without_rows(&set, 900, 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(tt_source_set_name(&set, tt_addr_v4(0x0a000000 + i), 0,
						 0, 300),
				0);
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_int_equal(all_of(&set, 0).n, 4);
	assert_int_equal(all_of(&set, 0).stderr_n, 0);
	/* And so they are where another snapshot of the slice has a sample alone. */
	begin_without_rows(&set, 900, 0);
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_int_equal(all_of(&set, 0).n, 4);
	assert_int_equal(all_of(&set, 0).stderr_n, 16);
	tt_source_set_fini(&set);
}

/* Whether they are in the sample is not known by names: where the target is full later, those in it are what the snapshot has. */
static void
sources_with_names_of_a_full_target_are_scaled(void **state)
{
	struct tt_source_set set;
	struct tt_source_count n, all[1];

	tt_source_set_init(&set, 1024, false);
	begin_without_rows(&set, 3200, 0);
	for (unsigned i = 1; i <= 320; i++) {
		assert_int_equal(tt_source_set_name(&set, tt_addr_v4(0x0a000000 + i), 0,
						 0, 10),
				0);
		if (i % 16 == 0)
			enter_of(&set, 0, i, (uint8_t)__builtin_ctz(i));
	}
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_int_equal(all_of(&set, 0).n, 320);
	assert_int_equal(all_of(&set, 0).stderr_n, 0);
	begin(&set, "public-2", 1, TT_CAUSE_NOW, 0);
	assert_int_equal(tt_source_set_packets(&set, 0, 0, 4096, 4096, false), 0);
	for (unsigned i = 4096; i < 8192; i++)
		enter_of(&set, 0, i, (uint8_t)__builtin_ctz(i));
	assert_int_equal(tt_source_set_settle(&set), 0);
	n = tt_source_set_count(&set, 0, UINT64_C(1) << 3, TT_SOURCES_ANYWHERE);
	assert_int_equal(n.n, 320);
	assert_int_equal(n.stderr_n, 70); /* sqrt(320 * 15) */
	tt_source_set_count_all(&set, UINT64_C(1) << 3, all, 1);
	assert_int_equal(all[0].n, n.n);
	assert_int_equal(all_of(&set, 0).n, 4096 + 320);
	tt_source_set_fini(&set);
}

static void
merge_sketch(struct tt_source_set *set, unsigned hosts)
{
	for (unsigned i = 0; i < hosts; i++) {
		uint64_t hash = tt_sketch_hash(tt_addr_v4(0x0a000000 + i));

		assert_int_equal(tt_source_set_register(set, 0, TT_SOURCE_SKETCH_P,
						 tt_sketch_register(hash,
								 TT_SOURCE_SKETCH_P),
						 tt_sketch_rho(hash, TT_SOURCE_SKETCH_P)),
				0);
	}
}

static void
a_sketch_tells_what_a_sample_misses(void **state)
{
	struct tt_source_set set;
	struct tt_source_count n;

	tt_source_set_init(&set, 1024, true);
	/* Rows of all sources make the registers that a sketch has. */
	begin(&set, "public-2", 1, TT_CAUSE_NOW, 0);
	for (unsigned i = 0; i < 40; i++)
		enter_of(&set, 0, i, 0);
	assert_int_equal(tt_source_set_settle(&set), 0);
	begin_without_rows(&set, 900, 0);
	merge_sketch(&set, 60);
	assert_int_equal(tt_source_set_settle(&set), 0);
	n = all_of(&set, 0);
	assert_in_range(n.n, 56, 64);
	assert_in_range(n.stderr_n, 2, 4);
	/* Of a snapshot without the sketch, the registers tell too few. */
	begin_without_rows(&set, 900, 0);
	assert_int_equal(tt_source_set_settle(&set), 0);
	n = all_of(&set, 0);
	assert_int_equal(n.n, 40);
	assert_int_equal(n.stderr_n, 16);
	tt_source_set_fini(&set);
}

static void
samples_of_two_secrets_are_not_joined(void **state)
{
	struct tt_source_set set;

	tt_source_set_init(&set, 1024, false);
	begin(&set, "public-2", 1, TT_CAUSE_NOW, 0);
	enter_of(&set, 0, 1, 9);
	assert_int_equal(tt_source_set_settle(&set), 0);
	begin(&set, "0123456789abcdef", 1, TT_CAUSE_NOW, 0);
	enter_of(&set, 0, 2, 9);
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_false(all_of(&set, 0).unknown);
	begin(&set, "public-2", 2, TT_CAUSE_NOW, 0);
	enter_of(&set, 0, 3, 9);
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_true(all_of(&set, 0).unknown);
	assert_int_equal(all_of(&set, 0).n, 3);
	tt_source_set_fini(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(sources_are_counted_once),
			cmocka_unit_test(a_full_set_is_a_sample_with_its_error),
			cmocka_unit_test(a_full_target_leaves_others_exact),
			cmocka_unit_test(a_sampled_snapshot_spoils_its_own_alone),
			cmocka_unit_test(what_is_proven_is_the_least),
			cmocka_unit_test(what_bounds_meet_at_is_exact),
			cmocka_unit_test(sources_that_all_have_names_are_exact),
			cmocka_unit_test(sources_with_names_of_a_full_target_are_scaled),
			cmocka_unit_test(a_sketch_tells_what_a_sample_misses),
			cmocka_unit_test(samples_of_two_secrets_are_not_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
