/* SPDX-License-Identifier: BSD-3-Clause */
/* A rule made ready, and its evaluation as a whole. */
#include "tt_signature_eval.h"
#include "tt_signature_more.h"

#include <errno.h>

#define BYTES_OF_A_STEP 64u /* that the header's options look at, or that have chunks */

static bool
is_relative(const struct tt_rule_option *o)
{
	switch (o->kind) {
	case TT_RULE_CONTENT:
		return o->u.content.relative;
	case TT_RULE_PCRE:
		return o->u.pcre.relative;
	case TT_RULE_ISDATAAT:
		return o->u.isdataat.relative;
	case TT_RULE_BYTE_TEST:
	case TT_RULE_BYTE_JUMP:
	case TT_RULE_BYTE_EXTRACT:
	case TT_RULE_BYTE_MATH:
		return o->u.bytes.relative;
	default:
		return false;
	}
}

/* Leaves the place of the last match where it found it itself. */
static bool
is_anchor(const struct tt_rule_option *o)
{
	switch (o->kind) {
	case TT_RULE_CONTENT:
	case TT_RULE_PCRE:
		return !o->negated;
	case TT_RULE_BYTE_JUMP:
	case TT_RULE_BYTE_EXTRACT:
	case TT_RULE_BYTE_MATH:
		return true;
	default:
		return false;
	}
}

/* Does anything depend on where the i-th option matched? */
static bool
followed(const struct tt_rule *rule, unsigned i)
{
	const enum tt_rule_buffer buffer = rule->payload[i].buffer;

	for (unsigned k = i + 1; k < rule->n_payload; k++) {
		const struct tt_rule_option *o = &rule->payload[k];

		if (o->kind == TT_RULE_FLOWBIT || o->buffer != buffer)
			continue;
		if (is_relative(o))
			return true;
		if (is_anchor(o))
			return false;
	}
	return false;
}

static int
init_option(struct tt_signature_rule *r, unsigned i, struct tt_error *err)
{
	const struct tt_rule_option *o = &r->rule->payload[i];

	r->options[i].retry = followed(r->rule, i);
	if (o->kind == TT_RULE_PCRE)
		return tt_signature_pcre_compile(&r->options[i].regex, o->u.pcre.pattern,
				o->u.pcre.options, o->u.pcre.bad_escape_is_literal, err);
	return 0;
}

static void
init_kind(struct tt_signature_rule *r)
{
	for (unsigned i = 0; i < r->rule->n_payload; i++) {
		const struct tt_rule_option *o = &r->rule->payload[i];

		if (o->kind != TT_RULE_FLOWBIT) {
			r->needs_payload |= o->buffer == TT_RULE_BUFFER_PAYLOAD
					&& o->kind != TT_RULE_BSIZE;
			r->payload_alone &= o->buffer == TT_RULE_BUFFER_PAYLOAD;
			r->by_chunk |= o->buffer == TT_RULE_BUFFER_SCTP_DATA;
			continue;
		}
		r->has_flowbits = true;
	}
}

static int
init_head(struct tt_signature_rule *r)
{
	const struct tt_rule *rule = r->rule;

	r->any_place = rule->src.n == 0 && rule->dst.n == 0 && rule->src_ports.n == 0
			&& rule->dst_ports.n == 0;
	if (rule->n_header == 0)
		return 0;
	r->rest = calloc(rule->n_header, sizeof(*r->rest));
	if (r->rest == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < rule->n_header; i++) {
		const struct tt_rule_option *o = &rule->header[i];

		if (o->kind == TT_RULE_CHECKSUM || o->kind == TT_RULE_SCTP_CHUNK
				|| o->kind == TT_RULE_SCTP_CHUNKS)
			r->reads_all = UINT32_MAX;
		if (o->kind != TT_RULE_IP_PROTO)
			r->rest[r->n_rest++] = o;
	}
	return 0;
}

int
tt_signature_rule_init(struct tt_signature_rule *r, const struct tt_rule *rule,
		uint32_t index, struct tt_error *err)
{
	int ret;

	memset(r, 0, sizeof(*r));
	r->rule = rule;
	r->index = index;
	r->payload_alone = true;
	ret = init_head(r);
	if (ret < 0 || rule->n_payload == 0)
		return ret;
	r->options = calloc(rule->n_payload, sizeof(*r->options));
	if (r->options == NULL)
		return -ENOMEM;
	for (unsigned i = 0; ret == 0 && i < rule->n_payload; i++)
		ret = init_option(r, i, err);
	if (ret < 0)
		tt_error_at(err, "%s:%u, sid %u",
				rule->file == NULL ? "rules" : rule->file, rule->line,
				rule->sid);
	init_kind(r);
	return ret;
}

void
tt_signature_rule_fini(struct tt_signature_rule *r)
{
	for (unsigned i = 0; r->options != NULL && i < r->rule->n_payload; i++)
		tt_signature_pcre_free(r->options[i].regex);
	free(r->options);
	free(r->rest);
}

void
tt_signature_eval_begin(struct tt_signature_eval *e, const struct tt_signature_view *view,
		struct tt_signature_pcre *pcre, int64_t steps, uint32_t verifications)
{
	e->view = view;
	e->pcre = pcre;
	e->steps = steps;
	e->verifications = verifications;
	e->flowbits = 0;
	e->cut = false;
	e->listed = false;
}

static bool
is_test(const struct tt_rule_flowbit *bit)
{
	return bit->does == TT_RULE_FLOWBIT_IS_SET
			|| bit->does == TT_RULE_FLOWBIT_IS_NOT_SET;
}

/* Several names: any of them is (is not) set. */
static bool
flowbits_hold(const struct tt_signature_eval *e)
{
	const struct tt_rule *rule = e->rule->rule;

	for (unsigned i = 0; i < rule->n_payload; i++) {
		const struct tt_rule_flowbit *bit = &rule->payload[i].u.flowbit;

		if (rule->payload[i].kind != TT_RULE_FLOWBIT || !is_test(bit))
			continue;
		if (bit->does == TT_RULE_FLOWBIT_IS_SET
						? (e->flowbits & bit->names) == 0
						: (~e->flowbits & bit->names) == 0)
			return false;
	}
	return true;
}

static void
do_flowbits(struct tt_signature_eval *e)
{
	const struct tt_rule *rule = e->rule->rule;

	for (unsigned i = 0; i < rule->n_payload; i++) {
		const struct tt_rule_flowbit *bit = &rule->payload[i].u.flowbit;

		if (rule->payload[i].kind != TT_RULE_FLOWBIT)
			continue;
		if (bit->does == TT_RULE_FLOWBIT_SET)
			e->flowbits |= bit->names;
		else if (bit->does == TT_RULE_FLOWBIT_UNSET)
			e->flowbits &= ~bit->names;
		else if (bit->does == TT_RULE_FLOWBIT_TOGGLE)
			e->flowbits ^= bit->names;
	}
}

/* Takes one of the verifications that are left for the packet. */
static bool
take_verification(struct tt_signature_eval *e)
{
	if (TT_LIKELY(e->verifications != 0)) {
		e->verifications--;
		return true;
	}
	e->cut = true;
	return false;
}

bool
tt_signature_head_holds(
		const struct tt_signature_eval *e, const struct tt_signature_rule *r)
{
	return e->listed && e->view->class <= TT_SIGNATURE_UDP
			? tt_signature_head_listed(e->view, r)
			: tt_signature_head(e->view, r->rule);
}

/* Of TCP and UDP, the payload's bytes: a payload that is known costs the same with any header. */
uint64_t
tt_signature_head_steps(
		const struct tt_signature_view *v, const struct tt_signature_rule *r)
{
	const uint32_t bytes = v->class <= TT_SIGNATURE_UDP
			? v->payload.n
			: v->end - v->packet->l4_offset;

	return 1 + (bytes / BYTES_OF_A_STEP & r->reads_all);
}

bool
tt_signature_matches_head(struct tt_signature_eval *e, const struct tt_signature_rule *r)
{
	if (r->needs_payload && e->view->payload.n == 0)
		return false;
	return tt_signature_step(e, tt_signature_head_steps(e->view, r))
			&& tt_signature_head_holds(e, r);
}

/* Goes to the next chunk of SCTP's data; the way costs steps. Returns whether there is one. */
static bool
next_chunk(struct tt_signature_eval *e)
{
	const struct tt_signature_view *v = e->view;
	const uint32_t l4 = v->packet->l4_offset, there = v->end - l4;
	const uint32_t from = e->next_chunk;
	uint32_t to;

	if (!tt_signature_is_sctp(v->packet, there))
		return false;
	e->chunk = tt_signature_sctp_data(v->frame + l4, there, &e->next_chunk);
	to = e->chunk.at == NULL ? there : (uint32_t)(e->chunk.at - v->frame) - l4;
	return tt_signature_step(e, 1 + (to - from) / BYTES_OF_A_STEP)
			&& e->chunk.at != NULL;
}

/* Does any chunk of SCTP's data match? */
static bool
a_chunk_matches(struct tt_signature_eval *e)
{
	e->next_chunk = TT_SIGNATURE_SCTP_HEADER;
	while (next_chunk(e)) {
		memset(e->at, 0, sizeof(e->at));
		if (tt_signature_payload(e, 0))
			return true;
	}
	return false;
}

bool
tt_signature_matches_payload(
		struct tt_signature_eval *e, const struct tt_signature_rule *r)
{
	e->rule = r;
	if (r->has_flowbits && !flowbits_hold(e))
		return false;
	if (r->rule->n_payload != 0) {
		if (!take_verification(e))
			return false;
		memset(e->at, 0, sizeof(e->at));
		if (!(r->by_chunk ? a_chunk_matches(e) : tt_signature_payload(e, 0)))
			return false;
	}
	if (r->has_flowbits)
		do_flowbits(e);
	return true;
}
