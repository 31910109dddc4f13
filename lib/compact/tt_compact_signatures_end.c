/* SPDX-License-Identifier: BSD-3-Clause */
/* What is known when all rows of signatures are there: sources are counted. */
#include "tt_compact_signatures.h"
#include "tt_merge.h"
#include "tt_row_text.h"

#include <errno.h>
#include <string.h>

static bool
is_of(const struct tt_signature_sum *sum, const struct tt_signature_id *id)
{
	return sum->id.rule == id->rule && sum->id.rev == id->rev;
}

/* Counts the sources of a rule in the rows of their countries, where texts were changed in the first of them. */
static int
count_sources(struct tt_compact_signatures *s, struct tt_signature_sum *rows, size_t n,
		size_t *at, struct tt_error *err)
{
	for (; *at < s->n_sources && is_of(rows, &s->sources[*at].id); ++*at) {
		size_t row = 0;

		while (row < n && rows[row].country != s->sources[*at].country)
			row++;
		if (row == n)
			return tt_error_set(err, -EBADMSG, NULL,
					"a part has sources of a signature that "
					"its table signatures knows nothing of");
		rows[row].sources++;
	}
	return 0;
}

static int
by_address(const void *a, const void *b)
{
	return tt_addr_cmp(*(const struct tt_addr *)a, *(const struct tt_addr *)b);
}

/* Sources with detections of any rule, in the sample that all rules have. */
static int
count_all_sources(struct tt_compact_signatures *s, struct tt_error *err)
{
	const unsigned shift = tt_compact_signatures_coarsest(s);
	size_t n = 0;
	struct tt_addr *all = malloc((s->n_sources + 1) * sizeof(*all));

	if (all == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory for signatures");
	for (size_t i = 0; i < s->n_sources; i++)
		if (s->sources[i].bits >= shift)
			all[n++] = s->sources[i].src;
	qsort(all, n, sizeof(*all), by_address);
	for (size_t i = 0; i < n; i++)
		s->uniq_src_ip += i == 0 || tt_addr_cmp(all[i - 1], all[i]) != 0;
	s->uniq_src_ip <<= shift;
	free(all);
	return 0;
}

int
tt_compact_signatures_end(struct tt_compact_signatures *s, struct tt_error *err)
{
	size_t source = 0;
	int ret = 0;

	tt_compact_signatures_fold(s);
	for (size_t i = 0, n; ret == 0 && i < s->n_sums; i += n) {
		for (n = 1; i + n < s->n_sums && is_of(&s->sums[i], &s->sums[i + n].id);
				n++)
			continue;
		ret = count_sources(s, &s->sums[i], n, &source, err);
	}
	if (ret == 0 && source != s->n_sources)
		ret = tt_error_set(err, -EBADMSG, NULL,
				"a part has sources of a signature that its table "
				"signatures knows nothing of");
	if (ret == 0)
		ret = tt_compact_signatures_enter_unsaid(s, err);
	return ret != 0 ? ret : count_all_sources(s, err);
}

void
tt_signature_id_put(struct tt_parquet_writer *w, unsigned column,
		const struct tt_signature_id *id)
{
	tt_parquet_set_int(w, column, (int64_t)(id->rule >> 32));
	tt_parquet_set_int(w, column + 1, (int64_t)(id->rule & UINT32_MAX));
	tt_parquet_set_int(w, column + 2, id->rev);
}

int
tt_compact_signatures_write(struct tt_compact_signatures *s, struct tt_parquet_writer *w,
		struct tt_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < s->n_sums; i++) {
		const struct tt_signature_sum *row = &s->sums[i];
		const unsigned shift = tt_compact_signatures_shift(s, &row->id);
		const uint64_t sources = (uint64_t)row->sources << shift;
		char text[3];

		tt_signature_id_put(w, TT_SIGNATURES_GID, &row->id);
		tt_parquet_set_text(w, TT_SIGNATURES_MESSAGE, row->message);
		tt_parquet_set_text(w, TT_SIGNATURES_CATEGORY, row->category);
		tt_parquet_set_text(w, TT_SIGNATURES_COUNTRY,
				tt_row_country(row->country, text));
		tt_parquet_set_int(w, TT_SIGNATURES_MATCHES, row->matches);
		tt_parquet_set_int(w, TT_SIGNATURES_DETECTIONS, row->detections);
		tt_parquet_set_int(w, TT_SIGNATURES_DETECTIONS_STDERR, row->error);
		tt_parquet_set_int(w, TT_SIGNATURES_UNIQ_SRC_IP, (int64_t)sources);
		tt_parquet_set_int(w, TT_SIGNATURES_UNIQ_SRC_IP_STDERR,
				(int64_t)tt_scaled_error(sources, UINT64_C(1) << shift));
		ret = tt_parquet_end_row(w, err);
	}
	return ret;
}

int
tt_compact_signatures_write_sources(const struct tt_compact_signatures *s,
		struct tt_parquet_writer *w, struct tt_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < s->n_sources; i++) {
		const struct tt_signature_source *row = &s->sources[i];
		char country[3], src[TT_ADDR_TEXT_MAX];

		tt_signature_id_put(w, TT_SIGNATURE_SOURCES_GID, &row->id);
		tt_parquet_set_text(w, TT_SIGNATURE_SOURCES_SRC_IP,
				tt_addr_format(row->src, src));
		tt_parquet_set_text(w, TT_SIGNATURE_SOURCES_COUNTRY,
				tt_row_country(row->country, country));
		tt_parquet_set_int(w, TT_SIGNATURE_SOURCES_DETECTIONS, row->detections);
		tt_parquet_set_int(w, TT_SIGNATURE_SOURCES_FIRST_SEEN, row->first_us);
		tt_parquet_set_int(w, TT_SIGNATURE_SOURCES_LAST_SEEN, row->last_us);
		tt_parquet_set_int(w, TT_SIGNATURE_SOURCES_SAMPLE_BITS, row->bits);
		ret = tt_parquet_end_row(w, err);
	}
	return ret;
}
