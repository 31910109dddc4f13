/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of interval, targets, countries and of what is split by target: talkers, source_ports. */
#include "tt_verify.h"

#include <errno.h>
#include <string.h>

static bool
is_as_manifest(const struct tt_check *t)
{
	const struct tt_manifest *m = t->m;

	return tt_check_int(t, TT_INTERVAL_END) == m->end_us
			&& tt_check_int(t, TT_INTERVAL_NOMINAL_S) == m->nominal_s
			&& tt_check_int(t, TT_INTERVAL_OBSERVED_US) == m->observed_us
			&& tt_check_int(t, TT_INTERVAL_GAP_BEFORE_US) == m->gap_before_us
			&& strcmp(tt_check_text(t, TT_INTERVAL_STATUS),
					   tt_manifest_status(m))
			== 0
			&& strcmp(tt_check_text(t, TT_INTERVAL_UNIQUES),
					   tt_manifest_uniques(m))
			== 0
			&& tt_check_int(t, TT_INTERVAL_MONITORED_ADDRESSES)
			== m->monitored_addresses
			&& tt_check_int(t, TT_INTERVAL_FRAMES) == m->frames
			&& tt_check_int(t, TT_INTERVAL_PACKETS) == m->packets
			&& tt_check_int(t, TT_INTERVAL_BYTES) == m->bytes
			&& tt_check_int(t, TT_INTERVAL_BACKSCATTER_PACKETS)
			== m->backscatter_packets
			&& tt_check_int(t, TT_INTERVAL_UNIQ_SRC_IP) == m->uniq_src_ip
			&& tt_check_int(t, TT_INTERVAL_DESTINATIONS) == m->destinations
			&& tt_check_int(t, TT_INTERVAL_TARGETS) == m->targets
			&& tt_check_int(t, TT_INTERVAL_SOURCES_ONE_IN)
			== m->sources_one_in
			&& tt_check_int(t, TT_INTERVAL_CONTACTS_ONE_IN)
			== m->contacts_one_in
			&& tt_check_int(t, TT_INTERVAL_PAIR_ROWS_ONE_IN)
			== m->pair_rows_one_in
			&& tt_check_int(t, TT_INTERVAL_CONTACT_ROWS_ONE_IN)
			== m->contact_rows_one_in;
}

static int
check_signatures(struct tt_check *t)
{
	const struct tt_manifest *m = t->m;
	struct tt_sums *s = t->sums;

	if (tt_check_int(t, TT_INTERVAL_SIGNATURE_PACKETS) != m->signature_packets
			|| tt_check_int(t, TT_INTERVAL_DETECTIONS) != m->detections
			|| tt_check_int(t, TT_INTERVAL_SIGNATURES_CUT_SHORT)
					!= m->signatures_cut_short
			|| tt_check_int(t, TT_INTERVAL_SIGNATURE_SOURCES_ONE_IN)
					!= m->signature_sources_one_in)
		return tt_check_wrong(t, "the manifest says otherwise");
	if (m->signature_packets > m->packets || m->signatures_cut_short > m->packets)
		return tt_check_wrong(t, "a count that cannot be");
	s->sources_detected = tt_check_int(t, TT_INTERVAL_UNIQ_SRC_IP_DETECTED);
	return tt_check_uniques(t, TT_INTERVAL_UNIQ_SRC_IP_DETECTED,
			TT_INTERVAL_UNIQ_SRC_IP_DETECTED_STDERR,
			m->signature_sources_one_in, (uint64_t)m->packets);
}

int
tt_check_interval(struct tt_check *t)
{
	struct tt_sums *s = t->sums;
	int64_t one_in = t->m->sources_one_in;

	if (!is_as_manifest(t))
		return tt_check_wrong(t, "the manifest says otherwise");
	s->returning = tt_check_int(t, TT_INTERVAL_UNIQ_SRC_IP_RETURNING);
	s->returning_one_in = tt_check_int(t, TT_INTERVAL_RETURNING_ONE_IN);
	s->first_time = tt_check_int(t, TT_INTERVAL_TARGETS_FIRST_TIME);
	if (s->first_time < 0 || s->returning_one_in < 1)
		return tt_check_wrong(t, "a count that cannot be");
	if (tt_check_int(t, TT_INTERVAL_RECALL_SINCE) > t->m->start_us)
		return tt_check_wrong(t, "recalls what comes after it");
	if (check_signatures(t) != 0)
		return -EBADMSG;
	if (tt_check_uniques(t, TT_INTERVAL_UNIQ_SRC_IP, TT_INTERVAL_UNIQ_SRC_IP_STDERR,
			    one_in, (uint64_t)t->m->packets)
			!= 0)
		return -EBADMSG;
	if (s->returning_one_in > one_in)
		one_in = s->returning_one_in;
	/* As many as there are, where the sample stands for more. */
	if (s->returning == t->m->uniq_src_ip)
		return tt_check_error(t, TT_INTERVAL_UNIQ_SRC_IP_RETURNING,
				TT_INTERVAL_UNIQ_SRC_IP_RETURNING_STDERR, one_in);
	return tt_check_uniques(t, TT_INTERVAL_UNIQ_SRC_IP_RETURNING,
			TT_INTERVAL_UNIQ_SRC_IP_RETURNING_STDERR, one_in,
			(uint64_t)t->m->uniq_src_ip);
}

/* Counts distinct targets; all rows of one say the same of its first time. */
static int
note_target(struct tt_check *t, const struct tt_target *target)
{
	bool first_time,
			again = t->row > 1 && target->protocol == t->target.protocol
			&& target->number == t->target.number;

	if (tt_check_flag(t, TT_TARGETS_FIRST_TIME, &first_time) != 0)
		return -EBADMSG;
	if (again && first_time != t->first_time)
		return tt_check_wrong(t, "another first_time than the row before");
	t->sums->targets += !again;
	t->sums->targets_first_time += !again && first_time;
	t->target = *target;
	t->first_time = first_time;
	return 0;
}

bool
tt_check_may_be_backscatter(
		const struct tt_target *target, enum tt_class class, bool backscatter)
{
	if (target->protocol == TT_PROTO_TCP)
		return backscatter
				== (class == TT_CLASS_TCP_SYNACK
						|| class == TT_CLASS_TCP_RST);
	return !backscatter
			|| (class != TT_CLASS_OTHER
					&& class != TT_CLASS_ICMP_ECHO_REQUEST);
}

struct target_row {
	struct tt_target target;
	enum tt_class class;
	bool backscatter;
	uint16_t country;
	struct tt_count count;
};

static int
take_target_row(struct tt_check *t, struct target_row *r)
{
	if (tt_check_target(t, TT_TARGETS_PROTOCOL, false, &r->target) != 0
			|| tt_check_class(t, TT_TARGETS_CLASS, &r->class) != 0
			|| tt_check_class_fits(t, &r->target, r->class) != 0
			|| tt_check_code(t, TT_TARGETS_CODE, r->class, &r->target) != 0
			|| tt_check_flag(t, TT_TARGETS_BACKSCATTER, &r->backscatter) != 0
			|| tt_check_country(t, TT_TARGETS_COUNTRY, true, &r->country) != 0
			|| tt_check_count(t, TT_TARGETS_PACKETS, r->class, &r->count)
					!= 0)
		return -EBADMSG;
	if (!tt_check_may_be_backscatter(&r->target, r->class, r->backscatter))
		return tt_check_wrong(t, "backscatter that its class cannot be");
	return 0;
}

/* What other tables must agree with. */
static void
sum_target_row(struct tt_sums *s, const struct target_row *r)
{
	uint64_t protocol = r->target.protocol, class = r->class;
	struct tt_target target = {r->target.protocol, r->target.number, 0};
	uint64_t key = tt_target_key_make(target, r->class);

	if (r->backscatter) {
		s->answers[class].packets += r->count.packets;
		s->answers[class].bytes += r->count.bytes;
	}
	if (r->country == TT_COUNTRY_REST)
		s->country_rest = true;
	tt_match_add(&s->match[TT_MATCH_TALKERS][0], key, 0, 0, r->count.packets);
	if (r->class <= TT_CLASS_UDP)
		tt_match_add(&s->match[TT_MATCH_SOURCE_PORTS][0], key, 0, 0,
				r->count.packets);
	tt_match_count(&s->match[TT_MATCH_COUNTRIES][0], r->country,
			class << 1 | r->backscatter, r->count);
	tt_match_count(&s->match[TT_MATCH_PROTOCOLS][0], protocol, class, r->count);
}

/* What pairs must agree with. */
static void
sum_target_sources(struct tt_sums *s, const struct target_row *r, uint64_t uniques,
		uint64_t uniques_target)
{
	uint64_t *side = &s->match[TT_MATCH_PAIR_TARGETS][1];
	uint64_t key = tt_target_key_make(r->target, r->class);
	uint64_t of = (uint64_t)r->country << 1 | r->backscatter;

	tt_match_count(side, key, of, r->count);
	tt_match_add(side, key, of, 2, uniques);
	tt_match_add(side, key, of, 3, uniques_target);
}

int
tt_check_target_row(struct tt_check *t)
{
	int64_t one_in = t->m->sources_one_in;
	int64_t uniques = tt_check_int(t, TT_TARGETS_UNIQ_SRC_IP);
	int64_t uniques_target = tt_check_int(t, TT_TARGETS_UNIQ_SRC_IP_TARGET);
	struct target_row r;
	uint64_t key[3];

	if (take_target_row(t, &r) != 0 || note_target(t, &r.target) != 0)
		return -EBADMSG;
	key[0] = tt_target_key_make(r.target, r.class);
	key[1] = r.backscatter;
	key[2] = r.country;
	if (tt_check_order(t, key, 3) != 0
			|| tt_check_uniques(t, TT_TARGETS_UNIQ_SRC_IP,
					   TT_TARGETS_UNIQ_SRC_IP_STDERR, one_in,
					   r.count.packets)
					!= 0)
		return -EBADMSG;
	if (uniques_target > uniques || uniques_target % one_in != 0
			|| (r.country == TT_COUNTRY_REST && uniques != 0))
		return tt_check_wrong(t, "unique counts that cannot be");
	sum_target_row(t->sums, &r);
	sum_target_sources(t->sums, &r, (uint64_t)uniques, (uint64_t)uniques_target);
	return tt_check_add(t, &t->sums->target_sources, TT_TARGETS_UNIQ_SRC_IP_TARGET);
}

int
tt_check_country_row(struct tt_check *t)
{
	struct tt_sums *s = t->sums;
	int64_t one_in = t->m->sources_one_in;
	int64_t uniques = tt_check_int(t, TT_COUNTRIES_UNIQ_SRC_IP_COUNTRY);
	struct tt_count count;
	enum tt_class class;
	uint16_t country;
	bool backscatter;

	if (tt_check_country(t, TT_COUNTRIES_COUNTRY, false, &country) != 0
			|| tt_check_class(t, TT_COUNTRIES_CLASS, &class) != 0
			|| tt_check_flag(t, TT_COUNTRIES_BACKSCATTER, &backscatter) != 0
			|| tt_check_count(t, TT_COUNTRIES_PACKETS, class, &count) != 0
			|| tt_check_order(t, (uint64_t[]){country, class, backscatter}, 3)
					!= 0
			|| tt_check_uniques(t, TT_COUNTRIES_UNIQ_SRC_IP,
					   TT_COUNTRIES_UNIQ_SRC_IP_STDERR, one_in,
					   count.packets)
					!= 0)
		return -EBADMSG;
	if (uniques > tt_check_int(t, TT_COUNTRIES_UNIQ_SRC_IP) || uniques % one_in != 0)
		return tt_check_wrong(t, "unique counts that cannot be");
	tt_match_count(&s->match[TT_MATCH_COUNTRIES][1], country,
			(uint64_t) class << 1 | backscatter, count);
	tt_match_add(&s->match[TT_MATCH_COUNTRY_SOURCES][1], country, 0, 0,
			(uint64_t)uniques);
	tt_match_add(&s->match[TT_MATCH_PAIR_COUNTRIES][1], country,
			(uint64_t) class << 1 | backscatter, 0,
			(uint64_t)tt_check_int(t, TT_COUNTRIES_UNIQ_SRC_IP));
	tt_match_add(&s->match[TT_MATCH_PAIR_OWN_COUNTRIES][1], country,
			(uint64_t) class << 1 | backscatter, 0, (uint64_t)uniques);
	return tt_check_add(t, &s->country_sources, TT_COUNTRIES_UNIQ_SRC_IP_COUNTRY);
}

/* What talkers and source_ports have in common: a target and class, and packets of a part. */
static int
take_part(struct tt_check *t, enum tt_match match, uint64_t *key, struct tt_count *count)
{
	static const unsigned columns[TT_N_TABLES] = {
			[TT_TABLE_TALKERS] = TT_TALKERS_PROTOCOL,
			[TT_TABLE_SOURCE_PORTS] = TT_SOURCE_PORTS_PROTOCOL,
	};
	unsigned column = columns[t->table];
	struct tt_target target;
	enum tt_class class;

	if (tt_check_target(t, column, false, &target) != 0
			|| tt_check_class(t, column + 2, &class) != 0
			|| tt_check_class_fits(t, &target, class) != 0
			|| tt_check_packets(t, column + 4, class, count) != 0)
		return -EBADMSG;
	*key = tt_target_key_make(target, class);
	tt_match_add(&t->sums->match[match][1], *key, 0, 0, count->packets);
	return 0;
}

int
tt_check_talker_row(struct tt_check *t)
{
	bool rest = strcmp(tt_check_text(t, TT_TALKERS_SRC_IP), "*") == 0;
	struct tt_addr src = {0};
	struct tt_count count;
	uint64_t key;

	if (take_part(t, TT_MATCH_TALKERS, &key, &count) != 0
			|| (!rest && tt_check_addr(t, TT_TALKERS_SRC_IP, &src) != 0))
		return -EBADMSG;
	return tt_check_order(
			t, (uint64_t[]){key, rest, ~count.packets, src.hi, src.lo}, 5);
}

int
tt_check_source_port_row(struct tt_check *t)
{
	int64_t port = tt_check_int(t, TT_SOURCE_PORTS_SOURCE_PORT);
	struct tt_count count;
	uint64_t key;

	if (take_part(t, TT_MATCH_SOURCE_PORTS, &key, &count) != 0)
		return -EBADMSG;
	if (port < -1 || port > UINT16_MAX || tt_target_key_class(key) > TT_CLASS_UDP)
		return tt_check_wrong(t, "a source port that cannot be");
	return tt_check_order(t,
			(uint64_t[]){key, port < 0, ~count.packets, (uint64_t)port}, 4);
}
