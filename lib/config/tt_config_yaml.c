/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The YAML file ↔ settings. Every value is taken as text by libcyaml and goes through
 * tt_config_set, so that the file and the command line share their checks and messages.
 */
#include "tt_config_lists.h"
#include "tt_config_option.h"
#include "tt_config_place.h"
#include "tt_config_tags.h"
#include "tt_nearest.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <string.h>

#define FILE_BYTES_MAX (1 << 20)

struct document {
	const char *path;
	uint8_t *bytes; /* [n] */
	size_t n;
	char message[256]; /* the first that libcyaml logged */
	char field[64]; /* the option that it was at, if it said so */
};

static int
read_document(struct document *doc, struct tt_error *err)
{
	FILE *in = fopen(doc->path, "re");
	int ret = 0;

	if (in == NULL)
		return tt_error_set(err, -errno, doc->path, "%s", strerror(errno));
	doc->bytes = malloc(FILE_BYTES_MAX);
	if (doc->bytes == NULL)
		ret = tt_error_set(err, -ENOMEM, doc->path, "out of memory");
	else
		doc->n = fread(doc->bytes, 1, FILE_BYTES_MAX, in);
	if (ret == 0 && ferror(in))
		ret = tt_error_set(err, -errno, doc->path, "%s", strerror(errno));
	else if (ret == 0 && doc->n == FILE_BYTES_MAX)
		ret = tt_error_set(err, -EFBIG, doc->path,
				"too long for a configuration file, which may have "
				"%d bytes; long lists of monitored prefixes may be "
				"written as fewer, wider ones",
				FILE_BYTES_MAX - 1);
	fclose(in);
	return ret;
}

/* Keeps the first message and the innermost field of the backtrace that follows it. */
static void
capture_log(cyaml_log_t level, void *arg, const char *format, va_list args)
{
	struct document *doc = arg;
	char line[256];
	char *field;

	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = '\0';
	field = strstr(line, "in mapping field '");
	if (field != NULL && doc->field[0] == '\0')
		snprintf(doc->field, sizeof(doc->field), "%.*s",
				(int)strcspn(field + 18, "'"), field + 18);
	if (strstr(line, "Backtrace:") == NULL && strncmp(line, "  in ", 5) != 0
			&& doc->message[0] == '\0')
		snprintf(doc->message, sizeof(doc->message), "%s",
				strncmp(line, "Load: ", 6) == 0 ? line + 6 : line);
}

/* Puts "file:line" before the option that err already names; just the file if key is not
 * found. */
static int
at_key(const struct document *doc, const char *key, struct tt_error *err)
{
	struct tt_config_place place = tt_config_place_find(doc->bytes, doc->n, key);

	if (place.line > 0)
		tt_error_at(err, "%s:%u", doc->path, place.line);
	else
		tt_error_at(err, "%s", doc->path);
	return -EINVAL;
}

/* Is there a colon? In a list in brackets none begins an item, which "::/0" does. */
static bool
is_colon(const struct document *doc, const struct tt_config_place *place)
{
	const uint8_t *at = doc->bytes, *const end = doc->bytes + doc->n;

	for (unsigned line = 1; at != NULL && line < place->line; line++) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at == NULL ? NULL : at + 1;
	}
	return at != NULL && place->column > 0 && (size_t)(end - at) >= place->column
			&& at[place->column - 1] == ':';
}

static int
syntax_error(const struct document *doc, struct tt_error *err)
{
	struct tt_config_place place = tt_config_place_find(doc->bytes, doc->n, NULL);

	tt_error_set(err, -EINVAL, NULL, "not YAML: %s%s",
			place.problem[0] != '\0' ? place.problem : doc->message,
			is_colon(doc, &place) ? "; what begins with \":\" is quoted in a "
						"list in brackets, as \"::/0\""
					      : "");
	if (place.line > 0)
		tt_error_at(err, "%s:%u:%u", doc->path, place.line, place.column);
	else
		tt_error_at(err, "%s", doc->path);
	return -EINVAL;
}

static int
unknown_key(const struct document *doc, const char *key, struct tt_error *err)
{
	char meant[TT_NEAREST_TEXT_MAX];
	const char *best = NULL;

	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++)
		tt_nearest_try(key, tt_config_options[i].name, &best);
	tt_error_set(err, -EINVAL, key, "unknown option%s",
			tt_nearest_text(best, "", meant));
	return at_key(doc, key, err);
}

/* Of a list with an error in it libcyaml says that it is no text, before it comes to the error. */
static bool
has_syntax_error(const struct document *doc)
{
	return tt_config_place_find(doc->bytes, doc->n, NULL).problem[0] != '\0';
}

static int
load_error(const struct document *doc, cyaml_err_t status, struct tt_error *err)
{
	const char *colon = strrchr(doc->message, ':');
	const char *key = colon == NULL ? "" : colon + 1 + strspn(colon + 1, " ");

	if (status == CYAML_ERR_OOM)
		return tt_error_set(err, -ENOMEM, doc->path, "out of memory");
	if (status == CYAML_ERR_LIBYAML_PARSER)
		return syntax_error(doc, err);
	if (status == CYAML_ERR_INVALID_KEY)
		return unknown_key(doc, key, err);
	if (strstr(doc->message, "already seen") != NULL) {
		tt_error_set(err, -EINVAL, key, "given twice");
		return at_key(doc, key, err);
	}
	if (doc->field[0] != '\0' && has_syntax_error(doc))
		return syntax_error(doc, err);
	if (doc->field[0] != '\0') {
		tt_error_set(err, -EINVAL, doc->field,
				"the value is not one text or number");
		return at_key(doc, doc->field, err);
	}
	return tt_error_set(err, -EINVAL, doc->path,
			"not lines of \"option: value\" (%s)",
			doc->message[0] != '\0' ? doc->message : cyaml_strerror(status));
}

/* One text per option, NULL where the file does not name it. */
struct values {
	char *texts[TT_CONFIG_N_OPTIONS];
};

static void
make_fields(cyaml_schema_field_t fields[TT_CONFIG_N_OPTIONS + 1])
{
	memset(fields, 0, (TT_CONFIG_N_OPTIONS + 1) * sizeof(fields[0]));
	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++)
		fields[i] = (cyaml_schema_field_t){.key = tt_config_options[i].name,
				.data_offset = (uint32_t)(i * sizeof(char *)),
				.value = {.type = CYAML_STRING,
						.flags = (enum cyaml_flag)(
								CYAML_FLAG_POINTER
								| CYAML_FLAG_OPTIONAL),
						.data_size = sizeof(char),
						.string = {.max = CYAML_UNLIMITED}}};
}

static int
set_values(struct tt_config *config, const struct document *doc,
		const struct values *values, struct tt_error *err)
{
	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++) {
		const char *name = tt_config_options[i].name;
		int ret;

		if (values->texts[i] == NULL)
			continue;
		ret = tt_config_set(config, name, values->texts[i], err);
		if (ret != 0) {
			at_key(doc, name, err);
			return ret;
		}
	}
	return 0;
}

static int
load_flat(struct tt_config *config, struct document *doc, const uint8_t *bytes, size_t n,
		struct tt_error *err)
{
	cyaml_schema_field_t fields[TT_CONFIG_N_OPTIONS + 1];
	const cyaml_schema_value_t schema = {
			CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct values, fields)};
	const cyaml_config_t cyaml = {.log_fn = capture_log,
			.log_ctx = doc,
			.mem_fn = cyaml_mem,
			.log_level = CYAML_LOG_WARNING,
			.flags = CYAML_CFG_NO_ALIAS};
	struct values *values = NULL;
	cyaml_err_t status;
	int ret = 0;

	make_fields(fields);
	status = cyaml_load_data(
			bytes, n, &cyaml, &schema, (cyaml_data_t **)&values, NULL);
	if (status != CYAML_OK)
		return load_error(doc, status, err);
	if (doc->message[0] != '\0')
		ret = tt_error_set(err, -EINVAL, doc->path, "%s", doc->message);
	else if (values != NULL) /* a file of comments alone has none */
		ret = set_values(config, doc, values, err);
	cyaml_free(&cyaml, &schema, values, 0);
	return ret;
}

static int
load_document(struct tt_config *config, struct document *doc, struct tt_error *err)
{
	struct tt_config_text flat;
	char option[sizeof(err->where)];
	int ret = tt_config_flatten_lists(doc->bytes, doc->n, &flat, err);

	if (ret == -EINVAL) {
		snprintf(option, sizeof(option), "%s", err->where);
		at_key(doc, option, err);
	} else if (ret == 0 && flat.bytes != NULL) {
		ret = load_flat(config, doc, flat.bytes, flat.n, err);
	} else if (ret == 0) {
		ret = load_flat(config, doc, doc->bytes, doc->n, err);
	}
	free(flat.bytes);
	return ret;
}

int
tt_config_load(struct tt_config *config, const char *path, struct tt_error *err)
{
	struct document doc = {.path = path};
	int ret = read_document(&doc, err);

	if (ret == 0)
		ret = tt_config_refuse_tags(doc.bytes, doc.n, path, err);
	if (ret == 0)
		ret = load_document(config, &doc, err);
	free(doc.bytes);
	return ret;
}

static void
print_text(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputs("\"\n", out);
}

/* With the largest letter that leaves a whole number. */
static void
print_size(uint64_t bytes, FILE *out)
{
	unsigned i = 0;

	while (i < 4 && bytes % 1024 == 0) {
		bytes /= 1024;
		i++;
	}
	fprintf(out, "%llu%.1s\n", (unsigned long long)bytes, &"\0KMGT"[i]);
}

static void
print_option(const struct tt_config *config, const struct tt_config_option *option,
		FILE *out)
{
	const void *field = tt_config_field(config, option);
	const char *text;

	switch (option->kind) {
	case TT_CONFIG_TEXT:
		text = *(char *const *)field;
		if (text == NULL)
			return;
		fprintf(out, "%s: ", option->name);
		if (option->takes_none && text[0] == '\0')
			fputs("none\n", out);
		else
			print_text(text, out);
		return;
	case TT_CONFIG_SECONDS:
		/* Less than there can be is "not given". */
		if (*(const int64_t *)field >= (int64_t)option->min * TT_US_PER_S)
			fprintf(out, "%s: %lld\n", option->name,
					(long long)(*(const int64_t *)field
							/ TT_US_PER_S));
		return;
	case TT_CONFIG_LARGE:
	case TT_CONFIG_SIZE:
		/* 0 is "not given", unless it is allowed. */
		if (*(const uint64_t *)field < option->min)
			return;
		fprintf(out, "%s: ", option->name);
		if (option->kind == TT_CONFIG_SIZE)
			print_size(*(const uint64_t *)field, out);
		else
			fprintf(out, "%llu\n",
					(unsigned long long)*(const uint64_t *)field);
		return;
	case TT_CONFIG_COUNT:
		fprintf(out, "%s: %u\n", option->name, *(const unsigned *)field);
		return;
	case TT_CONFIG_FLAG:
		fprintf(out, "%s: %s\n", option->name,
				*(const bool *)field ? "true" : "false");
		return;
	}
}

void
tt_config_print(const struct tt_config *config, unsigned groups, FILE *out)
{
	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++)
		if (tt_config_options[i].group & groups)
			print_option(config, &tt_config_options[i], out);
}
