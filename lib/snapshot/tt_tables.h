/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files that write a snapshot's tables share; not for other rooms. Rows come from the
 * merge one by one (tt_tables_rows.c) and go to one Parquet writer per table.
 *
 * Standard errors are columns of rows that come before the merge knows the rate at which it
 * samples. So it is worked out from the tallies beforehand, by the merge's own rule: the rate of
 * the one that keeps least.
 */
#ifndef TT_TABLES_H
#define TT_TABLES_H

#include "tt_parquet_row.h"
#include "tt_row_text.h"
#include "tt_spool_private.h"

/* Standard errors of counts that one in so many was kept of: most counts are a few times that. */
#define TT_ROW_ERRORS 64

struct tt_row_errors {
	uint64_t one_in; /* a power of two */
	uint64_t of[TT_ROW_ERRORS]; /* of so many times one_in, as tt_scaled_error has it */
};

struct tt_tables {
	int dir_fd;
	bool sync;
	struct tt_manifest *manifest;
	const struct tt_merge_config *config;
	struct tt_row_errors sources, contacts;
	struct tt_parquet_writer *writers[TT_N_TABLES];
	/* Of the last row of these tables. */
	struct tt_addr pair_src, contact_src, source_fingerprint_src, victim_src;
	int64_t destination_unit; /* -1: there is none yet */
};

/* A row that is being filled from left to right. */
struct tt_row {
	struct tt_parquet_row values;
};

/* The first column that rows set: after those that all tables have, the same in all rows. */
#define TT_ROW_COLUMN (TT_COLUMN_SENSOR + 1)

static inline void
tt_row_int(struct tt_row *row, int64_t value)
{
	tt_parquet_row_int(&row->values, value);
}

static inline void
tt_row_text(struct tt_row *row, const char *text)
{
	tt_parquet_set_text(row->values.writer, tt_parquet_row_step(&row->values), text);
}

static inline void
tt_row_new_text(struct tt_row *row, const char *text)
{
	tt_parquet_set_new(row->values.writer, tt_parquet_row_step(&row->values), text);
}

/* The text of the row before: true where there is one. */
static inline bool
tt_row_same(struct tt_row *row)
{
	return tt_parquet_row_same(&row->values);
}

/* A text that follows from a number: true where that is enough. Otherwise tt_row_coded is to be
 * given both. */
static inline bool
tt_row_code(struct tt_row *row, uint64_t code)
{
	return tt_parquet_row_code(&row->values, code);
}

static inline void
tt_row_coded(struct tt_row *row, uint64_t code, const char *text)
{
	tt_parquet_set_coded(row->values.writer, tt_parquet_row_step(&row->values), code,
			text);
}

static inline void
tt_row_count(struct tt_row *row, struct tt_count count)
{
	tt_row_int(row, (int64_t)count.packets);
	tt_row_int(row, (int64_t)count.bytes);
}

static inline void
tt_row_put_country(struct tt_row *row, uint16_t country)
{
	char text[3];

	if (!tt_row_code(row, country))
		tt_row_coded(row, country, tt_row_country(country, text));
}

/* Protocol and number. */
static inline void
tt_row_put_target(struct tt_row *row, struct tt_target target)
{
	char text[16];

	if (!tt_row_code(row, target.protocol))
		tt_row_coded(row, target.protocol,
				tt_protocol_name(target.protocol, text));
	tt_row_int(row, target.number);
}

/* The code of a protocol that is not known. */
#define TT_ROW_NO_PROTOCOL 256

/* Protocol and number that need not be known: no packet of protocol 0 is told apart. */
static inline void
tt_row_put_known_target(struct tt_row *row, struct tt_target target)
{
	if (target.protocol != 0) {
		tt_row_put_target(row, target);
		return;
	}
	if (!tt_row_code(row, TT_ROW_NO_PROTOCOL))
		tt_row_coded(row, TT_ROW_NO_PROTOCOL, "");
	tt_row_int(row, -1);
}

static inline void
tt_row_put_class(struct tt_row *row, enum tt_class class)
{
	if (!tt_row_code(row, class))
		tt_row_coded(row, class, tt_class_name(class));
}

/* Rules of fingerprints. */
static inline void
tt_row_put_rules(struct tt_row *row, const struct tt_tables *t, uint32_t rules)
{
	char text[TT_RULES_TEXT_MAX];

	if (!tt_row_code(row, rules))
		tt_row_coded(row, rules,
				tt_row_rules(t->config->fingerprints, rules, text));
}

/* A destination unit. */
static inline void
tt_row_put_unit(struct tt_row *row, const struct tt_tables *t, uint32_t unit)
{
	char text[TT_UNIT_TEXT_MAX];

	if (!tt_row_code(row, unit))
		tt_row_coded(row, unit,
				tt_units_format(t->config->destinations, unit, text));
}

/* The destination unit of a row of a table that is in order of them. last: that of the row before. */
static inline void
tt_row_put_next_unit(struct tt_row *row, const struct tt_tables *t, uint32_t unit,
		int64_t *last)
{
	char text[TT_UNIT_TEXT_MAX];

	if (*last == unit && tt_row_same(row))
		return;
	*last = unit;
	tt_row_new_text(row, tt_units_format(t->config->destinations, unit, text));
}

/* The source of a row of a table that is in order of source. last: that of the row before. */
static inline void
tt_row_put_src(struct tt_row *row, struct tt_addr src, struct tt_addr *last)
{
	char text[TT_ADDR_TEXT_MAX];

	if (tt_addr_cmp(*last, src) == 0 && tt_row_same(row))
		return;
	*last = src;
	tt_row_new_text(row, tt_addr_format(src, text));
}

static inline void
tt_row_begin(struct tt_row *row, const struct tt_tables *t, enum tt_table table)
{
	tt_parquet_row_begin(&row->values, t->writers[table], TT_ROW_COLUMN);
}

static inline int
tt_row_end(const struct tt_row *row, struct tt_error *err)
{
	return tt_parquet_row_end(&row->values, err);
}

void tt_row_errors_init(struct tt_row_errors *errors, uint64_t one_in);

/* Rows of pairs and contacts; context: the tables. Return 0, or a negative errno with err filled. */
int tt_tables_put_pair(void *context, const struct tt_pair_row *r, struct tt_error *err);
int tt_tables_put_contact(
		void *context, const struct tt_contact_row *r, struct tt_error *err);

/* Rows of sketches; likewise. */
int tt_tables_put_sketches(
		void *context, const struct tt_sketch_rows *rows, struct tt_error *err);

/* Rows of signatures, loaded and found, and of their sources; likewise. */
int tt_tables_put_signature_rule(void *context, const struct tt_signature_rule_row *r,
		struct tt_error *err);
int tt_tables_put_signature(
		void *context, const struct tt_signature_row *r, struct tt_error *err);
int tt_tables_put_signature_source(void *context, const struct tt_signature_source_row *r,
		struct tt_error *err);

/* The row of IPv6 packets that are not told apart, where there are any. Returns 0, or a negative errno with err filled. */
int tt_tables_put_ipv6_untold(const struct tt_tables *t, struct tt_count untold,
		struct tt_error *err) TT_MUST_CHECK;

/* Finishes a table, to which no row comes any more, unless it is finished already, and frees what
 * was held of it. Returns 0, or a negative errno with err filled. */
int tt_tables_finish(struct tt_tables *t, enum tt_table table,
		struct tt_error *err) TT_MUST_CHECK;

/* Where the merge puts its rows. Tables are finished as soon as it has no more of theirs. */
struct tt_merge_sink tt_tables_sink(struct tt_tables *tables);

#endif
