/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_config.h"

#include <errno.h>
#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Printable ASCII: no blank of any kind, those of other scripts included, is in the name of a port. */
static bool
is_of_name(char c)
{
	return c > ' ' && c <= '~';
}

/* Copies one word without its quotes to *to and moves both on. False if a quote is open. */
static bool
copy_word(const char **from, char **to)
{
	const char *at = *from;
	char *out = *to;
	char quote = '\0';

	for (; *at != '\0' && (quote != '\0' || !is_blank(*at)); at++) {
		if (quote == '\0' && (*at == '\'' || *at == '"')) {
			quote = *at;
		} else if (quote != '\0' && *at == quote) {
			quote = '\0';
		} else if (*at == '\\' && quote != '\'' && at[1] != '\0'
				&& (quote == '\0' || at[1] == '"' || at[1] == '\\')) {
			*out++ = *++at;
		} else {
			*out++ = *at;
		}
	}
	*out++ = '\0';
	*from = at;
	*to = out;
	return quote == '\0';
}

int
tt_config_split(const char *line, char ***words, int *n, struct tt_error *err)
{
	size_t length = strlen(line);
	size_t most = length / 2 + 1; /* a word takes a blank as well */
	char **list = malloc((most + 1) * sizeof(*list) + length + 1);
	char *text = (char *)(list + most + 1);

	if (list == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	*n = 0;
	for (;;) {
		while (is_blank(*line))
			line++;
		if (*line == '\0')
			break;
		list[(*n)++] = text;
		if (!copy_word(&line, &text)) {
			free(list);
			return tt_error_set(err, -EINVAL, NULL, "a quote does not end");
		}
	}
	list[*n] = NULL;
	*words = list;
	return 0;
}

int
tt_config_next_port(const char **list, struct tt_config_port *port, struct tt_error *err)
{
	const char *start = *list, *comma = start + strcspn(start, ",");
	unsigned long queues = 0;
	bool sound = true;
	size_t n, name;
	char *end;

	if (*start == '\0')
		return 0;
	while (is_blank(*start))
		start++;
	for (n = (size_t)(comma - start); n > 0 && is_blank(start[n - 1]); n--)
		;
	for (name = 0; name < n && start[name] != '='; name++)
		;
	if (name < n) {
		queues = strtoul(start + name + 1, &end, 10);
		if (end != start + n || queues < 1 || queues > 1024
				|| start[name + 1] < '0' || start[name + 1] > '9')
			return tt_error_set(err, -EINVAL, "ports",
					"\"%.*s\": the number of queues is not 1 to 1024",
					(int)(n < 80 ? n : 80), start);
	}
	for (size_t i = 0; i < name; i++)
		sound = sound && is_of_name(start[i]);
	if (name == 0 || name >= sizeof(port->name) || !sound)
		return tt_error_set(err, -EINVAL, "ports",
				"\"%.*s\" is not a port name or number",
				(int)(n < 80 ? n : 80), start);
	memcpy(port->name, start, name);
	port->name[name] = '\0';
	port->queues = (unsigned)queues;
	if (*comma == ',' && comma[1] == '\0')
		return tt_error_set(err, -EINVAL, "ports", "the list ends with a comma");
	*list = comma + (*comma == ',');
	return 1;
}
