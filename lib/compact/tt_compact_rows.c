/* SPDX-License-Identifier: BSD-3-Clause */
/* Columns that follow from others, table by table. */
#include "tt_compact_write.h"

#include <string.h>

static uint64_t
scaled(const struct tt_rows *t, uint64_t sources)
{
	return sources << t->c->shift;
}

static void
put(struct tt_rows *t, unsigned column, uint64_t value)
{
	tt_parquet_set_int(t->writer, column, (int64_t)value);
}

/* A count of sources and its standard error, from the word that is last in the row. */
static void
put_uniq(struct tt_rows *t, unsigned column, unsigned error_column, unsigned shift)
{
	const struct tt_store *s = &t->c->stores[t->table];
	uint64_t n = TT_UNIQ(t->row[s->width - 1]) << shift;

	put(t, column, n);
	put(t, error_column, tt_scaled_error(n, UINT64_C(1) << shift));
}

static void
put_first(struct tt_rows *t, unsigned column, unsigned shift)
{
	const struct tt_store *s = &t->c->stores[t->table];

	put(t, column, TT_UNIQ_FIRST(t->row[s->width - 1]) << shift);
}

static const uint64_t *
source_of(const struct tt_rows *t)
{
	const struct tt_store *s = &t->c->stores[TT_TABLE_SOURCES];
	const uint64_t *row = tt_store_find(s, t->row);

	TT_ASSERT(row != NULL); /* as the walk over pairs has seen */
	return row + s->n_keys;
}

static void
put_country(struct tt_rows *t, unsigned column, uint64_t carried)
{
	uint16_t country = tt_carried_country(carried);
	char text[3];

	if (!tt_parquet_set_code(t->writer, column, country))
		tt_parquet_set_coded(t->writer, column, country,
				tt_row_country(country, text));
}

static void
derive_source(struct tt_rows *t)
{
	uint64_t carried = t->values[TT_SOURCE_CARRIED];
	uint64_t extent = t->values[TT_SOURCE_EXTENT];
	uint32_t classes = extent >> TT_EXTENT_CLASSES & 0xffff;
	char text[TT_RULES_TEXT_MAX];

	put_country(t, TT_SOURCES_COUNTRY, carried);
	put(t, TT_SOURCES_ASN, tt_carried_asn(carried));
	put(t, TT_SOURCES_TARGETS, extent & UINT32_MAX);
	put(t, TT_SOURCES_DESTINATIONS, t->values[TT_SOURCE_DESTINATIONS]);
	put(t, TT_SOURCES_DESTINATIONS_STDERR, t->values[TT_SOURCE_DESTINATIONS_ERROR]);
	tt_parquet_set_text(t->writer, TT_SOURCES_CLASSES, tt_row_classes(classes, text));
	tt_parquet_set_text(t->writer, TT_SOURCES_FINGERPRINTS,
			tt_compact_rules_text(
					&t->c->rules, extent >> TT_EXTENT_RULES, text));
	tt_parquet_set_int(t->writer, TT_SOURCES_SEEN_BEFORE,
			tt_carried_seen_before(carried));
}

static void
derive_target(struct tt_rows *t)
{
	uint64_t number = t->row[0] >> TT_COMPACT_NUMBER_SHIFT;

	put_uniq(t, TT_TARGETS_UNIQ_SRC_IP, TT_TARGETS_UNIQ_SRC_IP_STDERR, t->c->shift);
	put_first(t, TT_TARGETS_UNIQ_SRC_IP_TARGET, t->c->shift);
	put(t, TT_TARGETS_FIRST_TIME, tt_target_bit(t->c->first_time, number));
}

static void
derive_label(struct tt_rows *t)
{
	const struct tt_layout *l = &t->c->layouts[t->table];
	enum tt_distribution d = (enum tt_distribution)tt_field_get(
			tt_layout_field(l, TT_DISTRIBUTIONS_DISTRIBUTION), t->row);
	uint64_t value = tt_field_get(tt_layout_field(l, TT_DISTRIBUTIONS_VALUE), t->row)
			- TT_FIELD_BIAS;
	char text[64];

	tt_parquet_set_text(t->writer, TT_DISTRIBUTIONS_LABEL,
			tt_row_label(d, (uint32_t)value, text));
}

void
tt_rows_derive(struct tt_rows *t)
{
	unsigned shift = t->c->shift, contacts = t->c->contact_shift;

	switch (t->table) {
	case TT_TABLE_TARGETS:
		derive_target(t);
		break;
	case TT_TABLE_COUNTRIES:
		put_uniq(t, TT_COUNTRIES_UNIQ_SRC_IP, TT_COUNTRIES_UNIQ_SRC_IP_STDERR,
				shift);
		put_first(t, TT_COUNTRIES_UNIQ_SRC_IP_COUNTRY, shift);
		break;
	case TT_TABLE_SOURCES:
		derive_source(t);
		break;
	case TT_TABLE_DESTINATIONS:
		put_uniq(t, TT_DESTINATIONS_UNIQ_SRC_IP,
				TT_DESTINATIONS_UNIQ_SRC_IP_STDERR, contacts);
		put_first(t, TT_DESTINATIONS_UNIQ_SRC_IP_DESTINATION, contacts);
		break;
	case TT_TABLE_BACKSCATTER:
		put_uniq(t, TT_BACKSCATTER_UNIQ_SRC_IP, TT_BACKSCATTER_UNIQ_SRC_IP_STDERR,
				shift);
		break;
	case TT_TABLE_FINGERPRINTS:
		put_uniq(t, TT_FINGERPRINTS_UNIQ_SRC_IP,
				TT_FINGERPRINTS_UNIQ_SRC_IP_STDERR, shift);
		break;
	case TT_TABLE_VICTIMS:
		put_country(t, TT_VICTIMS_COUNTRY, source_of(t)[TT_SOURCE_CARRIED]);
		break;
	case TT_TABLE_SOURCE_FINGERPRINTS:
		put(t, TT_SOURCE_FINGERPRINTS_CARRIED, tt_compact_carries(t->c, t->row));
		break;
	case TT_TABLE_DISTRIBUTIONS:
		derive_label(t);
		break;
	case TT_TABLE_PAIRS:
		put(t, TT_PAIRS_SAMPLE_BITS, t->values[TT_PAIR_BITS]);
		break;
	case TT_TABLE_CONTACTS:
		put(t, TT_CONTACTS_SAMPLE_BITS, t->values[TT_CONTACT_BITS]);
		break;
	default:
		break;
	}
}

int
tt_rows_interval(struct tt_rows *t)
{
	const struct tt_compact *c = t->c;
	const struct tt_manifest *m = &c->manifest;
	const int64_t values[] = {m->monitored_addresses, m->frames, m->packets, m->bytes,
			m->backscatter_packets, m->uniq_src_ip,
			(int64_t)tt_scaled_error((uint64_t)m->uniq_src_ip,
					(uint64_t)m->sources_one_in),
			c->uniq_src_ip_returning,
			(int64_t)tt_scaled_error((uint64_t)c->uniq_src_ip_returning,
					(uint64_t)c->returning_one_in),
			m->destinations, m->targets, c->targets_first_time,
			m->sources_one_in, m->contacts_one_in, m->pair_rows_one_in,
			m->contact_rows_one_in, c->returning_one_in, c->recall_since_us,
			m->signature_packets, m->detections, c->signatures.uniq_src_ip,
			(int64_t)tt_scaled_error((uint64_t)c->signatures.uniq_src_ip,
					(uint64_t)m->signature_sources_one_in),
			m->signature_sources_one_in, m->signatures_cut_short};

	tt_parquet_set_int(t->writer, TT_INTERVAL_END, m->end_us);
	tt_parquet_set_int(t->writer, TT_INTERVAL_NOMINAL_S, m->nominal_s);
	tt_parquet_set_int(t->writer, TT_INTERVAL_OBSERVED_US, m->observed_us);
	tt_parquet_set_int(t->writer, TT_INTERVAL_GAP_BEFORE_US, m->gap_before_us);
	tt_parquet_set_text(t->writer, TT_INTERVAL_STATUS, tt_manifest_status(m));
	tt_parquet_set_text(t->writer, TT_INTERVAL_UNIQUES, tt_manifest_uniques(m));
	for (unsigned i = 0; i < TT_ARRAY_SIZE(values); i++)
		tt_parquet_set_int(t->writer, TT_INTERVAL_MONITORED_ADDRESSES + i,
				values[i]);
	return tt_parquet_end_row(t->writer, c->err);
}

int
tt_rows_rules(struct tt_rows *t)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < t->c->rules.n; i++) {
		const struct tt_compact_rule *r = &t->c->rules.all[i];

		tt_parquet_set_text(t->writer, TT_FINGERPRINT_RULES_FINGERPRINT, r->id);
		tt_parquet_set_text(t->writer, TT_FINGERPRINT_RULES_TITLE, r->title);
		tt_parquet_set_int(t->writer, TT_FINGERPRINT_RULES_CHANCE_ONE_IN,
				r->chance_one_in);
		tt_parquet_set_int(t->writer, TT_FINGERPRINT_RULES_SOURCE_PACKETS,
				r->source_packets);
		tt_parquet_set_int(t->writer, TT_FINGERPRINT_RULES_SOURCE_PERCENT,
				r->source_percent);
		tt_parquet_set_int(t->writer, TT_FINGERPRINT_RULES_TESTED, r->tested);
		tt_parquet_set_int(t->writer, TT_FINGERPRINT_RULES_MATCHED, r->matched);
		put(t, TT_FINGERPRINT_RULES_SOURCES, scaled(t, r->sources));
		put(t, TT_FINGERPRINT_RULES_CARRIERS, scaled(t, r->carriers));
		put(t, TT_FINGERPRINT_RULES_CARRIER_PACKETS,
				scaled(t, r->carrier_packets));
		put(t, TT_FINGERPRINT_RULES_SOURCES_STDERR,
				tt_scaled_error(scaled(t, r->sources),
						UINT64_C(1) << t->c->shift));
		ret = tt_parquet_end_row(t->writer, t->c->err);
	}
	return ret;
}

#define REGISTERS 1024 /* at a time; a sketch has a power of two of them, eight or more */

/* Registers of one sketch that are not zero. */
struct registers {
	int64_t numbers[REGISTERS], rhos[REGISTERS];
	size_t n;
};

static int
put_registers(struct tt_rows *t, const struct tt_merged_sketch *s, uint64_t code,
		const struct registers *r)
{
	struct tt_parquet_writer *writer = t->writer;
	char text[64];
	int ret = 0;

	for (size_t i = 0, n; ret == 0 && i < r->n; i += n) {
		n = tt_parquet_rows_left(writer);
		n = r->n - i < n ? r->n - i : n;
		if (!tt_parquet_repeat_code(writer, TT_SKETCHES_KEY, code, n)) {
			n = 1;
			tt_parquet_set_coded(writer, TT_SKETCHES_KEY, code,
					tt_sketch_key(s, text));
		}
		tt_parquet_repeat_int(writer, TT_SKETCHES_PRECISION, s->p, n);
		tt_parquet_set_ints(writer, TT_SKETCHES_REGISTER, r->numbers + i, n);
		tt_parquet_set_ints(writer, TT_SKETCHES_RHO, r->rhos + i, n);
		ret = tt_parquet_end_rows(writer, n, t->c->err);
	}
	return ret;
}

/* Notes those that are not zero of a span of registers. Most targets have few: eight zeros are passed over
 * at once. */
static void
note_registers(struct registers *r, const uint8_t *registers, uint32_t from, uint32_t end)
{
	uint64_t eight;

	r->n = 0;
	for (uint32_t i = from; i < end; i += sizeof(eight)) {
		memcpy(&eight, registers + i, sizeof(eight));
		for (uint32_t k = i; eight != 0 && k < i + sizeof(eight); k++) {
			r->numbers[r->n] = k;
			r->rhos[r->n] = registers[k];
			r->n += registers[k] != 0;
		}
	}
}

static int
put_sketch(struct tt_rows *t, const struct tt_merged_sketch *s, uint64_t code)
{
	uint32_t m = UINT32_C(1) << s->p;
	struct registers r;
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < m; i += REGISTERS) {
		note_registers(&r, s->registers, i,
				m - i < REGISTERS ? m : i + REGISTERS);
		ret = put_registers(t, s, code, &r);
	}
	return ret;
}

int
tt_rows_sketches(struct tt_rows *t)
{
	int ret = 0;

	tt_sketches_sort(&t->c->sketches);
	for (uint32_t i = 0; ret == 0 && i < t->c->sketches.n; i++)
		ret = put_sketch(t, t->c->sketches.all[i], i);
	tt_sketches_fini(&t->c->sketches);
	return ret;
}

int
tt_rows_coverage(struct tt_rows *t)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < t->c->n_covered; i++) {
		const struct tt_covered *row = &t->c->covered[i];

		tt_parquet_set_text(t->writer, TT_COVERAGE_ORIGIN, row->origin);
		tt_parquet_set_int(t->writer, TT_COVERAGE_OBSERVED_FROM, row->from_us);
		tt_parquet_set_int(t->writer, TT_COVERAGE_OBSERVED_UNTIL, row->until_us);
		tt_parquet_set_int(t->writer, TT_COVERAGE_OBSERVED_US, row->observed_us);
		tt_parquet_set_int(t->writer, TT_COVERAGE_MONITORED_ADDRESSES,
				row->addresses);
		tt_parquet_set_int(t->writer, TT_COVERAGE_INTERVALS, row->intervals);
		ret = tt_parquet_end_row(t->writer, t->c->err);
	}
	return ret;
}

int
tt_rows_ledger(struct tt_rows *t)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < t->c->n_entered; i++) {
		const struct tt_ledger_row row = tt_compact_ledger_row(&t->c->entered[i]);

		tt_parquet_set_text(t->writer, TT_LEDGER_PORT, row.port);
		tt_parquet_set_int(t->writer, TT_LEDGER_QUEUE, row.queue);
		tt_parquet_set_text(t->writer, TT_LEDGER_ACCOUNT, row.account);
		tt_parquet_set_text(t->writer, TT_LEDGER_REASON, row.reason);
		put(t, TT_LEDGER_PACKETS, row.packets);
		put(t, TT_LEDGER_KEYS, row.keys);
		ret = tt_parquet_end_row(t->writer, t->c->err);
	}
	return ret;
}
