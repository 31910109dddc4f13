/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_xml.h"
#include "tt_text.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static void
put_character(FILE *out, int32_t c)
{
	char utf8[TT_CHAR_MAX];

	switch (c) {
	case '&':
		fputs("&amp;", out);
		break;
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	case '"':
		fputs("&quot;", out);
		break;
	default:
		fwrite(utf8, 1, tt_text_put(c, utf8), out);
	}
}

void
tt_xml_text(FILE *out, const char *text)
{
	int32_t c;

	while (text != NULL && (c = tt_text_next(&text)) != 0)
		put_character(out, c);
}

void
tt_xml_text_until(FILE *out, const char *text, const char *end)
{
	int32_t c;

	while (text < end && (c = tt_text_next(&text)) != 0)
		put_character(out, c);
}

/* "12.5", "12", never "-0". */
static void
put_coordinate(FILE *out, double value)
{
	char text[64];
	size_t n;

	TT_ASSERT(isfinite(value) && fabs(value) < 1e9);
	n = (size_t)snprintf(text, sizeof(text), "%.2f", value);
	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	text[n] = '\0';
	fputs(strcmp(text, "-0") == 0 ? "0" : text, out);
}

void
tt_xml(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	for (; *format != '\0'; format++) {
		if (*format != '%') {
			fputc(*format, out);
			continue;
		}
		switch (*++format) {
		case 'T':
			tt_xml_text(out, va_arg(args, const char *));
			break;
		case 'S':
			fputs(va_arg(args, const char *), out);
			break;
		case 'N':
			put_coordinate(out, va_arg(args, double));
			break;
		case 'Z':
			fprintf(out, "%zu", va_arg(args, size_t));
			break;
		default:
			TT_ASSERT(*format == '%');
			fputc('%', out);
		}
	}
	va_end(args);
}
