/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of tt_locale.h share. */
#ifndef TT_LOCALE_PRIVATE_H
#define TT_LOCALE_PRIVATE_H

#include "tt_locale.h"

#include <unicode/udat.h>

#define TT_LETTERS      26
#define TT_COUNTRY_TEXT 128 /* bytes; the longest of ICU 72 has 75 */

struct tt_locale {
	bool japanese;
	int utc_offset_min;
	char zone[16];
	UDateFormat *dates[TT_N_DATES];
	char countries[TT_LETTERS * TT_LETTERS]
		      [TT_COUNTRY_TEXT]; /* by their two letters */
};

static inline const char *
tt_locale_pick(const struct tt_locale *locale, const char *en, const char *ja)
{
	return locale->japanese ? ja : en;
}

/* Cuts text of at most size - 1 bytes, which may end within a character, after its last whole one. */
void tt_locale_trim(char *text, size_t size);

#endif
