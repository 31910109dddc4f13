/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows of pairs, of which nearly all other tables are marginals. They come in order of source, so
 * that what is distinct of a source is counted with the memory of one.
 */
#include "tt_verify.h"
#include "tt_verify_compare.h"

#include <errno.h>
#include <string.h>

struct pair_row {
	struct tt_addr src;
	uint16_t country;
	struct tt_target target, attacked;
	enum tt_class class;
	bool backscatter;
	uint32_t matched, tested;
	bool any_rules; /* they are known: fingerprint_rules could be read */
	struct tt_count count;
	tt_target_key key;
	unsigned sample_bits;
};

bool
tt_check_in_sample(const struct tt_manifest *m, struct tt_addr src, int64_t one_in)
{
	return !tt_sample_knows_sources(m->sample)
			|| INT64_C(1) << tt_sample_bits(tt_sketch_hash(src)) >= one_in;
}

int
tt_check_sample_bits(
		const struct tt_check *t, unsigned column, int64_t one_in, unsigned *bits)
{
	int64_t value = tt_check_int(t, column);

	if (value < 0 || value > TT_SAMPLE_SHIFT_MAX || INT64_C(1) << value < one_in)
		return tt_check_wrong(t, "sample_bits that cannot be");
	*bits = (unsigned)value;
	return 0;
}

static int
take_detail(const struct tt_check *t, struct pair_row *r)
{
	int ret;

	if (tt_check_flag(t, TT_PAIRS_BACKSCATTER, &r->backscatter) != 0
			|| tt_check_target(t, TT_PAIRS_ATTACKED_PROTOCOL, true,
					   &r->attacked)
					!= 0)
		return -EBADMSG;
	if (!tt_check_may_be_backscatter(&r->target, r->class, r->backscatter))
		return tt_check_wrong(t, "backscatter that its class cannot be");
	if (!r->backscatter && r->attacked.protocol != 0)
		return tt_check_wrong(t, "an attacked service of no backscatter");
	ret = tt_check_rules(t, TT_PAIRS_MATCHED, &r->matched);
	if (ret == 0)
		ret = tt_check_rules(t, TT_PAIRS_TESTED, &r->tested);
	r->any_rules = ret == 0;
	if (ret == 0 && (r->matched & ~r->tested) != 0)
		return tt_check_wrong(t, "fingerprints that match and were not tested");
	return ret == -ENOENT ? 0 : ret;
}

static int
check_order(struct tt_check *t, const struct pair_row *r)
{
	uint64_t attacked = tt_target_key_make(r->attacked, (enum tt_class)0) >> 16;
	uint64_t rules = (uint64_t)r->tested << 32 | r->matched;

	return tt_check_order(t,
			(uint64_t[]){r->src.hi, r->src.lo, r->key,
					(uint64_t)r->backscatter << 63
							| (uint64_t)r->country << 48
							| attacked,
					r->any_rules ? rules : (uint64_t)t->row},
			5);
}

static int
take_row(struct tt_check *t, struct pair_row *r)
{
	if (tt_check_addr(t, TT_PAIRS_SRC_IP, &r->src) != 0
			|| tt_check_country(t, TT_PAIRS_COUNTRY, false, &r->country) != 0
			|| tt_check_target(t, TT_PAIRS_PROTOCOL, false, &r->target) != 0
			|| tt_check_class(t, TT_PAIRS_CLASS, &r->class) != 0
			|| tt_check_class_fits(t, &r->target, r->class) != 0
			|| tt_check_code(t, TT_PAIRS_CODE, r->class, &r->target) != 0
			|| take_detail(t, r) != 0
			|| tt_check_count(t, TT_PAIRS_PACKETS, r->class, &r->count) != 0
			|| tt_check_sample_bits(t, TT_PAIRS_SAMPLE_BITS,
					   t->m->pair_rows_one_in, &r->sample_bits)
					!= 0)
		return -EBADMSG;
	r->key = tt_target_key_make(r->target, r->class);
	return check_order(t, r);
}

static int
begin_source(struct tt_check *t, const struct pair_row *r)
{
	struct tt_pair_source *s = &t->source;

	if (tt_sample_knows_sources(t->m->sample)
			&& r->sample_bits != tt_sample_bits(tt_sketch_hash(r->src)))
		return tt_check_wrong(t, "not the sample_bits of its source");
	*s = (struct tt_pair_source){.any = true,
			.src = r->src,
			.country = r->country,
			.sample_bits = r->sample_bits};
	t->places.n = 0;
	return 0;
}

static void
note_place(struct tt_pair_places *p, const struct pair_row *r)
{
	unsigned i = p->n;

	while (i > 0 && p->places[i - 1].country != r->country)
		i--;
	if (i == 0) {
		i = ++p->n;
		p->places[i - 1].country = r->country;
		p->places[i - 1].sides = 0;
	}
	p->places[i - 1].sides |= 1u << (r->class << 1 | r->backscatter);
}

/* What countries say of a source: it is among the sources of each row that has its packets. */
static void
sum_places(struct tt_check *t)
{
	const struct tt_pair_places *p = &t->places;
	uint64_t(*match)[2] = t->sums->match;

	for (unsigned i = 0; i < p->n; i++)
		for (uint32_t left = p->places[i].sides; left != 0; left &= left - 1)
			tt_match_add(&match[TT_MATCH_PAIR_COUNTRIES][0],
					p->places[i].country,
					(uint64_t)__builtin_ctz(left), 0, 1);
	/* Of several, sources alone has the one that is its own. */
	tt_match_add(&match[TT_MATCH_PAIR_OWN_COUNTRIES][0], p->places[0].country,
			(uint64_t)__builtin_ctz(p->places[0].sides), 0, 1);
}

/* What other tables say of a source, and of it in its country. */
static void
end_source(struct tt_check *t)
{
	const struct tt_pair_source *s = &t->source;
	uint64_t(*match)[2] = t->sums->match;
	uint64_t hi = s->src.hi, lo = s->src.lo;

	if (!s->any)
		return;
	tt_match_source(&match[TT_MATCH_PAIR_SOURCES][0], s->src, s->count, s->answers,
			s->targets, s->classes);
	tt_match_add(&match[TT_MATCH_PAIR_SOURCE_COUNTRY][0], hi, lo, s->country, 1);
	sum_places(t);
	for (uint32_t left = s->rules; left != 0; left &= left - 1) {
		unsigned rule = (unsigned)__builtin_ctz(left);

		tt_match_add(&match[TT_MATCH_PAIR_CARRIERS][0], hi, lo, rule << 1,
				s->matched[rule]);
		tt_match_add(&match[TT_MATCH_PAIR_CARRIERS][0], hi, lo, rule << 1 | 1,
				s->tested[rule]);
	}
}

static void
sum_target(struct tt_check *t, const struct pair_row *r, bool new_target)
{
	struct tt_pair_source *s = &t->source;
	uint64_t *side = &t->sums->match[TT_MATCH_PAIR_TARGETS][0];
	uint64_t of = (uint64_t)r->country << 1 | r->backscatter;

	tt_match_count(side, r->key, of, r->count);
	if (!tt_addr_is_v4(r->src))
		tt_match_count(&t->sums->match[TT_MATCH_PAIR_IPV6][0], r->key, of,
				r->count);
	if (s->rows == 0 || r->key != s->key || r->backscatter != s->backscatter
			|| r->country != s->row_country)
		tt_match_add(side, r->key, of, 2, 1);
	if (new_target)
		tt_match_add(side, r->key, of, 3, 1);
}

/* Of ICMP, rows of one type, code and attacked service come one after the other. */
static void
sum_answer(struct tt_check *t, const struct pair_row *r)
{
	struct tt_pair_source *s = &t->source;
	struct tt_target seen = r->target;
	bool icmp = r->class > TT_CLASS_UDP;
	uint64_t attacked = tt_target_key_make(r->attacked, (enum tt_class)0), key;
	uint64_t(*match)[2] = t->sums->match;

	if (!icmp)
		seen = (struct tt_target){.protocol = r->target.protocol, .number = -1};
	key = tt_target_key_make(seen, r->class);
	tt_match_count(&match[TT_MATCH_PAIR_BACKSCATTER][0], key, attacked, r->count);
	if (icmp && (!s->any_answer || key != s->answer_key || attacked != s->attacked))
		tt_match_add(&match[TT_MATCH_PAIR_BACKSCATTER][0], key, attacked, 2, 1);
	tt_match_count(&match[TT_MATCH_PAIR_VICTIMS][0],
			tt_match_victim(r->src, r->class), attacked, r->count);
	s->answers += r->count.packets;
	s->any_answer = true;
	s->answer_key = key;
	s->attacked = attacked;
}

static void
sum_rules(struct tt_check *t, const struct pair_row *r)
{
	struct tt_pair_source *s = &t->source;
	struct tt_target target = {r->target.protocol, r->target.number, 0};
	uint64_t key = tt_target_key_make(target, r->class);
	uint64_t *side = &t->sums->match[TT_MATCH_PAIR_FINGERPRINTS][0];

	if (key != s->rule_key)
		s->seen_rules = 0;
	s->rule_key = key;
	for (uint32_t left = r->tested; left != 0; left &= left - 1)
		s->tested[__builtin_ctz(left)] += r->count.packets;
	for (uint32_t left = r->matched; left != 0; left &= left - 1) {
		unsigned rule = (unsigned)__builtin_ctz(left);

		s->matched[rule] += r->count.packets;
		tt_match_count(side, key, rule, r->count);
		if ((s->seen_rules >> rule & 1) == 0)
			tt_match_add(side, key, rule, 2, 1);
	}
	s->seen_rules |= r->matched;
	s->rules |= r->matched;
}

static void
sum_row(struct tt_check *t, const struct pair_row *r)
{
	struct tt_pair_source *s = &t->source;
	bool new_target = s->rows == 0 || r->target.protocol != s->target.protocol
			|| r->target.number != s->target.number;

	sum_target(t, r, new_target);
	if (r->backscatter)
		sum_answer(t, r);
	if (r->tested != 0)
		sum_rules(t, r);
	tt_match_add(&t->sums->match[TT_MATCH_CONTACT_CLASSES][1], r->src.hi, r->src.lo,
			r->class, r->count.packets);
	s->count.packets += r->count.packets;
	s->count.bytes += r->count.bytes;
	s->targets += new_target;
	s->classes |= 1u << r->class;
	note_place(&t->places, r);
	s->rows++;
	s->key = r->key;
	s->backscatter = r->backscatter;
	s->row_country = r->country;
	s->target = r->target;
}

int
tt_check_pair_row(struct tt_check *t)
{
	struct tt_pair_source *s = &t->source;
	struct pair_row r;

	if (take_row(t, &r) != 0)
		return -EBADMSG;
	if (!s->any || tt_addr_cmp(s->src, r.src) != 0) {
		end_source(t);
		if (begin_source(t, &r) != 0)
			return -EBADMSG;
	}
	if ((r.country != s->country && tt_check_one_geo(t->m))
			|| r.sample_bits != s->sample_bits)
		return tt_check_wrong(t,
				"another country or other sample_bits than the row before");
	sum_row(t, &r);
	return 0;
}

void
tt_check_pairs_end(struct tt_check *t)
{
	end_source(t);
}
