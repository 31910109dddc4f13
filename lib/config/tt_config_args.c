/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_config_option.h"
#include "tt_nearest.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

/* What getopt_long returns: below are characters, so that ':' and '?' stay free. */
#define CODE_OPTION 1000 /* + index in tt_config_options */
#define CODE_EXTRA  2000 /* + index in cli->extras */
#define CODE_FIXED  3000 /* + index in fixed */

static const struct {
	const char *name, *argument, *help;
	enum tt_config_action action; /* TT_CONFIG_RUN for --config itself */
} fixed[] = {
		{"config", "FILE",
				"read options from a YAML file; the command line overrules it",
				TT_CONFIG_RUN},
		{"check-config", "[=strict]",
				"check the configuration, say which signatures are loaded, and "
				"exit; strict: fail unless all are, and default files are there",
				TT_CONFIG_CHECK},
		{"print-config", NULL, "print the configuration as YAML and exit",
				TT_CONFIG_PRINT},
		{"help", NULL, "print this help and exit", TT_CONFIG_HELP},
		{"version", NULL, "print the version and exit", TT_CONFIG_VERSION},
};

#define N_FIXED TT_ARRAY_SIZE(fixed)

struct parse {
	struct tt_config *config;
	struct tt_config_cli *cli;
	int argc;
	char **argv;
	struct option *options; /* [n + 1], ends with a NULL name */
	unsigned n;
	const char *file; /* of --config */
	bool given[TT_CONFIG_N_OPTIONS]; /* on the command line */
	struct tt_error *err;
};

static bool
is_offered(const struct tt_config_cli *cli, const struct tt_config_option *option)
{
	return (option->group & cli->groups) != 0 && !option->yaml_only;
}

static void
add_option(struct parse *p, const char *name, int has_arg, unsigned code)
{
	p->options[p->n++] = (struct option){
			.name = name, .has_arg = has_arg, .val = (int)code};
}

static int
make_options(struct parse *p)
{
	const struct tt_config_cli *cli = p->cli;

	p->options = calloc(TT_CONFIG_N_OPTIONS + N_FIXED + cli->n_extras + 1,
			sizeof(*p->options));
	if (p->options == NULL)
		return tt_error_set(p->err, -ENOMEM, NULL, "out of memory");
	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++)
		if (is_offered(cli, &tt_config_options[i]))
			add_option(p, tt_config_options[i].name,
					tt_config_options[i].kind == TT_CONFIG_FLAG
							? optional_argument
							: required_argument,
					CODE_OPTION + i);
	for (unsigned i = 0; i < N_FIXED; i++)
		add_option(p, fixed[i].name,
				fixed[i].argument == NULL ? no_argument
						: fixed[i].argument[0] == '['
						? optional_argument
						: required_argument,
				CODE_FIXED + i);
	for (unsigned i = 0; i < cli->n_extras; i++)
		add_option(p, cli->extras[i].name,
				cli->extras[i].argument != NULL ? required_argument
								: no_argument,
				CODE_EXTRA + i);
	return 0;
}

/* What getopt_long refused, told from how it leaves its variables behind. */
static int
refuse(const struct parse *p, int code)
{
	const char *text = p->argv[optind - 1];
	size_t n = strcspn(text, "=");
	const struct tt_config_option *option;
	const char *best = NULL;
	unsigned matches = 0;
	char name[128], meant[TT_NEAREST_TEXT_MAX];

	if (optopt > 0 && optopt < CODE_OPTION) {
		snprintf(name, sizeof(name), "-%c", optopt);
		return tt_error_set(p->err, -EINVAL, name,
				"unknown option (long options start with two dashes)");
	}
	snprintf(name, sizeof(name), "%.*s", (int)(n < 100 ? n : 100), text);
	if (code == ':')
		return tt_error_set(p->err, -EINVAL, name, "needs a value");
	if (optopt >= CODE_OPTION)
		return tt_error_set(p->err, -EINVAL, name, "takes no value");
	for (unsigned i = 0; i < p->n; i++)
		matches += n > 2 && strncmp(p->options[i].name, text + 2, n - 2) == 0;
	option = n > 2 ? tt_config_option_find(name + 2) : NULL;
	if (option != NULL)
		return tt_error_set(p->err, -EINVAL, name, "%s",
				option->yaml_only
						? "only in the YAML file of teitend"
						: "unknown option here; it is one of teitend");
	if (matches > 1)
		return tt_error_set(p->err, -EINVAL, name, "ambiguous option");
	for (unsigned i = 0; i < p->n && n > 2; i++)
		tt_nearest_try(name + 2, p->options[i].name, &best);
	return tt_error_set(p->err, -EINVAL, name, "unknown option%s",
			tt_nearest_text(best, "--", meant));
}

/* First pass: the configuration file and what to do. */
static int
note_fixed(struct parse *p, unsigned index)
{
	if (fixed[index].action > p->cli->action)
		p->cli->action = fixed[index].action;
	if (fixed[index].action == TT_CONFIG_CHECK && optarg != NULL) {
		p->cli->strict = true;
		if (strcmp(optarg, "strict") != 0)
			return tt_error_set(p->err, -EINVAL, "--check-config",
					"\"%.80s\"; it takes strict, or nothing", optarg);
	}
	if (fixed[index].action != TT_CONFIG_RUN)
		return 0;
	if (p->file != NULL)
		return tt_error_set(p->err, -EINVAL, "--config", "given twice");
	if (optarg[0] == '\0')
		return tt_error_set(p->err, -EINVAL, "--config", "needs a file name");
	p->file = optarg;
	return 0;
}

/* tt_config_set begins `where` with the name as in YAML. */
static void
add_dashes(struct tt_error *err)
{
	if (err == NULL)
		return;
	memmove(err->where + 2, err->where, sizeof(err->where) - 2);
	memcpy(err->where, "--", 2);
	err->where[sizeof(err->where) - 1] = '\0';
}

/* The file may have said what cannot stand beside this option. */
static void
drop_rival(struct parse *p, unsigned index)
{
	const char *rival = tt_config_options[index].rival;
	const struct tt_config_option *other;

	p->given[index] = true;
	if (rival == NULL)
		return;
	other = tt_config_option_find(rival);
	if (!p->given[other - tt_config_options])
		*(uint64_t *)tt_config_field(p->config, other) = 0;
}

/* Is there a list from earlier on the command line that another one adds to? "none" takes it back. */
static bool
goes_on(const struct parse *p, unsigned index, const char *value)
{
	const struct tt_config_option *option = &tt_config_options[index];
	const char *list;

	if (!option->goes_on || !p->given[index])
		return false;
	list = *(char **)tt_config_field(p->config, option);
	return list[0] != '\0' && strcmp(value, "none") != 0;
}

/* An option of the command line. */
static int
set(struct parse *p, unsigned index, const char *value)
{
	const struct tt_config_option *option = &tt_config_options[index];
	char *joined = NULL;
	int ret;

	if (goes_on(p, index, value)) {
		if (asprintf(&joined, "%s,%s",
				    *(char **)tt_config_field(p->config, option), value)
				< 0)
			return tt_error_set(
					p->err, -ENOMEM, option->name, "out of memory");
		value = joined;
	}
	ret = tt_config_set(p->config, option->name, value, p->err);
	free(joined);
	if (ret != 0)
		add_dashes(p->err);
	else
		drop_rival(p, index);
	return ret;
}

/* Second pass: settings and extras. */
static int
apply(struct parse *p, unsigned code)
{
	const char *name;

	if (code >= CODE_EXTRA) {
		name = p->cli->extras[code - CODE_EXTRA].name;
		return p->cli->set_extra(p->cli->set_extra_arg, name, optarg, p->err);
	}
	return set(p, code - CODE_OPTION, optarg == NULL ? "true" : optarg);
}

static int
scan(struct parse *p, bool second_pass)
{
	int code, ret = 0;

	optind = 0; /* glibc: start anew */
	opterr = 0;
	while (ret == 0) {
		optopt = 0;
		code = getopt_long(p->argc, p->argv, ":h", p->options, NULL);
		if (code == -1)
			break;
		if (code == ':' || code == '?')
			ret = refuse(p, code);
		else if (code == 'h')
			p->cli->action = p->cli->action > TT_CONFIG_HELP ? p->cli->action
									 : TT_CONFIG_HELP;
		else if (code >= CODE_FIXED && !second_pass)
			ret = note_fixed(p, (unsigned)code - CODE_FIXED);
		else if (code < CODE_FIXED && second_pass)
			ret = apply(p, (unsigned)code);
	}
	p->cli->first_operand = optind;
	return ret;
}

static int
parse(struct parse *p)
{
	int ret = make_options(p);

	if (ret == 0)
		ret = scan(p, false);
	if (ret != 0 || p->cli->action >= TT_CONFIG_HELP)
		return ret;
	if (!p->cli->operands && p->cli->first_operand < p->argc)
		return tt_error_set(p->err, -EINVAL, p->argv[p->cli->first_operand],
				"unexpected argument");
	if (p->file != NULL)
		ret = tt_config_load(p->config, p->file, p->err);
	if (ret == 0)
		ret = scan(p, true);
	return ret;
}

int
tt_config_parse_args(struct tt_config *config, struct tt_config_cli *cli, int argc,
		char **argv, struct tt_error *err)
{
	struct parse p = {.config = config,
			.cli = cli,
			.argc = argc,
			.argv = argv,
			.err = err};
	int ret;

	cli->action = TT_CONFIG_RUN;
	cli->strict = false;
	cli->first_operand = argc;
	if (argc < 1)
		return 0;
	ret = parse(&p);
	free(p.options);
	return ret;
}

bool
tt_config_is_own(const char *name)
{
	for (unsigned i = 0; i < N_FIXED; i++)
		if (fixed[i].action != TT_CONFIG_HELP && strcmp(name, fixed[i].name) == 0)
			return true;
	return tt_config_option_find(name) != NULL;
}

static void
print_line(const char *name, const char *argument, const char *help, FILE *out)
{
	char left[64];

	snprintf(left, sizeof(left), "--%s%s%s", name,
			argument == NULL || argument[0] == '[' ? "" : " ",
			argument == NULL ? "" : argument);
	fprintf(out, "  %-32s %s\n", left, help);
}

void
tt_config_print_help(const struct tt_config_cli *cli, FILE *out)
{
	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++)
		if (is_offered(cli, &tt_config_options[i]))
			print_line(tt_config_options[i].name,
					tt_config_options[i].argument,
					tt_config_options[i].help, out);
	for (unsigned i = 0; i < cli->n_extras; i++)
		print_line(cli->extras[i].name, cli->extras[i].argument,
				cli->extras[i].help, out);
	for (unsigned i = 0; i < N_FIXED; i++)
		print_line(fixed[i].name, fixed[i].argument, fixed[i].help, out);
}
