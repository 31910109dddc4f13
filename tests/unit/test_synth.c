/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_synth.h"

#include "tt_class.h"
#include "tt_hash.h"
#include "tt_packet.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define GEOIP "/usr/share/tor/geoip"

#define HEAD                                        \
	"name: test\nstart: 2026-01-05T00:00:00Z\n" \
	"duration: 1000s\nmonitored: 203.0.113.0/24,198.51.100.64/26\ncomponents:\n"

/* One component of every kind. */
static const char mixed[] = HEAD
		"- {target: 445/TCP, rate: 20/s, tcp_options: 'mss, nop, ws 3'}\n"
		"- {target: 23/TCP, rate: 7/s, seq: destination, vlan: 5}\n"
		"- {target: 80/TCP, class: tcp-other, packets: 333, payload: abc}\n"
		"- {target: 22/TCP, class: tcp-ack, packets: 100, vlan: '6,7'}\n"
		"- {target: TCP, class: tcp-synack, packets: 1000, source_port: 80, from: 100s, to: 200s}\n"
		"- {target: TCP, class: tcp-rst, packets: 50, destination_port: 9-9}\n"
		"- {target: 5060/UDP, rate: 3/s, payload: odd}\n"
		"- {target: 53/UDP, rate: 2/s, sources: new, ip_length: 1500}\n"
		"- {target: 8/ICMP, rate: 1/s, payload: abcdefg, scan: sequential}\n"
		"- {target: 3.3/ICMP, packets: 70, quotes: 80/UDP, scan: one}\n"
		"- {target: 11/ICMP, packets: 70, quotes: 8/ICMP}\n"
		"- {target: GRE, packets: 40, payload_hex: 00000800}\n";

static struct tt_profile *
parse(const char *text)
{
	struct tt_profile *p;
	struct tt_error err = {0};

	if (tt_profile_parse(&p, "test", (const uint8_t *)text, strlen(text), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	return p;
}

static struct tt_synth *
start(const struct tt_profile *p, const struct tt_geo *geo, uint64_t seed,
		int64_t packets)
{
	struct tt_synth_options options = {
			.seed = seed, .start_us = -1, .packets = packets};
	struct tt_synth *s;
	struct tt_error err = {0};

	if (tt_synth_create(&s, p, geo, &options, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	return s;
}

/* A hash of all bytes and times. */
static uint64_t
digest(const char *text, uint64_t seed)
{
	struct tt_profile *p = parse(text);
	struct tt_synth *s = start(p, NULL, seed, 0);
	struct tt_frame f;
	uint64_t hash = 0;

	tt_profile_destroy(p);
	while (tt_synth_next(s, &f)) {
		hash = tt_hash_3(hash, (uint64_t)f.time_us, f.captured);
		for (uint32_t i = 0; i < f.captured; i++)
			hash = tt_hash_mix(hash + f.data[i]);
	}
	tt_synth_destroy(s);
	return hash;
}

static void
one_seed_gives_the_same_bytes_and_another_gives_others(void **state)
{
	assert_true(digest(mixed, 1) == digest(mixed, 1));
	assert_true(digest(mixed, 1) != digest(mixed, 2));
}

/* Changes whenever the generator changes; then captures of old seeds cannot be made again. */
static void
the_bytes_are_those_of_every_machine_and_release(void **state)
{
	assert_int_equal(digest(mixed, 1), UINT64_C(0xf9fd5891d62d8f92));
}

static uint32_t
plain_sum(const uint8_t *at, uint32_t n)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += i % 2 == 0 ? (uint32_t)at[i] << 8 : at[i];
	return sum;
}

/* RFC 1071: over data and its checksum, the folded sum is all ones. */
static void
assert_sound(uint32_t sum)
{
	while (sum > 0xffff)
		sum = (sum >> 16) + (sum & 0xffff);
	assert_int_equal(sum, 0xffff);
}

static void
check_frame(const struct tt_frame *f, const struct tt_packet *p)
{
	uint32_t l4_bytes = p->ip_bytes - 20;
	const uint8_t *ip = f->data + p->ip_offset, *l4 = f->data + p->l4_offset;

	assert_true(f->captured >= 60 && f->captured == f->length);
	assert_true(f->captured == 60 || f->captured == p->ip_offset + p->ip_bytes);
	for (uint32_t i = p->ip_offset + p->ip_bytes; i < f->captured; i++)
		assert_int_equal(f->data[i], 0);
	assert_sound(plain_sum(ip, 20));
	if (p->protocol == TT_PROTO_TCP || p->protocol == TT_PROTO_UDP)
		assert_sound(plain_sum(l4, l4_bytes) + plain_sum(ip + 12, 8) + p->protocol
				+ l4_bytes);
	if (p->protocol == TT_PROTO_ICMP)
		assert_sound(plain_sum(l4, l4_bytes));
	if (p->protocol == TT_PROTO_UDP)
		assert_true(l4[6] != 0 || l4[7] != 0);
}

static void
every_frame_has_valid_checksums_and_the_class_and_target_of_its_component(void **state)
{
	struct tt_profile *profile = parse(mixed);
	struct tt_synth *s = start(profile, NULL, 3, 0);
	struct tt_frame f;

	while (tt_synth_next(s, &f)) {
		const struct tt_profile_component
				*c = &profile->components[tt_synth_component(s)];
		struct tt_packet p;
		struct tt_target t;

		assert_int_equal(tt_packet_decode(f.data, f.captured, f.link, &p),
				TT_FATE_COUNTED);
		check_frame(&f, &p);
		t = tt_target_key_target(tt_target_key_of(&p));
		assert_int_equal(tt_classify(&p), c->class);
		assert_int_equal(t.protocol, c->target.protocol);
		if (c->target.number >= 0)
			assert_int_equal(t.number, c->target.number);
		assert_int_equal(p.encap,
				c->n_vlans == 0                   ? 0
						: c->n_vlans == 1 ? TT_ENCAP_VLAN
								  : TT_ENCAP_QINQ);
	}
	tt_synth_destroy(s);
	tt_profile_destroy(profile);
}

static void
windows_are_those_of_the_range_and_in_the_checksum(void **state)
{
	struct tt_profile *profile = parse(
			HEAD "- {target: 23/TCP, packets: 999, window: 100-1100}\n");
	struct tt_synth *s = start(profile, NULL, 3, 0);
	uint16_t low = UINT16_MAX, high = 0;
	struct tt_frame f;

	while (tt_synth_next(s, &f)) {
		struct tt_packet p;

		assert_int_equal(tt_packet_decode(f.data, f.captured, f.link, &p),
				TT_FATE_COUNTED);
		check_frame(&f, &p);
		low = p.tcp_window < low ? p.tcp_window : low;
		high = p.tcp_window > high ? p.tcp_window : high;
	}
	assert_in_range(low, 100, 120);
	assert_in_range(high, 1080, 1100);
	tt_synth_destroy(s);
	tt_profile_destroy(profile);
}

static void
addresses_are_monitored_on_one_side_and_public_on_the_other(void **state)
{
	static const char special[] =
			"0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,169.254.0.0/16,"
			"172.16.0.0/12,192.0.0.0/24,192.0.2.0/24,192.88.99.0/24,"
			"192.168.0.0/16,198.18.0.0/15,198.51.100.0/24,203.0.113.0/24,"
			"224.0.0.0/4,240.0.0.0/4,64.0.0.0/2";
	struct tt_prefix_set forbidden = {0};
	struct tt_profile *profile = parse(
			"name: a\nduration: 1s\nmonitored: 64.0.0.0/2\ncomponents:\n"
			"- {target: 445/TCP, packets: 100000, sources: new}\n"
			"- {target: 445/TCP, packets: 100000, sources: 50000}\n");
	struct tt_synth *s = start(profile, NULL, 4, 0);
	struct tt_frame f;

	assert_int_equal(tt_prefix_set_parse(&forbidden, special, NULL), 0);
	while (tt_synth_next(s, &f)) {
		struct tt_packet p;

		assert_int_equal(tt_packet_decode(f.data, f.captured, f.link, &p),
				TT_FATE_COUNTED);
		assert_true(tt_prefix_set_has(&profile->monitored, p.dst));
		assert_false(tt_prefix_set_has(&forbidden, p.src));
	}
	tt_prefix_set_fini(&forbidden);
	tt_synth_destroy(s);
	tt_profile_destroy(profile);
}

static void
times_ascend_and_stay_inside_each_components_window(void **state)
{
	struct tt_profile *profile = parse(mixed);
	struct tt_synth *s = start(profile, NULL, 5, 0);
	int64_t last = 0;
	struct tt_frame f;

	while (tt_synth_next(s, &f)) {
		const struct tt_profile_component
				*c = &profile->components[tt_synth_component(s)];
		int64_t to = c->to_us < 0 ? profile->duration_us : c->to_us;

		assert_true(f.time_us >= last);
		assert_true(f.time_us >= profile->start_us + c->from_us);
		assert_true(f.time_us < profile->start_us + to);
		last = f.time_us;
	}
	tt_synth_destroy(s);
	tt_profile_destroy(profile);
}

/* Runs to the end and counts the packets of each component. */
static int64_t
count(struct tt_synth *s, int64_t *counts)
{
	struct tt_frame f;
	int64_t n = 0;

	while (tt_synth_next(s, &f)) {
		counts[tt_synth_component(s)]++;
		n++;
	}
	return n;
}

static void
counts_are_those_of_the_rates(void **state)
{
	struct tt_profile *profile = parse(mixed);
	struct tt_synth *s = start(profile, NULL, 6, 0);
	int64_t counts[12] = {0};

	assert_int_equal(count(s, counts), tt_synth_total(s));
	assert_int_equal(counts[0], 20000);
	assert_int_equal(counts[1], 7000);
	assert_int_equal(counts[2], 333);
	assert_int_equal(counts[4], 1000);
	assert_int_equal(counts[11], 40);
	for (unsigned i = 0; i < 12; i++)
		assert_int_equal(counts[i], tt_synth_planned(s, i));
	tt_synth_destroy(s);
	tt_profile_destroy(profile);
}

static void
a_number_of_packets_is_met_exactly_and_in_proportion(void **state)
{
	static const int64_t totals[] = {1, 7, 999, 34663, 100000};
	struct tt_profile *profile = parse(mixed);

	for (unsigned i = 0; i < TT_ARRAY_SIZE(totals); i++) {
		struct tt_synth *s = start(profile, NULL, 7, totals[i]);
		int64_t counts[12] = {0};
		double expected = 20000.0 / 34663 * (double)totals[i];

		assert_int_equal(count(s, counts), totals[i]);
		assert_true((double)counts[0] > expected - 1);
		assert_true((double)counts[0] < expected + 1);
		tt_synth_destroy(s);
	}
	tt_profile_destroy(profile);
}

static int
compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The sources of all packets, sorted; the caller frees them. */
static uint32_t *
sorted_sources(struct tt_synth *s)
{
	uint32_t *sources = calloc((size_t)tt_synth_total(s), sizeof(*sources));
	struct tt_frame f;
	size_t n = 0;

	assert_non_null(sources);
	while (tt_synth_next(s, &f))
		memcpy(&sources[n++], f.data + 26, 4);
	qsort(sources, n, sizeof(*sources), compare_u32);
	return sources;
}

static int64_t
count_distinct(const char *text, int64_t *heaviest)
{
	struct tt_profile *profile = parse(text);
	struct tt_synth *s = start(profile, NULL, 8, 0);
	uint32_t *sources = sorted_sources(s);
	int64_t distinct = 0, run = 0;

	*heaviest = 0;
	for (int64_t i = 0; i < tt_synth_total(s); i++) {
		run = i > 0 && sources[i] == sources[i - 1] ? run + 1 : 1;
		distinct += run == 1;
		if (run > *heaviest)
			*heaviest = run;
	}
	free(sources);
	tt_synth_destroy(s);
	tt_profile_destroy(profile);
	return distinct;
}

static void
hosts_are_as_many_as_asked_for_and_new_ones_never_repeat(void **state)
{
	int64_t heaviest;

	assert_int_equal(
			count_distinct(HEAD
					"- {target: 1/TCP, packets: 50000, sources: 468}",
					&heaviest),
			468);
	assert_int_equal(
			count_distinct(HEAD
					"- {target: 1/TCP, packets: 300000, sources: new}",
					&heaviest),
			300000);
	/* Components that name one set of hosts share it. */
	assert_int_equal(
			count_distinct(HEAD
					"- {target: 1/TCP, packets: 9000, sources: 50, hosts: a}\n"
					"- {target: 2/TCP, packets: 9000, sources: 50, hosts: a}\n"
					"- {target: 3/TCP, packets: 9000, sources: 50}",
					&heaviest),
			100);
}

static void
the_heaviest_host_has_its_share_by_zipfs_law(void **state)
{
	double harmonic = 0;
	int64_t heaviest;

	for (unsigned i = 1; i <= 1000; i++)
		harmonic += 1.0 / i;
	count_distinct(HEAD "- {target: 1/TCP, packets: 100000, sources: 1000, zipf: 1}",
			&heaviest);
	/* The grouping of ranks and the draw together stay within 5 %. */
	assert_true((double)heaviest > 0.95 * 100000 / harmonic);
	assert_true((double)heaviest < 1.05 * 100000 / harmonic);
}

static void
a_daily_cycle_peaks_at_its_hour(void **state)
{
	struct tt_profile *profile = parse(
			"name: a\nstart: 2026-01-05\nduration: 2d\nmonitored: 203.0.113.0/24\n"
			"components:\n- {target: 1/TCP, rate: 1/s, daily_amplitude: 0.5, daily_peak: 18}");
	struct tt_synth *s = start(profile, NULL, 9, 0);
	int64_t hours[24] = {0};
	struct tt_frame f;

	assert_int_equal(tt_synth_total(s), 2 * 86400);
	while (tt_synth_next(s, &f))
		hours[f.time_us / TT_US_PER_S / 3600 % 24]++;
	/* The mean of the cosine over the hour around its peak is 0.9943 or more. */
	assert_in_range(hours[17], 10750, 10800);
	assert_in_range(hours[18], 10750, 10800);
	assert_in_range(hours[5], 3600, 3650);
	assert_in_range(hours[6], 3600, 3650);
	tt_synth_destroy(s);
	tt_profile_destroy(profile);
}

static struct tt_geo *
open_geo(void)
{
	struct tt_geo *geo;
	struct tt_error err = {0};

	if (access(GEOIP, R_OK) != 0) {
		print_message("# skipped: %s is absent (Debian's tor-geoipdb)\n", GEOIP);
		skip();
	}
	if (tt_geo_open(&geo, GEOIP, tt_mem_heap(), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	return geo;
}

static void
country_shares_are_met_within_ten_packets(void **state)
{
	struct tt_geo *geo = open_geo();
	struct tt_profile *profile = parse(HEAD
			"- {target: 1521/TCP, packets: 20000, sources: 300, zipf: 1.2, countries: 'CN 92, KR 5, JP 3'}");
	struct tt_synth *s = start(profile, geo, 10, 0);
	int64_t cn = 0, kr = 0, jp = 0;
	struct tt_frame f;

	while (tt_synth_next(s, &f)) {
		const uint8_t *ip = f.data + 26;
		uint32_t src = (uint32_t)ip[0] << 24 | ip[1] << 16 | ip[2] << 8 | ip[3];
		tt_country country = tt_geo_country4(geo, src);

		cn += country == tt_country_parse("CN");
		kr += country == tt_country_parse("KR");
		jp += country == tt_country_parse("JP");
	}
	assert_in_range(cn, 18390, 18410);
	assert_in_range(kr, 990, 1010);
	assert_int_equal(cn + kr + jp, 20000);
	tt_synth_destroy(s);
	tt_profile_destroy(profile);
	tt_geo_close(geo);
}

/* Of a prime number, a power of two, two packets and one. */
static void
shares_that_sum_up_to_the_packets_are_exact(void **state)
{
	struct tt_geo *geo = open_geo();
	struct tt_profile *profile = parse(HEAD
			"- {target: 1/TCP, packets: 9973, sources: 90, zipf: 1, countries: 'CN 1, KR 5003, JP 4969'}\n"
			"- {target: 2/TCP, packets: 4096, sources: new, countries: 'PE 4000, AR 7, VE 89'}\n"
			"- {target: 3/TCP, packets: 2, sources: 2, countries: 'DE 1, FR 1'}\n"
			"- {target: 4/TCP, packets: 1, countries: 'IT 1'}");
	struct tt_synth *s = start(profile, geo, 12, 0);
	const struct {
		unsigned component;
		const char *country;
		unsigned packets;
	} want[] = {{0, "CN", 1}, {0, "KR", 5003}, {0, "JP", 4969}, {1, "PE", 4000},
			{1, "AR", 7}, {1, "VE", 89}, {2, "DE", 1}, {2, "FR", 1},
			{3, "IT", 1}};
	unsigned got[4][TT_N_COUNTRIES] = {0};
	struct tt_frame f;

	while (tt_synth_next(s, &f)) {
		const uint8_t *ip = f.data + 26;
		uint32_t src = (uint32_t)ip[0] << 24 | ip[1] << 16 | ip[2] << 8 | ip[3];

		got[tt_synth_component(s)][tt_geo_country4(geo, src)]++;
	}
	for (unsigned i = 0; i < TT_ARRAY_SIZE(want); i++)
		assert_int_equal(
				got[want[i].component][tt_country_parse(want[i].country)],
				want[i].packets);
	tt_synth_destroy(s);
	tt_profile_destroy(profile);
	tt_geo_close(geo);
}

static void
assert_refused(const struct tt_geo *geo, const char *text, const char *why)
{
	struct tt_synth_options options = {.start_us = -1};
	struct tt_profile *profile = parse(text);
	struct tt_synth *s;
	struct tt_error err = {0};

	assert_int_equal(tt_synth_create(&s, profile, geo, &options, &err), -EINVAL);
	assert_null(s);
	if (strstr(err.why, why) == NULL)
		fail_msg("%s: %s", why, err.why);
	tt_profile_destroy(profile);
}

static void
what_cannot_be_generated_is_refused_with_its_reason(void **state)
{
	struct tt_geo *geo = open_geo();

	assert_refused(NULL, HEAD "- {target: 1/TCP, rate: 1/day}", "no packets come");
	assert_refused(NULL, HEAD "- {target: 1/TCP, rate: 999999999999/s}", "more than");
	assert_refused(geo, HEAD "- {target: 1/TCP, rate: 1/s, countries: QQ 1}",
			"from QQ, which has 0 addresses");
	assert_refused(geo,
			HEAD
			"- {target: 1/TCP, rate: 1/s, sources: 9000000, countries: VA 1}",
			"from VA");
	tt_geo_close(geo);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					one_seed_gives_the_same_bytes_and_another_gives_others),
			cmocka_unit_test(
					the_bytes_are_those_of_every_machine_and_release),
			cmocka_unit_test(
					every_frame_has_valid_checksums_and_the_class_and_target_of_its_component),
			cmocka_unit_test(
					windows_are_those_of_the_range_and_in_the_checksum),
			cmocka_unit_test(
					addresses_are_monitored_on_one_side_and_public_on_the_other),
			cmocka_unit_test(
					times_ascend_and_stay_inside_each_components_window),
			cmocka_unit_test(counts_are_those_of_the_rates),
			cmocka_unit_test(
					a_number_of_packets_is_met_exactly_and_in_proportion),
			cmocka_unit_test(
					hosts_are_as_many_as_asked_for_and_new_ones_never_repeat),
			cmocka_unit_test(the_heaviest_host_has_its_share_by_zipfs_law),
			cmocka_unit_test(a_daily_cycle_peaks_at_its_hour),
			cmocka_unit_test(country_shares_are_met_within_ten_packets),
			cmocka_unit_test(shares_that_sum_up_to_the_packets_are_exact),
			cmocka_unit_test(
					what_cannot_be_generated_is_refused_with_its_reason),
	};

	return cmocka_run_group_tests_name("synth", tests, NULL, NULL);
}
