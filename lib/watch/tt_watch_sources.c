/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_watch_sources.h"
#include "tt_source_set.h"

#include <errno.h>
#include <string.h>

/* What was read so far. */
struct counting {
	const struct tt_watch_questions *questions;
	struct tt_target_set targets; /* numbers are those of the questions */
	uint64_t *packets; /* [questions->n] */
	struct tt_source_count *counts; /* [questions->n] */
	struct tt_source_set sources;
};

static int
take_target(void *context, const struct tt_picked *row, struct tt_error *err)
{
	struct counting *c = context;
	int64_t packets = tt_picked_int(row, TT_TARGETS_PACKETS);

	if (packets > 0)
		c->packets[row->of] += (uint64_t)packets;
	return 0;
}

static int
take_pair(void *context, const struct tt_picked *row, struct tt_error *err)
{
	struct counting *c = context;
	const struct tt_kept_source source = {.of = row->of,
			.sample_bits = (uint8_t)tt_picked_int(row, TT_PAIRS_SAMPLE_BITS)};
	struct tt_addr address;

	if (tt_addr_parse(tt_picked_text(row, TT_PAIRS_SRC_IP), &address) != 0)
		return -EBADMSG;
	return tt_source_set_add(&c->sources, address, &source);
}

/* Packets come last: without them, what is known of the sources is not all. */
static int
add_tables(struct counting *c, const struct tt_snapshot *snapshot)
{
	static const unsigned pairs[] = {TT_PAIRS_SRC_IP, TT_PAIRS_SAMPLE_BITS};
	static const unsigned targets[] = {TT_TARGETS_PACKETS};
	const struct tt_pick picks[] = {
			{TT_TABLE_PAIRS, TT_PAIRS_PROTOCOL, TT_PAIRS_TARGET, pairs,
					TT_ARRAY_SIZE(pairs), &c->targets, take_pair, c},
			{TT_TABLE_TARGETS, TT_TARGETS_PROTOCOL, TT_TARGETS_TARGET,
					targets, TT_ARRAY_SIZE(targets), &c->targets,
					take_target, c}};
	const struct tt_manifest *m = &snapshot->manifest;
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < TT_ARRAY_SIZE(picks); i++)
		ret = tt_snapshot_check_file(snapshot, picks[i].table, NULL);
	if (ret != 0)
		return ret;
	tt_source_set_begin(&c->sources,
			&(struct tt_source_snapshot){.sample = m->sample,
					.pairs_one_in = m->pair_rows_one_in,
					.exact = m->sources_one_in == 1,
					.span = TT_CAUSE_NOW});
	for (unsigned i = 0; ret == 0 && i < TT_ARRAY_SIZE(picks); i++)
		ret = tt_pick_rows(snapshot, &picks[i], NULL);
	if (tt_source_set_settle(&c->sources) != 0)
		ret = -ENOMEM;
	return ret;
}

static bool
is_of_window(const struct counting *c, const struct tt_manifest *m)
{
	const struct tt_watch_questions *q = c->questions;

	return m->end_us > q->start_us && m->start_us < q->end_us
			&& m->end_us <= q->end_us && strcmp(m->sensor, q->sensor) == 0;
}

/* Returns false where memory is short. */
static bool
read_list(struct counting *c, const struct tt_snapshot_list *list)
{
	bool able = true;

	for (size_t i = 0; able && i < list->n; i++) {
		struct tt_snapshot *snapshot;

		if (tt_snapshot_open(&snapshot, list->refs[i].path, NULL) != 0)
			continue;
		if (is_of_window(c, &snapshot->manifest))
			able = add_tables(c, snapshot) != -ENOMEM;
		tt_snapshot_close(snapshot);
	}
	return able;
}

static void
answer(struct counting *c)
{
	const struct tt_watch_questions *q = c->questions;

	tt_source_set_count_all(&c->sources, TT_SOURCES_NOW, c->counts, q->n);
	for (size_t i = 0; i < q->n; i++) {
		const struct tt_source_count *n = &c->counts[i];
		bool exact = n->stderr_n == 0 && !n->unknown;

		/* Of a sample, that it has few tells nothing: it may have none of many. */
		if (c->packets[i] >= q->all[i].packets
				&& (exact || n->n >= TT_WATCH_SOURCES))
			q->all[i].sources = n->n;
	}
}

/* A day in which a part of the window begins. What lies in it begins in it. */
static bool
is_wanted(void *context, const struct tt_snapshot_day *day)
{
	const struct tt_watch_questions *q = context;

	return day->start_us < q->end_us
			&& day->start_us + TT_PAST_DAY_HOURS * TT_HOUR_US > q->start_us;
}

static bool
make(struct counting *c, const struct tt_watch_questions *questions)
{
	*c = (struct counting){.questions = questions,
			.packets = calloc(questions->n, sizeof(*c->packets)),
			.counts = calloc(questions->n, sizeof(*c->counts))};
	tt_source_set_init(&c->sources, TT_SOURCE_SET_MAX, false);
	if (c->packets == NULL || c->counts == NULL)
		return false;
	for (size_t i = 0; i < questions->n; i++) {
		const struct tt_target_name *name = &questions->all[i].name;

		if (tt_target_set_add(&c->targets, name->protocol, name->target) != i)
			return false;
	}
	return true;
}

void
tt_watch_sources(const char *path, const struct tt_watch_questions *questions)
{
	struct tt_watch_questions window = *questions;
	struct tt_snapshot_list list;
	struct counting c;

	for (size_t i = 0; i < questions->n; i++)
		questions->all[i].sources = TT_WATCH_SOURCES_UNKNOWN;
	if (tt_snapshot_list_scan_days(
			    &list, path, questions->end_us, is_wanted, &window, NULL)
			!= 0)
		return;
	if (make(&c, questions) && read_list(&c, &list))
		answer(&c);
	free(c.packets);
	free(c.counts);
	tt_target_set_fini(&c.targets);
	tt_source_set_fini(&c.sources);
	tt_snapshot_list_fini(&list);
}
