/* SPDX-License-Identifier: BSD-3-Clause */
/* The chapter of notable targets: reads what they are made of, and writes a section of each. */
#include "tt_notable.h"
#include "tt_notable_private.h"
#include "tt_report_parts.h"

#include <errno.h>

#define DAY_SLICES(cause) ((size_t)(TT_US_PER_DAY / (cause)->slice_us))

static int
want(struct tt_notable *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct tt_target t = w->report->now->names->targets[w->targets[i].index];

		w->targets[i].of = tt_cause_want(&w->cause, t.protocol, t.number);
		if (w->targets[i].of == TT_TARGET_NONE)
			return -ENOMEM;
	}
	return 0;
}

/* A damaged snapshot, which the observation has, and the chapter has not. */
static void
leave_out(struct tt_notable *w, const struct tt_archive_entry *e)
{
	w->damaged++;
	for (unsigned span = 0; span < TT_N_CAUSE_SPANS; span++)
		if (w->cover[span].times != NULL)
			tt_day_cover_take(&w->cover[span], e);
}

static void
share_days(struct tt_notable *w)
{
	for (unsigned span = 0; span < TT_N_CAUSE_SPANS; span++)
		for (unsigned day = 0; day < w->cover[span].period.n_days; day++)
			w->shares[span][day] = tt_day_cover_share(&w->cover[span], day);
	tt_notable_find_sensors(w);
	tt_notable_find_outages(w);
}

/* Reads what the archive has of both periods. */
static int
read_archive(struct tt_notable *w, struct tt_error *err)
{
	struct tt_archive *archive = w->report->now->archive;

	for (size_t i = 0; i < archive->n; i++) {
		const struct tt_archive_entry *e = &archive->entries[i];
		struct tt_snapshot *snapshot;
		struct tt_error why = {0};
		int ret;

		tt_observing_show(w->report->observing, (double)i / (double)archive->n);
		if (e->damaged || !tt_cause_has(&w->cause, e->start_us, e->end_us))
			continue;
		ret = tt_snapshot_open(&snapshot, e->path, &why);
		if (ret == 0) {
			ret = tt_cause_add(&w->cause, snapshot, &why);
			tt_snapshot_close(snapshot);
		}
		if (ret != 0 && tt_archive_still(e, err) != 0)
			return -EAGAIN;
		if (ret != 0 && ret != -ENOMEM) {
			leave_out(w, e);
			ret = tt_archive_damaged_in_causes(archive, e, &why);
		}
		if (ret != 0)
			return tt_error_set(err, ret, e->path, "out of memory");
	}
	share_days(w);
	if (tt_cause_finish(&w->cause) != 0)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	return 0;
}

uint64_t
tt_notable_packets(const struct tt_notable *w, uint32_t of, size_t first, size_t end)
{
	const struct tt_cause *c = &w->cause;
	size_t n = c->n_slices[TT_CAUSE_NOW], per_day = DAY_SLICES(c);
	uint64_t sum = 0;

	for (size_t i = first * per_day; i < end * per_day && i < n; i++)
		sum += c->series[TT_CAUSE_NOW][of * n + i];
	return sum;
}

static const char *
title_of(struct tt_notable *w, const struct tt_notable_target *t)
{
	const char *args[] = {tt_notable_target_name(w, t)};
	/* Where a later one is compared, nothing is new or gone. */
	bool rise = t->now > t->before, later = tt_report_is_compared_later(w->report);
	enum tt_word word = rise ? TT_WORD_NOTABLE_RISE : TT_WORD_NOTABLE_FALL;

	if (tt_notable_turned(w, t))
		word = rise ? TT_WORD_NOTABLE_RISE_FALL : TT_WORD_NOTABLE_FALL_RISE;
	if (!t->ranked)
		word = TT_WORD_NOTABLE_OTHER;
	else if (t->before == 0)
		word = later ? TT_WORD_NOTABLE_ONLY_NOW : TT_WORD_NOTABLE_NEW;
	else if (t->now == 0)
		word = later ? TT_WORD_NOTABLE_NOT_YET : TT_WORD_NOTABLE_GONE;
	return tt_notable_fill(w, word, args, 1);
}

/* Where damaged snapshots are in no figure of the chapter, they are in no rate of it either; and what was a rise or a fall with
 * them need be none without. */
static void
rate_again(const struct tt_notable *w, struct tt_notable_target *t)
{
	const uint64_t *packets = w->cause.found[t->of].packets;

	if (w->damaged == 0)
		return;
	t->now = tt_cause_rate(&w->cause, packets[TT_CAUSE_NOW], TT_CAUSE_NOW);
	t->before = tt_cause_rate(&w->cause, packets[TT_CAUSE_BEFORE], TT_CAUSE_BEFORE);
	t->ranked = t->ranked && tt_notable_changed(w, t);
}

/* Is there a whole period of which no snapshot is intact? */
static bool
is_blind(const struct tt_notable *w)
{
	const uint64_t *snapshots = w->cause.snapshots;

	return snapshots[TT_CAUSE_NOW] == 0
			|| (w->report->before != NULL && snapshots[TT_CAUSE_BEFORE] == 0);
}

static void
write_target(struct tt_notable *w, struct tt_notable_target *t)
{
	struct tt_doc_section *section;
	const char *id;

	rate_again(w, t);
	tt_notable_find_episodes(w, t);
	if (!t->ranked && t->n_episodes == 0)
		return;
	id = tt_document_printf(w->doc, "notable_%u", w->section + 1);
	section = tt_notable_section(w, id, title_of(w, t));
	tt_notable_note_sources(w, t);
	tt_notable_text(w, section, t);
	tt_notable_figures(w, section, t);
}

/* What is looked for: without anything to compare with, no rises and falls. */
static void
say_rule(struct tt_notable *w, struct tt_doc_section *chapter)
{
	const struct tt_report *r = w->report;

	if (r->before != NULL) {
		tt_notable_say(w, chapter, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_RULE,
				tt_notable_number(w, TT_REPORT_RANKED),
				tt_notable_percent(w, TT_NOTABLE_CHANGE), NULL);
		return;
	}
	if (r->before_period != NULL)
		tt_notable_say(w, chapter, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_NOT_JUDGED,
				tt_report_in_period(r, r->before_period), NULL);
	else
		tt_notable_say(w, chapter, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_NO_BEFORE,
				NULL);
	tt_notable_say(w, chapter, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_RULE_ALONE, NULL);
}

static void
write_chapter(struct tt_notable *w)
{
	struct tt_doc_section *chapter = tt_document_section(w->doc, 1, "notable", "2",
			tt_locale_word(w->locale, TT_WORD_NOTABLE));
	const char *lacks_hours = tt_report_lacks_hours(w->report);

	if (w->damaged > 0)
		tt_notable_say(w, chapter, TT_ELEMENT_WARNING, TT_WORD_NOTABLE_DAMAGED,
				tt_notable_number(w, w->damaged), NULL);
	if (lacks_hours != NULL)
		tt_document_say(w->doc, chapter, TT_ELEMENT_WARNING, lacks_hours);
	tt_notable_warn_sensors(w, chapter);
	say_rule(w, chapter);
	for (size_t i = 0; i < w->n && !is_blind(w); i++)
		write_target(w, &w->targets[i]);
	tt_notable_victims(w, chapter);
	tt_report_say_estimates(w->report, w->report->summary, TT_ELEMENT_WARNING);
	if (is_blind(w))
		tt_notable_say(w, chapter, TT_ELEMENT_WARNING, TT_WORD_NOTABLE_BLIND,
				NULL);
	else if (w->section == 0)
		tt_notable_say(w, chapter, TT_ELEMENT_TEXT,
				w->report->before != NULL ? TT_WORD_NOTABLE_NOTHING
							  : TT_WORD_NOTABLE_NONE_ALONE,
				NULL);
}

/* The time of a span; what was observed of its days is known once all is read. Returns 0 or -ENOMEM. */
static int
set_span(struct tt_notable *w, struct tt_cause_options *options, enum tt_cause_span span,
		const struct tt_observation *o)
{
	w->shares[span] = tt_document_alloc(
			w->doc, (o->period.n_days + 1) * sizeof(*w->shares[span]));
	options->from_us[span] = o->period.from_us;
	options->to_us[span] = o->period.to_us;
	options->day_shares[span] = w->shares[span];
	return w->shares[span] == NULL ? -ENOMEM
				       : tt_day_cover_copy(&w->cover[span], &o->cover);
}

static int
set_spans(struct tt_notable *w, struct tt_cause_options *options)
{
	const struct tt_report *r = w->report;
	int ret = set_span(w, options, TT_CAUSE_NOW, r->now);

	if (ret == 0 && r->before != NULL)
		ret = set_span(w, options, TT_CAUSE_BEFORE, r->before);
	return ret;
}

static enum tt_report_no_cycles
no_cycles(const struct tt_cause *cause)
{
	if (cause->slice_us >= TT_US_PER_DAY)
		return TT_REPORT_NO_CYCLES_LONG;
	return cause->coarse ? TT_REPORT_NO_CYCLES : TT_REPORT_CYCLES;
}

int
tt_notable_sections(struct tt_report *report, struct tt_error *err)
{
	struct tt_cause_options options = {.victims = true,
			.per_sensor = report->unit == TT_PER_SENSOR,
			.of_ipv4 = report->now->archive->of_ipv4,
			.midnight_us = -report->now->period.utc_offset_min
					* TT_US_PER_MINUTE};
	struct tt_notable w = {
			.report = report, .doc = report->doc, .locale = report->locale};
	int ret = set_spans(&w, &options);

	if (ret == 0)
		ret = tt_cause_init(&w.cause, &options);
	if (ret == 0) {
		tt_notable_choose(&w);
		ret = want(&w);
	}
	if (ret != 0)
		tt_error_set(err, ret, NULL, "out of memory");
	else
		ret = read_archive(&w, err);
	if (ret == 0) {
		report->no_cycles = no_cycles(&w.cause);
		write_chapter(&w);
	}
	tt_cause_fini(&w.cause);
	for (unsigned span = 0; span < TT_N_CAUSE_SPANS; span++)
		tt_day_cover_fini(&w.cover[span]);
	return ret;
}
