/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_corsaro.h"
#include "tt_export_private.h"
#include "tt_row_text.h"

#include <errno.h>

/* Metrics by AS number, and how many of these other metrics have: a set of the pairs that came. */
struct asns {
	struct tt_metrics *metrics;
	struct tt_metrics seen;
	bool countries;
};

/* Counts the AS number once for a metric. */
static void
count_asn(struct asns *a, enum tt_metric_class class, uint64_t value, int64_t asn)
{
	const uint64_t pair = value << 32 | (uint64_t)asn;

	if (tt_metrics_enter(&a->seen, tt_metric_key(class, pair)))
		tt_metrics_add(a->metrics, tt_metric_key(class, value),
				TT_LEAF_UNIQ_SRC_ASN, 1);
}

/* A source whose AS number is not known is of none, as in corsaro3. */
static int
add_source(struct asns *a, const struct tt_parquet_reader *row, const char *path,
		struct tt_error *err)
{
	const char *country = tt_parquet_get_text(row, TT_SOURCES_COUNTRY);
	int64_t asn = tt_parquet_get_int(row, TT_SOURCES_ASN);
	uint64_t key = tt_metric_key(TT_METRIC_ASN, (uint64_t)asn);
	uint16_t known;

	if (tt_row_country_parse(country, &known) != 0)
		return tt_error_set(err, -EBADMSG, path, "no country: %s", country);
	if (asn < 0 || asn > UINT32_MAX)
		return tt_error_set(err, -EBADMSG, path, "no AS number: %lld",
				(long long)asn);
	if (asn == 0)
		return 0;
	tt_metrics_add(a->metrics, key, TT_LEAF_UNIQ_SRC_IP, 1);
	tt_metrics_add(a->metrics, key, TT_LEAF_PKT_CNT,
			tt_parquet_get_int(row, TT_SOURCES_PACKETS));
	tt_metrics_add(a->metrics, key, TT_LEAF_IP_LEN,
			tt_parquet_get_int(row, TT_SOURCES_BYTES));
	count_asn(a, TT_METRIC_OVERALL, 0, asn);
	if (!a->countries)
		return 0;
	count_asn(a, TT_METRIC_COUNTRY, tt_corsaro_letters(country), asn);
	count_asn(a, TT_METRIC_CONTINENT,
			tt_corsaro_letters(tt_corsaro_continent(country)), asn);
	return 0;
}

/* Sources without any AS number leave the metrics that they are of with none of them. */
static void
add_zeros(struct asns *a)
{
	for (size_t i = 0; i < a->metrics->n; i++) {
		enum tt_metric_class class = tt_metric_class_of(a->metrics->all[i].key);

		if (class == TT_METRIC_OVERALL || class == TT_METRIC_CONTINENT
				|| class == TT_METRIC_COUNTRY)
			tt_metrics_add(a->metrics, a->metrics->all[i].key,
					TT_LEAF_UNIQ_SRC_ASN, 0);
	}
}

int
tt_corsaro_collect_sources(struct tt_metrics *metrics, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct asns a = {.metrics = metrics,
			.countries = strcmp(snapshot->manifest.geo, "none") != 0};
	struct tt_parquet_reader *reader;
	int ret, more;

	/* Of a sample, sums by AS number would be of some sources alone. */
	if (snapshot->manifest.sources_one_in != 1
			|| strcmp(snapshot->manifest.asn, "none") == 0)
		return 0;
	ret = tt_export_table(snapshot, TT_TABLE_SOURCES, &reader, err);
	if (ret != 0)
		return ret;
	while (ret == 0 && (more = tt_parquet_next(reader, err)) != 0)
		ret = more < 0 ? more : add_source(&a, reader, snapshot->path, err);
	tt_parquet_close(reader);
	if (ret == 0 && a.seen.failed)
		ret = tt_error_set(err, -ENOMEM, snapshot->path, "out of memory");
	if (ret == 0)
		add_zeros(&a);
	tt_metrics_fini(&a.seen);
	return ret;
}
