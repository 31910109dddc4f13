/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Why targets rose or fell: what a span of time has of each, against a span before it. One pass over the
 * snapshots answers for all targets that are asked for. Definitions are those of docs/measures.md and docs/analysis.md:
 *
 * - since when: tt_change.h, on days, or on hours where the span has less than a week and neither has more than
 *   TT_CAUSE_HOURLY_DAYS; points of the span before are part of the series where it ends where the span begins. A day that was
 *   observed in part (TT_PERIOD_WHOLE_DAY) is left out: what was seen of it may have more or less than the rest had;
 * - countries: packets of `targets`; the rest "**" is one of them;
 * - source ports, addresses: packets of `source_ports`, `talkers`, which have the heaviest of each snapshot alone: a lower
 *   bound for each port and address, and so are their shares;
 * - fingerprints: packets that match, of `fingerprints`: by tools and by chance;
 * - sources: distinct addresses of `pairs`, and where that is a sample of `talkers` and `sketches` (tt_source_set.h), exact or with
 *   their standard error;
 * - a cycle of 24 hours by country: tt_cycle.h;
 * - victims: packets of `victims` by address, attacked service and class, of those kept.
 *
 * Which signatures found something on a port is not told by the tables, and so not here. A snapshot counts where it
 * lies wholly in a span; its packets belong to the hour in which it begins and to its day, to none where it has time of two
 * days; where one is longer than an hour, no cycle is looked for. Nothing of a snapshot counts where one of its files is not what the manifest says.
 *
 * One thread. Heap memory, whatever the snapshots hold: 4 bytes for each hour of the span (each day, where it has
 * more than TT_CAUSE_HOURLY_DAYS) for each of at most 16,384 pairs of target and country, 48 and 4 for each day for each of at most 131,072 ports,
 * 65,536 addresses and 65,536 victims; 8 for each target and hour; and what tt_source_set.h says.
 */
#ifndef TT_CAUSE_H
#define TT_CAUSE_H

#include "tt_address_time.h"
#include "tt_change.h"
#include "tt_class.h"
#include "tt_counts.h"
#include "tt_cycle.h"
#include "tt_period.h"
#include "tt_pick.h"
#include "tt_source_set.h"

#define TT_CAUSE_HOURLY_DAYS 62
#define TT_CAUSE_RULES_MAX   64

struct tt_cause_options {
	/* By span: [from, to); equal where there is no span before. */
	int64_t from_us[TT_N_CAUSE_SPANS], to_us[TT_N_CAUSE_SPANS];
	/* Some time at which a day begins; all others begin whole days before or after it. The first and the last day of a span may
	 * be cut. */
	int64_t midnight_us;
	/* [n_days] what was observed of each day, of the whole of it; the caller's, who may set them until tt_cause_finish; NULL: no matter. */
	const struct tt_day_share *day_shares[TT_N_CAUSE_SPANS];
	/* [n_days] days with which none is compared all the same, the caller's likewise; NULL: none. */
	const bool *left_out[TT_N_CAUSE_SPANS];
	bool victims; /* read them as well */
	bool per_sensor; /* rates are per day and sensor, not per day and address */
	bool of_ipv4; /* what is known to be IPv6 does not count, nor addresses of IPv6 */
};

/* Since when a target has another level. */
struct tt_cause_change {
	double before, after; /* medians of the rates on both sides, up to the next changes */
	int64_t at_us; /* the day or hour of the first point of the new level */
	/* Where the last point of the level before ends: it may have come as early as that. at_us, unless time between was not
	 * observed. */
	int64_t open_us;
	bool partly; /* some of the time between was */
	int64_t until_us; /* open_us of the next change; 0: it is the last */
};

/* What is known of a target. */
struct tt_cause_target {
	uint64_t packets[TT_N_CAUSE_SPANS], backscatter[TT_N_CAUSE_SPANS];
	/* After tt_cause_finish. */
	struct tt_cause_change
			changes[TT_CHANGES_MAX]; /* [n_changes], within the span alone */
	int n_changes;
	bool has_change; /* in the direction of rise or fall: the first of them */
	struct tt_cause_change change;
	bool has_earlier; /* likewise, of the span before: the last of them */
	struct tt_cause_change earlier;
	/* Its beginning, or that of the span. */
	int64_t since_us;
	size_t since; /* slice */
	uint64_t since_packets;
};

/* What snapshots have of a slice. */
enum tt_cause_cover {
	TT_CAUSE_NOT_COVERED,
	TT_CAUSE_TORN, /* some, but one that has time of two days as well, whose packets are in no slice */
	TT_CAUSE_COVERED
};

struct tt_cause {
	struct tt_cause_options options;
	struct tt_target_set targets;
	struct tt_cause_target *found; /* [targets.n] */
	int64_t slice_us; /* an hour or a day */
	int64_t origin_us
			[TT_N_CAUSE_SPANS]; /* where the first day begins, and with it slice 0 */
	size_t n_slices[TT_N_CAUSE_SPANS], n_days[TT_N_CAUSE_SPANS];
	uint8_t *covered[TT_N_CAUSE_SPANS]; /* [n_slices] enum tt_cause_cover */
	struct tt_address_time *exposures[TT_N_CAUSE_SPANS]; /* [n_slices] */
	struct tt_address_time *days[TT_N_CAUSE_SPANS]; /* [n_days] */
	uint64_t *series[TT_N_CAUSE_SPANS]; /* [target * n_slices + slice] */
	struct tt_address_time address_time[TT_N_CAUSE_SPANS];
	uint64_t snapshots[TT_N_CAUSE_SPANS];
	bool coarse; /* some snapshot is longer than an hour */
	struct tt_counts countries; /* by slice; key lo: the two letters */
	struct tt_counts ports, fingerprints; /* by day */
	struct tt_counts addresses; /* by day; tag: country, or 0 */
	struct tt_counts victims; /* by day; of: tt_cause_service; tag: country */
	char (*rules)[64]; /* [n_rules] fingerprints by key lo */
	size_t n_rules;
	struct tt_source_set sources;
};

/* Makes one; targets are added before the first snapshot. Returns 0 or -ENOMEM. */
int tt_cause_init(struct tt_cause *cause,
		const struct tt_cause_options *options) TT_MUST_CHECK;
void tt_cause_fini(struct tt_cause *cause);
/* Returns the number of the target, or TT_TARGET_NONE where memory is short. */
uint32_t tt_cause_want(struct tt_cause *cause, uint8_t protocol, int32_t target);

/* Are changes looked for by the hour? Where the span is shorter than a week, and neither is so long that slices are days. */
static inline bool
tt_cause_by_hours(const struct tt_cause *cause)
{
	const int64_t day_us = INT64_C(86400) * TT_US_PER_S;

	return cause->slice_us < day_us
			&& cause->options.to_us[TT_CAUSE_NOW]
					- cause->options.from_us[TT_CAUSE_NOW]
			< 7 * day_us;
}

/* Has one of the spans the whole of [start, end)? */
bool tt_cause_has(const struct tt_cause *cause, int64_t start_us, int64_t end_us);

/* Adds a snapshot; one that lies in neither span is passed over. Returns 0, or a negative errno with err naming the file;
 * where that is damaged (-EBADMSG) nothing was added. */
int tt_cause_add(struct tt_cause *cause, const struct tt_snapshot *snapshot,
		struct tt_error *err) TT_MUST_CHECK;

/* Ends adding: finds the changes. Returns 0 or -ENOMEM. */
int tt_cause_finish(struct tt_cause *cause) TT_MUST_CHECK;

/* Packets per day and monitored address; 0 where nothing was observed. */
double tt_cause_rate(
		const struct tt_cause *cause, uint64_t packets, enum tt_cause_span span);

/* A key of one of the counts, of one target. */
struct tt_cause_part {
	const struct tt_cause_count *count;
	uint64_t since; /* packets since the change */
	double share; /* of the target's packets since then */
	double of_change; /* of what the rate rose or fell by, its own change; 0 where that is 0 */
};

/* The heaviest of a target since its change into parts[n]. Returns how many. After tt_cause_finish. */
size_t tt_cause_top(const struct tt_cause *cause, const struct tt_counts *counts,
		uint32_t of, struct tt_cause_part *parts, size_t n);

/* The same of those that changed most in the direction of the target. */
size_t tt_cause_movers(const struct tt_cause *cause, const struct tt_counts *counts,
		uint32_t of, struct tt_cause_part *parts, size_t n);
/* And against it. */
size_t tt_cause_contrary(const struct tt_cause *cause, const struct tt_counts *counts,
		uint32_t of, struct tt_cause_part *parts, size_t n);

/* Sources of a target in days [first, end) of the span, of a country or TT_SOURCES_ANYWHERE. All days have those of snapshots
 * with time of two days as well. */
struct tt_source_count tt_cause_sources(const struct tt_cause *cause, uint32_t of,
		size_t first, size_t end, uint16_t country);
/* Those of a whole span, from anywhere. */
struct tt_source_count tt_cause_all_sources(
		const struct tt_cause *cause, uint32_t of, enum tt_cause_span span);

/* The country of an address, one of `addresses`; 0: not known. */
uint16_t tt_cause_address_country(
		const struct tt_cause *cause, const struct tt_cause_count *address);

/* The cycle of a target in a country (a key of `countries`); its peak is counted from midnight. */
struct tt_cycle tt_cause_cycle(
		const struct tt_cause *cause, const struct tt_cause_count *country);

/* The two letters of a country as a key, and back. */
static inline uint16_t
tt_cause_country(const char *text)
{
	return (uint16_t)((uint8_t)text[0] << 8
			| (uint8_t)(text[0] == '\0' ? 0 : text[1]));
}

static inline char *
tt_cause_country_text(uint64_t country, char text[3])
{
	text[0] = (char)(country >> 8);
	text[1] = (char)country;
	text[2] = '\0';
	return text;
}

/* An attacked service and the class of the answers. */
static inline uint32_t
tt_cause_service(uint8_t protocol, int32_t target, enum tt_class class)
{
	return (uint32_t) class << 25 | (uint32_t)(protocol & 0xff) << 17
			| (uint32_t)(target + 1);
}

#endif
