/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_synth.h"

#include "tt_schedule.h"
#include "tt_sources.h"
#include "tt_stream.h"
#include "tt_time.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* The stream with the earliest packet is at the top; equal times go by the stream's number. */
struct head {
	int64_t time_us;
	uint32_t stream;
};

struct tt_synth {
	struct tt_stream *streams; /* [n_streams], one per component */
	struct head *heap; /* [n_heap], a binary heap */
	unsigned n_streams, n_heap, last;
	struct tt_source_pools pools;
	struct tt_space monitored4, monitored6;
	int64_t start_us, duration_us, total;
};

static bool
before(struct head a, struct head b)
{
	return a.time_us != b.time_us ? a.time_us < b.time_us : a.stream < b.stream;
}

static void
sift_down(struct tt_synth *s, unsigned at)
{
	struct head moving = s->heap[at];

	for (unsigned child = 2 * at + 1; child < s->n_heap; child = 2 * at + 1) {
		if (child + 1 < s->n_heap && before(s->heap[child + 1], s->heap[child]))
			child++;
		if (!before(s->heap[child], moving))
			break;
		s->heap[at] = s->heap[child];
		at = child;
	}
	s->heap[at] = moving;
}

bool
tt_synth_next(struct tt_synth *s, struct tt_frame *frame)
{
	struct head *top = &s->heap[0];
	struct tt_stream *stream;

	if (s->n_heap == 0)
		return false;
	stream = &s->streams[top->stream];
	s->last = top->stream;
	frame->time_us = top->time_us;
	tt_stream_fill(stream, frame);
	top->time_us = tt_schedule_next(&stream->schedule, &stream->rng);
	if (top->time_us == INT64_MAX)
		*top = s->heap[--s->n_heap];
	sift_down(s, 0);
	return true;
}

/* Rounds expected[n] to whole numbers; with `packets`, to ones that sum up to it. */
static int64_t
round_counts(struct tt_stream *streams, const double *expected, unsigned n,
		int64_t packets)
{
	double sum = 0, part = 0;
	int64_t done = 0, until;

	for (unsigned i = 0; i < n; i++)
		sum += expected[i];
	if (sum <= 0 || sum > (double)TT_PROFILE_PACKETS_MAX)
		return sum <= 0 ? 0 : -1;
	for (unsigned i = 0; i < n; i++) {
		part += expected[i];
		if (packets == 0)
			until = done + llround(expected[i]);
		else /* the running total, so that no packet is lost */
			until = i + 1 == n ? packets
					   : llround(part / sum * (double)packets);
		streams[i].schedule.packets = until - done;
		done = until;
	}
	return done;
}

static const struct tt_space *
monitored(const struct tt_synth *s, const struct tt_profile_component *c)
{
	return c->ip_version == 4 ? &s->monitored4 : &s->monitored6;
}

static int
plan(struct tt_synth *s, const struct tt_profile *profile, int64_t packets,
		struct tt_error *err)
{
	double *expected = calloc(s->n_streams, sizeof(*expected));

	if (expected == NULL)
		return tt_error_set(err, -ENOMEM, profile->name, "out of memory");
	for (unsigned i = 0; i < s->n_streams; i++)
		expected[i] = tt_schedule_expect(&profile->components[i], s->start_us,
				s->duration_us,
				(double)monitored(s, &profile->components[i])->size,
				&s->streams[i].schedule);
	s->total = round_counts(s->streams, expected, s->n_streams, packets);
	free(expected);
	if (s->total == 0)
		return tt_error_set(err, -EINVAL, profile->name,
				"no packets come of these rates in this duration");
	if (s->total < 0)
		return tt_error_set(err, -EINVAL, profile->name,
				"these rates make more than %lld packets",
				(long long)TT_PROFILE_PACKETS_MAX);
	return 0;
}

static int
set_span(struct tt_synth *s, const struct tt_profile *profile,
		const struct tt_synth_options *options, struct tt_error *err)
{
	s->start_us = options->start_us < 0 ? profile->start_us : options->start_us;
	s->duration_us = options->duration_us == 0 ? profile->duration_us
						   : options->duration_us;
	if (s->start_us > TT_TIME_MAX - TT_PROFILE_DURATION_MAX || s->duration_us < 0
			|| s->duration_us > TT_PROFILE_DURATION_MAX)
		return tt_error_set(err, -EINVAL, profile->name,
				"start and duration reach past the year 9997 or 366 days");
	return 0;
}

static int
make_streams(struct tt_synth *s, const struct tt_profile *profile, uint64_t seed,
		struct tt_error *err)
{
	for (unsigned i = 0; i < s->n_streams; i++) {
		struct tt_stream *stream = &s->streams[i];
		const struct tt_profile_component *c = &profile->components[i];
		int ret = tt_stream_init(
				stream, c, i, &s->pools, monitored(s, c), seed, err);

		if (ret != 0) {
			tt_error_at(err, "%.100s: component %u (%.60s)", profile->name,
					i + 1, c->name);
			return ret;
		}
		s->heap[s->n_heap].stream = i;
		s->heap[s->n_heap].time_us = tt_schedule_next(
				&stream->schedule, &stream->rng);
		if (s->heap[s->n_heap].time_us != INT64_MAX)
			s->n_heap++;
	}
	for (unsigned i = s->n_heap / 2; i-- > 0;)
		sift_down(s, i);
	return 0;
}

static int
build(struct tt_synth *s, const struct tt_profile *profile, const struct tt_geo *geo,
		const struct tt_synth_options *options, struct tt_error *err)
{
	int ret = set_span(s, profile, options, err);

	if (ret != 0)
		return ret;
	s->streams = calloc(profile->n_components, sizeof(*s->streams));
	s->heap = calloc(profile->n_components, sizeof(*s->heap));
	if (s->streams == NULL || s->heap == NULL
			|| tt_source_pools_init(&s->pools, profile, geo) != 0
			|| tt_space_init(&s->monitored4, &profile->monitored, 4) != 0
			|| tt_space_init(&s->monitored6, &profile->monitored, 6) != 0)
		return tt_error_set(err, -ENOMEM, profile->name, "out of memory");
	s->n_streams = profile->n_components;
	ret = plan(s, profile, options->packets, err);
	if (ret == 0)
		ret = make_streams(s, profile, options->seed, err);
	return ret;
}

int
tt_synth_create(struct tt_synth **synth, const struct tt_profile *profile,
		const struct tt_geo *geo, const struct tt_synth_options *options,
		struct tt_error *err)
{
	struct tt_synth *s = calloc(1, sizeof(*s));
	int ret;

	*synth = NULL;
	if (s == NULL)
		return tt_error_set(err, -ENOMEM, profile->name, "out of memory");
	ret = build(s, profile, geo, options, err);
	if (ret == 0)
		*synth = s;
	else
		tt_synth_destroy(s);
	return ret;
}

void
tt_synth_destroy(struct tt_synth *s)
{
	if (s == NULL)
		return;
	for (unsigned i = 0; i < s->n_streams; i++)
		tt_stream_fini(&s->streams[i]);
	free(s->streams);
	free(s->heap);
	tt_source_pools_fini(&s->pools);
	tt_space_fini(&s->monitored4);
	tt_space_fini(&s->monitored6);
	free(s);
}

unsigned
tt_synth_component(const struct tt_synth *s)
{
	return s->last;
}

int64_t
tt_synth_planned(const struct tt_synth *s, unsigned component)
{
	TT_ASSERT(component < s->n_streams);
	return s->streams[component].schedule.packets;
}

int
tt_synth_made(const struct tt_synth *s, unsigned component, struct tt_synth_made *made)
{
	const struct tt_stream *stream;

	TT_ASSERT(component < s->n_streams);
	stream = &s->streams[component];
	made->packets = stream->n_made;
	made->frame_bytes = made->packets * stream->frame.length;
	made->ip_bytes = made->packets * stream->c.ip_bytes;
	return tt_sources_distinct(&stream->sources, &made->sources);
}

int64_t
tt_synth_total(const struct tt_synth *s)
{
	return s->total;
}

int64_t
tt_synth_start(const struct tt_synth *s)
{
	return s->start_us;
}

int64_t
tt_synth_duration(const struct tt_synth *s)
{
	return s->duration_us;
}
