/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Comments of rule files: lines that begin with "#" or ";"; and Snort 3's, which may also stand behind a rule, or reach
 * over lines from "#begin" to "#end", or between slashes and asterisks. What is begun and not ended is no comment of
 * several lines, so that a mark by itself hides no rules.
 */
#include "tt_rule_text.h"

#include <ctype.h>
#include <string.h>

bool
tt_rule_is_comment(struct tt_rule_word trimmed)
{
	return trimmed.n == 0 || trimmed.at[0] == '#' || trimmed.at[0] == ';';
}

/* Does a line begin with "#begin" or "#end", as a word? */
static bool
is_mark(struct tt_rule_word line, const char *mark)
{
	const size_t n = strlen(mark);
	const struct tt_rule_word trimmed = tt_rule_word_trim(line);

	return trimmed.n >= n && memcmp(trimmed.at, mark, n) == 0
			&& (trimmed.n == n || !isalnum((unsigned char)trimmed.at[n]));
}

/* Goes past the line of "#end". */
static bool
skip_marked(struct tt_rule_reader *r)
{
	struct tt_rule_reader ahead = *r;

	while (ahead.at < ahead.n) {
		if (is_mark(tt_rule_reader_line(&ahead), "#end")) {
			r->at = ahead.at;
			r->line = ahead.line;
			return true;
		}
	}
	return false;
}

/* Goes past the two characters that end the comment. line: its first, which the reader is behind. */
static bool
skip_starred(struct tt_rule_reader *r, struct tt_rule_word line)
{
	const char *begin = tt_rule_word_trim(line).at + 2, *at = begin;
	const char *end = memmem(begin, (size_t)(r->bytes + r->n - begin), "*/", 2);
	unsigned lines = 0;

	if (end == NULL)
		return false;
	while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at++;
		lines++;
	}
	r->at = (size_t)(end + 2 - r->bytes);
	r->line = r->line - 1 + lines;
	return true;
}

bool
tt_rule_skip_comment(struct tt_rule_reader *r, struct tt_rule_word line)
{
	const struct tt_rule_word trimmed = tt_rule_word_trim(line);

	if (trimmed.n >= 2 && memcmp(trimmed.at, "/*", 2) == 0)
		return skip_starred(r, line);
	if (!tt_rule_is_comment(trimmed))
		return false;
	if (is_mark(line, "#begin"))
		(void)skip_marked(r);
	return true;
}

struct tt_rule_word
tt_rule_without_comment(struct tt_rule_word line)
{
	bool quoted = false, ended = false; /* the last thing was a semicolon */

	for (size_t i = 0; i < line.n; i++) {
		struct tt_rule_word rest = {line.at + i + 1, line.n - i - 1};

		if (line.at[i] == '\\') {
			i++;
		} else if (line.at[i] == '"') {
			quoted = !quoted;
		} else if (!quoted && ended && line.at[i] == ')') {
			rest = tt_rule_word_trim(rest);
			if (rest.n > 0 && rest.at[0] == '#')
				return (struct tt_rule_word){line.at, i + 1};
		}
		if (i < line.n && !isspace((unsigned char)line.at[i]))
			ended = !quoted && line.at[i] == ';';
	}
	return line;
}
