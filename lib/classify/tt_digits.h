/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decimal numbers inside the names of targets and protocols; for the files of lib/classify
 * only. Stricter than strtol: no blanks, no sign, at most five digits. Any thread.
 */
#ifndef TT_DIGITS_H
#define TT_DIGITS_H

#include "tt_base.h"

/*
 * Reads a number of at most max (<= 99999) at *text and steps *text over it. Returns it, or
 * -1 where there is no digit, too many of them, or too large a number.
 */
static inline int32_t
tt_digits_parse(const char **text, int32_t max)
{
	const char *s = *text;
	int32_t value = 0;

	for (; *s >= '0' && *s <= '9'; s++) {
		if (s - *text == 5)
			return -1;
		value = value * 10 + (*s - '0');
	}
	if (s == *text || value > max)
		return -1;
	*text = s;
	return value;
}

#endif
