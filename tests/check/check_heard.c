/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The gaps that tt_heard finds in packets that come in any order, by bursts, against their definition, gone
 * through packet by packet; and how much of a span is in them.
 *
 *     check_heard [SEED [ROUNDS]]
 */
#include "tt_hash.h"
#include "tt_heard.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define PACKETS_MAX 300
#define FILES_MAX   40
#define BURST       8

struct packet {
	int64_t us;
	unsigned file;
};

/* A file, or part of one. */
struct part {
	int64_t first_us, last_us, longest_us;
};

struct bed {
	uint64_t random;
	int64_t max_gap_us, join_us, outage_us;
	struct packet packets[PACKETS_MAX]; /* [n], by time */
	struct part parts[PACKETS_MAX];
	struct tt_span gaps[PACKETS_MAX];
	bool sure[PACKETS_MAX]; /* the silence before a packet is a gap whatever files there are */
	unsigned n, n_files, n_parts, n_gaps;
};

static uint64_t
draw(struct bed *bed, uint64_t below)
{
	bed->random = tt_hash_mix(bed->random + UINT64_C(0x9e3779b97f4a7c15));
	return bed->random % below;
}

static int
by_time(const void *a, const void *b)
{
	const struct packet *x = a, *y = b;

	return x->us < y->us ? -1 : x->us > y->us;
}

/* Around the lengths that matter, and now and then one of years. */
static int64_t
step_us(struct bed *bed, int64_t usual_us)
{
	const int64_t lengths[] = {0, usual_us, usual_us, usual_us, 2 * usual_us,
			20 * usual_us, TT_HEARD_JOIN_US, bed->max_gap_us, 8 * usual_us};
	int64_t us = lengths[draw(bed, TT_ARRAY_SIZE(lengths))];

	if (draw(bed, 200) == 0)
		us = INT64_C(1000000000) * TT_US_PER_S;
	if (draw(bed, 4) == 0)
		us += (int64_t)draw(bed, (uint64_t)us / 2 + 2);
	return draw(bed, 4) == 0 ? us + 1 : us;
}

/* Files follow each other, one or more at a time, but for some packets. */
static void
make_packets(struct bed *bed)
{
	const int64_t seconds[] = {1, 5, 59, 60, 61, 600, 3720};
	const int64_t usual_us = (int64_t)(1 + draw(bed, 1 + draw(bed, 400)))
			* TT_US_PER_S;
	const uint64_t odd = draw(bed, 3) == 0 ? 10 : 1000;
	const unsigned queues = 1 + (unsigned)draw(bed, 3); /* files of the same time */
	int64_t us = (int64_t)draw(bed, 3) * TT_US_PER_S;

	bed->max_gap_us = seconds[draw(bed, TT_ARRAY_SIZE(seconds))] * TT_US_PER_S;
	bed->join_us = bed->max_gap_us < TT_HEARD_JOIN_US ? bed->max_gap_us
							  : TT_HEARD_JOIN_US;
	bed->outage_us = 1 + (int64_t)draw(bed, 2 * (uint64_t)bed->max_gap_us);
	bed->n = 1 + (unsigned)draw(bed, PACKETS_MAX);
	bed->n_files = queues
			* (1 + (unsigned)draw(bed, 1 + draw(bed, FILES_MAX / queues)));
	for (unsigned i = 0; i < bed->n; i++) {
		bool other = draw(bed, odd) == 0;

		unsigned file = i * (bed->n_files / queues) / bed->n * queues
				+ i % queues;

		bed->packets[i] = (struct packet){
				us, other ? (unsigned)draw(bed, bed->n_files) : file};
		if (i % queues > 0 && draw(bed, 2) == 0)
			continue;
		us += step_us(bed, usual_us);
	}
	qsort(bed->packets, bed->n, sizeof(bed->packets[0]), by_time);
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Before packet i, 1 or more. */
static int64_t
silence_of(const struct bed *bed, unsigned i)
{
	return bed->packets[i].us - bed->packets[i - 1].us;
}

/* Is the time around the silence before packet i not quiet? */
static bool
is_outage(const struct bed *bed, unsigned i)
{
	const int64_t start_us = bed->packets[i - 1].us, end_us = bed->packets[i].us;
	const int64_t us = end_us - start_us;
	int64_t around_us = 0, quiet_us = 0;

	for (unsigned j = 1; j < bed->n; j++) {
		const int64_t from_us = bed->packets[j - 1].us,
			      to_us = bed->packets[j].us;
		int64_t within_us = (to_us < end_us + 8 * us ? to_us : end_us + 8 * us)
				- larger(from_us, start_us - 8 * us);

		if (j == i || bed->sure[j])
			continue;
		around_us += larger(within_us, 0);
		if (to_us - from_us > larger(us / 20, bed->join_us))
			quiet_us += larger(within_us, 0);
	}
	return around_us >= us / 2 && quiet_us <= around_us / 4;
}

/* The longest silence that is no longer than max_gap and may be an outage, the first of those as long; shorter than
 * that of packet `after`, or later. 0 if there is none. */
static unsigned
next_longest(const struct bed *bed, unsigned after)
{
	int64_t least_us = larger(bed->outage_us, bed->join_us), longest_us = least_us;
	int64_t most_us = after == 0 ? bed->max_gap_us : silence_of(bed, after);
	unsigned longest = 0;

	for (unsigned i = 1; i < bed->n; i++) {
		int64_t us = silence_of(bed, i);

		if (us > longest_us && (us < most_us || (us == most_us && i > after))) {
			longest = i;
			longest_us = us;
		}
	}
	return longest;
}

/* Which silences are gaps whatever files there are? */
static void
find_sure(struct bed *bed)
{
	for (unsigned i = 1; i < bed->n; i++)
		bed->sure[i] = silence_of(bed, i) > bed->max_gap_us;
	for (unsigned i = 0; (i = next_longest(bed, i)) > 0;)
		bed->sure[i] = is_outage(bed, i);
}

static bool
holds_sure(const struct bed *bed, int64_t from_us, int64_t to_us)
{
	for (unsigned i = 1; i < bed->n; i++)
		if (bed->packets[i - 1].us >= from_us && bed->packets[i].us <= to_us
				&& bed->sure[i])
			return true;
	return false;
}

static void
find_parts_of(struct bed *bed, unsigned file)
{
	struct part *part = NULL;

	for (unsigned i = 0; i < bed->n; i++) {
		int64_t us = bed->packets[i].us, silence_us;

		if (bed->packets[i].file != file)
			continue;
		silence_us = part == NULL ? INT64_MAX : us - part->last_us;
		if (silence_us > bed->max_gap_us || holds_sure(bed, part->last_us, us)) {
			part = &bed->parts[bed->n_parts++];
			*part = (struct part){us, us, 0};
		} else if (silence_us > bed->join_us && silence_us > part->longest_us)
			part->longest_us = silence_us;
		part->last_us = us;
	}
}

static int64_t
mean_us(const struct bed *bed)
{
	int64_t us = 0;

	for (unsigned i = 1; i < bed->n; i++)
		if (!bed->sure[i])
			us += bed->packets[i].us - bed->packets[i - 1].us;
	return us / bed->n;
}

static bool
parts_files(const struct bed *bed, int64_t from_us, int64_t to_us)
{
	int64_t before_us = 0, after_us = 0, longest_us = 0, us = to_us - from_us;

	if (us <= bed->join_us)
		return false;
	for (unsigned i = 0; i < bed->n_parts; i++) {
		const struct part *part = &bed->parts[i];

		if (part->first_us <= from_us && part->last_us >= to_us)
			return false;
		if (part->last_us == from_us)
			before_us = larger(before_us, from_us - part->first_us);
		if (part->first_us == to_us)
			after_us = larger(after_us, part->last_us - to_us);
		if (part->last_us == from_us || part->first_us == to_us)
			longest_us = larger(longest_us, part->longest_us);
	}
	return us > 2 * longest_us
			&& (before_us + after_us >= 8 * us || us > 20 * mean_us(bed));
}

static void
find_gaps(struct bed *bed)
{
	bed->n_parts = bed->n_gaps = 0;
	find_sure(bed);
	for (unsigned file = 0; file < bed->n_files; file++)
		find_parts_of(bed, file);
	for (unsigned i = 1; i < bed->n; i++)
		if (bed->sure[i]
				|| parts_files(bed, bed->packets[i - 1].us,
						bed->packets[i].us))
			bed->gaps[bed->n_gaps++] = (struct tt_span){
					bed->packets[i - 1].us, bed->packets[i].us};
}

static void
hear_burst(const struct bed *bed, struct tt_heard *heard, const int64_t *us, unsigned n)
{
	int64_t first = us[0], last = us[0];
	int ret = 0;

	for (unsigned i = 1; i < n; i++) {
		first = us[i] < first ? us[i] : first;
		last = larger(last, us[i]);
	}
	if (last - first <= bed->join_us)
		ret = tt_heard_add(heard, first, last, n);
	else
		for (unsigned i = 0; i < n && ret == 0; i++)
			ret = tt_heard_add(heard, us[i], us[i], 1);
	TT_ASSERT(ret == 0);
}

/* File by file, the packets of each in order, or swapped here and there, or in none. */
static void
hear(struct bed *bed, struct tt_heard *heard)
{
	struct packet mixed[PACKETS_MAX];
	const uint64_t reach = draw(bed, 2) == 0 ? 1 : 1 + draw(bed, PACKETS_MAX);

	memcpy(mixed, bed->packets, sizeof(mixed));
	for (unsigned i = 0; i < bed->n; i++) {
		unsigned to = (unsigned)((i + draw(bed, reach)) % bed->n);
		struct packet p = mixed[i];

		mixed[i] = mixed[to];
		mixed[to] = p;
	}
	for (unsigned file = 0; file < bed->n_files; file++) {
		int64_t burst[BURST];
		unsigned n = 0;

		tt_heard_begin_file(heard);
		for (unsigned i = 0; i < bed->n; i++) {
			if (mixed[i].file != file)
				continue;
			burst[n++] = mixed[i].us;
			if (n == BURST || draw(bed, BURST) == 0) {
				hear_burst(bed, heard, burst, n);
				n = 0;
			}
		}
		if (n > 0)
			hear_burst(bed, heard, burst, n);
	}
	TT_ASSERT(tt_heard_settle(heard) == 0);
}

static bool
compare_span(struct bed *bed, const struct tt_heard *heard)
{
	int64_t a = bed->packets[draw(bed, bed->n)].us + (int64_t)draw(bed, 3) - 1;
	int64_t b = bed->packets[draw(bed, bed->n)].us + (int64_t)draw(bed, 3) - 1;
	const struct tt_span span = {a < b ? a : b, larger(a, b)};
	int64_t us = 0;
	bool all = false;

	for (unsigned i = 0; i < bed->n_gaps; i++) {
		const struct tt_span *gap = &bed->gaps[i];
		int64_t from = larger(gap->start_us, span.start_us);
		int64_t to = gap->end_us < span.end_us ? gap->end_us : span.end_us;

		us += larger(0, to - from);
		all |= gap->start_us <= span.start_us && gap->end_us >= span.end_us;
	}
	if (us == tt_heard_gaps_within(heard, &span)
			&& (span.start_us == span.end_us
					|| all
							== tt_heard_is_gap(heard,
									span.start_us,
									span.end_us)))
		return true;
	fprintf(stderr,
			"of %" PRId64 " to %" PRId64 ", %" PRId64
			" µs are in gaps, not %" PRId64 "\n",
			span.start_us, span.end_us, us,
			tt_heard_gaps_within(heard, &span));
	return false;
}

static bool
compare(struct bed *bed, const struct tt_heard *heard)
{
	bool same = bed->n_gaps == heard->n_gaps;

	for (unsigned i = 0; same && i < bed->n_gaps; i++)
		same = bed->gaps[i].start_us == heard->gaps[i].start_us
				&& bed->gaps[i].end_us == heard->gaps[i].end_us;
	if (!same)
		fprintf(stderr, "%zu gaps, not %u, or others\n", heard->n_gaps,
				bed->n_gaps);
	for (unsigned i = 0; same && i < 20; i++)
		same = compare_span(bed, heard);
	return same;
}

int
main(int argc, char **argv)
{
	static struct bed bed;
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)getpid();
	unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : 20000;
	uint64_t gaps = 0, packets = 0;

	printf("seed %" PRIu64 "\n", seed);
	bed.random = seed;
	for (unsigned round = 0; round < rounds; round++) {
		struct tt_heard heard;
		bool same;

		make_packets(&bed);
		find_gaps(&bed);
		tt_heard_init(&heard, bed.max_gap_us);
		tt_heard_suspect(&heard, bed.outage_us);
		hear(&bed, &heard);
		same = compare(&bed, &heard);
		tt_heard_fini(&heard);
		if (!same) {
			fprintf(stderr, "seed %" PRIu64 ", round %u\n", seed, round);
			return 1;
		}
		gaps += bed.n_gaps;
		packets += bed.n;
	}
	printf("%" PRIu64 " gaps of %" PRIu64 " packets\n", gaps, packets);
	return 0;
}
