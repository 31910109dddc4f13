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

/* The bytes of a character of UTF-8; 1 where there is none. */
static size_t
char_bytes(const unsigned char *c)
{
	size_t n = *c >= 0xf0 ? 4 : *c >= 0xe0 ? 3 : *c >= 0xc0 ? 2 : 1;

	for (size_t i = 1; i < n; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 1;
	return n;
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

void
tt_error_escape(char *to, size_t size, const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t n = 0, length;

	for (; *c != '\0'; c += length) {
		bool pair = is_control_pair(c);
		bool control = pair || is_control(*c);

		length = char_bytes(c);
		if (n + (control ? 4 : length) >= size)
			break;
		if (control) {
			n += (size_t)sprintf(to + n, "\\x%02x", c[length - 1]);
		} else {
			memcpy(to + n, c, length);
			n += length;
		}
	}
	to[n] = '\0';
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

	tt_error_escape(where, sizeof(where), err->where);
	if (where[0] != '\0')
		fprintf(stderr, "%s: %s: %s\n", program, where, err->why);
	else
		fprintf(stderr, "%s: %s\n", program, err->why);
}
