/* SPDX-License-Identifier: BSD-3-Clause */
/* Files → entries, one for each line that is a rule; then the whole set. */
#include "tt_rule_file.h"
#include "tt_rules_private.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

const char *
tt_rule_outcome_name(enum tt_rule_outcome outcome)
{
	static const char *const names[TT_RULE_N_OUTCOMES] = {
			[TT_RULE_LOADED] = "loaded",
			[TT_RULE_UNREACHABLE] = "unreachable",
			[TT_RULE_UNSUPPORTED] = "unsupported",
			[TT_RULE_BROKEN] = "broken",
			[TT_RULE_DUPLICATE] = "duplicate",
	};

	TT_ASSERT(outcome < TT_RULE_N_OUTCOMES);
	return names[outcome];
}

int
tt_rules_turn(struct tt_rules_loader *l, struct tt_rules_entry *entry,
		enum tt_rule_outcome outcome, const char *format, ...)
{
	char raw[400], text[400];
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	tt_error_escape(text, sizeof(text), raw);
	entry->outcome = outcome;
	entry->why = tt_rules_memory_text(l->rules->memory, text, strlen(text));
	return entry->why == NULL ? -ENOMEM : 0;
}

static struct tt_rules_entry *
add_entry(struct tt_rules_loader *l)
{
	if (l->n == l->room) {
		const size_t room = l->room == 0 ? 1024 : l->room * 2;
		void *more = reallocarray(l->entries, room, sizeof(*l->entries));

		if (more == NULL)
			return NULL;
		l->entries = more;
		l->room = room;
	}
	l->entries[l->n] = (struct tt_rules_entry){.outcome = TT_RULE_LOADED};
	return &l->entries[l->n++];
}

/* What a line says, if it is not a rule: variables, classes; what engines alone understand. */
static int
take_directive(struct tt_rules_loader *l, const char *file,
		const struct tt_rule_line *line, const char **why)
{
	static const char *const others[] = {"include", "config", "preprocessor",
			"output", "suppress", "threshold", "event_filter", "rate_filter",
			"ruletype", "dynamicpreprocessor", "dynamicengine",
			"dynamicdetection", "rule_type", "attribute_table",
			"sdrop_filter"};
	const struct tt_rule_word text = line->text;
	struct tt_rule_word rest = text, word;

	if (tt_rule_variables_is_line(text))
		return tt_rule_variables_line(&l->variables, line, file, why);
	if (tt_rule_classes_is_line(text))
		return tt_rule_classes_line(&l->classes, text, why);
	tt_rule_word_blank(&rest, &word);
	/* What references stand for has no influence, as they have none. */
	if (tt_rule_word_is(word, "config")
			&& tt_rule_word_begins(tt_rule_word_trim(rest), "reference"))
		return 0;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(others); i++)
		if (tt_rule_word_is(word, others[i])
				&& (rest.n == 0 || rest.at[0] != '('))
			return 1;
	return 2;
}

static int
take_rule(struct tt_rules_loader *l, struct tt_rules_entry *entry)
{
	struct tt_rule_parse *p = &l->parse;
	int ret = tt_rule_parse_line(p);

	if (ret != 0)
		return ret;
	p->rule.file = entry->rule.file;
	entry->rule = p->rule;
	entry->bits = p->bits;
	entry->has_unknown_class = l->classes.n > 0 && p->classtype.n > 0
			&& tt_rule_classes_find(&l->classes, p->classtype) == NULL;
	if (p->why_broken != NULL) {
		entry->outcome = TT_RULE_BROKEN;
		entry->why = p->why_broken;
	} else if (p->why_unreachable != NULL) {
		entry->outcome = TT_RULE_UNREACHABLE;
		entry->why = p->why_unreachable;
	} else if (p->why_unsupported != NULL) {
		entry->outcome = TT_RULE_UNSUPPORTED;
		entry->why = p->why_unsupported;
	}
	return 0;
}

static int
take_line(struct tt_rules_loader *l, const char *file, const struct tt_rule_line *line)
{
	struct tt_rule_word rest = line->text, word;
	struct tt_rules_entry *entry;
	const char *why = NULL;
	int ret = take_directive(l, file, line, &why);

	if (ret == 0 || ret == -ENOMEM)
		return ret;
	entry = add_entry(l);
	if (entry == NULL)
		return -ENOMEM;
	entry->rule.file = file;
	entry->rule.line = line->line;
	tt_rule_word_blank(&rest, &word);
	if (ret == -EINVAL)
		return tt_rules_turn(l, entry, TT_RULE_BROKEN, "%s", why);
	if (ret == 1)
		return tt_rules_turn(l, entry, TT_RULE_UNSUPPORTED, "directive %.*s",
				TT_RULE_SHOWN(word));
	return take_rule(l, entry);
}

static int
take_bytes(struct tt_rules_loader *l, const char *name, const char *bytes, size_t n)
{
	const char *file = tt_rules_memory_text(l->rules->memory, name, strlen(name));
	struct tt_rule_reader reader;
	struct tt_rule_line line;
	int ret = file == NULL ? -ENOMEM : 0;

	tt_rule_reader_init(&reader, bytes, n);
	l->parse.reader = &reader;
	l->parse.line = &line;
	while (ret == 0 && (ret = tt_rule_reader_next(&reader, &line)) == 1)
		ret = take_line(l, file, &line);
	tt_rule_reader_fini(&reader);
	return ret;
}

/* HOME_NET as the options state it must be a list, whether rules ask for it or not. */
static int
check_home(struct tt_rules_loader *l)
{
	struct tt_rule_list_error wrong;
	struct tt_rule_addresses addresses;
	int ret;

	if (l->options->home_net == NULL)
		return 0;
	ret = tt_rule_list_addresses(&l->variables, l->rules->memory,
			tt_rule_word_of(l->options->home_net), &addresses, &wrong);
	if (ret == -EINVAL)
		tt_error_set(l->err, ret, "HOME_NET", "%s", wrong.why);
	return ret;
}

static int
begin(struct tt_rules_loader *l)
{
	static const struct tt_rules_options none;
	int ret;

	*l->rules = (struct tt_rules){.memory = tt_rules_memory_new()};
	if (l->options == NULL)
		l->options = &none;
	ret = tt_rule_variables_init(&l->variables, l->options->home_net);
	if (ret != 0 || l->rules->memory == NULL)
		return tt_error_set(l->err, -ENOMEM, NULL, "out of memory");
	ret = check_home(l);
	if (ret == 0 && l->options->variables != NULL)
		ret = tt_rule_variables_load(
				&l->variables, l->options->variables, l->err);
	if (ret == 0 && l->options->classification != NULL)
		ret = tt_rule_classes_load(
				&l->classes, l->options->classification, l->err);
	l->parse.memory = l->rules->memory;
	l->parse.variables = &l->variables;
	l->parse.classes = &l->classes;
	return ret;
}

/* ret: of what was done before. On failure the set is emptied. */
static int
end(struct tt_rules_loader *l, int ret)
{
	if (ret == 0)
		ret = tt_rules_find_duplicates(l);
	if (ret == 0)
		ret = tt_rules_settle_flowbits(l);
	if (ret == 0)
		ret = tt_rules_fill(l);
	if (ret == -ENOMEM)
		tt_error_set(l->err, ret, NULL, "out of memory");
	tt_rule_variables_fini(&l->variables);
	tt_rule_classes_fini(&l->classes);
	tt_rule_parse_fini(&l->parse);
	free(l->entries);
	if (ret != 0)
		tt_rules_fini(l->rules);
	return ret;
}

int
tt_rules_parse(struct tt_rules *rules, const char *name, const uint8_t *bytes, size_t n,
		const struct tt_rules_options *options, struct tt_error *err)
{
	struct tt_rules_loader l = {.rules = rules, .options = options, .err = err};
	int ret = begin(&l);

	if (ret == 0)
		ret = take_bytes(&l, name, (const char *)bytes, n);
	return end(&l, ret);
}

int
tt_rules_load(struct tt_rules *rules, const char *const *files, unsigned n_files,
		const struct tt_rules_options *options, struct tt_error *err)
{
	struct tt_rules_loader l = {.rules = rules, .options = options, .err = err};
	int ret = begin(&l);

	for (unsigned i = 0; ret == 0 && i < n_files; i++) {
		char *bytes;
		size_t n;

		ret = tt_rule_file_read(files[i], &bytes, &n, err);
		if (ret != 0)
			break;
		ret = take_bytes(&l, files[i], bytes, n);
		free(bytes);
	}
	return end(&l, ret);
}

void
tt_rules_fini(struct tt_rules *rules)
{
	tt_rules_memory_free(rules->memory);
	*rules = (struct tt_rules){0};
}
