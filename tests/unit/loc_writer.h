/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A minimal writer of the IPFire Location format, version 1, because tests need databases of
 * known content: up to 4,096 nodes and 64 networks. Zero the struct, set created_at, then add
 * networks.
 */
#ifndef LOC_WRITER_H
#define LOC_WRITER_H

#include "tt_addr.h"

#include <string.h>

#define LOC_WRITER_NODES    4096
#define LOC_WRITER_NETWORKS 64
#define LOC_WRITER_HEADER   4200

struct loc_writer {
	struct {
		uint32_t child[2]; /* 0: none */
		uint32_t network_plus_1; /* 0: none */
	} nodes[LOC_WRITER_NODES];
	struct {
		char country[3];
		uint32_t asn;
	} networks[LOC_WRITER_NETWORKS];
	uint32_t n_nodes, n_networks;
	uint64_t created_at;
};

/* The node of "192.0.2.0", 24 or "2001:db8::", 32; nodes on the way are made as needed. */
static inline uint32_t
loc_node(struct loc_writer *w, const char *text, unsigned bits)
{
	uint32_t node = 0;
	struct tt_addr a;

	TT_ASSERT(tt_addr_parse(text, &a) == 0);
	bits += tt_addr_is_v4(a) ? 96 : 0;
	if (w->n_nodes == 0)
		w->n_nodes = 1;
	for (unsigned depth = 0; depth < bits; depth++) {
		uint64_t word = depth < 64 ? a.hi : a.lo;
		uint32_t *child = &w->nodes[node].child[word >> (63 - depth % 64) & 1];

		TT_ASSERT(w->n_nodes < LOC_WRITER_NODES);
		if (*child == 0)
			*child = w->n_nodes++;
		node = *child;
	}
	return node;
}

static inline void
loc_add(struct loc_writer *w, const char *text, unsigned bits, uint32_t asn,
		const char *country)
{
	uint32_t i = w->n_networks++;

	TT_ASSERT(i < LOC_WRITER_NETWORKS);
	w->networks[i].asn = asn;
	snprintf(w->networks[i].country, 3, "%s", country);
	w->nodes[loc_node(w, text, bits)].network_plus_1 = i + 1;
}

static inline void
loc_put(FILE *out, unsigned bytes, uint64_t value)
{
	while (bytes-- > 0)
		fputc((int)(value >> (8 * bytes) & 0xff), out);
}

static inline void
loc_put_header(const struct loc_writer *w, FILE *out)
{
	uint32_t networks = LOC_WRITER_HEADER, nodes = networks + w->n_networks * 12;

	fwrite("LOCDBXX\x01", 1, 8, out);
	loc_put(out, 8, w->created_at);
	loc_put(out, 8, 0); /* vendor, description */
	loc_put(out, 4, 0); /* licence */
	loc_put(out, 8, 0); /* AS names */
	loc_put(out, 4, networks);
	loc_put(out, 4, w->n_networks * 12);
	loc_put(out, 4, nodes);
	loc_put(out, 4, w->n_nodes * 12);
	for (long at = ftell(out); at < LOC_WRITER_HEADER; at++)
		fputc(0, out);
}

/* Returns 0 or -1. */
static inline int
loc_write(const struct loc_writer *w, const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return -1;
	loc_put_header(w, out);
	for (uint32_t i = 0; i < w->n_networks; i++) {
		fwrite(w->networks[i].country, 1, 2, out);
		loc_put(out, 2, 0);
		loc_put(out, 4, w->networks[i].asn);
		loc_put(out, 4, 0); /* flags */
	}
	for (uint32_t i = 0; i < w->n_nodes; i++) {
		loc_put(out, 4, w->nodes[i].child[0]);
		loc_put(out, 4, w->nodes[i].child[1]);
		loc_put(out, 4, w->nodes[i].network_plus_1 - (uint64_t)1);
	}
	return fclose(out);
}

#endif
