/* SPDX-License-Identifier: BSD-3-Clause */
#include "reading.h"

#include "tt_packet.h"
#include "tt_time.h"

#include <errno.h>

/* Frames of one interval that lie one after the other are announced at once. */
struct run {
	struct tt_span span;
	uint64_t frames;
	bool counts; /* they are counted, too */
	int known_link; /* a link type that is decoded; -1: none yet */
};

static int
announce(struct reading *r, const struct run *run, struct tt_error *err)
{
	int64_t start = run->span.start_us;

	if (run->frames > 0
			&& (tt_sequence_expect(r->sequence, start, run->frames) != 0
					|| reading_note_interval(r, start, run->frames)
							!= 0))
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	return 0;
}

/* Is a run to be counted while it is scanned? The first one of a single file; and not where there
 * is a snapshot already, since the reading may be refused for that, and then at once. Several
 * files take turns, and that is for the second time they are read. */
static bool
counts(const struct reading *r, const struct input *input, int64_t start_us)
{
	return r->n_inputs == 1 && input->frames == 0 && !reading_is_taken(r, start_us);
}

/* Ends the run and begins that of the interval of time_us. */
static int
turn(struct reading *r, const struct input *input, struct run *run, int64_t time_us,
		struct tt_error *err)
{
	int64_t start = tt_time_floor(time_us, r->config.interval_us);
	int ret = announce(r, run, err);

	run->span = (struct tt_span){start, start + r->config.interval_us};
	run->frames = 0;
	run->counts = counts(r, input, start);
	return ret;
}

static void
note_link(struct input *input, uint16_t link, struct run *run)
{
	if (tt_link_known(link)) {
		run->known_link = link;
	} else {
		input->unknown_link++;
		input->link = link;
	}
}

static int
scan_frame(struct reading *r, struct input *input, const struct tt_frame *f,
		struct run *run, struct tt_error *err)
{
	int ret = 0;

	if (TT_UNLIKELY(f->time_us < run->span.start_us
			    || f->time_us >= run->span.end_us))
		ret = turn(r, input, run, f->time_us, err);
	run->frames++;
	input->frames++;
	if (TT_UNLIKELY(f->link != run->known_link))
		note_link(input, f->link, run);
	return ret;
}

/* Is the burst as most are: all frames of the run's interval, and of the link type that it knows? */
static bool
is_plain(const struct tt_capfile_outline *o, const struct run *run)
{
	return o->first_us >= run->span.start_us && o->last_us < run->span.end_us
			&& o->one_link && o->link == run->known_link;
}

static int
scan_each(struct reading *r, struct input *input, unsigned n,
		const struct tt_capfile_outline *o, struct run *run, unsigned *counted,
		struct tt_error *err)
{
	int ret = 0;

	*counted = 0;
	if (TT_LIKELY(is_plain(o, run))) {
		run->frames += n;
		input->frames += n;
		*counted = run->counts ? n : 0;
		return 0;
	}
	for (unsigned i = 0; i < n && ret == 0; i++) {
		ret = scan_frame(r, input, &input->burst[i], run, err);
		*counted += run->counts;
	}
	return ret;
}

static int
hear_each(struct tt_heard *heard, const struct tt_frame *frames, unsigned n)
{
	int ret = 0;

	for (unsigned i = 0; i < n && ret == 0; i++)
		ret = tt_heard_add(heard, frames[i].time_us, frames[i].time_us, 1);
	return ret;
}

/* Notes when packets were heard; all of a burst at once, as a rule. */
static int
hear(struct reading *r, const struct tt_frame *frames, unsigned n,
		const struct tt_capfile_outline *o, struct tt_error *err)
{
	struct tt_heard *heard = tt_sequence_heard(r->sequence);
	int ret = o->last_us - o->first_us <= heard->join_us
			? tt_heard_add(heard, o->first_us, o->last_us, n)
			: hear_each(heard, frames, n);

	return ret == 0 ? 0 : tt_error_set(err, ret, NULL, "out of memory");
}

static void
note_step(struct back *back, int64_t step_us, uint64_t frame)
{
	if (step_us < READ_BACK_US)
		return;
	back->n++;
	if (step_us <= back->most_us)
		return;
	back->most_us = step_us;
	back->frame = frame;
}

/* Looks for steps back, to the burst and within it, before it is scanned; at each frame only where there may be one. */
static void
note_back(struct input *input, unsigned n, const struct tt_capfile_outline *o)
{
	struct back *back = &input->back;

	if (o->last_us - o->first_us >= READ_BACK_US
			|| o->first_us + READ_BACK_US <= back->previous_us)
		for (unsigned i = 0; i < n; i++) {
			const int64_t us = input->burst[i].time_us;

			if (back->previous_us != INT64_MIN)
				note_step(back, back->previous_us - us,
						input->frames + i + 1);
			back->previous_us = us;
		}
	back->previous_us = input->burst[n - 1].time_us;
}

/* Scans the burst, and counts what of it is to be counted: a part at its start. */
static int
scan_burst(struct reading *r, struct input *input, unsigned n, struct run *run,
		struct tt_error *err)
{
	const struct tt_capfile_outline o = tt_capfile_outline(input->file);
	unsigned counted, done;
	int ret = hear(r, input->burst, n, &o, err);

	note_back(input, n, &o);
	if (ret == 0)
		ret = scan_each(r, input, n, &o, run, &counted, err);
	if (ret != 0 || counted == 0)
		return ret;
	done = tt_counter_burst_between(
			&r->counter, input->burst, counted, o.first_us, o.last_us);
	TT_ASSERT(done == counted);
	input->counted += counted;
	r->frames += counted;
	reading_show_progress(r);
	return 0;
}

static void
report(const struct input *input, int end, const struct tt_error *err)
{
	const unsigned long long n = input->frames, unknown = input->unknown_link;
	char where[sizeof(err->where)];

	tt_error_escape_where(where, sizeof(where), err->where);
	if (end < 0)
		fprintf(stderr, "teiten read: %s: %s; the %llu whole frame%s before that %s kept\n",
				where, err->why, n, n == 1 ? "" : "s",
				n == 1 ? "is" : "are");
	tt_error_escape_where(where, sizeof(where), input->path);
	if (unknown > 0)
		fprintf(stderr,
				"teiten read: %s: link type %u is not decoded: %llu frame%s in the "
				"ledger as %s\n",
				where, input->link, unknown,
				unknown == 1 ? " is" : "s are",
				tt_fate_name(TT_FATE_UNKNOWN_LINK_TYPE));
}

int
reading_refuse_pipe(const struct input *input, struct tt_error *err)
{
	return tt_error_set(err, -ESPIPE, input->path,
			"is read twice, so it has to be a file and not a pipe: write it to a "
			"file first, or pipe it to standard input (\"-\"); compressed ones (gzip, "
			"zstd, xz) are read as they are");
}

/* Files that were joined are heard as those that are given one by one, and sections of pcapng, as which it joins its
 * like. */
static void
hear_join(struct reading *r, struct input *input, uint64_t *begun_at)
{
	if (TT_LIKELY(tt_capfile_begun_at(input->file) == *begun_at))
		return;
	*begun_at = tt_capfile_begun_at(input->file);
	input->back.previous_us = INT64_MIN;
	tt_heard_begin_file(tt_sequence_heard(r->sequence));
}

/* Scans all frames. What ends them, where it is no end of file, is in *end and why. */
static int
scan_frames(struct reading *r, struct input *input, struct run *run, int *end,
		struct tt_error *why, struct tt_error *err)
{
	uint64_t begun_at = 0;
	int ret = 0, n = 0;

	while (ret == 0
			&& (n = tt_capfile_read(
					    input->file, input->burst, READ_BURST, why))
					> 0) {
		hear_join(r, input, &begun_at);
		ret = stop_wanted(err);
		if (ret == 0)
			ret = scan_burst(r, input, (unsigned)n, run, err);
	}
	*end = n;
	return ret;
}

/* Did the writer stop before a frame was there, as one that is killed before it writes its buffer for the first
 * time? */
static bool
ends_before_frames(const struct input *input, int opened)
{
	return opened == -EBADMSG && tt_capfile_may_begin(input->path, NULL) == 0;
}

/* A file of an archive that ends so must not keep the others from being counted. Nobody knows of which time it would
 * have been: what is missing is a gap by the silence, as where the file is not there. */
static void
pass_over(struct input *input)
{
	char where[sizeof(((struct tt_error *)NULL)->where)];

	tt_error_escape_where(where, sizeof(where), input->path);
	fprintf(stderr, "teiten read: %s: truncated%s; the other files are read\n", where,
			input->bytes == 0 ? " at byte 0: it is empty"
					  : ": it ends before its first frame");
	input->cut = true;
	input->cut_start_us = INT64_MIN;
}

int
reading_scan(struct reading *r, struct input *input, struct tt_error *err)
{
	struct tt_error why = {0};
	struct run run = {.known_link = -1};
	int ret = tt_capfile_open(&input->file, input->path, err), end = 0;

	if (r->n_inputs > 1 && ends_before_frames(input, ret)) {
		pass_over(input);
		return 0;
	}
	if (ret != 0)
		return ret;
	tt_heard_begin_file(tt_sequence_heard(r->sequence));
	input->back.previous_us = INT64_MIN;
	ret = tt_capfile_rereadable(input->file)
			? scan_frames(r, input, &run, &end, &why, err)
			: reading_refuse_pipe(input, err);
	progress_clear();
	tt_capfile_close(input->file);
	input->file = NULL;
	if (ret != 0)
		return ret;
	input->left = input->counted == input->frames ? 0 : input->frames;
	input->cut = end < 0;
	input->cut_start_us = input->frames > 0 ? run.span.start_us : INT64_MIN;
	if (input->cut)
		tt_sequence_cut(r->sequence, input->cut_start_us);
	r->frames_expected += input->frames;
	report(input, end, &why);
	return announce(r, &run, err);
}
