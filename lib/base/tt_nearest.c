/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_nearest.h"

#include <string.h>

#define ROOM (TT_NEAREST_LENGTH_MAX + 1)

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* By rows of the table of distances of all beginnings: of i letters of a, and of one and two fewer. */
unsigned
tt_nearest_distance(const char *a, const char *b)
{
	unsigned rows[3][ROOM], n_a = (unsigned)strnlen(a, ROOM),
				n_b = (unsigned)strnlen(b, ROOM);

	if (n_a == ROOM || n_b == ROOM)
		return TT_NEAREST_MAX + 1;
	for (unsigned j = 0; j <= n_b; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= n_a; i++) {
		const unsigned *before = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];
		unsigned *row = rows[i % 3];

		row[0] = i;
		for (unsigned j = 1; j <= n_b; j++) {
			row[j] = least(before[j - 1] + (a[i - 1] != b[j - 1]),
					least(before[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2]
					&& a[i - 2] == b[j - 1])
				row[j] = least(row[j], two[j - 2] + 1);
		}
	}
	return least(rows[n_a % 3][n_b], TT_NEAREST_MAX + 1);
}

void
tt_nearest_try(const char *word, const char *candidate, const char **best)
{
	unsigned distance = tt_nearest_distance(word, candidate);

	if (distance > TT_NEAREST_MAX || 2 * (size_t)distance >= strlen(word))
		return;
	if (*best == NULL || distance < tt_nearest_distance(word, *best))
		*best = candidate;
}

char *
tt_nearest_text(const char *best, const char *dashes, char text[TT_NEAREST_TEXT_MAX])
{
	text[0] = '\0';
	if (best != NULL)
		snprintf(text, TT_NEAREST_TEXT_MAX, "; did you mean %s%s?", dashes, best);
	return text;
}
