/* SPDX-License-Identifier: BSD-3-Clause */
/* Table 5-4: what signatures were loaded, by category. */
#include "tt_report_parts.h"

#include <string.h>

#define NAMED 5 /* messages in a cell; other signatures are a number */

/* A signature that was loaded. One that changed its category is there once for each. */
struct loaded {
	const struct tt_observed_signature *signature;
	const char *category;
	uint64_t detections;
};

static int
by_number(const void *a, const void *b)
{
	const struct tt_observed_signature *x = ((const struct loaded *)a)->signature;
	const struct tt_observed_signature *y = ((const struct loaded *)b)->signature;

	if (x->gid != y->gid)
		return x->gid < y->gid ? -1 : 1;
	return (x->sid > y->sid) - (x->sid < y->sid);
}

/* By name; what no other category is for is last. */
static int
compare_categories(const char *x, const char *y)
{
	int x_is_rest = strcmp(x, TT_REPORT_REST) == 0;
	int y_is_rest = strcmp(y, TT_REPORT_REST) == 0;

	return x_is_rest != y_is_rest ? x_is_rest - y_is_rest : strcmp(x, y);
}

/* By category, those with most detections first. */
static int
by_category(const void *a, const void *b)
{
	const struct loaded *x = a, *y = b;
	int order = compare_categories(x->category, y->category);

	if (order != 0)
		return order;
	if (x->detections != y->detections)
		return x->detections > y->detections ? -1 : 1;
	return by_number(a, b);
}

/* All that were loaded, in no order, in the document's memory. NULL and *n 0: none, or not told of all of the period. */
static struct loaded *
loaded_of(const struct tt_report *r, size_t *n)
{
	const struct tt_observation *o = r->now;
	const struct tt_observed_names *names = o->names;
	struct loaded *all = NULL;

	*n = 0;
	if (o->loaded_untold == 0)
		all = tt_document_alloc(r->doc, (names->n_signatures + 1) * sizeof(*all));
	for (size_t i = 0; all != NULL && i < names->n_signatures; i++) {
		const struct tt_observed_signature *s = &names->signatures[i];
		const uint64_t detections = tt_sums_total(
				o->signatures, o->n_signatures, (int32_t)i);

		/* Detections are of both versions where snapshots have a sample of their sources. */
		if (tt_sums_get(&o->loaded, i) > 0 || detections > 0)
			all[(*n)++] = (struct loaded){s,
					names->categories[s->category].name, detections};
	}
	return *n > 0 ? all : NULL;
}

static bool
is_named(const char *const *messages, size_t n, const char *message)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(messages[i], message) == 0)
			return true;
	return false;
}

/* The first messages of all[n], and how many signatures have others. Messages need not differ, and are named once. They have commas, so
 * that in English none is between them. */
static const char *
representative(const struct tt_report *r, const struct loaded *all, size_t n)
{
	const char *messages[NAMED], *text = "";
	size_t n_named = 0, others = 0;

	for (size_t i = 0; i < n; i++) {
		const char *message = tt_report_name(r, TT_REPORT_SIGNATURES,
				(int32_t)(all[i].signature - r->now->names->signatures));

		if (message == NULL)
			return NULL;
		if (is_named(messages, n_named, message))
			continue;
		if (n_named == NAMED) {
			others++;
			continue;
		}
		text = tt_document_printf(r->doc, "%s%s%s", text,
				n_named == 0 ? "" : TT_REPORT_WORD(r, LOADED_BETWEEN),
				message);
		if (text == NULL)
			return NULL;
		messages[n_named++] = message;
	}
	return others == 0 ? text
			   : TT_REPORT_FILL(r, LOADED_MORE, text,
					   tt_report_count(r, others));
}

void
tt_report_say_loaded(struct tt_report *report, struct tt_doc_section *section)
{
	struct tt_report *r = report;
	size_t n, n_numbers = 1;
	struct loaded *all = loaded_of(r, &n);

	if (all == NULL)
		return;
	qsort(all, n, sizeof(*all), by_number);
	for (size_t i = 1; i < n; i++)
		n_numbers += by_number(&all[i - 1], &all[i]) != 0;
	tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
			n_numbers == 1 ? TT_REPORT_WORD(r, METHOD_LOADED_ONE)
				       : TT_REPORT_FILL(r, METHOD_LOADED,
						       tt_report_count(r, n_numbers)));
}

void
tt_report_loaded_table(struct tt_report *report, struct tt_doc_section *section)
{
	struct tt_report *r = report;
	const struct tt_doc_column columns[] = {
			{"category", TT_REPORT_WORD(r, COLUMN_LOADED_CATEGORY), false},
			{"signatures", TT_REPORT_WORD(r, COLUMN_LOADED), false},
			{"representative", TT_REPORT_WORD(r, COLUMN_REPRESENTATIVE),
					false},
	};
	size_t n, end;
	struct loaded *all = loaded_of(r, &n);
	struct tt_doc_table *table;

	if (all == NULL)
		return;
	qsort(all, n, sizeof(*all), by_category);
	table = tt_document_table(r->doc, section, "loaded", "5-4",
			TT_REPORT_WORD(r, TABLE_OF_LOADED), columns,
			TT_ARRAY_SIZE(columns));
	if (table != NULL)
		table->whole = true;
	for (size_t i = 0; i < n; i = end) {
		struct tt_doc_row *row = tt_document_row(r->doc, table);

		for (end = i + 1; end < n; end++)
			if (strcmp(all[end].category, all[i].category) != 0)
				break;
		tt_document_cell(row, 0,
				tt_value_text(tt_report_name(r, TT_REPORT_CATEGORIES,
						(int32_t)all[i].signature->category)));
		tt_document_cell(row, 1,
				tt_value_integer(TT_VALUE_COUNT, (int64_t)(end - i)));
		tt_document_cell(row, 2,
				tt_value_text(representative(r, &all[i], end - i)));
	}
}
