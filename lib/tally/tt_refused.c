/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that were put off, into the rest: as tt_rest_add_pairs, for what all of these have in common. */
#include "tt_refused.h"

#include "tt_rest_sketches.h"
#include "tt_rest_tables.h"

/* So many go through all stages together. */
#define SOME 64

/* What is found of a packet before it is counted. */
struct found {
	uint64_t slice_hash;
	struct tt_slice *
			slice; /* most likely that of its row and country; NULL: there was none */
	uint64_t talker; /* home */
	uint32_t row;
	struct tt_rest_rise of_target, of_country;
	tt_country country;
};

/* Protocol and class of each block of rows, as in a key; is it backscatter? */
static const struct block {
	tt_target_key key;
	uint32_t target; /* index of port 0 */
	bool backscatter;
} blocks[TT_ROWS_ICMP] = {
#define TCP(class, answer)                                                               \
	{                                                                                \
		(uint64_t) TT_PROTO_TCP << 40 | 1 << 16 | (class), TT_TARGET_TCP, answer \
	}
#define UDP(answer)                                                                    \
	{                                                                              \
		(uint64_t) TT_PROTO_UDP << 40 | 1 << 16 | TT_CLASS_UDP, TT_TARGET_UDP, \
				answer                                                 \
	}
		[TT_CLASS_TCP_SYN] = TCP(TT_CLASS_TCP_SYN, false),
		[TT_CLASS_TCP_SYNACK] = TCP(TT_CLASS_TCP_SYNACK, true),
		[TT_CLASS_TCP_RST] = TCP(TT_CLASS_TCP_RST, true),
		[TT_CLASS_TCP_ACK] = TCP(TT_CLASS_TCP_ACK, false),
		[TT_CLASS_TCP_OTHER] = TCP(TT_CLASS_TCP_OTHER, false),
		[TT_ROWS_UDP] = UDP(false),
		[TT_ROWS_UDP_BACKSCATTER] = UDP(true),
};

static inline tt_target_key
key_of(const struct tt_later_update *u)
{
	return blocks[tt_refused_block(u)].key + ((uint64_t)tt_refused_port(u) << 16);
}

static inline void
find(struct tt_rest *r, const struct tt_later_update *u, struct found *f)
{
	const struct tt_addr src = tt_addr_v4(tt_refused_src(u));
	const uint64_t hash = tt_sketch_hash(src);
	const uint32_t target = blocks[tt_refused_block(u)].target + tt_refused_port(u);

	f->country = tt_geo_country4(r->config.geo, tt_refused_src(u));
	f->row = tt_refused_row(u);
	f->slice_hash = tt_rest_slice_hash(r, tt_slice_country(f->row, f->country));
	__builtin_prefetch(&r->slice_index[f->slice_hash & (r->config.slices - 1)]);
	f->talker = tt_rest_talker_home(r, src, key_of(u));
	__builtin_prefetch(&r->talkers[f->talker], 1);
	f->of_target = (struct tt_rest_rise){
			tt_registers_of_target(TT_REGISTERS_TARGET, target)
					+ tt_sketch_register(hash, TT_SKETCH_P_TARGET),
			tt_sketch_rho(hash, TT_SKETCH_P_TARGET)};
	tt_rest_enter(r, tt_rest_sketch_of_all(), hash);
	f->of_country = tt_rest_find_register(
			r, tt_rest_sketch_of_country(f->country), hash);
}

static inline void
count_one(struct tt_rest *r, const struct tt_later_update *u, const struct found *f)
{
	const tt_target_key key = key_of(u);
	const struct tt_count c = {1, tt_refused_bytes(u)};
	const struct tt_entry talker = {tt_addr_v4(tt_refused_src(u)), key, 1};
	const struct block *b = &blocks[tt_refused_block(u)];

	tt_rest_add_country(r, f->slice, f->slice_hash, f->row, f->country,
			tt_rest_source_cell(key,
					b->backscatter ? TT_DETAIL_BACKSCATTER : 0,
					f->country),
			c);
	if (b->backscatter)
		tt_rest_add_attacked(r, key, tt_refused_detail(u), c);
	if (TT_UNLIKELY(tt_refused_matched(u) != 0))
		tt_rest_add_fingerprints(r, f->row, tt_refused_matched(u), c);
	tt_rest_add_talker(r, f->talker, &talker, true);
}

static inline void
raise_registers(struct tt_rest *r, const struct tt_later_update *u, const struct found *f)
{
	const uint32_t target = blocks[tt_refused_block(u)].target + tt_refused_port(u);

	tt_rest_raise_in(r, tt_rest_sketch_of_country(f->country), f->of_country);
	tt_rest_raise(r, f->of_target.at, f->of_target.rho);
	tt_rest_raise(r,
			tt_registers_of_target(TT_REGISTERS_DESTINATIONS, target)
					+ tt_refused_register(u),
			tt_refused_rho(u));
}

static void
count_some(struct tt_rest *r, const struct tt_later_update *u, unsigned n)
{
	const struct tt_geo *geo = r->config.geo;
	struct found found[SOME];

	for (unsigned i = 0; i < n; i++)
		tt_geo_prefetch4(geo, tt_refused_src(&u[i]));
	for (unsigned i = 0; i < n; i++)
		tt_geo_prefetch4_net(geo, tt_refused_src(&u[i]));
	for (unsigned i = 0; i < n; i++)
		find(r, &u[i], &found[i]);
	for (unsigned i = 0; i < n; i++) {
		found[i].slice = tt_rest_find_slice(r, found[i].slice_hash);
		__builtin_prefetch(found[i].slice, 1);
	}
	for (unsigned i = 0; i < n; i++)
		raise_registers(r, &u[i], &found[i]);
	for (unsigned i = 0; i < n; i++)
		count_one(r, &u[i], &found[i]);
}

void
tt_refused_count(struct tt_rest *r, const struct tt_later_update *updates, uint32_t n)
{
	for (uint32_t i = 0; i < n; i += SOME)
		count_some(r, &updates[i], n - i < SOME ? n - i : SOME);
}
