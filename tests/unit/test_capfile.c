/* SPDX-License-Identifier: BSD-3-Clause */
#include "capfile_bytes.h"

#include <errno.h>

#include "tt_time.h"

#define SECOND INT64_C(1700000000)

static const size_t chunks[] = {0, 1, 100, 4096}; /* 0: the usual size */

static struct bytes b;
static struct got got, whole;

static void
start(bool big)
{
	memset(&b, 0, sizeof(b));
	b.big = big;
}

static void
take(void)
{
	read_bytes(&got, b.at, b.n, 0, 64);
}

static void
make_pcap(bool big, bool nanoseconds)
{
	start(big);
	put_pcap_header(&b, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 65535, 1);
	put_pcap_record(&b, SECOND, nanoseconds ? 123456789 : 123456, 60, 60);
	put_pcap_record(&b, SECOND + 1, 0, 0, 1500);
	put_pcap_record(&b, SECOND - 1, nanoseconds ? 999 : 999999, 41, 90);
}

/* Two sections, the second in the other byte order, and every kind of block. */
static void
make_pcapng(bool big)
{
	start(big);
	put_section(&b);
	put_unknown(&b, 0x00000bad, 400);
	put_interface(&b, 1, 262144, -1, 0);
	put_enhanced(&b, 0, SECOND * TT_US_PER_S + 123456, 60, 60);
	put_interface(&b, 101, 0, 9, 0);
	put_enhanced(&b, 1, SECOND * 1000000000 + 1999, 41, 1500);
	put_unknown(&b, 0x80000001, 0);
	put_simple(&b, 33, 33);
	put_obsolete(&b, 1, SECOND * 1000000000 + 3000, 20);
	b.big = !big;
	put_section(&b);
	put_interface(&b, 113, 30, 0, 0);
	put_simple(&b, 30, 64);
	put_enhanced(&b, 0, SECOND, 7, 7);
}

static void
pcap_is_read_in_both_byte_orders_and_resolutions(void **state)
{
	static const char *const texts[] = {"pcap, microseconds, little-endian",
			"pcap, nanoseconds, little-endian",
			"pcap, microseconds, big-endian",
			"pcap, nanoseconds, big-endian"};

	for (unsigned i = 0; i < 4; i++) {
		make_pcap(i & 2, i & 1);
		take();
		assert_int_equal(got.opened, 0);
		assert_string_equal(got.text, texts[i]);
		assert_int_equal(got.ended, 0);
		assert_int_equal(got.n, 3);
		assert_int_equal(got.frames[0].time_us, SECOND * TT_US_PER_S + 123456);
		assert_int_equal(got.frames[1].time_us, (SECOND + 1) * TT_US_PER_S);
		assert_int_equal(got.frames[1].captured, 0);
		assert_int_equal(got.frames[1].length, 1500);
		assert_int_equal(got.frames[2].time_us,
				(SECOND - 1) * TT_US_PER_S + (i & 1 ? 0 : 999999));
		assert_int_equal(got.frames[2].link, 1);
	}
}

static void
odd_pcap_files_read_as_libpcap_reads_them(void **state)
{
	start(false);
	put_pcap_header(&b, 0xa1b2c3d4, 50, 0x14000071); /* with a frame check sequence */
	put_pcap_record(&b, SECOND, 2500000, 60, 60);
	put_pcap_record(&b, SECOND, -5, 10, 60);
	put_pcap_record(&b, UINT32_MAX, 0, 70, 60);
	take();
	assert_int_equal(got.n, 3);
	assert_int_equal(got.frames[0].link, 0x71);
	assert_int_equal(got.frames[0].captured, 50);
	assert_int_equal(got.frames[0].time_us, (SECOND + 2) * TT_US_PER_S + 500000);
	assert_int_equal(got.frames[1].time_us, SECOND * TT_US_PER_S - 5);
	assert_int_equal(got.frames[2].time_us, UINT32_MAX * TT_US_PER_S);
	assert_int_equal(got.frames[2].length, 60);
	make_pcap(false, false);
	b.at[6] = 2; /* version 2.2: length on the wire first */
	put_u32(&b, SECOND);
	put_u32(&b, 0);
	put_u32(&b, 99);
	put_u32(&b, 8);
	put_payload(&b, 8);
	memmove(b.at + 24, b.at + b.n - 24, 24);
	read_bytes(&got, b.at, 48, 0, 64);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.frames[0].captured, 8);
	assert_int_equal(got.frames[0].length, 99);
}

static void
an_absurd_length_in_pcap_is_damage_and_keeps_the_frames_before(void **state)
{
	make_pcap(false, false);
	put_u32(&b, SECOND);
	put_u32(&b, 0);
	put_u32(&b, 262145);
	put_u32(&b, 262145);
	take();
	assert_int_equal(got.n, 3);
	assert_int_equal(got.ended, -EBADMSG);
	assert_non_null(strstr(got.err.why, "byte 173"));
	b.at[b.n - 8]--; /* 262144: just a file that ends early */
	take();
	assert_int_equal(got.n, 3);
	assert_int_equal(got.ended, TT_CAPFILE_TRUNCATED);
	assert_non_null(strstr(got.err.why, "byte 173"));
}

static void
pcapng_is_read_in_both_byte_orders_with_every_packet_block(void **state)
{
	const int64_t us = SECOND * TT_US_PER_S;
	const int64_t times[] = {us + 123456, us + 1, us + 1, us + 3, 0, us};
	const unsigned captured[] = {60, 41, 33, 20, 30, 7};
	const unsigned lengths[] = {60, 1500, 33, 21, 64, 7};
	const unsigned links[] = {1, 101, 1, 101, 113, 113};

	for (unsigned big = 0; big < 2; big++) {
		make_pcapng(big);
		take();
		assert_string_equal(got.text, "pcapng");
		assert_int_equal(got.ended, 0);
		assert_int_equal(got.n, 6);
		for (unsigned i = 0; i < 6; i++) {
			assert_int_equal(got.frames[i].time_us, times[i]);
			assert_int_equal(got.frames[i].captured, captured[i]);
			assert_int_equal(got.frames[i].length, lengths[i]);
			assert_int_equal(got.frames[i].link, links[i]);
		}
	}
}

static int64_t
time_of(int tsresol, int64_t offset, uint64_t ticks)
{
	start(false);
	put_section(&b);
	put_interface(&b, 1, 0, tsresol, offset);
	put_enhanced(&b, 0, ticks, 4, 4);
	take();
	assert_int_equal(got.n, 1);
	return got.frames[0].time_us;
}

static void
pcapng_times_are_exact_at_any_resolution(void **state)
{
	const int64_t us = SECOND * TT_US_PER_S;

	assert_int_equal(time_of(-1, 0, us + 7), us + 7);
	assert_int_equal(time_of(0, 0, SECOND), us);
	assert_int_equal(time_of(3, 0, SECOND * 1000 + 9), us + 9000);
	assert_int_equal(time_of(9, 0, SECOND * 1000000000 + 7999), us + 7);
	assert_int_equal(time_of(19, 0, UINT64_MAX), 1844674);
	assert_int_equal(time_of(25, 0, UINT64_MAX), 1);
	assert_int_equal(time_of(26, 0, UINT64_MAX), 0);
	assert_int_equal(time_of(127, 0, UINT64_MAX), 0);
	assert_int_equal(time_of(0x80, 0, SECOND), us);
	assert_int_equal(time_of(0x80 | 20, 0, (SECOND << 20) + (1 << 19) + 1),
			us + 500000);
	assert_int_equal(time_of(0x80 | 32, 0, UINT64_MAX), 4294967295999999);
	assert_int_equal(time_of(0x80 | 64, 0, UINT64_MAX), 999999);
	assert_int_equal(time_of(0x80 | 127, 0, UINT64_MAX), 0);
	assert_int_equal(time_of(6, SECOND, 42), us + 42);
	assert_int_equal(time_of(6, -10, us), us - 10 * TT_US_PER_S);
}

static void
times_that_no_calendar_holds_are_clamped(void **state)
{
	assert_int_equal(time_of(0, 0, UINT64_MAX), TT_TIME_MAX);
	assert_int_equal(time_of(0, INT64_MAX, UINT64_MAX), TT_TIME_MAX);
	assert_int_equal(time_of(6, INT64_MIN, 0), TT_TIME_MIN);
	assert_int_equal(time_of(6, -1, 999999), TT_TIME_MIN);
}

static void
assert_damaged_after(unsigned frames, const char *why)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(chunks); i++) {
		read_bytes(&got, b.at, b.n, chunks[i], 64);
		assert_int_equal(got.opened, 0);
		assert_int_equal(got.n, frames);
		assert_int_equal(got.ended, -EBADMSG);
		assert_non_null(strstr(got.err.why, why));
		assert_non_null(strstr(got.err.why, "damaged at byte"));
		assert_non_null(strstr(got.err.where, "/proc/self/fd/"));
	}
}

static void
damage_in_pcapng_is_named_and_keeps_the_frames_before(void **state)
{
	size_t at;

	make_pcapng(false);
	put_enhanced(&b, 1, 0, 4, 4);
	assert_damaged_after(6, "interface 1");
	make_pcapng(false);
	b.at[b.n - 4]++;
	assert_damaged_after(5, "two lengths differ");
	make_pcapng(false);
	at = b.n;
	put_unknown(&b, 99, 4);
	b.at[at + 7] = 6; /* the second section is big-endian */
	assert_damaged_after(6, "a block of 6 bytes");
	b.at[at + 7] = 18;
	assert_damaged_after(6, "a block of 18 bytes");
	make_pcapng(false);
	at = b.n;
	put_enhanced(&b, 0, 0, 8, 8);
	b.at[at + 23] = 9;
	assert_damaged_after(6, "9 captured bytes in a block of 40");
	make_pcapng(false);
	at = b.n;
	put_section(&b);
	b.at[at + 8] = 0;
	assert_damaged_after(6, "byte-order mark");
	make_pcapng(false);
	put_section(&b);
	put_simple(&b, 4, 4);
	assert_damaged_after(6, "interface 0");
	make_pcapng(true);
	at = b.n;
	put_interface(&b, 1, 0, 9, 0);
	b.at[at + 18] = 200; /* the name's length */
	assert_damaged_after(6, "past its block");
}

static void
check_every_cut(size_t chunk, unsigned burst)
{
	read_bytes(&whole, b.at, b.n, 0, 64);
	assert_int_equal(whole.n, b.frames);
	for (size_t cut = 0; cut <= b.n; cut++) {
		read_bytes(&got, b.at, cut, chunk, burst);
		if (cut < b.marks[0].end) {
			assert_int_equal(got.opened, -EBADMSG);
			continue;
		}
		assert_int_equal(got.opened, 0);
		assert_int_equal(got.n, frames_before(&b, cut));
		assert_int_equal(got.ended,
				is_boundary(&b, cut) ? 0 : TT_CAPFILE_TRUNCATED);
		assert_same_frames(&got, &whole, got.n);
	}
}

static void
a_file_cut_at_any_byte_gives_its_whole_frames_and_says_so(void **state)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(chunks); i++) {
		for (unsigned big = 0; big < 2; big++) {
			make_pcap(big, i & 1);
			check_every_cut(chunks[i], i == 1 ? 1 : 64);
			make_pcapng(big);
			check_every_cut(chunks[i], i == 1 ? 2 : 64);
		}
	}
}

static void
assert_refused(const void *bytes, size_t n, const char *why)
{
	read_bytes(&got, bytes, n, 0, 64);
	assert_int_equal(got.opened, -EBADMSG);
	assert_non_null(strstr(got.err.why, why));
	assert_non_null(strstr(got.err.where, "/proc/self/fd/"));
}

static int
may_begin(const void *bytes, size_t n)
{
	char path[32];
	int fd = memory_file(bytes, n, path);
	int rc = tt_capfile_may_begin(path, NULL);

	close(fd);
	return rc;
}

static void
a_file_that_ends_before_its_first_frame_may_yet_become_a_capture(void **state)
{
	/* gzip of nothing */
	static const uint8_t nothing[] = {
			0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};

	make_pcap(false, false);
	for (unsigned n = 4; n < 24; n++)
		assert_int_equal(may_begin(b.at, n), 0);
	make_pcapng(false);
	for (unsigned n = 4; n < 28; n++)
		assert_int_equal(may_begin(b.at, n), 0);
	assert_int_equal(may_begin("", 0), 0);
	assert_int_equal(may_begin(nothing, sizeof(nothing)), 0);
	assert_int_equal(may_begin(nothing, 10), 0);
	assert_int_equal(may_begin("hello, world\n", 13), -EBADMSG);
	assert_refused(nothing, sizeof(nothing), "it is empty");
	assert_refused(nothing, 10, "inside the file header");
}

static void
what_is_no_capture_file_is_refused_by_name(void **state)
{
	assert_refused("", 0, "empty");
	assert_refused("\xd4\xc3\xb2", 3, "neither pcap nor pcapng");
	assert_refused("\xd4\xc3\xb2\xa1", 4, "inside the file header");
	assert_refused("hello, world\n", 13, "neither pcap nor pcapng");
	start(false);
	b.n = 511;
	memset(b.at, 'a', 148);
	assert_refused(b.at, b.n, "neither pcap nor pcapng");
	b.n = 512;
	assert_refused(b.at, b.n, "neither pcap nor pcapng");
	snprintf((char *)b.at + 148, 8, "%06o", 148 * 'a' + 8 * ' ');
	assert_refused(b.at, b.n, "a tar archive; extract it first");
	b.at[153]++;
	assert_refused(b.at, b.n, "neither pcap nor pcapng");
	assert_refused("\x7f"
		       "ELF\x02\x01\x01",
			7, "neither pcap nor pcapng");
	assert_refused("\x34\xcd\xb2\xa1....", 8, "modified");
	assert_refused("\xa1\xb2\xcd\x34....", 8, "modified");
	assert_refused("BZh91AY", 7, "compressed with bzip2; decompress it first");
	assert_refused("\x04\x22\x4d\x18\x64\x40", 6,
			"compressed with lz4; decompress it first");
	assert_refused("\x02\x21\x4c\x18....", 8,
			"compressed with lz4; decompress it first");
	assert_refused("\x1f\x9d\x90.", 4, "(.Z); decompress it first");
	assert_refused("LZIP\x01", 5, "compressed with lzip; decompress it first");
	assert_refused("\x89LZO\r\n", 6, "compressed with lzop; decompress it first");
	assert_refused("7z\xbc\xaf\x27\x1c", 6, "a 7z archive; extract it first");
	assert_refused("PK\x03\x04\x14", 5, "a zip archive; extract it first");
	assert_refused("\x1f\x8b\x08\x00", 4, "inside the file header");
	assert_refused("\x1f\x8b\x08\xff....", 8, "damaged gzip");
	make_pcap(false, false);
	b.at[6] = 5;
	assert_refused(b.at, b.n, "version 2.5");
	make_pcapng(false);
	b.at[12] = 2;
	assert_refused(b.at, b.n, "version 2.0");
	read_path(&got, "/", 0, 64);
	assert_int_equal(got.opened, -EISDIR);
	read_path(&got, "/nonexistent/x.pcap", 0, 64);
	assert_int_equal(got.opened, -ENOENT);
	assert_string_equal(got.err.where, "/nonexistent/x.pcap");
}

static void
a_section_of_endless_interfaces_is_damage(void **state)
{
	const unsigned most = 65536;
	size_t section, block, n;
	uint8_t *large;

	start(false);
	put_section(&b);
	section = b.n;
	put_interface(&b, 1, 0, -1, 0);
	block = b.n - section;
	n = section + (most + 1) * block;
	large = malloc(n);
	memcpy(large, b.at, section);
	for (unsigned i = 0; i <= most; i++)
		memcpy(large + section + i * block, b.at + section, block);
	read_bytes(&got, large, n - block, 0, 64);
	assert_int_equal(got.ended, 0);
	read_bytes(&got, large, n, 0, 64);
	assert_int_equal(got.ended, -EBADMSG);
	assert_non_null(strstr(got.err.why, "more than 65536 interfaces"));
	free(large);
}

static void
a_header_without_frames_is_a_capture_of_none(void **state)
{
	make_pcap(false, false);
	read_bytes(&got, b.at, 24, 0, 64);
	assert_int_equal(got.opened, 0);
	assert_int_equal(got.n, 0);
	assert_int_equal(got.ended, 0);
	start(true);
	put_section(&b);
	take();
	assert_int_equal(got.opened, 0);
	assert_int_equal(got.n, 0);
	assert_int_equal(got.ended, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					pcap_is_read_in_both_byte_orders_and_resolutions),
			cmocka_unit_test(odd_pcap_files_read_as_libpcap_reads_them),
			cmocka_unit_test(
					an_absurd_length_in_pcap_is_damage_and_keeps_the_frames_before),
			cmocka_unit_test(
					pcapng_is_read_in_both_byte_orders_with_every_packet_block),
			cmocka_unit_test(pcapng_times_are_exact_at_any_resolution),
			cmocka_unit_test(times_that_no_calendar_holds_are_clamped),
			cmocka_unit_test(
					damage_in_pcapng_is_named_and_keeps_the_frames_before),
			cmocka_unit_test(
					a_file_cut_at_any_byte_gives_its_whole_frames_and_says_so),
			cmocka_unit_test(
					a_file_that_ends_before_its_first_frame_may_yet_become_a_capture),
			cmocka_unit_test(what_is_no_capture_file_is_refused_by_name),
			cmocka_unit_test(a_section_of_endless_interfaces_is_damage),
			cmocka_unit_test(a_header_without_frames_is_a_capture_of_none),
	};

	return cmocka_run_group_tests_name("capfile", tests, NULL, NULL);
}
