/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the chapter share. Not for other rooms. */
#ifndef TT_NOTABLE_PRIVATE_H
#define TT_NOTABLE_PRIVATE_H

#include "tt_cause.h"
#include "tt_notable.h"
#include "tt_report_text.h"

#define TT_NOTABLE_EPISODES  3
#define TT_NOTABLE_COUNTRIES 5
#define TT_NOTABLE_PORTS     3
#define TT_NOTABLE_MOVERS    6 /* half of them with the change, half against it */

/* One address that stands out for some days. */
struct tt_episode {
	const struct tt_cause_count *address;
	uint16_t country; /* 0: not known */
	size_t first, last; /* days */
	uint64_t packets; /* of it in these days */
	double share; /* of the target's packets in these days */
};

struct tt_notable_target {
	int32_t index; /* of the names */
	uint32_t of; /* in the cause */
	double now, before; /* rates */
	bool ranked; /* by its rise or fall */
	struct tt_episode episodes[TT_NOTABLE_EPISODES];
	size_t n_episodes;
};

/* A day of a sensor. */
struct tt_sensor_day {
	bool observed; /* it has snapshots of it */
	bool damaged; /* it has some that are damaged or unreadable, and so in no figure */
	bool out; /* it has none, nor does it count as gone: the day is left out where days are compared */
	int64_t least, most; /* addresses that it monitored at any time of it, of those that rates are by */
};

/* Numbers of sources that are estimates. */
struct tt_notable_estimates {
	uint64_t n;
	uint64_t stderr_n; /* the greatest error */
};

static inline void
tt_notable_note_estimate(struct tt_notable_estimates *estimates,
		const struct tt_source_count *count)
{
	estimates->n += count->stderr_n > 0;
	if (count->stderr_n > estimates->stderr_n)
		estimates->stderr_n = count->stderr_n;
}

struct tt_notable {
	struct tt_report *report;
	struct tt_document *doc;
	const struct tt_locale *locale;
	struct tt_cause cause;
	struct tt_notable_target targets[TT_NOTABLE_MAX];
	size_t n;
	double least_change; /* of a rate: a rise or a fall */
	unsigned section, table, figure; /* numbers of the latest ones */
	uint64_t damaged;
	struct tt_day_cover cover[TT_N_CAUSE_SPANS]; /* without what is damaged */
	struct tt_day_share
			*shares[TT_N_CAUSE_SPANS]; /* [n_days] of it, once all is read */
	/* By day of the period before and then of the period, and by the archive's sensors. NULL: not known. */
	struct tt_sensor_day *sensor_days;
};

/* Puts the targets that are looked at into w->targets. */
void tt_notable_choose(struct tt_notable *w);
/* Is it as much as makes a rise or a fall? */
bool tt_notable_changed(const struct tt_notable *w, const struct tt_notable_target *t);
/* Finds the greatest episodes of a target, once all is read. */
void tt_notable_find_episodes(struct tt_notable *w, struct tt_notable_target *t);

/* Texts, in the document's memory. */
const char *tt_notable_value(struct tt_notable *w, struct tt_value value);
const char *tt_notable_percent(struct tt_notable *w, double share);
/* Of a share that is a lower bound: "at least 24.5%", and "all" of one that is 1. first: it begins a sentence. */
const char *tt_notable_at_least(struct tt_notable *w, double share, bool first);
const char *tt_notable_rate(struct tt_notable *w, double rate);
const char *tt_notable_change(struct tt_notable *w, double change); /* of a rate */
const char *tt_notable_number(struct tt_notable *w, uint64_t n);
/* Midnight before a day of the period, and its name. */
int64_t tt_notable_midnight(const struct tt_notable *w, size_t day);
const char *tt_notable_day(struct tt_notable *w, size_t day);
const char *tt_notable_country(struct tt_notable *w, uint16_t country);
const char *tt_notable_target_name(
		struct tt_notable *w, const struct tt_notable_target *t);
const char *tt_notable_sources(struct tt_notable *w, struct tt_source_count count);
/* The same with what they are: "36 addresses". */
const char *tt_notable_from(struct tt_notable *w, struct tt_source_count count);
/* On how many days it is an estimate, and how far off that may be. */
const char *tt_notable_estimated_days(
		struct tt_notable *w, const struct tt_notable_estimates *estimates);
const char *tt_notable_fill(struct tt_notable *w, enum tt_word word,
		const char *const *args, size_t n_args);
/* Says a sentence; args: up to NULL. */
void tt_notable_say(struct tt_notable *w, struct tt_doc_section *section,
		enum tt_element_kind kind, enum tt_word word, ...);
/* The number of the next table or figure: "2-1". */
const char *tt_notable_next(struct tt_notable *w, unsigned *number);
const char *tt_notable_unit(const struct tt_notable *w);

/* Days [first, end) of the span: packets of a target, and the denominator. */
uint64_t tt_notable_packets(
		const struct tt_notable *w, uint32_t of, size_t first, size_t end);

/* Sensors, time and tables that figures are made from: NOTABLE_SOURCE or NOTABLE_VICTIM_SOURCE. */
const char *tt_notable_source(
		struct tt_notable *w, enum tt_word word, enum tt_report_span span);
/* A section of the chapter, numbered. */
struct tt_doc_section *tt_notable_section(
		struct tt_notable *w, const char *id, const char *title);

/* Puts an item, "China +1.20", behind others; NULL: none so far. */
const char *tt_notable_join(struct tt_notable *w, const char *list, const char *name,
		const char *value);

void tt_notable_text(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t);
/* Since when its packets, and its sources a day, are more or fewer. */
void tt_notable_say_since(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t);
/* The day, or hour, of the first of them, and whether the last of them goes against it. Of a target that has a change. */
const char *tt_notable_since(struct tt_notable *w, const struct tt_notable_target *t);
bool tt_notable_turned(const struct tt_notable *w, const struct tt_notable_target *t);
void tt_notable_say_source_changes(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t);

/*
 * The keys of a target that changed most, those that changed more first: up to half of them with the whole, by at least 5 % of
 * it, and those that went against it by as much as the least of these. Returns how many; 0 where nothing is compared.
 */
size_t tt_notable_movers(const struct tt_notable *w, const struct tt_notable_target *t,
		const struct tt_counts *counts,
		struct tt_cause_part movers[TT_NOTABLE_MOVERS]);
void tt_notable_say_movers(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t);
/* Are there packets enough since its change that shares of them say more than chance does? */
static inline bool
tt_notable_has_shares(const struct tt_notable *w, const struct tt_notable_target *t)
{
	return w->cause.found[t->of].since_packets >= TT_NOTABLE_PACKETS;
}

/* Takes what has no packets to speak of, neither now nor before, out of parts[n], and puts the movers that are not among them behind, for
 * which there is room for TT_NOTABLE_MOVERS more. Returns how many there are. */
size_t tt_notable_shown(const struct tt_notable *w, const struct tt_notable_target *t,
		const struct tt_counts *counts, struct tt_cause_part *parts, size_t n);

/* Have both spans the same length, or nearly so, of what was observed? Else numbers of sources are not compared. */
bool tt_notable_alike_length(const struct tt_notable *w);
const char *tt_notable_length(
		struct tt_notable *w, enum tt_cause_span span); /* "31 days" */
/* Notes for the report whether the numbers of a target are estimates, and how far off they may be. */
void tt_notable_note_sources(struct tt_notable *w, const struct tt_notable_target *t);
void tt_notable_say_sources(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t);

/* On how many days a sensor observed, of those on which any did, and the midnights before the first and the last of them. A day of both
 * periods, which may lie in either order, is one. */
struct tt_sensor_days {
	size_t own, any;
	int64_t first_us, last_us;
};

struct tt_sensor_days tt_notable_days_of(const struct tt_notable *w, size_t sensor);
/* "not on 20 June 2026; snapshots damaged or unreadable: 22 June 2026": the days within these on which it did not observe, and others did, and
 * those of both periods of which all its snapshots are in no figure; NULL: none. */
const char *tt_notable_outages(
		struct tt_notable *w, size_t sensor, const struct tt_sensor_days *days);
/* Leaves out, where days are compared, those of which less than TT_PERIOD_WHOLE_DAY was observed, counting sensors that were out for less than a week. After
 * tt_notable_find_sensors, once what was observed of the days is known. */
void tt_notable_find_outages(struct tt_notable *w);
/* Finds which sensors observed on which days, and how many addresses; warns where that was not the same on all of them. */
void tt_notable_find_sensors(struct tt_notable *w);
void tt_notable_warn_sensors(struct tt_notable *w, struct tt_doc_section *chapter);
/* Their days: those of the period before, then those of the period; how many, one of a sensor, the one that begins at a time (SIZE_MAX: none), and its
 * date. */
size_t tt_notable_n_days(const struct tt_notable *w);
/* The first day of the time without other time in it that a day belongs to: of both periods where they adjoin. */
size_t tt_notable_time_begin(const struct tt_notable *w, size_t day);
struct tt_sensor_day *tt_notable_sensor_day(
		const struct tt_notable *w, size_t day, size_t sensor);
bool tt_notable_any_observed(const struct tt_notable *w, size_t day);
/* Midnight before the first day of both periods, and after the last one. */
int64_t tt_notable_begin_us(const struct tt_notable *w);
int64_t tt_notable_end_us(const struct tt_notable *w);
/* The days, one of each period at most, that begin at a time. Returns how many. */
size_t tt_notable_days_at(
		const struct tt_notable *w, int64_t us, size_t days[TT_N_CAUSE_SPANS]);
/* What both periods have of a sensor there. */
struct tt_sensor_day tt_notable_sensor_at(
		const struct tt_notable *w, int64_t us, size_t sensor);
size_t tt_notable_day_from(const struct tt_notable *w, int64_t us);
const char *tt_notable_date(const struct tt_notable *w, size_t day);
/* "b monitored 128 addresses until 14 June 2026, 256 since 15 June 2026"; NULL: as many all the time. */
const char *tt_notable_sizes_of(struct tt_notable *w, size_t sensor);
/* "b monitored 256 addresses, and 128 before"; NULL: as many on the days [first, end) as before. */
const char *tt_notable_resized(
		struct tt_notable *w, size_t first, size_t end, size_t sensor);
/* "beta came": the sensors that began or ended, or were enlarged or made smaller, from the last day of a level to the day after the first of the
 * next; both are days of the period. NULL: none. */
const char *tt_notable_sensors_changed(struct tt_notable *w, size_t last, size_t day);
/* The same of a change of packets; by the hour, up to the day of the first hour. */
const char *tt_notable_sensors_turned(
		struct tt_notable *w, const struct tt_cause_change *change);

/* The heaviest source ports that are not lost among the others, now or before. Returns how many. */
size_t tt_notable_top_ports(const struct tt_notable *w, const struct tt_notable_target *t,
		struct tt_cause_part parts[TT_NOTABLE_PORTS]);
const char *tt_notable_port_name(struct tt_notable *w, const struct tt_cause_part *p);
void tt_notable_table(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t);
/* The table and the figures of a target. */
void tt_notable_figures(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t);
/* A sentence of the chapter, and a section for each that is shown. */
void tt_notable_victims(struct tt_notable *w, struct tt_doc_section *chapter);
/* The place of each day on the axis of a figure. */
void tt_notable_days(struct tt_notable *w, struct tt_doc_figure *figure);

#endif
