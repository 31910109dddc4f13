/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of sources, and of what is known by source: victims and fingerprints. */
#include "tt_verify.h"

#include <errno.h>
#include <string.h>

static int
take_rules(const struct tt_check *t, struct tt_addr src)
{
	uint32_t rules;
	int ret = tt_check_rules(t, TT_SOURCES_FINGERPRINTS, &rules);

	for (; ret == 0 && rules != 0; rules &= rules - 1)
		tt_match_add(&t->sums->match[TT_MATCH_FINGERPRINTS][0], src.hi, src.lo,
				(uint64_t)__builtin_ctz(rules), 1);
	return ret == -ENOENT ? 0 : ret;
}

/* Units of several addresses are kept as one: the error is then greater than of single ones. */
static int
check_destinations(const struct tt_check *t, uint64_t packets)
{
	int64_t n = tt_check_int(t, TT_SOURCES_DESTINATIONS);
	int64_t error = tt_check_int(t, TT_SOURCES_DESTINATIONS_STDERR);
	int64_t one_in = t->m->contacts_one_in;

	if (n < 0 || n % one_in != 0 || (one_in == 1 && (uint64_t)n > packets))
		return tt_check_wrong(t, "destinations that cannot be");
	if (error < (int64_t)tt_scaled_error((uint64_t)n, (uint64_t)one_in)
			|| (one_in == 1 && error != 0))
		return tt_check_wrong(t, "not the standard error of its count");
	return 0;
}

static int
take_classes(const struct tt_check *t, uint32_t *classes)
{
	struct tt_check_word *w = tt_check_word(t, TT_SOURCES_CLASSES);

	*classes = (uint32_t)w->number;
	if (TT_LIKELY(w->known))
		return 0;
	if (tt_row_classes_parse(tt_check_text(t, TT_SOURCES_CLASSES), classes) != 0)
		return tt_check_wrong(t, "classes that cannot be");
	*w = (struct tt_check_word){.number = *classes, .known = true};
	return 0;
}

/* The counts of a source that have no table of their own. */
static int
take_extent(const struct tt_check *t, const struct tt_count *count, uint32_t *classes)
{
	int64_t answers = tt_check_int(t, TT_SOURCES_BACKSCATTER_PACKETS);
	int64_t targets = tt_check_int(t, TT_SOURCES_TARGETS);
	int64_t seen_before = tt_check_int(t, TT_SOURCES_SEEN_BEFORE);
	int64_t asn = tt_check_int(t, TT_SOURCES_ASN);

	if (answers < 0 || (uint64_t)answers > count->packets || targets < 1
			|| (uint64_t)targets > count->packets)
		return tt_check_wrong(t, "a count that cannot be");
	if (seen_before < -1 || seen_before > 1 || asn < 0 || asn > UINT32_MAX)
		return tt_check_wrong(t, "seen_before or asn that cannot be");
	if (take_classes(t, classes) != 0)
		return -EBADMSG;
	t->sums->sources_returning += seen_before == 1;
	return check_destinations(t, count->packets);
}

static void
sum_source(const struct tt_check *t, struct tt_addr src, uint16_t country)
{
	struct tt_sums *s = t->sums;

	s->source_rows++;
	tt_sketch_add(s->source_sketch, TT_SKETCH_P_ALL, tt_sketch_hash(src));
	tt_match_add(&s->match[TT_MATCH_COUNTRY_SOURCES][0], country, 0, 0,
			(uint64_t)t->m->sources_one_in);
	tt_match_add(&s->match[TT_MATCH_VICTIMS][0], src.hi, src.lo, country,
			(uint64_t)tt_check_int(t, TT_SOURCES_BACKSCATTER_PACKETS));
}

/* What pairs and contacts must agree with. */
static void
sum_pairs_of(const struct tt_check *t, struct tt_addr src, uint16_t country,
		struct tt_count count, uint32_t classes)
{
	uint64_t(*match)[2] = t->sums->match;

	tt_match_add(&match[TT_MATCH_CONTACT_SOURCES][1], src.hi, src.lo, 0,
			(uint64_t)tt_check_int(t, TT_SOURCES_DESTINATIONS));
	if (!tt_check_in_sample(t->m, src, t->m->pair_rows_one_in))
		return;
	tt_match_source(&match[TT_MATCH_PAIR_SOURCES][1], src, count,
			(uint64_t)tt_check_int(t, TT_SOURCES_BACKSCATTER_PACKETS),
			(uint64_t)tt_check_int(t, TT_SOURCES_TARGETS), classes);
	tt_match_add(&match[TT_MATCH_PAIR_SOURCE_COUNTRY][1], src.hi, src.lo, country, 1);
}

int
tt_check_source_row(struct tt_check *t)
{
	struct tt_sums *s = t->sums;
	struct tt_count count;
	struct tt_addr src;
	uint16_t country;
	uint32_t classes;

	/* By class there is nothing to add up: a source has several. */
	if (tt_check_addr(t, TT_SOURCES_SRC_IP, &src) != 0
			|| tt_check_country(t, TT_SOURCES_COUNTRY, false, &country) != 0
			|| tt_check_count(t, TT_SOURCES_PACKETS, TT_CLASS_OTHER, &count)
					!= 0
			|| take_extent(t, &count, &classes) != 0
			|| tt_check_times(t, TT_SOURCES_FIRST_SEEN) != 0
			|| tt_check_order(t, (uint64_t[]){src.hi, src.lo}, 2) != 0
			|| take_rules(t, src) != 0
			|| tt_check_add(t, &s->source_backscatter,
					   TT_SOURCES_BACKSCATTER_PACKETS)
					!= 0
			|| tt_check_add(t, &s->source_targets, TT_SOURCES_TARGETS) != 0
			|| tt_check_add(t, &s->source_destinations,
					   TT_SOURCES_DESTINATIONS)
					!= 0)
		return -EBADMSG;
	sum_source(t, src, country);
	sum_pairs_of(t, src, country, count, classes);
	return 0;
}

static void
sum_victim(const struct tt_check *t, struct tt_addr src, enum tt_class class,
		const struct tt_target *attacked, struct tt_count count)
{
	uint64_t(*match)[2] = t->sums->match;
	uint64_t service = tt_target_key_make(*attacked, (enum tt_class)0);

	if (class <= TT_CLASS_UDP)
		tt_match_add(&match[TT_MATCH_VICTIM_SOURCES][0], class, service, 0,
				(uint64_t)t->m->sources_one_in);
	if (tt_check_in_sample(t->m, src, t->m->pair_rows_one_in))
		tt_match_count(&match[TT_MATCH_PAIR_VICTIMS][1],
				tt_match_victim(src, class), service, count);
}

int
tt_check_victim_row(struct tt_check *t)
{
	struct tt_target attacked;
	struct tt_count count;
	enum tt_class class;
	struct tt_addr src;
	uint16_t country;

	if (tt_check_addr(t, TT_VICTIMS_SRC_IP, &src) != 0
			|| tt_check_country(t, TT_VICTIMS_COUNTRY, false, &country) != 0
			|| tt_check_target(t, TT_VICTIMS_ATTACKED_PROTOCOL, true,
					   &attacked)
					!= 0
			|| tt_check_class(t, TT_VICTIMS_CLASS, &class) != 0
			|| tt_check_count(t, TT_VICTIMS_PACKETS, class, &count) != 0
			|| tt_check_times(t, TT_VICTIMS_FIRST_SEEN) != 0)
		return -EBADMSG;
	tt_match_add(&t->sums->match[TT_MATCH_VICTIMS][1], src.hi, src.lo, country,
			count.packets);
	sum_victim(t, src, class, &attacked, count);
	return tt_check_order(t,
			(uint64_t[]){src.hi, src.lo,
					tt_target_key_make(attacked, (enum tt_class)0),
					class},
			4);
}

int
tt_check_rule_row(struct tt_check *t)
{
	struct tt_sums *s = t->sums;
	const char *id = tt_check_text(t, TT_FINGERPRINT_RULES_FINGERPRINT);
	struct tt_rule_sums *r = &s->rule_sums[s->n_rules];
	int64_t one_in = t->m->sources_one_in;

	if (s->n_rules == TT_FINGERPRINTS_MAX || *id == '\0'
			|| strlen(id) > TT_FINGERPRINT_ID_MAX)
		return tt_check_wrong(t, "a fingerprint that cannot be");
	for (unsigned i = 0; i < s->n_rules; i++)
		if (strcmp(s->rules[i], id) == 0)
			return tt_check_wrong(t, "a fingerprint that is there twice");
	r->judge.source_packets = (uint32_t)tt_check_int(
			t, TT_FINGERPRINT_RULES_SOURCE_PACKETS);
	r->judge.source_percent = (uint32_t)tt_check_int(
			t, TT_FINGERPRINT_RULES_SOURCE_PERCENT);
	snprintf(s->rules[s->n_rules++], sizeof(s->rules[0]), "%s", id);
	if (tt_check_add(t, &r->tested, TT_FINGERPRINT_RULES_TESTED) != 0
			|| tt_check_add(t, &r->matched, TT_FINGERPRINT_RULES_MATCHED) != 0
			|| tt_check_add(t, &r->sources, TT_FINGERPRINT_RULES_SOURCES) != 0
			|| tt_check_add(t, &r->carriers, TT_FINGERPRINT_RULES_CARRIERS)
					!= 0
			|| tt_check_add(t, &r->carrier_packets,
					   TT_FINGERPRINT_RULES_CARRIER_PACKETS)
					!= 0)
		return -EBADMSG;
	if (r->matched > r->tested || r->carriers > r->sources
			|| tt_check_int(t, TT_FINGERPRINT_RULES_CHANCE_ONE_IN) < 1
			|| tt_check_int(t, TT_FINGERPRINT_RULES_SOURCE_PACKETS) < 1
			|| r->judge.source_percent < 1 || r->judge.source_percent > 100)
		return tt_check_wrong(t, "a count that cannot be");
	return tt_check_uniques(t, TT_FINGERPRINT_RULES_SOURCES,
			TT_FINGERPRINT_RULES_SOURCES_STDERR, one_in,
			(uint64_t)r->matched);
}

static void
sum_fingerprint(const struct tt_check *t, uint64_t key, unsigned rule,
		struct tt_count count)
{
	uint64_t *side = &t->sums->match[TT_MATCH_PAIR_FINGERPRINTS][1];

	tt_match_count(side, key, rule, count);
	tt_match_add(side, key, rule, 2,
			(uint64_t)tt_check_int(t, TT_FINGERPRINTS_UNIQ_SRC_IP));
}

int
tt_check_fingerprint_row(struct tt_check *t)
{
	const char *class_name = tt_check_text(t, TT_FINGERPRINTS_CLASS);
	bool rest = *class_name == '\0';
	struct tt_target target;
	enum tt_class class = TT_CLASS_OTHER;
	struct tt_count count;
	uint64_t key = 0;
	unsigned rule;
	int ret = tt_check_rule(t, TT_FINGERPRINTS_FINGERPRINT, &rule);

	if (ret != 0)
		return ret == -ENOENT ? 0 : ret;
	if (tt_check_target(t, TT_FINGERPRINTS_PROTOCOL, rest, &target) != 0
			|| (!rest
					&& tt_check_class(t, TT_FINGERPRINTS_CLASS,
							   &class)
							!= 0)
			|| (!rest && tt_check_class_fits(t, &target, class) != 0)
			|| tt_check_count(t, TT_FINGERPRINTS_PACKETS, class, &count) != 0
			|| tt_check_add(t, &t->sums->rule_sums[rule].packets,
					   TT_FINGERPRINTS_PACKETS)
					!= 0)
		return -EBADMSG;
	if (rest && target.protocol != 0)
		return tt_check_wrong(t, "a target without a class");
	if (!rest) {
		key = tt_target_key_make(target, class);
		sum_fingerprint(t, key, rule, count);
	}
	if (tt_check_order(t, (uint64_t[]){rule, rest, key}, 3) != 0)
		return -EBADMSG;
	return tt_check_uniques(t, TT_FINGERPRINTS_UNIQ_SRC_IP,
			TT_FINGERPRINTS_UNIQ_SRC_IP_STDERR, t->m->sources_one_in,
			count.packets);
}

int
tt_check_source_fingerprint_row(struct tt_check *t)
{
	int64_t packets = tt_check_int(t, TT_SOURCE_FINGERPRINTS_PACKETS);
	int64_t tested = tt_check_int(t, TT_SOURCE_FINGERPRINTS_TESTED);
	struct tt_rule_sums *r;
	struct tt_addr src;
	unsigned rule;
	bool carried;
	int ret = tt_check_rule(t, TT_SOURCE_FINGERPRINTS_FINGERPRINT, &rule);

	if (ret != 0)
		return ret == -ENOENT ? 0 : ret;
	r = &t->sums->rule_sums[rule];
	if (tt_check_addr(t, TT_SOURCE_FINGERPRINTS_SRC_IP, &src) != 0
			|| tt_check_flag(t, TT_SOURCE_FINGERPRINTS_CARRIED, &carried) != 0
			|| tt_check_order(t, (uint64_t[]){src.hi, src.lo, rule}, 3) != 0
			|| tt_check_add(t, &r->source_packets,
					   TT_SOURCE_FINGERPRINTS_PACKETS)
					!= 0
			|| tt_check_add(t, &r->source_tested,
					   TT_SOURCE_FINGERPRINTS_TESTED)
					!= 0)
		return -EBADMSG;
	if (packets < 1 || packets > tested)
		return tt_check_wrong(t, "a count that cannot be");
	if (carried
			!= tt_fingerprint_judge(
					&r->judge, (uint64_t)packets, (uint64_t)tested))
		return tt_check_wrong(t, "carried is not as the rule judges");
	if (tt_check_in_sample(t->m, src, t->m->pair_rows_one_in)) {
		uint64_t *side = &t->sums->match[TT_MATCH_PAIR_CARRIERS][1];

		tt_match_add(side, src.hi, src.lo, rule << 1, (uint64_t)packets);
		tt_match_add(side, src.hi, src.lo, rule << 1 | 1, (uint64_t)tested);
	}
	r->source_rows++;
	if (carried) {
		r->carried_rows++;
		r->carried_packets += packets;
		tt_match_add(&t->sums->match[TT_MATCH_FINGERPRINTS][1], src.hi, src.lo,
				rule, 1);
	}
	return 0;
}
