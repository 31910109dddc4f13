/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rules that the project ships, on real captures, which stay outside it: sources are judged
 * per interval of a minute, as in a snapshot. TT_SHARED names the place; skipped where they are
 * absent.
 */
#include "fingerprint_bed.h"
#include "tt_capfile.h"

#include <dirent.h>

#define INTERVAL_US (60 * TT_US_PER_S)
#define SOURCES     65536 /* slots of the table; no capture fills it by half */
#define RULES       4

enum {
	ZMAP,
	MASSCAN,
	MIRAI,
	PORT_6000
};

struct source {
	struct tt_addr addr;
	int64_t interval_us;
	uint64_t tested[RULES], matched[RULES];
	bool used;
};

/* What one capture gave: matching packets of judged sources, and judged sources, per rule. */
struct verdict {
	uint64_t packets[RULES];
	unsigned sources[RULES]; /* one per interval */
};

static struct tt_fingerprints *set;
static struct source sources[SOURCES];

static struct source *
find_source(struct tt_addr addr, int64_t interval_us)
{
	uint64_t i = (addr.hi ^ addr.lo ^ (uint64_t)interval_us)
					* UINT64_C(0x9e3779b97f4a7c15)
			>> 48;

	while (sources[i].used
			&& (tt_addr_cmp(sources[i].addr, addr) != 0
					|| sources[i].interval_us != interval_us))
		i = (i + 1) % SOURCES;
	sources[i].used = true;
	sources[i].addr = addr;
	sources[i].interval_us = interval_us;
	return &sources[i];
}

static void
count_frame(const struct tt_frame *frame)
{
	struct tt_packet packet;
	struct source *source;
	tt_detail detail = 0;

	if (tt_packet_decode(frame->data, frame->captured, frame->link, &packet)
			!= TT_FATE_COUNTED)
		return;
	tt_fingerprints_burst(set, &packet, &frame->data, &frame->captured,
			&frame->time_us, &detail, 1);
	assert_int_equal(detail,
			tt_fingerprints_one_ref(set, &packet, frame->data,
					frame->captured, frame->time_us));
	source = find_source(packet.src, tt_time_floor(frame->time_us, INTERVAL_US));
	for (unsigned i = 0; i < RULES; i++) {
		source->tested[i] += tt_detail_tested(detail) >> i & 1;
		source->matched[i] += tt_detail_matched(detail) >> i & 1;
	}
}

static struct verdict
judge_sources(void)
{
	struct verdict v = {0};

	for (unsigned s = 0; s < SOURCES; s++)
		for (unsigned i = 0; i < RULES; i++)
			if (tt_fingerprint_judge(tt_fingerprints_rule(set, i),
					    sources[s].matched[i],
					    sources[s].tested[i])) {
				v.packets[i] += sources[s].matched[i];
				v.sources[i]++;
			}
	return v;
}

/* The captures of the torture folder end or break where they like. */
static struct verdict
judge_capture(const char *path)
{
	struct tt_frame frames[64];
	struct tt_capfile *file;
	struct tt_error err;
	int n;

	memset(sources, 0, sizeof(sources));
	assert_int_equal(tt_capfile_open(&file, path, &err), 0);
	while ((n = tt_capfile_read(file, frames, 64, &err)) > 0)
		for (int i = 0; i < n; i++)
			count_frame(&frames[i]);
	tt_capfile_close(file);
	return judge_sources();
}

/* What these captures truly hold; all others hold nothing. */
static const struct {
	const char *name;
	struct verdict verdict;
} truths[] = {
		{"ScannerRecognition-zmap.pcap",
				{.packets[ZMAP] = 10000, .sources[ZMAP] = 1}},
		{"ScannerRecognition-masscan.pcap",
				{.packets[MASSCAN] = 600, .sources[MASSCAN] = 1}},
		{"curated-tcp_0_1000_20190821.pcap",
				{.packets[MASSCAN] = 1001, .sources[MASSCAN] = 1}},
};

static struct verdict
expected(const char *name)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(truths); i++)
		if (strcmp(truths[i].name, name) == 0)
			return truths[i].verdict;
	return (struct verdict){0};
}

static unsigned
judge_folder(const char *shared, const char *folder)
{
	char path[1024];
	struct dirent *entry;
	unsigned n = 0, bad = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/pcap/%s", shared, folder);
	dir = opendir(path);
	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL) {
		const struct verdict want = expected(entry->d_name);
		struct verdict got;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/pcap/%s/%s", shared, folder,
				entry->d_name);
		got = judge_capture(path);
		n++;
		for (unsigned i = 0; i < RULES; i++)
			if (got.packets[i] != want.packets[i]
					|| got.sources[i] != want.sources[i]) {
				print_error("%s: %s: %u sources, %llu packets\n", path,
						tt_fingerprints_rule(set, i)->id,
						got.sources[i],
						(unsigned long long)got.packets[i]);
				bad++;
			}
	}
	closedir(dir);
	assert_int_equal(bad, 0);
	return n;
}

static void
real_captures_carry_the_fingerprints_of_their_tools(void **state)
{
	static const char *const folders[] = {"darknet", "scan", "icmp", "torture"};
	const char *shared = getenv("TT_SHARED");
	unsigned n = 0;

	for (unsigned i = 0; shared != NULL && i < TT_ARRAY_SIZE(folders); i++)
		n += judge_folder(shared, folders[i]);
	if (n == 0) {
		print_message("# skipped: there are no captures in $TT_SHARED/pcap\n");
		skip();
	}
}

static void
the_shipped_rules_are_the_four_documented_ones(void **state)
{
	static const char *const ids[RULES] = {
			"zmap-ip-id", "masscan-ip-id", "mirai-seq", "source-port-6000"};

	assert_int_equal(tt_fingerprints_count(set), RULES);
	for (unsigned i = 0; i < RULES; i++)
		assert_string_equal(tt_fingerprints_rule(set, i)->id, ids[i]);
}

static void
relations_hold_for_packets_made_by_hand(void **state)
{
	struct bed_packet b = tcp_syn();
	const unsigned all = 15;

	assert_int_equal(ask(set, &b), tt_detail_of_fingerprints(all, 1 << ZMAP));
	b.packet.ip_id = (0x6407 ^ 80 ^ 0x0304) & 0xffff;
	assert_int_equal(ask(set, &b), tt_detail_of_fingerprints(all, 1 << MASSCAN));
	b.packet.tcp_seq = 0xc6336407;
	assert_int_equal(ask(set, &b), tt_detail_of_fingerprints(all, 1 << MIRAI));
	b.packet.src_port = 6000;
	assert_int_equal(ask(set, &b),
			tt_detail_of_fingerprints(all, 1 << MIRAI | 1 << PORT_6000));
	b.packet.tcp_flags = TT_TCP_SYN | TT_TCP_ACK;
	assert_int_equal(ask(set, &b), 0);
	b.packet.tcp_flags = TT_TCP_SYN | TT_TCP_ECE | TT_TCP_CWR;
	assert_int_equal(tt_detail_tested(ask(set, &b)), all);
}

static int
open_rules(void **state)
{
	const char *root = getenv("TT_SOURCE_ROOT");
	struct tt_error err;
	char path[1024];

	snprintf(path, sizeof(path), "%s/rules/fingerprints.yaml", root);
	if (tt_fingerprints_open(&set, path, &err) == 0)
		return 0;
	print_error("%s: %s\n", err.where, err.why);
	return -1;
}

static int
close_rules(void **state)
{
	tt_fingerprints_close(set);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_shipped_rules_are_the_four_documented_ones),
			cmocka_unit_test(relations_hold_for_packets_made_by_hand),
			cmocka_unit_test(
					real_captures_carry_the_fingerprints_of_their_tools),
	};

	return cmocka_run_group_tests_name(
			"fingerprint_captures", tests, open_rules, close_rules);
}
