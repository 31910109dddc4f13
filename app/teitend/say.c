/* SPDX-License-Identifier: BSD-3-Clause */
#include "say.h"

#include <stdarg.h>

void
tt_say(const char *fmt, ...)
{
	va_list ap;

	fputs(TT_PROGRAM ": ", stdout);
	va_start(ap, fmt);
	vfprintf(stdout, fmt, ap);
	va_end(ap);
	fputc('\n', stdout);
	fflush(stdout);
}

void
tt_warn(const char *fmt, ...)
{
	char raw[1024], text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	tt_error_escape(text, sizeof(text), raw);
	fprintf(stderr, TT_PROGRAM ": warning: %s\n", text);
}
