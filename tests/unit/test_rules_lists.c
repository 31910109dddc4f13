/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of addresses and ports, and the variables in them. */
#include "rules_bed.h"

#include <unistd.h>

static char *
show(const struct tt_rule *r, bool ports)
{
	static char text[2048];
	size_t n = 0;

	text[0] = '\0';
	for (unsigned i = 0; !ports && i < r->src.n; i++) {
		char first[TT_ADDR_TEXT_MAX], last[TT_ADDR_TEXT_MAX];

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s-%s",
				i == 0 ? "" : " ",
				tt_addr_format(r->src.ranges[i].first, first),
				tt_addr_format(r->src.ranges[i].last, last));
	}
	for (unsigned i = 0; ports && i < r->src_ports.n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u-%u",
				i == 0 ? "" : " ", r->src_ports.ranges[i].first,
				r->src_ports.ranges[i].last);
	return text;
}

static void
expect_list(const char *list, bool ports, const char *expected,
		const struct tt_rules_options *options)
{
	struct tt_rules rules;
	char text[4096];

	snprintf(text, sizeof(text), "alert tcp %s %s -> any any (sid:1;)\n",
			ports ? "any" : list, ports ? list : "any");
	read_rules_with(&rules, text, options);
	if (rules.n != 1)
		fail_msg("%s: %s", list, rules.remarks[0].why);
	assert_string_equal(show(&rules.rules[0], ports), expected);
	tt_rules_fini(&rules);
}

static void
addresses(const char *list, const char *expected)
{
	expect_list(list, false, expected, NULL);
}

static void
ports(const char *list, const char *expected)
{
	expect_list(list, true, expected, NULL);
}

static void
lists_of_addresses_become_ranges(void **state)
{
	addresses("any", "");
	addresses("192.0.2.7", "192.0.2.7-192.0.2.7");
	addresses("192.0.2.7/24", "192.0.2.0-192.0.2.255");
	addresses("192.0.2.7/255.255.255.240", "192.0.2.0-192.0.2.15");
	addresses("192.0.2.7/0.0.0.0", "0.0.0.0-255.255.255.255");
	addresses("192.0.2.7-192.0.2.9", "192.0.2.7-192.0.2.9");
	addresses("2001:db8::/32", "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
	addresses("[192.0.2.0/25, 192.0.2.128/25,198.51.100.1]",
			"192.0.2.0-192.0.2.255 198.51.100.1-198.51.100.1");
	addresses("[192.0.2.9,192.0.2.0/28,192.0.2.15,192.0.2.17]",
			"192.0.2.0-192.0.2.15 192.0.2.17-192.0.2.17");
	addresses("[192.0.2.0/28,!192.0.2.5,!192.0.2.0]",
			"192.0.2.1-192.0.2.4 192.0.2.6-192.0.2.15");
	addresses("[192.0.2.0/28,![192.0.2.4/30,!192.0.2.6]]",
			"192.0.2.0-192.0.2.3 192.0.2.6-192.0.2.6 192.0.2.8-192.0.2.15");
	addresses("!192.0.2.0/24",
			"::-192.0.1.255 192.0.3.0-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	addresses("[any,192.0.2.1]", "");
}

#define V6_LAST "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
#define V4      "0.0.0.0-255.255.255.255"

static void
prefixes_are_of_one_version(void **state)
{
	addresses("0.0.0.0/0", V4);
	addresses("::/0", "::-::fffe:ffff:ffff ::1:0:0:0-" V6_LAST);
	addresses("!::/0", V4);
	addresses("!0.0.0.0/0", "::-::fffe:ffff:ffff ::1:0:0:0-" V6_LAST);
	addresses("[::/0,0.0.0.0/0]", "::-" V6_LAST);
	addresses("::1-2001:db8::", "::1-::fffe:ffff:ffff ::1:0:0:0-2001:db8::");
	addresses("[any,!::/1,!8000::/2]", V4 " c000::-" V6_LAST);
	addresses("! [ ::/1 , 8000::/2 ]", V4 " c000::-" V6_LAST);
	addresses("[2001:db8::/32,192.0.2.0/24,!::/0]", "192.0.2.0-192.0.2.255");
}

static void
lists_in_lists_are_one_list_unless_negated(void **state)
{
	struct tt_rules rules;

	addresses("[192.0.2.0/28,[!192.0.2.4/30]]",
			"192.0.2.0-192.0.2.3 192.0.2.8-192.0.2.15");
	addresses("[192.0.2.5,[192.0.2.0/28,!192.0.2.4/30]]",
			"192.0.2.0-192.0.2.3 192.0.2.8-192.0.2.15");
	addresses("[192.0.2.0/28,![192.0.2.4/30,![192.0.2.6,192.0.2.7]]]",
			"192.0.2.0-192.0.2.3 192.0.2.6-192.0.2.15");
	addresses("[192.0.2.0/28,!!192.0.2.16]", "192.0.2.0-192.0.2.16");
	ports("[1:10,[!5]]", "1-4 6-10");
	read_rules(&rules,
			"ipvar NOT !192.0.2.4/30\n"
			"ipvar SOME [192.0.2.0/28,$NOT]\n"
			"alert tcp $SOME any -> any any (sid:1;)\n"
			"alert tcp [192.0.2.0/28,!$SOME] any -> any any (sid:2;)\n"
			"alert tcp [any,!$NOT] any -> any any (sid:3;)\n");
	assert_int_equal(rules.n, 3);
	assert_string_equal(show(&rules.rules[0], false),
			"192.0.2.0-192.0.2.3 192.0.2.8-192.0.2.15");
	assert_string_equal(show(&rules.rules[1], false), "192.0.2.4-192.0.2.7");
	assert_string_equal(show(&rules.rules[2], false), "192.0.2.4-192.0.2.7");
	tt_rules_fini(&rules);
}

/* Each variable names the one before ten times: ten billion elements. */
static void
variables_that_grow_without_end_are_refused(void **state)
{
	char text[8192];
	size_t n = 0;

	n += (size_t)snprintf(text, sizeof(text), "ipvar V0 192.0.2.1\n");
	for (unsigned i = 1; i <= 10; i++) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "ipvar V%u [", i);
		for (unsigned k = 0; k < 10; k++)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s$V%u",
					k == 0 ? "" : ",", i - 1);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "]\n");
	}
	snprintf(text + n, sizeof(text) - n,
			"alert tcp $V10 any -> any any (sid:1;)\n"
			"alert tcp [10.0.0.1,$V10] any -> any any (sid:2;)\n");
	expect_outcome(text, TT_RULE_BROKEN,
			"a list of more than 1048576 addresses, with those of variables in it: "
			"\"$V10\" at column 21");
}

static void
lists_of_ports_become_ranges(void **state)
{
	ports("any", "");
	ports("80", "80-80");
	ports(":1023", "0-1023");
	ports("1024:", "1024-65535");
	ports("80:90", "80-90");
	ports("!80", "0-79 81-65535");
	ports("[80:100,!99]", "80-98 100-100");
	ports("[1:80,![2,4]]", "1-1 3-3 5-80");
	ports("[ 80, 81 ,82:82]", "80-82");
	ports("!65535", "0-65534");
	ports("!0:1023", "1024-65535");
}

static void
variables_stand_for_lists(void **state)
{
	struct tt_rules rules;

	read_rules(&rules,
			"ipvar A [192.0.2.0/24,!$B]\n"
			"var B 192.0.2.128/25\n"
			"portvar P [80,443]\n"
			"alert tcp $A !$P -> any any (sid:1;)\n"
			"var B 192.0.2.0/25\n"
			"alert tcp $A !$P -> any any (sid:2;)\n");
	assert_int_equal(rules.n, 2);
	assert_string_equal(show(&rules.rules[0], false), "192.0.2.0-192.0.2.127");
	assert_string_equal(show(&rules.rules[0], true), "0-79 81-442 444-65535");
	assert_string_equal(show(&rules.rules[1], false), "192.0.2.128-192.0.2.255");
	tt_rules_fini(&rules);
}

static void
of_a_home_that_is_not_known_nothing_is_left_out(void **state)
{
	const struct tt_rules_options home = {.home_net = "192.0.2.0/24,198.51.100.0/24"};

	addresses("$HOME_NET", "");
	addresses("!$HOME_NET", "");
	addresses("$EXTERNAL_NET", "");
	addresses("!$EXTERNAL_NET", "");
	addresses("$DNS_SERVERS", "");
	addresses("!$SMTP_SERVERS", "");
	addresses("[192.0.2.1,!$HOME_NET]", "192.0.2.1-192.0.2.1");
	addresses("[192.0.2.1,$HOME_NET]", "");
	addresses("[$HOME_NET,!192.0.2.1]",
			"::-192.0.2.0 192.0.2.2-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	expect_list("$HOME_NET", false,
			"192.0.2.0-192.0.2.255 198.51.100.0-198.51.100.255", &home);
	expect_list("[192.0.2.0/23,!$HTTP_SERVERS]", false, "192.0.3.0-192.0.3.255",
			&home);
	expect_list("$HTTP_PORTS", true, "80-80", &home);
}

static void
expect_head(const char *list, bool of_ports, const char *why)
{
	char text[4096];

	snprintf(text, sizeof(text), "alert tcp %s %s -> any any (sid:1;)\n",
			of_ports ? "any" : list, of_ports ? list : "any");
	expect_outcome(text, TT_RULE_BROKEN, why);
}

static void
wrong_lists_are_broken(void **state)
{
	expect_head("192.0.2.256", false, "no address: \"192.0.2.256\" at column 11");
	expect_head("[192.0.2.1,a]", false, "no address: \"a\" at column 22");
	expect_head("192.0.2.1/33", false, "no address: \"192.0.2.1/33\" at column 11");
	expect_head("192.0.2.1/255.0.255.0", false,
			"no address: \"192.0.2.1/255.0.255.0\" at column 11");
	expect_head("192.0.2.1-::1", false, "no address: \"192.0.2.1-::1\" at column 11");
	expect_head("192.0.2.2-192.0.2.1", false,
			"no address: \"192.0.2.2-192.0.2.1\" at column 11");
	expect_head("[192.0.2.1", false, "a list that does not end at column 11");
	expect_head("$NOWHERE", false, "variable $NOWHERE is not defined at column 11");
	expect_head("!any", false, "\"!any\" leaves no address at column 11");
	expect_head("[192.0.2.1,!192.0.2.0/24]", false,
			"\"[192.0.2.1,!192.0.2.0/24]\" leaves no address at column 11");
	expect_head("[192.0.2.1,,192.0.2.2]", false,
			"empty element in a list of addresses at column 22");
	expect_head("65536", true, "no port: \"65536\" at column 15");
	expect_head("90:80", true, "no port: \"90:80\" at column 15");
	expect_head("http", true, "no port: \"http\" at column 15");
	expect_head("!:", true, "\"!:\" leaves no port at column 15");
	expect_outcome("var A $B\nvar B $A\nalert tcp $A any -> any any (sid:1;)\n",
			TT_RULE_BROKEN,
			"lists or variables in each other more than 32 times, in $B of r:2 at column 11");
	expect_outcome("var A 1.2.3\nalert tcp $A any -> any any (sid:1;)\n",
			TT_RULE_BROKEN,
			"no address: \"1.2.3\", in $A of r:1 at column 11");
	expect_outcome("var A\n", TT_RULE_BROKEN, "a variable without a value");
	expect_outcome("ipvar A! 1\n", TT_RULE_BROKEN, "a variable without a name");
}

/* Writes a file of variables, and reads rules with it. */
static int
read_with_file(const char *suffix, const char *text, struct tt_rules *rules,
		struct tt_error *err)
{
	static const char *const rule = "alert tcp $HOME_NET $P -> any any (sid:1;)\n";
	char path[] = "/tmp/rules-XXXXXX.yaml";
	struct tt_rules_options options = {.variables = path};
	int fd, ret;

	strcpy(path + strlen("/tmp/rules-XXXXXX"), suffix);
	fd = mkstemps(path, (int)strlen(suffix));
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	ret = tt_rules_parse(
			rules, "r", (const uint8_t *)rule, strlen(rule), &options, err);
	unlink(path);
	return ret;
}

static void
files_of_variables_are_those_of_snort_or_of_suricata(void **state)
{
	struct tt_rules rules;
	struct tt_error err = {0};

	assert_int_equal(read_with_file("",
					 "# snort.conf\nipvar HOME_NET [192.0.2.0/24]\n"
					 "preprocessor frag3_global: max_frags 65536\n"
					 "portvar P 80\n",
					 &rules, &err),
			0);
	assert_string_equal(show(&rules.rules[0], false), "192.0.2.0-192.0.2.255");
	tt_rules_fini(&rules);
	assert_int_equal(
			read_with_file(".yaml",
					"vars:\n  address-groups:\n    HOME_NET: "
					"\"[192.0.2.0/24,!192.0.2.128/25]\"\n  port-groups:\n"
					"    P: \"!80\"\nother: 1\n",
					&rules, &err),
			0);
	assert_string_equal(show(&rules.rules[0], false), "192.0.2.0-192.0.2.127");
	assert_string_equal(show(&rules.rules[0], true), "0-79 81-65535");
	tt_rules_fini(&rules);
	assert_int_equal(read_with_file("", "ipvar HOME_NET 1.2.3\nvar P 80\n", &rules,
					 &err),
			0);
	assert_non_null(strstr(rules.remarks[0].why,
			"no address: \"1.2.3\", in $HOME_NET of /tmp/rules-"));
	assert_non_null(strstr(rules.remarks[0].why, ":1 at column 11"));
	tt_rules_fini(&rules);
	assert_int_equal(read_with_file("", "var\n", &rules, &err), -EINVAL);
	assert_string_equal(err.why, "a variable without a name");
	assert_int_equal(read_with_file("", "", &rules, &err), -EINVAL);
	assert_non_null(strstr(err.where, "/tmp/rules-"));
	assert_non_null(strstr(err.why, "no variable in it: a line such as"));
	assert_int_equal(read_with_file("", "# none\nconfig x\n", &rules, &err), -EINVAL);
	assert_non_null(strstr(err.why, "no variable in it"));
	assert_int_equal(read_with_file(".yml", "a: 1\n", &rules, &err), -EINVAL);
	assert_string_equal(err.why, "no vars in it");
	assert_int_equal(read_with_file("",
					 "%YAML 1.1\n---\nvars:\n  address-groups:\n"
					 "    HOME_NET: [a]\n",
					 &rules, &err),
			-EINVAL);
	assert_string_equal(err.why, "a variable is a name and a list in quotes");
}

/* Reads a file of YAML that is refused, in that line (0: none in particular). */
static void
expect_yaml_error(const char *text, unsigned line, const char *why)
{
	char place[24] = ".yaml";
	struct tt_rules rules;
	struct tt_error err = {0};

	if (line > 0)
		snprintf(place, sizeof(place), ".yaml:%u", line);
	assert_int_equal(read_with_file(".yaml", text, &rules, &err), -EINVAL);
	assert_string_equal(err.why, why);
	assert_string_equal(strstr(err.where, ".yaml"), place);
}

static void
a_key_of_variables_that_is_unknown_is_named_with_its_line(void **state)
{
	expect_yaml_error("vars:\n  address-group:\n    HOME_NET: \"[10.0.0.0/8]\"\n", 2,
			"unknown key \"address-group\"; did you mean address-groups?");
	expect_yaml_error("vars:\n  address-groups:\n    HOME_NET: \"[10.0.0.0/8]\"\n"
			  "  port_groups:\n    P: \"80\"\n",
			4, "unknown key \"port_groups\"; did you mean port-groups?");
	expect_yaml_error("vars:\n  HOME_NET: \"[10.0.0.0/8]\"\n", 2,
			"unknown key \"HOME_NET\"");
	expect_yaml_error("vars:\n  port-groups:\n    P: \"80\"\n"
			  "  port-groups:\n    Q: \"80\"\n",
			4, "a group of variables is given twice");
	expect_yaml_error("other: 1\nvar:\n  port-groups:\n    P: \"80\"\n", 2,
			"unknown key \"var\"; did you mean vars?");
	expect_yaml_error("vars:\n  port-groups: {}\n", 2, "no variable in it");
	expect_yaml_error("vars:\n", 1, "vars has no address-groups and no port-groups");
	expect_yaml_error("# none\n", 0, "no vars in it");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(lists_of_addresses_become_ranges),
			cmocka_unit_test(prefixes_are_of_one_version),
			cmocka_unit_test(lists_in_lists_are_one_list_unless_negated),
			cmocka_unit_test(lists_of_ports_become_ranges),
			cmocka_unit_test(variables_that_grow_without_end_are_refused),
			cmocka_unit_test(variables_stand_for_lists),
			cmocka_unit_test(of_a_home_that_is_not_known_nothing_is_left_out),
			cmocka_unit_test(wrong_lists_are_broken),
			cmocka_unit_test(
					files_of_variables_are_those_of_snort_or_of_suricata),
			cmocka_unit_test(
					a_key_of_variables_that_is_unknown_is_named_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
