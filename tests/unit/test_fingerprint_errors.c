/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules files that are wrong: each is refused with one line that names place and reason. */
#include "fingerprint_bed.h"

static void
expect_bytes(const char *text, size_t n, int code, const char *where, const char *why)
{
	struct tt_fingerprints *set = NULL;
	struct tt_error err = {0};

	assert_int_equal(tt_fingerprints_parse(
					 &set, "r.yaml", (const uint8_t *)text, n, &err),
			code);
	assert_null(set);
	assert_int_equal(err.code, code);
	assert_string_equal(err.where, where);
	assert_string_equal(err.why, why);
}

static void
expect(const char *text, const char *where, const char *why)
{
	expect_bytes(text, strlen(text), -EINVAL, where, why);
}

/* A file whose only rule has all that it must, and then these lines; the first is line 8. */
static void
expect_line(const char *lines, const char *where, const char *why)
{
	char text[4096];

	snprintf(text, sizeof(text),
			"version: 1\n"
			"fingerprints:\n"
			"- id: a\n"
			"  title: A\n"
			"  chance: 1/2\n"
			"  source: {packets: 1, percent: 50}\n"
			"  origin: x\n"
			"%s\n",
			lines);
	expect(text, where, why);
}

/* What is wrong with an expression that begins in column 10 of line 8. */
static void
expect_match(const char *match, unsigned at, const char *why)
{
	char lines[2048], where[64], full[512];

	snprintf(lines, sizeof(lines), "  match: %s", match);
	snprintf(where, sizeof(where), "r.yaml:8:%u", 9 + at);
	snprintf(full, sizeof(full), "match: %s", why);
	expect_line(lines, where, full);
}

static void
files_that_are_not_rules_are_refused(void **state)
{
	expect("", "r.yaml", "holds no rules");
	expect("# nothing\n", "r.yaml", "holds no rules");
	expect("- a\n", "r.yaml:1",
			"the file is not a mapping (lines of \"key: value\")");
	expect("version: 1\n", "r.yaml:1", "the file has no fingerprints");
	expect("fingerprints: []\n", "r.yaml:1", "the file has no version");
	expect("version: 1\nfingerprints: 3\n", "r.yaml:2", "fingerprints is not a list");
	expect("version: 1\nfingerprints:\n- 3\n", "r.yaml:3",
			"a rule is not a mapping (lines of \"key: value\")");
	expect("version: 0\n", "r.yaml:1", "version is a number from 1 to 4294967295");
	expect("version: [1]\n", "r.yaml:1", "version is a number from 1 to 4294967295");
	expect("version: 1\nversion: 1\n", "r.yaml:2", "version is given twice");
	expect("colour: 1\n", "r.yaml:1", "unknown key \"colour\"");
	expect("\"a\\nb\": 1\n", "r.yaml:1", "unknown key \"a?b\"");
	expect("[a]: 1\n", "r.yaml:1", "unknown key \"\"");
	expect("version: 1\nfingerprints: [\n", "r.yaml:3:1",
			"not YAML: did not find expected node content");
}

static void
rules_need_their_keys(void **state)
{
	const char *const keys[] = {"id", "title", "match", "chance", "source", "origin"};
	const char *const lines[] = {"id: a", "title: A", "match: ip.id", "chance: 1/2",
			"source: {packets: 1, percent: 1}", "origin: x"};

	for (unsigned missing = 0; missing < TT_ARRAY_SIZE(keys); missing++) {
		char text[1024] = "version: 1\nfingerprints:\n- where: ip.id\n", why[64];

		for (unsigned i = 0; i < TT_ARRAY_SIZE(lines); i++)
			if (i != missing) {
				strcat(text, "  ");
				strcat(text, lines[i]);
				strcat(text, "\n");
			}
		snprintf(why, sizeof(why), "a rule has no %s", keys[missing]);
		expect(text, "r.yaml:3", why);
	}
}

static void
values_are_checked(void **state)
{
	expect_line("  colour: red", "r.yaml:8", "unknown key \"colour\"");
	expect_line("  title: B", "r.yaml:8", "title is given twice");
	expect_line("  valid-from: 2022-02-30", "r.yaml:8",
			"not a date such as 2013-08-16: \"2022-02-30\"");
	expect_line("  valid-until: 2022-01-01T00:00", "r.yaml:8",
			"not a date such as 2013-08-16: \"2022-01-01T00:00\"");
	expect_line("  match: ip.id\n  valid-from: 2022-01-01\n  valid-until: 2022-01-01",
			"r.yaml:3",
			"the rule a is never valid: from is not before until");
	expect_line("  match: [ip.id]", "r.yaml:8", "match is not an expression");
	expect("version: 1\nfingerprints:\n- id: A\n", "r.yaml:3",
			"an id is 1 to 47 of the characters a-z, 0-9 and \"-\"");
	expect("version: 1\nfingerprints:\n"
	       "- id: a2345678901234567890123456789012345678901234567x\n",
			"r.yaml:3",
			"an id is 1 to 47 of the characters a-z, 0-9 and \"-\"");
	expect("version: 1\nfingerprints:\n- title: ''\n", "r.yaml:3",
			"title is not a text");
	expect("version: 1\nfingerprints:\n- title: {}\n", "r.yaml:3",
			"title is not a text");
	expect("version: 1\nfingerprints:\n- title: \"a\\0b\"\n", "r.yaml:3",
			"title is not a text");
	expect("version: 1\nfingerprints:\n- origin: \"a\\eb\"\n", "r.yaml:3",
			"origin holds a control character");
}

static void
chances_and_numbers_are_checked(void **state)
{
	static const char *const chances[] = {
			"0.5", "2/3", "1/0", "1/", "1/01", "1/ 2", "1/281474976710657"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(chances); i++) {
		char text[128], why[128];

		snprintf(text, sizeof(text), "version: 1\nfingerprints:\n- chance: %s\n",
				chances[i]);
		snprintf(why, sizeof(why), "not a chance such as 1/65536: \"%s\"",
				chances[i]);
		expect(text, "r.yaml:3", why);
	}
	expect("version: 1\nfingerprints:\n- source:\n    packets: 0\n", "r.yaml:4",
			"packets is a number from 1 to 4294967295");
	expect("version: 1\nfingerprints:\n- source:\n    percent: 101\n", "r.yaml:4",
			"percent is a number from 1 to 100");
	expect("version: 1\nfingerprints:\n- source: {percent: 1}\n", "r.yaml:3",
			"source has no packets");
	expect("version: 1\nfingerprints:\n- source: {packets: 1}\n", "r.yaml:3",
			"source has no percent");
}

static void
ids_are_unique(void **state)
{
	expect_line("  match: ip.id\n- title: B\n  id: a", "r.yaml:10",
			"the id a is another rule's");
}

static void
seventeen_rules_are_too_many(void **state)
{
	char text[8192] = "version: 1\nfingerprints:\n";

	for (unsigned i = 0; i < 17; i++)
		sprintf(text + strlen(text),
				"- {id: r%u, title: T, origin: x, chance: 1/2, match: 1,\n"
				"   source: {packets: 1, percent: 1}}\n",
				i);
	expect_bytes(text, strlen(text), -E2BIG, "r.yaml:35", "more than 16 rules");
}

static void
expressions_name_the_place_of_what_is_wrong(void **state)
{
	expect_match("ip.id == ", 9, "a field, a number or \"(\" expected, not the end");
	expect_match("ip.id == == 3", 10,
			"a field, a number or \"(\" expected, not \"==\"");
	expect_match("ip.id 3", 7, "an operator expected, not \"3\"");
	expect_match("ip.id == 3)", 11, "an operator expected, not \")\"");
	expect_match("(ip.id == 3", 12, "an operator or \")\" expected, not the end");
	expect_match("ip.id == 08", 10, "a number with a leading zero: \"08\"");
	expect_match("ip.id == 0x", 10, "a number with a leading zero: \"0x\"");
	expect_match("ip.id == 0xg", 10, "not a number: \"0xg\"");
	expect_match("ip.id == 12ab", 10, "not a number: \"12ab\"");
	expect_match("ip.id == 4294967296", 10,
			"a number of more than 32 bits: \"4294967296\"");
	expect_match("ip.identification == 3", 1, "unknown name \"ip.identification\"");
	expect_match("SYN == 3", 1, "unknown name \"SYN\"");
	expect_match("ip.id = 3", 7, "no operator begins with \"=\"");
	expect_match("ip.id * 3", 7, "no operator begins with \"*\"");
	expect_match("tcp.options == \"mss", 16, "no closing quote after \"mss\"");
}

static void
operators_want_operands_of_one_type(void **state)
{
	static const char layout[] =
			"tcp.options is compared with a quoted layout, by == or != only";

	expect_match("ip.id == 1 == 1", 12,
			"== wants numbers, not a truth value (parentheses help)");
	expect_match("1 + (ip.id == 1)", 3,
			"+ wants numbers, not a truth value (parentheses help)");
	expect_match("'~(ip.id == 1)'", 2,
			"~ wants numbers, not a truth value (parentheses help)");
	expect_match("tcp.options == 3", 13, layout);
	expect_match("tcp.options == tcp.options", 13, layout);
	expect_match("tcp.options < \"mss\"", 13, layout);
	expect_match("tcp.options && 1", 13, layout);
	expect_match("'!tcp.options'", 2, layout);
	expect_match("tcp.options", 1, "a layout alone is neither true nor false");
}

static void
layouts_are_checked(void **state)
{
	static const char *const layouts[] = {"mss,", ",", "MSS", "mss;nop", "?", "?256",
			"?1234", "eol,nop", "mss, nop", " "};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(layouts); i++) {
		char match[64];

		snprintf(match, sizeof(match), "tcp.options == \"%s\"", layouts[i]);
		expect_match(match, 17,
				"not a layout: option names are mss ws sok sack ts nop eol "
				"?n, with commas between, eol at the end only, at most 40");
	}
}

static void
expressions_have_limits(void **state)
{
	char match[1200];

	memset(match, '(', 100);
	strcpy(match + 100, "1");
	expect_match(match, 65, "parentheses and prefixes more than 64 deep");
	memset(match, '1', 1001);
	match[1001] = '\0';
	expect_match(match, 1, "longer than 1000 characters");
}

/* The second rule needs again what the first one computed of each packet, 75 numbers. */
static void
rules_that_need_too_many_columns_are_refused(void **state)
{
	static const char *const signs[] = {"&&", "||"};
	char text[4096] = "version: 1\nfingerprints:\n";

	for (unsigned r = 0; r < 2; r++) {
		sprintf(text + strlen(text),
				"- {id: r%u, title: A, chance: 1/2, origin: x,\n"
				"   source: {packets: 1, percent: 1}, match: ip.id&1",
				r);
		for (unsigned i = 2; i <= 75; i++)
			sprintf(text + strlen(text), "%sip.id&%u", signs[r], i);
		strcat(text, "}\n");
	}
	expect_bytes(text, strlen(text), -E2BIG, "r.yaml:3",
			"the rules together are too long: in the rule r0, more than 64 "
			"numbers or truth values are to be kept at a time, for it and "
			"for those after it");
}

/* A term for each number from *value on, none of which another rule has. */
static void
append_terms(char *text, unsigned *value)
{
	char *begin = text + strlen(text);

	sprintf(begin, "ip.id&%u", (*value)++);
	while (strlen(begin) < 960)
		sprintf(begin + strlen(begin), "&&ip.id&%u", (*value)++);
}

static void
rules_of_too_many_steps_are_refused(void **state)
{
	char text[32768] = "version: 1\nfingerprints:\n";
	unsigned value = 1000;

	for (unsigned r = 0; r < 14; r++) {
		sprintf(text + strlen(text),
				"- {id: r%u, title: A, chance: 1/2, origin: x,\n"
				"   source: {packets: 1, percent: 1}, where: ",
				r);
		append_terms(text, &value);
		strcat(text, ", match: ");
		append_terms(text, &value);
		strcat(text, "}\n");
	}
	expect_bytes(text, strlen(text), -E2BIG, "r.yaml:19",
			"the rules together are too long: with the rule r8, more than "
			"4096 steps");
}

static void
folded_expressions_count_characters(void **state)
{
	expect_line("  match: ip.id ==\n    3 = 4", "r.yaml:8",
			"match, character 12: no operator begins with \"=\"");
}

static void
files_that_cannot_be_read_are_named(void **state)
{
	struct tt_fingerprints *set;
	struct tt_error err = {0};

	assert_int_equal(
			tt_fingerprints_open(&set, "/nonexistent/r.yaml", &err), -ENOENT);
	assert_string_equal(err.where, "/nonexistent/r.yaml");
	assert_int_equal(tt_fingerprints_open(&set, "/", &err), -EISDIR);
	assert_int_equal(tt_fingerprints_open(&set, "/dev/zero", &err), -EFBIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(files_that_are_not_rules_are_refused),
			cmocka_unit_test(rules_need_their_keys),
			cmocka_unit_test(values_are_checked),
			cmocka_unit_test(chances_and_numbers_are_checked),
			cmocka_unit_test(ids_are_unique),
			cmocka_unit_test(seventeen_rules_are_too_many),
			cmocka_unit_test(expressions_name_the_place_of_what_is_wrong),
			cmocka_unit_test(operators_want_operands_of_one_type),
			cmocka_unit_test(layouts_are_checked),
			cmocka_unit_test(expressions_have_limits),
			cmocka_unit_test(rules_that_need_too_many_columns_are_refused),
			cmocka_unit_test(rules_of_too_many_steps_are_refused),
			cmocka_unit_test(folded_expressions_count_characters),
			cmocka_unit_test(files_that_cannot_be_read_are_named),
	};

	return cmocka_run_group_tests_name("fingerprint_errors", tests, NULL, NULL);
}
