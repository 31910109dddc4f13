/* SPDX-License-Identifier: BSD-3-Clause */
/* How many addresses a sensor monitored on the days of both periods, where these are not as many on all of them. */
#include "tt_notable_private.h"

#define SIZES 4 /* that are told one by one; of more, the least and the most alone */

/* A number of addresses, or from how many to how many there were. */
static const char *
size_text(struct tt_notable *w, struct tt_sensor_day d)
{
	const char *ends[] = {tt_notable_number(w, (uint64_t)d.least),
			tt_notable_number(w, (uint64_t)d.most)};

	if (d.most == INT64_MAX)
		ends[1] = tt_notable_fill(w, TT_WORD_NOTABLE_OR_MORE, &ends[1], 1);
	return d.least == d.most ? ends[1]
				 : tt_notable_fill(w, TT_WORD_NOTABLE_SIZE_RANGE, ends,
						 TT_ARRAY_SIZE(ends));
}

/* The same with what they are. */
static const char *
addresses_text(struct tt_notable *w, struct tt_sensor_day d)
{
	static const enum tt_word words[2][2] = {
			{TT_WORD_NOTABLE_SIZE, TT_WORD_NOTABLE_SIZE_ONE},
			{TT_WORD_NOTABLE_SIZE_IPV4, TT_WORD_NOTABLE_SIZE_ONE_IPV4}};
	const char *size = size_text(w, d);

	return tt_notable_fill(w,
			words[w->report->now->archive->of_ipv4]
			     [d.least == d.most && d.most == 1],
			&size, 1);
}

static bool
is_same_size(struct tt_sensor_day a, struct tt_sensor_day b)
{
	return a.least == b.least && a.most == b.most;
}

/* Days on which a sensor monitored as many addresses, one after the other. */
struct sizes {
	struct tt_sensor_day size;
	size_t first, last;
};

/* Finds them, the first SIZES of them and, in *all, the least and the most. The periods may lie in either order, and have days in
 * common. Returns how many there are. */
static size_t
find_sizes(const struct tt_notable *w, size_t sensor, struct sizes sizes[SIZES],
		struct tt_sensor_day *all)
{
	const int64_t *from_us = w->cause.origin_us, *to_us = w->cause.options.to_us;
	bool both = w->cause.n_days[TT_CAUSE_BEFORE] > 0;
	bool later = both && to_us[TT_CAUSE_BEFORE] > to_us[TT_CAUSE_NOW];
	bool earlier = both && from_us[TT_CAUSE_BEFORE] < from_us[TT_CAUSE_NOW];
	int64_t us = from_us[earlier ? TT_CAUSE_BEFORE : TT_CAUSE_NOW];
	struct sizes at = {0};
	size_t n = 0;

	*all = (struct tt_sensor_day){0};
	for (; us < to_us[later ? TT_CAUSE_BEFORE : TT_CAUSE_NOW]; us += TT_US_PER_DAY) {
		size_t day = tt_notable_day_from(w, us);
		struct tt_sensor_day d;

		if (day == SIZE_MAX || !tt_notable_sensor_day(w, day, sensor)->observed)
			continue;
		d = *tt_notable_sensor_day(w, day, sensor);
		all->least = n == 0 || d.least < all->least ? d.least : all->least;
		all->most = n == 0 || d.most > all->most ? d.most : all->most;
		if (n == 0 || !is_same_size(d, at.size)) {
			at = (struct sizes){d, day, day};
			n++;
		}
		at.last = day;
		if (n <= SIZES)
			sizes[n - 1] = at;
	}
	return n;
}

/* "128 addresses until 14 June 2026", "256 since 15 June 2026" */
static const char *
level_text(struct tt_notable *w, const struct sizes *level, bool first, bool last)
{
	const char *args[] = {first ? addresses_text(w, level->size)
				    : size_text(w, level->size),
			tt_notable_date(w, last ? level->first : level->last)};

	return tt_notable_fill(w,
			last ? TT_WORD_NOTABLE_SIZE_SINCE : TT_WORD_NOTABLE_SIZE_UNTIL,
			args, TT_ARRAY_SIZE(args));
}

static const char *
levels_text(struct tt_notable *w, const struct sizes *levels, size_t n)
{
	const char *list = level_text(w, &levels[0], true, false);

	for (size_t i = 1; i < n; i++)
		list = tt_document_printf(w->doc, "%s%s%s", list,
				tt_locale_word(w->locale, TT_WORD_NOTABLE_COMMA),
				level_text(w, &levels[i], false, i + 1 == n));
	return list;
}

const char *
tt_notable_sizes_of(struct tt_notable *w, size_t sensor)
{
	struct sizes levels[SIZES];
	struct tt_sensor_day all;
	size_t n = find_sizes(w, sensor, levels, &all);
	const char *args[2] = {w->report->now->archive->sensors[sensor]};

	if (n == 0 || all.least == all.most)
		return NULL;
	args[1] = n == 1 || n > SIZES ? addresses_text(w, all)
				      : levels_text(w, levels, n);
	return tt_notable_fill(
			w, TT_WORD_NOTABLE_SENSOR_SIZES, args, TT_ARRAY_SIZE(args));
}

/* The last of the days [begin, end) on which a sensor observed; NULL: none. */
static const struct tt_sensor_day *
last_before(const struct tt_notable *w, size_t begin, size_t end, size_t sensor)
{
	while (end > begin)
		if (tt_notable_sensor_day(w, --end, sensor)->observed)
			return tt_notable_sensor_day(w, end, sensor);
	return NULL;
}

const char *
tt_notable_resized(struct tt_notable *w, size_t first, size_t end, size_t sensor)
{
	size_t begin = tt_notable_time_begin(w, first), n = tt_notable_n_days(w);
	const struct tt_sensor_day *before = last_before(w, begin, first, sensor);
	const struct tt_sensor_day *after = last_before(
			w, begin, end < n ? end : n, sensor);
	const char *args[3] = {w->report->now->archive->sensors[sensor]};

	if (before == NULL) /* of the first day there is none before it */
		before = last_before(w, begin, first + 1, sensor);
	if (before == NULL || after == NULL || is_same_size(*before, *after))
		return NULL;
	args[1] = addresses_text(w, *after);
	args[2] = size_text(w, *before);
	return tt_notable_fill(w, TT_WORD_NOTABLE_SENSOR_RESIZED, args, 3);
}
