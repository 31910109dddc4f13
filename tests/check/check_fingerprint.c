/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random rules on random packets: the burst against the plain twin, in every length of burst,
 * with packets that have all, some or none of the fields, options that are whole, cut and
 * malformed, and times on both sides of each rule's validity.
 *
 *     check_fingerprint [seed]        prints its seed; the same seed gives the same run
 */
#include "tt_fingerprint.h"
#include "tt_time.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define ROUNDS     3000
#define FRAME      96
#define TEXT_MAX   65536
#define SOME_DAY   (INT64_C(19000) * 86400 * TT_US_PER_S) /* 2022-01-08 */
#define NEAR_RANGE (3 * 86400 * TT_US_PER_S)

static uint64_t state;

/* SplitMix64. */
static uint64_t
random64(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static unsigned
below(unsigned n)
{
	return (unsigned)(random64() >> 32) % n;
}

#define PICK(list) ((list)[below(TT_ARRAY_SIZE(list))])

/* Few values, so that equal ones are met; at times any. */
static uint32_t
random_value(void)
{
	static const uint32_t values[] = {0, 1, 2, 3, 4, 6, 7, 8, 17, 31, 32, 33, 40, 63,
			80, 255, 1024, 6000, 54321, 65535, 65536, 0x7fffffff, 0x80000000,
			0xfffffffe, 0xffffffff};

	return below(8) == 0 ? (uint32_t)random64() : PICK(values);
}

struct text {
	char bytes[TEXT_MAX];
	size_t n;
};

static void TT_PRINTF(2, 3) put(struct text *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	t->n += (size_t)vsnprintf(t->bytes + t->n, TEXT_MAX - t->n, format, args);
	va_end(args);
	TT_ASSERT(t->n < TEXT_MAX);
}

static void
put_number(struct text *t, unsigned depth)
{
	static const char *const fields[] = {"ip.version", "ip.id", "ip.ttl", "ip.proto",
			"ip.length", "ip.src", "ip.dst", "tcp.srcport", "tcp.dstport",
			"tcp.flags", "tcp.seq", "tcp.ack", "tcp.window", "tcp.mss",
			"udp.srcport", "udp.dstport", "srcport", "dstport", "icmp.type",
			"icmp.code", "payload.length"};
	static const char *const operators[] = {"|", "^", "&", "<<", ">>", "+", "-"};
	static const char *const prefixes[] = {"~", "-", ""};

	if (depth == 0 || below(3) == 0) {
		if (below(3) == 0)
			put(t, "%" PRIu32, random_value());
		else
			put(t, "%s", PICK(fields));
		return;
	}
	put(t, "%s(", PICK(prefixes));
	put_number(t, depth - 1);
	put(t, " %s ", PICK(operators));
	put_number(t, depth - 1);
	put(t, ")");
}

static void
put_comparison(struct text *t, unsigned depth)
{
	static const char *const operators[] = {"==", "!=", "<", "<=", ">", ">="};
	static const char *const layouts[] = {"", "mss", "nop,nop", "mss,nop,ws",
			"nop,eol", "?30,sok", "mss,sok,ts,nop,ws"};

	if (below(16) == 0) {
		put(t, "ip.version %s %s", operators[below(2)], below(2) ? "4" : "6");
		return;
	}
	if (below(6) == 0) {
		put(t, "tcp.options %s \"%s\"", operators[below(2)], PICK(layouts));
		return;
	}
	put_number(t, depth);
	put(t, " %s ", PICK(operators));
	put_number(t, depth);
}

static void
put_truth(struct text *t, unsigned depth)
{
	const unsigned kind = below(6);

	if (depth == 0 || kind < 2) {
		put_comparison(t, depth);
	} else if (kind == 2) {
		put_number(t, depth - 1);
	} else if (kind == 3) {
		put(t, "!(");
		put_truth(t, depth - 1);
		put(t, ")");
	} else {
		put(t, "(");
		put_truth(t, depth - 1);
		put(t, kind == 4 ? " && " : " || ");
		put_truth(t, depth - 1);
		put(t, ")");
	}
}

static void
put_rule(struct text *t, unsigned i)
{
	put(t, "- id: r%u\n  title: T\n  origin: x\n  chance: 1/2\n", i);
	put(t, "  source: {packets: 1, percent: 1}\n");
	if (below(3) == 0)
		put(t, "  valid-from: 2022-01-%02u\n", 7 + below(3));
	if (below(3) == 0)
		put(t, "  valid-until: 2022-01-%02u\n", 10 + below(3));
	if (below(4) != 0) {
		put(t, "  where: '");
		put_truth(t, below(3));
		put(t, "'\n");
	}
	put(t, "  match: '");
	put_truth(t, below(4));
	put(t, "'\n");
}

/* Options that are mostly well-formed. */
static void
make_options(uint8_t *to, unsigned n)
{
	static const uint8_t layouts[][20] = {{2, 4, 5, 180, 1, 3, 3, 7}, {1, 1, 1, 1},
			{1, 0}, {30, 4, 1, 1, 4, 2, 1, 1},
			{2, 4, 0, 1, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7}};

	memset(to, 0, n);
	memcpy(to, PICK(layouts), n < 20 ? n : 20);
	if (below(3) == 0 && n > 0)
		to[below(n)] = (uint8_t)random_value();
}

struct packets {
	struct tt_packet packets[TT_FINGERPRINT_BURST];
	uint8_t bytes[TT_FINGERPRINT_BURST][FRAME];
	const uint8_t *frames[TT_FINGERPRINT_BURST];
	uint32_t captured[TT_FINGERPRINT_BURST];
	int64_t times_us[TT_FINGERPRINT_BURST];
};

static void
make_header(struct packets *all, unsigned i)
{
	struct tt_packet *p = &all->packets[i];
	const unsigned options = below(11) * 4;
	uint8_t *header = all->bytes[i] + p->l4_offset;

	make_options(header + 20, options);
	header[12] = (uint8_t)((5 + options / 4) << 4);
	if (below(16) == 0)
		header[12] = (uint8_t)random64();
	all->captured[i] = p->l4_offset + 20 + options;
	p->ip_bytes = 20 + 20 + options;
	if (below(8) == 0)
		p->ip_bytes = random_value();
	if (below(4) == 0)
		all->captured[i] = p->l4_offset + 14 + below(7 + options);
	p->has_tcp = p->has_tcp && all->captured[i] >= p->l4_offset + 20u;
}

static void
make_packet(struct packets *all, unsigned i)
{
	static const uint8_t protocols[] = {TT_PROTO_TCP, TT_PROTO_TCP, TT_PROTO_TCP,
			TT_PROTO_UDP, TT_PROTO_ICMP, TT_PROTO_ICMPV6, 47};
	struct tt_packet *p = &all->packets[i];
	const bool later = below(8) == 0;

	memset(p, 0, sizeof(*p));
	p->ip_version = below(5) == 0 ? 6 : 4;
	p->protocol = PICK(protocols);
	p->has_tcp = !later && p->protocol == TT_PROTO_TCP;
	p->has_ports = p->has_tcp || (!later && p->protocol == TT_PROTO_UDP);
	p->has_icmp = !later
			&& (p->protocol == TT_PROTO_ICMP
					|| p->protocol == TT_PROTO_ICMPV6);
	p->src = tt_addr_v4(random_value());
	p->dst = tt_addr_v4(random_value());
	p->src_port = (uint16_t)random_value();
	p->dst_port = (uint16_t)random_value();
	p->tcp_flags = (uint16_t)(random_value() & 0xfff);
	p->tcp_window = (uint16_t)random_value();
	p->tcp_seq = below(2) == 0 ? (uint32_t)p->dst.lo : random_value();
	p->tcp_ack = random_value();
	p->ip_id = (uint16_t)random_value();
	p->ttl = (uint8_t)random_value();
	p->icmp_type = (uint8_t)random_value();
	p->icmp_code = (uint8_t)random_value();
	p->ip_offset = (uint16_t)below(8);
	p->l4_offset = (uint16_t)(p->ip_offset + 20);
	all->frames[i] = all->bytes[i];
	make_header(all, i);
	p->parts = tt_packet_parts_of(p);
	all->times_us[i] = SOME_DAY + (int64_t)(random64() % (2 * NEAR_RANGE))
			- NEAR_RANGE;
	if (below(8) == 0)
		all->times_us[i] = SOME_DAY + (int64_t)below(6) * 86400 * TT_US_PER_S;
}

/* At times all packets alike, at times all of one time. */
static void
make_packets(struct packets *all)
{
	const unsigned alike = below(8), one_time = below(2);

	for (unsigned i = 0; i < TT_FINGERPRINT_BURST; i++) {
		if (i > 0 && alike == 0) {
			all->packets[i] = all->packets[0];
			memcpy(all->bytes[i], all->bytes[0], FRAME);
			all->frames[i] = all->bytes[i];
			all->captured[i] = all->captured[0];
			all->times_us[i] = all->times_us[0];
		} else {
			make_packet(all, i);
		}
		if (one_time)
			all->times_us[i] = all->times_us[0];
	}
}

/* Returns the number of packets for which the two differ. */
static unsigned
compare(const struct tt_fingerprints *set, const struct packets *all, unsigned n,
		uint64_t *matched)
{
	tt_detail details[TT_FINGERPRINT_BURST];
	unsigned wrong = 0;

	for (unsigned i = 0; i < n; i++)
		details[i] = TT_DETAIL_BACKSCATTER;
	tt_fingerprints_burst(set, all->packets, all->frames, all->captured,
			all->times_us, details, n);
	for (unsigned i = 0; i < n; i++) {
		const tt_detail want = tt_fingerprints_one_ref(set, &all->packets[i],
				all->frames[i], all->captured[i], all->times_us[i]);

		if (details[i] != (want | TT_DETAIL_BACKSCATTER) && wrong++ == 0)
			fprintf(stderr, "packet %u of %u: %" PRIx64 ", not %" PRIx64 "\n",
					i, n, details[i], want);
		*matched += tt_detail_matched(want) != 0;
	}
	return wrong;
}

static bool
round_is_right(unsigned round, struct packets *all, uint64_t *matched)
{
	static struct text rules;
	struct tt_fingerprints *set;
	const unsigned n = below(TT_FINGERPRINT_BURST + 1);
	struct tt_error err;
	unsigned wrong;
	int ret;

	rules.n = 0;
	put(&rules, "version: 1\nfingerprints:\n");
	for (unsigned i = 0, n_rules = 1 + below(TT_FINGERPRINTS_MAX); i < n_rules; i++)
		put_rule(&rules, i);
	ret = tt_fingerprints_parse(
			&set, "random", (const uint8_t *)rules.bytes, rules.n, &err);
	if (ret == -E2BIG) /* so much for these: more columns than there are */
		return true;
	if (ret != 0) {
		fprintf(stderr, "round %u: %s: %s in\n%s", round, err.where, err.why,
				rules.bytes);
		return false;
	}
	make_packets(all);
	wrong = compare(set, all, n, matched);
	if (wrong != 0)
		fprintf(stderr, "round %u: %u of %u packets differ under\n%s", round,
				wrong, n, rules.bytes);
	tt_fingerprints_close(set);
	return wrong == 0;
}

int
main(int argc, char **argv)
{
	static struct packets all;
	uint64_t matched = 0;

	state = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)tt_time_now();
	printf("seed %" PRIu64 "\n", state);
	fflush(stdout);
	for (unsigned round = 0; round < ROUNDS; round++)
		if (!round_is_right(round, &all, &matched))
			return 1;
	printf("%d rounds, %" PRIu64 " packets matched a rule\n", ROUNDS, matched);
	return matched > 0 ? 0 : 1;
}
