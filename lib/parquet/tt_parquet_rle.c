/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_rle.h"

#include <endian.h>

#define GROUP 8 /* values are packed by eight, so that a group ends on a byte */

unsigned
tt_parquet_rle_width(size_t n)
{
	unsigned width = 1;

	while (width < 32 && ((size_t)1 << width) < n)
		width++;
	return width;
}

/* Are they one value eight times? Which of them differ cannot be foreseen, nor does it matter. */
static inline bool
is_run(const uint32_t values[GROUP])
{
	uint32_t differ = 0;

	for (unsigned i = 1; i < GROUP; i++)
		differ |= values[i] ^ values[0];
	return differ == 0;
}

/* Of a run: eight equal values are there. */
static size_t
run_length(const uint32_t *values, size_t n)
{
	size_t length = GROUP;

	while (length < n && values[length] == values[0])
		length++;
	return length;
}

static void
put_repeated(struct tt_parquet_buffer *out, uint32_t value, size_t n, unsigned width)
{
	uint8_t bytes[4];

	tt_parquet_buffer_varint(out, (uint64_t)n << 1);
	tt_parquet_put_le(bytes, value, 4);
	tt_parquet_buffer_append(out, bytes, (width + 7) / 8);
}

/* Packs eight values into `width` bytes at `to`, and may write four bytes beyond them. With a constant width
 * all shifts are known. */
static inline __attribute__((always_inline)) void
pack_group(uint8_t *to, const uint32_t values[GROUP], unsigned width)
{
	unsigned filled = 0;
	uint64_t bits = 0;
	uint32_t word;

	for (unsigned i = 0; i < GROUP; i++) {
		bits |= (uint64_t)values[i] << filled;
		filled += width;
		if (filled < 32)
			continue;
		word = htole32((uint32_t)bits);
		memcpy(to, &word, sizeof(word));
		to += sizeof(word);
		bits >>= 32;
		filled -= 32;
	}
	word = htole32((uint32_t)bits);
	memcpy(to, &word, sizeof(word));
}

static inline __attribute__((always_inline)) void
pack_groups(uint8_t *to, const uint32_t *values, size_t groups, unsigned width)
{
	for (; groups > 0; groups--, to += width, values += GROUP)
		pack_group(to, values, width);
}

/* The widths that dictionaries of up to 65,536 values have get code of their own; these, but for whole bytes. */
#define PART_WIDTHS(F) \
	F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(9) F(10) F(11) F(12) F(13) F(14) F(15)

static void
pack_known(uint8_t *to, const uint32_t *values, size_t groups, unsigned width)
{
#define WIDTH(n)                                    \
	case n:                                     \
		pack_groups(to, values, groups, n); \
		break;
	switch (width) {
		PART_WIDTHS(WIDTH)
		WIDTH(8)
		WIDTH(16)
	default:
		pack_groups(to, values, groups, width);
	}
#undef WIDTH
}

static void
put_packed(struct tt_parquet_buffer *out, const uint32_t *values, size_t n,
		unsigned width)
{
	const size_t groups = (n + GROUP - 1) / GROUP, left = n % GROUP, i = n - left;
	uint32_t last[GROUP] = {0};

	if (n == 0)
		return;
	tt_parquet_buffer_varint(out, (uint64_t)groups << 1 | 1);
	if (!tt_parquet_buffer_reserve(out, groups * width + sizeof(uint32_t)))
		return;
	pack_known(out->bytes + out->size, values, n / GROUP, width);
	out->size += n / GROUP * width;
	if (left == 0)
		return;
	memcpy(last, values + i, left * sizeof(*last));
	pack_group(out->bytes + out->size, last, width);
	out->size += width;
}

/*
 * A repeated run is taken where at least one whole group is equal; what lies between goes
 * into packed runs of whole groups, padded only at the very end.
 */
void
tt_parquet_rle_put(struct tt_parquet_buffer *out, const uint32_t *values, size_t n,
		unsigned width)
{
	size_t from = 0, i = 0;

	while (n - i >= GROUP) {
		size_t length;

		if (!is_run(values + i)) {
			i += GROUP;
			continue;
		}
		length = run_length(values + i, n - i);
		put_packed(out, values + from, i - from, width);
		put_repeated(out, values[i], length, width);
		i += length;
		from = i;
	}
	put_packed(out, values + from, n - from, width);
}

void
tt_parquet_rle_put_zeros(struct tt_parquet_buffer *out, size_t n, unsigned width)
{
	static const uint32_t few[GROUP];

	if (n < GROUP)
		put_packed(out, few, n, width);
	else
		put_repeated(out, 0, n, width);
}

void
tt_parquet_rle_start(struct tt_parquet_rle_in *in, const uint8_t *at, const uint8_t *end,
		unsigned width)
{
	TT_ASSERT(width <= 32);
	*in = (struct tt_parquet_rle_in){.at = at, .end = end, .width = width};
}

/* Nothing is read behind what makes no sense. */
static bool
refuse_all(struct tt_parquet_rle_in *in)
{
	in->at = in->end;
	return false;
}

static bool
run_header(struct tt_parquet_rle_in *in, uint64_t *header)
{
	*header = 0;
	for (unsigned shift = 0; shift < 35 && in->at < in->end; shift += 7) {
		uint8_t byte = *in->at++;

		*header |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			return *header >> 1 != 0;
	}
	return false;
}

/* The last packed run may be cut short of its padding, as some writers do. */
static bool
packed_run(struct tt_parquet_rle_in *in, uint64_t groups)
{
	uint64_t bytes = groups * in->width;
	uint64_t left = (uint64_t)(in->end - in->at);

	in->run_left = groups * GROUP;
	if (bytes > left) {
		bytes = left;
		in->run_left = left * 8 / in->width;
	}
	in->packed_at = in->at;
	in->bit = 0;
	in->at += bytes;
	return in->run_left > 0;
}

bool
tt_parquet_rle_run(struct tt_parquet_rle_in *in)
{
	uint64_t header;
	unsigned bytes = (in->width + 7) / 8;

	if (!run_header(in, &header))
		return refuse_all(in);
	in->packed = header & 1;
	if (in->packed)
		return packed_run(in, header >> 1);
	if ((size_t)(in->end - in->at) < bytes)
		return refuse_all(in);
	in->value = (uint32_t)tt_parquet_get_le(in->at, bytes);
	in->at += bytes;
	in->run_left = header >> 1;
	return true;
}

/* Value i after the one that begins at `bit`. */
static inline uint32_t
packed_value(const uint8_t *from, uint64_t bit, unsigned width, unsigned i)
{
	uint64_t word;

	bit += (uint64_t)i * width;
	memcpy(&word, from + bit / 8, sizeof(word));
	return (uint32_t)(le64toh(word) >> bit % 8 & ((UINT64_C(1) << width) - 1));
}

/* Whole groups: with a constant width, each value is a load, a shift and a mask that are known. */
static inline __attribute__((always_inline)) void
unpack_groups(const uint8_t *from, uint32_t *values, size_t groups, unsigned width)
{
	for (; groups > 0; groups--, from += width, values += GROUP)
		for (unsigned i = 0; i < GROUP; i++)
			values[i] = packed_value(from, 0, width, i);
}

/* The same of whole bytes, as of more than 128 countries or 32,768 ports: loops that compilers have vectors for. */
static void
unpack_bytes(const uint8_t *from, uint32_t *values, size_t groups)
{
	for (size_t i = 0; i < groups * GROUP; i++)
		values[i] = from[i];
}

static void
unpack_halves(const uint8_t *from, uint32_t *values, size_t groups)
{
	for (size_t i = 0; i < groups * GROUP; i++) {
		uint16_t value;

		memcpy(&value, from + 2 * i, sizeof(value));
		values[i] = le16toh(value);
	}
}

static void
unpack_known(const uint8_t *from, uint32_t *values, size_t groups, unsigned width)
{
#define WIDTH(n)                                        \
	case n:                                         \
		unpack_groups(from, values, groups, n); \
		break;
	switch (width) {
		PART_WIDTHS(WIDTH)
	case 8:
		unpack_bytes(from, values, groups);
		break;
	case 16:
		unpack_halves(from, values, groups);
		break;
	default:
		unpack_groups(from, values, groups, width);
	}
#undef WIDTH
}

/* The next n values of a packed run: one by one up to a group and after the last one. */
static void
unpack(struct tt_parquet_rle_in *in, uint32_t *values, size_t n)
{
	size_t groups;

	while (n > 0 && in->width > 0 && in->bit % ((uint64_t)GROUP * in->width) != 0) {
		*values++ = packed_value(in->packed_at, in->bit, in->width, 0);
		in->bit += in->width;
		n--;
	}
	groups = n / GROUP;
	unpack_known(in->packed_at + in->bit / 8, values, groups, in->width);
	values += groups * GROUP;
	in->bit += (uint64_t)groups * GROUP * in->width;
	for (unsigned i = 0; i < n % GROUP; i++)
		values[i] = packed_value(in->packed_at, in->bit, in->width, i);
	in->bit += n % GROUP * in->width;
}

bool
tt_parquet_rle_same(struct tt_parquet_rle_in *in, size_t n, uint32_t *value)
{
	if (in->run_left == 0 && !tt_parquet_rle_run(in))
		return false;
	if (in->packed || in->run_left < n)
		return false;
	in->run_left -= n;
	*value = in->value;
	return true;
}

bool
tt_parquet_rle_skip(struct tt_parquet_rle_in *in, size_t n)
{
	while (n > 0) {
		size_t run;

		if (in->run_left == 0 && !tt_parquet_rle_run(in))
			return false;
		run = in->run_left < n ? (size_t)in->run_left : n;
		if (in->packed)
			in->bit += run * in->width;
		in->run_left -= run;
		n -= run;
	}
	return true;
}

bool
tt_parquet_rle_take(struct tt_parquet_rle_in *in, uint32_t *values, size_t n)
{
	while (n > 0) {
		size_t run;

		if (in->run_left == 0 && !tt_parquet_rle_run(in))
			return false;
		run = in->run_left < n ? (size_t)in->run_left : n;
		if (in->packed) {
			unpack(in, values, run);
		} else {
			for (size_t i = 0; i < run; i++)
				values[i] = in->value;
		}
		in->run_left -= run;
		values += run;
		n -= run;
	}
	return true;
}
