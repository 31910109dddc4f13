/* SPDX-License-Identifier: BSD-3-Clause */
/* Targets with class as a dense range of indexes, for counting without sources. */
#include "tt_tally.h"

/* The blocks of 65,536: the five TCP classes, UDP, ICMP and ICMPv6; then 256 protocols. */
enum {
	BLOCK_TCP = 0,
	BLOCK_UDP = 5,
	BLOCK_ICMP = 6,
	BLOCK_ICMPV6 = 7,
	N_BLOCKS = 8
};

_Static_assert(TT_CLASS_TCP_SYN == 0 && TT_CLASS_TCP_OTHER == 4,
		"TCP classes come first");
_Static_assert(TT_N_OVERFLOW == N_BLOCKS * 65536 + 256, "one index per target and class");

static uint32_t
in_block(unsigned block, unsigned number)
{
	return block * 65536 + number;
}

uint32_t
tt_overflow_index(tt_target_key key)
{
	struct tt_target t = tt_target_key_target(key);
	unsigned icmp = (unsigned)t.number << 8 | t.code;

	if (t.number >= 0) {
		if (t.protocol == TT_PROTO_TCP)
			return in_block(BLOCK_TCP + tt_target_key_class(key),
					(unsigned)t.number);
		if (t.protocol == TT_PROTO_UDP)
			return in_block(BLOCK_UDP, (unsigned)t.number);
		if (t.protocol == TT_PROTO_ICMP)
			return in_block(BLOCK_ICMP, icmp);
		if (t.protocol == TT_PROTO_ICMPV6)
			return in_block(BLOCK_ICMPV6, icmp);
	}
	return in_block(N_BLOCKS, t.protocol);
}

static tt_target_key
icmp_key(uint8_t protocol, unsigned type_code)
{
	struct tt_packet p = {.protocol = protocol,
			.has_icmp = true,
			.icmp_type = (uint8_t)(type_code >> 8),
			.icmp_code = (uint8_t)type_code};

	return tt_target_key_of(&p);
}

tt_target_key
tt_overflow_key(uint32_t index)
{
	unsigned block = index / 65536, number = index % 65536;

	switch (block) {
	case BLOCK_UDP:
		return tt_target_key_make(
				(struct tt_target){TT_PROTO_UDP, (int32_t)number, 0},
				TT_CLASS_UDP);
	case BLOCK_ICMP:
		return icmp_key(TT_PROTO_ICMP, number);
	case BLOCK_ICMPV6:
		return icmp_key(TT_PROTO_ICMPV6, number);
	case N_BLOCKS:
		return tt_target_key_make((struct tt_target){(uint8_t)number, -1, 0},
				TT_CLASS_OTHER);
	default:
		return tt_target_key_make(
				(struct tt_target){TT_PROTO_TCP, (int32_t)number, 0},
				(enum tt_class)(block - BLOCK_TCP));
	}
}

const char *
tt_distribution_name(enum tt_distribution d)
{
	static const char *const names[TT_N_DISTRIBUTIONS] = {
			[TT_DIST_IP_PROTOCOL] = "ip-protocol",
			[TT_DIST_TTL] = "ttl",
			[TT_DIST_TCP_FLAGS] = "tcp-flags",
			[TT_DIST_TCP_FLAGS_ALL] = "tcp-flags-all",
			[TT_DIST_ENCAPSULATION] = "encapsulation",
			[TT_DIST_IP_LENGTH] = "ip-length",
	};

	return names[d];
}

void
tt_distribution_range(enum tt_distribution d, uint32_t *first, uint32_t *n)
{
	static const struct {
		uint32_t first, n;
	} ranges[TT_N_DISTRIBUTIONS] = {
			[TT_DIST_IP_PROTOCOL] = {TT_CELL_IP_PROTOCOL, 256},
			[TT_DIST_TTL] = {TT_CELL_TTL, 256},
			[TT_DIST_TCP_FLAGS] = {TT_CELL_TCP_FLAGS, 4096},
			[TT_DIST_TCP_FLAGS_ALL] = {TT_CELL_TCP_FLAGS, 4096},
			[TT_DIST_ENCAPSULATION] = {TT_CELL_ENCAPSULATION, TT_N_ENCAPS},
			[TT_DIST_IP_LENGTH] = {TT_CELL_IP_LENGTH,
					TT_DIST_IP_LENGTH_MAX + 1},
	};

	*first = ranges[d].first;
	*n = ranges[d].n;
}
