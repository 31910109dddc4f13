/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_later.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DEPTH 1024
#define SLOTS (4 * TT_LATER_PART_BYTES / 16)

static void
what_is_put_off_comes_back_in_order_and_by_part(void **state)
{
	static uint64_t table[SLOTS * 2];
	struct tt_later l;
	uint32_t n;

	assert_true(tt_later_init(&l, SLOTS, 16, DEPTH, tt_mem_heap()));
	assert_int_equal(l.parts, 4);
	for (uint32_t i = 0; i < 1000; i++)
		assert_false(tt_later_put(&l,
				(struct tt_later_update){i, i % 4 * (SLOTS / 4) + i, 7}));
	for (uint32_t part = 0; part < 4; part++) {
		const struct tt_later_update *u = tt_later_take(&l, part, table, &n);

		assert_int_equal(n, 250);
		for (uint32_t i = 0; i < n; i++) {
			assert_int_equal(u[i].key, 4 * i + part);
			assert_int_equal(u[i].at / (SLOTS / 4), part);
			assert_int_equal(u[i].more, 7);
		}
		tt_later_take(&l, part, table, &n);
		assert_int_equal(n, 0);
	}
	tt_later_fini(&l, tt_mem_heap());
}

static void
a_full_part_says_so_with_its_last_update(void **state)
{
	static uint64_t table[SLOTS * 2];
	const uint32_t at = SLOTS - 1;
	struct tt_later l;
	uint32_t n;

	assert_true(tt_later_init(&l, SLOTS, 16, DEPTH, tt_mem_heap()));
	tt_later_take(&l, at >> l.shift, table, &n); /* what comes first is due earlier */
	for (unsigned round = 0; round < 2; round++) {
		for (uint32_t i = 1; i < DEPTH; i++)
			assert_false(tt_later_put(
					&l, (struct tt_later_update){.at = at}));
		assert_true(tt_later_put(&l, (struct tt_later_update){.at = at}));
		tt_later_take(&l, at >> l.shift, table, &n);
		assert_int_equal(n, DEPTH);
	}
	tt_later_fini(&l, tt_mem_heap());
}

static void
wide_updates_stay_together(void **state)
{
	struct tt_later l;
	unsigned put = 0;
	uint32_t n;

	/* Of five parts some would be due with odd numbers. */
	assert_true(tt_later_init_parts(&l, 5, 10, DEPTH, tt_mem_heap()));
	for (uint32_t i = 0; i < 50 * DEPTH; i++) {
		const struct tt_later_update wide[2] = {
				{i, i % 5 << 10, 1}, {~(uint64_t)i, 5 << 10, 2}};
		const struct tt_later_update *u;

		put++;
		if (!tt_later_put_wide(&l, wide))
			continue;
		u = tt_later_take(&l, i % 5, NULL, &n);
		assert_true(n > 0 && n % 2 == 0);
		for (uint32_t k = 0; k < n; k += 2) {
			assert_int_equal(u[k].at, i % 5 << 10);
			assert_int_equal(u[k + 1].key, ~u[k].key);
			assert_int_equal(u[k + 1].more, 2);
		}
		put -= n / 2;
	}
	for (uint32_t part = 0; part < 5; part++) {
		tt_later_take(&l, part, NULL, &n);
		put -= n / 2;
	}
	assert_int_equal(put, 0);
	tt_later_fini(&l, tt_mem_heap());
}

/* The worker does one part now and then, and never all of them in a row. */
static void
parts_are_not_due_all_at_once(void **state)
{
	static uint64_t table[SLOTS * 2];
	unsigned last = 0, n_done = 0;
	struct tt_later l;
	uint32_t n;

	assert_true(tt_later_init(&l, SLOTS, 16, DEPTH, tt_mem_heap()));
	for (unsigned i = 1; i <= 8 * DEPTH; i++) {
		const uint32_t at = i % 4 * (SLOTS / 4);

		if (!tt_later_put(&l, (struct tt_later_update){.at = at}))
			continue;
		tt_later_take(&l, at >> l.shift, table, &n);
		assert_true(n_done == 0 || i - last > DEPTH / 2);
		last = i;
		n_done++;
	}
	assert_int_equal(n_done, 8);
	tt_later_reset(&l);
	for (uint32_t part = 0; part < 4; part++) {
		tt_later_take(&l, part, table, &n);
		assert_int_equal(n, 0);
	}
	tt_later_fini(&l, tt_mem_heap());
}

/* Of many that wait, no more than are to be done at once are taken. */
static void
a_part_can_be_done_in_pieces(void **state)
{
	static uint64_t table[SLOTS * 2];
	struct tt_later l;
	bool seen[300] = {false};
	uint32_t n, sum = 0;

	assert_true(tt_later_init(&l, SLOTS, 16, DEPTH, tt_mem_heap()));
	for (uint32_t i = 0; i < 300; i++)
		assert_false(tt_later_put(&l, (struct tt_later_update){.key = i}));
	l.depth = 128;
	while (l.queues[0].n > 0) {
		const struct tt_later_update *u = tt_later_take(&l, 0, table, &n);

		assert_in_range(n, 1, 128);
		for (uint32_t i = 0; i < n; i++)
			seen[u[i].key] = true;
		sum += n;
	}
	assert_int_equal(sum, 300);
	for (uint32_t i = 0; i < 300; i++)
		assert_true(seen[i]);
	l.depth = DEPTH;
	for (uint32_t i = 1; i < 128; i++)
		assert_false(tt_later_put(&l, (struct tt_later_update){.key = i}));
	assert_true(tt_later_put(&l, (struct tt_later_update){.key = 0}));
	tt_later_fini(&l, tt_mem_heap());
}

static void
a_small_table_is_one_part(void **state)
{
	uint64_t table[8] = {0};
	struct tt_later l;
	uint32_t n;

	assert_true(tt_later_init(&l, 4, 16, DEPTH, tt_mem_heap()));
	assert_int_equal(l.parts, 1);
	assert_int_equal(tt_later_bytes(4, 16, DEPTH),
			DEPTH * sizeof(struct tt_later_update) + 4);
	for (uint32_t i = 0; i < 1000; i++)
		tt_later_put(&l, (struct tt_later_update){.at = i % 4});
	tt_later_take(&l, 0, table, &n);
	assert_int_equal(n, 1000);
	tt_later_fini(&l, tt_mem_heap());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(what_is_put_off_comes_back_in_order_and_by_part),
			cmocka_unit_test(a_full_part_says_so_with_its_last_update),
			cmocka_unit_test(wide_updates_stay_together),
			cmocka_unit_test(parts_are_not_due_all_at_once),
			cmocka_unit_test(a_part_can_be_done_in_pieces),
			cmocka_unit_test(a_small_table_is_one_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
