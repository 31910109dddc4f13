/* SPDX-License-Identifier: BSD-3-Clause */
/* How long snapshots are kept: by their age, and by how much room they take. */
#include "compact.h"
#include "tt_time.h"

#include <inttypes.h>
#include <string.h>

/* Of a snapshot that may be deleted. */
struct held {
	const struct tt_snapshot_ref *ref;
	int64_t end_us;
	uint64_t bytes;
	bool latest; /* of its sensor */
	bool deleted;
};

/* The end of its interval; of one that cannot be read, its start. */
static int64_t
end_of(const struct tt_snapshot_ref *ref)
{
	struct tt_snapshot *snapshot;
	int64_t end_us = ref->start_us;

	if (ref->end_us != 0)
		return ref->end_us;
	if (tt_snapshot_open(&snapshot, ref->path, NULL) == 0) {
		end_us = snapshot->manifest.end_us;
		tt_snapshot_close(snapshot);
	}
	return end_us;
}

static int
by_start(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	if (x->ref->start_us != y->ref->start_us)
		return x->ref->start_us < y->ref->start_us ? -1 : 1;
	return strcmp(x->ref->path, y->ref->path);
}

static void delete (struct compacting *c, struct held *h, const char *why)
{
	struct tt_compactor *compactor = compact_of(c, h->ref);
	struct tt_error err = {0};

	if (!c->dry_run && compactor == NULL)
		return;
	if (!c->dry_run && tt_compactor_delete(compactor, h->ref->path, &err) != 0) {
		tt_error_print(c->tool.name, &err);
		c->status = EXIT_DATA;
		return;
	}
	h->deleted = true;
	printf("%s: %s, %s, %" PRIu64 " bytes\n", h->ref->path,
			c->dry_run ? "would be deleted" : "deleted", why, h->bytes);
}

static void
keep_for(struct compacting *c, struct held *held, size_t n)
{
	/* The latest of each sensor stays, whatever the clock says. */
	for (size_t i = 0; i < n; i++)
		if (!held[i].latest && held[i].ref->start_us < c->now_us - c->keep_us
				&& end_of(held[i].ref) <= c->now_us - c->keep_us)
			delete (c, &held[i], "older than --keep-for");
}

static void
keep_quota(struct compacting *c, struct held *held, size_t n)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += held[i].deleted ? 0 : held[i].bytes;
	for (size_t i = 0; bytes > c->quota && i < n; i++) {
		if (held[i].deleted || held[i].latest)
			continue;
		delete (c, &held[i], "the oldest, over --quota");
		/* Newer ones are not to go for an old one that cannot. */
		if (!held[i].deleted)
			break;
		bytes -= held[i].bytes;
	}
	if (bytes <= c->quota)
		return;
	fprintf(stderr, "%s: %s: %" PRIu64 " bytes are left, over --quota\n",
			c->tool.name, c->path, bytes);
	c->status = EXIT_DATA;
}

void
compact_keep(struct compacting *c)
{
	struct tt_snapshot_list list;
	struct held *held;

	if (!compact_list(c, &list))
		return;
	held = calloc(list.n + 1, sizeof(*held));
	for (size_t i = 0; held != NULL && i < list.n; i++) {
		const struct tt_snapshot_ref *ref = &list.refs[i], *next = ref + 1;

		held[i] = (struct held){
				.ref = ref, .bytes = tt_snapshot_bytes(ref->path)};
		held[i].latest = i + 1 == list.n
				|| next->sensor_length != ref->sensor_length
				|| memcmp(next->path, ref->path, ref->sensor_length) != 0;
	}
	if (held != NULL) {
		qsort(held, list.n, sizeof(*held), by_start);
		if (c->keep_us > 0)
			keep_for(c, held, list.n);
		if (c->quota > 0)
			keep_quota(c, held, list.n);
	}
	free(held);
	tt_snapshot_list_fini(&list);
}
