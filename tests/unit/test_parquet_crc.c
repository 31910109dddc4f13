/* SPDX-License-Identifier: BSD-3-Clause */
/* The CRC of pages is zlib's, whatever the length and wherever the bytes lie. */
#include "tt_parquet_crc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#define SIZE 700

static void
is_that_of_zlib(void **state)
{
	uint8_t bytes[SIZE + 16];
	uint32_t x = 1;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		x = x * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(x >> 24);
	}
	for (size_t at = 0; at < 16; at++)
		for (size_t n = 0; n <= SIZE; n++)
			assert_int_equal(tt_parquet_crc(bytes + at, n),
					crc32_z(0, bytes + at, n));
	memset(bytes, 0, sizeof(bytes));
	for (size_t n = 0; n <= SIZE; n++)
		assert_int_equal(tt_parquet_crc(bytes, n), crc32_z(0, bytes, n));
}

/* As the format's catalogues have it. */
static void
has_its_check_value(void **state)
{
	assert_int_equal(tt_parquet_crc("123456789", 9), 0xcbf43926);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(is_that_of_zlib),
			cmocka_unit_test(has_its_check_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
