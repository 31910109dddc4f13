/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_format.h"

#include "tt_base.h"

static const char unknown[] = "unknown";

static const char *
name_of(const char *const *names, size_t n, int number)
{
	if (number < 0 || (size_t)number >= n || names[number] == NULL)
		return unknown;
	return names[number];
}

const char *
tt_parquet_physical_name(int physical)
{
	static const char *const names[] = {"BOOLEAN", "INT32", "INT64", "INT96", "FLOAT",
			"DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"};

	return name_of(names, TT_ARRAY_SIZE(names), physical);
}

const char *
tt_parquet_converted_name(int converted)
{
	static const char *const names[] = {"UTF8", "MAP", "MAP_KEY_VALUE", "LIST",
			"ENUM", "DECIMAL", "DATE", "TIME_MILLIS", "TIME_MICROS",
			"TIMESTAMP_MILLIS", "TIMESTAMP_MICROS", "UINT_8", "UINT_16",
			"UINT_32", "UINT_64", "INT_8", "INT_16", "INT_32", "INT_64",
			"JSON", "BSON", "INTERVAL"};

	return name_of(names, TT_ARRAY_SIZE(names), converted);
}

const char *
tt_parquet_logical_name(int logical)
{
	static const char *const names[] = {NULL, "STRING", "MAP", "LIST", "ENUM",
			"DECIMAL", "DATE", "TIME", "TIMESTAMP", NULL, "INTEGER",
			"UNKNOWN", "JSON", "BSON", "UUID", "FLOAT16", "VARIANT",
			"GEOMETRY", "GEOGRAPHY"};

	return name_of(names, TT_ARRAY_SIZE(names), logical);
}

const char *
tt_parquet_encoding_name(int encoding)
{
	static const char *const names[] = {"PLAIN", NULL, "PLAIN_DICTIONARY", "RLE",
			"BIT_PACKED", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY",
			"DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"};

	return name_of(names, TT_ARRAY_SIZE(names), encoding);
}

const char *
tt_parquet_codec_name(int codec)
{
	static const char *const names[] = {"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO",
			"BROTLI", "LZ4", "ZSTD", "LZ4_RAW"};

	return name_of(names, TT_ARRAY_SIZE(names), codec);
}

const char *
tt_parquet_page_type_name(int type)
{
	static const char *const names[] = {
			"DATA_PAGE", "INDEX_PAGE", "DICTIONARY_PAGE", "DATA_PAGE_V2"};

	return name_of(names, TT_ARRAY_SIZE(names), type);
}

char *
tt_parquet_refusal(const char *what, const char *name, int number,
		char text[TT_PARQUET_REFUSAL_MAX])
{
	if (name == unknown)
		snprintf(text, TT_PARQUET_REFUSAL_MAX, "damaged: %s %d is unknown", what,
				number);
	else
		snprintf(text, TT_PARQUET_REFUSAL_MAX, "%s %s is not read", what, name);
	return text;
}
