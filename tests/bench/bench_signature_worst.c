/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The dearest packets that can be thought of: few rules, each of which costs much on a payload made
 * for it. The least time of many is what a packet costs.
 */
#include "bench_signature.h"

#include <string.h>

#define TIMES 20

struct worst {
	const char *name;
	const char *options; /* of each rule; %u is its number; NULL: a content of 1,000 bytes */
	unsigned rules;
	const char *unit; /* of which the payload consists, but for a b at its end */
};

static const struct worst cases[] = {
		{"pcre groups", "pcre:\"/(?:a|b|c|d)*[ef]/s\";", 10, "abcd"},
		{"pcre nested", "pcre:\"/(?:(?:a+)+b?)+[cd]/\";", 10, "aaab"},
		{"pcre stars", "pcre:\"/a.*a.*a.*a[^a0]/s\";", 10, "a0"},
		{"pcre class", "pcre:\"/[a-z]*[0-9]/\";", 10, "abcd"},
		{"pcre fixed", "pcre:\"/[a-z]{900}[0-9]/\";", 10, "abcd"},
		{"pcre back", "pcre:\"/(.+)\\x00?\\1\\1[0-9]/s\";", 10, "aaab"},
		{"pcre ahead", "pcre:\"/(?=.*b.*b)(?<=a)x?[0-9]/s\";", 10, "aaab"},
		{"pcre retried", "pcre:\"/a/\"; content:\"b\"; within:1;", 64, "a"},
		{"content long", NULL, 64, "a"},
		{"content nocase", NULL, 64, "a"},
		{"content chain",
				"content:\"aa\"; fast_pattern; content:\"a\"; distance:0; content:\"a\"; "
				"distance:0; content:\"b%u\"; distance:0;",
				64, "a"},
		{"content retried",
				"content:\"aa\"; fast_pattern; content:\"a%u\"; within:1400;",
				64, "a"},
		{"numbers", "content:\"a\"; byte_test:20,>,%u,0,relative,string,dec;", 64,
				"a00000000000000000001"},
		{"heads", "content:\"aaaa\"; id:%u;", 3000, "a"},
};

/* All but one byte of which are the payload's, and what is searched for is at its end. */
static void
put_long(FILE *out, unsigned i, bool nocase)
{
	fputs("content:\"", out);
	for (unsigned k = 0; k < 1000 + i; k++)
		fputc(k == 900 ? 'b' : 'a', out);
	fprintf(out, "\";%s", nocase ? " nocase;" : "");
}

static void
put_options(FILE *out, const char *options, unsigned i)
{
	const char *number = strstr(options, "%u");

	if (number == NULL)
		fputs(options, out);
	else
		fprintf(out, "%.*s%u%s", (int)(number - options), options, i, number + 2);
}

static void
load(const struct worst *w, struct tt_rules *rules)
{
	struct tt_error err = {0};
	size_t bytes;
	char *text = NULL;
	FILE *out = open_memstream(&text, &bytes);

	TT_ASSERT(out != NULL);
	for (unsigned i = 0; i < w->rules; i++) {
		fputs("alert udp any any -> any any (", out);
		if (w->options == NULL)
			put_long(out, i, strcmp(w->name, "content nocase") == 0);
		else
			put_options(out, w->options, i);
		fprintf(out, " sid:%u;)\n", i + 1);
	}
	TT_ASSERT(fclose(out) == 0);
	TT_ASSERT(tt_rules_parse(rules, "rules", (const uint8_t *)text, bytes, NULL, &err)
			== 0);
	TT_ASSERT(rules->n == w->rules);
	free(text);
}

static void
measure(const struct worst *w, const struct tt_signatures *s,
		struct tt_signature_scratch *scratch)
{
	static uint8_t frame[BENCH_SIGNATURE_FRAME];
	static struct tt_signature_hit hits[TT_SIGNATURE_HITS_MAX];
	struct tt_packet p;
	const struct tt_signature_packet packet = {
			&p, frame, bench_signature_frame(frame, w->unit)};
	const struct tt_signature_burst burst = tt_signature_burst_of(&packet);
	uint64_t cut_short = 0;
	double least = 1e12;

	TT_ASSERT(tt_packet_decode(frame, packet.captured, TT_LINK_ETHERNET, &p)
			== TT_FATE_COUNTED);
	for (unsigned i = 0; i < TIMES; i++) {
		const double at = bench_cpu_ns();
		double took;

		(void)tt_signatures_burst(s, scratch, &burst, hits, &cut_short);
		took = bench_cpu_ns() - at;
		least = took < least ? took : least;
	}
	printf("{\"case\": \"worst, %s\", \"ns\": %.0f, \"cut_short\": %.3f}\n", w->name,
			least, (double)cut_short / TIMES);
}

void
bench_signature_worst(void)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_rules rules;
		struct tt_signatures *s;
		struct tt_signature_scratch *scratch;
		struct tt_error err = {0};

		load(&cases[i], &rules);
		TT_ASSERT(tt_signatures_compile(&s, &rules, NULL, &err) == 0);
		TT_ASSERT(tt_signature_scratch_new(&scratch, s) == 0);
		measure(&cases[i], s, scratch);
		tt_signature_scratch_free(scratch);
		tt_signatures_free(s);
		tt_rules_fini(&rules);
	}
}
