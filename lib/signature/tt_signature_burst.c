/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A burst through the compiled rules. First, column by column, which packets may match anything: most
 * are done with then. The others one by one: candidates by header and by pattern, then each of them
 * evaluated in the order of ranks.
 */
#include "tt_signature_settle.h"

#define FETCHED 8 /* lines of payload */

/* Packets of one class, and what of the rules for any port is left of each. */
struct column {
	const struct tt_signature_view *views;
	const uint16_t *of; /* [n] packets */
	unsigned n;
	uint64_t *alive; /* [packet of the burst][stride] */
	uint32_t stride, words;
	uint16_t *left; /* packets that any rule is left of */
};

/* Returns how many packets are left; of others than these, alive is indefinite. */
#define COLUMN(field)                                                              \
	case field:                                                                \
		for (unsigned k = 0; k < n; k++) {                                 \
			const unsigned i = from[k];                                \
			const uint64_t *row = table->alive                         \
					+ tt_signature_field(&c->views[i], field)  \
							* words;                   \
			uint64_t *alive = c->alive + i * c->stride, any = 0;       \
                                                                                   \
			for (uint32_t w = 0; w < words; w++)                       \
				any |= alive[w] = row[w]                           \
						& (first ? UINT64_MAX : alive[w]); \
			c->left[n_left] = (uint16_t)i;                             \
			n_left += any != 0;                                        \
		}                                                                  \
		break

static inline __attribute__((always_inline)) unsigned
narrow_words(const struct column *c, const struct tt_signature_table *table,
		const uint16_t *from, unsigned n, bool first, uint32_t words)
{
	unsigned n_left = 0;

	switch (table->field) {
		COLUMN(TT_SIGNATURE_FIELD_FLAGS);
		COLUMN(TT_SIGNATURE_FIELD_SHAPE);
		COLUMN(TT_SIGNATURE_FIELD_WINDOW);
		COLUMN(TT_SIGNATURE_FIELD_DST);
		COLUMN(TT_SIGNATURE_FIELD_SRC);
		COLUMN(TT_SIGNATURE_FIELD_TTL);
		COLUMN(TT_SIGNATURE_FIELD_DSIZE);
		COLUMN(TT_SIGNATURE_FIELD_TYPE);
		COLUMN(TT_SIGNATURE_FIELD_CODE);
		COLUMN(TT_SIGNATURE_FIELD_ICMP_ID);
		COLUMN(TT_SIGNATURE_FIELD_ICMP_SEQ);
		COLUMN(TT_SIGNATURE_FIELD_PROTOCOL);
		COLUMN(TT_SIGNATURE_FIELD_IP_ID);
		COLUMN(TT_SIGNATURE_FIELD_TOS);
		COLUMN(TT_SIGNATURE_FIELD_SEQ);
		COLUMN(TT_SIGNATURE_FIELD_ACK);
		COLUMN(TT_SIGNATURE_FIELD_DST_PORT);
		COLUMN(TT_SIGNATURE_FIELD_SRC_PORT);
	default:
		break;
	}
	return n_left;
}

static unsigned
narrow(const struct column *c, const struct tt_signature_table *table,
		const uint16_t *from, unsigned n, bool first)
{
	if (c->words == 1)
		return first ? narrow_words(c, table, from, n, true, 1)
			     : narrow_words(c, table, from, n, false, 1);
	if (c->words == 2)
		return first ? narrow_words(c, table, from, n, true, 2)
			     : narrow_words(c, table, from, n, false, 2);
	return narrow_words(c, table, from, n, first, c->words);
}

/* The bits of a list's rules before any is left out. */
static inline uint64_t
all_of_word(const struct tt_signature_filter *f, uint32_t w)
{
	return w + 1 < f->words || f->n % 64 == 0 ? UINT64_MAX
						  : (UINT64_C(1) << f->n % 64) - 1;
}

/* Rules that look at no field at all. */
static unsigned
leave_all(const struct column *c, const struct tt_signature_filter *f)
{
	for (unsigned k = 0; k < c->n; k++) {
		c->left[k] = c->of[k];
		for (uint32_t w = 0; w < f->words; w++)
			c->alive[c->of[k] * c->stride + w] = all_of_word(f, w);
	}
	return c->n;
}

static void
choose_any(const struct column *c, const struct tt_signature_group *group,
		uint8_t *wanted)
{
	const struct tt_signature_filter *f = &group->any.header;
	const uint16_t *from = c->of;
	unsigned n = c->n;

	if (f->n_tables == 0)
		n = leave_all(c, f);
	for (uint32_t t = 0; t < f->n_tables && n != 0; t++) {
		n = narrow(c, &f->tables[t], from, n, t == 0);
		from = c->left;
	}
	for (unsigned k = 0; k < n; k++)
		wanted[c->left[k]] |= TT_SIGNATURE_WANT_ANY;
}

static void
choose_keys(const struct column *c, const struct tt_signature_side *side, bool by_src,
		uint8_t *wanted)
{
	for (unsigned k = 0; k < c->n; k++) {
		const struct tt_signature_view *v = &c->views[c->of[k]];
		const uint32_t key = by_src ? v->packet->src_port : tt_signature_key(v);
		const uint64_t *bits = v->payload.n != 0 ? side->used : side->quiet;

		wanted[c->of[k]] |= (uint8_t)(tt_signature_bit(bits, key)
				* TT_SIGNATURE_WANT_LISTS);
	}
}

/* Which packets of a class may match anything? */
static void
choose(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		unsigned class, unsigned n)
{
	const struct tt_signature_group *group = &s->groups[class];
	const struct column c = {.views = scratch->views,
			.of = scratch->of_class[class],
			.n = n,
			.alive = scratch->alive,
			.stride = scratch->stride,
			.words = group->any.header.words,
			.left = scratch->left};

	if (c.words != 0)
		choose_any(&c, group, scratch->wanted);
	for (unsigned k = 0; k < TT_SIGNATURE_N_SIDES; k++)
		if (group->sides[k].list_of != NULL)
			choose_keys(&c, &group->sides[k], k == TT_SIGNATURE_BY_SRC,
					scratch->wanted);
}

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
				tt_signature_filter_left(f, v, w, all_of_word(f, w)));
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
		const struct tt_signature_packet *from, unsigned i,
		struct tt_signature_hit *hits, uint64_t *cut_short)
{
	const struct tt_packet *p = from->packet;
	const struct tt_signature_plain *plain =
			&s->groups[TT_SIGNATURE_TCP].gate_of[p->tcp_flags & 0xff]->plain;
	const struct tt_signature_plain_class *class =
			&plain->classes[plain->class_of[p->dst_port]];
	struct tt_signature_verification v = {.s = s,
			.eval = &scratch->eval,
			.hits = hits,
			.packet = (uint16_t)i};

	scratch->eval.cut = false;
	if (class->tried) {
		tt_signature_look(&scratch->views[i], from);
		begin(s, scratch, i);
	}
	for (uint32_t k = class->first; k < class->first + class->n; k++)
		match_entry(&v, plain->entries[k], p);
	*cut_short += scratch->eval.cut;
	return v.n_hits;
}

/* What a packet is wanted for, where its gate says so at once; TT_SIGNATURE_WANT_ALL where it does not. */
static inline uint8_t
want_plain(const struct tt_signature_group *tcp, const struct tt_signature_packet *from)
{
	const struct tt_packet *p = from->packet;
	const struct tt_signature_gate *gate = tcp->gate_of[p->tcp_flags & 0xff];

	if (TT_UNLIKELY(gate == NULL || !tt_signature_is_plain(from)
			    || tt_signature_gate_opens(gate, p)
			    || tt_signature_gate_by_src(gate, p)))
		return TT_SIGNATURE_WANT_ALL;
	return tt_signature_gate_bit(gate->dst_ports, p->dst_port)
			? TT_SIGNATURE_WANT_PLAIN
			: 0;
}

/* Turns away what gates say no to. Returns how many packets are left, in scratch->passed. */
static unsigned
pass_gates(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct tt_signature_packet *packets, unsigned n)
{
	const struct tt_signature_group *tcp = &s->groups[TT_SIGNATURE_TCP];
	unsigned n_passed = 0;

	for (unsigned i = 0; i < n; i++) {
		const uint8_t wanted = want_plain(tcp, &packets[i]);

		scratch->wanted[i] = wanted;
		scratch->passed[n_passed] = (uint16_t)i;
		n_passed += wanted != 0;
	}
	return n_passed;
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
		const struct tt_signature_packet *packets, unsigned n_passed,
		unsigned of_class[TT_SIGNATURE_N_CLASSES])
{
	for (unsigned k = 0; k < n_passed; k++) {
		const unsigned i = scratch->passed[k];
		struct tt_signature_view *v = &scratch->views[i];

		if (scratch->wanted[i] != TT_SIGNATURE_WANT_ALL)
			continue;
		tt_signature_look(v, &packets[i]);
		fetch_payload(v);
		if (v->payload.n != 0 && s->groups[v->class].any.patterns.db != NULL) {
			scratch->wanted[i] = TT_SIGNATURE_WANT_PASS;
			continue;
		}
		scratch->wanted[i] = 0;
		scratch->of_class[v->class][of_class[v->class]++] = (uint16_t)i;
	}
}

unsigned
tt_signatures_burst(const struct tt_signatures *signatures,
		struct tt_signature_scratch *scratch,
		const struct tt_signature_packet *packets, unsigned n,
		struct tt_signature_hit *hits, uint64_t *cut_short)
{
	unsigned of_class[TT_SIGNATURE_N_CLASSES] = {0}, n_hits = 0;
	const unsigned n_passed = pass_gates(signatures, scratch, packets, n);

	sort_packets(signatures, scratch, packets, n_passed, of_class);
	for (unsigned class = 0; class < TT_SIGNATURE_N_CLASSES; class ++)
		if (of_class[class] != 0)
			choose(signatures, scratch, class, of_class[class]);
	for (unsigned k = 0; k < n_passed; k++) {
		const unsigned i = scratch->passed[k];

		if (scratch->wanted[i] == TT_SIGNATURE_WANT_PLAIN)
			n_hits += match_plain(signatures, scratch, &packets[i], i,
					hits + n_hits, cut_short);
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
