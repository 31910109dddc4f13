/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A burst through the compiled rules. First which packets may match anything, by the screens of their gates, by
 * these, and, of packets that no gate is about, column by column: most are done with then. The others one by one:
 * candidates by header and by pattern, then each of them evaluated in the order of ranks.
 */
#include "tt_signature_settle.h"

#define FETCHED 8 /* lines of payload */

static void
mark_word(struct tt_signature_scratch *scratch, const struct tt_signature_filter *f,
		uint32_t w, uint64_t alive)
{
	for (; alive != 0; alive &= alive - 1)
		tt_signature_mark(scratch,
				f->ranks[w * 64 + (unsigned)__builtin_ctzll(alive)]);
}

static void
mark_tried(struct tt_signature_scratch *scratch, const struct tt_signature_filter *f,
		const struct tt_signature_view *v)
{
	for (uint32_t w = 0; w < f->words; w++)
		mark_word(scratch, f, w,
				tt_signature_filter_left(
						f, v, w, tt_signature_filter_all(f, w)));
}

/* The lists of a packet's ports. 0: it has none. */
static void
find_lists(const struct tt_signature_group *group, const struct tt_signature_view *v,
		uint32_t lists[TT_SIGNATURE_N_SIDES])
{
	for (unsigned k = 0; k < TT_SIGNATURE_N_SIDES; k++) {
		const struct tt_signature_side *side = &group->sides[k];
		const uint32_t key = k == TT_SIGNATURE_BY_SRC ? v->packet->src_port
							      : tt_signature_key(v);

		lists[k] = side->list_of == NULL ? 0 : side->list_of[key];
	}
}

/* Candidates by header. */
static void
mark_headers(struct tt_signature_scratch *scratch, const struct tt_signature_group *group,
		const struct tt_signature_view *v, unsigned i,
		const uint32_t lists[TT_SIGNATURE_N_SIDES])
{
	const uint64_t *alive = scratch->alive + i * scratch->stride;

	if ((scratch->wanted[i] & TT_SIGNATURE_WANT_PASS) != 0)
		mark_tried(scratch, &group->any.header, v);
	if ((scratch->wanted[i] & TT_SIGNATURE_WANT_ANY) != 0)
		for (uint32_t w = 0; w < group->any.header.words; w++)
			mark_word(scratch, &group->any.header, w, alive[w]);
	for (unsigned k = 0; k < TT_SIGNATURE_N_SIDES; k++)
		if (lists[k] != 0)
			mark_tried(scratch, &group->sides[k].lists[lists[k]].header, v);
}

/* Begins to evaluate a packet that was looked at. */
static void
begin(const struct tt_signatures *s, struct tt_signature_scratch *scratch, unsigned i)
{
	tt_signature_eval_begin(&scratch->eval, &scratch->views[i], &scratch->pcre,
			s->limits.steps, s->limits.verifications);
	scratch->eval.listed = true;
	scratch->eval.n_packet++;
}

static unsigned
match_one(const struct tt_signatures *s, struct tt_signature_scratch *scratch, unsigned i,
		struct tt_signature_hit *hits, uint64_t *cut_short)
{
	const struct tt_signature_view *view = &scratch->views[i];
	const struct tt_signature_group *group = &s->groups[view->class];
	const struct tt_signature_repeat *repeat;
	uint32_t lists[TT_SIGNATURE_N_SIDES];
	struct tt_signature_verification v = {.s = s,
			.eval = &scratch->eval,
			.hits = hits,
			.packet = (uint16_t)i};

	find_lists(group, view, lists);
	repeat = tt_signature_settled(s, scratch, view, lists);
	if (repeat != NULL)
		return tt_signature_match_settled(&v, repeat, view);
	begin(s, scratch, i);
	mark_headers(scratch, group, view, i, lists);
	if (view->payload.n != 0)
		tt_signature_mark_found(scratch, group, lists, &v);
	tt_signature_verify_marked(&v, scratch);
	*cut_short += scratch->eval.cut;
	return v.n_hits;
}

/* A rule that a plain packet may match by flags and port. */
static inline void
match_entry(struct tt_signature_verification *v, struct tt_signature_plain_entry entry,
		const struct tt_packet *p)
{
	if (TT_UNLIKELY(entry.asks == TT_SIGNATURE_ASKS_ALL))
		tt_signature_verify(v, entry.rank);
	else if (entry.asks == TT_SIGNATURE_ASKS_NOTHING
			|| tt_signature_addresses(v->s->rules[entry.rank].rule, p))
		tt_signature_verification_hit(v, entry.rank);
}

/* A plain packet whose port has a class. */
static unsigned
match_plain(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct tt_signature_burst *b, unsigned i,
		struct tt_signature_hit *hits, uint64_t *cut_short)
{
	const struct tt_packet *p = &b->packets[i];
	const struct tt_signature_plain *plain =
			&s->groups[TT_SIGNATURE_TCP].gate_of[p->tcp_flags & 0xff]->plain;
	const struct tt_signature_plain_class *class = tt_signature_plain_class_of(
			plain, p->dst_port);
	struct tt_signature_verification v = {.s = s,
			.eval = &scratch->eval,
			.hits = hits,
			.packet = (uint16_t)i};

	scratch->eval.cut = false;
	if (class->tried) {
		const struct tt_signature_packet from = tt_signature_packet(b, i);

		tt_signature_look(&scratch->views[i], &from);
		begin(s, scratch, i);
	}
	for (uint32_t k = class->first; k < class->first + class->n; k++)
		match_entry(&v, plain->entries[k], p);
	*cut_short += scratch->eval.cut;
	return v.n_hits;
}

/* A plain packet whose gate is open: the rules that its gate and the class of its port leave. */
static unsigned
match_open(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct tt_signature_burst *b, unsigned i,
		struct tt_signature_hit *hits, uint64_t *cut_short)
{
	const struct tt_signature_packet from = tt_signature_packet(b, i);
	const struct tt_packet *p = from.packet;
	const struct tt_signature_gate
			*gate = s->groups[TT_SIGNATURE_TCP].gate_of[p->tcp_flags & 0xff];
	const struct tt_signature_plain *plain = &gate->plain;
	const struct tt_signature_plain_class *class = tt_signature_plain_class_of(
			plain, p->dst_port);
	struct tt_signature_verification v = {.s = s,
			.eval = &scratch->eval,
			.hits = hits,
			.packet = (uint16_t)i};

	tt_signature_look(&scratch->views[i], &from);
	begin(s, scratch, i);
	for (unsigned bits = tt_signature_gate_left(gate, p); bits != 0;
			bits &= bits - 1) {
		const struct tt_signature_gate_rules
				*of = &gate->rules_of[__builtin_ctz(bits)];

		for (uint32_t k = of->first; k < of->first + of->n; k++)
			tt_signature_mark(scratch, gate->ranks[k]);
	}
	for (uint32_t k = class->first; k < class->first + class->n; k++)
		tt_signature_mark(scratch, plain->entries[k].rank);
	tt_signature_verify_marked(&v, scratch);
	*cut_short += scratch->eval.cut;
	return v.n_hits;
}

/* How many rules would match_open try? */
static uint32_t
count_open(const struct tt_signature_gate *gate, const struct tt_packet *p, unsigned bits)
{
	uint32_t n = tt_signature_plain_class_of(&gate->plain, p->dst_port)->n;

	for (; bits != 0; bits &= bits - 1)
		n += gate->rules_of[__builtin_ctz(bits)].n;
	return n;
}

/* What a packet is wanted for, where its gate says so; TT_SIGNATURE_WANT_ALL where it does not, or where the
 * filter leaves less to try. */
static uint8_t
want_plain(const struct tt_signature_group *tcp, const struct tt_packet *p,
		const uint8_t *frame)
{
	const struct tt_signature_gate *gate = tcp->gate_of[p->tcp_flags & 0xff];
	unsigned bits;

	if (gate == NULL || !tt_signature_is_plain(p, frame)
			|| tt_signature_gate_by_src(gate, p))
		return TT_SIGNATURE_WANT_ALL;
	bits = tt_signature_gate_left(gate, p);
	if (bits != 0)
		return count_open(gate, p, bits) > TT_SIGNATURE_TRIED_MAX
				? TT_SIGNATURE_WANT_ALL
				: TT_SIGNATURE_WANT_OPEN;
	if (!tt_signature_gate_bit(gate->dst_ports, p->dst_port))
		return 0;
	return tt_signature_plain_class_of(&gate->plain, p->dst_port)->crowded
			? TT_SIGNATURE_WANT_ALL
			: TT_SIGNATURE_WANT_PLAIN;
}

/* May it match anything, for all that the screen of its gate tells? */
static inline bool
passes(const struct tt_signature_group *tcp, const struct tt_packet *p,
		const uint8_t *frame)
{
	const struct tt_signature_screen *screen = tcp->screen_of[p->tcp_flags & 0xff];

	if (TT_LIKELY(tt_signature_is_usual(p))) {
		if (TT_UNLIKELY(!tt_signature_is_bare(
				    p, frame + TT_PLAIN_IP, frame + TT_PLAIN_L4)))
			return true;
	} else if (!tt_signature_is_plain(p, frame)) {
		return true;
	}
	return tt_signature_screen_opens(screen, p);
}

/* Which packets of 64 or fewer, from the one at `from` on, pass the screens of their gates. A bit each: a list would
 * have every packet wait for the one before, whose result says where the next one goes. */
static uint64_t
pass_screens(const struct tt_signature_group *tcp, const struct tt_signature_burst *b,
		unsigned from)
{
	const unsigned n = b->n - from < 64 ? b->n - from : 64;
	uint64_t passed = 0;

	for (unsigned i = 0; i < n; i++)
		passed |= (uint64_t)passes(
					  tcp, &b->packets[from + i], b->frames[from + i])
				<< i;
	return passed;
}

/* Turns away what gates say no to. Returns how many packets are left, in scratch->passed; *all: does any of them
 * need be looked at? */
static unsigned
pass_gates(const struct tt_signature_group *tcp, struct tt_signature_scratch *scratch,
		const struct tt_signature_burst *b, bool *all)
{
	unsigned n = 0;

	*all = false;
	for (unsigned from = 0; from < b->n; from += 64) {
		uint64_t passed = pass_screens(tcp, b, from);

		for (; passed != 0; passed &= passed - 1) {
			const unsigned i = from + (unsigned)__builtin_ctzll(passed);
			const uint8_t wanted = want_plain(
					tcp, &b->packets[i], b->frames[i]);

			scratch->wanted[i] = wanted;
			scratch->passed[n] = (uint16_t)i;
			n += wanted != 0;
			*all |= wanted == TT_SIGNATURE_WANT_ALL;
		}
	}
	return n;
}

static inline void
fetch_payload(const struct tt_signature_view *v)
{
	const uint32_t n = tt_signature_min(v->payload.n, FETCHED * TT_CACHE_LINE);

	for (uint32_t at = TT_CACHE_LINE; at < n; at += TT_CACHE_LINE)
		__builtin_prefetch(v->payload.at + at);
}

/*
 * Looks at the packets that no gate says anything about, and sorts them. Those with payload that is looked
 * through at any rate are left out: what else they may match is found out then.
 */
static void
sort_packets(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct tt_signature_burst *b, unsigned n_passed,
		unsigned of_class[TT_SIGNATURE_N_CLASSES])
{
	for (unsigned k = 0; k < n_passed; k++) {
		const unsigned i = scratch->passed[k];
		const struct tt_signature_packet p = tt_signature_packet(b, i);
		struct tt_signature_view *v = &scratch->views[i];

		if (scratch->wanted[i] != TT_SIGNATURE_WANT_ALL)
			continue;
		tt_signature_look(v, &p);
		fetch_payload(v);
		if (v->payload.n != 0 && s->groups[v->class].any.patterns.db != NULL) {
			scratch->wanted[i] = TT_SIGNATURE_WANT_PASS;
			continue;
		}
		scratch->wanted[i] = 0;
		scratch->of_class[v->class][of_class[v->class]++] = (uint16_t)i;
	}
}

/* Finds out what packets of passed[n_passed] that no gate says anything about may match. */
static void
choose_all(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct tt_signature_burst *b, unsigned n_passed)
{
	unsigned of_class[TT_SIGNATURE_N_CLASSES] = {0};

	sort_packets(s, scratch, b, n_passed, of_class);
	for (unsigned class = 0; class < TT_SIGNATURE_N_CLASSES; class ++)
		if (of_class[class] != 0)
			tt_signature_choose(s, scratch, class, of_class[class]);
}

unsigned
tt_signatures_burst(const struct tt_signatures *signatures,
		struct tt_signature_scratch *scratch,
		const struct tt_signature_burst *burst, struct tt_signature_hit *hits,
		uint64_t *cut_short)
{
	const struct tt_signature_group *tcp = &signatures->groups[TT_SIGNATURE_TCP];
	bool all;
	const unsigned n = pass_gates(tcp, scratch, burst, &all);
	unsigned n_hits = 0;

	if (all)
		choose_all(signatures, scratch, burst, n);
	for (unsigned k = 0; k < n; k++) {
		const unsigned i = scratch->passed[k];

		if (scratch->wanted[i] == TT_SIGNATURE_WANT_PLAIN)
			n_hits += match_plain(signatures, scratch, burst, i,
					hits + n_hits, cut_short);
		else if (scratch->wanted[i] == TT_SIGNATURE_WANT_OPEN)
			n_hits += match_open(signatures, scratch, burst, i, hits + n_hits,
					cut_short);
		else if (scratch->wanted[i] != 0)
			n_hits += match_one(
					signatures, scratch, i, hits + n_hits, cut_short);
	}
	return n_hits;
}

unsigned
tt_signature_one_ref(const struct tt_signatures *signatures,
		struct tt_signature_scratch *scratch,
		const struct tt_signature_packet *packet, struct tt_signature_hit *hits)
{
	struct tt_signature_view view;
	struct tt_signature_verification v = {
			.s = signatures, .eval = &scratch->eval, .hits = hits};

	tt_signature_look(&view, packet);
	tt_signature_eval_begin(
			&scratch->eval, &view, &scratch->pcre, INT64_MAX, UINT32_MAX);
	for (uint32_t rank = 0; rank < signatures->n; rank++)
		tt_signature_verify(&v, rank);
	return v.n_hits;
}
