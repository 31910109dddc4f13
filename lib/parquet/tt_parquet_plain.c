/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_plain.h"

#include "tt_parquet_buffer.h"
#include "tt_parquet_utf8.h"

#include <endian.h>

#define LENGTH_BYTES 4

void
tt_parquet_plain_ints(int64_t *values, const uint8_t *from, size_t n, unsigned bytes)
{
	uint32_t narrow;
	uint64_t wide;

	for (size_t i = 0; bytes == sizeof(narrow) && i < n; i++) {
		memcpy(&narrow, from + i * sizeof(narrow), sizeof(narrow));
		values[i] = (int32_t)le32toh(narrow);
	}
	for (size_t i = 0; bytes == sizeof(wide) && i < n; i++) {
		memcpy(&wide, from + i * sizeof(wide), sizeof(wide));
		values[i] = (int64_t)le64toh(wide);
	}
}

static const char *
from_millis(int64_t *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (__builtin_mul_overflow(values[i], 1000, &values[i]))
			return "a time in milliseconds is out of range";
	return NULL;
}

static const char *
from_nanos(int64_t *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (values[i] % 1000 != 0)
			return "a time in nanoseconds is between two microseconds";
		values[i] /= 1000;
	}
	return NULL;
}

const char *
tt_parquet_plain_convert(enum tt_parquet_convert convert, int64_t *values, size_t n)
{
	switch (convert) {
	case TT_CONVERT_UINT32:
		for (size_t i = 0; i < n; i++)
			values[i] = (uint32_t)values[i];
		return NULL;
	case TT_CONVERT_UINT64:
		for (size_t i = 0; i < n; i++)
			if (values[i] < 0)
				return "an unsigned integer takes more than 63 bits";
		return NULL;
	case TT_CONVERT_MILLIS:
		return from_millis(values, n);
	case TT_CONVERT_NANOS:
		return from_nanos(values, n);
	default:
		return NULL;
	}
}

static uint32_t
next_length(const struct tt_parquet_plain_texts *in)
{
	uint32_t length = 0;

	if (in->end - in->at >= LENGTH_BYTES)
		memcpy(&length, in->at, sizeof(length));
	return le32toh(length);
}

void
tt_parquet_plain_start(struct tt_parquet_plain_texts *in, uint8_t *at, uint8_t *end)
{
	*in = (struct tt_parquet_plain_texts){.at = at, .end = end};
	in->length = next_length(in);
}

const char *
tt_parquet_plain_skip(struct tt_parquet_plain_texts *in, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t left = (size_t)(in->end - in->at);

		if (left < LENGTH_BYTES || in->length > left - LENGTH_BYTES)
			return "the page has not the size of its values";
		in->at += LENGTH_BYTES + in->length;
		in->length = next_length(in);
	}
	return NULL;
}

const char *
tt_parquet_plain_take(struct tt_parquet_plain_texts *in, const char **texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t left = (size_t)(in->end - in->at);
		uint8_t *text = in->at + LENGTH_BYTES;

		if (left < LENGTH_BYTES || in->length > left - LENGTH_BYTES)
			return "the page has not the size of its values";
		if (!tt_parquet_utf8_valid(text, in->length))
			return "a text is not UTF-8";
		texts[i] = (const char *)text;
		in->at = text + in->length;
		in->length = next_length(in);
		*in->at = '\0';
	}
	return NULL;
}
