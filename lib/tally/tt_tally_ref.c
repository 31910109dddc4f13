/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets into a tally one by one, which defines what bursts count. */
#include "tt_tally_packet.h"
#include "tt_tally_sums.h"

static void
count_destination(struct tt_rest *r, tt_target_key key, struct tt_addr dst)
{
	const struct tt_rest_rise rise = tt_tally_find_register(key, dst);

	tt_rest_raise(r, rise.at, rise.rho);
}

void
tt_tally_one_ref(struct tt_tally *t, const struct tt_packet *p, tt_detail detail,
		int64_t time_us)
{
	const tt_target_key key = tt_target_key_of(p);
	const tt_detail versioned = tt_tally_with_version(detail, p);
	struct tt_slot out;
	unsigned left;

	tt_distributions_count(&t->rest, p, tt_target_key_class(key));
	tt_tally_count_fingerprints(t, &detail, 1);
	left = tt_tally_add_pair(t, tt_tally_pair_place(t, p->src, key, versioned), 0, p,
			key, versioned, time_us, &out, versioned & TT_DETAIL_V6);
	if (left & TT_LEFT_OUT)
		tt_tally_pairs_out(t, &out, 1);
	if (left & TT_LEFT_PAIR) {
		struct tt_rest_pair refused = tt_tally_refuse(t, p, key, versioned);

		tt_rest_add_pairs(&t->rest, &refused, 1);
	}
	if (left & TT_LEFT_CONTACT) {
		const struct tt_contact_place contact = tt_tally_place_contact(t, p, key);

		tt_tally_add_contacts(t, &contact, 1);
	}
	if (left & TT_LEFT_PORT) {
		struct tt_port_places ports;

		tt_tally_add_ports(t, &ports, 1,
				tt_port_place(t, &ports, 0, 0,
						tt_port_key(key, p->src_port), 1));
	}
	if (left & (TT_LEFT_CONTACT | TT_LEFT_SKETCH))
		count_destination(&t->rest, key, p->dst);
}
