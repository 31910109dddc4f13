/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside a tally: what a packet is beside its pair, for packets one by one and for bursts. */
#ifndef TT_TALLY_PACKET_H
#define TT_TALLY_PACKET_H

#include "tt_tally_stages.h"

/* As of tt_slot_is. */
static inline tt_detail
tt_tally_with_version(tt_detail detail, const struct tt_packet *p)
{
	return TT_UNLIKELY(p->ip_version == 6) ? detail | TT_DETAIL_V6 : detail;
}

/* The register that the destination of a packet may raise. */
static inline struct tt_rest_rise
tt_tally_find_register(tt_target_key key, struct tt_addr dst)
{
	const uint64_t hash = tt_sketch_hash(dst);

	return (struct tt_rest_rise){tt_registers_of_target(TT_REGISTERS_DESTINATIONS,
						     tt_target_index(key))
					+ tt_sketch_register(hash, TT_SKETCH_P_TARGET),
			tt_sketch_rho(hash, TT_SKETCH_P_TARGET)};
}

/* The destination's unit and class, as in a contact. */
static inline uint64_t
tt_tally_contact_key(
		const struct tt_tally *t, const struct tt_packet *p, tt_target_key key)
{
	return tt_contact_key(
			t->rest.config.destinations, p->dst, tt_target_key_class(key));
}

/* A pair that is refused. */
static inline struct tt_rest_pair
tt_tally_refuse(struct tt_tally *t, const struct tt_packet *p, tt_target_key key,
		tt_detail detail)
{
	t->pairs_lost.packets++;
	return (struct tt_rest_pair){.src = p->src,
			.key = key,
			.detail = detail,
			.count = {1, p->ip_bytes}};
}

static inline struct tt_contact_place
tt_tally_place_contact(
		const struct tt_tally *t, const struct tt_packet *p, tt_target_key key)
{
	return tt_contact_place(t, p->src, tt_tally_contact_key(t, p, key), 1);
}

#endif
