/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Source ports of busy targets (tt_busy.h), whose arrays need no sorting: of a target that has some, all
 * packets are added up by port.
 */
#include "tt_merge_rows.h"

#include <string.h>

/* The packets of an array into the cells. */
static void
count_array(struct tt_merge *m, const struct tt_busy *b, unsigned array)
{
	const uint32_t first = array * TT_BUSY_PORTS;
	const tt_target_key key = tt_port_key_target(tt_busy_key(b, first));
	const enum tt_class class = tt_target_key_class(key);
	const int64_t cell = tt_distribution_cell(class == TT_CLASS_UDP
					? TT_DIST_UDP_SOURCE_PORT
					: TT_DIST_TCP_SOURCE_PORT,
			class, 0);

	TT_ASSERT(cell >= 0);
	for (uint32_t port = 0; port < TT_BUSY_PORTS; port++)
		if (tt_busy_packets(b, first + port) != 0)
			tt_rest_count_packets(&m->rest, (uint32_t)cell + port,
					tt_busy_packets(b, first + port));
}

static void
collect_tally(struct tt_merge *m, unsigned tally)
{
	const struct tt_busy *b = m->tallies[tally]->busy;

	for (unsigned i = 0; i < b->n; i++) {
		count_array(m, b, i);
		m->busy.items[m->busy.n++] = (struct tt_sort_item){
				.prefix = b->targets[i],
				.value = (uint64_t)tally * TT_BUSY_MAX + i};
	}
}

int
tt_merge_collect_busy(struct tt_merge *m)
{
	uint64_t n = 0;
	int ret;

	for (unsigned i = 0; i < m->n_tallies; i++)
		n += tt_busy_end(m->tallies[i]->busy) / TT_BUSY_PORTS;
	ret = tt_merge_room(m, &m->busy, n);
	if (ret == 0)
		ret = tt_merge_room(m, &m->scratch, n);
	if (ret != 0)
		return ret;
	m->busy.n = 0;
	for (unsigned i = 0; i < m->n_tallies; i++)
		if (m->tallies[i]->busy != NULL)
			collect_tally(m, i);
	tt_merge_sort(m, &m->busy, NULL);
	return 0;
}

static void
add_array(uint64_t *restrict sums, const struct tt_busy *b, unsigned array)
{
	const uint8_t *low = &b->low[array * TT_BUSY_PORTS];
	const uint16_t *high = &b->high[array * TT_BUSY_PORTS];

	for (unsigned port = 0; port < TT_BUSY_PORTS; port++)
		sums[port] += (uint32_t)high[port] << 8 | low[port];
}

bool
tt_merge_sum_busy(struct tt_merge *m, uint64_t target, uint64_t *at)
{
	if (*at == m->busy.n || m->busy.items[*at].prefix != target)
		return false;
	memset(m->port_packets, 0, TT_BUSY_PORTS * sizeof(*m->port_packets));
	for (; *at < m->busy.n && m->busy.items[*at].prefix == target; ++*at) {
		const uint64_t which = m->busy.items[*at].value;

		add_array(m->port_packets, m->tallies[which / TT_BUSY_MAX]->busy,
				which % TT_BUSY_MAX);
	}
	return true;
}

void
tt_merge_offer_busy(struct tt_merge *m)
{
	for (unsigned port = 0; port < TT_BUSY_PORTS; port++)
		if (m->port_packets[port] != 0)
			tt_merge_offer(&m->heavy_ports, (struct tt_addr){.lo = port},
					m->port_packets[port]);
}
