/* SPDX-License-Identifier: BSD-3-Clause */
/* An Avro object container file, read in the plainest way; for the test of what is written. */
#ifndef AVRO_READER_H
#define AVRO_READER_H

#include "export_bed.h"

#include <zlib.h>

/* An Avro file that is being read. */
struct avro {
	uint8_t *bytes; /* heap */
	size_t size, at;
	uint8_t sync[16];
	char *schema; /* heap */
};

static inline int64_t
avro_long(const uint8_t *bytes, size_t size, size_t *at)
{
	uint64_t value = 0;
	unsigned shift = 0;
	uint8_t byte;

	do {
		assert_true(*at < size && shift < 64);
		byte = bytes[(*at)++];
		value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte > 0x7f);
	return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

/* On the heap. */
static inline char *
avro_text(const uint8_t *bytes, size_t size, size_t *at)
{
	size_t n = (size_t)avro_long(bytes, size, at);
	char *text;

	assert_true(n <= size - *at);
	text = strndup((const char *)bytes + *at, n);
	assert_int_equal(strlen(text), n);
	*at += n;
	return text;
}

static inline void
avro_open(struct avro *a, const char *path)
{
	*a = (struct avro){.at = 4};
	a->bytes = (uint8_t *)bed_read_file(path, &a->size);
	assert_memory_equal(a->bytes, "Obj\1", 4);
	for (int64_t n = avro_long(a->bytes, a->size, &a->at); n > 0; n--) {
		char *key = avro_text(a->bytes, a->size, &a->at);
		char *value = avro_text(a->bytes, a->size, &a->at);

		if (strcmp(key, "avro.codec") == 0)
			assert_string_equal(value, "deflate");
		if (strcmp(key, "avro.schema") == 0)
			a->schema = value;
		else
			free(value);
		free(key);
	}
	assert_int_equal(avro_long(a->bytes, a->size, &a->at), 0);
	assert_non_null(a->schema);
	memcpy(a->sync, a->bytes + a->at, sizeof(a->sync));
	a->at += sizeof(a->sync);
}

static inline void
avro_close(struct avro *a)
{
	free(a->bytes);
	free(a->schema);
}

/* Inflates the next block, to the heap. Returns how many rows it has; 0 at the end. */
static inline int64_t
avro_block(struct avro *a, uint8_t **raw, size_t *raw_size)
{
	z_stream z = {0};
	int64_t rows;
	size_t packed;

	if (a->at == a->size)
		return 0;
	rows = avro_long(a->bytes, a->size, &a->at);
	packed = (size_t)avro_long(a->bytes, a->size, &a->at);
	assert_true(packed + sizeof(a->sync) <= a->size - a->at);
	*raw_size = 1 << 22;
	*raw = malloc(*raw_size);
	assert_int_equal(inflateInit2(&z, -MAX_WBITS), Z_OK);
	z.next_in = a->bytes + a->at;
	z.avail_in = (uInt)packed;
	z.next_out = *raw;
	z.avail_out = (uInt)*raw_size;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	*raw_size = z.total_out;
	inflateEnd(&z);
	a->at += packed;
	assert_memory_equal(a->bytes + a->at, a->sync, sizeof(a->sync));
	a->at += sizeof(a->sync);
	return rows;
}

/* Prints a row as "1 text 2 …". */
static inline void
avro_row(const struct tt_schema *schema, const uint8_t *raw, size_t size, size_t *at,
		char *line, size_t room)
{
	*line = '\0';
	for (unsigned i = 0; i < schema->n_columns; i++) {
		size_t used = strlen(line);
		char *text = NULL;

		if (schema->columns[i].type == TT_COLUMN_TEXT)
			text = avro_text(raw, size, at);
		if (text != NULL)
			snprintf(line + used, room - used, "%s%s", i == 0 ? "" : " ",
					text);
		else
			snprintf(line + used, room - used, "%s%lld", i == 0 ? "" : " ",
					(long long)avro_long(raw, size, at));
		free(text);
	}
}

#endif
