/* SPDX-License-Identifier: BSD-3-Clause */
/* threshold and detection_filter: which of the packets that match are detections. */
#include "tt_rule_parse.h"

#include <string.h>

enum {
	SEEN_TYPE = 1,
	SEEN_TRACK = 2,
	SEEN_COUNT = 4,
	SEEN_SECONDS = 8,
	SEEN_UNIQUE = 16,
};

static const struct word_value {
	const char *word;
	int value;
} types[] = {{"limit", TT_RULE_COUNT_LIMIT}, {"threshold", TT_RULE_COUNT_THRESHOLD},
		{"both", TT_RULE_COUNT_BOTH}},
  tracks[] = {{"by_src", TT_RULE_TRACK_SOURCE}, {"by_dst", TT_RULE_TRACK_DESTINATION},
		  {"by_both", TT_RULE_TRACK_BOTH}, {"by_rule", TT_RULE_TRACK_RULE}},
  uniques[] = {{"dst_port", TT_RULE_UNIQUE_DST_PORT},
		  {"src_port", TT_RULE_UNIQUE_SRC_PORT},
		  {"dst_ip", TT_RULE_UNIQUE_DST_ADDRESS}};

/* What is set, and to which words; NULL: to a number. */
static const struct setting {
	const char *name;
	unsigned seen;
	const struct word_value *words;
	size_t n;
} settings[] = {{"type", SEEN_TYPE, types, TT_ARRAY_SIZE(types)},
		{"track", SEEN_TRACK, tracks, TT_ARRAY_SIZE(tracks)},
		{"count", SEEN_COUNT, NULL, 0}, {"seconds", SEEN_SECONDS, NULL, 0},
		{"unique_on", SEEN_UNIQUE, uniques, TT_ARRAY_SIZE(uniques)}};

/* Known to an engine, and not here. */
static bool
is_unsupported(struct tt_rule_word word, struct tt_rule_word value)
{
	return tt_rule_word_is(value, "by_flow") || tt_rule_word_is(value, "backoff")
			|| tt_rule_word_is(word, "multiplier");
}

static const struct setting *
find_setting(struct tt_rule_word name)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(settings); i++)
		if (tt_rule_word_is(name, settings[i].name))
			return &settings[i];
	return NULL;
}

static bool
find_word(const struct setting *setting, struct tt_rule_word word, int64_t *value)
{
	for (size_t i = 0; i < setting->n; i++) {
		if (tt_rule_word_is(word, setting->words[i].word)) {
			*value = setting->words[i].value;
			return true;
		}
	}
	return false;
}

static void
set(struct tt_rule_count *count, unsigned which, int64_t value)
{
	switch (which) {
	case SEEN_TYPE:
		count->type = (enum tt_rule_count_type)value;
		break;
	case SEEN_TRACK:
		count->track = (enum tt_rule_track)value;
		break;
	case SEEN_COUNT:
		count->count = (uint32_t)value;
		break;
	case SEEN_SECONDS:
		count->seconds = (uint32_t)value;
		break;
	default:
		count->unique = (enum tt_rule_unique)value;
		break;
	}
}

static int
take_pair(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, struct tt_rule_word value, unsigned *seen)
{
	const struct setting *setting = find_setting(word);
	int64_t number = 0;
	int ret = 0;

	if (is_unsupported(word, value))
		return tt_rule_unsupported(p, "option %.*s: %.*s", TT_RULE_SHOWN(o->name),
				TT_RULE_SHOWN(value));
	if (setting == NULL || (setting->n > 0 && !find_word(setting, value, &number)))
		return tt_rule_broken(p, word.at, "%.*s: unknown: \"%.*s\"",
				TT_RULE_SHOWN(o->name),
				TT_RULE_SHOWN(setting == NULL ? word : value));
	if (setting->n == 0)
		ret = tt_rule_parse_number(p, o, value, 1, UINT32_MAX, &number);
	if (ret == 0 && *seen & setting->seen)
		ret = tt_rule_broken(p, word.at, "%.*s: \"%.*s\" is given twice",
				TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(word));
	*seen |= setting->seen;
	set(&p->rule.count, setting->seen, number);
	return ret;
}

static int
take(struct tt_rule_parse *p, const struct tt_rule_taken *o, unsigned needed,
		unsigned allowed)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), value, word;
	unsigned seen = 0;
	int ret = 0;

	if (p->rule.count.type != TT_RULE_COUNT_NONE)
		return tt_rule_broken(p, o->name.at,
				"%.*s: one threshold or detection_filter is all that a rule has",
				TT_RULE_SHOWN(o->name));
	if (!(needed & SEEN_TYPE))
		p->rule.count.type = TT_RULE_COUNT_FILTER;
	while (ret == 0 && tt_rule_word_next(&rest, ',', &value)) {
		tt_rule_word_blank(&value, &word);
		ret = take_pair(p, o, word, tt_rule_word_trim(value), &seen);
	}
	if (ret != 0 || p->why_unsupported != NULL)
		return ret;
	if ((seen & needed) != needed)
		return tt_rule_broken(p, o->name.at,
				"%.*s: not all of %strack, count, seconds",
				TT_RULE_SHOWN(o->name),
				needed & SEEN_TYPE ? "type, " : "");
	if (seen & ~allowed)
		return tt_rule_broken(p, o->name.at, "%.*s: has no \"%s\"",
				TT_RULE_SHOWN(o->name),
				seen & SEEN_TYPE & ~allowed ? "type" : "unique_on");
	return 0;
}

TT_RULE_TAKE(threshold)
{
	const unsigned all = SEEN_TYPE | SEEN_TRACK | SEEN_COUNT | SEEN_SECONDS;

	return take(p, o, all, all);
}

TT_RULE_TAKE(detection_filter)
{
	const unsigned all = SEEN_TRACK | SEEN_COUNT | SEEN_SECONDS;
	int ret = take(p, o, all, all | SEEN_UNIQUE);

	if (ret != 0 || p->rule.protocol == TT_RULE_TCP
			|| p->rule.protocol == TT_RULE_UDP)
		return ret;
	if (p->rule.count.unique == TT_RULE_UNIQUE_DST_PORT
			|| p->rule.count.unique == TT_RULE_UNIQUE_SRC_PORT)
		return tt_rule_broken(p, o->name.at,
				"detection_filter: unique_on a port, in a rule of neither tcp nor udp");
	return 0;
}
