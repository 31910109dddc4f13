/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_thrift.h"

/* Remembers what went wrong first, and leaves nothing more to read. */
static void
fail(struct tt_thrift_in *in, const char *why)
{
	if (in->why == NULL)
		in->why = why;
	in->at = in->end;
}

static size_t
left(const struct tt_thrift_in *in)
{
	return (size_t)(in->end - in->at);
}

static void
advance(struct tt_thrift_in *in, size_t n)
{
	if (n > left(in))
		fail(in, "metadata end too early");
	else
		in->at += n;
}

static uint8_t
byte(struct tt_thrift_in *in)
{
	if (in->at == in->end) {
		fail(in, "metadata end too early");
		return 0;
	}
	return *in->at++;
}

static uint64_t
varint(struct tt_thrift_in *in)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = byte(in);

		value |= (uint64_t)(b & 0x7f) << shift;
		if ((b & 0x80) == 0)
			return value;
	}
	fail(in, "an integer in the metadata has no end");
	return 0;
}

static int64_t
zigzag(struct tt_thrift_in *in)
{
	uint64_t value = varint(in);

	return (int64_t)((value >> 1) ^ (0 - (value & 1)));
}

bool
tt_thrift_next(struct tt_thrift_in *in, struct tt_thrift_field *field)
{
	uint8_t b = byte(in);
	int64_t id;

	field->type = b & 0x0f;
	if (b == TT_THRIFT_STOP || in->why != NULL)
		return false;
	id = (b >> 4) == 0 ? zigzag(in) : field->id + (b >> 4);
	if (field->type == TT_THRIFT_STOP || id < INT16_MIN || id > INT16_MAX)
		fail(in, "a field of the metadata has no valid number or type");
	field->id = (int)id;
	return in->why == NULL;
}

bool
tt_thrift_get_bool(struct tt_thrift_in *in, const struct tt_thrift_field *field)
{
	if (field->type != TT_THRIFT_TRUE && field->type != TT_THRIFT_FALSE)
		fail(in, "a field of the metadata has another type than a boolean");
	return field->type == TT_THRIFT_TRUE;
}

int64_t
tt_thrift_get_i64(struct tt_thrift_in *in, enum tt_thrift_type type)
{
	if (type != TT_THRIFT_I16 && type != TT_THRIFT_I32 && type != TT_THRIFT_I64) {
		fail(in, "a field of the metadata has another type than an integer");
		return 0;
	}
	return zigzag(in);
}

int32_t
tt_thrift_get_i32(struct tt_thrift_in *in, enum tt_thrift_type type)
{
	int64_t value = tt_thrift_get_i64(in, type);

	if (value < INT32_MIN || value > INT32_MAX) {
		fail(in, "an integer in the metadata is too large");
		return 0;
	}
	return (int32_t)value;
}

struct tt_thrift_bytes
tt_thrift_get_binary(struct tt_thrift_in *in, enum tt_thrift_type type)
{
	struct tt_thrift_bytes value = {0};
	uint64_t size;

	if (type != TT_THRIFT_BINARY) {
		fail(in, "a field of the metadata has another type than text");
		return value;
	}
	size = varint(in);
	if (size > left(in)) {
		fail(in, "a text in the metadata is longer than what is left");
		return value;
	}
	value = (struct tt_thrift_bytes){.bytes = in->at, .size = size};
	advance(in, size);
	return value;
}

bool
tt_thrift_is_struct(struct tt_thrift_in *in, const struct tt_thrift_field *field)
{
	if (field->type != TT_THRIFT_STRUCT)
		fail(in, "a field of the metadata has another type than a struct");
	return in->why == NULL;
}

/* Every element takes a byte at least, which bounds what a count can claim. */
static size_t
list_header(struct tt_thrift_in *in, enum tt_thrift_type *element)
{
	uint8_t b = byte(in);
	uint64_t n = (b >> 4) == 15 ? varint(in) : b >> 4;

	*element = b & 0x0f;
	if (n > left(in)) {
		fail(in, "a list in the metadata is longer than what is left");
		return 0;
	}
	return n;
}

size_t
tt_thrift_get_list(struct tt_thrift_in *in, enum tt_thrift_type type,
		enum tt_thrift_type element)
{
	enum tt_thrift_type found;
	size_t n;

	if (type != TT_THRIFT_LIST) {
		fail(in, "a field of the metadata has another type than a list");
		return 0;
	}
	n = list_header(in, &found);
	if (n > 0 && found != element) {
		fail(in, "a list in the metadata has elements of another type");
		return 0;
	}
	return n;
}

static void skip_value(struct tt_thrift_in *in, enum tt_thrift_type type, unsigned depth);

static void
skip_struct(struct tt_thrift_in *in, unsigned depth)
{
	struct tt_thrift_field field = {0};

	while (tt_thrift_next(in, &field))
		if (field.type != TT_THRIFT_TRUE && field.type != TT_THRIFT_FALSE)
			skip_value(in, field.type, depth + 1);
}

static void
skip_list(struct tt_thrift_in *in, unsigned depth)
{
	enum tt_thrift_type element;
	size_t n = list_header(in, &element);

	for (size_t i = 0; i < n && in->why == NULL; i++)
		skip_value(in, element, depth + 1);
}

static void
skip_map(struct tt_thrift_in *in, unsigned depth)
{
	uint64_t n = varint(in);
	uint8_t types = n == 0 ? 0 : byte(in);

	if (n > left(in))
		fail(in, "a map in the metadata is longer than what is left");
	for (uint64_t i = 0; i < n && in->why == NULL; i++) {
		skip_value(in, types >> 4, depth + 1);
		skip_value(in, types & 0x0f, depth + 1);
	}
}

/* A boolean that stands in a list takes a byte; as a field it is its own type. */
static void
skip_value(struct tt_thrift_in *in, enum tt_thrift_type type, unsigned depth)
{
	if (depth > TT_THRIFT_DEPTH_MAX) {
		fail(in, "the metadata are nested too deeply");
		return;
	}
	switch (type) {
	case TT_THRIFT_TRUE:
	case TT_THRIFT_FALSE:
	case TT_THRIFT_I8:
		advance(in, 1);
		break;
	case TT_THRIFT_I16:
	case TT_THRIFT_I32:
	case TT_THRIFT_I64:
		varint(in);
		break;
	case TT_THRIFT_DOUBLE:
		advance(in, 8);
		break;
	case TT_THRIFT_UUID:
		advance(in, 16);
		break;
	case TT_THRIFT_BINARY:
		tt_thrift_get_binary(in, type);
		break;
	case TT_THRIFT_LIST:
	case TT_THRIFT_SET:
		skip_list(in, depth);
		break;
	case TT_THRIFT_MAP:
		skip_map(in, depth);
		break;
	case TT_THRIFT_STRUCT:
		skip_struct(in, depth);
		break;
	default:
		fail(in, "a field of the metadata has an unknown type");
	}
}

void
tt_thrift_skip(struct tt_thrift_in *in, enum tt_thrift_type type)
{
	if (type != TT_THRIFT_TRUE && type != TT_THRIFT_FALSE)
		skip_value(in, type, 0);
}
