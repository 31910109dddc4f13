/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An Avro object container file (Apache Avro 1.11 specification, "Object Container Files"): a
 * header with the schema as JSON, then blocks of rows, each deflated without a wrapper (RFC
 * 1951) and followed by the sync marker. The marker is a hash of the schema, so that the same
 * rows give the same bytes. Integers are zigzag varints; a text is its length and its bytes.
 */
#include "tt_export_private.h"
#include "tt_sha256.h"

#include <errno.h>

#include <jansson.h>
#include <zlib.h>

#define SYNC_BYTES 16
#define BLOCK_BYTES \
	(1 << 18) /* of rows before deflate; a block ends once it has so many */
#define VARINT_MAX 10

struct avro {
	uint8_t *raw; /* [room] heap, the open block */
	size_t used, room;
	int64_t rows; /* in it */
	uint8_t *packed; /* [packed_room] heap */
	size_t packed_room;
	z_stream z;
	bool z_open;
	uint8_t sync[SYNC_BYTES];
};

/* Encodes a long. Returns how many bytes it takes. */
static size_t
put_long(uint8_t bytes[VARINT_MAX], int64_t value)
{
	uint64_t rest = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
	size_t n = 0;

	for (; rest > 0x7f; rest >>= 7)
		bytes[n++] = (uint8_t)(rest | 0x80);
	bytes[n++] = (uint8_t)rest;
	return n;
}

static void
write_long(struct tt_out *out, int64_t value)
{
	uint8_t bytes[VARINT_MAX];

	tt_out_bytes(out, bytes, put_long(bytes, value));
}

static void
write_text(struct tt_out *out, const char *text)
{
	write_long(out, (int64_t)strlen(text));
	tt_out_text(out, text);
}

static json_t *
type_of(enum tt_column_type type)
{
	switch (type) {
	case TT_COLUMN_INT32:
		return json_string("int");
	case TT_COLUMN_INT64:
		return json_string("long");
	case TT_COLUMN_TIMESTAMP:
		return json_pack("{s:s, s:s}", "type", "long", "logicalType",
				"timestamp-micros");
	case TT_COLUMN_TEXT:
		break;
	}
	return json_string("string");
}

/* The schema as JSON, on the heap. NULL if memory is short. */
static char *
format_schema(const struct tt_schema *schema)
{
	json_t *fields = json_array(), *record;
	char *text;

	for (unsigned i = 0; i < schema->n_columns; i++)
		json_array_append_new(fields,
				json_pack("{s:s, s:o}", "name", schema->columns[i].name,
						"type",
						type_of(schema->columns[i].type)));
	record = json_pack("{s:s, s:s, s:s, s:o}", "type", "record", "name", schema->name,
			"namespace", "teiten", "fields", fields);
	text = json_dumps(record, JSON_COMPACT);
	json_decref(record);
	return text;
}

/* The first half of the hash of the schema. */
static void
make_sync(uint8_t sync[SYNC_BYTES], const char *schema)
{
	char hex[TT_SHA256_TEXT_SIZE];

	tt_sha256_of(schema, strlen(schema), hex);
	for (unsigned i = 0; i < SYNC_BYTES; i++)
		sscanf(hex + 2 * (size_t)i, "%2hhx", &sync[i]);
}

static void
write_header(struct tt_out *out, const struct avro *a, const char *schema)
{
	char version[16];

	snprintf(version, sizeof(version), "%d", TT_SCHEMA_VERSION);
	tt_out_bytes(out, "Obj\1", 4);
	write_long(out, 3); /* metadata, a map */
	write_text(out, "avro.schema");
	write_text(out, schema);
	write_text(out, "avro.codec");
	write_text(out, "deflate");
	write_text(out, TT_META_SCHEMA_VERSION);
	write_text(out, version);
	write_long(out, 0);
	tt_out_bytes(out, a->sync, SYNC_BYTES);
}

static int
no_memory(const struct tt_export *e, struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, e->out.path, "out of memory");
}

static int
open_avro(struct tt_export *e, struct tt_error *err)
{
	struct avro *a = calloc(1, sizeof(*a));

	e->state = a;
	if (a == NULL
			|| deflateInit2(&a->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
					   -MAX_WBITS, 8, Z_DEFAULT_STRATEGY)
					!= Z_OK)
		return no_memory(e, err);
	a->z_open = true;
	return 0;
}

static void
fini(struct tt_export *e)
{
	struct avro *a = e->state;

	if (a == NULL)
		return;
	if (a->z_open)
		deflateEnd(&a->z);
	free(a->raw);
	free(a->packed);
	free(a);
}

static int
begin(struct tt_export *e, struct tt_error *err)
{
	struct avro *a = e->state;
	char *schema = format_schema(e->schema);

	if (schema == NULL)
		return no_memory(e, err);
	a->used = 0;
	a->rows = 0;
	make_sync(a->sync, schema);
	write_header(&e->out, a, schema);
	free(schema);
	return tt_out_check(&e->out, err);
}

/* Makes room for n bytes at the end of *bytes. */
static bool
make_room(uint8_t **bytes, size_t *room, size_t n)
{
	size_t more = n + n / 2;
	uint8_t *grown;

	if (n <= *room)
		return true;
	grown = realloc(*bytes, more);
	if (grown == NULL)
		return false;
	*bytes = grown;
	*room = more;
	return true;
}

static int
write_block(struct tt_export *e, struct tt_error *err)
{
	struct avro *a = e->state;
	size_t packed;

	if (a->rows == 0)
		return 0;
	if (!make_room(&a->packed, &a->packed_room, deflateBound(&a->z, a->used)))
		return no_memory(e, err);
	a->z.next_in = a->raw;
	a->z.avail_in = (uInt)a->used;
	a->z.next_out = a->packed;
	a->z.avail_out = (uInt)a->packed_room;
	TT_ASSERT(deflate(&a->z, Z_FINISH) == Z_STREAM_END);
	packed = a->z.total_out;
	deflateReset(&a->z);
	write_long(&e->out, a->rows);
	write_long(&e->out, (int64_t)packed);
	tt_out_bytes(&e->out, a->packed, packed);
	tt_out_bytes(&e->out, a->sync, SYNC_BYTES);
	a->used = 0;
	a->rows = 0;
	return tt_out_check(&e->out, err);
}

static int
put_row(struct tt_export *e, const struct tt_export_row *row, struct tt_error *err)
{
	struct avro *a = e->state;

	for (unsigned i = 0; i < e->schema->n_columns; i++) {
		bool is_text = e->schema->columns[i].type == TT_COLUMN_TEXT;
		const char *text = is_text ? tt_export_text(row, i) : NULL;
		size_t n = is_text ? strlen(text) : 0;

		if (!make_room(&a->raw, &a->room, a->used + VARINT_MAX + n))
			return no_memory(e, err);
		a->used += put_long(a->raw + a->used,
				is_text ? (int64_t)n : tt_export_int(row, i));
		if (is_text)
			memcpy(a->raw + a->used, text, n);
		a->used += n;
	}
	a->rows++;
	return a->used < BLOCK_BYTES ? 0 : write_block(e, err);
}

const struct tt_format tt_format_avro = {
		.name = "avro",
		.place = TT_EXPORT_STREAM,
		.suffix = ".avro",
		.open = open_avro,
		.begin = begin,
		.row = put_row,
		.end = write_block,
		.fini = fini,
};
