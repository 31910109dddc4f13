/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of the YAML file that are none, or that say what they are: nulls, tags, empty texts, "none". */
#include "config_fixture.h"

/* Of each option: a null is no value, and no file of that name; nor is nothing after the colon, which leaves open
 * whether the default or none is meant. The message does not speak of a default where there is none. */
static void
a_null_is_refused_for_every_option(void **state)
{
	static const char *const nulls[] = {"~", "null", "Null", "NULL", ""};

	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++)
		for (unsigned n = 0; n < TT_ARRAY_SIZE(nulls); n++) {
			const struct tt_config_option *option = &tt_config_options[i];
			struct tt_error err = {0};
			struct tt_config config;
			char text[128], where[64];

			snprintf(text, sizeof(text), "# one\n%s: %s\n", option->name,
					nulls[n]);
			snprintf(where, sizeof(where), ":2: %s", option->name);
			start(&config);
			write_yaml(text);
			assert_int_equal(tt_config_load(&config, path, &err), -EINVAL);
			expect_in(&err, where,
					option->required
							? "no value, and there is no default: "
							  "give one, or leave the line "
							  "out and give --"
							: "no value: leave the line out "
							  "for the default");
			assert_int_equal(strstr(err.why, ", or give none") != NULL,
					option->takes_none);
			tt_config_fini(&config);
		}
}

/* Those that tt_config_check misses where nothing was given. */
static void
what_has_no_default_is_told_apart(void **state)
{
	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++) {
		const struct tt_config_option *option = &tt_config_options[i];
		struct tt_error err = {0};
		struct tt_config config;
		bool missed = false;

		make_complete(&config);
		if (option->kind == TT_CONFIG_TEXT) {
			char **text = tt_config_field(&config, option);
			struct tt_config plain;

			start(&plain);
			free(*text);
			*text = *(char **)tt_config_field(&plain, option);
			*(char **)tt_config_field(&plain, option) = NULL;
			tt_config_fini(&plain);
			missed = tt_config_check(&config, &err) != 0;
		}
		assert_int_equal(missed, option->required);
		if (missed)
			expect_in(&err, option->name, "not given");
		tt_config_fini(&config);
	}
}

/* Values are texts whatever they look like: a tag that says otherwise, or the same, is not passed over in silence. */
static void
a_tag_is_refused_wherever_it_stands(void **state)
{
	static const struct {
		const char *text, *where, *why;
	} cases[] = {
			{"spool: /x\nasn: !!str ~\n", ":2: asn", "a tag, !!str:"},
			{"spool: /x\nsensor: !foo y\n", ":2: sensor", "a tag, !foo:"},
			{"sensor: ! y\n", ":1: sensor", "a tag, !:"},
			{"talkers: !!int 5\n", ":1: talkers", "a tag, !!int:"},
			{"sensor: !<tag:example.org,2000:x> y\n", ":1: sensor",
					"a tag, tag:example.org,2000:x:"},
			{"sensor: y\nrules:\n - a\n - !bar b\n", ":4: rules",
					"a tag, !bar:"},
			{"sensor: y\nrules: !!seq\n - a\n", ":2: rules", "a tag, !!seq:"},
			{"# one\n!!str sensor: y\n", ":2", "a tag, !!str:"},
			{"# one\n!!map\nsensor: y\n", ":2", "a tag, !!map:"},
			{"%TAG !e! tag:example.org,2000:\n---\nsensor: !e!x y\n",
					":3: sensor", "a tag, tag:example.org,2000:x:"},
			{"{sensor: y,\n geo: !x [a]}\n", ":2: geo", "a tag, !x:"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++)
		expect_refused(cases[i].text, cases[i].where, cases[i].why);
}

static void
a_quoted_null_is_a_text_and_an_item_of_a_list_none(void **state)
{
	struct tt_config config;
	struct tt_error err = {0};

	start(&config);
	write_yaml("asn: \"~\"\nsensor: 'null'\nrules: [\"~\", b]\n");
	assert_int_equal(tt_config_load(&config, path, &err), 0);
	assert_string_equal(config.asn, "~");
	assert_string_equal(config.sensor, "null");
	assert_string_equal(config.rules, "~,b");
	write_yaml("rules: [a, ~]\n");
	assert_int_equal(tt_config_load(&config, path, &err), -EINVAL);
	expect_in(&err, ":1: rules", "an item that is no text");
	tt_config_fini(&config);
}

static void
none_is_no_file(void **state)
{
	static const char *const texts[] = {"none", "\"none\"", "'none'"};

	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++)
		for (unsigned n = 0; n < TT_ARRAY_SIZE(texts); n++) {
			const struct tt_config_option *option = &tt_config_options[i];
			struct tt_config config;
			char text[128], printed[4096] = "";
			FILE *out;

			if (!option->takes_none)
				continue;
			start(&config);
			snprintf(text, sizeof(text), "%s: %s\n", option->name, texts[n]);
			write_yaml(text);
			assert_int_equal(tt_config_load(&config, path, NULL), 0);
			assert_string_equal(
					*(char *const *)tt_config_field(&config, option),
					"");
			out = fmemopen(printed, sizeof(printed), "w");
			tt_config_print(&config, TT_CONFIG_COMMON, out);
			assert_int_equal(fclose(out), 0);
			snprintf(text, sizeof(text), "%s: none\n", option->name);
			assert_non_null(strstr(printed, text));
			tt_config_fini(&config);
		}
}

/* Of a list as well, and nothing is changed by it. */
static void
an_empty_text_is_no_file_and_not_none(void **state)
{
	static const char *const texts[] = {"\"\"", "''"};
	unsigned n_options = 0;

	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++) {
		const struct tt_config_option *option = &tt_config_options[i];
		struct tt_error err = {0};
		struct tt_config config;
		char text[128], where[64];

		if (!option->takes_none)
			continue;
		n_options++;
		snprintf(where, sizeof(where), ":2: %s", option->name);
		for (unsigned n = 0; n < TT_ARRAY_SIZE(texts); n++) {
			snprintf(text, sizeof(text), "# one\n%s: %s\n", option->name,
					texts[n]);
			expect_refused(text, where,
					"an empty path; name a file, or none");
		}
		start(&config);
		set(&config, option->name, "a");
		assert_int_equal(tt_config_set(&config, option->name, "", &err), -EINVAL);
		expect_in(&err, option->name, "an empty path; name a file, or none");
		assert_string_equal(
				*(char *const *)tt_config_field(&config, option), "a");
		tt_config_fini(&config);
	}
	assert_int_equal(n_options, 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_null_is_refused_for_every_option),
			cmocka_unit_test(what_has_no_default_is_told_apart),
			cmocka_unit_test(a_tag_is_refused_wherever_it_stands),
			cmocka_unit_test(
					a_quoted_null_is_a_text_and_an_item_of_a_list_none),
			cmocka_unit_test(none_is_no_file),
			cmocka_unit_test(an_empty_text_is_no_file_and_not_none),
	};

	return cmocka_run_group_tests_name("config_nulls", tests, make_file, remove_file);
}
