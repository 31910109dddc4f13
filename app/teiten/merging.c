/* SPDX-License-Identifier: BSD-3-Clause */
#include "merging.h"
#include "progress.h"
#include "tt_size.h"
#include "tt_time.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define DAY_S 86400

/* A number of bytes without a unit that is less is one whose unit was forgotten. */
#define BARE_BYTES_MIN (UINT64_C(1) << 20)

/* So long at most it waits for readers; and so long without a word of it. */
#define WAIT_US   (600 * TT_US_PER_S)
#define UNSAID_US TT_US_PER_S

static bool
has_kind(const char *const *kinds, const char *kind)
{
	for (; *kinds != NULL; kinds++)
		if (strcmp(*kinds, kind) == 0)
			return true;
	return false;
}

/* A number of seconds that days are cut into without a rest. */
static bool
parse_seconds(const char *text, int64_t *length_us)
{
	char *end;
	long seconds;

	errno = 0;
	seconds = strtol(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || seconds < 1
			|| seconds > DAY_S || DAY_S % seconds != 0)
		return false;
	*length_us = seconds * TT_US_PER_S;
	return true;
}

bool
period_parse(const char *text, const char *const *kinds, struct period *period)
{
	*period = (struct period){0};
	if (strcmp(text, "hour") == 0)
		period->length_us = 3600 * TT_US_PER_S;
	else if (strcmp(text, "day") == 0)
		period->length_us = DAY_S * TT_US_PER_S;
	else if (strcmp(text, "interval") == 0 && has_kind(kinds, text))
		period->interval = true;
	else if (strcmp(text, "all") == 0 && has_kind(kinds, text))
		period->all = true;
	else if (!has_kind(kinds, "seconds"))
		return false;
	else
		return parse_seconds(text, &period->length_us);
	return true;
}

int64_t
period_start(const struct period *period, int64_t us)
{
	if (period->all)
		return 0;
	return period->interval ? us : tt_time_floor(us, period->length_us);
}

int64_t
period_end(const struct period *period, int64_t us)
{
	return period_start(period, us) + period->length_us;
}

bool
take_bytes(struct tool *tool, const char *option, uint64_t *bytes)
{
	uint64_t found;

	if (tt_size_parse(optarg, &found) != 0 || found == 0) {
		tool->status = tool_usage(tool,
				"%s: \"%s\" is no number of bytes such as 500B, 512M, 20GiB",
				option, optarg);
		return false;
	}
	if (found < BARE_BYTES_MIN && optarg[strspn(optarg, "0123456789")] == '\0') {
		tool->status = tool_usage(tool,
				"%s: \"%s\" has no unit: %sB if so few bytes are meant, "
				"else such as %sG",
				option, optarg, optarg, optarg);
		return false;
	}
	*bytes = found;
	return true;
}

int
merging_open(const struct tool *tool, struct tt_compactor *compactor,
		const char *sensor_path, bool *gave_up, struct tt_error *err)
{
	int ret = tt_compactor_open(compactor, sensor_path, UNSAID_US, err);

	if (ret != -EAGAIN || *gave_up)
		return ret;
	progress_clear();
	fprintf(stderr, "%s: %s: waiting for a report that reads its snapshots\n",
			tool->name, sensor_path);
	ret = tt_compactor_open(compactor, sensor_path, WAIT_US, err);
	*gave_up = ret == -EAGAIN;
	return ret;
}

static void
draw(const char *of, size_t done, size_t n, const char *what)
{
	if (progress_due())
		progress_draw((double)done / (double)n, "%s: %zu of %zu %s", of, done, n,
				what);
}

void
merging_progress(void *context, size_t done, size_t n)
{
	draw(context, done, n, "snapshots");
}

void
merging_deleted(void *context, size_t done, size_t n)
{
	draw(context, done, n, "deleted  ");
}

void
merging_checked(void *context, size_t done, size_t n)
{
	draw(context, done, n, "checked  ");
}

void
merging_print(const char *path, size_t n, size_t sensors,
		const struct tt_compact_result *r)
{
	printf("%s: %zu snapshot%s, %" PRId64 " packets, %s%" PRId64 " sources, %" PRIu64
	       " bytes",
			path, n, n == 1 ? "" : "s", r->packets,
			r->pair_rows_one_in > 1 ? "about " : "", r->uniq_src_ip,
			r->bytes);
	if (r->sensors < sensors)
		printf(", of %zu of %zu sensors", r->sensors, sensors);
	if (r->pair_rows_one_in > 1)
		printf(", one source in %" PRId64 " kept", r->pair_rows_one_in);
	if (r->contact_rows_one_in > 1)
		printf(", one contact in %" PRId64 " kept", r->contact_rows_one_in);
	if (r->heavy_cut > 0)
		printf(", %" PRIu64
		       " rows of talkers and source_ports are with all others",
				r->heavy_cut);
	putchar('\n');
	fflush(stdout);
}
