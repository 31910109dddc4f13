/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_window.h"

int64_t
tt_window_end_us(const struct tt_window *w, const struct tt_rule_count *rule)
{
	return w->start_us + (int64_t)rule->seconds * TT_US_PER_S;
}

bool
tt_window_turn(struct tt_window *w, const struct tt_rule_count *rule, int64_t time_us)
{
	if (w->open && time_us <= tt_window_end_us(w, rule))
		return false;
	*w = (struct tt_window){.start_us = time_us, .open = true};
	return true;
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t
beyond(uint64_t n, uint64_t limit)
{
	return n > limit ? n - limit : 0;
}

uint64_t
tt_window_add(struct tt_window *w, const struct tt_rule_count *rule, uint64_t packets)
{
	const uint64_t before = w->count, after = before + packets, count = rule->count;

	w->count = after;
	switch (rule->type) {
	case TT_RULE_COUNT_LIMIT:
		return least(after, count) - least(before, count);
	case TT_RULE_COUNT_THRESHOLD:
		return after / count - before / count;
	case TT_RULE_COUNT_BOTH:
		return before < count && after >= count;
	case TT_RULE_COUNT_FILTER:
		return beyond(after, count) - beyond(before, count);
	default:
		return packets;
	}
}

uint64_t
tt_window_add_value(struct tt_window *w, const struct tt_rule_count *rule,
		uint64_t packets, bool is_new)
{
	w->count += is_new;
	return w->count > rule->count ? packets : 0;
}
