/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A burst through the compiled rules. First which packets may match anything, by the screens of their gates and by
 * these (tt_signature_screen.h), and, of packets that no gate is about, column by column: most are done with then.
 * The others one by one: candidates by header and by pattern, then each of them evaluated in the order of ranks.
 */
#include "tt_signature_screen.h"
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

/* Are both addresses among those of a rule that a plain packet may match by flags and port? */
static inline bool
addresses_hold(const struct tt_signatures *s, const struct tt_signature_plain *plain,
		const struct tt_signature_plain_entry *entry, const struct tt_packet *p)
{
	if (entry->asks == TT_SIGNATURE_ASKS_NOTHING)
		return true;
	if (TT_UNLIKELY(entry->asks == TT_SIGNATURE_ASKS_ADDRESSES))
		return tt_signature_addresses(s->rules[entry->rank].rule, p);
	return tt_signature_place_has(&plain->places[entry->place], p);
}

/* A rule that a plain packet may match by flags and port. */
static void
match_entry(struct tt_signature_verification *v, const struct tt_signature_plain *plain,
		const struct tt_signature_plain_entry *entry, const struct tt_packet *p)
{
	if (entry->asks == TT_SIGNATURE_ASKS_ALL)
		tt_signature_verify(v, entry->rank);
	else if (addresses_hold(v->s, plain, entry, p))
		tt_signature_verification_hit(v, entry->rank);
}

/* A plain packet whose port has a class of which rules are tried. */
static __attribute__((noinline)) unsigned
match_tried(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct tt_signature_burst *b, unsigned i,
		struct tt_signature_hit *hits, uint64_t *cut_short)
{
	const struct tt_signature_packet from = tt_signature_packet(b, i);
	const struct tt_packet *p = from.packet;
	const struct tt_signature_plain *plain =
			&s->groups[TT_SIGNATURE_TCP].gate_of[p->tcp_flags & 0xff]->plain;
	const struct tt_signature_plain_class *class = tt_signature_plain_class_of(
			plain, p->dst_port);
	struct tt_signature_verification v = {.s = s,
			.eval = &scratch->eval,
			.hits = hits,
			.packet = (uint16_t)i};

	tt_signature_look(&scratch->views[i], &from);
	begin(s, scratch, i);
	for (uint32_t k = class->first; k < class->first + class->n; k++)
		match_entry(&v, plain, &plain->entries[k], p);
	*cut_short += scratch->eval.cut;
	return v.n_hits;
}

/* A plain packet whose port has a class. */
static inline unsigned
match_plain(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct tt_signature_burst *b, unsigned i,
		struct tt_signature_hit *hits, uint64_t *cut_short)
{
	const struct tt_packet *p = &b->packets[i];
	const struct tt_signature_plain *plain =
			&s->groups[TT_SIGNATURE_TCP].gate_of[p->tcp_flags & 0xff]->plain;
	const struct tt_signature_plain_class *class = tt_signature_plain_class_of(
			plain, p->dst_port);
	const struct tt_signature_plain_entry *entries = plain->entries + class->first;
	unsigned n_hits = 0;

	if (TT_UNLIKELY(class->tried))
		return match_tried(s, scratch, b, i, hits, cut_short);
	for (uint32_t k = 0; k < class->n; k++) {
		hits[n_hits] = (struct tt_signature_hit){
				.packet = (uint16_t)i, .rule = entries[k].index};
		n_hits += addresses_hold(s, plain, &entries[k], p);
	}
	return n_hits;
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

/* Matches the packets of passed[n_passed], the last that are wanted. all: does any of them need be looked at? */
static __attribute__((noinline)) unsigned
match_passed(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct tt_signature_burst *b, unsigned n_passed, bool all,
		struct tt_signature_hit *hits, uint64_t *cut_short)
{
	unsigned n_hits = 0;

	if (all)
		choose_all(s, scratch, b, n_passed);
	for (unsigned k = 0; k < n_passed; k++) {
		const unsigned i = scratch->passed[k];

		if (scratch->wanted[i] == TT_SIGNATURE_WANT_PLAIN)
			n_hits += match_plain(s, scratch, b, i, hits + n_hits, cut_short);
		else if (scratch->wanted[i] == TT_SIGNATURE_WANT_OPEN)
			n_hits += match_open(s, scratch, b, i, hits + n_hits, cut_short);
		else if (scratch->wanted[i] != 0)
			n_hits += match_one(s, scratch, i, hits + n_hits, cut_short);
	}
	return n_hits;
}

/* A function of its own, so that what it compares all packets with stays in registers. */
static __attribute__((noinline)) void
pass_screens(struct tt_signature_passed *passed, const struct tt_signatures *s,
		const struct tt_packet *packets, const uint8_t *const *frames, unsigned n)
{
	const struct tt_signature_group *tcp = &s->groups[TT_SIGNATURE_TCP];

	if (s->sieve != NULL && n >= TT_SIGNATURE_SIEVE_LEAST) {
		struct tt_signature_sieved sieved;

		s->sieve(&sieved, tcp, packets, frames, n);
		tt_signature_pass_sieved(passed, tcp, packets, frames, &sieved);
		return;
	}
	tt_signature_pass_screens(passed, tcp, packets, frames, n);
}

/* A packet that passed, of which the screen left nothing but its port: adds what it matches to hits[*n_hits], if that is
 * one rule at most. */
static inline bool
match_sole(const struct tt_signature_group *tcp, const struct tt_packet *p, unsigned i,
		struct tt_signature_hit *hits, unsigned *n_hits)
{
	const struct tt_signature_sole
			*sole = &tcp->soles[p->dst_port % TT_SIGNATURE_SOLES];

	if (TT_UNLIKELY(sole->key
			    != tt_signature_sole_key(p->dst_port, (uint8_t)p->tcp_flags)))
		return false;
	hits[*n_hits] = (struct tt_signature_hit){
			.packet = (uint16_t)i, .rule = sole->rule};
	*n_hits += tt_signature_sole_matches(sole, p);
	return true;
}

/* Packets that match by no more than their port are done with as they come, up to the first that is wanted for more:
 * hits are in the order of packets. So a burst of which few packets match, by their ports, is walked through once. */
unsigned
tt_signatures_burst(const struct tt_signatures *signatures,
		struct tt_signature_scratch *scratch,
		const struct tt_signature_burst *burst, struct tt_signature_hit *hits,
		uint64_t *cut_short)
{
	const struct tt_signature_group *tcp = &signatures->groups[TT_SIGNATURE_TCP];
	unsigned n = 0, n_hits = 0;
	bool all = false;

	for (unsigned from = 0; from < burst->n; from += TT_SIGNATURE_AT_ONCE) {
		struct tt_signature_passed passed;

		pass_screens(&passed, signatures, burst->packets + from,
				burst->frames + from,
				burst->n - from < TT_SIGNATURE_AT_ONCE
						? burst->n - from
						: TT_SIGNATURE_AT_ONCE);
		for (uint64_t left = passed.plain | passed.others; left != 0;
				left &= left - 1) {
			const unsigned k = (unsigned)__builtin_ctzll(left), i = from + k;
			const struct tt_packet *p = &burst->packets[i];
			uint8_t wanted;

			if (n == 0 && passed.left[k] == TT_SIGNATURE_SCREEN_PORT
					&& match_sole(tcp, p, i, hits, &n_hits))
				continue;
			wanted = tt_signature_want(tcp, p, &passed, k);
			if (n == 0 && wanted == TT_SIGNATURE_WANT_PLAIN) {
				n_hits += match_plain(signatures, scratch, burst, i,
						hits + n_hits, cut_short);
				continue;
			}
			scratch->wanted[i] = wanted;
			scratch->passed[n] = (uint16_t)i;
			n += wanted != 0;
			all |= wanted == TT_SIGNATURE_WANT_ALL;
		}
	}
	if (n != 0)
		n_hits += match_passed(signatures, scratch, burst, n, all, hits + n_hits,
				cut_short);
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
