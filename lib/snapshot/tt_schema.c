/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_schema.h"

#include <errno.h>
#include <string.h>

#define COMMON_COLUMNS                                                        \
	[TT_COLUMN_INTERVAL_START] = {"interval_start", TT_COLUMN_TIMESTAMP}, \
	[TT_COLUMN_SENSOR] = {"sensor", TT_COLUMN_TEXT}

static const struct tt_column interval_columns[] = {
		COMMON_COLUMNS,
		[TT_INTERVAL_END] = {"interval_end", TT_COLUMN_TIMESTAMP},
		[TT_INTERVAL_NOMINAL_S] = {"nominal_s", TT_COLUMN_INT64},
		[TT_INTERVAL_OBSERVED_US] = {"observed_us", TT_COLUMN_INT64},
		[TT_INTERVAL_GAP_BEFORE_US] = {"gap_before_us", TT_COLUMN_INT64},
		[TT_INTERVAL_STATUS] = {"status", TT_COLUMN_TEXT},
		[TT_INTERVAL_UNIQUES] = {"uniques", TT_COLUMN_TEXT},
		[TT_INTERVAL_MONITORED_ADDRESSES] = {"monitored_addresses",
				TT_COLUMN_INT64},
		[TT_INTERVAL_FRAMES] = {"frames", TT_COLUMN_INT64},
		[TT_INTERVAL_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_INTERVAL_BYTES] = {"bytes", TT_COLUMN_INT64},
		[TT_INTERVAL_BACKSCATTER_PACKETS] = {"backscatter_packets",
				TT_COLUMN_INT64},
		[TT_INTERVAL_UNIQ_SRC_IP] = {"uniq_src_ip", TT_COLUMN_INT64},
		[TT_INTERVAL_UNIQ_SRC_IP_STDERR] = {"uniq_src_ip_stderr",
				TT_COLUMN_INT64},
		[TT_INTERVAL_UNIQ_SRC_IP_RETURNING] = {"uniq_src_ip_returning",
				TT_COLUMN_INT64},
		[TT_INTERVAL_UNIQ_SRC_IP_RETURNING_STDERR] =
				{"uniq_src_ip_returning_stderr", TT_COLUMN_INT64},
		[TT_INTERVAL_DESTINATIONS] = {"destinations", TT_COLUMN_INT64},
		[TT_INTERVAL_TARGETS] = {"targets", TT_COLUMN_INT64},
		[TT_INTERVAL_TARGETS_FIRST_TIME] = {"targets_first_time",
				TT_COLUMN_INT64},
		[TT_INTERVAL_SOURCES_ONE_IN] = {"sources_one_in", TT_COLUMN_INT64},
		[TT_INTERVAL_CONTACTS_ONE_IN] = {"contacts_one_in", TT_COLUMN_INT64},
		[TT_INTERVAL_PAIR_ROWS_ONE_IN] = {"pair_rows_one_in", TT_COLUMN_INT64},
		[TT_INTERVAL_CONTACT_ROWS_ONE_IN] = {"contact_rows_one_in",
				TT_COLUMN_INT64},
		[TT_INTERVAL_RETURNING_ONE_IN] = {"returning_one_in", TT_COLUMN_INT64},
		[TT_INTERVAL_RECALL_SINCE] = {"recall_since", TT_COLUMN_TIMESTAMP},
		[TT_INTERVAL_SIGNATURE_PACKETS] = {"signature_packets", TT_COLUMN_INT64},
		[TT_INTERVAL_DETECTIONS] = {"detections", TT_COLUMN_INT64},
		[TT_INTERVAL_UNIQ_SRC_IP_DETECTED] = {"uniq_src_ip_detected",
				TT_COLUMN_INT64},
		[TT_INTERVAL_UNIQ_SRC_IP_DETECTED_STDERR] =
				{"uniq_src_ip_detected_stderr", TT_COLUMN_INT64},
		[TT_INTERVAL_SIGNATURE_SOURCES_ONE_IN] = {"signature_sources_one_in",
				TT_COLUMN_INT64},
		[TT_INTERVAL_SIGNATURES_CUT_SHORT] = {"signatures_cut_short",
				TT_COLUMN_INT64},
};

static const struct tt_column targets_columns[] = {
		COMMON_COLUMNS,
		[TT_TARGETS_PROTOCOL] = {"protocol", TT_COLUMN_TEXT},
		[TT_TARGETS_TARGET] = {"target", TT_COLUMN_INT32},
		[TT_TARGETS_CODE] = {"code", TT_COLUMN_INT32},
		[TT_TARGETS_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_TARGETS_BACKSCATTER] = {"backscatter", TT_COLUMN_INT32},
		[TT_TARGETS_COUNTRY] = {"country", TT_COLUMN_TEXT},
		[TT_TARGETS_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_TARGETS_BYTES] = {"bytes", TT_COLUMN_INT64},
		[TT_TARGETS_UNIQ_SRC_IP] = {"uniq_src_ip", TT_COLUMN_INT64},
		[TT_TARGETS_UNIQ_SRC_IP_TARGET] = {"uniq_src_ip_target", TT_COLUMN_INT64},
		[TT_TARGETS_UNIQ_SRC_IP_STDERR] = {"uniq_src_ip_stderr", TT_COLUMN_INT64},
		[TT_TARGETS_FIRST_TIME] = {"first_time", TT_COLUMN_INT32},
};

static const struct tt_column ipv6_targets_columns[] = {
		COMMON_COLUMNS,
		[TT_IPV6_TARGETS_PROTOCOL] = {"protocol", TT_COLUMN_TEXT},
		[TT_IPV6_TARGETS_TARGET] = {"target", TT_COLUMN_INT32},
		[TT_IPV6_TARGETS_CODE] = {"code", TT_COLUMN_INT32},
		[TT_IPV6_TARGETS_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_IPV6_TARGETS_BACKSCATTER] = {"backscatter", TT_COLUMN_INT32},
		[TT_IPV6_TARGETS_COUNTRY] = {"country", TT_COLUMN_TEXT},
		[TT_IPV6_TARGETS_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_IPV6_TARGETS_BYTES] = {"bytes", TT_COLUMN_INT64},
};

static const struct tt_column countries_columns[] = {
		COMMON_COLUMNS,
		[TT_COUNTRIES_COUNTRY] = {"country", TT_COLUMN_TEXT},
		[TT_COUNTRIES_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_COUNTRIES_BACKSCATTER] = {"backscatter", TT_COLUMN_INT32},
		[TT_COUNTRIES_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_COUNTRIES_BYTES] = {"bytes", TT_COLUMN_INT64},
		[TT_COUNTRIES_UNIQ_SRC_IP] = {"uniq_src_ip", TT_COLUMN_INT64},
		[TT_COUNTRIES_UNIQ_SRC_IP_COUNTRY] = {"uniq_src_ip_country",
				TT_COLUMN_INT64},
		[TT_COUNTRIES_UNIQ_SRC_IP_STDERR] = {"uniq_src_ip_stderr",
				TT_COLUMN_INT64},
};

static const struct tt_column sources_columns[] = {
		COMMON_COLUMNS,
		[TT_SOURCES_SRC_IP] = {"src_ip", TT_COLUMN_TEXT},
		[TT_SOURCES_COUNTRY] = {"country", TT_COLUMN_TEXT},
		[TT_SOURCES_ASN] = {"asn", TT_COLUMN_INT64},
		[TT_SOURCES_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_SOURCES_BYTES] = {"bytes", TT_COLUMN_INT64},
		[TT_SOURCES_BACKSCATTER_PACKETS] = {"backscatter_packets",
				TT_COLUMN_INT64},
		[TT_SOURCES_TARGETS] = {"targets", TT_COLUMN_INT64},
		[TT_SOURCES_DESTINATIONS] = {"destinations", TT_COLUMN_INT64},
		[TT_SOURCES_DESTINATIONS_STDERR] = {"destinations_stderr",
				TT_COLUMN_INT64},
		[TT_SOURCES_CLASSES] = {"classes", TT_COLUMN_TEXT},
		[TT_SOURCES_FINGERPRINTS] = {"fingerprints", TT_COLUMN_TEXT},
		[TT_SOURCES_FIRST_SEEN] = {"first_seen", TT_COLUMN_TIMESTAMP},
		[TT_SOURCES_LAST_SEEN] = {"last_seen", TT_COLUMN_TIMESTAMP},
		[TT_SOURCES_SEEN_BEFORE] = {"seen_before", TT_COLUMN_INT32},
};

static const struct tt_column talkers_columns[] = {
		COMMON_COLUMNS,
		[TT_TALKERS_PROTOCOL] = {"protocol", TT_COLUMN_TEXT},
		[TT_TALKERS_TARGET] = {"target", TT_COLUMN_INT32},
		[TT_TALKERS_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_TALKERS_SRC_IP] = {"src_ip", TT_COLUMN_TEXT},
		[TT_TALKERS_PACKETS] = {"packets", TT_COLUMN_INT64},
};

static const struct tt_column source_ports_columns[] = {
		COMMON_COLUMNS,
		[TT_SOURCE_PORTS_PROTOCOL] = {"protocol", TT_COLUMN_TEXT},
		[TT_SOURCE_PORTS_TARGET] = {"target", TT_COLUMN_INT32},
		[TT_SOURCE_PORTS_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_SOURCE_PORTS_SOURCE_PORT] = {"source_port", TT_COLUMN_INT32},
		[TT_SOURCE_PORTS_PACKETS] = {"packets", TT_COLUMN_INT64},
};

static const struct tt_column destinations_columns[] = {
		COMMON_COLUMNS,
		[TT_DESTINATIONS_DESTINATION] = {"destination", TT_COLUMN_TEXT},
		[TT_DESTINATIONS_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_DESTINATIONS_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_DESTINATIONS_UNIQ_SRC_IP] = {"uniq_src_ip", TT_COLUMN_INT64},
		[TT_DESTINATIONS_UNIQ_SRC_IP_DESTINATION] = {"uniq_src_ip_destination",
				TT_COLUMN_INT64},
		[TT_DESTINATIONS_UNIQ_SRC_IP_STDERR] = {"uniq_src_ip_stderr",
				TT_COLUMN_INT64},
};

static const struct tt_column backscatter_columns[] = {
		COMMON_COLUMNS,
		[TT_BACKSCATTER_PROTOCOL] = {"protocol", TT_COLUMN_TEXT},
		[TT_BACKSCATTER_TYPE] = {"type", TT_COLUMN_INT32},
		[TT_BACKSCATTER_CODE] = {"code", TT_COLUMN_INT32},
		[TT_BACKSCATTER_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_BACKSCATTER_ATTACKED_PROTOCOL] = {"attacked_protocol",
				TT_COLUMN_TEXT},
		[TT_BACKSCATTER_ATTACKED_TARGET] = {"attacked_target", TT_COLUMN_INT32},
		[TT_BACKSCATTER_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_BACKSCATTER_BYTES] = {"bytes", TT_COLUMN_INT64},
		[TT_BACKSCATTER_UNIQ_SRC_IP] = {"uniq_src_ip", TT_COLUMN_INT64},
		[TT_BACKSCATTER_UNIQ_SRC_IP_STDERR] = {"uniq_src_ip_stderr",
				TT_COLUMN_INT64},
};

static const struct tt_column victims_columns[] = {
		COMMON_COLUMNS,
		[TT_VICTIMS_SRC_IP] = {"src_ip", TT_COLUMN_TEXT},
		[TT_VICTIMS_COUNTRY] = {"country", TT_COLUMN_TEXT},
		[TT_VICTIMS_ATTACKED_PROTOCOL] = {"attacked_protocol", TT_COLUMN_TEXT},
		[TT_VICTIMS_ATTACKED_TARGET] = {"attacked_target", TT_COLUMN_INT32},
		[TT_VICTIMS_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_VICTIMS_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_VICTIMS_BYTES] = {"bytes", TT_COLUMN_INT64},
		[TT_VICTIMS_FIRST_SEEN] = {"first_seen", TT_COLUMN_TIMESTAMP},
		[TT_VICTIMS_LAST_SEEN] = {"last_seen", TT_COLUMN_TIMESTAMP},
};

static const struct tt_column fingerprints_columns[] = {
		COMMON_COLUMNS,
		[TT_FINGERPRINTS_FINGERPRINT] = {"fingerprint", TT_COLUMN_TEXT},
		[TT_FINGERPRINTS_PROTOCOL] = {"protocol", TT_COLUMN_TEXT},
		[TT_FINGERPRINTS_TARGET] = {"target", TT_COLUMN_INT32},
		[TT_FINGERPRINTS_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_FINGERPRINTS_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_FINGERPRINTS_BYTES] = {"bytes", TT_COLUMN_INT64},
		[TT_FINGERPRINTS_UNIQ_SRC_IP] = {"uniq_src_ip", TT_COLUMN_INT64},
		[TT_FINGERPRINTS_UNIQ_SRC_IP_STDERR] = {"uniq_src_ip_stderr",
				TT_COLUMN_INT64},
};

static const struct tt_column fingerprint_rules_columns[] = {
		COMMON_COLUMNS,
		[TT_FINGERPRINT_RULES_FINGERPRINT] = {"fingerprint", TT_COLUMN_TEXT},
		[TT_FINGERPRINT_RULES_TITLE] = {"title", TT_COLUMN_TEXT},
		[TT_FINGERPRINT_RULES_CHANCE_ONE_IN] = {"chance_one_in", TT_COLUMN_INT64},
		[TT_FINGERPRINT_RULES_SOURCE_PACKETS] = {"source_packets",
				TT_COLUMN_INT32},
		[TT_FINGERPRINT_RULES_SOURCE_PERCENT] = {"source_percent",
				TT_COLUMN_INT32},
		[TT_FINGERPRINT_RULES_TESTED] = {"tested", TT_COLUMN_INT64},
		[TT_FINGERPRINT_RULES_MATCHED] = {"matched", TT_COLUMN_INT64},
		[TT_FINGERPRINT_RULES_SOURCES] = {"sources", TT_COLUMN_INT64},
		[TT_FINGERPRINT_RULES_CARRIERS] = {"carriers", TT_COLUMN_INT64},
		[TT_FINGERPRINT_RULES_CARRIER_PACKETS] = {"carrier_packets",
				TT_COLUMN_INT64},
		[TT_FINGERPRINT_RULES_SOURCES_STDERR] = {"sources_stderr",
				TT_COLUMN_INT64},
};

static const struct tt_column source_fingerprints_columns[] = {
		COMMON_COLUMNS,
		[TT_SOURCE_FINGERPRINTS_SRC_IP] = {"src_ip", TT_COLUMN_TEXT},
		[TT_SOURCE_FINGERPRINTS_FINGERPRINT] = {"fingerprint", TT_COLUMN_TEXT},
		[TT_SOURCE_FINGERPRINTS_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_SOURCE_FINGERPRINTS_TESTED] = {"tested", TT_COLUMN_INT64},
		[TT_SOURCE_FINGERPRINTS_CARRIED] = {"carried", TT_COLUMN_INT32},
};

static const struct tt_column distributions_columns[] = {
		COMMON_COLUMNS,
		[TT_DISTRIBUTIONS_DISTRIBUTION] = {"distribution", TT_COLUMN_TEXT},
		[TT_DISTRIBUTIONS_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_DISTRIBUTIONS_VALUE] = {"value", TT_COLUMN_INT32},
		[TT_DISTRIBUTIONS_LABEL] = {"label", TT_COLUMN_TEXT},
		[TT_DISTRIBUTIONS_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_DISTRIBUTIONS_BYTES] = {"bytes", TT_COLUMN_INT64},
};

static const struct tt_column sketches_columns[] = {
		COMMON_COLUMNS,
		[TT_SKETCHES_KEY] = {"key", TT_COLUMN_TEXT},
		[TT_SKETCHES_PRECISION] = {"precision", TT_COLUMN_INT32},
		[TT_SKETCHES_REGISTER] = {"register", TT_COLUMN_INT32},
		[TT_SKETCHES_RHO] = {"rho", TT_COLUMN_INT32},
};

static const struct tt_column pairs_columns[] = {
		COMMON_COLUMNS,
		[TT_PAIRS_SRC_IP] = {"src_ip", TT_COLUMN_TEXT},
		[TT_PAIRS_COUNTRY] = {"country", TT_COLUMN_TEXT},
		[TT_PAIRS_PROTOCOL] = {"protocol", TT_COLUMN_TEXT},
		[TT_PAIRS_TARGET] = {"target", TT_COLUMN_INT32},
		[TT_PAIRS_CODE] = {"code", TT_COLUMN_INT32},
		[TT_PAIRS_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_PAIRS_BACKSCATTER] = {"backscatter", TT_COLUMN_INT32},
		[TT_PAIRS_ATTACKED_PROTOCOL] = {"attacked_protocol", TT_COLUMN_TEXT},
		[TT_PAIRS_ATTACKED_TARGET] = {"attacked_target", TT_COLUMN_INT32},
		[TT_PAIRS_MATCHED] = {"matched", TT_COLUMN_TEXT},
		[TT_PAIRS_TESTED] = {"tested", TT_COLUMN_TEXT},
		[TT_PAIRS_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_PAIRS_BYTES] = {"bytes", TT_COLUMN_INT64},
		[TT_PAIRS_SAMPLE_BITS] = {"sample_bits", TT_COLUMN_INT32},
};

static const struct tt_column contacts_columns[] = {
		COMMON_COLUMNS,
		[TT_CONTACTS_SRC_IP] = {"src_ip", TT_COLUMN_TEXT},
		[TT_CONTACTS_DESTINATION] = {"destination", TT_COLUMN_TEXT},
		[TT_CONTACTS_HOST] = {"host", TT_COLUMN_INT32},
		[TT_CONTACTS_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_CONTACTS_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_CONTACTS_SAMPLE_BITS] = {"sample_bits", TT_COLUMN_INT32},
};

static const struct tt_column signature_rules_columns[] = {
		COMMON_COLUMNS,
		[TT_SIGNATURE_RULES_GID] = {"gid", TT_COLUMN_INT64},
		[TT_SIGNATURE_RULES_SID] = {"sid", TT_COLUMN_INT64},
		[TT_SIGNATURE_RULES_REV] = {"rev", TT_COLUMN_INT64},
		[TT_SIGNATURE_RULES_MESSAGE] = {"message", TT_COLUMN_TEXT},
		[TT_SIGNATURE_RULES_CATEGORY] = {"category", TT_COLUMN_TEXT},
		[TT_SIGNATURE_RULES_COUNTS] = {"counts", TT_COLUMN_INT32},
		[TT_SIGNATURE_RULES_SOURCES_ONE_IN] = {"sources_one_in", TT_COLUMN_INT64},
		[TT_SIGNATURE_RULES_LOADED_US] = {"loaded_us", TT_COLUMN_INT64},
};

static const struct tt_column signatures_columns[] = {
		COMMON_COLUMNS,
		[TT_SIGNATURES_GID] = {"gid", TT_COLUMN_INT64},
		[TT_SIGNATURES_SID] = {"sid", TT_COLUMN_INT64},
		[TT_SIGNATURES_REV] = {"rev", TT_COLUMN_INT64},
		[TT_SIGNATURES_MESSAGE] = {"message", TT_COLUMN_TEXT},
		[TT_SIGNATURES_CATEGORY] = {"category", TT_COLUMN_TEXT},
		[TT_SIGNATURES_COUNTRY] = {"country", TT_COLUMN_TEXT},
		[TT_SIGNATURES_MATCHES] = {"matches", TT_COLUMN_INT64},
		[TT_SIGNATURES_DETECTIONS] = {"detections", TT_COLUMN_INT64},
		[TT_SIGNATURES_DETECTIONS_STDERR] = {"detections_stderr",
				TT_COLUMN_INT64},
		[TT_SIGNATURES_UNIQ_SRC_IP] = {"uniq_src_ip", TT_COLUMN_INT64},
		[TT_SIGNATURES_UNIQ_SRC_IP_STDERR] = {"uniq_src_ip_stderr",
				TT_COLUMN_INT64},
};

static const struct tt_column signature_sources_columns[] = {
		COMMON_COLUMNS,
		[TT_SIGNATURE_SOURCES_GID] = {"gid", TT_COLUMN_INT64},
		[TT_SIGNATURE_SOURCES_SID] = {"sid", TT_COLUMN_INT64},
		[TT_SIGNATURE_SOURCES_REV] = {"rev", TT_COLUMN_INT64},
		[TT_SIGNATURE_SOURCES_SRC_IP] = {"src_ip", TT_COLUMN_TEXT},
		[TT_SIGNATURE_SOURCES_COUNTRY] = {"country", TT_COLUMN_TEXT},
		[TT_SIGNATURE_SOURCES_DETECTIONS] = {"detections", TT_COLUMN_INT64},
		[TT_SIGNATURE_SOURCES_FIRST_SEEN] = {"first_seen", TT_COLUMN_TIMESTAMP},
		[TT_SIGNATURE_SOURCES_LAST_SEEN] = {"last_seen", TT_COLUMN_TIMESTAMP},
		[TT_SIGNATURE_SOURCES_SAMPLE_BITS] = {"sample_bits", TT_COLUMN_INT32},
};

static const struct tt_column coverage_columns[] = {
		COMMON_COLUMNS,
		[TT_COVERAGE_ORIGIN] = {"origin", TT_COLUMN_TEXT},
		[TT_COVERAGE_OBSERVED_FROM] = {"observed_from", TT_COLUMN_TIMESTAMP},
		[TT_COVERAGE_OBSERVED_UNTIL] = {"observed_until", TT_COLUMN_TIMESTAMP},
		[TT_COVERAGE_OBSERVED_US] = {"observed_us", TT_COLUMN_INT64},
		[TT_COVERAGE_MONITORED_ADDRESSES] = {"monitored_addresses",
				TT_COLUMN_INT64},
		[TT_COVERAGE_INTERVALS] = {"intervals", TT_COLUMN_INT64},
};

static const struct tt_column ledger_columns[] = {
		COMMON_COLUMNS,
		[TT_LEDGER_PORT] = {"port", TT_COLUMN_TEXT},
		[TT_LEDGER_QUEUE] = {"queue", TT_COLUMN_INT32},
		[TT_LEDGER_ACCOUNT] = {"account", TT_COLUMN_TEXT},
		[TT_LEDGER_REASON] = {"reason", TT_COLUMN_TEXT},
		[TT_LEDGER_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_LEDGER_KEYS] = {"keys", TT_COLUMN_INT64},
};

/* All tables. */
#define TABLES(X)                                   \
	X(interval, INTERVAL)                       \
	X(targets, TARGETS)                         \
	X(ipv6_targets, IPV6_TARGETS)               \
	X(countries, COUNTRIES)                     \
	X(sources, SOURCES)                         \
	X(talkers, TALKERS)                         \
	X(source_ports, SOURCE_PORTS)               \
	X(destinations, DESTINATIONS)               \
	X(backscatter, BACKSCATTER)                 \
	X(victims, VICTIMS)                         \
	X(fingerprints, FINGERPRINTS)               \
	X(fingerprint_rules, FINGERPRINT_RULES)     \
	X(source_fingerprints, SOURCE_FINGERPRINTS) \
	X(distributions, DISTRIBUTIONS)             \
	X(sketches, SKETCHES)                       \
	X(pairs, PAIRS)                             \
	X(contacts, CONTACTS)                       \
	X(signature_rules, SIGNATURE_RULES)         \
	X(signatures, SIGNATURES)                   \
	X(signature_sources, SIGNATURE_SOURCES)     \
	X(coverage, COVERAGE)                       \
	X(ledger, LEDGER)

#define SCHEMA(table, TABLE)                                              \
	[TT_TABLE_##TABLE] = {#table, #table ".parquet", table##_columns, \
			TT_ARRAY_SIZE(table##_columns)},
#define IS_WHOLE(table, TABLE) \
	_Static_assert(TT_ARRAY_SIZE(table##_columns) == TT_##TABLE##_N_COLUMNS, #table);

static const struct tt_schema schemas[TT_N_TABLES] = {TABLES(SCHEMA)};

TABLES(IS_WHOLE)

const struct tt_schema *
tt_schema_of(enum tt_table table)
{
	TT_ASSERT(table < TT_N_TABLES);
	return &schemas[table];
}

int
tt_table_parse(const char *name, enum tt_table *table)
{
	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		if (strcmp(name, schemas[i].name) == 0) {
			*table = (enum tt_table)i;
			return 0;
		}
	}
	return -ENOENT;
}
