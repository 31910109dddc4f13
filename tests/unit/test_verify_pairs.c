/* SPDX-License-Identifier: BSD-3-Clause */
/* What `verify` finds in pairs, contacts and coverage: values that cannot be, rows out of order, and
 * contradictions to the tables that follow from them. Rows are those of bed_count_all. */
#include "verify_damage.h"

#define BITS ": sample_bits that cannot be"

static void
pairs_that_cannot_be_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(PAIRS, 0, TT_PAIRS_SRC_IP, 0, "198.51.100.01",
					"row 1: an address that cannot be"),
			ONE(PAIRS, 0, TT_PAIRS_COUNTRY, 0, "**",
					"row 1: a country that cannot be"),
			ONE(PAIRS, 2, TT_PAIRS_COUNTRY, 0, "JP",
					"row 3: another country or other sample_bits than the row before"),
			ONE(PAIRS, 0, TT_PAIRS_TARGET, 65536, NULL,
					"row 1: a protocol and target that cannot be"),
			ONE(PAIRS, 0, TT_PAIRS_CODE, 1, NULL,
					"row 1: a code that its target cannot have"),
			ONE(PAIRS, 0, TT_PAIRS_CLASS, 0, "udp",
					"row 1: a class that its target cannot have"),
			ONE(PAIRS, 0, TT_PAIRS_BACKSCATTER, 1, NULL,
					"row 1: backscatter that its class cannot be"),
			ONE(PAIRS, 0, TT_PAIRS_ATTACKED_PROTOCOL, 0, "TCP",
					"row 1: an attacked service of no backscatter"),
			ONE(PAIRS, 0, TT_PAIRS_TESTED, 0, "nmap",
					"row 1: a fingerprint that fingerprint_rules does not have"),
			ONE(PAIRS, 0, TT_PAIRS_TESTED, 0, "source-port-6000+zmap-ip-id",
					"row 1: fingerprints that are not in order"),
			{TT_TABLE_PAIRS,
					{{0, TT_PAIRS_TESTED, 0, ""},
							{0, TT_PAIRS_MATCHED, 0,
									"zmap-ip-id"}},
					"row 1: fingerprints that match and were not tested"},
			ONE(PAIRS, 0, TT_PAIRS_PACKETS, -2, NULL,
					"row 1: a count that cannot be"),
			ONE(PAIRS, 0, TT_PAIRS_SAMPLE_BITS, 33, NULL, "row 1" BITS),
			ONE(PAIRS, 0, TT_PAIRS_SAMPLE_BITS, -1, NULL, "row 1" BITS),
			ONE(PAIRS, 0, TT_PAIRS_SAMPLE_BITS, 1, NULL,
					"row 1: not the sample_bits of its source"),
			ONE(PAIRS, 7, TT_PAIRS_MATCHED, 0, "zmap-ip-id+",
					"row 8: fingerprints that end in a plus"),
			ONE(PAIRS, 0, FORGE_TWICE, 0, NULL, "row 2" TWICE),
			ONE(PAIRS, 2, TT_PAIRS_TARGET, -423, NULL, "row 3" TWICE),
			ONE(PAIRS, 7, TT_PAIRS_MATCHED, 0, "", "row 8" TWICE),
	};

	CHECK_ALL(damages);
}

static void
pairs_that_contradict_other_tables_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(PAIRS, 0, TT_PAIRS_PACKETS, 1, NULL,
					"counts by source: not as in sources.parquet"),
			ONE(PAIRS, 0, TT_PAIRS_BYTES, 1, NULL,
					"counts by source: not as in sources.parquet"),
			ONE(PAIRS, 0, FORGE_DROP, 0, NULL,
					"counts by source: not as in sources.parquet"),
			ONE(PAIRS, 2, TT_PAIRS_TARGET, -422, NULL, "row 3" TWICE),
			ONE(PAIRS, 0, TT_PAIRS_COUNTRY, 0, "JP",
					"countries by source: not as in sources.parquet"),
			ONE(PAIRS, 11, TT_PAIRS_ATTACKED_TARGET, 1, NULL,
					"counts by victim: not as in victims.parquet"),
			ONE(PAIRS, 9, TT_PAIRS_MATCHED, 0, "source-port-6000",
					"counts by source and fingerprint: not as in source_fingerprints.parquet"),
			ONE(PAIRS, 0, TT_PAIRS_TARGET, 1, NULL,
					"counts by target and country: not as in targets.parquet"),
			ONE(PAIRS, 17, TT_PAIRS_CODE, 1, NULL,
					"counts by target and country: not as in targets.parquet"),
	};

	CHECK_ALL(damages);
}

/* Where parts had several databases of countries, each packet is in the country of its own. */
static void
countries_of_several_databases_are_those_of_pairs(void **state)
{
	static const struct damage damages[] = {
			ONE(PAIRS, 0, TT_PAIRS_COUNTRY, 0, "JP",
					"counts by target and country: not as in targets.parquet"),
			ONE(PAIRS, 0, TT_PAIRS_TARGET, 1, NULL,
					"counts by target and country: not as in targets.parquet"),
	};
	static const struct forge more = {1, TT_COUNTRIES_UNIQ_SRC_IP, 1, NULL};
	char *geo = bed_world()->geo->identity;
	struct tt_snapshot *s;
	char path[256];

	strcpy(geo, "geoip 2026-06-25 + geoip 2026-06-26");
	CHECK_ALL(damages);
	bed_init(&bed);
	bed_count_all(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	check_verify(NULL);
	assert_int_equal(
			tt_snapshot_open(&s, bed_path(&bed, BED_START, NULL, path), NULL),
			0);
	forge_table(s, TT_TABLE_COUNTRIES, &more, 1);
	tt_snapshot_close(s);
	said[0] = '\0';
	assert_int_equal(tt_snapshot_verify(path, note, NULL), 1);
	assert_string_equal(said,
			"pairs.parquet: sources by country and class: not as in countries.parquet\n");
	bed_fini(&bed);
	strcpy(geo, "none");
}

static void
contacts_that_cannot_be_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(CONTACTS, 0, TT_CONTACTS_SRC_IP, 0, "::ffff:1.2.3.4",
					"row 1: an address that cannot be"),
			ONE(CONTACTS, 0, TT_CONTACTS_DESTINATION, 0, "192.0.2.01",
					"row 1: a destination that cannot be"),
			ONE(CONTACTS, 0, TT_CONTACTS_DESTINATION, 0, "192.0.3.1",
					"row 1: a destination that is not monitored"),
			ONE(CONTACTS, 0, TT_CONTACTS_HOST, 1, NULL,
					"row 1: a host that its destination cannot have"),
			ONE(CONTACTS, 0, TT_CONTACTS_CLASS, 0, "syn",
					"row 1: a class that cannot be"),
			ONE(CONTACTS, 0, TT_CONTACTS_PACKETS, -2, NULL,
					"row 1: a count that cannot be"),
			ONE(CONTACTS, 0, TT_CONTACTS_SAMPLE_BITS, 33, NULL, "row 1" BITS),
			ONE(CONTACTS, 0, TT_CONTACTS_SAMPLE_BITS, 1, NULL,
					"row 1: not the sample_bits of its source and destination"),
			ONE(CONTACTS, 20, TT_CONTACTS_SAMPLE_BITS, 1, NULL,
					"row 21: not the sample_bits of its source and destination"),
			ONE(CONTACTS, 0, FORGE_TWICE, 0, NULL, "row 2" TWICE),
			ONE(CONTACTS, 5, TT_CONTACTS_DESTINATION, 0, "192.0.2.0",
					"row 6" TWICE),
	};

	CHECK_ALL(damages);
}

/* Another hash than the one that is public now: of a secret, or of earlier versions. */
static void
sample_bits_of_another_hash_are_the_same_in_the_rows_of_a_contact(void **state)
{
	static const char *const names[] = {TT_SAMPLE_PUBLIC_1, "0123456789abcdef"};
	static const struct forge first = {0, TT_CONTACTS_SAMPLE_BITS, 1, NULL};
	static const struct forge second = {20, TT_CONTACTS_SAMPLE_BITS, 1, NULL};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++) {
		struct tt_snapshot *s;
		char path[256];

		bed_init(&bed);
		bed_count_all(&bed, BED_START);
		bed_write_ok(&bed, BED_START);
		bed_path(&bed, BED_START, NULL, path);
		assert_int_equal(tt_snapshot_open(&s, path, NULL), 0);
		snprintf(s->manifest.sample, sizeof(s->manifest.sample), "%s", names[i]);
		said[0] = '\0';
		forge_table(s, TT_TABLE_CONTACTS, &first, 1);
		assert_int_equal(tt_snapshot_verify(path, note, NULL), 0);
		forge_table(s, TT_TABLE_CONTACTS, &second, 1);
		assert_int_equal(tt_snapshot_verify(path, note, NULL), 1);
		assert_string_equal(said,
				"contacts.parquet: row 21: other sample_bits than the row before\n");
		tt_snapshot_close(s);
		bed_fini(&bed);
	}
}

static void
contacts_that_contradict_other_tables_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(CONTACTS, 0, TT_CONTACTS_PACKETS, 1, NULL,
					"counts by destination: not as in destinations.parquet"),
			ONE(CONTACTS, 0, TT_CONTACTS_DESTINATION, 0, "192.0.2.2",
					"counts by destination: not as in destinations.parquet"),
			ONE(CONTACTS, 0, TT_CONTACTS_SRC_IP, 0, "198.51.100.0",
					"destinations by source: not as in sources.parquet"),
			ONE(CONTACTS, 0, FORGE_DROP, 0, NULL,
					"destinations by source: not as in sources.parquet"),
			{TT_TABLE_CONTACTS,
					{{0, TT_CONTACTS_PACKETS, -1, NULL},
							{2, TT_CONTACTS_PACKETS, 1,
									NULL}},
					"packets by source and class: not as in pairs.parquet"},
	};

	CHECK_ALL(damages);
}

static void
coverage_that_contradicts_the_interval_is_found(void **state)
{
	static const struct damage damages[] = {
			ONE(COVERAGE, 0, TT_COVERAGE_ORIGIN, 0, "",
					"row 1: an origin that cannot be"),
			ONE(COVERAGE, 0, TT_COVERAGE_ORIGIN, 0, "../tokyo",
					"row 1: an origin that cannot be"),
			ONE(COVERAGE, 0, TT_COVERAGE_OBSERVED_FROM, -1, NULL,
					"row 1: a time or a number that cannot be"),
			ONE(COVERAGE, 0, TT_COVERAGE_MONITORED_ADDRESSES, 1, NULL,
					"row 1: a time or a number that cannot be"),
			ONE(COVERAGE, 0, TT_COVERAGE_INTERVALS, -1, NULL,
					"row 1: a time or a number that cannot be"),
			ONE(COVERAGE, 0, FORGE_TWICE, 0, NULL, "row 2" TWICE),
			ONE(COVERAGE, 0, TT_COVERAGE_OBSERVED_US, -1, NULL,
					"microseconds observed: 59999999; interval.parquet says 60000000"),
			ONE(COVERAGE, 0, FORGE_DROP, 0, NULL,
					"microseconds observed: 0; interval.parquet says 60000000"),
	};

	CHECK_ALL(damages);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(pairs_that_cannot_be_are_found),
			cmocka_unit_test(pairs_that_contradict_other_tables_are_found),
			cmocka_unit_test(
					countries_of_several_databases_are_those_of_pairs),
			cmocka_unit_test(contacts_that_cannot_be_are_found),
			cmocka_unit_test(
					sample_bits_of_another_hash_are_the_same_in_the_rows_of_a_contact),
			cmocka_unit_test(contacts_that_contradict_other_tables_are_found),
			cmocka_unit_test(coverage_that_contradicts_the_interval_is_found),
	};

	return cmocka_run_group_tests_name("verify_pairs", tests, NULL, NULL);
}
