/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_compact_signatures.h"
#include "tt_row_text.h"
#include "tt_sketch.h"

#include <errno.h>
#include <string.h>

#define FOLD_FROM 4096 /* rows: fewer are not worth a sort */

int
tt_signature_ids_compare(const struct tt_signature_id *a, const struct tt_signature_id *b)
{
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	return a->rev == b->rev ? 0 : a->rev < b->rev ? -1 : 1;
}

/* Rules whose texts were changed without their revision stay apart: their sums by category do. */
static int
by_country(const void *a, const void *b)
{
	const struct tt_signature_sum *x = a, *y = b;
	int order = tt_signature_ids_compare(&x->id, &y->id);

	if (order == 0)
		order = (int)x->country - (int)y->country;
	if (order == 0)
		order = strcmp(x->message, y->message);
	return order != 0 ? order : strcmp(x->category, y->category);
}

static int
by_source(const void *a, const void *b)
{
	const struct tt_signature_source *x = a, *y = b;
	int order = tt_signature_ids_compare(&x->id, &y->id);

	if (order == 0)
		order = tt_addr_cmp(x->src, y->src);
	return order != 0 ? order : (int)x->country - (int)y->country;
}

static void
fold_sums(struct tt_compact_signatures *s)
{
	size_t n = 0;

	if (s->n_sums > 1)
		qsort(s->sums, s->n_sums, sizeof(*s->sums), by_country);
	for (size_t i = 0; i < s->n_sums; i++) {
		struct tt_signature_sum *to, *from = &s->sums[i];

		if (n == 0 || by_country(&s->sums[n - 1], from) != 0) {
			s->sums[n++] = *from;
			continue;
		}
		to = &s->sums[n - 1];
		to->matches += from->matches;
		to->detections += from->detections;
		to->error += from->error;
		free(from->message);
		free(from->category);
	}
	s->n_sums = s->folded_sums = n;
}

static void
join_source(struct tt_signature_source *to, const struct tt_signature_source *from)
{
	if (from->first_us < to->first_us)
		to->first_us = from->first_us;
	if (from->last_us > to->last_us)
		to->last_us = from->last_us;
	to->detections += from->detections;
}

/* Samples further until the rows are no more than their limit. */
static void
thin_sources(struct tt_compact_signatures *s)
{
	while (s->n_sources > s->limit && s->shift < TT_SAMPLE_SHIFT_MAX) {
		size_t n = 0;

		s->shift++;
		for (size_t i = 0; i < s->n_sources; i++)
			if (s->sources[i].bits >= s->shift)
				s->sources[n++] = s->sources[i];
		s->n_sources = n;
	}
}

static void
fold_sources(struct tt_compact_signatures *s)
{
	size_t n = 0;

	if (s->n_sources > 1)
		qsort(s->sources, s->n_sources, sizeof(*s->sources), by_source);
	for (size_t i = 0; i < s->n_sources; i++) {
		if (n > 0 && by_source(&s->sources[n - 1], &s->sources[i]) == 0)
			join_source(&s->sources[n - 1], &s->sources[i]);
		else
			s->sources[n++] = s->sources[i];
	}
	s->n_sources = n;
	thin_sources(s);
	s->folded_sources = s->n_sources;
}

void *
tt_signature_rows_grow(void *rows, size_t n, size_t *room, size_t size)
{
	void *more;

	if (n < *room)
		return rows;
	more = reallocarray(rows, 2 * *room + 256, size);
	if (more != NULL)
		*room = 2 * *room + 256;
	return more;
}

static int
no_memory(struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, NULL, "out of memory for signatures");
}

static int
bad_row(const struct tt_snapshot *part, const char *table, struct tt_error *err)
{
	return tt_error_set(err, -EBADMSG, part->path,
			"its table %s has a row that cannot be", table);
}

bool
tt_signature_id_take(const struct tt_parquet_reader *r, unsigned column,
		struct tt_signature_id *id)
{
	int64_t gid = tt_parquet_get_int(r, column),
		sid = tt_parquet_get_int(r, column + 1),
		rev = tt_parquet_get_int(r, column + 2);

	if (gid < 0 || gid > UINT32_MAX || sid < 1 || sid > UINT32_MAX || rev < 0
			|| rev > UINT32_MAX)
		return false;
	*id = (struct tt_signature_id){
			(uint64_t)gid << 32 | (uint64_t)sid, (uint32_t)rev};
	return true;
}

static int
add_sum(struct tt_compact_signatures *s, const struct tt_snapshot *part,
		const struct tt_parquet_reader *r, struct tt_error *err)
{
	struct tt_signature_sum *more,
			row = {
					.error = tt_parquet_get_int(r,
							TT_SIGNATURES_DETECTIONS_STDERR),
					.matches = tt_parquet_get_int(
							r, TT_SIGNATURES_MATCHES),
					.detections = tt_parquet_get_int(
							r, TT_SIGNATURES_DETECTIONS),
			};

	if (!tt_signature_id_take(r, TT_SIGNATURES_GID, &row.id) || row.matches < 0
			|| row.detections < 0 || row.error < 0
			|| tt_row_country_parse(
					   tt_parquet_get_text(r, TT_SIGNATURES_COUNTRY),
					   &row.country)
					!= 0)
		return bad_row(part, "signatures", err);
	if (s->n_sums > FOLD_FROM && s->n_sums > 2 * s->folded_sums)
		fold_sums(s);
	more = tt_signature_rows_grow(s->sums, s->n_sums, &s->room_sums, sizeof(*more));
	if (more == NULL)
		return no_memory(err);
	s->sums = more;
	row.message = strdup(tt_parquet_get_text(r, TT_SIGNATURES_MESSAGE));
	row.category = strdup(tt_parquet_get_text(r, TT_SIGNATURES_CATEGORY));
	if (row.message == NULL || row.category == NULL) {
		free(row.message);
		free(row.category);
		return no_memory(err);
	}
	s->sums[s->n_sums++] = row;
	return 0;
}

static int
add_source(struct tt_compact_signatures *s, const struct tt_snapshot *part,
		const struct tt_parquet_reader *r, struct tt_error *err)
{
	int64_t bits = tt_parquet_get_int(r, TT_SIGNATURE_SOURCES_SAMPLE_BITS);
	struct tt_signature_source *more,
			row = {
					.detections = tt_parquet_get_int(r,
							TT_SIGNATURE_SOURCES_DETECTIONS),
					.first_us = tt_parquet_get_int(r,
							TT_SIGNATURE_SOURCES_FIRST_SEEN),
					.last_us = tt_parquet_get_int(r,
							TT_SIGNATURE_SOURCES_LAST_SEEN),
			};

	if (!tt_signature_id_take(r, TT_SIGNATURE_SOURCES_GID, &row.id)
			|| row.detections < 0 || bits < 0 || bits > TT_SAMPLE_SHIFT_MAX
			|| tt_addr_parse(tt_parquet_get_text(
							 r, TT_SIGNATURE_SOURCES_SRC_IP),
					   &row.src)
					!= 0
			|| tt_row_country_parse(
					   tt_parquet_get_text(r,
							   TT_SIGNATURE_SOURCES_COUNTRY),
					   &row.country)
					!= 0)
		return bad_row(part, "signature_sources", err);
	row.bits = (uint8_t)bits;
	if (s->resampled)
		row.bits = (uint8_t)tt_sample_bits(
				tt_sample_hash(0, tt_sketch_hash(row.src)));
	/* Folding may raise the shift. */
	if (s->n_sources > FOLD_FROM && s->n_sources > 2 * s->folded_sources)
		fold_sources(s);
	if (row.bits < tt_compact_signatures_shift(s, &row.id))
		return 0;
	more = tt_signature_rows_grow(
			s->sources, s->n_sources, &s->room_sources, sizeof(*more));
	if (more == NULL)
		return no_memory(err);
	s->sources = more;
	s->sources[s->n_sources++] = row;
	return 0;
}

static int
read_table(struct tt_compact_signatures *s, const struct tt_snapshot *part,
		enum tt_table table,
		int (*add)(struct tt_compact_signatures *, const struct tt_snapshot *,
				const struct tt_parquet_reader *, struct tt_error *),
		struct tt_error *err)
{
	struct tt_parquet_reader *r;
	int ret = tt_snapshot_table(part, table, &r, err), more;

	if (ret != 0)
		return ret;
	while (ret == 0 && (more = tt_parquet_next(r, err)) != 0)
		ret = more < 0 ? more : add(s, part, r, err);
	tt_parquet_close(r);
	return ret;
}

int
tt_compact_signatures_read(struct tt_compact_signatures *s,
		const struct tt_snapshot *part, struct tt_error *err)
{
	int ret = read_table(s, part, TT_TABLE_SIGNATURES, add_sum, err);

	if (ret == 0)
		ret = read_table(s, part, TT_TABLE_SIGNATURE_SOURCES, add_source, err);
	return ret;
}

void
tt_compact_signatures_fold(struct tt_compact_signatures *s)
{
	fold_sums(s);
	fold_sources(s);
}

void
tt_compact_signatures_fini(struct tt_compact_signatures *s)
{
	for (size_t i = 0; i < s->n_sums; i++) {
		free(s->sums[i].message);
		free(s->sums[i].category);
	}
	for (size_t i = 0; i < s->n_sets; i++) {
		tt_signature_loaded_fini(&s->sets[i].rules);
		free(s->sets[i].identity);
	}
	tt_signature_loaded_fini(&s->rules);
	free(s->sets);
	free(s->sums);
	free(s->sources);
	*s = (struct tt_compact_signatures){0};
}
