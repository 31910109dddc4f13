/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_cursor.h"
#include "tt_parquet_page_in.h"

#include <errno.h>
#include <zlib.h>

#define PAGE_BYTES_MAX (128 << 20)
/*
 * zstd stores at most 128 KiB as one repeated byte in a block of four bytes (RFC 8878
 * section 3.1.1.2), so that a page cannot be larger than 2^15 times what is stored.
 */
#define ZSTD_RATIO_SHIFT 15

static int
check_bounds(const struct tt_parquet_cursor *cursor,
		const struct tt_parquet_page_in *page, struct tt_error *err)
{
	int64_t left = cursor->end - cursor->page_at - (int64_t)page->header_bytes;
	bool is_zstd = cursor->codec == TT_CODEC_ZSTD;

	if (page->stored_bytes > left)
		return tt_parquet_cursor_bad(
				cursor, err, "the page is longer than its column chunk");
	if (page->raw_bytes > PAGE_BYTES_MAX)
		return tt_parquet_cursor_bad(cursor, err,
				"the page takes %d bytes, more than the %d that are read",
				page->raw_bytes, PAGE_BYTES_MAX);
	if (is_zstd ? (int64_t)page->stored_bytes << ZSTD_RATIO_SHIFT < page->raw_bytes
		    : page->stored_bytes != page->raw_bytes)
		return tt_parquet_cursor_bad(
				cursor, err, "the page's two sizes do not fit");
	return 0;
}

static int
check_crc(const struct tt_parquet_cursor *cursor, const struct tt_parquet_page_in *page,
		const uint8_t *stored, struct tt_error *err)
{
	if (page->has_crc
			&& (uint32_t)crc32_z(0, stored, (size_t)page->stored_bytes)
					!= page->crc)
		return tt_parquet_cursor_bad(
				cursor, err, "the page does not match its checksum");
	return 0;
}

static int
unpack(struct tt_parquet_cursor *cursor, const struct tt_parquet_page_in *page,
		const uint8_t *stored, struct tt_error *err)
{
	size_t raw = (size_t)page->raw_bytes, n;
	int ret = tt_parquet_cursor_reserve(cursor, &cursor->page, raw, err);

	if (ret < 0)
		return ret;
	if (cursor->codec == TT_CODEC_UNCOMPRESSED) {
		memcpy(cursor->page.bytes, stored, raw);
		return 0;
	}
	n = ZSTD_decompressDCtx(cursor->shared->zstd, cursor->page.bytes, raw, stored,
			(size_t)page->stored_bytes);
	if (ZSTD_isError(n))
		return tt_parquet_cursor_bad(
				cursor, err, "zstd: %s", ZSTD_getErrorName(n));
	if (n != raw)
		return tt_parquet_cursor_bad(cursor, err,
				"the page holds %zu bytes, its header says %zu", n, raw);
	return 0;
}

/* A nullable column is read where every level says that its value is there. */
static int
pass_levels(struct tt_parquet_cursor *cursor, const struct tt_parquet_page_in *page,
		struct tt_error *err)
{
	size_t left = (size_t)(cursor->plain_end - cursor->plain), n;
	struct tt_parquet_rle_in levels;
	uint32_t level;

	if (page->level_encoding != TT_ENCODING_RLE)
		return tt_parquet_cursor_bad(cursor, err,
				"definition levels in encoding %s are not read",
				tt_parquet_encoding_name(page->level_encoding));
	n = left < 4 ? 0 : tt_parquet_get_le(cursor->plain, 4);
	if (left < 4 || n > left - 4)
		return tt_parquet_cursor_bad(
				cursor, err, "the definition levels are cut short");
	tt_parquet_rle_start(&levels, cursor->plain + 4, cursor->plain + 4 + n, 1);
	for (uint64_t i = 0, skip; i < (uint64_t)page->n_values; i += 1 + skip) {
		if (!tt_parquet_rle_next(&levels, &level))
			return tt_parquet_cursor_bad(cursor, err,
					"the definition levels are cut short");
		if (level != 1)
			return tt_parquet_cursor_bad(
					cursor, err, "null values are not read");
		/* The rest of a repeated run says the same. */
		skip = levels.packed ? 0 : levels.run_left;
		levels.run_left -= skip;
	}
	cursor->plain += 4 + n;
	return 0;
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
					* tt_parquet_int_bytes(cursor->type))
		return tt_parquet_cursor_bad(
				cursor, err, "the page has not the size of its values");
	return 0;
}

static int
open_data(struct tt_parquet_cursor *cursor, const struct tt_parquet_page_in *page,
		struct tt_error *err)
{
	int ret;

	cursor->page_left = (uint32_t)page->n_values;
	if (page->n_values == 0)
		return 0;
	cursor->plain = cursor->page.bytes;
	cursor->plain_end = cursor->page.bytes + page->raw_bytes;
	if (cursor->optional) {
		ret = pass_levels(cursor, page, err);
		if (ret < 0)
			return ret;
	}
	cursor->by_dictionary = page->encoding != TT_ENCODING_PLAIN;
	return cursor->by_dictionary ? open_indices(cursor, err)
				     : open_plain(cursor, err);
}

static int
check_kind(const struct tt_parquet_cursor *cursor, const struct tt_parquet_page_in *page,
		struct tt_error *err)
{
	bool coded = page->encoding == TT_ENCODING_PLAIN_DICTIONARY;

	if (page->type != TT_PAGE_DATA && page->type != TT_PAGE_DICTIONARY)
		return tt_parquet_cursor_bad(cursor, err, "page type %s is not read",
				tt_parquet_page_type_name(page->type));
	if (page->n_values < 0 || page->encoding < 0)
		return tt_parquet_cursor_bad(cursor, err,
				"the page header lacks its values or encoding");
	if (page->type == TT_PAGE_DATA)
		coded |= page->encoding == TT_ENCODING_RLE_DICTIONARY;
	if (!coded && page->encoding != TT_ENCODING_PLAIN)
		return tt_parquet_cursor_bad(cursor, err, "encoding %s is not read",
				tt_parquet_encoding_name(page->encoding));
	return 0;
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
	ret = check_bounds(cursor, page, err);
	return ret < 0 ? ret : check_kind(cursor, page, err);
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

int
tt_parquet_cursor_start(struct tt_parquet_cursor *cursor,
		const struct tt_parquet_chunk *chunk, int64_t rows, struct tt_error *err)
{
	struct tt_parquet_page_in page;
	int64_t values = 0;

	cursor->codec = chunk->codec;
	cursor->end = chunk->end;
	cursor->page_at = chunk->start;
	for (cursor->at = chunk->start; cursor->at < chunk->end;) {
		int ret = open_header(cursor, &page, err);

		if (ret < 0)
			return ret;
		cursor->at += (int64_t)page.header_bytes + page.stored_bytes;
		values += page.type == TT_PAGE_DATA ? page.n_values : 0;
	}
	if (values != rows)
		return tt_parquet_cursor_bad(cursor, err,
				"the pages hold %lld values, the row group has %lld rows",
				(long long)values, (long long)rows);
	cursor->at = chunk->start;
	cursor->page_left = 0;
	cursor->has_dictionary = false;
	return reserve_values(cursor, err);
}

int
tt_parquet_cursor_page(struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	struct tt_parquet_page_in page;
	const uint8_t *stored;
	int ret = open_header(cursor, &page, err);

	if (ret < 0)
		return ret;
	stored = cursor->shared->footer->file + cursor->at + page.header_bytes;
	ret = check_crc(cursor, &page, stored, err);
	if (ret == 0)
		ret = unpack(cursor, &page, stored, err);
	if (ret < 0)
		return ret;
	cursor->at += (int64_t)page.header_bytes + page.stored_bytes;
	cursor->page.size = (size_t)page.raw_bytes;
	if (page.type == TT_PAGE_DICTIONARY)
		return tt_parquet_cursor_dictionary(cursor, (uint32_t)page.n_values, err);
	return open_data(cursor, &page, err);
}
