/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_identities.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDENTITIES_JOIN " + "
#define IDENTITIES_LONG "mixed"
#define IDENTITIES_NONE "none"
#define IDENTITIES_MAX  64

/* Cuts text, which is changed, into the identities that were joined before. */
static unsigned
split(char *text, char **parts, unsigned n)
{
	while (text != NULL && n < IDENTITIES_MAX) {
		char *end = strstr(text, IDENTITIES_JOIN);

		if (end != NULL)
			*end = '\0';
		parts[n++] = text;
		text = end == NULL ? NULL : end + strlen(IDENTITIES_JOIN);
	}
	return n;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
join_parts(char *to, size_t room, char **parts, unsigned n)
{
	size_t length = 0;

	for (unsigned i = 0; i < n; i++) {
		if (i > 0 && strcmp(parts[i], parts[i - 1]) == 0)
			continue;
		if (strcmp(parts[i], IDENTITIES_LONG) == 0)
			length = room;
		if (length < room)
			length += (size_t)snprintf(to + length, room - length, "%s%s",
					length == 0 ? "" : IDENTITIES_JOIN, parts[i]);
	}
	if (length >= room)
		snprintf(to, room, IDENTITIES_LONG);
}

void
tt_identities_join(char *to, size_t room, const char *other)
{
	char *parts[IDENTITIES_MAX], *left, *right;
	unsigned n;

	if (strcmp(to, other) == 0)
		return;
	left = strdup(to);
	right = strdup(other);
	if (left == NULL || right == NULL) {
		snprintf(to, room, IDENTITIES_LONG);
	} else {
		n = split(left, parts, 0);
		n = split(right, parts, n);
		qsort(parts, n, sizeof(parts[0]), by_text);
		join_parts(to, room, parts, n);
	}
	free(left);
	free(right);
}

const char *
tt_identities_next(const char *at, size_t *length)
{
	const char *end;

	if (*at == '\0')
		return NULL;
	if (strncmp(at, IDENTITIES_JOIN, strlen(IDENTITIES_JOIN)) == 0)
		at += strlen(IDENTITIES_JOIN);
	end = strstr(at, IDENTITIES_JOIN);
	*length = end == NULL ? strlen(at) : (size_t)(end - at);
	return at;
}

unsigned
tt_identities_sets(const char *name, bool *without)
{
	unsigned n = 0;
	size_t length = 0;

	*without = strcmp(name, IDENTITIES_LONG) == 0;
	if (*without)
		return UINT_MAX;
	for (const char *at = name; (at = tt_identities_next(at, &length)) != NULL;
			at += length) {
		if (length == strlen(IDENTITIES_NONE)
				&& memcmp(at, IDENTITIES_NONE, length) == 0)
			*without = true;
		else
			n++;
	}
	return n;
}

void
tt_identities_of_rules(char *to, size_t room, struct tt_tally *const *tallies, unsigned n,
		const struct tt_rules *otherwise)
{
	bool any = false;

	for (unsigned i = 0; i < n; i++) {
		const struct tt_rules *rules = tallies[i]->detections.config.rules;

		if (rules != NULL && any)
			tt_identities_join(to, room, rules->identity);
		else if (rules != NULL)
			snprintf(to, room, "%s", rules->identity);
		any |= rules != NULL;
	}
	if (!any)
		snprintf(to, room, "%s",
				otherwise == NULL ? IDENTITIES_NONE
						  : otherwise->identity);
}
