/* SPDX-License-Identifier: BSD-3-Clause */
/* Rates, their unit, and coverage. */
#include "tt_observation.h"

static double
coverage(const struct tt_observation *o, int64_t observed_us, int64_t length_us)
{
	size_t n = 0;

	for (size_t i = 0; i < o->archive->n_sensors; i++)
		n += o->sensors[i].exposure.snapshots > 0;
	return n == 0 ? 0 : (double)observed_us / ((double)length_us * (double)n);
}

double
tt_observation_coverage(const struct tt_observation *observation)
{
	const struct tt_period *p = &observation->period;

	return coverage(observation, observation->exposure.observed_us,
			p->to_us - p->from_us);
}

double
tt_observation_day_coverage(const struct tt_observation *observation, unsigned day)
{
	return tt_observation_day_coverage_of(
			observation, observation->days[day].exposure.observed_us);
}

double
tt_observation_day_coverage_of(
		const struct tt_observation *observation, int64_t observed_us)
{
	return coverage(observation, observed_us, TT_US_PER_DAY);
}

bool
tt_observation_day_whole(const struct tt_observation *observation, unsigned day)
{
	return tt_day_is_whole(tt_day_cover_share(&observation->cover, day));
}

static struct tt_address_time
time_of(enum tt_rate_unit unit, const struct tt_exposure *exposure)
{
	return unit == TT_PER_SENSOR ? tt_address_time_of(exposure->observed_us, 1)
				     : exposure->address_time;
}

bool
tt_rate_is_any(enum tt_rate_unit unit, const struct tt_exposure *exposure)
{
	return time_of(unit, exposure).us > 0;
}

double
tt_rate(enum tt_rate_unit unit, const struct tt_exposure *exposure, uint64_t count)
{
	return tt_address_rate(count, time_of(unit, exposure));
}

double
tt_rate_of(enum tt_rate_unit unit, const struct tt_exposure *exposure, double count)
{
	const struct tt_address_time sum = time_of(unit, exposure);

	return sum.us > 0 ? count / tt_address_days(sum) : 0;
}

double
tt_rate_share(enum tt_rate_unit unit, const struct tt_exposure *part,
		const struct tt_exposure *all)
{
	const unsigned __int128 some = time_of(unit, part).us,
				whole = time_of(unit, all).us;

	return some == 0 || some >= whole ? 1 : (double)some / (double)whole;
}

struct tt_exposure
tt_observation_signature_time(const struct tt_observation *observation, int32_t signature)
{
	return tt_signature_times_get(
			&observation->signature_times, (size_t)signature, -1);
}

struct tt_exposure
tt_observation_signature_day(
		const struct tt_observation *observation, int32_t signature, unsigned day)
{
	return tt_signature_times_get(
			&observation->signature_times, (size_t)signature, (int32_t)day);
}

static bool
says_nothing(const struct tt_observation *o)
{
	return o != NULL && o->packets > 0
			&& tt_rate(TT_PER_ADDRESS, &o->exposure, o->packets)
			< TT_RATE_LEAST;
}

enum tt_rate_unit
tt_rate_unit_of(const struct tt_observation *now, const struct tt_observation *before)
{
	if (says_nothing(now) || says_nothing(before))
		return TT_PER_SENSOR;
	return now->archive->of_ipv4 ? TT_PER_IPV4_ADDRESS : TT_PER_ADDRESS;
}
