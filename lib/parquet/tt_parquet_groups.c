/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_codec.h"
#include "tt_parquet_footer_in.h"

/* A ColumnChunk with its ColumnMetaData, before it is checked. */
struct chunk_in {
	int physical, codec; /* -1: absent */
	int64_t values, bytes, data_offset, dictionary_offset; /* -1: absent */
	bool has_path, path_matches, elsewhere, encrypted;
};

static void
read_path(struct tt_thrift_in *thrift, enum tt_thrift_type type, const char *name,
		struct chunk_in *chunk)
{
	size_t n = tt_thrift_get_list(thrift, type, TT_THRIFT_BINARY);
	struct tt_thrift_bytes part;

	chunk->has_path = true;
	chunk->path_matches = n == 1;
	for (size_t i = 0; i < n && thrift->why == NULL; i++) {
		part = tt_thrift_get_binary(thrift, TT_THRIFT_BINARY);
		if (thrift->why != NULL || part.size != strlen(name)
				|| memcmp(part.bytes, name, part.size) != 0)
			chunk->path_matches = false;
	}
}

static void
read_metadata(struct tt_thrift_in *thrift, const char *name, struct chunk_in *chunk)
{
	struct tt_thrift_field field = {0};

	while (tt_thrift_next(thrift, &field)) {
		switch (field.id) {
		case 1:
			chunk->physical = tt_thrift_get_i32(thrift, field.type);
			break;
		case 3:
			read_path(thrift, field.type, name, chunk);
			break;
		case 4:
			chunk->codec = tt_thrift_get_i32(thrift, field.type);
			break;
		case 5:
			chunk->values = tt_thrift_get_i64(thrift, field.type);
			break;
		case 7:
			chunk->bytes = tt_thrift_get_i64(thrift, field.type);
			break;
		case 9:
			chunk->data_offset = tt_thrift_get_i64(thrift, field.type);
			break;
		case 11:
			chunk->dictionary_offset = tt_thrift_get_i64(thrift, field.type);
			break;
		default:
			tt_thrift_skip(thrift, field.type);
		}
	}
}

static void
read_chunk(struct tt_thrift_in *thrift, const char *name, struct chunk_in *chunk)
{
	struct tt_thrift_field field = {0};

	*chunk = (struct chunk_in){.physical = -1,
			.codec = -1,
			.values = -1,
			.bytes = -1,
			.data_offset = -1,
			.dictionary_offset = -1};
	while (tt_thrift_next(thrift, &field)) {
		if (field.id == 3 && tt_thrift_is_struct(thrift, &field)) {
			read_metadata(thrift, name, chunk);
			continue;
		}
		chunk->elsewhere |= field.id == 1;
		chunk->encrypted |= field.id == 8 || field.id == 9;
		tt_thrift_skip(thrift, field.type);
	}
}

/*
 * Returns why the chunk's place in the file cannot be, or NULL. Chunks in any order that together
 * are as long as the file at most: so the same bytes are not given out again and again.
 */
static const char *
place_chunk(struct tt_parquet_footer_in *footer_in, const struct chunk_in *in,
		struct tt_parquet_chunk *chunk)
{
	const struct tt_parquet_footer *footer = footer_in->footer;

	/* Some writers leave a dictionary offset of 0 where there is no dictionary. */
	chunk->start = in->dictionary_offset > 0
					&& in->dictionary_offset < in->data_offset
			? in->dictionary_offset
			: in->data_offset;
	if (chunk->start < TT_PARQUET_MAGIC_BYTES || chunk->start > footer->data_end)
		return "the column chunk lies outside of the file";
	if (in->bytes < 0 || in->bytes > footer->data_end - chunk->start)
		return "the column chunk is longer than the file";
	footer_in->chunk_bytes += in->bytes;
	if (footer_in->chunk_bytes > footer->data_end - TT_PARQUET_MAGIC_BYTES)
		return "the column chunks overlap";
	chunk->end = chunk->start + in->bytes;
	return NULL;
}

static int
check_chunk(struct tt_parquet_footer_in *in, unsigned column,
		const struct chunk_in *chunk, struct tt_parquet_chunk *out)
{
	const struct tt_parquet_footer *footer = in->footer;
	const char *name = footer->columns[column].name;
	char text[TT_PARQUET_REFUSAL_MAX];
	const char *why;

	if (chunk->elsewhere)
		return tt_parquet_footer_refuse(
				in, "column %s: lies in another file", name);
	if (chunk->encrypted)
		return tt_parquet_footer_refuse(in,
				"column %s: the footer says that it is encrypted", name);
	if (!chunk->has_path || !chunk->path_matches
			|| chunk->physical != (int)footer->leaves[column].physical)
		return tt_parquet_footer_refuse(
				in, "column %s: its chunk contradicts the schema", name);
	if (!tt_parquet_codec_known(chunk->codec))
		return tt_parquet_footer_refuse(in, "column %s: %s", name,
				tt_parquet_refusal("codec",
						tt_parquet_codec_name(chunk->codec),
						chunk->codec, text));
	why = place_chunk(in, chunk, out);
	if (why != NULL)
		return tt_parquet_footer_refuse(in, "column %s: %s", name, why);
	out->codec = (enum tt_parquet_codec)chunk->codec;
	return 0;
}

/* The values' numbers are compared with the row group's, which comes after its columns. */
static int
read_chunks(struct tt_parquet_footer_in *in, enum tt_thrift_type type,
		struct tt_parquet_group *group, int64_t *values, bool *differ)
{
	struct tt_parquet_footer *footer = in->footer;
	size_t n = tt_thrift_get_list(&in->thrift, type, TT_THRIFT_STRUCT);
	struct chunk_in chunk;

	if (in->thrift.why != NULL || group->chunks != NULL || n != footer->n_columns)
		return tt_parquet_footer_bad(in);
	group->chunks = calloc(n, sizeof(*group->chunks));
	if (group->chunks == NULL)
		return tt_parquet_footer_no_memory(in);
	for (unsigned i = 0; i < n; i++) {
		int ret;

		read_chunk(&in->thrift, footer->columns[i].name, &chunk);
		if (in->thrift.why != NULL)
			return tt_parquet_footer_bad(in);
		ret = check_chunk(in, i, &chunk, &group->chunks[i]);
		if (ret < 0)
			return ret;
		*differ |= i > 0 && chunk.values != *values;
		*values = chunk.values;
	}
	return 0;
}

static int
read_group(struct tt_parquet_footer_in *in, struct tt_parquet_group *group)
{
	struct tt_thrift_field field = {0};
	int64_t values = -1;
	bool differ = false;

	group->rows = -1;
	while (tt_thrift_next(&in->thrift, &field)) {
		if (field.id == 1) {
			int ret = read_chunks(in, field.type, group, &values, &differ);

			if (ret < 0)
				return ret;
		} else if (field.id == 3) {
			group->rows = tt_thrift_get_i64(&in->thrift, field.type);
		} else {
			tt_thrift_skip(&in->thrift, field.type);
		}
	}
	if (in->thrift.why != NULL || group->chunks == NULL)
		return tt_parquet_footer_bad(in);
	if (differ || group->rows < 0 || values != group->rows)
		return tt_parquet_footer_refuse(
				in, "the columns of a row group differ in length");
	return 0;
}

int
tt_parquet_groups_read(struct tt_parquet_footer_in *in, enum tt_thrift_type type)
{
	struct tt_parquet_footer *footer = in->footer;
	size_t n = tt_thrift_get_list(&in->thrift, type, TT_THRIFT_STRUCT);

	if (in->thrift.why != NULL || footer->columns == NULL || footer->groups != NULL)
		return tt_parquet_footer_bad(in);
	footer->groups = calloc(n + 1, sizeof(*footer->groups));
	if (footer->groups == NULL)
		return tt_parquet_footer_no_memory(in);
	footer->n_groups = n;
	for (size_t i = 0; i < n; i++) {
		int ret = read_group(in, &footer->groups[i]);

		if (ret < 0)
			return ret;
	}
	return 0;
}
