/* SPDX-License-Identifier: BSD-3-Clause */
/* Default files that are not there. The linker puts __wrap_access in the place of access. */
#include "config_fixture.h"

static const char *absent
		[2]; /* files whose path has one of these in it are not there; all others are */
static const char *absent_file; /* nor is that of this path */

int __wrap_access(const char *file, int mode);

int
__wrap_access(const char *file, int mode)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(absent); i++)
		if ((absent[i] != NULL && strstr(file, absent[i]) != NULL)
				|| (absent_file != NULL
						&& strcmp(file, absent_file) == 0)) {
			errno = ENOENT;
			return -1;
		}
	return 0;
}

/* What is said of the configuration, for free(). */
static char *
said(const struct tt_config *config)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	tt_config_print_missing(config, "it", out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void
expect_said(const struct tt_config *config, const char *line)
{
	char *text = said(config);

	if (line == NULL)
		assert_string_equal(text, "");
	else if (strstr(text, line) == NULL
			|| strchr(text, '\n') != text + strlen(text) - 1)
		fail_msg("\"%s\" is not the line \"%s\"", text, line);
	free(text);
}

static void
a_default_that_is_not_there_is_said_until_another_is_given(void **state)
{
	static const struct {
		const char *absent, *option, *line;
	} cases[] = {
			{"/share/teiten/fingerprints.yaml", "fingerprints", NULL},
			{"fingerprints.yaml", "fingerprints",
					"it: warning: no fingerprints, since neither "},
			{"fingerprints.yaml", "fingerprints",
					"/rules/fingerprints.yaml can be read; "
					"--fingerprints names a file, or none\n"},
			{"fingerprints.yaml", "fingerprints",
					"/share/teiten/fingerprints.yaml nor "},
			{"classification.config", "rule-classes",
					"it: warning: classtypes of signatures have no category"},
			{"/geoip", "geo",
					"it: warning: no countries, since neither /usr/share/tor/geoip "
					"nor /usr/share/tor/geoip6 can be read"},
			{"/geoip6", "geo",
					"no countries of IPv6, since /usr/share/tor/geoip6 "
					"cannot be read"},
			{"location.db", "asn",
					"no AS numbers, since "
					"/usr/share/libloc-location/location.db cannot"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_config config;
		struct tt_error err = {0};

		absent[0] = cases[i].absent;
		start(&config);
		set(&config, "spool", "/x");
		set(&config, "monitored", "192.0.2.0/24");
		set(&config, "rules", "a.rules");
		assert_int_equal(tt_config_check(&config, NULL), 0);
		expect_said(&config, cases[i].line);
		assert_int_equal(tt_config_check_defaults(&config, &err),
				cases[i].line == NULL ? 0 : -ENOENT);
		assert_string_equal(
				err.where, cases[i].line == NULL ? "" : cases[i].option);
		set(&config, cases[i].option, "none");
		assert_int_equal(tt_config_check(&config, NULL), 0);
		expect_said(&config, NULL);
		assert_int_equal(tt_config_check_defaults(&config, NULL), 0);
		tt_config_fini(&config);
	}
}

static void
of_two_files_of_countries_the_one_that_is_there_is_read(void **state)
{
	struct tt_config config;

	absent[0] = NULL;
	absent_file = "/usr/share/tor/geoip";
	start(&config);
	assert_string_equal(config.geo, "/usr/share/tor/geoip6");
	expect_said(&config,
			"it: warning: no countries of IPv4, since /usr/share/tor/geoip cannot be "
			"read (tor-geoipdb has it); --geo names a file, or none\n");
	tt_config_fini(&config);
	absent_file = "/usr/share/tor/geoip6";
	start(&config);
	assert_string_equal(config.geo, "/usr/share/tor/geoip");
	expect_said(&config, "no countries of IPv6, since /usr/share/tor/geoip6 ");
	tt_config_fini(&config);
	absent_file = NULL;
}

static void
what_is_installed_comes_before_what_lies_beside_the_source(void **state)
{
	struct tt_config config;

	absent[0] = NULL;
	start(&config);
	assert_non_null(strstr(config.fingerprints, "/share/teiten/fingerprints.yaml"));
	assert_non_null(strstr(
			config.rule_classes, "/share/teiten/classification.config"));
	assert_string_equal(config.geo, "/usr/share/tor/geoip,/usr/share/tor/geoip6");
	expect_said(&config, NULL);
	tt_config_fini(&config);
}

/* What is refused replaces nothing, nor does "". */
static void
a_value_that_is_refused_does_not_silence_the_line(void **state)
{
	struct tt_config config;
	struct tt_error err = {0};

	absent[0] = "location.db";
	start(&config);
	assert_int_equal(tt_config_set(&config, "asn", "a\nb", &err), -EINVAL);
	expect_said(&config, "no AS numbers");
	assert_int_equal(tt_config_set(&config, "asn", "", &err), -EINVAL);
	expect_said(&config, "no AS numbers");
	set(&config, "asn", "none");
	expect_said(&config, NULL);
	tt_config_fini(&config);
}

static void
classes_are_missed_where_there_are_signatures_alone(void **state)
{
	struct tt_config config;

	absent[0] = "classification.config";
	start(&config);
	set(&config, "spool", "/x");
	set(&config, "monitored", "192.0.2.0/24");
	set(&config, "rules", "none");
	assert_int_equal(tt_config_check(&config, NULL), 0);
	expect_said(&config, NULL);
	assert_int_equal(tt_config_check_defaults(&config, NULL), 0);
	tt_config_fini(&config);
}

static unsigned
lines_said(const struct tt_config *config)
{
	char *text = said(config);
	unsigned lines = 0;

	for (const char *at = text; *at != '\0'; at++)
		lines += *at == '\n';
	free(text);
	return lines;
}

static void
each_default_that_is_not_there_has_a_line(void **state)
{
	struct tt_config config;

	absent[0] = "/share/";
	absent[1] = "/rules/";
	start(&config);
	set(&config, "rules", "a");
	assert_string_equal(config.geo, "");
	assert_string_equal(config.asn, "");
	assert_string_equal(config.fingerprints, "");
	assert_string_equal(config.rule_classes, "");
	assert_int_equal(lines_said(&config), 4);
	set(&config, "asn", "none"); /* which says nothing of the others */
	assert_int_equal(lines_said(&config), 3);
	absent[1] = NULL;
	tt_config_fini(&config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					a_default_that_is_not_there_is_said_until_another_is_given),
			cmocka_unit_test(
					of_two_files_of_countries_the_one_that_is_there_is_read),
			cmocka_unit_test(
					what_is_installed_comes_before_what_lies_beside_the_source),
			cmocka_unit_test(
					a_value_that_is_refused_does_not_silence_the_line),
			cmocka_unit_test(
					classes_are_missed_where_there_are_signatures_alone),
			cmocka_unit_test(each_default_that_is_not_there_has_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
