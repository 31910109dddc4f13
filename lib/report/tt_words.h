/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The words of the report in each language: WORD(id, English, Japanese), in files by subject. {1} to {9}
 * stand for texts that are filled in, in any order.
 */
#ifndef TT_WORDS_H
#define TT_WORDS_H

enum tt_word {
#define WORD(id, en, ja) TT_WORD_##id,
#include "tt_words_notable.def"
#include "tt_words_page.def"
#include "tt_words_tables.def"
#undef WORD
	TT_N_WORDS
};

/* language: "ja" or "en". */
const char *tt_word(const char *language, enum tt_word word);

#endif
