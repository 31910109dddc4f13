/* SPDX-License-Identifier: BSD-3-Clause */
#include "geo_fixture.h"
#include "mmdb_writer.h"
#include "tt_geo_source.h"
#include "tt_hash.h"

#include <maxminddb.h>

/* What libmaxminddb itself answers, by the rules that tt_geo.h states. */
static tt_country
reference_mmdb(const MMDB_s *db, struct tt_addr a)
{
	static const char *const paths[][3] = {{"country", "iso_code"},
			{"registered_country", "iso_code"}, {"country_code"},
			{"country"}};
	char text[TT_ADDR_TEXT_MAX], country[3] = "";
	int gai = 0, status = 0;
	MMDB_lookup_result_s found;

	tt_addr_format(a, text);
	found = MMDB_lookup_string(db, text, &gai, &status);
	assert_int_equal(gai, 0);
	if (!found.found_entry)
		return TT_COUNTRY_UNKNOWN;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(paths); i++) {
		MMDB_entry_data_s data = {0};

		if (MMDB_aget_value(&found.entry, &data, paths[i]) != MMDB_SUCCESS
				|| !data.has_data || data.data_size != 2
				|| data.type != MMDB_DATA_TYPE_UTF8_STRING)
			continue;
		memcpy(country, data.utf8_string, 2);
		return tt_country_parse(country);
	}
	return TT_COUNTRY_UNKNOWN;
}

static void
compare_with_libmaxminddb(const struct tt_geo *geo, const char *path, bool v6)
{
	static const uint64_t tops[] = {0x2001000000000000, 0x20010db800000000,
			0x2002c00002000000, 0x2002000000000000, 0xfe80000000000000};
	uint64_t seed = choose_seed();
	MMDB_s db;

	assert_int_equal(MMDB_open(path, MMDB_MODE_MMAP, &db), MMDB_SUCCESS);
	for (uint64_t i = 0; i < 100000; i++) {
		uint64_t x = tt_hash_mix(seed + i), y = tt_hash_mix(x);
		struct tt_addr a = tt_addr_v4((uint32_t)x);

		if (i % 2 == 1)
			a = tt_addr_v4(0xc0000000 | (x & 0x3ff));
		if (v6 && i % 4 >= 2)
			a = (struct tt_addr){tops[x % TT_ARRAY_SIZE(tops)]
							| (y & 0xffff0fffffff),
					y * x};
		assert_int_equal(tt_geo_country(geo, a), reference_mmdb(&db, a));
	}
	MMDB_close(&db);
}

static void
an_mmdb_of_both_versions_answers_as_libmaxminddb_does(void **state)
{
	struct mmdb_writer w = {.ip_version = 6, .build_epoch = 1780000000};
	uint32_t jp = mmdb_put_record(&w, "country", "iso_code", "JP");
	uint32_t us = mmdb_put_record(&w, "registered_country", "iso_code", "US");
	uint32_t br = mmdb_put_record(&w, "country_code", NULL, "BR");
	uint32_t cn = mmdb_put_record(&w, "country", NULL, "CN");
	uint32_t name = mmdb_put_record(&w, "country", NULL, "Japan");
	uint32_t *v4_tree;
	struct tt_geo *geo;
	char path[200];

	mmdb_add(&w, "192.0.2.0", 25, jp);
	mmdb_add(&w, "192.0.2.128", 26, us);
	mmdb_add(&w, "192.0.2.193", 32, br);
	mmdb_add(&w, "192.0.0.0", 24, cn);
	mmdb_add(&w, "10.0.0.0", 8, name);
	mmdb_add(&w, "128.0.0.0", 2, us);
	mmdb_add(&w, "2001:db8::", 33, jp);
	mmdb_add(&w, "2001:db8:8000::", 65, br);
	mmdb_add(&w, "fe80::", 10, cn);
	v4_tree = mmdb_record(&w, (struct tt_addr){0, 0}, 96);
	*mmdb_record(&w, (struct tt_addr){UINT64_C(0x2002) << 48, 0}, 16) = *v4_tree;
	*mmdb_record(&w, tt_addr_v4(0), 96) = *v4_tree;
	snprintf(path, sizeof(path), "%s/both.mmdb", dir);
	assert_int_equal(mmdb_write(&w, path), 0);

	geo = open_geo(path);
	assert_memory_equal(geo->identity, "both.mmdb 2026-05-28 sha256:", 28);
	assert_string_equal(country_of(geo, "192.0.2.127"), "JP");
	assert_string_equal(country_of(geo, "192.0.2.128"), "US");
	assert_string_equal(country_of(geo, "192.0.2.192"), "??");
	assert_string_equal(country_of(geo, "192.0.2.193"), "BR");
	assert_string_equal(country_of(geo, "192.0.0.7"), "CN");
	assert_string_equal(country_of(geo, "10.1.2.3"), "??");
	assert_string_equal(country_of(geo, "2001:db8:8000:0:7fff::"), "BR");
	assert_string_equal(country_of(geo, "2001:db8:8000:0:8000::"), "??");
	assert_string_equal(country_of(geo, "2002:c000:201::1"), "JP");
	compare_with_libmaxminddb(geo, path, true);
	tt_geo_close(geo);
}

static void
an_mmdb_of_ipv4_alone_answers_as_libmaxminddb_does(void **state)
{
	struct mmdb_writer w = {.ip_version = 4, .build_epoch = 1780000000};
	char path[200], both[300];
	struct tt_geo *geo;

	mmdb_add(&w, "192.0.0.0", 25, mmdb_put_record(&w, "country", "iso_code", "JP"));
	mmdb_add(&w, "0.0.0.0", 1, mmdb_put_record(&w, "country_code", NULL, "US"));
	snprintf(path, sizeof(path), "%s/four.mmdb", dir);
	assert_int_equal(mmdb_write(&w, path), 0);
	geo = open_geo(path);
	compare_with_libmaxminddb(geo, path, false);
	tt_geo_close(geo);

	snprintf(both, sizeof(both), "%s,%s", path,
			write_file("two", "::1,::2,BB\n", 11));
	geo = open_geo(both);
	assert_string_equal(country_of(geo, "::2"), "BB");
	assert_string_equal(country_of(geo, "9.9.9.9"), "US");
	tt_geo_close(geo);
	snprintf(both, sizeof(both), "%s,%s", path, write_file("one", "1,2,AA\n", 7));
	expect_error(both, -EINVAL, "one", "another file was given for IPv4");
}

static void
an_mmdb_without_countries_is_refused(void **state)
{
	struct mmdb_writer w = {.ip_version = 6};
	char path[200];

	mmdb_add(&w, "192.0.2.0", 24, mmdb_put_record(&w, "asn", "organization", "X"));
	snprintf(path, sizeof(path), "%s/asn.mmdb", dir);
	assert_int_equal(mmdb_write(&w, path), 0);
	expect_error(path, -EINVAL, "asn.mmdb", "no country in any of the 1 records");
}

static void
an_mmdb_whose_tree_has_a_loop_is_refused(void **state)
{
	struct mmdb_writer w = {.ip_version = 6};
	char path[200];

	mmdb_add(&w, "2001:db8::", 8, mmdb_put_record(&w, "country_code", NULL, "JP"));
	mmdb_add(&w, "ff00::", 5, 1);
	mmdb_add(&w, "f000::", 5, 1);
	w.nodes[w.n_nodes - 1][0] = 1;
	w.nodes[w.n_nodes - 1][1] = 1;
	w.nodes[1][0] = 2;
	w.nodes[1][1] = 2;
	w.nodes[2][0] = 1;
	w.nodes[2][1] = 1;
	snprintf(path, sizeof(path), "%s/loop.mmdb", dir);
	assert_int_equal(mmdb_write(&w, path), 0);
	expect_error(path, -EINVAL, "loop.mmdb", "search tree");
}

/* Every cut and every changed byte gives an error or an answer, and never a bad access. */
static void
a_damaged_mmdb_is_refused_or_read_but_never_crashes(void **state)
{
	struct mmdb_writer w = {.ip_version = 4};
	uint8_t bytes[2048];
	char path[200];
	size_t n;
	FILE *in;

	mmdb_add(&w, "192.0.2.0", 24, mmdb_put_record(&w, "country", "iso_code", "JP"));
	snprintf(path, sizeof(path), "%s/whole.mmdb", dir);
	assert_int_equal(mmdb_write(&w, path), 0);
	in = fopen(path, "r");
	assert_non_null(in);
	n = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	for (size_t i = 1; i < n; i += 3) {
		struct tt_error err = {0};
		struct tt_geo *geo = NULL;
		int ret = tt_geo_open(&geo, write_file("cut", (char *)bytes, i),
				tt_mem_heap(), &err);

		assert_int_not_equal(ret, 0);
		assert_non_null(strstr(err.where, "cut"));
		bytes[i] ^= 0xff;
		ret = tt_geo_open(&geo, write_file("bad", (char *)bytes, n),
				tt_mem_heap(), &err);
		bytes[i] ^= 0xff;
		if (ret == 0)
			tt_geo_close(geo);
	}
}

/* The identity is of the bytes that were read first: what stands under the name by then is not counted by. */
static void
a_database_that_is_replaced_while_it_is_read_is_refused(void **state)
{
	static const char *const countries[] = {"JP", "US"};
	struct tt_geo_starts4 v4 = {0};
	struct tt_geo_ranges v6 = {0};
	struct tt_error err = {0};
	struct tt_geo_file file;
	char path[200];

	snprintf(path, sizeof(path), "%s/daily.mmdb", dir);
	for (unsigned i = 0; i < 2; i++) {
		struct mmdb_writer w = {.ip_version = 4};

		mmdb_add(&w, "192.0.2.0", 24,
				mmdb_put_record(&w, "country_code", NULL, countries[i]));
		unlink(path);
		assert_int_equal(mmdb_write(&w, path), 0);
		if (i == 0)
			assert_int_equal(tt_geo_file_read(&file, path, &err), 0);
	}
	assert_int_equal(
			tt_geo_mmdb_read(&file, TT_GEO_COUNTRY, &v4, &v6, &err), -EINVAL);
	assert_string_equal(err.where, path);
	assert_string_equal(err.why, "another file took its place while it was read");
	assert_int_equal(v4.n, 0);
	tt_geo_file_fini(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					an_mmdb_of_both_versions_answers_as_libmaxminddb_does),
			cmocka_unit_test(
					an_mmdb_of_ipv4_alone_answers_as_libmaxminddb_does),
			cmocka_unit_test(an_mmdb_without_countries_is_refused),
			cmocka_unit_test(an_mmdb_whose_tree_has_a_loop_is_refused),
			cmocka_unit_test(
					a_damaged_mmdb_is_refused_or_read_but_never_crashes),
			cmocka_unit_test(
					a_database_that_is_replaced_while_it_is_read_is_refused),
	};

	return cmocka_run_group_tests_name("geo_mmdb", tests, make_dir, remove_dir);
}
