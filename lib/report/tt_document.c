/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_document.h"

#include "tt_address_time.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define CHUNK_BYTES 65536
#define ALIGNMENT   _Alignof(max_align_t)

struct tt_chunk {
	struct tt_chunk *next;
	size_t used, room;
	_Alignas(max_align_t) unsigned char bytes[];
};

static struct tt_chunk *
add_chunk(struct tt_document *doc, size_t size)
{
	size_t room = size > CHUNK_BYTES ? size : CHUNK_BYTES;
	struct tt_chunk *chunk = calloc(1, sizeof(*chunk) + room);

	if (chunk == NULL) {
		doc->failed = true;
		return NULL;
	}
	chunk->room = room;
	chunk->next = doc->chunks;
	doc->chunks = chunk;
	return chunk;
}

void *
tt_document_alloc(struct tt_document *doc, size_t size)
{
	struct tt_chunk *chunk = doc->chunks;
	void *memory;

	if (doc->failed || size > SIZE_MAX / 2) {
		doc->failed = true;
		return NULL;
	}
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (chunk == NULL || chunk->room - chunk->used < size)
		chunk = add_chunk(doc, size);
	if (chunk == NULL)
		return NULL;
	memory = chunk->bytes + chunk->used;
	chunk->used += size;
	return memory;
}

static void *
alloc_array(struct tt_document *doc, size_t n, size_t size)
{
	return tt_document_alloc(doc, n > SIZE_MAX / 4 / size ? SIZE_MAX : n * size);
}

int
tt_document_init(struct tt_document *doc, const char *language)
{
	*doc = (struct tt_document){0};
	doc->language = tt_document_text(doc, language);
	return doc->failed ? -ENOMEM : 0;
}

void
tt_document_fini(struct tt_document *doc)
{
	while (doc->chunks != NULL) {
		struct tt_chunk *next = doc->chunks->next;

		free(doc->chunks);
		doc->chunks = next;
	}
	*doc = (struct tt_document){0};
}

const char *
tt_document_text(struct tt_document *doc, const char *text)
{
	size_t size = text != NULL ? strlen(text) + 1 : 0;
	char *copy = text != NULL ? tt_document_alloc(doc, size) : NULL;

	return copy != NULL ? memcpy(copy, text, size) : NULL;
}

const char *
tt_document_printf(struct tt_document *doc, const char *format, ...)
{
	va_list args, again;
	char *text;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	text = n >= 0 ? tt_document_alloc(doc, (size_t)n + 1) : NULL;
	if (text != NULL)
		vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}

struct tt_value
tt_value_rate(double rate)
{
	enum tt_value_kind kind = TT_VALUE_RATE;

	if (rate == 0)
		kind = TT_VALUE_NONE;
	else if (rate > 0 && rate < TT_RATE_LEAST)
		kind = TT_VALUE_NEGLIGIBLE;
	return tt_value_number(kind, rate);
}

struct tt_doc_section *
tt_document_section(struct tt_document *doc, unsigned level, const char *id,
		const char *number, const char *title)
{
	struct tt_doc_section *section = tt_document_alloc(doc, sizeof(*section));

	if (section == NULL)
		return NULL;
	section->level = level;
	section->id = tt_document_text(doc, id);
	section->number = tt_document_text(doc, number);
	section->title = tt_document_text(doc, title);
	if (doc->last != NULL)
		doc->last->next = section;
	else
		doc->first = section;
	doc->last = section;
	return section;
}

static struct tt_doc_element *
add_element(struct tt_document *doc, struct tt_doc_section *section,
		enum tt_element_kind kind)
{
	struct tt_doc_element *element = section != NULL
			? tt_document_alloc(doc, sizeof(*element))
			: NULL;

	if (element == NULL)
		return NULL;
	element->kind = kind;
	if (section->last != NULL)
		section->last->next = element;
	else
		section->first = element;
	section->last = element;
	return element;
}

void
tt_document_say(struct tt_document *doc, struct tt_doc_section *section,
		enum tt_element_kind kind, const char *text)
{
	struct tt_doc_element *element = add_element(doc, section, kind);

	if (element != NULL)
		element->text = tt_document_text(doc, text);
}

/* Where an array of n elements of size is full, one of twice the room; both old and new are kept. */
static void *
grown(struct tt_document *doc, void *array, size_t n, size_t *room, size_t size)
{
	void *more;

	if (n < *room)
		return array;
	more = alloc_array(doc, *room == 0 ? 8 : 2 * *room, size);
	if (more == NULL)
		return NULL;
	*room = *room == 0 ? 8 : 2 * *room;
	return n == 0 ? more : memcpy(more, array, n * size);
}

static struct tt_doc_column *
copy_columns(struct tt_document *doc, const struct tt_doc_column *columns, size_t n)
{
	struct tt_doc_column *copy = alloc_array(doc, n, sizeof(*copy));

	for (size_t i = 0; copy != NULL && i < n; i++) {
		copy[i] = columns[i];
		copy[i].id = tt_document_text(doc, columns[i].id);
		copy[i].heading = tt_document_text(doc, columns[i].heading);
	}
	return copy;
}

struct tt_doc_table *
tt_document_table(struct tt_document *doc, struct tt_doc_section *section, const char *id,
		const char *number, const char *title,
		const struct tt_doc_column *columns, size_t n_columns)
{
	struct tt_doc_element *element = add_element(doc, section, TT_ELEMENT_TABLE);
	struct tt_doc_table *table = element != NULL
			? tt_document_alloc(doc, sizeof(*table))
			: NULL;

	if (table == NULL)
		return NULL;
	element->table = table;
	table->id = tt_document_text(doc, id);
	table->number = tt_document_text(doc, number);
	table->title = tt_document_text(doc, title);
	table->columns = copy_columns(doc, columns, n_columns);
	table->n_columns = n_columns;
	return table;
}

struct tt_doc_row *
tt_document_row(struct tt_document *doc, struct tt_doc_table *table)
{
	struct tt_value *cells;
	struct tt_doc_row *rows;

	if (table == NULL)
		return NULL;
	cells = alloc_array(doc, table->n_columns, sizeof(*cells));
	rows = grown(doc, table->rows, table->n_rows, &table->room, sizeof(*rows));
	if (cells == NULL || rows == NULL)
		return NULL;
	table->rows = rows;
	rows[table->n_rows].cells = cells;
	return &rows[table->n_rows++];
}

void
tt_document_cell(struct tt_doc_row *row, size_t column, struct tt_value value)
{
	if (row != NULL)
		row->cells[column] = value;
}

/* Returns the number of notes with the new one; 0 if there is no memory. */
static size_t
add_note(struct tt_document *doc, const char ***notes, size_t *n, const char *text)
{
	const char **more = alloc_array(doc, *n + 1, sizeof(*more));

	if (more == NULL)
		return 0;
	if (*n > 0)
		memcpy(more, *notes, *n * sizeof(*more));
	more[*n] = tt_document_text(doc, text);
	*notes = more;
	return ++*n;
}

unsigned
tt_document_table_note(
		struct tt_document *doc, struct tt_doc_table *table, const char *text)
{
	return table != NULL
			? (unsigned)add_note(doc, &table->notes, &table->n_notes, text)
			: 0;
}

void
tt_document_figure_note(
		struct tt_document *doc, struct tt_doc_figure *figure, const char *text)
{
	if (figure != NULL)
		add_note(doc, &figure->notes, &figure->n_notes, text);
}

struct tt_doc_figure *
tt_document_figure(struct tt_document *doc, struct tt_doc_section *section,
		enum tt_figure_kind kind, const char *id, const char *number,
		const char *title, enum tt_axis_kind axis, size_t n_x)
{
	struct tt_doc_element *element = add_element(doc, section, TT_ELEMENT_FIGURE);
	struct tt_doc_figure *figure = element != NULL
			? tt_document_alloc(doc, sizeof(*figure))
			: NULL;

	if (figure == NULL)
		return NULL;
	element->figure = figure;
	figure->kind = kind;
	figure->id = tt_document_text(doc, id);
	figure->number = tt_document_text(doc, number);
	figure->title = tt_document_text(doc, title);
	figure->axis = axis;
	figure->x = alloc_array(doc, n_x, sizeof(*figure->x));
	figure->x_ids = alloc_array(doc, n_x, sizeof(*figure->x_ids));
	figure->n_x = n_x;
	return doc->failed ? NULL : figure;
}

void
tt_document_x(struct tt_document *doc, struct tt_doc_figure *figure, size_t i,
		const char *id, const char *label)
{
	if (figure == NULL)
		return;
	figure->x_ids[i] = tt_document_text(doc, id);
	figure->x[i] = tt_document_text(doc, label);
}

void
tt_document_observed(struct tt_document *doc, struct tt_doc_figure *figure, size_t i,
		struct tt_value coverage, bool partly)
{
	if (figure == NULL)
		return;
	if (figure->observed == NULL) {
		figure->partly = alloc_array(doc, figure->n_x, sizeof(*figure->partly));
		figure->observed = alloc_array(
				doc, figure->n_x, sizeof(*figure->observed));
	}
	if (figure->observed == NULL || figure->partly == NULL)
		return;
	figure->observed[i] = coverage;
	figure->partly[i] = partly;
}

void
tt_document_error(struct tt_document *doc, struct tt_doc_figure *figure, size_t i,
		struct tt_value error)
{
	if (figure == NULL)
		return;
	if (figure->errors == NULL)
		figure->errors = alloc_array(doc, figure->n_x, sizeof(*figure->errors));
	if (figure->errors != NULL)
		figure->errors[i] = error;
}

bool
tt_document_any_partly(const struct tt_doc_figure *figure)
{
	for (size_t i = 0; figure->partly != NULL && i < figure->n_x; i++)
		if (figure->partly[i])
			return true;
	return false;
}

struct tt_doc_series *
tt_document_series(struct tt_document *doc, struct tt_doc_figure *figure, const char *id,
		const char *name)
{
	struct tt_doc_series *all;
	struct tt_value *values;

	if (figure == NULL)
		return NULL;
	values = alloc_array(doc, figure->n_x, sizeof(*values));
	all = grown(doc, figure->series, figure->n_series, &figure->room, sizeof(*all));
	if (values == NULL || all == NULL)
		return NULL;
	for (size_t i = 0; i < figure->n_x; i++)
		values[i].kind = TT_VALUE_UNKNOWN;
	figure->series = all;
	all[figure->n_series] = (struct tt_doc_series){
			.id = tt_document_text(doc, id),
			.name = tt_document_text(doc, name),
			.values = values,
	};
	return &all[figure->n_series++];
}

void
tt_document_point(struct tt_doc_series *series, size_t i, struct tt_value value)
{
	if (series != NULL)
		series->values[i] = value;
}
