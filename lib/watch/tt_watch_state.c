/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sync.h"
#include "tt_watch_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

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
	watch->quiet_until_us = watches->quiet_until_us;
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

static void
put(struct tt_watch_bytes *b, const void *what, size_t n)
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
put_number(struct tt_watch_bytes *b, uint64_t value, unsigned n)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < n; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	put(b, bytes, n);
}

static void
put_real(struct tt_watch_bytes *b, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	put_number(b, bits, sizeof(bits));
}

static void
put_short(struct tt_watch_bytes *b, uint64_t value)
{
	for (; value >= 128; value >>= 7)
		put_number(b, value & 127, 1);
	put_number(b, value | 128, 1);
}

static void
put_counts(struct tt_watch_bytes *b, const uint64_t *counts, unsigned n)
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
put_past(struct tt_watch_bytes *b, const struct tt_past *past)
{
	for (unsigned i = 0; i < TT_PAST_HOURS; i++)
		put_real(b, past->exposures[i]);
	put_counts(b, past->totals, TT_PAST_HOURS);
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
put_event(struct tt_watch_bytes *b, const struct tt_watch_event *e)
{
	put_number(b, e->of, 4);
	put_number(b, e->is_new, 1);
	put_number(b, e->is_told, 1);
	put_number(b, e->is_coarse, 1);
	put_number(b, (uint64_t)e->began_us, 8);
	put_number(b, (uint64_t)e->began_hour, 8);
	put_number(b, (uint64_t)e->over_hour, 8);
	put_number(b, e->packets, 8);
	put_real(b, e->usual_rate);
	put_real(b, e->usual_spread);
	put_real(b, e->peak_rate);
}

static void
put_silences(struct tt_watch_bytes *b, const struct tt_watch_silences *s)
{
	for (unsigned i = 0; i < TT_N_WATCH_LACKS; i++) {
		put_number(b, (uint64_t)s->of[i].since_us, 8);
		put_number(b, s->of[i].is_open, 1);
		put_number(b, s->of[i].is_told, 1);
	}
	put_number(b, (uint64_t)s->was_since_us, 8);
	put_number(b, (uint64_t)s->was_until_us, 8);
	put_real(b, s->exposure);
	put_number(b, s->frames, 8);
	put_number(b, s->link_down_us, 8);
	put_number(b, (uint64_t)s->length_us, 8);
	put_number(b, s->in_time, 1);
}

static void
put_watch(struct tt_watch_bytes *b, const struct tt_watch *w)
{
	char name[TT_SENSOR_MAX] = "";

	memcpy(name, w->sensor, strnlen(w->sensor, sizeof(name)));
	put(b, name, sizeof(name));
	put_number(b, (uint64_t)w->past.first_hour, 8);
	put_number(b, (uint64_t)w->past.latest_hour, 8);
	put_number(b, (uint64_t)w->latest_us, 8);
	put_number(b, (uint64_t)w->coarse_us, 8);
	put_silences(b, &w->silences);
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
write_all(int fd, const struct tt_watch_bytes *b)
{
	for (size_t done = 0; done < b->n;) {
		ssize_t n = write(fd, b->all + done, b->n - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0 ? 0 : -errno;
}

static char *
path_beside(const char *path)
{
	char *beside;

	return asprintf(&beside, "%s.tmp", path) < 0 ? NULL : beside;
}

static int
write_beside(const struct tt_watch_bytes *b, const char *path)
{
	char *beside = path_beside(path);
	int fd, ret;

	if (beside == NULL)
		return -ENOMEM;
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	ret = fd < 0 ? -errno : write_all(fd, b);
	if (fd >= 0 && close(fd) != 0 && ret == 0)
		ret = -errno;
	if (ret != 0 && fd >= 0)
		unlink(beside);
	free(beside);
	return ret;
}

static int
cannot_write(const char *path, int ret, struct tt_error *err)
{
	return tt_error_set(err, ret, path, "cannot be written: %s", strerror(-ret));
}

int
tt_watches_prepare(
		const struct tt_watches *watches, const char *path, struct tt_error *err)
{
	struct tt_watch_bytes b = {0};
	int ret = -ENOMEM;

	put(&b, TT_WATCH_MAGIC, strlen(TT_WATCH_MAGIC));
	put_number(&b, (uint64_t)watches->quiet_until_us, 8);
	put_number(&b, watches->n, 4);
	for (size_t i = 0; i < watches->n; i++)
		put_watch(&b, watches->all[i]);
	if (!b.failed)
		put_number(&b, crc32_z(crc32_z(0, NULL, 0), b.all, b.n), 4);
	if (!b.failed)
		ret = write_beside(&b, path);
	free(b.all);
	return ret == 0 ? 0 : cannot_write(path, ret, err);
}

int
tt_watches_commit(const char *path, struct tt_error *err)
{
	char *beside = path_beside(path);
	int ret = 0;

	if (beside == NULL)
		ret = -ENOMEM;
	else if (rename(beside, path) != 0)
		ret = -errno;
	free(beside);
	if (ret == 0)
		ret = tt_sync_parent(path);
	return ret == 0 ? 0 : cannot_write(path, ret, err);
}

int
tt_watches_save(const struct tt_watches *watches, const char *path, struct tt_error *err)
{
	int ret = tt_watches_prepare(watches, path, err);

	return ret == 0 ? tt_watches_commit(path, err) : ret;
}
