/* SPDX-License-Identifier: BSD-3-Clause */
/* Compressed capture files: what comes out of them, whole, cut short and damaged. */
#include "capfile_bytes.h"

#include <errno.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

static struct bytes b;
static struct got got, whole;
static uint8_t packed[16384];
static size_t n_packed;

/* Nothing is packed of it yet. */
static void
begin_plain(void)
{
	make_plain(&b, &whole);
	n_packed = 0;
}

static void
pack_gzip(const uint8_t *from, size_t n)
{
	z_stream z = {.next_in = (uint8_t *)from,
			.avail_in = n,
			.next_out = packed + n_packed,
			.avail_out = sizeof(packed) - n_packed};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY),
			Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	n_packed += z.total_out;
	deflateEnd(&z);
}

static void
pack_zstd(const uint8_t *from, size_t n)
{
	size_t rc = ZSTD_compress(
			packed + n_packed, sizeof(packed) - n_packed, from, n, 3);

	assert_false(ZSTD_isError(rc));
	n_packed += rc;
}

static void
pack_zstd_with_checksum(const uint8_t *from, size_t n)
{
	ZSTD_CCtx *zstd = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
	n_packed = ZSTD_compress2(zstd, packed, sizeof(packed), from, n);
	assert_false(ZSTD_isError(n_packed));
	ZSTD_freeCCtx(zstd);
}

static void
pack_xz(const uint8_t *from, size_t n)
{
	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, NULL, from, n,
					 packed, &n_packed, sizeof(packed)),
			LZMA_OK);
}

static void (*const pack[])(const uint8_t *, size_t) = {pack_gzip, pack_zstd, pack_xz};

static void
assert_same_as_plain(size_t chunk, const char *text)
{
	read_bytes(&got, packed, n_packed, chunk, 7);
	assert_int_equal(got.opened, 0);
	assert_string_equal(got.text, text);
	assert_int_equal(got.ended, 0);
	assert_int_equal(got.n, whole.n);
	assert_same_frames(&got, &whole, whole.n);
}

static void
compressed_files_give_what_the_plain_file_gives(void **state)
{
	static const char *const texts[] = {"pcap, microseconds, little-endian, gzip",
			"pcap, microseconds, little-endian, zstd",
			"pcap, microseconds, little-endian, xz"};

	for (unsigned kind = 0; kind < TT_ARRAY_SIZE(pack); kind++) {
		begin_plain();
		pack[kind](b.at, b.n);
		assert_same_as_plain(0, texts[kind]);
		assert_same_as_plain(1, texts[kind]);
		begin_plain(); /* in three parts, the second of them empty */
		pack[kind](b.at, 100);
		pack[kind](b.at, 0);
		pack[kind](b.at + 100, b.n - 100);
		assert_same_as_plain(0, texts[kind]);
		assert_same_as_plain(33, texts[kind]);
	}
}

static void
zstd_may_begin_with_a_skippable_frame_and_gzip_end_with_zeros(void **state)
{
	begin_plain();
	memcpy(packed, "\x53\x2a\x4d\x18\x03\0\0\0abc", 11);
	n_packed = 11;
	pack_zstd(b.at, b.n);
	assert_same_as_plain(0, "pcap, microseconds, little-endian, zstd");
	begin_plain();
	pack_gzip(b.at, b.n);
	memset(packed + n_packed, 0, 512);
	n_packed += 512;
	assert_same_as_plain(0, "pcap, microseconds, little-endian, gzip");
}

/* Of four bytes each, after any stream (section 2.2 of its format). */
static void
xz_may_have_zeros_after_each_stream(void **state)
{
	begin_plain();
	for (unsigned part = 0; part < 2; part++) {
		pack_xz(b.at + part * 100, part == 0 ? 100 : b.n - 100);
		memset(packed + n_packed, 0, 8);
		n_packed += 8;
	}
	assert_same_as_plain(0, "pcap, microseconds, little-endian, xz");
	assert_same_as_plain(1, "pcap, microseconds, little-endian, xz");
	n_packed--;
	read_bytes(&got, packed, n_packed, 0, 64);
	assert_int_equal(got.n, 30);
	assert_true(got.ended < 0);
}

/* What xz -T writes. */
static void
xz_may_have_many_blocks(void **state)
{
	lzma_stream z = LZMA_STREAM_INIT;

	begin_plain();
	assert_int_equal(lzma_easy_encoder(&z, 0, LZMA_CHECK_SHA256), LZMA_OK);
	z.next_out = packed;
	z.avail_out = sizeof(packed);
	for (size_t at = 0; at < b.n; at += 64) {
		z.next_in = b.at + at;
		z.avail_in = b.n - at < 64 ? b.n - at : 64;
		assert_int_equal(lzma_code(&z, LZMA_FULL_FLUSH), LZMA_STREAM_END);
	}
	assert_int_equal(lzma_code(&z, LZMA_FINISH), LZMA_STREAM_END);
	n_packed = z.total_out;
	lzma_end(&z);
	assert_same_as_plain(0, "pcap, microseconds, little-endian, xz");
	assert_same_as_plain(7, "pcap, microseconds, little-endian, xz");
}

/* The size of the dictionary is behind LZMA2's number and a 1 in the header of the block, and that
 * has its checksum at the end. */
static void
set_dictionary(uint8_t size)
{
	uint8_t *block = packed + LZMA_STREAM_HEADER_SIZE;
	size_t n = 4 * (block[0] + 1);
	uint8_t *filter = memmem(block, n, "\x21\1", 2);

	assert_non_null(filter);
	filter[2] = size;
	tt_capfile_put_u32(block + n - 4, lzma_crc32(block, n - 4, 0));
}

static void
xz_that_takes_too_much_memory_is_refused(void **state)
{
	begin_plain();
	pack_xz(b.at, b.n);
	set_dictionary(28); /* 64 MiB, of xz -9 */
	assert_same_as_plain(0, "pcap, microseconds, little-endian, xz");
	set_dictionary(31); /* 192 MiB */
	read_bytes(&got, packed, n_packed, 0, 64);
	assert_int_equal(got.opened, -ENOMEM);
	assert_non_null(strstr(got.err.why, "takes 193 MiB of memory"));
}

static void
compressed_data_cut_at_any_byte_are_truncated_after_whole_frames(void **state)
{
	unsigned most = 0;

	for (unsigned kind = 0; kind < TT_ARRAY_SIZE(pack); kind++) {
		begin_plain();
		pack[kind](b.at, b.n);
		for (size_t cut = 1; cut < n_packed; cut++) {
			read_bytes(&got, packed, cut, cut % 2 ? 0 : 100, 8);
			if (got.opened < 0) {
				assert_int_equal(got.opened, -EBADMSG);
				continue;
			}
			assert_int_equal(got.ended, TT_CAPFILE_TRUNCATED);
			assert_true(got.n <= whole.n);
			assert_same_frames(&got, &whole, got.n);
			most = got.n > most ? got.n : most;
		}
	}
	assert_int_equal(most, 30); /* all but the checksum: still said */
}

/* A decoder may hold back output for which it has all the input. */
static void
what_is_left_of_compressed_data_is_the_same_through_any_buffer(void **state)
{
	static struct got other;

	for (unsigned kind = 0; kind < TT_ARRAY_SIZE(pack); kind++) {
		memset(&b, 0, sizeof(b));
		put_pcap_header(&b, 0xa1b2c3d4, 65535, 1);
		for (unsigned i = 0; i < 20; i++) {
			put_pcap_record(&b, 1700000000 + i, i, 200, 200);
			memset(b.at + b.n - 200, 1, 200);
		}
		n_packed = 0;
		pack[kind](b.at, b.n);
		for (size_t cut = 1; cut < n_packed; cut++) {
			read_bytes(&got, packed, cut, 0, 64);
			for (size_t chunk = 1; chunk < 600; chunk += 53) {
				read_bytes(&other, packed, cut, chunk, 64);
				assert_int_equal(other.opened, got.opened);
				assert_int_equal(other.ended, got.ended);
				assert_int_equal(other.n, got.n);
			}
		}
	}
}

static void
assert_damaged(const char *why)
{
	read_bytes(&got, packed, n_packed, 0, 64);
	assert_int_equal(got.n, 30);
	assert_int_equal(got.ended, -EBADMSG);
	assert_non_null(strstr(got.err.why, why));
}

static void
damage_in_compressed_data_is_damage_after_the_frames_before(void **state)
{
	begin_plain();
	pack_gzip(b.at, b.n);
	packed[n_packed - 6] ^= 1; /* in the checksum */
	assert_damaged("damaged gzip data");
	packed[n_packed - 6] ^= 1;
	memcpy(packed + n_packed, "junk", 4);
	n_packed += 4;
	assert_damaged("damaged gzip data");
	begin_plain();
	pack_zstd_with_checksum(b.at, b.n);
	packed[n_packed - 2] ^= 1;
	assert_damaged("damaged zstd data");
	begin_plain();
	pack_zstd(b.at, b.n);
	memcpy(packed + n_packed, "junkjunk", 8);
	n_packed += 8;
	assert_damaged("damaged zstd data");
	begin_plain();
	pack_xz(b.at, b.n);
	packed[n_packed - 1] ^= 1; /* the magic at its end */
	assert_damaged("damaged xz data");
	assert_damaged(": corrupt, or other bytes follow");
	packed[n_packed - 1] ^= 1;
	memcpy(packed + n_packed, "junkjunkjunk", 12);
	n_packed += 12;
	assert_damaged("damaged xz data");
	assert_damaged(": corrupt, or other bytes follow");
}

/* And the frames that come before it are the same through any buffer. */
static void
a_damaged_byte_of_xz_is_found_wherever_it_is(void **state)
{
	static struct got other;

	begin_plain();
	pack_xz(b.at, b.n);
	for (size_t bit = 0; bit < 8 * n_packed; bit++) {
		packed[bit / 8] ^= 1 << bit % 8;
		read_bytes(&got, packed, n_packed, 0, 64);
		assert_true(got.opened < 0 || got.ended < 0);
		assert_null(strstr(got.err.why, "not xz")); /* it is, but for the bit */
		for (size_t chunk = 1; chunk < 600; chunk += 167) {
			read_bytes(&other, packed, n_packed, chunk, 5);
			assert_int_equal(other.opened, got.opened);
			assert_int_equal(other.ended, got.ended);
			assert_int_equal(other.n, got.n);
			assert_same_frames(&other, &got, got.n);
		}
		packed[bit / 8] ^= 1 << bit % 8;
	}
}

static void
progress_ends_at_the_size_of_the_file_on_disk(void **state)
{
	struct tt_frame frames[64];
	struct tt_capfile *f;
	struct tt_error err;
	uint64_t done, total;
	char path[32];
	int fd;

	for (unsigned kind = 0; kind <= TT_ARRAY_SIZE(pack); kind++) {
		begin_plain();
		if (kind == 0)
			memcpy(packed, b.at, n_packed = b.n);
		else
			pack[kind - 1](b.at, b.n);
		fd = memory_file(packed, n_packed, path);
		assert_int_equal(tt_capfile_open(&f, path, &err), 0);
		while (tt_capfile_read(f, frames, 64, &err) > 0)
			;
		tt_capfile_progress(f, &done, &total);
		assert_int_equal(done, n_packed);
		assert_int_equal(total, n_packed);
		tt_capfile_close(f);
		close(fd);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(compressed_files_give_what_the_plain_file_gives),
			cmocka_unit_test(
					zstd_may_begin_with_a_skippable_frame_and_gzip_end_with_zeros),
			cmocka_unit_test(xz_may_have_zeros_after_each_stream),
			cmocka_unit_test(xz_may_have_many_blocks),
			cmocka_unit_test(xz_that_takes_too_much_memory_is_refused),
			cmocka_unit_test(
					compressed_data_cut_at_any_byte_are_truncated_after_whole_frames),
			cmocka_unit_test(
					what_is_left_of_compressed_data_is_the_same_through_any_buffer),
			cmocka_unit_test(
					damage_in_compressed_data_is_damage_after_the_frames_before),
			cmocka_unit_test(a_damaged_byte_of_xz_is_found_wherever_it_is),
			cmocka_unit_test(progress_ends_at_the_size_of_the_file_on_disk),
	};

	return cmocka_run_group_tests_name("capcodec", tests, NULL, NULL);
}
