/* SPDX-License-Identifier: BSD-3-Clause */
/* What of a payload that comes again is left to the header. */
#include "tt_signature_settle.h"

/* What is known of a rule's header by class, port and bytes of payload. */
enum head {
	HEAD_NEVER,
	HEAD_PERHAPS,
	HEAD_ALWAYS
};

static bool
has_port(const struct tt_rule_ports *list, uint32_t port)
{
	for (unsigned i = 0; i < list->n; i++)
		if (list->ranges[i].first <= port && port <= list->ranges[i].last)
			return true;
	return list->n == 0;
}

/* Of a rule that is listed by the packet's class. */
static enum head
head_of(const struct tt_rule *rule, const struct tt_signature_view *v)
{
	const bool ports = v->class <= TT_SIGNATURE_UDP;
	bool always = ports && rule->ip_version == 0 && rule->src.n == 0
			&& rule->dst.n == 0 && rule->src_ports.n == 0
			&& (rule->dst_ports.n == 0 || !rule->both_directions);

	for (unsigned i = 0; i < rule->n_header; i++) {
		const struct tt_rule_option *o = &rule->header[i];

		if (o->kind != TT_RULE_DSIZE)
			always &= o->kind == TT_RULE_IP_PROTO;
		else if (!tt_signature_in(&o->u.number, o->negated, v->payload.n))
			return HEAD_NEVER;
	}
	if (ports && !rule->both_directions
			&& !has_port(&rule->dst_ports, v->packet->dst_port))
		return HEAD_NEVER;
	return always ? HEAD_ALWAYS : HEAD_PERHAPS;
}

/* Marks the rules of a filter that may match so many bytes of payload. */
static void
mark_by_dsize(struct tt_signature_scratch *scratch, const struct tt_signature_filter *f,
		const struct tt_signature_view *v)
{
	const uint8_t dsize = tt_signature_field(v, TT_SIGNATURE_FIELD_DSIZE);

	for (uint32_t i = 0; i < f->n; i++)
		if (tt_signature_filter_takes(f, TT_SIGNATURE_FIELD_DSIZE, dsize, i))
			tt_signature_mark(scratch, f->ranks[i]);
}

/* Rules that a payload matches. */
struct matched {
	struct tt_signature_left rules[TT_SIGNATURE_HITS_MAX];
	uint32_t n;
};

/* Adds a rule that the payload matches; false: it is not settled. */
static bool
settle_rule(struct matched *m, struct tt_signature_eval *e,
		const struct tt_signature_rule *rule, uint32_t rank)
{
	const enum head head = head_of(rule->rule, e->view);

	/* Of ICMP, its steps are not those of the payload alone. */
	if (rule->reads_all != 0 && e->view->class > TT_SIGNATURE_UDP)
		return false;
	if (!tt_signature_step(e, tt_signature_head_steps(e->view, rule)))
		return false;
	if (head == HEAD_NEVER)
		return true;
	if (rule->has_flowbits || !rule->payload_alone)
		return false;
	if (!tt_signature_matches_payload(e, rule))
		return true;
	if (m->n == TT_SIGNATURE_HITS_MAX)
		return false;
	m->rules[m->n++] = (struct tt_signature_left){
			.rank = rank & 0x7fffffff, .certain = head == HEAD_ALWAYS};
	return true;
}

/* Of what is marked; leaves no mark. */
static bool
settle_marked(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		struct matched *m)
{
	bool settled = true;

	for (uint32_t k = 0; k < scratch->n_summary; k++) {
		uint64_t summary = scratch->summary[k];

		scratch->summary[k] = 0;
		for (; summary != 0; summary &= summary - 1) {
			const uint32_t w = k * 64 + (unsigned)__builtin_ctzll(summary);
			uint64_t word = scratch->candidates[w];

			scratch->candidates[w] = 0;
			for (; settled && word != 0; word &= word - 1) {
				const uint32_t rank = w * 64
						+ (unsigned)__builtin_ctzll(word);

				settled = settle_rule(
						m, &scratch->eval, &s->rules[rank], rank);
			}
		}
	}
	return settled;
}

/* The first place of a rule in a filter; f->n: none. */
static uint32_t
place_of(const struct tt_signature_filter *f, uint32_t rank)
{
	uint32_t i = 0;

	while (i < f->n && f->ranks[i] != rank)
		i++;
	return i;
}

/* Splits what matched into what a packet's filter decides about and what is tried. False: there is no room. */
static bool
keep(const struct tt_signatures *s, const struct tt_signature_filter *f,
		struct tt_signature_repeat *r, const struct matched *m)
{
	for (uint32_t k = 0; k < m->n; k++) {
		const struct tt_signature_left left = m->rules[k];
		const uint32_t i = place_of(f, left.rank);

		if (!left.certain && i < f->n && i < 64 * TT_SIGNATURE_REPEAT_WORDS
				&& !s->rules[left.rank].rule->both_directions)
			r->by_filter[i / 64] |= UINT64_C(1) << i % 64;
		else if (r->n_left == TT_SIGNATURE_REPEAT_LEFT)
			return false;
		else
			r->left[r->n_left++] = left;
	}
	return true;
}

/* Settles what is remembered of the packet's payload, if it can be. */
static void
settle(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		struct tt_signature_repeat *r, const struct tt_signature_view *v)
{
	const struct tt_signature_group *group = &s->groups[v->class];
	struct matched m = {.n = 0};

	r->settled = TT_SIGNATURE_NOT_SETTLED;
	r->n_left = 0;
	memset(r->by_filter, 0, sizeof(r->by_filter));
	if (v->class == TT_SIGNATURE_OTHER)
		return;
	for (uint32_t i = 0; i < r->n_found; i++)
		tt_signature_mark(scratch, r->found[i]);
	mark_by_dsize(scratch, &group->any.header, v);
	for (unsigned k = 0; k < TT_SIGNATURE_N_SIDES; k++)
		if (r->lists[k] != 0)
			mark_by_dsize(scratch, &group->sides[k].lists[r->lists[k]].header,
					v);
	/* Not `listed`: each costs what it costs without the others. */
	tt_signature_eval_begin(&scratch->eval, v, &scratch->pcre, s->limits.steps,
			s->limits.verifications);
	if (settle_marked(s, scratch, &m) && !scratch->eval.cut
			&& keep(s, &group->any.header, r, &m))
		r->settled = TT_SIGNATURE_SETTLED;
}

const struct tt_signature_repeat *
tt_signature_settled(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		const struct tt_signature_view *v,
		const uint32_t lists[TT_SIGNATURE_N_SIDES])
{
	const uint32_t key = tt_signature_key(v);
	struct tt_signature_repeat *r = tt_signature_repeat_of(scratch->repeats, v, key);

	if (r == NULL || r->settled == TT_SIGNATURE_NOT_SETTLED || r->key != key
			|| !tt_signature_repeat_is(r, v, lists))
		return NULL;
	if (r->settled == TT_SIGNATURE_NOT_YET)
		settle(s, scratch, r, v);
	return r->settled == TT_SIGNATURE_SETTLED ? r : NULL;
}

static void
try_left(struct tt_signature_verification *v, uint32_t rank, bool certain)
{
	if (certain || tt_signature_head_holds(v->eval, &v->s->rules[rank]))
		tt_signature_verification_hit(v, rank);
}

unsigned
tt_signature_match_settled(struct tt_signature_verification *v,
		const struct tt_signature_repeat *r, const struct tt_signature_view *view)
{
	const struct tt_signature_filter *f = &v->s->groups[view->class].any.header;

	v->eval->view = view;
	v->eval->listed = true;
	for (uint32_t k = 0; k < r->n_left; k++)
		try_left(v, r->left[k].rank, r->left[k].certain);
	for (uint32_t w = 0; w < TT_SIGNATURE_REPEAT_WORDS; w++) {
		uint64_t alive = tt_signature_filter_left(f, view, w, r->by_filter[w]);

		for (; alive != 0; alive &= alive - 1)
			try_left(v, f->ranks[w * 64 + (unsigned)__builtin_ctzll(alive)],
					false);
	}
	return v->n_hits;
}
