/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes that grow: heap memory of one owner and one thread. A failed growth is remembered
 * (`failed`) and makes every later append a no-op, so that a long encoding checks once, at
 * its end. Zeroed memory is an empty buffer. Internal to the room.
 */
#ifndef TT_PARQUET_BUFFER_H
#define TT_PARQUET_BUFFER_H

#include "tt_base.h"

#include <string.h>

struct tt_parquet_buffer {
	uint8_t *bytes; /* [size] used of [capacity] */
	size_t size, capacity;
	bool failed;
};

/* Makes room for `more` bytes after size. Returns false (and sets failed) without memory. */
bool tt_parquet_buffer_grow(struct tt_parquet_buffer *buffer, size_t more);

void tt_parquet_buffer_fini(struct tt_parquet_buffer *buffer);

static inline bool
tt_parquet_buffer_reserve(struct tt_parquet_buffer *buffer, size_t more)
{
	if (TT_LIKELY(more <= buffer->capacity - buffer->size && !buffer->failed))
		return true;
	return tt_parquet_buffer_grow(buffer, more);
}

/* Appends n bytes, or nothing where memory is short. */
static inline void
tt_parquet_buffer_append(struct tt_parquet_buffer *buffer, const void *bytes, size_t n)
{
	if (n == 0 || !tt_parquet_buffer_reserve(buffer, n))
		return;
	memcpy(buffer->bytes + buffer->size, bytes, n);
	buffer->size += n;
}

static inline void
tt_parquet_buffer_byte(struct tt_parquet_buffer *buffer, uint8_t byte)
{
	tt_parquet_buffer_append(buffer, &byte, 1);
}

/* Appends an integer as ULEB128. */
void tt_parquet_buffer_varint(struct tt_parquet_buffer *buffer, uint64_t value);

/* The format is little-endian throughout. */
static inline void
tt_parquet_put_le(uint8_t *at, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static inline uint64_t
tt_parquet_get_le(const uint8_t *at, unsigned bytes)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

#endif
