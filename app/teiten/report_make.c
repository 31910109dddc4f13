/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress.h"
#include "report.h"
#include "report_hold.h"
#include "tt_notable.h"
#include "tt_report.h"
#include "tt_utc_days.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Periods whose snapshots are wanted: now, before, and the months of the series. */
#define PERIODS (2 + TT_SERIES_MONTHS)

/* So often is it begun, where snapshots are merged or deleted under it; after a longer wait each time. From the second try on, who
 * merges waits: the others are for what is deleted by hand. */
#define TRIES   5
#define WAIT_MS 50

/* A report that is being made. */
struct making {
	const struct tool *tool;
	const struct report_wish *wish;
	struct tt_period periods[PERIODS]; /* [n_periods], now first, then before */
	size_t n_periods;
	bool has_before;
	struct tt_archive archive;
	struct tt_archive earlier; /* of the try before; empty in the first */
	struct report_hold hold; /* from the second try on */
	struct tt_observed_names names;
	struct tt_observation now, before;
	struct tt_series series;
	struct tt_observing observing; /* of what is read last: the causes */
	struct tt_locale *locale;
	struct tt_document doc;
	bool has_document;
	struct tt_error err;
};

static void
show(void *context, double share)
{
	if (progress_due())
		progress_draw(share, "reading");
}

/* Returns 0, or the exit status of wrong usage. */
static int
take_periods(struct making *m)
{
	const struct report_wish *w = m->wish;
	struct tt_period *now = &m->periods[0], *before = &m->periods[1];
	int ret = tt_period_parse(now, w->period, w->utc_offset_min, &m->err);

	if (ret != 0)
		return tool_usage(m->tool, "--period: %s", m->err.why);
	if (w->against != NULL) {
		ret = tt_period_parse(before, w->against, w->utc_offset_min, &m->err);
		if (ret != 0)
			return tool_usage(m->tool, "--against: %s", m->err.why);
	}
	m->has_before = w->against != NULL || tt_period_before(now, before) == 0;
	m->n_periods = m->has_before ? 2 : 1;
	tt_series_months(now, &m->periods[m->n_periods]);
	m->n_periods += TT_SERIES_MONTHS;
	return 0;
}

/* Opens the locale, which knows the countries. Returns 0, or the exit status where it cannot be, or the home country is none. */
static int
take_locale(struct making *m)
{
	const struct report_wish *w = m->wish;
	int ret = tt_locale_open(&m->locale, w->language, w->utc_offset_min);

	if (ret != 0) {
		tt_error_set(&m->err, ret, NULL, "out of memory");
		tt_error_print(m->tool->name, &m->err);
		return EXIT_DATA;
	}
	if (w->home == NULL || tt_locale_has_country(m->locale, w->home))
		return 0;
	tt_locale_close(m->locale);
	return tool_usage(
			m->tool, "--home: \"%s\" is no country that has a name", w->home);
}

static struct tt_archive_wish
wish_of(const struct making *m)
{
	return (struct tt_archive_wish){m->wish->spools, m->wish->n_spools,
			m->wish->sensors, m->periods, m->n_periods};
}

static int
open_archive(struct making *m)
{
	const struct tt_archive_wish wish = wish_of(m);
	int ret = tt_archive_open(&m->archive, &wish, &m->err);

	if (ret != 0)
		return ret;
	ret = tt_archive_vanished(&m->archive, &m->earlier);
	if (ret == 0)
		ret = tt_observed_names_init(&m->names);
	return ret == 0 ? 0 : tt_error_set(&m->err, -ENOMEM, NULL, "out of memory");
}

/* How many snapshots have time of periods [from, to): what reading them takes. */
static double
work_of(const struct making *m, size_t from, size_t to)
{
	size_t n = 1;

	for (size_t i = 0; i < m->archive.n; i++) {
		const struct tt_archive_entry *e = &m->archive.entries[i];
		bool met = false;

		for (size_t p = from; p < to; p++)
			met = met
					|| tt_period_meets(&m->periods[p], e->start_us,
							e->end_us);
		n += met;
	}
	return (double)n;
}

static int
read_all(struct making *m)
{
	double now = work_of(m, 0, 1);
	double before = m->has_before ? work_of(m, 1, 2) : 0;
	double series = work_of(m, 0, m->n_periods);
	/* The causes are looked for in both periods. */
	double all = 2 * (now + before) + series;
	struct tt_observing observing = {.progress = show, .to = now / all};
	int ret = tt_observation_read(&m->now, &m->archive, &m->names, &m->periods[0],
			&observing, &m->err);

	if (ret == 0 && m->has_before) {
		observing.from = observing.to;
		observing.to = (now + before) / all;
		ret = tt_observation_read(&m->before, &m->archive, &m->names,
				&m->periods[1], &observing, &m->err);
	}
	observing.from = observing.to;
	observing.to = (now + before + series) / all;
	if (ret == 0)
		ret = tt_series_read(&m->series, &m->now,
				m->has_before ? &m->before : NULL, TT_REPORT_LEADERS,
				&observing, &m->err);
	m->observing = (struct tt_observing){
			.progress = show, .from = observing.to, .to = 1};
	if (ret != 0 || m->now.exposure.snapshots == 0)
		progress_clear();
	return ret;
}

/* What it is compared with: nothing where nothing of it was observed, or, in a report of IPv4, only by sensors of IPv6. */
static const struct tt_observation *
compared_with(const struct making *m)
{
	const struct tt_exposure *e = &m->before.exposure;

	return e->snapshots == 0 || (m->archive.of_ipv4 && e->address_time.us == 0)
			? NULL
			: &m->before;
}

static int
build(struct making *m)
{
	struct tt_report report = {.doc = &m->doc,
			.locale = m->locale,
			.now = &m->now,
			.before = compared_with(m),
			.before_period = m->has_before ? &m->periods[1] : NULL,
			.series = &m->series,
			.observing = &m->observing,
			.home = m->wish->home,
			.leading = m->wish->leading};
	int ret;

	report.unit = tt_rate_unit_of(report.now, report.before);
	ret = tt_report_open(&report);
	if (ret == 0) {
		tt_report_summary(&report);
		ret = tt_notable_sections(&report, &m->err);
	}
	progress_clear();
	if (ret == 0)
		tt_report_chapters(&report);
	tt_report_close(&report);
	if (ret == 0 && m->doc.failed)
		ret = -ENOMEM;
	return ret != 0 && m->err.code == 0
			? tt_error_set(&m->err, ret, NULL, "out of memory")
			: ret;
}

static int
make_document(struct making *m)
{
	int ret = tt_document_init(&m->doc, m->wish->language);

	if (ret != 0)
		return tt_error_set(&m->err, ret, NULL, "out of memory");
	m->has_document = true;
	return build(m);
}

/* Reads all and makes the document of it, if there is anything. Returns -EAGAIN where the snapshots changed. */
static int
try(struct making *m)
{
	const struct tt_archive_wish wish = wish_of(m);
	int ret = open_archive(m);

	if (ret == 0)
		ret = read_all(m);
	if (ret == 0 && m->now.exposure.snapshots > 0)
		ret = make_document(m);
	if (ret == 0)
		ret = tt_archive_check(&m->archive, &wish, &m->err);
	return ret;
}

/* Closes what was made, all but the archive. */
static void
forget(struct making *m)
{
	if (m->has_document)
		tt_document_fini(&m->doc);
	m->has_document = false;
	tt_series_fini(&m->series);
	tt_observation_fini(&m->now);
	tt_observation_fini(&m->before);
	tt_observed_names_fini(&m->names);
}

/* Waits, holds what the spools have from now on, and keeps what is known of the snapshots that there were. */
static int
begin_anew(struct making *m, unsigned tries)
{
	const struct tt_archive_wish wish = wish_of(m);
	const struct timespec wait = {0, (WAIT_MS << tries) * 1000000L};
	int ret;

	forget(m);
	/* Of one that could not be opened, the one before says more. */
	if (m->archive.n_lists > 0) {
		tt_archive_close(&m->earlier);
		m->earlier = m->archive;
		m->archive = (struct tt_archive){0};
	}
	nanosleep(&wait, NULL);
	ret = report_hold(&m->hold, &wish, &m->earlier, m->err.where);
	m->err = (struct tt_error){0};
	return ret == 0 ? 0 : tt_error_set(&m->err, ret, NULL, "out of memory");
}

/* Says that in no try all stayed as it was. */
static int
changed_always(struct making *m, bool held)
{
	char where[sizeof(m->err.where)];

	snprintf(where, sizeof(where), "%s", m->err.where);
	return tt_error_set(&m->err, -EAGAIN, where,
			"it was %s while it was being read, as others were in %d tries, %s: "
			"make the report when that has ended",
			held ? "deleted or replaced" : "merged or deleted", TRIES - 1,
			held ? "by something that takes no lock"
			     : "beside whoever has a lock that was not to be had");
}

/* Makes it, of spools that stay as they are for so long. */
static int
make(struct making *m)
{
	int ret = try(m);

	for (unsigned i = 0; ret == -EAGAIN && i + 1 < TRIES; i++) {
		ret = begin_anew(m, i);
		if (ret == 0)
			ret = try(m);
	}
	if (ret == -EAGAIN)
		changed_always(m, report_hold_is_whole(&m->hold));
	report_hold_end(&m->hold);
	progress_clear();
	return ret;
}

/* Says which snapshots are in no figure. Returns the exit status. */
static int
print_damages(const struct making *m)
{
	static const char *const outcome[] = {[TT_ARCHIVE_DAMAGED] = "; left out",
			[TT_ARCHIVE_UNREADABLE] = "; left out",
			[TT_ARCHIVE_IN_CAUSES] = "; left out of chapter 2",
			[TT_ARCHIVE_UNREAD] = "",
			[TT_ARCHIVE_VANISHED] = ""};

	for (size_t i = 0; i < m->archive.n_damages; i++) {
		const struct tt_archive_damage *d = &m->archive.damages[i];

		fprintf(stderr, "%s: %s: %s%s\n", m->tool->name, d->where, d->why,
				outcome[d->lack]);
	}
	return m->archive.n_damages == 0 ? EXIT_OK : EXIT_DATA;
}

/* All that there is reaches over an end. */
static void
say_across(const struct making *m)
{
	fprintf(stderr, "%s: %llu reach over its beginning or its end and are left out: %s%s\n",
			m->tool->name, (unsigned long long)m->now.n_across, m->now.across,
			m->now.n_across == 1 ? "" : ", …");
	if (tt_utc_days_meet(&m->archive, &m->periods[0]))
		report_say_fitting(m->tool, &m->periods[0]);
}

/* Of what was asked for, there is nothing. */
static int
no_snapshots(const struct making *m)
{
	fprintf(stderr, "%s: no snapshots of %s in %s%s%s\n", m->tool->name,
			m->periods[0].name, m->wish->spools[0],
			m->wish->n_spools > 1 ? ", …" : "",
			report_is_any_there(m->wish)
					? ""
					: ", nor of any other time: give the directory "
					  "that was --spool when packets were counted");
	if (m->now.n_across > 0)
		say_across(m);
	else
		report_say_there(m->tool, m->wish, m->locale);
	return EXIT_DATA;
}

/* Makes the report and writes it, where it can be written. Returns the exit status. */
static int
make_and_write(struct making *m)
{
	const struct report_wish *wish = m->wish;
	bool made;
	int ret = report_prepare(wish, &made, &m->err), status = EXIT_OK;

	if (ret == 0)
		ret = make(m);
	if (ret == 0 && m->now.exposure.snapshots == 0)
		status = no_snapshots(m);
	else if (ret == 0)
		ret = report_write(wish, &m->doc, m->locale, &m->err);
	if (ret != 0) {
		tt_error_print(m->tool->name, &m->err);
		status = EXIT_DATA;
	}
	/* A sensor that is nowhere: there is no place to name. */
	if (ret == -ENOENT && wish->sensors != NULL && m->err.where[0] == '\0')
		report_say_there(m->tool, wish, m->locale);
	/* It was made for nothing; what has something in it stays. */
	if (status != EXIT_OK && made)
		rmdir(wish->out);
	return status;
}

int
report_make(const struct tool *tool, const struct report_wish *wish)
{
	struct making m = {.tool = tool,
			.wish = wish,
			.hold = {.tool = tool, .wait_us = wish->wait_us}};
	int status = take_periods(&m);

	if (status == 0)
		status = take_locale(&m);
	if (status != 0)
		return status;
	status = make_and_write(&m);
	if (print_damages(&m) != EXIT_OK)
		status = EXIT_DATA;
	forget(&m);
	tt_locale_close(m.locale);
	tt_archive_close(&m.archive);
	tt_archive_close(&m.earlier);
	return status;
}
