/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random rules and random packets that meet: values, bytes and ports come from small sets, so that
 * rules match often and nearly match more often. One thread.
 */
#ifndef SIGNATURE_RANDOM_H
#define SIGNATURE_RANDOM_H

#include "tt_signature.h"

#define RANDOM_FRAME_MAX 2048

/* SplitMix64. */
struct random {
	uint64_t state;
};

uint64_t random_64(struct random *r);
unsigned random_below(struct random *r, unsigned n);

#define RANDOM_PICK(r, list) ((list)[random_below(r, TT_ARRAY_SIZE(list))])

/* A set of n rules on the heap. */
struct tt_rules *random_rules(struct random *r, unsigned n);
void random_rules_free(struct tt_rules *rules);

/* Fills frame with a packet in Ethernet; returns how many bytes were captured. */
uint32_t random_frame(struct random *r, uint8_t frame[RANDOM_FRAME_MAX]);

/* Other addresses, time to live and ports, of a frame that was decoded as p. */
void random_header(struct random *r, uint8_t *frame, const struct tt_packet *p);

/* Few values of a byte, that contents and payloads share. */
uint8_t random_byte(struct random *r);

#endif
