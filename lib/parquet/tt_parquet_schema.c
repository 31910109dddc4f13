/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_footer_in.h"

/* Each takes some hundred bytes of memory for a few of the footer. */
#define COLUMNS_MAX 4096

/* A SchemaElement. */
struct element {
	struct tt_thrift_bytes name;
	int physical, repetition, children, converted; /* -1: absent */
	int logical; /* field number of the union, 0: absent */
	bool utc; /* of a timestamp */
	int unit; /* of a timestamp: 1 ms, 2 us, 3 ns */
	bool is_signed; /* of an integer */
	int bits;
};

static void
read_time_unit(struct tt_thrift_in *thrift, struct element *element)
{
	struct tt_thrift_field field = {0};

	while (tt_thrift_next(thrift, &field)) {
		element->unit = field.id;
		tt_thrift_skip(thrift, field.type);
	}
}

static void
read_timestamp(struct tt_thrift_in *thrift, struct element *element)
{
	struct tt_thrift_field field = {0};

	while (tt_thrift_next(thrift, &field)) {
		if (field.id == 1)
			element->utc = tt_thrift_get_bool(thrift, &field);
		else if (field.id == 2 && tt_thrift_is_struct(thrift, &field))
			read_time_unit(thrift, element);
		else
			tt_thrift_skip(thrift, field.type);
	}
}

static void
read_integer(struct tt_thrift_in *thrift, struct element *element)
{
	struct tt_thrift_field field = {0};

	while (tt_thrift_next(thrift, &field)) {
		if (field.id == 1 && field.type == TT_THRIFT_I8
				&& thrift->at < thrift->end)
			element->bits = *thrift->at++;
		else if (field.id == 2)
			element->is_signed = tt_thrift_get_bool(thrift, &field);
		else
			tt_thrift_skip(thrift, field.type);
	}
}

static void
read_logical(struct tt_thrift_in *thrift, struct element *element)
{
	struct tt_thrift_field field = {0};

	while (tt_thrift_next(thrift, &field)) {
		element->logical = field.id;
		if (!tt_thrift_is_struct(thrift, &field))
			return;
		if (field.id == TT_LOGICAL_TIMESTAMP)
			read_timestamp(thrift, element);
		else if (field.id == TT_LOGICAL_INTEGER)
			read_integer(thrift, element);
		else
			tt_thrift_skip(thrift, field.type);
	}
}

static void
read_element_field(struct tt_thrift_in *thrift, const struct tt_thrift_field *field,
		struct element *element)
{
	switch (field->id) {
	case 1:
		element->physical = tt_thrift_get_i32(thrift, field->type);
		break;
	case 3:
		element->repetition = tt_thrift_get_i32(thrift, field->type);
		break;
	case 4:
		element->name = tt_thrift_get_binary(thrift, field->type);
		break;
	case 5:
		element->children = tt_thrift_get_i32(thrift, field->type);
		break;
	case 6:
		element->converted = tt_thrift_get_i32(thrift, field->type);
		break;
	case 10:
		if (tt_thrift_is_struct(thrift, field))
			read_logical(thrift, element);
		break;
	default:
		tt_thrift_skip(thrift, field->type);
	}
}

static void
read_element(struct tt_thrift_in *thrift, struct element *element)
{
	struct tt_thrift_field field = {0};

	*element = (struct element){.physical = -1,
			.repetition = -1,
			.children = -1,
			.converted = -1};
	while (tt_thrift_next(thrift, &field))
		read_element_field(thrift, &field, element);
}

static bool
is_one_of(int number, const int *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (numbers[i] == number)
			return true;
	return false;
}

/* What is annotated as an integer has the width of what is stored, or, in INT32, less. */
static bool
is_integer(const struct element *e)
{
	static const int in_32[] = {-1, TT_CONVERTED_INT_8, TT_CONVERTED_INT_16,
			TT_CONVERTED_INT_32, TT_CONVERTED_UINT_8, TT_CONVERTED_UINT_16,
			TT_CONVERTED_UINT_32};
	static const int in_64[] = {-1, TT_CONVERTED_INT_64, TT_CONVERTED_UINT_64};
	static const int bits_32[] = {8, 16, 32};
	bool is_64 = e->physical == TT_PHYSICAL_INT64;

	if (e->logical != 0)
		return e->logical == TT_LOGICAL_INTEGER
				&& (is_64 ? e->bits == 64
					  : is_one_of(e->bits, bits_32,
							  TT_ARRAY_SIZE(bits_32)));
	return is_64 ? is_one_of(e->converted, in_64, TT_ARRAY_SIZE(in_64))
		     : is_one_of(e->converted, in_32, TT_ARRAY_SIZE(in_32));
}

/* Those of less than 32 bits fit as they are stored. */
static bool
is_unsigned(const struct element *e, int bits)
{
	if (e->logical == TT_LOGICAL_INTEGER)
		return !e->is_signed && e->bits == bits;
	return e->converted == (bits == 32 ? TT_CONVERTED_UINT_32 : TT_CONVERTED_UINT_64);
}

static bool
is_timestamp(const struct element *e)
{
	if (e->logical != 0)
		return e->logical == TT_LOGICAL_TIMESTAMP && e->utc && e->unit >= 1
				&& e->unit <= 3;
	return e->converted == TT_CONVERTED_TIMESTAMP_MICROS
			|| e->converted == TT_CONVERTED_TIMESTAMP_MILLIS;
}

/* Bytes that nothing is said about are taken as text; whether they are is seen when they are read. */
static bool
is_text(const struct element *e)
{
	static const int logical[] = {
			TT_LOGICAL_STRING, TT_LOGICAL_ENUM, TT_LOGICAL_JSON};
	static const int converted[] = {
			-1, TT_CONVERTED_UTF8, TT_CONVERTED_ENUM, TT_CONVERTED_JSON};

	if (e->logical != 0)
		return is_one_of(e->logical, logical, TT_ARRAY_SIZE(logical));
	return is_one_of(e->converted, converted, TT_ARRAY_SIZE(converted));
}

static enum tt_parquet_convert
timestamp_convert(const struct element *e)
{
	if (e->logical == 0)
		return e->converted == TT_CONVERTED_TIMESTAMP_MILLIS ? TT_CONVERT_MILLIS
								     : TT_CONVERT_NONE;
	return e->unit == 1            ? TT_CONVERT_MILLIS
			: e->unit == 3 ? TT_CONVERT_NANOS
				       : TT_CONVERT_NONE;
}

/* Returns the column's type, or -1. */
static int
column_type(const struct element *e, enum tt_parquet_convert *convert)
{
	*convert = TT_CONVERT_NONE;
	if (e->physical == TT_PHYSICAL_BYTE_ARRAY)
		return is_text(e) ? TT_COLUMN_TEXT : -1;
	if (e->physical == TT_PHYSICAL_INT64 && is_timestamp(e)) {
		*convert = timestamp_convert(e);
		return TT_COLUMN_TIMESTAMP;
	}
	if (!is_integer(e))
		return -1;
	if (e->physical == TT_PHYSICAL_INT64) {
		*convert = is_unsigned(e, 64) ? TT_CONVERT_UINT64 : TT_CONVERT_NONE;
		return TT_COLUMN_INT64;
	}
	if (e->physical != TT_PHYSICAL_INT32)
		return -1;
	*convert = is_unsigned(e, 32) ? TT_CONVERT_UINT32 : TT_CONVERT_NONE;
	return *convert == TT_CONVERT_NONE ? TT_COLUMN_INT32 : TT_COLUMN_INT64;
}

static int
refuse_type(struct tt_parquet_footer_in *in, const char *name, const struct element *e)
{
	const char *physical = tt_parquet_physical_name(e->physical);

	if (e->logical == TT_LOGICAL_TIMESTAMP)
		return tt_parquet_footer_refuse(in,
				"column %s: timestamps of local time are not read", name);
	if (e->logical != 0)
		return tt_parquet_footer_refuse(in, "column %s: type %s (%s) is not read",
				name, physical, tt_parquet_logical_name(e->logical));
	if (e->converted >= 0)
		return tt_parquet_footer_refuse(in, "column %s: type %s (%s) is not read",
				name, physical, tt_parquet_converted_name(e->converted));
	return tt_parquet_footer_refuse(
			in, "column %s: type %s is not read", name, physical);
}

static int
set_column(struct tt_parquet_footer_in *in, unsigned i, const struct element *e)
{
	struct tt_column *column = &in->footer->columns[i];
	enum tt_parquet_convert convert;
	int type = column_type(e, &convert);
	int ret = tt_parquet_footer_text(in, e->name, &column->name);

	if (ret < 0)
		return ret;
	if (e->children > 0 || e->physical < 0)
		return tt_parquet_footer_refuse(in,
				"column %s: nested columns are not read", column->name);
	if (e->repetition != TT_REPETITION_REQUIRED
			&& e->repetition != TT_REPETITION_OPTIONAL)
		return tt_parquet_footer_refuse(in,
				"column %s: repeated columns are not read", column->name);
	if (type < 0)
		return refuse_type(in, column->name, e);
	column->type = (enum tt_column_type)type;
	in->footer->leaves[i] = (struct tt_parquet_leaf){
			.physical = (enum tt_parquet_physical)e->physical,
			.convert = convert,
			.optional = e->repetition == TT_REPETITION_OPTIONAL};
	return 0;
}

int
tt_parquet_schema_read(struct tt_parquet_footer_in *in, enum tt_thrift_type type)
{
	struct tt_parquet_footer *footer = in->footer;
	size_t n = tt_thrift_get_list(&in->thrift, type, TT_THRIFT_STRUCT);
	struct element element;

	if (in->thrift.why != NULL || footer->columns != NULL || n < 2)
		return tt_parquet_footer_bad(in);
	if (n - 1 > COLUMNS_MAX)
		return tt_parquet_footer_refuse(in,
				"%zu columns, more than the %d that are read", n - 1,
				COLUMNS_MAX);
	footer->columns = calloc(n - 1, sizeof(*footer->columns));
	footer->leaves = calloc(n - 1, sizeof(*footer->leaves));
	if (footer->columns == NULL || footer->leaves == NULL)
		return tt_parquet_footer_no_memory(in);
	read_element(&in->thrift, &element);
	if (in->thrift.why != NULL || element.physical >= 0)
		return tt_parquet_footer_bad(in);
	footer->n_columns = (unsigned)(n - 1);
	for (unsigned i = 0; i < footer->n_columns; i++) {
		struct element leaf;
		int ret;

		read_element(&in->thrift, &leaf);
		if (in->thrift.why != NULL)
			return tt_parquet_footer_bad(in);
		ret = set_column(in, i, &leaf);
		if (ret < 0)
			return ret;
	}
	if (element.children != (int)footer->n_columns)
		return tt_parquet_footer_refuse(in, "the schema contradicts itself");
	return 0;
}
