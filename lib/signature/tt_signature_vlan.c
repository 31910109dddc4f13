/* SPDX-License-Identifier: BSD-3-Clause */
/* VLAN tags. Where nothing else follows them, the last ends where the IP header begins. */
#include "tt_signature_eval.h"
#include "tt_signature_more.h"

#define TAG_BYTES 4u
#define TAGS      (TT_ENCAP_VLAN | TT_ENCAP_QINQ)

bool
tt_signature_vlan_layers(const struct tt_signature_view *v, uint32_t *n)
{
	const struct tt_packet *p = v->packet;

	if ((p->encap & TT_ENCAP_QINQ) == 0) {
		*n = (p->encap & TT_ENCAP_VLAN) != 0;
		return true;
	}
	*n = p->encap_depth;
	return (p->encap & ~TAGS) == 0;
}

static bool
fits(const struct tt_signature_view *v, const struct tt_rule_vlan *o, bool negated,
		uint32_t from_last)
{
	const uint8_t *ip = v->frame + v->packet->ip_offset;
	const uint32_t id = tt_signature_be16(ip - (from_last + 1) * TAG_BYTES) & 0xfff;

	return tt_signature_in(&o->number, negated, id);
}

bool
tt_signature_vlan_id(const struct tt_signature_view *v, const struct tt_rule_vlan *o,
		bool negated)
{
	const bool tagged = (v->packet->encap & TAGS) != 0;
	const int n = tagged ? v->packet->encap_depth : 0;
	bool any = false, all = true;

	if (tagged && (v->packet->encap & ~TAGS) != 0)
		return false;
	if (o->which == TT_RULE_VLAN_AT) {
		const int at = o->layer < 0 ? n + o->layer : o->layer;

		return at >= 0 && at < n && fits(v, o, negated, (uint32_t)(n - 1 - at));
	}
	for (int i = 0; i < n; i++) {
		const bool one = fits(v, o, negated, (uint32_t)i);

		any = any || one;
		all = all && one;
	}
	if (n == 0)
		return o->which >= TT_RULE_VLAN_OR_ABSENT;
	return o->which == TT_RULE_VLAN_ALL || o->which == TT_RULE_VLAN_ALL_OR_ABSENT
			? all
			: any;
}
