/* SPDX-License-Identifier: BSD-3-Clause */
#include "geo_fixture.h"
#include "loc_writer.h"
#include "mmdb_writer.h"
#include "tt_asn.h"
#include "tt_hash.h"

#include <endian.h>
#include <maxminddb.h>

#if __has_include(<libloc/database.h>)
#include <libloc/database.h>
#define HAVE_LIBLOC 1
#else
#define HAVE_LIBLOC 0
#endif

static struct tt_asn *
open_asn(const char *paths)
{
	struct tt_error err = {0};
	struct tt_asn *asn = NULL;

	if (tt_asn_open(&asn, paths, tt_mem_heap(), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	return asn;
}

static uint32_t
number_of(const struct tt_asn *asn, const char *addr)
{
	struct tt_addr a;

	assert_int_equal(tt_addr_parse(addr, &a), 0);
	return tt_asn_number(asn, a);
}

static void
expect_asn_error(const char *paths, int code, const char *where, const char *why)
{
	struct tt_error err = {0};
	struct tt_asn *asn = NULL;

	assert_int_equal(tt_asn_open(&asn, paths, tt_mem_heap(), &err), code);
	assert_null(asn);
	if (strstr(err.where, where) == NULL || strstr(err.why, why) == NULL)
		fail_msg("\"%s: %s\" lacks \"%s\" or \"%s\"", err.where, err.why, where,
				why);
}

static const char *
path_of(const char *name)
{
	static char path[sizeof(dir) + 64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
without_a_database_every_number_is_0(void **state)
{
	static const char *const none[] = {NULL, ""};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(none); i++) {
		struct tt_asn *asn = open_asn(none[i]);

		assert_string_equal(tt_asn_identity(asn), "none");
		assert_int_equal(number_of(asn, "0.0.0.0"), 0);
		assert_int_equal(number_of(asn, "255.255.255.255"), 0);
		assert_int_equal(number_of(asn, "2001:db8::1"), 0);
		tt_asn_close(asn);
	}
	assert_int_equal(number_of(NULL, "192.0.2.1"), 0);
	assert_string_equal(tt_asn_identity(NULL), "none");
	tt_asn_close(NULL);
}

static uint32_t
reference_mmdb(const MMDB_s *db, struct tt_addr a)
{
	char text[TT_ADDR_TEXT_MAX];
	int gai = 0, status = 0;
	MMDB_entry_data_s data = {0};
	MMDB_lookup_result_s found = MMDB_lookup_string(
			db, tt_addr_format(a, text), &gai, &status);

	assert_int_equal(gai, 0);
	if (!found.found_entry
			|| (MMDB_get_value(&found.entry, &data,
					    "autonomous_system_number",
					    NULL) != MMDB_SUCCESS
					&& MMDB_get_value(&found.entry, &data, "traits",
							   "autonomous_system_number",
							   NULL)
							!= MMDB_SUCCESS))
		return 0;
	return data.uint32;
}

static void
compare_with_libmaxminddb(const struct tt_asn *asn, const char *path)
{
	uint64_t seed = choose_seed();
	MMDB_s db;

	assert_int_equal(MMDB_open(path, MMDB_MODE_MMAP, &db), MMDB_SUCCESS);
	for (uint64_t i = 0; i < 100000; i++) {
		uint64_t x = tt_hash_mix(seed + i), y = tt_hash_mix(x);
		struct tt_addr a = tt_addr_v4((uint32_t)x);

		if (i % 4 == 1)
			a = tt_addr_v4(0xc0000000 | (x & 0x3ff));
		if (i % 4 >= 2)
			a = (struct tt_addr){UINT64_C(0x20010db800000000)
							| (y & 0xffff0fffffff),
					y * x};
		assert_int_equal(tt_asn_number(asn, a), reference_mmdb(&db, a));
	}
	MMDB_close(&db);
}

static void
an_mmdb_answers_as_libmaxminddb_does(void **state)
{
	struct mmdb_writer w = {.ip_version = 6, .build_epoch = 1780000000};
	uint32_t one = mmdb_put_number_record(&w, "autonomous_system_number", NULL, 1);
	uint32_t big = mmdb_put_number_record(
			&w, "autonomous_system_number", NULL, 4200000000);
	uint32_t traits = mmdb_put_number_record(
			&w, "traits", "autonomous_system_number", 64500);
	uint32_t other = mmdb_put_record(&w, "country", "iso_code", "JP");
	struct tt_asn *asn;

	mmdb_add(&w, "0.0.0.0", 8, one);
	mmdb_add(&w, "192.0.2.0", 25, one);
	mmdb_add(&w, "192.0.2.128", 26, big);
	mmdb_add(&w, "192.0.2.193", 32, traits);
	mmdb_add(&w, "192.0.0.0", 24, other);
	mmdb_add(&w, "192.1.0.0", 16, big);
	mmdb_add(&w, "255.255.255.255", 32, one);
	mmdb_add(&w, "2001:db8::", 33, big);
	mmdb_add(&w, "2001:db8:8000::", 65, one);
	assert_int_equal(mmdb_write(&w, path_of("asn.mmdb")), 0);

	asn = open_asn(path_of("asn.mmdb"));
	assert_memory_equal(tt_asn_identity(asn), "asn.mmdb 2026-05-28 sha256:", 27);
	assert_int_equal(number_of(asn, "0.0.0.0"), 1);
	assert_int_equal(number_of(asn, "0.255.255.255"), 1);
	assert_int_equal(number_of(asn, "1.0.0.0"), 0);
	assert_int_equal(number_of(asn, "192.0.0.1"), 0);
	assert_int_equal(number_of(asn, "192.0.2.127"), 1);
	assert_int_equal(number_of(asn, "192.0.2.128"), 4200000000);
	assert_int_equal(number_of(asn, "192.0.2.192"), 0);
	assert_int_equal(number_of(asn, "192.0.2.193"), 64500);
	assert_int_equal(number_of(asn, "192.0.255.255"), 0);
	assert_int_equal(number_of(asn, "192.1.0.0"), 4200000000);
	assert_int_equal(number_of(asn, "192.1.255.255"), 4200000000);
	assert_int_equal(number_of(asn, "192.2.0.0"), 0);
	assert_int_equal(number_of(asn, "255.255.255.254"), 0);
	assert_int_equal(number_of(asn, "255.255.255.255"), 1);
	assert_int_equal(number_of(asn, "2001:db8:7fff:ffff::"), 4200000000);
	assert_int_equal(number_of(asn, "2001:db8:8000:0:7fff::"), 1);
	assert_int_equal(number_of(asn, "2001:db8:8000:0:8000::"), 0);
	compare_with_libmaxminddb(asn, path_of("asn.mmdb"));
	tt_asn_close(asn);
}

static void
an_mmdb_without_as_numbers_is_refused(void **state)
{
	struct mmdb_writer w = {.ip_version = 6};

	mmdb_add(&w, "192.0.2.0", 24, mmdb_put_record(&w, "country", "iso_code", "JP"));
	mmdb_add(&w, "192.0.3.0", 24,
			mmdb_put_record(&w, "autonomous_system_number", NULL, "64500"));
	assert_int_equal(mmdb_write(&w, path_of("country.mmdb")), 0);
	expect_asn_error(path_of("country.mmdb"), -EINVAL, "country.mmdb",
			"no AS number in any of the 2 records");
}

/* Nested networks of both versions; the number 0 within an AS, and a country alone. */
static void
write_nested(const char *path)
{
	struct loc_writer w = {.created_at = 1780000000};

	loc_add(&w, "10.0.0.0", 8, 100, "US");
	loc_add(&w, "10.1.0.0", 16, 200, "JP");
	loc_add(&w, "10.1.2.0", 24, 300, "BR");
	loc_add(&w, "10.1.2.3", 32, 400, "CN");
	loc_add(&w, "10.1.2.128", 25, 0, "DE");
	loc_add(&w, "10.255.255.255", 32, 500, "A1");
	loc_add(&w, "10.2.0.0", 16, 100, "US");
	loc_add(&w, "2001:db8::", 32, 600, "JP");
	loc_add(&w, "2001:db8:1::", 48, 4294967295, "KR");
	loc_add(&w, "2001:db8:1::1", 128, 700, "");
	loc_add(&w, "ffff::", 16, 800, "US");
	assert_int_equal(loc_write(&w, path), 0);
}

static void
the_innermost_of_nested_networks_holds(void **state)
{
	static const struct {
		const char *addr;
		uint32_t number;
	} cases[] = {{"9.255.255.255", 0}, {"10.0.0.0", 100}, {"10.0.255.255", 100},
			{"10.1.0.0", 200}, {"10.1.1.255", 200}, {"10.1.2.0", 300},
			{"10.1.2.2", 300}, {"10.1.2.3", 400}, {"10.1.2.4", 300},
			{"10.1.2.127", 300}, {"10.1.2.128", 0}, {"10.1.2.255", 0},
			{"10.1.3.0", 200}, {"10.1.255.255", 200}, {"10.2.0.0", 100},
			{"10.255.255.254", 100}, {"10.255.255.255", 500}, {"11.0.0.0", 0},
			{"2001:db7:ffff::", 0}, {"2001:db8::", 600},
			{"2001:db8:0:ffff:ffff:ffff:ffff:ffff", 600},
			{"2001:db8:1::", 4294967295}, {"2001:db8:1::1", 700},
			{"2001:db8:1::2", 4294967295}, {"2001:db8:2::", 600},
			{"2001:db9::", 0}, {"::a00:1", 0}, {"fffe:ffff::", 0},
			{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 800}};
	struct tt_asn *asn;

	write_nested(path_of("nested.db"));
	asn = open_asn(path_of("nested.db"));
	assert_memory_equal(tt_asn_identity(asn), "nested.db 2026-05-28 sha256:", 28);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++)
		if (number_of(asn, cases[i].addr) != cases[i].number)
			fail_msg("%s is in AS %u, not %u", cases[i].addr,
					number_of(asn, cases[i].addr), cases[i].number);
	tt_asn_close(asn);
}

static void
a_network_of_all_addresses_holds_ipv4_as_well(void **state)
{
	struct loc_writer w = {.created_at = 1};
	struct tt_asn *asn;

	loc_add(&w, "::", 0, 100, "US");
	loc_add(&w, "2001:db8::", 32, 200, "US");
	assert_int_equal(loc_write(&w, path_of("all.db")), 0);
	asn = open_asn(path_of("all.db"));
	assert_int_equal(number_of(asn, "0.0.0.0"), 100);
	assert_int_equal(number_of(asn, "255.255.255.255"), 100);
	assert_int_equal(number_of(asn, "::"), 100);
	assert_int_equal(number_of(asn, "2001:db8::1"), 200);
	assert_int_equal(number_of(asn, "2001:db9::1"), 100);
	tt_asn_close(asn);
}

static void
countries_are_read_from_the_same_database(void **state)
{
	struct tt_geo *geo;

	write_nested(path_of("nested.db"));
	geo = open_geo(path_of("nested.db"));
	assert_string_equal(country_of(geo, "10.0.0.0"), "US");
	assert_string_equal(country_of(geo, "10.1.2.3"), "CN");
	assert_string_equal(country_of(geo, "10.1.2.128"), "DE");
	assert_string_equal(country_of(geo, "10.255.255.255"), "??");
	assert_string_equal(country_of(geo, "2001:db8:1::2"), "KR");
	assert_string_equal(country_of(geo, "2001:db8:1::1"), "??");
	tt_geo_close(geo);
}

static void
a_second_file_for_the_same_ip_version_is_refused(void **state)
{
	struct mmdb_writer w4 = {.ip_version = 4};
	struct loc_writer w6 = {.created_at = 1};
	char paths[3 * sizeof(dir) + 64];
	struct tt_asn *asn;

	mmdb_add(&w4, "192.0.2.0", 24,
			mmdb_put_number_record(&w4, "autonomous_system_number", NULL, 7));
	assert_int_equal(mmdb_write(&w4, path_of("four")), 0);
	loc_add(&w6, "2001:db8::", 32, 600, "JP");
	assert_int_equal(loc_write(&w6, path_of("six")), 0);
	write_nested(path_of("nested.db"));

	snprintf(paths, sizeof(paths), "%s/four, %s/six", dir, dir);
	asn = open_asn(paths);
	assert_int_equal(number_of(asn, "192.0.2.1"), 7);
	assert_int_equal(number_of(asn, "2001:db8::1"), 600);
	assert_non_null(strstr(tt_asn_identity(asn), "four 1970-01-01 sha256:"));
	assert_non_null(strstr(tt_asn_identity(asn), ", six 1970-01-01 sha256:"));
	tt_asn_close(asn);

	snprintf(paths, sizeof(paths), "%s/four,%s/nested.db", dir, dir);
	expect_asn_error(paths, -EINVAL, "nested.db", "another file was given for IPv4");
	snprintf(paths, sizeof(paths), "%s/four,%s/six,%s/six", dir, dir, dir);
	expect_asn_error(paths, -EINVAL, "six", "another file was given for IPv6");
	snprintf(paths, sizeof(paths), "%s/four,,%s/six", dir, dir);
	expect_asn_error(paths, -EINVAL, "asn", "empty file name");
}

static void
a_file_that_cannot_be_used_is_named_with_its_reason(void **state)
{
	struct loc_writer w = {.created_at = 1};
	char later[LOC_WRITER_HEADER] = "LOCDBXX\x02";

	expect_asn_error(path_of("missing"), -ENOENT, "missing", "No such file");
	expect_asn_error(dir, -EINVAL, dir, "not a regular file");
	expect_asn_error(write_file("text", "1,2,AA\n", 7), -EINVAL, "text",
			"neither an MMDB nor a database of IPFire Location");
	expect_asn_error(write_file("later", later, sizeof(later)), -EINVAL, "later",
			"of version 2; only 1 is known");
	expect_asn_error(write_file("short", "LOCDBXX\x01", 8), -EINVAL, "short",
			"cut short");
	loc_add(&w, "192.0.2.0", 24, 0, "JP");
	assert_int_equal(loc_write(&w, path_of("nothing")), 0);
	expect_asn_error(path_of("nothing"), -EINVAL, "nothing",
			"no AS number in any of the 1 networks");
	w.n_nodes = 0;
	assert_int_equal(loc_write(&w, path_of("treeless")), 0);
	expect_asn_error(path_of("treeless"), -EINVAL, "treeless", "no tree");
}

static void
a_tree_that_is_none_is_refused(void **state)
{
	struct loc_writer w = {.created_at = 1};
	uint32_t leaf = 0;

	loc_add(&w, "2001:db8::1", 128, 1, "JP");
	leaf = loc_node(&w, "2001:db8::1", 128);
	w.nodes[leaf].child[1] = w.n_nodes++;
	assert_int_equal(loc_write(&w, path_of("deep")), 0);
	expect_asn_error(path_of("deep"), -EINVAL, "deep", "too deep");
	w.nodes[leaf].child[1] = 0;
	w.nodes[5].child[0] = 3;
	assert_int_equal(loc_write(&w, path_of("loop")), 0);
	expect_asn_error(path_of("loop"), -EINVAL, "loop", "has a loop");
	w.nodes[5].child[0] = w.n_nodes;
	assert_int_equal(loc_write(&w, path_of("child")), 0);
	expect_asn_error(path_of("child"), -EINVAL, "child", "a node that is not there");
	w.nodes[5].child[0] = 6;
	w.nodes[leaf].network_plus_1 = 2;
	assert_int_equal(loc_write(&w, path_of("network")), 0);
	expect_asn_error(path_of("network"), -EINVAL, "network",
			"a network that is not there");
	w.nodes[leaf].network_plus_1 = 1;
	for (uint32_t i = 0; i < leaf; i++) /* 2^128 ways to the leaf */
		w.nodes[i].child[0] = w.nodes[i].child[1] = i + 1;
	assert_int_equal(loc_write(&w, path_of("ladder")), 0);
	expect_asn_error(path_of("ladder"), -EINVAL, "ladder", "a node twice");
}

static size_t
read_bytes(const char *path, char *bytes, size_t size)
{
	FILE *in = fopen(path, "r");
	size_t n;

	assert_non_null(in);
	n = fread(bytes, 1, size, in);
	fclose(in);
	assert_true(n < size);
	return n;
}

/* Every cut is refused; a changed byte gives an error or an answer, never a bad access. */
static void
a_damaged_location_database_never_crashes(void **state)
{
	struct loc_writer w = {.created_at = 1};
	static char bytes[16384];
	size_t n;

	loc_add(&w, "192.0.2.0", 24, 64500, "JP");
	loc_add(&w, "192.0.2.1", 32, 64501, "JP");
	assert_int_equal(loc_write(&w, path_of("whole")), 0);
	n = read_bytes(path_of("whole"), bytes, sizeof(bytes));
	for (size_t i = 0; i < n; i++) {
		struct tt_asn *asn = NULL;
		struct tt_error err = {0};

		/* The signatures, which nobody reads here. */
		if (i > 100 && i < LOC_WRITER_HEADER - 100)
			continue;
		if (i > 0) {
			assert_int_equal(tt_asn_open(&asn, write_file("cut", bytes, i),
							 tt_mem_heap(), &err),
					-EINVAL);
			assert_non_null(strstr(err.where, "cut"));
		}
		bytes[i] = (char)~bytes[i];
		if (tt_asn_open(&asn, write_file("bad", bytes, n), tt_mem_heap(), &err)
				== 0)
			tt_asn_close(asn);
		else
			assert_non_null(strstr(err.where, "bad"));
		bytes[i] = (char)~bytes[i];
	}
}

static void
a_damaged_mmdb_never_crashes(void **state)
{
	struct mmdb_writer w = {.ip_version = 4};
	char bytes[2048];
	size_t n;

	mmdb_add(&w, "192.0.2.0", 24,
			mmdb_put_number_record(&w, "autonomous_system_number", NULL, 7));
	assert_int_equal(mmdb_write(&w, path_of("whole")), 0);
	n = read_bytes(path_of("whole"), bytes, sizeof(bytes));
	for (size_t i = 1; i < n; i++) {
		struct tt_asn *asn = NULL;
		struct tt_error err = {0};

		assert_int_not_equal(tt_asn_open(&asn, write_file("cut", bytes, i),
						     tt_mem_heap(), &err),
				0);
		bytes[i] = (char)~bytes[i];
		if (tt_asn_open(&asn, write_file("bad", bytes, n), tt_mem_heap(), &err)
				== 0)
			tt_asn_close(asn);
		bytes[i] = (char)~bytes[i];
	}
}

#if HAVE_LIBLOC
static void
say_nothing(struct loc_ctx *ctx, int priority, const char *file, int line, const char *fn,
		const char *format, va_list args)
{
}

static uint32_t
reference_loc(struct loc_database *db, struct tt_addr a)
{
	uint64_t be[2] = {htobe64(a.hi), htobe64(a.lo)};
	struct loc_network *network = NULL;
	struct in6_addr in6;
	uint32_t number = 0;

	memcpy(&in6, be, sizeof(in6));
	if (loc_database_lookup(db, &in6, &network) == 0 && network != NULL)
		number = loc_network_get_asn(network);
	if (network != NULL)
		loc_network_unref(network);
	return number;
}

/* IPv6 addresses where most of the allocated ones are, with few bits set. */
static struct tt_addr
random_addr(uint64_t x)
{
	static const uint16_t tops[] = {
			0x2001, 0x2400, 0x2600, 0x2800, 0x2a00, 0x2c00, 0x2a02, 0x2606};
	uint64_t y = tt_hash_mix(x), hi;

	if (x % 2 == 0)
		return tt_addr_v4((uint32_t)(x >> 32));
	hi = (uint64_t)tops[y % TT_ARRAY_SIZE(tops)] << 48;
	hi |= (y >> 16) & (UINT64_MAX >> (y >> 60)) & 0xffffffffffff;
	return (struct tt_addr){hi, tt_hash_mix(y) >> (x >> 59)};
}

static void
check_with_libloc(const struct tt_asn *asn, struct loc_database *db)
{
	uint64_t seed = choose_seed();
	unsigned n_known[2] = {0};

	for (uint64_t i = 0; i < 300000; i++) {
		struct tt_addr a = random_addr(tt_hash_mix(seed + i));
		uint32_t want = reference_loc(db, a);
		char text[TT_ADDR_TEXT_MAX];

		if (tt_asn_number(asn, a) != want)
			fail_msg("%s: AS %u, libloc says %u", tt_addr_format(a, text),
					tt_asn_number(asn, a), want);
		n_known[tt_addr_is_v4(a)] += want != 0;
	}
	print_message("# known: %u of IPv4, %u of IPv6\n", n_known[1], n_known[0]);
	assert_true(n_known[1] > 50000 && n_known[0] > 1000);
}
#endif

static void
the_installed_location_database_answers_as_libloc_does(void **state)
{
#if HAVE_LIBLOC
	FILE *in = fopen(TT_ASN_DEFAULT, "r");
	struct loc_database *db = NULL;
	struct loc_ctx *ctx = NULL;
	struct tt_asn *asn;

	if (in == NULL) {
		print_message("# skipped: libloc-database is not installed\n");
		skip();
		return;
	}
	assert_int_equal(loc_new(&ctx), 0);
	loc_set_log_fn(ctx, say_nothing);
	assert_int_equal(loc_database_new(ctx, &db, in), 0);
	asn = open_asn(TT_ASN_DEFAULT);
	print_message("# %s\n", tt_asn_identity(asn));
	check_with_libloc(asn, db);
	tt_asn_close(asn);
	loc_database_unref(db);
	loc_unref(ctx);
	fclose(in);
#else
	print_message("# skipped: libloc-dev is not installed\n");
	skip();
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(without_a_database_every_number_is_0),
			cmocka_unit_test(an_mmdb_answers_as_libmaxminddb_does),
			cmocka_unit_test(an_mmdb_without_as_numbers_is_refused),
			cmocka_unit_test(the_innermost_of_nested_networks_holds),
			cmocka_unit_test(a_network_of_all_addresses_holds_ipv4_as_well),
			cmocka_unit_test(countries_are_read_from_the_same_database),
			cmocka_unit_test(
					a_second_file_for_the_same_ip_version_is_refused),
			cmocka_unit_test(
					a_file_that_cannot_be_used_is_named_with_its_reason),
			cmocka_unit_test(a_tree_that_is_none_is_refused),
			cmocka_unit_test(a_damaged_location_database_never_crashes),
			cmocka_unit_test(a_damaged_mmdb_never_crashes),
			cmocka_unit_test(
					the_installed_location_database_answers_as_libloc_does),
	};

	return cmocka_run_group_tests_name("asn", tests, make_dir, remove_dir);
}
