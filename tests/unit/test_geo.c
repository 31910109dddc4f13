/* SPDX-License-Identifier: BSD-3-Clause */
#include "geo_fixture.h"
#include "tt_hash.h"

#include <fcntl.h>
#include <sys/stat.h>

#define TOR4 "/usr/share/tor/geoip"
#define TOR6 "/usr/share/tor/geoip6"

static struct tt_geo *
open_text(const char *text)
{
	return open_geo(write_file("text", text, strlen(text)));
}

static void
a_country_survives_text_and_back_and_sorts_as_its_text(void **state)
{
	char text[3];
	unsigned n = 0;

	for (char a = 'A'; a <= 'Z'; a++)
		for (char b = 'A'; b <= 'Z'; b++) {
			const char in[3] = {a, b, '\0'};

			assert_int_equal(tt_country_parse(in), ++n);
			assert_string_equal(tt_country_format((tt_country)n, text), in);
		}
	assert_int_equal(n + 1, TT_N_COUNTRIES);
	assert_string_equal(tt_country_format(TT_COUNTRY_UNKNOWN, text), "??");
	assert_string_equal(tt_country_format(TT_N_COUNTRIES, text), "??");
	assert_int_equal(tt_country_parse("??"), TT_COUNTRY_UNKNOWN);
	assert_int_equal(tt_country_parse("jp"), TT_COUNTRY_UNKNOWN);
	assert_int_equal(tt_country_parse("JPN"), TT_COUNTRY_UNKNOWN);
	assert_int_equal(tt_country_parse("J"), TT_COUNTRY_UNKNOWN);
	assert_int_equal(tt_country_parse(""), TT_COUNTRY_UNKNOWN);
}

static void
without_a_database_every_country_is_unknown(void **state)
{
	static const char *const none[] = {NULL, ""};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(none); i++) {
		struct tt_geo *geo = open_geo(none[i]);

		assert_string_equal(geo->identity, "none");
		assert_string_equal(country_of(geo, "192.0.2.1"), "??");
		assert_string_equal(country_of(geo, "255.255.255.255"), "??");
		assert_string_equal(country_of(geo, "2001:db8::1"), "??");
		tt_geo_close(geo);
	}
	tt_geo_close(NULL);
}

static void
ranges_finer_than_24_bits_are_told_apart(void **state)
{
	/* 1.0.0.0/24 in three parts, 1.0.1.128 up to the middle of 1.0.4.0/24 in one. */
	struct tt_geo *geo = open_text("# comment\n\n16777216,16777219,AA\r\n"
				       "16777220,16777223,BB\n16777470,16777471,CC\n"
				       "16777600,16778250,DD\n16778251,16778251,EE");

	assert_string_equal(country_of(geo, "0.255.255.255"), "??");
	assert_string_equal(country_of(geo, "1.0.0.0"), "AA");
	assert_string_equal(country_of(geo, "1.0.0.3"), "AA");
	assert_string_equal(country_of(geo, "1.0.0.4"), "BB");
	assert_string_equal(country_of(geo, "1.0.0.8"), "??");
	assert_string_equal(country_of(geo, "1.0.0.253"), "??");
	assert_string_equal(country_of(geo, "1.0.0.255"), "CC");
	assert_string_equal(country_of(geo, "1.0.1.127"), "??");
	assert_string_equal(country_of(geo, "1.0.1.128"), "DD");
	assert_string_equal(country_of(geo, "1.0.3.77"), "DD");
	assert_string_equal(country_of(geo, "1.0.4.10"), "DD");
	assert_string_equal(country_of(geo, "1.0.4.11"), "EE");
	assert_string_equal(country_of(geo, "1.0.4.12"), "??");
	assert_int_equal(geo->n_blocks, 4); /* of the /16, and of three /24 */
	tt_geo_close(geo);
}

static void
neighbours_of_one_country_need_no_block(void **state)
{
	struct tt_geo *geo = open_text("16777216,16777219,JP\n16777220,16777471,JP\n"
				       "16842752,16843263,FR\n16843264,16908287,FR\n");

	/* That of 1.0.0.0/16, of which the rest is unknown. */
	assert_int_equal(geo->n_blocks, 1);
	assert_string_equal(country_of(geo, "1.1.0.0"), "FR");
	assert_string_equal(country_of(geo, "1.1.255.255"), "FR");
	assert_string_equal(country_of(geo, "1.2.0.0"), "??");
	assert_string_equal(country_of(geo, "1.0.0.4"), "JP");
	tt_geo_close(geo);
}

static void
one_range_may_hold_all_of_a_version(void **state)
{
	struct tt_geo *geo = open_text("0,4294967295,JP\n");

	assert_string_equal(country_of(geo, "0.0.0.0"), "JP");
	assert_string_equal(country_of(geo, "255.255.255.255"), "JP");
	tt_geo_close(geo);
	geo = open_text("::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,JP\n");
	assert_int_equal(geo->n_v6, 1);
	assert_string_equal(country_of(geo, "::"), "JP");
	assert_string_equal(
			country_of(geo, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "JP");
	assert_string_equal(country_of(geo, "192.0.2.1"), "??");
	tt_geo_close(geo);
}

static void
more_fine_blocks_fit_than_16_bits_can_count(void **state)
{
	const uint32_t n = 70000, start = 0x0b000000;
	struct tt_geo *geo;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t net = start + i * 256;

		fprintf(out, "%u,%u,%c%c\n", net, net + 127, 'A' + i % 26, 'A' + i % 25);
		fprintf(out, "%u,%u,ZZ\n", net + 128, net + 255);
	}
	assert_int_equal(fclose(out), 0);
	geo = open_text(text);
	free(text);
	assert_int_equal(geo->n_blocks, n + (n + 255) / 256); /* and those of the /16 */
	for (uint32_t i = 0; i < n; i++) {
		const char want[3] = {(char)('A' + i % 26), (char)('A' + i % 25), '\0'};
		uint32_t net = start + i * 256;

		assert_int_equal(tt_geo_country4(geo, net + 127), tt_country_parse(want));
		assert_int_equal(tt_geo_country4(geo, net + 128), tt_country_parse("ZZ"));
	}
	tt_geo_close(geo);
}

static void
ranges_finer_than_64_bits_are_told_apart(void **state)
{
	struct tt_geo *geo = open_text("2001:506:8::,2001:506:9::3,US\n"
				       "2001:506:9::4,2001:506:9::5,BR\n"
				       "2001:506:9::7,2001:506:9::7,RO\n");

	assert_string_equal(country_of(geo, "2001:506:7:ffff:ffff:ffff:ffff:ffff"), "??");
	assert_string_equal(country_of(geo, "2001:506:8:1::"), "US");
	assert_string_equal(country_of(geo, "2001:506:9::3"), "US");
	assert_string_equal(country_of(geo, "2001:506:9::4"), "BR");
	assert_string_equal(country_of(geo, "2001:506:9::6"), "??");
	assert_string_equal(country_of(geo, "2001:506:9::7"), "RO");
	assert_string_equal(country_of(geo, "2001:506:9::8"), "??");
	tt_geo_close(geo);
}

static void
the_order_of_lines_does_not_matter(void **state)
{
	struct tt_geo *geo = open_text("200,299,BB\n300,399,??\n0,99,AA\n");

	assert_string_equal(country_of(geo, "0.0.0.99"), "AA");
	assert_string_equal(country_of(geo, "0.0.0.100"), "??");
	assert_string_equal(country_of(geo, "0.0.0.200"), "BB");
	assert_string_equal(country_of(geo, "0.0.1.45"), "??");
	tt_geo_close(geo);
}

static void
a_bad_line_is_named_with_its_reason(void **state)
{
	static const struct {
		const char *text, *where, *why;
	} cases[] = {
			{"1,2,AA\n\nx,4,BB\n", "text:3", "first address"},
			{"1,2,AA\n3,4294967296,BB\n", "text:2", "last address"},
			{"1,2,AA\n3,99999999999999999999999,BB\n", "text:2",
					"last address"},
			{"1,2,AA\n3,-4,BB\n", "text:2", "last address"},
			{"1,2,AA\n3\n", "text:2", "last address"},
			{"1,2,AA\n3,,BB\n", "text:2", "last address"},
			{"1,2,AA\n3,4,bb\n", "text:2", "country"},
			{"1,2,AA\n3,4,BBB\n", "text:2", "country"},
			{"1,2,AA\n3,4\n", "text:2", "country"},
			{"1,2,AA\n3,4,BB,x\n", "text:2", "country"},
			{"1,2,AA\n4,3,BB\n", "text:2", "ends before it starts"},
			{"1,2,AA\n::3,::4,BB\n", "text:2", "first address"},
			{"::1,::2,AA\n3,4,BB\n", "text:2", "first address"},
			{"::1,2,AA\n", "text:1", "last address"},
			{"::1,::zz,AA\n", "text:1", "last address"},
			{"1,5,AA\n# c\n5,6,AA\n", "text:3", "overlaps that of line 1"},
			{"5,6,AA\n1,2,CC\n1,5,AA\n", "text:3", "overlaps that of line 2"},
			{"%PDF-1.4\n", "text:1", "neither a geoip text file nor an MMDB"},
			{"# only a comment\n", "text", "no address range"},
			{"", "text", "empty"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++)
		expect_error(write_file("text", cases[i].text, strlen(cases[i].text)),
				-EINVAL, cases[i].where, cases[i].why);
	expect_error(write_file("text", "1,2,AA\n\0,4,BB\n", 14), -EINVAL, "text:2",
			"first address");
}

static void
a_file_that_cannot_be_read_is_named(void **state)
{
	expect_error("/nonexistent/geoip", -ENOENT, "/nonexistent/geoip", "No such file");
	expect_error(dir, -EINVAL, dir, "not a regular file");
	expect_error("/dev/null", -EINVAL, "/dev/null", "not a regular file");
	expect_error(",", -EINVAL, "geo", "empty file name");
}

static void
a_second_file_for_the_same_ip_version_is_refused(void **state)
{
	char paths[400], first[200];

	snprintf(first, sizeof(first), "%s", write_file("one", "1,2,AA\n", 7));
	snprintf(paths, sizeof(paths), "%s,%s", first, first);
	expect_error(paths, -EINVAL, "one", "another file was given for IPv4");
	snprintf(paths, sizeof(paths), " %s , %s", first,
			write_file("two", "::1,::2,BB\n", 11));
	tt_geo_close(open_geo(paths));
}

static void
the_identity_names_file_date_and_digest(void **state)
{
	const char *dated = "# Generated: Thu, 05 Feb 2026 04:33:59 GMT\n1,2,AA\n";
	struct timespec times[2] = {{.tv_sec = 86400 * 365}, {.tv_sec = 86400 * 365}};
	struct tt_geo *geo = open_text(dated);
	char paths[400], first[200];

	assert_memory_equal(geo->identity, "text 2026-02-05 sha256:", 23);
	assert_int_equal(strlen(geo->identity), 23 + 16);
	tt_geo_close(geo);
	/* SHA-256 of the seven bytes, by sha256sum. */
	snprintf(first, sizeof(first), "%s", write_file("plain", "1,2,AA\n", 7));
	assert_int_equal(utimensat(AT_FDCWD, first, times, 0), 0);
	snprintf(paths, sizeof(paths), "%s,%s", first,
			write_file("six", "::1,::2,BB\n", 11));
	assert_int_equal(utimensat(AT_FDCWD, strchr(paths, ',') + 1, times, 0), 0);
	geo = open_geo(paths);
	assert_string_equal(geo->identity,
			"plain 1971-01-01 sha256:fea496b81ef9d81e, "
			"six 1971-01-01 sha256:830aa4cfef224377");
	tt_geo_close(geo);
}

struct raw {
	struct tt_addr first, last;
	tt_country country;
};

/* The lines of a file as they are, read in the plainest way. */
static struct raw *
read_raw(const char *path, size_t *n)
{
	FILE *in = fopen(path, "r");
	struct raw *raw = NULL;
	char line[256], first[64], last[64], country[8];

	assert_non_null(in);
	*n = 0;
	while (fgets(line, sizeof(line), in) != NULL) {
		if (sscanf(line, "%63[0-9a-f:],%63[0-9a-f:],%3s", first, last, country)
				!= 3)
			continue;
		if (*n % 65536 == 0)
			raw = reallocarray(raw, *n + 65536, sizeof(*raw));
		raw[*n].country = tt_country_parse(country);
		if (strchr(first, ':') == NULL) {
			raw[*n].first = tt_addr_v4((uint32_t)strtoul(first, NULL, 10));
			raw[*n].last = tt_addr_v4((uint32_t)strtoul(last, NULL, 10));
		} else {
			assert_int_equal(tt_addr_parse(first, &raw[*n].first), 0);
			assert_int_equal(tt_addr_parse(last, &raw[*n].last), 0);
		}
		(*n)++;
	}
	fclose(in);
	return raw;
}

static tt_country
reference_raw(const struct raw *raw, size_t n, struct tt_addr a)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (tt_addr_cmp(raw[mid].last, a) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == n || tt_addr_cmp(raw[low].first, a) > 0)
		return TT_COUNTRY_UNKNOWN;
	return raw[low].country;
}

static void
check_around(const struct tt_geo *geo, const struct raw *raw, size_t n, struct tt_addr a)
{
	struct tt_addr below = {a.hi - (a.lo == 0), a.lo - 1};
	struct tt_addr above = {a.hi + (a.lo == UINT64_MAX), a.lo + 1};

	assert_int_equal(tt_geo_country(geo, a), reference_raw(raw, n, a));
	assert_int_equal(tt_geo_country(geo, below), reference_raw(raw, n, below));
	assert_int_equal(tt_geo_country(geo, above), reference_raw(raw, n, above));
}

static void
check_file(const struct tt_geo *geo, const char *path, uint64_t seed)
{
	size_t n;
	struct raw *raw = read_raw(path, &n);

	assert_true(n > 100000);
	for (size_t i = 0; i < n; i++) {
		check_around(geo, raw, n, raw[i].first);
		check_around(geo, raw, n, raw[i].last);
	}
	for (uint64_t i = 0; i < 1000000; i++) {
		uint64_t x = tt_hash_mix(seed + i), y = tt_hash_mix(x);
		struct tt_addr a = tt_addr_v4((uint32_t)x);

		/* Random IPv6 addresses hit next to nothing, so most are near a range. */
		if (!tt_addr_is_v4(raw[0].first)) {
			a = raw[x % n].first;
			a.hi = i % 8 == 0 ? y : a.hi ^ y >> (x >> 58);
			a.lo ^= tt_hash_mix(y);
		}
		assert_int_equal(tt_geo_country(geo, a), reference_raw(raw, n, a));
	}
	free(raw);
}

static void
the_installed_tor_files_answer_as_a_plain_search_does(void **state)
{
	struct tt_geo *geo, *again;
	int64_t start;
	uint64_t seed;

	if (access(TOR4, R_OK) != 0 || access(TOR6, R_OK) != 0) {
		print_message("# skipped: tor-geoipdb is not installed\n");
		skip();
	}
	seed = choose_seed();
	start = tt_time_now();
	geo = open_geo(TOR4 ", " TOR6);
	print_message("# %s: read in %lld ms, %u blocks, %u starts of IPv6 ranges\n",
			geo->identity, (long long)(tt_time_now() - start) / 1000,
			geo->n_blocks, geo->n_v6);
	check_file(geo, TOR4, seed);
	check_file(geo, TOR6, seed);
	again = open_geo(TOR4 ", " TOR6);
	assert_string_equal(again->identity, geo->identity);
	assert_memory_equal(again->v4, geo->v4, (1 << 16) * sizeof(*geo->v4));
	assert_int_equal(again->n_blocks, geo->n_blocks);
	assert_memory_equal(again->v4_blocks, geo->v4_blocks,
			geo->n_blocks * sizeof(*geo->v4_blocks));
	tt_geo_close(again);
	tt_geo_close(geo);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					a_country_survives_text_and_back_and_sorts_as_its_text),
			cmocka_unit_test(without_a_database_every_country_is_unknown),
			cmocka_unit_test(ranges_finer_than_24_bits_are_told_apart),
			cmocka_unit_test(neighbours_of_one_country_need_no_block),
			cmocka_unit_test(one_range_may_hold_all_of_a_version),
			cmocka_unit_test(more_fine_blocks_fit_than_16_bits_can_count),
			cmocka_unit_test(ranges_finer_than_64_bits_are_told_apart),
			cmocka_unit_test(the_order_of_lines_does_not_matter),
			cmocka_unit_test(a_bad_line_is_named_with_its_reason),
			cmocka_unit_test(a_file_that_cannot_be_read_is_named),
			cmocka_unit_test(
					a_second_file_for_the_same_ip_version_is_refused),
			cmocka_unit_test(the_identity_names_file_date_and_digest),
			cmocka_unit_test(
					the_installed_tor_files_answer_as_a_plain_search_does),
	};

	return cmocka_run_group_tests_name("geo", tests, make_dir, remove_dir);
}
