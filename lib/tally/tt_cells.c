/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_cells.h"

_Static_assert(TT_N_ROWS == TT_ROWS_OTHER * 65536 + 256,
		"one index per target and class");
_Static_assert(TT_N_TARGETS == TT_TARGET_OTHER + 256, "one index per target");
_Static_assert(TT_CELL_DENSE_END % 256 == 0 && TT_CELL_IP_LENGTH % 256 == 0
				&& TT_CELL_SOURCE_PORT_REST % 256 == 0
				&& TT_CELL_DESTINATION_REST % 256 == 0,
		"sections of whole blocks");

const uint16_t tt_usual_protocol[TT_N_CLASSES] = {
		[TT_CLASS_TCP_SYN... TT_CLASS_TCP_OTHER] = TT_PROTO_TCP,
		[TT_CLASS_UDP] = TT_PROTO_UDP,
		[TT_CLASS_ICMP_ECHO_REQUEST... TT_CLASS_ICMP_OTHER] = TT_PROTO_ICMP,
		[TT_CLASS_OTHER] = TT_USUAL_NONE,
};

/* Numbers in keys are one more than they are. */
const uint32_t tt_target_base[256] = {
		[TT_PROTO_TCP] = (uint32_t)(TT_TARGET_TCP - 1),
		[TT_PROTO_UDP] = TT_TARGET_UDP - 1,
		[TT_PROTO_ICMP] = TT_TARGET_ICMP - 1,
		[TT_PROTO_ICMPV6] = TT_TARGET_ICMPV6 - 1,
};

static struct tt_packet
icmp_packet(uint8_t protocol, unsigned type_code)
{
	return (struct tt_packet){.protocol = protocol,
			.has_icmp = true,
			.icmp_type = (uint8_t)(type_code >> 8),
			.icmp_code = (uint8_t)type_code};
}

static void
icmp_key(uint8_t protocol, unsigned type_code, tt_target_key *key, tt_detail *detail)
{
	struct tt_packet p = icmp_packet(protocol, type_code);

	*key = tt_target_key_of(&p);
	*detail = tt_backscatter_detail(&p, NULL, 0) & TT_DETAIL_BACKSCATTER;
}

static void
port_key(uint8_t protocol, unsigned port, enum tt_class class, bool backscatter,
		tt_target_key *key, tt_detail *detail)
{
	*key = tt_target_key_make((struct tt_target){protocol, (int32_t)port, 0}, class);
	*detail = backscatter ? TT_DETAIL_BACKSCATTER : 0;
}

void
tt_row_key(uint32_t row, tt_target_key *key, tt_detail *detail)
{
	unsigned block = row / 65536, number = row % 65536;
	enum tt_class class;

	switch (block) {
	case TT_ROWS_UDP:
	case TT_ROWS_UDP_BACKSCATTER:
		port_key(TT_PROTO_UDP, number, TT_CLASS_UDP,
				block == TT_ROWS_UDP_BACKSCATTER, key, detail);
		break;
	case TT_ROWS_ICMP:
		icmp_key(TT_PROTO_ICMP, number, key, detail);
		break;
	case TT_ROWS_ICMPV6:
		icmp_key(TT_PROTO_ICMPV6, number, key, detail);
		break;
	case TT_ROWS_OTHER:
		*key = tt_target_key_make((struct tt_target){(uint8_t)number, -1, 0},
				TT_CLASS_OTHER);
		*detail = 0;
		break;
	default:
		class = (enum tt_class)(block - TT_ROWS_TCP);
		port_key(TT_PROTO_TCP, number, class,
				class == TT_CLASS_TCP_SYNACK || class == TT_CLASS_TCP_RST,
				key, detail);
	}
}

struct tt_target
tt_target_of_index(uint32_t i)
{
	if (i < TT_TARGET_UDP)
		return (struct tt_target){TT_PROTO_TCP, (int32_t)i, 0};
	if (i < TT_TARGET_ICMP)
		return (struct tt_target){TT_PROTO_UDP, (int32_t)(i - TT_TARGET_UDP), 0};
	if (i < TT_TARGET_ICMPV6)
		return (struct tt_target){
				TT_PROTO_ICMP, (int32_t)(i - TT_TARGET_ICMP), 0};
	if (i < TT_TARGET_OTHER)
		return (struct tt_target){
				TT_PROTO_ICMPV6, (int32_t)(i - TT_TARGET_ICMPV6), 0};
	return (struct tt_target){(uint8_t)(i - TT_TARGET_OTHER), -1, 0};
}

/* What there is to know of each distribution; `section` is where its cells start, those of one
 * class after those of another where `by_class`. */
static const struct {
	const char *name;
	uint32_t values, section;
	bool by_class;
} distributions[TT_N_DISTRIBUTIONS] = {
		[TT_DIST_IP_PROTOCOL] = {"ip-protocol", 256, TT_CELL_IP_PROTOCOL, true},
		[TT_DIST_TTL] = {"ttl", 256, TT_CELL_TTL, true},
		[TT_DIST_TCP_FLAGS] = {"tcp-flags", 64, TT_CELL_TCP_FLAGS, false},
		[TT_DIST_TCP_FLAGS_ALL] = {"tcp-flags-all", 4096, TT_CELL_TCP_FLAGS,
				false},
		[TT_DIST_TCP_WINDOW] = {"tcp-window", 65536, TT_CELL_TCP_WINDOW, false},
		[TT_DIST_TCP_SOURCE_PORT] = {"tcp-source-port", 65536,
				TT_CELL_SOURCE_PORT_REST, true},
		[TT_DIST_UDP_SOURCE_PORT] = {"udp-source-port", 65536,
				TT_CELL_SOURCE_PORT_REST, true},
		[TT_DIST_ENCAPSULATION] = {"encapsulation", TT_N_ENCAPS,
				TT_CELL_ENCAPSULATION, true},
		[TT_DIST_ENCAPSULATION_DEPTH] = {"encapsulation-depth",
				TT_DIST_DEPTH_MAX + 1, TT_CELL_DEPTH, true},
		[TT_DIST_IP_LENGTH] = {"ip-length", TT_DIST_IP_LENGTH_MAX + 1,
				TT_CELL_IP_LENGTH, true},
};

const char *
tt_distribution_name(enum tt_distribution d)
{
	TT_ASSERT((unsigned)d < TT_N_DISTRIBUTIONS);
	return distributions[d].name;
}

uint32_t
tt_distribution_values(enum tt_distribution d)
{
	TT_ASSERT((unsigned)d < TT_N_DISTRIBUTIONS);
	return distributions[d].values;
}

static bool
has_class(enum tt_distribution d, enum tt_class class, uint32_t value)
{
	struct tt_packet p = {.protocol = TT_PROTO_TCP,
			.has_ports = true,
			.tcp_flags = (uint16_t)value};

	switch (d) {
	case TT_DIST_TCP_FLAGS:
	case TT_DIST_TCP_FLAGS_ALL:
		return tt_classify(&p) == class;
	case TT_DIST_TCP_WINDOW:
		return class == TT_CLASS_TCP_SYN;
	case TT_DIST_TCP_SOURCE_PORT:
		return class <= TT_CLASS_TCP_OTHER;
	case TT_DIST_UDP_SOURCE_PORT:
		return class == TT_CLASS_UDP;
	default:
		return true;
	}
}

int64_t
tt_distribution_cell(enum tt_distribution d, enum tt_class class, uint32_t value)
{
	TT_ASSERT((unsigned)d < TT_N_DISTRIBUTIONS && value < distributions[d].values);
	if (!has_class(d, class, value))
		return -1;
	if (d == TT_DIST_IP_LENGTH)
		return value == TT_DIST_IP_LENGTH_MAX ? TT_CELL_IP_LONG + (uint32_t) class
						      : tt_length_cell(class, value);
	return distributions[d].section + value
			+ (distributions[d].by_class ? (uint32_t) class * distributions[d].values
						     : 0);
}
