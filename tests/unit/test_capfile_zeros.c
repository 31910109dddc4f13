/* SPDX-License-Identifier: BSD-3-Clause */
/* Zeros where records should be: what a file has whose blocks were never written. */
#include "capfile_bytes.h"

#include <errno.h>
#include <stdlib.h>

#include <zlib.h>

#define SECOND INT64_C(1700000000)

static const size_t chunks[] = {0, 1, 100, 4096}; /* 0: the usual size */

static struct bytes b;
static struct got got;

static void
make_pcap(bool big, uint32_t magic)
{
	memset(&b, 0, sizeof(b));
	b.big = big;
	put_pcap_header(&b, magic, 65535, 1);
	put_pcap_record(&b, SECOND, 123456, 60, 60);
	put_pcap_record(&b, SECOND + 1, 0, 0, 1500);
}

static void
make_pcapng(bool big)
{
	memset(&b, 0, sizeof(b));
	b.big = big;
	put_section(&b);
	put_interface(&b, 1, 262144, -1, 0);
	put_enhanced(&b, 0, SECOND * TT_US_PER_S, 60, 60);
	put_enhanced(&b, 0, SECOND * TT_US_PER_S + 1, 41, 90);
}

static void
put_zeros(size_t n)
{
	memset(b.at + b.n, 0, n);
	b.n += n;
	assert_true(b.n <= sizeof(b.at));
}

static void
assert_ends(unsigned frames, int code, const char *why_fmt, size_t at)
{
	char why[128];

	snprintf(why, sizeof(why), why_fmt, at);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(chunks); i++) {
		read_bytes(&got, b.at, b.n, chunks[i], i == 2 ? 1 : 64);
		assert_int_equal(got.opened, 0);
		assert_int_equal(got.n, frames);
		assert_int_equal(got.ended, code);
		if (code != 0)
			assert_non_null(strstr(got.err.why, why));
	}
}

static void
assert_zeros_from(unsigned frames, size_t at)
{
	assert_ends(frames, TT_CAPFILE_TRUNCATED,
			"truncated: from byte %zu on there are only zeros", at);
}

static void
a_tail_of_zeros_is_no_records(void **state)
{
	static const uint32_t magics[] = {0xa1b2c3d4, 0xa1b23c4d};
	static const size_t tails[] = {16, 17, 31, 32, 1024, 4096, 5000};

	for (unsigned i = 0; i < 4 * TT_ARRAY_SIZE(tails); i++) {
		size_t end;

		make_pcap(i & 1, magics[i / 2 % 2]);
		end = b.n;
		put_zeros(tails[i / 4]);
		assert_zeros_from(2, end);
		make_pcapng(i & 1);
		end = b.n;
		put_zeros(tails[i / 4]);
		assert_zeros_from(2, end);
	}
	memset(&b, 0, sizeof(b)); /* no record at all was written */
	put_pcap_header(&b, 0xa1b2c3d4, 65535, 1);
	put_zeros(488);
	assert_zeros_from(0, 24);
}

static void
fewer_zeros_than_a_header_are_a_record_cut_short(void **state)
{
	for (size_t n = 1; n < 16; n++) {
		make_pcap(false, 0xa1b2c3d4);
		put_zeros(n);
		assert_ends(2, TT_CAPFILE_TRUNCATED,
				"truncated: the file ends inside the record at byte %zu",
				b.n - n);
	}
}

/* A header of which the first bytes were written: its time, or a piece of it, and nothing more. */
static void
a_header_that_was_written_in_part_is_no_record(void **state)
{
	size_t at;

	for (unsigned n = 1; n <= 8; n++) {
		make_pcap(false, 0xa1b2c3d4);
		at = b.n;
		put_bytes(&b, "\xf1\xf1\x53\x65\x01\x02\x03\x04", n);
		put_zeros(16 - n + 512);
		assert_zeros_from(2, at + 8);
	}
}

/* The block's last length is of the part that was never written. */
static void
a_block_that_was_written_in_part_is_no_record(void **state)
{
	size_t at;

	for (unsigned big = 0; big < 2; big++) {
		make_pcapng(big);
		memset(b.at + b.n - 20, 0, 20);
		at = b.n - 4;
		put_zeros(512);
		assert_zeros_from(1, at);
		b.at[b.n - 1] = 1;
		assert_ends(1, -EBADMSG, "the block's two lengths differ", 0);
		make_pcapng(false);
		at = b.n;
		put_bytes(&b, "\6\0\0\0", 4); /* the type alone */
		put_zeros(508);
		assert_zeros_from(2, at + 4);
	}
}

/* Nobody is told that there are zeros where something comes after them. */
static void
records_of_nothing_are_frames_where_others_follow(void **state)
{
	const unsigned many = 63;

	make_pcap(true, 0xa1b2c3d4);
	put_pcap_record(&b, 0, 0, 0, 0);
	put_pcap_record(&b, 0, 0, 7, 7);
	put_pcap_record(&b, SECOND, 5, 0, 0);
	put_pcap_record(&b, 0, 0, 0, 0);
	put_pcap_record(&b, SECOND, 6, 0, 0);
	put_pcap_record(&b, SECOND, 7, 0, 0);
	put_pcap_record(&b, 0, 0, 0, 60);
	assert_ends(9, 0, "", 0);
	assert_int_equal(got.frames[2].time_us, 0);
	assert_int_equal(got.frames[3].captured, 7);
	assert_int_equal(got.frames[4].time_us, SECOND * TT_US_PER_S + 5);
	assert_int_equal(got.frames[4].length, 0);
	assert_int_equal(got.frames[4].link, 1);
	assert_int_equal(got.frames[5].time_us, 0);
	assert_int_equal(got.frames[6].time_us, SECOND * TT_US_PER_S + 6);
	assert_int_equal(got.frames[8].length, 60);
	memset(&b, 0, sizeof(b));
	put_pcap_header(&b, 0xa1b2c3d4, 65535, 1);
	put_zeros(16 * many);
	put_pcap_record(&b, SECOND, 8, 3, 3);
	assert_ends(many + 1, 0, "", 0);
	assert_int_equal(got.frames[many].time_us, SECOND * TT_US_PER_S + 8);
	assert_int_equal(got.frames[many].captured, 3);
	b.n--;
	assert_ends(many, TT_CAPFILE_TRUNCATED, "ends inside the record at byte %zu",
			24 + 16 * many);
}

/* A real time, and the end of the file after it: nothing says that it was not written. */
static void
a_last_record_of_no_bytes_is_a_frame(void **state)
{
	make_pcap(false, 0xa1b2c3d4);
	put_pcap_record(&b, SECOND, 5, 0, 0);
	assert_ends(3, 0, "", 0);
	put_zeros(15);
	assert_ends(3, TT_CAPFILE_TRUNCATED, "ends inside the record at byte %zu",
			b.n - 15);
}

static void
a_hole_is_damage_whatever_follows(void **state)
{
	static const size_t holes[] = {1024, 1030, 4096};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(holes); i++) {
		size_t at;

		make_pcap(false, 0xa1b23c4d);
		at = b.n;
		put_zeros(holes[i]);
		put_pcap_record(&b, SECOND, 0, 9, 9);
		assert_ends(2, -EBADMSG,
				"damaged at byte %zu: zeros where records should be", at);
	}
}

/* Also to whoever goes on reading. */
static void
the_end_is_told_again(void **state)
{
	struct tt_frame frames[4];
	struct tt_capfile *f;
	struct tt_error err;
	char path[32];
	int fd;

	make_pcap(false, 0xa1b2c3d4);
	put_zeros(2048);
	put_pcap_record(&b, SECOND, 0, 9, 9);
	fd = memory_file(b.at, b.n, path);
	assert_int_equal(tt_capfile_open(&f, path, &err), 0);
	assert_int_equal(tt_capfile_read(f, frames, 4, &err), 2);
	for (unsigned i = 0; i < 3; i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(tt_capfile_read(f, frames, 4, &err), -EBADMSG);
		assert_non_null(strstr(err.why, "zeros where records"));
	}
	tt_capfile_close(f);
	close(fd);
}

static void
zeros_in_compressed_data_are_said_to_be_there(void **state)
{
	uint8_t packed[1024];
	z_stream z = {.next_out = packed, .avail_out = sizeof(packed)};
	size_t end;

	make_pcap(false, 0xa1b2c3d4);
	end = b.n;
	put_zeros(4096);
	z.next_in = b.at;
	z.avail_in = b.n;
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY),
			Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	memcpy(b.at, packed, b.n = z.total_out);
	deflateEnd(&z);
	assert_ends(2, TT_CAPFILE_TRUNCATED,
			"from byte %zu of the decompressed data on there are only zeros",
			end);
	b.n -= 9; /* that the compressed data end early says more */
	assert_ends(2, TT_CAPFILE_TRUNCATED, "the gzip data end early", 0);
}

static void
a_file_of_zeros_alone_is_refused_by_that_name(void **state)
{
	static const uint8_t zeros[4096];

	read_bytes(&got, zeros, sizeof(zeros), 0, 64);
	assert_int_equal(got.opened, -EBADMSG);
	assert_non_null(strstr(got.err.why, "begins with zeros"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_tail_of_zeros_is_no_records),
			cmocka_unit_test(
					fewer_zeros_than_a_header_are_a_record_cut_short),
			cmocka_unit_test(a_header_that_was_written_in_part_is_no_record),
			cmocka_unit_test(a_block_that_was_written_in_part_is_no_record),
			cmocka_unit_test(
					records_of_nothing_are_frames_where_others_follow),
			cmocka_unit_test(a_last_record_of_no_bytes_is_a_frame),
			cmocka_unit_test(a_hole_is_damage_whatever_follows),
			cmocka_unit_test(the_end_is_told_again),
			cmocka_unit_test(zeros_in_compressed_data_are_said_to_be_there),
			cmocka_unit_test(a_file_of_zeros_alone_is_refused_by_that_name),
	};

	return cmocka_run_group_tests_name("capfile_zeros", tests, NULL, NULL);
}
