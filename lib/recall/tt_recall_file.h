/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file that tt_recall_save writes and tt_recall_load reads, version 4. All numbers are
 * little-endian:
 *
 *   0  8 bytes   "TTRECALL"
 *   8  uint32    version
 *  12  uint16    shift of the sample
 *  14  uint16    shift of the sources that follow; less where a larger sample is collected
 *  16  int64     horizon, microseconds (what it was; a reader has its own)
 *  24  int64     start of the first interval entered
 *  32  uint64    number of targets
 *  40  uint64    number of sources
 *  48  int64     the latest interval with sources (-2^63: none)
 *  56  int64     the interval with which collecting began (-2^63: none)
 *  64  int64     the latest interval that was begun (-2^63: none)
 *  72  uint64    the secret of the sampling; so the file is for its owner's eyes only
 *  80  64 bytes  the sensor's name, filled up with zeros
 * 144  for each shift of pairs, 0 to 32: int64 the latest interval that was entered at it, int64
 *      the one before it (-2^63: none); then the same of intervals that overflowed
 * 688  targets, ascending: uint32 protocol << 24 | (number + 1), int64 first interval
 *      sources, ascending by tt_sample_hash, then by address: uint64 hi, uint64 lo, int64 last
 *      interval, int64 the one before it (-2^63: none)
 *      uint32    CRC-32 (as in zlib) of all before
 *
 * In the order of hashes, the sample of a higher shift is the beginning of the list. Not for
 * other rooms.
 */
#ifndef TT_RECALL_FILE_H
#define TT_RECALL_FILE_H

#include "tt_sensor.h"

#include <endian.h>
#include <string.h>

#define TT_RECALL_MAGIC      "TTRECALL"
#define TT_RECALL_VERSION    4
#define TT_RECALL_RATES      34
#define TT_RECALL_RATE_BYTES 16
#define TT_RECALL_NAME_AT    80
#define TT_RECALL_RATES_AT   (TT_RECALL_NAME_AT + TT_SENSOR_MAX)
#define TT_RECALL_HEADER_BYTES \
	(TT_RECALL_RATES_AT + TT_RECALL_RATES * TT_RECALL_RATE_BYTES)
#define TT_RECALL_TARGET_BYTES 12
#define TT_RECALL_SOURCE_BYTES 32
#define TT_RECALL_CRC_BYTES    4

static inline uint8_t *
tt_recall_put(uint8_t *at, uint64_t value, unsigned bytes)
{
	value = htole64(value);
	memcpy(at, &value, bytes);
	return at + bytes;
}

static inline uint64_t
tt_recall_get(const uint8_t *at, unsigned bytes)
{
	uint64_t value = 0;

	memcpy(&value, at, bytes);
	return le64toh(value);
}

#endif
