/* SPDX-License-Identifier: BSD-3-Clause */
/* The file of a state as bytes in memory. Not for other rooms. */
#ifndef TT_WATCH_BYTES_H
#define TT_WATCH_BYTES_H

#include "tt_watch_state.h"

#define TT_WATCH_MAGIC "TTWATCH4"

/* Bytes that are being written, or read. */
struct tt_watch_bytes {
	uint8_t *all; /* [n], of [room] */
	size_t n, room, at;
	bool failed; /* out of memory; or the file ended, or has what cannot be */
};

#endif
