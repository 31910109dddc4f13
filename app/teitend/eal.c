/* SPDX-License-Identifier: BSD-3-Clause */
#include "eal.h"

#include "aside.h"
#include "dpdk_log.h"
#include "say.h"
#include "tt_config.h"
#include "tt_size.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_log.h>

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

static int
add_arg(struct tt_eal *eal, char *arg, struct tt_error *err)
{
	/* Room for the log level and the terminating NULL. */
	if (eal->n_args >= TT_EAL_ARGS_MAX - 2)
		return tt_error_set(err, -E2BIG, NULL, "more than %d EAL arguments",
				TT_EAL_ARGS_MAX - 3);
	eal->args[eal->n_args++] = arg;
	return 0;
}

/* EAL would not know it, and a check of the configuration would miss it. */
static int
check_not_own(const char *arg, struct tt_error *err)
{
	char name[64];

	if (strncmp(arg, "--", 2) != 0)
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(arg + 2, "="), arg + 2);
	if (!tt_config_is_own(name))
		return 0;
	return tt_error_set(err, -EINVAL, arg,
			"%s's own option; these stand after the \"--\", EAL's arguments "
			"before it",
			TT_PROGRAM);
}

int
tt_eal_split(struct tt_eal *eal, int argc, char **argv, struct tt_error *err)
{
	int dashes = 1, rc = 0;

	*eal = (struct tt_eal){.args = {argv[0]}, .n_args = 1};
	while (dashes < argc && strcmp(argv[dashes], "--") != 0)
		dashes++;
	if (dashes >= argc)
		return 0;
	for (int i = 1; i < dashes && rc == 0; i++) {
		rc = check_not_own(argv[i], err);
		if (rc == 0)
			rc = add_arg(eal, argv[i], err);
	}
	return rc == 0 ? dashes : rc;
}

int
tt_eal_add(struct tt_eal *eal, const char *text, struct tt_error *err)
{
	struct tt_eal given = *eal;
	int n, rc;

	rc = tt_config_split(text, &eal->words, &n, err);
	if (rc != 0)
		return rc;
	/* EAL lets the last of several rule. */
	eal->n_args = 1;
	for (int i = 0; i < n && rc == 0; i++)
		rc = add_arg(eal, eal->words[i], err);
	for (int i = 1; i < given.n_args && rc == 0; i++)
		rc = add_arg(eal, given.args[i], err);
	return rc;
}

const char *
tt_eal_vdev(const struct tt_eal *eal, unsigned n)
{
	for (int i = 1; i < eal->n_args; i++) {
		const char *value = NULL;

		if (strncmp(eal->args[i], "--vdev=", 7) == 0)
			value = eal->args[i] + 7;
		else if (strcmp(eal->args[i], "--vdev") == 0 && i + 1 < eal->n_args)
			value = eal->args[++i];
		if (value != NULL && n-- == 0)
			return value;
	}
	return NULL;
}

static bool
has_arg(const struct tt_eal *eal, const char *arg)
{
	for (int i = 1; i < eal->n_args; i++)
		if (strcmp(eal->args[i], arg) == 0)
			return true;
	return false;
}

static bool
has_log_level(const struct tt_eal *eal)
{
	for (int i = 1; i < eal->n_args; i++)
		if (strncmp(eal->args[i], "--log-level", 11) == 0)
			return true;
	return false;
}

bool
tt_eal_wants_help(const struct tt_eal *eal)
{
	return has_arg(eal, "-h") || has_arg(eal, "--help");
}

bool
tt_eal_knows(const char *option)
{
	/* "lib/eal: EAL common options" of DPDK 22.11's guide, and Linux's own ones. */
	static const char *const names[] = {"allow", "base-virtaddr", "block",
			"create-uio-dev", "file-prefix", "force-max-simd-bitwidth",
			"huge-dir", "huge-unlink", "huge-worker-stack", "in-memory",
			"iova-mode", "lcores", "legacy-mem", "log-level", "main-lcore",
			"match-allocations", "mbuf-pool-ops-name", "no-hpet", "no-huge",
			"no-pci", "no-shconf", "no-telemetry", "proc-type",
			"single-file-segments", "socket-limit", "socket-mem", "syslog",
			"telemetry", "trace", "trace-bufsz", "trace-dir", "trace-mode",
			"vdev", "vfio-intr", "vfio-vf-token", "vmware-tsc-map"};

	if (strncmp(option, "--", 2) != 0)
		return strlen(option) == 2 && option[0] == '-'
				&& strchr("abcdlmnrsSv", option[1]) != NULL;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++)
		if (strcmp(option + 2, names[i]) == 0)
			return true;
	return false;
}

/* The value of "--proc-type", which getopt lets be shortened; NULL where i is another argument. */
static const char *
process_type(const struct tt_eal *eal, int i)
{
	const char *arg = eal->args[i];
	size_t n = strcspn(arg, "=");

	if (n < strlen("--p") || strncmp(arg, "--proc-type", n) != 0)
		return NULL;
	if (arg[n] == '=')
		return arg + n + 1;
	return i + 1 < eal->n_args ? eal->args[i + 1] : NULL;
}

/* A secondary process would wait for the primary one for ever, and has no ports of its own. */
static int
check_process_type(const struct tt_eal *eal, struct tt_error *err)
{
	for (int i = 1; i < eal->n_args; i++) {
		const char *type = process_type(eal, i);

		if (type != NULL && strcasecmp(type, "primary") != 0)
			return tt_error_set(err, -EINVAL, "--proc-type",
					"\"%s\" is not possible, %s is always a primary "
					"process (primary)",
					type, TT_PROGRAM);
	}
	return 0;
}

/* EAL reads the digits of "-m 1g" and starts with 1 MiB, which is too little for what comes then. */
static int
check_memory(const struct tt_eal *eal, struct tt_error *err)
{
	for (int i = 1; i < eal->n_args; i++) {
		const char *value = eal->args[i] + 2, *unit;
		uint64_t bytes;

		if (strncmp(eal->args[i], "-m", 2) != 0)
			continue;
		if (value[0] == '\0')
			value = i + 1 < eal->n_args ? eal->args[++i] : "";
		unit = value + strspn(value, "0123456789");
		if (unit == value || unit[0] == '\0'
				|| toupper((unsigned char)unit[0]) == 'M'
				|| tt_size_parse(value, &bytes) != 0)
			continue;
		return tt_error_set(err, -EINVAL, "-m",
				"\"%s\": EAL takes a number of MiB, such as -m %" PRIu64,
				value, bytes >> 20 > 0 ? bytes >> 20 : 1024);
	}
	return 0;
}

static int
init_quietly(struct tt_eal *eal)
{
	static char level[] = "--log-level=warning";
	char *args[TT_EAL_ARGS_MAX];
	int n = 0, rc;

	/* Our own options were read with getopt in silence; EAL's are to be heard. */
	opterr = 1;
	/* rte_eal_init reorders and keeps pointers into what it is given. */
	args[n++] = eal->args[0];
	if (!has_log_level(eal))
		args[n++] = level;
	for (int i = 1; i < eal->n_args; i++)
		args[n++] = eal->args[i];
	args[n] = NULL;
	if (has_log_level(eal) || tt_eal_wants_help(eal) || !tt_aside_begin())
		return rte_eal_init(n, args);
	rc = rte_eal_init(n, args);
	tt_aside_end(eal->said, sizeof(eal->said));
	tt_dpdk_log_hold();
	return rc;
}

/* Copies one line, without the "EAL: " or the program's name at its start. */
static char *
copy_line(const char *line, const char *program, char *text, size_t size)
{
	size_t n = strcspn(line, "\n"), skip = strlen(program);

	if (strncmp(line, "EAL: ", 5) == 0)
		skip = 5;
	else if (strncmp(line, program, skip) != 0 || strncmp(line + skip, ": ", 2) != 0)
		skip = 0;
	else
		skip += 2;
	line += skip;
	n -= skip;
	snprintf(text, size, "%.*s", (int)n, line);
	return text;
}

char *
tt_eal_complaint(const struct tt_eal *eal, char *text, size_t size)
{
	const char *line = eal->said;

	text[0] = '\0';
	for (; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
		if (strncmp(line, "TELEMETRY:", 10) == 0)
			continue;
		if (text[0] == '\0')
			copy_line(line, eal->args[0], text, size);
	}
	return text;
}

/* What to do about a complaint, where that is known. */
static const char *
hint(const struct tt_eal *eal, const char *complaint)
{
	if (has_arg(eal, "--no-huge")
			|| (strstr(complaint, "hugepage information") == NULL
					&& strstr(complaint, "hugepages reported")
							== NULL))
		return "";
	return "; reserve huge pages (dpdk-setup.md), or do without them: --no-huge -m MIB, "
	       "before the --";
}

int
tt_eal_start(struct tt_eal *eal, struct tt_error *err)
{
	char why[256];
	int rc = check_process_type(eal, err);

	if (rc == 0)
		rc = check_memory(eal, err);
	if (rc != 0)
		return rc;
	if (init_quietly(eal) < 0) {
		int code = rte_errno > 0 ? -rte_errno : -EINVAL;
		size_t n;

		n = strlen(tt_eal_complaint(eal, why, sizeof(why)));
		if (n > 0 && why[n - 1] == '.')
			why[n - 1] = '\0';
		return tt_error_set(err, code, "EAL", "does not start: %s%s",
				why[0] == '\0' ? rte_strerror(-code) : why,
				hint(eal, why));
	}
	eal->started = true;
	if (!rte_eal_has_hugepages())
		tt_say("no huge pages: tables and packet buffers lie in ordinary pages, "
		       "which is slower");
	return 0;
}

void
tt_eal_stop(struct tt_eal *eal)
{
	if (eal->started)
		rte_eal_cleanup();
	eal->started = false;
	free(eal->words);
	eal->words = NULL;
}
