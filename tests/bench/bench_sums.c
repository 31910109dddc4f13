/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_sums.h"

#include <errno.h>
#include <inttypes.h>

static enum tt_fate
fate_of(const struct tt_prefix_set *monitored, const struct tt_frame *f,
		struct tt_packet *p)
{
	enum tt_fate fate = tt_packet_decode(f->data, f->captured, f->link, p);

	if (fate != TT_FATE_COUNTED || tt_prefix_set_has(monitored, p->dst))
		return fate;
	return tt_prefix_set_has(monitored, p->src) ? TT_FATE_OUTGOING
						    : TT_FATE_NOT_MONITORED;
}

struct bench_sums
bench_sums_of(const struct tt_frame *frames, unsigned n,
		const struct tt_prefix_set *monitored)
{
	struct bench_sums sums = {.frames = n};

	for (unsigned i = 0; i < n; i++) {
		struct tt_packet p;
		enum tt_fate fate = fate_of(monitored, &frames[i], &p);

		sums.fates[fate]++;
		sums.frame_bytes += frames[i].captured;
		if (fate != TT_FATE_COUNTED)
			continue;
		sums.bytes += p.ip_bytes;
		sums.with_ports += p.has_ports;
	}
	return sums;
}

/* What to compare, and what was said so far. */
struct check {
	const struct bench_sums *sums;
	uint64_t passes;
	const struct tt_tally *tally;
	struct tt_error *err;
};

static int
same(const struct check *c, const char *what, uint64_t has, uint64_t once)
{
	if (has == once * c->passes)
		return 0;
	return tt_error_set(c->err, -EBADMSG, what,
			"%" PRIu64 " packets or bytes, and not %" PRIu64, has,
			once * c->passes);
}

static uint64_t
counted(const struct check *c)
{
	return c->sums->fates[TT_FATE_COUNTED];
}

static int
check_frames(const struct check *c)
{
	int ret = same(c, "frames", c->tally->frames, c->sums->frames);

	if (ret == 0)
		ret = same(c, "frame bytes", c->tally->frame_bytes, c->sums->frame_bytes);
	for (unsigned i = 0; i < TT_N_FATES && ret == 0; i++)
		ret = same(c, tt_fate_name((enum tt_fate)i), c->tally->fates[i],
				c->sums->fates[i]);
	return ret;
}

static struct tt_count
sum_cells(const struct tt_tally *t, uint32_t first, uint32_t end)
{
	struct tt_count sum = {0};

	for (uint32_t i = first; i < end; i++)
		tt_count_add(&sum, tt_rest_cell(&t->rest, i));
	return sum;
}

static int
check_sum(const struct check *c, const char *what, struct tt_count sum)
{
	int ret = same(c, what, sum.packets, counted(c));

	return ret != 0 ? ret : same(c, what, sum.bytes, c->sums->bytes);
}

static int
check_cells(const struct check *c, const char *what, uint32_t first, uint32_t end)
{
	return check_sum(c, what, sum_cells(c->tally, first, end));
}

static int
check_distributions(const struct check *c)
{
	struct tt_count lengths = sum_cells(
			c->tally, TT_CELL_IP_LENGTH, TT_CELL_SOURCE_PORT_REST);
	int ret = check_cells(c, "TTL", TT_CELL_TTL, TT_CELL_TCP_FLAGS);

	tt_count_add(&lengths, sum_cells(c->tally, TT_CELL_IP_LONG, TT_CELL_ROW_REST));
	return ret != 0 ? ret : check_sum(c, "length", lengths);
}

static int
check_pairs(const struct check *c)
{
	uint64_t packets = c->tally->pairs_lost.packets;

	for (uint32_t i = 0; i < c->tally->n_pairs; i++)
		packets += tt_tally_pair(c->tally, i)->count.packets;
	return same(c, "pairs", packets, counted(c));
}

static int
check_contacts(const struct check *c)
{
	uint64_t packets = c->tally->contacts_lost.packets;

	for (uint32_t i = 0; i < c->tally->n_pairs; i++)
		packets += tt_slot_contact_packets(tt_tally_pair(c->tally, i));
	for (uint32_t i = 0; i < tt_tally_contacts_end(c->tally); i++)
		packets += tt_tally_contact(c->tally, i).packets;
	return same(c, "contacts", packets, counted(c));
}

static int
check_ports(const struct check *c)
{
	uint64_t packets = c->tally->ports_lost.packets;

	for (uint32_t i = 0; i < c->tally->n_pairs; i++)
		packets += tt_slot_port_packets(tt_tally_pair(c->tally, i));
	for (uint32_t i = 0; i < tt_tally_ports_end(c->tally); i++)
		packets += tt_tally_port(c->tally, i)->packets;
	for (uint32_t at = 0; at < tt_busy_end(c->tally->busy); at++)
		packets += tt_busy_packets(c->tally->busy, at);
	return same(c, "source ports", packets, c->sums->with_ports);
}

int
bench_sums_check(const struct bench_sums *sums, uint64_t passes, struct tt_tally *tally,
		unsigned which, struct tt_error *err)
{
	const struct check c = {sums, passes, tally, err};
	int ret = 0;

	tt_tally_settle(tally);
	if (which & BENCH_SUM_FRAMES)
		ret = check_frames(&c);
	if (ret == 0 && (which & BENCH_SUM_DISTRIBUTIONS))
		ret = check_distributions(&c);
	if (ret == 0 && (which & BENCH_SUM_ROWS))
		ret = check_cells(&c, "targets", TT_CELL_ROW_REST, TT_CELL_COUNTRY_REST);
	if (ret == 0 && (which & BENCH_SUM_PAIRS))
		ret = check_pairs(&c);
	if (ret == 0 && (which & BENCH_SUM_CONTACTS))
		ret = check_contacts(&c);
	if (ret == 0 && (which & BENCH_SUM_PORTS))
		ret = check_ports(&c);
	return ret;
}
