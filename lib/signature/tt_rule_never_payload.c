/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules whose payload options exclude each other: they need more bytes than there may be, a content has no
 * room within its limits, or contents whose places are certain want different bytes there.
 */
#include "tt_rule_parse.h"

#include <ctype.h>
#include <string.h>

#define KNOWN_BYTES 1024 /* from the start of the payload: further on, nothing is known */

/* A byte of the payload that a content wants; 0: any. */
enum wanted {
	ANY,
	EXACTLY,
	IN_ANY_CASE
};

struct walk {
	/* Where the last match ended, at least and at most. */
	int64_t least_end, most_end;
	uint8_t how[KNOWN_BYTES], bytes[KNOWN_BYTES];
};

/* Where a content may begin at the earliest, and end at the latest. */
struct place {
	int64_t first, end;
};

/* The least that payload options need, in bytes; and the most that they leave, in *max. */
static int64_t
need_payload(const struct tt_rule_parse *p, int64_t *max)
{
	int64_t least = 0, end = 0; /* end: where the last match ended, at least */

	for (unsigned i = 0; i < p->rule.n_payload; i++) {
		const struct tt_rule_option *o = &p->payload[i];
		const struct tt_rule_content *c = &o->u.content;
		int64_t from;

		if (o->buffer != TT_RULE_BUFFER_PAYLOAD || o->kind == TT_RULE_FLOWBIT)
			continue;
		if (o->kind != TT_RULE_BSIZE && least == 0)
			least = 1;
		if (o->kind == TT_RULE_ISDATAAT && !o->u.isdataat.relative
				&& o->u.isdataat.at.variable < 0) {
			const int64_t at = o->u.isdataat.at.constant;

			if (o->negated && at < *max)
				*max = at;
			if (!o->negated && at + 1 > least)
				least = at + 1;
		}
		if (o->kind == TT_RULE_CONTENT && !o->negated) {
			from = c->offset.variable < 0 ? c->offset.constant : 0;
			if (c->relative)
				from = c->offset.variable < 0 ? from + end : 0;
			end = (from > 0 ? from : 0) + c->n;
			least = end > least ? end : least;
		} else if (o->kind != TT_RULE_CONTENT && o->kind != TT_RULE_ISDATAAT) {
			end = 0; /* not known */
		}
	}
	return least;
}

/* Returns false where it is not known. */
static bool
place_of(const struct walk *w, const struct tt_rule_content *c, struct place *place)
{
	if (c->offset.variable >= 0 || (c->has_depth && c->depth.variable >= 0))
		return false;
	place->first = c->offset.constant + (c->relative ? w->least_end : 0);
	place->end = UINT16_MAX;
	if (c->has_depth)
		place->end = c->offset.constant + (c->relative ? w->most_end : 0)
				+ c->depth.constant;
	if (place->first < 0)
		place->first = 0;
	if (place->end > UINT16_MAX)
		place->end = UINT16_MAX;
	return true;
}

/* Do the bytes of a content that stands there agree with what is known? For certain: is each of them known? */
static bool
agrees(const struct walk *w, const struct tt_rule_content *c, int64_t first,
		bool *certain)
{
	*certain = true;
	for (uint32_t i = 0; i < c->n; i++) {
		const int64_t at = first + i;
		const enum wanted how = at < KNOWN_BYTES ? (enum wanted)w->how[at] : ANY;
		const bool fold = c->nocase || how == IN_ANY_CASE;

		*certain = *certain
				&& (how == EXACTLY || (how == IN_ANY_CASE && c->nocase));
		if (how == ANY)
			continue;
		if (fold ? tolower(w->bytes[at]) != tolower(c->bytes[i])
			 : w->bytes[at] != c->bytes[i])
			return false;
	}
	return true;
}

static void
know(struct walk *w, const struct tt_rule_content *c, int64_t first)
{
	for (uint32_t i = 0; i < c->n && first + i < KNOWN_BYTES; i++) {
		if (w->how[first + i] == EXACTLY)
			continue;
		w->how[first + i] = c->nocase ? IN_ANY_CASE : EXACTLY;
		w->bytes[first + i] = c->bytes[i];
	}
}

/* Goes past a content. Returns why it is never found, or NULL. */
static const char *
pass_content(struct walk *w, const struct tt_rule_content *c)
{
	struct place place;
	bool certain;

	if (!place_of(w, c, &place)) {
		w->least_end = 0;
		w->most_end = UINT16_MAX;
		return NULL;
	}
	if (place.first + c->n > place.end)
		return "a content has no room within its limits";
	w->least_end = place.first + c->n;
	w->most_end = place.end;
	if (w->least_end != w->most_end)
		return NULL;
	if (!agrees(w, c, place.first, &certain))
		return "contents want different bytes at one place";
	know(w, c, place.first);
	return NULL;
}

/* A content that must not be there, where it is for certain. */
static bool
excludes(const struct walk *w, const struct tt_rule_content *c)
{
	struct place place;
	bool certain;

	return place_of(w, c, &place) && place.first + c->n == place.end && !c->ends_with
			&& agrees(w, c, place.first, &certain) && certain;
}

static bool
is_of_payload(const struct tt_rule_option *o)
{
	return o->buffer == TT_RULE_BUFFER_PAYLOAD && o->kind != TT_RULE_FLOWBIT
			&& o->kind != TT_RULE_ISDATAAT && o->kind != TT_RULE_BSIZE;
}

/* Why the contents exclude each other, or NULL. */
static const char *
contradiction(const struct tt_rule_parse *p)
{
	struct walk w = {0};
	const char *why = NULL;

	for (unsigned i = 0; why == NULL && i < p->rule.n_payload; i++) {
		const struct tt_rule_option *o = &p->payload[i];

		if (!is_of_payload(o) || (o->negated && o->kind == TT_RULE_PCRE))
			continue;
		if (o->kind != TT_RULE_CONTENT) {
			w.least_end = 0;
			w.most_end = UINT16_MAX;
		} else if (!o->negated) {
			why = pass_content(&w, &o->u.content);
		} else if (excludes(&w, &o->u.content)) {
			why = "a content that must not be there is part of others";
		}
	}
	return why;
}

int
tt_rule_check_payload(struct tt_rule_parse *p, int64_t max)
{
	const int64_t least = need_payload(p, &max);
	const char *why;

	if (least > max)
		return tt_rule_unreachable(p,
				"never matches: it needs %lld bytes of payload, and allows %lld",
				(long long)least, (long long)max);
	why = contradiction(p);
	return why == NULL ? 0 : tt_rule_unreachable(p, "never matches: %s", why);
}
