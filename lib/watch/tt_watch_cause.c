/* SPDX-License-Identifier: BSD-3-Clause */
/* Why it began, from the snapshots of the window. */
#include "tt_cause.h"
#include "tt_time.h"
#include "tt_watch_line.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#define COUNTRIES    3
#define PORTS        3
#define FINGERPRINTS 2
#define SHOWN        0.05 /* least share of what is listed */
#define ONE_ADDRESS \
	0.5 /* least share of the packets, or of the rise, of an address that explains it */
#define BEFORE_US (24 * TT_HOUR_US)

static json_t *
share_of(double share)
{
	return json_real(round(share * 1e4) / 1e4);
}

static int64_t
window_start(const struct tt_watch_line *line)
{
	int64_t end_hour = (line->time_us - 1) / TT_HOUR_US + 1;

	return (end_hour - line->window_hours) * TT_HOUR_US;
}

static void
options_of(const struct tt_watch_line *line, struct tt_cause_options *o)
{
	*o = (struct tt_cause_options){0};
	o->from_us[TT_CAUSE_NOW] = window_start(line);
	o->to_us[TT_CAUSE_NOW] = line->time_us;
	o->from_us[TT_CAUSE_BEFORE] = o->from_us[TT_CAUSE_NOW] - BEFORE_US;
	o->to_us[TT_CAUSE_BEFORE] = o->from_us[TT_CAUSE_NOW];
	/* Its days begin with the window. */
	o->midnight_us = o->from_us[TT_CAUSE_NOW];
}

/* Adds the listed snapshots of the sensor. Damaged ones have been told when they were counted. Returns false where memory is short. */
static bool
read_list(struct tt_cause *cause, const struct tt_snapshot_list *list, const char *sensor)
{
	bool able = true;

	for (size_t i = 0; able && i < list->n; i++) {
		struct tt_snapshot *snapshot;

		if (tt_snapshot_open(&snapshot, list->refs[i].path, NULL) != 0)
			continue;
		if (strcmp(snapshot->manifest.sensor, sensor) == 0)
			able = tt_cause_add(cause, snapshot, NULL) != -ENOMEM;
		tt_snapshot_close(snapshot);
	}
	return able && tt_cause_finish(cause) == 0;
}

static json_t *
countries(const struct tt_cause *c)
{
	struct tt_cause_part parts[COUNTRIES];
	size_t n = tt_cause_top(c, &c->countries, 0, parts, COUNTRIES);
	json_t *list = json_array();
	char text[3];

	for (size_t i = 0; i < n && parts[i].share >= SHOWN; i++)
		json_array_append_new(list,
				json_pack("{s:s, s:o}", "country",
						tt_cause_country_text(
								parts[i].count->lo, text),
						"share", share_of(parts[i].share)));
	return list;
}

static json_t *
ports(const struct tt_cause *c)
{
	struct tt_cause_part parts[PORTS];
	size_t n = tt_cause_top(c, &c->ports, 0, parts, PORTS);
	json_t *list = json_array();

	for (size_t i = 0; i < n && parts[i].share >= SHOWN; i++)
		json_array_append_new(list,
				json_pack("{s:I, s:o}", "port",
						(json_int_t)parts[i].count->lo,
						"share_at_least",
						share_of(parts[i].share)));
	return list;
}

static json_t *
fingerprints(const struct tt_cause *c)
{
	struct tt_cause_part parts[FINGERPRINTS];
	size_t n = tt_cause_top(c, &c->fingerprints, 0, parts, FINGERPRINTS);
	json_t *list = json_array();

	for (size_t i = 0; i < n && parts[i].share >= SHOWN; i++)
		json_array_append_new(list,
				json_pack("{s:s, s:o}", "fingerprint",
						c->rules[parts[i].count->lo], "share",
						share_of(parts[i].share)));
	return list;
}

static json_t *
sources(const struct tt_cause *c)
{
	struct tt_source_count now = tt_cause_all_sources(c, 0, TT_CAUSE_NOW);
	struct tt_source_count before = tt_cause_all_sources(c, 0, TT_CAUSE_BEFORE);

	if (now.unknown || before.unknown)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I}", "now", (json_int_t)now.n, "now_stderr",
			(json_int_t)now.stderr_n, "before_24h", (json_int_t)before.n,
			"before_24h_stderr", (json_int_t)before.stderr_n);
}

/* Is there more than in the 24 hours before? A rise that is found late may have begun in these. */
static bool
has_risen(const struct tt_cause *c)
{
	const struct tt_cause_target *t = &c->found[0];

	return tt_cause_rate(c, t->packets[TT_CAUSE_NOW], TT_CAUSE_NOW)
			> tt_cause_rate(c, t->packets[TT_CAUSE_BEFORE], TT_CAUSE_BEFORE);
}

/* The address that sent most of the packets, or else of the rise. Returns false where there is none. */
static bool
find_address(const struct tt_cause *c, struct tt_cause_part *part)
{
	if (tt_cause_top(c, &c->addresses, 0, part, 1) > 0 && part->share >= ONE_ADDRESS)
		return true;
	return has_risen(c) && tt_cause_movers(c, &c->addresses, 0, part, 1) > 0
			&& part->of_change >= ONE_ADDRESS && part->share >= SHOWN;
}

/* The one address that explains it; NULL: there is none. */
static json_t *
one_address(const struct tt_cause *c)
{
	struct tt_cause_part part;
	char text[TT_ADDR_TEXT_MAX], country[3] = "??";
	struct tt_addr address;
	uint16_t code;

	if (!find_address(c, &part))
		return NULL;
	address = (struct tt_addr){part.count->hi, part.count->lo};
	code = tt_cause_address_country(c, part.count);
	if (code != 0)
		tt_cause_country_text(code, country);
	return json_pack("{s:s, s:s, s:o}", "address", tt_addr_format(address, text),
			"country", country, "share_at_least", share_of(part.share));
}

static json_t *
pack(const struct tt_cause *c)
{
	const struct tt_cause_target *t = &c->found[0];
	json_t *o = json_object(), *address = one_address(c);
	char since[TT_TIME_TEXT_MAX];

	json_object_set_new(o, "since", json_string(tt_time_format(t->since_us, since)));
	json_object_set_new(o, "countries", countries(c));
	json_object_set_new(o, "source_ports", ports(c));
	json_object_set_new(o, "sources", sources(c));
	json_object_set_new(o, "fingerprints", fingerprints(c));
	if (address != NULL)
		json_object_set_new(o, "one_address", address);
	json_object_set_new(o, "backscatter",
			share_of(t->packets[TT_CAUSE_NOW] == 0
							? 0
							: (double)t->backscatter[TT_CAUSE_NOW]
									/ (double)t->packets
											  [TT_CAUSE_NOW]));
	return o;
}

/* A day of the spans. What lies in them begins in one of their days. */
static bool
is_wanted(void *context, const struct tt_snapshot_day *day)
{
	const struct tt_cause_options *o = context;

	return day->start_us < o->to_us[TT_CAUSE_NOW]
			&& day->start_us + BEFORE_US > o->from_us[TT_CAUSE_BEFORE];
}

struct json_t *
tt_watch_cause(const char *path, const struct tt_watch_line *line)
{
	struct tt_cause_options options;
	struct tt_snapshot_list list;
	struct tt_cause cause;
	json_t *o = NULL;

	options_of(line, &options);
	if (tt_snapshot_list_scan_days(
			    &list, path, line->time_us, is_wanted, &options, NULL)
			!= 0)
		return NULL;
	if (tt_cause_init(&cause, &options) == 0) {
		if (tt_cause_want(&cause, line->name.protocol, line->name.target) == 0
				&& read_list(&cause, &list, line->sensor)
				&& cause.snapshots[TT_CAUSE_NOW] > 0)
			o = pack(&cause);
		tt_cause_fini(&cause);
	}
	tt_snapshot_list_fini(&list);
	return o;
}
