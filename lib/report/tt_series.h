/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets by day and by month, of a few targets by country and of a few countries by target: what the report draws as
 * lines. Read in a pass of its own, after the period has told which targets and countries those are, so that no sums by
 * day are held for all others; months that were summed up already are left out of it. One thread. Heap memory: 8 bytes for each pair of one of them and a country or target,
 * times days, and times months; while it is read, 240 bytes for each sensor.
 */
#ifndef TT_SERIES_H
#define TT_SERIES_H

#include "tt_observation.h"

#define TT_SERIES_MONTHS 10
#define TT_SERIES_MAX    16 /* targets, countries, and targets of a country */

/* A target that leads, by country. */
struct tt_series_target {
	int32_t target; /* index of the names */
	/* [country index * n_days + day], [country index * TT_SERIES_MONTHS + month] */
	struct tt_sums days, months;
};

/* A country that leads, by its own leading targets. */
struct tt_series_country {
	int32_t country;
	int32_t targets[TT_SERIES_MAX]; /* [n_targets] */
	unsigned n_targets;
	/* [target * n_days + day], [target * TT_SERIES_MONTHS + month]; behind these targets all others, as
	 * one */
	struct tt_sums days, months;
};

struct tt_series {
	struct tt_series_target
			targets[TT_SERIES_MAX]; /* [n_targets], the greatest first */
	struct tt_series_country countries[TT_SERIES_MAX]; /* [n_countries], likewise */
	unsigned n_targets, n_countries;
	unsigned n_days;
	struct tt_period months
			[TT_SERIES_MONTHS]; /* the last one holds the end of the period */
	struct tt_exposure exposure[TT_SERIES_MONTHS];
	struct tt_day_share shares
			[TT_SERIES_MONTHS]; /* of a month, as tt_day_cover_share of a day */
	uint64_t packets[TT_SERIES_MONTHS];
	uint64_t across; /* snapshots with time of two months, left out of both */
};

/* The months that the series to a period has, for the archive to be opened with. */
void tt_series_months(const struct tt_period *period,
		struct tt_period months[TT_SERIES_MONTHS]);

/* Reads the series of the `leaders` (at most TT_SERIES_MAX) targets and countries with the most packets in a
 * period that was read; countries that are unknown or not told apart are none. before: another one that was read of the same archive, or NULL:
 * a month that one of the two is of is made of its sums. Errors as tt_observation_read. */
int tt_series_read(struct tt_series *series, const struct tt_observation *now,
		const struct tt_observation *before, unsigned leaders,
		const struct tt_observing *observing, struct tt_error *err) TT_MUST_CHECK;
void tt_series_fini(struct tt_series *series);

#endif
