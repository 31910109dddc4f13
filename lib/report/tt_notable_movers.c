/* SPDX-License-Identifier: BSD-3-Clause */
/* What a target's rise or fall is made of: the countries, or source ports, that changed most. */
#include "tt_notable_private.h"

#include <math.h>

#define MOVER_SHARE \
	0.05 /* of the whole change; what changed by less is one of the others */

/* What a rate changed by. */
static double
change_of(const struct tt_cause *c, const uint64_t packets[TT_N_CAUSE_SPANS])
{
	return tt_cause_rate(c, packets[TT_CAUSE_NOW], TT_CAUSE_NOW)
			- tt_cause_rate(c, packets[TT_CAUSE_BEFORE], TT_CAUSE_BEFORE);
}

/* Those of parts[n] that changed by so much of the whole, and by as much as shows, into movers[]. Returns how many. */
static size_t
keep(const struct tt_notable *w, const struct tt_cause_part *parts, size_t n,
		double least, struct tt_cause_part *movers)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (fabs(parts[i].of_change) >= least
				&& fabs(change_of(&w->cause, parts[i].count->packets))
						>= TT_RATE_LEAST)
			movers[kept++] = parts[i];
	return kept;
}

/* Puts the one that changed more first, whichever way. */
static void
order(struct tt_cause_part *movers, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct tt_cause_part part = movers[i];
		size_t at = i;

		for (; at > 0 && fabs(part.of_change) > fabs(movers[at - 1].of_change);
				at--)
			movers[at] = movers[at - 1];
		movers[at] = part;
	}
}

size_t
tt_notable_movers(const struct tt_notable *w, const struct tt_notable_target *t,
		const struct tt_counts *counts,
		struct tt_cause_part movers[TT_NOTABLE_MOVERS])
{
	struct tt_cause_part parts[TT_NOTABLE_MOVERS / 2];
	double least = MOVER_SHARE;
	size_t found, n, contrary = 0;

	if (w->report->before == NULL)
		return 0;
	found = tt_cause_movers(&w->cause, counts, t->of, parts, TT_ARRAY_SIZE(parts));
	while (found > 0 && parts[found - 1].of_change <= 0)
		found--;
	n = keep(w, parts, found, least, movers);
	if (n > 0)
		least = movers[n - 1].of_change;
	found = tt_cause_contrary(&w->cause, counts, t->of, parts, TT_ARRAY_SIZE(parts));
	while (contrary < found && parts[contrary].of_change < 0)
		contrary++;
	n += keep(w, parts, contrary, least, movers + n);
	order(movers, n);
	return n;
}

/* What each country added to the change, or took from it, and all others together. */
void
tt_notable_say_movers(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	const struct tt_cause *c = &w->cause;
	struct tt_cause_part movers[TT_NOTABLE_MOVERS];
	size_t n = tt_notable_movers(w, t, &c->countries, movers);
	const char *list = NULL;
	double left = t->now - t->before;

	for (size_t i = 0; i < n; i++) {
		double change = change_of(c, movers[i].count->packets);

		left -= change;
		list = tt_notable_join(w, list,
				tt_notable_country(w, (uint16_t)movers[i].count->lo),
				tt_notable_change(w, change));
	}
	if (list != NULL && fabs(left) >= TT_RATE_LEAST)
		list = tt_notable_join(w, list,
				tt_locale_word(w->locale, TT_WORD_NOTABLE_OTHERS),
				tt_notable_change(w, left));
	if (list != NULL)
		tt_notable_say(w, s, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_COUNTRIES_CHANGE,
				list, NULL);
}

/* Has it packets enough to show, now or before? */
static bool
shows(const struct tt_notable *w, const struct tt_cause_part *part)
{
	const uint64_t *packets = part->count->packets;

	for (int span = 0; span < TT_N_CAUSE_SPANS; span++)
		if (tt_cause_rate(&w->cause, packets[span], (enum tt_cause_span)span)
				>= TT_RATE_LEAST)
			return true;
	return false;
}

size_t
tt_notable_shown(const struct tt_notable *w, const struct tt_notable_target *t,
		const struct tt_counts *counts, struct tt_cause_part *parts, size_t n)
{
	struct tt_cause_part movers[TT_NOTABLE_MOVERS];
	size_t n_movers = tt_notable_movers(w, t, counts, movers), kept = 0, n_top;

	for (size_t i = 0; i < n; i++)
		if (shows(w, &parts[i]))
			parts[kept++] = parts[i];
	n_top = kept;
	for (size_t i = 0; i < n_movers; i++) {
		size_t k = 0;

		while (k < n_top && parts[k].count != movers[i].count)
			k++;
		if (k == n_top)
			parts[kept++] = movers[i];
	}
	return kept;
}
