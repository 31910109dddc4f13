/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The layout of the plain counters of a tally: one array of cells, one section after the other.
 * First distributions, which every packet is counted in, then rests: what packets are counted in when the table that
 * would have their key is full. These cells count packets and bytes; from TT_CELL_PACKETS on they count packets alone,
 * in half the room: again distributions, then rests. The last section has as many cells as there are destination
 * units, times classes. Constants and pure functions, any thread.
 */
#ifndef TT_CELLS_H
#define TT_CELLS_H

#include "tt_detail.h"
#include "tt_geo.h"

#include <string.h>

struct tt_count {
	uint64_t packets, bytes;
};

/* Adds both numbers at once. */
static inline void
tt_count_add(struct tt_count *to, struct tt_count add)
{
	typedef uint64_t both __attribute__((vector_size(16)));
	both sum;

	memcpy(&sum, to, sizeof(sum));
	sum += (both){add.packets, add.bytes};
	memcpy(to, &sum, sizeof(sum));
}

enum tt_distribution {
	TT_DIST_IP_PROTOCOL, /* value: protocol number */
	TT_DIST_TTL, /* value: TTL or hop limit */
	TT_DIST_TCP_FLAGS, /* value: the six control bits, URG to FIN; a marginal of the next */
	TT_DIST_TCP_FLAGS_ALL, /* value: all twelve, with CWR, ECE, AE and the reserved ones */
	TT_DIST_TCP_WINDOW, /* value: window field of packets of class tcp-syn */
	TT_DIST_TCP_SOURCE_PORT, /* value: port; of its sum, cells hold only the rest */
	TT_DIST_UDP_SOURCE_PORT, /* value: port; likewise */
	TT_DIST_ENCAPSULATION, /* value: set of enum tt_encap */
	TT_DIST_ENCAPSULATION_DEPTH, /* value: number of headers before the IP header */
	TT_DIST_IP_LENGTH, /* value: bytes; 65536 stands for all longer ones. Cells of others need no bytes */
	TT_N_DISTRIBUTIONS
};

#define TT_DIST_IP_LENGTH_MAX 65536
#define TT_DIST_DEPTH_MAX     31 /* stands for all deeper ones */

/*
 * Nearly all packets of a class have one value of these, the usual one: its protocol, no
 * encapsulation. Cells are counted for the others alone; tt_rest_complete derives the usual
 * one's, since every packet is in the cells of TT_DIST_TTL.
 */
#define TT_USUAL_NONE 256 /* class other: no protocol is usual */
extern const uint16_t tt_usual_protocol[TT_N_CLASSES];

/* Targets with code, class and backscatter as a dense range of indexes: `targets` without
 * countries. */
#define TT_N_ROWS (65536 * (5 + 2 + 2) + 256)

/* Protocol and number alone: what sketches are kept of. */
#define TT_N_TARGETS (65536 * 2 + 256 * 2 + 256)

/* Where each section starts. Sections by class have the class outermost. */
enum tt_section {
	TT_CELL_IP_PROTOCOL = 0, /* [class][256] */
	TT_CELL_TTL = TT_CELL_IP_PROTOCOL + TT_N_CLASSES * 256, /* [class][256] */
	TT_CELL_TCP_FLAGS = TT_CELL_TTL + TT_N_CLASSES * 256, /* [4096] */
	TT_CELL_DENSE_END = TT_CELL_TCP_FLAGS
			+ 4096, /* before it, cells are all looked at */
	TT_CELL_TCP_WINDOW = TT_CELL_DENSE_END, /* [65536] */
	TT_CELL_ENCAPSULATION = TT_CELL_TCP_WINDOW + 65536, /* [class][TT_N_ENCAPS] */
	TT_CELL_DEPTH = TT_CELL_ENCAPSULATION
			+ TT_N_CLASSES * TT_N_ENCAPS, /* [class][32] */
	TT_CELL_IP_LONG = TT_CELL_DEPTH
			+ TT_N_CLASSES
					* (TT_DIST_DEPTH_MAX
							+ 1), /* [class]: lengths of 65536 or more */
	TT_CELL_ROW_REST = TT_CELL_IP_LONG + TT_N_CLASSES, /* [TT_N_ROWS] */
	TT_CELL_COUNTRY_REST = TT_CELL_ROW_REST
			+ TT_N_ROWS, /* [class][backscatter][TT_N_COUNTRIES] */
	TT_CELL_ATTACKED_REST = TT_CELL_COUNTRY_REST
			+ TT_N_CLASSES * 2 * TT_N_COUNTRIES, /* [class] */
	TT_CELL_FINGERPRINT_REST = TT_CELL_ATTACKED_REST + TT_N_CLASSES, /* [rule] */
	TT_CELL_IPV6_REST = TT_CELL_FINGERPRINT_REST
			+ TT_FINGERPRINTS_MAX, /* one: those of IPv6 in rests of rows */
	TT_CELL_COUNTS_END = TT_CELL_IPV6_REST + 1,
	/* Packets alone, in whole blocks of 256 cells. */
	TT_CELL_PACKETS = (TT_CELL_COUNTS_END + 255) / 256 * 256,
	TT_CELL_IP_LENGTH = TT_CELL_PACKETS, /* [class][65536] */
	TT_CELL_SOURCE_PORT_REST = TT_CELL_IP_LENGTH
			+ TT_N_CLASSES * TT_DIST_IP_LENGTH_MAX, /* [TCP class, UDP][65536] */
	TT_CELL_DESTINATION_REST = TT_CELL_SOURCE_PORT_REST
			+ 6 * 65536, /* [class][destination unit] */
	TT_N_FIXED_CELLS = TT_CELL_DESTINATION_REST
};

/* The cell of a length, and the length of a cell of TT_CELL_IP_LENGTH. */
static inline uint32_t
tt_length_cell(uint32_t class, uint32_t ip_bytes)
{
	return TT_CELL_IP_LENGTH + class * TT_DIST_IP_LENGTH_MAX + ip_bytes;
}

static inline uint32_t
tt_length_of_cell(uint32_t cell)
{
	return (cell - TT_CELL_IP_LENGTH) % TT_DIST_IP_LENGTH_MAX;
}

/* The blocks of 65,536 rows: the TCP classes, UDP, backscatter over UDP, ICMP and ICMPv6 by type
 * and code; then 256 rows for protocols without a number. */
enum tt_row_block {
	TT_ROWS_TCP = 0,
	TT_ROWS_UDP = 5,
	TT_ROWS_UDP_BACKSCATTER = 6,
	TT_ROWS_ICMP = 7,
	TT_ROWS_ICMPV6 = 8,
	TT_ROWS_OTHER = 9
};

_Static_assert((int)TT_CLASS_TCP_SYN == (int)TT_ROWS_TCP
				&& (int)TT_CLASS_UDP == (int)TT_ROWS_UDP,
		"TCP classes come first, then UDP");

/* The row of a key and its detail, in 0 .. TT_N_ROWS - 1, and back (of the detail, only
 * TT_DETAIL_BACKSCATTER comes back). Keys of packets. */
static inline uint32_t
tt_row_index(tt_target_key key, tt_detail detail)
{
	const uint32_t protocol = (uint32_t)(key >> 40), class = key & 0xff;
	const uint32_t number = (uint32_t)(key >> 16) & 0xffffff;

	if (TT_UNLIKELY(number == 0))
		return TT_ROWS_OTHER * 65536 + protocol;
	if (TT_LIKELY(class <= TT_CLASS_UDP))
		return (class + (class == TT_CLASS_UDP && tt_detail_backscatter(detail)))
				* 65536
				+ number - 1;
	return (protocol == TT_PROTO_ICMPV6 ? TT_ROWS_ICMPV6 : TT_ROWS_ICMP) * 65536
			+ ((number - 1) << 8 | (uint32_t)(key >> 8 & 0xff));
}

void tt_row_key(uint32_t row, tt_target_key *key, tt_detail *detail);

/* Where the targets of each protocol start, and those without a number. */
enum tt_target_start {
	TT_TARGET_TCP = 0,
	TT_TARGET_UDP = 65536,
	TT_TARGET_ICMP = 2 * 65536,
	TT_TARGET_ICMPV6 = TT_TARGET_ICMP + 256,
	TT_TARGET_OTHER = TT_TARGET_ICMPV6 + 256,
};

/* The index before that of number 0, by protocol. Protocols that never have a number: 0. */
extern const uint32_t tt_target_base[256];

/* The (protocol, number) of a key, in 0 .. TT_N_TARGETS - 1, and back. Numbers of -1 and protocols
 * that have none share one index per protocol. Keys of packets, or of such targets. */
static inline uint32_t
tt_target_index(tt_target_key key)
{
	uint32_t protocol = (uint32_t)(key >> 40),
		 number = (uint32_t)(key >> 16) & 0xffffff;

	return number != 0 ? tt_target_base[protocol] + number
			   : TT_TARGET_OTHER + protocol;
}

struct tt_target tt_target_of_index(uint32_t index);

/* "ip-protocol", "ttl", …; and how many values a distribution has. */
const char *tt_distribution_name(enum tt_distribution d);
uint32_t tt_distribution_values(enum tt_distribution d);

/*
 * The cell of a distribution's value for packets of a class, or -1 where there are none: TCP
 * flags belong to the class that tt_classify gives them, windows to tcp-syn, ports to the
 * classes of their protocol. For TT_DIST_TCP_FLAGS that of the value without other bits.
 */
int64_t tt_distribution_cell(enum tt_distribution d, enum tt_class class, uint32_t value);

#endif
