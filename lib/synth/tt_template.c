/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_template.h"

#include <string.h>

#define FRAME_BYTES_MIN 60

static inline void
put16(uint8_t *at, uint16_t value)
{
	value = __builtin_bswap16(value);
	memcpy(at, &value, sizeof(value));
}

static inline void
put32(uint8_t *at, uint32_t value)
{
	value = __builtin_bswap32(value);
	memcpy(at, &value, sizeof(value));
}

static inline void
put_addr6(uint8_t *at, struct tt_addr a)
{
	uint64_t halves[2] = {__builtin_bswap64(a.hi), __builtin_bswap64(a.lo)};

	memcpy(at, halves, sizeof(halves));
}

static inline uint32_t
words(uint32_t value)
{
	return (value >> 16) + (value & 0xffff);
}

static inline uint32_t
words64(uint64_t value)
{
	return words((uint32_t)(value >> 32)) + words((uint32_t)value);
}

static inline uint16_t
checksum(uint32_t sum)
{
	sum = words(sum);
	return (uint16_t)~words(sum);
}

static uint32_t
sum_bytes(const uint8_t *at, uint32_t n)
{
	uint32_t sum = 0;

	for (; n > 1; n -= 2, at += 2)
		sum += (uint32_t)at[0] << 8 | at[1];
	return n == 1 ? sum + ((uint32_t)at[0] << 8) : sum;
}

/* Locally administered addresses: no maker's card sent this. */
static uint32_t
put_ethernet(uint8_t *bytes, const struct tt_profile_component *c)
{
	static const uint8_t macs[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
	uint32_t at = sizeof(macs);

	memcpy(bytes, macs, sizeof(macs));
	for (unsigned i = 0; i < c->n_vlans; i++, at += 4) {
		/* IEEE 802.1ad: service tags outside, the customer's tag innermost. */
		put16(bytes + at, i + 1 < c->n_vlans ? 0x88a8 : 0x8100);
		put16(bytes + at + 2, c->vlan[i]);
	}
	put16(bytes + at, c->ip_version == 4 ? 0x0800 : 0x86dd);
	return at + 2;
}

/* RFC 791 section 3.1, RFC 8200 section 3; returns the header's length. */
static uint32_t
put_ip(uint8_t *ip, unsigned version, uint8_t protocol, uint16_t bytes_after)
{
	if (version == 4) {
		ip[0] = 0x45;
		put16(ip + 2, 20 + bytes_after);
		ip[9] = protocol;
		return 20;
	}
	ip[0] = 0x60;
	put16(ip + 4, bytes_after);
	ip[6] = protocol;
	return 40;
}

static uint32_t
put_tcp(uint8_t *tcp, const struct tt_profile_component *c)
{
	uint32_t bytes = 20 + c->n_tcp_options;

	put16(tcp + 12, (uint16_t)(bytes / 4 << 12 | c->tcp_flags));
	memcpy(tcp + 20, c->tcp_options, c->n_tcp_options);
	return bytes;
}

/* The header and the first eight bytes of a packet that a monitored address never sent. */
static uint32_t
put_quoted(uint8_t *quoted, const struct tt_profile_component *c)
{
	struct tt_target t = c->quotes;
	uint16_t bytes = t.protocol == TT_PROTO_TCP ? 20 : 8;
	uint32_t header = put_ip(quoted, c->ip_version, t.protocol, bytes);
	uint8_t *l4 = quoted + header;

	quoted[c->ip_version == 4 ? 8 : 7] = 52;
	if (t.protocol == TT_PROTO_ICMP || t.protocol == TT_PROTO_ICMPV6) {
		l4[0] = (uint8_t)t.number;
		l4[1] = t.code;
		return header + 8;
	}
	put16(l4 + 2, (uint16_t)t.number);
	if (t.protocol == TT_PROTO_UDP)
		put16(l4 + 4, 8);
	return header + 8;
}

static uint32_t
put_icmp(uint8_t *icmp, const struct tt_profile_component *c)
{
	icmp[0] = (uint8_t)c->target.number;
	icmp[1] = c->target.code;
	if (c->target.protocol == TT_PROTO_ICMPV6 && c->target.number == 2)
		put16(icmp + 6, 1280); /* the least MTU: RFC 4443 section 3.2 */
	return c->has_quotes ? 8 + put_quoted(icmp + 8, c) : 8;
}

static uint32_t
put_transport(uint8_t *l4, const struct tt_profile_component *c, uint32_t l4_bytes)
{
	switch (c->target.protocol) {
	case TT_PROTO_TCP:
		return put_tcp(l4, c);
	case TT_PROTO_UDP:
		put16(l4 + 4, (uint16_t)l4_bytes);
		return 8;
	case TT_PROTO_ICMP:
	case TT_PROTO_ICMPV6:
		return put_icmp(l4, c);
	default:
		return 0;
	}
}

/* The sums over the parts that do not change. */
static void
sum_up(struct tt_template *t, uint32_t l4_bytes)
{
	const uint8_t *l4 = t->bytes + t->l4;

	if (t->ip_version == 4)
		t->ip_sum = sum_bytes(t->bytes + t->ip, 20);
	t->l4_sum = sum_bytes(l4, l4_bytes);
	if (t->protocol != TT_PROTO_ICMP) /* the pseudo header */
		t->l4_sum += t->protocol + l4_bytes;
	if (t->quotes && t->ip_version == 4) /* whose checksum, put in later, makes it 0 */
		t->l4_sum -= sum_bytes(l4 + 8, 20);
}

void
tt_template_init(struct tt_template *t, const struct tt_profile_component *c)
{
	uint32_t l4_bytes, header;

	memset(t, 0, sizeof(*t));
	t->ip_version = c->ip_version;
	t->protocol = c->target.protocol;
	t->quotes = c->has_quotes;
	t->echo = (t->protocol == TT_PROTO_ICMP || t->protocol == TT_PROTO_ICMPV6)
			&& !t->quotes;
	t->ip = put_ethernet(t->bytes, c);
	t->l4 = t->ip + (t->ip_version == 4 ? 20 : 40);
	t->length = t->ip + c->ip_bytes;
	l4_bytes = t->length - t->l4;
	if (t->length < FRAME_BYTES_MIN)
		t->length = FRAME_BYTES_MIN;
	put_ip(t->bytes + t->ip, t->ip_version, t->protocol, (uint16_t)l4_bytes);
	header = put_transport(t->bytes + t->l4, c, l4_bytes);
	if (c->payload_bytes > 0)
		memcpy(t->bytes + t->l4 + header, c->payload, c->payload_bytes);
	sum_up(t, l4_bytes);
}

static void
fill_tcp(const struct tt_template *t, uint8_t *tcp, const struct tt_template_fields *f,
		uint32_t addresses)
{
	put16(tcp, f->src_port);
	put16(tcp + 2, f->dst_port);
	put32(tcp + 4, f->seq);
	put32(tcp + 8, f->ack);
	put16(tcp + 14, f->window);
	put16(tcp + 16,
			checksum(t->l4_sum + addresses + f->src_port + f->dst_port
					+ words(f->seq) + words(f->ack) + f->window));
}

static void
fill_udp(const struct tt_template *t, uint8_t *udp, const struct tt_template_fields *f,
		uint32_t addresses)
{
	uint16_t sum = checksum(t->l4_sum + addresses + f->src_port + f->dst_port);

	put16(udp, f->src_port);
	put16(udp + 2, f->dst_port);
	put16(udp + 6, sum == 0 ? 0xffff : sum); /* 0 would mean none: RFC 768 */
}

static void
fill_quoted(const struct tt_template *t, uint8_t *icmp,
		const struct tt_template_fields *f, uint32_t addresses)
{
	uint8_t *quoted = icmp + 8, *quoted_l4 = quoted + 20;

	put32(quoted + 12, (uint32_t)f->dst.lo);
	put32(quoted + 16, (uint32_t)f->src.lo);
	put16(quoted + 10, 0);
	put16(quoted + 10, checksum(sum_bytes(quoted, 12) + addresses));
	put16(quoted_l4 + (quoted[9] == TT_PROTO_ICMP ? 4 : 0), f->src_port);
	put16(icmp + 2, checksum(t->l4_sum + f->src_port));
}

static void
fill_quoted6(const struct tt_template *t, uint8_t *icmp,
		const struct tt_template_fields *f, uint32_t addresses)
{
	uint8_t *quoted = icmp + 8, *quoted_l4 = quoted + 40;

	put_addr6(quoted + 8, f->dst);
	put_addr6(quoted + 24, f->src);
	put16(quoted_l4 + (quoted[6] == TT_PROTO_ICMPV6 ? 4 : 0), f->src_port);
	/* The addresses of the pseudo header and the quoted ones are the same. */
	put16(icmp + 2, checksum(t->l4_sum + 2 * addresses + f->src_port));
}

/* addresses: those of the pseudo header, which ICMP of IPv4 does not have. */
static void
fill_echo(const struct tt_template *t, uint8_t *icmp, const struct tt_template_fields *f,
		uint32_t addresses)
{
	put32(icmp + 4, f->seq); /* identifier and sequence number */
	put16(icmp + 2, checksum(t->l4_sum + addresses + words(f->seq)));
}

static void
fill_ip4(const struct tt_template *t, uint8_t *ip, const struct tt_template_fields *f,
		uint32_t addresses)
{
	put16(ip + 4, f->ip_id);
	ip[8] = f->ttl;
	put32(ip + 12, (uint32_t)f->src.lo);
	put32(ip + 16, (uint32_t)f->dst.lo);
	put16(ip + 10,
			checksum(t->ip_sum + addresses + f->ip_id
					+ ((uint32_t)f->ttl << 8)));
}

static void
fill_ip6(uint8_t *ip, const struct tt_template_fields *f)
{
	ip[7] = f->ttl;
	put_addr6(ip + 8, f->src);
	put_addr6(ip + 24, f->dst);
}

void
tt_template_fill(struct tt_template *t, const struct tt_template_fields *f)
{
	uint8_t *ip = t->bytes + t->ip, *l4 = t->bytes + t->l4;
	bool v4 = t->ip_version == 4;
	uint32_t addresses;

	if (v4) {
		addresses = words((uint32_t)f->src.lo) + words((uint32_t)f->dst.lo);
		fill_ip4(t, ip, f, addresses);
	} else {
		addresses = words64(f->src.hi) + words64(f->src.lo) + words64(f->dst.hi)
				+ words64(f->dst.lo);
		fill_ip6(ip, f);
	}
	if (t->protocol == TT_PROTO_TCP)
		fill_tcp(t, l4, f, addresses);
	else if (t->protocol == TT_PROTO_UDP)
		fill_udp(t, l4, f, addresses);
	else if (t->quotes && v4)
		fill_quoted(t, l4, f, addresses);
	else if (t->quotes)
		fill_quoted6(t, l4, f, addresses);
	else if (t->echo)
		fill_echo(t, l4, f, v4 ? 0 : addresses);
}
