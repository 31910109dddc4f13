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

void
tt_error_escape(char *to, size_t size, const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t n = 0;

	for (; *c != '\0'; c++) {
		bool pair = is_control_pair(c);
		bool control = pair || is_control(*c);

		if (n + (control ? 4 : 1) >= size)
			break;
		c += pair;
		if (control)
			n += (size_t)sprintf(to + n, "\\x%02x", *c);
		else
			to[n++] = (char)*c;
	}
	to[n] = '\0';
}

int
tt_error_set(struct tt_error *err, int code, const char *where, const char *why_fmt, ...)
{
	char why[sizeof(err->why)];
	va_list ap;

	TT_ASSERT(code < 0);
	if (err == NULL)
		return code;
	err->code = code;
	snprintf(err->where, sizeof(err->where), "%s", where == NULL ? "" : where);
	va_start(ap, why_fmt);
	vsnprintf(why, sizeof(why), why_fmt, ap);
	va_end(ap);
	tt_error_escape(err->why, sizeof(err->why), why);
	return code;
}

void
tt_error_at(struct tt_error *err, const char *place_fmt, ...)
{
	char place[sizeof(err->where)];
	char old[sizeof(err->where)];
	va_list ap;

	if (err == NULL)
		return;
	va_start(ap, place_fmt);
	vsnprintf(place, sizeof(place), place_fmt, ap);
	va_end(ap);
	memcpy(old, err->where, sizeof(old));
	if (old[0] == '\0')
		snprintf(err->where, sizeof(err->where), "%s", place);
	else
		snprintf(err->where, sizeof(err->where), "%.255s: %.250s", place, old);
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
