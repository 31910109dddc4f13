/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_buffer.h"

#define CAPACITY_MIN 256

bool
tt_parquet_buffer_grow(struct tt_parquet_buffer *buffer, size_t more)
{
	size_t capacity = buffer->capacity < CAPACITY_MIN ? CAPACITY_MIN
							  : buffer->capacity;
	uint8_t *bytes;

	if (buffer->failed || more > SIZE_MAX / 4 - buffer->size)
		goto fail;
	while (capacity < buffer->size + more)
		capacity *= 2;
	bytes = realloc(buffer->bytes, capacity);
	if (bytes == NULL)
		goto fail;
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return true;
fail:
	buffer->failed = true;
	return false;
}

void
tt_parquet_buffer_fini(struct tt_parquet_buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct tt_parquet_buffer){0};
}

void
tt_parquet_buffer_varint(struct tt_parquet_buffer *buffer, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		tt_parquet_buffer_byte(buffer, (uint8_t)(value | 0x80));
	tt_parquet_buffer_byte(buffer, (uint8_t)value);
}
