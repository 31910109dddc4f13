/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Around where small blocks, large ones and huge pages begin. */
static const size_t sizes[] = {0, 1, 63, 64, 4096, (1 << 20) - 1, 1 << 20, (2 << 20) - 1,
		2 << 20, (2 << 20) + 1, (4 << 20) - 64, (5 << 20) + 12345};

static bool
is_zero(const uint8_t *bytes, size_t n)
{
	return n == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0);
}

static void
take_and_give_back(struct tt_mem *mem)
{
	uint8_t *blocks[TT_ARRAY_SIZE(sizes)];

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < TT_ARRAY_SIZE(sizes); i++) {
			blocks[i] = tt_mem_alloc(mem, sizes[i], "test");
			assert_non_null(blocks[i]);
			assert_int_equal((uintptr_t)blocks[i] % TT_CACHE_LINE, 0);
			assert_true(is_zero(blocks[i], sizes[i]));
			memset(blocks[i], 0xff, sizes[i]);
		}
		for (unsigned i = 0; i < TT_ARRAY_SIZE(sizes); i++)
			tt_mem_free(mem, blocks[i], sizes[i]);
	}
	tt_mem_free(mem, NULL, 1);
}

static void
blocks_of_all_sizes_are_zeroed_aligned_and_wholly_ours(void **state)
{
	take_and_give_back(tt_mem_heap());
	take_and_give_back(tt_mem_heap_huge());
}

static void
discard_all(struct tt_mem *mem)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(sizes); i++) {
		uint8_t *block = tt_mem_alloc(mem, sizes[i], "test");

		assert_non_null(block);
		for (unsigned round = 0; round < 2; round++) {
			memset(block, 0xff, sizes[i]);
			tt_mem_discard(mem, block, sizes[i]);
			assert_true(is_zero(block, sizes[i]));
		}
		tt_mem_free(mem, block, sizes[i]);
	}
}

static void
what_is_discarded_is_zero(void **state)
{
	struct tt_mem no_way_back = *tt_mem_heap();

	no_way_back.discard = NULL;
	discard_all(tt_mem_heap());
	discard_all(tt_mem_heap_huge());
	discard_all(&no_way_back);
}

static void
more_than_there_can_be_is_refused(void **state)
{
	assert_null(tt_mem_alloc(tt_mem_heap(), SIZE_MAX, "test"));
	assert_null(tt_mem_alloc(tt_mem_heap_huge(), SIZE_MAX, "test"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					blocks_of_all_sizes_are_zeroed_aligned_and_wholly_ours),
			cmocka_unit_test(what_is_discarded_is_zero),
			cmocka_unit_test(more_than_there_can_be_is_refused),
	};

	return cmocka_run_group_tests_name("mem", tests, NULL, NULL);
}
