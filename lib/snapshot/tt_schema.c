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
		[TT_INTERVAL_UNIQ_SRC_IP] = {"uniq_src_ip", TT_COLUMN_INT64},
		[TT_INTERVAL_TARGETS] = {"targets", TT_COLUMN_INT64},
};

static const struct tt_column targets_columns[] = {
		COMMON_COLUMNS,
		[TT_TARGETS_PROTOCOL] = {"protocol", TT_COLUMN_TEXT},
		[TT_TARGETS_TARGET] = {"target", TT_COLUMN_INT32},
		[TT_TARGETS_CODE] = {"code", TT_COLUMN_INT32},
		[TT_TARGETS_CLASS] = {"class", TT_COLUMN_TEXT},
		[TT_TARGETS_COUNTRY] = {"country", TT_COLUMN_TEXT},
		[TT_TARGETS_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_TARGETS_BYTES] = {"bytes", TT_COLUMN_INT64},
		[TT_TARGETS_UNIQ_SRC_IP] = {"uniq_src_ip", TT_COLUMN_INT64},
		[TT_TARGETS_UNIQ_SRC_IP_TARGET] = {"uniq_src_ip_target", TT_COLUMN_INT64},
};

static const struct tt_column sources_columns[] = {
		COMMON_COLUMNS,
		[TT_SOURCES_SRC_IP] = {"src_ip", TT_COLUMN_TEXT},
		[TT_SOURCES_COUNTRY] = {"country", TT_COLUMN_TEXT},
		[TT_SOURCES_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_SOURCES_BYTES] = {"bytes", TT_COLUMN_INT64},
		[TT_SOURCES_TARGETS] = {"targets", TT_COLUMN_INT64},
		[TT_SOURCES_CLASSES] = {"classes", TT_COLUMN_TEXT},
		[TT_SOURCES_FIRST_SEEN] = {"first_seen", TT_COLUMN_TIMESTAMP},
		[TT_SOURCES_LAST_SEEN] = {"last_seen", TT_COLUMN_TIMESTAMP},
};

static const struct tt_column distributions_columns[] = {
		COMMON_COLUMNS,
		[TT_DISTRIBUTIONS_DISTRIBUTION] = {"distribution", TT_COLUMN_TEXT},
		[TT_DISTRIBUTIONS_VALUE] = {"value", TT_COLUMN_INT32},
		[TT_DISTRIBUTIONS_LABEL] = {"label", TT_COLUMN_TEXT},
		[TT_DISTRIBUTIONS_PACKETS] = {"packets", TT_COLUMN_INT64},
		[TT_DISTRIBUTIONS_BYTES] = {"bytes", TT_COLUMN_INT64},
};

static const struct tt_column ledger_columns[] = {
		COMMON_COLUMNS,
		[TT_LEDGER_PORT] = {"port", TT_COLUMN_TEXT},
		[TT_LEDGER_QUEUE] = {"queue", TT_COLUMN_INT32},
		[TT_LEDGER_ACCOUNT] = {"account", TT_COLUMN_TEXT},
		[TT_LEDGER_REASON] = {"reason", TT_COLUMN_TEXT},
		[TT_LEDGER_PACKETS] = {"packets", TT_COLUMN_INT64},
};

#define SCHEMA(table)                                          \
	{                                                      \
#table, #table ".parquet", table##_columns,    \
				TT_ARRAY_SIZE(table##_columns) \
	}

static const struct tt_schema schemas[TT_N_TABLES] = {
		[TT_TABLE_INTERVAL] = SCHEMA(interval),
		[TT_TABLE_TARGETS] = SCHEMA(targets),
		[TT_TABLE_SOURCES] = SCHEMA(sources),
		[TT_TABLE_DISTRIBUTIONS] = SCHEMA(distributions),
		[TT_TABLE_LEDGER] = SCHEMA(ledger),
};

_Static_assert(TT_ARRAY_SIZE(interval_columns) == TT_INTERVAL_N_COLUMNS, "interval");
_Static_assert(TT_ARRAY_SIZE(targets_columns) == TT_TARGETS_N_COLUMNS, "targets");
_Static_assert(TT_ARRAY_SIZE(sources_columns) == TT_SOURCES_N_COLUMNS, "sources");
_Static_assert(TT_ARRAY_SIZE(distributions_columns) == TT_DISTRIBUTIONS_N_COLUMNS,
		"distributions");
_Static_assert(TT_ARRAY_SIZE(ledger_columns) == TT_LEDGER_N_COLUMNS, "ledger");

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
