/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which rules were loaded, for how long, and of how many sources each is known. A rule whose text was
 * changed without its revision has a row for each; its sources are kept at the coarsest of their rates.
 */
#include "tt_compact_signatures.h"
#include "tt_sample.h"
#include "tt_sketch.h"

#include <errno.h>
#include <string.h>

#define FOLD_FROM 4096 /* rows: fewer are not worth a sort */

static int
no_memory(struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, NULL, "out of memory for signatures");
}

static void
free_row(struct tt_signature_loaded *row)
{
	free(row->message);
	free(row->category);
}

void
tt_signature_loaded_fini(struct tt_signature_loaded_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		free_row(&rows->all[i]);
	free(rows->all);
	*rows = (struct tt_signature_loaded_rows){0};
}

static int
by_rule(const void *a, const void *b)
{
	const struct tt_signature_loaded *x = a, *y = b;
	int order = tt_signature_ids_compare(&x->id, &y->id);

	if (order == 0)
		order = strcmp(x->message, y->message);
	if (order == 0)
		order = strcmp(x->category, y->category);
	return order != 0 ? order : x->counts - y->counts;
}

static void
fold(struct tt_signature_loaded_rows *rows)
{
	size_t n = 0;

	if (rows->n > 1)
		qsort(rows->all, rows->n, sizeof(*rows->all), by_rule);
	for (size_t i = 0; i < rows->n; i++) {
		struct tt_signature_loaded *to, *from = &rows->all[i];

		if (n == 0 || by_rule(&rows->all[n - 1], from) != 0) {
			rows->all[n++] = *from;
			continue;
		}
		to = &rows->all[n - 1];
		to->loaded_us += from->loaded_us;
		if (from->one_in > to->one_in)
			to->one_in = from->one_in;
		free_row(from);
	}
	rows->n = rows->folded = n;
}

/* Takes the row, and its texts, also where it fails. */
static int
add(struct tt_signature_loaded_rows *rows, struct tt_signature_loaded *row,
		struct tt_error *err)
{
	struct tt_signature_loaded *more;

	if (rows->n > FOLD_FROM && rows->n > 2 * rows->folded)
		fold(rows);
	more = tt_signature_rows_grow(rows->all, rows->n, &rows->room, sizeof(*more));
	if (more != NULL)
		rows->all = more;
	if (more != NULL && row->message != NULL && row->category != NULL) {
		rows->all[rows->n++] = *row;
		return 0;
	}
	free_row(row);
	return no_memory(err);
}

static bool
is_rate(int64_t one_in)
{
	return one_in >= 1 && one_in <= INT64_C(1) << TT_SAMPLE_SHIFT_MAX
			&& (one_in & (one_in - 1)) == 0;
}

static int
add_row(struct tt_signature_loaded_rows *rows, const struct tt_snapshot *part,
		const struct tt_parquet_reader *r, struct tt_error *err)
{
	const int64_t counts = tt_parquet_get_int(r, TT_SIGNATURE_RULES_COUNTS);
	struct tt_signature_loaded row = {
			.counts = counts != 0,
			.one_in = tt_parquet_get_int(
					r, TT_SIGNATURE_RULES_SOURCES_ONE_IN),
			.loaded_us = tt_parquet_get_int(r, TT_SIGNATURE_RULES_LOADED_US),
	};

	if (!tt_signature_id_take(r, TT_SIGNATURE_RULES_GID, &row.id)
			|| !is_rate(row.one_in) || row.loaded_us < 0 || counts < 0
			|| counts > 1)
		return tt_error_set(err, -EBADMSG, part->path,
				"its table signature_rules has a row that cannot be");
	row.message = strdup(tt_parquet_get_text(r, TT_SIGNATURE_RULES_MESSAGE));
	row.category = strdup(tt_parquet_get_text(r, TT_SIGNATURE_RULES_CATEGORY));
	return add(rows, &row, err);
}

static int
read_rows(struct tt_signature_loaded_rows *rows, const struct tt_snapshot *part,
		struct tt_error *err)
{
	struct tt_parquet_reader *r;
	int ret = tt_snapshot_table(part, TT_TABLE_SIGNATURE_RULES, &r, err), more;

	if (ret != 0)
		return ret;
	while (ret == 0 && (more = tt_parquet_next(r, err)) != 0)
		ret = more < 0 ? more : add_row(rows, part, r, err);
	tt_parquet_close(r);
	return ret;
}

/* The rules of an identity, a new and empty one if need be; NULL if memory is short. */
static struct tt_signature_set *
find_set(struct tt_compact_signatures *s, const char *identity)
{
	struct tt_signature_set *more;

	for (size_t i = 0; i < s->n_sets; i++)
		if (strcmp(s->sets[i].identity, identity) == 0)
			return &s->sets[i];
	more = reallocarray(s->sets, s->n_sets + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	s->sets = more;
	s->sets[s->n_sets] = (struct tt_signature_set){.identity = strdup(identity)};
	return s->sets[s->n_sets].identity == NULL ? NULL : &s->sets[s->n_sets++];
}

/* A rule is loaded for all of a single interval: its rows differ in nothing but that. */
static int
plan_single(struct tt_compact_signatures *s, const struct tt_snapshot *part,
		struct tt_error *err)
{
	struct tt_signature_set *set = find_set(s, part->manifest.signatures);

	if (set == NULL)
		return no_memory(err);
	if (set->rules.n == 0)
		return read_rows(&set->rules, part, err);
	set->loaded_us += part->manifest.observed_us;
	return 0;
}

int
tt_compact_signatures_plan(struct tt_compact_signatures *s,
		const struct tt_snapshot *part, struct tt_error *err)
{
	const struct tt_manifest *m = &part->manifest;

	if (!tt_manifest_has(m, TT_TABLE_SIGNATURE_RULES)) {
		while (INT64_C(1) << s->shift < m->signature_sources_one_in)
			s->shift++;
		return 0;
	}
	if (m->parts.n == 0 && m->signature_sources_one_in == 1)
		return plan_single(s, part, err);
	return read_rows(&s->rules, part, err);
}

int
tt_compact_signatures_planned(struct tt_compact_signatures *s, struct tt_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < s->n_sets; i++) {
		struct tt_signature_set *set = &s->sets[i];

		for (size_t k = 0; k < set->rules.n; k++) {
			set->rules.all[k].loaded_us += set->loaded_us;
			if (ret == 0)
				ret = add(&s->rules, &set->rules.all[k], err);
			else
				free_row(&set->rules.all[k]);
		}
		set->rules.n = 0;
	}
	fold(&s->rules);
	return ret;
}

/* The first row of the rule, or where it would stand. */
static size_t
find(const struct tt_signature_loaded_rows *rows, const struct tt_signature_id *id)
{
	size_t first = 0, end = rows->folded;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (tt_signature_ids_compare(&rows->all[middle].id, id) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

static bool
is_row_of(const struct tt_signature_loaded_rows *rows, size_t i,
		const struct tt_signature_id *id)
{
	return i < rows->folded && tt_signature_ids_compare(&rows->all[i].id, id) == 0;
}

unsigned
tt_compact_signatures_shift(
		struct tt_compact_signatures *s, const struct tt_signature_id *id)
{
	const struct tt_signature_loaded_rows *rows = &s->rules;
	unsigned shift = 0;

	if (tt_signature_ids_compare(&s->last, id) != 0) {
		for (size_t i = find(rows, id); is_row_of(rows, i, id); i++)
			while (INT64_C(1) << shift < rows->all[i].one_in)
				shift++;
		s->last = *id;
		s->last_shift = shift;
	}
	return s->last_shift > s->shift ? s->last_shift : s->shift;
}

unsigned
tt_compact_signatures_coarsest(const struct tt_compact_signatures *s)
{
	unsigned shift = s->shift;

	for (size_t i = 0; i < s->rules.n; i++)
		while (INT64_C(1) << shift < s->rules.all[i].one_in)
			shift++;
	return shift;
}

int
tt_compact_signatures_enter_unsaid(struct tt_compact_signatures *s, struct tt_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < s->n_sums; i++) {
		const struct tt_signature_sum *sum = &s->sums[i];
		struct tt_signature_loaded row = {.id = sum->id, .one_in = 1};

		if (is_row_of(&s->rules, find(&s->rules, &sum->id), &sum->id))
			continue;
		row.message = strdup(sum->message);
		row.category = strdup(sum->category);
		ret = add(&s->rules, &row, err);
	}
	fold(&s->rules);
	return ret;
}

int
tt_compact_signatures_write_rules(struct tt_compact_signatures *s,
		struct tt_parquet_writer *w, struct tt_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < s->rules.n; i++) {
		const struct tt_signature_loaded *row = &s->rules.all[i];

		tt_signature_id_put(w, TT_SIGNATURE_RULES_GID, &row->id);
		tt_parquet_set_text(w, TT_SIGNATURE_RULES_MESSAGE, row->message);
		tt_parquet_set_text(w, TT_SIGNATURE_RULES_CATEGORY, row->category);
		tt_parquet_set_int(w, TT_SIGNATURE_RULES_COUNTS, row->counts);
		tt_parquet_set_int(w, TT_SIGNATURE_RULES_SOURCES_ONE_IN,
				INT64_C(1) << tt_compact_signatures_shift(s, &row->id));
		tt_parquet_set_int(w, TT_SIGNATURE_RULES_LOADED_US, row->loaded_us);
		ret = tt_parquet_end_row(w, err);
	}
	return ret;
}
