/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_merge.h"

#include "tt_hash.h"

#include <string.h>

#define POPULAR     64
#define TAIL_ONE_IN 64 /* of the flows, so many go to a port of the tail */

/* Packets that wait until there is a burst of them for their tally. */
struct queue {
	struct tt_packet packets[TT_TALLY_BURST];
	tt_detail details[TT_TALLY_BURST];
	int64_t times_us[TT_TALLY_BURST];
	unsigned n;
};

static void
drain(struct tt_tally *tally, struct queue *q)
{
	tt_target_key keys[TT_TALLY_BURST];

	for (unsigned i = 0; i < q->n; i++)
		keys[i] = tt_target_key_of(&q->packets[i]);
	tally->fates[TT_FATE_COUNTED] += q->n;
	tally->frames += q->n;
	tally->frame_bytes += 60 * q->n;
	tally->first_us = tally->span.start_us;
	tally->last_us = tally->span.end_us - 1;
	tt_tally_burst(tally, q->packets, keys, q->details, q->times_us, q->n);
	q->n = 0;
}

/* Few ports get most: the popular ones are drawn by the smaller of two numbers. */
static uint16_t
port_of(uint64_t r)
{
	static const uint16_t ports[POPULAR] = {23, 22, 445, 80, 443, 8080, 3389, 5555};
	unsigned a = r % POPULAR, b = (r >> 8) % POPULAR, i = a < b ? a : b;

	if ((r >> 16) % TAIL_ONE_IN == 0)
		return (uint16_t)(r >> 40);
	return ports[i] != 0 ? ports[i] : (uint16_t)(1000 + 37 * i);
}

static struct tt_packet
packet_of(uint64_t source, uint64_t flow)
{
	uint64_t s = tt_hash_mix(source + 1), r = tt_hash_mix(s + flow);
	bool udp = (r >> 60) == 0, answer = s >> 59 == 0;
	struct tt_packet p = {
			.src = tt_addr_v4((uint32_t)(s >> 8) | 1u << 24),
			.dst = tt_addr_v4(
					0x0a000000 | (uint32_t)(tt_hash_mix(r) & 0xffff)),
			.ip_bytes = 40 + (r >> 50) % 8 * 4,
			.src_port = (uint16_t)(1024 + (r >> 20) % 60000),
			.dst_port = port_of(tt_hash_mix(r + 1)),
			.tcp_window = (r >> 30) % 4 == 0 ? 1024 : 65535,
			.ttl = (uint8_t)(48 + s % 16),
			.protocol = udp ? TT_PROTO_UDP : TT_PROTO_TCP,
			.has_tcp = !udp,
			.has_ports = true,
			.ip_version = 4,
	};

	if (!udp)
		p.tcp_flags = answer ? TT_TCP_SYN | TT_TCP_ACK : TT_TCP_SYN;
	if (answer) {
		p.dst_port = p.src_port;
		p.src_port = s >> 40 & 1 ? 443 : 80;
	}
	return p;
}

static unsigned
worker_of(const struct tt_packet *p, unsigned workers)
{
	uint64_t ports = (uint64_t)p->src_port << 16 | p->dst_port;

	return (unsigned)(tt_hash_3(p->src.lo, p->dst.lo, ports) >> 32) % workers;
}

static void
add(struct tt_tally **tallies, struct queue *queues, const struct tt_packet *p,
		const struct bench_options *o, uint64_t at)
{
	unsigned w = worker_of(p, o->workers);
	struct queue *q = &queues[w];
	const struct tt_span *span = &tallies[w]->span;

	q->packets[q->n] = *p;
	q->details[q->n] = tt_backscatter_detail(p, NULL, 0);
	q->times_us[q->n] = span->start_us
			+ (int64_t)(at % (uint64_t)(span->end_us - span->start_us));
	if (++q->n == TT_TALLY_BURST)
		drain(tallies[w], q);
}

uint64_t
bench_merge_fill(struct tt_tally **tallies, const struct bench_options *o)
{
	struct queue *queues = calloc(o->workers, sizeof(*queues));
	uint64_t packets = 0;

	TT_ASSERT(queues != NULL);
	for (uint64_t i = 0; i < o->sources; i++) {
		uint64_t flows = 1 + tt_hash_mix(i) % 3;

		for (uint64_t f = 0; f < flows; f++, packets++) {
			const struct tt_packet p = packet_of(i, f);

			add(tallies, queues, &p, o, packets);
		}
	}
	for (unsigned w = 0; w < o->workers; w++)
		drain(tallies[w], &queues[w]);
	free(queues);
	return packets;
}
