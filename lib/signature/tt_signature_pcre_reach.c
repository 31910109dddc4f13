/* SPDX-License-Identifier: BSD-3-Clause */
/* What an item of a pattern (a character, an escape, a class, with its quantifier) may pass over, and fail. */
#include "tt_signature_pcre.h"

#include <string.h>

/* Bytes of a class, "[…]": a "]" that stands first, or behind a backslash, is one of it. */
static size_t
class_bytes(const char *text, size_t n)
{
	size_t at = 1;

	if (at < n && text[at] == '^')
		at++;
	if (at < n && text[at] == ']')
		at++;
	while (at < n && text[at] != ']')
		at += text[at] == '\\' ? 2 : 1;
	return at < n ? at + 1 : n;
}

/* Bytes of an escape: "\d", "\x{41}", "\p{Lu}", "\g{1}". */
static size_t
escape_bytes(const char *text, size_t n)
{
	const char *end;

	if (n < 4 || text[2] != '{' || strchr("xopPNgk", text[1]) == NULL)
		return n < 2 ? n : 2;
	end = memchr(text, '}', n);
	return end == NULL ? n : (size_t)(end - text) + 1;
}

static size_t
atom_bytes(const char *text, size_t n)
{
	if (text[0] == '\\')
		return escape_bytes(text, n);
	return text[0] == '[' ? class_bytes(text, n) : 1;
}

/* "\1", "\g{1}", "\k<name>", "(?P=name)": what it refers to may have any length. */
static bool
is_reference(const char *text, size_t n)
{
	if (n >= 4 && memcmp(text, "(?P=", 4) == 0)
		return true;
	return n >= 2 && text[0] == '\\'
			&& ((text[1] >= '1' && text[1] <= '9') || text[1] == 'g'
					|| text[1] == 'k');
}

/* The smaller number of "{2,5}". */
static uint16_t
least_of(const char *text, size_t n)
{
	uint32_t least = 0;

	for (size_t i = 1; i < n && text[i] >= '0' && text[i] <= '9'; i++)
		if (least < UINT16_MAX)
			least = least * 10 + (uint32_t)(text[i] - '0');
	return least < UINT16_MAX ? (uint16_t)least : UINT16_MAX;
}

uint16_t
tt_signature_pcre_reach(const char *text, size_t n)
{
	size_t atom;
	const char *many;

	if (is_reference(text, n))
		return UINT16_MAX;
	/* Of groups, each item calls back by itself. */
	if (n == 0 || text[0] == '(' || text[0] == ')' || text[0] == '|')
		return 0;
	atom = atom_bytes(text, n);
	many = memchr(text + atom, '{', n - atom);
	return many == NULL ? 0 : least_of(many, n - (size_t)(many - text));
}
