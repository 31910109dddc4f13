/* SPDX-License-Identifier: BSD-3-Clause */
/* What is missing, and so what the figures cannot say. */
#include "tt_report_parts.h"
#include "tt_utc_days.h"

#include <string.h>

#define WHOLE \
	0.99995 /* coverage that lacks too little to matter: four minutes of a month have more */
#define LOST_LEAST 0.0005 /* of all packets; less is shown as 0.0 % */
#define DOWN_LEAST 0.001 /* of the time that was observed */
#define PARTS      3 /* of a snapshot's path: sensor, day, name */

static void
warn(struct tt_report *r, struct tt_doc_section *section, const char *text)
{
	tt_document_say(r->doc, section, TT_ELEMENT_WARNING, text);
}

/* The end of a snapshot's path, which says all that readers need. */
static const char *
end_of(const char *path)
{
	const char *end = path + strlen(path);

	for (unsigned parts = 0; end > path; end--)
		if (end[-1] == '/' && ++parts == PARTS)
			break;
	return end;
}

static void
warn_coverage(struct tt_report *r, struct tt_doc_section *section,
		const struct tt_observation *o)
{
	double coverage = tt_observation_coverage(o);
	const char *args[] = {tt_report_period(r, &o->period),
			tt_report_coverage(r, 100 * coverage), NULL};
	enum tt_word word = TT_WORD_WARN_MISSING;

	if (o->exposure.snapshots == 0 || coverage >= WHOLE)
		return;
	args[2] = tt_report_missing(r, o);
	if (args[2] == NULL)
		word = TT_WORD_WARN_COVERAGE;
	else if (tt_observation_damages(o, TT_ARCHIVE_DAMAGED) > 0
			|| tt_observation_damages(o, TT_ARCHIVE_UNREADABLE) > 0)
		word = TT_WORD_WARN_MISSING_DAMAGED;
	warn(r, section,
			tt_locale_fill(r->locale, r->doc, word, args,
					args[2] == NULL ? 2 : 3));
}

static void
warn_across(struct tt_report *r, struct tt_doc_section *section,
		const struct tt_observation *o)
{
	if (o->n_across > 0)
		warn(r, section,
				TT_REPORT_FILL(r, WARN_ACROSS,
						tt_report_count(r, o->n_across),
						tt_report_period(r, &o->period),
						end_of(o->across)));
}

/* Days that are those of another offset than the snapshots'. */
static void
warn_utc_days(struct tt_report *r, struct tt_doc_section *section)
{
	uint64_t n = tt_utc_days_lost(r->now);
	int64_t seconds = tt_utc_days_fitting_s(&r->now->period);
	const char *args[] = {tt_report_count(r, n), tt_locale_zone(r->locale),
			tt_report_count(r, r->now->period.n_days),
			tt_document_printf(r->doc, "%lld", (long long)seconds)};

	if (n > 0)
		warn(r, section,
				tt_locale_fill(r->locale, r->doc,
						seconds == 3600 ? TT_WORD_WARN_UTC_DAYS
								: TT_WORD_WARN_UTC_DAYS_SECONDS,
						args, 4));
}

/* Is a damage the first of two, in time and then by path? */
static bool
is_first(const struct tt_archive_damage *a, const struct tt_archive_damage *b)
{
	if (a->start_us != b->start_us)
		return a->start_us < b->start_us;
	return strcmp(a->path, b->path) < 0;
}

static void
warn_damages(struct tt_report *r, struct tt_doc_section *section,
		const struct tt_observation *o, enum tt_archive_lack lack,
		enum tt_word word)
{
	const struct tt_archive *a = o->archive;
	const struct tt_archive_damage *first = NULL;
	size_t n = tt_observation_damages(o, lack);
	const char *args[] = {
			tt_report_count(r, n), tt_report_period(r, &o->period), NULL};

	if (n == 0)
		return;
	for (size_t i = 0; i < a->n_damages; i++)
		if (tt_archive_damage_meets(&a->damages[i], lack, &o->period)
				&& (first == NULL || is_first(&a->damages[i], first)))
			first = &a->damages[i];
	args[2] = end_of(first->path);
	warn(r, section,
			tt_locale_fill(r->locale, r->doc, word, args,
					TT_ARRAY_SIZE(args)));
}

static void
warn_left_out(struct tt_report *r, struct tt_doc_section *section,
		const struct tt_observation *o)
{
	warn_damages(r, section, o, TT_ARCHIVE_DAMAGED, TT_WORD_WARN_DAMAGED);
	warn_damages(r, section, o, TT_ARCHIVE_UNREADABLE, TT_WORD_WARN_UNREADABLE);
}

/* What belongs to no period. */
static void
warn_lacks(struct tt_report *r, struct tt_doc_section *section, enum tt_archive_lack lack,
		enum tt_word word)
{
	const struct tt_archive *a = r->now->archive;
	const struct tt_archive_damage *first = NULL;
	const char *args[2] = {NULL, NULL};
	uint64_t n = 0;

	for (size_t i = 0; i < a->n_damages; i++) {
		if (a->damages[i].lack != lack)
			continue;
		n++;
		if (first == NULL || is_first(&a->damages[i], first))
			first = &a->damages[i];
	}
	if (n == 0)
		return;
	args[0] = tt_report_count(r, n);
	args[1] = end_of(first->path);
	warn(r, section, tt_locale_fill(r->locale, r->doc, word, args, 2));
}

static void
warn_twice(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_twices *twices = &r->now->archive->twices;

	for (size_t i = 0; i < twices->n; i++)
		warn(r, section,
				TT_REPORT_FILL(r, WARN_TWICE, twices->all[i].sensor,
						tt_report_count(r,
								(uint64_t)(twices->all[i].us
										/ TT_US_PER_S)),
						tt_report_date(r, TT_DATE_TIME_IN_TEXT,
								twices->all[i].from_us)));
}

static void
warn_compared(struct tt_report *r, struct tt_doc_section *section)
{
	if (r->before_period == NULL)
		warn(r, section, TT_REPORT_WORD(r, WARN_NO_BEFORE));
	else if (r->before == NULL)
		warn(r, section,
				TT_REPORT_FILL(r, WARN_NOTHING_BEFORE,
						tt_report_period(r, r->before_period)));
	else if (tt_period_meets(&r->now->period, r->before->period.from_us,
				 r->before->period.to_us))
		warn(r, section,
				TT_REPORT_FILL(r, WARN_OVERLAP,
						tt_report_period(r, &r->now->period),
						tt_report_period(r, &r->before->period)));
}

/* Has a sensor snapshots of a period that are damaged or unreadable? */
static bool
is_damaged(const struct tt_observation *o, const char *sensor)
{
	const struct tt_archive *a = o->archive;

	for (size_t i = 0; i < a->n_damages; i++) {
		const struct tt_archive_damage *d = &a->damages[i];

		if (tt_archive_damage_is_lost(d) && strcmp(d->sensor, sensor) == 0
				&& tt_archive_damage_meets(d, d->lack, &o->period))
			return true;
	}
	return false;
}

/* A rise is from what is compared to the period, also where that goes back in time. */
static void
warn_later(struct tt_report *r, struct tt_doc_section *section)
{
	if (r->before != NULL && tt_report_is_compared_later(r))
		warn(r, section,
				TT_REPORT_FILL(r, WARN_LATER,
						tt_report_period(r, r->before_period)));
}

/* Sensors that one of the two periods does not have. */
static void
warn_sensors(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_archive *a = r->now->archive;

	for (size_t i = 0; r->before != NULL && i < a->n_sensors; i++) {
		bool now = r->now->sensors[i].exposure.snapshots > 0;
		bool before = r->before->sensors[i].exposure.snapshots > 0;

		const char *args[] = {a->sensors[i],
				tt_report_period(r,
						now ? r->before_period
						    : &r->now->period)};

		if (now != before)
			warn(r, section,
					tt_locale_fill(r->locale, r->doc,
							is_damaged(now ? r->before
								       : r->now,
									a->sensors[i])
									? TT_WORD_WARN_SENSOR_DAMAGED
									: TT_WORD_WARN_SENSOR,
							args, TT_ARRAY_SIZE(args)));
	}
}

/* What detections are divided by, where it is too much. */
static void
warn_signature_time(struct tt_report *r, struct tt_doc_section *section,
		const struct tt_observation *o)
{
	if (o->signatures_untold > 0)
		warn(r, section,
				TT_REPORT_FILL(r, WARN_SIGNATURE_TIME,
						tt_report_count(r, o->signatures_untold),
						tt_report_period(r, &o->period)));
}

static void
warn_loss(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_ledger_short *l = &r->now->ledger;
	uint64_t offered = tt_ledger_offered(l);
	double lost = offered == 0 ? 0 : 1 - (double)l->delivered / (double)offered;

	if (lost >= LOST_LEAST)
		warn(r, section,
				TT_REPORT_FILL(r, WARN_LOST,
						tt_report_percent(r, 100 * lost)));
	if (!l->closes)
		warn(r, section, TT_REPORT_WORD(r, WARN_LEDGER));
	if (l->link_down_us > 0
			&& (double)l->link_down_us >= DOWN_LEAST
							* (double)r->now->exposure
									  .observed_us)
		warn(r, section,
				TT_REPORT_FILL(r, WARN_LINK_DOWN,
						tt_report_count(r,
								l->link_down_us / TT_US_PER_S)));
}

/* What of IPv6 could not be kept out of the counts. */
static void
warn_ipv6(struct tt_report *r, struct tt_doc_section *section,
		const struct tt_observation *o)
{
	const char *untold[] = {tt_report_count(r, o->ipv6_untold),
			tt_report_period(r, &o->period)};
	const char *mixed[] = {tt_report_count(r, o->ipv6_mixed), untold[1]};

	if (o->ipv6_untold > 0)
		warn(r, section,
				tt_locale_fill(r->locale, r->doc,
						o->ipv6_untold == 1
								? TT_WORD_WARN_IPV6_UNTOLD_ONE
								: TT_WORD_WARN_IPV6_UNTOLD,
						untold, 2));
	if (o->ipv6_mixed > 0)
		warn(r, section,
				tt_locale_fill(r->locale, r->doc,
						o->ipv6_mixed == 1
								? TT_WORD_WARN_IPV6_DETECTION
								: TT_WORD_WARN_IPV6_DETECTIONS,
						mixed, 2));
}

static void
warn_ipv4(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_observation *now = r->now;
	const char *period = tt_report_in_period(r, &now->period);

	if (!now->archive->of_ipv4)
		return;
	warn(r, section,
			now->ipv6_packets == 0
					? TT_REPORT_FILL(r, WARN_IPV4_ALONE, period)
					: TT_REPORT_FILL(r, WARN_IPV4,
							tt_report_count(r,
									now->ipv6_packets),
							period,
							tt_report_counted(r,
									(uint64_t)(now->ipv6_sources
											+ 0.5),
									TT_WORD_WARN_IPV4_SOURCE,
									TT_WORD_WARN_IPV4_SOURCES)));
	warn_ipv6(r, section, r->now);
	if (r->before != NULL)
		warn_ipv6(r, section, r->before);
}

void
tt_report_say_estimates(struct tt_report *report, struct tt_doc_section *section,
		enum tt_element_kind kind)
{
	if (report->notable.estimated > 0)
		tt_document_say(report->doc, section, kind,
				TT_REPORT_FILL(report, WARN_NOTABLE_SOURCES,
						tt_report_count(report,
								report->notable.estimated),
						tt_report_count(report,
								report->notable.targets),
						tt_report_percent(report,
								100 * report->notable.error)));
}

void
tt_report_warnings(struct tt_report *report, struct tt_doc_section *section)
{
	const struct tt_observation *now = report->now, *before = report->before;
	const char *lacks_hours;

	warn_coverage(report, section, now);
	if (before != NULL)
		warn_coverage(report, section, before);
	lacks_hours = tt_report_lacks_hours(report);
	if (lacks_hours != NULL)
		warn(report, section, lacks_hours);
	warn_compared(report, section);
	warn_later(report, section);
	warn_sensors(report, section);
	warn_left_out(report, section, now);
	warn_across(report, section, now);
	if (before != NULL) {
		warn_left_out(report, section, before);
		warn_across(report, section, before);
	}
	warn_utc_days(report, section);
	warn_lacks(report, section, TT_ARCHIVE_UNREAD, TT_WORD_WARN_UNREAD);
	warn_lacks(report, section, TT_ARCHIVE_VANISHED, TT_WORD_WARN_VANISHED);
	warn_twice(report, section);
	warn_signature_time(report, section, now);
	if (before != NULL)
		warn_signature_time(report, section, before);
	tt_report_warn_identities(report, section);
	tt_report_warn_loaded(report, section);
	warn_loss(report, section);
	if (now->untold || (before != NULL && before->untold))
		warn(report, section, TT_REPORT_WORD(report, WARN_UNTOLD));
	warn_ipv4(report, section);
	if (report->unit == TT_PER_SENSOR)
		warn(report, section, TT_REPORT_WORD(report, WARN_PER_SENSOR));
}
