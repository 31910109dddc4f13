/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules that ask for few values of many, on packets that have these values or others: the variants of the sieve that run
 * here against their plain twin, and what passes it and what is behind it against the twin that tries every rule; with the
 * variant that each width of vectors allows and, as on machines where none runs, without.
 *
 *     check_sieve [seed]        prints its seed; the same seed gives the same run
 */
#include "sieve_variants.h"
#include "signature_random.h"
#include "tt_signature_screen.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define ROUNDS  200
#define BURSTS  8
#define PACKETS TT_SIGNATURE_BURST
#define RULES   80
#define BYTES   (14 + 20 + 20)

/* What a rule asks for, and a packet has. */
struct values {
	uint32_t seq;
	uint16_t window, port;
	uint8_t ttl;
};

struct bed {
	struct random r;
	struct values asked[RULES];
	unsigned n_rules;
	uint8_t frames[PACKETS][BYTES];
	struct tt_packet packets[PACKETS];
	const uint8_t *at[PACKETS];
	uint32_t captured[PACKETS];
	uint64_t n_packets, n_matches, n_sieved;
};

static struct tt_signature_hit hits[PACKETS * TT_SIGNATURE_HITS_MAX];

static int
put_rule(char *to, size_t room, unsigned kind, const struct values *v, unsigned sid)
{
	switch (kind) {
	case 0:
		return snprintf(to, room,
				"alert tcp any any -> any any (flags:S; seq:%" PRIu32
				"; window:%u; sid:%u;)\n",
				v->seq, v->window, sid);
	case 1:
		return snprintf(to, room,
				"alert tcp any any -> any %u:%u (flags:S; sid:%u;)\n",
				v->port, v->port | 3, sid);
	case 2:
		return snprintf(to, room,
				"alert tcp any %u -> 192.0.2.0/24 :2000 (flags:S; ttl:>%u; "
				"sid:%u;)\n",
				v->port, v->ttl, sid);
	case 3:
		return snprintf(to, room,
				"alert tcp any any <> any %u (flags:SA; sid:%u;)\n",
				v->port, sid);
	case 4:
		return snprintf(to, room,
				"alert tcp 10.0.0.0/8 any -> !192.0.2.9 any (flags:!A; "
				"window:%u; ttl:%u; sid:%u;)\n",
				v->window, v->ttl, sid);
	case 5:
		return snprintf(to, room,
				"alert tcp any any -> any any (flags:S; seq:%" PRIu32
				"; window:!%u; sid:%u;)\n",
				v->seq, v->window, sid);
	default:
		return snprintf(to, room,
				"alert tcp any any -> any any (seq:%" PRIu32
				"; fragbits:!D; sid:%u;)\n",
				v->seq, sid);
	}
}

/* What sieves where no vectors have more bits. */
static tt_signature_sieve_function *
best_of(unsigned bits)
{
#ifdef __x86_64__
	if (bits >= 512 && __builtin_cpu_supports("avx512bw")
			&& __builtin_cpu_supports("avx512vbmi"))
		return tt_signature_sieve_avx512;
	if (bits >= 256 && __builtin_cpu_supports("avx2"))
		return tt_signature_sieve_avx2;
#endif
	return NULL;
}

/* Is it the widest vectors of those allowed that sieve, where SYNs have a sieve of use? */
static void
check_mask(const struct tt_rules *rules)
{
	for (unsigned bits = 128; bits <= 512; bits *= 2) {
		const struct tt_signature_limits limits = {.simd_bits = bits};
		struct tt_signatures *s;
		struct tt_error err = {0};

		TT_ASSERT(tt_signatures_compile(&s, rules, &limits, &err) == 0);
		if (s->groups[TT_SIGNATURE_TCP].sieve_of[TT_TCP_SYN] == NULL)
			TT_ASSERT(s->sieve == NULL);
		else
			TT_ASSERT(s->sieve == best_of(bits));
		tt_signatures_free(s);
	}
}

static struct tt_signatures *
make_rules(struct bed *b, struct tt_rules *rules, bool plain)
{
	const struct tt_signature_limits limits = {
			.simd_bits = 128u << random_below(&b->r, 3), .plain = plain};
	static char text[RULES * 128];
	struct tt_error err = {0};
	struct tt_signatures *s;
	int n = 0;

	b->n_rules = 1 + random_below(&b->r, RULES);
	for (unsigned i = 0; i < b->n_rules; i++) {
		struct values *v = &b->asked[i];

		v->seq = random_below(&b->r, 2) == 0 ? random_below(&b->r, 65536)
						     : random_below(&b->r, UINT32_MAX);
		v->window = (uint16_t)random_below(&b->r, 65536);
		v->port = (uint16_t)random_below(&b->r, 65536);
		v->ttl = (uint8_t)(random_below(&b->r, 100) + 100);
		n += put_rule(text + n, sizeof(text) - (size_t)n, random_below(&b->r, 7),
				v, i + 1);
	}
	TT_ASSERT(tt_rules_parse(rules, "sieve", (const uint8_t *)text, (size_t)n, NULL,
				  &err)
			== 0);
	TT_ASSERT(rules->n == b->n_rules);
	check_mask(rules);
	TT_ASSERT(tt_signatures_compile(&s, rules, &limits, &err) == 0);
	TT_ASSERT((uintptr_t)s->groups[TT_SIGNATURE_TCP].sieves % TT_CACHE_LINE == 0);
	return s;
}

/* One that a rule asks for, or another. */
static uint32_t
near(struct bed *b, uint32_t asked)
{
	const unsigned k = random_below(&b->r, 8);

	if (k == 0)
		return asked ^ 1u << random_below(&b->r, 32);
	return k == 1 ? random_below(&b->r, UINT32_MAX) : asked;
}

static void
put(uint8_t *at, unsigned n, uint32_t value)
{
	for (unsigned i = 0; i < n; i++)
		at[i] = (uint8_t)(value >> 8 * (n - 1 - i));
}

static void
make_packet(struct bed *b, unsigned i)
{
	static const uint8_t flags[] = {0x02, 0x02, 0x02, 0x02, 0x12, 0x14, 0x04, 0x01};
	static const uint32_t sources[] = {
			0x0a000001, 0x0b000001, 0xc0000201, 0xc0ff0001};
	static const uint8_t offsets[] = {0x50, 0x50, 0x50, 0x50, 0x51, 0x60, 0xf0};
	static const uint16_t lengths[] = {40, 40, 40, 40, 41, 44, 80, 296, 65535, 0};
	static const uint8_t fragments[] = {0, 0, 0x40, 0x40, 0x80, 0x20};
	const struct values *v = &b->asked[random_below(&b->r, b->n_rules)];
	const bool back = random_below(&b->r, 2) == 0;
	uint8_t *f = b->frames[i];

	put(f + 12, 4, random_below(&b->r, 16) == 0 ? 0x88cc4500 : 0x08004500);
	put(f + 16, 2, RANDOM_PICK(&b->r, lengths));
	f[20] = RANDOM_PICK(&b->r, fragments);
	f[21] = 0;
	f[22] = (uint8_t)(near(b, v->ttl) + random_below(&b->r, 2));
	f[23] = random_below(&b->r, 16) == 0 ? TT_PROTO_UDP : TT_PROTO_TCP;
	put(f + 26, 4, RANDOM_PICK(&b->r, sources));
	put(f + 30, 4, 0xc0000201 + random_below(&b->r, 2) * 8);
	put(f + (back ? 36 : 34), 2, random_below(&b->r, 3000));
	put(f + (back ? 34 : 36), 2, near(b, v->port));
	put(f + 38, 4, near(b, v->seq));
	put(f + 42, 4, random_below(&b->r, 2));
	f[46] = RANDOM_PICK(&b->r, offsets);
	f[47] = RANDOM_PICK(&b->r, flags);
	put(f + 48, 2, near(b, v->window));
}

/* Returns how many; now and then few. */
static unsigned
make_packets(struct bed *b)
{
	const unsigned most = 1 + random_below(&b->r, PACKETS);
	unsigned n = 0;

	while (n < most) {
		make_packet(b, n);
		b->at[n] = b->frames[n];
		b->captured[n] = BYTES;
		n += tt_packet_decode(b->at[n], BYTES, TT_LINK_ETHERNET, &b->packets[n])
				== TT_FATE_COUNTED;
	}
	return n;
}

/* Is the i-th packet, if a rule matches it, none that the sieve turns away? */
static void
check_sieved(const struct bed *b, const struct tt_signatures *s, unsigned i)
{
	struct tt_signature_sieved sieved;

	tt_signature_sieve_ref(&sieved, &s->groups[TT_SIGNATURE_TCP], &b->packets[i],
			&b->at[i], 1);
	TT_ASSERT((sieved.ports | sieved.others) == 1);
}

static void
compare(struct bed *b, const struct tt_signatures *s,
		struct tt_signature_scratch *scratch, unsigned n)
{
	const struct tt_signature_burst burst = {b->packets, b->at, b->captured, n};
	struct tt_signature_hit want[TT_SIGNATURE_HITS_MAX];
	uint64_t cut_short = 0;
	const unsigned n_hits = tt_signatures_burst(s, scratch, &burst, hits, &cut_short);
	unsigned at = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct tt_signature_packet p = tt_signature_packet(&burst, i);
		const unsigned n_want = tt_signature_one_ref(s, scratch, &p, want);

		if (n_want != 0)
			check_sieved(b, s, i);
		for (unsigned k = 0; k < n_want; k++, at++)
			TT_ASSERT(at < n_hits && hits[at].packet == i
					&& hits[at].rule == want[k].rule);
	}
	TT_ASSERT(at == n_hits && cut_short == 0);
	for (unsigned from = 0; from < n; from += TT_SIGNATURE_SIEVE_LOT) {
		const unsigned lot = lot_of(from, n);
		const struct tt_signature_sieved left = compare_variants(
				&s->groups[TT_SIGNATURE_TCP], b->packets + from,
				b->at + from, lot);

		b->n_sieved += lot
				- (unsigned)__builtin_popcountll(
						left.ports | left.others);
	}
	b->n_packets += n;
	b->n_matches += n_hits;
}

/* Rules of one port, of which a packet may match the last; and one of any port, that a sieve knows it does not match, and
 * a gate does not. */
static size_t
put_rules_of_port(char *to, size_t room, unsigned n)
{
	int at = snprintf(to, room,
			"alert tcp any any -> any any (flags:S; seq:%u; sid:%u;)\n",
			0x11223344, n + 1);

	for (unsigned i = 1; i <= n; i++)
		at += snprintf(to + at, room - (size_t)at,
				"alert tcp any any -> 192.0.%u.%u 80 (flags:S; sid:%u;)\n",
				i / 200, i % 200, i);
	return (size_t)at;
}

/* A lot of the same SYN, which matches the last of n_rules rules of its port. */
static void
make_syns(struct bed *b, unsigned n_rules)
{
	b->n_rules = 1;
	for (unsigned i = 0; i < TT_SIGNATURE_SIEVE_LOT; i++) {
		uint8_t *f = b->frames[i];

		memset(f, 0, BYTES);
		put(f + 12, 4, 0x08004500);
		put(f + 16, 2, 40);
		put(f + 22, 2, 64 << 8 | TT_PROTO_TCP);
		put(f + 26, 4, 0x0b000001);
		put(f + 30, 4, 0xc0000000 | n_rules / 200 << 8 | n_rules % 200);
		put(f + 34, 4, 1000 << 16 | 80);
		put(f + 38, 4, 0x55223344);
		put(f + 46, 2, 0x5002);
		b->at[i] = f;
		b->captured[i] = BYTES;
		TT_ASSERT(tt_packet_decode(f, BYTES, TT_LINK_ETHERNET, &b->packets[i])
				== TT_FATE_COUNTED);
	}
}

/* What a packet matches, and whether it is cut short, does not depend on whether it is sieved; alone it is not. */
static void
check_steps(struct bed *b, unsigned n_rules)
{
	static char text[1 << 17];
	const size_t n_text = put_rules_of_port(text, sizeof(text), n_rules);
	struct tt_rules rules = {0};
	struct tt_signatures *s;
	struct tt_signature_scratch *scratch;
	uint64_t cut[2] = {0};
	unsigned n[2];

	make_syns(b, n_rules);
	TT_ASSERT(tt_rules_parse(&rules, "port", (const uint8_t *)text, n_text, NULL,
				  NULL)
			== 0);
	TT_ASSERT(tt_signatures_compile(&s, &rules, NULL, NULL) == 0);
	TT_ASSERT(tt_signature_scratch_new(&scratch, s) == 0);
	for (unsigned k = 0; k < 2; k++) {
		const struct tt_signature_burst burst = {b->packets, b->at, b->captured,
				k == 0 ? 1 : TT_SIGNATURE_SIEVE_LOT};

		n[k] = tt_signatures_burst(s, scratch, &burst, hits, &cut[k]);
	}
	TT_ASSERT(n[0] + cut[0] == 1);
	TT_ASSERT(n[1] == n[0] * TT_SIGNATURE_SIEVE_LOT);
	TT_ASSERT(cut[1] == cut[0] * TT_SIGNATURE_SIEVE_LOT);
	tt_signature_scratch_free(scratch);
	tt_signatures_free(s);
	tt_rules_fini(&rules);
}

static void
run_round(struct bed *b)
{
	struct tt_rules rules = {0};
	struct tt_signatures *s = make_rules(b, &rules, random_below(&b->r, 4) == 0);
	struct tt_signature_scratch *scratch;

	TT_ASSERT(tt_signature_scratch_new(&scratch, s) == 0);
	for (unsigned i = 0; i < BURSTS; i++)
		compare(b, s, scratch, make_packets(b));
	tt_signature_scratch_free(scratch);
	tt_signatures_free(s);
	tt_rules_fini(&rules);
}

/* Which run. */
static const char *
variants(void)
{
	if (best_of(512) == NULL)
		return "none";
	return best_of(512) == best_of(256) ? "those in AVX2"
					    : "those in AVX-512 and AVX2";
}

int
main(int argc, char **argv)
{
	static struct bed b;

	b.r.state = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)time(NULL);
	printf("seed %" PRIu64 "\n", b.r.state);
	fflush(stdout);
	for (unsigned i = 0; i < ROUNDS; i++)
		run_round(&b);
	check_steps(&b, 40);
	check_steps(&b, 1100); /* more than a packet may take steps */
	printf("%" PRIu64 " packets, %" PRIu64 " matches, %" PRIu64
	       " turned away by sieves, of which %s run, equal\n",
			b.n_packets, b.n_matches, b.n_sieved, variants());
	return b.n_matches > b.n_packets / 20 && b.n_sieved > b.n_packets / 20
			? EXIT_SUCCESS
			: EXIT_FAILURE;
}
