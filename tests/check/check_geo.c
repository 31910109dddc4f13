/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The IPv4 part of a database of IPFire Location, walked by numbers of 32 bits, against one plain walk over the
 * addresses of both versions: random trees, whole and damaged, with IPv6 and without. Ranges, errors and what
 * they say are to be the same; without IPv6, what is damaged in that part may go unnoticed.
 *
 *     check_geo [SEED [ROUNDS]]
 */
#include "tt_geo_source.h"
#include "tt_hash.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define HEADER       4200
#define NODES_MAX    4000
#define NETWORKS_MAX 100
#define ENTRY        12 /* bytes of either */

struct bed {
	uint64_t random;
	uint32_t nodes[NODES_MAX][3]; /* left, right, network */
	uint32_t n_nodes, n_networks;
	uint8_t bytes[HEADER + (NETWORKS_MAX + NODES_MAX) * ENTRY];
	struct tt_geo_file file;
};

struct result {
	struct tt_geo_starts4 v4;
	struct tt_geo_ranges v6;
	struct tt_error err;
	int ret;
};

static uint64_t
draw(struct bed *bed, uint64_t below)
{
	bed->random = tt_hash_mix(bed->random + 1);
	return (bed->random >> 8) % below;
}

static uint32_t
new_node(struct bed *bed)
{
	uint32_t *node = bed->nodes[bed->n_nodes];

	node[0] = node[1] = 0;
	node[2] = UINT32_MAX;
	return bed->n_nodes++;
}

/* Bits of a network: mostly of IPv4, near others and of any length, also one that holds all of IPv4. */
static void
add_network(struct bed *bed)
{
	const bool v4 = draw(bed, 4) != 0;
	const unsigned bits = v4 ? 96 + (unsigned)draw(bed, 33) - (draw(bed, 16) == 0)
				 : (unsigned)draw(bed, draw(bed, 4) == 0 ? 129 : 12);
	const uint64_t addr = draw(bed, 2) == 0 ? draw(bed, UINT64_C(1) << 32)
						: draw(bed, 512);
	uint32_t at = 0;

	if (bed->n_nodes + 128 >= NODES_MAX || bed->n_networks == NETWORKS_MAX)
		return;
	for (unsigned i = 0; i < bits; i++) {
		uint64_t bit = i < 80 ? 0 : i < 96 ? 1 : addr >> (127 - i) & 1;

		if (!v4)
			bit = draw(bed, 3) == 0;
		if (bed->nodes[at][bit] == 0) {
			const uint32_t child = new_node(bed);

			bed->nodes[at][bit] = child;
		}
		at = bed->nodes[at][bit];
	}
	bed->nodes[at][2] = bed->n_networks++;
}

/* A reference to anything, that often leads nowhere or around. */
static void
damage(struct bed *bed)
{
	uint32_t *node = bed->nodes[draw(bed, bed->n_nodes)];

	node[draw(bed, 3)] = draw(bed, 3) == 0 ? (uint32_t)draw(bed, UINT32_MAX)
					       : (uint32_t)draw(bed, bed->n_nodes + 2);
}

static void
put32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void
make_file(struct bed *bed)
{
	const uint32_t nodes_at = HEADER + bed->n_networks * ENTRY;

	memset(bed->bytes, 0, sizeof(bed->bytes));
	memcpy(bed->bytes, "LOCDBXX\x01", 8);
	put32(bed->bytes + 36, HEADER);
	put32(bed->bytes + 40, bed->n_networks * ENTRY);
	put32(bed->bytes + 44, nodes_at);
	put32(bed->bytes + 48, bed->n_nodes * ENTRY);
	for (uint32_t i = 0; i < bed->n_networks; i++) {
		uint8_t *network = bed->bytes + HEADER + (size_t)i * ENTRY;

		network[0] = (uint8_t)(draw(bed, 4) == 0 ? 'x' : 'A' + draw(bed, 3));
		network[1] = (uint8_t)('A' + draw(bed, 3));
		put32(network + 4, (uint32_t)draw(bed, 4));
	}
	for (uint32_t i = 0; i < bed->n_nodes; i++)
		for (unsigned j = 0; j < 3; j++)
			put32(bed->bytes + nodes_at + (size_t)i * ENTRY + (size_t)4 * j,
					bed->nodes[i][j]);
	bed->file = (struct tt_geo_file){.path = "random",
			.bytes = bed->bytes,
			.n = nodes_at + (size_t)bed->n_nodes * ENTRY};
}

static void
die(const struct bed *bed, const char *what, const struct result *want,
		const struct result *got)
{
	fprintf(stderr, "%s differs: plain %d \"%s\", %zu starts, %zu ranges; %d \"%s\", %zu, %zu\n",
			what, want->ret, want->err.why, want->v4.n, want->v6.n, got->ret,
			got->err.why, got->v4.n, got->v6.n);
	fprintf(stderr, "%u nodes, %u networks\n", bed->n_nodes, bed->n_networks);
	exit(1);
}

static void
compare(const struct bed *bed, const struct result *want, const struct result *got)
{
	if (want->ret != got->ret || strcmp(want->err.why, got->err.why) != 0)
		die(bed, "the error", want, got);
	if (want->ret != 0)
		return;
	if (want->v4.n != got->v4.n
			|| (want->v4.n > 0
					&& memcmp(want->v4.items, got->v4.items,
							   want->v4.n * sizeof(want->v4.items[0]))
							!= 0))
		die(bed, "IPv4", want, got);
	if (got->v6.unread)
		return;
	if (want->v6.n != got->v6.n
			|| (want->v6.n > 0
					&& memcmp(want->v6.items, got->v6.items,
							   want->v6.n * sizeof(want->v6.items[0]))
							!= 0))
		die(bed, "IPv6", want, got);
}

static void
fini(struct result *r)
{
	tt_geo_starts4_fini(&r->v4);
	tt_geo_ranges_fini(&r->v6);
}

/* Returns how many starts there are. */
static size_t
read_both(struct bed *bed, enum tt_geo_what what, bool damaged)
{
	struct result want = {0}, got = {0}, alone = {.v6.unread = true};
	size_t n;

	want.ret = tt_geo_loc_read_ref(&bed->file, what, &want.v4, &want.v6, &want.err);
	got.ret = tt_geo_loc_read(&bed->file, what, &got.v4, &got.v6, &got.err);
	alone.ret = tt_geo_loc_read(&bed->file, what, &alone.v4, &alone.v6, &alone.err);
	compare(bed, &want, &got);
	if (alone.v6.n != 0)
		die(bed, "the list of an IPv6 that nobody asked for", &want, &alone);
	if (!damaged || want.ret == 0)
		compare(bed, &want, &alone);
	n = want.v4.n;
	fini(&want);
	fini(&got);
	fini(&alone);
	return n;
}

int
main(int argc, char **argv)
{
	static struct bed bed;
	const uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)getpid();
	const unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 20000;
	uint64_t starts = 0;

	printf("# seed %" PRIu64 "\n", seed);
	for (unsigned long i = 0; i < rounds; i++) {
		const bool damaged = i % 3 == 0;
		unsigned n;

		bed.random = seed + i;
		bed.n_nodes = bed.n_networks = 0;
		new_node(&bed);
		n = (unsigned)draw(&bed, i % 16 == 0 ? NETWORKS_MAX : 8);
		while (n-- > 0)
			add_network(&bed);
		for (n = damaged ? 1 + (unsigned)draw(&bed, 3) : 0; n > 0; n--)
			damage(&bed);
		make_file(&bed);
		starts += read_both(&bed, TT_GEO_ASN, damaged);
		starts += read_both(&bed, TT_GEO_COUNTRY, damaged);
	}
	printf("%lu trees, %" PRIu64 " starts of IPv4\n", rounds, starts);
	return starts > rounds ? 0 : 1;
}
