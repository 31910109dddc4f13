/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv6, backscatter and tools with fingerprints: what the decoder sees of each kind of packet. */
#include "tt_synth.h"

#include "tt_class.h"
#include "tt_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define GEOIP6 "/usr/share/tor/geoip6"

#define HEAD                          \
	"name: test\nduration: 10s\n" \
	"monitored: 203.0.113.0/24,2001:db8:5::/48,2001:db8:9::10/124\ncomponents:\n"

struct made {
	struct tt_profile *profile;
	struct tt_synth *synth;
	struct tt_frame frame;
	struct tt_packet packet;
	const struct tt_profile_component *c;
};

static void
begin(struct made *m, const char *components, const struct tt_geo *geo)
{
	struct tt_synth_options options = {.seed = 11, .start_us = -1};
	struct tt_error err = {0};
	char text[4096];

	*m = (struct made){0};
	snprintf(text, sizeof(text), "%s%s", HEAD, components);
	if (tt_profile_parse(&m->profile, "test", (const uint8_t *)text, strlen(text),
			    &err) != 0
			|| tt_synth_create(&m->synth, m->profile, geo, &options, &err)
					!= 0)
		fail_msg("%s: %s", err.where, err.why);
}

static bool
next(struct made *m)
{
	if (!tt_synth_next(m->synth, &m->frame))
		return false;
	m->c = &m->profile->components[tt_synth_component(m->synth)];
	assert_int_equal(tt_packet_decode(m->frame.data, m->frame.captured, m->frame.link,
					 &m->packet),
			TT_FATE_COUNTED);
	assert_int_equal(tt_classify(&m->packet), m->c->class);
	assert_int_equal(m->packet.ip_bytes, m->c->ip_bytes);
	return true;
}

static void
end(struct made *m)
{
	tt_synth_destroy(m->synth);
	tt_profile_destroy(m->profile);
}

/* RFC 1071: over data and its checksum, the folded sum is all ones. */
static bool
is_sound(const uint8_t *at, uint32_t n, uint32_t sum)
{
	for (uint32_t i = 0; i < n; i++)
		sum += i % 2 == 0 ? (uint32_t)at[i] << 8 : at[i];
	while (sum > 0xffff)
		sum = (sum >> 16) + (sum & 0xffff);
	return sum == 0xffff;
}

static uint32_t
sum16(const uint8_t *at, uint32_t n)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < n; i += 2)
		sum += (uint32_t)at[i] << 8 | at[i + 1];
	return sum;
}

/* RFC 8200 section 8.1: the pseudo header has the addresses, the length and the protocol. */
static void
check_ipv6(const struct made *m)
{
	const uint8_t *ip = m->frame.data + m->packet.ip_offset;
	const struct tt_packet *p = &m->packet;
	uint32_t l4_bytes = p->ip_bytes - 40;

	assert_int_equal(p->ip_version, 6);
	assert_int_equal(m->frame.data[p->ip_offset - 2] << 8
					| m->frame.data[p->ip_offset - 1],
			0x86dd);
	assert_true(m->frame.captured == 60
			|| m->frame.captured == p->ip_offset + p->ip_bytes);
	assert_in_range(p->ttl, m->c->ttl.first, m->c->ttl.last);
	if (m->c->target.protocol <= TT_PROTO_ICMPV6 && m->c->target.protocol != 47)
		assert_true(is_sound(ip + 40, l4_bytes,
				sum16(ip + 8, 32) + l4_bytes + p->protocol));
}

static const char ipv6[] =
		"- {target: 445/TCP, ip_version: 6, packets: 6000, sources: 300, tcp_options: 'mss, ws 7'}\n"
		"- {target: TCP, ip_version: 6, class: tcp-synack, packets: 300, source_port: 443}\n"
		"- {target: 53/UDP, ip_version: 6, packets: 300, payload: odd, vlan: '20, 10'}\n"
		"- {target: 128/ICMPv6, packets: 300, payload: abcdefg}\n"
		"- {target: 129/ICMPv6, packets: 300}\n"
		"- {target: 1.4/ICMPv6, packets: 300, quotes: 443/TCP}\n"
		"- {target: 1.3/ICMPv6, packets: 300, quotes: 80/UDP, payload: odd}\n"
		"- {target: 3/ICMPv6, packets: 300, quotes: 128/ICMPv6, scan: one}\n"
		"- {target: 2/ICMPv6, packets: 300}\n"
		"- {target: GRE, ip_version: 6, packets: 300, payload_hex: 00000800}\n"
		"- {target: 22/TCP, ip_version: 6, packets: 3000, sources: new, countries: any 1}\n"
		"- {target: 23/TCP, packets: 300}\n";

static void
ipv6_frames_have_valid_checksums_and_their_target(void **state)
{
	struct made m;

	begin(&m, ipv6, NULL);
	while (next(&m)) {
		struct tt_target t = tt_target_key_target(tt_target_key_of(&m.packet));

		assert_int_equal(t.protocol, m.c->target.protocol);
		if (m.c->target.number >= 0)
			assert_int_equal(t.number, m.c->target.number);
		assert_int_equal(t.code, m.c->target.code);
		if (m.c->ip_version == 6)
			check_ipv6(&m);
		else
			assert_int_equal(m.packet.ip_version, 4);
		assert_int_equal(m.packet.encap_depth, m.c->n_vlans);
	}
	end(&m);
}

static void
ipv6_addresses_are_monitored_on_one_side_and_public_on_the_other(void **state)
{
	struct tt_prefix_set public = {0}, special = {0}, small = {0};
	unsigned in_small = 0, n = 0;
	struct made m;

	assert_int_equal(tt_prefix_set_parse(&public, "2000::/3", NULL), 0);
	assert_int_equal(tt_prefix_set_parse(&special,
					 "2001::/23,2001:db8::/32,2002::/16,3fff::/20",
					 NULL),
			0);
	assert_int_equal(tt_prefix_set_parse(&small, "2001:db8:9::10/124", NULL), 0);
	begin(&m, ipv6, NULL);
	while (next(&m)) {
		assert_true(tt_prefix_set_has(&m.profile->monitored, m.packet.dst));
		if (m.packet.ip_version == 4)
			continue;
		assert_true(tt_prefix_set_has(&public, m.packet.src));
		assert_false(tt_prefix_set_has(&special, m.packet.src));
		in_small += tt_prefix_set_has(&small, m.packet.dst);
		n++;
	}
	/* 16 of more than 2^80 addresses: never by chance. */
	assert_int_equal(in_small, 0);
	assert_int_equal(n, 11700);
	tt_prefix_set_fini(&public);
	tt_prefix_set_fini(&special);
	tt_prefix_set_fini(&small);
	end(&m);
}

static int
compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Different networks among the sources of a component; addresses cannot be fewer. */
static int64_t
count_networks(const char *components, unsigned component, uint64_t *networks)
{
	int64_t n = 0, distinct = 0;
	struct tt_synth_made made;
	struct made m;

	begin(&m, components, NULL);
	while (next(&m))
		if (tt_synth_component(m.synth) == component)
			networks[n++] = m.packet.src.hi;
	qsort(networks, (size_t)n, sizeof(*networks), compare_u64);
	for (int64_t i = 0; i < n; i++)
		distinct += i == 0 || networks[i] != networks[i - 1];
	assert_int_equal(tt_synth_made(m.synth, component, &made), 0);
	assert_int_equal(made.packets, n);
	assert_int_equal(made.sources, distinct);
	assert_int_equal(made.ip_bytes, n * m.profile->components[component].ip_bytes);
	end(&m);
	return distinct;
}

static void
ipv6_hosts_are_as_many_as_asked_for_and_new_ones_never_repeat(void **state)
{
	static uint64_t networks[6000];

	assert_int_equal(count_networks(ipv6, 0, networks), 300);
	assert_int_equal(count_networks(ipv6, 10, networks), 3000);
}

static void
destinations_spread_over_the_whole_of_a_prefix(void **state)
{
	uint64_t or_low = 0, or_high = 0, and_low = UINT64_MAX;
	struct made m;

	begin(&m, "- {target: 1/TCP, ip_version: 6, packets: 1000}\n", NULL);
	while (next(&m)) {
		or_low |= m.packet.dst.lo;
		and_low &= m.packet.dst.lo;
		or_high |= m.packet.dst.hi & 0xffff;
	}
	assert_true(or_low == UINT64_MAX && and_low == 0);
	assert_int_equal(or_high, 0xffff);
	end(&m);
}

/* A sequential scan visits a whole small prefix before it begins again. */
static void
a_scan_in_sequence_visits_each_address_in_turn(void **state)
{
	static const char text[] = "name: a\nduration: 1s\nmonitored: 2001:db8::10/124\n"
				   "components:\n"
				   "- {target: 1/TCP, packets: 32, scan: sequential}\n";
	struct tt_synth_options options = {.start_us = -1};
	unsigned visits[16] = {0}, last = 0;
	struct tt_profile *profile;
	struct tt_synth *s;
	struct tt_packet p;
	struct tt_frame f;

	assert_int_equal(tt_profile_parse(&profile, "test", (const uint8_t *)text,
					 sizeof(text) - 1, NULL),
			0);
	assert_int_equal(tt_synth_create(&s, profile, NULL, &options, NULL), 0);
	for (unsigned i = 0; tt_synth_next(s, &f); i++) {
		assert_int_equal(tt_packet_decode(f.data, f.captured, f.link, &p),
				TT_FATE_COUNTED);
		assert_int_equal(p.dst.lo >> 4, 1);
		if (i > 0)
			assert_int_equal(p.dst.lo & 15, (last + 1) & 15);
		last = (unsigned)(p.dst.lo & 15);
		visits[last]++;
	}
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(visits[i], 2);
	tt_synth_destroy(s);
	tt_profile_destroy(profile);
}

static void
ipv6_countries_are_those_of_the_database(void **state)
{
	struct tt_error err = {0};
	unsigned jp = 0, de = 0;
	struct tt_geo *geo;
	struct made m;
	FILE *file = fopen(GEOIP6, "r");

	if (file == NULL) {
		print_message("# skipped: %s is absent (Debian's tor-geoipdb)\n", GEOIP6);
		skip();
	}
	fclose(file);
	if (tt_geo_open(&geo, GEOIP6, tt_mem_heap(), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	begin(&m, "- {target: 1/TCP, ip_version: 6, packets: 1000, countries: 'JP 3, DE 1'}\n",
			geo);
	while (next(&m)) {
		tt_country country = tt_geo_country(geo, m.packet.src);

		jp += country == tt_country_parse("JP");
		de += country == tt_country_parse("DE");
	}
	assert_int_equal(jp + de, 1000);
	assert_in_range(jp, 745, 755);
	end(&m);
	tt_geo_close(geo);
}

static void
errors_quote_a_packet_from_the_monitored_address(void **state)
{
	struct made m;

	begin(&m,
			"- {target: 3.3/ICMP, packets: 99, quotes: 80/UDP, source_port: 7}\n"
			"- {target: 11/ICMP, packets: 99, quotes: 443/TCP, source_port: 7}\n"
			"- {target: 3.1/ICMP, packets: 99, quotes: 8/ICMP}\n"
			"- {target: 1.4/ICMPv6, packets: 99, quotes: 80/UDP, source_port: 7}\n"
			"- {target: 4/ICMPv6, packets: 99, quotes: 443/TCP, source_port: 7}\n"
			"- {target: 3/ICMPv6, packets: 99, quotes: 128/ICMPv6}\n",
			NULL);
	while (next(&m)) {
		struct tt_quoted q;

		assert_true(tt_packet_quoted(
				m.frame.data, m.frame.captured, &m.packet, &q));
		assert_int_equal(tt_addr_cmp(q.src, m.packet.dst), 0);
		assert_int_equal(tt_addr_cmp(q.dst, m.packet.src), 0);
		assert_int_equal(q.protocol, m.c->quotes.protocol);
		assert_int_equal(q.has_ports ? q.dst_port : q.icmp_type,
				m.c->quotes.number);
		if (q.has_ports)
			assert_int_equal(q.src_port, 7);
	}
	end(&m);
}

static void
answers_come_from_the_attacked_port_to_any_port(void **state)
{
	unsigned low = 65535, high = 0;
	struct made m;

	begin(&m,
			"- {target: TCP, class: tcp-synack, packets: 2000, source_port: 80, sources: 1}\n"
			"- {target: TCP, class: tcp-rst, packets: 2000, source_port: 80, sources: 1}\n"
			"- {target: TCP, flags: RST, packets: 2000, source_port: 80, sources: 1}\n"
			"- {target: UDP, packets: 2000, source_port: 53, sources: 9, payload: answer}\n",
			NULL);
	while (next(&m)) {
		assert_int_equal(m.packet.src_port,
				m.packet.protocol == TT_PROTO_UDP ? 53 : 80);
		if (m.packet.dst_port < low)
			low = m.packet.dst_port;
		if (m.packet.dst_port > high)
			high = m.packet.dst_port;
	}
	assert_in_range(low, 1024, 1100);
	assert_in_range(high, 65400, 65535);
	end(&m);
}

static void
tools_leave_their_fingerprints(void **state)
{
	struct made m;

	begin(&m,
			"- {target: 443/TCP, packets: 99, ip_id: 54321, name: zmap}\n"
			"- {target: TCP, packets: 99, ip_id: masscan, name: masscan}\n"
			"- {target: 23/TCP, packets: 99, seq: destination, name: mirai}\n"
			"- {target: 1433/TCP, packets: 99, source_port: 6000, name: from 6000}\n",
			NULL);
	while (next(&m)) {
		const struct tt_packet *p = &m.packet;
		uint32_t dst = (uint32_t)p->dst.lo, relation;

		relation = dst ^ p->dst_port ^ p->tcp_seq;
		assert_true(p->has_tcp);
		assert_int_equal(p->tcp_ack, 0);
		assert_int_equal(strcmp(m.c->name, "zmap") == 0, p->ip_id == 54321);
		assert_int_equal(strcmp(m.c->name, "mirai") == 0, p->tcp_seq == dst);
		assert_int_equal(
				strcmp(m.c->name, "from 6000") == 0, p->src_port == 6000);
		assert_int_equal(strcmp(m.c->name, "masscan") == 0,
				p->ip_id == (uint16_t)relation);
	}
	end(&m);
}

static void
flags_are_those_of_the_profile(void **state)
{
	struct made m;

	begin(&m,
			"- {target: 1/TCP, packets: 9, flags: FIN+PSH+URG}\n"
			"- {target: 2/TCP, packets: 9, flags: none}\n"
			"- {target: 3/TCP, packets: 9, ip_version: 6, flags: SYN+ECE+CWR+AE}\n",
			NULL);
	while (next(&m))
		assert_int_equal(m.packet.tcp_flags, m.c->tcp_flags);
	end(&m);
}

/* What the flood is for: over the whole of each space, nothing is preferred. */
static void
a_flood_spreads_over_all_ports_and_the_whole_address_space(void **state)
{
	unsigned src[256] = {0}, source_ports[256] = {0}, ports[256] = {0};
	struct tt_synth_made made;
	struct made m;

	begin(&m,
			"- {target: TCP, packets: 256000, sources: new, source_port: 0-65535, "
			"destination_port: 0-65535}\n",
			NULL);
	while (next(&m)) {
		src[m.packet.src.lo >> 24 & 255]++;
		source_ports[m.packet.src_port >> 8]++;
		ports[m.packet.dst_port & 255]++;
	}
	for (unsigned i = 0; i < 256; i++) {
		/* 1,000 expected; seven standard deviations. */
		assert_in_range(source_ports[i], 780, 1220);
		assert_in_range(ports[i], 780, 1220);
		if (i == 0 || i == 10 || i == 127 || i >= 224)
			assert_int_equal(src[i], 0);
		else if (i == 64)
			assert_in_range(src[i], 900, 1400);
	}
	assert_int_equal(tt_synth_made(m.synth, 0, &made), 0);
	assert_int_equal(made.sources, 256000);
	assert_int_equal(made.frame_bytes, 256000 * 60);
	end(&m);
}

static void
hosts_that_have_not_sent_are_not_counted(void **state)
{
	struct tt_synth_made made;
	struct made m;

	begin(&m, "- {target: 1/TCP, packets: 5, sources: 1000000}\n", NULL);
	assert_int_equal(tt_synth_made(m.synth, 0, &made), 0);
	assert_int_equal(made.sources, 0);
	while (next(&m))
		;
	assert_int_equal(tt_synth_made(m.synth, 0, &made), 0);
	assert_int_equal(made.sources, 5);
	end(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					ipv6_frames_have_valid_checksums_and_their_target),
			cmocka_unit_test(
					ipv6_addresses_are_monitored_on_one_side_and_public_on_the_other),
			cmocka_unit_test(
					ipv6_hosts_are_as_many_as_asked_for_and_new_ones_never_repeat),
			cmocka_unit_test(destinations_spread_over_the_whole_of_a_prefix),
			cmocka_unit_test(a_scan_in_sequence_visits_each_address_in_turn),
			cmocka_unit_test(ipv6_countries_are_those_of_the_database),
			cmocka_unit_test(
					errors_quote_a_packet_from_the_monitored_address),
			cmocka_unit_test(answers_come_from_the_attacked_port_to_any_port),
			cmocka_unit_test(tools_leave_their_fingerprints),
			cmocka_unit_test(flags_are_those_of_the_profile),
			cmocka_unit_test(
					a_flood_spreads_over_all_ports_and_the_whole_address_space),
			cmocka_unit_test(hosts_that_have_not_sent_are_not_counted),
	};

	return cmocka_run_group_tests_name("synth_kinds", tests, NULL, NULL);
}
