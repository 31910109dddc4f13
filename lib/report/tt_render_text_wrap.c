/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_render_private.h"
#include "tt_text.h"

#include <errno.h>
#include <string.h>
#include <unicode/ubrk.h>

#define INDENT_MAX 24u /* columns; what begins with more is not indented */

struct line {
	FILE *out;
	size_t indent, used; /* columns; used counts the indent too */
	size_t blanks; /* wanted before what comes next on the same line */
};

static void
begin_line(struct line *line)
{
	fprintf(line->out, "\n%*s", (int)line->indent, "");
	line->used = line->indent;
	line->blanks = 0;
}

/* Text without blanks, cut where it is wider than a whole line. */
static void
put_long(struct line *line, const char *text, size_t n)
{
	const char *end = text + n;

	while (text < end) {
		const char *next = text;
		size_t columns;

		tt_text_next(&next);
		columns = tt_text_columns_n(text, (size_t)(next - text));
		if (line->used + columns > TT_TEXT_LINE)
			begin_line(line);
		fwrite(text, 1, (size_t)(next - text), line->out);
		line->used += columns;
		text = next;
	}
}

/* What stands between two places where a line may be broken. */
static void
put_part(struct line *line, const char *text, size_t n)
{
	size_t words = n, columns;

	while (words > 0 && text[words - 1] == ' ')
		words--;
	columns = tt_text_columns_n(text, words);
	if (line->used > line->indent
			&& line->used + line->blanks + columns > TT_TEXT_LINE)
		begin_line(line);
	fprintf(line->out, "%*s", (int)line->blanks, "");
	line->used += line->blanks;
	line->blanks = n - words;
	put_long(line, text, words);
}

/* Unlike the general rules, "445/TCP" stays one, and so does a full-width sign with its number. */
static bool
is_inseparable(const char *text, int32_t place)
{
	static const char *const before[] = {"/", "－", "＋"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(before) && text[place] != '\0'; i++) {
		size_t n = strlen(before[i]);

		if ((size_t)place >= n && memcmp(text + place - n, before[i], n) == 0)
			return true;
	}
	return false;
}

static int
put_parts(struct line *line, const char *language, const char *text)
{
	UErrorCode status = U_ZERO_ERROR;
	UText utext = UTEXT_INITIALIZER;
	UBreakIterator *breaks;
	char strict[32]; /* no line begins with a small kana, as in line-break: strict of HTML */

	snprintf(strict, sizeof(strict), "%s@lb=strict", language);
	utext_openUTF8(&utext, text, -1, &status);
	breaks = ubrk_open(UBRK_LINE, strict, NULL, 0, &status);
	if (U_SUCCESS(status))
		ubrk_setUText(breaks, &utext, &status);
	if (U_SUCCESS(status)) {
		int32_t from = ubrk_first(breaks), to;

		while ((to = ubrk_next(breaks)) != UBRK_DONE) {
			if (is_inseparable(text, to))
				continue;
			put_part(line, text + from, (size_t)(to - from));
			from = to;
		}
	}
	ubrk_close(breaks);
	utext_close(&utext);
	return U_FAILURE(status) ? -ENOMEM : 0;
}

int
tt_text_wrap(const struct tt_locale *locale, const char *first, const char *text,
		FILE *out)
{
	char *begin = tt_text_clean(first),
	     *clean = tt_text_clean(text != NULL ? text : "");
	struct line line = {.out = out};
	int rc = begin == NULL || clean == NULL ? -ENOMEM : 0;

	if (rc == 0) {
		put_long(&line, begin, strlen(begin));
		if (line.used <= INDENT_MAX)
			line.indent = line.used;
		rc = put_parts(&line, tt_locale_language(locale), clean);
		fputc('\n', out);
	}
	free(begin);
	free(clean);
	return rc;
}
