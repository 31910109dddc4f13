/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4 and IPv6 of what an archive has. */
#include "tt_archive_private.h"

#include <errno.h>
#include <string.h>

/* Would all that came by IPv4 round to 0.00 for each of its addresses, such as of 0.0.0.0/0? Then rates will be by sensor, and there is no
 * reason to leave out IPv6. */
static bool
says_nothing(const struct tt_archive *a)
{
	struct tt_address_time time = {0};
	uint64_t packets = 0;

	for (size_t i = 0; i < a->n; i++) {
		const struct tt_archive_entry *e = &a->entries[i];

		tt_address_time_join(&time, e->ipv4_time);
		packets += (uint64_t)e->packets;
		packets -= e->ipv6_packets > 0 ? (uint64_t)e->ipv6_packets : 0;
	}
	return packets > 0 && tt_address_rate(packets, time) < TT_RATE_LEAST;
}

/* Does a snapshot of the period monitor IPv4? */
static bool
has_ipv4(const struct tt_archive_entry *e, const struct tt_period *period)
{
	return e->ipv4_time.us > 0 && e->start_us >= period->from_us
			&& e->end_us <= period->to_us;
}

void
tt_archive_choose_version(struct tt_archive *a, const struct tt_period *period)
{
	bool ipv4 = false, ipv6 = false;

	for (size_t i = 0; i < a->n; i++) {
		ipv4 = ipv4 || has_ipv4(&a->entries[i], period);
		ipv6 = ipv6 || a->entries[i].ipv6;
	}
	a->of_ipv4 = ipv4 && ipv6 && !says_nothing(a);
	for (size_t i = 0; a->of_ipv4 && i < a->n; i++) {
		/* Of a merged one with IPv6, coverage does not tell how many were of IPv4 when. */
		if (a->entries[i].ipv6)
			a->entries[i].least_addresses = a->entries[i].ipv4;
		a->entries[i].addresses = a->entries[i].ipv4;
		a->entries[i].address_time = a->entries[i].ipv4_time;
	}
}

static int
add_destinations(const struct tt_parquet_batch *batch, int64_t *packets)
{
	const struct tt_parquet_values
			*names = &batch->columns[TT_DESTINATIONS_DESTINATION];
	const int64_t *counts = batch->columns[TT_DESTINATIONS_PACKETS].ints;

	for (unsigned i = 0; i < batch->n; i++) {
		if (counts[i] < 0)
			return -EBADMSG;
		if (strchr(names->texts[names->codes[i]], ':') != NULL
				&& __builtin_add_overflow(*packets, counts[i], packets))
			return -EBADMSG;
	}
	return 0;
}

int
tt_archive_ipv6_packets(struct tt_archive_entry *entry, struct tt_error *err)
{
	static const bool wanted[TT_DESTINATIONS_N_COLUMNS] = {
			[TT_DESTINATIONS_DESTINATION] = true,
			[TT_DESTINATIONS_PACKETS] = true};
	struct tt_parquet_reader *reader;
	struct tt_parquet_batch batch;
	int64_t packets = 0;
	int ret, more = 0;

	if (entry->ipv6_packets >= 0)
		return 0;
	ret = tt_snapshot_table_at(entry->path, TT_TABLE_DESTINATIONS, &reader, err);
	if (ret != 0)
		return ret;
	tt_parquet_select(reader, wanted);
	while (ret == 0 && (more = tt_parquet_next_batch(reader, &batch, err)) > 0)
		ret = add_destinations(&batch, &packets);
	tt_parquet_close(reader);
	if (more < 0)
		return more;
	if (ret != 0 || packets > entry->packets)
		return tt_error_set(err, -EBADMSG, entry->path,
				"its table destinations has a count that cannot be");
	entry->ipv6_packets = packets;
	return 0;
}
