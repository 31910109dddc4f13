/* SPDX-License-Identifier: BSD-3-Clause */
#include "capfile_bytes.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct bytes b;
static struct got got, whole;

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

	make_plain(&b, &whole);
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

	make_plain(&b, &whole);
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

	make_plain(&b, &whole);
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

	make_plain(&b, &whole);
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
			cmocka_unit_test(a_pipe_that_trickles_is_read_whole),
			cmocka_unit_test(a_dash_is_standard_input),
			cmocka_unit_test(frames_of_a_stream_outlive_the_next_burst),
			cmocka_unit_test(
					a_file_cut_while_it_is_read_ends_early_and_kills_nothing),
			cmocka_unit_test(
					a_read_that_fails_is_an_error_that_names_the_file),
			cmocka_unit_test(
					a_big_block_that_is_not_a_packet_is_skipped_in_a_stream),
	};

	return cmocka_run_group_tests_name("capstream", tests, NULL, NULL);
}
