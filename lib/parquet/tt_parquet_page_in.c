/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_page_in.h"

#include "tt_thrift.h"

/* Fields 1 and 2 are the same in the headers of data and dictionary pages. */
static void
read_inner(struct tt_thrift_in *in, struct tt_parquet_page_in *page)
{
	struct tt_thrift_field field = {0};

	while (tt_thrift_next(in, &field)) {
		if (field.id == 1)
			page->n_values = tt_thrift_get_i32(in, field.type);
		else if (field.id == 2)
			page->encoding = tt_thrift_get_i32(in, field.type);
		else if (field.id == 3 && page->type == TT_PAGE_DATA)
			page->level_encoding = tt_thrift_get_i32(in, field.type);
		else
			tt_thrift_skip(in, field.type);
	}
}

static void
read_version_2(struct tt_thrift_in *in, struct tt_parquet_page_in *page)
{
	int *const numbers[] = {NULL, &page->n_values, &page->n_nulls, NULL,
			&page->encoding, &page->level_bytes, &page->repetition_bytes};
	struct tt_thrift_field field = {0};

	page->n_nulls = page->level_bytes = page->repetition_bytes = -1;
	while (tt_thrift_next(in, &field)) {
		if (field.id == 7)
			page->compressed = tt_thrift_get_bool(in, &field);
		else if (field.id > 0 && field.id < (int)TT_ARRAY_SIZE(numbers)
				&& numbers[field.id] != NULL)
			*numbers[field.id] = tt_thrift_get_i32(in, field.type);
		else
			tt_thrift_skip(in, field.type);
	}
}

static bool
is_inner(const struct tt_parquet_page_in *page, int id)
{
	return (page->type == TT_PAGE_DATA && id == 5)
			|| (page->type == TT_PAGE_DICTIONARY && id == 7)
			|| (page->type == TT_PAGE_DATA_V2 && id == 8);
}

static void
read_field(struct tt_thrift_in *in, const struct tt_thrift_field *field,
		struct tt_parquet_page_in *page)
{
	switch (field->id) {
	case 1:
		page->type = tt_thrift_get_i32(in, field->type);
		break;
	case 2:
		page->raw_bytes = tt_thrift_get_i32(in, field->type);
		break;
	case 3:
		page->stored_bytes = tt_thrift_get_i32(in, field->type);
		break;
	case 4:
		page->crc = (uint32_t)tt_thrift_get_i32(in, field->type);
		page->has_crc = true;
		break;
	default:
		if (!is_inner(page, field->id) || !tt_thrift_is_struct(in, field))
			tt_thrift_skip(in, field->type);
		else if (page->type == TT_PAGE_DATA_V2)
			read_version_2(in, page);
		else
			read_inner(in, page);
	}
}

const char *
tt_parquet_page_header(struct tt_parquet_page_in *page, const uint8_t *bytes, size_t n)
{
	struct tt_thrift_in in = {.at = bytes, .end = bytes + n};
	struct tt_thrift_field field = {0};

	*page = (struct tt_parquet_page_in){.type = -1,
			.raw_bytes = -1,
			.stored_bytes = -1,
			.n_values = -1,
			.encoding = -1,
			.level_encoding = -1,
			.compressed = true};
	while (tt_thrift_next(&in, &field))
		read_field(&in, &field, page);
	if (in.why != NULL)
		return in.why;
	if (page->type < 0 || page->raw_bytes < 0 || page->stored_bytes < 0)
		return "the page header lacks its type or its size";
	page->header_bytes = (size_t)(in.at - bytes);
	return NULL;
}
