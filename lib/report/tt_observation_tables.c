/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads targets, countries, signatures and the sketch of all sources of one snapshot. */
#include "tt_observation_tables.h"
#include "tt_sketch.h"

#include <errno.h>
#include <string.h>

#define ALL_SOURCES "sources"

int32_t
tt_scan_protocol(void *context, const char *text)
{
	uint8_t protocol;

	return tt_protocol_parse(text, &protocol) == 0 ? protocol : -EBADMSG;
}

int32_t
tt_scan_country(void *context, const char *text)
{
	return tt_observed_names_country(context, text);
}

int32_t
tt_scan_category(void *context, const char *text)
{
	return tt_observed_names_category(context, text);
}

static int
wrong(struct tt_error *err, int ret, const char *what)
{
	return tt_error_set(
			err, ret, NULL, "%s", ret == -ENOMEM ? "out of memory" : what);
}

static int
begin_targets(void *context, int64_t sign, struct tt_error *err)
{
	struct tt_observation_reading *r = context;

	tt_text_map_forget(&r->protocols);
	tt_text_map_forget(&r->countries);
	if (sign > 0)
		r->target_packets = 0;
	return 0;
}

/* The sums of a target, made where there are none yet. NULL: out of memory. */
static struct tt_crosstab_row *
row_of(struct tt_observation *o, uint8_t protocol, int32_t number)
{
	const struct tt_target target = {.protocol = protocol, .number = number};
	int32_t index = tt_observed_target(o->names, target);

	if (TT_LIKELY(index >= 0 && (size_t)index < o->targets.n))
		return &o->targets.rows[index];
	index = tt_observed_names_target(o->names, target);
	if (index < 0 || tt_crosstab_reach(&o->targets, (size_t)index + 1) != 0)
		return NULL;
	return &o->targets.rows[index];
}

/* The rows of a target come together, so that the cell of one is mostly the one behind the last. Where the next target
 * begins is no branch: that it does, every other row or so, no processor could tell beforehand. */
int
tt_observation_add_targets(struct tt_observation_reading *r,
		const struct tt_parquet_batch *batch, int64_t sign)
{
	const uint32_t *protocols = batch->columns[TT_TARGETS_PROTOCOL].codes;
	const uint32_t *countries = batch->columns[TT_TARGETS_COUNTRY].codes;
	const int64_t *numbers = batch->columns[TT_TARGETS_TARGET].ints;
	const int64_t *packets = batch->columns[TT_TARGETS_PACKETS].ints;
	const struct tt_crosstab_row *last = NULL;
	uint32_t at = 0;

	for (unsigned i = 0; i < batch->n; i++) {
		uint8_t protocol = (uint8_t)r->protocols.index[protocols[i]];
		uint32_t country = (uint32_t)r->countries.index[countries[i]];
		struct tt_crosstab_row *row = row_of(r->o, protocol, (int32_t)numbers[i]);

		at = row == last ? at : 0;
		last = row;
		if (row == NULL
				|| tt_crosstab_add(row, country,
						   (uint64_t)(sign * packets[i]), &at)
						!= 0)
			return -ENOMEM;
		r->target_packets += (uint64_t)packets[i];
	}
	return 0;
}

static int
add_targets(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	struct tt_observation_reading *r = context;
	int ret = tt_text_map_fill(&r->protocols, &batch->columns[TT_TARGETS_PROTOCOL],
			tt_scan_protocol, NULL);

	if (ret != 0)
		return wrong(err, ret, "a protocol that cannot be");
	ret = tt_text_map_fill(&r->countries, &batch->columns[TT_TARGETS_COUNTRY],
			tt_scan_country, r->o->names);
	if (ret != 0)
		return wrong(err, ret, "a country that cannot be");
	if (!tt_scan_are_targets(batch->columns[TT_TARGETS_TARGET].ints, batch->n)
			|| tt_scan_any_negative(batch->columns[TT_TARGETS_PACKETS].ints,
					batch->n))
		return wrong(err, -EBADMSG, "a count or a target that cannot be");
	return tt_observation_add_targets(r, batch, sign) == 0
			? 0
			: wrong(err, -ENOMEM, NULL);
}

static int
check_sum(struct tt_error *err, uint64_t sum, int64_t manifest, const char *what)
{
	if (sum == (uint64_t)manifest)
		return 0;
	return tt_error_set(err, -EBADMSG, NULL,
			"its rows add up to %llu %s, the manifest says %lld",
			(unsigned long long)sum, what, (long long)manifest);
}

static int
end_targets(void *context, struct tt_error *err)
{
	const struct tt_observation_reading *r = context;

	return check_sum(err, r->target_packets, r->manifest->packets, "packets");
}

static int
begin_countries(void *context, int64_t sign, struct tt_error *err)
{
	struct tt_observation_reading *r = context;

	tt_text_map_forget(&r->countries);
	if (sign > 0)
		r->country_packets = 0;
	return 0;
}

static int
add_countries(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	struct tt_observation_reading *r = context;
	struct tt_observation *o = r->o;
	const uint32_t *codes = batch->columns[TT_COUNTRIES_COUNTRY].codes;
	const int64_t *packets = batch->columns[TT_COUNTRIES_PACKETS].ints;
	int ret = tt_text_map_fill(&r->countries, &batch->columns[TT_COUNTRIES_COUNTRY],
			tt_scan_country, o->names);

	if (ret != 0 || tt_scan_any_negative(packets, batch->n))
		return wrong(err, ret != 0 ? ret : -EBADMSG,
				"a count or a country that cannot be");
	for (unsigned i = 0; i < batch->n; i++) {
		size_t country = (size_t)r->countries.index[codes[i]];
		uint64_t n = (uint64_t)(sign * packets[i]);

		o->countries[country] += n;
		if (r->day >= 0)
			o->country_days[country * o->period.n_days + (size_t)r->day] += n;
		r->country_packets += (uint64_t)packets[i];
	}
	return 0;
}

static int
end_countries(void *context, struct tt_error *err)
{
	const struct tt_observation_reading *r = context;

	return check_sum(err, r->country_packets, r->manifest->packets, "packets");
}

static int
begin_signatures(void *context, int64_t sign, struct tt_error *err)
{
	struct tt_observation_reading *r = context;

	tt_text_map_forget(&r->countries);
	tt_text_map_forget(&r->categories);
	if (sign > 0)
		r->detections = 0;
	tt_observation_ipv6_restore(r);
	return 0;
}

struct detection {
	uint32_t category, country;
	int64_t gid, sid;
	const char *message;
	uint64_t n; /* with its sign */
};

static int
add_detection(struct tt_observation_reading *r, const struct detection *d)
{
	struct tt_observation *o = r->o;
	int32_t signature = tt_observed_names_signature(
			o->names, d->gid, d->sid, d->category, d->message);
	uint32_t at = 0;

	if (signature < 0
			|| tt_sums_array_reach(&o->categories, &o->n_categories,
					   o->names->n_categories)
					!= 0
			|| tt_sums_array_reach(&o->signatures, &o->n_signatures,
					   o->names->n_signatures)
					!= 0
			|| !tt_sums_reach(&o->categories[d->category], d->country)
			|| !tt_sums_reach(&o->signatures[signature], d->country))
		return -ENOMEM;
	o->categories[d->category].sums[d->country] += d->n;
	o->signatures[signature].sums[d->country] += d->n;
	if (r->day < 0)
		return 0;
	if (tt_crosstab_reach(&o->detected_days, (size_t)signature + 1) != 0)
		return -ENOMEM;
	return tt_crosstab_add(&o->detected_days.rows[signature],
			tt_detected_place((uint32_t)r->day, d->country), d->n, &at);
}

static int
add_signatures(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	struct tt_observation_reading *r = context;
	const struct tt_parquet_values *c = batch->columns;
	const struct tt_parquet_values *messages = &c[TT_SIGNATURES_MESSAGE];
	int ret = tt_text_map_fill(&r->countries, &c[TT_SIGNATURES_COUNTRY],
			tt_scan_country, r->o->names);

	if (ret == 0)
		ret = tt_text_map_fill(&r->categories, &c[TT_SIGNATURES_CATEGORY],
				tt_scan_category, r->o->names);
	if (ret == 0 && tt_scan_any_negative(c[TT_SIGNATURES_DETECTIONS].ints, batch->n))
		ret = -EBADMSG;
	for (unsigned i = 0; ret == 0 && i < batch->n; i++) {
		int64_t n = c[TT_SIGNATURES_DETECTIONS].ints[i];
		struct detection d = {
				.category = (uint32_t)r->categories.index
							    [c[TT_SIGNATURES_CATEGORY].codes[i]],
				.country = (uint32_t)r->countries.index
							   [c[TT_SIGNATURES_COUNTRY].codes[i]],
				.gid = c[TT_SIGNATURES_GID].ints[i],
				.sid = c[TT_SIGNATURES_SID].ints[i],
				.message = messages->texts[messages->codes[i]],
		};
		const struct tt_ipv6_row row = {.gid = d.gid,
				.sid = d.sid,
				.rev = c[TT_SIGNATURES_REV].ints[i],
				.country = d.country,
				.n = (uint64_t)n};

		d.n = (uint64_t)(sign * (n - (int64_t)tt_observation_ipv6_take(r, &row)));
		ret = add_detection(r, &d);
		r->detections += (uint64_t)n;
	}
	return ret == 0 ? 0 : wrong(err, ret, "a count or a country that cannot be");
}

static int
end_signatures(void *context, struct tt_error *err)
{
	const struct tt_observation_reading *r = context;

	return check_sum(err, r->detections, r->manifest->detections, "detections");
}

static int
begin_sketch(void *context, int64_t sign, struct tt_error *err)
{
	struct tt_observation_reading *r = context;

	memset(r->registers, 0, (size_t)1 << TT_SKETCH_P_MAX);
	r->p = 0;
	return 0;
}

/* The precision of the key, which all its rows and all snapshots have. */
static bool
is_precision(struct tt_observation_reading *r, int64_t p)
{
	if (p < TT_SKETCH_P_MIN || p > TT_SKETCH_P_MAX
			|| (r->o->p != 0 && p != (int64_t)r->o->p)
			|| (r->p != 0 && p != (int64_t)r->p))
		return false;
	r->p = (unsigned)p;
	return true;
}

/* The key of all sources comes first. Nothing is added to sums, so there is nothing to take back. */
static int
add_sketch(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	struct tt_observation_reading *r = context;
	const struct tt_parquet_values *c = batch->columns;
	const struct tt_parquet_values *keys = &c[TT_SKETCHES_KEY];

	for (unsigned i = 0; i < batch->n; i++) {
		int64_t reg = c[TT_SKETCHES_REGISTER].ints[i];
		int64_t rho = c[TT_SKETCHES_RHO].ints[i];

		if (strcmp(keys->texts[keys->codes[i]], ALL_SOURCES) != 0)
			return 1;
		if (!is_precision(r, c[TT_SKETCHES_PRECISION].ints[i]) || reg < 0
				|| reg >> r->p != 0 || rho < 1
				|| rho > 64 - (int)r->p + 1)
			return wrong(err, -EBADMSG, "a register that cannot be");
		r->registers[reg] = (uint8_t)rho;
	}
	return 0;
}

int
tt_observation_tables(struct tt_observation_reading *reading, const char *path,
		struct tt_error *err)
{
	static const unsigned sketch_columns[] = {TT_SKETCHES_KEY, TT_SKETCHES_PRECISION,
			TT_SKETCHES_REGISTER, TT_SKETCHES_RHO};
	static const unsigned target_columns[] = {TT_TARGETS_PROTOCOL, TT_TARGETS_TARGET,
			TT_TARGETS_COUNTRY, TT_TARGETS_PACKETS};
	static const unsigned country_columns[] = {
			TT_COUNTRIES_COUNTRY, TT_COUNTRIES_PACKETS};
	static const unsigned signature_columns[] = {TT_SIGNATURES_GID, TT_SIGNATURES_SID,
			TT_SIGNATURES_REV, TT_SIGNATURES_MESSAGE, TT_SIGNATURES_CATEGORY,
			TT_SIGNATURES_COUNTRY, TT_SIGNATURES_DETECTIONS};
	const struct tt_scan scans[] = {
			{TT_TABLE_SKETCHES, sketch_columns, TT_ARRAY_SIZE(sketch_columns),
					add_sketch, begin_sketch, NULL, reading},
			{TT_TABLE_COUNTRIES, country_columns,
					TT_ARRAY_SIZE(country_columns), add_countries,
					begin_countries, end_countries, reading},
			{TT_TABLE_SIGNATURES, signature_columns,
					TT_ARRAY_SIZE(signature_columns), add_signatures,
					begin_signatures, end_signatures, reading},
			{TT_TABLE_TARGETS, target_columns, TT_ARRAY_SIZE(target_columns),
					add_targets, begin_targets, end_targets, reading},
	};

	struct tt_scan all[TT_ARRAY_SIZE(scans) + 5];
	unsigned n = tt_observation_ipv6_scans(reading, true, all);

	n += tt_observation_rules_scan(reading, &all[n]);
	memcpy(&all[n], scans, sizeof(scans));
	n += TT_ARRAY_SIZE(scans);
	n += tt_observation_ipv6_scans(reading, false, &all[n]);
	return tt_scan_snapshot(all, n, path, err);
}
