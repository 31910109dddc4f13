/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The numbers of the Parquet format that this room uses, named as in parquet.thrift of
 * apache/parquet-format. Constants only; internal to the room.
 */
#ifndef TT_PARQUET_FORMAT_H
#define TT_PARQUET_FORMAT_H

#include "tt_parquet.h"

#define TT_PARQUET_MAGIC       "PAR1"
#define TT_PARQUET_MAGIC_BYTES 4
/* The footer's length (32 bits, little-endian) and the magic end every file. */
#define TT_PARQUET_TAIL_BYTES 8

/*
 * The format has a checksum for pages but none for the footer. Our own files carry one as a
 * metadata value: CRC-32 of the footer with the eight digits of this value read as zeros.
 * Readers that do not know the key pass over it.
 */
#define TT_PARQUET_CRC_KEY    "teiten.footer_crc32"
#define TT_PARQUET_CRC_ZEROS  "00000000"
#define TT_PARQUET_CRC_DIGITS 8
/* "NAME version N", the form that other readers parse. */
#define TT_PARQUET_CREATOR "teiten version "

enum tt_parquet_physical {
	TT_PHYSICAL_BOOLEAN = 0,
	TT_PHYSICAL_INT32 = 1,
	TT_PHYSICAL_INT64 = 2,
	TT_PHYSICAL_INT96 = 3,
	TT_PHYSICAL_FLOAT = 4,
	TT_PHYSICAL_DOUBLE = 5,
	TT_PHYSICAL_BYTE_ARRAY = 6,
	TT_PHYSICAL_FIXED = 7,
};

enum tt_parquet_repetition {
	TT_REPETITION_REQUIRED = 0,
	TT_REPETITION_OPTIONAL = 1,
	TT_REPETITION_REPEATED = 2,
};

enum tt_parquet_converted {
	TT_CONVERTED_UTF8 = 0,
	TT_CONVERTED_ENUM = 4,
	TT_CONVERTED_TIMESTAMP_MILLIS = 9,
	TT_CONVERTED_TIMESTAMP_MICROS = 10,
	TT_CONVERTED_UINT_8 = 11,
	TT_CONVERTED_UINT_16 = 12,
	TT_CONVERTED_UINT_32 = 13,
	TT_CONVERTED_UINT_64 = 14,
	TT_CONVERTED_INT_8 = 15,
	TT_CONVERTED_INT_16 = 16,
	TT_CONVERTED_INT_32 = 17,
	TT_CONVERTED_INT_64 = 18,
	TT_CONVERTED_JSON = 19,
};

/* Field numbers of the union LogicalType. */
enum tt_parquet_logical {
	TT_LOGICAL_STRING = 1,
	TT_LOGICAL_ENUM = 4,
	TT_LOGICAL_TIMESTAMP = 8,
	TT_LOGICAL_INTEGER = 10,
	TT_LOGICAL_JSON = 12,
};

enum tt_parquet_encoding {
	TT_ENCODING_PLAIN = 0,
	TT_ENCODING_PLAIN_DICTIONARY = 2,
	TT_ENCODING_RLE = 3,
	TT_ENCODING_RLE_DICTIONARY = 8,
};

enum tt_parquet_codec {
	TT_CODEC_UNCOMPRESSED = 0,
	TT_CODEC_SNAPPY = 1,
	TT_CODEC_GZIP = 2,
	TT_CODEC_ZSTD = 6,
};

enum tt_parquet_page_type {
	TT_PAGE_DATA = 0,
	TT_PAGE_INDEX = 1,
	TT_PAGE_DICTIONARY = 2,
	TT_PAGE_DATA_V2 = 3,
};

/* Names of the numbers above, for messages; "unknown" where there is none. */
const char *tt_parquet_physical_name(int physical);
const char *tt_parquet_converted_name(int converted);
const char *tt_parquet_logical_name(int logical);
const char *tt_parquet_encoding_name(int encoding);
const char *tt_parquet_codec_name(int codec);
const char *tt_parquet_page_type_name(int type);

/*
 * Why a page or column is refused for a number of the format; name: one of those above. "codec BROTLI is not read"; or, where there is no
 * name, as damage makes it: "damaged: codec 85 is unknown".
 */
#define TT_PARQUET_REFUSAL_MAX 80
char *tt_parquet_refusal(const char *what, const char *name, int number,
		char text[TT_PARQUET_REFUSAL_MAX]);

static inline enum tt_parquet_physical
tt_parquet_physical_of(enum tt_column_type type)
{
	if (type == TT_COLUMN_TEXT)
		return TT_PHYSICAL_BYTE_ARRAY;
	return type == TT_COLUMN_INT32 ? TT_PHYSICAL_INT32 : TT_PHYSICAL_INT64;
}

/* Bytes of an integer in PLAIN encoding. */
static inline unsigned
tt_parquet_int_bytes(enum tt_column_type type)
{
	return type == TT_COLUMN_INT32 ? 4 : 8;
}

#endif
