/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses, ports, and the options of the header. A field that the packet does not have matches
 * nothing, negated or not. */
#include "tt_signature_eval.h"
#include "tt_signature_more.h"

bool
tt_signature_in(const struct tt_rule_number *number, bool negated, uint32_t value)
{
	const uint32_t seen = value & ~number->ignore;

	return (seen >= number->min && seen <= number->max) != negated;
}

bool
tt_signature_bits(const struct tt_rule_bits *bits, unsigned field)
{
	const unsigned set = field & ~(unsigned)bits->ignore, wanted = bits->bits;

	switch (bits->mode) {
	case TT_RULE_BITS_EXACT:
		return set == wanted;
	case TT_RULE_BITS_ALL:
		return (set & wanted) == wanted;
	case TT_RULE_BITS_ANY:
		return (set & wanted) != 0;
	case TT_RULE_BITS_NOT:
		return set != wanted;
	default:
		return (set & wanted) == 0;
	}
}

static bool
address_in(const struct tt_rule_addresses *list, struct tt_addr a)
{
	unsigned low = 0, high = list->n;

	if (list->n == 0)
		return true;
	while (low < high) {
		const unsigned middle = low + (high - low) / 2;

		if (tt_addr_cmp(list->ranges[middle].last, a) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->n && tt_addr_cmp(list->ranges[low].first, a) <= 0;
}

bool
tt_signature_addresses(const struct tt_rule *rule, const struct tt_packet *p)
{
	return address_in(&rule->dst, p->dst) && address_in(&rule->src, p->src);
}

static bool
port_in(const struct tt_rule_ports *list, bool has_ports, uint16_t port)
{
	unsigned low = 0, high = list->n;

	if (list->n == 0)
		return true;
	while (low < high) {
		const unsigned middle = low + (high - low) / 2;

		if (list->ranges[middle].last < port)
			low = middle + 1;
		else
			high = middle;
	}
	return has_ports && low < list->n && list->ranges[low].first <= port;
}

/* The ports by which a rule goes: those of TCP and UDP, which the decoder knows, or SCTP's. */
struct ports {
	bool has;
	uint16_t src, dst;
};

static struct ports
ports_of(const struct tt_signature_view *v, const struct tt_rule *rule)
{
	const struct tt_packet *p = v->packet;
	const uint8_t *l4 = v->frame + p->l4_offset;

	if (TT_LIKELY(rule->protocol != TT_RULE_SCTP))
		return (struct ports){p->has_ports, p->src_port, p->dst_port};
	if (!tt_signature_is_sctp(p, v->end - p->l4_offset))
		return (struct ports){false, 0, 0};
	return (struct ports){true, tt_signature_be16(l4), tt_signature_be16(l4 + 2)};
}

static bool
direction(const struct tt_rule *rule, const struct tt_packet *p, struct ports ports,
		bool back)
{
	const struct tt_rule_addresses *src = back ? &rule->dst : &rule->src;
	const struct tt_rule_addresses *dst = back ? &rule->src : &rule->dst;
	const struct tt_rule_ports *from = back ? &rule->dst_ports : &rule->src_ports;
	const struct tt_rule_ports *to = back ? &rule->src_ports : &rule->dst_ports;

	return port_in(to, ports.has, ports.dst) && port_in(from, ports.has, ports.src)
			&& address_in(dst, p->dst) && address_in(src, p->src);
}

static bool
protocol_fits(enum tt_rule_protocol protocol, enum tt_signature_class class)
{
	switch (protocol) {
	case TT_RULE_TCP:
		return class == TT_SIGNATURE_TCP;
	case TT_RULE_UDP:
		return class == TT_SIGNATURE_UDP;
	case TT_RULE_ICMP:
		return class == TT_SIGNATURE_ICMP;
	case TT_RULE_SCTP: /* an option has the protocol's number */
		return class == TT_SIGNATURE_OTHER;
	default:
		return true;
	}
}

static bool
option(const struct tt_signature_view *v, const struct tt_rule_option *o)
{
	const struct tt_packet *p = v->packet;
	const uint32_t there = v->end - p->l4_offset;
	uint32_t value;
	bool right;

	switch (o->kind) {
	case TT_RULE_FLAGS: /* the eight of RFC 793 and RFC 3168 */
		return v->class == TT_SIGNATURE_TCP
				&& tt_signature_bits(&o->u.bits, p->tcp_flags & 0xff)
				!= o->negated;
	case TT_RULE_FRAGBITS:
		return p->ip_version == 4
				&& tt_signature_bits(&o->u.bits, tt_signature_fragbits(v))
				!= o->negated;
	case TT_RULE_IPOPTS:
		return p->ip_version == 4
				&& (tt_signature_ipopts(v) >> o->u.ipopts & 1)
				!= o->negated;
	case TT_RULE_ANSWER:
		return tt_rule_is_answer(p) != o->negated;
	case TT_RULE_SAMEIP:
		return (tt_addr_cmp(p->src, p->dst) == 0) != o->negated;
	case TT_RULE_CHECKSUM:
		return tt_signature_checksum(v, o->u.checksum, &right)
				&& right != o->negated;
	case TT_RULE_VLAN_ID:
		return tt_signature_vlan_id(v, &o->u.vlan, o->negated);
	case TT_RULE_SCTP_CHUNK:
		return tt_signature_is_sctp(p, there)
				&& tt_signature_sctp_has(v->frame + p->l4_offset, there,
						&o->u.number, o->negated);
	default:
		return tt_signature_number(v, o->kind, &value)
				&& tt_signature_in(&o->u.number, o->negated, value);
	}
}

static bool
either_direction(const struct tt_signature_view *v, const struct tt_rule *rule)
{
	const struct ports ports = ports_of(v, rule);

	return direction(rule, v->packet, ports, false)
			|| (rule->both_directions
					&& direction(rule, v->packet, ports, true));
}

bool
tt_signature_head(const struct tt_signature_view *v, const struct tt_rule *rule)
{
	const struct tt_packet *p = v->packet;

	if (!protocol_fits(rule->protocol, v->class)
			|| (rule->ip_version != 0 && rule->ip_version != p->ip_version))
		return false;
	for (unsigned i = 0; i < rule->n_header; i++)
		if (!option(v, &rule->header[i]))
			return false;
	return either_direction(v, rule);
}

bool
tt_signature_head_listed(
		const struct tt_signature_view *v, const struct tt_signature_rule *r)
{
	const uint8_t version = r->rule->ip_version;

	if (version != 0 && version != v->packet->ip_version)
		return false;
	for (unsigned i = 0; i < r->n_rest; i++)
		if (!option(v, r->rest[i]))
			return false;
	return r->any_place || either_direction(v, r->rule);
}
