/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The database of IPFire Location, version 1 of its format: a header that says where its tables
 * lie, a binary tree over the bits of IPv6 addresses (IPv4 ones below ::ffff:0:0/96), and the
 * networks that nodes of the tree may refer to. All numbers are big-endian. Networks nest, and
 * the innermost one holds; one walk, left before right, that hands the value of the outer
 * network down, gives disjoint ranges in ascending order.
 *
 * Read here and not through libloc, since 0.9.16 (Debian 12) does not bound the depth of the tree:
 * its enumerator writes past its stack on a file with a chain of 600 nodes. It would also bring a
 * TLS library into the daemon. The tests compare with it.
 */
#include "tt_geo_source.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

#define MAGIC       "LOCDBXX"
#define MAGIC_SIZE  7
#define VERSION     1
#define HEADER_SIZE 4200 /* with the magic and two signatures of 2,048 bytes */

/* Where the header has which number. */
#define AT_CREATED  8 /* 64 bits, seconds since the epoch */
#define AT_NETWORKS 36 /* offset and length in bytes, 32 bits each; so is AT_NODES */
#define AT_NODES    44

#define NODE_SIZE 12 /* left, right, network: 32 bits each */
#define NETWORK_SIZE \
	12 /* country: two letters and two of padding, AS number, flags, padding */
#define NO_NETWORK UINT32_MAX

struct table {
	const uint8_t *bytes;
	uint32_t n;
};

struct walk {
	const struct tt_geo_file *file;
	enum tt_geo_what what;
	struct table nodes, networks;
	struct tt_geo_ranges v4,
			v6; /* v4: where one network holds all of it, or the walk is plain */
	struct tt_geo_starts4 starts;
	bool plain, v4_only;
	uint64_t visits, n_networks, n_values;
	struct tt_error *err;
};

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool
tt_geo_loc_is(const struct tt_geo_file *file)
{
	return file->n > MAGIC_SIZE && memcmp(file->bytes, MAGIC, MAGIC_SIZE) == 0;
}

static int
broken(const struct walk *w, const char *why)
{
	return tt_error_set(w->err, -EINVAL, w->file->path,
			"broken IPFire Location database: %s", why);
}

/* Both kinds of entry have 12 bytes. False if the table is not within the file. */
static bool
find_table(const struct tt_geo_file *file, unsigned at, struct table *table)
{
	uint64_t offset = get32(file->bytes + at), n = get32(file->bytes + at + 4);

	if (offset + n > file->n)
		return false;
	*table = (struct table){file->bytes + offset, (uint32_t)(n / NODE_SIZE)};
	return true;
}

static int
read_header(struct walk *w, int64_t *date_us)
{
	const uint8_t *bytes = w->file->bytes;
	uint64_t created;

	if (bytes[MAGIC_SIZE] != VERSION)
		return tt_error_set(w->err, -EINVAL, w->file->path,
				"IPFire Location database of version %u; only %u is known",
				bytes[MAGIC_SIZE], VERSION);
	if (w->file->n < HEADER_SIZE)
		return broken(w, "cut short in its header");
	created = (uint64_t)get32(bytes + AT_CREATED) << 32
			| get32(bytes + AT_CREATED + 4);
	if (created > (uint64_t)(TT_TIME_MAX / TT_US_PER_S))
		return broken(w, "the time of its making is not one");
	*date_us = (int64_t)created * TT_US_PER_S;
	if (!find_table(w->file, AT_NETWORKS, &w->networks)
			|| !find_table(w->file, AT_NODES, &w->nodes))
		return broken(w, "a table is not within the file");
	if (w->nodes.n == 0)
		return broken(w, "it has no tree");
	return 0;
}

static uint32_t
network_value(const struct walk *w, uint32_t i)
{
	const uint8_t *network = w->networks.bytes + (size_t)i * NETWORK_SIZE;
	char country[3] = {(char)network[0], (char)network[1], '\0'};

	return w->what == TT_GEO_ASN ? get32(network + 4) : tt_country_parse(country);
}

static int
add(struct walk *w, struct tt_addr first, unsigned bits, uint32_t value)
{
	struct tt_geo_range range = {.first = first,
			.last = tt_geo_last_of(first, bits),
			.value = value};
	struct tt_addr v4 = tt_addr_v4(0), v4_last = tt_addr_v4(UINT32_MAX);

	if (value == 0)
		return 0;
	w->n_values++;
	if (tt_addr_is_v4(first) && bits >= 96)
		return tt_geo_ranges_add(&w->v4, &range, w->err);
	if (tt_addr_cmp(range.first, v4) <= 0 && tt_addr_cmp(v4_last, range.last) <= 0) {
		struct tt_geo_range all = {.first = v4, .last = v4_last, .value = value};
		int ret = tt_geo_ranges_add(&w->v4, &all, w->err);

		if (ret != 0)
			return ret;
	}
	return tt_geo_ranges_add(&w->v6, &range, w->err);
}

/* A part of IPv4 that is to be walked: the network of that many bits from first on. */
struct part4 {
	uint32_t node; /* 0: none, all of it has the value */
	uint32_t first, value, bits;
};

static int
add4(struct walk *w, const struct part4 *p)
{
	w->n_values += p->value != 0;
	return tt_geo_starts4_add(&w->starts, p->first, p->value, w->err);
}

static const uint8_t *
broken4(const struct walk *w, const char *why)
{
	(void)broken(w, why);
	return NULL;
}

/* Takes in a node of IPv4: its value, if it has a network, holds from here on. Returns it, or NULL where
 * the tree is broken. */
static const uint8_t *
enter4(struct walk *w, struct part4 *p)
{
	const uint8_t *node = w->nodes.bytes + (size_t)p->node * NODE_SIZE;
	uint32_t network;

	if (p->node >= w->nodes.n)
		return broken4(w, "its tree refers to a node that is not there");
	if (++w->visits > w->nodes.n)
		return broken4(w, "its tree reaches a node twice");
	network = get32(node + 8);
	if (network != NO_NETWORK) {
		if (network >= w->networks.n)
			return broken4(w,
					"its tree refers to a network that is not there");
		p->value = network_value(w, network);
		w->n_networks++;
	}
	return node;
}

/*
 * The same as walk_node for the IPv4 part of the tree, which most of it is: addresses are numbers, what is
 * put by is a list and not calls, and of two networks side by side with the same value one start is left.
 */
static int
walk4(struct walk *w, struct part4 p)
{
	struct part4 later[32];
	unsigned n = 0;

	for (;;) {
		const uint8_t *node = p.node == 0 ? NULL : enter4(w, &p);
		uint32_t left, right;

		if (p.node != 0 && node == NULL)
			return -EINVAL;
		left = node == NULL ? 0 : get32(node);
		right = node == NULL ? 0 : get32(node + 4);
		if ((left | right) == 0) {
			int ret = add4(w, &p);

			if (ret != 0 || n == 0)
				return ret;
			p = later[--n];
			continue;
		}
		if (p.bits == 32)
			return broken(w, "its tree is too deep, or has a loop");
		/* Below the left one there is more than it takes to fetch the right one, wherever that may be. */
		__builtin_prefetch((const void *)((uintptr_t)w->nodes.bytes
				+ (uintptr_t)right * NODE_SIZE));
		later[n++] = (struct part4){right,
				p.first | UINT32_C(0x80000000) >> p.bits, p.value,
				p.bits + 1};
		p.node = left;
		p.bits++;
	}
}

/* Walks what is below a node whose address has that many bits; value: of the outer network. */
static int
walk_node(struct walk *w, uint32_t i, struct tt_addr first, unsigned bits, uint32_t value)
{
	const uint8_t *node = w->nodes.bytes + (size_t)i * NODE_SIZE;
	uint32_t network;

	if (bits == 96 && tt_addr_is_v4(first) && !w->plain)
		return walk4(w, (struct part4){i, 0, value, 0});
	if (i >= w->nodes.n)
		return broken(w, "its tree refers to a node that is not there");
	if (++w->visits > w->nodes.n)
		return broken(w, "its tree reaches a node twice");
	network = get32(node + 8);
	if (network != NO_NETWORK) {
		if (network >= w->networks.n)
			return broken(w,
					"its tree refers to a network that is not there");
		value = network_value(w, network);
		w->n_networks++;
	}
	if (get32(node) == 0 && get32(node + 4) == 0)
		return add(w, first, bits, value);
	/* Below the left one there is more than it takes to fetch the right one, wherever that may be. */
	__builtin_prefetch((const void *)((uintptr_t)w->nodes.bytes
			+ (uintptr_t)get32(node + 4) * NODE_SIZE));
	for (unsigned side = 0; side < 2; side++) {
		uint32_t child = get32(node + side * 4);
		struct tt_addr a = first;
		int ret;

		if (bits == 128)
			return broken(w, "its tree is too deep, or has a loop");
		/* ::ffff:0:0/96 */
		if (w->v4_only && bits < 96 && side != (bits >= 80))
			continue;
		if (side == 1)
			a = tt_geo_with_bit(first, bits);
		ret = child == 0 ? add(w, a, bits + 1, value)
				 : walk_node(w, child, a, bits + 1, value);
		if (ret != 0)
			return ret;
	}
	return 0;
}

static int
read_tree(struct walk *w)
{
	int ret;

	tt_geo_starts4_expect(&w->starts, w->networks.n);
	if (!w->v4_only)
		tt_geo_ranges_expect(&w->v6, w->networks.n);
	ret = walk_node(w, 0, (struct tt_addr){0, 0}, 0, 0);
	if (ret == 0 && w->n_values == 0 && w->v4_only) {
		w->v4_only = false;
		w->visits = w->n_networks = w->starts.n = 0;
		ret = walk_node(w, 0, (struct tt_addr){0, 0}, 0, 0);
	}
	if (ret == 0 && w->n_values == 0)
		ret = tt_error_set(w->err, -EINVAL, w->file->path,
				"no %s in any of the %llu networks of this database",
				w->what == TT_GEO_ASN ? "AS number" : "country",
				(unsigned long long)w->n_networks);
	return ret;
}

/* A tree in which all of IPv4 is unknown is for IPv6 alone. */
static int
give(struct walk *w, struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6)
{
	int ret = 0;

	if (w->v4.n > 0) {
		w->starts.n = 0;
		ret = tt_geo_starts4_of(&w->starts, &w->v4, w->err);
	} else if (w->starts.n == 1 && w->starts.items[0].value == 0) {
		w->starts.n = 0;
	}
	if (ret == 0)
		ret = tt_geo_starts4_give(&w->starts, v4, w->file->path, w->err);
	if (ret == 0)
		ret = tt_geo_ranges_give(&w->v6, v6, w->file->path, w->err);
	return ret;
}

static int
read_file(struct tt_geo_file *file, enum tt_geo_what what, bool plain,
		struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6, struct tt_error *err)
{
	struct walk w = {.file = file,
			.what = what,
			.plain = plain,
			.v4_only = v6->unread && !plain,
			.err = err};
	int ret = read_header(&w, &file->date_us);

	if (ret == 0)
		ret = read_tree(&w);
	if (ret == 0)
		ret = give(&w, v4, v6);
	tt_geo_starts4_fini(&w.starts);
	tt_geo_ranges_fini(&w.v4);
	tt_geo_ranges_fini(&w.v6);
	return ret;
}

int
tt_geo_loc_read(struct tt_geo_file *file, enum tt_geo_what what,
		struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6, struct tt_error *err)
{
	return read_file(file, what, false, v4, v6, err);
}

int
tt_geo_loc_read_ref(struct tt_geo_file *file, enum tt_geo_what what,
		struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6, struct tt_error *err)
{
	return read_file(file, what, true, v4, v6, err);
}
