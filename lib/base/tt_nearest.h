/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What was meant by a word that is none of those that are known: for "did you mean …?" in messages.
 * Pure functions on the caller's memory, any thread.
 */
#ifndef TT_NEAREST_H
#define TT_NEAREST_H

#include "tt_base.h"

/* So many letters put in, left out, replaced, or swapped with the next, are a typing error. */
#define TT_NEAREST_MAX 2

/* A longer word is near to none. */
#define TT_NEAREST_LENGTH_MAX 63

/*
 * How many letters have to be put in, left out, replaced, or swapped with the next (none of these then
 * touched again) to make one word of the other: the optimal string alignment distance, by bytes.
 * TT_NEAREST_MAX + 1 stands for all that are larger, and for words longer than TT_NEAREST_LENGTH_MAX.
 */
unsigned tt_nearest_distance(const char *a, const char *b);

/*
 * For a walk over the known words: takes `candidate` as *best where it is nearer to `word` than *best
 * is (NULL: none yet), TT_NEAREST_MAX away at most, and by less than half of the word's letters, so
 * that a word of two letters has none. Of equally near ones the first stays.
 */
void tt_nearest_try(const char *word, const char *candidate, const char **best);

/*
 * Writes "; did you mean --spool?", with `dashes` before the word, or "" where best is NULL; returns
 * text.
 */
#define TT_NEAREST_TEXT_MAX (TT_NEAREST_LENGTH_MAX + 32)
char *tt_nearest_text(
		const char *best, const char *dashes, char text[TT_NEAREST_TEXT_MAX]);

#endif
