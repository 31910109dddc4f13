/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_config_option.h"
#include "tt_prefix.h"
#include "tt_sensor.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LONG_INTERVAL_US (600 * TT_US_PER_S)
#define CHECKPOINT_US    (10 * TT_US_PER_S)
#define PARTS_MAX        1440
#define DAY_US           (86400 * TT_US_PER_S)
#define MAX_GAP_US       (31622400 * TT_US_PER_S) /* the most that the option takes */
#define OUTAGE_US        (10800 * TT_US_PER_S)

/* 1,600 packets a second that rules/scan.rules match; 12 MiB a table set and 90 MiB of the merge for
 * three of them, to four times as much. */
#define SIGNATURE_HITS_A_SECOND 4096
#define SIGNATURE_HITS_LEAST    (1 << 16)
#define SIGNATURE_HITS_MOST     (1 << 18)

int
tt_config_check_sensor(const char *name, const char *value, struct tt_error *err)
{
	if (!tt_sensor_name_valid(value))
		return tt_error_set(err, -EINVAL, name,
				"\"%.80s\"; a sensor's name is " TT_SENSOR_RULE, value);
	return 0;
}

int
tt_config_check_monitored(const char *name, const char *value, struct tt_error *err)
{
	struct tt_prefix_set set = {0};
	int ret = tt_prefix_set_parse(&set, value, err);

	if (ret != 0) {
		tt_error_at(err, "%s", name);
		return ret;
	}
	tt_prefix_set_fini(&set);
	return 0;
}

int
tt_config_check_interval(const char *name, const char *value, struct tt_error *err)
{
	unsigned long seconds = strtoul(value, NULL, 10);

	if (86400 % seconds != 0 && seconds % 86400 != 0)
		return tt_error_set(err, -EINVAL, name,
				"%.20s s neither divide a day (86400 s) nor are whole days, "
				"as intervals must to begin with UTC days",
				value);
	return 0;
}

int
tt_config_check_simd(const char *name, const char *value, struct tt_error *err)
{
	unsigned long bits = strtoul(value, NULL, 10);

	if ((bits & (bits - 1)) != 0)
		return tt_error_set(err, -EINVAL, name,
				"no vectors have %.20s bits: 128, 256 or 512", value);
	return 0;
}

int
tt_config_check_ports(const char *name, const char *value, struct tt_error *err)
{
	struct tt_config_port port;
	int ret;

	while ((ret = tt_config_next_port(&value, &port, err)) > 0)
		;
	if (ret < 0 && err != NULL)
		snprintf(err->where, sizeof(err->where), "%s", name);
	return ret;
}

int
tt_config_check_words(const char *name, const char *value, struct tt_error *err)
{
	char **words;
	int n, ret = tt_config_split(value, &words, &n, err);

	if (ret != 0)
		tt_error_at(err, "%s", name);
	else
		free(words);
	return ret;
}

/* Decodes one character of UTF-8 (RFC 3629) and moves on; UINT32_MAX if it is none. */
static uint32_t
next_character(const unsigned char **at)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	unsigned char lead = *(*at)++;
	unsigned more = lead < 0x80 ? 0 : lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : 3;
	uint32_t c = more == 0 ? lead : lead & (0x3fU >> more);

	if (more > 0 && (lead < 0xc2 || lead > 0xf4))
		return UINT32_MAX;
	for (unsigned i = 0; i < more; i++) {
		if ((**at & 0xc0) != 0x80)
			return UINT32_MAX;
		c = c << 6 | (*(*at)++ & 0x3f);
	}
	return c < least[more] ? UINT32_MAX : c;
}

/* YAML 1.1 section 5.1 (c-printable), less what ends a line and the byte order mark. */
static bool
is_printable(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
		return false;
	return (c < 0xd800 || (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000) && c != 0xfeff
			&& c <= 0x10ffff;
}

bool
tt_config_is_text(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at != '\0')
		if (!is_printable(next_character(&at)))
			return false;
	return true;
}

static int
check_given(const char *name, const char *value, const char *what, struct tt_error *err)
{
	if (value == NULL || value[0] == '\0')
		return tt_error_set(err, -EINVAL, name, "not given; %s", what);
	return 0;
}

static int
check_file(const char *name, const char *path, struct tt_error *err)
{
	char directory[4096];
	int code;

	if (access(path, R_OK) == 0)
		return 0;
	code = errno;
	/* Of a service it is "/", whatever directory the file of the configuration is in. */
	if (path[0] != '/' && code == ENOENT
			&& getcwd(directory, sizeof(directory)) != NULL)
		return tt_error_set(err, -code, name, "%.200s (in %.200s): %s", path,
				directory, strerror(code));
	return tt_error_set(err, -code, name, "%.255s: %s", path, strerror(code));
}

/* Each file of the list has to be readable. */
static int
check_list(const char *name, const char *value, struct tt_error *err)
{
	char *copy, *rest, *path;
	int ret = 0;

	if (value[0] == '\0')
		return 0;
	copy = rest = strdup(value);
	if (copy == NULL)
		return tt_error_set(err, -ENOMEM, name, "out of memory");
	while (ret == 0 && (path = strsep(&rest, ",")) != NULL) {
		size_t n;

		path += strspn(path, " ");
		n = strlen(path);
		while (n > 0 && path[n - 1] == ' ')
			path[--n] = '\0';
		if (n == 0)
			ret = tt_error_set(err, -EINVAL, name,
					"\"%.200s\" names an empty file", value);
		else
			ret = check_file(name, path, err);
	}
	free(copy);
	return ret;
}

static int
check_files(struct tt_config *config, struct tt_error *err)
{
	int ret = check_list("geo", config->geo, err);

	if (ret == 0)
		ret = check_list("asn", config->asn, err);
	if (ret == 0 && config->fingerprints[0] != '\0')
		ret = check_file("fingerprints", config->fingerprints, err);
	if (ret == 0)
		ret = check_list("rules", config->rules, err);
	if (ret == 0 && config->rule_variables[0] != '\0')
		ret = check_file("rule-variables", config->rule_variables, err);
	if (ret == 0 && config->rule_classes[0] != '\0')
		ret = check_file("rule-classes", config->rule_classes, err);
	return ret;
}

/* Where rules that count match every packet, each packet takes an entry or two. */
static int
check_signature_hits(struct tt_config *config, struct tt_error *err)
{
	uint64_t *hits = &config->signature_hits;
	const uint64_t wanted = (uint64_t)(config->interval_us / TT_US_PER_S)
			* SIGNATURE_HITS_A_SECOND;

	if ((*hits & (*hits - 1)) != 0)
		return tt_error_set(err, -EINVAL, "signature-hits",
				"%llu is not a power of two", (unsigned long long)*hits);
	if (*hits != 0)
		return 0;
	*hits = SIGNATURE_HITS_LEAST;
	while (*hits < wanted && *hits < SIGNATURE_HITS_MOST)
		*hits *= 2;
	return 0;
}

/* An hour and two intervals: a packet an hour is no row of gaps, nor is one empty interval. */
static int64_t
usual_max_gap(int64_t interval_us)
{
	int64_t us = 3600 * TT_US_PER_S + 2 * interval_us;

	return us < MAX_GAP_US ? us : MAX_GAP_US;
}

int64_t
tt_config_outage_us(const struct tt_config *config)
{
	const int64_t max_gap_us = config->max_gap_us;

	return max_gap_us == usual_max_gap(config->interval_us) && max_gap_us > OUTAGE_US
			? OUTAGE_US
			: max_gap_us;
}

/* A day, or the interval, if not given. */
static int
check_remember(struct tt_config *config, struct tt_error *err)
{
	const int64_t interval_us = config->interval_us;
	int64_t *us = &config->remember_us;

	if (*us == 0)
		*us = interval_us > DAY_US ? interval_us : DAY_US;
	if (*us < interval_us)
		return tt_error_set(err, -EINVAL, "remember",
				"%lld s are shorter than the interval of %lld s",
				(long long)(*us / TT_US_PER_S),
				(long long)(interval_us / TT_US_PER_S));
	return 0;
}

static int
check_tables(struct tt_config *config, struct tt_error *err)
{
	if (config->pairs != 0 && config->table_memory != 0)
		return tt_error_set(err, -EINVAL, "table-memory",
				"not together with pairs: one of them decides how large "
				"the tables are");
	if (config->pairs == 0 && config->table_memory == 0)
		config->pairs = TT_CONFIG_PAIRS_DEFAULT;
	return 0;
}

/* Parts of 10 s, or of more where that does not divide the interval or would make too many. */
static int64_t
usual_checkpoint(int64_t interval_us)
{
	int64_t us = CHECKPOINT_US;

	if (interval_us < LONG_INTERVAL_US)
		return 0;
	while (interval_us % us != 0 || interval_us / us > PARTS_MAX)
		us += TT_US_PER_S;
	return us;
}

static int
check_checkpoint(struct tt_config *config, struct tt_error *err)
{
	int64_t interval_us = config->interval_us, *us = &config->checkpoint_us;

	if (*us < 0)
		*us = usual_checkpoint(interval_us);
	if (*us > interval_us || (*us > 0 && interval_us % *us != 0))
		return tt_error_set(err, -EINVAL, "checkpoint",
				"%lld s do not divide the interval of %lld s",
				(long long)(*us / TT_US_PER_S),
				(long long)(interval_us / TT_US_PER_S));
	return 0;
}

int
tt_config_check(struct tt_config *config, struct tt_error *err)
{
	int ret = check_given("spool", config->spool,
			"it is the directory of the snapshots", err);

	if (ret == 0)
		ret = check_given("monitored", config->monitored,
				"it is the address space to count, such as 192.0.2.0/24",
				err);
	if (ret == 0)
		ret = tt_config_check_monitored("monitored", config->monitored, err);
	if (ret == 0)
		ret = tt_config_check_sensor("sensor", config->sensor, err);
	if (ret == 0)
		ret = check_remember(config, err);
	if (ret == 0 && config->max_gap_us == 0)
		config->max_gap_us = usual_max_gap(config->interval_us);
	if (ret == 0)
		ret = check_checkpoint(config, err);
	if (ret == 0)
		ret = check_tables(config, err);
	if (ret == 0)
		ret = check_files(config, err);
	if (ret == 0)
		ret = check_signature_hits(config, err);
	return ret;
}
