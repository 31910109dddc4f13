/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_codec.h"
#include "tt_parquet_cursor.h"

#include <errno.h>
#include <libdeflate.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_BYTES_MAX (128 << 20)
/* A run takes a few bytes for any number of values, each of which is to be given out. */
#define PAGE_VALUES_MAX (16 * TT_PARQUET_GROUP_ROWS)
/* Of a column chunk, so that small ones cost no call to the system. */
#define GIVE_BACK_BYTES (1 << 20)

static enum tt_parquet_codec
codec_of(const struct tt_parquet_cursor *cursor, const struct tt_parquet_page_in *page)
{
	return page->compressed ? cursor->codec : TT_CODEC_UNCOMPRESSED;
}

static int
check_bounds(const struct tt_parquet_cursor *cursor,
		const struct tt_parquet_page_in *page, struct tt_error *err)
{
	int64_t left = cursor->end - cursor->page_at - (int64_t)page->header_bytes;

	if (page->stored_bytes > left)
		return tt_parquet_cursor_bad(
				cursor, err, "the page is longer than its column chunk");
	if (page->raw_bytes > PAGE_BYTES_MAX)
		return tt_parquet_cursor_bad(cursor, err,
				"the page takes %d bytes, more than the %d that are read",
				page->raw_bytes, PAGE_BYTES_MAX);
	if (page->level_bytes > page->stored_bytes || page->level_bytes > page->raw_bytes)
		return tt_parquet_cursor_bad(
				cursor, err, "the definition levels are cut short");
	if (!tt_parquet_codec_fits(codec_of(cursor, page),
			    page->stored_bytes - page->level_bytes,
			    page->raw_bytes - page->level_bytes))
		return tt_parquet_cursor_bad(
				cursor, err, "the page's two sizes do not fit");
	return 0;
}

static int
check_crc(const struct tt_parquet_cursor *cursor, const struct tt_parquet_page_in *page,
		const uint8_t *stored, struct tt_error *err)
{
	if (page->has_crc
			&& libdeflate_crc32(0, stored, (size_t)page->stored_bytes)
					!= page->crc)
		return tt_parquet_cursor_bad(
				cursor, err, "the page does not match its checksum");
	return 0;
}

/* Into the cursor's page; levels that lie before the values stay where they are. */
static int
unpack(struct tt_parquet_cursor *cursor, const struct tt_parquet_page_in *page,
		const uint8_t *stored, struct tt_error *err)
{
	size_t levels = (size_t)page->level_bytes, raw = (size_t)page->raw_bytes - levels;
	int ret = tt_parquet_cursor_reserve(cursor, &cursor->page, raw, err);
	enum tt_parquet_codec codec = codec_of(cursor, page);
	const char *why;

	if (ret < 0)
		return ret;
	/* Some writers leave nothing at all where there is nothing to compress. */
	if (raw == 0 && (size_t)page->stored_bytes == levels)
		codec = TT_CODEC_UNCOMPRESSED;
	why = tt_parquet_codec_unpack(cursor->shared->zstd, codec, stored + levels,
			(size_t)page->stored_bytes - levels, cursor->page.bytes, raw);
	if (why != NULL)
		return tt_parquet_cursor_bad(cursor, err, "%s: %s",
				tt_parquet_codec_name((int)codec), why);
	cursor->page.size = raw;
	return 0;
}

/* A nullable column is read where every level says that its value is there. */
static int
check_levels(const struct tt_parquet_cursor *cursor, const uint8_t *at, size_t bytes,
		uint32_t n, struct tt_error *err)
{
	struct tt_parquet_rle_in levels;
	uint32_t level;

	tt_parquet_rle_start(&levels, at, at + bytes, 1);
	for (uint32_t i = 0; i < n; i++) {
		if (tt_parquet_rle_same(&levels, n - i, &level))
			i = n;
		else if (!tt_parquet_rle_next(&levels, &level))
			return tt_parquet_cursor_bad(cursor, err,
					"the definition levels are cut short");
		if (level != 1)
			return tt_parquet_cursor_bad(
					cursor, err, "null values are not read");
	}
	return 0;
}

/* Of a page of version 1, whose levels begin its contents and say how long they are. */
static int
pass_levels(struct tt_parquet_cursor *cursor, const struct tt_parquet_page_in *page,
		struct tt_error *err)
{
	size_t left = (size_t)(cursor->plain_end - cursor->plain), n;
	const uint8_t *levels = cursor->plain + 4;

	if (page->level_encoding != TT_ENCODING_RLE)
		return tt_parquet_cursor_bad(cursor, err,
				"definition levels in encoding %s are not read",
				tt_parquet_encoding_name(page->level_encoding));
	n = left < 4 ? 0 : tt_parquet_get_le(cursor->plain, 4);
	if (left < 4 || n > left - 4)
		return tt_parquet_cursor_bad(
				cursor, err, "the definition levels are cut short");
	cursor->plain += 4 + n;
	return check_levels(cursor, levels, n, (uint32_t)page->n_values, err);
}

static int
open_indices(struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	if (!cursor->has_dictionary)
		return tt_parquet_cursor_bad(cursor, err,
				"the page needs a dictionary, and there is none");
	if (cursor->plain == cursor->plain_end || *cursor->plain > 32)
		return tt_parquet_cursor_bad(cursor, err,
				"the dictionary indices have no valid width");
	tt_parquet_rle_start(&cursor->indices, cursor->plain + 1, cursor->plain_end,
			*cursor->plain);
	return 0;
}

static int
open_plain(struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	uint64_t bytes = (uint64_t)(cursor->plain_end - cursor->plain);

	if (cursor->type == TT_COLUMN_TEXT)
		tt_parquet_plain_start(
				&cursor->plain_texts, cursor->plain, cursor->plain_end);
	else if (bytes
			!= (uint64_t)cursor->page_left
					* tt_parquet_cursor_int_bytes(cursor))
		return tt_parquet_cursor_bad(
				cursor, err, "the page has not the size of its values");
	return 0;
}

static int
open_data(struct tt_parquet_cursor *cursor, const struct tt_parquet_page_in *page,
		const uint8_t *stored, struct tt_error *err)
{
	int ret = 0;

	cursor->page_left = (uint32_t)page->n_values;
	if (page->n_values == 0)
		return 0;
	cursor->plain = cursor->page.bytes;
	cursor->plain_end = cursor->page.bytes + cursor->page.size;
	if (cursor->leaf->optional)
		ret = page->type == TT_PAGE_DATA_V2 ? check_levels(cursor, stored,
				      (size_t)page->level_bytes, cursor->page_left, err)
						    : pass_levels(cursor, page, err);
	if (ret < 0)
		return ret;
	cursor->by_dictionary = page->encoding != TT_ENCODING_PLAIN;
	return cursor->by_dictionary ? open_indices(cursor, err)
				     : open_plain(cursor, err);
}

/* What a page of version 2 says of levels. */
static int
check_level_sizes(const struct tt_parquet_cursor *cursor,
		const struct tt_parquet_page_in *page, struct tt_error *err)
{
	if (page->n_nulls < 0 || page->level_bytes < 0 || page->repetition_bytes < 0)
		return tt_parquet_cursor_bad(
				cursor, err, "the page header lacks its levels");
	if (page->n_nulls > 0)
		return tt_parquet_cursor_bad(cursor, err, "null values are not read");
	if (page->repetition_bytes > 0
			|| (page->level_bytes > 0 && !cursor->leaf->optional))
		return tt_parquet_cursor_bad(cursor, err,
				"the page has levels that its column has not");
	return 0;
}

static int
check_kind(const struct tt_parquet_cursor *cursor, const struct tt_parquet_page_in *page,
		struct tt_error *err)
{
	bool coded = page->encoding == TT_ENCODING_PLAIN_DICTIONARY;
	char text[TT_PARQUET_REFUSAL_MAX];

	if (!tt_parquet_page_is_data(page) && page->type != TT_PAGE_DICTIONARY)
		return tt_parquet_cursor_bad(cursor, err, "%s",
				tt_parquet_refusal("page type",
						tt_parquet_page_type_name(page->type),
						page->type, text));
	if (page->n_values < 0 || page->encoding < 0)
		return tt_parquet_cursor_bad(cursor, err,
				"the page header lacks its values or encoding");
	if (page->n_values > PAGE_VALUES_MAX)
		return tt_parquet_cursor_bad(cursor, err,
				"the page has %d values, more than the %d that are read",
				page->n_values, PAGE_VALUES_MAX);
	if (tt_parquet_page_is_data(page))
		coded |= page->encoding == TT_ENCODING_RLE_DICTIONARY;
	if (!coded && page->encoding != TT_ENCODING_PLAIN)
		return tt_parquet_cursor_bad(cursor, err, "%s",
				tt_parquet_refusal("encoding",
						tt_parquet_encoding_name(page->encoding),
						page->encoding, text));
	return check_level_sizes(cursor, page, err);
}

/* Reads the header of the page at cursor->at and checks all that needs no look inside. */
static int
open_header(struct tt_parquet_cursor *cursor, struct tt_parquet_page_in *page,
		struct tt_error *err)
{
	const char *why;
	int ret;

	cursor->page_at = cursor->at;
	why = tt_parquet_page_header(page, cursor->shared->footer->file + cursor->at,
			(size_t)(cursor->end - cursor->at));
	if (why != NULL)
		return tt_parquet_cursor_bad(cursor, err, "%s", why);
	ret = check_kind(cursor, page, err);
	return ret < 0 ? ret : check_bounds(cursor, page, err);
}

static int
reserve_values(struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	int ret;

	if (cursor->type != TT_COLUMN_TEXT)
		return tt_parquet_cursor_reserve(cursor, &cursor->ints,
				TT_PARQUET_BATCH * sizeof(int64_t), err);
	ret = tt_parquet_cursor_reserve(cursor, &cursor->page_texts,
			TT_PARQUET_BATCH * sizeof(const char *), err);
	return ret < 0 ? ret
		       : tt_parquet_cursor_reserve(cursor, &cursor->codes,
				       TT_PARQUET_BATCH * sizeof(uint32_t), err);
}

/* Pages of the map that were read need stay no longer; a second look would only load them again. */
static void
give_back(struct tt_parquet_cursor *cursor)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t file = (uintptr_t)cursor->shared->footer->file;
	uintptr_t from = (file + (uintptr_t)cursor->mapped_at + page - 1) / page * page;
	uintptr_t to = (file + (uintptr_t)cursor->at) / page * page;

	if (!cursor->shared->mapped || cursor->at - cursor->mapped_at < GIVE_BACK_BYTES)
		return;
	cursor->mapped_at = cursor->at;
	if (from < to)
		madvise((void *)from, to - from, MADV_DONTNEED);
}

/* Where the contents of the page lie whose header is at an offset. */
static const uint8_t *
stored_at(const struct tt_parquet_cursor *cursor, int64_t at,
		const struct tt_parquet_page_in *page)
{
	return cursor->shared->footer->file + at + page->header_bytes;
}

int
tt_parquet_cursor_start(struct tt_parquet_cursor *cursor,
		const struct tt_parquet_chunk *chunk, int64_t rows, struct tt_error *err)
{
	struct tt_parquet_page_in page;
	int64_t values = 0;

	cursor->codec = chunk->codec;
	cursor->end = chunk->end;
	cursor->page_at = cursor->mapped_at = chunk->start;
	for (cursor->at = chunk->start; cursor->at < chunk->end && values <= rows;) {
		int ret = open_header(cursor, &page, err);

		if (ret == 0 && cursor->passed_over)
			ret = check_crc(cursor, &page,
					stored_at(cursor, cursor->at, &page), err);
		if (ret < 0)
			return ret;
		cursor->at += (int64_t)page.header_bytes + page.stored_bytes;
		values += tt_parquet_page_is_data(&page) ? page.n_values : 0;
	}
	if (values != rows)
		return tt_parquet_cursor_bad(cursor, err,
				"the pages hold %s%lld values, the row group has %lld rows",
				values > rows ? "at least " : "", (long long)values,
				(long long)rows);
	give_back(cursor);
	cursor->at = cursor->mapped_at = chunk->start;
	cursor->page_left = 0;
	cursor->has_dictionary = false;
	cursor->closed_dictionary.is = cursor->closed_data.is = false;
	return cursor->passed_over ? 0 : reserve_values(cursor, err);
}

int
tt_parquet_cursor_open_page(struct tt_parquet_cursor *cursor,
		const struct tt_parquet_page_in *page, int64_t at, struct tt_error *err)
{
	const uint8_t *stored = stored_at(cursor, at, page);
	int ret = unpack(cursor, page, stored, err);

	if (ret < 0)
		return ret;
	if (page->type == TT_PAGE_DICTIONARY)
		return tt_parquet_cursor_dictionary(
				cursor, (uint32_t)page->n_values, err);
	return open_data(cursor, page, stored, err);
}

int
tt_parquet_cursor_page(struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	int64_t at = cursor->at;
	struct tt_parquet_page_in page;
	int ret;

	give_back(cursor);
	ret = open_header(cursor, &page, err);
	if (ret == 0)
		ret = check_crc(cursor, &page, stored_at(cursor, at, &page), err);
	if (ret < 0)
		return ret;
	cursor->at += (int64_t)page.header_bytes + page.stored_bytes;
	return cursor->deferred ? tt_parquet_cursor_leave_closed(cursor, &page, at, err)
				: tt_parquet_cursor_open_page(cursor, &page, at, err);
}
