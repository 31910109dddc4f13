/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rates of snapshots that may monitor IPv4 and IPv6: of the packets of IPv4 by the addresses of IPv4 then, else of all by all
 * (docs/decisions/0018-rates-of-ipv4.md). Pure functions, any thread.
 */
#ifndef TT_VERSION_RATE_H
#define TT_VERSION_RATE_H

#include "tt_address_time.h"
#include "tt_manifest.h"

/* What a rate is by, of snapshots added up; zeroed it is of none. */
struct tt_version_time {
	struct tt_address_time all, ipv4;
	bool any_ipv4, any_ipv6; /* monitored */
	bool untold; /* some packets of IPv6 are not known as such: rates are upper bounds */
};

static inline void
tt_version_time_add(struct tt_version_time *sum, const struct tt_manifest *m)
{
	tt_address_time_join(&sum->all,
			tt_address_time_of(m->observed_us, m->monitored_addresses));
	tt_address_time_join(&sum->ipv4, (struct tt_address_time){m->ipv4_us});
	sum->any_ipv4 = sum->any_ipv4 || m->monitored_ipv4 > 0;
	sum->any_ipv6 = sum->any_ipv6 || m->monitors_ipv6;
	sum->untold = sum->untold || m->ipv6_packets < 0;
}

/* Are rates of IPv4? */
static inline bool
tt_version_is_ipv4(const struct tt_version_time *sum)
{
	return sum->any_ipv4 && sum->any_ipv6;
}

static inline struct tt_address_time
tt_version_time_of(const struct tt_version_time *sum)
{
	return tt_version_is_ipv4(sum) ? sum->ipv4 : sum->all;
}

/* Per day and address, of packets of which `ipv6` are known to be IPv6; 0 where nothing was observed. */
static inline double
tt_version_rate(const struct tt_version_time *sum, uint64_t packets, uint64_t ipv6)
{
	return tt_address_rate(tt_version_is_ipv4(sum) ? packets - ipv6 : packets,
			tt_version_time_of(sum));
}

/*
 * Are there packets, and so many addresses (IPv6) that a rate by address would be shown as 0.00? As reports
 * do (tt_archive_choose_version), text then gives packets per day and sensor, of both versions.
 */
static inline bool
tt_version_rate_is_nil(const struct tt_version_time *sum, uint64_t packets, uint64_t ipv6)
{
	const double rate = tt_version_rate(sum, packets, ipv6);

	return rate > 0 && rate < TT_RATE_LEAST;
}

/* Per day and sensor, of IPv4 and IPv6, observed by all of them for so long; 0 where nothing was observed. */
static inline double
tt_version_sensor_rate(uint64_t packets, int64_t observed_us)
{
	return tt_address_rate(packets, tt_address_time_of(observed_us, 1));
}

#endif
