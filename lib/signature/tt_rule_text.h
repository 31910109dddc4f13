/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The text of rule files: pieces of it, and its cutting into rules. A rule is one line, several
 * that end with a backslash, or, as Snort 3 writes them, lines up to the closing parenthesis. Pieces
 * point into the text of their rule, so that their place in the file is known. One thread.
 */
#ifndef TT_RULE_TEXT_H
#define TT_RULE_TEXT_H

#include "tt_base.h"

/* A piece of text: at[n], without an end of a string. */
struct tt_rule_word {
	const char *at;
	size_t n;
};

struct tt_rule_word tt_rule_word_of(const char *text);
bool tt_rule_word_is(struct tt_rule_word word, const char *text); /* no case in ASCII */
bool tt_rule_word_begins(struct tt_rule_word word, const char *text); /* likewise */
struct tt_rule_word tt_rule_word_trim(struct tt_rule_word word);

/* The word without its first n characters; n at most word.n. */
struct tt_rule_word tt_rule_word_skip(struct tt_rule_word word, size_t n);

/*
 * Takes what stands before the next separator off *rest, trimmed; the separator goes too. Returns
 * false where *rest has no more: rest->at is NULL then. "a,,b" has three pieces, "" has one.
 */
bool tt_rule_word_next(
		struct tt_rule_word *rest, char separator, struct tt_rule_word *piece);

/* Takes the next piece between blanks off *rest. Returns false where there is none. */
bool tt_rule_word_blank(struct tt_rule_word *rest, struct tt_rule_word *piece);

/*
 * Reads a number, decimal or hexadecimal with "0x", with a sign where min is negative. Returns
 * false where the word is none or lies outside min…max.
 */
bool tt_rule_word_number(
		struct tt_rule_word word, int64_t min, int64_t max, int64_t *number);

/* The same of unsigned 64-bit numbers. */
bool tt_rule_word_unsigned(struct tt_rule_word word, uint64_t *number);

/* One rule's text, or one directive's, out of one line or more. */
struct tt_rule_line {
	struct tt_rule_word text;
	unsigned line; /* its first, from 1 */
};

/* Where in the file. Of places the reader keeps those of the last line that it gave. */
struct tt_rule_place {
	unsigned line, column; /* from 1 */
};

struct tt_rule_reader {
	const char *bytes;
	size_t n, at;
	unsigned line; /* of `at` */
	char *joined; /* [room]: lines that were joined */
	size_t room;
	struct tt_rule_mark {
		size_t offset; /* in the text */
		unsigned line; /* that begins there */
	} * marks; /* [n_marks], ascending */
	unsigned n_marks, marks_room;
};

void tt_rule_reader_init(struct tt_rule_reader *r, const char *bytes, size_t n);
void tt_rule_reader_fini(struct tt_rule_reader *r);

/* Reads the next line that is no comment. Returns 1, 0 at the end, or -ENOMEM. */
int tt_rule_reader_next(
		struct tt_rule_reader *r, struct tt_rule_line *line) TT_MUST_CHECK;

/* Where a character of the last line stands in the file. */
struct tt_rule_place tt_rule_reader_place(const struct tt_rule_reader *r,
		const struct tt_rule_line *line, const char *at);

/* The next line of the file as it stands, without its end. */
struct tt_rule_word tt_rule_reader_line(struct tt_rule_reader *r);

/* Is the line, without blanks at its ends, empty or a comment? */
bool tt_rule_is_comment(struct tt_rule_word trimmed);

/* Goes past the rest of the comment that a line, which the reader is behind, is or begins. Returns false where it is
 * none. */
bool tt_rule_skip_comment(struct tt_rule_reader *r, struct tt_rule_word line);

/* A line without the comment behind the rule that ends there. */
struct tt_rule_word tt_rule_without_comment(struct tt_rule_word line);

/* Is the word an action ("alert", "drop" …)? */
bool tt_rule_is_action(struct tt_rule_word word);

#endif
