/* SPDX-License-Identifier: BSD-3-Clause */
#include "recall_bed.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define SECRET UINT64_C(0x0123456789abcdef)
#define NAME   80 /* in the file */
#define RATES  (NAME + 64)
#define HEADER (RATES + 34 * 16)

static char dir[] = "/tmp/test_recall.XXXXXX";

static const char *
path_of(const char *name)
{
	static char path[2][sizeof(dir) + 64];
	static unsigned turn;

	turn ^= 1;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

static void
save(const struct tt_recall *recall, const char *name)
{
	struct tt_error err = {0};

	if (tt_recall_save(recall, path_of(name), "sensor", &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

static void
load(struct tt_recall *recall, const char *name)
{
	struct tt_error err = {0};

	if (tt_recall_load(recall, path_of(name), "sensor", &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

static size_t
read_file(const char *name, uint8_t **bytes)
{
	FILE *in = fopen(path_of(name), "r");
	size_t n;

	assert_non_null(in);
	assert_int_equal(fseek(in, 0, SEEK_END), 0);
	n = (size_t)ftell(in);
	rewind(in);
	*bytes = malloc(n + 1);
	assert_int_equal(fread(*bytes, 1, n, in), n);
	fclose(in);
	return n;
}

static void
write_file(const char *name, const uint8_t *bytes, size_t n)
{
	FILE *out = fopen(path_of(name), "w");

	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	assert_int_equal(fclose(out), 0);
}

static void
assert_same_file(const char *left, const char *right)
{
	uint8_t *a, *b;
	size_t n = read_file(left, &a);

	assert_int_equal(read_file(right, &b), n);
	assert_memory_equal(a, b, n);
	free(a);
	free(b);
}

static struct tt_recall *
make_filled(uint64_t sources, uint32_t n, int direction)
{
	struct tt_recall *recall = make(sources, 10);

	for (int interval = 0; interval < 3; interval++)
		for (uint32_t k = 0; k < n; k++) {
			uint32_t i = direction > 0 ? k : n - 1 - k;

			if (i % 3 >= (uint32_t)interval)
				source(recall, addr(i), interval);
			target(recall, i % 2 == 0 ? TT_PROTO_TCP : TT_PROTO_UDP,
					(int32_t)(i % 65536), interval);
		}
	target(recall, TT_PROTO_ICMPV6, 255, 2);
	target(recall, 47, -1, 2);
	return recall;
}

static void
a_file_brings_back_all_that_was_known(void **state)
{
	struct tt_recall *first = make_filled(SOURCES, 900, 1), *second = make(4096, 10);
	DIR *list;

	save(first, "one");
	load(second, "one");
	assert_int_equal(tt_recall_since_us(second), at(0));
	assert_int_equal(tt_recall_shift(second), 0);
	save(second, "two");
	assert_same_file("one", "two");
	for (uint32_t i = 0; i < 1000; i++)
		for (int n = 2; n < 15; n += 6)
			assert_int_equal(source(second, addr(i), n),
					source(first, addr(i), n));
	for (int32_t i = 0; i < 65536; i++) {
		assert_int_equal(target(second, TT_PROTO_TCP, i, 3),
				target(first, TT_PROTO_TCP, i, 3));
		assert_int_equal(target(second, TT_PROTO_UDP, i, 3),
				target(first, TT_PROTO_UDP, i, 3));
	}
	assert_false(target(second, TT_PROTO_ICMPV6, 255, 3));
	assert_false(target(second, 47, -1, 3));
	assert_true(target(second, 47, -1, 2));
	assert_true(target(second, 50, -1, 3));
	list = opendir(dir);
	for (struct dirent *entry; (entry = readdir(list)) != NULL;)
		assert_null(strstr(entry->d_name, ".tmp"));
	closedir(list);
	tt_recall_destroy(first);
	tt_recall_destroy(second);
}

static void
the_secret_is_kept_and_nobody_else_may_read_it(void **state)
{
	struct tt_recall *first = make(SOURCES, 10), *second = make(SOURCES, 10);
	mode_t mask = umask(0);
	struct stat st;

	assert_true(tt_recall_set_secret(first, SECRET));
	for (int n = 0; n < 2; n++)
		for (uint32_t i = 0; i < SOURCES * 5; i++)
			source(first, addr(i), n);
	/* What a killed run left may have any mode. */
	write_file("secret.tmp", (const uint8_t *)"x", 1);
	save(first, "secret");
	umask(mask);
	assert_int_equal(stat(path_of("secret"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	load(second, "secret");
	assert_int_equal(tt_recall_secret(second), SECRET);
	assert_int_equal(tt_recall_shift(second), 3);
	assert_int_equal(tt_recall_latest_us(second), at(1));
	for (uint32_t i = 0; i < SOURCES * 5; i++)
		assert_int_equal(source(second, addr(i), 2), source(first, addr(i), 2));
	save(first, "one");
	save(second, "two");
	assert_same_file("one", "two");
	tt_recall_destroy(first);
	tt_recall_destroy(second);
}

/* The hash of an address is a bijection of its lower half: see tt_hash_mix. */
static struct tt_addr
chosen(uint64_t hash)
{
	hash ^= hash >> 31 ^ hash >> 62;
	hash *= UINT64_C(0x319642b2d24d8ec3);
	hash ^= hash >> 27 ^ hash >> 54;
	hash *= UINT64_C(0x96de1b173f119089);
	hash ^= hash >> 30 ^ hash >> 60;
	return (struct tt_addr){1, hash ^ tt_hash_mix(1 ^ TT_SKETCH_SEED)};
}

static void
a_table_too_small_for_the_last_shift_knows_that_it_lacks_some(void **state)
{
	struct tt_recall *big = make(4096, 10), *small = make(SOURCES, 10);

	for (uint32_t i = 0; i < 4096; i++)
		assert_int_equal(source(big, chosen(i), 0), TT_RETURNING_NO);
	save(big, "big");
	load(small, "big");
	assert_int_equal(tt_recall_shift(small), TT_SAMPLE_SHIFT_MAX);
	for (uint32_t i = 0; i < 4096; i++)
		assert_int_equal(source(small, chosen(i), 10),
				i < SOURCES ? TT_RETURNING_YES : TT_RETURNING_UNKNOWN);
	tt_recall_destroy(big);
	tt_recall_destroy(small);
}

static void
the_same_content_is_the_same_bytes(void **state)
{
	struct tt_recall *a = make_filled(5000, 4000, 1),
			 *b = make_filled(9000, 4000, -1);

	save(a, "a");
	save(b, "b");
	assert_same_file("a", "b");
	tt_recall_destroy(a);
	tt_recall_destroy(b);
}

static void
a_smaller_table_takes_a_sample_of_the_file(void **state)
{
	struct tt_recall *big = make_filled(8192, 8000, 1), *small = make(SOURCES, 10);
	unsigned shift;

	save(big, "big");
	load(small, "big");
	shift = tt_recall_shift(small);
	assert_in_range(shift, 3, 4);
	for (uint32_t i = 0; i < 8000; i++) {
		uint64_t hash = tt_sketch_hash(addr(i));
		enum tt_returning got = source(small, addr(i), 12);

		if (!is_kept(hash, shift))
			assert_int_equal(got, TT_RETURNING_UNKNOWN);
		else
			assert_int_equal(got, source(big, addr(i), 12));
	}
	assert_int_equal(tt_recall_shift(small), shift);
	save(small, "small");
	tt_recall_destroy(big);
	big = make(8192, 10);
	load(big, "small");
	assert_int_equal(tt_recall_shift(big), shift);
	tt_recall_destroy(big);
	tt_recall_destroy(small);
}

/* A flood, after which what the sample lost is collected again and becomes known. */
static uint32_t
sources_of(int interval)
{
	return interval == 0 ? 20000 : 200;
}

static void
a_restart_changes_neither_answers_nor_the_file(void **state)
{
	struct tt_recall *steady = make(SOURCES, 10), *restarted = make(SOURCES, 10);
	unsigned n_falls = 0;

	for (int n = 0; n < 24; n++) {
		unsigned before = tt_recall_shift(steady);

		for (uint32_t i = 0; i < sources_of(n); i++) {
			assert_int_equal(source(restarted, addr(i), n),
					source(steady, addr(i), n));
			if (i == 100 || i == 199) {
				save(restarted, "restarted");
				tt_recall_destroy(restarted);
				restarted = make(SOURCES, 10);
				load(restarted, "restarted");
			}
		}
		n_falls += tt_recall_shift(steady) < before;
		save(restarted, "restarted");
		save(steady, "steady");
		assert_same_file("steady", "restarted");
	}
	assert_int_equal(n_falls, 1);
	assert_int_equal(tt_recall_shift(restarted), 0);
	tt_recall_destroy(steady);
	tt_recall_destroy(restarted);
}

static void
a_smaller_table_leaves_out_what_was_only_collected(void **state)
{
	struct tt_recall *big = make(16384, 10), *small = make(SOURCES, 10);
	unsigned shift;

	for (uint32_t i = 0; i < 100000; i++)
		source(big, addr(i), 0);
	shift = tt_recall_shift(big);
	for (int n = 11; n < 21; n++)
		for (uint32_t i = 0; i < 4000; i++)
			source(big, addr(i), n);
	assert_int_equal(tt_recall_shift(big), shift);
	save(big, "big");
	load(small, "big");
	assert_int_equal(tt_recall_shift(small), shift);
	for (uint32_t i = 0; i < 4000; i++)
		assert_int_equal(source(small, addr(i), 20), source(big, addr(i), 20));
	source(small, addr(0), 21);
	source(big, addr(0), 21);
	assert_int_equal(tt_recall_shift(small), shift);
	assert_int_equal(tt_recall_shift(big), 0);
	tt_recall_destroy(big);
	tt_recall_destroy(small);
}

static void
expect_bad(const char *name, int code, const char *why)
{
	struct tt_recall *recall = make(SOURCES, 10);
	struct tt_error err = {0};

	assert_int_equal(tt_recall_load(recall, path_of(name), "sensor", &err), code);
	assert_string_equal(err.where, path_of(name));
	if (strstr(err.why, why) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.why, why);
	assert_int_equal(tt_recall_since_us(recall), 0);
	assert_int_equal(tt_recall_shift(recall), 0);
	assert_int_equal(tt_recall_secret(recall), 0);
	save(recall, "after");
	assert_same_file("after", "empty");
	tt_recall_destroy(recall);
}

static void
save_empty(void)
{
	struct tt_recall *recall = make(SOURCES, 10);

	save(recall, "empty");
	tt_recall_destroy(recall);
}

static void
every_cut_and_every_changed_byte_is_refused(void **state)
{
	struct tt_recall *recall = make_filled(SOURCES, 5, 1);
	uint8_t *bytes;
	size_t n;

	save_empty();
	save(recall, "whole");
	tt_recall_destroy(recall);
	n = read_file("whole", &bytes);
	assert_int_equal(n, HEADER + 7 * 12 + 5 * 32 + 4);
	/* Of the rates, which are all alike, a few bytes will do. */
	for (size_t i = 0; i<n; i += i> RATES && i + 31 < HEADER ? 31 : 1) {
		write_file("cut", bytes, i);
		expect_bad("cut", -EBADMSG, "");
		for (unsigned bit = 0; bit < 8; bit += 7) {
			bytes[i] ^= (uint8_t)(1U << bit);
			write_file("bad", bytes, n);
			expect_bad("bad", -EBADMSG, "");
			bytes[i] ^= (uint8_t)(1U << bit);
		}
	}
	bytes[n] = 0;
	write_file("long", bytes, n + 1);
	expect_bad("long", -EBADMSG, "length");
	free(bytes);
}

/* Writes the file with some bytes changed and the checksum made right again. */
static void
write_changed(const uint8_t *bytes, size_t n, size_t offset, const uint8_t *change,
		size_t change_n)
{
	uint8_t *copy = malloc(n);
	uLong crc;

	memcpy(copy, bytes, n);
	memcpy(copy + offset, change, change_n);
	crc = crc32(crc32(0, NULL, 0), copy, (uInt)(n - 4));
	for (unsigned i = 0; i < 4; i++)
		copy[n - 4 + i] = (uint8_t)(crc >> (8 * i));
	write_file("changed", copy, n);
	free(copy);
}

static void
what_a_file_says_is_checked_beyond_its_checksum(void **state)
{
	static const uint8_t ff[8] = {255, 255, 255, 255, 255, 255, 255, 255};
	static const size_t targets = HEADER, sources = HEADER + 7 * 12;
	static const struct {
		size_t offset, n;
		const char *why;
	} cases[] = {
			{0, 1, "not a memory"},
			{8, 4, "of version 4294967295; only 4 is known"},
			{12, 4, "header"},
			{12, 1, "header"}, /* a larger shift, but nothing is collected */
			{14, 1, "header"},
			{24, 8, "header"},
			{32, 8, "length"},
			{40, 8, "length"},
			{48, 8, "header"},
			{56, 8, "header"},
			{64, 8, "header"},
			{NAME, 1, "of another sensor"},
			{RATES, 8, "rates"},
			{RATES + 8, 8, "rates"},
			{RATES + 33 * 16, 8, "rates"},
			{RATES + 33 * 16 + 8, 8, "rates"},
			{targets, 4, "targets"},
			{targets + 2, 1, "targets"},
			{targets + 4, 8, "targets"},
			{targets + 3, 1, "targets"},
			{sources + 16, 8, "sources"},
			{sources + 24, 8, "sources"},
	};
	struct tt_recall *recall = make_filled(SOURCES, 5, 1);
	uint8_t *bytes, swapped[64];
	size_t n;

	save_empty();
	save(recall, "whole");
	tt_recall_destroy(recall);
	n = read_file("whole", &bytes);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		write_changed(bytes, n, cases[i].offset, ff, cases[i].n);
		expect_bad("changed", -EBADMSG, cases[i].why);
	}
	/* The latest interval, before the first one. */
	write_changed(bytes, n, 64, (const uint8_t[8]){1}, 8);
	expect_bad("changed", -EBADMSG, "header");
	/* An interval, and the same as the one before it. */
	write_changed(bytes, n, RATES + 8, bytes + RATES, 8);
	expect_bad("changed", -EBADMSG, "rates");
	/* The same target twice, the same source twice. */
	write_changed(bytes, n, targets + 12, bytes + targets, 12);
	expect_bad("changed", -EBADMSG, "targets");
	write_changed(bytes, n, sources + 32, bytes + sources, 32);
	expect_bad("changed", -EBADMSG, "sources");
	memcpy(swapped, bytes + sources + 32, 32);
	memcpy(swapped + 32, bytes + sources, 32);
	write_changed(bytes, n, sources, swapped, sizeof(swapped));
	expect_bad("changed", -EBADMSG, "sources");
	/* A sample that does not have all of these sources. */
	write_changed(bytes, n, 12, (const uint8_t[]){20, 0, 20, 0}, 4);
	expect_bad("changed", -EBADMSG, "sources");
	free(bytes);
	expect_bad("missing", -ENOENT, "No such file");
}

static void
a_failed_save_is_named_and_leaves_the_old_file(void **state)
{
	struct tt_recall *recall = make_filled(SOURCES, 5, 1);
	struct tt_error err = {0};
	struct rlimit limit;

	assert_int_equal(tt_recall_save(recall, path_of("none/file"), "sensor", &err),
			-ENOENT);
	assert_string_equal(err.where, path_of("none/file"));
	save(recall, "kept");
	save(recall, "same");
	target(recall, TT_PROTO_TCP, 9999, 4);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){100, limit.rlim_max}),
			0);
	assert_int_equal(tt_recall_save(recall, path_of("kept"), "sensor", &err), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_not_equal(access(path_of("kept.tmp"), F_OK), 0);
	assert_same_file("kept", "same");
	tt_recall_destroy(recall);
}

static int
make_dir(void **state)
{
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
remove_dir(void **state)
{
	DIR *list = opendir(dir);
	struct dirent *entry;

	if (list == NULL)
		return -1;
	while ((entry = readdir(list)) != NULL)
		unlinkat(dirfd(list), entry->d_name, 0);
	closedir(list);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_file_brings_back_all_that_was_known),
			cmocka_unit_test(the_secret_is_kept_and_nobody_else_may_read_it),
			cmocka_unit_test(
					a_table_too_small_for_the_last_shift_knows_that_it_lacks_some),
			cmocka_unit_test(the_same_content_is_the_same_bytes),
			cmocka_unit_test(a_smaller_table_takes_a_sample_of_the_file),
			cmocka_unit_test(a_restart_changes_neither_answers_nor_the_file),
			cmocka_unit_test(
					a_smaller_table_leaves_out_what_was_only_collected),
			cmocka_unit_test(every_cut_and_every_changed_byte_is_refused),
			cmocka_unit_test(what_a_file_says_is_checked_beyond_its_checksum),
			cmocka_unit_test(a_failed_save_is_named_and_leaves_the_old_file),
	};

	return cmocka_run_group_tests_name("recall_file", tests, make_dir, remove_dir);
}
