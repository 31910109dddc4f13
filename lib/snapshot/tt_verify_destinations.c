/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of destinations, of sketches, which are kept of the same prefixes, and of backscatter. */
#include "tt_verify.h"

#include <errno.h>
#include <string.h>

/* What contacts must agree with. */
static void
sum_destination(const struct tt_check *t, enum tt_class class, uint64_t packets)
{
	uint64_t *side = &t->sums->match[TT_MATCH_CONTACTS][1];
	uint64_t unit = t->unit.key;

	tt_match_add(side, unit, (uint64_t) class, 0, packets);
	tt_match_add(side, unit, (uint64_t) class, 1,
			(uint64_t)tt_check_int(t, TT_DESTINATIONS_UNIQ_SRC_IP));
	tt_match_add(side, unit, (uint64_t) class, 2,
			(uint64_t)tt_check_int(
					t, TT_DESTINATIONS_UNIQ_SRC_IP_DESTINATION));
}

int
tt_check_destination_row(struct tt_check *t)
{
	const char *text = tt_check_text(t, TT_DESTINATIONS_DESTINATION);
	const struct tt_check_unit *u = &t->unit;
	struct tt_sums *s = t->sums;
	int64_t one_in = t->m->contacts_one_in;
	int64_t uniques = tt_check_int(t, TT_DESTINATIONS_UNIQ_SRC_IP_DESTINATION);
	struct tt_count count;
	enum tt_class class;

	if (tt_check_class(t, TT_DESTINATIONS_CLASS, &class) != 0
			|| tt_check_unit(t, text, class <= t->before[3]) != 0
			|| tt_check_packets(t, TT_DESTINATIONS_PACKETS, class, &count)
					!= 0
			|| tt_check_order(t,
					   (uint64_t[]){u->at.hi, u->at.lo, u->within,
							   class},
					   4)
					!= 0
			|| tt_check_uniques(t, TT_DESTINATIONS_UNIQ_SRC_IP,
					   TT_DESTINATIONS_UNIQ_SRC_IP_STDERR, one_in,
					   count.packets)
					!= 0)
		return -EBADMSG;
	if (uniques > tt_check_int(t, TT_DESTINATIONS_UNIQ_SRC_IP)
			|| uniques % one_in != 0)
		return tt_check_wrong(t, "unique counts that cannot be");
	sum_destination(t, class, count.packets);
	if (!tt_addr_is_v4(t->unit.base))
		s->ipv6_destined += (int64_t)count.packets;
	s->destinations_least = t->unit.least;
	s->destinations_most = t->unit.most;
	s->prefixes = s->prefixes || strchr(text, '/') != NULL;
	s->nest = s->nest || t->unit.nested;
	return tt_check_add(t, &s->destination_sources,
			TT_DESTINATIONS_UNIQ_SRC_IP_DESTINATION);
}

static int
find_kind(const struct tt_check *t, const char *key, enum tt_sketch_kind *kind)
{
	for (unsigned k = TT_N_SKETCH_KINDS; k-- > 0;) {
		const char *prefix = tt_row_sketch_prefix((enum tt_sketch_kind)k);

		*kind = (enum tt_sketch_kind)k;
		if (strcmp(key, prefix) == 0
				|| (k != TT_SKETCH_SOURCES
						&& strncmp(key, prefix, strlen(prefix))
								== 0))
			return 0;
	}
	return tt_check_wrong(t, "a key that cannot be");
}

/* What a sketch of the kind is kept of, as a number that sorts as the keys do; 0 of a prefix. */
static int
parse_key(const struct tt_check *t, enum tt_sketch_kind kind, const char *of,
		uint64_t *number)
{
	struct tt_target target;
	uint16_t country;
	char text[32];

	*number = 0;
	switch (kind) {
	case TT_SKETCH_SOURCES:
	case TT_SKETCH_SOURCES_PREFIX:
		return 0;
	case TT_SKETCH_SOURCES_COUNTRY:
		if (tt_row_country_parse(of, &country) != 0 || country == TT_COUNTRY_REST)
			break;
		*number = country;
		return 0;
	default:
		if (tt_target_parse(of, &target) != 0
				|| strcmp(tt_target_format(target, text), of) != 0)
			break;
		*number = tt_target_index(tt_target_key_make(target, (enum tt_class)0));
		return 0;
	}
	return tt_check_wrong(t, "a key that cannot be");
}

/* Kind and what it is of, three numbers of which only a prefix needs all. again: as tt_check_unit. */
static int
take_key(struct tt_check *t, bool again, enum tt_sketch_kind *kind, uint64_t number[3])
{
	struct tt_check_word *w = tt_check_word(t, TT_SKETCHES_KEY);
	const char *key = tt_check_text(t, TT_SKETCHES_KEY);

	if (TT_UNLIKELY(!w->known)) {
		if (find_kind(t, key, kind) != 0
				|| parse_key(t, *kind,
						   key + strlen(tt_row_sketch_prefix(*kind)),
						   &w->number)
						!= 0)
			return -EBADMSG;
		w->bits = *kind;
		w->known = true;
	}
	*kind = (enum tt_sketch_kind)w->bits;
	number[0] = w->number;
	number[1] = number[2] = 0;
	if (*kind != TT_SKETCH_SOURCES_PREFIX)
		return 0;
	if (tt_check_unit(t, key + strlen(tt_row_sketch_prefix(*kind)), again) != 0)
		return -EBADMSG;
	number[0] = t->unit.at.hi;
	number[1] = t->unit.at.lo;
	number[2] = t->unit.within;
	return 0;
}

int
tt_check_sketch_row(struct tt_check *t)
{
	int64_t p = tt_check_int(t, TT_SKETCHES_PRECISION);
	int64_t reg = tt_check_int(t, TT_SKETCHES_REGISTER);
	int64_t rho = tt_check_int(t, TT_SKETCHES_RHO);
	enum tt_sketch_kind kind;
	uint64_t number[3];

	if (take_key(t, (uint64_t)reg <= t->before[4], &kind, number) != 0)
		return -EBADMSG;
	if (p != tt_row_sketch_precision(kind))
		return tt_check_wrong(t, "not the precision of its kind");
	if (reg < 0 || reg >= INT64_C(1) << p || rho < 1 || rho > 64 - p + 1)
		return tt_check_wrong(t, "a register that cannot be");
	if (kind == TT_SKETCH_SOURCES)
		t->sums->sketch[reg] = (uint8_t)rho;
	return tt_check_order(t,
			(uint64_t[]){kind, number[0], number[1], number[2],
					(uint64_t)reg},
			5);
}

/* ICMP has type and code; of TCP and UDP, only the protocol is kept; "" is the rest. */
static bool
is_answer(const struct tt_target *target, int64_t code, enum tt_class class)
{
	if (class == TT_CLASS_OTHER || class == TT_CLASS_ICMP_ECHO_REQUEST)
		return false;
	if (target->protocol == TT_PROTO_ICMP || target->protocol == TT_PROTO_ICMPV6)
		return target->number >= 0 && code >= 0 && code <= UINT8_MAX
				&& class > TT_CLASS_UDP;
	if (target->number != -1 || code != 0)
		return false;
	if (target->protocol == TT_PROTO_TCP)
		return class == TT_CLASS_TCP_SYNACK || class == TT_CLASS_TCP_RST;
	return target->protocol == 0
			|| (target->protocol == TT_PROTO_UDP && class == TT_CLASS_UDP);
}

/* What pairs and victims must agree with. */
static void
sum_backscatter(const struct tt_check *t, const struct tt_target *target,
		enum tt_class class, const struct tt_target *attacked,
		struct tt_count count)
{
	uint64_t(*match)[2] = t->sums->match;
	uint64_t key = tt_target_key_make(*target, class);
	uint64_t service = tt_target_key_make(*attacked, (enum tt_class)0);
	uint64_t uniques = (uint64_t)tt_check_int(t, TT_BACKSCATTER_UNIQ_SRC_IP);

	tt_match_count(&match[TT_MATCH_PAIR_BACKSCATTER][1], key, service, count);
	if (class > TT_CLASS_UDP)
		tt_match_add(&match[TT_MATCH_PAIR_BACKSCATTER][1], key, service, 2,
				uniques);
	else
		tt_match_add(&match[TT_MATCH_VICTIM_SOURCES][1], class, service, 0,
				uniques);
}

int
tt_check_backscatter_row(struct tt_check *t)
{
	int64_t code = tt_check_int(t, TT_BACKSCATTER_CODE);
	struct tt_target target, attacked;
	struct tt_count count;
	enum tt_class class;

	if (tt_check_target(t, TT_BACKSCATTER_PROTOCOL, true, &target) != 0
			|| tt_check_class(t, TT_BACKSCATTER_CLASS, &class) != 0
			|| tt_check_target(t, TT_BACKSCATTER_ATTACKED_PROTOCOL, true,
					   &attacked)
					!= 0
			|| tt_check_count(t, TT_BACKSCATTER_PACKETS, class, &count) != 0)
		return -EBADMSG;
	if (!is_answer(&target, code, class))
		return tt_check_wrong(t, "no packet that is backscatter");
	target.code = (uint8_t)code;
	sum_backscatter(t, &target, class, &attacked, count);
	if (tt_check_order(t,
			    (uint64_t[]){tt_target_key_make(target, class),
					    tt_target_key_make(
							    attacked, (enum tt_class)0)},
			    2)
			!= 0)
		return -EBADMSG;
	return tt_check_uniques(t, TT_BACKSCATTER_UNIQ_SRC_IP,
			TT_BACKSCATTER_UNIQ_SRC_IP_STDERR, t->m->sources_one_in,
			count.packets);
}
