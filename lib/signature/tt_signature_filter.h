/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which of a list's rules may match a packet, by its header: for each field that any of them looks at
 * there is a table that has, for each value (or one byte of a value), a bit for each rule;
 * what is left of all of them is tried. Tables
 * that leave little come first. Sixty-four rules cost one load for each field. It never leaves
 * out a rule that matches. For the files of lib/signature only.
 */
#ifndef TT_SIGNATURE_FILTER_H
#define TT_SIGNATURE_FILTER_H

#include "tt_signature_eval.h"

enum tt_signature_field {
	TT_SIGNATURE_FIELD_FLAGS, /* of TCP, eight */
	TT_SIGNATURE_FIELD_SHAPE, /* the bits below */
	TT_SIGNATURE_FIELD_WINDOW, /* one byte, as of others of more than eight bits */
	TT_SIGNATURE_FIELD_DST, /* bits 24 to 31 of the address: the first byte of IPv4 */
	TT_SIGNATURE_FIELD_SRC,
	TT_SIGNATURE_FIELD_TTL,
	TT_SIGNATURE_FIELD_DSIZE, /* 255: that and more */
	TT_SIGNATURE_FIELD_TYPE, /* of ICMP */
	TT_SIGNATURE_FIELD_CODE,
	TT_SIGNATURE_FIELD_ICMP_ID,
	TT_SIGNATURE_FIELD_ICMP_SEQ,
	TT_SIGNATURE_FIELD_PROTOCOL,
	TT_SIGNATURE_FIELD_IP_ID,
	TT_SIGNATURE_FIELD_TOS,
	TT_SIGNATURE_FIELD_SEQ,
	TT_SIGNATURE_FIELD_ACK,
	TT_SIGNATURE_FIELD_DST_PORT, /* its high byte */
	TT_SIGNATURE_FIELD_SRC_PORT,
	TT_SIGNATURE_N_FIELDS
};

#define TT_SIGNATURE_SHAPE_SAME    0x01 /* source is destination */
#define TT_SIGNATURE_SHAPE_V4      0x02
#define TT_SIGNATURE_SHAPE_PAYLOAD 0x04
#define TT_SIGNATURE_SHAPE_OPTIONS 0x08 /* IPv4 header of more than 20 bytes */
#define TT_SIGNATURE_SHAPE_LATER   0x10 /* fragment offset above 0 */
#define TT_SIGNATURE_SHAPE_BITS    0x20 /* times reserved, DF and MF; of IPv4 */

struct tt_signature_filter {
	uint32_t *ranks; /* [n], ascending; one for both directions twice */
	uint32_t n;
	uint32_t words; /* of 64 rules */
	uint32_t n_tables;
	struct tt_signature_table {
		enum tt_signature_field field;
		uint64_t *alive; /* [256][words] */
	} tables[TT_SIGNATURE_N_FIELDS];
};

struct tt_signature_arena;

/* ranks: ascending. Takes of the arena. Returns 0 or -ENOMEM. */
int tt_signature_filter_init(struct tt_signature_filter *f, const uint32_t *ranks,
		uint32_t n, const struct tt_signature_rule *rules,
		struct tt_signature_arena *arena) TT_MUST_CHECK;

/* May the i-th rule match where a field has that value? */
bool tt_signature_filter_takes(const struct tt_signature_filter *f,
		enum tt_signature_field field, uint8_t value, uint32_t i);

/*
 * The byte that stands for a value of more than eight bits: the one that differs most between packets.
 * Of windows that is the high one, as most are a multiple of 1,024, or one less.
 */
static inline __attribute__((always_inline)) uint8_t
tt_signature_byte(enum tt_signature_field field, uint32_t value)
{
	return (uint8_t)(field == TT_SIGNATURE_FIELD_WINDOW ? value >> 8 : value);
}

static inline uint8_t
tt_signature_shape(const struct tt_signature_view *v)
{
	const struct tt_packet *p = v->packet;
	const uint8_t *ip = v->frame + p->ip_offset;
	const unsigned same = ((p->src.lo ^ p->dst.lo) | (p->src.hi ^ p->dst.hi)) == 0;
	const unsigned v4 = p->ip_version == 4;
	const unsigned payload = v->payload.n != 0;

	return (uint8_t)(same * TT_SIGNATURE_SHAPE_SAME | v4 * TT_SIGNATURE_SHAPE_V4
			| payload * TT_SIGNATURE_SHAPE_PAYLOAD
			| (v4 & (ip[0] != 0x45)) * TT_SIGNATURE_SHAPE_OPTIONS
			| p->later_fragment * TT_SIGNATURE_SHAPE_LATER
			| (v4 ? ip[6] >> 5 : 0) * TT_SIGNATURE_SHAPE_BITS);
}

static inline uint8_t
tt_signature_icmp_byte(const struct tt_signature_view *v, enum tt_signature_field field)
{
	uint32_t value = 0;

	(void)tt_signature_number(v,
			field == TT_SIGNATURE_FIELD_ICMP_ID ? TT_RULE_ICMP_ID
							    : TT_RULE_ICMP_SEQ,
			&value);
	return tt_signature_byte(field, value);
}

static inline __attribute__((always_inline)) uint8_t
tt_signature_field(const struct tt_signature_view *v, enum tt_signature_field field)
{
	const struct tt_packet *p = v->packet;

	switch (field) {
	case TT_SIGNATURE_FIELD_FLAGS:
		return (uint8_t)p->tcp_flags;
	case TT_SIGNATURE_FIELD_SHAPE:
		return tt_signature_shape(v);
	case TT_SIGNATURE_FIELD_WINDOW:
		return tt_signature_byte(field, p->tcp_window);
	case TT_SIGNATURE_FIELD_DST:
		return (uint8_t)(p->dst.lo >> 24);
	case TT_SIGNATURE_FIELD_SRC:
		return (uint8_t)(p->src.lo >> 24);
	case TT_SIGNATURE_FIELD_TTL:
		return p->ttl;
	case TT_SIGNATURE_FIELD_DSIZE:
		return v->payload.n < 255 ? (uint8_t)v->payload.n : 255;
	case TT_SIGNATURE_FIELD_TYPE:
		return p->icmp_type;
	case TT_SIGNATURE_FIELD_CODE:
		return p->icmp_code;
	case TT_SIGNATURE_FIELD_ICMP_ID:
	case TT_SIGNATURE_FIELD_ICMP_SEQ:
		return tt_signature_icmp_byte(v, field);
	case TT_SIGNATURE_FIELD_PROTOCOL:
		return p->protocol;
	case TT_SIGNATURE_FIELD_IP_ID:
		return tt_signature_byte(field, p->ip_id);
	case TT_SIGNATURE_FIELD_TOS:
		return v->frame[p->ip_offset + 1];
	case TT_SIGNATURE_FIELD_SEQ:
		return tt_signature_byte(field, p->tcp_seq);
	case TT_SIGNATURE_FIELD_ACK:
		return tt_signature_byte(field, p->tcp_ack);
	case TT_SIGNATURE_FIELD_DST_PORT:
		return (uint8_t)(p->dst_port >> 8);
	case TT_SIGNATURE_FIELD_SRC_PORT:
		return (uint8_t)(p->src_port >> 8);
	default:
		return 0;
	}
}

/* The w-th 64 of a filter's rules, before any is left out. */
static inline uint64_t
tt_signature_filter_all(const struct tt_signature_filter *f, uint32_t w)
{
	return w + 1 < f->words || f->n % 64 == 0 ? UINT64_MAX
						  : (UINT64_C(1) << f->n % 64) - 1;
}

/* What a packet leaves of the w-th 64 of a filter's rules, of which alive are asked for. */
static inline uint64_t
tt_signature_filter_left(const struct tt_signature_filter *f,
		const struct tt_signature_view *v, uint32_t w, uint64_t alive)
{
	for (uint32_t t = 0; t < f->n_tables && alive != 0; t++)
		alive &= f->tables[t].alive[tt_signature_field(v, f->tables[t].field)
						* f->words
				+ w];
	return alive;
}

#endif
