/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of kept packets share. */
#ifndef TT_PACKETS_PRIVATE_H
#define TT_PACKETS_PRIVATE_H

#include "tt_packets.h"

/* A new record, of zeros; NULL if memory is short. */
struct tt_packet_record *tt_packets_add(struct tt_packet_records *records);

#endif
