/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads in two passes, so that no more memory is needed than the tables have: bounds and the
 * checksum over the whole file first, then what it says.
 */
#include "tt_recall_file.h"
#include "tt_recall_private.h"
#include "tt_time.h"

#include <errno.h>
#include <libdeflate.h>
#include <string.h>
#include <sys/stat.h>

struct loader {
	struct tt_recall *recall;
	const char *path, *sensor;
	FILE *file;
	uint64_t bytes;
	uint64_t n_targets, n_sources;
	unsigned shift, collect_shift;
	int64_t since_us, entered_us, latest_us, collect_us;
	uint64_t secret;
	struct tt_recall_rate rates[TT_RECALL_RATES];
	struct tt_error *err;
};

static int
bad(const struct loader *l, const char *why)
{
	return tt_error_set(l->err, -EBADMSG, l->path, "%s", why);
}

static int
take(const struct loader *l, uint8_t *bytes, size_t n)
{
	int code;

	if (fread(bytes, 1, n, l->file) == n)
		return 0;
	code = ferror(l->file) ? errno : EBADMSG;
	return tt_error_set(l->err, -code, l->path, "cannot be read: %s", strerror(code));
}

static int
take_header(struct loader *l, uint8_t header[TT_RECALL_HEADER_BYTES])
{
	uint32_t version;
	int ret;

	if (l->bytes < TT_RECALL_HEADER_BYTES + TT_RECALL_CRC_BYTES)
		return bad(l, "cut short");
	ret = take(l, header, TT_RECALL_HEADER_BYTES);
	if (ret != 0)
		return ret;
	if (memcmp(header, TT_RECALL_MAGIC, 8) != 0)
		return bad(l, "not a memory of earlier intervals");
	version = (uint32_t)tt_recall_get(header + 8, 4);
	if (version != TT_RECALL_VERSION)
		return tt_error_set(l->err, -EBADMSG, l->path,
				"of version %u; only %u is known", version,
				TT_RECALL_VERSION);
	return 0;
}

static int
check_bounds(struct loader *l, const uint8_t *header)
{
	uint64_t rest = l->bytes - TT_RECALL_HEADER_BYTES - TT_RECALL_CRC_BYTES;

	l->n_targets = tt_recall_get(header + 32, 8);
	l->n_sources = tt_recall_get(header + 40, 8);
	if (l->n_targets > TT_RECALL_N_TARGETS
			|| l->n_sources > rest / TT_RECALL_SOURCE_BYTES
			|| l->n_targets * TT_RECALL_TARGET_BYTES
							+ l->n_sources * TT_RECALL_SOURCE_BYTES
					!= rest)
		return bad(l, "its length is not that of what it says to hold");
	return 0;
}

static int
check_crc(const struct loader *l)
{
	uint64_t rest = l->bytes - TT_RECALL_CRC_BYTES;
	uint8_t bytes[16384];
	uint32_t crc = 0;
	int ret;

	rewind(l->file);
	while (rest > 0) {
		size_t n = rest < sizeof(bytes) ? (size_t)rest : sizeof(bytes);

		ret = take(l, bytes, n);
		if (ret != 0)
			return ret;
		crc = libdeflate_crc32(crc, bytes, n);
		rest -= n;
	}
	ret = take(l, bytes, TT_RECALL_CRC_BYTES);
	if (ret == 0 && tt_recall_get(bytes, TT_RECALL_CRC_BYTES) != crc)
		ret = bad(l, "damaged: the checksum is wrong");
	return ret;
}

static bool
is_time(int64_t us)
{
	return us >= TT_TIME_MIN && us <= TT_TIME_MAX;
}

/* Are the shifts and times that the sample consists of possible together? */
static bool
is_sample(const struct loader *l)
{
	bool collects = l->collect_shift < l->shift;

	return l->shift <= TT_RECALL_SHIFT_MAX && l->collect_shift <= l->shift
			&& is_time(l->since_us)
			&& (l->entered_us == TT_RECALL_NONE
					|| (is_time(l->entered_us)
							&& l->entered_us >= l->since_us))
			&& (l->latest_us == TT_RECALL_NONE || is_time(l->latest_us))
			&& l->latest_us <= l->entered_us
			&& (collects ? is_time(l->collect_us) && l->collect_us <= l->latest_us
				     : l->collect_us == TT_RECALL_NONE);
}

/* The latest interval and the one before it, of which there may be none. */
static bool
are_intervals(int64_t last_us, int64_t prev_us)
{
	return is_time(last_us) && prev_us < last_us
			&& (prev_us == TT_RECALL_NONE || is_time(prev_us));
}

_Static_assert(TT_RECALL_RATES == TT_RECALL_N_RATES,
		"the file has every rate that there is");

static int
parse_rates(struct loader *l, const uint8_t *at)
{
	for (unsigned i = 0; i < TT_RECALL_RATES; i++, at += TT_RECALL_RATE_BYTES) {
		struct tt_recall_rate *rate = &l->rates[i];

		*rate = (struct tt_recall_rate){(int64_t)tt_recall_get(at, 8),
				(int64_t)tt_recall_get(at + 8, 8)};
		if (!are_intervals(rate->last_us, rate->prev_us)
				&& (rate->last_us != TT_RECALL_NONE
						|| rate->prev_us != TT_RECALL_NONE))
			return bad(l, "one of its rates is not one");
	}
	return 0;
}

static int
check_header(struct loader *l, const uint8_t *header)
{
	char sensor[TT_SENSOR_MAX + 1] = "";

	memcpy(sensor, header + TT_RECALL_NAME_AT, TT_SENSOR_MAX);
	if (strcmp(sensor, l->sensor) != 0)
		return tt_error_set(l->err, -EBADMSG, l->path,
				"of another sensor, \"%s\"", sensor);
	l->shift = (unsigned)tt_recall_get(header + 12, 2);
	l->collect_shift = (unsigned)tt_recall_get(header + 14, 2);
	l->since_us = (int64_t)tt_recall_get(header + 24, 8);
	l->latest_us = (int64_t)tt_recall_get(header + 48, 8);
	l->collect_us = (int64_t)tt_recall_get(header + 56, 8);
	l->entered_us = (int64_t)tt_recall_get(header + 64, 8);
	l->secret = tt_recall_get(header + 72, 8);
	if (!is_sample(l))
		return bad(l, "its header is not one");
	return parse_rates(l, header + TT_RECALL_RATES_AT);
}

static int
load_targets(const struct loader *l)
{
	uint64_t next = 0;

	for (uint64_t i = 0; i < l->n_targets; i++) {
		uint8_t bytes[TT_RECALL_TARGET_BYTES];
		int ret = take(l, bytes, sizeof(bytes));
		uint32_t key;
		int32_t number;
		int64_t first;

		if (ret != 0)
			return ret;
		key = (uint32_t)tt_recall_get(bytes, 4);
		number = (int32_t)(key & 0xffffff) - 1;
		first = (int64_t)tt_recall_get(bytes + 4, 8);
		if (key < next || number >= tt_recall_numbers(key >> 24)
				|| !is_time(first))
			return bad(l, "one of its targets is not one");
		next = (uint64_t)key + 1;
		l->recall->targets[tt_recall_target_index(key >> 24, number)] = first;
	}
	return 0;
}

/* Sources of the latest interval, or of any before it, had no room. */
static void
note_overflow(struct tt_recall *recall)
{
	if (recall->entered_us <= TT_TIME_MIN)
		return;
	tt_recall_note_overflow(recall, recall->entered_us - 1);
	tt_recall_note_overflow(recall, recall->entered_us);
}

/* Enters a source if there is room. Hashes ascend: once the shift has grown, all that follow are
 * beyond it. */
static void
enter(struct tt_recall *recall, const struct tt_recall_source *s, uint64_t hash)
{
	if (!tt_recall_keeps(recall->collect_shift, hash))
		return;
	if (!tt_recall_raise_shift(recall, hash)) {
		if (tt_recall_keeps(recall->collect_shift, hash))
			note_overflow(recall);
		return;
	}
	tt_recall_append(recall, s);
}

static struct tt_recall_source
parse_source(const uint8_t *bytes)
{
	return (struct tt_recall_source){
			.addr = {tt_recall_get(bytes, 8), tt_recall_get(bytes + 8, 8)},
			.last_us = (int64_t)tt_recall_get(bytes + 16, 8),
			.prev_us = (int64_t)tt_recall_get(bytes + 24, 8),
	};
}

static bool
is_source(const struct loader *l, const struct tt_recall_source *s)
{
	return tt_recall_keeps(l->collect_shift, tt_recall_hash(l->recall, s->addr))
			&& are_intervals(s->last_us, s->prev_us);
}

static bool
ascends(const struct tt_recall *recall, const struct tt_recall_source *a,
		const struct tt_recall_source *b)
{
	uint64_t left = tt_recall_hash(recall, a->addr),
		 right = tt_recall_hash(recall, b->addr);

	return left != right ? left < right : tt_addr_cmp(a->addr, b->addr) < 0;
}

static int
load_sources(const struct loader *l)
{
	struct tt_recall_source s, before = {0};

	for (uint64_t i = 0; i < l->n_sources; i++) {
		uint8_t bytes[TT_RECALL_SOURCE_BYTES];
		int ret = take(l, bytes, sizeof(bytes));

		if (ret != 0)
			return ret;
		s = parse_source(bytes);
		if (!is_source(l, &s) || (i > 0 && !ascends(l->recall, &before, &s)))
			return bad(l, "one of its sources is not one");
		enter(l->recall, &s, tt_recall_hash(l->recall, s.addr));
		before = s;
	}
	return 0;
}

static void
set_sample(const struct loader *l)
{
	l->recall->shift = l->shift;
	l->recall->collect_shift = l->collect_shift;
	l->recall->since_us = l->since_us;
	l->recall->secret = l->secret;
	l->recall->entered_us = l->entered_us;
	l->recall->latest_us = l->latest_us;
	l->recall->collect_us = l->collect_us;
	memcpy(l->recall->rates, l->rates, sizeof(l->rates));
}

static int
load(struct loader *l)
{
	uint8_t header[TT_RECALL_HEADER_BYTES];
	int ret = take_header(l, header);

	if (ret == 0)
		ret = check_bounds(l, header);
	if (ret == 0)
		ret = check_crc(l);
	if (ret == 0)
		ret = check_header(l, header);
	if (ret != 0)
		return ret;
	if (fseeko(l->file, TT_RECALL_HEADER_BYTES, SEEK_SET) != 0)
		return tt_error_set(l->err, -errno, l->path, "%s", strerror(errno));
	set_sample(l);
	ret = load_targets(l);
	return ret == 0 ? load_sources(l) : ret;
}

static int
find_length(struct loader *l)
{
	struct stat st;

	if (fstat(fileno(l->file), &st) != 0)
		return tt_error_set(l->err, -errno, l->path, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return tt_error_set(l->err, -EINVAL, l->path, "not a regular file");
	l->bytes = (uint64_t)st.st_size;
	return 0;
}

int
tt_recall_load(struct tt_recall *recall, const char *path, const char *sensor,
		struct tt_error *err)
{
	struct loader l = {.recall = recall, .path = path, .sensor = sensor, .err = err};
	uint64_t secret = recall->secret;
	int ret;

	TT_ASSERT(recall->since_us == 0 && recall->n_sources == 0);
	l.file = fopen(path, "re");
	if (l.file == NULL)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	ret = find_length(&l);
	if (ret == 0)
		ret = load(&l);
	fclose(l.file);
	if (ret != 0) {
		tt_recall_clear(recall);
		recall->secret = secret;
	}
	return ret;
}
