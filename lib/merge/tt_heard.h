/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When packets were heard in capture files, and what follows: which silences are gaps, time of
 * which nobody knows whether there was a capture. Filled by the scan of the files, before anything
 * is replayed. A silence is the time between two packets that follow each other in time, over all
 * files, whatever the order in which they lie there. It is a gap
 * - if it is longer than max_gap; or
 * - if it is longer than outage_us (tt_heard_suspect) and the time around it is not quiet: of eight times its
 *   length before it and after it, as far as there were packets, a quarter at most is in silences of more than
 *   a twentieth of it. That time is to be half as long as it, and is without gaps of these two kinds, the
 *   longest of which are found first. So a telescope that hears something every few minutes was down where it
 *   hears nothing for a day, and one with a packet every few hours loses nothing, floods or not; or
 * - if one file ends where it begins and another begins where it ends, no file has packets on both
 *   sides of it, and it is longer than a minute and than twice the longest silence inside those
 *   files: a telescope that is quiet as a rule was quiet there, too. Where those files together are
 *   not eight times as long as it, they cannot say that; it is then also to be longer than 20 times
 *   what lies between two packets in the mean of all files.
 * A file with a silence of one of the first two kinds is as two files for the third: a packet of 1970, of a
 * clock that was not set yet, says nothing of what came between, nor does one outage excuse another.
 * One thread. 48 bytes for each silence of more than a minute, or than max_gap where that is less; twice that more to settle.
 */
#ifndef TT_HEARD_H
#define TT_HEARD_H

#include "tt_tally.h"

/* Silences up to this, or up to max_gap where that is less, are no matter, µs. */
#define TT_HEARD_JOIN_US (60 * TT_US_PER_S)

/* Packets without a silence between them that matters. */
struct tt_heard_run {
	int64_t first_us, last_us;
	unsigned file;
};

/* Silences that would be outages, were there more time around them: less than half as long, a twentieth at least. They are no gaps. */
struct tt_heard_unclear {
	size_t n;
	struct tt_span longest;
};

struct tt_heard {
	int64_t join_us, max_gap_us, outage_us;
	struct tt_heard_run *runs; /* [n_runs] */
	struct tt_span *gaps; /* [n_gaps], ascending, once settled: from a packet to a packet */
	struct tt_heard_unclear unclear; /* likewise once settled */
	size_t n_runs, room, n_gaps;
	uint64_t packets;
	unsigned n_files;
};

void tt_heard_init(struct tt_heard *heard, int64_t max_gap_us);
void tt_heard_fini(struct tt_heard *heard);

/* Silences of more than outage_us, 20 minutes at least, are gaps already where the time around them is not
 * quiet; of max_gap or more: none are, as without this call. Before they are settled. */
void tt_heard_suspect(struct tt_heard *heard, int64_t outage_us);

/* What is added from here on lies in another file. */
void tt_heard_begin_file(struct tt_heard *heard);

/* The last file has so many packets, at both times and between them, with no silence of more than
 * join_us. Returns 0 or -ENOMEM. */
int tt_heard_add(struct tt_heard *heard, int64_t first_us, int64_t last_us,
		unsigned packets) TT_MUST_CHECK;

/* Finds the gaps. Once, after the last file; nothing may be added then. Returns 0 or -ENOMEM. */
int tt_heard_settle(struct tt_heard *heard) TT_MUST_CHECK;

/* Is all of [from_us, to_us) in one gap? No, before the gaps are settled. */
bool tt_heard_is_gap(const struct tt_heard *heard, int64_t from_us, int64_t to_us);

/* How much of the span is in gaps, µs; none before they are settled. */
int64_t tt_heard_gaps_within(const struct tt_heard *heard, const struct tt_span *span);

/* What an operator would not look for, since it is no zero traffic: how many gaps there are, and how long all of them,
 * as part of a sentence. "" where there are none. Returns text. */
#define TT_HEARD_TEXT_MAX 320
char *tt_heard_gaps_format(const struct tt_heard *heard, char text[TT_HEARD_TEXT_MAX]);

/* Likewise of what counts as observed, and may have been an outage. */
char *tt_heard_unclear_format(const struct tt_heard *heard, char text[TT_HEARD_TEXT_MAX]);

#endif
