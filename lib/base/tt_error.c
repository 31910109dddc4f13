/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_error.h"

#include <stdarg.h>
#include <string.h>

static bool
is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

/* U+0080 to U+009F */
static bool
is_control_pair(const unsigned char *c)
{
	return c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f;
}

/* The bytes that a character of UTF-8 with this first one has; 1 also where no character begins with it. */
static size_t
bytes_announced(unsigned char first)
{
	if (first < 0xc2 || first > 0xf4)
		return 1;
	return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}

/* Is c the second byte of a character with this first one? No other is a short form of it, or half of UTF-16 (RFC 3629 section 4). */
static bool
is_second(unsigned char first, unsigned char c)
{
	const unsigned char least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	const unsigned char most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;

	return c >= least && c <= most;
}

/* How many of these there are. */
static size_t
bytes_there(const unsigned char *c)
{
	size_t n = bytes_announced(*c), i = 1;

	if (n == 1 || !is_second(c[0], c[1]))
		return 1;
	while (i < n && (c[i] & 0xc0) == 0x80)
		i++;
	return i;
}

/* The bytes of a character of UTF-8; 1 where there is none. */
static size_t
char_bytes(const unsigned char *c)
{
	size_t n = bytes_announced(*c);

	return bytes_there(c) == n ? n : 1;
}

/*
 * The bytes that "%.60s" left of a character: several of them, or the first one behind a whole character that is no ASCII.
 * A first one elsewhere may be a letter of Latin-1. 0: none.
 */
static size_t
half_bytes(const unsigned char *c, bool behind_many)
{
	size_t n = bytes_there(c);

	return n < bytes_announced(*c) && (n > 1 || behind_many) ? n : 0;
}

/* Copies the whole characters of a text that there is room for. */
static void
copy(char *to, size_t size, const char *text)
{
	size_t n = 0, length;

	for (; text[n] != '\0'; n += length) {
		length = char_bytes((const unsigned char *)text + n);
		if (n + length >= size)
			break;
		memcpy(to + n, text + n, length);
	}
	to[n] = '\0';
}

/* cut: "%.60s" may have been at work. */
static void
escape(char *to, size_t size, const char *text, bool cut)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t n = 0, length = 1, half;

	for (; *c != '\0'; c += length) {
		bool escaped;

		half = cut ? half_bytes(c, length > 1) : 0;
		if (half > 0) {
			length = half;
			continue;
		}
		length = char_bytes(c);
		escaped = is_control_pair(c) || is_control(*c)
				|| (length == 1 && *c >= 0x80);
		if (n + (escaped ? 4 : length) >= size)
			break;
		if (escaped) {
			n += (size_t)sprintf(to + n, "\\x%02x", c[length - 1]);
		} else {
			memcpy(to + n, c, length);
			n += length;
		}
	}
	to[n] = '\0';
}

void
tt_error_escape(char *to, size_t size, const char *text)
{
	escape(to, size, text, true);
}

void
tt_error_escape_where(char *to, size_t size, const char *where)
{
	escape(to, size, where, false);
}

/* A buffer of so much more than is kept of it: a character that ends behind its end is not kept. */
#define BEYOND 4

int
tt_error_set(struct tt_error *err, int code, const char *where, const char *why_fmt, ...)
{
	char why[sizeof(err->why) + BEYOND];
	va_list ap;

	TT_ASSERT(code < 0);
	if (err == NULL)
		return code;
	err->code = code;
	va_start(ap, why_fmt);
	vsnprintf(why, sizeof(why), why_fmt, ap);
	va_end(ap);
	copy(err->where, sizeof(err->where), where == NULL ? "" : where);
	tt_error_escape(err->why, sizeof(err->why), why);
	return code;
}

void
tt_error_at(struct tt_error *err, const char *place_fmt, ...)
{
	char place[sizeof(err->where) + BEYOND];
	char first[256], rest[251];
	va_list ap;

	if (err == NULL)
		return;
	va_start(ap, place_fmt);
	vsnprintf(place, sizeof(place), place_fmt, ap);
	va_end(ap);
	if (err->where[0] == '\0') {
		copy(err->where, sizeof(err->where), place);
		return;
	}
	copy(first, sizeof(first), place);
	copy(rest, sizeof(rest), err->where);
	snprintf(err->where, sizeof(err->where), "%s: %s", first, rest);
}

void
tt_error_print(const char *program, const struct tt_error *err)
{
	char where[sizeof(err->where)];

	tt_error_escape_where(where, sizeof(where), err->where);
	if (where[0] != '\0')
		fprintf(stderr, "%s: %s: %s\n", program, where, err->why);
	else
		fprintf(stderr, "%s: %s\n", program, err->why);
}
