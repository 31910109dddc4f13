/* SPDX-License-Identifier: BSD-3-Clause */
/* How long snapshots are kept: by their age, and by how much room they take. */
#include "compact.h"
#include "tt_time.h"

#include <inttypes.h>
#include <string.h>

#define SPAN_MAX 64

/* Of a snapshot that may be deleted. */
struct held {
	const struct tt_snapshot_ref *ref;
	size_t n; /* it is to be one with those that follow it, n in all; else 1 */
	uint64_t bytes; /* of all of them; without a quota, 0 until it is deleted */
	bool latest; /* of its sensor */
	bool deleted;
};

/* The end of a snapshot's interval; of one that cannot be read, its start. */
static int64_t
end_of_one(const struct tt_snapshot_ref *ref)
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

static int64_t
end_of(const struct held *h)
{
	int64_t end_us = INT64_MIN;

	for (size_t i = 0; i < h->n; i++) {
		int64_t end = end_of_one(&h->ref[i]);

		end_us = end > end_us ? end : end_us;
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
	if (c->quota == 0 && h->n == 1)
		h->bytes = tt_snapshot_room(h->ref->path);
	if ((c->dry_run ? tt_compactor_check(h->ref->path, &err)
			: tt_compactor_delete(compactor, h->ref->path, &err))
			!= 0) {
		tt_error_print(c->tool.name, &err);
		c->status = EXIT_DATA;
		return;
	}
	h->deleted = true;
	if (h->n > 1) {
		printf("%s: would be deleted with the %zu that follow it, once they are "
		       "one, %s\n",
				h->ref->path, h->n - 1, why);
		return;
	}
	printf("%s: %s, %s, %" PRIu64 " bytes\n", h->ref->path,
			c->dry_run ? "would be deleted" : "deleted", why, h->bytes);
}

/* "1 h 30 min" of 90m, which may have been meant as months. Whole seconds, less than 2^63 us. */
static void
write_out(int64_t us, char text[SPAN_MAX])
{
	static const struct {
		int64_t s;
		const char *unit;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	int64_t s = us / TT_US_PER_S;
	size_t n = 0;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(units); s %= units[i++].s)
		if (s >= units[i].s)
			n += (size_t)snprintf(text + n, SPAN_MAX - n, "%s%" PRId64 " %s",
					n == 0 ? "" : " ", s / units[i].s, units[i].unit);
}

static void
keep_for(struct compacting *c, struct held *held, size_t n)
{
	char span[SPAN_MAX], why[SPAN_MAX + 32];

	write_out(c->keep_us, span);
	snprintf(why, sizeof(why), "older than %s (--keep-for)", span);
	/* The latest of each sensor stays, whatever the clock says. */
	for (size_t i = 0; i < n; i++)
		if (!held[i].latest && held[i].ref->start_us < c->now_us - c->keep_us
				&& end_of(&held[i]) <= c->now_us - c->keep_us)
			delete (c, &held[i], why);
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

/* Fills held, of [list->n], with what there is to keep: in a dry run, those that would be one are.
 * Returns how many these are. */
static size_t
list_held(const struct compacting *c, const struct tt_snapshot_list *list,
		struct held *held)
{
	size_t n_held = 0;

	for (size_t i = 0, n; i < list->n; i += n) {
		const struct tt_snapshot_ref *ref = &list->refs[i], *next;
		struct held *h = &held[n_held++];

		n = c->dry_run && c->has_period && compact_is_due(c, ref)
				? compact_group(c, list, i)
				: 1;
		next = ref + n;
		*h = (struct held){.ref = ref, .n = n};
		for (size_t k = 0; c->quota > 0 && k < n; k++)
			h->bytes += tt_snapshot_room(ref[k].path);
		h->latest = i + n == list->n || next->sensor_length != ref->sensor_length
				|| memcmp(next->path, ref->path, ref->sensor_length) != 0;
	}
	return n_held;
}

/* Says so where the quota depends on what a merge, which was not done, would make. */
static bool
is_foreseeable(const struct held *held, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!held[i].deleted && held[i].n > 1) {
			printf("what --quota would delete is not known before the merge, which "
			       "changes sizes\n");
			return false;
		}
	return true;
}

void
compact_keep(struct compacting *c)
{
	struct tt_snapshot_list list;
	struct held *held;
	size_t n;

	if (!compact_list(c, &list))
		return;
	held = calloc(list.n + 1, sizeof(*held));
	if (held != NULL) {
		n = list_held(c, &list, held);
		qsort(held, n, sizeof(*held), by_start);
		if (c->keep_us > 0)
			keep_for(c, held, n);
		if (c->quota > 0 && is_foreseeable(held, n))
			keep_quota(c, held, n);
	}
	free(held);
	tt_snapshot_list_fini(&list);
}
