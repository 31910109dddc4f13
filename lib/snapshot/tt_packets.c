/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_packets.h"

#include "tt_capng_out.h"
#include "tt_packets_private.h"
#include "tt_parquet_sink.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define BUFFER_BYTES (64 * 1024)

void
tt_packets_fini(struct tt_packet_records *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->all[i].owned);
	free(r->all);
	*r = (struct tt_packet_records){0};
}

struct tt_packet_record *
tt_packets_add(struct tt_packet_records *r)
{
	size_t room = r->room == 0 ? 64 : 2 * r->room;
	struct tt_packet_record *more;

	if (r->n == r->room) {
		more = reallocarray(r->all, room, sizeof(*more));
		if (more == NULL)
			return NULL;
		r->all = more;
		r->room = room;
	}
	r->all[r->n] = (struct tt_packet_record){0};
	return &r->all[r->n++];
}

int
tt_packets_of_tally(struct tt_packet_records *r, const struct tt_tally *tally)
{
	const struct tt_rules *rules = tally->detections.config.rules;

	for (uint64_t i = 0; i < tally->kept.n_packets; i++) {
		const struct tt_kept_packet *p = tt_kept_packet(&tally->kept, i);
		const struct tt_rule *rule = &rules->rules[p->rule];
		struct tt_packet_record *to = tt_packets_add(r);

		if (to == NULL)
			return -ENOMEM;
		*to = (struct tt_packet_record){rule->gid, rule->sid, rule->rev,
				rule->message, tt_kept_frame(p), NULL};
		/* pcapng begins with 1970. */
		if (to->frame.time_us < 0)
			to->frame.time_us = 0;
	}
	return 0;
}

static int
compare_u32(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

/* By the numbers of the signature. */
static int
compare_signatures(const struct tt_packet_record *x, const struct tt_packet_record *y)
{
	int order = compare_u32(x->gid, y->gid);

	if (order == 0)
		order = compare_u32(x->sid, y->sid);
	return order != 0 ? order : compare_u32(x->rev, y->rev);
}

static int
by_signature(const void *a, const void *b)
{
	const struct tt_packet_record *x = a, *y = b;
	int order = compare_signatures(x, y);

	if (order == 0)
		order = tt_kept_compare(&x->frame, &y->frame);
	return order != 0 ? order : strcmp(x->message, y->message);
}

static int
by_time(const void *a, const void *b)
{
	const struct tt_packet_record *x = a, *y = b;
	int order = tt_kept_compare(&x->frame, &y->frame);

	return order != 0 ? order : by_signature(a, b);
}

/* Leaves the first packets of the first signatures. */
static void
select_first(struct tt_packet_records *r, size_t per_signature, size_t signatures)
{
	size_t n = 0, same = 0, found = 0;

	if (r->n == 0)
		return;
	qsort(r->all, r->n, sizeof(*r->all), by_signature);
	for (size_t i = 0; i < r->n; i++) {
		/* Of a signature that is left out, none is left. */
		if (n == 0 || compare_signatures(&r->all[n - 1], &r->all[i]) != 0) {
			same = 0;
			found++;
		}
		if (same++ < per_signature && found <= signatures)
			r->all[n++] = r->all[i];
		else
			free(r->all[i].owned);
	}
	r->n = n;
	qsort(r->all, r->n, sizeof(*r->all), by_time);
}

void
tt_packets_select(struct tt_packet_records *r, size_t per_signature)
{
	select_first(r, per_signature, TT_KEPT_RULES);
}

bool
tt_packets_are_selected(const struct tt_packet_records *r, size_t per_signature)
{
	struct tt_packet_records copy = {.n = r->n, .room = r->n};
	bool same = true;

	copy.all = calloc(r->n + 1, sizeof(*copy.all));
	for (size_t i = 0; copy.all != NULL && i < r->n; i++) {
		copy.all[i] = r->all[i];
		copy.all[i].owned = NULL;
		same = same && (i == 0 || by_time(&r->all[i - 1], &r->all[i]) <= 0);
	}
	if (copy.all != NULL)
		select_first(&copy, per_signature, SIZE_MAX);
	same = same && copy.n == r->n;
	tt_packets_fini(&copy);
	return same;
}

/* What stands between the blocks and the file. */
struct buffered {
	struct tt_parquet_sink sink;
	size_t n;
	uint8_t bytes[BUFFER_BYTES];
};

static int
flush(struct buffered *b, struct tt_error *err)
{
	const size_t n = b->n;

	b->n = 0;
	return n == 0 ? 0 : tt_parquet_sink_write(&b->sink, b->bytes, n, err);
}

static int
put(void *context, const void *bytes, size_t n, struct tt_error *err)
{
	struct buffered *b = context;
	int ret = b->n + n > sizeof(b->bytes) ? flush(b, err) : 0;

	if (ret != 0 || n == 0)
		return ret;
	if (n > sizeof(b->bytes))
		return tt_parquet_sink_write(&b->sink, bytes, n, err);
	memcpy(b->bytes + b->n, bytes, n);
	b->n += n;
	return 0;
}

/* The link types that there are, ascending; links: room for as many as there are records. */
static unsigned
links_of(const struct tt_packet_records *r, uint16_t *links)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->n; i++) {
		const uint16_t link = r->all[i].frame.link;
		unsigned at = 0;

		while (at < n && links[at] < link)
			at++;
		if (at < n && links[at] == link)
			continue;
		memmove(&links[at + 1], &links[at], (n - at) * sizeof(*links));
		links[at] = link;
		n++;
	}
	return n;
}

static int
put_record(const struct tt_capng_out *out, const struct tt_packet_record *r,
		const uint16_t *links, struct tt_error *err)
{
	const struct tt_frame frame = {.data = r->frame.bytes,
			.time_us = r->frame.time_us,
			.captured = r->frame.captured,
			.length = r->frame.length,
			.link = r->frame.link};
	char comment[TT_CAPNG_COMMENT_MAX + 8]; /* what is longer is cut there */
	uint32_t interface = 0;

	while (links[interface] != r->frame.link)
		interface++;
	snprintf(comment, sizeof(comment), "[%" PRIu32 ":%" PRIu32 ":%" PRIu32 "] %s",
			r->gid, r->sid, r->rev, r->message);
	return tt_capng_put_packet(out, interface, &frame, comment, err);
}

static int
put_all(struct buffered *b, const struct tt_packet_records *r, struct tt_error *err)
{
	const struct tt_capng_out out = {put, b};
	uint16_t *links = calloc(r->n + 1, sizeof(*links));
	int ret;

	if (links == NULL)
		return tt_error_set(err, -ENOMEM, TT_PACKETS_FILE, "out of memory");
	ret = tt_capng_put_head(&out, links, links_of(r, links), TT_KEPT_BYTES, err);
	for (size_t i = 0; ret == 0 && i < r->n; i++)
		ret = put_record(&out, &r->all[i], links, err);
	free(links);
	return ret != 0 ? ret : flush(b, err);
}

int
tt_packets_write(const struct tt_packet_records *r, int dir_fd, bool sync,
		struct tt_manifest *m, struct tt_error *err)
{
	struct buffered *b;
	int ret, closed;

	m->packets_file = (struct tt_parquet_result){0};
	if (r->n == 0)
		return 0;
	b = calloc(1, sizeof(*b));
	if (b == NULL)
		return tt_error_set(err, -ENOMEM, TT_PACKETS_FILE, "out of memory");
	ret = tt_parquet_sink_open(&b->sink, dir_fd, TT_PACKETS_FILE, err);
	if (ret == 0) {
		ret = put_all(b, r, err);
		closed = tt_parquet_sink_close(&b->sink, sync && ret == 0,
				m->packets_file.sha256, ret == 0 ? err : NULL);
		ret = ret != 0 ? ret : closed;
		m->packets_file.rows = (int64_t)r->n;
		m->packets_file.bytes = b->sink.offset;
	}
	free(b);
	return ret;
}
