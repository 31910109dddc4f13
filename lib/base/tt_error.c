/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_error.h"

#include <stdarg.h>
#include <string.h>

int
tt_error_set(struct tt_error *err, int code, const char *where, const char *why_fmt, ...)
{
	va_list ap;

	TT_ASSERT(code < 0);
	if (err == NULL)
		return code;
	err->code = code;
	snprintf(err->where, sizeof(err->where), "%s", where == NULL ? "" : where);
	va_start(ap, why_fmt);
	vsnprintf(err->why, sizeof(err->why), why_fmt, ap);
	va_end(ap);
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
	if (err->where[0] != '\0')
		fprintf(stderr, "%s: %s: %s\n", program, err->where, err->why);
	else
		fprintf(stderr, "%s: %s\n", program, err->why);
}
