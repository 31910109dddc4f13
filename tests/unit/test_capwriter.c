/* SPDX-License-Identifier: BSD-3-Clause */
#include "capfile_bytes.h"

#include <errno.h>

static void
what_is_written_reads_back_the_same(void **state)
{
	static const uint8_t data[80] = {1, 2, 3, [79] = 9};
	const struct tt_frame frames[] = {{data, 1700000000123456, 80, 1500, 101},
			{data, 0, 0, 60, 101},
			{data + 1, UINT32_MAX * TT_US_PER_S + 999999, 79, 79, 101}};
	struct tt_capwriter *w;
	struct tt_error err;
	struct got got;
	char path[32];
	int fd = memory_file("old", 3, path);

	assert_int_equal(tt_capwriter_open(&w, path, 101, &err), 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(tt_capwriter_write(w, &frames[i], &err), 0);
	assert_int_equal(tt_capwriter_close(w, &err), 0);
	read_path(&got, path, 0, 64);
	close(fd);
	assert_string_equal(got.text, "pcap, microseconds, little-endian");
	assert_int_equal(got.ended, 0);
	assert_int_equal(got.n, 3);
	for (unsigned i = 0; i < 3; i++) {
		struct got one = {0};

		keep_frame(&one, &frames[i]);
		assert_memory_equal(
				&one.frames[0], &got.frames[i], sizeof(one.frames[0]));
	}
}

static void
a_frame_that_pcap_cannot_hold_is_refused(void **state)
{
	struct tt_frame frame = {.link = 1};
	struct tt_capwriter *w;
	struct tt_error err;
	char path[32];
	int fd = memory_file("", 0, path);

	assert_int_equal(tt_capwriter_open(&w, path, 1, &err), 0);
	frame.link = 113;
	assert_int_equal(tt_capwriter_write(w, &frame, &err), -EINVAL);
	frame = (struct tt_frame){.link = 1, .captured = 262145};
	assert_int_equal(tt_capwriter_write(w, &frame, &err), -EMSGSIZE);
	frame = (struct tt_frame){.link = 1, .time_us = (INT64_C(1) << 32) * TT_US_PER_S};
	assert_int_equal(tt_capwriter_write(w, &frame, &err), -ERANGE);
	assert_int_equal(tt_capwriter_close(w, &err), 0);
	close(fd);
}

static void
a_file_that_cannot_be_written_is_named(void **state)
{
	struct tt_capwriter *w;
	struct tt_error err = {0};

	assert_int_equal(tt_capwriter_open(&w, "/nonexistent/x", 1, &err), -ENOENT);
	assert_string_equal(err.where, "/nonexistent/x");
	assert_int_equal(tt_capwriter_open(&w, "/dev/full", 1, &err), 0);
	assert_int_equal(tt_capwriter_close(w, &err), -ENOSPC);
	assert_string_equal(err.where, "/dev/full");
	assert_non_null(strstr(err.why, "No space left"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(what_is_written_reads_back_the_same),
			cmocka_unit_test(a_frame_that_pcap_cannot_hold_is_refused),
			cmocka_unit_test(a_file_that_cannot_be_written_is_named),
	};

	return cmocka_run_group_tests_name("capwriter", tests, NULL, NULL);
}
