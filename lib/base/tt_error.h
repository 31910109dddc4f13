/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a parser or a reader says what was wrong: where (a file, an offset, a line) and why.
 * Libraries fill it in and return a negative errno; only programs print it, as one line
 * "where: why". Caller's memory, no allocation, any thread (one struct each).
 */
#ifndef TT_ERROR_H
#define TT_ERROR_H

#include "tt_base.h"

struct tt_error {
	int code; /* negative errno, 0 while nothing went wrong */
	char where[512]; /* file, file:line, or the option's name; "" if there is none */
	char why[512];
};

/*
 * Fills err (unless it is NULL) and returns code, so that a failing function can end with
 * `return tt_error_set(err, -EINVAL, path, "…")`. A where of NULL reads as "". Text that is
 * too long is cut, between characters of UTF-8. Control characters in why, such as those of names in a
 * damaged file, become \x1b and the like: a line stays one, and does nothing to a terminal. So do bytes that are no
 * UTF-8, but for the beginning of a character whose end "%.60s" did not take, which is left out.
 */
int tt_error_set(struct tt_error *err, int code, const char *where, const char *why_fmt,
		...) TT_PRINTF(4, 5);

/* Puts "place: " before what err already holds in `where`; for callers that know more. */
void tt_error_at(struct tt_error *err, const char *place_fmt, ...) TT_PRINTF(2, 3);

/* Copies text, cut to size with its NUL, with control characters (C0, DEL, and C1 in UTF-8) and what is no UTF-8 as in why. */
void tt_error_escape(char *to, size_t size, const char *text);

/* The same of a path: every byte of it is there, since bytes that are no UTF-8 are no beginnings of characters but a name's own. */
void tt_error_escape_where(char *to, size_t size, const char *where);

/* Prints "program: where: why" as one line to stderr, with where (a path) escaped as above. */
void tt_error_print(const char *program, const struct tt_error *err);

#endif
