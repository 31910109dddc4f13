/* SPDX-License-Identifier: BSD-3-Clause */
/* What `verify` finds in tables that can be read: values that cannot be, rows out of order, and
 * tables that contradict each other. Each case changes one table of the same snapshot, and names
 * all that is then to be said. Rows are those of bed_count_all. */
#include "verify_damage.h"

static void
an_interval_that_contradicts_the_manifest_or_itself_is_found(void **state)
{
	static const struct damage damages[] = {
			ONE(INTERVAL, 0, TT_INTERVAL_DESTINATIONS, 1, NULL,
					"row 1: the manifest says otherwise"),
			ONE(INTERVAL, 0, TT_INTERVAL_BACKSCATTER_PACKETS, 1, NULL,
					"row 1: the manifest says otherwise"),
			ONE(INTERVAL, 0, TT_INTERVAL_UNIQUES, 0, "estimated",
					"row 1: the manifest says otherwise"),
			ONE(INTERVAL, 0, TT_INTERVAL_UNIQ_SRC_IP_STDERR, 1, NULL,
					"row 1: not the standard error of its count"),
			ONE(INTERVAL, 0, TT_INTERVAL_UNIQ_SRC_IP_RETURNING, 11, NULL,
					"row 1: unique counts that cannot be"),
			ONE(INTERVAL, 0, TT_INTERVAL_RECALL_SINCE, 1, NULL,
					"row 1: recalls what comes after it"),
			ONE(INTERVAL, 0, TT_INTERVAL_PAIR_ROWS_ONE_IN, 1, NULL,
					"row 1: the manifest says otherwise"),
			ONE(INTERVAL, 0, TT_INTERVAL_CONTACT_ROWS_ONE_IN, 1, NULL,
					"row 1: the manifest says otherwise"),
			ONE(INTERVAL, 0, TT_INTERVAL_RETURNING_ONE_IN, -1, NULL,
					"row 1: a count that cannot be"),
	};

	CHECK_ALL(damages);
}

static void
targets_that_cannot_be_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(TARGETS, 0, TT_TARGETS_PROTOCOL, 0, "1",
					"row 1: a protocol and target that cannot be"),
			ONE(TARGETS, 4, TT_TARGETS_TARGET, 65536, NULL,
					"row 5: a protocol and target that cannot be"),
			ONE(TARGETS, 1, TT_TARGETS_TARGET, 256, NULL,
					"row 2: a protocol and target that cannot be"),
			ONE(TARGETS, 4, TT_TARGETS_CLASS, 0, "syn",
					"row 5: a class that cannot be"),
			ONE(TARGETS, 4, TT_TARGETS_CLASS, 0, "udp",
					"row 5: a class that its target cannot have"),
			ONE(TARGETS, 4, TT_TARGETS_CODE, 1, NULL,
					"row 5: a code that its target cannot have"),
			ONE(TARGETS, 4, TT_TARGETS_BACKSCATTER, 2, NULL,
					"row 5: a flag that is neither 0 nor 1"),
			ONE(TARGETS, 4, TT_TARGETS_BACKSCATTER, 1, NULL,
					"row 5: backscatter that its class cannot be"),
			ONE(TARGETS, 4, TT_TARGETS_COUNTRY, 0, "jp",
					"row 5: a country that cannot be"),
			ONE(TARGETS, 4, TT_TARGETS_COUNTRY, 0, "**",
					"row 5: unique counts that cannot be"),
			ONE(TARGETS, 4, TT_TARGETS_PACKETS, -2, NULL,
					"row 5: a count that cannot be"),
			ONE(TARGETS, 4, TT_TARGETS_UNIQ_SRC_IP, 1, NULL,
					"row 5: unique counts that cannot be"),
			ONE(TARGETS, 4, TT_TARGETS_UNIQ_SRC_IP_TARGET, 1, NULL,
					"row 5: unique counts that cannot be"),
			ONE(TARGETS, 4, TT_TARGETS_UNIQ_SRC_IP_STDERR, 1, NULL,
					"row 5: not the standard error of its count"),
			ONE(TARGETS, 4, FORGE_TWICE, 0, NULL, "row 6" TWICE),
	};

	CHECK_ALL(damages);
}

static void
targets_that_do_not_add_up_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(TARGETS, 4, TT_TARGETS_PACKETS, 1, NULL,
					"packets: 27; interval.parquet says 26"),
			ONE(TARGETS, 4, TT_TARGETS_BYTES, 1, NULL,
					"bytes: 1133; interval.parquet says 1132"),
			ONE(TARGETS, 8, TT_TARGETS_BACKSCATTER, 1, NULL,
					"backscatter packets: 7; interval.parquet says 6"),
			ONE(TARGETS, 0, FORGE_DROP, 0, NULL,
					"packets: 25; interval.parquet says 26"),
			ONE(TARGETS, 4, TT_TARGETS_FIRST_TIME, -1, NULL,
					"targets for the first time: 9; interval.parquet says 10"),
	};

	CHECK_ALL(damages);
}

static void
countries_that_contradict_other_tables_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(COUNTRIES, 0, TT_COUNTRIES_COUNTRY, 0, "**",
					"row 1: a country that cannot be"),
			{TT_TABLE_COUNTRIES,
					{{0, TT_COUNTRIES_PACKETS, 1, NULL},
							{1, TT_COUNTRIES_PACKETS, -1,
									NULL}},
					"packets of class tcp-syn: 18; targets.parquet "
					"says 17"},
			{TT_TABLE_COUNTRIES,
					{{0, TT_COUNTRIES_BYTES, 1, NULL},
							{1, TT_COUNTRIES_BYTES, -1,
									NULL}},
					"bytes of class tcp-syn: 681; targets.parquet "
					"says 680"},
			ONE(COUNTRIES, 0, TT_COUNTRIES_PACKETS, 1, NULL,
					"packets: 27; interval.parquet says 26"),
			ONE(COUNTRIES, 0, TT_COUNTRIES_UNIQ_SRC_IP_COUNTRY, -1, NULL,
					"sources of all countries: 9; interval.parquet says 10"),
			ONE(COUNTRIES, 8, TT_COUNTRIES_COUNTRY, 0, "JP",
					"counts by country and class: not as in targets.parquet"),
			ONE(COUNTRIES, 7, TT_COUNTRIES_COUNTRY, 0, "AD", "row 9" TWICE),
	};

	CHECK_ALL(damages);
}

static void
sources_that_contradict_other_tables_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(SOURCES, 0, TT_SOURCES_SRC_IP, 0, "198.51.100.01",
					"row 1: an address that cannot be"),
			ONE(SOURCES, 0, TT_SOURCES_ASN, -1, NULL,
					"row 1: seen_before or asn that cannot be"),
			ONE(SOURCES, 0, TT_SOURCES_SEEN_BEFORE, 2, NULL,
					"row 1: seen_before or asn that cannot be"),
			ONE(SOURCES, 0, TT_SOURCES_SEEN_BEFORE, 1, NULL,
					"returning sources: 1; interval.parquet says 0"),
			ONE(SOURCES, 2, TT_SOURCES_CLASSES, 0,
					"icmp-echo-request+tcp-syn",
					"row 3: classes that cannot be"),
			ONE(SOURCES, 0, TT_SOURCES_TARGETS, -1, NULL,
					"row 1: a count that cannot be"),
			ONE(SOURCES, 0, TT_SOURCES_DESTINATIONS_STDERR, 1, NULL,
					"row 1: not the standard error of its count"),
			ONE(SOURCES, 0, TT_SOURCES_FIRST_SEEN, 10, NULL,
					"row 1: first_seen is after last_seen"),
			ONE(SOURCES, 0, TT_SOURCES_FINGERPRINTS, 0, "nmap",
					"row 1: a fingerprint that fingerprint_rules does not have"),
			ONE(SOURCES, 3, TT_SOURCES_FINGERPRINTS, 0,
					"source-port-6000+zmap-ip-id",
					"row 4: fingerprints that are not in order"),
			ONE(SOURCES, 3, TT_SOURCES_FINGERPRINTS, 0, "zmap-ip-id",
					"fingerprints that sources carry: not as in source_fingerprints.parquet"),
			ONE(SOURCES, 0, TT_SOURCES_SRC_IP, 0, "198.51.100.2",
					"row 2" TWICE),
			ONE(SOURCES, 0, TT_SOURCES_PACKETS, 1, NULL,
					"packets, and those that the ledger says are not kept: 27; interval.parquet says 26"),
			ONE(SOURCES, 0, TT_SOURCES_BYTES, 1, NULL,
					"bytes: 1133; interval.parquet says 1132"),
			ONE(SOURCES, 7, TT_SOURCES_BACKSCATTER_PACKETS, -1, NULL,
					"backscatter packets: 5; interval.parquet says 6"),
			ONE(SOURCES, 0, FORGE_DROP, 0, NULL,
					"sources: 9; interval.parquet says 10"),
	};

	CHECK_ALL(damages);
}

static void
talkers_and_source_ports_that_contradict_targets_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(TALKERS, 8, TT_TALKERS_PACKETS, 1, NULL,
					"packets by target and class: not as in targets.parquet"),
			ONE(TALKERS, 8, FORGE_DROP, 0, NULL,
					"packets by target and class: not as in targets.parquet"),
			{TT_TABLE_TALKERS,
					{{6, TT_TALKERS_PACKETS, -1, NULL},
							{8, TT_TALKERS_PACKETS, 1, NULL}},
					"row 8" TWICE},
			ONE(TALKERS, 8, TT_TALKERS_SRC_IP, 0, "+",
					"row 9: an address that cannot be"),
			ONE(SOURCE_PORTS, 4, TT_SOURCE_PORTS_PACKETS, -1, NULL,
					"packets by target and class: not as in targets.parquet"),
			ONE(SOURCE_PORTS, 4, TT_SOURCE_PORTS_SOURCE_PORT, -1, NULL,
					"row 5: a source port that cannot be"),
			ONE(SOURCE_PORTS, 2, TT_SOURCE_PORTS_SOURCE_PORT, -6001, NULL,
					"row 4" TWICE),
	};

	CHECK_ALL(damages);
}

static void
destinations_that_contradict_other_tables_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(DESTINATIONS, 11, TT_DESTINATIONS_DESTINATION, 0, "192.0.3.5",
					"row 12: a destination that is not monitored"),
			ONE(DESTINATIONS, 11, TT_DESTINATIONS_DESTINATION, 0,
					"192.0.2.5/24",
					"row 12: a destination that cannot be"),
			ONE(DESTINATIONS, 1, TT_DESTINATIONS_CLASS, 0, "tcp-syn",
					"row 2" TWICE),
			ONE(DESTINATIONS, 0, TT_DESTINATIONS_PACKETS, 1, NULL,
					"packets of class tcp-syn: 18; targets.parquet says 17"),
			{TT_TABLE_DESTINATIONS,
					{{11, TT_DESTINATIONS_DESTINATION, 0,
							 "192.0.2.4"},
							{10, FORGE_DROP, 0, NULL}},
					"packets of class tcp-syn: 15; targets.parquet "
					"says 17"},
			{TT_TABLE_DESTINATIONS,
					{{10, TT_DESTINATIONS_DESTINATION, 0,
							 "192.0.2.3"},
							{10, TT_DESTINATIONS_CLASS, 0,
									"other"}},
					"row 11" TWICE},
			ONE(DESTINATIONS, 0, TT_DESTINATIONS_UNIQ_SRC_IP_DESTINATION, -1,
					NULL,
					"sources of all destinations: 18; sources.parquet says 19"),
			ONE(DESTINATIONS, 0, TT_DESTINATIONS_UNIQ_SRC_IP, 9, NULL,
					"row 1: unique counts that cannot be"),
			ONE(DESTINATIONS, 10, TT_DESTINATIONS_DESTINATION, 0, "192.0.2.0",
					"row 11" TWICE),
	};

	CHECK_ALL(damages);
}

static void
backscatter_and_victims_that_contradict_other_tables_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(BACKSCATTER, 0, TT_BACKSCATTER_CLASS, 0, "icmp-echo-request",
					"row 1: no packet that is backscatter"),
			ONE(BACKSCATTER, 2, TT_BACKSCATTER_TYPE, 1, NULL,
					"row 3: no packet that is backscatter"),
			ONE(BACKSCATTER, 2, TT_BACKSCATTER_ATTACKED_PROTOCOL, 0, "",
					"row 3: a protocol and target that cannot be"),
			ONE(BACKSCATTER, 2, TT_BACKSCATTER_PACKETS, 1, NULL,
					"packets of class tcp-synack: 3; targets.parquet says 2"),
			ONE(BACKSCATTER, 2, TT_BACKSCATTER_BYTES, 1, NULL,
					"bytes of class tcp-synack: 81; targets.parquet says 80"),
			ONE(BACKSCATTER, 2, TT_BACKSCATTER_UNIQ_SRC_IP, 2, NULL,
					"row 3: unique counts that cannot be"),
			ONE(BACKSCATTER, 2, FORGE_TWICE, 0, NULL, "row 4" TWICE),
			ONE(VICTIMS, 0, TT_VICTIMS_PACKETS, -1, NULL,
					"backscatter packets by source: not as in sources.parquet"),
			ONE(VICTIMS, 0, TT_VICTIMS_SRC_IP, 0, "198.51.100.39",
					"backscatter packets by source: not as in sources.parquet"),
			ONE(VICTIMS, 0, TT_VICTIMS_COUNTRY, 0, "JP",
					"backscatter packets by source: not as in sources.parquet"),
			ONE(VICTIMS, 0, TT_VICTIMS_LAST_SEEN, -9, NULL,
					"row 1: first_seen is after last_seen"),
	};

	CHECK_ALL(damages);
}

static void
fingerprints_that_contradict_each_other_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(FINGERPRINTS, 0, TT_FINGERPRINTS_PACKETS, 1, NULL,
					"packets of a rule: 8; fingerprint_rules.parquet says 7"),
			ONE(FINGERPRINTS, 0, TT_FINGERPRINTS_FINGERPRINT, 0, "nmap",
					"row 1: a fingerprint that fingerprint_rules does not have"),
			ONE(FINGERPRINTS, 0, TT_FINGERPRINTS_FINGERPRINT, 0,
					"source-port-6000", "row 2" TWICE),
			ONE(FINGERPRINTS, 0, TT_FINGERPRINTS_CLASS, 0, "",
					"row 1: a target without a class"),
			ONE(FINGERPRINT_RULES, 0, TT_FINGERPRINT_RULES_MATCHED, 11, NULL,
					"row 1: a count that cannot be"),
			ONE(FINGERPRINT_RULES, 0, TT_FINGERPRINT_RULES_FINGERPRINT, 0,
					"source-port-6000",
					"row 2: a fingerprint that is there twice"),
			ONE(FINGERPRINT_RULES, 0, TT_FINGERPRINT_RULES_SOURCES_STDERR, 1,
					NULL,
					"row 1: not the standard error of its count"),
			ONE(FINGERPRINT_RULES, 0, TT_FINGERPRINT_RULES_SOURCE_PERCENT,
					100, NULL, "row 1: a count that cannot be"),
			ONE(FINGERPRINT_RULES, 0, TT_FINGERPRINT_RULES_SOURCE_PACKETS,
					-10, NULL, "row 1: a count that cannot be"),
			ONE(SOURCE_FINGERPRINTS, 4, FORGE_DROP, 0, NULL,
					"sources of a rule: 2; fingerprint_rules.parquet says 3"),
			ONE(SOURCE_FINGERPRINTS, 0, TT_SOURCE_FINGERPRINTS_PACKETS, -1,
					NULL,
					"packets of the carriers of a rule: 5; fingerprint_rules.parquet says 6"),
			ONE(SOURCE_FINGERPRINTS, 3, TT_SOURCE_FINGERPRINTS_PACKETS, 1,
					NULL, "row 4: carried is not as the rule judges"),
			ONE(SOURCE_FINGERPRINTS, 0, TT_SOURCE_FINGERPRINTS_TESTED, -1,
					NULL, "row 1: a count that cannot be"),
			ONE(SOURCE_FINGERPRINTS, 0, TT_SOURCE_FINGERPRINTS_CARRIED, -2,
					NULL, "row 1: a flag that is neither 0 nor 1"),
	};

	CHECK_ALL(damages);
}

/* Rows: 8 of each that covers all, 3 and 3 of TCP flags, a window, then the ports. */
static void
distributions_that_contradict_targets_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(DISTRIBUTIONS, 0, TT_DISTRIBUTIONS_DISTRIBUTION, 0, "ports",
					"row 1: no distribution of this schema version"),
			ONE(DISTRIBUTIONS, 8, TT_DISTRIBUTIONS_VALUE, 192, NULL,
					"row 9: a value that its distribution cannot have"),
			ONE(DISTRIBUTIONS, 16, TT_DISTRIBUTIONS_VALUE, 16, NULL,
					"row 17: a value that its distribution cannot have"),
			ONE(DISTRIBUTIONS, 0, TT_DISTRIBUTIONS_LABEL, 0, "tcp",
					"row 1: not the label of its value"),
			ONE(DISTRIBUTIONS, 8, FORGE_TWICE, 0, NULL, "row 10" TWICE),
			ONE(DISTRIBUTIONS, 8, TT_DISTRIBUTIONS_PACKETS, 1, NULL,
					"ttl of class tcp-syn: 18 packets, 680 bytes; targets.parquet says 17 and 680"),
			ONE(DISTRIBUTIONS, 22, TT_DISTRIBUTIONS_PACKETS, 1, NULL,
					"tcp-window of class tcp-syn: 18 packets, 680 bytes; targets.parquet says 17 and 680"),
			ONE(DISTRIBUTIONS, 23, TT_DISTRIBUTIONS_PACKETS, 1, NULL,
					"tcp-source-port of class tcp-syn: 18 packets, 0 bytes; targets.parquet says 17 and 0"),
			{TT_TABLE_DISTRIBUTIONS,
					{{7, TT_DISTRIBUTIONS_VALUE, 1, NULL},
							{7, TT_DISTRIBUTIONS_LABEL, 0,
									"IGMP"}},
					"counts by IP protocol and class: not as in "
					"targets.parquet"},
			{TT_TABLE_DISTRIBUTIONS,
					{{18, TT_DISTRIBUTIONS_VALUE, 8, NULL},
							{18, TT_DISTRIBUTIONS_LABEL, 0,
									"RST+PSH"}},
					"tcp-flags: not as in distributions.parquet"},
	};

	CHECK_ALL(damages);
}

/* Rows: the ten sources of all, then those of the country "??". */
static void
sketches_that_cannot_be_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(SKETCHES, 0, TT_SKETCHES_KEY, 0, "source",
					"row 1: a key that cannot be"),
			ONE(SKETCHES, 19, TT_SKETCHES_KEY, 0, "sources/country/**",
					"row 20: a key that cannot be"),
			ONE(SKETCHES, 0, TT_SKETCHES_PRECISION, -1, NULL,
					"row 1: not the precision of its kind"),
			ONE(SKETCHES, 9, TT_SKETCHES_REGISTER, 451, NULL,
					"row 10: a register that cannot be"),
			ONE(SKETCHES, 0, TT_SKETCHES_RHO, 48, NULL,
					"row 1: a register that cannot be"),
			ONE(SKETCHES, 0, TT_SKETCHES_RHO, 1, NULL,
					"sources: register 84 is 5; by sources.parquet it is 4"),
			ONE(SKETCHES, 0, FORGE_DROP, 0, NULL,
					"sources: register 84 is 0; by sources.parquet it is 4"),
			ONE(SKETCHES, 0, TT_SKETCHES_REGISTER, 5000, NULL, "row 2" TWICE),
	};

	CHECK_ALL(damages);
}

/* Rows: 4 of the nic, 13 of frames, late, then the tables. */
static void
ledgers_that_contradict_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(LEDGER, 3, TT_LEDGER_PACKETS, 1, NULL,
					"the ledger does not close: 28 delivered, 27 in its frames"),
			ONE(LEDGER, 3, TT_LEDGER_KEYS, 1, NULL,
					"row 4: keys of no table"),
			ONE(LEDGER, 18, TT_LEDGER_KEYS, 1, NULL,
					"its sums are not those of the manifest"),
			ONE(LEDGER, 18, TT_LEDGER_PORT, 0, "table",
					"row 19: a port and an account that do not go together"),
			ONE(LEDGER, 18, TT_LEDGER_REASON, 0, "talkers",
					"row 19: not the next one of the tables"),
			ONE(LEDGER, 24, FORGE_DROP, 0, NULL, "6 of 7 rows of the tables"),
	};

	CHECK_ALL(damages);
}

/* Packets from hosts 0, 1, … to an address each; an even host sends a SYN, an odd one an RST. */
struct space {
	const char *monitored;
	const char *to[8]; /* up to the first NULL */
};

static void
count_packet(unsigned host, const char *to)
{
	struct tt_packet p = bed_tcp(host, 445, host % 2 == 1 ? TT_TCP_RST : TT_TCP_SYN);

	assert_int_equal(tt_addr_parse(to, &p.dst), 0);
	if (!tt_addr_is_v4(p.dst)) {
		p.ip_version = 6;
		p.src.hi = UINT64_C(0x20010db8) << 32;
	}
	bed_packet(&bed, &p, BED_START + host);
}

/* Writes a snapshot of the space cut into 4096 units at most, and verifies it, damaged or not. */
static void
check_space(const struct space *space, const struct damage *d)
{
	struct bed_space bed_space;

	bed_space_init(&bed, &bed_space, space->monitored);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(space->to) && space->to[i] != NULL; i++)
		count_packet(i, space->to[i]);
	bed_write_ok(&bed, BED_START);
	check_verify(d);
	bed_space_fini(&bed, &bed_space);
}

/* Two ranges of one prefix are two destinations with the same text, and no more than two. */
static void
a_prefix_is_there_once_for_each_part_of_it_that_is_monitored(void **state)
{
	static const struct space space = {"192.0.2.0/26,192.0.2.128/26",
			{"192.0.2.1", "192.0.2.1", "192.0.2.129"}};
	static const struct damage third = ONE(DESTINATIONS, 1, TT_DESTINATIONS_CLASS, 0,
			"tcp-syn", "row 3" TWICE);

	check_space(&space, NULL);
	check_space(&space, &third);
}

/* Rows do not tell them apart: a SYN to the one, an RST to the other. */
static void
parts_of_a_prefix_with_other_classes_each_are_in_order(void **state)
{
	static const struct space space = {
			"192.0.2.0/26,192.0.2.128/26", {"192.0.2.1", "192.0.2.129"}};

	check_space(&space, NULL);
}

static void
a_part_of_one_address_before_others_of_its_prefix_is_in_order(void **state)
{
	static const struct space space = {
			"192.0.2.5,192.0.2.64/26,192.0.2.192/27,192.0.2.250",
			{"192.0.2.5", "192.0.2.65", "192.0.2.200", "192.0.2.250",
					"192.0.2.250"}};

	check_space(&space, NULL);
}

/* An IPv6 prefix that holds ::ffff:0:0/96 is no IPv4, and may be there before IPv4 and after it. */
static void
prefixes_around_the_ipv4_addresses_are_in_order(void **state)
{
	static const struct space spaces[] = {
			{"::/0", {"::1", "::2", "::1:0:0:0", "2001:db8::1", "ffff::1"}},
			{"::/0,0.0.0.0/0",
					{"::1", "::2", "::1:0:0:0", "192.0.2.1",
							"10.0.0.1", "2001:db8::1",
							"ffff::1"}},
			{"0.0.0.0/0,::/0", {"192.0.2.1", "::1:0:0:0", "ffff::1"}},
			{"10.0.0.0/8,2001:db8::/32,::/120",
					{"::1", "10.0.0.1", "::1", "2001:db8::1"}},
	};
	static const struct damage again = ONE(DESTINATIONS, 2,
			TT_DESTINATIONS_DESTINATION, 0, "::/12", "row 3" TWICE);

	for (unsigned i = 0; i < TT_ARRAY_SIZE(spaces); i++)
		check_space(&spaces[i], NULL);
	check_space(&spaces[2], &again);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					an_interval_that_contradicts_the_manifest_or_itself_is_found),
			cmocka_unit_test(targets_that_cannot_be_are_found),
			cmocka_unit_test(targets_that_do_not_add_up_are_found),
			cmocka_unit_test(
					countries_that_contradict_other_tables_are_found),
			cmocka_unit_test(sources_that_contradict_other_tables_are_found),
			cmocka_unit_test(
					talkers_and_source_ports_that_contradict_targets_are_found),
			cmocka_unit_test(
					destinations_that_contradict_other_tables_are_found),
			cmocka_unit_test(
					backscatter_and_victims_that_contradict_other_tables_are_found),
			cmocka_unit_test(
					fingerprints_that_contradict_each_other_are_found),
			cmocka_unit_test(distributions_that_contradict_targets_are_found),
			cmocka_unit_test(sketches_that_cannot_be_are_found),
			cmocka_unit_test(ledgers_that_contradict_are_found),
			cmocka_unit_test(
					a_prefix_is_there_once_for_each_part_of_it_that_is_monitored),
			cmocka_unit_test(
					parts_of_a_prefix_with_other_classes_each_are_in_order),
			cmocka_unit_test(
					a_part_of_one_address_before_others_of_its_prefix_is_in_order),
			cmocka_unit_test(prefixes_around_the_ipv4_addresses_are_in_order),
	};

	return cmocka_run_group_tests_name("verify_tables", tests, NULL, NULL);
}
