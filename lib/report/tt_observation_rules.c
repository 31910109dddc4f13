/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads which signatures were loaded, also those that detected nothing, and for how much of the time any were. */
#include "tt_identities.h"
#include "tt_observation_tables.h"

#include <errno.h>
#include <string.h>

static void
forget_rules(struct tt_observation_reading *r)
{
	for (size_t i = 0; i < r->n_rule_us; i++)
		r->rule_us[i] = -1;
	r->rules_untold = false;
}

static int
begin(void *context, int64_t sign, struct tt_error *err)
{
	struct tt_observation_reading *r = context;

	tt_text_map_forget(&r->categories);
	r->loaded_us = 0;
	forget_rules(r);
	return 0;
}

/* Notes how long a signature was loaded: revisions of it, each for a while or at some sensors, together. */
static int
note_rule(struct tt_observation_reading *r, size_t signature, int64_t us)
{
	size_t room = r->n_rule_us == 0 ? 64 : r->n_rule_us;
	int64_t *more;

	while (room <= signature)
		room *= 2;
	if (room > r->n_rule_us) {
		more = reallocarray(r->rule_us, room, sizeof(*more));
		if (more == NULL)
			return -ENOMEM;
		r->rule_us = more;
		while (r->n_rule_us < room)
			more[r->n_rule_us++] = -1;
	}
	if (r->rule_us[signature] > 0
			&& __builtin_add_overflow(r->rule_us[signature], us, &us))
		us = INT64_MAX;
	r->rule_us[signature] = us;
	return 0;
}

/* Those of a part of schema version 4 have no time: whether others were loaded besides, it does not say. */
static int
add_rule(struct tt_observation_reading *r, const struct tt_parquet_values *c, unsigned i,
		int64_t sign)
{
	const struct tt_parquet_values *messages = &c[TT_SIGNATURE_RULES_MESSAGE];
	uint32_t code = c[TT_SIGNATURE_RULES_CATEGORY].codes[i];
	int64_t us = c[TT_SIGNATURE_RULES_LOADED_US].ints[i];
	int32_t signature = tt_observed_names_signature(r->o->names,
			c[TT_SIGNATURE_RULES_GID].ints[i],
			c[TT_SIGNATURE_RULES_SID].ints[i],
			(uint32_t)r->categories.index[code],
			messages->texts[messages->codes[i]]);

	if (us > r->loaded_us)
		r->loaded_us = us;
	if (r->manifest->observed_us > 0 && us == 0) {
		r->o->loaded_untold += (uint64_t)sign;
		r->rules_untold = true;
	}
	if (signature < 0 || note_rule(r, (size_t)signature, us) != 0)
		return -ENOMEM;
	return tt_sums_add(&r->o->loaded, (size_t)signature, (uint64_t)sign);
}

static int
add(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	struct tt_observation_reading *r = context;
	const struct tt_parquet_values *c = batch->columns;
	int ret = tt_text_map_fill(&r->categories, &c[TT_SIGNATURE_RULES_CATEGORY],
			tt_scan_category, r->o->names);

	if (ret == 0
			&& tt_scan_any_negative(
					c[TT_SIGNATURE_RULES_LOADED_US].ints, batch->n))
		return tt_error_set(err, -EBADMSG, NULL, "a time that cannot be");
	for (unsigned i = 0; ret == 0 && i < batch->n; i++)
		ret = add_rule(r, c, i, sign);
	return ret == 0 ? 0 : tt_error_set(err, ret, NULL, "out of memory");
}

static int
begin_coverage(void *context, int64_t sign, struct tt_error *err)
{
	struct tt_observation_reading *r = context;

	r->covered = (struct tt_observation_covered){.least = INT64_MAX};
	return 0;
}

static int
add_coverage(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	const struct tt_parquet_values *c = batch->columns;
	const int64_t *us = c[TT_COVERAGE_OBSERVED_US].ints;
	const int64_t *addresses = c[TT_COVERAGE_MONITORED_ADDRESSES].ints;
	struct tt_observation_covered
			*covered = &((struct tt_observation_reading *)context)->covered;

	if (tt_scan_any_negative(us, batch->n)
			|| tt_scan_any_negative(addresses, batch->n))
		return tt_error_set(err, -EBADMSG, NULL, "a time that cannot be");
	for (unsigned i = 0; i < batch->n; i++) {
		covered->us += (unsigned __int128)us[i];
		covered->address_us += (unsigned __int128)us[i] * (uint64_t)addresses[i];
		if (us[i] > 0 && addresses[i] < covered->least)
			covered->least = addresses[i];
		if (us[i] > 0 && addresses[i] > covered->most)
			covered->most = addresses[i];
	}
	return 0;
}

/* Of what was merged of parts with other signatures, or without, how long it was observed is wanted as well. */
unsigned
tt_observation_rules_scan(struct tt_observation_reading *reading, struct tt_scan scans[2])
{
	static const unsigned columns[] = {TT_SIGNATURE_RULES_GID, TT_SIGNATURE_RULES_SID,
			TT_SIGNATURE_RULES_MESSAGE, TT_SIGNATURE_RULES_CATEGORY,
			TT_SIGNATURE_RULES_LOADED_US};
	static const unsigned coverage[] = {
			TT_COVERAGE_OBSERVED_US, TT_COVERAGE_MONITORED_ADDRESSES};
	unsigned n;
	bool none;

	forget_rules(reading);
	if (!reading->in_rates
			|| !tt_manifest_has(
					reading->manifest, TT_TABLE_SIGNATURE_RULES)) {
		reading->rules_untold = true;
		return 0;
	}
	scans[0] = (struct tt_scan){TT_TABLE_SIGNATURE_RULES, columns,
			TT_ARRAY_SIZE(columns), add, begin, NULL, reading};
	n = tt_identities_sets(reading->manifest->signatures, &none);
	if (n == 0 || (n == 1 && !none))
		return 1;
	scans[1] = (struct tt_scan){TT_TABLE_COVERAGE, coverage, TT_ARRAY_SIZE(coverage),
			add_coverage, begin_coverage, NULL, reading};
	return 2;
}

/* How many addresses each sensor monitored all the time; 0: not always as many, or not known. Where IPv6 is monitored as well, coverage does
 * not tell how many are of IPv4: it is known where all sensors monitored the same. */
static int64_t
even_addresses(const struct tt_observation_reading *r, const struct tt_archive_entry *e)
{
	const struct tt_observation_covered *c = &r->covered;

	if (!e->ipv6)
		return c->least == c->most ? c->least : 0;
	return r->o->archive->of_ipv4 && e->ipv4_time.us == c->us * (uint64_t)e->ipv4
			? e->ipv4
			: 0;
}

/* How long the sensor that was made of them all had signatures: its own time is the mean of theirs by their addresses (tt_snapshot_observed),
 * and so is this. Never longer than it observed, whatever the manifest says. */
static int64_t
loaded_us(const struct tt_observation_reading *r, const struct tt_archive_entry *e)
{
	const struct tt_loaded *loaded = &r->manifest->loaded;
	unsigned __int128 all = r->covered.address_us, part = loaded->address_us;

	if (all == 0) {
		all = r->covered.us;
		part = (unsigned __int128)loaded->observed_us;
	}
	return part >= all ? e->observed_us
			   : (int64_t)((long double)e->observed_us * (long double)part
					   / (long double)all);
}

/* What the manifest says of it. none: part of it had no signatures, and its coverage was read. Returns part. */
static const struct tt_archive_entry *
loaded_part(const struct tt_observation_reading *r, bool none,
		struct tt_archive_entry *part)
{
	const struct tt_loaded *loaded = &r->manifest->loaded;

	if (none)
		part->observed_us = loaded_us(r, part);
	part->address_time.us = r->o->archive->of_ipv4 ? loaded->ipv4_us
						       : loaded->address_us;
	return part;
}

/* Adds the time in which any signatures were loaded. Returns false where that is not known, and it is all of it. */
static bool
add_time(const struct tt_observation_reading *r, const struct tt_archive_entry *e,
		struct tt_exposure *exposure)
{
	const struct tt_observation_covered *c = &r->covered;
	struct tt_archive_entry part = *e;
	int64_t addresses;
	bool none;
	unsigned n = tt_identities_sets(r->manifest->signatures, &none);

	if (n == 0 || !r->in_rates)
		return true;
	if (r->manifest->loaded.told) {
		tt_exposure_add(exposure, loaded_part(r, none, &part));
		return true;
	}
	if (!none || (c->us > 0 && (unsigned __int128)r->loaded_us >= c->us)) {
		tt_exposure_add(exposure, e);
		return true;
	}
	/* A rule of the only set was loaded whenever any was. */
	addresses = n == 1 && r->loaded_us > 0 && c->us > 0 ? even_addresses(r, e) : 0;
	if (addresses > 0) {
		part.observed_us = (int64_t)((unsigned __int128)e->observed_us
				* (uint64_t)r->loaded_us / c->us);
		part.address_time = tt_address_time_of(r->loaded_us, addresses);
	}
	tt_exposure_add(exposure, &part);
	return addresses > 0;
}

/* A snapshot's time, of which one signature's is wanted. */
struct whole {
	const struct tt_observation_reading *r;
	const struct tt_archive_entry *e;
	const struct tt_exposure *any; /* in which any signatures were loaded */
};

/* The time of a signature that was loaded for so long, added up over sensors. Coverage was read where it may be less than that of any. At how
 * many addresses it was, is told where it was at all that had signatures, or where all sensors monitored as many. */
static struct tt_exposure
time_of(void *context, int64_t us)
{
	struct whole *w = context;
	const struct tt_observation_covered *c = &w->r->covered;
	const struct tt_loaded *loaded = &w->r->manifest->loaded;
	struct tt_exposure time = *w->any;
	struct tt_address_time most;
	int64_t addresses;

	if (c->us == 0 || (unsigned __int128)us >= c->us
			|| (loaded->told && us >= loaded->observed_us))
		return time;
	addresses = even_addresses(w->r, w->e);
	if (addresses == 0 && !loaded->told)
		return time; /* as that of any is not known either, which is told */
	time.bound = addresses == 0;
	if (addresses == 0 && !w->e->ipv6)
		addresses = c->most;
	most = tt_address_time_of(us, addresses);
	if (addresses > 0 && most.us < time.address_time.us)
		time.address_time = most;
	most.us = (unsigned __int128)w->e->observed_us * (uint64_t)us / c->us;
	if (most.us < (unsigned __int128)time.observed_us)
		time.observed_us = (int64_t)most.us;
	return time;
}

int
tt_observation_add_signature_times(const struct tt_observation_reading *reading,
		const struct tt_archive_entry *entry)
{
	const struct tt_observation_reading *r = reading;
	struct tt_observation *o = r->o;
	struct tt_exposure any = {0};
	struct whole whole = {.r = r, .e = entry, .any = &any};
	int ret = 0;

	o->signatures_untold += !add_time(r, entry, &any);
	if (any.snapshots == 0)
		return 0;
	tt_exposure_join(&o->signature_exposure, &any);
	if (r->day >= 0)
		tt_exposure_join(&o->days[r->day].signatures, &any);
	if (r->rules_untold)
		tt_signature_times_add_untold(&o->signature_times, &any, r->day);
	else
		ret = tt_signature_times_add(&o->signature_times,
				&(struct tt_signature_rules_time){r->rule_us,
						r->n_rule_us, time_of, &whole},
				r->day);
	return ret;
}
