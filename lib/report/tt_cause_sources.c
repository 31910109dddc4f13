/* SPDX-License-Identifier: BSD-3-Clause */
/* The sources of a snapshot, as far as its tables tell them: all of them, or a sample, names and sketches. */
#include "tt_cause_read.h"
#include "tt_sketch.h"

#include <string.h>

#define OF_TARGETS "sources/target/"

static unsigned
name_bit(struct tt_addr address)
{
	return (unsigned)(tt_sketch_hash(address) % TT_CAUSE_NAMED_BITS);
}

static void
note_name(struct tt_cause_place *p, struct tt_addr address)
{
	p->named[name_bit(address) / 64] |= UINT64_C(1) << name_bit(address) % 64;
}

/* Notes the country of an address that talkers may have of a target: its sources may not be kept. */
void
tt_cause_sources_tell(const struct tt_cause_place *p, uint32_t of, struct tt_addr address,
		uint16_t country)
{
	const struct tt_cause_count key = {address.hi, address.lo, .of = of};
	struct tt_cause_count *x;

	if ((p->named[name_bit(address) / 64] >> name_bit(address) % 64 & 1) == 0)
		return;
	x = tt_counts_find(&p->cause->addresses, &key);
	if (x != NULL && x->tag == 0)
		x->tag = country;
}

int
tt_cause_sources_name(struct tt_cause_place *p, uint32_t of, struct tt_addr address,
		int64_t packets)
{
	struct tt_source_set *sources = &p->cause->sources;

	note_name(p, address);
	/* It may have no row of pairs. */
	if (!p->sampled || packets <= 0)
		return 0;
	return tt_source_set_name(sources, address, of,
			tt_source_set_sole_country(sources, of), (uint64_t)packets);
}

int
tt_cause_take_pair(void *context, const struct tt_picked *row, struct tt_error *err)
{
	const struct tt_cause_place *p = context;
	const char *text = tt_picked_text(row, TT_PAIRS_SRC_IP);
	const struct tt_kept_source source = {.of = row->of,
			.country = tt_cause_country(
					tt_picked_text(row, TT_PAIRS_COUNTRY)),
			.sample_bits = (uint8_t)tt_picked_int(row, TT_PAIRS_SAMPLE_BITS)};
	struct tt_addr address;

	if (tt_addr_parse(text, &address) != 0)
		return tt_cause_bad_address(p, text, err);
	if (tt_cause_is_left_out(p, address))
		return 0;
	tt_cause_sources_tell(p, row->of, address, source.country);
	if (tt_source_set_add(&p->cause->sources, address, &source) != 0)
		return tt_cause_no_memory(p, err);
	return 0;
}

/* A source, of whatever targets. */
int
tt_cause_take_source(void *context, const struct tt_picked *row, struct tt_error *err)
{
	const struct tt_cause_place *p = context;
	const char *text = tt_picked_text(row, TT_SOURCES_SRC_IP);
	uint16_t country = tt_cause_country(tt_picked_text(row, TT_SOURCES_COUNTRY));
	struct tt_addr address;

	if (tt_addr_parse(text, &address) != 0)
		return tt_cause_bad_address(p, text, err);
	for (size_t of = 0; of < p->cause->targets.n; of++)
		tt_cause_sources_tell(p, (uint32_t)of, address, country);
	return 0;
}

/* The target of a sketch of sources, of those that are asked for; TT_TARGET_NONE: another key. */
static uint32_t
target_of_key(const struct tt_cause_place *p, const char *key)
{
	const size_t n = strlen(OF_TARGETS);
	struct tt_target target;

	if (strncmp(key, OF_TARGETS, n) != 0 || tt_target_parse(key + n, &target) != 0)
		return TT_TARGET_NONE;
	return tt_target_set_find(&p->cause->targets, target.protocol, target.number);
}

int
tt_cause_take_register(void *context, const struct tt_picked *row, struct tt_error *err)
{
	struct tt_cause_place *p = context;
	const struct tt_parquet_values *keys = &row->batch->columns[TT_SKETCHES_KEY];
	uint32_t code = keys->codes[row->i];

	if (p->sketch.text_id != keys->text_id || p->sketch.code != code) {
		p->sketch.text_id = keys->text_id;
		p->sketch.code = code;
		p->sketch.of = target_of_key(p, keys->texts[code]);
	}
	if (p->sketch.of == TT_TARGET_NONE)
		return 0;
	if (tt_source_set_register(&p->cause->sources, p->sketch.of,
			    tt_picked_int(row, TT_SKETCHES_PRECISION),
			    tt_picked_int(row, TT_SKETCHES_REGISTER),
			    tt_picked_int(row, TT_SKETCHES_RHO))
			!= 0)
		return tt_cause_no_memory(p, err);
	return 0;
}

void
tt_cause_sources_begin(struct tt_cause_place *p, const struct tt_manifest *m)
{
	p->sketch.code = UINT32_MAX;
	memset(p->named, 0, sizeof(p->named));
	tt_source_set_begin(&p->cause->sources,
			&(struct tt_source_snapshot){.sample = m->sample,
					.pairs_one_in = m->pair_rows_one_in,
					.exact = m->sources_one_in == 1,
					.span = p->span,
					.slice = p->torn ? TT_SOURCE_NO_SLICE
							 : (unsigned)p->day});
}
