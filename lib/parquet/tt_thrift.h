/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The compact protocol of Apache Thrift, as far as Parquet's metadata needs it (source:
 * apache/thrift, doc/specs/thrift-compact-protocol.md). Internal to the room; one thread.
 *
 * Out: appends to a buffer, whose `failed` tells of lacking memory. In: reads bytes in
 * memory; the first thing that is wrong is remembered in `why`, and from then on every call
 * returns nothing, so that a parser checks once per struct. Nothing is allocated, nesting of
 * skipped values is bounded, and no count is believed that the bytes left could not hold.
 */
#ifndef TT_THRIFT_H
#define TT_THRIFT_H

#include "tt_parquet_buffer.h"

enum tt_thrift_type {
	TT_THRIFT_STOP = 0,
	TT_THRIFT_TRUE = 1,
	TT_THRIFT_FALSE = 2,
	TT_THRIFT_I8 = 3,
	TT_THRIFT_I16 = 4,
	TT_THRIFT_I32 = 5,
	TT_THRIFT_I64 = 6,
	TT_THRIFT_DOUBLE = 7,
	TT_THRIFT_BINARY = 8,
	TT_THRIFT_LIST = 9,
	TT_THRIFT_SET = 10,
	TT_THRIFT_MAP = 11,
	TT_THRIFT_STRUCT = 12,
	TT_THRIFT_UUID = 13,
};

#define TT_THRIFT_DEPTH_MAX 12

struct tt_thrift_out {
	struct tt_parquet_buffer *buffer;
	int last_id[TT_THRIFT_DEPTH_MAX]; /* per open struct: its latest field */
	unsigned depth;
};

/* Begin a struct at top level or as an element of a list; every begin has its end. */
void tt_thrift_begin(struct tt_thrift_out *out);
void tt_thrift_end(struct tt_thrift_out *out);

/* Fields of the open struct; ids ascend. */
void tt_thrift_put_struct(struct tt_thrift_out *out, int id); /* opens it */
void tt_thrift_put_empty(struct tt_thrift_out *out, int id); /* a struct without fields */
void tt_thrift_put_bool(struct tt_thrift_out *out, int id, bool value);
void tt_thrift_put_i32(struct tt_thrift_out *out, int id, int32_t value);
void tt_thrift_put_i64(struct tt_thrift_out *out, int id, int64_t value);
void tt_thrift_put_binary(struct tt_thrift_out *out, int id, const void *bytes, size_t n);
void tt_thrift_put_string(struct tt_thrift_out *out, int id, const char *text);
/* Its n elements follow. */
void tt_thrift_put_list(
		struct tt_thrift_out *out, int id, enum tt_thrift_type type, size_t n);
void tt_thrift_element_i32(struct tt_thrift_out *out, int32_t value);
void tt_thrift_element_string(struct tt_thrift_out *out, const char *text);

struct tt_thrift_in {
	const uint8_t *at, *end;
	const char *why; /* what was wrong first; NULL while nothing is */
};

/* A field's header; zeroed before the first field of a struct. */
struct tt_thrift_field {
	int id;
	enum tt_thrift_type type;
};

struct tt_thrift_bytes {
	const uint8_t *bytes; /* inside the input */
	size_t size;
};

/* Moves to the next field of the struct. Returns false at its end or if anything is wrong. */
bool tt_thrift_next(struct tt_thrift_in *in, struct tt_thrift_field *field);

/* The value of the field; a value of another type than asked for is wrong. */
bool tt_thrift_get_bool(struct tt_thrift_in *in, const struct tt_thrift_field *field);
int32_t tt_thrift_get_i32(struct tt_thrift_in *in, enum tt_thrift_type type);
int64_t tt_thrift_get_i64(struct tt_thrift_in *in, enum tt_thrift_type type);
struct tt_thrift_bytes tt_thrift_get_binary(
		struct tt_thrift_in *in, enum tt_thrift_type type);
bool tt_thrift_is_struct(struct tt_thrift_in *in, const struct tt_thrift_field *field);
/* Number of elements of a list of that type, which then are read one by one. */
size_t tt_thrift_get_list(struct tt_thrift_in *in, enum tt_thrift_type type,
		enum tt_thrift_type element);

/* Passes over a value. */
void tt_thrift_skip(struct tt_thrift_in *in, enum tt_thrift_type type);

#endif
