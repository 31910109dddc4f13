/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_traffic.h"

#include "bench_capture.h"
#include "tt_hash.h"
#include "tt_synth.h"

#include <errno.h>
#include <string.h>

/* Where an untagged IPv4 frame has its protocol, fragment offset, source address and port. */
#define ETHERTYPE_AT 12
#define FRAGMENT_AT  20
#define SOURCE_AT    26
#define PORT_AT      34

#define HEADROOM       256 /* what is before the data in an mbuf */
#define CHUNK          (8 << 20)
#define NULL_FRAME     64
#define NULL_MONITORED "192.0.2.0/24"

/* Room for frames, taken in pieces; frames begin with a cache line. */
struct room {
	struct tt_mem *mem;
	uint8_t *at, *end;
};

static uint8_t *
take(struct room *room, uint32_t bytes)
{
	uint32_t lines = (bytes + TT_CACHE_LINE - 1) / TT_CACHE_LINE * TT_CACHE_LINE;
	uint8_t *taken;

	if ((size_t)(room->end - room->at) < lines) {
		room->at = tt_mem_alloc(room->mem, CHUNK, "traffic");
		if (room->at == NULL) {
			room->end = NULL;
			return NULL;
		}
		room->end = room->at + CHUNK;
	}
	taken = room->at;
	room->at += lines;
	return taken;
}

static int
store(struct bench_traffic *t, unsigned i, const struct tt_frame *frame,
		struct room *room, struct tt_error *err)
{
	uint8_t *bytes = take(room, frame->captured);

	if (frame->captured > BENCH_RING_STRIDE - HEADROOM)
		return tt_error_set(err, -EMSGSIZE, NULL, "a frame of %u bytes",
				frame->captured);
	if (bytes == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	memcpy(bytes, frame->data, frame->captured);
	t->stored[i] = *frame;
	t->stored[i].data = bytes;
	return 0;
}

/* A checksum that is now wrong is nothing that is looked at. */
static void
make_fragment(uint8_t *frame, unsigned i)
{
	static const uint8_t ipv4[] = {0x08, 0x00};

	if (memcmp(frame + ETHERTYPE_AT, ipv4, sizeof(ipv4)) != 0)
		return;
	if (i % 4 == 1) {
		frame[FRAGMENT_AT] = 0x20; /* more follow */
	} else if (i % 4 == 3) {
		frame[FRAGMENT_AT] = 0;
		frame[FRAGMENT_AT + 1] = 185; /* of 1500 bytes, the second */
	}
}

static int
store_synthetic(struct bench_traffic *t, struct tt_synth *synth, bool fragments,
		struct room *room, struct tt_error *err)
{
	struct tt_frame frame;
	int ret = 0;

	for (unsigned i = 0; i < t->n && ret == 0; i++) {
		if (!tt_synth_next(synth, &frame))
			return tt_error_set(err, -EINVAL, NULL, "too few packets");
		ret = store(t, i, &frame, room, err);
		if (ret == 0 && fragments)
			make_fragment((uint8_t *)t->stored[i].data, i);
	}
	return ret;
}

static bool
all_new(const struct tt_profile *profile)
{
	for (unsigned i = 0; i < profile->n_components; i++) {
		const struct tt_profile_component *c = &profile->components[i];

		if (c->sources != 0 || c->n_vlans != 0 || c->ip_version != 4)
			return false;
	}
	return true;
}

static int
describe(struct bench_traffic *t, const struct tt_profile *profile, struct tt_error *err)
{
	char *monitored = tt_prefix_set_format(&profile->monitored);
	int n = -1;

	if (monitored != NULL)
		n = snprintf(t->monitored, sizeof(t->monitored), "%s", monitored);
	free(monitored);
	if (n < 0 || (size_t)n >= sizeof(t->monitored))
		return tt_error_set(err, -E2BIG, "monitored", "too long a list");
	t->fresh = all_new(profile);
	return 0;
}

static int
make_synthetic(struct bench_traffic *t, const struct bench_traffic_options *options,
		struct room *room, struct tt_error *err)
{
	const struct tt_synth_options wanted = {
			.seed = 1, .start_us = -1, .packets = (int64_t)options->packets};
	struct tt_profile *profile = NULL;
	struct tt_synth *synth = NULL;
	int ret = tt_profile_load(&profile, options->profile, err);

	if (ret == 0)
		ret = describe(t, profile, err);
	if (ret == 0)
		ret = tt_synth_create(&synth, profile, NULL, &wanted, err);
	if (ret == 0)
		ret = store_synthetic(t, synth, options->fragments, room, err);
	tt_synth_destroy(synth);
	tt_profile_destroy(profile);
	return ret;
}

static int
make_null(struct bench_traffic *t, struct room *room, struct tt_error *err)
{
	static const uint8_t zeros[NULL_FRAME];
	const struct tt_frame frame = {.data = zeros,
			.captured = NULL_FRAME,
			.length = NULL_FRAME,
			.link = TT_LINK_ETHERNET};
	int ret = 0;

	snprintf(t->monitored, sizeof(t->monitored), NULL_MONITORED);
	for (unsigned i = 0; i < t->n && ret == 0; i++)
		ret = store(t, i, &frame, room, err);
	return ret;
}

/* Frames of a capture on their way. */
struct storing {
	struct bench_traffic *traffic;
	struct room *room;
	unsigned stored;
};

static int
store_captured(void *context, const struct tt_frame *frame, struct tt_error *err)
{
	const uint32_t most = BENCH_RING_STRIDE - HEADROOM;
	struct storing *to = context;
	struct tt_frame cut = *frame;

	cut.captured = cut.captured < most ? cut.captured : most;
	return store(to->traffic, to->stored++, &cut, to->room, err);
}

static int
make_captured(struct bench_traffic *t, const struct bench_traffic_options *options,
		struct room *room, struct tt_error *err)
{
	struct storing to = {t, room, 0};
	int n;

	if (options->monitored == NULL)
		return tt_error_set(err, -EINVAL, "monitored", "not given");
	n = snprintf(t->monitored, sizeof(t->monitored), "%s", options->monitored);
	if ((size_t)n >= sizeof(t->monitored))
		return tt_error_set(err, -E2BIG, "monitored", "too long a list");
	return bench_capture_give(options->capture, t->n, store_captured, &to, err);
}

int
bench_traffic_make(struct bench_traffic *t, const struct bench_traffic_options *options,
		struct tt_mem *mem, struct tt_error *err)
{
	struct room room = {.mem = mem};

	*t = (struct bench_traffic){.n = options->packets};
	if (t->n == 0 || t->n % BENCH_RING != 0)
		return tt_error_set(err, -EINVAL, "packets", "not a multiple of %d",
				BENCH_RING);
	t->stored = calloc(t->n, sizeof(*t->stored));
	t->ring = tt_mem_alloc(mem, (size_t)BENCH_RING * BENCH_RING_STRIDE, "ring");
	if (t->stored == NULL || t->ring == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	if (options->capture != NULL)
		return make_captured(t, options, &room, err);
	return options->profile == NULL ? make_null(t, &room, err)
					: make_synthetic(t, options, &room, err);
}

/* A source that no other frame had, as long as there are no more than addresses: a bijection of the
 * frame's number. */
static void
renew(uint8_t *frame, uint64_t number)
{
	uint32_t source = (uint32_t)number * 2654435761u;
	uint16_t port = (uint16_t)tt_hash_mix(number);

	memcpy(frame + SOURCE_AT, &source, sizeof(source));
	memcpy(frame + PORT_AT, &port, sizeof(port));
}

void
bench_traffic_next(struct bench_traffic *t, int64_t now_us)
{
	for (unsigned i = 0; i < BENCH_RING; i++, t->sent++) {
		const struct tt_frame *from = &t->stored[t->sent % t->n];
		uint8_t *to = t->ring + (size_t)i * BENCH_RING_STRIDE + HEADROOM;

		memcpy(to, from->data, from->captured);
		if (t->fresh)
			renew(to, t->sent);
		t->frames[i] = *from;
		t->frames[i].data = to;
		t->frames[i].time_us = now_us;
	}
}
