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

#define BED_PAIRS     TT_PAIRS_MIN
#define BED_START     (INT64_C(1795387500) * TT_US_PER_S) /* 2026-11-22T22:45:00Z */
#define BED_MINUTE    (60 * TT_US_PER_S)
#define BED_MONITORED "192.0.2.0/24"

/* Two rules, of which the sources of bed_scan carry the first. */
#define BED_RULES                                                                 \
	"version: 1\n"                                                            \
	"fingerprints:\n"                                                         \
	"  - {id: zmap-ip-id, title: ZMap before 4.1, where: tcp.flags == syn,\n" \
	"     match: ip.id == 54321, chance: 1/65536,\n"                          \
	"     source: {packets: 2, percent: 50}, origin: a test}\n"               \
	"  - {id: source-port-6000, title: Port 6000, where: tcp.flags == syn,\n" \
	"     match: tcp.srcport == 6000, chance: 1/65536,\n"                     \
	"     source: {packets: 2, percent: 50}, origin: a test}\n"

struct bed {
	char dir[64]; /* temporary; the spool is DIR/spool */
	char spool_path[128];
	struct tt_spool *spool;
	struct tt_tally *tally;
	struct tt_merge *merge;
	const struct tt_merge_config *config;
	const char *monitored;
	int64_t monitored_addresses;
	struct tt_ledger_row ledger[TT_N_FATES + 8];
	uint64_t link_down_us; /* 0: no row of it */
	unsigned n_ledger;
	struct tt_totals totals;
	struct tt_error err;
};

/* What all tests of a program share, for it is large. */
struct bed_world {
	struct tt_geo *geo;
	struct tt_units destinations, prefixes;
	struct tt_fingerprints *fingerprints;
	struct tt_merge_config config;
	struct tt_tally *tally;
	struct tt_merge *merge;
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

static inline struct tt_fingerprints *
bed_rules(void)
{
	char path[] = "/tmp/tt-rules-XXXXXX";
	struct tt_fingerprints *set = NULL;
	struct tt_error err = {0};
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, BED_RULES, strlen(BED_RULES)), strlen(BED_RULES));
	close(fd);
	if (tt_fingerprints_open(&set, path, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	unlink(path);
	return set;
}

/* Two signatures: of every packet to a port below 100; of the second and later ones of a source. */
static inline const struct tt_rules *
bed_signatures(void)
{
	static struct tt_rule rules[] = {
			{.gid = 1,
					.sid = 100,
					.rev = 2,
					.message = "low port",
					.category = "Scan"},
			{.gid = 1,
					.sid = 200,
					.rev = 1,
					.message = "again",
					.category = "Others",
					.count = {TT_RULE_COUNT_FILTER,
							TT_RULE_TRACK_SOURCE, 1, 60,
							TT_RULE_UNIQUE_NONE}},
	};
	static const struct tt_rules set = {
			.rules = rules, .n = 2, .n_counting = 1, .identity = "2 rules"};

	return &set;
}

static inline struct bed_world *
bed_world(void)
{
	static struct bed_world world;
	struct bed_world *w = &world;
	struct tt_tally_config tally = {.pairs = BED_PAIRS,
			.destinations = &w->destinations,
			.prefixes = &w->prefixes,
			.rules = bed_signatures(),
			.signature_hits = TT_HITS_MIN};
	struct tt_prefix_set set = {0};

	if (w->geo != NULL)
		return w;
	assert_int_equal(tt_geo_open(&w->geo, NULL, tt_mem_heap(), NULL), 0);
	assert_int_equal(tt_prefix_set_parse(&set, BED_MONITORED, NULL), 0);
	assert_int_equal(tt_units_init(&w->destinations, &set, 65536, 0, 0, NULL), 0);
	assert_int_equal(tt_units_init(&w->prefixes, &set, 4096, 8, 64, NULL), 0);
	tt_prefix_set_fini(&set);
	w->fingerprints = bed_rules();
	tally.geo = w->geo;
	w->config = (struct tt_merge_config){
			.max_pairs = BED_PAIRS,
			.geo = w->geo,
			.destinations = &w->destinations,
			.prefixes = &w->prefixes,
			.fingerprints = w->fingerprints,
			.rules = bed_signatures(),
			.max_signature_hits = TT_HITS_MIN,
			.source_ports = 2,
			.talkers = 2,
			.sketch_rows = 1000,
	};
	assert_int_equal(tt_tally_create(&w->tally, &tally, tt_mem_heap(), NULL), 0);
	assert_int_equal(tt_merge_create(&w->merge, &w->config, tt_mem_heap(), NULL), 0);
	return w;
}

static inline void
bed_init(struct bed *b)
{
	const char *tmp = getenv("TMPDIR");
	struct bed_world *w = bed_world();

	memset(b, 0, sizeof(*b));
	snprintf(b->dir, sizeof(b->dir), "%.40s/tt-snapshot-XXXXXX",
			tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->spool_path, sizeof(b->spool_path), "%s/spool", b->dir);
	b->tally = w->tally;
	b->merge = w->merge;
	b->config = &w->config;
	b->monitored = BED_MONITORED;
	b->monitored_addresses = 256;
	tt_tally_reset(b->tally);
	bed_open_spool(b, TT_SYNC_NONE);
}

static inline void
bed_fini(struct bed *b)
{
	tt_spool_close(b->spool);
	bed_remove(b->dir);
}

/* A bed that monitors another space, with tables of its own; it ends by bed_space_fini. */
struct bed_space {
	struct tt_units units; /* destinations and prefixes, 4096 at most */
	struct tt_merge_config config;
};

static inline void
bed_space_init(struct bed *b, struct bed_space *space, const char *monitored)
{
	struct tt_prefix_set set = {0};
	struct tt_tally_config tally = {.pairs = BED_PAIRS,
			.geo = bed_world()->geo,
			.destinations = &space->units,
			.prefixes = &space->units,
			.rules = bed_signatures(),
			.signature_hits = TT_HITS_MIN};

	bed_init(b);
	b->monitored = monitored;
	assert_int_equal(tt_prefix_set_parse(&set, monitored, NULL), 0);
	b->monitored_addresses = tt_prefix_set_size(&set);
	assert_int_equal(tt_units_init(&space->units, &set, 4096, 8, 64, NULL), 0);
	tt_prefix_set_fini(&set);
	space->config = bed_world()->config;
	space->config.destinations = space->config.prefixes = &space->units;
	b->config = &space->config;
	assert_int_equal(tt_tally_create(&b->tally, &tally, tt_mem_heap(), NULL), 0);
	assert_int_equal(tt_merge_create(&b->merge, &space->config, tt_mem_heap(), NULL),
			0);
}

static inline void
bed_space_fini(struct bed *b, struct bed_space *space)
{
	tt_merge_destroy(b->merge);
	tt_tally_destroy(b->tally);
	tt_units_fini(&space->units);
	bed_fini(b);
}

/* Counts one frame; of its bytes, only the length of the TCP header is ever looked at. */
static inline void
bed_packet(struct bed *b, const struct tt_packet *p, int64_t us)
{
	static const uint8_t frame[40] = {[20 + 12] = 0x50};
	tt_detail detail = tt_backscatter_detail(p, frame, sizeof(frame))
			| tt_fingerprints_one_ref(b->config->fingerprints, p, frame,
					sizeof(frame), us);

	tt_tally_one_ref(b->tally, p, detail, us);
	for (unsigned i = 0; p->dst_port < 100 && i < bed_signatures()->n; i++)
		tt_detections_add(&b->tally->detections, i, p, us);
	b->tally->detections.packets += p->dst_port < 100;
	b->tally->frames++;
	b->tally->fates[TT_FATE_COUNTED]++;
	b->tally->frame_bytes += 60;
	b->tally->first_us = b->tally->first_us == 0 ? us : b->tally->first_us;
	b->tally->last_us = us;
}

/* A TCP segment from 198.51.100.HOST (or beyond) to a port of 192.0.2.1. */
static inline struct tt_packet
bed_tcp(unsigned host, uint16_t port, uint16_t flags)
{
	return (struct tt_packet){
			.src = tt_addr_v4(0xc6336400u + host),
			.dst = tt_addr_v4(0xc0000201u),
			.ip_bytes = 40,
			.ip_version = 4,
			.protocol = TT_PROTO_TCP,
			.ttl = 64,
			.l4_offset = 20,
			.has_tcp = true,
			.has_ports = true,
			.src_port = (uint16_t)(1024 + host),
			.dst_port = port,
			.tcp_flags = flags,
			.tcp_window = 1024,
	};
}

static inline void
bed_syn(struct bed *b, unsigned host, uint16_t port, int64_t us)
{
	const struct tt_packet p = bed_tcp(host, port, TT_TCP_SYN);

	bed_packet(b, &p, us);
}

static inline void
bed_echo(struct bed *b, unsigned host, int64_t us)
{
	const struct tt_packet p = {
			.src = tt_addr_v4(0xc6336400u + host),
			.dst = tt_addr_v4(0xc0000202u),
			.ip_bytes = 84,
			.ip_version = 4,
			.protocol = TT_PROTO_ICMP,
			.ttl = 50,
			.l4_offset = 20,
			.has_icmp = true,
			.icmp_type = 8,
	};

	bed_packet(b, &p, us);
}

/* Three sources, three targets, 6 packets, and a frame that is not counted. */
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

/* The same and rows for all the other tables: backscatter of four kinds, sources that carry a
 * fingerprint and one that has a matching packet by chance, more talkers and source ports than are
 * listed, a fragment. */
static inline void
bed_count_all(struct bed *b, int64_t start_us)
{
	struct tt_packet p;

	bed_count_some(b, start_us);
	for (unsigned i = 0; i < 12; i++) {
		p = bed_tcp(20 + i / 3, 445, TT_TCP_SYN);
		p.ip_id = i < 7 ? 54321 : 0;
		p.src_port = (uint16_t)(i < 4 ? 6000 : 50000 + i);
		p.dst.lo += i % 5;
		bed_packet(b, &p, start_us + 10 + i);
	}
	p = bed_tcp(40, 40000, TT_TCP_SYN | TT_TCP_ACK);
	p.src_port = 80;
	bed_packet(b, &p, start_us + 30);
	bed_packet(b, &p, start_us + 31);
	p = bed_tcp(41, 40001, TT_TCP_RST | TT_TCP_ECE);
	bed_packet(b, &p, start_us + 32);
	p.protocol = TT_PROTO_UDP;
	p.src_port = 53;
	p.tcp_flags = 0;
	p.has_tcp = false;
	bed_packet(b, &p, start_us + 33);
	p.src_port = 5353;
	p.dst_port = 5353;
	bed_packet(b, &p, start_us + 34);
	p = (struct tt_packet){.src = tt_addr_v4(0xc6336440u),
			.dst = tt_addr_v4(0xc0000203u),
			.ip_bytes = 56,
			.ip_version = 4,
			.protocol = TT_PROTO_ICMP,
			.ttl = 60,
			.l4_offset = 20,
			.has_icmp = true,
			.icmp_type = 3,
			.icmp_code = 1};
	bed_packet(b, &p, start_us + 35);
	p.icmp_type = 0;
	bed_packet(b, &p, start_us + 36);
	p.has_icmp = false;
	p.icmp_code = 0;
	p.later_fragment = p.fragment = true;
	p.encap = TT_ENCAP_VLAN;
	p.encap_depth = 1;
	bed_packet(b, &p, start_us + 37);
}

static inline void
bed_ledger_row(struct bed *b, const char *account, const char *reason, uint64_t packets)
{
	b->ledger[b->n_ledger++] = (struct tt_ledger_row){
			"capture-files", 0, account, reason, packets, 0};
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
	if (b->link_down_us > 0)
		bed_ledger_row(b, TT_ACCOUNT_NOTE, TT_REASON_LINK_DOWN, b->link_down_us);
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
			.monitored = b->monitored,
			.monitored_addresses = b->monitored_addresses,
			.program = "test",
			.version = "0",
			.host = "bed",
			.workers = 1,
	};

	b->tally->span = interval.span;
	bed_make_ledger(b);
	return tt_spool_write(b->spool, &interval, b->merge, b->config, &run, b->ledger,
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

static inline struct tt_snapshot *
bed_open_snapshot(const struct bed *b, int64_t start_us)
{
	struct tt_snapshot *snapshot = NULL;
	struct tt_error err = {0};
	char path[256];

	if (tt_snapshot_open(&snapshot, bed_path(b, start_us, NULL, path), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	return snapshot;
}

static inline void
bed_fail_damaged(void *context, const struct tt_error *err)
{
	fail_msg("%s: %s", err->where, err->why);
}

static inline void
bed_verify_ok(const struct bed *b, int64_t start_us)
{
	char path[256];

	assert_int_equal(tt_snapshot_verify(bed_path(b, start_us, NULL, path),
					 bed_fail_damaged, NULL),
			0);
}

/* What is in a file, and a NUL; the caller frees it. size may be NULL. */
static inline char *
bed_read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "r");
	char *bytes = NULL;
	size_t n = 0, room = 0;
	int c;

	assert_non_null(f);
	do {
		c = getc(f);
		if (n == room) {
			room = room == 0 ? 4096 : 2 * room;
			bytes = realloc(bytes, room);
			assert_non_null(bytes);
		}
		bytes[n++] = c == EOF ? '\0' : (char)c;
	} while (c != EOF);
	fclose(f);
	if (size != NULL)
		*size = n - 1;
	return bytes;
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
