/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_watch_state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define MAGIC      "TTWATCH1"
#define FILE_MAX   (INT64_C(1) << 32) /* bytes */
#define EVENTS_MAX TT_PAST_TARGETS_MAX

struct tt_watch *
tt_watches_of(struct tt_watches *watches, const char *sensor)
{
	struct tt_watch **more, *watch;

	for (size_t i = 0; i < watches->n; i++)
		if (strcmp(watches->all[i]->sensor, sensor) == 0)
			return watches->all[i];
	more = reallocarray(watches->all, watches->n + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	watches->all = more;
	watch = calloc(1, sizeof(*watch));
	if (watch == NULL)
		return NULL;
	tt_watch_init(watch, sensor, &watches->options);
	more[watches->n++] = watch;
	return watch;
}

void
tt_watches_fini(struct tt_watches *watches)
{
	for (size_t i = 0; i < watches->n; i++) {
		tt_watch_fini(watches->all[i]);
		free(watches->all[i]);
	}
	free(watches->all);
	watches->all = NULL;
	watches->n = 0;
}

/* Bytes that are being written, or read. */
struct bytes {
	uint8_t *all; /* [n], of [room] */
	size_t n, room, at;
	bool failed; /* out of memory; or the file ended, or has what cannot be */
};

static void
put(struct bytes *b, const void *what, size_t n)
{
	if (b->failed)
		return;
	if (b->room - b->n < n) {
		size_t room = 2 * (b->room + n);
		uint8_t *all = realloc(b->all, room);

		b->failed = all == NULL;
		if (b->failed)
			return;
		b->all = all;
		b->room = room;
	}
	memcpy(b->all + b->n, what, n);
	b->n += n;
}

static void
put_number(struct bytes *b, uint64_t value, unsigned n)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < n; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	put(b, bytes, n);
}

static void
put_real(struct bytes *b, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	put_number(b, bits, sizeof(bits));
}

static void
put_short(struct bytes *b, uint32_t value)
{
	for (; value >= 128; value >>= 7)
		put_number(b, value & 127, 1);
	put_number(b, value | 128, 1);
}

static void
put_counts(struct bytes *b, const uint32_t *counts, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned zeros = 0;

		put_short(b, counts[i]);
		if (counts[i] != 0)
			continue;
		while (i + 1 < n && counts[i + 1] == 0) {
			zeros++;
			i++;
		}
		put_short(b, zeros);
	}
}

static void
put_past(struct bytes *b, const struct tt_past *past)
{
	for (unsigned i = 0; i < TT_PAST_HOURS; i++)
		put_real(b, past->exposures[i]);
	put_number(b, past->names.n, 4);
	for (size_t i = 0; i < past->names.n; i++) {
		const struct tt_past_target *t = &past->all[i];

		put_number(b, past->names.all[i].protocol, 1);
		put_number(b, (uint32_t)past->names.all[i].target, 4);
		put_number(b, (uint64_t)t->seen_hour, 8);
		put_number(b, t->row != NULL, 1);
		if (t->row != NULL)
			put_counts(b, t->row, TT_PAST_HOURS);
		else
			put_counts(b, t->recent, TT_PAST_DAY_HOURS);
	}
}

static void
put_event(struct bytes *b, const struct tt_watch_event *e)
{
	put_number(b, e->of, 4);
	put_number(b, e->is_new, 1);
	put_number(b, (uint64_t)e->began_us, 8);
	put_number(b, (uint64_t)e->began_hour, 8);
	put_number(b, (uint64_t)e->over_hour, 8);
	put_number(b, e->packets, 8);
	put_real(b, e->usual_rate);
	put_real(b, e->usual_spread);
	put_real(b, e->peak_rate);
}

static void
put_watch(struct bytes *b, const struct tt_watch *w)
{
	char name[TT_SENSOR_MAX] = "";

	memcpy(name, w->sensor, strnlen(w->sensor, sizeof(name)));
	put(b, name, sizeof(name));
	put_number(b, (uint64_t)w->past.first_hour, 8);
	put_number(b, (uint64_t)w->past.latest_hour, 8);
	put_number(b, (uint64_t)w->latest_us, 8);
	put_past(b, &w->past);
	put_number(b, w->known.n, 4);
	for (size_t i = 0; i < w->known.n; i++) {
		put_number(b, w->known.all[i].id, 8);
		put_number(b, (uint64_t)w->known.all[i].start_us, 8);
	}
	put_number(b, w->n_events, 4);
	for (size_t i = 0; i < w->n_events; i++)
		put_event(b, &w->events[i]);
}

static int
write_all(int fd, const struct bytes *b)
{
	for (size_t done = 0; done < b->n;) {
		ssize_t n = write(fd, b->all + done, b->n - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0 ? 0 : -errno;
}

static int
sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash == NULL ? strdup(".")
				     : strndup(path, (size_t)(slash - path) + 1);
	int fd, ret = 0;

	if (parent == NULL)
		return -ENOMEM;
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		ret = -errno;
	if (fd >= 0)
		close(fd);
	free(parent);
	return ret;
}

static int
write_file(const struct bytes *b, const char *path)
{
	char *tmp;
	int fd, ret;

	if (asprintf(&tmp, "%s.tmp", path) < 0)
		return -ENOMEM;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	ret = fd < 0 ? -errno : write_all(fd, b);
	if (fd >= 0 && close(fd) != 0 && ret == 0)
		ret = -errno;
	if (ret == 0 && rename(tmp, path) != 0)
		ret = -errno;
	if (ret != 0 && fd >= 0)
		unlink(tmp);
	free(tmp);
	return ret == 0 ? sync_parent(path) : ret;
}

int
tt_watches_save(const struct tt_watches *watches, const char *path, struct tt_error *err)
{
	struct bytes b = {0};
	int ret = -ENOMEM;

	put(&b, MAGIC, strlen(MAGIC));
	put_number(&b, watches->n, 4);
	for (size_t i = 0; i < watches->n; i++)
		put_watch(&b, watches->all[i]);
	if (!b.failed)
		put_number(&b, crc32_z(crc32_z(0, NULL, 0), b.all, b.n), 4);
	if (!b.failed)
		ret = write_file(&b, path);
	free(b.all);
	if (ret != 0)
		tt_error_set(err, ret, path, "cannot be written: %s", strerror(-ret));
	return ret;
}

static uint64_t
get_number(struct bytes *b, unsigned n)
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
get_real(struct bytes *b)
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

static uint32_t
get_short(struct bytes *b)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift <= 28 && !b->failed; shift += 7) {
		uint64_t byte = get_number(b, 1);

		value |= (byte & 127) << shift;
		if (byte >= 128)
			return (uint32_t)value;
	}
	b->failed = true;
	return 0;
}

static void
get_counts(struct bytes *b, uint32_t *counts, unsigned n)
{
	for (unsigned i = 0; i < n && !b->failed; i++) {
		uint32_t zeros;

		counts[i] = get_short(b);
		if (counts[i] != 0)
			continue;
		zeros = get_short(b);
		b->failed = b->failed || zeros >= n - i;
		i += b->failed ? 0 : zeros;
	}
}

/* A time that can be: of the years that snapshots have. */
static int64_t
get_time(struct bytes *b, int64_t most)
{
	int64_t value = (int64_t)get_number(b, 8);

	b->failed = b->failed || value < -1 || value > most;
	return b->failed ? 0 : value;
}

#define HOUR_MOST (TT_TIME_MAX / TT_HOUR_US + 1)
#define TIME_MOST (TT_TIME_MAX + TT_US_PER_YEAR)

/* Adds a target. Returns -1 where memory is short; what cannot be makes b failed. */
static int
get_target(struct bytes *b, struct tt_past *past)
{
	const struct tt_target_name name = {
			(uint8_t)get_number(b, 1), (int32_t)(uint32_t)get_number(b, 4)};
	const struct tt_past_span span = {past->latest_hour * TT_HOUR_US,
			past->latest_hour * TT_HOUR_US + 1, 0};
	int64_t seen_hour = get_time(b, HOUR_MOST), of;
	size_t n = past->names.n;
	uint32_t *row;

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
get_past(struct bytes *b, struct tt_past *past)
{
	uint32_t n;
	int ret = 0;

	for (unsigned i = 0; i < TT_PAST_HOURS; i++)
		past->exposures[i] = get_real(b);
	n = (uint32_t)get_number(b, 4);
	for (uint32_t i = 0; ret == 0 && i < n && !b->failed; i++)
		ret = get_target(b, past);
	return ret;
}

static int
get_event(struct bytes *b, struct tt_watch *w)
{
	struct tt_watch_event e = {.of = (uint32_t)get_number(b, 4),
			.is_new = get_number(b, 1) != 0};
	struct tt_watch_event *more;

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

static int
get_watch(struct bytes *b, struct tt_watches *watches)
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
read_file(const char *path, struct bytes *b)
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
is_intact(const struct bytes *b)
{
	struct bytes crc = *b;

	if (b->n < strlen(MAGIC) + 8 || memcmp(b->all, MAGIC, strlen(MAGIC)) != 0)
		return false;
	crc.at = b->n - 4;
	return get_number(&crc, 4) == crc32_z(crc32_z(0, NULL, 0), b->all, b->n - 4);
}

static int
parse(struct bytes *b, struct tt_watches *watches)
{
	uint32_t n;
	int ret = 0;

	if (!is_intact(b))
		return -EBADMSG;
	b->n -= 4;
	b->at = strlen(MAGIC);
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
	struct bytes b = {0};
	int ret = read_file(path, &b);

	if (ret == 0)
		ret = parse(&b, watches);
	free(b.all);
	if (ret == -EBADMSG)
		tt_error_set(err, ret, path, "is no state of a watch, or damaged");
	else if (ret != 0)
		tt_error_set(err, ret, path, "%s", strerror(-ret));
	if (ret != 0)
		tt_watches_fini(watches);
	return ret;
}
