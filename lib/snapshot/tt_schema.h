/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables of a snapshot: their names and columns, declared once. Writer, reader, exporter and
 * reports all take them from here; docs/snapshot-format.md says what each column means.
 * Constants only, any thread.
 *
 * A change of any table is a new schema version; readers refuse versions that they do not know.
 */
#ifndef TT_SCHEMA_H
#define TT_SCHEMA_H

#include "tt_parquet.h"

#define TT_SCHEMA_VERSION 1

enum tt_table {
	TT_TABLE_INTERVAL,
	TT_TABLE_TARGETS,
	TT_TABLE_SOURCES,
	TT_TABLE_DISTRIBUTIONS,
	TT_TABLE_LEDGER,
	TT_N_TABLES
};

/* Columns by table. The first two are the same in every one. */
#define TT_COLUMN_INTERVAL_START 0
#define TT_COLUMN_SENSOR         1

enum tt_interval_column {
	TT_INTERVAL_END = 2,
	TT_INTERVAL_NOMINAL_S,
	TT_INTERVAL_OBSERVED_US,
	TT_INTERVAL_GAP_BEFORE_US,
	TT_INTERVAL_STATUS,
	TT_INTERVAL_UNIQUES,
	TT_INTERVAL_MONITORED_ADDRESSES,
	TT_INTERVAL_FRAMES,
	TT_INTERVAL_PACKETS,
	TT_INTERVAL_BYTES,
	TT_INTERVAL_UNIQ_SRC_IP,
	TT_INTERVAL_TARGETS,
	TT_INTERVAL_N_COLUMNS
};

enum tt_targets_column {
	TT_TARGETS_PROTOCOL = 2,
	TT_TARGETS_TARGET,
	TT_TARGETS_CODE,
	TT_TARGETS_CLASS,
	TT_TARGETS_COUNTRY,
	TT_TARGETS_PACKETS,
	TT_TARGETS_BYTES,
	TT_TARGETS_UNIQ_SRC_IP,
	TT_TARGETS_UNIQ_SRC_IP_TARGET,
	TT_TARGETS_N_COLUMNS
};

enum tt_sources_column {
	TT_SOURCES_SRC_IP = 2,
	TT_SOURCES_COUNTRY,
	TT_SOURCES_PACKETS,
	TT_SOURCES_BYTES,
	TT_SOURCES_TARGETS,
	TT_SOURCES_CLASSES,
	TT_SOURCES_FIRST_SEEN,
	TT_SOURCES_LAST_SEEN,
	TT_SOURCES_N_COLUMNS
};

enum tt_distributions_column {
	TT_DISTRIBUTIONS_DISTRIBUTION = 2,
	TT_DISTRIBUTIONS_VALUE,
	TT_DISTRIBUTIONS_LABEL,
	TT_DISTRIBUTIONS_PACKETS,
	TT_DISTRIBUTIONS_BYTES,
	TT_DISTRIBUTIONS_N_COLUMNS
};

enum tt_ledger_column {
	TT_LEDGER_PORT = 2,
	TT_LEDGER_QUEUE,
	TT_LEDGER_ACCOUNT,
	TT_LEDGER_REASON,
	TT_LEDGER_PACKETS,
	TT_LEDGER_N_COLUMNS
};

/* Metadata keys of every data file. */
#define TT_META_SCHEMA_VERSION "teiten.schema_version"
#define TT_META_TABLE          "teiten.table"
#define TT_META_INTERVAL_START "teiten.interval_start"
#define TT_META_SENSOR         "teiten.sensor"
#define TT_META_MONITORED      "teiten.monitored" /* CIDR list */
#define TT_META_GEO            "teiten.geo" /* identity of the country database */

struct tt_schema {
	const char *name; /* "targets" */
	const char *file; /* "targets.parquet" */
	const struct tt_column *columns; /* [n_columns] */
	unsigned n_columns;
};

const struct tt_schema *tt_schema_of(enum tt_table table);

/* Finds a table by its name. Returns 0, or -ENOENT. */
int tt_table_parse(const char *name, enum tt_table *table) TT_MUST_CHECK;

#endif
