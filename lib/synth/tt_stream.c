/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_stream.h"

#include "tt_packet.h"

#include <errno.h>

/* A set of hosts has a seed of its own, so that components can share it. */
static uint64_t
hosts_seed(const struct tt_profile_component *c, unsigned number, uint64_t seed)
{
	uint64_t hash = number;

	if (c->hosts == NULL)
		return tt_hash_3(seed, 1, hash);
	hash = 0;
	for (const char *at = c->hosts; *at != '\0'; at++)
		hash = tt_hash_mix(hash + TT_GOLDEN + (uint8_t)*at);
	return tt_hash_3(seed, 2, hash);
}

int
tt_stream_init(struct tt_stream *s, const struct tt_profile_component *c, unsigned number,
		const struct tt_source_pools *pools, const struct tt_space *monitored,
		uint64_t seed, struct tt_error *err)
{
	int ret;

	s->c = *c;
	tt_rng_init(&s->rng, tt_hash_3(seed, 0, number));
	s->monitored = monitored;
	s->scan_at = tt_rng_next(&s->rng) % monitored->size;
	tt_template_init(&s->frame, c);
	ret = tt_sources_init(&s->sources, c, pools, (uint64_t)s->schedule.packets,
			hosts_seed(c, number, seed), tt_rng_next(&s->rng), err);
	if (ret == 0 && tt_schedule_init(&s->schedule, c) != 0)
		ret = tt_error_set(err, -ENOMEM, NULL, "out of memory");
	if (ret != 0)
		tt_stream_fini(s);
	return ret;
}

void
tt_stream_fini(struct tt_stream *s)
{
	tt_sources_fini(&s->sources);
	tt_schedule_fini(&s->schedule);
	s->sources = (struct tt_sources){0};
}

static tt_uint128
any_of(const struct tt_space *space, struct tt_rng *rng)
{
	uint64_t high = tt_rng_next(rng), low = tt_rng_next(rng);

	return tt_space_scale(space, high, low);
}

static struct tt_addr
destination(struct tt_stream *s, uint32_t random)
{
	tt_uint128 i = s->scan_at;

	if (s->c.scan == TT_PROFILE_SCAN_SEQUENTIAL)
		s->scan_at = i + 1 == s->monitored->size ? 0 : i + 1;
	else if (s->c.scan == TT_PROFILE_SCAN_RANDOM && s->c.ip_version == 4)
		i = random * (uint64_t)s->monitored->size >> 32;
	else if (s->c.scan == TT_PROFILE_SCAN_RANDOM)
		i = any_of(s->monitored, &s->rng);
	return tt_space_at(s->monitored, i);
}

/* In its network, a host has an interface identifier that tells nothing (RFC 8981). */
static struct tt_addr
source(struct tt_stream *s)
{
	uint64_t drawn = tt_sources_draw(&s->sources, &s->rng);

	if (s->c.ip_version == 4)
		return tt_addr_v4((uint32_t)drawn);
	return (struct tt_addr){drawn, tt_hash_mix(drawn + TT_GOLDEN)};
}

static uint32_t
in_span(struct tt_profile_span span, uint32_t random)
{
	return span.first + tt_scale32(random, span.last - span.first + 1);
}

static uint16_t
ip_id(const struct tt_stream *s, const struct tt_template_fields *f, uint16_t random)
{
	uint32_t mixed;

	switch (s->c.ip_id) {
	case TT_PROFILE_FIELD_FIXED:
		return (uint16_t)s->c.ip_id_value;
	case TT_PROFILE_FIELD_MASSCAN:
		mixed = (uint32_t)f->dst.lo ^ f->dst_port ^ f->seq;
		return (uint16_t)mixed;
	default:
		return random;
	}
}

static uint32_t
sequence(const struct tt_stream *s, struct tt_addr dst, uint32_t random)
{
	switch (s->c.seq) {
	case TT_PROFILE_FIELD_FIXED:
		return s->c.seq_value;
	case TT_PROFILE_FIELD_DESTINATION:
		return (uint32_t)dst.lo;
	default:
		return random;
	}
}

static uint16_t
destination_port(const struct tt_stream *s, uint32_t random)
{
	if (s->c.target.number >= 0)
		return (uint16_t)s->c.target.number;
	return (uint16_t)in_span(s->c.destination_port, random);
}

void
tt_stream_fill(struct tt_stream *s, struct tt_frame *frame)
{
	struct tt_rng *rng = &s->rng;
	uint64_t where = tt_rng_next(rng), what = tt_rng_next(rng);
	struct tt_template_fields f;

	f.src = source(s);
	f.dst = destination(s, (uint32_t)(where >> 32));
	f.src_port = (uint16_t)in_span(s->c.source_port, (uint32_t)where);
	f.dst_port = destination_port(s, (uint32_t)what << 16);
	f.seq = sequence(s, f.dst, (uint32_t)(what >> 32));
	/* An answer to a packet that was forged with the sequence number ack - 1. */
	f.ack = s->c.class == TT_CLASS_TCP_SYN ? 0 : (uint32_t)tt_hash_mix(what);
	f.window = (uint16_t)in_span(s->c.window, (uint32_t)(tt_hash_mix(what) >> 32));
	f.ip_id = ip_id(s, &f, (uint16_t)(what >> 16));
	/* A host is as far away with every packet. */
	f.ttl = (uint8_t)in_span(s->c.ttl, (uint32_t)f.src.lo * UINT32_C(2654435769));
	tt_template_fill(&s->frame, &f);
	s->n_made++;
	frame->data = s->frame.bytes;
	frame->captured = s->frame.length;
	frame->length = s->frame.length;
	frame->link = TT_LINK_ETHERNET;
}
