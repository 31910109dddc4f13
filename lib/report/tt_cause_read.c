/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables of a snapshot, as far as they tell of the targets that are asked for. */
#include "tt_cause_read.h"
#include "tt_cause.h"
#include "tt_time.h"

#include <errno.h>

#define HOUR_US (INT64_C(3600) * TT_US_PER_S)
#define DAY_US  (24 * HOUR_US)

/* Adds to a table of counts; slice: of its own. */
static int
count(const struct tt_cause_place *p, struct tt_counts *counts,
		const struct tt_cause_count *key, size_t slice, int64_t packets,
		struct tt_error *err)
{
	if (packets < 0)
		return tt_error_set(err, -EBADMSG, p->path, "a negative count");
	if (packets == 0)
		return 0;
	if (tt_counts_add(counts, key, p->span, slice, (uint64_t)packets) == NULL)
		return tt_cause_no_memory(p, err);
	return 0;
}

/* The slice of a day; none where the packets are of more than one. */
static size_t
day_of(const struct tt_cause_place *p)
{
	return p->torn ? SIZE_MAX : p->day;
}

/* Are some of a target's packets of IPv6, and do not count? */
static bool
has_ipv6(const struct tt_cause_place *p, uint32_t of)
{
	return tt_cause_ipv6_without(p->ipv6, of, INT64_MAX) != INT64_MAX;
}

/* Of a row of targets; 0: the row has several. */
static uint16_t
country_of(uint64_t country)
{
	return country == tt_cause_country("**") ? 0 : (uint16_t)country;
}

static int
take_target(void *context, const struct tt_picked *row, struct tt_error *err)
{
	const struct tt_cause_place *p = context;
	struct tt_cause *c = p->cause;
	struct tt_cause_target *t = &c->found[row->of];
	const bool answer = tt_picked_int(row, TT_TARGETS_BACKSCATTER) != 0;
	const struct tt_cause_count key = {.of = row->of,
			.lo = tt_cause_country(tt_picked_text(row, TT_TARGETS_COUNTRY))};
	int64_t packets = tt_picked_int(row, TT_TARGETS_PACKETS);
	int64_t sources = tt_picked_int(row, TT_TARGETS_UNIQ_SRC_IP_TARGET);
	int ret;

	packets -= tt_cause_ipv6_take(
			p->ipv6, row->of, (uint16_t)key.lo, answer, packets);
	ret = count(p, &c->countries, &key, p->torn ? SIZE_MAX : p->slice, packets, err);
	if (ret != 0)
		return ret;
	if (packets > 0
			&& tt_source_set_packets(&c->sources, row->of, country_of(key.lo),
					   (uint64_t)packets,
					   sources < 0 ? 0 : (uint64_t)sources,
					   has_ipv6(p, row->of))
					!= 0)
		return tt_cause_no_memory(p, err);
	t->packets[p->span] += (uint64_t)packets;
	if (answer)
		t->backscatter[p->span] += (uint64_t)packets;
	if (!p->torn)
		c->series[p->span][row->of * c->n_slices[p->span] + p->slice] +=
				(uint64_t)packets;
	return 0;
}

static int
take_port(void *context, const struct tt_picked *row, struct tt_error *err)
{
	const struct tt_cause_place *p = context;
	int64_t port = tt_picked_int(row, TT_SOURCE_PORTS_SOURCE_PORT);
	const struct tt_cause_count key = {.of = row->of, .lo = (uint64_t)port};

	if (port < 0)
		return 0; /* all the others */
	return count(p, &p->cause->ports, &key, day_of(p),
			tt_cause_ipv6_without(p->ipv6, row->of,
					tt_picked_int(row, TT_SOURCE_PORTS_PACKETS)),
			err);
}

static int
take_talker(void *context, const struct tt_picked *row, struct tt_error *err)
{
	struct tt_cause_place *p = context;
	const char *text = tt_picked_text(row, TT_TALKERS_SRC_IP);
	int64_t packets = tt_picked_int(row, TT_TALKERS_PACKETS);
	struct tt_cause_count key = {.of = row->of};
	struct tt_addr address;
	int ret;

	if (text[0] == '*')
		return 0; /* all the others */
	if (tt_addr_parse(text, &address) != 0)
		return tt_cause_bad_address(p, text, err);
	if (tt_cause_is_left_out(p, address))
		return 0;
	if (tt_cause_sources_name(p, row->of, address, packets) != 0)
		return tt_cause_no_memory(p, err);
	key.hi = address.hi;
	key.lo = address.lo;
	ret = count(p, &p->cause->addresses, &key, day_of(p), packets, err);
	if (ret == 0)
		tt_cause_sources_tell(p, row->of, address,
				tt_source_set_sole_country(&p->cause->sources, row->of));
	return ret;
}

/* The number of a rule by its id; -1: out of memory. */
static int
rule_of(struct tt_cause *c, const char *id)
{
	char(*more)[64];

	for (size_t i = 0; i < c->n_rules; i++)
		if (strcmp(c->rules[i], id) == 0)
			return (int)i;
	if (c->n_rules == TT_CAUSE_RULES_MAX)
		return TT_CAUSE_RULES_MAX;
	more = reallocarray(c->rules, c->n_rules + 1, sizeof(*more));
	if (more == NULL)
		return -1;
	c->rules = more;
	snprintf(more[c->n_rules], sizeof(*more), "%s", id);
	return (int)c->n_rules++;
}

static int
take_fingerprint(void *context, const struct tt_picked *row, struct tt_error *err)
{
	const struct tt_cause_place *p = context;
	int rule = rule_of(p->cause, tt_picked_text(row, TT_FINGERPRINTS_FINGERPRINT));
	const struct tt_cause_count key = {.of = row->of, .lo = (uint64_t)rule};

	if (rule < 0)
		return tt_cause_no_memory(p, err);
	if (rule == TT_CAUSE_RULES_MAX)
		return 0; /* of rules that nobody has so many of */
	return count(p, &p->cause->fingerprints, &key, day_of(p),
			tt_cause_ipv6_without(p->ipv6, row->of,
					tt_picked_int(row, TT_FINGERPRINTS_PACKETS)),
			err);
}

static int
take_victim(void *context, const struct tt_picked *row, struct tt_error *err)
{
	const struct tt_cause_place *p = context;
	const char *text = tt_picked_text(row, TT_VICTIMS_SRC_IP);
	const char *class_name = tt_picked_text(row, TT_VICTIMS_CLASS);
	const char *protocol_name = tt_picked_text(row, TT_VICTIMS_ATTACKED_PROTOCOL);
	struct tt_cause_count key = {
			.tag = tt_cause_country(tt_picked_text(row, TT_VICTIMS_COUNTRY))};
	struct tt_addr address;
	enum tt_class class;
	uint8_t protocol = 0;

	if (tt_addr_parse(text, &address) != 0)
		return tt_cause_bad_address(p, text, err);
	if (tt_cause_is_left_out(p, address))
		return 0;
	if (tt_class_parse(class_name, &class) != 0
			|| (protocol_name[0] != '\0'
					&& tt_protocol_parse(protocol_name, &protocol)
							!= 0))
		return tt_error_set(err, -EBADMSG, p->path, "victims: no such service");
	key.hi = address.hi;
	key.lo = address.lo;
	key.of = tt_cause_service(protocol,
			(int32_t)tt_picked_int(row, TT_VICTIMS_ATTACKED_TARGET), class);
	return count(p, &p->cause->victims, &key, day_of(p),
			tt_picked_int(row, TT_VICTIMS_PACKETS), err);
}

static const unsigned target_columns[] = {TT_TARGETS_BACKSCATTER, TT_TARGETS_COUNTRY,
		TT_TARGETS_PACKETS, TT_TARGETS_UNIQ_SRC_IP_TARGET};
static const unsigned port_columns[] = {
		TT_SOURCE_PORTS_SOURCE_PORT, TT_SOURCE_PORTS_PACKETS};
static const unsigned talker_columns[] = {TT_TALKERS_SRC_IP, TT_TALKERS_PACKETS};
static const unsigned fingerprint_columns[] = {
		TT_FINGERPRINTS_FINGERPRINT, TT_FINGERPRINTS_PACKETS};
static const unsigned pair_columns[] = {
		TT_PAIRS_SRC_IP, TT_PAIRS_COUNTRY, TT_PAIRS_SAMPLE_BITS};
static const unsigned victim_columns[] = {TT_VICTIMS_SRC_IP, TT_VICTIMS_COUNTRY,
		TT_VICTIMS_ATTACKED_PROTOCOL, TT_VICTIMS_ATTACKED_TARGET,
		TT_VICTIMS_CLASS, TT_VICTIMS_PACKETS};
static const unsigned source_columns[] = {TT_SOURCES_SRC_IP, TT_SOURCES_COUNTRY};
static const unsigned sketch_columns[] = {TT_SKETCHES_KEY, TT_SKETCHES_PRECISION,
		TT_SKETCHES_REGISTER, TT_SKETCHES_RHO};

#define COLUMNS(of) of, TT_ARRAY_SIZE(of)

static const struct tt_pick picks[] = {
		{TT_TABLE_TARGETS, TT_TARGETS_PROTOCOL, TT_TARGETS_TARGET,
				COLUMNS(target_columns), NULL, take_target, NULL},
		{TT_TABLE_SOURCE_PORTS, TT_SOURCE_PORTS_PROTOCOL, TT_SOURCE_PORTS_TARGET,
				COLUMNS(port_columns), NULL, take_port, NULL},
		{TT_TABLE_TALKERS, TT_TALKERS_PROTOCOL, TT_TALKERS_TARGET,
				COLUMNS(talker_columns), NULL, take_talker, NULL},
		{TT_TABLE_FINGERPRINTS, TT_FINGERPRINTS_PROTOCOL, TT_FINGERPRINTS_TARGET,
				COLUMNS(fingerprint_columns), NULL, take_fingerprint,
				NULL},
		{TT_TABLE_PAIRS, TT_PAIRS_PROTOCOL, TT_PAIRS_TARGET,
				COLUMNS(pair_columns), NULL, tt_cause_take_pair, NULL},
		{TT_TABLE_VICTIMS, 0, 0, COLUMNS(victim_columns), NULL, take_victim,
				NULL},
		{TT_TABLE_SOURCES, 0, 0, COLUMNS(source_columns), NULL,
				tt_cause_take_source, NULL},
		{TT_TABLE_SKETCHES, 0, 0, COLUMNS(sketch_columns), NULL,
				tt_cause_take_register, NULL},
};

/* Only of a span are its victims wanted, and sketches where pairs lacks sources. */
static bool
is_wanted(const struct tt_cause_place *p, const struct tt_pick *pick)
{
	if (pick->table == TT_TABLE_VICTIMS)
		return p->cause->options.victims && p->span == TT_CAUSE_NOW;
	if (pick->table == TT_TABLE_SKETCHES && !p->sketched)
		return false;
	if (pick->table == TT_TABLE_SOURCES && !p->finer)
		return false;
	return p->cause->targets.n > 0;
}

/* Are all tables that will be read what the manifest says? */
static int
check(const struct tt_cause_place *p, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < TT_ARRAY_SIZE(picks); i++)
		if (is_wanted(p, &picks[i]))
			ret = tt_snapshot_check_file(snapshot, picks[i].table, err);
	return ret;
}

static int
take_tables(struct tt_cause_place *p, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < TT_ARRAY_SIZE(picks); i++) {
		struct tt_pick pick = picks[i];

		if (!is_wanted(p, &pick))
			continue;
		pick.context = p;
		pick.set = pick.target != 0 ? &p->cause->targets : NULL;
		ret = tt_pick_rows(snapshot, &pick, err);
	}
	return ret;
}

/* Notes the slices that a snapshot has some of. */
static void
cover(const struct tt_cause_place *p, const struct tt_manifest *m)
{
	struct tt_cause *c = p->cause;
	int64_t from_us = c->origin_us[p->span];
	size_t last = m->end_us > m->start_us
			? (size_t)((m->end_us - 1 - from_us) / c->slice_us)
			: p->slice;
	uint8_t how = p->torn ? TT_CAUSE_TORN : TT_CAUSE_COVERED;

	for (size_t i = p->slice; i <= last; i++)
		if (c->covered[p->span][i] < how)
			c->covered[p->span][i] = how;
}

static void
add_exposure(const struct tt_cause_place *p, const struct tt_manifest *m)
{
	struct tt_cause *c = p->cause;
	struct tt_address_time time = {m->ipv4_us};

	if (c->options.per_sensor || !c->options.of_ipv4)
		time = c->options.per_sensor ? tt_address_time_of(p->observed.us, 1)
					     : tt_address_time_of(m->observed_us,
							     m->monitored_addresses);

	c->snapshots[p->span]++;
	cover(p, m);
	tt_address_time_join(&c->address_time[p->span], time);
	if (!p->torn) {
		tt_address_time_join(&c->exposures[p->span][p->slice], time);
		tt_address_time_join(&c->days[p->span][p->day], time);
	}
	c->coarse = c->coarse || m->end_us - m->start_us > HOUR_US;
}

/* Finds where it is in a span. Returns false where that does not have it as a whole. */
static bool
find_place(const struct tt_cause *c, const struct tt_manifest *m,
		struct tt_cause_place *p)
{
	int64_t from_us = c->origin_us[p->span];
	int64_t last_us = m->end_us > m->start_us ? m->end_us - 1 : m->start_us;

	if (m->start_us < c->options.from_us[p->span]
			|| m->end_us > c->options.to_us[p->span]
			|| m->start_us >= c->options.to_us[p->span])
		return false;
	p->slice = (size_t)((m->start_us - from_us) / c->slice_us);
	p->day = (size_t)((m->start_us - from_us) / DAY_US);
	p->torn = (size_t)((last_us - from_us) / DAY_US) != p->day;
	return true;
}

static int
add_to_span(struct tt_cause_place *p, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	const struct tt_manifest *m = &snapshot->manifest;
	struct tt_cause_ipv6 ipv6 = {0};
	int ret;

	p->sampled = m->pair_rows_one_in > 1;
	p->finer = m->pair_rows_one_in > m->sources_one_in;
	p->sketched = p->sampled && tt_manifest_has_whole_sketches(m);
	ret = check(p, snapshot, err);
	p->without_ipv6 = p->cause->options.of_ipv4 && tt_manifest_tells_ipv6(m);
	if (ret == 0)
		ret = tt_snapshot_observed(snapshot, &p->observed, err);
	if (ret == 0 && p->without_ipv6)
		ret = tt_cause_ipv6_read(&ipv6, snapshot, &p->cause->targets, err);
	if (ret != 0) {
		tt_cause_ipv6_fini(&ipv6);
		return ret;
	}
	p->ipv6 = &ipv6;
	tt_cause_sources_begin(p, m);
	add_exposure(p, m);
	ret = take_tables(p, snapshot, err);
	tt_cause_ipv6_fini(&ipv6);
	p->ipv6 = NULL;
	if (tt_source_set_settle(&p->cause->sources) != 0)
		ret = tt_cause_no_memory(p, err);
	return ret;
}

int
tt_cause_add(struct tt_cause *cause, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct tt_cause_place p = {.cause = cause, .path = snapshot->path};
	int ret = 0;

	/* The spans may have time in common. */
	for (unsigned s = 0; ret == 0 && s < TT_N_CAUSE_SPANS; s++) {
		p.span = (enum tt_cause_span)s;
		if (find_place(cause, &snapshot->manifest, &p))
			ret = add_to_span(&p, snapshot, err);
	}
	return ret;
}
