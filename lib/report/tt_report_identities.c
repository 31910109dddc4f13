/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether both periods, and all of each, were counted by the same signatures and the same database of countries. */
#include "tt_identities.h"
#include "tt_report_parts.h"

#include <string.h>

#define NONE  "none" /* the identity of no rules */
#define MIXED "mixed" /* of more than there is room to tell */

static bool
same_texts(const struct tt_texts *a, const struct tt_texts *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->texts[i], b->texts[i]) != 0)
			return false;
	return true;
}

static bool
has_set(const struct tt_texts *texts, const char *set, size_t length)
{
	size_t other = 0;

	for (size_t i = 0; i < texts->n; i++)
		for (const char *at = texts->texts[i];
				(at = tt_identities_next(at, &other)) != NULL;
				at += other)
			if (other == length && memcmp(at, set, length) == 0)
				return true;
	return false;
}

/* Has the one each set of rules of the other? That some time had none is no set. */
static bool
has_sets(const struct tt_texts *texts, const struct tt_texts *of)
{
	size_t length = 0;

	for (size_t i = 0; i < of->n; i++)
		for (const char *at = of->texts[i];
				(at = tt_identities_next(at, &length)) != NULL;
				at += length)
			if ((length != strlen(NONE) || memcmp(at, NONE, length) != 0)
					&& !has_set(texts, at, length))
				return false;
	return true;
}

/* Does a period have more sets than the name of one snapshot has room for (MIXED)? Its snapshots may tell them all the same, each some. */
static bool
has_many(const struct tt_texts *texts)
{
	char all[sizeof(((struct tt_manifest *)0)->signatures)] = "";

	for (size_t i = 0; i < texts->n; i++)
		tt_identities_join(all, sizeof(all), texts->texts[i]);
	return strcmp(all, MIXED) == 0;
}

/* Are sets of one of them not told, of which there are more than a snapshot names, and has the other as many? Else the one has more than the other. */
static bool
are_untold(const struct tt_texts *a, const struct tt_texts *b)
{
	return (has_set(a, MIXED, strlen(MIXED)) || has_set(b, MIXED, strlen(MIXED)))
			&& has_many(a) && has_many(b);
}

static void
warn_rules(struct tt_report *r, struct tt_doc_section *section)
{
	if (r->before == NULL || r->before->signature_exposure.snapshots == 0
			|| r->now->signature_exposure.snapshots == 0)
		return;
	if (are_untold(&r->now->signature_rules, &r->before->signature_rules))
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				tt_report_heading(r, TT_WORD_WARN_RULES_UNTOLD));
	else if (!has_sets(&r->now->signature_rules, &r->before->signature_rules)
			|| !has_sets(&r->before->signature_rules,
					&r->now->signature_rules))
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				tt_report_heading(r, TT_WORD_WARN_RULES));
}

static void
warn_geo(struct tt_report *r, struct tt_doc_section *section)
{
	if (r->before == NULL || r->before->exposure.snapshots == 0)
		return;
	if (are_untold(&r->now->geo, &r->before->geo))
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				tt_report_heading(r, TT_WORD_WARN_GEO_UNTOLD));
	else if (!same_texts(&r->now->geo, &r->before->geo))
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				tt_report_heading(r, TT_WORD_WARN_GEO));
}

/* By how many a period was counted; that there was none is one where so it is said. */
static bool
has_several(const struct tt_texts *texts, bool or_none)
{
	char all[sizeof(((struct tt_manifest *)0)->signatures)] = "";
	bool without;
	unsigned n;

	for (size_t i = 0; i < texts->n; i++)
		tt_identities_join(all, sizeof(all), texts->texts[i]);
	n = tt_identities_sets(all, &without);
	return n > 1 || (n == 1 && or_none && without);
}

/* That they were changed within a period, or are not the same at all sensors. */
static void
warn_several(struct tt_report *r, struct tt_doc_section *section,
		const struct tt_observation *o)
{
	const char *period;

	if (o == NULL)
		return;
	period = tt_report_period(r, &o->period);
	if (has_several(&o->signature_rules, false))
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				TT_REPORT_FILL(r, WARN_RULES_SEVERAL, period));
	if (has_several(&o->geo, true))
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				TT_REPORT_FILL(r, WARN_GEO_SEVERAL, period));
}

void
tt_report_warn_identities(struct tt_report *report, struct tt_doc_section *section)
{
	warn_several(report, section, report->now);
	warn_several(report, section, report->before);
	warn_rules(report, section);
	warn_geo(report, section);
}
