/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_observation.h"
#include "tt_observation_tables.h"
#include "tt_sketch.h"

#include <errno.h>
#include <string.h>

#define NONE "none" /* the identity of a database or of rules that were not there */

static int
no_memory(struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, NULL, "out of memory");
}

static int
init(struct tt_observation *o, struct tt_archive *archive,
		struct tt_observed_names *names, const struct tt_period *period)
{
	*o = (struct tt_observation){.period = *period,
			.archive = archive,
			.names = names,
			.ledger = {.closes = true}};
	o->days = calloc(period->n_days, sizeof(*o->days));
	o->sensors = calloc(archive->n_sensors + 1, sizeof(*o->sensors));
	o->countries = calloc(TT_OBSERVED_COUNTRIES, sizeof(*o->countries));
	o->country_days = calloc((size_t)TT_OBSERVED_COUNTRIES * period->n_days,
			sizeof(*o->country_days));
	if (o->days == NULL || o->sensors == NULL || o->countries == NULL
			|| o->country_days == NULL
			|| tt_signature_times_init(&o->signature_times, period->n_days)
					!= 0)
		return -ENOMEM;
	return tt_day_cover_init(&o->cover, period, archive->n_sensors);
}

static void
free_sums(struct tt_sums *array, size_t n)
{
	for (size_t i = 0; array != NULL && i < n; i++)
		free(array[i].sums);
	free(array);
}

static void
free_texts(struct tt_texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		free(texts->texts[i]);
	free(texts->texts);
}

void
tt_observation_fini(struct tt_observation *observation)
{
	struct tt_observation *o = observation;

	for (unsigned i = 0; o->days != NULL && i < o->period.n_days; i++)
		free(o->days[i].registers);
	tt_crosstab_fini(&o->targets);
	free_sums(o->categories, o->n_categories);
	free_sums(o->signatures, o->n_signatures);
	tt_crosstab_fini(&o->detected_days);
	tt_signature_times_fini(&o->signature_times);
	free_texts(&o->geo);
	free_texts(&o->asn);
	free_texts(&o->fingerprint_rules);
	free_texts(&o->signature_rules);
	free(o->days);
	tt_day_cover_fini(&o->cover);
	free(o->sensors);
	free(o->countries);
	free(o->country_days);
	free(o->loaded.sums);
	free(o->registers);
	free(o->ipv6_registers);
	*o = (struct tt_observation){0};
}

static int
add_text(struct tt_texts *texts, const char *text)
{
	char **more;

	for (size_t i = 0; i < texts->n; i++)
		if (strcmp(texts->texts[i], text) == 0)
			return 0;
	more = reallocarray(texts->texts, texts->n + 1, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	texts->texts = more;
	more[texts->n] = strdup(text);
	if (more[texts->n] == NULL)
		return -ENOMEM;
	texts->n++;
	return 0;
}

void
tt_exposure_add(struct tt_exposure *exposure, const struct tt_archive_entry *e)
{
	exposure->observed_us += e->observed_us;
	tt_address_time_join(&exposure->address_time, e->address_time);
	exposure->snapshots++;
}

static void
add_to_sensor(struct tt_observation *o, const struct tt_archive_entry *e)
{
	struct tt_observed_sensor *s = &o->sensors[e->sensor];

	if (s->exposure.snapshots == 0 || e->start_us < s->first_us)
		s->first_us = e->start_us;
	if (s->exposure.snapshots == 0 || e->least_addresses < s->least_addresses)
		s->least_addresses = e->least_addresses;
	if (e->end_us > s->last_us)
		s->last_us = e->end_us;
	if (e->addresses > s->most_addresses)
		s->most_addresses = e->addresses;
	s->packets += (uint64_t)e->packets;
	tt_exposure_add(&s->exposure, e);
}

static int
merge_sketch(uint8_t **into, const uint8_t *registers, unsigned p)
{
	if (p == 0)
		return 0;
	if (*into == NULL)
		*into = calloc((size_t)1 << p, 1);
	if (*into == NULL)
		return -ENOMEM;
	tt_sketch_merge(*into, registers, (size_t)1 << p);
	return 0;
}

/* Where the report is of IPv4: what is known to be IPv6 goes from sums of both to sums of its own. */
static int
add_ipv6(const struct tt_observation_reading *r, const struct tt_archive_entry *e)
{
	const struct tt_observation_ipv6 *x = r->ipv6;
	struct tt_observation *o = r->o;

	if (x == NULL)
		return 0;
	o->packets -= x->told;
	o->sensors[e->sensor].packets -= x->told;
	o->sensors[e->sensor].ipv6_packets += (uint64_t)x->packets;
	o->backscatter_packets -= x->answers;
	o->detections -= x->detections;
	o->ipv6_packets += (uint64_t)x->packets;
	o->ipv6_untold += (uint64_t)x->packets - x->told;
	o->ipv6_detections += x->detections;
	if (x->packets > 0 && r->manifest->signature_sources_one_in > 1)
		o->ipv6_mixed += (uint64_t)r->manifest->detections;
	if (x->p != 0)
		o->ipv6_p = x->p;
	return merge_sketch(&o->ipv6_registers, x->registers, x->p);
}

/* Where rates are of IPv4, snapshots that monitored none of it are in none. */
static bool
rates(const struct tt_observation *o, const struct tt_archive_entry *e)
{
	return !o->archive->of_ipv4 || e->address_time.us > 0;
}

/* Adds what the manifest says, once the tables are in. */
static int
add_manifest(const struct tt_observation_reading *r, const struct tt_archive_entry *e)
{
	struct tt_observation *o = r->o;
	const struct tt_manifest *m = r->manifest;
	bool signatures = strcmp(m->signatures, NONE) != 0;

	tt_exposure_add(&o->exposure, e);
	if (tt_observation_add_signature_times(r, e) != 0)
		return -ENOMEM;
	o->loaded_untold += signatures && r->in_rates
			&& !tt_manifest_has(m, TT_TABLE_SIGNATURE_RULES);
	add_to_sensor(o, e);
	o->packets += (uint64_t)m->packets;
	o->detections += (uint64_t)m->detections;
	o->cut_short += (uint64_t)m->signatures_cut_short;
	o->backscatter_packets += (uint64_t)m->backscatter_packets;
	o->partial += !m->complete;
	o->sampled += !m->exact;
	if (m->uniq_src_ip > o->uniq_src_ip_max)
		o->uniq_src_ip_max = m->uniq_src_ip;
	tt_ledger_add(&o->ledger, &m->ledger);
	if (add_text(&o->geo, m->geo) != 0 || add_text(&o->asn, m->asn) != 0
			|| add_text(&o->fingerprint_rules, m->fingerprints) != 0
			|| add_text(&o->signature_rules, m->signatures) != 0)
		return -ENOMEM;
	if (r->p != 0)
		o->p = r->p;
	if (add_ipv6(r, e) != 0)
		return -ENOMEM;
	return merge_sketch(&o->registers, r->registers, r->p);
}

static int
add_to_day(const struct tt_observation_reading *r, const struct tt_archive_entry *e)
{
	struct tt_observed_day *day;

	if (r->day < 0)
		return 0;
	day = &r->o->days[r->day];
	tt_exposure_add(&day->exposure, e);
	day->packets += (uint64_t)r->manifest->packets;
	day->detections += (uint64_t)r->manifest->detections;
	if (r->ipv6 != NULL) {
		day->packets -= r->ipv6->told;
		day->detections -= r->ipv6->detections;
	}
	return merge_sketch(&day->registers, r->registers, r->p);
}

static void
tear_days(struct tt_observation *o, unsigned first, unsigned last)
{
	for (unsigned day = first; day <= last; day++) {
		o->n_torn_days += !o->days[day].torn;
		o->days[day].torn = true;
	}
}

/* Adds a snapshot that lies in the period. */
static int
add_snapshot(struct tt_observation_reading *r, struct tt_archive_entry *e,
		struct tt_error *err)
{
	unsigned first = tt_period_day(&r->o->period, e->start_us);
	unsigned last = tt_period_day(&r->o->period, e->end_us - 1);
	struct tt_snapshot *snapshot;
	int ret = r->ipv6 == NULL ? 0 : tt_archive_ipv6_packets(e, err);

	if (ret == 0)
		ret = tt_snapshot_open(&snapshot, e->path, err);
	if (ret != 0)
		return ret;
	if (r->ipv6 != NULL)
		tt_observation_ipv6_begin(r, e->ipv6_packets);
	r->manifest = &snapshot->manifest;
	r->in_rates = rates(r->o, e);
	r->loaded_us = 0;
	r->covered = (struct tt_observation_covered){0};
	r->day = first == last ? (int32_t)first : -1;
	ret = tt_observation_tables(r, e->path, err);
	if (ret == 0) {
		ret = add_manifest(r, e);
		if (ret == 0)
			ret = add_to_day(r, e);
		if (ret != 0)
			no_memory(err);
		if (first != last)
			tear_days(r->o, first, last);
	}
	tt_snapshot_close(snapshot);
	return ret;
}

static void
note_across(struct tt_observation *o, const struct tt_archive_entry *e)
{
	int64_t from_us = e->start_us > o->period.from_us ? e->start_us
							  : o->period.from_us;
	int64_t to_us = e->end_us < o->period.to_us ? e->end_us : o->period.to_us;

	o->n_across++;
	o->across_us += to_us - from_us;
	tt_day_cover_add(&o->cover, e);
	/* Days before and behind the period differ as well, though they have no number. */
	if (tt_period_day(&o->period, e->start_us)
			!= tt_period_day(&o->period, e->end_us - 1))
		tear_days(o, tt_period_day(&o->period, from_us),
				tt_period_day(&o->period, to_us - 1));
	if (o->across == NULL || e->start_us < o->across_start_us) {
		o->across = e->path;
		o->across_start_us = e->start_us;
	}
}

static int
add_entry(struct tt_observation_reading *r, struct tt_archive_entry *e,
		struct tt_error *err)
{
	struct tt_observation *o = r->o;
	struct tt_error why = {0};
	int ret;

	if (e->damaged || !tt_period_meets(&o->period, e->start_us, e->end_us))
		return 0;
	if (!tt_period_has(&o->period, e->start_us, e->end_us)) {
		note_across(o, e);
		return 0;
	}
	ret = add_snapshot(r, e, &why);
	if (ret == 0) {
		tt_day_cover_add(&o->cover, e);
		return 0;
	}
	if (tt_archive_still(e, err) != 0)
		return -EAGAIN;
	if (ret == -ENOMEM || ret == -EIO) {
		*err = why;
		return ret;
	}
	return tt_archive_damaged(o->archive, e, &why) == 0 ? 0 : no_memory(err);
}

static void
finish(struct tt_observation *o)
{
	int32_t untold = tt_observed_country(o->names, TT_OBSERVED_UNTOLD);

	for (size_t i = 0; i < o->targets.n; i++)
		o->untold = o->untold
				|| tt_crosstab_get(&o->targets, (int32_t)i, untold) > 0;
	o->sources = o->registers == NULL ? 0 : tt_sketch_estimate(o->registers, o->p);
	o->ipv6_sources = o->ipv6_registers == NULL
			? 0
			: tt_sketch_estimate(o->ipv6_registers, o->ipv6_p);
	for (unsigned i = 0; i < o->period.n_days; i++) {
		struct tt_observed_day *day = &o->days[i];

		day->sources = day->registers == NULL
				? 0
				: tt_sketch_estimate(day->registers, o->p);
		if (day->torn || day->exposure.observed_us == 0)
			day->sources = -1;
	}
}

void
tt_observing_show(const struct tt_observing *observing, double share)
{
	if (observing != NULL && observing->progress != NULL)
		observing->progress(observing->context,
				observing->from
						+ (observing->to - observing->from)
								* share);
}

int
tt_observation_read(struct tt_observation *observation, struct tt_archive *archive,
		struct tt_observed_names *names, const struct tt_period *period,
		const struct tt_observing *observing, struct tt_error *err)
{
	struct tt_observation_reading r = {.o = observation};
	int ret = init(observation, archive, names, period);

	r.registers = malloc((size_t)1 << TT_SKETCH_P_MAX);
	if (ret == 0)
		ret = tt_observation_ipv6_init(&r);
	if (ret != 0 || r.registers == NULL)
		ret = no_memory(err);
	for (size_t i = 0; ret == 0 && i < archive->n; i++) {
		ret = add_entry(&r, &archive->entries[i], err);
		tt_observing_show(observing, (double)(i + 1) / (double)archive->n);
	}
	if (ret == 0)
		finish(observation);
	else
		tt_observation_fini(observation);
	tt_text_map_fini(&r.protocols);
	tt_text_map_fini(&r.countries);
	tt_text_map_fini(&r.categories);
	free(r.rule_us);
	tt_observation_ipv6_fini(&r);
	free(r.registers);
	return ret;
}

size_t
tt_observation_damages(
		const struct tt_observation *observation, enum tt_archive_lack lack)
{
	const struct tt_archive *a = observation->archive;
	size_t n = 0;

	for (size_t i = 0; i < a->n_damages; i++)
		n += tt_archive_damage_meets(&a->damages[i], lack, &observation->period);
	return n;
}
