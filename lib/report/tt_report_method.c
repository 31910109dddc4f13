/* SPDX-License-Identifier: BSD-3-Clause */
/* Chapter 5: how it was counted. */
#include "tt_cause.h"
#include "tt_report_parts.h"
#include "tt_sketch.h"

#include <string.h>

#define NONE "none" /* the identity of a database or of rules that were not there */

static bool
of_ipv4(const struct tt_report *r)
{
	return r->now->archive->of_ipv4;
}

static void
say_definitions(struct tt_report *r, struct tt_doc_section *section)
{
	static const enum tt_word words[] = {TT_WORD_METHOD_TARGETS,
			TT_WORD_METHOD_DETECTIONS, TT_WORD_METHOD_RATE,
			TT_WORD_METHOD_RANKS};

	for (size_t i = 0; i < TT_ARRAY_SIZE(words); i++) {
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				tt_locale_word(r->locale, words[i]));
		if (words[i] == TT_WORD_METHOD_RATE && of_ipv4(r))
			tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
					TT_REPORT_WORD(r, METHOD_IPV4));
	}
	tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
			TT_REPORT_FILL(r, METHOD_PERCENT, tt_report_in_before(r),
					tt_report_before(r)));
}

static struct tt_value
addresses(int64_t n)
{
	return n == INT64_MAX ? (struct tt_value){.kind = TT_VALUE_UNKNOWN}
			      : tt_value_integer(TT_VALUE_COUNT, n);
}

static void
sensor_row(struct tt_report *r, struct tt_doc_table *table, size_t i)
{
	const struct tt_observation *o = r->now;
	const struct tt_observed_sensor *s = &o->sensors[i];
	struct tt_doc_row *row = tt_document_row(r->doc, table);
	double length = (double)(o->period.to_us - o->period.from_us);

	tt_document_cell(row, 0,
			tt_value_text(tt_document_text(r->doc, o->archive->sensors[i])));
	tt_document_cell(row, 3,
			tt_value_number(TT_VALUE_COVERAGE,
					100 * (double)s->exposure.observed_us / length));
	if (s->exposure.snapshots == 0)
		return;
	tt_document_cell(row, 1, tt_value_integer(TT_VALUE_TIME, s->first_us));
	tt_document_cell(row, 2, tt_value_integer(TT_VALUE_TIME, s->last_us));
	tt_document_cell(row, 4, addresses(s->least_addresses));
	tt_document_cell(row, 5, addresses(s->most_addresses));
	tt_document_cell(row, 6,
			tt_value_integer(TT_VALUE_COUNT, (int64_t)s->exposure.snapshots));
	tt_document_cell(row, 7, tt_value_integer(TT_VALUE_COUNT, (int64_t)s->packets));
	if (of_ipv4(r))
		tt_document_cell(row, 8,
				tt_value_integer(TT_VALUE_COUNT,
						(int64_t)s->ipv6_packets));
}

static void
sensors_table(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_doc_column columns[] = {
			{"sensor", TT_REPORT_WORD(r, COLUMN_SENSOR), false},
			{"from", TT_REPORT_WORD(r, COLUMN_FROM), false},
			{"until", TT_REPORT_WORD(r, COLUMN_UNTIL), false},
			{"coverage", TT_REPORT_WORD(r, COLUMN_COVERAGE), false},
			{"addresses_least",
					of_ipv4(r) ? TT_REPORT_WORD(r, COLUMN_IPV4_LEAST)
						   : TT_REPORT_WORD(r,
								   COLUMN_ADDRESSES_LEAST),
					false},
			{"addresses_most",
					of_ipv4(r) ? TT_REPORT_WORD(r, COLUMN_IPV4_MOST)
						   : TT_REPORT_WORD(r,
								   COLUMN_ADDRESSES_MOST),
					false},
			{"snapshots", TT_REPORT_WORD(r, COLUMN_SNAPSHOTS), false},
			{"packets",
					of_ipv4(r) ? TT_REPORT_WORD(
							r, COLUMN_IPV4_PACKETS)
						   : TT_REPORT_WORD(r, COLUMN_PACKETS),
					false},
			{"ipv6_packets", TT_REPORT_WORD(r, COLUMN_IPV6_PACKETS), false},
	};
	struct tt_doc_table *table = tt_document_table(r->doc, section, "sensors", "5-1",
			TT_REPORT_WORD(r, TABLE_OF_SENSORS), columns,
			TT_ARRAY_SIZE(columns) - !of_ipv4(r));

	for (size_t i = 0; i < r->now->archive->n_sensors; i++)
		sensor_row(r, table, i);
}

static const char *
join_texts(struct tt_report *r, const struct tt_texts *texts)
{
	const char **texts_of = tt_document_alloc(
			r->doc, (texts->n + 1) * sizeof(*texts_of));

	if (texts_of == NULL)
		return "";
	for (size_t i = 0; i < texts->n; i++)
		texts_of[i] = strcmp(texts->texts[i], NONE) == 0
				? TT_REPORT_WORD(r, NO_IDENTITY)
				: texts->texts[i];
	return tt_report_list(r, texts_of, texts->n);
}

/* A fact of both periods, or of one where nothing is compared. */
static void
fact(struct tt_report *r, struct tt_doc_table *table, const char *id, enum tt_word word,
		struct tt_value now, struct tt_value before)
{
	struct tt_doc_row *row = tt_document_row(r->doc, table);

	tt_document_cell(row, 0, tt_value_text(tt_locale_word(r->locale, word)));
	tt_document_cell(row, 1, now);
	if (r->before != NULL)
		tt_document_cell(row, 2, before);
	tt_document_cell(row, r->before != NULL ? 3 : 2, tt_value_text(id));
}

static struct tt_value
count(uint64_t n)
{
	return tt_value_integer(TT_VALUE_COUNT, (int64_t)n);
}

/* Is it known how many sources there were? Without a packet, none were. */
static bool
has_sources(const struct tt_observation *o)
{
	return o->p != 0 || o->packets == 0;
}

/* What is known of one period, in the order of the table. */
static void
facts_of(struct tt_report *r, const struct tt_observation *o, struct tt_value *facts)
{
	uint64_t lost = tt_ledger_offered(&o->ledger) - o->ledger.delivered;

	*facts++ = tt_value_text(tt_report_period(r, &o->period));
	*facts++ = tt_value_integer(TT_VALUE_TIME, o->period.from_us);
	*facts++ = tt_value_integer(TT_VALUE_TIME, o->period.to_us);
	*facts++ = count(o->exposure.snapshots);
	*facts++ = tt_value_number(TT_VALUE_COVERAGE, 100 * tt_observation_coverage(o));
	*facts++ = tt_value_rate(
			tt_address_days(tt_address_time_of(o->exposure.observed_us, 1)));
	*facts++ = tt_value_rate(tt_address_days(o->exposure.address_time));
	*facts++ = count(o->packets);
	*facts++ = count(o->backscatter_packets);
	*facts++ = count(o->detections);
	*facts++ = has_sources(o) ? count((uint64_t)(o->sources + 0.5))
				  : (struct tt_value){.kind = TT_VALUE_UNKNOWN};
	*facts++ = count(lost);
	*facts++ = count(o->ledger.delivered - o->ledger.counted);
	*facts++ = count(o->partial);
	*facts++ = count(o->sampled);
	*facts++ = count(o->cut_short);
	*facts++ = tt_value_text(join_texts(r, &o->geo));
	*facts++ = tt_value_text(join_texts(r, &o->fingerprint_rules));
	*facts = tt_value_text(join_texts(r, &o->signature_rules));
}

static const struct {
	const char *id;
	enum tt_word word;
} fact_names[] = {{"period", TT_WORD_FACT_PERIOD}, {"from", TT_WORD_FACT_FROM},
		{"until", TT_WORD_FACT_UNTIL}, {"snapshots", TT_WORD_COLUMN_SNAPSHOTS},
		{"coverage", TT_WORD_COLUMN_COVERAGE},
		{"sensor_days", TT_WORD_FACT_SENSOR_DAYS},
		{"address_days", TT_WORD_FACT_ADDRESS_DAYS},
		{"packets", TT_WORD_COLUMN_PACKETS},
		{"backscatter_packets", TT_WORD_FACT_BACKSCATTER},
		{"detections", TT_WORD_FACT_DETECTIONS},
		{"sources", TT_WORD_FACT_SOURCES}, {"lost", TT_WORD_FACT_LOST},
		{"not_counted", TT_WORD_FACT_NOT_COUNTED},
		{"partial", TT_WORD_FACT_PARTIAL}, {"sampled", TT_WORD_FACT_SAMPLED},
		{"cut_short", TT_WORD_FACT_CUT_SHORT}, {"geo", TT_WORD_FACT_GEO},
		{"fingerprints", TT_WORD_FACT_FINGERPRINTS},
		{"signatures", TT_WORD_FACT_SIGNATURES}};

/* What table 5-2 calls differently where counts are of IPv4. */
static enum tt_word
fact_word(const struct tt_report *r, enum tt_word word)
{
	if (of_ipv4(r) && word == TT_WORD_COLUMN_PACKETS)
		return TT_WORD_COLUMN_IPV4_PACKETS;
	if (of_ipv4(r) && word == TT_WORD_FACT_ADDRESS_DAYS)
		return TT_WORD_FACT_IPV4_DAYS;
	return word;
}

/* What came by IPv6. */
static void
ipv6_facts(struct tt_report *r, struct tt_doc_table *table)
{
	static const struct tt_observation nothing;
	const struct tt_observation *now = r->now,
				    *before = r->before == NULL ? &nothing : r->before;

	if (!of_ipv4(r))
		return;
	fact(r, table, "ipv6_packets", TT_WORD_COLUMN_IPV6_PACKETS,
			count(now->ipv6_packets), count(before->ipv6_packets));
	fact(r, table, "ipv6_untold", TT_WORD_FACT_IPV6_UNTOLD, count(now->ipv6_untold),
			count(before->ipv6_untold));
	fact(r, table, "ipv6_sources", TT_WORD_FACT_IPV6_SOURCES,
			count((uint64_t)(now->ipv6_sources + 0.5)),
			count((uint64_t)(before->ipv6_sources + 0.5)));
	fact(r, table, "ipv6_detections", TT_WORD_FACT_IPV6_DETECTIONS,
			count(now->ipv6_detections), count(before->ipv6_detections));
}

static void
facts_table(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_doc_column key = {"key", TT_REPORT_WORD(r, COLUMN_KEY), true};
	const struct tt_doc_column columns[] = {
			{"fact", TT_REPORT_WORD(r, COLUMN_FACT), false},
			{"now", TT_REPORT_WORD(r, COLUMN_NOW), false},
			r->before == NULL
					? key
					: (struct tt_doc_column){"before",
							tt_report_before_heading(r,
									TT_WORD_COLUMN_BEFORE),
							false},
			key,
	};
	struct tt_value now[TT_ARRAY_SIZE(fact_names)] = {0};
	struct tt_value before[TT_ARRAY_SIZE(fact_names)] = {0};
	struct tt_doc_table *table = tt_document_table(r->doc, section, "method", "5-2",
			TT_REPORT_WORD(r, TABLE_OF_FACTS), columns,
			r->before == NULL ? TT_ARRAY_SIZE(columns) - 1
					  : TT_ARRAY_SIZE(columns));

	if (table != NULL)
		table->whole = true;
	facts_of(r, r->now, now);
	if (r->before != NULL)
		facts_of(r, r->before, before);
	for (size_t i = 0; i < TT_ARRAY_SIZE(fact_names); i++)
		fact(r, table, fact_names[i].id, fact_word(r, fact_names[i].word), now[i],
				before[i]);
	ipv6_facts(r, table);
}

/* Footnotes of the table of days; 0: there is none yet. */
struct day_notes {
	unsigned torn; /* of days that lack the time of snapshots that reach over midnight */
	unsigned cut; /* of days of which the period has a part alone */
};

static struct tt_value
day_coverage(struct tt_report *r, struct tt_doc_table *table, unsigned i, unsigned *note)
{
	const struct tt_period *p = &r->now->period;
	struct tt_value value = tt_value_number(
			TT_VALUE_COVERAGE, 100 * tt_observation_day_coverage(r->now, i));

	if (tt_period_day_to(p, i) - tt_period_day_from(p, i) == TT_US_PER_DAY)
		return value;
	if (*note == 0)
		*note = tt_document_table_note(
				r->doc, table, TT_REPORT_WORD(r, NOTE_CUT_DAY));
	value.note = *note;
	return value;
}

static void
day_row(struct tt_report *r, struct tt_doc_table *table, unsigned i,
		struct day_notes *notes)
{
	const struct tt_observed_day *day = &r->now->days[i];
	struct tt_doc_row *row = tt_document_row(r->doc, table);
	const struct tt_value unknown = {.kind = TT_VALUE_UNKNOWN};
	bool seen = tt_rate_is_any(r->unit, &day->exposure);
	struct tt_value name = tt_value_integer(
			TT_VALUE_DAY, tt_period_day_from(&r->now->period, i));

	name.note = day->torn ? notes->torn : 0;
	tt_document_cell(row, 0, name);
	tt_document_cell(row, 1, day_coverage(r, table, i, &notes->cut));
	tt_document_cell(row, 2,
			seen ? tt_value_rate(
					tt_rate(r->unit, &day->exposure, day->packets))
			     : unknown);
	tt_document_cell(row, 3,
			day->sources >= 0 && has_sources(r->now)
					? count((uint64_t)(day->sources + 0.5))
					: unknown);
	tt_document_cell(row, 4,
			tt_rate_is_any(r->unit, &day->signatures) ? tt_value_rate(
					tt_rate_of(r->unit, &day->signatures,
							tt_report_day_detections(r, i)))
								  : unknown);
	tt_document_cell(row, 5, seen ? count(day->packets) : unknown);
	tt_document_cell(row, 6, seen ? count(day->detections) : unknown);
}

static void
days_table(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_doc_column columns[] = {
			{"day", TT_REPORT_WORD(r, COLUMN_DAY), false},
			{"coverage", TT_REPORT_WORD(r, COLUMN_COVERAGE), false},
			{"rate", TT_REPORT_WORD(r, COLUMN_RATE), false},
			{"sources", TT_REPORT_WORD(r, COLUMN_SOURCES), false},
			{"detection_rate", TT_REPORT_WORD(r, COLUMN_DETECTIONS), false},
			{"packets", TT_REPORT_WORD(r, COLUMN_PACKETS), true},
			{"detections", TT_REPORT_WORD(r, FACT_DETECTIONS), true},
	};
	struct tt_doc_table *table = tt_document_table(r->doc, section, "days", "5-3",
			TT_REPORT_WORD(r, TABLE_OF_DAYS), columns,
			TT_ARRAY_SIZE(columns));
	struct day_notes notes = {0};

	if (table != NULL)
		table->unit = TT_REPORT_FILL(r, UNIT_DAYS, tt_report_unit(r, false),
				tt_report_unit(r, true));
	if (r->now->n_torn_days > 0)
		notes.torn = tt_document_table_note(r->doc, table,
				TT_REPORT_FILL(r, NOTE_TORN,
						tt_report_count(r, r->now->n_torn_days)));
	for (unsigned i = 0; i < r->now->period.n_days; i++)
		day_row(r, table, i, &notes);
}

static void
say_no_cycles(struct tt_report *r, struct tt_doc_section *section)
{
	if (r->no_cycles == TT_REPORT_NO_CYCLES)
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_WORD(r, METHOD_NO_CYCLES));
	else if (r->no_cycles == TT_REPORT_NO_CYCLES_LONG)
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_FILL(r, METHOD_NO_CYCLES_LONG,
						tt_report_count(r,
								TT_CAUSE_HOURLY_DAYS)));
}

/* The sketches of IPv6 are those of prefixes, and smaller. */
static void
say_sources(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_observation *before = r->before;
	const char *error, *ipv6_error;
	unsigned ipv6_p = r->now->ipv6_p;

	if (r->now->p == 0)
		return;
	if (ipv6_p == 0 && before != NULL)
		ipv6_p = before->ipv6_p;
	error = tt_report_percent(r, 100 * tt_sketch_error(r->now->p));
	if (!of_ipv4(r) || ipv6_p == 0) {
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_FILL(r, METHOD_SOURCES, error));
		return;
	}
	ipv6_error = tt_report_percent(r, 100 * tt_sketch_error(ipv6_p));
	tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
			TT_REPORT_FILL(r, METHOD_SOURCES_IPV6, error, ipv6_error));
}

void
tt_report_method(struct tt_report *report)
{
	struct tt_report *r = report;
	struct tt_doc_section *section = tt_document_section(
			r->doc, 1, "method", "5", TT_REPORT_WORD(r, CHAPTER_METHOD));

	say_definitions(r, section);
	tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
			TT_REPORT_FILL(r, METHOD_ZONE, tt_locale_zone(r->locale)));
	say_sources(r, section);
	tt_report_say_estimates(r, section, TT_ELEMENT_TEXT);
	if (r->series->across > 0)
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_FILL(r, METHOD_MONTHS,
						tt_report_count(r, r->series->across)));
	say_no_cycles(r, section);
	tt_report_say_loaded(r, section);
	sensors_table(r, section);
	facts_table(r, section);
	days_table(r, section);
	tt_report_loaded_table(r, section);
}
