/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_text.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#define REPLACEMENT 0xFFFD
#define ELLIPSIS    "…"
#define FIRST_ASCII 32
#define EM_OTHER    0.68 /* letters of other alphabets */
#define EM_WIDE     1.0

/* Thousandths, from the blank to the tilde: of Helvetica and 6 %, or of DejaVu Sans, all that many a Linux has, where that is
 * wider. */
static const uint16_t widths[] = {318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500,
		838, 318, 361, 318, 337, 637, 637, 637, 637, 637, 637, 637, 637, 637, 637,
		337, 337, 838, 838, 838, 590, 1076, 708, 708, 766, 771, 708, 648, 825,
		766, 295, 530, 708, 590, 883, 766, 825, 708, 825, 766, 708, 648, 766, 708,
		1001, 708, 708, 686, 391, 337, 391, 838, 590, 500, 613, 635, 550, 635,
		616, 353, 635, 634, 278, 278, 580, 278, 975, 634, 612, 635, 635, 412, 530,
		393, 634, 592, 818, 592, 592, 530, 637, 337, 637, 838};

/* Characters that reorder what stands around them, or are no characters. */
static bool
is_harmful(int32_t c)
{
	if (c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E)
			|| (c >= 0x2066 && c <= 0x2069))
		return true;
	return U_IS_UNICODE_NONCHAR(c) || u_charType(c) == U_CONTROL_CHAR;
}

int32_t
tt_text_next(const char **text)
{
	const uint8_t *bytes = (const uint8_t *)*text;
	int32_t length = (int32_t)strnlen(*text, TT_CHAR_MAX), i = 0;
	UChar32 c;

	if (length == 0)
		return 0;
	U8_NEXT_OR_FFFD(bytes, i, length, c);
	*text += i;
	if (c == '\t' || c == '\n' || c == '\r')
		return ' ';
	return is_harmful(c) ? REPLACEMENT : c;
}

size_t
tt_text_put(int32_t character, char out[TT_CHAR_MAX])
{
	size_t n = 0;

	U8_APPEND_UNSAFE(out, n, character);
	return n;
}

char *
tt_text_clean(const char *text)
{
	/* What is replaced by U+FFFD may be a single byte. */
	char *clean = malloc(3 * strlen(text) + 1), *to = clean;
	int32_t c;

	if (clean == NULL)
		return NULL;
	while ((c = tt_text_next(&text)) != 0)
		to += tt_text_put(c, to);
	*to = '\0';
	return clean;
}

static bool
is_wide(int32_t c)
{
	int32_t width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);

	return width == U_EA_WIDE || width == U_EA_FULLWIDTH;
}

static bool
is_combining(int32_t c)
{
	int8_t type = u_charType(c);

	return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK
			|| type == U_FORMAT_CHAR;
}

static size_t
columns_of(int32_t c)
{
	return is_combining(c) ? 0 : is_wide(c) ? 2 : 1;
}

size_t
tt_text_columns_n(const char *text, size_t n)
{
	const char *end = text + n;
	size_t columns = 0;

	while (text < end) {
		int32_t c = tt_text_next(&text);

		if (c == 0)
			break;
		columns += columns_of(c);
	}
	return columns;
}

size_t
tt_text_columns(const char *text)
{
	return tt_text_columns_n(text, strlen(text));
}

static double
em_of(int32_t c)
{
	if (c >= FIRST_ASCII && c < FIRST_ASCII + (int32_t)TT_ARRAY_SIZE(widths))
		return widths[c - FIRST_ASCII] / 1000.0;
	if (is_combining(c))
		return 0;
	if (is_wide(c)
			|| u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH)
					== U_EA_AMBIGUOUS)
		return EM_WIDE;
	return EM_OTHER;
}

double
tt_text_em(const char *text)
{
	double em = 0;
	int32_t c;

	while ((c = tt_text_next(&text)) != 0)
		em += em_of(c);
	return em;
}

static double
columns_as_double(int32_t c)
{
	return (double)columns_of(c);
}

/* Copies characters while their widths stay within the limit; returns their bytes. */
static size_t
copy_within(const char **text, double limit, double (*width)(int32_t), char *out,
		size_t size)
{
	double used = 0;
	size_t n = 0;

	for (;;) {
		const char *next = *text;
		int32_t c = tt_text_next(&next);

		if (c == 0 || used + width(c) > limit || n + TT_CHAR_MAX >= size)
			return n;
		used += width(c);
		n += tt_text_put(c, out + n);
		*text = next;
	}
}

static bool
cut_to(const char *text, double limit, double (*width)(int32_t), char *cut, size_t size)
{
	const char *rest = text;
	size_t n = copy_within(&rest, limit, width, cut, size);

	if (*rest != '\0') {
		rest = text;
		n = copy_within(&rest, limit - width(0x2026), width, cut,
				size - strlen(ELLIPSIS));
		memcpy(cut + n, ELLIPSIS, strlen(ELLIPSIS));
		n += strlen(ELLIPSIS);
	}
	cut[n] = '\0';
	return *rest != '\0';
}

bool
tt_text_cut_em(const char *text, double em, char *cut, size_t size)
{
	TT_ASSERT(size > strlen(ELLIPSIS) + TT_CHAR_MAX);
	return cut_to(text != NULL ? text : "", em, em_of, cut, size);
}

bool
tt_text_cut_columns(const char *text, size_t columns, char *cut, size_t size)
{
	TT_ASSERT(size > strlen(ELLIPSIS) + TT_CHAR_MAX);
	return cut_to(text != NULL ? text : "", (double)columns, columns_as_double, cut,
			size);
}
