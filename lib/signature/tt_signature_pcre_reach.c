/* SPDX-License-Identifier: BSD-3-Clause */
/* What an item of a pattern (a character, an escape, a class, with its quantifier) may pass over. */
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

/* "\1", "\g{1}", "\k<name>": what it refers to may have any length. */
static bool
is_reference(const char *text, size_t n)
{
	return n >= 2 && text[0] == '\\'
			&& ((text[1] >= '1' && text[1] <= '9') || text[1] == 'g'
					|| text[1] == 'k');
}

/* The larger number of "{2,5}". */
static uint16_t
most_of(const char *text, size_t n)
{
	const char *end = memchr(text, '}', n);
	uint32_t most = 0;

	for (const char *at = text + 1; end != NULL && at < end; at++) {
		if (*at == ',' && at + 1 == end)
			return UINT16_MAX;
		if (*at == ',')
			most = 0;
		else if (*at >= '0' && *at <= '9' && most < UINT16_MAX)
			most = most * 10 + (uint32_t)(*at - '0');
	}
	return end != NULL && most < UINT16_MAX ? (uint16_t)most : UINT16_MAX;
}

uint16_t
tt_signature_pcre_reach(const char *text, size_t n)
{
	size_t atom;
	const char *many;

	/* Of groups, each item calls back by itself. */
	if (n == 0 || text[0] == '(' || text[0] == ')' || text[0] == '|')
		return 0;
	if (is_reference(text, n))
		return UINT16_MAX;
	atom = atom_bytes(text, n);
	if (memchr(text + atom, '*', n - atom) != NULL
			|| memchr(text + atom, '+', n - atom) != NULL)
		return UINT16_MAX;
	many = memchr(text + atom, '{', n - atom);
	return many == NULL ? 0 : most_of(many, n - (size_t)(many - text));
}
