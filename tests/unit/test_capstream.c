/* SPDX-License-Identifier: BSD-3-Clause */
#include "capfile_bytes.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <zlib.h>
#include <zstd.h>

static struct bytes b;
static struct got got, whole;
static uint8_t packed[16384];
static size_t n_packed;

static void
make_plain(void)
{
	memset(&b, 0, sizeof(b));
	put_pcap_header(&b, 0xa1b2c3d4, 65535, 1);
	for (unsigned i = 0; i < 30; i++)
		put_pcap_record(&b, 1700000000 + i, i, 40 + i, 60 + i);
	read_bytes(&whole, b.at, b.n, 0, 64);
	assert_int_equal(whole.n, 30);
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
pack(bool zstd, const uint8_t *from, size_t n)
{
	if (zstd)
		pack_zstd(from, n);
	else
		pack_gzip(from, n);
}

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
gzip_and_zstd_give_what_the_plain_file_gives(void **state)
{
	static const char *const texts[] = {"pcap, microseconds, little-endian, gzip",
			"pcap, microseconds, little-endian, zstd"};

	for (unsigned zstd = 0; zstd < 2; zstd++) {
		make_plain();
		pack(zstd, b.at, b.n);
		assert_same_as_plain(0, texts[zstd]);
		assert_same_as_plain(1, texts[zstd]);
		make_plain(); /* in three parts, the second of them empty */
		pack(zstd, b.at, 100);
		pack(zstd, b.at, 0);
		pack(zstd, b.at + 100, b.n - 100);
		assert_same_as_plain(0, texts[zstd]);
		assert_same_as_plain(33, texts[zstd]);
	}
}

static void
zstd_may_begin_with_a_skippable_frame_and_gzip_end_with_zeros(void **state)
{
	make_plain();
	memcpy(packed, "\x53\x2a\x4d\x18\x03\0\0\0abc", 11);
	n_packed = 11;
	pack_zstd(b.at, b.n);
	assert_same_as_plain(0, "pcap, microseconds, little-endian, zstd");
	make_plain();
	pack_gzip(b.at, b.n);
	memset(packed + n_packed, 0, 512);
	n_packed += 512;
	assert_same_as_plain(0, "pcap, microseconds, little-endian, gzip");
}

static void
compressed_data_cut_at_any_byte_are_truncated_after_whole_frames(void **state)
{
	unsigned most = 0;

	for (unsigned zstd = 0; zstd < 2; zstd++) {
		make_plain();
		pack(zstd, b.at, b.n);
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

	for (unsigned zstd = 0; zstd < 2; zstd++) {
		memset(&b, 0, sizeof(b));
		put_pcap_header(&b, 0xa1b2c3d4, 65535, 1);
		for (unsigned i = 0; i < 20; i++) {
			put_pcap_record(&b, 1700000000 + i, i, 200, 200);
			memset(b.at + b.n - 200, 1, 200);
		}
		n_packed = 0;
		pack(zstd, b.at, b.n);
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
damage_in_compressed_data_is_damage_after_the_frames_before(void **state)
{
	make_plain();
	pack_gzip(b.at, b.n);
	packed[n_packed - 6] ^= 1; /* in the checksum */
	read_bytes(&got, packed, n_packed, 0, 64);
	assert_int_equal(got.n, 30);
	assert_int_equal(got.ended, -EBADMSG);
	assert_non_null(strstr(got.err.why, "damaged gzip data"));
	packed[n_packed - 6] ^= 1;
	memcpy(packed + n_packed, "junk", 4);
	n_packed += 4;
	read_bytes(&got, packed, n_packed, 0, 64);
	assert_int_equal(got.n, 30);
	assert_int_equal(got.ended, -EBADMSG);
	make_plain();
	pack_zstd_with_checksum(b.at, b.n);
	packed[n_packed - 2] ^= 1;
	read_bytes(&got, packed, n_packed, 0, 64);
	assert_int_equal(got.n, 30);
	assert_int_equal(got.ended, -EBADMSG);
	make_plain();
	pack_zstd(b.at, b.n);
	memcpy(packed + n_packed, "junkjunk", 8);
	n_packed += 8;
	read_bytes(&got, packed, n_packed, 0, 64);
	assert_int_equal(got.n, 30);
	assert_int_equal(got.ended, -EBADMSG);
	assert_non_null(strstr(got.err.why, "damaged zstd data"));
}

/* Writes the plain file to fd in small pieces from a process of its own. */
static pid_t
feed(int fd, size_t piece)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	for (size_t at = 0; at < b.n; at += piece) {
		size_t n = b.n - at < piece ? b.n - at : piece;

		if (write(fd, b.at + at, n) != (ssize_t)n)
			_exit(1);
	}
	_exit(0);
}

static void
a_pipe_that_trickles_is_read_whole(void **state)
{
	char path[32];
	int fds[2];
	pid_t pid;

	make_plain();
	for (size_t piece = 1; piece < 64; piece += 30) {
		assert_int_equal(pipe(fds), 0);
		pid = feed(fds[1], piece);
		close(fds[1]);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
		read_path(&got, path, 0, 5);
		close(fds[0]);
		waitpid(pid, NULL, 0);
		assert_int_equal(got.ended, 0);
		assert_int_equal(got.n, whole.n);
		assert_same_frames(&got, &whole, whole.n);
	}
}

static void
a_dash_is_standard_input(void **state)
{
	int saved = dup(STDIN_FILENO), fd;
	struct tt_capfile *f;
	struct tt_error err;
	char path[32];

	make_plain();
	fd = memory_file(b.at, b.n, path);
	lseek(fd, 0, SEEK_SET);
	dup2(fd, STDIN_FILENO);
	read_path(&got, "-", 0, 64);
	assert_int_equal(got.n, whole.n);
	assert_same_frames(&got, &whole, whole.n);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(tt_capfile_open(&f, "-", &err), 0);
	assert_false(tt_capfile_rereadable(f));
	tt_capfile_close(f);
	assert_int_equal(tt_capfile_open(&f, path, &err), 0);
	assert_true(tt_capfile_rereadable(f));
	tt_capfile_close(f);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(fd);
}

static uint32_t
sum_of(const struct tt_frame *frames, int n)
{
	uint32_t sum = 0;

	for (int i = 0; i < n; i++)
		for (uint32_t k = 0; k < frames[i].captured; k++)
			sum = sum * 31 + frames[i].data[k];
	return sum;
}

static void
frames_of_a_stream_outlive_the_next_burst(void **state)
{
	struct tt_frame frames[2][3];
	struct tt_capfile *f;
	struct tt_error err;
	uint32_t sum = 0;
	char path[32];
	int fd, n, before = 0;

	make_plain();
	fd = memory_file(b.at, b.n, path);
	for (size_t chunk = 1; chunk < 600; chunk += 13) {
		assert_int_equal(tt_capfile_open_chunked(&f, path, chunk, &err), 0);
		for (unsigned i = 0; (n = tt_capfile_read(f, frames[i % 2], 3, &err)) > 0;
				i++) {
			assert_int_equal(sum_of(frames[(i + 1) % 2], before), sum);
			before = n;
			sum = sum_of(frames[i % 2], n);
		}
		assert_int_equal(n, 0);
		tt_capfile_close(f);
		before = sum = 0;
	}
	close(fd);
}

static void
a_file_cut_while_it_is_read_ends_early_and_kills_nothing(void **state)
{
	struct tt_frame frames[64];
	struct tt_capfile *f;
	struct tt_error err;
	unsigned total = 0;
	uint8_t *large;
	char path[32];
	size_t n = 0;
	int fd, got_now;

	make_plain();
	large = malloc(4096 * b.n); /* more than what is read ahead */
	memcpy(large, b.at, n = b.n);
	for (unsigned i = 1; i < 4096; i++, n += b.n - 24)
		memcpy(large + n, b.at + 24, b.n - 24);
	assert_true(n > 3 * TT_CAPSTREAM_CHUNK);
	fd = memory_file(large, n, path);
	free(large);
	assert_int_equal(tt_capfile_open(&f, path, &err), 0);
	assert_int_equal(tt_capfile_read(f, frames, 64, &err), 64);
	assert_int_equal(ftruncate(fd, n / 2), 0);
	while ((got_now = tt_capfile_read(f, frames, 64, &err)) > 0)
		total += got_now;
	assert_true(total < 30 * 4096 / 2);
	assert_true(got_now == 0 || got_now == TT_CAPFILE_TRUNCATED);
	tt_capfile_close(f);
	close(fd);
}

static void
a_read_that_fails_is_an_error_that_names_the_file(void **state)
{
	/* Nothing is mapped at address 0, so the kernel fails to read there. */
	read_path(&got, "/proc/self/mem", 0, 64);
	assert_int_equal(got.opened, -EIO);
	assert_string_equal(got.err.where, "/proc/self/mem");
	assert_non_null(strstr(got.err.why, "reading failed"));
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

	for (unsigned kind = 0; kind < 3; kind++) {
		make_plain();
		if (kind == 0)
			memcpy(packed, b.at, n_packed = b.n);
		else
			pack(kind == 2, b.at, b.n);
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

static void
a_big_block_that_is_not_a_packet_is_skipped_in_a_stream(void **state)
{
	size_t start;

	memset(&b, 0, sizeof(b));
	put_section(&b);
	put_interface(&b, 1, 0, -1, 0);
	put_enhanced(&b, 0, 1, 10, 10);
	start = begin_block(&b, 0x0000000a);
	put_payload(&b, 5000);
	end_block(&b, start, 0);
	put_enhanced(&b, 0, 2, 20, 20);
	read_bytes(&got, b.at, b.n, 64, 64);
	assert_int_equal(got.ended, 0);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.frames[1].captured, 20);
	b.at[start + 5011] ^= 1; /* the length at its end */
	read_bytes(&got, b.at, b.n, 64, 64);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.ended, -EBADMSG);
	read_bytes(&got, b.at, start + 3000, 64, 64);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.ended, TT_CAPFILE_TRUNCATED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(gzip_and_zstd_give_what_the_plain_file_gives),
			cmocka_unit_test(
					zstd_may_begin_with_a_skippable_frame_and_gzip_end_with_zeros),
			cmocka_unit_test(
					compressed_data_cut_at_any_byte_are_truncated_after_whole_frames),
			cmocka_unit_test(
					what_is_left_of_compressed_data_is_the_same_through_any_buffer),
			cmocka_unit_test(
					damage_in_compressed_data_is_damage_after_the_frames_before),
			cmocka_unit_test(a_pipe_that_trickles_is_read_whole),
			cmocka_unit_test(a_dash_is_standard_input),
			cmocka_unit_test(frames_of_a_stream_outlive_the_next_burst),
			cmocka_unit_test(
					a_file_cut_while_it_is_read_ends_early_and_kills_nothing),
			cmocka_unit_test(
					a_read_that_fails_is_an_error_that_names_the_file),
			cmocka_unit_test(progress_ends_at_the_size_of_the_file_on_disk),
			cmocka_unit_test(
					a_big_block_that_is_not_a_packet_is_skipped_in_a_stream),
	};

	return cmocka_run_group_tests_name("capstream", tests, NULL, NULL);
}
