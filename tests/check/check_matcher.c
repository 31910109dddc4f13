/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bursts of a matcher, counted match after match as they come: put off for some bursts, or not, and more of
 * them than are put off; against the plain twin, which counts packet by packet, at once. Tables are small, so that
 * hits are given up while matches are counted, and cells run out. All that was counted is compared bit for bit; a table
 * that was reset, perhaps with matches put off, with one that is new.
 *
 *     check_matcher [SEED [ROUNDS]]
 */
#include "signature_random.h"
#include "tt_matcher.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RULES_MAX   50
#define RULE_TEXT   256
#define BURSTS      16
#define PACKETS     TT_SIGNATURE_BURST
#define FRAME_BYTES 74
#define PORTS       6
#define START_US    (INT64_C(1700000000) * TT_US_PER_S)
#define COUNTRIES   6
#define FIRST_V4    0x01000000u
#define ADDRESSES   2048 /* of each country */

struct burst {
	uint8_t bytes[PACKETS][FRAME_BYTES];
	struct tt_packet packets[PACKETS];
	const uint8_t *frames[PACKETS];
	uint32_t captured[PACKETS];
	int64_t times_us[PACKETS];
	unsigned n;
};

/* A matcher and what it counts. */
struct side {
	struct tt_matcher *matcher;
	struct tt_detections detections;
};

struct round {
	struct random random;
	struct tt_ruleset set;
	struct tt_detections_config config;
	struct side bursts, one_by_one;
	unsigned n_sources;
};

/* What a run has seen, so that it is known to have tested something. */
struct seen {
	uint64_t packets, large_bursts, sampled, rest;
};

/* Ports and times to live as they come, so that most packets match several rules. */
static int
put_rule(struct random *r, char *text, unsigned sid)
{
	static const char *const ports[] = {"any", "any", "!3", "1:4", "2", "[0,5]"};
	static const char *const header[] = {"", "", "ttl:>99; ", "ttl:<64; "};
	static const char *const count[] = {"", "", "", "",
			"threshold:type limit, track by_src, count 1, seconds 60; ",
			"threshold:type threshold, track by_dst, count 3, seconds 5; ",
			"detection_filter:track by_src, count 2, seconds 9; "};
	static const char *const quiet[] = {
			"", "", "", "", "", "", "", "flowbits:set,b; flowbits:noalert; "};

	return snprintf(text, RULE_TEXT,
			"alert tcp any any -> any %s (msg:\"m\"; flags:S; %s%s%ssid:%u;)\n",
			RANDOM_PICK(r, ports), RANDOM_PICK(r, header),
			RANDOM_PICK(r, count), RANDOM_PICK(r, quiet), sid);
}

static void
make_set(struct random *r, bool crowded, struct tt_ruleset *set)
{
	static char text[RULES_MAX * RULE_TEXT];
	const unsigned n = crowded ? RULES_MAX : 1 + random_below(r, RULES_MAX);
	struct tt_error err = {0};
	size_t at = 0;

	for (unsigned i = 0; i < n; i++)
		at += (size_t)put_rule(r, text + at, i + 1);
	*set = (struct tt_ruleset){0};
	TT_ASSERT(tt_rules_parse(&set->rules, "check", (const uint8_t *)text, at, NULL,
				  &err)
			>= 0);
	TT_ASSERT(set->rules.n == n);
	TT_ASSERT(tt_signatures_compile(&set->signatures, &set->rules, NULL, &err) >= 0);
}

static void
open_side(const struct round *round, struct side *side)
{
	TT_ASSERT(tt_matcher_create(&side->matcher, &round->set, NULL) == 0);
	TT_ASSERT(tt_detections_init(
				  &side->detections, &round->config, tt_mem_heap(), NULL)
			== 0);
}

static void
close_side(struct side *side)
{
	tt_detections_fini(&side->detections);
	tt_matcher_destroy(side->matcher);
}

static void
put(uint8_t *to, unsigned bytes, uint32_t value)
{
	while (bytes-- > 0)
		*to++ = (uint8_t)(value >> 8 * bytes);
}

/* A SYN of one of the sources. Returns the length of its frame. */
static uint32_t
make_frame(struct round *round, uint8_t *frame)
{
	struct random *r = &round->random;
	const uint32_t source = random_below(r, round->n_sources);
	const bool v6 = source % 16 == 15;
	uint8_t *ip = frame + 14, *tcp = ip + (v6 ? 40 : 20);

	memset(frame, 0, FRAME_BYTES);
	put(frame + 12, 2, v6 ? 0x86dd : 0x0800);
	ip[0] = v6 ? 0x60 : 0x45;
	put(ip + (v6 ? 4 : 2), 2, v6 ? 20 : 40);
	ip[v6 ? 6 : 9] = 6;
	ip[v6 ? 7 : 8] = (uint8_t)random_below(r, 256);
	put(ip + (v6 ? 8 : 12), 4, v6 ? 0x20010db8 : FIRST_V4 + source * 13);
	if (v6)
		put(ip + 12, 4, source);
	put(ip + (v6 ? 24 : 16), 4, (v6 ? 0x20010db8 : 0xc6336400) + random_below(r, 4));
	put(tcp, 2, 1024 + random_below(r, 4));
	put(tcp + 2, 2, random_below(r, PORTS));
	tcp[12] = 0x50;
	tcp[13] = random_below(r, 16) == 0 ? 0x04 : 0x02;
	return v6 ? FRAME_BYTES : 54;
}

static void
make_burst(struct round *round, struct burst *b)
{
	struct random *r = &round->random;

	b->n = 1 + random_below(r, random_below(r, 4) == 0 ? 8 : PACKETS);
	for (unsigned i = 0; i < b->n; i++) {
		b->frames[i] = b->bytes[i];
		b->captured[i] = make_frame(round, b->bytes[i]);
		b->times_us[i] = START_US + random_below(r, 60 * TT_US_PER_S);
		TT_ASSERT(tt_packet_decode(b->frames[i], b->captured[i], TT_LINK_ETHERNET,
					  &b->packets[i])
				== TT_FATE_COUNTED);
	}
}

static void
count(struct round *round, const struct burst *b, struct seen *seen)
{
	struct side *bursts = &round->bursts, *one = &round->one_by_one;
	unsigned n;

	tt_matcher_burst(bursts->matcher, b->packets, b->frames, b->captured, b->times_us,
			b->n, &bursts->detections);
	for (unsigned i = 0; i < b->n; i++)
		tt_matcher_one_ref(one->matcher, &b->packets[i], b->frames[i],
				b->captured[i], b->times_us[i], &one->detections);
	(void)tt_matcher_hits(bursts->matcher, &n);
	seen->packets += b->n;
	seen->large_bursts += n > 2 * TT_DETECTIONS_PUT_OFF;
}

static bool
is_same(const char *what, const void *a, const void *b, size_t bytes)
{
	if (memcmp(a, b, bytes) == 0)
		return true;
	printf("%s differ\n", what);
	return false;
}

static bool
is_equal(const char *what, uint64_t got, uint64_t want)
{
	if (got == want)
		return true;
	printf("%s: %" PRIu64 ", not %" PRIu64 "\n", what, got, want);
	return false;
}

static bool
sides_are_equal(const struct tt_detections *got, const struct tt_detections *want)
{
	bool equal = is_equal("packets", got->packets, want->packets);

	equal &= is_equal("matches", got->matches, want->matches);
	equal &= is_equal("matches not kept", got->not_kept, want->not_kept);
	equal &= is_equal("cut short", got->cut_short, 0);
	equal &= is_equal("cells taken", got->cells_taken, want->cells_taken);
	equal &= is_equal("anything", got->any, want->any);
	equal &= is_same("shifts", got->shift, want->shift, sizeof(got->shift));
	equal &= is_same("hits", got->hits, want->hits, got->n_hits * sizeof(*got->hits));
	equal &= is_same("tags", got->tags, want->tags, got->n_hits * sizeof(*got->tags));
	equal &= is_same("cells", got->cells, want->cells,
			got->n_cells * sizeof(*got->cells));
	return equal
			& is_same("packets without country", got->rest, want->rest,
					got->config.rules->n * sizeof(*got->rest));
}

/* Each match is in one place: a hit, a cell, or what has no country. */
static bool
nothing_is_lost(const struct tt_detections *d, struct seen *seen)
{
	uint64_t sum = 0, cells = 0;

	for (uint32_t i = 0; i < d->config.rules->n; i++)
		sum += d->rest[i];
	seen->rest += sum;
	for (uint64_t i = 0; i < d->n_cells; i++)
		cells += d->cells[i].packets;
	sum += cells;
	if (!is_equal("packets of cells and of none", sum, d->not_kept))
		return false;
	for (uint64_t i = 0; i < d->n_hits; i++)
		sum += d->hits[i].packets;
	return is_equal("packets of hits and cells", sum, d->matches);
}

/* Another interval begins: of the one side in the same table, of the other in a new one. */
static void
begin_anew(struct round *round)
{
	struct tt_detections *fresh = &round->one_by_one.detections;

	tt_detections_reset(&round->bursts.detections);
	tt_detections_fini(fresh);
	TT_ASSERT(tt_detections_init(fresh, &round->config, tt_mem_heap(), NULL) == 0);
}

static bool
bursts_are_right(struct round *round, struct seen *seen)
{
	static struct burst b;
	const struct tt_detections *got = &round->bursts.detections;

	for (unsigned i = 0; i < BURSTS; i++) {
		if (i == BURSTS / 2)
			begin_anew(round);
		make_burst(round, &b);
		count(round, &b, seen);
		if (i != BURSTS - 1 && random_below(&round->random, 2) == 0)
			continue;
		tt_detections_settle(&round->bursts.detections);
		if (!sides_are_equal(got, &round->one_by_one.detections)
				|| !nothing_is_lost(got, seen))
			return false;
	}
	seen->sampled += (got->shift[TT_HITS_PLAIN] | got->shift[TT_HITS_COUNTING]) != 0;
	return true;
}

static bool
round_is_right(const struct tt_geo *geo, uint64_t seed, struct seen *seen)
{
	static struct round round;
	bool right, crowded;

	round.random.state = seed;
	/* Cells run out with many rules and sources alone. */
	crowded = random_below(&round.random, 4) == 0;
	make_set(&round.random, crowded, &round.set);
	round.config = (struct tt_detections_config){.rules = &round.set.rules,
			.geo = geo,
			.hits = (uint64_t)TT_HITS_MIN
					<< (crowded ? 0 : random_below(&round.random, 4)),
			.seed = random_64(&round.random),
			.secret = random_64(&round.random)};
	round.n_sources = 4u << (crowded ? 8 : random_below(&round.random, 9));
	open_side(&round, &round.bursts);
	open_side(&round, &round.one_by_one);
	right = bursts_are_right(&round, seen);
	close_side(&round.bursts);
	close_side(&round.one_by_one);
	tt_signatures_free(round.set.signatures);
	tt_rules_fini(&round.set.rules);
	return right;
}

/* Countries of so many addresses, and addresses of none. */
static struct tt_geo *
make_geo(void)
{
	static const char *const names[COUNTRIES] = {"CN", "DE", "JP", "KR", "RU", "US"};
	char path[] = "/tmp/check_matcher.XXXXXX";
	struct tt_geo *geo = NULL;
	int fd = mkstemp(path);

	TT_ASSERT(fd >= 0);
	for (uint32_t i = 0; i < COUNTRIES; i++) {
		const uint32_t first = FIRST_V4 + i * ADDRESSES;

		TT_ASSERT(dprintf(fd, "%u,%u,%s\n", first, first + ADDRESSES - 1,
					  names[i])
				> 0);
	}
	close(fd);
	TT_ASSERT(tt_geo_open(&geo, path, tt_mem_heap(), NULL) == 0);
	unlink(path);
	return geo;
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)time(NULL);
	const unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 200;
	struct tt_geo *geo = make_geo();
	struct seen seen = {0};

	printf("seed %" PRIu64 ", %u rounds\n", seed, rounds);
	for (unsigned i = 0; i < rounds; i++, seed++)
		if (!round_is_right(geo, seed, &seen)) {
			printf("FAILED: check_matcher %" PRIu64 " 1\n", seed);
			return EXIT_FAILURE;
		}
	tt_geo_close(geo);
	printf("%" PRIu64 " packets, equal; %" PRIu64 " bursts of more matches than are "
	       "fetched at once, sampled in %" PRIu64 " rounds, %" PRIu64
	       " packets without country\n",
			seen.packets, seen.large_bursts, seen.sampled, seen.rest);
	return rounds >= 100
					&& (seen.large_bursts == 0 || seen.sampled == 0
							|| seen.rest == 0)
			? EXIT_FAILURE
			: EXIT_SUCCESS;
}
