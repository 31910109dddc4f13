/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of every table against plain counting, while nothing is full. */
#include "merge_bed.h"

static struct traffic traffic;
static struct output *whole; /* of one tally, all rows */

#define FOR_ROWS(kind, r)                                       \
	for (__typeof__(whole->kind.rows) r = whole->kind.rows; \
			r < whole->kind.rows + whole->kind.n; r++)

static int
make_whole(void **state)
{
	int ret = open_bed(2);

	if (ret != 0)
		return ret;
	traffic = draw_traffic(&(struct traffic_config){3000, 60, 6, 9});
	whole = merge_over(&(struct run){&traffic, 3});
	return whole->target.n > 10 && whole->victim.n > 10 ? 0 : -1;
}

static int
free_whole(void **state)
{
	free_output(whole);
	free_traffic(&traffic);
	return close_bed(state);
}

static bool
is_of_target_row(const struct traffic *t, unsigned i, const void *what)
{
	const struct tt_target_row *r = what;

	return tt_target_key_of(&t->packets[i]) == tt_target_key_make(r->target, r->class)
			&& tt_detail_backscatter(t->details[i]) == r->backscatter
			&& tt_geo_country(geo, t->packets[i].src) == r->country;
}

static void
target_rows_agree_with_plain_counting(void **state)
{
	uint64_t packets = 0, targets = 0;

	FOR_ROWS(target, r)
	{
		struct answer a = ask(&traffic, is_of_target_row, r);
		uint64_t of_target = 0;

		assert_int_equal(r->count.packets, a.count.packets);
		assert_int_equal(r->count.bytes, a.count.bytes);
		assert_int_equal(r->uniq_src_ip, a.sources);
		assert_true(r->first);
		packets += r->count.packets;
		if (r > whole->target.rows && same_target(r[-1].target, r->target))
			continue;
		targets++;
		FOR_ROWS(target, k)
		of_target += same_target(k->target, r->target) ? k->uniq_src_ip_target
							       : 0;
		assert_int_equal(of_target,
				ask(&traffic, is_of_target, &r->target).sources);
	}
	assert_int_equal(packets, traffic.n);
	assert_int_equal(whole->totals.targets, targets);
	assert_int_equal(whole->totals.targets_first, targets);
}

static bool
is_of_country_row(const struct traffic *t, unsigned i, const void *what)
{
	const struct tt_country_row *r = what;

	return tt_geo_country(geo, t->packets[i].src) == r->country
			&& class_at(t, i) == r->class
			&& tt_detail_backscatter(t->details[i]) == r->backscatter;
}

static void
country_rows_agree_with_plain_counting(void **state)
{
	uint64_t packets = 0, sources = 0;

	FOR_ROWS(country, r)
	{
		struct answer a = ask(&traffic, is_of_country_row, r);

		assert_int_equal(r->count.packets, a.count.packets);
		assert_int_equal(r->count.bytes, a.count.bytes);
		assert_int_equal(r->uniq_src_ip, a.sources);
		packets += r->count.packets;
		sources += r->uniq_src_ip_country;
	}
	assert_int_equal(packets, traffic.n);
	assert_int_equal(sources, whole->totals.uniq_src_ip);
}

/* Distinct values of the packets of a source. */
static uint64_t
distinct_of(struct tt_addr src, uint64_t (*value)(unsigned packet))
{
	struct tt_addr *values = malloc(traffic.n * sizeof(*values));
	uint64_t n = 0;

	for (unsigned i = 0; i < traffic.n; i++)
		if (tt_addr_cmp(traffic.packets[i].src, src) == 0)
			values[n++] = (struct tt_addr){.lo = value(i)};
	n = count_distinct(values, n);
	free(values);
	return n;
}

static uint64_t
number_of(unsigned i)
{
	return TT_TARGET_KEY_NUMBER(tt_target_key_of(&traffic.packets[i]));
}

static uint64_t
destination_of(unsigned i)
{
	return tt_contact_key(&destinations, traffic.packets[i].dst, 0);
}

static void
source_rows_agree_with_plain_counting(void **state)
{
	assert_int_equal(whole->source.n, ask(&traffic, any_packet, NULL).sources);
	assert_int_equal(whole->totals.uniq_src_ip, whole->source.n);
	FOR_ROWS(source, r)
	{
		struct answer a = ask(&traffic, is_of_source, &r->src);
		int64_t first = INT64_MAX, last = INT64_MIN;
		uint64_t backscatter = 0, classes = 0;

		for (unsigned i = 0; i < traffic.n; i++) {
			if (tt_addr_cmp(traffic.packets[i].src, r->src) != 0)
				continue;
			first = traffic.times_us[i] < first ? traffic.times_us[i] : first;
			last = traffic.times_us[i] > last ? traffic.times_us[i] : last;
			backscatter += tt_detail_backscatter(traffic.details[i]);
			classes |= 1u << class_at(&traffic, i);
		}
		assert_int_equal(r->country, tt_geo_country(geo, r->src));
		assert_int_equal(r->count.packets, a.count.packets);
		assert_int_equal(r->count.bytes, a.count.bytes);
		assert_int_equal(r->first_us, first);
		assert_int_equal(r->last_us, last);
		assert_int_equal(r->backscatter_packets, backscatter);
		assert_int_equal(r->classes, classes);
		assert_int_equal(r->targets, distinct_of(r->src, number_of));
		assert_int_equal(r->destinations, distinct_of(r->src, destination_of));
	}
}

static bool
is_of_unit_and_class(const struct traffic *t, unsigned i, const void *what)
{
	const struct tt_destination_row *r = what;

	return tt_units_index(&destinations, t->packets[i].dst) == r->unit
			&& class_at(t, i) == r->class;
}

static bool
is_of_unit(const struct traffic *t, unsigned i, const void *what)
{
	return tt_units_index(&destinations, t->packets[i].dst)
			== *(const uint32_t *)what;
}

static void
destination_rows_agree_with_plain_counting(void **state)
{
	uint64_t packets = 0, units = 0, sources = 0;

	FOR_ROWS(destination, r)
	{
		struct answer a = ask(&traffic, is_of_unit_and_class, r);

		assert_int_equal(r->packets, a.count.packets);
		assert_int_equal(r->uniq_src_ip, a.sources);
		packets += r->packets;
		sources += r->uniq_src_ip_destination;
		if (r + 1 < whole->destination.rows + whole->destination.n
				&& r[1].unit == r->unit)
			continue;
		units++;
		assert_int_equal(sources, ask(&traffic, is_of_unit, &r->unit).sources);
		sources = 0;
	}
	assert_int_equal(packets, traffic.n);
	assert_int_equal(whole->totals.uniq_dst_ip, units);
}

static bool
is_of_victim(const struct traffic *t, unsigned i, const void *what)
{
	const struct tt_victim_row *r = what;

	return is_backscatter(t, i, NULL) && class_at(t, i) == r->class
			&& tt_addr_cmp(t->packets[i].src, r->src) == 0
			&& same_target(tt_detail_attacked(t->details[i]), r->attacked);
}

static bool
is_of_backscatter_row(const struct traffic *t, unsigned i, const void *what)
{
	const struct tt_backscatter_row *r = what;
	struct tt_target target = target_at(t, i);

	if (!t->packets[i].has_icmp)
		target.number = -1;
	return is_backscatter(t, i, NULL)
			&& class_at(t, i) == r->class && same_target(target, r->target)
			&& target.code == r->target.code
			&& same_target(tt_detail_attacked(t->details[i]), r->attacked);
}

static void
victims_and_backscatter_agree_with_plain_counting(void **state)
{
	uint64_t all = ask(&traffic, is_backscatter, NULL).count.packets;
	uint64_t victims = 0, packets = 0;

	FOR_ROWS(victim, r)
	{
		assert_int_equal(r->count.packets,
				ask(&traffic, is_of_victim, r).count.packets);
		assert_true(r->first_us <= r->last_us && r->first_us >= START_US);
		victims += r->count.packets;
	}
	FOR_ROWS(backscatter, r)
	{
		struct answer a = ask(&traffic, is_of_backscatter_row, r);

		assert_int_equal(r->count.packets, a.count.packets);
		assert_int_equal(r->count.bytes, a.count.bytes);
		assert_int_equal(r->uniq_src_ip, a.sources);
		packets += r->count.packets;
	}
	assert_int_equal(victims, all);
	assert_int_equal(packets, all);
	assert_int_equal(whole->totals.backscatter_packets, all);
}

struct fingerprint {
	unsigned rule;
	const struct tt_addr *src; /* NULL: of all sources */
	const struct tt_fingerprint_row *row; /* NULL: of all targets */
};

static bool
is_tested(const struct traffic *t, unsigned i, const void *what)
{
	const struct fingerprint *f = what;

	return (tt_detail_tested(t->details[i]) >> f->rule & 1) != 0
			&& (f->src == NULL || is_of_source(t, i, f->src))
			&& (f->row == NULL
					|| (is_of_target(t, i, &f->row->target)
							&& class_at(t, i)
									== f->row->class));
}

static bool
is_matched(const struct traffic *t, unsigned i, const void *what)
{
	const struct fingerprint *f = what;

	return is_tested(t, i, what)
			&& (tt_detail_matched(t->details[i]) >> f->rule & 1) != 0;
}

static void
fingerprint_rows_agree_with_plain_counting(void **state)
{
	uint64_t packets[2] = {0};

	FOR_ROWS(fingerprint, r)
	{
		struct fingerprint f = {r->rule, .row = r};
		struct answer a = ask(&traffic, is_matched, &f);

		assert_false(r->rest);
		assert_int_equal(r->count.packets, a.count.packets);
		assert_int_equal(r->count.bytes, a.count.bytes);
		assert_int_equal(r->uniq_src_ip, a.sources);
		packets[r->rule] += r->count.packets;
	}
	assert_int_equal(whole->rule.n, 2);
	FOR_ROWS(rule, r)
	{
		struct fingerprint f = {r->rule};
		struct answer a = ask(&traffic, is_matched, &f);

		assert_int_equal(packets[r->rule], a.count.packets);
		assert_int_equal(r->matched, a.count.packets);
		assert_int_equal(r->tested, ask(&traffic, is_tested, &f).count.packets);
		assert_int_equal(r->sources, a.sources);
	}
}

static const struct tt_source_row *
source_row(struct tt_addr src)
{
	FOR_ROWS(source, r)
	if (tt_addr_cmp(r->src, src) == 0)
		return r;
	return NULL;
}

static void
sources_are_judged_by_their_packets(void **state)
{
	uint64_t sources[2] = {0}, carriers[2] = {0}, packets[2] = {0};

	FOR_ROWS(source_fingerprint, r)
	{
		struct fingerprint f = {r->rule, .src = &r->src};
		uint64_t matched = ask(&traffic, is_matched, &f).count.packets;
		uint64_t tested = ask(&traffic, is_tested, &f).count.packets;
		bool carried = matched >= r->rule + 1 && matched * 2 >= tested;

		assert_int_equal(r->packets, matched);
		assert_int_equal(r->tested, tested);
		assert_int_equal(r->carried, carried);
		assert_int_equal(
				source_row(r->src)->fingerprints >> r->rule & 1, carried);
		sources[r->rule]++;
		carriers[r->rule] += carried;
		packets[r->rule] += carried ? matched : 0;
	}
	FOR_ROWS(rule, r)
	{
		assert_int_equal(r->sources, sources[r->rule]);
		assert_int_equal(r->carriers, carriers[r->rule]);
		assert_int_equal(r->carrier_packets, packets[r->rule]);
		assert_true(carriers[r->rule] > 0);
	}
}

struct part {
	struct tt_target target;
	enum tt_class class;
	const struct tt_addr *src;
	int32_t src_port;
};

static bool
is_of_part(const struct traffic *t, unsigned i, const void *what)
{
	const struct part *p = what;

	return is_of_target(t, i, &p->target) && class_at(t, i) == p->class
			&& (p->src == NULL || is_of_source(t, i, p->src))
			&& (p->src_port < 0 || t->packets[i].src_port == p->src_port);
}

static void
talkers_agree_with_plain_counting(void **state)
{
	uint64_t packets = 0;

	FOR_ROWS(talker, r)
	{
		struct part p = {r->target, r->class, &r->src, -1};

		assert_false(r->rest);
		assert_int_equal(r->packets, ask(&traffic, is_of_part, &p).count.packets);
		packets += r->packets;
	}
	assert_int_equal(packets, traffic.n);
}

static bool
has_ports(const struct traffic *t, unsigned i, const void *what)
{
	return t->packets[i].has_ports;
}

static void
source_ports_agree_with_plain_counting(void **state)
{
	uint64_t packets = 0;

	FOR_ROWS(source_port, r)
	{
		struct part p = {r->target, r->class, NULL, r->source_port};

		assert_true(r->source_port >= 0);
		assert_int_equal(r->packets, ask(&traffic, is_of_part, &p).count.packets);
		packets += r->packets;
	}
	assert_int_equal(packets, ask(&traffic, has_ports, NULL).count.packets);
}

/* The rows of all that a table of so many per target and class should have. */
#define EXPECT_HEAVIEST(kind, some, most)                                                \
	do {                                                                             \
		size_t at = 0, rank = 0;                                                 \
		uint64_t left = 0;                                                       \
                                                                                         \
		FOR_ROWS(kind, r)                                                        \
		{                                                                        \
			bool first = r == whole->kind.rows                               \
					|| !same_target(r[-1].target, r->target)         \
					|| r[-1].class != r->class;                      \
			bool last = r + 1 == whole->kind.rows + whole->kind.n            \
					|| !same_target(r[1].target, r->target)          \
					|| r[1].class != r->class;                       \
                                                                                         \
			rank = first ? 0 : rank + 1;                                     \
			if (rank < most)                                                 \
				assert_int_equal((some)->kind.rows[at++].packets,        \
						r->packets);                             \
			else                                                             \
				left += r->packets;                                      \
			if (last && left > 0)                                            \
				assert_int_equal((some)->kind.rows[at++].packets, left); \
			left = last ? 0 : left;                                          \
		}                                                                        \
		assert_int_equal(at, (some)->kind.n);                                    \
	} while (0)

static void
what_is_not_among_the_heaviest_is_one_row(void **state)
{
	struct output *some = merge_over(
			&(struct run){&traffic, 3, .talkers = 3, .source_ports = 2});

	EXPECT_HEAVIEST(talker, some, 3);
	EXPECT_HEAVIEST(source_port, some, 2);
	assert_true(some->talker.n < whole->talker.n);
	assert_true(some->source_port.n < whole->source_port.n);
	free_output(some);
}

/* A distribution's packets are those that have what it is a distribution of. */
static void
every_distribution_has_all_its_packets(void **state)
{
	uint64_t sums[TT_N_DISTRIBUTIONS] = {0}, tcp = 0, udp = 0, syn = 0;

	FOR_ROWS(distribution, r)
	sums[r->distribution] += r->count.packets;
	for (unsigned i = 0; i < traffic.n; i++) {
		const struct tt_packet *p = &traffic.packets[i];

		tcp += p->has_ports && p->protocol == TT_PROTO_TCP;
		udp += p->has_ports && p->protocol == TT_PROTO_UDP;
		syn += p->has_tcp && class_at(&traffic, i) == TT_CLASS_TCP_SYN;
	}
	for (unsigned d = 0; d < TT_N_DISTRIBUTIONS; d++) {
		bool flags = d == TT_DIST_TCP_FLAGS || d == TT_DIST_TCP_FLAGS_ALL
				|| d == TT_DIST_TCP_SOURCE_PORT;
		uint64_t expected = flags                      ? tcp
				: d == TT_DIST_UDP_SOURCE_PORT ? udp
				: d == TT_DIST_TCP_WINDOW      ? syn
							       : traffic.n;

		assert_int_equal(sums[d], expected);
	}
}

static bool
is_of_value(const struct traffic *t, unsigned i, const void *what)
{
	const struct tt_distribution_row *r = what;
	const struct tt_packet *p = &t->packets[i];

	if (class_at(t, i) != r->class)
		return false;
	switch (r->distribution) {
	case TT_DIST_TCP_FLAGS:
		return p->has_tcp && p->tcp_flags % 64 == r->value;
	case TT_DIST_TCP_FLAGS_ALL:
		return p->has_tcp && p->tcp_flags == r->value;
	case TT_DIST_TCP_SOURCE_PORT:
	case TT_DIST_UDP_SOURCE_PORT:
		return p->has_ports && p->src_port == r->value;
	case TT_DIST_TTL:
		return p->ttl == r->value;
	default:
		return p->protocol == r->value;
	}
}

static void
distributions_agree_with_plain_counting(void **state)
{
	FOR_ROWS(distribution, r)
	{
		bool port = r->distribution == TT_DIST_TCP_SOURCE_PORT
				|| r->distribution == TT_DIST_UDP_SOURCE_PORT;
		struct answer a;

		if (!port && r->distribution != TT_DIST_TCP_FLAGS
				&& r->distribution != TT_DIST_TCP_FLAGS_ALL
				&& r->distribution != TT_DIST_TTL
				&& r->distribution != TT_DIST_IP_PROTOCOL)
			continue;
		a = ask(&traffic, is_of_value, r);
		assert_int_equal(r->count.packets, a.count.packets);
		assert_int_equal(r->count.bytes, port ? 0 : a.count.bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(target_rows_agree_with_plain_counting),
			cmocka_unit_test(country_rows_agree_with_plain_counting),
			cmocka_unit_test(source_rows_agree_with_plain_counting),
			cmocka_unit_test(destination_rows_agree_with_plain_counting),
			cmocka_unit_test(
					victims_and_backscatter_agree_with_plain_counting),
			cmocka_unit_test(fingerprint_rows_agree_with_plain_counting),
			cmocka_unit_test(sources_are_judged_by_their_packets),
			cmocka_unit_test(talkers_agree_with_plain_counting),
			cmocka_unit_test(source_ports_agree_with_plain_counting),
			cmocka_unit_test(what_is_not_among_the_heaviest_is_one_row),
			cmocka_unit_test(every_distribution_has_all_its_packets),
			cmocka_unit_test(distributions_agree_with_plain_counting),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests_name("merge_rows", tests, make_whole, free_whole);
}
