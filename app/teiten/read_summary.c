/* SPDX-License-Identifier: BSD-3-Clause */
/* What a run of teiten read says at its end. */
#include "reading.h"

#include "tt_time.h"

#include <inttypes.h>

static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* What a snapshot lacks of the frames that were skipped is in none. */
static void
print_skipped(const struct reading *r)
{
	const struct differing *d = &r->differing;

	if (r->skipped == 0)
		return;
	printf("  %" PRIu64 " interval%s with %" PRIu64
	       " frame%s skipped: %s a snapshot already",
			r->skipped, plural(r->skipped), r->skipped_frames,
			plural(r->skipped_frames),
			r->skipped == 1 ? "it has" : "they have");
	if (d->n > 0 && r->skipped == 1)
		printf(", of %" PRIu64 " frame%s", d->has, plural(d->has));
	else if (d->n > 0)
		printf(", %" PRIu64
		       " of them of another number of frames, such as %s: it has %" PRIu64
		       ", and %" PRIu64 " %s skipped",
				d->n, d->name, d->has, d->skipped,
				d->skipped == 1 ? "was" : "were");
	printf("\n");
}

static void
print_left(const struct reading *r)
{
	char start[TT_TIME_TEXT_MAX];

	if (r->now.frames > 0)
		printf("  %" PRIu64
		       " frame%s of the last interval, from %s on, left for the next "
		       "run: give it these files again\n",
				r->now.frames, plural(r->now.frames),
				tt_time_format(r->now.start_us, start));
}

/* No error: each frame is in the interval of its time. But a clock that was wrong, or files that were put together out of
 * order, may be what it is. */
static void
print_back(const struct input *input)
{
	char where[sizeof(((struct tt_error *)NULL)->where)];
	char length[TT_TIME_TEXT_MAX];

	if (input->back.n == 0)
		return;
	tt_error_escape_where(where, sizeof(where), input->path);
	printf("  %s: the clock goes back by %s at frame %" PRIu64, where,
			tt_time_format_length(input->back.most_us, length),
			input->back.frame);
	if (input->back.n > 1)
		printf(", the furthest of %" PRIu64 " such steps", input->back.n);
	printf("\n");
}

void
reading_print_summary(const struct reading *r)
{
	char lacking[TT_LACKING_TEXT_MAX], gaps[TT_HEARD_TEXT_MAX];

	printf("%" PRIu64 " frame%s, %" PRIu64 " snapshot%s in %s/%s\n", r->frames,
			plural(r->frames), r->snapshots, plural(r->snapshots),
			r->config.spool, r->config.sensor);
	print_skipped(r);
	if (r->longer[0] != '\0')
		printf("    also longer ones, such as %s: compacted, or of a run with another "
		       "--interval\n",
				r->longer);
	print_left(r);
	for (unsigned f = 0; f < TT_N_FATES; f++)
		if (r->fates[f] > 0)
			printf("  %-22s %12" PRIu64 "\n", tt_fate_name((enum tt_fate)f),
					r->fates[f]);
	if (r->late > 0)
		printf("  %" PRIu64
		       " frame%s came late, after one of a newer interval; each is counted in "
		       "its own\n",
				r->late, plural(r->late));
	for (unsigned i = 0; i < r->n_inputs; i++)
		print_back(&r->inputs[i]);
	if (tt_heard_gaps_format(tt_sequence_heard(r->sequence), gaps)[0] != '\0')
		printf("  %s\n", gaps);
	if (tt_heard_unclear_format(tt_sequence_heard(r->sequence), gaps)[0] != '\0')
		printf("  %s\n", gaps);
	if (tt_lacking_text(&r->setup.lacking, lacking)[0] != '\0')
		printf("  %s\n", lacking);
}
