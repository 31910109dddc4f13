/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the configuration to what a sensor counts with: monitored addresses and their units,
 * databases, rules, the memory of earlier intervals, and how large the tables are. Both programs
 * set themselves up here, so that the same packets give the same snapshot in either.
 *
 * tt_setup_init decides the sizes and takes next to nothing; what is large comes from the
 * injected memory in tt_setup_open. One thread at start and end. Between, all but the recall is
 * read-only and shared by all threads; the recall, and when it was saved, belong to one of them at a
 * time: who merges and saves it.
 */
#ifndef TT_SETUP_H
#define TT_SETUP_H

#include "tt_config.h"
#include "tt_lacking.h"
#include "tt_merge.h"
#include "tt_pipeline.h"

/* Destination units of each IP version at most: all addresses of a /16, and one more, so that the
 * two halves of IPv6 around IPv4's place (::/0) have units of /16. */
#define TT_SETUP_DESTINATIONS 65537

/* Destination prefixes with a sketch, of each version; from /24 and /64 on. More where the
 * monitored addresses lie in more separate ranges. */
#define TT_SETUP_PREFIXES         1024
#define TT_SETUP_PREFIXES_BITS_V4 8
#define TT_SETUP_PREFIXES_BITS_V6 64

/* A file in the sensor's directory of the spool, hidden as the lock is. */
#define TT_SETUP_RECALL_FILE   ".recall"
#define TT_SETUP_RECALL_SAVE_S 60

struct tt_setup {
	struct tt_prefix_set monitored;
	char *monitored_text; /* tt_prefix_set_format */
	struct tt_units destinations, prefixes;
	struct tt_geo *geo;
	struct tt_asn *asn;
	bool whole_databases; /* to be read with what no monitored address asks for, as a check does */
	struct tt_fingerprints *fingerprints;
	struct tt_ruleset *ruleset; /* signatures; NULL: none */
	struct tt_recall *recall;
	char *sensor_path, *recall_path, *sensor;
	int64_t recall_saved_us; /* by the monotonic clock */
	int64_t remember_us; /* the horizon of the recall */
	unsigned table_sets; /* tallies that there will be */
	struct tt_tally_config tally; /* of each of them */
	struct tt_merge_config merge; /* of all of them at once */
	struct tt_pipeline pipeline; /* of each worker, but for its matcher */
	struct tt_lacking lacking; /* what full tables lack, so far */
};

/*
 * Reads the monitored addresses, cuts their units, and decides how many pairs a table set has: as
 * configured, or as many as table_memory has room for in table_sets sets and the merge. config:
 * checked by tt_config_check. Returns 0; -EINVAL where table_memory is too little, with the least
 * that works in err; or another negative errno.
 */
int tt_setup_init(struct tt_setup *setup, const struct tt_config *config,
		unsigned table_sets, struct tt_error *err) TT_MUST_CHECK;

/*
 * Opens databases and rules and makes an empty recall. Of databases, IPv6 is read where it is monitored. seed: see
 * struct tt_tally_config. What setup holds may then be pointed to until tt_setup_fini. Returns 0, or a negative errno with err
 * naming the file.
 */
int tt_setup_open(struct tt_setup *setup, const struct tt_config *config, uint64_t seed,
		struct tt_mem *mem, struct tt_error *err) TT_MUST_CHECK;

/* The pipeline of a worker: as that of the setup, with a matcher of its own, which the caller destroys.
 * Returns 0 or -ENOMEM. */
int tt_setup_pipeline(const struct tt_setup *setup, struct tt_pipeline *pipeline,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Reads the signatures again, with variables and classes, into a set of its own, which the caller closes;
 * setup has some already. Any thread, while those of setup stay. Returns 0; what tt_ruleset_open returns; or
 * -EBADMSG with err naming the first rule where more rules are broken than are in those of setup, or
 * where none is loaded and of setup some are.
 */
int tt_setup_reload_rules(const struct tt_setup *setup, const struct tt_config *config,
		struct tt_ruleset **set, struct tt_error *err) TT_MUST_CHECK;

/* Writes "475 signatures; 2 more rules are not loaded: 2 unsupported (teiten rules check says why)", or ""
 * where there are no rule files; returns text. */
#define TT_SETUP_RULES_TEXT_MAX 256
char *tt_setup_rules_text(
		const struct tt_setup *setup, char text[TT_SETUP_RULES_TEXT_MAX]);

/* The line that SYNs are not sieved, and why (tt_signatures_unsieved); NULL where they are, or there are no rules. */
const char *tt_setup_unsieved(const struct tt_setup *setup);

/* Writes "rules: no signature of FILE is loaded …" where there are rule files and none of their rules is, else "";
 * returns text. */
#define TT_SETUP_NOTHING_TEXT_MAX 512
char *tt_setup_no_rules_text(
		const struct tt_setup *setup, char text[TT_SETUP_NOTHING_TEXT_MAX]);

/* For the end of a run, of whose frames fates are: writes "no packet to a monitored address was counted (monitored:
 * 192.0.2.0/24); 103438 went to others" where some did and none was counted, "no packet was counted, to no address:
 * …: not-ip 12, arp 3" where frames are no packets at all, else ""; returns text. */
char *tt_setup_no_packets_text(const struct tt_setup *setup,
		const uint64_t fates[TT_N_FATES], char text[TT_SETUP_NOTHING_TEXT_MAX]);

/* The same where some were counted, and more went neither to nor from a monitored address: "6000 of 9000 packets went to
 * addresses that are not monitored (monitored: 192.0.2.0/32): …", else "". A telescope's prefixes are routed to it, so
 * that it sees few others: most likely a prefix is missing, or its length; returns text. */
char *tt_setup_unmonitored_text(const struct tt_setup *setup,
		const uint64_t fates[TT_N_FATES], char text[TT_SETUP_NOTHING_TEXT_MAX]);

/* A setup of zeros, or one that an error left, is allowed. */
void tt_setup_fini(struct tt_setup *setup);

/*
 * Says on `out` which of the rules are loaded, by file, and why others are not; nothing where there are no rule
 * files. strict: -EBADMSG unless all are. Returns 0 or -ENOMEM else.
 */
int tt_setup_print_rules(const struct tt_setup *setup, bool strict, FILE *out,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * For --check-config: may the sensor's directory in the spool be read and written, with the lock in it, or, as far as
 * there is none yet, the one that it would be made in, which is not of proc or sysfs? Makes and writes nothing, so that a full disk is not seen.
 * Returns 0, or a negative errno with err naming the path.
 */
int tt_setup_check_spool(
		const struct tt_config *config, struct tt_error *err) TT_MUST_CHECK;

/*
 * For --check-config: decides the sizes for table_sets sets (at least so many, where it is not
 * known yet), holds them against the memory that the machine has, checks the spool, and reads databases and rules,
 * with the memory on the heap meanwhile; says on `out` what tt_setup_print_monitored and tt_setup_print_rules do.
 * strict: default files have to be there as well. broken: gets how many rules are broken. Returns 0, or a negative errno with err naming the option or the file.
 */
int tt_setup_check(const struct tt_config *config, unsigned table_sets, bool strict,
		FILE *out, unsigned *broken, struct tt_error *err) TT_MUST_CHECK;

/* Writes how much is monitored, "monitored: 512 addresses of IPv4 in 2 prefixes, and 2^96 addresses of IPv6 in 1
 * prefix": the least prefixes that make it, "over 2^33" where there are more than in IPv4 and no power of two; returns
 * text. */
#define TT_SETUP_MONITORED_TEXT_MAX 192
char *tt_setup_monitored_text(
		const struct tt_setup *setup, char text[TT_SETUP_MONITORED_TEXT_MAX]);

/* The same as a line. */
void tt_setup_print_monitored(const struct tt_setup *setup, FILE *out);

/* How many rules are broken; 0 where there are no rule files. */
unsigned tt_setup_broken_rules(const struct tt_setup *setup);

/* The last line of a check that found no error: "the configuration is sound", but for so many rules that are broken. */
void tt_setup_print_sound(unsigned broken, FILE *out);

/* Bytes of a table set, of all of them, and of the merge. */
uint64_t tt_setup_set_bytes(const struct tt_setup *setup);
uint64_t tt_setup_tables_bytes(const struct tt_setup *setup);
uint64_t tt_setup_merge_bytes(const struct tt_setup *setup);

/* Writes "6 table sets of 786432 pairs 2297.4 MiB, merge 1712.0 MiB"; returns text. */
#define TT_SETUP_TABLES_TEXT_MAX 160
char *tt_setup_tables_text(
		const struct tt_setup *setup, char text[TT_SETUP_TABLES_TEXT_MAX]);

/*
 * Reads what an earlier run saw, from SPOOL/SENSOR/.recall, and from the snapshots that are newer,
 * where that run was killed: their `sources` and `targets` say the same as the packets did. What
 * lies further back than the memory reaches is not read again. With it goes the secret that
 * sources are sampled with, of tallies as well; where there is none yet, it is `secret`: 0 for
 * replays, so that they can be repeated, otherwise a random number.
 *
 * Returns 0, also where there is no such file; or a negative errno with err naming a file: nothing
 * is then remembered, which is no reason to stop. To be called once, when the spool is open, before
 * tallies are made.
 */
int tt_setup_load_recall(struct tt_setup *setup, uint64_t secret,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Keeps it for the next run; nothing is done where no interval was merged. Snapshots are to be
 * flushed first: a memory of intervals that are nowhere would be a wrong one. Returns 0, or a
 * negative errno with err naming the file; what was kept before is still there then.
 */
int tt_setup_save_recall(struct tt_setup *setup, struct tt_error *err) TT_MUST_CHECK;

/* Was that tried, or the memory loaded, TT_SETUP_RECALL_SAVE_S seconds or more ago? */
bool tt_setup_recall_due(const struct tt_setup *setup);

#endif
