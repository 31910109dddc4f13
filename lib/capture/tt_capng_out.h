/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pcapng written block by block, little-endian, microseconds, to wherever the caller puts it: one section,
 * one interface for each link type, and a comment with each packet. The same packets give the same bytes:
 * neither program nor time of writing is in them. Pure but for the caller's put(). No memory.
 */
#ifndef TT_CAPNG_OUT_H
#define TT_CAPNG_OUT_H

#include "tt_capfile.h"

/* Block types. */
#define TT_CAPNG_SECTION   UINT32_C(0x0a0d0d0a)
#define TT_CAPNG_INTERFACE UINT32_C(1)
#define TT_CAPNG_PACKET    UINT32_C(6) /* enhanced */

#define TT_CAPNG_MAGIC       UINT32_C(0x1a2b3c4d)
#define TT_CAPNG_COMMENT     1 /* option */
#define TT_CAPNG_COMMENT_MAX 2048 /* bytes of a comment; longer ones are cut */

struct tt_capng_out {
	/* Takes bytes[n]. Returns 0, or a negative errno that ends the writing. */
	int (*put)(void *context, const void *bytes, size_t n, struct tt_error *err);
	void *context;
};

/* The section, and its interfaces of links[n]; the most bytes of a packet: 0 for no limit. */
int tt_capng_put_head(const struct tt_capng_out *out, const uint16_t *links, unsigned n,
		uint32_t most, struct tt_error *err) TT_MUST_CHECK;

/* A packet of interface number `interface`, with a comment in UTF-8. Its time is not before 1970. */
int tt_capng_put_packet(const struct tt_capng_out *out, uint32_t interface,
		const struct tt_frame *frame, const char *comment,
		struct tt_error *err) TT_MUST_CHECK;

#endif
