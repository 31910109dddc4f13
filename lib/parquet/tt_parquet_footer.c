/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_footer_in.h"

#include <errno.h>
#include <inttypes.h>
#include <libdeflate.h>
#include <stdarg.h>
#include <string.h>

#include "tt_parquet_utf8.h"

int
tt_parquet_footer_refuse(struct tt_parquet_footer_in *in, const char *why_fmt, ...)
{
	char why[sizeof(in->err->why)];
	va_list ap;

	va_start(ap, why_fmt);
	vsnprintf(why, sizeof(why), why_fmt, ap);
	va_end(ap);
	return tt_error_set(in->err, -EBADMSG, in->footer->name, "%s", why);
}

int
tt_parquet_footer_bad(struct tt_parquet_footer_in *in)
{
	return tt_parquet_footer_refuse(in, "the footer is damaged: %s",
			in->thrift.why != NULL ? in->thrift.why : "its parts do not fit");
}

int
tt_parquet_footer_no_memory(struct tt_parquet_footer_in *in)
{
	return tt_error_set(in->err, -ENOMEM, in->footer->name, "out of memory");
}

int
tt_parquet_footer_text(struct tt_parquet_footer_in *in, struct tt_thrift_bytes bytes,
		const char **text)
{
	if (!tt_parquet_utf8_valid(bytes.bytes, bytes.size))
		return tt_parquet_footer_refuse(in, "a text in the footer is not UTF-8");
	*text = strndup(bytes.size == 0 ? "" : (const char *)bytes.bytes, bytes.size);
	return *text == NULL ? tt_parquet_footer_no_memory(in) : 0;
}

static int
read_key_value(struct tt_parquet_footer_in *in, struct tt_key_value *pair)
{
	struct tt_thrift_field field = {0};
	struct tt_thrift_bytes text;
	int ret = 0;

	while (ret == 0 && tt_thrift_next(&in->thrift, &field)) {
		const char **to = field.id == 1 ? &pair->key : &pair->value;

		if (field.id != 1 && field.id != 2) {
			tt_thrift_skip(&in->thrift, field.type);
			continue;
		}
		text = tt_thrift_get_binary(&in->thrift, field.type);
		if (in->thrift.why != NULL || *to != NULL)
			break;
		ret = tt_parquet_footer_text(in, text, to);
		if (ret == 0 && field.id == 2 && pair->key != NULL
				&& strcmp(pair->key, TT_PARQUET_CRC_KEY) == 0
				&& text.size == TT_PARQUET_CRC_DIGITS)
			in->crc_value = text.bytes;
	}
	if (ret == 0 && (in->thrift.why != NULL || pair->key == NULL))
		return tt_parquet_footer_bad(in);
	return ret;
}

static int
read_key_values(struct tt_parquet_footer_in *in, enum tt_thrift_type type)
{
	struct tt_parquet_footer *footer = in->footer;
	size_t n = tt_thrift_get_list(&in->thrift, type, TT_THRIFT_STRUCT);

	if (in->thrift.why != NULL || footer->metadata != NULL)
		return tt_parquet_footer_bad(in);
	footer->metadata = calloc(n + 1, sizeof(*footer->metadata));
	if (footer->metadata == NULL)
		return tt_parquet_footer_no_memory(in);
	footer->n_metadata = (unsigned)n;
	for (size_t i = 0; i < n; i++) {
		int ret = read_key_value(in, &footer->metadata[i]);

		if (ret < 0)
			return ret;
	}
	return 0;
}

static void
read_creator(struct tt_parquet_footer_in *in, enum tt_thrift_type type)
{
	static const char ours[] = TT_PARQUET_CREATOR;
	struct tt_thrift_bytes text = tt_thrift_get_binary(&in->thrift, type);

	in->ours = in->thrift.why == NULL && text.size >= sizeof(ours) - 1
			&& memcmp(text.bytes, ours, sizeof(ours) - 1) == 0;
}

static int
read_field(struct tt_parquet_footer_in *in, const struct tt_thrift_field *field)
{
	switch (field->id) {
	case 2:
		return tt_parquet_schema_read(in, field->type);
	case 3:
		in->footer->rows = tt_thrift_get_i64(&in->thrift, field->type);
		return 0;
	case 4:
		return tt_parquet_groups_read(in, field->type);
	case 5:
		return read_key_values(in, field->type);
	case 6:
		read_creator(in, field->type);
		return 0;
	case 8:
		return tt_parquet_footer_refuse(
				in, "the footer says that the file is encrypted");
	default:
		tt_thrift_skip(&in->thrift, field->type);
		return 0;
	}
}

/* The checksum of the footer, its own digits read as zeros. */
static bool
crc_matches(const struct tt_parquet_footer_in *in, const uint8_t *bytes, size_t n)
{
	size_t before = (size_t)(in->crc_value - bytes);
	size_t after = n - before - TT_PARQUET_CRC_DIGITS;
	char digits[TT_PARQUET_CRC_DIGITS + 1];
	uint32_t crc = libdeflate_crc32(0, bytes, before);

	crc = libdeflate_crc32(crc, TT_PARQUET_CRC_ZEROS, TT_PARQUET_CRC_DIGITS);
	crc = libdeflate_crc32(crc, in->crc_value + TT_PARQUET_CRC_DIGITS, after);
	snprintf(digits, sizeof(digits), "%08" PRIx32, crc);
	return memcmp(digits, in->crc_value, TT_PARQUET_CRC_DIGITS) == 0;
}

static int
check(struct tt_parquet_footer_in *in, const uint8_t *bytes, size_t n)
{
	const struct tt_parquet_footer *footer = in->footer;
	int64_t rows = 0;

	if (in->ours && in->crc_value == NULL)
		return tt_parquet_footer_refuse(in, "the footer has lost its checksum");
	if (in->crc_value != NULL && !crc_matches(in, bytes, n))
		return tt_parquet_footer_refuse(
				in, "the footer does not match its checksum");
	if (in->thrift.at != in->thrift.end || footer->columns == NULL
			|| footer->groups == NULL)
		return tt_parquet_footer_bad(in);
	for (size_t i = 0; i < footer->n_groups; i++)
		if (__builtin_add_overflow(rows, footer->groups[i].rows, &rows))
			return tt_parquet_footer_bad(in);
	if (rows != footer->rows)
		return tt_parquet_footer_refuse(in,
				"the row groups hold %lld rows, the file claims %lld",
				(long long)rows, (long long)footer->rows);
	return 0;
}

static int
parse(struct tt_parquet_footer_in *in, const uint8_t *bytes, size_t n)
{
	struct tt_thrift_field field = {0};

	in->thrift.at = bytes;
	in->thrift.end = bytes + n;
	while (tt_thrift_next(&in->thrift, &field)) {
		int ret = read_field(in, &field);

		if (ret < 0)
			return ret;
	}
	return in->thrift.why != NULL ? tt_parquet_footer_bad(in) : check(in, bytes, n);
}

/* Finds the digits of the checksum in a footer that cannot be parsed; NULL: it has none of ours. */
static const uint8_t *
find_crc(const uint8_t *bytes, size_t n)
{
	static const char key[] = TT_PARQUET_CRC_KEY;
	const uint8_t *at = memmem(bytes, n, key, sizeof(key) - 1), *end = bytes + n;

	if (at == NULL)
		return NULL;
	at += sizeof(key) - 1 + 2; /* a field, and its length */
	return at < end && end - at >= TT_PARQUET_CRC_DIGITS ? at : NULL;
}

/* Of a footer of ours that does not match its checksum, nothing is said that it claims itself, such as encryption. What another
 * writer made of a file of ours may have a copy of that. */
static int
parse_sound(struct tt_parquet_footer_in *in, const uint8_t *bytes, size_t n)
{
	int ret = parse(in, bytes, n);

	if (ret != -EBADMSG
			|| memmem(bytes, n, TT_PARQUET_CREATOR,
					   strlen(TT_PARQUET_CREATOR))
					== NULL)
		return ret;
	in->crc_value = find_crc(bytes, n);
	if (in->crc_value != NULL && !crc_matches(in, bytes, n))
		return tt_parquet_footer_refuse(
				in, "the footer does not match its checksum");
	if (in->crc_value == NULL)
		return tt_parquet_footer_refuse(in, "the footer has lost its checksum");
	return ret;
}

/* At both ends: one changed byte does not make it so. */
static bool
is_encrypted(const uint8_t *file, size_t size)
{
	return size >= 2 * TT_PARQUET_MAGIC_BYTES
			&& memcmp(file, "PARE", TT_PARQUET_MAGIC_BYTES) == 0
			&& memcmp(file + size - TT_PARQUET_MAGIC_BYTES, "PARE",
					   TT_PARQUET_MAGIC_BYTES)
			== 0;
}

int
tt_parquet_footer_read(
		struct tt_parquet_footer *footer, size_t size, struct tt_error *err)
{
	struct tt_parquet_footer_in in = {.footer = footer, .err = err};
	const uint8_t *file = footer->file;
	uint64_t n;

	if (is_encrypted(file, size))
		return tt_parquet_footer_refuse(&in, "the file is encrypted");
	if (size < TT_PARQUET_MAGIC_BYTES + TT_PARQUET_TAIL_BYTES
			|| memcmp(file, TT_PARQUET_MAGIC, TT_PARQUET_MAGIC_BYTES) != 0)
		return tt_parquet_footer_refuse(&in, "not a Parquet file");
	if (memcmp(file + size - TT_PARQUET_MAGIC_BYTES, TT_PARQUET_MAGIC,
			    TT_PARQUET_MAGIC_BYTES)
			!= 0)
		return tt_parquet_footer_refuse(&in, "the file has no end");
	n = tt_parquet_get_le(file + size - TT_PARQUET_TAIL_BYTES, 4);
	if (n > size - TT_PARQUET_MAGIC_BYTES - TT_PARQUET_TAIL_BYTES)
		return tt_parquet_footer_refuse(
				&in, "the footer is longer than the file");
	footer->data_end = (int64_t)(size - TT_PARQUET_TAIL_BYTES - n);
	return parse_sound(&in, file + footer->data_end, n);
}

void
tt_parquet_footer_fini(struct tt_parquet_footer *footer)
{
	for (unsigned i = 0; i < footer->n_columns; i++)
		free((char *)footer->columns[i].name);
	for (size_t i = 0; i < footer->n_groups; i++)
		free(footer->groups[i].chunks);
	for (unsigned i = 0; i < footer->n_metadata; i++) {
		free((char *)footer->metadata[i].key);
		free((char *)footer->metadata[i].value);
	}
	free(footer->columns);
	free(footer->leaves);
	free(footer->groups);
	free(footer->metadata);
}
