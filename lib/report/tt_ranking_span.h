/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What rankings are made over, and their rates are by: snapshots of any number of sensors. One thread. Memory: 65 bytes for
 * each sensor.
 */
#ifndef TT_RANKING_SPAN_H
#define TT_RANKING_SPAN_H

#include "tt_snapshot.h"
#include "tt_version_rate.h"

struct tt_ranking_span {
	char (*sensors)[TT_SENSOR_MAX
			+ 1]; /* [n_sensors], in the order in which they came */
	size_t n_sensors;
	uint64_t snapshots;
	bool exact; /* unique counts of all snapshots were */
	struct tt_version_time address_time;
	int64_t observed_us, first_us, last_us; /* last: end of the latest interval */
};

void tt_ranking_span_init(struct tt_ranking_span *span);
void tt_ranking_span_fini(struct tt_ranking_span *span);

/* Notes the sensor of a snapshot, before it is added. Returns 0, or a negative errno with err. */
int tt_ranking_span_note(struct tt_ranking_span *span, const struct tt_snapshot *snapshot,
		struct tt_error *err) TT_MUST_CHECK;
/* Adds a snapshot, whose sensor is noted. observed_us: tt_snapshot_observed. */
void tt_ranking_span_add(struct tt_ranking_span *span, const struct tt_manifest *manifest,
		int64_t observed_us);

/* The monitored addresses times their time that packets of an IP version (4, 6) are by; version 0: of both, IPv4's where both are monitored. */
struct tt_address_time tt_ranking_span_time(
		const struct tt_ranking_span *span, unsigned ip_version);

/* Prints "sensors a, b", and "N snapshots, TIME to TIME, S s observed" without a line feed. */
void tt_ranking_span_print(const struct tt_ranking_span *span, FILE *out);

enum tt_ranking_format {
	TT_RANKING_TEXT,
	TT_RANKING_CSV,
	TT_RANKING_JSONL,
};

/* Parses "text", "csv" or "jsonl". Returns 0 or -EINVAL. */
int tt_ranking_format_parse(
		const char *name, enum tt_ranking_format *format) TT_MUST_CHECK;

static inline const char *
tt_ranking_json_bool(bool b)
{
	return b ? "true" : "false";
}

#endif
