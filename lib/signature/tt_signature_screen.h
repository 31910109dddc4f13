/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which packets of a burst may match anything, by the screens of their gates, and by these. Inline, for
 * tt_signature_burst.c alone.
 */
#ifndef TT_SIGNATURE_SCREEN_H
#define TT_SIGNATURE_SCREEN_H

#include "tt_signature_private.h"

/* How many rules would match_open try? */
static inline uint32_t
tt_signature_count_open(const struct tt_signature_gate *gate, const struct tt_packet *p,
		unsigned bits)
{
	uint32_t n = tt_signature_plain_class_of(&gate->plain, p->dst_port)->n;

	for (; bits != 0; bits &= bits - 1)
		n += gate->rules_of[__builtin_ctz(bits)].n;
	return n;
}

/* What a plain packet is wanted for, where its gate says so; TT_SIGNATURE_WANT_ALL where it does not, or where the
 * filter leaves less to try. */
static inline uint8_t
tt_signature_want_plain(const struct tt_signature_group *tcp, const struct tt_packet *p)
{
	const struct tt_signature_gate *gate = tcp->gate_of[p->tcp_flags & 0xff];
	unsigned bits;

	if (gate == NULL || tt_signature_gate_by_src(gate, p))
		return TT_SIGNATURE_WANT_ALL;
	bits = tt_signature_gate_left(gate, p);
	if (bits != 0)
		return tt_signature_count_open(gate, p, bits) > TT_SIGNATURE_TRIED_MAX
				? TT_SIGNATURE_WANT_ALL
				: TT_SIGNATURE_WANT_OPEN;
	if (!tt_signature_gate_bit(gate->dst_ports, p->dst_port))
		return 0;
	return tt_signature_plain_class_of(&gate->plain, p->dst_port)->crowded
			? TT_SIGNATURE_WANT_ALL
			: TT_SIGNATURE_WANT_PLAIN;
}

/* The same, of a plain packet whose gate has a screen that leaves nothing but its port. */
static inline uint8_t
tt_signature_want_port(const struct tt_signature_group *tcp, const struct tt_packet *p)
{
	const struct tt_signature_plain *plain = &tcp->gate_of[p->tcp_flags & 0xff]
								  ->plain;
	const struct tt_signature_plain_class *class = tt_signature_plain_class_of(
			plain, p->dst_port);

	if (class->n == 0)
		return 0;
	return class->crowded ? TT_SIGNATURE_WANT_ALL : TT_SIGNATURE_WANT_PLAIN;
}

/* Which of 64 packets or fewer may match anything: a bit each. A list would have every packet wait for the one
 * before, whose result says where the next one goes. */
struct tt_signature_passed {
	uint64_t plain; /* for all that the screens of their gates tell */
	uint64_t others; /* that are not plain */
};

static inline bool
tt_signature_looks_plain(const struct tt_packet *p, const uint8_t *frame)
{
	if (TT_LIKELY(tt_signature_is_usual(p)))
		return tt_signature_usual_is_plain(p, frame);
	return tt_signature_is_plain(p, frame);
}

static inline struct tt_signature_passed
tt_signature_pass_screens(const struct tt_signature_group *tcp,
		const struct tt_packet *packets, const uint8_t *const *frames, unsigned n)
{
	struct tt_signature_passed passed = {0, 0};

	for (size_t i = 0; i < n; i++) {
		const struct tt_packet *p = &packets[i];
		const struct tt_signature_screen
				*screen = tcp->screen_of[p->tcp_flags & 0xff];
		unsigned left;

		if (TT_UNLIKELY(!tt_signature_looks_plain(p, frames[i]))) {
			passed.others |= UINT64_C(1) << i;
			continue;
		}
		left = tt_signature_screen_left(screen, p)
				| tt_signature_screen_port(screen, p);
		passed.plain |= (uint64_t)(left != 0) << i;
	}
	return passed;
}

/* What a packet that passed is wanted for; 0: for nothing, after all. plain: is it? */
static inline uint8_t
tt_signature_want(const struct tt_signature_group *tcp, const struct tt_packet *p,
		bool plain)
{
	if (!plain)
		return TT_SIGNATURE_WANT_ALL;
	if (TT_LIKELY(tt_signature_screen_left(tcp->screen_of[p->tcp_flags & 0xff], p)
			    == 0))
		return tt_signature_want_port(tcp, p);
	return tt_signature_want_plain(tcp, p);
}

#endif
