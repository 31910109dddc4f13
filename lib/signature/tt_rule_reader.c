/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_rule_text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const char *const actions[] = {"alert", "log", "pass", "drop", "reject", "sdrop",
		"block", "rejectsrc", "rejectdst", "rejectboth", "react", "rewrite",
		"activate", "dynamic", "config", "accept", "file_id"};

bool
tt_rule_is_action(struct tt_rule_word word)
{
	const char *colon = memchr(word.at, ':', word.n); /* "drop:flow" */

	if (colon != NULL)
		word.n = (size_t)(colon - word.at);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(actions); i++)
		if (tt_rule_word_is(word, actions[i]))
			return true;
	return false;
}

void
tt_rule_reader_init(struct tt_rule_reader *r, const char *bytes, size_t n)
{
	*r = (struct tt_rule_reader){.bytes = bytes, .n = n, .line = 1};
	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) /* byte order mark */
		r->at = 3;
}

void
tt_rule_reader_fini(struct tt_rule_reader *r)
{
	free(r->joined);
	free(r->marks);
}

struct tt_rule_word
tt_rule_reader_line(struct tt_rule_reader *r)
{
	const char *begin = r->bytes + r->at;
	const char *end = memchr(begin, '\n', r->n - r->at);
	struct tt_rule_word line = {
			begin, end == NULL ? r->n - r->at : (size_t)(end - begin)};

	r->at += line.n + (end != NULL);
	r->line++;
	while (line.n > 0 && line.at[line.n - 1] == '\r')
		line.n--;
	return line;
}

static struct tt_rule_word
first_word(struct tt_rule_word line)
{
	struct tt_rule_word word;

	tt_rule_word_blank(&line, &word);
	return word;
}

static bool
continues(struct tt_rule_word *line)
{
	struct tt_rule_word trimmed = tt_rule_word_trim(*line);

	if (trimmed.n == 0 || trimmed.at[trimmed.n - 1] != '\\')
		return false;
	line->n = (size_t)(trimmed.at + trimmed.n - 1 - line->at);
	return true;
}

static int
mark(struct tt_rule_reader *r, size_t offset, unsigned line)
{
	if (r->n_marks == r->marks_room) {
		unsigned room = r->marks_room == 0 ? 16 : r->marks_room * 2;
		void *more = reallocarray(r->marks, room, sizeof(*r->marks));

		if (more == NULL)
			return -ENOMEM;
		r->marks = more;
		r->marks_room = room;
	}
	r->marks[r->n_marks++] = (struct tt_rule_mark){offset, line};
	return 0;
}

/* Adds a piece to what is joined; *n is its length so far. */
static int
join(struct tt_rule_reader *r, size_t *n, struct tt_rule_word piece, unsigned line)
{
	int ret = mark(r, *n, line);

	if (ret != 0)
		return ret;
	if (*n + piece.n + 1 > r->room) {
		size_t room = (*n + piece.n + 1) * 2;
		char *more = realloc(r->joined, room);

		if (more == NULL)
			return -ENOMEM;
		r->joined = more;
		r->room = room;
	}
	if (piece.n > 0)
		memcpy(r->joined + *n, piece.at, piece.n);
	*n += piece.n;
	return 0;
}

/* Lines that a backslash joins to the one before. */
static int
take_continued(struct tt_rule_reader *r, size_t *n)
{
	bool more = true;

	while (more && r->at < r->n) {
		const unsigned number = r->line;
		struct tt_rule_word piece = tt_rule_reader_line(r);
		int ret;

		more = continues(&piece);
		ret = join(r, n, piece, number);
		if (ret != 0)
			return ret;
	}
	return 0;
}

/* Snort 3: a rule goes on until its parenthesis is closed, unless what follows is another one. */
static bool
is_open(const struct tt_rule_reader *r, struct tt_rule_word text)
{
	struct tt_rule_reader ahead = *r;
	struct tt_rule_word trimmed = tt_rule_word_trim(text), next;

	if (r->at >= r->n || trimmed.n == 0 || trimmed.at[trimmed.n - 1] == ')'
			|| !tt_rule_is_action(first_word(trimmed)))
		return false;
	next = tt_rule_word_trim(tt_rule_reader_line(&ahead));
	return next.n > 0 && !tt_rule_is_action(first_word(next));
}

static int
take_open(struct tt_rule_reader *r, size_t *n)
{
	while (is_open(r, (struct tt_rule_word){r->joined, *n})) {
		const unsigned number = r->line;
		struct tt_rule_word piece = tt_rule_reader_line(r);
		int ret;

		if (tt_rule_skip_comment(r, piece))
			continue;
		piece = tt_rule_without_comment(piece);
		ret = join(r, n, (struct tt_rule_word){" ", 1}, number);
		if (ret == 0)
			ret = join(r, n, piece, number);
		if (ret != 0)
			return ret;
	}
	return 0;
}

int
tt_rule_reader_next(struct tt_rule_reader *r, struct tt_rule_line *line)
{
	struct tt_rule_word first;
	size_t n = 0;
	bool more;
	int ret;

	r->n_marks = 0;
	do {
		if (r->at >= r->n)
			return 0;
		line->line = r->line;
		first = tt_rule_reader_line(r);
	} while (tt_rule_skip_comment(r, first));
	first = tt_rule_without_comment(first);
	more = continues(&first);
	line->text = first;
	if (!more && !is_open(r, first))
		return 1;
	ret = join(r, &n, first, line->line);
	if (ret == 0 && more)
		ret = take_continued(r, &n);
	if (ret == 0)
		ret = take_open(r, &n);
	line->text = (struct tt_rule_word){r->joined, n};
	return ret == 0 ? 1 : ret;
}

struct tt_rule_place
tt_rule_reader_place(const struct tt_rule_reader *r, const struct tt_rule_line *line,
		const char *at)
{
	const size_t offset = (size_t)(at - line->text.at);
	const struct tt_rule_mark *mark = NULL;

	for (unsigned i = 0; i < r->n_marks && r->marks[i].offset <= offset; i++)
		mark = &r->marks[i];
	if (mark == NULL)
		return (struct tt_rule_place){line->line, (unsigned)offset + 1};
	return (struct tt_rule_place){mark->line, (unsigned)(offset - mark->offset) + 1};
}
