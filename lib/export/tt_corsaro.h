/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The time series of corsaro3's report plugin, worked out from the tables of one snapshot: for each
 * metric (overall, a country, a protocol, a port …) what is known of it, and nothing else. Internal
 * to the room; one thread. Heap memory: 64 bytes for each metric of a snapshot, and 16 for each
 * pair of an AS number and a country.
 */
#ifndef TT_CORSARO_H
#define TT_CORSARO_H

#include "tt_snapshot.h"

/* In the order of printing. */
enum tt_metric_class {
	TT_METRIC_OVERALL, /* value 0 */
	TT_METRIC_CONTINENT, /* two letters, as tt_corsaro_letters */
	TT_METRIC_COUNTRY,
	TT_METRIC_ASN,
	TT_METRIC_TCP_SOURCE_PORT,
	TT_METRIC_TCP_TARGET_PORT,
	TT_METRIC_UDP_SOURCE_PORT,
	TT_METRIC_UDP_TARGET_PORT,
	TT_METRIC_PROTOCOL, /* number */
	TT_METRIC_ICMP, /* type << 8 | code */
};

/* What there is of a metric, by the names that the time series have. */
enum tt_metric_leaf {
	TT_LEAF_UNIQ_SRC_IP,
	TT_LEAF_UNIQ_DST_IP,
	TT_LEAF_UNIQ_SRC_ASN,
	TT_LEAF_PKT_CNT,
	TT_LEAF_IP_LEN,
	TT_N_LEAVES
};

#define TT_UNKNOWN (-1)

struct tt_metric {
	uint64_t key; /* class and value */
	int64_t leaves[TT_N_LEAVES]; /* TT_UNKNOWN where it is not known */
};

struct tt_metrics {
	struct tt_metric *all; /* [n] */
	size_t n, room;
	uint32_t *slots; /* [n_slots] index into all + 1, or 0 */
	size_t n_slots;
	bool failed; /* memory was short */
	bool impossible; /* a count was negative, or a sum greater than INT64_MAX */
};

static inline uint64_t
tt_metric_key(enum tt_metric_class class, uint64_t value)
{
	return (uint64_t) class << 56 | value;
}

static inline enum tt_metric_class
tt_metric_class_of(uint64_t key)
{
	return (enum tt_metric_class)(key >> 56);
}

static inline uint64_t
tt_metric_value_of(uint64_t key)
{
	return key & ((UINT64_C(1) << 56) - 1);
}

/* Two letters as a value that sorts as they do. */
static inline uint64_t
tt_corsaro_letters(const char *two)
{
	return (uint64_t)(uint8_t)two[0] << 8 | (uint8_t)two[1];
}

void tt_metrics_clear(struct tt_metrics *metrics);
void tt_metrics_fini(struct tt_metrics *metrics);

/* Adds n, 0 or more, to a leaf, which is known from then on. */
void tt_metrics_add(struct tt_metrics *metrics, uint64_t key, enum tt_metric_leaf leaf,
		int64_t n);

/* Enters a key without leaves. Returns whether it is new. */
bool tt_metrics_enter(struct tt_metrics *metrics, uint64_t key);

/* Sorts by key; nothing may be added then. */
void tt_metrics_sort(struct tt_metrics *metrics);

/* The continent of a country, two letters each, as MaxMind's databases have it; "??" of others. */
const char *tt_corsaro_continent(const char *country);

/* Works out all there is of a snapshot, into empty metrics. Returns 0, or a negative errno with err
 * filled. */
int tt_corsaro_collect(struct tt_metrics *metrics, const struct tt_snapshot *snapshot,
		struct tt_error *err) TT_MUST_CHECK;

/* Of these, what the table `sources` tells: AS numbers. In a file of its own. */
int tt_corsaro_collect_sources(struct tt_metrics *metrics,
		const struct tt_snapshot *snapshot, struct tt_error *err) TT_MUST_CHECK;

#endif
