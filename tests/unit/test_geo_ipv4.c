/* SPDX-License-Identifier: BSD-3-Clause */
/* Databases that are read for IPv4 alone: the same answers, identity and refusals for less work. */
#include "geo_fixture.h"
#include "loc_writer.h"
#include "mmdb_writer.h"
#include "tt_asn.h"

static const char *
path_of(const char *name)
{
	static char path[sizeof(dir) + 64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static struct tt_geo *
open_for(const char *paths, bool ipv6)
{
	struct tt_error err = {0};
	struct tt_geo *geo = NULL;

	if (tt_geo_open_for(&geo, paths, ipv6, tt_mem_heap(), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	return geo;
}

static struct tt_asn *
open_asn(const char *paths, bool ipv6)
{
	struct tt_error err = {0};
	struct tt_asn *asn = NULL;

	if (tt_asn_open_for(&asn, paths, ipv6, tt_mem_heap(), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	return asn;
}

/* Its date may come in any comment, its version from its first range. */
static void
a_text_of_ipv6_is_identified_as_ever(void **state)
{
	static const char *const texts[] = {
			"# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n2001:db8::,2001:db8::1,JP\n",
			"2001:db8::,2001:db8::1,JP\n2001:db9::,2001:db9::,#\n# \n"
			"# Generated: Wed, 24 Jun 2026 04:33:59 GMT\n"
			"# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n",
			"2001:db8::,2001:db8::1,JP\n \t# Generated: Wed, 24 Jun 2026 04:33:59 GMT\n#"};
	static const char *const dates[] = {"2026-06-25", "2026-06-24", NULL};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(texts); i++) {
		struct tt_geo *geo = open_for(
				write_file("six", texts[i], strlen(texts[i])), false);

		if (dates[i] != NULL)
			assert_memory_equal(geo->identity + 4, dates[i], 10);
		else
			assert_null(strstr(geo->identity, "2026-06-24"));
		assert_non_null(strstr(geo->identity, " sha256:"));
		assert_string_equal(country_of(geo, "2001:db8::1"), "??");
		tt_geo_close(geo);
	}
}

static void
what_is_wrong_in_ranges_of_ipv6_is_seen_where_they_are_read(void **state)
{
	static const char text[] = "2001:db8::,2001:db8::1,JP\nnonsense\n";
	const char *path = write_file("six", text, strlen(text));

	expect_error(path, -EINVAL, "six:2", "the first address is not one");
	tt_geo_close(open_for(path, false));
}

static void
the_files_of_tor_give_the_same_countries_of_ipv4(void **state)
{
	char paths[3 * sizeof(dir) + 64];
	struct tt_error err = {0};
	struct tt_geo *whole, *alone = NULL;

	write_file("four", "16777216,16777471,JP\n", 21);
	write_file("six", "2001:db8::,2001:db8::1,JP\n", 26);
	snprintf(paths, sizeof(paths), "%s/four,%s/six", dir, dir);
	whole = open_for(paths, true);
	alone = open_for(paths, false);
	assert_string_equal(alone->identity, whole->identity);
	assert_string_equal(country_of(alone, "1.0.0.255"), "JP");
	assert_string_equal(country_of(whole, "2001:db8::1"), "JP");
	assert_string_equal(country_of(alone, "2001:db8::1"), "??");
	tt_geo_close(whole);
	tt_geo_close(alone);
	snprintf(paths, sizeof(paths), "%s/six,%s/six", dir, dir);
	assert_int_equal(tt_geo_open_for(&alone, paths, false, tt_mem_heap(), &err),
			-EINVAL);
	assert_string_equal(err.why, "another file was given for IPv6 already");
}

static uint32_t
number_of(const struct tt_asn *asn, const char *addr)
{
	struct tt_addr a;

	assert_int_equal(tt_addr_parse(addr, &a), 0);
	return tt_asn_number(asn, a);
}

static void
expect_ipv4_alone(const char *path)
{
	struct tt_asn *whole = open_asn(path, true), *alone = open_asn(path, false);

	assert_string_equal(tt_asn_identity(alone), tt_asn_identity(whole));
	assert_int_equal(number_of(whole, "2001:db8::1"), 600);
	assert_int_equal(number_of(alone, "2001:db8::1"), 0);
	assert_int_equal(number_of(alone, "192.0.1.255"), 0);
	assert_int_equal(number_of(alone, "192.0.2.0"), 7);
	assert_int_equal(number_of(alone, "192.0.2.255"), 7);
	assert_int_equal(number_of(alone, "192.0.3.0"), 0);
	tt_asn_close(whole);
	tt_asn_close(alone);
}

static void
trees_give_the_same_numbers_of_ipv4(void **state)
{
	struct mmdb_writer w = {.ip_version = 6};
	struct loc_writer l = {.created_at = 1};

	mmdb_add(&w, "192.0.2.0", 24,
			mmdb_put_number_record(&w, "autonomous_system_number", NULL, 7));
	mmdb_add(&w, "2001:db8::", 32,
			mmdb_put_number_record(
					&w, "autonomous_system_number", NULL, 600));
	assert_int_equal(mmdb_write(&w, path_of("numbers.mmdb")), 0);
	expect_ipv4_alone(path_of("numbers.mmdb"));
	loc_add(&l, "192.0.2.0", 24, 7, "JP");
	loc_add(&l, "2001:db8::", 32, 600, "JP");
	assert_int_equal(loc_write(&l, path_of("numbers.db")), 0);
	expect_ipv4_alone(path_of("numbers.db"));
}

/* A tree of IPv6 alone is no reason to refuse it; one without any value is. */
static void
a_tree_without_a_value_is_refused_and_one_of_ipv6_is_not(void **state)
{
	struct mmdb_writer w = {.ip_version = 6};
	struct loc_writer l = {.created_at = 1};
	struct tt_error err = {0};
	struct tt_asn *asn;

	mmdb_add(&w, "2001:db8::", 32,
			mmdb_put_number_record(
					&w, "autonomous_system_number", NULL, 600));
	assert_int_equal(mmdb_write(&w, path_of("six.mmdb")), 0);
	loc_add(&l, "2001:db8::", 32, 600, "JP");
	assert_int_equal(loc_write(&l, path_of("six.db")), 0);
	tt_asn_close(open_asn(path_of("six.mmdb"), false));
	tt_asn_close(open_asn(path_of("six.db"), false));
	l.networks[0].asn = 0;
	assert_int_equal(loc_write(&l, path_of("nothing.db")), 0);
	assert_int_equal(tt_asn_open_for(&asn, path_of("nothing.db"), false,
					 tt_mem_heap(), &err),
			-EINVAL);
	assert_string_equal(err.why,
			"no AS number in any of the 1 networks of this database");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_text_of_ipv6_is_identified_as_ever),
			cmocka_unit_test(
					what_is_wrong_in_ranges_of_ipv6_is_seen_where_they_are_read),
			cmocka_unit_test(
					the_files_of_tor_give_the_same_countries_of_ipv4),
			cmocka_unit_test(trees_give_the_same_numbers_of_ipv4),
			cmocka_unit_test(
					a_tree_without_a_value_is_refused_and_one_of_ipv6_is_not),
	};

	return cmocka_run_group_tests_name("geo_ipv4", tests, make_dir, remove_dir);
}
