/* SPDX-License-Identifier: BSD-3-Clause */
/* Capture files that were joined, as by `cat a.pcap b.pcap`: the frames of each, as if it were alone. */
#include "capfile_bytes.h"

#include <errno.h>

#include "tt_time.h"

#define SECOND 1700000000u

static const size_t chunks[] = {0, 1, 100, 4096}; /* 0: the usual size */

enum {
	PCAP,
	PCAP_NS,
	PCAP_BIG,
	PCAP_NS_BIG,
	PCAPNG,
	PCAPNG_BIG,
	N_KINDS
};

static struct bytes b;
static struct got got, parts[3];

static void
put_pcap(int kind, uint16_t link)
{
	b.big = kind == PCAP_BIG || kind == PCAP_NS_BIG;
	put_pcap_header(&b,
			kind == PCAP_NS || kind == PCAP_NS_BIG ? 0xa1b23c4d : 0xa1b2c3d4,
			100, link);
	put_pcap_record(&b, SECOND + link, 123456, 60, 60);
	put_pcap_record(&b, SECOND - link, 999, 101, 1500);
}

static void
put_pcapng(int kind, uint16_t link)
{
	b.big = kind == PCAPNG_BIG;
	put_section(&b);
	put_interface(&b, link, 262144, 9, 0);
	put_enhanced(&b, 0, (SECOND + link) * UINT64_C(1000000000), 60, 61);
	put_unknown(&b, 5, 40);
	put_simple(&b, 33, 33);
}

static void
put_file(int kind, uint16_t link)
{
	if (kind >= PCAPNG)
		put_pcapng(kind, link);
	else
		put_pcap(kind, link);
}

/* As it is read alone. */
static void
put_part(unsigned part, int kind, uint16_t link)
{
	size_t start = b.n;

	put_file(kind, link);
	read_bytes(&parts[part], b.at + start, b.n - start, 0, 64);
	assert_int_equal(parts[part].n, 2);
	assert_int_equal(parts[part].ended, 0);
}

static void
assert_all_read(size_t chunk, unsigned burst)
{
	read_bytes(&got, b.at, b.n, chunk, burst);
	assert_int_equal(got.opened, 0);
	assert_int_equal(got.ended, 0);
	assert_int_equal(got.n, 6);
	for (unsigned i = 0; i < 3; i++)
		assert_memory_equal(got.frames + 2 * i, parts[i].frames,
				2 * sizeof(got.frames[0]));
}

static void
any_kind_follows_any_other(void **state)
{
	for (int x = 0; x < N_KINDS; x++)
		for (int y = 0; y < N_KINDS; y++) {
			memset(&b, 0, sizeof(b));
			put_part(0, x, 1);
			put_part(1, y, 101);
			put_part(2, x, 113);
			for (unsigned c = 0; c < TT_ARRAY_SIZE(chunks); c++)
				for (unsigned burst = 1; burst < 4; burst++)
					assert_all_read(chunks[c], burst);
		}
}

static void
a_cut_at_any_byte_gives_the_whole_frames_and_none_of_a_header(void **state)
{
	for (int x = 0; x < N_KINDS; x++)
		for (int y = 0; y < N_KINDS; y++) {
			memset(&b, 0, sizeof(b));
			put_file(x, 1);
			for (size_t cut = b.n, end = (put_file(y, 1), b.n); cut <= end;
					cut++) {
				read_bytes(&got, b.at, cut, cut % 2 == 0 ? 0 : 7, 3);
				assert_int_equal(got.n, frames_before(&b, cut));
				assert_int_equal(got.ended,
						is_boundary(&b, cut)
								? 0
								: TT_CAPFILE_TRUNCATED);
			}
		}
}

static void
files_without_frames_may_be_among_them(void **state)
{
	for (int x = 0; x < N_KINDS; x++) {
		memset(&b, 0, sizeof(b));
		put_pcap_header(&b, 0xa1b2c3d4, 65535, 1);
		put_part(0, x, 1);
		put_pcap_header(&b, 0xa1b23c4d, 65535, 1);
		put_section(&b);
		put_part(1, x, 1);
		put_part(2, x, 1);
		put_section(&b);
		put_pcap_header(&b, 0xa1b23c4d, 65535, 1);
		assert_all_read(0, 64);
		assert_all_read(1, 1);
	}
}

static void
assert_ended(int code, const char *why)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(chunks); i++) {
		read_bytes(&got, b.at, b.n, chunks[i], 64);
		assert_int_equal(got.n, 2);
		assert_int_equal(got.ended, code);
		assert_string_equal(got.err.why, why);
	}
}

static void
one_that_cannot_be_read_is_named_with_its_place(void **state)
{
	for (unsigned big = 0; big < 2; big++) {
		memset(&b, 0, sizeof(b));
		put_file(PCAP, 1);
		assert_int_equal(b.n, 24 + 2 * 16 + 60 + 101);
		b.big = big;
		put_pcap_header(&b, 0xa1b2cd34, 65535, 1);
		assert_ended(-EBADMSG,
				"another capture file begins at byte 217: not a pcap or pcapng "
				"file: it is a \"modified\" pcap file (magic a1b2cd34); editcap "
				"converts it");
		b.n -= 24;
		put_pcap_header(&b, 0xa1b23c4d, 65535, 1);
		b.at[217 + 6 + big] = 5;
		assert_ended(-EBADMSG,
				"another capture file begins at byte 217: pcap version 2.5 "
				"is not known, only 2.0 to 2.4");
		b.n -= 6;
		assert_ended(TT_CAPFILE_TRUNCATED,
				"truncated: the file ends inside the header of another capture file, "
				"at byte 217");
	}
}

/* Their seconds are a magic. */
static void
records_of_that_time_are_none(void **state)
{
	static const uint32_t seconds[] = {
			0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(seconds); i++) {
		memset(&b, 0, sizeof(b));
		put_pcap_header(&b, 0xa1b2c3d4, 65535, 1);
		put_pcap_record(&b, seconds[i], 0x00040002, 60, 60);
		put_pcap_record(&b, seconds[i], 0x00040002, 0, 60);
		put_pcap_record(&b, seconds[i], 5, 0, 0);
		put_pcap_record(&b, seconds[i], 5, 40, 40);
		read_bytes(&got, b.at, b.n, 0, 64);
		assert_int_equal(got.n, 4);
		assert_int_equal(got.ended, 0);
		assert_int_equal(got.frames[3].time_us, seconds[i] * TT_US_PER_S + 5);
	}
}

static void
where_a_file_was_joined_is_told_with_its_frames(void **state)
{
	struct tt_frame frames[64];
	struct tt_capfile *f;
	char path[32];
	int fd;

	memset(&b, 0, sizeof(b));
	put_file(PCAP, 1);
	put_file(PCAPNG, 1);
	fd = memory_file(b.at, b.n, path);
	assert_int_equal(tt_capfile_open(&f, path, NULL), 0);
	assert_int_equal(tt_capfile_joined_at(f), 0);
	assert_int_equal(tt_capfile_read(f, frames, 64, NULL), 2);
	assert_int_equal(tt_capfile_joined_at(f), 0);
	assert_int_equal(tt_capfile_read(f, frames, 64, NULL), 2);
	assert_int_equal(tt_capfile_joined_at(f), 217);
	assert_int_equal(tt_capfile_read(f, frames, 64, NULL), 0);
	assert_int_equal(tt_capfile_joined_at(f), 217);
	tt_capfile_close(f);
	close(fd);
}

/* Files of pcapng that `cat` joins are one, of several sections: a burst is of one of them. */
static void
where_a_section_begins_is_told_with_its_frames(void **state)
{
	struct tt_frame frames[64];
	struct tt_capfile *f;
	size_t starts[3];
	char path[32];
	int fd;

	memset(&b, 0, sizeof(b));
	for (unsigned i = 0; i < TT_ARRAY_SIZE(starts); i++) {
		starts[i] = b.n;
		put_file(i == 1 ? PCAPNG_BIG : PCAPNG, 1);
	}
	fd = memory_file(b.at, b.n, path);
	assert_int_equal(tt_capfile_open(&f, path, NULL), 0);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(starts); i++) {
		assert_int_equal(tt_capfile_read(f, frames, 64, NULL), 2);
		assert_int_equal(tt_capfile_begun_at(f), starts[i]);
		assert_int_equal(tt_capfile_joined_at(f), 0);
	}
	assert_int_equal(tt_capfile_read(f, frames, 64, NULL), 0);
	tt_capfile_close(f);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(any_kind_follows_any_other),
			cmocka_unit_test(
					a_cut_at_any_byte_gives_the_whole_frames_and_none_of_a_header),
			cmocka_unit_test(files_without_frames_may_be_among_them),
			cmocka_unit_test(one_that_cannot_be_read_is_named_with_its_place),
			cmocka_unit_test(records_of_that_time_are_none),
			cmocka_unit_test(where_a_file_was_joined_is_told_with_its_frames),
			cmocka_unit_test(where_a_section_begins_is_told_with_its_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
