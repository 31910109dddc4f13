/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What rules ask of packets that few of them are about: checksums, VLAN tags, IGMP, SCTP. Pure functions on the
 * caller's memory, any thread. For the files of lib/signature only.
 */
#ifndef TT_SIGNATURE_MORE_H
#define TT_SIGNATURE_MORE_H

#include "tt_signature_view.h"

/*
 * Is a checksum right? Returns whether the packet has it: a transport's where all of the packet was captured and
 * it is no fragment; of UDP over IPv4, not where it is 0, none.
 */
bool tt_signature_checksum(const struct tt_signature_view *v, enum tt_rule_checksum which,
		bool *right);

/* How many VLAN tags the packet has. Returns whether that is known: not of two and more before other tags. */
bool tt_signature_vlan_layers(const struct tt_signature_view *v, uint32_t *n);

/* Do its identifiers fit? Never of those that other tags follow. */
bool tt_signature_vlan_id(const struct tt_signature_view *v, const struct tt_rule_vlan *o,
		bool negated);

/* IGMP over IPv4 of at least eight bytes (RFC 9776 section 4). */
static inline bool
tt_signature_is_igmp(const struct tt_packet *p, uint32_t there)
{
	return p->protocol == TT_PROTO_IGMP && p->ip_version == 4 && !p->later_fragment
			&& there >= 8;
}

/* A message's bytes before what is no longer its header: all that are there where it ends too early. */
uint32_t tt_signature_igmp_header(const uint8_t *l4, uint32_t there);

#define TT_SIGNATURE_SCTP_HEADER 12u /* bytes before the first chunk */

/* SCTP with its common header (RFC 9260 section 3.1). */
static inline bool
tt_signature_is_sctp(const struct tt_packet *p, uint32_t there)
{
	return p->protocol == TT_PROTO_SCTP && !p->later_fragment
			&& there >= TT_SIGNATURE_SCTP_HEADER;
}

/*
 * The user data of the next DATA chunk, as far as it is there. *from: where a chunk begins, of the first
 * TT_SIGNATURE_SCTP_HEADER; afterwards behind what was looked at. at is NULL where there is none.
 */
struct tt_signature_bytes tt_signature_sctp_data(
		const uint8_t *l4, uint32_t there, uint32_t *from);

/* How many chunks there are. Returns whether all of them are whole. */
bool tt_signature_sctp_chunks(const uint8_t *l4, uint32_t there, uint32_t *n);

/* Is any chunk, as far as they are whole, of such a type? */
bool tt_signature_sctp_has(const uint8_t *l4, uint32_t there,
		const struct tt_rule_number *type, bool negated);

#endif
