/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the snapshots of a period add up to: packets by target and country and by country and day, detections by
 * category, signature, country and day, distinct sources by day, and the denominators of rates. One thread.
 *
 * Heap memory: 16 bytes for each pair of a target and a country that there is (tt_crosstab.h), 512 KiB for each IP
 * protocol, 8 bytes for each country, times days, and for each pair of a category or a signature and a
 * country; 16 bytes for each pair of a signature and a country that there is on a day; 24 bytes for each signature that was loaded, and
 * what tt_signature_time.h says; 16 KiB for each day. However many snapshots there are adds nothing.
 *
 * Only columns that are needed are read, by the batch; texts are translated once for each dictionary, and a
 * row costs an addition. A snapshot that turns out to be damaged while it is being read is taken back: it is
 * read once more up to the damage, and what was added is subtracted.
 */
#ifndef TT_OBSERVATION_H
#define TT_OBSERVATION_H

#include "tt_address_time.h"
#include "tt_archive.h"
#include "tt_crosstab.h"
#include "tt_day_cover.h"
#include "tt_observed_names.h"
#include "tt_signature_time.h"

/* Numbers that grow at their end; what is not there is 0. */
struct tt_sums {
	uint64_t *sums; /* [n] */
	uint32_t n;
};

static inline uint64_t
tt_sums_get(const struct tt_sums *sums, size_t i)
{
	return i < sums->n ? sums->sums[i] : 0;
}

/* Different texts, each once, as they came. */
struct tt_texts {
	char **texts; /* [n] */
	size_t n;
};

/* Adds the time of a snapshot. */
void tt_exposure_add(struct tt_exposure *exposure, const struct tt_archive_entry *entry);

/* A day of a period. */
struct tt_observed_day {
	struct tt_exposure exposure; /* of the day's snapshots that are in no other day */
	struct tt_exposure signatures; /* likewise, in which signatures were loaded */
	uint64_t packets, detections;
	double sources; /* distinct, estimated from sketches; below 0: not known */
	uint8_t *registers; /* [1 << p] of their sketch, NULL: none */
	/* A snapshot has some of this day and of another one, and is left out of both. The day's rates are of the
	 * rest of it. */
	bool torn;
};

/* How a sensor was there. */
struct tt_observed_sensor {
	struct tt_exposure exposure;
	int64_t first_us, last_us;
	int64_t least_addresses, most_addresses;
	uint64_t packets;
	uint64_t ipv6_packets; /* likewise, where these are of IPv4 */
};

struct tt_observation {
	struct tt_period period;
	struct tt_archive *archive;
	struct tt_observed_names *names;

	struct tt_exposure exposure;
	struct tt_exposure
			signature_exposure; /* of the time in which signatures were loaded */
	uint64_t signatures_untold; /* snapshots of earlier programs with signatures for some of their time, not known which: it is there whole */
	struct tt_observed_day *days; /* [period.n_days] */
	struct tt_day_cover cover; /* of its days, by the archive's sensors */
	struct tt_observed_sensor *sensors; /* [archive->n_sensors] */

	/* Where the archive is of IPv4, packets and detections are those of IPv4, all sums of them as well, and what is IPv6 is
	 * here. */
	uint64_t ipv6_packets;
	uint64_t ipv6_untold; /* of these, those of no known target: they are in all sums still */
	uint64_t ipv6_detections;
	uint64_t ipv6_mixed; /* detections of snapshots in which they cannot be told apart: of both */
	double ipv6_sources; /* distinct, estimated */
	unsigned ipv6_p;
	uint8_t *ipv6_registers; /* [1 << ipv6_p], NULL: none */

	uint64_t packets;
	struct tt_crosstab targets; /* packets by target and country index */
	uint64_t *countries; /* [TT_OBSERVED_COUNTRIES] packets: exact, of the table countries */
	uint64_t *country_days; /* [TT_OBSERVED_COUNTRIES * n_days] */
	bool untold; /* some packets of targets have no country: cells are lower bounds */

	uint64_t detections;
	/* Of this and the other arrays of sums, names beyond the end have none. */
	struct tt_sums *categories; /* [n_categories] by country index */
	size_t n_categories;
	struct tt_sums *signatures; /* [n_signatures] by country index */
	size_t n_signatures;
	/* Detections by signature and tt_detected_place, of snapshots that are in one day. */
	struct tt_crosstab detected_days;
	struct tt_signature_times signature_times;
	uint64_t cut_short; /* packets whose matching was */

	/* By index of the names, in how many rows of signature_rules each was loaded, of snapshots that are in the rates. */
	struct tt_sums loaded;
	/* In what does not tell all that were loaded, such as snapshots of schema version 4: 0, or how many snapshots and rows. */
	uint64_t loaded_untold;

	unsigned p; /* of the sketches; 0: none */
	double sources; /* distinct, of the whole period; estimated from sketches */
	uint8_t *registers; /* [1 << p] */

	/* Of the method. Texts are each once. */
	struct tt_texts geo, asn, fingerprint_rules, signature_rules;
	struct tt_ledger_short ledger;
	uint64_t partial, sampled; /* snapshots */
	uint64_t backscatter_packets;
	int64_t uniq_src_ip_max; /* in any one snapshot */

	/* What has some time of the period and is left out, since it has other time as well. */
	uint64_t n_across;
	int64_t across_us; /* how much time of the period */
	const char *across; /* path of the first one in time */
	int64_t across_start_us; /* where that begins */
	uint64_t n_torn_days;
};

/* Where detected_days has what came from a country on a day. */
static inline uint32_t
tt_detected_place(uint32_t day, uint32_t country)
{
	return day * TT_OBSERVED_COUNTRIES + country;
}

/* How far reading has come. */
struct tt_observing {
	void (*progress)(void *context, double share); /* NULL: nobody asks */
	void *context;
	double from, to; /* the share before and after */
};

/* Tells that so much of it is done, 0 to 1; NULL: nobody asks. */
void tt_observing_show(const struct tt_observing *observing, double share);

/*
 * Reads what the archive has of a period. names are added to. Damaged snapshots are noted in the archive and
 * left out whole. Returns 0; -EAGAIN where a snapshot is not what was listed any more, so that all has to begin anew (tt_archive.h); -ENOMEM;
 * or -EIO where a damaged snapshot could not be taken back; with err.
 */
int tt_observation_read(struct tt_observation *observation, struct tt_archive *archive,
		struct tt_observed_names *names, const struct tt_period *period,
		const struct tt_observing *observing, struct tt_error *err) TT_MUST_CHECK;
void tt_observation_fini(struct tt_observation *observation);

/* What an array of sums has at an index of the names, over all of the other index; and in one place of it. */
uint64_t tt_sums_total(const struct tt_sums *array, size_t n, int32_t index);
uint64_t tt_sums_at(const struct tt_sums *array, size_t n, int32_t index, int32_t other);

/* Packets of a target over all countries, and from one of them; indices of the names, -1 gives 0. */
uint64_t tt_observation_target(const struct tt_observation *observation, int32_t target);
uint64_t tt_observation_target_country(const struct tt_observation *observation,
		int32_t target, int32_t country);

/* How many snapshots of the archive that begin in the period lack this. */
size_t tt_observation_damages(
		const struct tt_observation *observation, enum tt_archive_lack lack);

/* The share of the time of all sensors in the period that was observed, 0 to 1 (more where time is there
 * twice); and of one of its days, from midnight to midnight, whatever of it is in the period. */
double tt_observation_coverage(const struct tt_observation *observation);
double tt_observation_day_coverage(
		const struct tt_observation *observation, unsigned day);
/* The same of a day of which only so much was observed, added up over sensors. */
double tt_observation_day_coverage_of(
		const struct tt_observation *observation, int64_t observed_us);

/* Is a day observed whole, by the sensors that observed some of it (tt_day_cover.h)? Else its rate may be that of some of its
 * hours alone. */
bool tt_observation_day_whole(const struct tt_observation *observation, unsigned day);

/* The unit of all rates of a report. */
enum tt_rate_unit {
	TT_PER_ADDRESS, /* per day and monitored address */
	TT_PER_IPV4_ADDRESS, /* the same of IPv4, where IPv6 is monitored as well */
	/* Per day and sensor: where so many addresses are monitored (IPv6) that rates by address say nothing. */
	TT_PER_SENSOR,
};

/* By address, of IPv4 where the archive is, unless an observation (NULL: none) has packets and by address rounds to 0.00. */
enum tt_rate_unit tt_rate_unit_of(
		const struct tt_observation *now, const struct tt_observation *before);

/* Is there any such rate? There is none where nothing was observed, or, of IPv4, only by sensors of IPv6. */
bool tt_rate_is_any(enum tt_rate_unit unit, const struct tt_exposure *exposure);

/* Packets or detections per day and address or sensor; 0 where there is none. */
double tt_rate(enum tt_rate_unit unit, const struct tt_exposure *exposure,
		uint64_t count);
/* The same of what was weighted. */
double tt_rate_of(
		enum tt_rate_unit unit, const struct tt_exposure *exposure, double count);

/* The share of some time that a part of it is, by the unit of rates; at most 1. 1 where the part is none. */
double tt_rate_share(enum tt_rate_unit unit, const struct tt_exposure *part,
		const struct tt_exposure *all);

/* How long a signature was loaded, in the period; in one of its days. */
struct tt_exposure tt_observation_signature_time(
		const struct tt_observation *observation, int32_t signature);
struct tt_exposure tt_observation_signature_day(const struct tt_observation *observation,
		int32_t signature, unsigned day);

#endif
