/* SPDX-License-Identifier: BSD-3-Clause */
#include "reload.h"

#include "daemon.h"
#include "say.h"
#include "tt_rules_joined.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

#define AHEAD_US \
	(TT_US_PER_S / 10) /* so that every worker knows of it before it is due */
#define END_US (10 * TT_US_PER_S) /* so long is the reader waited for at the end */

static void
free_set(struct tt_reload *r, struct tt_reload_set *s)
{
	if (s == NULL)
		return;
	for (unsigned i = 0; s->rules != NULL && i < r->d->plan.n_queues; i++)
		tt_matcher_destroy(s->rules[i].adoption.matcher);
	free(s->rules);
	tt_ruleset_close(s->set);
	free(s);
}

static struct tt_reload_set *
new_set(const struct tt_reload *r)
{
	struct tt_reload_set *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->rules = calloc(r->d->plan.n_queues, sizeof(*s->rules));
	if (s->rules != NULL)
		return s;
	free(s);
	return NULL;
}

int
tt_reload_init(struct tt_reload *r, struct tt_daemon *d, struct tt_error *err)
{
	struct tt_reload_set *s;

	*r = (struct tt_reload){.d = d, .told_taken_up = true};
	if (d->setup.ruleset == NULL)
		return 0;
	s = new_set(r);
	if (s == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	s->set = d->setup.ruleset;
	for (unsigned i = 0; i < d->plan.n_queues; i++)
		s->rules[i].adoption.matcher = d->workers[i]->pipeline.matcher;
	r->sets[r->n++] = s;
	return 0;
}

static struct tt_reload_set *
newest(const struct tt_reload *r)
{
	return r->sets[r->n - 1];
}

void
tt_reload_ask(struct tt_reload *r)
{
	if (r->n == 0)
		tt_say("SIGHUP: there are no rules to read again (option rules)");
	else if (r->d->only_replays)
		tt_say("SIGHUP: capture files are counted by the rules of the start");
	else
		r->asked = true;
}

/* Do the rules of all sets that would be in use fit into one, should workers be in several? */
static int
check_room(const struct tt_reload *r, struct tt_error *err)
{
	const struct tt_rules *sets[TT_RELOAD_SETS + 1];
	struct tt_rules joined;
	int rc;

	for (unsigned i = 0; i < r->n; i++)
		sets[i] = &r->sets[i]->set->rules;
	sets[r->n] = &r->read->set->rules;
	rc = tt_rules_join(&joined, sets, r->n + 1, err);
	if (rc == 0)
		tt_rules_joined_fini(&joined);
	return rc;
}

/* The reader's job. While it runs, the sets that are there stay. */
static int
read_set(void *reload, struct tt_error *err)
{
	struct tt_reload *r = reload;
	const struct tt_daemon *d = r->d;
	int rc = tt_setup_reload_rules(&d->setup, &d->config, &r->read->set, err);

	if (rc == 0)
		rc = check_room(r, err);
	for (unsigned i = 0; rc == 0 && i < d->plan.n_queues; i++)
		rc = tt_matcher_create(
				&r->read->rules[i].adoption.matcher, r->read->set, err);
	return rc;
}

static void
refuse(struct tt_reload *r, const struct tt_error *why)
{
	tt_warn("SIGHUP: the rules were not changed: %s%s%s", why->where,
			why->where[0] == '\0' ? "" : ": ", why->why);
	free_set(r, r->read);
	r->read = NULL;
}

static void
start(struct tt_reload *r)
{
	struct tt_error err = {0};
	int rc = 0;

	r->asked = false;
	if (r->n == TT_RELOAD_SETS)
		rc = tt_error_set(&err, -EBUSY, NULL,
				"%d sets of rules are in use by intervals that wait; later",
				TT_RELOAD_SETS);
	if (rc == 0 && !r->started)
		rc = tt_writer_start(&r->reader, true, &err);
	r->started |= rc == 0;
	if (rc == 0) {
		r->read = new_set(r);
		if (r->read == NULL)
			rc = tt_error_set(&err, -ENOMEM, NULL, "out of memory");
	}
	if (rc != 0) {
		refuse(r, &err);
		return;
	}
	tt_say("SIGHUP: the rules are read again");
	r->reading = true;
	tt_writer_give(&r->reader, read_set, r);
}

/* Workers count by it from the next interval on. */
static void
adopt(struct tt_reload *r)
{
	struct tt_daemon *d = r->d;
	const uint64_t number = newest(r)->rules[0].number + 1;
	const int64_t from_us = tt_time_now() + AHEAD_US;
	char text[TT_SETUP_RULES_TEXT_MAX];

	for (unsigned i = 0; i < d->plan.n_queues; i++) {
		struct tt_worker_rules *rules = &r->read->rules[i];

		rules->adoption.from_us = from_us;
		rules->number = number;
		tt_worker_set_rules(d->workers[i], rules);
	}
	d->setup.ruleset = r->read->set;
	r->sets[r->n++] = r->read;
	r->read = NULL;
	r->told_taken_up = false;
	tt_say("rules: %s; from the next interval on (SIGUSR1 begins it)",
			tt_setup_rules_text(&d->setup, text));
	if (tt_setup_unsieved(&d->setup) != NULL)
		tt_say("rules: %s", tt_setup_unsieved(&d->setup));
}

static void
settle(struct tt_reload *r)
{
	struct tt_error err;
	int rc;

	if (!r->reading || !tt_writer_take(&r->reader, &rc, &err))
		return;
	r->reading = false;
	if (rc != 0) {
		refuse(r, &err);
	} else if (strcmp(r->read->set->rules.identity, newest(r)->set->rules.identity)
			== 0) {
		tt_say("rules: the same as before, %s", newest(r)->set->rules.identity);
		free_set(r, r->read);
		r->read = NULL;
	} else {
		adopt(r);
	}
}

/* Does every worker count by these, of which that is the number, or later ones? */
static bool
all_reached(const struct tt_reload *r, uint64_t number)
{
	for (unsigned i = 0; i < r->d->plan.n_queues; i++)
		if (tt_worker_rules_number(r->d->workers[i]) < number)
			return false;
	return true;
}

/* Is it in no table set any more? What workers sealed was collected since it was found to be left. */
static bool
is_unused(const struct tt_reload *r, const struct tt_reload_set *s)
{
	const struct tt_output *o = &r->d->output;

	return s->left && o->doing == TT_OUTPUT_NOTHING
			&& !tt_sequence_uses(r->d->sequence, &s->set->rules)
			&& !tt_pending_uses(o->pending, &s->set->rules);
}

/* Frees the sets that are of no use any more; the newest stays. */
static void
retire(struct tt_reload *r)
{
	struct tt_daemon *d = r->d;
	unsigned kept = 0;

	for (unsigned i = 0; i < r->n; i++) {
		struct tt_reload_set *s = r->sets[i];

		if (i + 1 < r->n && is_unused(r, s)) {
			d->setup.merge.rules = &newest(r)->set->rules;
			tt_merge_set_rules(d->merge, d->setup.merge.rules);
			free_set(r, s);
			continue;
		}
		s->left = i + 1 < r->n && all_reached(r, s->rules[0].number + 1);
		r->sets[kept++] = s;
	}
	r->n = kept;
}

/* Once all workers count by the newest. */
static void
say_taken_up(struct tt_reload *r)
{
	if (r->told_taken_up || !all_reached(r, newest(r)->rules[0].number))
		return;
	tt_say("rules: every worker counts by %s", newest(r)->set->rules.identity);
	r->told_taken_up = true;
}

void
tt_reload_turn(struct tt_reload *r)
{
	settle(r);
	if (r->asked && !r->reading)
		start(r);
	/* What the reader compares with stays while it does. */
	if (r->n > 1 && !r->reading)
		retire(r);
	say_taken_up(r);
}

void
tt_reload_end(struct tt_reload *r)
{
	r->asked = false;
	r->stuck = r->started && !tt_writer_stop(&r->reader, END_US);
}

void
tt_reload_fini(struct tt_reload *r)
{
	if (r->d == NULL)
		return;
	free_set(r, r->read);
	for (unsigned i = 0; i < r->n; i++)
		free_set(r, r->sets[i]);
	/* The signatures and matchers of the start were among them. */
	if (r->n > 0)
		r->d->setup.ruleset = NULL;
	for (unsigned i = 0; r->n > 0 && i < r->d->plan.n_queues; i++)
		r->d->workers[i]->pipeline.matcher = NULL;
	*r = (struct tt_reload){0};
}
