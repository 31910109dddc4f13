/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The settings that teitend and teiten share. One table of options serves the command line,
 * the YAML file, the help text and the printed configuration, so that a setting has one name,
 * one check and one message wherever it comes from: `--max-gap 3600` is `max-gap: 3600`. One
 * YAML file serves both programs; the command line overrules it. Used at start by one thread;
 * heap memory of a few hundred bytes.
 *
 * A program does: tt_config_init, tt_config_parse_args (which reads the YAML file as well),
 * tt_config_check, and tt_config_fini at its end.
 */
#ifndef TT_CONFIG_H
#define TT_CONFIG_H

#include "tt_base.h"
#include "tt_error.h"

#define TT_CONFIG_KEEP_MAX 100 /* packets of a signature and interval */

struct tt_config {
	char *spool; /* directory of the snapshots; NULL until given */
	char *sensor; /* name of this sensor; the host name unless given */
	char *monitored; /* list of CIDR prefixes; NULL until given */
	char *geo; /* list of database files, "" for none; tor's files where installed */
	char *asn; /* list of database files, "" for none; IPFire Location's where installed */
	char *fingerprints; /* rules file, "" for none; the project's own where it is found */
	char *rules; /* list of signature files, "" for none, the default */
	char *rule_variables; /* file, "" for none */
	char *rule_classes; /* file, "" for none; the project's own where it is found */
	unsigned missing; /* of these defaults, which were not found, and nothing was given instead */
	unsigned keep_packets; /* of each signature and interval; default 0; at most TT_CONFIG_KEEP_MAX */
	/* Per table set; a power of two 2^8..2^26. 0 until given or checked; then 4,096 for each second
	 * of the interval, rounded up, 2^16 to 2^18. */
	uint64_t signature_hits;
	int64_t interval_us; /* default 60 s; divides a day, or whole days up to 366 */
	int64_t max_gap_us; /* 0 until given or checked; then 3600 s and two intervals */
	/* At most one of the next two is given; without either, the check puts 786,432 pairs in. */
	uint64_t pairs; /* per worker and interval; 0 until given or checked; 2^10..2^29 */
	uint64_t table_memory; /* bytes of all tables and the merge; 0: as `pairs` needs */
	unsigned source_ports; /* rows of each target and class; default 10; 1..65536 */
	unsigned talkers; /* likewise */
	uint64_t sketch_rows; /* of targets, in a snapshot; default 4,000,000; 0 for none */
	uint64_t pair_rows, contact_rows; /* in a snapshot; default 2^18; 2^10..2^29 */
	int64_t remember_us; /* 0 until given or checked; then a day, or the interval if longer */
	uint64_t remember_sources; /* default 2^20; 2^10..2^28 */
	unsigned simd_bits; /* of the widest vectors; default 512; 128, 256 or 512 */
	/* For the daemon alone, from here on. */
	unsigned table_sets; /* per worker; default 3; 2..16 */
	uint64_t pending_memory; /* bytes; default 1 GiB; 1 MiB..64 TiB */
	int64_t checkpoint_us; /* 0: off; -1 until given or checked (tt_config_check) */
	bool exit_at_eof;
	char *eal; /* EAL arguments as one line; "" for none */
	char *ports; /* "0000:03:00.0=4,net_pcap0,2" (see tt_config_next_port); "" for all */
	unsigned rx_queues; /* per port; 0: as many as workers and device allow */
	unsigned rx_descriptors; /* per queue; default 4096; 64..65536 */
	unsigned mbufs; /* per NUMA node; 0: computed */
	unsigned burst; /* packets; default 64; 32..256 */
};

#define TT_CONFIG_GEO_V4 "/usr/share/tor/geoip"
#define TT_CONFIG_GEO_V6 "/usr/share/tor/geoip6"
#define TT_CONFIG_PAIRS_DEFAULT \
	786432 /* three quarters of 2^20: the fullest use of its slots */

/* Puts the defaults in. Returns 0, or -ENOMEM. */
int tt_config_init(struct tt_config *config, struct tt_error *err) TT_MUST_CHECK;
void tt_config_fini(struct tt_config *config);

/* The project's own classes of signatures: as installed, or beside the source; "" where neither is. */
const char *tt_config_classes(void);

/* What is off without them, and where they were looked for, as the first half of a warning. */
const char *tt_config_no_classes(void);

/*
 * Sets the option ("max-gap", without dashes, as in YAML) to the value as text; a flag takes
 * true or false. Checks the value alone, not how it fits the others. Returns 0; -ENOENT for an
 * option that does not exist, -EINVAL for a value that cannot be, both with the option in
 * err->where; -ENOMEM. On failure the configuration is as before.
 */
int tt_config_set(struct tt_config *config, const char *option, const char *value,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Reads a YAML file: one mapping of option names to values, for either program. Options that
 * it does not name stay as they are. Returns 0, or a negative errno with err naming the file
 * and, where it is known, line and option; the configuration may then be half read.
 */
int tt_config_load(struct tt_config *config, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Checks the whole, once everything was set: what has to be given is, the monitored list is
 * one (tt_prefix_set_parse), the interval divides a day or is whole days, so that it begins with
 * a UTC day, remember is no shorter than the interval, checkpoint divides it, files
 * that are named are readable, and not both pairs and table_memory are given. Puts the defaults of
 * max_gap, remember, pairs and checkpoint in. Returns 0 or a negative errno with the option in err->where.
 */
int tt_config_check(struct tt_config *config, struct tt_error *err) TT_MUST_CHECK;

/* Once checked: silences of more than this, where it is not quiet, are gaps as well (tt_heard_suspect): three
 * hours, but max_gap where that is less or not the default, which then is what the operator asked for. */
int64_t tt_config_outage_us(const struct tt_config *config);

/*
 * Once checked: writes a line "PROGRAM: warning: …" for each default file that was looked for and is not
 * there: what is off without it, which paths it was looked for at, and the option that names another
 * one or none. Nothing where the option was given, or where nothing would read the file.
 */
void tt_config_print_missing(
		const struct tt_config *config, const char *program, FILE *out);

/* Is there no such line? Returns 0, or -ENOENT with the option in err->where. */
int tt_config_check_defaults(
		const struct tt_config *config, struct tt_error *err) TT_MUST_CHECK;

/* Groups of options, to be combined. */
#define TT_CONFIG_COMMON 1U
#define TT_CONFIG_DAEMON 2U

/* Writes the settings as YAML that tt_config_load reads back to the same settings. */
void tt_config_print(const struct tt_config *config, unsigned groups, FILE *out);

/* An option of one program or subcommand only, on its command line and not in YAML. */
struct tt_config_extra {
	const char *name; /* without dashes */
	const char *argument; /* how the help calls its argument; NULL for a flag */
	const char *help;
};

enum tt_config_action {
	TT_CONFIG_RUN,
	TT_CONFIG_CHECK, /* --check-config: check, say so, exit */
	TT_CONFIG_PRINT, /* --print-config: check, print, exit */
	TT_CONFIG_HELP,
	TT_CONFIG_VERSION,
};

struct tt_config_cli {
	unsigned groups; /* which options are allowed */
	bool operands; /* are arguments that are no options allowed? */
	const struct tt_config_extra *extras; /* [n_extras] */
	unsigned n_extras;
	/* Called for each extra option in order; value is NULL for a flag. Returns 0, or a
	 * negative errno with err filled. */
	int (*set_extra)(void *arg, const char *name, const char *value,
			struct tt_error *err);
	void *set_extra_arg;
	/* Set by tt_config_parse_args: */
	enum tt_config_action action; /* of several, the last one enumerated */
	bool strict; /* --check-config=strict: all signatures have to be loaded, and defaults be there */
	int first_operand; /* argv[first_operand..argc-1], argc if there are none */
};

/*
 * Parses a command line with getopt_long: the YAML file named by --config first, wherever it
 * stands, then all other options over it. argv[0] is skipped; operands are moved to the end of
 * argv. With --help or --version no file is read. Returns 0, or a negative errno with one
 * message that names the option or the file. Not reentrant (getopt).
 */
int tt_config_parse_args(struct tt_config *config, struct tt_config_cli *cli, int argc,
		char **argv, struct tt_error *err) TT_MUST_CHECK;

/* Is this, without dashes, the name of an option of the configuration, or of one such as "config" that says what is done
 * with it? Not "help", which EAL has as well. */
bool tt_config_is_own(const char *name);

/* Writes one line of help per option that cli allows. */
void tt_config_print_help(const struct tt_config_cli *cli, FILE *out);

struct tt_config_port {
	char name[64]; /* as EAL calls the port, or its number */
	unsigned queues; /* 0: as rx_queues says */
};

/*
 * Takes the next port, NAME or NAME=QUEUES, from a comma-separated list and moves *list on.
 * Blanks may stand around items, not in them. Returns 1, 0 at the end of the list, or -EINVAL.
 */
int tt_config_next_port(const char **list, struct tt_config_port *port,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Splits a line, such as eal, at blanks as a shell does: '…' and "…" hold blanks together, a
 * backslash takes the next character as it is (inside "…" only before " and \). Nothing is
 * expanded. *words [*n + 1] ends with NULL and is one block for free(). Returns 0, -EINVAL for
 * a quote that does not end, or -ENOMEM.
 */
int tt_config_split(const char *line, char ***words, int *n,
		struct tt_error *err) TT_MUST_CHECK;

#endif
