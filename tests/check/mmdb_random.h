/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random databases in the MMDB format (MaxMind DB File Format Specification 2.0), with the list of networks that they
 * were made of, of which the last that holds an address tells what is known of it.
 */
#ifndef MMDB_RANDOM_H
#define MMDB_RANDOM_H

#include "mmdb_random_data.h"

/* Where real files refer to the IPv4 tree. */
static const struct {
	struct tt_addr first;
	unsigned bits;
} mmdb_random_aliases[3] = {{{0, TT_ADDR_V4_PREFIX}, 96},
		{{UINT64_C(0x2001) << 48, 0}, 32}, {{UINT64_C(0x2002) << 48, 0}, 16}};

static inline uint32_t
mmdb_random_node(struct mmdb_random *r, uint32_t both)
{
	TT_ASSERT(r->n_nodes < MMDB_RANDOM_NODES);
	r->nodes[r->n_nodes][0] = r->nodes[r->n_nodes][1] = both;
	return r->n_nodes++;
}

/* The entry of a network, on whose way wider ones are divided. */
static inline uint32_t *
mmdb_random_entry(struct mmdb_random *r, struct tt_addr a, unsigned bits)
{
	unsigned depth = r->ip_version == 4 ? 96 : 0;
	uint32_t node = 0;

	for (;; depth++) {
		const uint64_t word = depth < 64 ? a.hi : a.lo;
		const unsigned side = word >> (63 - depth % 64) & 1;
		uint32_t next = r->nodes[node][side];

		if (depth + 1 == bits)
			return &r->nodes[node][side];
		if (next == 0 || (next & MMDB_RANDOM_RECORD) != 0)
			next = r->nodes[node][side] = mmdb_random_node(r, next);
		node = next;
	}
}

static inline unsigned __int128
mmdb_random_mask(unsigned bits)
{
	return bits == 0 ? 0 : ~(unsigned __int128)0 << (128 - bits);
}

static inline struct tt_addr
mmdb_random_addr(unsigned __int128 number)
{
	return (struct tt_addr){(uint64_t)(number >> 64), (uint64_t)number};
}

static inline void
mmdb_random_border(struct mmdb_random *r, unsigned __int128 at)
{
	r->borders[r->n_borders++] = mmdb_random_addr(at);
}

/* Where a network begins, and what comes behind it: as it is, and where it is referred to. */
static inline void
mmdb_random_borders(struct mmdb_random *r, unsigned __int128 first, unsigned bits)
{
	const unsigned __int128 behind = first + ~mmdb_random_mask(bits) + 1;

	mmdb_random_border(r, first);
	mmdb_random_border(r, behind);
	if (bits < 96 || first >> 32 != 0)
		return;
	for (unsigned i = 0; i < 3; i++) {
		const unsigned __int128 base = tt_addr_number(
				mmdb_random_aliases[i].first);
		const unsigned shift = 96 - mmdb_random_aliases[i].bits;

		mmdb_random_border(r, base + (first << shift));
		mmdb_random_border(r, base + (behind << shift));
	}
}

static inline void
mmdb_random_add_network(struct mmdb_random *r)
{
	const bool v4 = r->ip_version == 4 || mmdb_random_draw(r, 4) != 0;
	unsigned bits = v4 ? 97 + (unsigned)mmdb_random_draw(r, 32)
			   : 1
					+ (unsigned)mmdb_random_draw(r,
							mmdb_random_draw(r, 2) == 0 ? 128
										    : 20);
	unsigned __int128 a = mmdb_random_draw(r, 2) == 0
			? mmdb_random_draw(r, UINT64_C(1) << 32)
			: mmdb_random_draw(r, 2048);
	const unsigned record = (unsigned)mmdb_random_draw(r, r->n_records);

	if (!v4 && mmdb_random_draw(r, 8) != 0)
		a = (unsigned __int128)(mmdb_random_draw(r, 2) == 0
						    ? 0x2001 + mmdb_random_draw(r, 2)
						    : mmdb_random_draw(r, 1 << 16))
						<< 112
				| (unsigned __int128)mmdb_random_draw(r, 1 << 16)
						<< mmdb_random_draw(r, 90);
	if (v4 && r->ip_version == 6 && mmdb_random_draw(r, 30) == 0)
		bits = 96;
	a &= mmdb_random_mask(bits);
	r->networks[r->n_networks].first = mmdb_random_addr(a);
	r->networks[r->n_networks].bits = bits;
	r->networks[r->n_networks++].record = record;
	*mmdb_random_entry(r, mmdb_random_addr(a), bits) = MMDB_RANDOM_RECORD | record;
	mmdb_random_borders(r, a, bits);
}

static inline void
mmdb_random_add_aliases(struct mmdb_random *r)
{
	const uint32_t v4_tree = *mmdb_random_entry(r, (struct tt_addr){0, 0}, 96);

	for (unsigned i = 0; i < 3; i++) {
		const struct tt_addr first = mmdb_random_aliases[i].first;
		const unsigned bits = mmdb_random_aliases[i].bits;

		r->aliased[i] = mmdb_random_draw(r, 4) != 0;
		if (!r->aliased[i])
			continue;
		*mmdb_random_entry(r, first, bits) = v4_tree;
		mmdb_random_border(r, tt_addr_number(first));
		mmdb_random_border(
				r, tt_addr_number(first) + ~mmdb_random_mask(bits) + 1);
	}
}

static inline void
mmdb_random_put(struct mmdb_random *r, const void *bytes, size_t n)
{
	TT_ASSERT(r->n_file + n <= sizeof(r->file));
	memcpy(r->file + r->n_file, bytes, n);
	r->n_file += n;
}

static inline void
mmdb_random_put_tree(struct mmdb_random *r)
{
	for (uint32_t i = 0; i < r->n_nodes; i++) {
		uint64_t v[2], both;
		uint8_t bytes[8];

		for (unsigned side = 0; side < 2; side++) {
			const uint32_t entry = r->nodes[i][side];

			v[side] = entry == 0 ? r->n_nodes
					: (entry & MMDB_RANDOM_RECORD) == 0
					? entry
					: r->n_nodes + 16
							+ r->records[entry & ~MMDB_RANDOM_RECORD]
									  .offset;
		}
		/* 28 bits: the upper four of both share the byte in the middle. */
		both = r->record_bits == 28 ? (v[0] & 0xffffff) << 32 | v[0] >> 24 << 28
						| v[1] >> 24 << 24 | (v[1] & 0xffffff)
					    : v[0] << r->record_bits | v[1];
		for (unsigned j = 0; j < r->record_bits / 4; j++)
			bytes[j] = (uint8_t)(both >> (2 * r->record_bits - 8 - 8 * j));
		mmdb_random_put(r, bytes, r->record_bits / 4);
	}
}

static inline void
mmdb_random_metadata_number(struct mmdb_random *r, const char *key, unsigned type,
		unsigned n, uint64_t value)
{
	mmdb_random_bytes(r, 2, key, strlen(key));
	mmdb_random_control(r, type, n);
	mmdb_random_big_endian(r, n, value);
}

static inline void
mmdb_random_put_file(struct mmdb_random *r)
{
	r->n_file = 0;
	mmdb_random_put_tree(r);
	mmdb_random_put(r, (const uint8_t[16]){0}, 16);
	mmdb_random_put(r, r->data, r->n_data);
	mmdb_random_put(r, "\xab\xcd\xefMaxMind.com", 14);
	r->n_data = 0;
	mmdb_random_control(r, 7, 9);
	mmdb_random_metadata_number(r, "build_epoch", 9, 8, 1780000000);
	mmdb_random_metadata_number(r, "node_count", 6, 4, r->n_nodes);
	mmdb_random_metadata_number(r, "record_size", 5, 2, r->record_bits);
	mmdb_random_metadata_number(r, "ip_version", 5, 2, r->ip_version);
	mmdb_random_metadata_number(r, "binary_format_major_version", 5, 2, 2);
	mmdb_random_metadata_number(r, "binary_format_minor_version", 5, 2, 0);
	mmdb_random_bytes(r, 2, "database_type", 13);
	mmdb_random_bytes(r, 2, "random", 6);
	mmdb_random_bytes(r, 2, "languages", 9);
	mmdb_random_control(r, 11, 0);
	mmdb_random_bytes(r, 2, "description", 11);
	mmdb_random_control(r, 7, 0);
	r->n_metadata = r->n_data;
	mmdb_random_put(r, r->data, r->n_data);
}

/* Makes a database of a seed: it is in file [n_file]. */
static inline void
mmdb_random_make(struct mmdb_random *r, uint64_t seed)
{
	unsigned n;

	*r = (struct mmdb_random){.random = seed};
	r->ip_version = mmdb_random_draw(r, 3) == 0 ? 4 : 6;
	r->record_bits = 24 + 4 * (unsigned)mmdb_random_draw(r, 3);
	mmdb_random_node(r, 0);
	mmdb_random_border(r, tt_addr_number(tt_addr_v4(0)));
	mmdb_random_border(r, tt_addr_number(tt_addr_v4(UINT32_MAX)) + 1);
	if (mmdb_random_draw(r, 2) == 0) /* far away, for long pointers */
		mmdb_random_bytes(r, 4, r->file, 3000);
	n = 2 + (unsigned)mmdb_random_draw(r, MMDB_RANDOM_RECORDS - 2);
	while (r->n_records < n)
		mmdb_random_add_record(r);
	n = 1 + (unsigned)mmdb_random_draw(r, MMDB_RANDOM_NETWORKS);
	while (r->n_networks < n)
		mmdb_random_add_network(r);
	if (r->ip_version == 6)
		mmdb_random_add_aliases(r);
	mmdb_random_put_file(r);
}

/* What is known of an address. */
static inline struct mmdb_random_record
mmdb_random_at(const struct mmdb_random *r, struct tt_addr a)
{
	unsigned __int128 at = tt_addr_number(a);

	if (tt_addr_is_v4(a))
		at = (uint32_t)at;
	for (unsigned i = 1; i < 3; i++) {
		const unsigned bits = mmdb_random_aliases[i].bits;

		if (r->aliased[i]
				&& (at & mmdb_random_mask(bits))
						== tt_addr_number(mmdb_random_aliases[i]
										  .first))
			at = (uint32_t)(at >> (96 - bits));
	}
	for (unsigned i = r->n_networks; i-- > 0;)
		if ((at & mmdb_random_mask(r->networks[i].bits))
				== tt_addr_number(r->networks[i].first))
			return r->records[r->networks[i].record];
	return (struct mmdb_random_record){0};
}

#endif
