/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_words.h"
#include "tt_base.h"

#include <string.h>

#define WORD(id, en, ja) [TT_WORD_##id] = {en, ja},
static const char *const words[TT_N_WORDS][2] = {
#include "tt_words_notable.def"
#include "tt_words_page.def"
#include "tt_words_tables.def"
};
#undef WORD

const char *
tt_word(const char *language, enum tt_word word)
{
	TT_ASSERT((unsigned)word < TT_N_WORDS);
	return words[word][strcmp(language, "ja") == 0];
}
