/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_alike.h"

const uint64_t tt_alike_mask[16] = {
		[TT_CLASS_TCP_SYN] = UINT64_MAX,
		[TT_CLASS_TCP_SYN + 1 ... 15] = ~(
				UINT64_C(0xffff) << TT_ALIKE_WINDOW_SHIFT),
};

static uint32_t
at_most(uint32_t value, uint32_t max)
{
	return value < max ? value : max;
}

/* What is not as usual; see tt_rest_complete. */
static void
count_unusual(struct tt_rest *r, const struct tt_packet *p, uint32_t class)
{
	const uint32_t bytes = p->ip_bytes;

	if (p->protocol != tt_usual_protocol[class])
		tt_rest_count(r, TT_CELL_IP_PROTOCOL + class * 256 + p->protocol, 1,
				bytes);
	if (p->encap % TT_N_ENCAPS != 0)
		tt_rest_count(r,
				TT_CELL_ENCAPSULATION + class * TT_N_ENCAPS
						+ p->encap % TT_N_ENCAPS,
				1, bytes);
	if (p->encap_depth != 0)
		tt_rest_count(r,
				TT_CELL_DEPTH + class * (TT_DIST_DEPTH_MAX + 1)
						+ at_most(p->encap_depth,
								TT_DIST_DEPTH_MAX),
				1, bytes);
}

static void
count_usual(struct tt_rest *r, uint32_t class, uint32_t ttl, uint32_t ip_bytes,
		struct tt_count add)
{
	tt_count_add(&r->cells[TT_CELL_TTL + class * 256 + ttl], add);
	if (TT_LIKELY(ip_bytes < TT_DIST_IP_LENGTH_MAX))
		tt_rest_count_packets(r, tt_length_cell(class, ip_bytes), add.packets);
	else
		tt_rest_count(r, TT_CELL_IP_LONG + class, add.packets, add.bytes);
}

static void
count_tcp(struct tt_rest *r, uint32_t class, uint32_t flags, uint32_t window,
		bool has_window, struct tt_count add)
{
	tt_count_add(&r->cells[TT_CELL_TCP_FLAGS + flags % 4096], add);
	if (class == TT_CLASS_TCP_SYN && has_window)
		tt_rest_count(r, TT_CELL_TCP_WINDOW + window, add.packets, add.bytes);
}

void
tt_distributions_count(struct tt_rest *r, const struct tt_packet *p, uint32_t class)
{
	const struct tt_count one = {1, p->ip_bytes};

	count_usual(r, class, p->ttl, p->ip_bytes, one);
	count_unusual(r, p, class);
	if (class <= TT_CLASS_TCP_OTHER)
		count_tcp(r, class, p->tcp_flags, p->tcp_window, p->has_tcp, one);
}

void
tt_alike_out(const struct tt_alike *alike, struct tt_rest *r)
{
	const uint32_t bytes = (uint32_t)alike->kind & ((1u << TT_ALIKE_TTL_SHIFT) - 1);
	const uint32_t ttl = (uint32_t)alike->kind >> TT_ALIKE_TTL_SHIFT;
	const uint32_t class = alike->kind >> TT_ALIKE_CLASS_SHIFT;
	const uint32_t flags = alike->kind >> TT_ALIKE_FLAGS_SHIFT & 0xfff;
	const uint32_t window = alike->kind >> TT_ALIKE_WINDOW_SHIFT & 0xffff;
	const struct tt_count all = {alike->packets, alike->packets * bytes};

	if (alike->packets == 0)
		return;
	count_usual(r, class, ttl, bytes, all);
	if (class <= TT_CLASS_TCP_OTHER)
		count_tcp(r, class, flags, window, true, all);
}

void
tt_alike_settle(struct tt_alike *alike, struct tt_rest *rest)
{
	for (unsigned i = 0; i < TT_ALIKE_SLOTS; i++) {
		tt_alike_out(&alike[i], rest);
		alike[i] = (struct tt_alike){0};
	}
}
