/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_rule_variables.h"
#include "tt_rule_file.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define NO_VARIABLES                                                             \
	"no variable in it: a line such as \"ipvar HOME_NET 192.0.2.0/24\", or " \
	"Suricata's YAML with vars:"

/* What the engines' own configurations come with, where all that is theirs is of HOME_NET. */
static const struct {
	const char *name, *value;
} defaults[] = {
		{"HOME_NET", NULL},
		{"EXTERNAL_NET", NULL},
		{"HTTP_SERVERS", "$HOME_NET"},
		{"SMTP_SERVERS", "$HOME_NET"},
		{"SQL_SERVERS", "$HOME_NET"},
		{"DNS_SERVERS", "$HOME_NET"},
		{"TELNET_SERVERS", "$HOME_NET"},
		{"SNMP_SERVERS", "$HOME_NET"},
		{"FTP_SERVERS", "$HOME_NET"},
		{"SSH_SERVERS", "$HOME_NET"},
		{"SIP_SERVERS", "$HOME_NET"},
		{"POP_SERVERS", "$HOME_NET"},
		{"IMAP_SERVERS", "$HOME_NET"},
		{"RPC_SERVERS", "$HOME_NET"},
		{"WWW_SERVERS", "$HOME_NET"},
		{"DC_SERVERS", "$HOME_NET"},
		{"DNP3_SERVER", "$HOME_NET"},
		{"DNP3_CLIENT", "$HOME_NET"},
		{"MODBUS_SERVER", "$HOME_NET"},
		{"MODBUS_CLIENT", "$HOME_NET"},
		{"ENIP_SERVER", "$HOME_NET"},
		{"ENIP_CLIENT", "$HOME_NET"},
		{"AIM_SERVERS", "any"},
		{"HTTP_PORTS", "80"},
		{"SHELLCODE_PORTS", "!80"},
		{"ORACLE_PORTS", "1521"},
		{"SSH_PORTS", "22"},
		{"FTP_PORTS", "21"},
		{"SIP_PORTS", "[5060,5061,5600]"},
		{"MAIL_PORTS", "[110,143]"},
		{"FILE_DATA_PORTS", "[$HTTP_PORTS,110,143]"},
		{"DNP3_PORTS", "20000"},
		{"MODBUS_PORTS", "502"},
		{"GTP_PORTS", "[2123,2152,3386]"},
		{"TEREDO_PORTS", "3544"},
		{"VXLAN_PORTS", "4789"},
		{"GENEVE_PORTS", "6081"},
};

struct tt_rule_variable *
tt_rule_variables_find(const struct tt_rule_variables *v, struct tt_rule_word name)
{
	for (size_t i = 0; i < v->n; i++)
		if (strlen(v->all[i].name) == name.n
				&& memcmp(v->all[i].name, name.at, name.n) == 0)
			return &v->all[i];
	return NULL;
}

static struct tt_rule_variable *
add(struct tt_rule_variables *v, struct tt_rule_word name)
{
	char *copy;

	if (v->n == v->room) {
		size_t room = v->room == 0 ? 64 : v->room * 2;
		void *more = reallocarray(v->all, room, sizeof(*v->all));

		if (more == NULL)
			return NULL;
		v->all = more;
		v->room = room;
	}
	copy = strndup(name.at, name.n);
	if (copy == NULL)
		return NULL;
	v->all[v->n] = (struct tt_rule_variable){.name = copy};
	return &v->all[v->n++];
}

int
tt_rule_variables_set(struct tt_rule_variables *v, struct tt_rule_word name,
		struct tt_rule_word value, const char *file, unsigned line)
{
	struct tt_rule_variable *variable = tt_rule_variables_find(v, name);
	char *copy = NULL;

	if (variable == NULL)
		variable = add(v, name);
	if (variable == NULL)
		return -ENOMEM;
	if (value.at != NULL) {
		copy = strndup(value.at, value.n);
		if (copy == NULL)
			return -ENOMEM;
	}
	free(variable->value);
	variable->value = copy;
	variable->file = file;
	variable->line = line;
	tt_rule_list_forget(v);
	return 0;
}

int
tt_rule_variables_init(struct tt_rule_variables *v, const char *home_net)
{
	int ret = 0;

	*v = (struct tt_rule_variables){0};
	for (unsigned i = 0; ret == 0 && i < TT_ARRAY_SIZE(defaults); i++) {
		struct tt_rule_word value = {NULL, 0};

		if (defaults[i].value != NULL)
			value = tt_rule_word_of(defaults[i].value);
		ret = tt_rule_variables_set(
				v, tt_rule_word_of(defaults[i].name), value, NULL, 0);
	}
	if (ret == 0 && home_net != NULL)
		ret = tt_rule_variables_set(v, tt_rule_word_of("HOME_NET"),
				tt_rule_word_of(home_net), NULL, 0);
	return ret;
}

void
tt_rule_variables_fini(struct tt_rule_variables *v)
{
	tt_rule_list_forget(v);
	for (size_t i = 0; i < v->n; i++) {
		free(v->all[i].name);
		free(v->all[i].value);
	}
	free(v->all);
	*v = (struct tt_rule_variables){0};
}

bool
tt_rule_variables_is_line(struct tt_rule_word line)
{
	struct tt_rule_word word;

	tt_rule_word_blank(&line, &word);
	return tt_rule_word_is(word, "var") || tt_rule_word_is(word, "ipvar")
			|| tt_rule_word_is(word, "portvar");
}

static bool
is_name(struct tt_rule_word word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!isalnum((unsigned char)word.at[i])
				&& strchr("_-.", word.at[i]) == NULL)
			return false;
	return word.n > 0;
}

int
tt_rule_variables_line(struct tt_rule_variables *v, const struct tt_rule_line *line,
		const char *file, const char **why)
{
	struct tt_rule_word rest = line->text, keyword, name;

	tt_rule_word_blank(&rest, &keyword);
	if (!tt_rule_word_blank(&rest, &name) || !is_name(name)) {
		*why = "a variable without a name";
		return -EINVAL;
	}
	rest = tt_rule_word_trim(rest);
	if (rest.n == 0) {
		*why = "a variable without a value";
		return -EINVAL;
	}
	return tt_rule_variables_set(v, name, rest, file, line->line);
}

/* A file of Snort's lines; what else a snort.conf holds is passed over. */
static int
take_lines(struct tt_rule_variables *v, const char *name, struct tt_rule_word text,
		struct tt_error *err)
{
	struct tt_rule_reader reader;
	struct tt_rule_line line;
	const char *why = NULL;
	char where[512];
	bool any = false;
	int ret = 0;

	tt_rule_reader_init(&reader, text.at, text.n);
	while (ret == 0 && (ret = tt_rule_reader_next(&reader, &line)) == 1) {
		ret = 0;
		if (!tt_rule_variables_is_line(line.text))
			continue;
		ret = tt_rule_variables_line(v, &line, name, &why);
		any = true;
	}
	tt_rule_reader_fini(&reader);
	if (ret == 0 && !any)
		return tt_error_set(err, -EINVAL, name, NO_VARIABLES);
	if (ret == 0)
		return 0;
	snprintf(where, sizeof(where), "%s:%u", name, line.line);
	return tt_error_set(err, ret, where, "%s", why != NULL ? why : "out of memory");
}

static bool
is_yaml(const char *path, struct tt_rule_word text)
{
	const char *dot = strrchr(path, '.');

	return tt_rule_word_begins(text, "%YAML") || tt_rule_word_begins(text, "---")
			|| tt_rule_word_begins(text, "vars:")
			|| (dot != NULL
					&& (strcmp(dot, ".yaml") == 0
							|| strcmp(dot, ".yml") == 0));
}

int
tt_rule_variables_load(
		struct tt_rule_variables *v, const char *path, struct tt_error *err)
{
	char *bytes;
	size_t n;
	int ret = tt_rule_file_read(path, &bytes, &n, err);

	if (ret != 0)
		return ret;
	if (is_yaml(path, (struct tt_rule_word){bytes, n}))
		ret = tt_rule_variables_yaml(v, path, (const uint8_t *)bytes, n, err);
	else
		ret = take_lines(v, path, (struct tt_rule_word){bytes, n}, err);
	free(bytes);
	return ret;
}
