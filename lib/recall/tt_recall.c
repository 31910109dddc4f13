/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_recall.h"

#include "tt_recall_private.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define SOURCES_MIN (UINT64_C(1) << 10)
#define SOURCES_MAX (UINT64_C(1) << 28)

static uint64_t
slots_for(uint64_t sources)
{
	return sources + sources / 2;
}

uint64_t
tt_recall_bytes(uint64_t sources)
{
	return sizeof(struct tt_recall) + TT_RECALL_N_TARGETS * sizeof(int64_t)
			+ sources * sizeof(struct tt_recall_source)
			+ slots_for(sources) * sizeof(uint32_t);
}

void
tt_recall_clear(struct tt_recall *recall)
{
	for (size_t i = 0; i < TT_RECALL_N_TARGETS; i++)
		recall->targets[i] = TT_RECALL_NEVER;
	/* Where there is no source all slots are free; fresh ones are not even touched. */
	if (recall->n_sources > 0)
		memset(recall->slots, 0, recall->n_slots * sizeof(*recall->slots));
	recall->n_sources = 0;
	recall->since_us = 0;
	recall->entered_us = TT_RECALL_NONE;
	recall->latest_us = TT_RECALL_NONE;
	recall->swept_us = TT_RECALL_NONE;
	recall->collect_us = TT_RECALL_NONE;
	recall->shift = recall->collect_shift = 0;
	tt_recall_clear_rates(recall);
}

static int
alloc_tables(struct tt_recall *recall)
{
	if (getrandom(&recall->seed, sizeof(recall->seed), GRND_NONBLOCK) < 0)
		recall->seed = (uint64_t)tt_time_now();
	recall->targets = tt_mem_alloc(recall->mem,
			TT_RECALL_N_TARGETS * sizeof(*recall->targets),
			"targets of earlier intervals");
	recall->sources = tt_mem_alloc(recall->mem,
			recall->max_sources * sizeof(*recall->sources),
			"sources of earlier intervals");
	recall->slots = tt_mem_alloc(recall->mem,
			recall->n_slots * sizeof(*recall->slots),
			"index of sources of earlier intervals");
	return recall->targets == NULL || recall->sources == NULL || recall->slots == NULL
			? -ENOMEM
			: 0;
}

int
tt_recall_create(struct tt_recall **out, uint64_t sources, int64_t horizon_us,
		struct tt_mem *mem, struct tt_error *err)
{
	struct tt_recall *recall;

	*out = NULL;
	if (sources < SOURCES_MIN || sources > SOURCES_MAX)
		return tt_error_set(err, -EINVAL, "recall",
				"%llu sources; possible are %llu to %llu",
				(unsigned long long)sources,
				(unsigned long long)SOURCES_MIN,
				(unsigned long long)SOURCES_MAX);
	if (horizon_us < 0 || horizon_us > TT_TIME_MAX)
		return tt_error_set(err, -EINVAL, "recall", "the horizon is not a time");
	recall = tt_mem_alloc(mem, sizeof(*recall), "recall");
	if (recall == NULL)
		return tt_error_set(err, -ENOMEM, "recall", "out of memory");
	recall->mem = mem;
	recall->max_sources = sources;
	recall->n_slots = slots_for(sources);
	recall->horizon_us = horizon_us;
	if (alloc_tables(recall) != 0) {
		tt_recall_destroy(recall);
		return tt_error_set(err, -ENOMEM, "recall", "out of memory");
	}
	tt_recall_clear(recall);
	*out = recall;
	return 0;
}

void
tt_recall_destroy(struct tt_recall *recall)
{
	if (recall == NULL)
		return;
	tt_mem_free(recall->mem, recall->targets,
			TT_RECALL_N_TARGETS * sizeof(*recall->targets));
	tt_mem_free(recall->mem, recall->sources,
			recall->max_sources * sizeof(*recall->sources));
	tt_mem_free(recall->mem, recall->slots, recall->n_slots * sizeof(*recall->slots));
	tt_mem_free(recall->mem, recall, sizeof(*recall));
}

size_t
tt_recall_target_index(unsigned protocol, int32_t number)
{
	size_t n = (size_t)number;

	TT_ASSERT(protocol < 256 && number >= -1 && number < tt_recall_numbers(protocol));
	if (number < 0)
		return protocol;
	switch (protocol) {
	case TT_PROTO_TCP:
		return 256 + n;
	case TT_PROTO_UDP:
		return 256 + 65536 + n;
	case TT_PROTO_ICMP:
		return 256 + 2 * 65536 + n;
	default:
		return 256 + 2 * 65536 + 256 + n;
	}
}

bool
tt_recall_has_target(struct tt_target target)
{
	return target.number >= -1 && target.number < tt_recall_numbers(target.protocol);
}

bool
tt_recall_target(struct tt_recall *recall, struct tt_target target, int64_t start_us)
{
	int64_t *first = &recall->targets[tt_recall_target_index(
			target.protocol, target.number)];

	if (recall->since_us == 0 || start_us < recall->since_us)
		recall->since_us = start_us;
	if (start_us < *first)
		*first = start_us;
	return *first == start_us;
}

/*
 * Enters the interval into a source that is known; had an earlier one within the horizon it? An
 * interval before its latest one is not entered, so that answers stay what they were; what lay
 * before its latest two is not known any more.
 */
static enum tt_returning
visit(struct tt_recall_source *s, int64_t start_us, int64_t horizon_us)
{
	if (start_us > s->last_us) {
		s->prev_us = s->last_us;
		s->last_us = start_us;
	}
	if (s->prev_us != TT_RECALL_NONE && s->prev_us < start_us
			&& start_us - s->prev_us <= horizon_us)
		return TT_RETURNING_YES;
	return start_us == s->last_us ? TT_RETURNING_NO : TT_RETURNING_UNKNOWN;
}

static enum tt_returning
enter_source(struct tt_recall *recall, struct tt_addr src, uint64_t hash,
		int64_t start_us)
{
	struct tt_recall_source *s = tt_recall_find(recall, src);

	if (s != NULL)
		return visit(s, start_us, recall->horizon_us);
	/* So late that it would be forgotten at once. */
	if (start_us < recall->entered_us - recall->horizon_us)
		return TT_RETURNING_UNKNOWN;
	if (!tt_recall_make_room(recall, hash)) {
		if (tt_recall_keeps(recall->collect_shift, hash))
			tt_recall_note_overflow(recall, start_us);
		return TT_RETURNING_UNKNOWN;
	}
	tt_recall_append(recall,
			&(struct tt_recall_source){.addr = src,
					.last_us = start_us,
					.prev_us = TT_RECALL_NONE});
	return TT_RETURNING_NO;
}

/* The sample changes with an interval later than all before, so that no other question about it
 * is answered from another one, but for what there is no room for. */
static void
begin_interval(struct tt_recall *recall, int64_t start_us)
{
	recall->latest_us = start_us;
	if (recall->collect_us != TT_RECALL_NONE
			&& start_us - recall->collect_us >= recall->horizon_us) {
		recall->shift = recall->collect_shift;
		recall->collect_us = TT_RECALL_NONE;
	}
	if (recall->shift > 0 && recall->collect_us == TT_RECALL_NONE)
		tt_recall_widen(recall, start_us);
}

/* Would it be known if an earlier interval had had the source? Not where one kept fewer sources, or
 * there was no room for them; and of an interval that comes late, some may be forgotten already. */
static bool
is_complete(const struct tt_recall *recall, uint64_t hash, int64_t start_us)
{
	return tt_recall_keeps(recall->begun_shift, hash) && !recall->begun_blind
			&& !tt_recall_is_late(recall, start_us);
}

enum tt_returning
tt_recall_source(struct tt_recall *recall, struct tt_addr src, uint64_t hash,
		int64_t start_us)
{
	enum tt_returning returning;

	TT_ASSERT(start_us == recall->begun_us);
	if (start_us > recall->latest_us)
		begin_interval(recall, start_us);
	if (!tt_recall_keeps(recall->collect_shift, hash))
		return TT_RETURNING_UNKNOWN;
	returning = enter_source(recall, src, hash, start_us);
	if (!tt_recall_keeps(recall->shift, hash))
		return TT_RETURNING_UNKNOWN;
	return returning == TT_RETURNING_NO && !is_complete(recall, hash, start_us)
			? TT_RETURNING_UNKNOWN
			: returning;
}

bool
tt_recall_set_secret(struct tt_recall *recall, uint64_t secret)
{
	bool sampled = recall->shift > 0;

	for (unsigned i = 1; i < TT_RECALL_N_RATES; i++)
		sampled |= recall->rates[i].last_us != TT_RECALL_NONE;
	if (!sampled)
		recall->secret = secret;
	return !sampled;
}

uint64_t
tt_recall_secret(const struct tt_recall *recall)
{
	return recall->secret;
}

unsigned
tt_recall_shift(const struct tt_recall *recall)
{
	return recall->shift;
}

int64_t
tt_recall_since_us(const struct tt_recall *recall)
{
	return recall->since_us;
}

int64_t
tt_recall_latest_us(const struct tt_recall *recall)
{
	return recall->entered_us;
}
