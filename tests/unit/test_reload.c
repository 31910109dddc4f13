/* SPDX-License-Identifier: BSD-3-Clause */
/* Signatures that change while two workers count: from one interval on, with nothing lost. */
#include "tally_bed.h"

#include "tt_counter.h"
#include "tt_identities.h"
#include "tt_merge.h"
#include "tt_pending.h"
#include "tt_rules_joined.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MINUTE  (60 * TT_US_PER_S)
#define WORKERS 2
#define SETS    4 /* table sets of a worker */

static const char before_text[] =
		"alert udp any any -> any any (sid:1; rev:1;)\n"
		"alert udp any any -> any any (threshold:type limit,track by_rule,count 1,seconds "
		"3600; sid:5;)\n"
		"alert udp any any -> any any (threshold:type limit,track by_rule,count 1,seconds "
		"3600; sid:6; rev:1;)\n";
/* One is gone, one is new and stands before what stays; one was changed. */
static const char after_text[] =
		"alert udp any any -> any any (sid:3;)\n"
		"alert udp any any -> any any (threshold:type limit,track by_rule,count 1,seconds "
		"3600; sid:5;)\n"
		"alert udp any any -> any any (threshold:type limit,track by_rule,count 1,seconds "
		"3601; sid:6; rev:1;)\n"
		"alert udp any any -> any any (sid:7;)\n";

/* The rules of before, of which the text of one is another. */
static const char changed_text[] =
		"alert udp any any -> any any (sid:1; rev:1;)\n"
		"alert udp any any -> any any (threshold:type limit,track by_rule,count 1,seconds "
		"3600; sid:5;)\n"
		"alert udp any any -> any any (threshold:type limit,track by_rule,count 1,seconds "
		"3601; sid:6; rev:1;)\n";

/* A datagram from 198.51.100.1 to 10.0.0.1. */
static const uint8_t datagram[42] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0,
		28, 0, 0, 0, 0, 64, 17, 0, 0, 198, 51, 100, 1, 10, 0, 0, 1, 4, 0, 4, 0, 0,
		8, 0, 0};

struct worker {
	struct tt_counter counter;
	struct tt_pipeline pipeline;
	struct tt_tally *clean[SETS], *sealed[SETS];
	unsigned n_clean, n_sealed;
	struct tt_adoption order;
	bool ordered, adopted;
};

static struct tt_prefix_set monitored;
static struct tt_ruleset *before, *after;
static struct worker workers[WORKERS];
static struct tt_merge *merge;
static uint64_t matches[8], detections[8]; /* by sid */
static struct tt_totals totals;

static struct tt_ruleset *
open_rules(const char *text)
{
	char path[] = "/tmp/test-reload-XXXXXX";
	FILE *out = fdopen(mkstemp(path), "w");
	struct tt_ruleset *set = NULL;

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	assert_int_equal(tt_ruleset_open(&set, path, &(struct tt_rules_options){0}, NULL,
					 NULL),
			0);
	unlink(path);
	return set;
}

static struct tt_tally *
seal(void *context, struct tt_tally *sealed)
{
	struct worker *w = context;

	if (w->n_clean == 0)
		return NULL;
	w->sealed[w->n_sealed++] = sealed;
	return w->clean[--w->n_clean];
}

static void
opened(void *context, struct tt_tally *tally)
{
	struct worker *w = context;

	w->adopted |= tt_pipeline_open(
			&w->pipeline, tally, w->ordered ? &w->order : NULL);
}

static void
start_worker(struct worker *w, unsigned sets)
{
	struct tt_tally_config config = tally_bed(1024);

	*w = (struct worker){.pipeline.monitored = &monitored};
	config.signature_hits = TT_HITS_MIN;
	config.rules = &before->rules;
	for (unsigned i = 0; i < sets; i++)
		assert_int_equal(tt_tally_create(&w->clean[w->n_clean++], &config,
						 tt_mem_heap(), NULL),
				0);
	assert_int_equal(tt_matcher_create(&w->pipeline.matcher, before, NULL), 0);
	assert_int_equal(tt_matcher_create(&w->order.matcher, after, NULL), 0);
	w->order.from_us = MINUTE;
	tt_counter_init(&w->counter, TT_COUNTER_LIVE, MINUTE, 60 * MINUTE, &w->pipeline,
			w->clean[--w->n_clean], 0, seal, w);
	w->counter.opened = opened;
}

static void
count_at(struct worker *w, int64_t us)
{
	const struct tt_frame f = {.data = datagram,
			.captured = sizeof(datagram),
			.length = sizeof(datagram),
			.time_us = us,
			.link = TT_LINK_ETHERNET};

	assert_int_equal(tt_counter_burst(&w->counter, &f, 1), 1);
}

static int
put_row(void *context, const struct tt_signature_row *row, struct tt_error *err)
{
	assert_true(row->rule->sid < TT_ARRAY_SIZE(matches));
	matches[row->rule->sid] += row->matches;
	detections[row->rule->sid] += row->detections;
	return 0;
}

/* Merges tallies of both workers; returns the name of the rules that they were counted by. */
static const char *
merge_tallies(struct tt_tally *a, struct tt_tally *b)
{
	const struct tt_merge_sink sink = {.signature = put_row};
	struct tt_tally *tallies[] = {a, b};
	static char name[256];

	memset(matches, 0, sizeof(matches));
	memset(detections, 0, sizeof(detections));
	assert_int_equal(tt_merge_run(merge, tallies, 2, a->span.start_us, &sink, &totals,
					 NULL),
			0);
	assert_int_equal(totals.count.packets, a->frames + b->frames);
	tt_identities_of_rules(name, sizeof(name), tallies, 2, NULL);
	return name;
}

static int
open_all(void **state)
{
	struct tt_tally_config config = tally_bed(1024);
	const struct tt_merge_config merging = {.max_pairs = 2048,
			.geo = config.geo,
			.destinations = config.destinations,
			.prefixes = config.prefixes,
			.max_signature_hits = WORKERS * TT_HITS_MIN};

	if (tt_prefix_set_parse(&monitored, "10.0.0.0/24", NULL) != 0)
		return -1;
	before = open_rules(before_text);
	after = open_rules(after_text);
	assert_int_equal(before->rules.n, 3);
	assert_int_equal(after->rules.n, 4);
	return tt_merge_create(&merge, &merging, tt_mem_heap(), NULL);
}

static int
close_all(void **state)
{
	tt_merge_destroy(merge);
	tt_ruleset_close(before);
	tt_ruleset_close(after);
	tt_prefix_set_fini(&monitored);
	return 0;
}

static void
end_worker(struct worker *w)
{
	struct tt_matcher *old = w->pipeline.matcher;

	tt_tally_destroy(tt_counter_finish(&w->counter, 0));
	for (unsigned i = 0; i < w->n_clean; i++)
		tt_tally_destroy(w->clean[i]);
	for (unsigned i = 0; i < w->n_sealed; i++)
		tt_tally_destroy(w->sealed[i]);
	if (old != w->order.matcher)
		tt_matcher_destroy(w->order.matcher);
	tt_matcher_destroy(old);
}

/* One worker with that many table sets, and one with enough; a packet in each of three minutes to each,
 * and the order in the first minute. */
static void
run_workers(unsigned sets)
{
	struct tt_matcher *old[WORKERS];

	for (unsigned i = 0; i < WORKERS; i++) {
		struct worker *w = &workers[i];

		start_worker(w, i == 0 ? sets : SETS);
		old[i] = w->pipeline.matcher;
		count_at(w, 1);
		w->ordered = true;
		count_at(w, MINUTE - 1);
		assert_false(w->adopted);
		count_at(w, MINUTE);
		count_at(w, 2 * MINUTE + 1);
		tt_counter_tick(&w->counter, 3 * MINUTE);
		if (w->pipeline.matcher != old[i])
			tt_matcher_destroy(old[i]);
	}
}

static void
workers_change_at_the_start_of_one_interval(void **state)
{
	run_workers(SETS);
	for (unsigned i = 0; i < WORKERS; i++) {
		assert_true(workers[i].adopted);
		assert_int_equal(workers[i].n_sealed, 3);
	}
	assert_string_equal(merge_tallies(workers[0].sealed[0], workers[1].sealed[0]),
			before->rules.identity);
	assert_int_equal(matches[1], 4);
	assert_int_equal(matches[3] + matches[7], 0);
	assert_int_equal(detections[5], 1);
	assert_int_equal(detections[6], 1);
	assert_string_equal(merge_tallies(workers[0].sealed[1], workers[1].sealed[1]),
			after->rules.identity);
	assert_int_equal(matches[1], 0);
	assert_int_equal(matches[3], 2);
	assert_int_equal(matches[7], 2);
	/* The window of the rule that stays goes on, that of the one that was changed begins anew. */
	assert_int_equal(matches[5], 2);
	assert_int_equal(detections[5], 0);
	assert_int_equal(detections[6], 1);
	for (unsigned i = 0; i < WORKERS; i++)
		end_worker(&workers[i]);
}

/* A worker without a clean table set goes on in the one that it has, by the rules that this has. */
static void
an_interval_of_two_sets_of_rules_has_all_packets(void **state)
{
	struct tt_tally *grown, *both;
	char wanted[256];

	run_workers(1);
	assert_false(workers[0].adopted);
	assert_int_equal(workers[0].n_sealed, 0);
	grown = tt_counter_finish(&workers[0].counter, 3 * MINUTE);
	assert_int_equal(grown->frames, 4);
	both = workers[1].sealed[1];
	snprintf(wanted, sizeof(wanted), "%s", before->rules.identity);
	tt_identities_join(wanted, sizeof(wanted), after->rules.identity);
	assert_string_equal(merge_tallies(grown, both), wanted);
	assert_int_equal(matches[1], 4);
	assert_int_equal(matches[3], 1);
	assert_int_equal(matches[7], 1);
	assert_int_equal(matches[5], 5);
	assert_int_equal(detections[5], 1);
	/* The same once more, and then the interval after it. */
	assert_string_equal(merge_tallies(grown, both), wanted);
	assert_int_equal(matches[5], 5);
	assert_int_equal(detections[5], 1);
	(void)merge_tallies(workers[1].sealed[2], workers[1].sealed[2]);
	assert_int_equal(detections[5], 0);
	tt_tally_destroy(grown);
	for (unsigned i = 0; i < WORKERS; i++)
		end_worker(&workers[i]);
}

/* Also in an interval of two sets that differ in a rule's text alone. */
static void
windows_of_a_changed_text_begin_anew_in_an_interval_of_both(void **state)
{
	struct tt_ruleset *others = after;
	struct tt_tally **sealed = workers[1].sealed;

	after = open_rules(changed_text);
	run_workers(SETS);
	(void)merge_tallies(sealed[0], sealed[0]);
	assert_int_equal(detections[6], 1);
	sealed[0]->span = sealed[1]->span;
	(void)merge_tallies(sealed[0], sealed[1]);
	assert_int_equal(detections[5], 0);
	assert_int_equal(detections[6], 1);
	/* The same once more. */
	(void)merge_tallies(sealed[0], sealed[1]);
	assert_int_equal(detections[5], 0);
	assert_int_equal(detections[6], 1);
	for (unsigned i = 0; i < WORKERS; i++)
		end_worker(&workers[i]);
	tt_ruleset_close(after);
	after = others;
}

static void
give_back(void *context, struct tt_tally *tally)
{
	tt_tally_reset(tally);
}

/* All that one worker sealed waits, in no more memory than that; copied as far as there is room. */
static struct tt_pending *
let_wait(uint64_t max_bytes, int last)
{
	const struct tt_pending_config config = {.max_bytes = max_bytes,
			.max_pairs = 1 << 20,
			.max_keys = 1 << 20,
			.give_back = give_back};
	struct tt_pending *p;
	int rc = 1;

	assert_int_equal(tt_pending_create(&p, &config, NULL), 0);
	for (unsigned i = 0; i < workers[0].n_sealed; i++) {
		const struct tt_interval interval = {.span = workers[0].sealed[i]->span,
				.tallies = &workers[0].sealed[i],
				.n_tallies = 1,
				.complete = true};

		assert_non_null(tt_pending_add(
				p, &interval, &(struct tt_ledger_row){0}, 0));
	}
	while (rc == 1)
		rc = tt_pending_copy(p);
	assert_int_equal(rc, last);
	return p;
}

/* While the disk is away, intervals that the change parts stay apart, and their rules are known to be in
 * use. */
static void
intervals_of_different_rules_are_not_joined(void **state)
{
	struct tt_pending *p;
	uint64_t bytes;

	run_workers(SETS);
	p = let_wait(UINT64_MAX / 2, 0);
	bytes = tt_pending_state(p).bytes;
	tt_pending_destroy(p);
	for (unsigned i = 0; i < WORKERS; i++)
		end_worker(&workers[i]);
	run_workers(SETS);
	p = let_wait(bytes - 1, -ENOSPC);
	assert_int_equal(tt_pending_state(p).joins, 0);
	assert_true(tt_pending_uses(p, &before->rules));
	tt_pending_drop(p);
	assert_false(tt_pending_uses(p, &before->rules));
	assert_true(tt_pending_uses(p, &after->rules));
	tt_pending_destroy(p);
	for (unsigned i = 0; i < WORKERS; i++)
		end_worker(&workers[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(workers_change_at_the_start_of_one_interval),
			cmocka_unit_test(
					an_interval_of_two_sets_of_rules_has_all_packets),
			cmocka_unit_test(
					windows_of_a_changed_text_begin_anew_in_an_interval_of_both),
			cmocka_unit_test(intervals_of_different_rules_are_not_joined),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
