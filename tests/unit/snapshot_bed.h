/* SPDX-License-Identifier: BSD-3-Clause */
/* A spool in a temporary directory and intervals made by hand, for the tests above the tally. */
#ifndef SNAPSHOT_BED_H
#define SNAPSHOT_BED_H

#include "tt_snapshot.h"
#include "tt_spool.h"
#include "tt_time.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define BED_PAIRS     64
#define BED_START     (INT64_C(1795387500) * TT_US_PER_S) /* 2026-11-22T22:45:00Z */
#define BED_MINUTE    (60 * TT_US_PER_S)
#define BED_MONITORED "192.0.2.0/24"

struct bed {
	char dir[64]; /* temporary; the spool is DIR/spool */
	char spool_path[128];
	struct tt_spool *spool;
	struct tt_tally *tally;
	struct tt_merge *merge;
	struct tt_geo *geo;
	struct tt_ledger_row ledger[TT_N_FATES + 7];
	unsigned n_ledger;
	struct tt_totals totals;
	struct tt_error err;
};

static inline int
bed_remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static inline void
bed_remove(const char *path)
{
	nftw(path, bed_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void
bed_open_spool(struct bed *b, enum tt_sync sync)
{
	int ret = tt_spool_open(&b->spool, b->spool_path, "tokyo-1", sync, &b->err);

	if (ret != 0)
		fail_msg("%s: %s", b->err.where, b->err.why);
}

static inline void
bed_init(struct bed *b)
{
	const char *tmp = getenv("TMPDIR");

	memset(b, 0, sizeof(*b));
	snprintf(b->dir, sizeof(b->dir), "%.40s/tt-snapshot-XXXXXX",
			tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->spool_path, sizeof(b->spool_path), "%s/spool", b->dir);
	assert_int_equal(
			tt_tally_create(&b->tally, BED_PAIRS, tt_mem_heap(), &b->err), 0);
	assert_int_equal(
			tt_merge_create(&b->merge, BED_PAIRS, tt_mem_heap(), &b->err), 0);
	assert_int_equal(tt_geo_open(&b->geo, NULL, tt_mem_heap(), &b->err), 0);
	bed_open_spool(b, TT_SYNC_NONE);
}

static inline void
bed_fini(struct bed *b)
{
	tt_spool_close(b->spool);
	tt_geo_close(b->geo);
	tt_merge_destroy(b->merge);
	tt_tally_destroy(b->tally);
	bed_remove(b->dir);
}

/* Counts one frame: a TCP SYN from 198.51.100.HOST to a port. */
static inline void
bed_syn(struct bed *b, unsigned host, uint16_t port, int64_t us)
{
	const struct tt_packet p = {
			.src = tt_addr_v4(0xc6336400u | host),
			.dst = tt_addr_v4(0xc0000201u),
			.ip_bytes = 40,
			.ip_version = 4,
			.protocol = TT_PROTO_TCP,
			.ttl = 64,
			.has_ports = true,
			.dst_port = port,
			.tcp_flags = TT_TCP_SYN,
	};

	tt_tally_one_ref(b->tally, &p, us);
	b->tally->frames++;
	b->tally->fates[TT_FATE_COUNTED]++;
	b->tally->frame_bytes += 60;
	b->tally->first_us = b->tally->first_us == 0 ? us : b->tally->first_us;
	b->tally->last_us = us;
}

static inline void
bed_echo(struct bed *b, unsigned host, int64_t us)
{
	const struct tt_packet p = {
			.src = tt_addr_v4(0xc6336400u | host),
			.dst = tt_addr_v4(0xc0000202u),
			.ip_bytes = 84,
			.ip_version = 4,
			.protocol = TT_PROTO_ICMP,
			.ttl = 50,
			.has_icmp = true,
			.icmp_type = 8,
	};

	tt_tally_one_ref(b->tally, &p, us);
	b->tally->frames++;
	b->tally->fates[TT_FATE_COUNTED]++;
}

/* Three sources, two targets, 6 packets. */
static inline void
bed_count_some(struct bed *b, int64_t start_us)
{
	tt_tally_reset(b->tally);
	bed_syn(b, 1, 445, start_us + 1);
	bed_syn(b, 1, 445, start_us + 2);
	bed_syn(b, 2, 445, start_us + 3);
	bed_syn(b, 2, 23, start_us + 4);
	bed_syn(b, 3, 23, start_us + 5);
	bed_echo(b, 3, start_us + 6);
	b->tally->frames++;
	b->tally->fates[TT_FATE_ARP]++;
}

static inline void
bed_ledger_row(struct bed *b, const char *account, const char *reason, uint64_t packets)
{
	b->ledger[b->n_ledger++] = (struct tt_ledger_row){
			"capture-files", 0, account, reason, packets};
}

static inline void
bed_make_ledger(struct bed *b)
{
	b->n_ledger = 0;
	bed_ledger_row(b, TT_ACCOUNT_NIC, TT_REASON_MISSED, 0);
	bed_ledger_row(b, TT_ACCOUNT_NIC, TT_REASON_NO_MBUF, 0);
	bed_ledger_row(b, TT_ACCOUNT_NIC, TT_REASON_ERRORS, 2);
	bed_ledger_row(b, TT_ACCOUNT_NIC, TT_REASON_DELIVERED, b->tally->frames);
	for (unsigned i = 0; i < TT_N_FATES; i++)
		bed_ledger_row(b, TT_ACCOUNT_FRAMES, tt_fate_name((enum tt_fate)i),
				b->tally->fates[i]);
	bed_ledger_row(b, TT_ACCOUNT_NOTE, TT_REASON_LATE, b->tally->late);
}

/* Writes what the tally holds as the snapshot of the minute that begins at start_us. */
static inline int
bed_write(struct bed *b, int64_t start_us)
{
	struct tt_interval interval = {
			.span = {start_us, start_us + BED_MINUTE},
			.nominal_us = BED_MINUTE,
			.observed_us = BED_MINUTE,
			.complete = true,
			.tallies = &b->tally,
			.n_tallies = 1,
	};
	const struct tt_run_info run = {
			.monitored = BED_MONITORED,
			.monitored_addresses = 256,
			.program = "test",
			.version = "0",
			.host = "bed",
			.workers = 1,
	};

	b->tally->span = interval.span;
	bed_make_ledger(b);
	return tt_spool_write(b->spool, &interval, b->merge, b->geo, &run, b->ledger,
			b->n_ledger, &b->totals, &b->err);
}

static inline void
bed_write_ok(struct bed *b, int64_t start_us)
{
	if (bed_write(b, start_us) != 0)
		fail_msg("%s: %s", b->err.where, b->err.why);
}

/* The path of one of the snapshots, or of a file in it. */
static inline char *
bed_path(const struct bed *b, int64_t start_us, const char *file, char path[256])
{
	char day[TT_TIME_TEXT_MAX], name[TT_TIME_TEXT_MAX];

	snprintf(path, 256, "%s/tokyo-1/%s/%s%s%s", b->spool_path,
			tt_time_format_date(start_us, day),
			tt_time_format_compact(start_us, name), file == NULL ? "" : "/",
			file == NULL ? "" : file);
	return path;
}

static inline size_t
bed_count_snapshots(const struct bed *b)
{
	struct tt_snapshot_list list;
	struct tt_error err = {0};
	size_t n;

	assert_int_equal(
			tt_snapshot_list_scan(&list, b->spool_path, 0, TT_TIME_MAX, &err),
			0);
	n = list.n;
	tt_snapshot_list_fini(&list);
	return n;
}

#endif
