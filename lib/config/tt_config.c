/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_config.h"

#include "tt_config_option.h"
#include "tt_size.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define OPTION(member, option_name) \
	.name = (option_name), .offset = offsetof(struct tt_config, member)
#define COMMON .group = TT_CONFIG_COMMON
#define DAEMON .group = TT_CONFIG_DAEMON

const struct tt_config_option tt_config_options[TT_CONFIG_N_OPTIONS] = {
		{OPTION(spool, "spool"), COMMON, .required = true, .argument = "DIR",
				.help = "directory that the snapshots are written to"},
		{OPTION(sensor, "sensor"), COMMON, .argument = "NAME",
				.check = tt_config_check_sensor,
				.help = "name of this sensor (default: the host name)"},
		{OPTION(monitored, "monitored"), COMMON, .required = true,
				.is_list = true, .argument = "CIDR[,CIDR...]",
				.check = tt_config_check_monitored,
				.help = "the darknet: packets to these addresses are counted"},
		{OPTION(geo, "geo"), COMMON, .is_list = true, .takes_none = true,
				.argument = "FILE[,FILE]",
				.help = "geoip and geoip6 files or an MMDB, or none (default: "
					"those of tor-geoipdb if installed)"},
		{OPTION(asn, "asn"), COMMON, .is_list = true, .takes_none = true,
				.argument = "FILE[,FILE]",
				.help = "AS numbers of sources: MMDB or IPFire Location "
					"files, or none (default: that of libloc-database "
					"if installed)"},
		{OPTION(fingerprints, "fingerprints"), COMMON, .takes_none = true,
				.argument = "FILE",
				.help = "rules that tell scanners apart, or none (default: "
					"those that come with teiten)"},
		{OPTION(rules, "rules"), COMMON, .is_list = true, .goes_on = true,
				.takes_none = true, .argument = "FILE[,FILE...]",
				.help = "signatures, as Snort and Suricata write them, or none "
					"(default: none); given again: more files, none takes "
					"them back"},
		{OPTION(rule_variables, "rule-variables"), COMMON, .takes_none = true,
				.argument = "FILE",
				.help = "variables of signatures, in Snort's lines or "
					"Suricata's YAML (default: HOME_NET is what is "
					"monitored, EXTERNAL_NET any)"},
		{OPTION(rule_classes, "rule-classes"), COMMON, .takes_none = true,
				.argument = "FILE",
				.help = "category and priority of the classtypes of signatures "
					"(default: those that come with teiten)"},
		{OPTION(signature_hits, "signature-hits"), COMMON, .argument = "N",
				.kind = TT_CONFIG_LARGE, .min = 1 << 8, .max = 1 << 26,
				.help = "entries of signatures per worker and interval: one "
					"for a rule and source, of a rule that counts one for "
					"each of its seconds, and addresses or ports that it "
					"tells apart; a power of two (default: by the "
					"interval, 65536 to 262144)"},
		{OPTION(keep_packets, "keep-packets"), COMMON, .argument = "N",
				.kind = TT_CONFIG_COUNT, .min = 0,
				.max = TT_CONFIG_KEEP_MAX,
				.help = "the first N packets that each signature matches in an "
					"interval are kept in detections.pcapng; 1.6 MB each "
					"in a table set (default: 0, none)"},
		{OPTION(interval_us, "interval"), COMMON, .argument = "DURATION",
				.kind = TT_CONFIG_SECONDS, .min = 1, .max = 31622400,
				.check = tt_config_check_interval,
				.help = "length of an interval, in seconds or as 90s, 30m, 6h, 2d (as all "
					"durations here); divides a day, or is whole days "
					"(default: 60)"},
		{OPTION(max_gap_us, "max-gap"), COMMON, .argument = "DURATION",
				.kind = TT_CONFIG_SECONDS, .min = 1, .max = 31622400,
				.help = "a longer silence in capture files, or jump of the clock, "
					"is a gap and not observed (default: 3600 and two intervals, "
					"or 10800 in a file that is not quiet)"},
		{OPTION(pairs, "pairs"), COMMON, .argument = "N", .kind = TT_CONFIG_LARGE,
				.min = 1 << 10, .max = 1 << 29, .rival = "table-memory",
				.help = "distinct pairs of source and target kept per worker "
					"and interval; all other tables grow with it "
					"(default: 786432)"},
		{OPTION(table_memory, "table-memory"), COMMON, .argument = "SIZE",
				.kind = TT_CONFIG_SIZE, .min = 1 << 20,
				.max = UINT64_C(64) << 40, .rival = "pairs",
				.help = "memory of all tables together, such as 1G or 4096M (K, M, G, "
					"T are powers of 1024, also as GB or GiB, g): "
					"takes as many pairs as fit (at least "
					"about 160M for each table set and 200M for the merge)"},
		{OPTION(source_ports, "source-ports"), COMMON, .argument = "N",
				.kind = TT_CONFIG_COUNT, .min = 1, .max = 65536,
				.help = "rows of the heaviest source ports of each target and "
					"class (default: 10)"},
		{OPTION(talkers, "talkers"), COMMON, .argument = "N",
				.kind = TT_CONFIG_COUNT, .min = 1, .max = 65536,
				.help = "rows of the heaviest sources of each target and class "
					"(default: 10)"},
		{OPTION(sketch_rows, "sketch-rows"), COMMON, .argument = "N",
				.kind = TT_CONFIG_LARGE, .min = 0, .max = 1 << 30,
				.help = "rows of target sketches in a snapshot at most, "
					"busiest targets first; 0: none (default: 4000000)"},
		{OPTION(pair_rows, "pair-rows"), COMMON, .argument = "N",
				.kind = TT_CONFIG_LARGE, .min = 1 << 10, .max = 1 << 29,
				.help = "rows of pairs in a snapshot at most, of a sample of "
					"the sources where there are more (default: 262144)"},
		{OPTION(contact_rows, "contact-rows"), COMMON, .argument = "N",
				.kind = TT_CONFIG_LARGE, .min = 1 << 10, .max = 1 << 29,
				.help = "rows of contacts, likewise (default: 262144)"},
		{OPTION(remember_us, "remember"), COMMON, .argument = "DURATION",
				.kind = TT_CONFIG_SECONDS, .min = 1, .max = 31622400,
				.help = "a source that comes back within this time is a "
					"returning one (default: 86400)"},
		{OPTION(remember_sources, "remember-sources"), COMMON, .argument = "N",
				.kind = TT_CONFIG_LARGE, .min = 1 << 10, .max = 1 << 28,
				.help = "sources remembered for that, 38 bytes each "
					"(default: 1048576)"},
		{OPTION(simd_bits, "simd-bits"), COMMON, .argument = "BITS",
				.kind = TT_CONFIG_COUNT, .min = 128, .max = 512,
				.check = tt_config_check_simd,
				.help = "the widest vectors of the processor to use where code for "
					"them is there: 512, 256, or 128, those that every "
					"processor has (default: 512)"},
		{OPTION(table_sets, "table-sets"), DAEMON, .argument = "N",
				.kind = TT_CONFIG_COUNT, .min = 2, .max = 16,
				.help = "table sets per worker (default: 3)"},
		{OPTION(pending_memory, "pending-memory"), DAEMON, .argument = "SIZE",
				.kind = TT_CONFIG_SIZE, .min = 1 << 20,
				.max = UINT64_C(64) << 40,
				.help = "memory for intervals that cannot be written just now, "
					"such as 512M; past it they are joined to longer ones "
					"(default: 1G)"},
		{OPTION(checkpoint_us, "checkpoint"), DAEMON, .argument = "DURATION",
				.kind = TT_CONFIG_SECONDS, .min = 0, .max = 86400,
				.help = "a live interval is saved in parts of this length, which "
					"a kill leaves; divides the interval; 0: in one piece "
					"(default: 10 where the interval is 600 or longer, more where "
					"that does not divide it or it is over 4h, else 0)"},
		{OPTION(exit_at_eof, "exit-at-eof"), DAEMON, .kind = TT_CONFIG_FLAG,
				.help = "end once every capture file was read to its end"},
		{OPTION(eal, "eal"), DAEMON, .check = tt_config_check_words,
				.yaml_only = true, .argument = "ARGUMENTS",
				.help = "arguments of DPDK's EAL, quoted as in a shell"},
		{OPTION(ports, "ports"), DAEMON, .is_list = true,
				.argument = "PORT[=QUEUES][,...]",
				.check = tt_config_check_ports,
				.help = "names or numbers of the ports (default: all)"},
		{OPTION(rx_queues, "rx-queues"), DAEMON, .argument = "N",
				.kind = TT_CONFIG_COUNT, .min = 0, .max = 1024,
				.help = "receive queues per port (default: 0, as many as "
					"workers and device allow)"},
		{OPTION(rx_descriptors, "rx-descriptors"), DAEMON, .argument = "N",
				.kind = TT_CONFIG_COUNT, .min = 64, .max = 65536,
				.help = "receive descriptors per queue (default: 4096)"},
		{OPTION(mbufs, "mbufs"), DAEMON, .argument = "N", .kind = TT_CONFIG_COUNT,
				.min = 0, .max = 1 << 28,
				.help = "packet buffers per NUMA node (default: 0, computed)"},
		{OPTION(burst, "burst"), DAEMON, .argument = "N", .kind = TT_CONFIG_COUNT,
				.min = 32, .max = 256,
				.help = "packets taken from a queue at once (default: 64)"},
};

const struct tt_config_option *
tt_config_option_find(const char *name)
{
	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++)
		if (strcmp(tt_config_options[i].name, name) == 0)
			return &tt_config_options[i];
	return NULL;
}

/* Is any text missing that has a default? */
static bool
lacks_text(const struct tt_config *c)
{
	return c->sensor == NULL || c->geo == NULL || c->asn == NULL
			|| c->fingerprints == NULL || c->rules == NULL
			|| c->rule_variables == NULL || c->rule_classes == NULL
			|| c->eal == NULL || c->ports == NULL;
}

int
tt_config_init(struct tt_config *config, struct tt_error *err)
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	*config = (struct tt_config){
			.sensor = strdup(host),
			.rules = strdup(""),
			.rule_variables = strdup(""),
			.interval_us = 60 * TT_US_PER_S,
			.source_ports = 10,
			.talkers = 10,
			.sketch_rows = 4000000,
			.pair_rows = 1 << 18,
			.contact_rows = 1 << 18,
			.remember_sources = 1 << 20,
			.simd_bits = 512,
			.table_sets = 3,
			.pending_memory = UINT64_C(1) << 30,
			.checkpoint_us = -1,
			.eal = strdup(""),
			.ports = strdup(""),
			.rx_descriptors = 4096,
			.burst = 64,
	};
	tt_config_find_defaults(config);
	if (lacks_text(config)) {
		tt_config_fini(config);
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	}
	return 0;
}

void
tt_config_fini(struct tt_config *config)
{
	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++)
		if (tt_config_options[i].kind == TT_CONFIG_TEXT)
			free(*(char **)tt_config_field(config, &tt_config_options[i]));
	*config = (struct tt_config){0};
}

static int
set_text(struct tt_config *config, const struct tt_config_option *option,
		const char *value, struct tt_error *err)
{
	char **field = tt_config_field(config, option), *copy;

	if (!tt_config_is_text(value))
		return tt_error_set(err, -EINVAL, option->name,
				"a control character, or not UTF-8");
	/* As of a shell's variable that is not set: nobody wrote that the feature is to be off. */
	if (option->takes_none && value[0] == '\0')
		return tt_error_set(err, -EINVAL, option->name,
				"an empty path; name a file, or none");
	if (option->takes_none && strcmp(value, "none") == 0)
		value = "";
	copy = strdup(value);
	if (copy == NULL)
		return tt_error_set(err, -ENOMEM, option->name, "out of memory");
	free(*field);
	*field = copy;
	tt_config_replace_default(config, option->name);
	return 0;
}

static int
parse_flag(const struct tt_config_option *option, const char *value, bool *flag,
		struct tt_error *err)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(words); i++)
		if (strcasecmp(value, words[i]) == 0) {
			*flag = i % 2 == 1;
			return 0;
		}
	return tt_error_set(err, -EINVAL, option->name, "\"%.40s\" is not true or false",
			value);
}

/* Digits alone; -EINVAL where these are none, or far too many. */
static int
parse_digits(const char *value, uint64_t *number)
{
	const char *at = value;

	*number = 0;
	for (; *at >= '0' && *at <= '9' && *number <= UINT32_MAX; at++)
		*number = *number * 10 + (uint64_t)(*at - '0');
	return *value == '\0' || *at != '\0' ? -EINVAL : 0;
}

static int
parse_number(const struct tt_config_option *option, const char *value, uint64_t *number,
		struct tt_error *err)
{
	if (parse_digits(value, number) != 0 || *number < option->min
			|| *number > option->max)
		return tt_error_set(err, -EINVAL, option->name,
				"\"%.40s\" is not a whole number from %llu to %llu",
				value, (unsigned long long)option->min,
				(unsigned long long)option->max);
	return 0;
}

/* Seconds, as digits alone or as a duration; then looked at by the option's check as digits. */
static int
parse_seconds(const struct tt_config_option *option, const char *value, uint64_t *seconds,
		struct tt_error *err)
{
	char digits[24];
	int64_t us;

	if (tt_time_parse_duration(value, &us) == 0 && us % TT_US_PER_S == 0)
		*seconds = (uint64_t)(us / TT_US_PER_S);
	else if (parse_digits(value, seconds) != 0)
		*seconds = UINT64_MAX;
	if (*seconds < option->min || *seconds > option->max)
		return tt_error_set(err, -EINVAL, option->name,
				"\"%.40s\" is neither a whole number from %llu to %llu, of "
				"seconds, nor as long a duration such as 90s, 30m, 6h, 2d",
				value, (unsigned long long)option->min,
				(unsigned long long)option->max);
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)*seconds);
	return option->check == NULL ? 0 : option->check(option->name, digits, err);
}

static int
parse_size(const struct tt_config_option *option, const char *value, uint64_t *bytes,
		struct tt_error *err)
{
	if (tt_size_parse(value, bytes) != 0 || *bytes < option->min
			|| *bytes > option->max)
		return tt_error_set(err, -EINVAL, option->name,
				"\"%.40s\" is not a size such as 1G, 4096M or 512MiB (from "
				"%lluM to %lluT)",
				value, (unsigned long long)option->min >> 20,
				(unsigned long long)option->max >> 40);
	return 0;
}

static void
set_number(struct tt_config *config, const struct tt_config_option *option,
		uint64_t number)
{
	void *field = tt_config_field(config, option);

	if (option->kind == TT_CONFIG_SECONDS)
		*(int64_t *)field = (int64_t)number * TT_US_PER_S;
	else if (option->kind == TT_CONFIG_LARGE || option->kind == TT_CONFIG_SIZE)
		*(uint64_t *)field = number;
	else
		*(unsigned *)field = (unsigned)number;
}

int
tt_config_set(struct tt_config *config, const char *name, const char *value,
		struct tt_error *err)
{
	const struct tt_config_option *option = tt_config_option_find(name);
	uint64_t number = 0;
	int ret = 0;

	if (option == NULL)
		return tt_error_set(err, -ENOENT, name, "unknown option");
	if (option->kind == TT_CONFIG_FLAG)
		return parse_flag(option, value, tt_config_field(config, option), err);
	if (option->kind == TT_CONFIG_SIZE)
		ret = parse_size(option, value, &number, err);
	else if (option->kind == TT_CONFIG_SECONDS)
		ret = parse_seconds(option, value, &number, err);
	else if (option->kind != TT_CONFIG_TEXT)
		ret = parse_number(option, value, &number, err);
	if (ret == 0 && option->check != NULL && option->kind != TT_CONFIG_SECONDS)
		ret = option->check(name, value, err);
	if (ret != 0)
		return ret;
	if (option->kind == TT_CONFIG_TEXT)
		return set_text(config, option, value, err);
	set_number(config, option, number);
	return 0;
}
