/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_rule_classes.h"
#include "tt_rule_file.h"

#include <errno.h>
#include <string.h>

#define KEYWORD "config"
#define WHAT    "classification"

/* What stands behind "config classification:"; at NULL where the line is another. */
static struct tt_rule_word
fields_of(struct tt_rule_word line)
{
	static const struct tt_rule_word none = {NULL, 0};
	struct tt_rule_word word;

	tt_rule_word_blank(&line, &word);
	line = tt_rule_word_trim(line);
	if (!tt_rule_word_is(word, KEYWORD) || !tt_rule_word_begins(line, WHAT))
		return none;
	line = tt_rule_word_trim(tt_rule_word_skip(line, strlen(WHAT)));
	if (line.n == 0 || line.at[0] != ':')
		return none;
	return tt_rule_word_skip(line, 1);
}

bool
tt_rule_classes_is_line(struct tt_rule_word line)
{
	return fields_of(line).at != NULL;
}

const struct tt_rule_class *
tt_rule_classes_find(const struct tt_rule_classes *c, struct tt_rule_word name)
{
	for (size_t i = 0; i < c->n; i++)
		if (tt_rule_word_is(name, c->all[i].name))
			return &c->all[i];
	return NULL;
}

static struct tt_rule_class *
find_or_add(struct tt_rule_classes *c, struct tt_rule_word name)
{
	struct tt_rule_class *class = (struct tt_rule_class *)tt_rule_classes_find(
			c, name);

	if (class != NULL)
		return class;
	if (c->n == c->room) {
		size_t room = c->room == 0 ? 64 : c->room * 2;
		void *more = reallocarray(c->all, room, sizeof(*c->all));

		if (more == NULL)
			return NULL;
		c->all = more;
		c->room = room;
	}
	class = &c->all[c->n];
	*class = (struct tt_rule_class){.name = strndup(name.at, name.n)};
	if (class->name == NULL)
		return NULL;
	c->n++;
	return class;
}

static int
wrong(const char **why, const char *what)
{
	*why = what;
	return -EINVAL;
}

int
tt_rule_classes_line(
		struct tt_rule_classes *c, struct tt_rule_word line, const char **why)
{
	struct tt_rule_word rest = fields_of(line), name, description, text, category;
	struct tt_rule_class *class;
	int64_t priority;
	char *copy;

	if (!tt_rule_word_next(&rest, ',', &name) || name.n == 0
			|| !tt_rule_word_next(&rest, ',', &description)
			|| !tt_rule_word_next(&rest, ',', &text))
		return wrong(why,
				"a classification is \"name,description,priority\" "
				"and may have a category");
	if (!tt_rule_word_number(text, 1, UINT32_MAX, &priority))
		return wrong(why,
				"the priority of a classification is a number from 1 on");
	category = (struct tt_rule_word){"", 0};
	if (tt_rule_word_next(&rest, ',', &category) && rest.at != NULL)
		return wrong(why, "a classification has no more than four fields");
	class = find_or_add(c, name);
	copy = class == NULL ? NULL : strndup(category.at, category.n);
	if (copy == NULL)
		return -ENOMEM;
	free(class->category);
	class->category = copy;
	class->priority = (uint32_t)priority;
	return 0;
}

static int
take_lines(struct tt_rule_classes *c, const char *path, struct tt_rule_word text,
		struct tt_error *err)
{
	struct tt_rule_reader reader;
	struct tt_rule_line line = {{NULL, 0}, 0};
	const char *why = NULL;
	char where[512];
	int ret = 0;

	tt_rule_reader_init(&reader, text.at, text.n);
	while (ret == 0 && (ret = tt_rule_reader_next(&reader, &line)) == 1)
		ret = tt_rule_classes_is_line(line.text)
				? tt_rule_classes_line(c, line.text, &why)
				: wrong(&why, "no line \"config classification: …\"");
	tt_rule_reader_fini(&reader);
	if (ret == 0)
		return 0;
	snprintf(where, sizeof(where), "%s:%u", path, line.line);
	return tt_error_set(err, ret, where, "%s", why != NULL ? why : "out of memory");
}

int
tt_rule_classes_load(struct tt_rule_classes *c, const char *path, struct tt_error *err)
{
	char *bytes;
	size_t n;
	int ret = tt_rule_file_read(path, &bytes, &n, err);

	if (ret != 0)
		return ret;
	ret = take_lines(c, path, (struct tt_rule_word){bytes, n}, err);
	free(bytes);
	return ret;
}

void
tt_rule_classes_fini(struct tt_rule_classes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->all[i].name);
		free(c->all[i].category);
	}
	free(c->all);
	*c = (struct tt_rule_classes){0};
}
