/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random rules on random packets: the compiled matcher, with the multi-pattern pass and without,
 * against the plain twin that tries every rule, in bursts of any length. Then, under limits that are
 * soon met, against itself with nothing to remember; and against the twin, which has none of these limits: a packet
 * that was not cut short matches the same, one that was nothing else. Now and then many rules of any port, or of one, and few values, on
 * SYNs with such values: gates with several rules to a bit, few and many of them tried;
 * or rules of ports that ask for nothing but addresses.
 *
 *     check_signature [seed]        prints its seed; the same seed gives the same run
 */
#include "sieve_variants.h"
#include "signature_random.h"
#include "tt_signature_screen.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define ROUNDS  60
#define BURSTS  12
#define PACKETS TT_SIGNATURE_BURST
#define ALONE   64 /* packets of a burst */
#define MANY    8 /* rounds for one with many rules */
#define SYN     (14 + 20 + 20)

static struct tt_signature_hit hits[PACKETS * TT_SIGNATURE_HITS_MAX];

/* Packets that were decoded, each in a block of just its size. */
struct burst {
	struct tt_packet decoded[PACKETS];
	const uint8_t *frames[PACKETS];
	uint32_t captured[PACKETS];
	unsigned n;
};

/* What a run has seen, so that it is known to have tested something. */
struct seen {
	uint64_t packets, matches;
};

static void
make_burst(struct random *r, struct burst *b)
{
	const unsigned n = 1 + random_below(r, PACKETS);
	const bool again = random_below(r, 3) == 0; /* one payload, of many headers */
	uint8_t frame[RANDOM_FRAME_MAX];
	uint32_t captured = 0;

	b->n = 0;
	while (b->n < n) {
		struct tt_packet *p = &b->decoded[b->n];
		uint8_t *block;

		if (again && b->n != 0)
			random_header(r, frame, &b->decoded[0]);
		else
			captured = random_frame(r, frame);
		if (tt_packet_decode(frame, captured, TT_LINK_ETHERNET, p)
				!= TT_FATE_COUNTED)
			continue;
		block = malloc(captured);
		TT_ASSERT(block != NULL);
		memcpy(block, frame, captured);
		b->frames[b->n] = block;
		b->captured[b->n++] = captured;
	}
}

/* n of its packets, from the one at `from` on. */
static struct tt_signature_burst
packets_of(const struct burst *b, unsigned from, unsigned n)
{
	return (struct tt_signature_burst){
			b->decoded + from, b->frames + from, b->captured + from, n};
}

static void
free_burst(struct burst *b)
{
	for (unsigned i = 0; i < b->n; i++)
		free((void *)b->frames[i]);
}

static void
fail(const struct burst *b, unsigned i, const struct tt_signature_hit *got,
		unsigned n_got, const struct tt_signature_hit *want, unsigned n_want)
{
	printf("packet %u of %u:", i, b->n);
	for (uint32_t k = 0; k < b->captured[i]; k++)
		printf(" %02x", b->frames[i][k]);
	printf("\ncompiled, rules:");
	for (unsigned k = 0; k < n_got; k++)
		printf(" %" PRIu32, got[k].rule);
	printf("\nreference, rules:");
	for (unsigned k = 0; k < n_want; k++)
		printf(" %" PRIu32, want[k].rule);
	printf("\n");
	exit(EXIT_FAILURE);
}

/* The sieves and their plain twin. Few of these packets are of any that they tell: check_sieve has others. */
static void
compare_sieves(const struct tt_signatures *s, const struct burst *b)
{
	for (unsigned from = 0; from < b->n; from += TT_SIGNATURE_SIEVE_LOT)
		compare_variants(&s->groups[TT_SIGNATURE_TCP], b->decoded + from,
				b->frames + from, lot_of(from, b->n));
}

static void
compare(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct burst *b, struct seen *seen)
{
	const struct tt_signature_burst burst = packets_of(b, 0, b->n);
	struct tt_signature_hit want[TT_SIGNATURE_HITS_MAX];
	uint64_t cut_short = 0;
	const unsigned n = tt_signatures_burst(s, scratch, &burst, hits, &cut_short);
	unsigned at = 0;

	for (unsigned i = 0; i < b->n; i++) {
		const struct tt_signature_packet p = tt_signature_packet(&burst, i);
		const unsigned n_want = tt_signature_one_ref(s, scratch, &p, want);
		unsigned n_got = 0;
		bool equal;

		while (at + n_got < n && hits[at + n_got].packet == i)
			n_got++;
		equal = n_got == n_want;
		for (unsigned k = 0; equal && k < n_got; k++)
			equal = hits[at + k].rule == want[k].rule;
		if (!equal)
			fail(b, i, hits + at, n_got, want, n_want);
		at += n_got;
		seen->matches += n_got;
	}
	TT_ASSERT(at == n);
	compare_sieves(s, b);
	seen->packets += b->n;
}

/* One of a few values that rules of many ask for; or, seldom, one beside it. */
static unsigned
few(struct random *r, unsigned from)
{
	return from + random_below(r, 3) * 1001 + (random_below(r, 10) == 0);
}

/* Addresses of sources: all, or up to six ranges, or all but these. Returns how long the text is. */
static int
put_sources(struct random *r, char *to, size_t room)
{
	const unsigned n = random_below(r, 7);
	const char *const no = random_below(r, 4) == 0 ? "!" : "";
	int at = 0;

	if (n == 0)
		return snprintf(to, room, "any");
	for (unsigned i = 0; i < n; i++) {
		const unsigned first = 16 * i + random_below(r, 8);

		at += snprintf(to + at, room - (size_t)at, "%s10.0.0.%u-10.0.0.%u",
				i == 0 ? (*no != '\0' ? "![" : "[") : ",", first,
				first + random_below(r, 8));
	}
	return at + snprintf(to + at, room - (size_t)at, "]");
}

/* Rules that ask a SYN for no more than its port and addresses. */
static size_t
rules_of_ports(struct random *r, unsigned n, char *text, size_t room)
{
	static const char *const to[] = {"any", "any", "192.0.2.0/24", "!192.0.2.1",
			"[2001:db8::/32,192.0.2.1]", "2001:db8::/32",
			"![::-::c000:201,192.0.2.10-192.0.2.255]"};
	/* Of which the first comes last, so that no rule's rank is its place. */
	static const char bits[] =
			"alert tcp any any -> any any (content:\"a\"; flowbits:isset,a; sid:1;)\n"
			"alert tcp any any -> any any (content:\"b\"; flowbits:set,a; sid:2;)\n";
	char *const end = text + room;
	char *at = text + snprintf(text, room, "%s", bits);

	for (unsigned sid = 3; sid < n + 3; sid++) {
		const unsigned port = random_below(r, 3) == 0 ? 7 : random_below(r, 1024);
		const unsigned last = random_below(r, 2) == 0 ? port : port | 63;

		at += snprintf(at, (size_t)(end - at), "alert tcp ");
		at += put_sources(r, at, (size_t)(end - at));
		at += snprintf(at, (size_t)(end - at),
				" any -> %s %u:%u (flags:S; sid:%u;)\n",
				RANDOM_PICK(r, to), port, last, sid);
		TT_ASSERT(at < end);
	}
	return (size_t)(at - text);
}

/* Rules of any port, or of one, that ask for one field of a SYN or for two. Returns how long the text is. */
static size_t
many_rules(struct random *r, unsigned n, char *text, size_t room)
{
	static const char *const fields[] = {"seq:%u;", "window:%u;", "id:%u;"};
	char *const end = text + room;
	char *at = text;

	for (unsigned sid = 1; sid <= n; sid++) {
		char source[16] = "any";

		if (random_below(r, 3) == 0)
			snprintf(source, sizeof(source), "10.0.0.%u",
					1 + random_below(r, 100));
		at += snprintf(at, (size_t)(end - at),
				"alert tcp %s any -> any %s (flags:S; sid:%u; ", source,
				random_below(r, 4) == 0 ? "7" : "any", sid);
		for (unsigned k = random_below(r, 2); k < 2; k++) {
			const unsigned field = random_below(
					r, (unsigned)TT_ARRAY_SIZE(fields));

			at += snprintf(at, (size_t)(end - at), fields[field],
					few(r, 7 * field + 300));
		}
		at += snprintf(at, (size_t)(end - at), ")\n");
		TT_ASSERT(at < end);
	}
	return (size_t)(at - text);
}

static void
put(uint8_t *at, unsigned n, uint32_t value)
{
	for (unsigned i = 0; i < n; i++)
		at[i] = (uint8_t)(value >> 8 * (n - 1 - i));
}

static void
make_syns(struct random *r, struct burst *b)
{
	for (b->n = 0; b->n < PACKETS; b->n++) {
		uint8_t *f = calloc(1, SYN);

		TT_ASSERT(f != NULL);
		put(f + 12, 4, 0x08004500);
		put(f + 16, 4, (SYN - 14) << 16 | few(r, 314));
		put(f + 22, 2, 0x4006);
		put(f + 26, 4, 0x0a000001 + random_below(r, 100));
		put(f + 30, 4, 0xc0000201);
		put(f + 34, 2, 40000);
		put(f + 36, 2, random_below(r, 3) == 0 ? 7 : random_below(r, 1024));
		put(f + 38, 4, few(r, 300));
		put(f + 46, 4, 0x50020000 | few(r, 307));
		b->frames[b->n] = f;
		b->captured[b->n] = SYN;
		TT_ASSERT(tt_packet_decode(f, SYN, TT_LINK_ETHERNET, &b->decoded[b->n])
				== TT_FATE_COUNTED);
	}
}

/* What a packet matches, and whether it is cut short, must not depend on the packets before. */
static void
compare_alone(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct burst *b)
{
	struct tt_signature_hit want[TT_SIGNATURE_HITS_MAX];
	const struct tt_signature_burst burst = packets_of(b, 0, b->n);
	uint64_t ignored = 0;

	(void)tt_signatures_burst(s, scratch, &burst, hits, &ignored);
	for (unsigned i = 0; i < b->n && i < ALONE; i++) {
		const struct tt_signature_burst one = packets_of(b, i, 1);
		struct tt_signature_scratch *fresh;
		uint64_t cut_short = 0, want_cut = 0;
		const unsigned n = tt_signatures_burst(
				s, scratch, &one, hits, &cut_short);
		unsigned n_want;

		TT_ASSERT(tt_signature_scratch_new(&fresh, s) == 0);
		n_want = tt_signatures_burst(s, fresh, &one, want, &want_cut);
		tt_signature_scratch_free(fresh);
		if (n != n_want || cut_short != want_cut
				|| memcmp(hits, want, n * sizeof(*want)) != 0)
			fail(b, i, hits, n, want, n_want);
	}
}

/* Is each hit of got[n_got] one of want[n_want]? Both are ascending. */
static bool
are_among(const struct tt_signature_hit *got, unsigned n_got,
		const struct tt_signature_hit *want, unsigned n_want)
{
	unsigned at = 0;

	for (unsigned k = 0; k < n_got; k++) {
		while (at < n_want && want[at].rule < got[k].rule)
			at++;
		if (at == n_want || want[at].rule != got[k].rule)
			return false;
	}
	return true;
}

/* Limits alone tell what a packet matches from what the twin says, and the packet is counted then. */
static void
compare_cut_short(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct burst *b, struct seen *seen)
{
	struct tt_signature_hit want[TT_SIGNATURE_HITS_MAX];

	for (unsigned i = 0; i < b->n && i < ALONE; i++) {
		const struct tt_signature_burst one = packets_of(b, i, 1);
		const struct tt_signature_packet p = tt_signature_packet(&one, 0);
		uint64_t cut_short = 0;
		const unsigned n = tt_signatures_burst(
				s, scratch, &one, hits, &cut_short);
		const unsigned n_want = tt_signature_one_ref(s, scratch, &p, want);

		if (!are_among(hits, n, want, n_want) || (n != n_want && cut_short == 0))
			fail(b, i, hits, n, want, n_want);
		seen->packets++;
		seen->matches += n != n_want;
	}
}

static struct tt_signatures *
compile(const struct tt_rules *rules, const struct tt_signature_limits *limits)
{
	struct tt_signatures *s;
	struct tt_error err = {0};

	if (tt_signatures_compile(&s, rules, limits, &err) < 0) {
		tt_error_print("check_signature", &err);
		exit(EXIT_FAILURE);
	}
	return s;
}

static void
run_limited(struct random *r, const struct tt_rules *rules, struct seen *cut)
{
	const struct tt_signature_limits limits = {
			.verifications = 1 + random_below(r, 40),
			.steps = 1 + random_below(r, 120)};
	struct tt_signatures *s = compile(rules, &limits);
	struct tt_signature_scratch *scratch;
	static struct burst b;

	TT_ASSERT(tt_signature_scratch_new(&scratch, s) == 0);
	make_burst(r, &b);
	compare_alone(s, scratch, &b);
	compare_cut_short(s, scratch, &b, cut);
	free_burst(&b);
	tt_signature_scratch_free(scratch);
	tt_signatures_free(s);
}

static void
run_round(struct random *r, struct seen *seen, struct seen *cut)
{
	/* Few: so that there are gates that turn most packets away. */
	struct tt_rules *rules = random_rules(
			r, 1 + random_below(r, random_below(r, 2) == 0 ? 12 : 400));
	const struct tt_signature_limits limits = {.verifications = UINT32_MAX,
			.steps = UINT32_MAX,
			.plain = random_below(r, 4) == 0};
	static struct burst b;
	struct tt_signatures *s = compile(rules, &limits);
	struct tt_signature_scratch *scratch;

	TT_ASSERT(tt_signature_scratch_new(&scratch, s) == 0);
	for (unsigned i = 0; i < BURSTS; i++) {
		make_burst(r, &b);
		compare(s, scratch, &b, seen);
		free_burst(&b);
	}
	tt_signature_scratch_free(scratch);
	tt_signatures_free(s);
	run_limited(r, rules, cut);
	random_rules_free(rules);
}

/* Words of a screen, few and many of which are 0, with any one bit. */
static void
compare_words(struct random *r)
{
	uint16_t words[TT_SIGNATURE_AT_ONCE] TT_CACHE_ALIGNED;
	const unsigned one_in = 1 + random_below(r, 8);

	for (unsigned i = 0; i < TT_SIGNATURE_AT_ONCE; i++)
		words[i] = (uint16_t)(random_below(r, one_in) != 0
						? 0
						: 1u << random_below(r, 17));
	TT_ASSERT(tt_signature_words(words) == tt_signature_words_ref(words));
}

/* Ranges of addresses, of which some begin, end or lie next to an address that is asked for. */
static void
compare_sole(struct random *r)
{
	static const uint32_t edges[] = {0, 0x7fffffff, 0x80000000, 0xffffffff};
	const uint32_t near = random_below(r, 2) == 0 ? edges[random_below(r, 4)]
						      : random_below(r, UINT32_MAX);
	const struct tt_packet p = {.src = tt_addr_v4(near + random_below(r, 3) - 1),
			.dst = tt_addr_v4(near + random_below(r, 3) - 1)};
	struct tt_signature_sole sole = {0};

	for (unsigned i = 0; i < TT_SIGNATURE_SOLE_DST; i++) {
		sole.dst_first[i] = (near + random_below(r, 8)) ^ TT_SIGNATURE_SOLE_TURN;
		sole.dst_more[i] = random_below(r, 4) ^ TT_SIGNATURE_SOLE_TURN;
	}
	for (unsigned i = 0; i < TT_SIGNATURE_SOLE_SRC; i++) {
		sole.src_first[i] = (near + random_below(r, 4)) ^ TT_SIGNATURE_SOLE_TURN;
		sole.src_more[i] = random_below(r, 4) ^ TT_SIGNATURE_SOLE_TURN;
	}
	TT_ASSERT(tt_signature_sole_matches(&sole, &p)
			== tt_signature_sole_matches_ref(&sole, &p));
}

/* Under the limits that are usual, which so many rules do not meet. */
static void
run_many(struct random *r, bool of_ports, struct seen *seen)
{
	static char text[1 << 16];
	static struct burst b;
	struct tt_rules rules = {0};
	struct tt_error err = {0};
	struct tt_signatures *s;
	struct tt_signature_scratch *scratch;
	const unsigned n_rules = 60 + random_below(r, 241);
	const size_t n = (of_ports ? rules_of_ports : many_rules)(
			r, n_rules, text, sizeof(text));

	TT_ASSERT(tt_rules_parse(&rules, "many", (const uint8_t *)text, n, NULL, &err)
			== 0);
	s = compile(&rules, NULL);
	TT_ASSERT(tt_signature_scratch_new(&scratch, s) == 0);
	for (unsigned i = 0; i < BURSTS; i++) {
		make_syns(r, &b);
		compare(s, scratch, &b, seen);
		free_burst(&b);
	}
	tt_signature_scratch_free(scratch);
	tt_signatures_free(s);
	tt_rules_fini(&rules);
}

int
main(int argc, char **argv)
{
	struct random r = {.state = argc > 1 ? strtoull(argv[1], NULL, 0)
					     : (uint64_t)time(NULL)};
	struct seen seen = {0}, many = {0}, of_ports = {0}, cut = {0};

	printf("seed %" PRIu64 "\n", r.state);
	fflush(stdout);
	for (unsigned i = 0; i < ROUNDS; i++) {
		run_round(&r, &seen, &cut);
		compare_words(&r);
		for (unsigned k = 0; k < 64; k++)
			compare_sole(&r);
		if (i % MANY == 0)
			run_many(&r, false, &many);
		if (i % MANY == MANY / 2)
			run_many(&r, true, &of_ports);
	}
	printf("%" PRIu64 " packets, %" PRIu64 " matches; of many rules %" PRIu64
	       " and %" PRIu64 ", of ports %" PRIu64 " and %" PRIu64 ", equal; %" PRIu64
	       " of %" PRIu64 " match less where they are cut short\n",
			seen.packets, seen.matches, many.packets, many.matches,
			of_ports.packets, of_ports.matches, cut.matches, cut.packets);
	return seen.matches > seen.packets / 10 && many.matches > many.packets
					&& of_ports.matches > of_ports.packets
					&& cut.matches > 0 && cut.matches < cut.packets
			? EXIT_SUCCESS
			: EXIT_FAILURE;
}
