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

static inline uint32_t
words(uint32_t value)
{
	return (value >> 16) + (value & 0xffff);
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
	put16(bytes + at, 0x0800);
	return at + 2;
}

static void
put_ip(uint8_t *ip, uint8_t protocol, uint16_t total_bytes)
{
	ip[0] = 0x45;
	put16(ip + 2, total_bytes);
	ip[9] = protocol;
}

static uint16_t tcp_flags(enum tt_class class)
{
	switch (class) {
	case TT_CLASS_TCP_SYN:
		return TT_TCP_SYN;
	case TT_CLASS_TCP_SYNACK:
		return TT_TCP_SYN | TT_TCP_ACK;
	case TT_CLASS_TCP_RST:
		/* What answers a SYN to a closed port: RFC 9293 section 3.10.7.1. */
		return TT_TCP_RST | TT_TCP_ACK;
	case TT_CLASS_TCP_ACK:
		return TT_TCP_ACK;
	default:
		return TT_TCP_FIN;
	}
}

static uint32_t
put_tcp(uint8_t *tcp, const struct tt_profile_component *c)
{
	uint32_t bytes = 20 + c->n_tcp_options;

	put16(tcp + 12, (uint16_t)(bytes / 4 << 12 | tcp_flags(c->class)));
	put16(tcp + 14, c->window);
	memcpy(tcp + 20, c->tcp_options, c->n_tcp_options);
	return bytes;
}

/* The header and the first eight bytes of a packet that a monitored address never sent. */
static uint32_t
put_quoted(uint8_t *quoted, const struct tt_profile_component *c)
{
	struct tt_target t = c->quotes;
	uint16_t bytes = t.protocol == TT_PROTO_TCP ? 40 : 28;

	put_ip(quoted, t.protocol, bytes);
	quoted[8] = 52;
	if (t.protocol == TT_PROTO_ICMP) {
		quoted[20] = (uint8_t)t.number;
		quoted[21] = t.code;
		return 28;
	}
	put16(quoted + 22, (uint16_t)t.number);
	if (t.protocol == TT_PROTO_UDP)
		put16(quoted + 24, 8);
	return 28;
}

static uint32_t
put_transport(uint8_t *l4, const struct tt_profile_component *c)
{
	switch (c->target.protocol) {
	case TT_PROTO_TCP:
		return put_tcp(l4, c);
	case TT_PROTO_UDP:
		put16(l4 + 4, (uint16_t)(c->ip_bytes - 20));
		return 8;
	case TT_PROTO_ICMP:
		l4[0] = (uint8_t)c->target.number;
		l4[1] = c->target.code;
		return c->has_quotes ? 8 + put_quoted(l4 + 8, c) : 8;
	default:
		return 0;
	}
}

void
tt_template_init(struct tt_template *t, const struct tt_profile_component *c)
{
	uint32_t l4_bytes = c->ip_bytes - 20, header;

	memset(t, 0, sizeof(*t));
	t->protocol = c->target.protocol;
	t->quotes = c->has_quotes;
	t->echo = t->protocol == TT_PROTO_ICMP && !t->quotes;
	t->ip = put_ethernet(t->bytes, c);
	t->l4 = t->ip + 20;
	t->length = t->ip + c->ip_bytes;
	if (t->length < FRAME_BYTES_MIN)
		t->length = FRAME_BYTES_MIN;
	put_ip(t->bytes + t->ip, t->protocol, (uint16_t)c->ip_bytes);
	header = put_transport(t->bytes + t->l4, c);
	if (c->payload_bytes > 0)
		memcpy(t->bytes + t->l4 + header, c->payload, c->payload_bytes);
	t->ip_sum = sum_bytes(t->bytes + t->ip, 20);
	t->l4_sum = sum_bytes(t->bytes + t->l4, l4_bytes);
	if (t->protocol == TT_PROTO_TCP || t->protocol == TT_PROTO_UDP)
		t->l4_sum += t->protocol + l4_bytes; /* the pseudo header */
	if (t->quotes) /* whose checksum, put in later, makes it 0 */
		t->l4_sum -= sum_bytes(t->bytes + t->l4 + 8, 20);
}

static void
fill_tcp(const struct tt_template *t, uint8_t *tcp, const struct tt_template_fields *f,
		uint32_t addresses)
{
	put16(tcp, f->src_port);
	put16(tcp + 2, f->dst_port);
	put32(tcp + 4, f->seq);
	put32(tcp + 8, f->ack);
	put16(tcp + 16,
			checksum(t->l4_sum + addresses + f->src_port + f->dst_port
					+ words(f->seq) + words(f->ack)));
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
	uint8_t *quoted = icmp + 8;

	put32(quoted + 12, f->dst);
	put32(quoted + 16, f->src);
	put16(quoted + 10, 0);
	put16(quoted + 10, checksum(sum_bytes(quoted, 12) + addresses));
	put16(quoted + (quoted[9] == TT_PROTO_ICMP ? 24 : 20), f->src_port);
	put16(icmp + 2, checksum(t->l4_sum + f->src_port));
}

static void
fill_echo(const struct tt_template *t, uint8_t *icmp, const struct tt_template_fields *f)
{
	put32(icmp + 4, f->seq); /* identifier and sequence number */
	put16(icmp + 2, checksum(t->l4_sum + words(f->seq)));
}

void
tt_template_fill(struct tt_template *t, const struct tt_template_fields *f)
{
	uint8_t *ip = t->bytes + t->ip, *l4 = t->bytes + t->l4;
	uint32_t addresses = words(f->src) + words(f->dst);

	put16(ip + 4, f->ip_id);
	ip[8] = f->ttl;
	put32(ip + 12, f->src);
	put32(ip + 16, f->dst);
	put16(ip + 10,
			checksum(t->ip_sum + addresses + f->ip_id
					+ ((uint32_t)f->ttl << 8)));
	if (t->protocol == TT_PROTO_TCP)
		fill_tcp(t, l4, f, addresses);
	else if (t->protocol == TT_PROTO_UDP)
		fill_udp(t, l4, f, addresses);
	else if (t->quotes)
		fill_quoted(t, l4, f, addresses);
	else if (t->echo)
		fill_echo(t, l4, f);
}
