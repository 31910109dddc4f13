/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_fixture.h"

static void
words_are_split_as_a_shell_does(void **state)
{
	static const struct {
		const char *line;
		const char *words[6];
	} cases[] = {
			{"", {NULL}},
			{" \t\n", {NULL}},
			{"a", {"a"}},
			{" -l 0-2\t-n  4 ", {"-l", "0-2", "-n", "4"}},
			{"--vdev 'net_pcap0,rx_pcap=a b'",
					{"--vdev", "net_pcap0,rx_pcap=a b"}},
			{"a\"b c\"d'e f'", {"ab cde f"}},
			{"'' \"\"", {"", ""}},
			{"a\\ b \\\\ \\'", {"a b", "\\", "'"}},
			{"\"a\\\"b\\\\c\\d\" 'x\\'", {"a\"b\\c\\d", "x\\"}},
			{"a b c d e", {"a", "b", "c", "d", "e"}},
			{"a\\", {"a\\"}},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_error err = {0};
		char **words;
		int n;

		assert_int_equal(tt_config_split(cases[i].line, &words, &n, &err), 0);
		for (int j = 0; j < n; j++)
			assert_string_equal(words[j], cases[i].words[j]);
		assert_null(cases[i].words[n]);
		assert_null(words[n]);
		free(words);
	}
}

static void
ports_are_taken_from_a_list_one_by_one(void **state)
{
	const char *list = "0000:03:00.0=4, net_pcap0 ,2=1";
	struct tt_config_port port;
	struct tt_error err = {0};

	assert_int_equal(tt_config_next_port(&list, &port, &err), 1);
	assert_string_equal(port.name, "0000:03:00.0");
	assert_int_equal(port.queues, 4);
	assert_int_equal(tt_config_next_port(&list, &port, &err), 1);
	assert_string_equal(port.name, "net_pcap0");
	assert_int_equal(port.queues, 0);
	assert_int_equal(tt_config_next_port(&list, &port, &err), 1);
	assert_string_equal(port.name, "2");
	assert_int_equal(port.queues, 1);
	assert_int_equal(tt_config_next_port(&list, &port, &err), 0);
}

static void
a_blank_in_a_port_is_no_comma(void **state)
{
	static const char *const bad[] = {"net_null0 net_null1", "0 1", "0 1=2", "0=2 1",
			"0,1 2", "0, ", "0 ,", "0= 2", "0 =2", "a\u3000b", "a\u00a0b",
			"a\u3000", "a\vb"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++) {
		const char *list = bad[i];
		struct tt_config_port port;
		struct tt_error err = {0};
		int ret;

		while ((ret = tt_config_next_port(&list, &port, &err)) > 0)
			;
		assert_int_equal(ret, -EINVAL);
		assert_string_equal(err.where, "ports");
	}
}

static char extras_seen[128];

static int
see_extra(void *arg, const char *name, const char *value, struct tt_error *err)
{
	size_t n = strlen(extras_seen);

	assert_ptr_equal(arg, extras_seen);
	if (value != NULL && strcmp(value, "bad") == 0)
		return tt_error_set(err, -EINVAL, name, "bad");
	snprintf(extras_seen + n, sizeof(extras_seen) - n, "%s=%s;", name,
			value == NULL ? "" : value);
	return 0;
}

static const struct tt_config_extra extras[] = {
		{"quiet", NULL, "say nothing"}, {"from", "TIME", "first time"}};

/* Parses a line that starts with the program's name; operands are allowed, extras known. */
static int
parse_line(struct tt_config *config, struct tt_config_cli *cli, const char *line,
		char ***words, struct tt_error *err)
{
	int n;

	cli->operands = true;
	cli->extras = extras;
	cli->n_extras = TT_ARRAY_SIZE(extras);
	cli->set_extra = see_extra;
	cli->set_extra_arg = extras_seen;
	extras_seen[0] = '\0';
	assert_int_equal(tt_config_split(line, words, &n, err), 0);
	return tt_config_parse_args(config, cli, n, *words, err);
}

static void
options_extras_and_operands_may_be_mixed(void **state)
{
	struct tt_config_cli cli = {.groups = TT_CONFIG_COMMON | TT_CONFIG_DAEMON};
	struct tt_error err = {0};
	struct tt_config config;
	char **words;

	start(&config);
	if (parse_line(&config, &cli,
			    "read one --spool /x --from=2026 two --exit-at-eof --quiet "
			    "--interval=5 -- --three",
			    &words, &err)
			!= 0)
		fail_msg("%s: %s", err.where, err.why);
	assert_string_equal(config.spool, "/x");
	assert_int_equal(config.interval_us, 5 * TT_US_PER_S);
	assert_true(config.exit_at_eof);
	assert_string_equal(extras_seen, "from=2026;quiet=;");
	assert_int_equal(cli.action, TT_CONFIG_RUN);
	assert_string_equal(words[cli.first_operand], "one");
	assert_string_equal(words[cli.first_operand + 1], "two");
	assert_string_equal(words[cli.first_operand + 2], "--three");
	assert_null(words[cli.first_operand + 3]);
	free(words);
	tt_config_fini(&config);
}

static void
the_command_line_overrules_the_file_wherever_it_stands(void **state)
{
	static const char *const lines[] = {
			"x --config %s --spool /line --exit-at-eof=false",
			"x --spool /line --exit-at-eof=no --config=%s"};

	write_yaml("spool: /file\nsensor: file\nexit-at-eof: true\nburst: 70\n");
	for (unsigned i = 0; i < TT_ARRAY_SIZE(lines); i++) {
		struct tt_config_cli cli = {
				.groups = TT_CONFIG_COMMON | TT_CONFIG_DAEMON};
		struct tt_error err = {0};
		struct tt_config config;
		char **words, line[200];

		start(&config);
		snprintf(line, sizeof(line), lines[i], path);
		if (parse_line(&config, &cli, line, &words, &err) != 0)
			fail_msg("%s: %s", err.where, err.why);
		assert_string_equal(config.spool, "/line");
		assert_string_equal(config.sensor, "file");
		assert_false(config.exit_at_eof);
		assert_int_equal(config.burst, 70);
		free(words);
		tt_config_fini(&config);
	}
}

static void
rules_that_are_given_again_go_on(void **state)
{
	struct tt_config_cli cli = {.groups = TT_CONFIG_COMMON | TT_CONFIG_DAEMON};
	struct tt_error err = {0};
	struct tt_config config;
	char **words, line[300];

	write_yaml("rules: /file\nmonitored: [192.0.2.0/24, \"2001:db8::/32\"]\n");
	start(&config);
	snprintf(line, sizeof(line),
			"x --rules none --rules a,b --config %s --rules c --spool /x --spool /y "
			"--geo a --geo b",
			path);
	if (parse_line(&config, &cli, line, &words, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	assert_string_equal(config.rules, "a,b,c");
	assert_string_equal(config.monitored, "192.0.2.0/24,2001:db8::/32");
	assert_string_equal(config.spool, "/y");
	assert_string_equal(config.geo, "b");
	free(words);
	tt_config_fini(&config);
}

static void
none_takes_back_the_rules_that_were_given_before(void **state)
{
	static const struct {
		const char *line, *rules;
	} cases[] = {
			{"x --config %s --rules a --rules none", ""},
			{"x --config %s --rules a --rules none --rules b", "b"},
			{"x --rules none --config %s", ""},
			{"x --config %s", "/file"},
	};

	write_yaml("rules: /file\n");
	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_config_cli cli = {.groups = TT_CONFIG_COMMON};
		struct tt_error err = {0};
		struct tt_config config;
		char **words, line[200];

		start(&config);
		snprintf(line, sizeof(line), cases[i].line, path);
		if (parse_line(&config, &cli, line, &words, &err) != 0)
			fail_msg("%s: %s", err.where, err.why);
		assert_string_equal(config.rules, cases[i].rules);
		free(words);
		tt_config_fini(&config);
	}
}

static void
the_command_line_overrules_what_the_file_says_of_the_size_of_tables(void **state)
{
	static const struct {
		const char *text, *line;
		uint64_t pairs, table_memory;
	} cases[] = {
			{"pairs: 4096\n", "x --config %s --table-memory 2G", 0,
					UINT64_C(2) << 30},
			{"table-memory: 2G\n", "x --pairs 4096 --config %s", 4096, 0},
			{"table-memory: 2G\n", "x --config %s", 0, UINT64_C(2) << 30},
			/* Both there: the check refuses it. */
			{"pairs: 2048\n", "x --config %s --pairs 4096 --table-memory 1G",
					4096, 1 << 30},
			{"pairs: 2048\n", "x --config %s --table-memory 1G --pairs 4096",
					4096, 1 << 30},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_config_cli cli = {.groups = TT_CONFIG_COMMON};
		struct tt_error err = {0};
		struct tt_config config;
		char **words, line[200];

		write_yaml(cases[i].text);
		start(&config);
		snprintf(line, sizeof(line), cases[i].line, path);
		if (parse_line(&config, &cli, line, &words, &err) != 0)
			fail_msg("%s: %s", err.where, err.why);
		assert_int_equal(config.pairs, cases[i].pairs);
		assert_int_equal(config.table_memory, cases[i].table_memory);
		free(words);
		tt_config_fini(&config);
	}
}

static void
a_bad_command_line_gets_one_line_that_names_the_option(void **state)
{
	static const struct {
		const char *line, *where, *why;
	} cases[] = {
			{"x --spol /x", "--spol", "unknown option"},
			{"x --spol /x", "--spol", "did you mean --spool?"},
			{"x --intervall=60", "--intervall", "did you mean --interval?"},
			{"x --versoin", "--versoin", "did you mean --version?"},
			{"x --spool /x a --nope=3 b", "--nope", "unknown option"},
			{"x -q", "-q", "unknown option"},
			{"x --spool", "--spool", "needs a value"},
			{"x --quiet=1", "--quiet", "takes no value"},
			{"x --check-config=1", "--check-config",
					"it takes strict, or nothing"},
			{"x --print-config=1", "--print-config", "takes no value"},
			{"x --s /x", "--s", "ambiguous"},
			{"x --burst 3", "--burst", "one of teitend"},
			{"x --eal -n", "--eal", "only in the YAML file"},
			{"x --interval 7", "--interval", "divide a day"},
			{"x --monitored 10.0.0.0/33", "--monitored: 10.0.0.0/33",
					"not a CIDR prefix"},
			{"x --config a --config b", "--config", "given twice"},
			{"x --config ''", "--config", "needs a file name"},
			{"x --config /nonexistent/y", "/nonexistent/y", "No such file"},
			{"x --from bad", "from", "bad"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_config_cli cli = {.groups = TT_CONFIG_COMMON};
		struct tt_error err = {0};
		struct tt_config config;
		char **words;

		start(&config);
		assert_int_not_equal(
				parse_line(&config, &cli, cases[i].line, &words, &err),
				0);
		expect_in(&err, cases[i].where, cases[i].why);
		free(words);
		tt_config_fini(&config);
	}
}

static void
the_daemon_takes_its_own_options_and_no_operands(void **state)
{
	struct tt_config_cli cli = {.groups = TT_CONFIG_COMMON | TT_CONFIG_DAEMON};
	char *good[] = {"teitend", "--burst", "32", "--ports=0,1", NULL};
	char *bad[] = {"teitend", "--burst", "32", "file.pcap", NULL};
	struct tt_error err = {0};
	struct tt_config config;

	start(&config);
	assert_int_equal(tt_config_parse_args(&config, &cli, 4, good, &err), 0);
	assert_int_equal(config.burst, 32);
	assert_string_equal(config.ports, "0,1");
	assert_int_equal(cli.first_operand, 4);
	assert_int_equal(tt_config_parse_args(&config, &cli, 4, bad, &err), -EINVAL);
	expect_in(&err, "file.pcap", "unexpected argument");
	tt_config_fini(&config);
}

static void
help_and_version_win_over_all_else_and_read_no_file(void **state)
{
	static const struct {
		const char *line;
		enum tt_config_action action;
	} cases[] = {
			{"x", TT_CONFIG_RUN},
			{"x --check-config --spool /x", TT_CONFIG_CHECK},
			{"x --print-config --check-config", TT_CONFIG_PRINT},
			{"x --help --config /nonexistent/y", TT_CONFIG_HELP},
			{"x -h --interval 7", TT_CONFIG_HELP},
			{"x --version", TT_CONFIG_VERSION},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_config_cli cli = {.groups = TT_CONFIG_COMMON};
		struct tt_config config;
		char **words;

		start(&config);
		assert_int_equal(parse_line(&config, &cli, cases[i].line, &words, NULL),
				0);
		assert_int_equal(cli.action, cases[i].action);
		free(words);
		tt_config_fini(&config);
	}
}

static void
the_help_has_the_options_that_are_allowed(void **state)
{
	struct tt_config_cli cli = {.groups = TT_CONFIG_COMMON,
			.extras = extras,
			.n_extras = TT_ARRAY_SIZE(extras)};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	tt_config_print_help(&cli, out);
	fclose(out);
	assert_non_null(strstr(text, "  --spool DIR "));
	assert_non_null(strstr(text, "  --from TIME "));
	assert_non_null(strstr(text, "  --check-config[=strict] "));
	assert_null(strstr(text, "--burst"));
	assert_null(strstr(text, "--table-sets"));
	assert_null(strstr(text, "--exit-at-eof"));
	free(text);
	cli.groups |= TT_CONFIG_DAEMON;
	out = open_memstream(&text, &size);
	tt_config_print_help(&cli, out);
	fclose(out);
	assert_non_null(strstr(text, "  --burst N "));
	assert_null(strstr(text, "--eal"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(words_are_split_as_a_shell_does),
			cmocka_unit_test(ports_are_taken_from_a_list_one_by_one),
			cmocka_unit_test(a_blank_in_a_port_is_no_comma),
			cmocka_unit_test(options_extras_and_operands_may_be_mixed),
			cmocka_unit_test(
					the_command_line_overrules_the_file_wherever_it_stands),
			cmocka_unit_test(rules_that_are_given_again_go_on),
			cmocka_unit_test(
					none_takes_back_the_rules_that_were_given_before),
			cmocka_unit_test(
					the_command_line_overrules_what_the_file_says_of_the_size_of_tables),
			cmocka_unit_test(
					a_bad_command_line_gets_one_line_that_names_the_option),
			cmocka_unit_test(
					the_daemon_takes_its_own_options_and_no_operands),
			cmocka_unit_test(
					help_and_version_win_over_all_else_and_read_no_file),
			cmocka_unit_test(the_help_has_the_options_that_are_allowed),
	};

	return cmocka_run_group_tests_name("config_args", tests, make_file, remove_file);
}
