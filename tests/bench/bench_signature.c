/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What signatures cost a packet, beside what it costs already: SYNs without payload, a flood of
 * Slammer, payload in which nothing is found, and the worst that can be sent, payload made of what the
 * rules look for. One JSON object a line: nanoseconds of CPU a packet, one line a round. Then
 * ("worst"), once, packets and rules made to cost as much as they can, by themselves.
 *
 *     bench_signature [--rules FILE] [--count N] [--rounds N] [--only CASE] [--burst N]
 *
 * Rules: those of FILE, and generated ones up to N (2886) in all. Fails where what is found in the
 * first packets of a kind is not what the plain reference finds.
 */
#include "bench_signature.h"
#include "bench_args.h"

#include <inttypes.h>
#include <string.h>

#define CHECKED 256 /* packets that the reference tries as well */

struct bench {
	const char *file, *only;
	uint64_t count, rounds, burst;
	struct tt_rules rules;
	struct tt_signatures *signatures;
	struct tt_signature_scratch *scratch;
	struct bench_traffic_set sets[BENCH_SIGNATURE_N];
};

static struct tt_signature_hit hits[TT_SIGNATURE_BURST * TT_SIGNATURE_HITS_MAX];

static void
die(const struct tt_error *err)
{
	tt_error_print("bench_signature", err);
	exit(EXIT_FAILURE);
}

static void
load(struct bench *b, uint64_t more)
{
	struct tt_error err = {0};
	size_t bytes;
	char *text = bench_signature_text(b->file, (unsigned)more, &bytes);

	if (tt_rules_parse(&b->rules, "rules", (const uint8_t *)text, bytes, NULL, &err)
			< 0)
		die(&err);
	free(text);
}

/* As many rules as were asked for: how many a file gives is known once it is read. */
static void
make_rules(struct bench *b)
{
	uint64_t from_file;

	load(b, 0);
	from_file = b->rules.n;
	if (from_file >= b->count)
		return;
	tt_rules_fini(&b->rules);
	load(b, b->count - from_file);
}

static void
compile(struct bench *b)
{
	struct tt_error err = {0};
	const double at = bench_cpu_ns();

	if (tt_signatures_compile(&b->signatures, &b->rules, NULL, &err) < 0)
		die(&err);
	if (tt_signature_scratch_new(&b->scratch, b->signatures) < 0)
		exit(EXIT_FAILURE);
	printf("{\"case\": \"compile\", \"rules\": %u, \"seconds\": %.3f, \"multi_pattern\": %s}\n",
			b->rules.n, (bench_cpu_ns() - at) / 1e9,
			tt_signatures_multi_pattern(b->signatures) ? "true" : "false");
}

/* What the first packets match, unless they are cut short. */
static void
check(struct bench *b, const struct bench_traffic_set *set)
{
	const struct tt_signature_burst burst = bench_signature_burst(set, 0, CHECKED);
	struct tt_signature_hit want[TT_SIGNATURE_HITS_MAX];
	uint64_t cut_short = 0;
	unsigned n_want = 0, n;

	n = tt_signatures_burst(b->signatures, b->scratch, &burst, hits, &cut_short);
	for (unsigned i = 0; i < CHECKED; i++) {
		const struct tt_signature_packet p = tt_signature_packet(&burst, i);

		n_want += tt_signature_one_ref(b->signatures, b->scratch, &p, want);
	}
	if (n == n_want || cut_short != 0)
		return;
	fprintf(stderr, "bench_signature: %s: %u matches, reference %u\n", set->name, n,
			n_want);
	exit(EXIT_FAILURE);
}

/* One pass over the set: packets are decoded, as a worker does just before, and matched or not. */
static uint64_t
pass(struct bench *b, struct bench_traffic_set *set, bool match, uint64_t *cut_short)
{
	const unsigned n = (unsigned)b->burst;
	uint64_t n_hits = 0;

	for (unsigned i = 0; i < BENCH_SIGNATURE_PACKETS; i += n) {
		const struct tt_signature_burst burst = bench_signature_burst(set, i, n);

		for (unsigned k = i; k < i + n; k++)
			(void)tt_packet_decode(set->frame_of[k], set->captured[k],
					TT_LINK_ETHERNET, &set->packets[k]);
		if (match)
			n_hits += tt_signatures_burst(b->signatures, b->scratch, &burst,
					hits, cut_short);
	}
	return n_hits;
}

static void
measure(struct bench *b, struct bench_traffic_set *set)
{
	uint64_t cut_short = 0, n_hits = 0, packets = 0;
	double with = 0, without = 0;

	do {
		double at = bench_cpu_ns(), now;

		(void)pass(b, set, false, &cut_short);
		now = bench_cpu_ns();
		without += now - at;
		n_hits += pass(b, set, true, &cut_short);
		with += bench_cpu_ns() - now;
		packets += BENCH_SIGNATURE_PACKETS;
	} while (with < 2e8);
	printf("{\"case\": \"%s\", \"ns\": %.2f, \"decode_ns\": %.2f, \"hits\": %.3f, "
	       "\"cut_short\": %.3f, \"packets\": %" PRIu64 "}\n",
			set->name, (with - without) / (double)packets,
			without / (double)packets, (double)n_hits / (double)packets,
			(double)cut_short / (double)packets, packets);
}

int
main(int argc, char **argv)
{
	static struct bench b = {.count = 2886, .rounds = 3, .burst = 64};
	const struct bench_arg args[] = {{.name = "rules", .text = &b.file},
			{.name = "only", .text = &b.only},
			{.name = "count", .number = &b.count},
			{.name = "burst", .number = &b.burst},
			{.name = "rounds", .number = &b.rounds}};
	struct tt_error err = {0};

	if (bench_args_parse(args, TT_ARRAY_SIZE(args), argc, argv, &err) < 0)
		die(&err);
	if (b.burst == 0 || b.burst > TT_SIGNATURE_BURST
			|| BENCH_SIGNATURE_PACKETS % b.burst != 0)
		return 2;
	make_rules(&b);
	compile(&b);
	for (unsigned i = 0; i < BENCH_SIGNATURE_N; i++) {
		bench_signature_traffic(&b.sets[i], i, &b.rules);
		if (bench_args_has(b.only, b.sets[i].name))
			check(&b, &b.sets[i]);
	}
	for (uint64_t round = 0; round < b.rounds; round++)
		for (unsigned i = 0; i < BENCH_SIGNATURE_N; i++)
			if (bench_args_has(b.only, b.sets[i].name))
				measure(&b, &b.sets[i]);
	if (bench_args_has(b.only, "worst"))
		bench_signature_worst();
	return EXIT_SUCCESS;
}
