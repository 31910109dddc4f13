/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of lib/fingerprint share: a set of rules from text, and one TCP packet whose
 * fields and bytes each test changes. Every answer is asked of the burst and of its plain twin.
 */
#ifndef FINGERPRINT_BED_H
#define FINGERPRINT_BED_H

#include "tt_fingerprint.h"
#include "tt_time.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define L4         20 /* the frame begins with its IP header */
#define DAY_US     (INT64_C(86400) * TT_US_PER_S)
#define SOME_DAY   (INT64_C(19000) * DAY_US) /* 2022-01-08 */
#define NOT_TESTED 0
#define TESTED     UINT64_C(0x10000)
#define MATCHED    UINT64_C(0x10001)

struct bed_packet {
	struct tt_packet packet;
	uint8_t frame[L4 + 60];
	uint32_t captured;
	int64_t time_us;
};

/* 192.0.2.1:40000 -> 198.51.100.7:80, SYN, no options, no payload. */
static inline struct bed_packet
tcp_syn(void)
{
	struct bed_packet b = {
			.packet = {.src = tt_addr_v4(0xc0000201),
					.dst = tt_addr_v4(0xc6336407),
					.ip_bytes = 40,
					.src_port = 40000,
					.dst_port = 80,
					.tcp_flags = TT_TCP_SYN,
					.tcp_window = 1024,
					.ip_id = 54321,
					.tcp_seq = 0x01020304,
					.tcp_ack = 0xa0b0c0d0,
					.l4_offset = L4,
					.ip_version = 4,
					.protocol = TT_PROTO_TCP,
					.ttl = 64,
					.has_tcp = true,
					.has_ports = true},
			.captured = L4 + 20,
			.time_us = SOME_DAY,
	};

	b.frame[L4 + 12] = 0x50;
	return b;
}

/* The same with n bytes of options; n a multiple of 4. */
static inline struct bed_packet
tcp_options(const uint8_t *options, unsigned n)
{
	struct bed_packet b = tcp_syn();

	memcpy(b.frame + L4 + 20, options, n);
	b.frame[L4 + 12] = (uint8_t)((5 + n / 4) << 4);
	b.captured += n;
	b.packet.ip_bytes += n;
	return b;
}

static inline struct bed_packet
udp_packet(void)
{
	struct bed_packet b = tcp_syn();

	b.packet.protocol = TT_PROTO_UDP;
	b.packet.has_tcp = false;
	b.packet.tcp_flags = 0;
	b.packet.ip_bytes = 48;
	return b;
}

static inline struct bed_packet
icmp_packet(void)
{
	struct bed_packet b = tcp_syn();

	b.packet.protocol = TT_PROTO_ICMP;
	b.packet.has_tcp = b.packet.has_ports = false;
	b.packet.has_icmp = true;
	b.packet.icmp_type = 8;
	b.packet.icmp_code = 3;
	return b;
}

/* The set of a whole file. */
static inline struct tt_fingerprints *
open_text(const char *text)
{
	struct tt_fingerprints *set = NULL;
	struct tt_error err = {0};

	if (tt_fingerprints_parse(&set, "dir/rules.yaml", (const uint8_t *)text,
			    strlen(text), &err)
			!= 0)
		fail_msg("%s: %s in:\n%s", err.where, err.why, text);
	return set;
}

/* One rule in YAML's single quotes. */
static inline struct tt_fingerprints *
open_rule(const char *where, const char *match)
{
	static char text[8192];

	snprintf(text, sizeof(text),
			"version: 1\n"
			"fingerprints:\n"
			"  - {id: a, title: A, where: '%s', match: '%s', chance: 1/2,\n"
			"     source: {packets: 1, percent: 50}, origin: test}\n",
			where, match);
	return open_text(text);
}

/* What the set says of the packet, asked in both ways. */
static inline tt_detail
ask(const struct tt_fingerprints *set, const struct bed_packet *b)
{
	const uint8_t *frame = b->frame;
	struct tt_packet packet = b->packet;
	tt_detail detail = 0;

	packet.parts = tt_packet_parts_of(&packet);
	tt_fingerprints_burst(
			set, &packet, &frame, &b->captured, &b->time_us, &detail, 1);
	assert_int_equal(detail,
			tt_fingerprints_one_ref(
					set, &packet, frame, b->captured, b->time_us));
	return detail;
}

static inline tt_detail
ask_rule(const char *where, const char *match, const struct bed_packet *b)
{
	struct tt_fingerprints *set = open_rule(where, match);
	const tt_detail detail = ask(set, b);

	tt_fingerprints_close(set);
	return detail;
}

#define assert_holds(match, b) assert_int_equal(ask_rule("", match, b), MATCHED)
#define assert_fails(match, b) assert_int_equal(ask_rule("", match, b), TESTED)

#endif
