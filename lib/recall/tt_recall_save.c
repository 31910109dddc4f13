/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_recall_file.h"
#include "tt_recall_private.h"
#include "tt_sort.h"
#include "tt_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <string.h>
#include <unistd.h>

/* Sources are written in parts by hash, each sorted before the next: up to 16. */
#define PART_BITS_MAX 4

/* Sources are fetched so many before they are written. */
#define AHEAD 16

struct writer {
	FILE *file;
	uint32_t crc; /* of what went to the file */
	int error; /* the first errno, 0 while there is none */
	size_t n; /* bytes that wait */
	uint8_t bytes[16384];
};

static void
put_waiting(struct writer *w)
{
	w->crc = libdeflate_crc32(w->crc, w->bytes, w->n);
	if (w->error == 0 && fwrite(w->bytes, 1, w->n, w->file) != w->n)
		w->error = errno;
	w->n = 0;
}

/* n: at most what may wait. */
static void
put(struct writer *w, const uint8_t *bytes, size_t n)
{
	if (n > sizeof(w->bytes) - w->n)
		put_waiting(w);
	memcpy(w->bytes + w->n, bytes, n);
	w->n += n;
}

static uint64_t
count_targets(const struct tt_recall *recall)
{
	uint64_t n = 0;

	for (size_t i = 0; i < TT_RECALL_N_TARGETS; i++)
		n += recall->targets[i] != TT_RECALL_NEVER;
	return n;
}

static void
put_header(struct writer *w, const struct tt_recall *recall, const char *sensor)
{
	uint8_t bytes[TT_RECALL_RATES_AT] = TT_RECALL_MAGIC, *at = bytes + 8;

	at = tt_recall_put(at, TT_RECALL_VERSION, 4);
	at = tt_recall_put(at, recall->shift, 2);
	at = tt_recall_put(at, recall->collect_shift, 2);
	at = tt_recall_put(at, (uint64_t)recall->horizon_us, 8);
	at = tt_recall_put(at, (uint64_t)recall->since_us, 8);
	at = tt_recall_put(at, count_targets(recall), 8);
	at = tt_recall_put(at, recall->n_sources, 8);
	at = tt_recall_put(at, (uint64_t)recall->latest_us, 8);
	at = tt_recall_put(at, (uint64_t)recall->collect_us, 8);
	at = tt_recall_put(at, (uint64_t)recall->entered_us, 8);
	at = tt_recall_put(at, recall->secret, 8);
	memcpy(at, sensor, strnlen(sensor, TT_SENSOR_MAX));
	put(w, bytes, sizeof(bytes));
}

static void
put_rates(struct writer *w, const struct tt_recall *recall)
{
	for (unsigned shift = 0; shift < TT_RECALL_RATES; shift++) {
		uint8_t bytes[TT_RECALL_RATE_BYTES];

		tt_recall_put(bytes, (uint64_t)recall->rates[shift].last_us, 8);
		tt_recall_put(bytes + 8, (uint64_t)recall->rates[shift].prev_us, 8);
		put(w, bytes, sizeof(bytes));
	}
}

static void
put_targets(struct writer *w, const struct tt_recall *recall)
{
	for (unsigned protocol = 0; protocol < 256; protocol++)
		for (int32_t n = -1; n < tt_recall_numbers(protocol); n++) {
			int64_t first = recall->targets[tt_recall_target_index(
					protocol, n)];
			uint8_t bytes[TT_RECALL_TARGET_BYTES];

			if (first == TT_RECALL_NEVER)
				continue;
			tt_recall_put(bytes, protocol << 24 | (uint32_t)(n + 1), 4);
			tt_recall_put(bytes + 4, (uint64_t)first, 8);
			put(w, bytes, sizeof(bytes));
		}
}

static void
put_source(struct writer *w, const struct tt_recall_source *s)
{
	uint8_t bytes[TT_RECALL_SOURCE_BYTES];

	tt_recall_put(bytes, s->addr.hi, 8);
	tt_recall_put(bytes + 8, s->addr.lo, 8);
	tt_recall_put(bytes + 16, (uint64_t)s->last_us, 8);
	tt_recall_put(bytes + 24, (uint64_t)s->prev_us, 8);
	put(w, bytes, sizeof(bytes));
}

/* Into how many parts, as a power of two: as few as keep each within a sixteenth of the sources that
 * there may be, were they spread evenly. */
static unsigned
part_bits(const struct tt_recall *recall)
{
	unsigned bits = 0;

	while (bits < PART_BITS_MAX
			&& recall->n_sources >> bits > recall->max_sources
					>> PART_BITS_MAX)
		bits++;
	return bits;
}

/* The bits of the hash below those that are zero in all sources. */
static unsigned
part_of(const struct tt_recall *recall, uint64_t hash, unsigned bits)
{
	return (unsigned)(hash << recall->collect_shift >> (64 - PART_BITS_MAX)
			>> (PART_BITS_MAX - bits));
}

static uint64_t
largest_part(const struct tt_recall *recall, unsigned bits)
{
	uint64_t n[1 << PART_BITS_MAX] = {0}, largest = 0;

	for (uint64_t i = 0; bits > 0 && i < recall->n_sources; i++)
		n[part_of(recall, tt_recall_hash(recall, recall->sources[i].addr),
				bits)]++;
	for (unsigned part = 0; part < 1u << bits; part++)
		largest = n[part] > largest ? n[part] : largest;
	return bits == 0 ? recall->n_sources : largest;
}

static int
compare_addr(const void *a, const void *b)
{
	const struct tt_recall_source *left = a, *right = b;

	return tt_addr_cmp(left->addr, right->addr);
}

static void
put_part(struct writer *w, const struct tt_recall *recall, unsigned part, unsigned bits,
		struct tt_sort_item *items, struct tt_sort_item *scratch)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < recall->n_sources; i++) {
		const struct tt_recall_source *s = &recall->sources[i];
		uint64_t hash = tt_recall_hash(recall, s->addr);

		/* Which one is of this part cannot be foreseen: the last one that is not is written behind
		 * them, where there is room. */
		items[n] = (struct tt_sort_item){.prefix = hash, .ref = s};
		n += part_of(recall, hash, bits) == part;
	}
	tt_sort(items, scratch, n, compare_addr);
	for (uint64_t i = 0; i < n; i++) {
		if (i + AHEAD < n)
			__builtin_prefetch(items[i + AHEAD].ref);
		put_source(w, items[i].ref);
	}
}

static int
put_sources(struct writer *w, const struct tt_recall *recall)
{
	unsigned bits = part_bits(recall);
	uint64_t n = largest_part(recall, bits);
	struct tt_sort_item *items = reallocarray(NULL, n + 1, 2 * sizeof(*items));

	if (items == NULL)
		return -ENOMEM;
	for (unsigned part = 0; part < 1u << bits; part++)
		put_part(w, recall, part, bits, items, items + n);
	free(items);
	return 0;
}

static int
write_file(const struct tt_recall *recall, FILE *file, const char *sensor)
{
	struct writer w = {.file = file};
	uint8_t crc[TT_RECALL_CRC_BYTES];
	int ret;

	put_header(&w, recall, sensor);
	put_rates(&w, recall);
	put_targets(&w, recall);
	ret = put_sources(&w, recall);
	if (ret != 0)
		return ret;
	put_waiting(&w);
	tt_recall_put(crc, w.crc, sizeof(crc));
	put(&w, crc, sizeof(crc));
	put_waiting(&w);
	if (w.error != 0)
		return -w.error;
	if (fflush(file) != 0 || fsync(fileno(file)) != 0)
		return -errno;
	return 0;
}

/* For its owner's eyes only, since it holds the secret; so one that a killed run left is not used
 * again. */
static FILE *
create(const char *tmp)
{
	FILE *file;
	int fd;

	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (file == NULL && fd >= 0)
		close(fd);
	return file;
}

static int
write_and_rename(const struct tt_recall *recall, const char *tmp, const char *path,
		const char *sensor)
{
	FILE *file = create(tmp);

	if (file == NULL)
		return -errno;
	return tt_sync_put(file, write_file(recall, file, sensor), tmp, path);
}

int
tt_recall_save(const struct tt_recall *recall, const char *path, const char *sensor,
		struct tt_error *err)
{
	char *tmp;
	int ret;

	if (strlen(sensor) > TT_SENSOR_MAX)
		return tt_error_set(err, -EINVAL, path, "the sensor's name is too long");
	if (asprintf(&tmp, "%s.tmp", path) < 0)
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	ret = write_and_rename(recall, tmp, path, sensor);
	free(tmp);
	if (ret != 0)
		tt_error_set(err, ret, path, "cannot be written: %s", strerror(-ret));
	return ret;
}
