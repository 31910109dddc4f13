/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of rules as wholes: lines, outcomes, duplicates, flowbits, classes, identity. */
#include "rules_bed.h"

#define RULE(options) "alert tcp any any -> any any (" options ")\n"

static void
lines_may_be_continued_and_rules_may_span_several(void **state)
{
	struct tt_rules rules;

	read_rules(&rules,
			"# alert tcp any any -> any any (sid:1;)\r\n"
			"\r\n"
			"  alert tcp any any -> any any \\\r\n"
			"\t(msg:\"two \\\r\n"
			"lines\"; sid:2;)\r\n"
			"; not this\n"
			"alert udp any any ->\n"
			"  any any\n"
			"(\n"
			"  msg:\"open\";\n"
			"  # alert\n"
			"  sid:3; )\n"
			"alert ip any any -> any any (sid:4;");
	assert_int_equal(rules.n, 3);
	assert_int_equal(rules.n_remarks, 0);
	assert_int_equal(rules.rules[0].sid, 2);
	assert_int_equal(rules.rules[0].line, 3);
	assert_string_equal(rules.rules[0].message, "two lines");
	assert_int_equal(rules.rules[1].line, 7);
	assert_string_equal(rules.rules[1].message, "open");
	assert_int_equal(rules.rules[1].protocol, TT_RULE_UDP);
	assert_int_equal(rules.rules[2].line, 13);
	tt_rules_fini(&rules);
}

static void
comments_may_stand_behind_rules_and_reach_over_lines(void **state)
{
	static const struct {
		unsigned sid, line;
	} expected[] = {{1, 1}, {2, 2}, {5, 8}, {6, 10}, {8, 13}, {9, 14}, {10, 20}};
	struct tt_rules rules;

	read_rules(&rules,
			"alert tcp any any -> any any (sid:1;) # why (so)\n"
			"alert tcp any any -> any any (msg:\"a;) # b\"; sid:2; )# \"\n"
			"#begin of what is not wanted\n"
			"alert tcp any any -> any any (sid:3;)\n"
			"#end\n"
			"/* alert tcp any any -> any any (sid:4;)\n"
			" and so on\n"
			"*/ alert tcp any any -> any any (sid:5;)\n"
			"/* in one line */\n"
			"alert udp any any -> any any (\n"
			"  /* nor */ sid:6; ) # sid:7;\n"
			"config reference: url http://\n"
			"alert tcp any any -> any any (sid:8;)\n"
			"alert udp any any -> any any\n"
			"(\n"
			" #begin\n"
			" sid:99;\n"
			" #end\n"
			" sid:9; ) # x\n"
			"alert tcp any any -> any any (sid:10;)\n");
	for (unsigned i = 0; i < rules.n_remarks; i++)
		print_message("%u: %s\n", rules.remarks[i].line, rules.remarks[i].why);
	assert_int_equal(rules.n, TT_ARRAY_SIZE(expected));
	for (unsigned i = 0; i < rules.n; i++) {
		assert_int_equal(rules.rules[i].sid, expected[i].sid);
		assert_int_equal(rules.rules[i].line, expected[i].line);
	}
	assert_int_equal(rules.n_remarks, 0);
	tt_rules_fini(&rules);
}

/* Other programs have such marks as comments of one line. */
static void
a_comment_that_is_not_ended_hides_no_rule(void **state)
{
	struct tt_rules rules;

	read_rules(&rules,
			"#begin\n" RULE("sid:1;") "#beginning\n" RULE(
					"sid:2;") "/*\n" RULE("sid:3;"));
	assert_int_equal(rules.n, 3);
	assert_int_equal(rules.n_remarks, 1);
	assert_int_equal(rules.remarks[0].line, 5);
	tt_rules_fini(&rules);
}

static void
a_rule_that_does_not_end_leaves_the_next_one_alone(void **state)
{
	struct tt_rules rules;

	read_rules(&rules,
			"alert tcp any any -> any any (msg:\"a\"; sid:1\n" RULE(
					"sid:2;"));
	assert_int_equal(rules.n, 1);
	assert_int_equal(rules.rules[0].sid, 2);
	assert_int_equal(rules.remarks[0].sid, 1);
	assert_string_equal(rules.remarks[0].why, "no closing parenthesis at column 45");
	tt_rules_fini(&rules);
}

static void
each_rule_has_one_outcome_which_is_counted(void **state)
{
	static const unsigned expected[TT_RULE_N_OUTCOMES] = {2, 3, 2, 2, 1};
	struct tt_rules rules;

	read_rules(&rules,
			RULE("sid:9; rev:1;") RULE("sid:9; rev:3;") RULE(
					"gid:3; sid:9;") RULE("flow:established; sid:1;")
					RULE("http_uri; asn1:x; sid:2;") "alert dns any any -> any any (sid:3;)\n"
									 "pass ip any any -> any any (sid:4;)\n" RULE(
											 "asn1:x; sid:5;")
											 RULE("content:\"|0\"; flow:established; sid:6;") "nonsense\n");
	assert_memory_equal(rules.outcomes, expected, sizeof(expected));
	assert_int_equal(rules.n, 2);
	assert_int_equal(rules.rules[0].rev, 3);
	assert_int_equal(rules.rules[1].gid, 3);
	assert_int_equal(rules.n_remarks, 8);
	assert_int_equal(rules.remarks[0].outcome, TT_RULE_DUPLICATE);
	assert_string_equal(rules.remarks[0].why, "of revision 1, r:2 has revision 3");
	assert_string_equal(rules.remarks[1].why, "flow:established");
	assert_string_equal(rules.remarks[2].why, "option http_uri");
	assert_string_equal(
			rules.remarks[3].why, "protocol dns, an application's parser");
	assert_string_equal(rules.remarks[4].why, "action pass");
	assert_string_equal(rules.remarks[5].why, "option asn1");
	assert_int_equal(rules.remarks[6].outcome, TT_RULE_BROKEN);
	assert_int_equal(rules.remarks[6].sid, 6);
	assert_string_equal(rules.remarks[7].why, "no action: \"nonsense\" at column 1");
	assert_int_equal(rules.remarks[7].line, 10);
	tt_rules_fini(&rules);
}

static void
of_equal_revisions_the_first_is_kept(void **state)
{
	struct tt_rules rules;

	read_rules(&rules, RULE("msg:\"a\"; sid:1;") RULE("msg:\"b\"; sid:1;"));
	assert_int_equal(rules.n, 1);
	assert_string_equal(rules.rules[0].message, "a");
	assert_string_equal(rules.remarks[0].why, "of revision 0, r:1 has revision 0");
	tt_rules_fini(&rules);
}

static void
what_engines_cannot_read_is_no_duplicate(void **state)
{
	struct tt_rules rules;

	read_rules(&rules, RULE("sid:1; rev:1;") RULE("asn1:x; sid:1; rev:2;"));
	assert_int_equal(rules.n, 1);
	tt_rules_fini(&rules);
	read_rules(&rules, RULE("sid:1; rev:1;") RULE("flow:established; sid:1; rev:2;"));
	assert_int_equal(rules.n, 0);
	assert_int_equal(rules.outcomes[TT_RULE_DUPLICATE], 1);
	tt_rules_fini(&rules);
}

static void
flowbits_that_are_set_and_tested_get_numbers(void **state)
{
	struct tt_rules rules;
	const struct tt_rule *r;

	read_rules(&rules,
			RULE("flowbits:set,a; flowbits:set,unused; sid:1;") RULE(
					"flowbits:isset,a|b; flowbits:isnotset,never; sid:2;")
					RULE("flowbits:isset,a; flowbits:set,c; sid:3;")
							RULE("flowbits:isset,c; sid:4;"));
	assert_int_equal(rules.n, 4);
	assert_int_equal(rules.n_flowbits, 2);
	r = rules.rules;
	assert_int_equal(r[0].n_payload, 1);
	assert_int_equal(r[0].payload[0].u.flowbit.does, TT_RULE_FLOWBIT_SET);
	assert_int_equal(r[0].payload[0].u.flowbit.names, 1);
	assert_int_equal(r[0].flowbit_order, 0);
	assert_int_equal(r[1].n_payload, 1);
	assert_int_equal(r[1].payload[0].u.flowbit.names, 1);
	assert_int_equal(r[1].flowbit_order, 2);
	assert_int_equal(r[2].flowbit_order, 1);
	assert_int_equal(r[3].payload[0].u.flowbit.names, 2);
	assert_string_equal(rules.flowbits[0], "a");
	assert_string_equal(rules.flowbits[1], "c");
	tt_rules_fini(&rules);
}

static void
rules_that_wait_for_a_flowbit_that_none_sets_are_unreachable(void **state)
{
	struct tt_rules rules;

	read_rules(&rules,
			RULE("flow:established; flowbits:set,a; sid:1;") RULE(
					"flowbits:isset,a; flowbits:set,b; sid:2;")
					RULE("flowbits:isset,b; sid:3;") RULE(
							"flowbits:isset,c&d; flowbits:noalert; sid:4;")
							RULE("flowbits:set,c; flowbits:noalert; sid:5;"));
	assert_int_equal(rules.n, 1);
	assert_int_equal(rules.rules[0].sid, 5);
	assert_true(rules.rules[0].no_alert);
	assert_int_equal(rules.outcomes[TT_RULE_UNREACHABLE], 4);
	assert_string_equal(rules.remarks[1].why,
			"flowbits: no rule that is loaded sets \"a\"; r:1 would, which is "
			"unreachable");
	assert_string_equal(rules.remarks[2].why,
			"flowbits: no rule that is loaded sets \"b\"; r:2 would, which is "
			"unreachable");
	assert_string_equal(rules.remarks[3].why,
			"flowbits: no rule that is loaded sets \"d\"");
	tt_rules_fini(&rules);
}

/* The sids of the rules that load, and of the last that does not, why. */
static void
expect_loaded(const char *text, const char *sids, const char *last_why)
{
	struct tt_rules rules;
	char loaded[64] = "";

	read_rules(&rules, text);
	for (unsigned i = 0; i < rules.n; i++)
		snprintf(loaded + strlen(loaded), sizeof(loaded) - strlen(loaded), "%u ",
				rules.rules[i].sid);
	assert_string_equal(loaded, sids);
	if (last_why != NULL)
		assert_string_equal(rules.remarks[rules.n_remarks - 1].why, last_why);
	tt_rules_fini(&rules);
}

static void
who_waits_for_a_flowbit_in_vain_is_told_whom_for(void **state)
{
	expect_loaded(RULE("flowbits:isset,a; flowbits:set,a; sid:1;"), "",
			"flowbits: this rule alone sets \"a\"");
	expect_loaded(RULE("flowbits:isset,a; flowbits:set,b; sid:1;")
					RULE("flowbits:isset,b; flowbits:set,a; sid:2;"),
			"",
			"flowbits: no rule that is loaded sets \"b\"; r:1 would, which is "
			"unreachable");
	expect_loaded(RULE("asn1:x; flowbits:set,a; sid:1;")
					RULE("flowbits:isset,a; sid:2;"),
			"",
			"flowbits: no rule that is loaded sets \"a\"; r:1 would, which is "
			"unsupported");
	expect_loaded(RULE("flowbits:isset,a; flowbits:set,a; sid:1;")
					RULE("flowbits:isset,b; flowbits:set,a; sid:2;")
							RULE("flowbits:set,b; sid:3;"),
			"1 2 3 ", NULL);
}

/* Of several names one is enough that is not set. */
static void
what_none_sets_is_not_set(void **state)
{
	struct tt_rules rules;

	read_rules(&rules,
			RULE("flowbits:isnotset,a; sid:1;") RULE("flowbits:set,b; sid:2;")
					RULE("flowbits:isnotset,a|b; sid:3;") RULE(
							"flowbits:isnotset,b; sid:4;"));
	assert_int_equal(rules.n, 4);
	assert_int_equal(rules.rules[0].n_payload, 0);
	assert_int_equal(rules.rules[2].n_payload, 0);
	assert_int_equal(rules.rules[3].n_payload, 1);
	assert_int_equal(rules.rules[3].payload[0].u.flowbit.names, 1);
	tt_rules_fini(&rules);
}

static void
classes_that_are_not_known_are_noted_once(void **state)
{
	struct tt_rules rules;

	read_rules(&rules,
			RULE("classtype:x; sid:1;") RULE("classtype:x; asn1:y; sid:2;"));
	assert_int_equal(rules.n_notes, 0); /* none are known */
	tt_rules_fini(&rules);
	read_rules(&rules,
			"config classification: known,K,1\n" RULE(
					"classtype:x; asn1:y; sid:1;") RULE("classtype:y; sid:2;")
					RULE("classtype:X; priority:7; sid:3;") RULE(
							"classtype:x; sid:4;")
							RULE("classtype:known; sid:5;"));
	assert_int_equal(rules.n, 4);
	assert_int_equal(rules.n_notes, 2);
	assert_int_equal(rules.notes[0].sid, 2);
	assert_int_equal(rules.notes[0].line, 3);
	assert_int_equal(rules.notes[0].outcome, TT_RULE_LOADED);
	assert_string_equal(rules.notes[0].why,
			"classtype \"y\" is not known: priority 3, category Others");
	assert_string_equal(rules.notes[1].why,
			"classtype \"X\" is not known: priority 7, category Others; of 1 other "
			"too");
	tt_rules_fini(&rules);
}

static void
more_flowbits_than_there_are_numbers_are_unsupported(void **state)
{
	static char text[64 * 1024];
	struct tt_rules rules;
	size_t n = 0;

	for (unsigned i = 0; i <= TT_RULE_FLOWBITS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				RULE("flowbits:set,n%u; sid:%u;")
						RULE("flowbits:isset,n%u; sid:%u;"),
				i, 2 * i + 1, i, 2 * i + 2);
	read_rules(&rules, text);
	assert_int_equal(rules.n_flowbits, TT_RULE_FLOWBITS_MAX);
	assert_int_equal(rules.n_remarks, 1);
	assert_int_equal(rules.remarks[0].outcome, TT_RULE_UNSUPPORTED);
	assert_string_equal(rules.remarks[0].why, "flowbits: more than 64 names");
	tt_rules_fini(&rules);
}

static void
a_class_gives_priority_and_category_unless_the_rule_does(void **state)
{
	struct tt_rules rules;
	const struct tt_rule *r;

	read_rules(&rules,
			"config classification: scan,A scan,2,Scan\n"
			"config classification: other,Another,1\n" RULE("classtype:scan; sid:1;") RULE(
					"classtype:scan; priority:5; metadata:policy x, "
					"category UDP spam; sid:2;") RULE("classtype:other; sid:3;")
					RULE("classtype:unknown; sid:4;") RULE(
							"metadata:category \" My Cat\" , policy x; sid:5;")
							RULE("metadata:category \"\"; sid:6;"));
	r = rules.rules;
	assert_int_equal(rules.n, 6);
	assert_int_equal(r[0].priority, 2);
	assert_string_equal(r[0].classtype, "scan");
	assert_string_equal(r[0].category, "Scan");
	assert_int_equal(r[1].priority, 5);
	assert_string_equal(r[1].category, "UDP spam");
	assert_int_equal(r[2].priority, 1);
	assert_string_equal(r[2].category, "Others");
	assert_int_equal(r[3].priority, 3);
	assert_string_equal(r[3].category, "Others");
	assert_string_equal(r[4].category, "My Cat");
	assert_string_equal(r[5].category, "Others");
	tt_rules_fini(&rules);
}

static void
texts_become_printable(void **state)
{
	struct tt_rules rules;
	const struct tt_rule *r = read_rule(&rules,
			"msg:\"a\\;\\\"\\\\ \xe6\x97\xa5 \xff\xc3( \x01\"; rev:4; gid:7;");

	assert_string_equal(r->message,
			"a;\"\\ \xe6\x97\xa5 ?"
			"?( ?");
	assert_int_equal(r->rev, 4);
	assert_int_equal(r->gid, 7);
	assert_string_equal(r->file, "r");
	tt_rules_fini(&rules);
}

#define TO_HOME "alert tcp any any -> $HOME_NET any (sid:1;)\n"

/* Have both texts one identity, each with a HOME_NET that nobody has set? */
static bool
have_one_identity(const char *a, const char *home_a, const char *b, const char *home_b)
{
	const struct tt_rules_options options[] = {
			{.home_net = home_a}, {.home_net = home_b}};
	struct tt_rules rules[2];
	bool one;

	read_rules_with(&rules[0], a, &options[0]);
	read_rules_with(&rules[1], b, &options[1]);
	assert_int_equal(rules[0].n, 1);
	assert_int_equal(rules[1].n, 1);
	assert_memory_equal(rules[0].identity, "1 rule sha256:", 14);
	one = strcmp(rules[0].identity, rules[1].identity) == 0;
	tt_rules_fini(&rules[0]);
	tt_rules_fini(&rules[1]);
	return one;
}

static void
the_identity_follows_text_and_variables(void **state)
{
	static const char *const variables[] = {"ipvar A 10.0.0.0/8\n",
			"ipvar A 10.0.0.0/9\n", "ipvar A $HOME_NET\n",
			"ipvar A !$HOME_NET\n", "ipvar A [$HOME_NET,!10.1.1.1]\n",
			"ipvar A [$HOME_NET,!10.1.1.2]\n",
			"ipvar HOME_NET 10.0.0.0/8\nipvar A [$HOME_NET,!10.1.1.2]\n",
			"ipvar B 10.1.1.1,10.1.1.2\nipvar A [$HOME_NET,![$B],10.2.0.0/16]\n",
			"ipvar B 10.1.1.1\nipvar A [$HOME_NET,![$B],10.1.1.2,10.2.0.0/16]\n"};
	char texts[TT_ARRAY_SIZE(variables)][200];

	for (size_t i = 0; i < TT_ARRAY_SIZE(variables); i++)
		snprintf(texts[i], sizeof(texts[i]),
				"%salert tcp any any -> [$A,192.0.2.1] any (sid:1;)\n",
				variables[i]);
	for (size_t i = 0; i < TT_ARRAY_SIZE(variables); i++)
		for (size_t k = 0; k < TT_ARRAY_SIZE(variables); k++)
			if (have_one_identity(texts[i], "10.0.0.0/8", texts[k],
					    "10.0.0.0/8")
					!= (i == k))
				fail_msg("%s%s", texts[i], texts[k]);
	assert_false(have_one_identity(TO_HOME, NULL,
			"alert tcp any any -> $HOME_NET any (sid:2;)\n", NULL));
}

static void
the_identity_is_the_same_whatever_is_monitored(void **state)
{
	static const char *const texts[] = {TO_HOME,
			"alert tcp any any -> [$DNS_SERVERS,!10.1.1.1] any (sid:1;)\n",
			"alert tcp !$HOME_NET any -> any any (sid:1;)\n"};

	for (size_t i = 0; i < TT_ARRAY_SIZE(texts); i++) {
		assert_true(have_one_identity(texts[i], "192.0.2.0/24,2001:db8::/64",
				texts[i], "10.0.0.0/8"));
		assert_true(have_one_identity(texts[i], NULL, texts[i], "10.0.0.0/8"));
	}
	assert_false(have_one_identity("ipvar HOME_NET 192.0.2.0/24\n" TO_HOME,
			"10.0.0.0/8", "ipvar HOME_NET 10.0.0.0/8\n" TO_HOME,
			"10.0.0.0/8"));
}

static void
rules_stand_by_gid_and_sid(void **state)
{
	struct tt_rules rules;

	read_rules(&rules, RULE("sid:30;") RULE("gid:2; sid:1;") RULE("sid:4;"));
	assert_int_equal(rules.rules[0].sid, 4);
	assert_int_equal(rules.rules[1].sid, 30);
	assert_int_equal(rules.rules[2].sid, 1);
	tt_rules_fini(&rules);
}

static void
missing_files_and_wrong_variables_are_refused(void **state)
{
	static const char *const files[] = {"/nonexistent/a.rules"};
	const struct tt_rules_options vars = {.variables = "/nonexistent/vars"};
	const struct tt_rules_options classes = {.classification = "/dev/null/x"};
	struct tt_rules rules;
	struct tt_error err = {0};

	assert_int_equal(tt_rules_load(&rules, files, 1, NULL, &err), -ENOENT);
	assert_string_equal(err.where, "/nonexistent/a.rules");
	assert_int_equal(tt_rules_load(&rules, files, 0, &vars, &err), -ENOENT);
	assert_string_equal(err.where, "/nonexistent/vars");
	assert_int_equal(tt_rules_load(&rules, files, 0, &classes, &err), -ENOTDIR);
	assert_int_equal(tt_rules_load(&rules, files, 0, NULL, &err), 0);
	assert_string_equal(rules.identity, "0 rules sha256:e3b0c44298fc1c14");
	tt_rules_fini(&rules);
}

static void
an_answer_is_told_by_its_header(void **state)
{
	struct tt_packet p = {.protocol = TT_PROTO_TCP, .has_ports = true};

	p.tcp_flags = TT_TCP_SYN;
	assert_false(tt_rule_is_answer(&p));
	p.tcp_flags = TT_TCP_SYN | TT_TCP_ACK | TT_TCP_ECE;
	assert_true(tt_rule_is_answer(&p));
	p.tcp_flags = TT_TCP_RST;
	assert_true(tt_rule_is_answer(&p));
	p.tcp_flags = TT_TCP_ACK | TT_TCP_PSH;
	assert_false(tt_rule_is_answer(&p));
	p = (struct tt_packet){.protocol = TT_PROTO_UDP,
			.has_ports = true,
			.src_port = 53,
			.dst_port = 1024};
	assert_true(tt_rule_is_answer(&p));
	p.dst_port = 53;
	assert_false(tt_rule_is_answer(&p));
	p = (struct tt_packet){
			.protocol = TT_PROTO_ICMP, .has_icmp = true, .icmp_type = 8};
	assert_false(tt_rule_is_answer(&p));
	p.icmp_type = 3;
	assert_true(tt_rule_is_answer(&p));
	p.protocol = TT_PROTO_ICMPV6;
	p.icmp_type = 128;
	assert_false(tt_rule_is_answer(&p));
	p.icmp_type = 129;
	assert_true(tt_rule_is_answer(&p));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					lines_may_be_continued_and_rules_may_span_several),
			cmocka_unit_test(
					comments_may_stand_behind_rules_and_reach_over_lines),
			cmocka_unit_test(a_comment_that_is_not_ended_hides_no_rule),
			cmocka_unit_test(
					a_rule_that_does_not_end_leaves_the_next_one_alone),
			cmocka_unit_test(each_rule_has_one_outcome_which_is_counted),
			cmocka_unit_test(of_equal_revisions_the_first_is_kept),
			cmocka_unit_test(what_engines_cannot_read_is_no_duplicate),
			cmocka_unit_test(flowbits_that_are_set_and_tested_get_numbers),
			cmocka_unit_test(
					rules_that_wait_for_a_flowbit_that_none_sets_are_unreachable),
			cmocka_unit_test(
					more_flowbits_than_there_are_numbers_are_unsupported),
			cmocka_unit_test(
					a_class_gives_priority_and_category_unless_the_rule_does),
			cmocka_unit_test(
					who_waits_for_a_flowbit_in_vain_is_told_whom_for),
			cmocka_unit_test(what_none_sets_is_not_set),
			cmocka_unit_test(classes_that_are_not_known_are_noted_once),
			cmocka_unit_test(texts_become_printable),
			cmocka_unit_test(the_identity_follows_text_and_variables),
			cmocka_unit_test(the_identity_is_the_same_whatever_is_monitored),
			cmocka_unit_test(rules_stand_by_gid_and_sid),
			cmocka_unit_test(missing_files_and_wrong_variables_are_refused),
			cmocka_unit_test(an_answer_is_told_by_its_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
