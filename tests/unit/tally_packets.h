/* SPDX-License-Identifier: BSD-3-Clause */
/* Random packets into tallies, and sums over what these hold; for the tests of lib/tally. */
#ifndef TALLY_PACKETS_H
#define TALLY_PACKETS_H

#include "draw.h"
#include "tally_bed.h"

/* A packet of any class, from one of n_sources sources, to one of few targets. */
static inline struct tt_packet
random_packet(uint64_t n_sources)
{
	static const uint8_t protocols[] = {TT_PROTO_TCP, TT_PROTO_TCP, TT_PROTO_UDP,
			TT_PROTO_ICMP, TT_PROTO_ICMPV6, 47};
	bool v6 = draw(4) == 0, bare = draw(4) != 0, alike = draw(4) != 0;
	struct tt_packet p = {.src = v6 ? (struct tt_addr){7, draw(n_sources)}
					: tt_addr_v4((uint32_t)draw(n_sources)),
			.dst = v6 ? (struct tt_addr){UINT64_C(0x20010db800000000),
					       draw(1000) << 48}
				  : tt_addr_v4(0x0a000000 + (uint32_t)draw(300)),
			.ip_version = v6 ? 6 : 4,
			.protocol = protocols[draw(TT_ARRAY_SIZE(protocols))],
			.ttl = (uint8_t)draw(alike ? 3 : 256),
			.ip_bytes = (uint32_t)(alike ? 40
							: draw(10) == 0
							? UINT32_C(0xffffff) + draw(3)
							: draw(70000)),
			.encap = (uint8_t)(bare ? 0 : draw(TT_N_ENCAPS)),
			.encap_depth = (uint8_t)(bare ? 0 : draw(40))};

	p.later_fragment = p.fragment = draw(10) == 0;
	if (p.later_fragment)
		return p;
	p.has_ports = p.protocol == TT_PROTO_TCP || p.protocol == TT_PROTO_UDP;
	p.has_icmp = p.protocol == TT_PROTO_ICMP || p.protocol == TT_PROTO_ICMPV6;
	p.has_tcp = p.protocol == TT_PROTO_TCP && draw(10) != 0;
	p.src_port = (uint16_t)(p.has_ports ? draw(2) ? 53 : draw(65536) : 0);
	p.dst_port = (uint16_t)(p.has_ports ? draw(2) ? draw(50) : draw(65536) : 0);
	p.tcp_flags = (uint16_t)(p.protocol == TT_PROTO_TCP ? alike
							? (uint64_t)TT_TCP_SYN << draw(3)
							: draw(4096)
							    : 0);
	p.tcp_window = (uint16_t)(p.has_tcp ? draw(alike ? 2 : 65536) : 0);
	p.icmp_type = (uint8_t)(p.has_icmp ? draw(20) : 0);
	p.icmp_code = (uint8_t)(p.has_icmp ? draw(5) : 0);
	return p;
}

static inline tt_detail
random_detail(const struct tt_packet *p)
{
	uint32_t tested = (uint32_t)draw(4);

	return tt_backscatter_detail(p, NULL, 0)
			| tt_detail_of_fingerprints(tested, tested & (uint32_t)draw(4));
}

static inline void
count_both(struct tt_tally *burst, struct tt_tally *one, uint64_t n_sources,
		unsigned n_bursts)
{
	for (unsigned i = 0; i < n_bursts; i++) {
		struct tt_packet p[TT_TALLY_BURST];
		tt_target_key keys[TT_TALLY_BURST];
		tt_detail details[TT_TALLY_BURST];
		int64_t times[TT_TALLY_BURST];
		unsigned n = (unsigned)draw(TT_TALLY_BURST + 1);

		for (unsigned k = 0; k < n; k++) {
			p[k] = random_packet(n_sources);
			keys[k] = tt_target_key_of(&p[k]);
			details[k] = random_detail(&p[k]);
			times[k] = (int64_t)draw(1000000);
			tt_tally_one_ref(one, &p[k], details[k], times[k]);
		}
		tt_tally_burst(burst, p, keys, details, times, n);
		burst->frames += n;
	}
	one->frames = burst->frames;
}

static inline uint64_t
sum_of_pairs(struct tt_tally *t)
{
	uint64_t sum = 0;

	tt_tally_settle(t);
	for (uint32_t i = 0; i < t->n_pairs; i++)
		sum += tt_tally_pair(t, i)->count.packets;
	return sum;
}

static inline uint64_t
sum_of_contacts(struct tt_tally *t)
{
	uint64_t sum = 0;

	tt_tally_settle(t);
	for (uint32_t i = 0; i < tt_tally_contacts_end(t); i++)
		sum += tt_tally_contact(t, i).packets;
	for (uint32_t i = 0; i < t->n_pairs; i++)
		sum += tt_slot_contact_packets(tt_tally_pair(t, i));
	return sum;
}

static inline uint64_t
sum_of_ports(struct tt_tally *t)
{
	uint64_t sum = 0;

	tt_tally_settle(t);
	for (uint32_t i = 0; i < tt_tally_ports_end(t); i++)
		sum += tt_tally_port(t, i)->packets;
	for (uint32_t at = 0; at < tt_busy_end(t->busy); at++)
		sum += tt_busy_packets(t->busy, at);
	for (uint32_t i = 0; i < t->n_pairs; i++)
		sum += tt_slot_port_packets(tt_tally_pair(t, i));
	return sum;
}

static inline uint64_t
sum_of_cells(const struct tt_rest *r, uint32_t first, uint32_t end)
{
	uint64_t sum = 0;

	for (uint32_t i = first; i < end; i++)
		sum += tt_rest_cell(r, i).packets;
	return sum;
}

static inline uint64_t
sum_of_slices(const struct tt_rest *r, enum tt_slice_kind kind)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < r->n_slices; i++)
		if (tt_rest_slice(r, i)->key >> 62 == kind)
			sum += tt_rest_slice(r, i)->count.packets;
	return sum;
}

#endif
