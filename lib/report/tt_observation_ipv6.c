/* SPDX-License-Identifier: BSD-3-Clause */
/* What of a snapshot is IPv6, where a report is of IPv4 (docs/decisions/0018-rates-of-ipv4.md): taken out of its sums, and counted beside. */
#include "tt_observation_tables.h"
#include "tt_sketch.h"

#include <errno.h>
#include <string.h>

#define OF_PREFIXES "sources/prefix/"
#define OF_TARGETS  "sources/target/"

_Static_assert((int)TT_IPV6_TARGETS_PROTOCOL == (int)TT_TARGETS_PROTOCOL
				&& (int)TT_IPV6_TARGETS_TARGET == (int)TT_TARGETS_TARGET
				&& (int)TT_IPV6_TARGETS_BACKSCATTER
						== (int)TT_TARGETS_BACKSCATTER
				&& (int)TT_IPV6_TARGETS_COUNTRY == (int)TT_TARGETS_COUNTRY
				&& (int)TT_IPV6_TARGETS_PACKETS
						== (int)TT_TARGETS_PACKETS,
		"columns of one table are those of the other");

static int
wrong(struct tt_error *err, int ret)
{
	return tt_error_set(err, ret, NULL, "%s",
			ret == -ENOMEM ? "out of memory" : "a value that cannot be");
}

int
tt_observation_ipv6_init(struct tt_observation_reading *reading)
{
	if (!reading->o->archive->of_ipv4)
		return 0;
	reading->ipv6 = calloc(1, sizeof(*reading->ipv6));
	if (reading->ipv6 != NULL)
		reading->ipv6->registers = malloc((size_t)1 << TT_SKETCH_P_MAX);
	return reading->ipv6 == NULL || reading->ipv6->registers == NULL ? -ENOMEM : 0;
}

void
tt_observation_ipv6_fini(struct tt_observation_reading *reading)
{
	if (reading->ipv6 == NULL)
		return;
	free(reading->ipv6->registers);
	free(reading->ipv6->detected);
	free(reading->ipv6);
	reading->ipv6 = NULL;
}

void
tt_observation_ipv6_begin(struct tt_observation_reading *reading, int64_t packets)
{
	struct tt_observation_ipv6 *x = reading->ipv6;

	x->packets = packets;
	x->rows = x->told = x->answers = x->detections = 0;
	x->p = 0;
	x->n_detected = 0;
}

static int
negate(struct tt_ipv6_batch *to, const struct tt_parquet_batch *from)
{
	const struct tt_parquet_values
			*protocols = &from->columns[TT_IPV6_TARGETS_PROTOCOL];
	const int64_t *packets = from->columns[TT_IPV6_TARGETS_PACKETS].ints;
	unsigned n = 0;

	if (!tt_scan_are_targets(from->columns[TT_IPV6_TARGETS_TARGET].ints, from->n)
			|| tt_scan_any_negative(packets, from->n))
		return -EBADMSG;
	for (; n < from->n && *protocols->texts[protocols->codes[n]] != '\0'; n++)
		to->packets[n] = -packets[n];
	if (n + 1 < from->n) /* the row of the rest is the last one */
		return -EBADMSG;
	memcpy(to->columns, from->columns, sizeof(to->columns));
	to->columns[TT_IPV6_TARGETS_PACKETS].ints = to->packets;
	to->batch = (struct tt_parquet_batch){.n = n, .columns = to->columns};
	return 0;
}

/* No row that is left has the protocol of the rest. */
static int32_t
protocol_of(void *context, const char *text)
{
	return *text == '\0' ? 0 : tt_scan_protocol(context, text);
}

int
tt_ipv6_negate(struct tt_ipv6_batch *to, const struct tt_parquet_batch *from,
		struct tt_text_map *protocols, struct tt_text_map *countries,
		struct tt_observed_names *names, struct tt_error *err)
{
	int ret = negate(to, from);

	if (ret == 0)
		ret = tt_text_map_fill(protocols,
				&from->columns[TT_IPV6_TARGETS_PROTOCOL], protocol_of,
				NULL);
	if (ret == 0)
		ret = tt_text_map_fill(countries, &from->columns[TT_IPV6_TARGETS_COUNTRY],
				tt_scan_country, names);
	return ret == 0 ? 0 : wrong(err, ret);
}

static int
begin_targets(void *context, int64_t sign, struct tt_error *err)
{
	struct tt_observation_reading *r = context;

	tt_text_map_forget(&r->protocols);
	tt_text_map_forget(&r->countries);
	return 0;
}

/* Out of what countries have, and into the sums of the snapshot. */
static void
add_countries(struct tt_observation_reading *r, const struct tt_ipv6_batch *b,
		int64_t sign)
{
	struct tt_observation *o = r->o;
	const uint32_t *codes = b->columns[TT_IPV6_TARGETS_COUNTRY].codes;
	const int64_t *answers = b->columns[TT_IPV6_TARGETS_BACKSCATTER].ints;

	for (unsigned i = 0; i < b->batch.n; i++) {
		size_t country = (size_t)r->countries.index[codes[i]];
		uint64_t n = (uint64_t)(sign * b->packets[i]);

		o->countries[country] += n;
		if (r->day >= 0)
			o->country_days[country * o->period.n_days + (size_t)r->day] += n;
		r->ipv6->told -= (uint64_t)b->packets[i];
		if (answers[i] != 0)
			r->ipv6->answers -= (uint64_t)b->packets[i];
	}
}

static int
add_targets(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	struct tt_observation_reading *r = context;
	struct tt_ipv6_batch b;
	int ret = tt_ipv6_negate(
			&b, batch, &r->protocols, &r->countries, r->o->names, err);

	if (ret != 0)
		return ret;
	if (tt_observation_add_targets(r, &b.batch, sign) != 0)
		return wrong(err, -ENOMEM);
	add_countries(r, &b, sign);
	for (unsigned i = 0; i < batch->n; i++)
		r->ipv6->rows += (uint64_t)batch->columns[TT_IPV6_TARGETS_PACKETS]
						 .ints[i];
	return 0;
}

static int
end_targets(void *context, struct tt_error *err)
{
	const struct tt_observation_ipv6 *x = ((struct tt_observation_reading *)context)
							      ->ipv6;

	if (x->rows == (uint64_t)x->packets)
		return 0;
	return tt_error_set(err, -EBADMSG, NULL,
			"its rows add up to %llu packets, the manifest says %lld",
			(unsigned long long)x->rows, (long long)x->packets);
}

static int
begin_sketch(void *context, int64_t sign, struct tt_error *err)
{
	struct tt_observation_reading *r = context;

	memset(r->ipv6->registers, 0, (size_t)1 << TT_SKETCH_P_MAX);
	r->ipv6->p = 0;
	return 0;
}

/* Sources of an IPv6 prefix are IPv6; of all prefixes together, they are all of these. */
static bool
is_ipv6_prefix(const char *key)
{
	return strncmp(key, OF_PREFIXES, strlen(OF_PREFIXES)) == 0
			&& strchr(key, ':') != NULL;
}

static int
add_sketch(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	struct tt_observation_reading *r = context;
	struct tt_observation_ipv6 *x = r->ipv6;
	const struct tt_parquet_values *c = batch->columns;
	const struct tt_parquet_values *keys = &c[TT_SKETCHES_KEY];

	for (unsigned i = 0; i < batch->n; i++) {
		const char *key = keys->texts[keys->codes[i]];
		int64_t p = c[TT_SKETCHES_PRECISION].ints[i];
		int64_t reg = c[TT_SKETCHES_REGISTER].ints[i];
		int64_t rho = c[TT_SKETCHES_RHO].ints[i];

		if (strncmp(key, OF_TARGETS, strlen(OF_TARGETS)) == 0)
			return 1;
		if (!is_ipv6_prefix(key))
			continue;
		if (p < TT_SKETCH_P_MIN || p > TT_SKETCH_P_MAX
				|| (x->p != 0 && p != (int64_t)x->p)
				|| (r->o->ipv6_p != 0 && p != (int64_t)r->o->ipv6_p)
				|| reg < 0 || reg >> p != 0 || rho < 1
				|| rho > 64 - (int)p + 1)
			return wrong(err, -EBADMSG);
		x->p = (unsigned)p;
		if (rho > x->registers[reg])
			x->registers[reg] = (uint8_t)rho;
	}
	return 0;
}

/* The detections of a rule from a country, made where there are none yet. NULL: out of memory. */
static struct tt_ipv6_detected *
detected_of(struct tt_observation_ipv6 *x, const struct tt_ipv6_row *row)
{
	for (size_t i = 0; i < x->n_detected; i++) {
		struct tt_ipv6_detected *d = &x->detected[i];

		if (d->gid == row->gid && d->sid == row->sid && d->rev == row->rev
				&& d->country == row->country)
			return d;
	}
	if (x->n_detected == x->room) {
		size_t room = x->room == 0 ? 64 : x->room * 2;
		struct tt_ipv6_detected *more = reallocarray(
				x->detected, room, sizeof(*more));

		if (more == NULL)
			return NULL;
		x->detected = more;
		x->room = room;
	}
	x->detected[x->n_detected] = (struct tt_ipv6_detected){.gid = row->gid,
			.sid = row->sid,
			.rev = row->rev,
			.country = row->country};
	return &x->detected[x->n_detected++];
}

static int
add_detection(struct tt_observation_reading *r, const struct tt_parquet_batch *batch,
		unsigned i)
{
	const struct tt_parquet_values *c = batch->columns;
	const struct tt_parquet_values *src = &c[TT_SIGNATURE_SOURCES_SRC_IP];
	int64_t n = c[TT_SIGNATURE_SOURCES_DETECTIONS].ints[i];
	const struct tt_ipv6_row row = {.gid = c[TT_SIGNATURE_SOURCES_GID].ints[i],
			.sid = c[TT_SIGNATURE_SOURCES_SID].ints[i],
			.rev = c[TT_SIGNATURE_SOURCES_REV].ints[i],
			.country = (uint32_t)r->countries.index
						   [c[TT_SIGNATURE_SOURCES_COUNTRY].codes
										   [i]]};
	struct tt_ipv6_detected *d;

	if (n < 0)
		return -EBADMSG;
	if (strchr(src->texts[src->codes[i]], ':') == NULL)
		return 0;
	d = detected_of(r->ipv6, &row);
	if (d == NULL)
		return -ENOMEM;
	d->n += (uint64_t)n;
	d->left = d->n;
	return 0;
}

static int
begin_detections(void *context, int64_t sign, struct tt_error *err)
{
	tt_text_map_forget(&((struct tt_observation_reading *)context)->countries);
	return 0;
}

/* Nothing is added to sums yet, so there is nothing to take back. */
static int
add_detections(void *context, const struct tt_parquet_batch *batch, int64_t sign,
		struct tt_error *err)
{
	struct tt_observation_reading *r = context;
	int ret;

	if (sign < 0)
		return 0;
	ret = tt_text_map_fill(&r->countries,
			&batch->columns[TT_SIGNATURE_SOURCES_COUNTRY], tt_scan_country,
			r->o->names);
	for (unsigned i = 0; ret == 0 && i < batch->n; i++)
		ret = add_detection(r, batch, i);
	return ret == 0 ? 0 : wrong(err, ret);
}

void
tt_observation_ipv6_restore(struct tt_observation_reading *reading)
{
	struct tt_observation_ipv6 *x = reading->ipv6;

	for (size_t i = 0; x != NULL && i < x->n_detected; i++)
		x->detected[i].left = x->detected[i].n;
	if (x != NULL)
		x->detections = 0;
}

uint64_t
tt_observation_ipv6_take(
		struct tt_observation_reading *reading, const struct tt_ipv6_row *row)
{
	struct tt_observation_ipv6 *x = reading->ipv6;

	for (size_t i = 0; x != NULL && i < x->n_detected; i++) {
		struct tt_ipv6_detected *d = &x->detected[i];
		uint64_t n = d->left < row->n ? d->left : row->n;

		if (d->gid != row->gid || d->sid != row->sid || d->rev != row->rev
				|| d->country != row->country)
			continue;
		d->left -= n;
		x->detections += n;
		return n;
	}
	return 0;
}

unsigned
tt_observation_ipv6_scans(struct tt_observation_reading *reading, bool of_signatures,
		struct tt_scan *scans)
{
	static const unsigned target_columns[] = {TT_IPV6_TARGETS_PROTOCOL,
			TT_IPV6_TARGETS_TARGET, TT_IPV6_TARGETS_BACKSCATTER,
			TT_IPV6_TARGETS_COUNTRY, TT_IPV6_TARGETS_PACKETS};
	static const unsigned sketch_columns[] = {TT_SKETCHES_KEY, TT_SKETCHES_PRECISION,
			TT_SKETCHES_REGISTER, TT_SKETCHES_RHO};
	static const unsigned source_columns[] = {TT_SIGNATURE_SOURCES_GID,
			TT_SIGNATURE_SOURCES_SID, TT_SIGNATURE_SOURCES_REV,
			TT_SIGNATURE_SOURCES_SRC_IP, TT_SIGNATURE_SOURCES_COUNTRY,
			TT_SIGNATURE_SOURCES_DETECTIONS};
	const struct tt_manifest *m = reading->manifest;
	unsigned n = 0;

	if (reading->ipv6 == NULL || reading->ipv6->packets == 0)
		return 0;
	if (of_signatures) {
		if (m->detections > 0 && m->signature_sources_one_in == 1)
			scans[n++] = (struct tt_scan){TT_TABLE_SIGNATURE_SOURCES,
					source_columns, TT_ARRAY_SIZE(source_columns),
					add_detections, begin_detections, NULL, reading};
		return n;
	}
	scans[n++] = (struct tt_scan){TT_TABLE_SKETCHES, sketch_columns,
			TT_ARRAY_SIZE(sketch_columns), add_sketch, begin_sketch, NULL,
			reading};
	if (tt_manifest_tells_ipv6(m))
		scans[n++] = (struct tt_scan){TT_TABLE_IPV6_TARGETS, target_columns,
				TT_ARRAY_SIZE(target_columns), add_targets, begin_targets,
				end_targets, reading};
	return n;
}
