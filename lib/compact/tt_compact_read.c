/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables of one part into the stores of the result. */
#include "tt_compact_private.h"
#include "tt_row_text.h"

#include <errno.h>
#include <string.h>

/* The bits of a row of `pairs` or `contacts` by the public hash. */
static int64_t
public_bits(const struct tt_compact *c, enum tt_table table,
		const struct tt_store_batch *b, unsigned i)
{
	const struct tt_addr src = {b->keys[0][i], b->keys[1][i]};
	const struct tt_field *unit;
	struct tt_hash_seed seed = tt_hash_seed_of(0);
	struct tt_addr first;

	if (table == TT_TABLE_PAIRS)
		return tt_sample_bits(tt_sample_hash(0, tt_sketch_hash(src)));
	unit = tt_layout_field(&c->layouts[table], TT_CONTACTS_DESTINATION);
	first = tt_compact_unit(&c->units, b->keys[unit->word][i] >> unit->shift).first;
	return tt_sample_bits(tt_contact_hash_of(&seed, src, tt_hash_addr(first)));
}

/* Drops the rows of a packed batch that the sample lacks. */
static void
drop(struct tt_store_batch *b, const struct tt_store *s, unsigned bits, int64_t least)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->n; i++) {
		if (b->values[bits][i] < least)
			continue;
		for (unsigned k = 0; k < s->n_keys; k++)
			b->keys[k][n] = b->keys[k][i];
		for (unsigned v = 0; v < s->n_values; v++)
			b->values[v][n] = b->values[v][i];
		n++;
	}
	b->n = n;
}

static int
take_bits(struct tt_compact *c, enum tt_table table, const struct tt_parquet_batch *from,
		const struct tt_compact_choice *choice)
{
	bool pairs = table == TT_TABLE_PAIRS;
	unsigned value = pairs ? TT_PAIR_BITS : TT_CONTACT_BITS;
	const int64_t *bits = from->columns[pairs ? TT_PAIRS_SAMPLE_BITS
						  : TT_CONTACTS_SAMPLE_BITS]
					      .ints;
	int64_t *to = c->batch->values[value];

	for (unsigned i = 0; i < choice->n; i++) {
		unsigned row = choice->rows == NULL ? i : choice->rows[i];

		if (bits[row] < 0 || bits[row] > TT_SAMPLE_SHIFT_MAX)
			return tt_compact_bad_row(&c->packer, row, "sample_bits",
					"is out of range", c->err);
		to[i] = bits[row];
	}
	if (!c->resampled)
		return 0;
	for (unsigned i = 0; i < choice->n; i++)
		to[i] = public_bits(c, table, c->batch, i);
	drop(c->batch, &c->stores[table], value, pairs ? c->shift : c->contact_shift);
	return 0;
}

/* Notes the sources of a batch of `pairs`, once each. */
static int
keep_sources(struct tt_compact *c)
{
	const struct tt_store_batch *b = c->batch;

	if (c->n_kept + b->n > c->room_kept) {
		size_t room = 2 * c->room_kept + TT_STORE_BATCH;
		struct tt_kept *more = reallocarray(c->kept, room, sizeof(*more));

		if (more == NULL)
			return tt_compact_no_memory(c);
		c->kept = more;
		c->room_kept = room;
	}
	for (unsigned i = 0; i < b->n; i++) {
		const struct tt_addr src = {b->keys[0][i], b->keys[1][i]};
		int order = c->n_kept == 0 ? -1
					   : tt_addr_cmp(c->kept[c->n_kept - 1].src, src);

		if (order > 0)
			return tt_error_set(c->err, -EBADMSG, c->packer.path,
					"its rows are not in order of src_ip");
		if (order < 0)
			c->kept[c->n_kept++] = (struct tt_kept){
					src, b->values[TT_PAIR_BITS][i]};
	}
	return 0;
}

/* The sample bits of sources that were chosen from those that are kept. */
static void
take_kept_bits(struct tt_compact *c, unsigned value,
		const struct tt_compact_choice *choice)
{
	for (unsigned i = 0; i < choice->n; i++)
		c->batch->values[value][i] = c->addresses->values[0][i];
}

/* What is carried of a source is that of the part which saw it first. */
static int
carry(struct tt_compact *c, const struct tt_parquet_batch *from,
		const struct tt_compact_choice *choice)
{
	const struct tt_parquet_values *countries = &from->columns[TT_SOURCES_COUNTRY];
	const int64_t *asn = from->columns[TT_SOURCES_ASN].ints;
	const int64_t *seen = from->columns[TT_SOURCES_SEEN_BEFORE].ints;
	struct tt_store *s = &c->stores[TT_TABLE_SOURCES];
	const struct tt_store_batch *b = c->batch;

	for (unsigned i = 0; i < choice->n; i++) {
		unsigned row = choice->rows == NULL ? i : choice->rows[i];
		uint64_t *to = tt_store_row(s, b->at[i]) + s->n_keys;
		int64_t first = b->values[TT_SOURCE_FIRST][i];
		uint16_t country;
		uint64_t carried;

		if (tt_compact_pack_country(&c->packer, countries, row, &country) != 0
				|| asn[row] < 0 || asn[row] > UINT32_MAX || seen[row] < -1
				|| seen[row] > 1)
			return tt_compact_bad_row(&c->packer, row,
					"country, asn or seen_before", "cannot be",
					c->err);
		carried = tt_carried_make(country, (uint32_t)asn[row], seen[row]);
		if (first < (int64_t)to[TT_SOURCE_FIRST]
				|| (first == (int64_t)to[TT_SOURCE_FIRST]
						&& carried < to[TT_SOURCE_CARRIED]))
			to[TT_SOURCE_CARRIED] = carried;
	}
	return 0;
}

static void
note_first_times(struct tt_compact *c, const struct tt_parquet_batch *from)
{
	const int64_t *first = from->columns[TT_TARGETS_FIRST_TIME].ints;
	const uint64_t *keys = c->batch->keys[0];

	for (unsigned i = 0; i < from->n; i++) {
		uint64_t number = keys[i] >> TT_COMPACT_NUMBER_SHIFT;

		if (first[i] != 0)
			c->first_time[number / 64] |= UINT64_C(1) << number % 64;
	}
}

/* What only one table needs, between its being packed and its being added. */
static int
before_adding(struct tt_compact *c, enum tt_table table,
		const struct tt_parquet_batch *from,
		const struct tt_compact_choice *choice)
{
	int ret;

	switch (table) {
	case TT_TABLE_PAIRS:
		ret = take_bits(c, table, from, choice);
		return ret != 0 ? ret : keep_sources(c);
	case TT_TABLE_CONTACTS:
		return take_bits(c, table, from, choice);
	case TT_TABLE_SOURCES:
		take_kept_bits(c, TT_SOURCE_BITS, choice);
		return 0;
	case TT_TABLE_VICTIMS:
		take_kept_bits(c, TT_VICTIM_BITS, choice);
		return 0;
	case TT_TABLE_TARGETS:
		note_first_times(c, from);
		return 0;
	case TT_TABLE_DESTINATIONS:
		tt_compact_note_ipv6(c, from);
		return 0;
	default:
		return 0;
	}
}

static int
add_batch(struct tt_compact *c, enum tt_table table, struct tt_parquet_reader *reader,
		const struct tt_parquet_batch *from)
{
	struct tt_store *s = &c->stores[table];
	struct tt_compact_choice choice = {NULL, from->n};
	int ret = tt_compact_choose(c, table, from, &choice);

	if (ret == 0)
		ret = tt_parquet_choose(reader, choice.rows, choice.n, c->err);
	if (ret == 0)
		ret = tt_compact_pack(&c->packer, from, &choice, c->batch, c->err);
	if (ret == 0)
		ret = before_adding(c, table, from, &choice);
	if (ret == 0 && tt_compact_heavy(c, table) != NULL)
		ret = tt_compact_locate_heavy(c, table);
	else if (ret == 0 && tt_store_locate(s, c->batch) != 0)
		ret = tt_compact_no_memory(c);
	if (ret == 0 && table == TT_TABLE_SOURCES)
		ret = carry(c, from, &choice);
	if (ret == 0)
		tt_store_apply(s, c->batch);
	return ret;
}

static int
read_table(struct tt_compact *c, const struct tt_snapshot *part, enum tt_table table)
{
	struct tt_parquet_reader *reader;
	struct tt_parquet_batch batch;
	int ret = tt_snapshot_table(part, table, &reader, c->err), more;

	if (ret != 0)
		return ret;
	if (c->stores[table].room == 0)
		tt_store_expect(&c->stores[table],
				(uint64_t)tt_parquet_rows(reader) * c->job->n_parts);
	tt_parquet_select(reader, c->layouts[table].read);
	tt_parquet_defer(reader, c->layouts[table].chosen);
	tt_compact_packer_open(&c->packer, part, &c->layouts[table]);
	c->at_kept = 0;
	while (ret == 0 && (more = tt_parquet_next_batch(reader, &batch, c->err)) != 0) {
		ret = more < 0 ? more : add_batch(c, table, reader, &batch);
		c->packer.row += more < 0 ? 0 : batch.n;
	}
	tt_parquet_close(reader);
	return ret;
}

int
tt_compact_read_sketches(struct tt_compact *c, const struct tt_snapshot *part)
{
	struct tt_parquet_reader *reader;
	struct tt_parquet_batch batch;
	static const bool wanted[TT_SKETCHES_N_COLUMNS] = {
			[TT_SKETCHES_KEY] = true,
			[TT_SKETCHES_PRECISION] = true,
			[TT_SKETCHES_REGISTER] = true,
			[TT_SKETCHES_RHO] = true,
	};
	const char *why = NULL;
	unsigned row = 0;
	int64_t before = 0;
	int ret = tt_snapshot_table(part, TT_TABLE_SKETCHES, &reader, c->err), more;

	if (ret != 0)
		return ret;
	tt_parquet_select(reader, wanted);
	c->sketches.text_id = 0;
	while (ret == 0 && (more = tt_parquet_next_batch(reader, &batch, c->err)) != 0) {
		if (more < 0) {
			ret = more;
			break;
		}
		ret = tt_sketches_add(&c->sketches, &batch, &row, &why);
		if (ret == -ENOMEM)
			tt_compact_no_memory(c);
		else if (ret != 0)
			tt_error_set(c->err, ret, part->path,
					"sketches.parquet, row %lld: %s",
					(long long)(before + row + 1), why);
		before += batch.n;
	}
	tt_parquet_close(reader);
	return ret;
}

/* The first packets of each signature, of all parts so far. */
static int
read_packets(struct tt_compact *c, const struct tt_snapshot *part)
{
	int ret;

	if (part->manifest.packets_file.bytes == 0)
		return 0;
	ret = tt_packets_read(&c->packets, part, c->err);
	if (part->manifest.packets_per_signature > c->packets_per_signature)
		c->packets_per_signature = part->manifest.packets_per_signature;
	tt_packets_select(&c->packets, (size_t)c->packets_per_signature);
	return ret;
}

int
tt_compact_read(struct tt_compact *c, const struct tt_snapshot *part)
{
	/* Pairs come first: they say which sources are in the sample. */
	static const enum tt_table tables[] = {TT_TABLE_PAIRS, TT_TABLE_SOURCES,
			TT_TABLE_VICTIMS, TT_TABLE_CONTACTS, TT_TABLE_TARGETS,
			TT_TABLE_IPV6_TARGETS, TT_TABLE_COUNTRIES, TT_TABLE_DESTINATIONS,
			TT_TABLE_BACKSCATTER, TT_TABLE_FINGERPRINTS,
			TT_TABLE_DISTRIBUTIONS, TT_TABLE_TALKERS, TT_TABLE_SOURCE_PORTS};
	int ret = 0;

	c->n_kept = 0;
	c->part_us = part->manifest.start_us;
	c->part_tells_ipv6 = part->manifest.ipv6_packets >= 0;
	for (unsigned i = 0; ret == 0 && i < TT_ARRAY_SIZE(tables); i++) {
		if (!tt_manifest_has(&part->manifest, tables[i]))
			continue;
		ret = read_table(c, part, tables[i]);
		if (tables[i] == TT_TABLE_PAIRS)
			tt_compact_thin_pairs(c);
		else if (tables[i] == TT_TABLE_CONTACTS)
			tt_compact_thin_contacts(c);
		else if (ret == 0 && tt_compact_heavy(c, tables[i]) != NULL)
			ret = tt_compact_cut_heavy(c, tables[i]);
	}
	if (ret == 0)
		ret = tt_compact_signatures_read(&c->signatures, part, c->err);
	if (ret == 0)
		ret = read_packets(c, part);
	return ret != 0 ? ret : tt_compact_read_sketches(c, part);
}
