/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_watch_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define FILE_MAX (INT64_C(1) << 32) /* bytes */

static uint64_t
get_number(struct tt_watch_bytes *b, unsigned n)
{
	uint64_t value = 0;

	if (b->n - b->at < n) {
		b->failed = true;
		b->at = b->n;
		return 0;
	}
	for (unsigned i = 0; i < n; i++)
		value |= (uint64_t)b->all[b->at++] << (8 * i);
	return value;
}

static double
get_real(struct tt_watch_bytes *b)
{
	uint64_t bits = get_number(b, sizeof(bits));
	double value;

	memcpy(&value, &bits, sizeof(value));
	if (!(value >= 0 && value < 1e300)) {
		b->failed = true;
		return 0;
	}
	return value;
}

static uint64_t
get_short(struct tt_watch_bytes *b)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift <= 63 && !b->failed; shift += 7) {
		uint64_t byte = get_number(b, 1);

		value |= (byte & 127) << shift;
		if (byte >= 128)
			return value;
	}
	b->failed = true;
	return 0;
}

static void
get_counts(struct tt_watch_bytes *b, uint64_t *counts, unsigned n)
{
	for (unsigned i = 0; i < n && !b->failed; i++) {
		uint64_t zeros;

		counts[i] = get_short(b);
		if (counts[i] != 0)
			continue;
		zeros = get_short(b);
		b->failed = b->failed || zeros >= n - i;
		i += b->failed ? 0 : (unsigned)zeros;
	}
}

/* A time that can be: of the years that snapshots have. */
static int64_t
get_time(struct tt_watch_bytes *b, int64_t most)
{
	int64_t value = (int64_t)get_number(b, 8);

	b->failed = b->failed || value < -1 || value > most;
	return b->failed ? 0 : value;
}

#define HOUR_MOST (TT_TIME_MAX / TT_HOUR_US + 1)
#define TIME_MOST (TT_TIME_MAX + TT_US_PER_YEAR)

/* Adds a target. Returns -1 where memory is short; what cannot be makes b failed. */
static int
get_target(struct tt_watch_bytes *b, struct tt_past *past)
{
	const struct tt_target_name name = {
			(uint8_t)get_number(b, 1), (int32_t)(uint32_t)get_number(b, 4)};
	const struct tt_past_span span = {past->latest_hour * TT_HOUR_US,
			past->latest_hour * TT_HOUR_US + 1, 0};
	int64_t seen_hour = get_time(b, HOUR_MOST), of;
	size_t n = past->names.n;
	uint64_t *row;

	if (b->failed || name.target < -1 || name.target > UINT16_MAX) {
		b->failed = true;
		return 0;
	}
	of = tt_past_add(past, &name, &span, 0, UINT64_MAX);
	if (of < 0)
		return -1;
	b->failed = of != (int64_t)n;
	if (b->failed)
		return 0;
	past->all[of].seen_hour = seen_hour;
	past->all[of].sources_most = UINT32_MAX;
	if (get_number(b, 1) == 0) {
		get_counts(b, past->all[of].recent, TT_PAST_DAY_HOURS);
		return 0;
	}
	row = tt_past_row(past, (uint32_t)of);
	if (row == NULL)
		return -1;
	get_counts(b, row, TT_PAST_HOURS);
	for (int64_t h = past->latest_hour;
			h >= 0 && h > past->latest_hour - TT_PAST_DAY_HOURS; h--)
		past->all[of].recent[h % TT_PAST_DAY_HOURS] = row[h % TT_PAST_HOURS];
	return 0;
}

static int
get_past(struct tt_watch_bytes *b, struct tt_past *past)
{
	uint32_t n;
	int ret = 0;

	for (unsigned i = 0; i < TT_PAST_HOURS; i++)
		past->exposures[i] = get_real(b);
	get_counts(b, past->totals, TT_PAST_HOURS);
	n = (uint32_t)get_number(b, 4);
	for (uint32_t i = 0; ret == 0 && i < n && !b->failed; i++)
		ret = get_target(b, past);
	return ret;
}

static int
get_event(struct tt_watch_bytes *b, struct tt_watch *w)
{
	struct tt_watch_event e = {.of = (uint32_t)get_number(b, 4),
			.is_new = get_number(b, 1) != 0};
	struct tt_watch_event *more;

	e.is_told = get_number(b, 1) != 0;
	e.is_coarse = get_number(b, 1) != 0;
	e.began_us = get_time(b, TIME_MOST);
	e.began_hour = get_time(b, HOUR_MOST);
	e.over_hour = get_time(b, HOUR_MOST);
	e.packets = get_number(b, 8);
	e.usual_rate = get_real(b);
	e.usual_spread = get_real(b);
	e.peak_rate = get_real(b);
	if (b->failed || e.of >= w->past.names.n || w->past.all[e.of].event != 0) {
		b->failed = true;
		return 0;
	}
	more = reallocarray(w->events, w->n_events + 1, sizeof(*more));
	if (more == NULL)
		return -1;
	w->events = more;
	w->events[w->n_events++] = e;
	w->room = w->n_events;
	w->past.all[e.of].event = (int32_t)w->n_events;
	return 0;
}

static void
get_silences(struct tt_watch_bytes *b, struct tt_watch_silences *s)
{
	for (unsigned i = 0; i < TT_N_WATCH_LACKS; i++) {
		s->of[i].since_us = get_time(b, TIME_MOST);
		s->of[i].is_open = get_number(b, 1) != 0;
		s->of[i].is_told = get_number(b, 1) != 0;
	}
	s->was_since_us = get_time(b, TIME_MOST);
	s->was_until_us = get_time(b, TIME_MOST);
	s->exposure = get_real(b);
	s->frames = get_number(b, 8);
	s->link_down_us = get_number(b, 8);
	s->length_us = get_time(b, TIME_MOST);
	s->in_time = get_number(b, 1) != 0;
}

static int
get_watch(struct tt_watch_bytes *b, struct tt_watches *watches)
{
	char name[TT_SENSOR_MAX + 1] = "";
	struct tt_watch *w;
	uint32_t n;
	int ret;

	for (unsigned i = 0; i < TT_SENSOR_MAX; i++)
		name[i] = (char)get_number(b, 1);
	if (b->failed || !tt_sensor_name_valid(name))
		b->failed = true;
	w = b->failed ? NULL : tt_watches_of(watches, name);
	if (w == NULL)
		return b->failed ? 0 : -1;
	w->past.first_hour = get_time(b, HOUR_MOST);
	w->past.latest_hour = get_time(b, HOUR_MOST);
	w->latest_us = (int64_t)get_number(b, 8);
	w->coarse_us = get_time(b, TIME_MOST);
	get_silences(b, &w->silences);
	ret = get_past(b, &w->past);
	n = (uint32_t)get_number(b, 4);
	for (uint32_t i = 0; ret == 0 && i < n && !b->failed; i++) {
		uint64_t id = get_number(b, 8);

		ret = tt_known_add_one(&w->known, id, (int64_t)get_number(b, 8));
	}
	n = (uint32_t)get_number(b, 4);
	for (uint32_t i = 0; ret == 0 && i < n && !b->failed; i++)
		ret = get_event(b, w);
	return ret;
}

/* Reads the file. Returns 0 or a negative errno. */
static int
read_file(const char *path, struct tt_watch_bytes *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret = 0;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		ret = -EBADMSG;
	b->all = ret == 0 ? malloc((size_t)st.st_size + 1) : NULL;
	while (ret == 0 && b->all != NULL && b->n < (size_t)st.st_size) {
		ssize_t n = read(fd, b->all + b->n, (size_t)st.st_size - b->n);

		if (n == 0)
			ret = -EBADMSG;
		else if (n < 0 && errno != EINTR)
			ret = -errno;
		b->n += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	return ret == 0 && b->all == NULL ? -ENOMEM : ret;
}

static bool
is_intact(const struct tt_watch_bytes *b)
{
	struct tt_watch_bytes crc = *b;

	if (b->n < strlen(TT_WATCH_MAGIC) + 8
			|| memcmp(b->all, TT_WATCH_MAGIC, strlen(TT_WATCH_MAGIC)) != 0)
		return false;
	crc.at = b->n - 4;
	return get_number(&crc, 4) == crc32_z(crc32_z(0, NULL, 0), b->all, b->n - 4);
}

static int
parse(struct tt_watch_bytes *b, struct tt_watches *watches)
{
	uint32_t n;
	int ret = 0;

	if (!is_intact(b))
		return -EBADMSG;
	b->n -= 4;
	b->at = strlen(TT_WATCH_MAGIC);
	watches->quiet_until_us = (int64_t)get_number(b, 8);
	n = (uint32_t)get_number(b, 4);
	for (uint32_t i = 0; ret == 0 && i < n && !b->failed; i++)
		ret = get_watch(b, watches);
	if (ret != 0)
		return -ENOMEM;
	return b->failed || b->at != b->n ? -EBADMSG : 0;
}

int
tt_watches_load(struct tt_watches *watches, const char *path, struct tt_error *err)
{
	struct tt_watch_bytes b = {0};
	int ret = read_file(path, &b);

	if (ret == 0)
		ret = parse(&b, watches);
	free(b.all);
	if (ret == -EBADMSG)
		tt_error_set(err, ret, path,
				"is no state of this version's watch, or damaged; without it, "
				"the past is learnt from the spool again");
	else if (ret != 0)
		tt_error_set(err, ret, path, "%s", strerror(-ret));
	if (ret != 0)
		tt_watches_fini(watches);
	return ret;
}
