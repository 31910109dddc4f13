/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of contacts, in order of source: what is distinct of a source and a unit is counted with the
 * memory of one. */
#include "tt_verify.h"

#include <errno.h>
#include <string.h>

struct contact_row {
	struct tt_addr src, destination; /* IPv6: the first one of its unit */
	enum tt_class class;
	struct tt_count count;
	unsigned sample_bits;
};

/* What destinations says of units: a source counts in each class, and in the first of them. */
static void
end_unit(struct tt_check *t)
{
	const struct tt_contact_source *s = &t->contact;
	uint64_t *side = &t->sums->match[TT_MATCH_CONTACTS][0];

	if (s->classes == 0)
		return;
	tt_match_add(side, s->unit_key, (uint64_t)__builtin_ctz(s->classes), 2, 1);
	for (uint32_t left = s->classes; left != 0; left &= left - 1)
		tt_match_add(side, s->unit_key, (uint64_t)__builtin_ctz(left), 1, 1);
}

static void
end_source(struct tt_check *t)
{
	const struct tt_contact_source *s = &t->contact;

	end_unit(t);
	if (s->any && tt_check_in_sample(t->m, s->src, t->m->sources_one_in))
		tt_match_add(&t->sums->match[TT_MATCH_CONTACT_SOURCES][0], s->src.hi,
				s->src.lo, 0,
				s->destinations * (uint64_t)t->m->contacts_one_in);
}

/* Destinations start anew with each source. */
static int
take_destination(struct tt_check *t, bool new_source, struct contact_row *r)
{
	const struct tt_contact_source *s = &t->contact;

	if (new_source)
		t->unit = (struct tt_check_unit){0};
	/* Of IPv6 the unit is all there is to tell rows apart. */
	if (tt_check_unit_host(t, TT_CONTACTS_DESTINATION,
			    !new_source && r->class <= s->class, &r->destination)
			!= 0)
		return -EBADMSG;
	return tt_check_order(t,
			(uint64_t[]){r->src.hi, r->src.lo, t->unit.at.hi, t->unit.at.lo,
					t->unit.within, r->class},
			6);
}

static int
take_row(struct tt_check *t, bool *new_source, struct contact_row *r)
{
	const struct tt_contact_source *s = &t->contact;

	if (tt_check_addr(t, TT_CONTACTS_SRC_IP, &r->src) != 0
			|| tt_check_class(t, TT_CONTACTS_CLASS, &r->class) != 0
			|| tt_check_packets(t, TT_CONTACTS_PACKETS, r->class, &r->count)
					!= 0
			|| tt_check_sample_bits(t, TT_CONTACTS_SAMPLE_BITS,
					   t->m->contact_rows_one_in, &r->sample_bits)
					!= 0)
		return -EBADMSG;
	*new_source = !s->any || tt_addr_cmp(s->src, r->src) != 0;
	return take_destination(t, *new_source, r);
}

/* Counts an address, or a unit of IPv6, that the row before did not have; where units nest, once in all. */
static int
count_destination(struct tt_check *t, const struct contact_row *r, bool new_unit)
{
	struct tt_contact_source *s = &t->contact;
	const uint32_t v4 = (uint32_t)r->destination.lo;
	bool known = false;
	int ret = 0;

	if (!new_unit && tt_addr_cmp(s->destination, r->destination) == 0)
		return 0;
	if (tt_check_is_merged(t->m) && tt_addr_is_v4(t->unit.base)) {
		if (new_unit)
			tt_reached_enter(&t->reached, (uint32_t)t->unit.base.lo,
					128 - (unsigned)(t->unit.within >> 32));
		ret = tt_reached_add(&t->reached, v4, &known);
	}
	s->destinations += !known;
	return ret == 0 ? 0 : tt_error_set(t->err, ret, t->path, "out of memory");
}

static int
sum_row(struct tt_check *t, const struct contact_row *r, bool new_unit)
{
	struct tt_contact_source *s = &t->contact;
	uint64_t(*match)[2] = t->sums->match;
	int ret = count_destination(t, r, new_unit);

	s->destination = r->destination;
	s->class = r->class;
	s->classes |= 1u << r->class;
	tt_match_add(&match[TT_MATCH_CONTACTS][0], s->unit_key, r->class, 0,
			r->count.packets);
	tt_match_add(&match[TT_MATCH_CONTACT_CLASSES][0], r->src.hi, r->src.lo, r->class,
			r->count.packets);
	return ret;
}

/* By the public hash they follow from the row, else they are the same as in the row before. */
static int
check_bits(const struct tt_check *t, const struct contact_row *r, bool new_unit)
{
	const struct tt_hash_seed seed = tt_hash_seed_of(0);

	if (tt_sample_knows_contacts(t->m->sample))
		return r->sample_bits
						== tt_sample_bits(tt_contact_hash_of(
								&seed, r->src,
								tt_hash_addr(t->unit.base)))
				? 0
				: tt_check_wrong(t,
						"not the sample_bits of its source and "
						"destination");
	if (t->unit.parts == 1 && !new_unit && r->sample_bits != t->contact.sample_bits)
		return tt_check_wrong(t, "other sample_bits than the row before");
	return 0;
}

int
tt_check_contact_row(struct tt_check *t)
{
	struct tt_contact_source *s = &t->contact;
	struct contact_row r;
	bool new_source, new_unit;

	if (take_row(t, &new_source, &r) != 0)
		return -EBADMSG;
	new_unit = new_source || s->unit_key != t->unit.key
			|| tt_addr_cmp(s->unit, t->unit.range.first) != 0;
	if (check_bits(t, &r, new_unit) != 0)
		return -EBADMSG;
	if (t->unit.parts > 1)
		t->sums->unit_unclear = true;
	if (new_source) {
		end_source(t);
		tt_reached_end(&t->reached);
		*s = (struct tt_contact_source){.any = true, .src = r.src};
	} else if (new_unit) {
		end_unit(t);
		s->classes = 0;
	}
	s->unit = t->unit.range.first;
	s->unit_key = t->unit.key;
	s->sample_bits = r.sample_bits;
	return sum_row(t, &r, new_unit);
}

void
tt_check_contacts_end(struct tt_check *t)
{
	end_source(t);
	tt_reached_fini(&t->reached);
}
