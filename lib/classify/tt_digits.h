/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decimal numbers inside the names of targets and protocols; for the files of lib/classify
 * only. Read more strictly than by strtol: no blanks, no sign, at most five digits. Written without
 * printf: an interval names a target for each of its sketches, 100,000 and more. Any thread.
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

/* Writes a number, of ten digits at most and without a NUL; returns where it ends. */
static inline char *
tt_digits_put(char *at, uint32_t value)
{
	char digits[10];
	unsigned n = 0;

	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	while (n > 0)
		*at++ = digits[--n];
	return at;
}

#endif
