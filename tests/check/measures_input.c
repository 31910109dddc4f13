/* SPDX-License-Identifier: BSD-3-Clause */
#include "measures_input.h"

#include "measures_facts.h"
#include "tt_tally_tables.h"

#define MANY 1000000

const struct shape shapes[] = {
		{"all packets alike", POOL_RANDOM, 3000, 1, 1, 1, 1, .syns = true},
		{"all packets different", POOL_RANDOM, 6000, MANY, MANY, MANY, MANY},
		{"few sources, many ports", POOL_RANDOM, 6000, 3, MANY, MANY, 5},
		{"many sources, one port", POOL_RANDOM, 6000, MANY, 1, 300, MANY,
				.syns = true},
		{"one source, everything", POOL_RANDOM, 6000, 1, MANY, MANY, MANY},
		{"a usual mix", POOL_RANDOM, 8000, 400, 40, 200, 30},
		{"source ports of one target", POOL_RANDOM, 6000, 10, 1, 10, MANY},
		{"sources that sweep", POOL_RANDOM, 20000, 150, 1, MANY, 3, .syns = true},
		{"sources in one slot", POOL_SAME_HOME, 3000, 200, 1, 20, 3,
				.syns = true},
		{"sources alike in the sketch", POOL_SAME_SKETCH, 6000, 3000, 50, 500,
				50},
		{"sources that are sampled long", POOL_SAMPLED_LONG, 6000, 3000, 50, 500,
				50},
		{"sources that are sampled always", POOL_SAMPLED_ALWAYS, 6000, 3000, 50,
				500, 50},
		{"long packets", POOL_RANDOM, 4000, 50, 10, 50, 10, .long_packets = true},
		{"large counters", POOL_RANDOM, 4000, 300, 40, 200, 30, .heavy = true},
		{"large counters in many keys", POOL_RANDOM, 4000, MANY, MANY, MANY, MANY,
				.heavy = true},
		{0},
};

static uint64_t state, round_seed;

void
draw_seed(uint64_t seed)
{
	state = round_seed = seed;
}

uint64_t
draw(uint64_t below)
{
	state += UINT64_C(0x9e3779b97f4a7c15);
	return tt_hash_mix(state) % below;
}

bool
one_in(uint64_t n)
{
	return draw(n) == 0;
}

/* Small numbers more often than great ones. */
static uint64_t
skewed(uint64_t below)
{
	return draw(draw(below) + 1);
}

/* A number that looks random and is the same whenever it is asked for. */
static uint64_t
scatter(uint64_t i, uint64_t what)
{
	return tt_hash_3(i, what, round_seed);
}

static uint64_t
inverse(uint64_t odd)
{
	uint64_t x = odd;

	for (unsigned i = 0; i < 6; i++)
		x *= 2 - odd * x;
	return x;
}

static uint64_t
unshift(uint64_t x, unsigned by)
{
	uint64_t y = x;

	for (unsigned i = by; i < 64; i += by)
		y = x ^ (y >> by);
	return y;
}

/* The number of which tt_hash_mix makes x. */
static uint64_t
unmix(uint64_t x)
{
	x = unshift(x, 31) * inverse(UINT64_C(0x94d049bb133111eb));
	x = unshift(x, 27) * inverse(UINT64_C(0xbf58476d1ce4e5b9));
	return unshift(x, 30);
}

/* An IPv6 address that has this tt_sketch_hash. */
static struct tt_addr
source_of_hash(uint64_t i, uint64_t hash)
{
	struct tt_addr a = {.hi = UINT64_C(0x2a00) << 48 | i};

	a.lo = unmix(hash) ^ tt_hash_mix(a.hi ^ TT_SKETCH_SEED);
	return a;
}

static struct tt_addr
random_source(uint64_t i)
{
	uint64_t bits = scatter(i, 1);

	if (i % 4 == 3)
		return (struct tt_addr){UINT64_C(0x2a00) << 48 | bits >> 32, bits};
	return tt_addr_v4((uint32_t)bits);
}

/* The i-th IPv4 source whose SYNs to port 445 have the last line as their home. */
static struct tt_addr
same_home_source(uint64_t i, const struct tt_tally *like)
{
	static const struct tt_target target = {TT_PROTO_TCP, 445, 0};
	const tt_target_key key = tt_target_key_make(target, TT_CLASS_TCP_SYN);
	uint32_t a = (uint32_t)(i * 0x01000193);

	while ((tt_pair_hash(like, tt_addr_v4(a), key, 0) & like->pair_lines.mask)
			!= like->pair_lines.mask)
		a++;
	return tt_addr_v4(a);
}

static struct tt_addr
draw_source(const struct shape *shape, const struct tt_tally *like)
{
	uint64_t i = skewed(shape->sources);

	switch (shape->pool) {
	case POOL_SAME_HOME:
		return same_home_source(i, like);
	case POOL_SAME_SKETCH:
		return source_of_hash(i, scatter(0, 2) << 40 | scatter(i, 3) >> 24);
	case POOL_SAMPLED_LONG:
		return source_of_hash(i, scatter(i, 3) >> 40);
	case POOL_SAMPLED_ALWAYS:
		return source_of_hash(i, 0);
	default:
		return random_source(i);
	}
}

static struct tt_addr
draw_destination(const struct shape *shape, bool v4)
{
	uint64_t i = skewed(shape->destinations);

	if (v4)
		return tt_addr_v4(0x0a140000 | (uint32_t)(i & 0xffff));
	return (struct tt_addr){
			UINT64_C(0x20010db8) << 32 | (scatter(i, 4) & 0xffffffff), i};
}

/* The first target is 445; the numbers after it go through all ports. */
static uint16_t
draw_port(unsigned below, uint16_t first)
{
	static const uint16_t services[] = {53, 123, 80, 6000, 11211, 0, 65535};
	uint64_t i = skewed(below);

	if (below > 20 && one_in(5))
		return services[draw(TT_ARRAY_SIZE(services))];
	return (uint16_t)(first + i * 40503);
}

static void
draw_tcp(const struct shape *shape, struct tt_packet *p)
{
	p->tcp_flags = shape->syns || one_in(2) ? TT_TCP_SYN : (uint16_t)draw(4096);
	p->has_tcp = shape->syns || !one_in(20);
	if (p->has_tcp) {
		p->tcp_window = (uint16_t)(1024 * skewed(64));
		p->tcp_seq = (uint32_t)draw(UINT64_C(1) << 32);
	}
}

static void
draw_transport(const struct shape *shape, struct tt_packet *p)
{
	static const uint8_t protocols[] = {TT_PROTO_TCP, TT_PROTO_TCP, TT_PROTO_TCP,
			TT_PROTO_TCP, TT_PROTO_UDP, TT_PROTO_UDP, TT_PROTO_ICMP,
			TT_PROTO_ICMPV6, 47, 255, 0};

	p->protocol = shape->syns ? TT_PROTO_TCP
				  : protocols[draw(TT_ARRAY_SIZE(protocols))];
	p->later_fragment = p->fragment = !shape->syns && one_in(25);
	if (p->later_fragment)
		return;
	if (p->protocol == TT_PROTO_TCP || p->protocol == TT_PROTO_UDP) {
		p->has_ports = true;
		p->dst_port = draw_port(shape->targets, 445);
		p->src_port = draw_port(shape->source_ports, 6000);
		if (p->protocol == TT_PROTO_TCP)
			draw_tcp(shape, p);
	} else if (p->protocol == TT_PROTO_ICMP || p->protocol == TT_PROTO_ICMPV6) {
		p->has_icmp = true;
		p->icmp_type = (uint8_t)(one_in(3) ? draw(256)
						: p->protocol == TT_PROTO_ICMP
						? draw(20)
						: (one_in(2) ? 128 : 0) + draw(5));
		p->icmp_code = (uint8_t)skewed(16);
	}
}

static uint32_t
draw_length(const struct shape *shape)
{
	static const uint32_t odd[] = {0, 20, 65534, 65535, 65536, 65537, UINT32_MAX};

	if (shape->long_packets)
		return one_in(3) ? UINT32_MAX : 65535;
	return one_in(20) && !shape->heavy ? odd[draw(TT_ARRAY_SIZE(odd))]
					   : 40 + (uint32_t)skewed(1460);
}

static struct tt_packet
draw_packet(const struct shape *shape, const struct tt_tally *like)
{
	struct tt_packet p = {.src = draw_source(shape, like),
			.ip_bytes = draw_length(shape),
			.ttl = (uint8_t)draw(256),
			.ip_id = (uint16_t)draw(65536),
			.encap = (uint8_t)(one_in(4) ? draw(TT_N_ENCAPS) : 0)};
	bool v4 = tt_addr_is_v4(p.src);

	p.ip_version = v4 ? 4 : 6;
	p.dst = draw_destination(shape, v4);
	p.encap_depth = (uint8_t)(p.encap == 0 ? 0 : one_in(9) ? draw(256) : 1 + draw(3));
	draw_transport(shape, &p);
	return p;
}

/* Some sources are tools, which match nearly always; the others match by chance. */
static tt_detail
draw_fingerprints(const struct tt_packet *p)
{
	uint64_t tool = tt_hash_3(p->src.hi, p->src.lo, 5) % (4 * INPUT_RULES);
	uint32_t tested = (uint32_t)draw(1 << INPUT_RULES), matched = 0;

	if (tool < INPUT_RULES && !one_in(10))
		matched = 1u << tool;
	if (one_in(30))
		matched |= 1u << draw(INPUT_RULES);
	return tt_detail_of_fingerprints(tested | matched, matched);
}

static tt_detail
draw_backscatter(const struct tt_packet *p)
{
	static const uint8_t protocols[] = {
			0, TT_PROTO_TCP, TT_PROTO_UDP, TT_PROTO_ICMP, 255};
	struct tt_target attacked = {.number = -1};

	if (!p->has_icmp || !tt_packet_is_error(p))
		return tt_backscatter_detail(p, NULL, 0);
	attacked.protocol = protocols[draw(TT_ARRAY_SIZE(protocols))];
	if (attacked.protocol != 0 && !one_in(5))
		attacked.number = (int32_t)draw_port(MANY, 80);
	return tt_detail_of_attacked(attacked);
}

static void
make_room(struct input *input, unsigned n)
{
	if (n > input->room) {
		input_fini(input);
		input->room = n;
		input->packets = check_alloc(n, sizeof(*input->packets));
		input->details = check_alloc(n, sizeof(*input->details));
		input->times_us = check_alloc(n, sizeof(*input->times_us));
	}
	input->n = n;
}

void
input_draw(struct input *input, const struct shape *shape, const struct tt_tally *like,
		int64_t start_us, int64_t end_us)
{
	bool alike = shape->sources == 1 && shape->targets == 1;

	make_room(input, shape->packets);
	for (unsigned i = 0; i < input->n; i++) {
		struct tt_packet *p = &input->packets[i];

		*p = alike && i > 0 ? *(p - 1) : draw_packet(shape, like);
		input->details[i] = shape->pool == POOL_SAME_HOME ? 0
				: alike && i > 0
				? input->details[i - 1]
				: draw_fingerprints(p) | draw_backscatter(p);
		input->times_us[i] = start_us
				+ (int64_t)draw((uint64_t)(end_us - start_us));
	}
}

void
input_fini(struct input *input)
{
	free(input->packets);
	free(input->details);
	free(input->times_us);
	*input = (struct input){0};
}
