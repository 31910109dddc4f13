/* SPDX-License-Identifier: BSD-3-Clause */
/* A file that is no text of rules is refused by one line that says what it seems to be; any text is read. */
#include "rules_bed.h"

#include <unistd.h>

#define RULE "alert tcp any any -> any any (msg:\"a\"; sid:1;)\n"

struct file {
	const char *bytes;
	size_t n;
	const char *why; /* NULL: it is read */
};

#define FILE_OF(text, why)                    \
	{                                     \
		text, sizeof(text) - 1, (why) \
	}

static void
with_file(const struct file *file,
		void (*test)(const struct file *file, const char *path))
{
	char path[] = "/tmp/test_rules_files.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, file->bytes, file->n), file->n);
	close(fd);
	test(file, path);
	unlink(path);
}

static void
refused(const struct file *file, const char *path)
{
	const struct tt_rules_options vars = {.variables = path};
	const struct tt_rules_options classes = {.classification = path};
	struct tt_rules rules;
	struct tt_error err = {0};

	assert_int_equal(tt_rules_load(&rules, &path, 1, NULL, &err), -EINVAL);
	assert_string_equal(err.where, path);
	assert_string_equal(err.why, file->why);
	err = (struct tt_error){0};
	assert_int_equal(tt_rules_load(&rules, NULL, 0, &vars, &err), -EINVAL);
	assert_string_equal(err.why, file->why);
	err = (struct tt_error){0};
	assert_int_equal(tt_rules_load(&rules, NULL, 0, &classes, &err), -EINVAL);
	assert_string_equal(err.why, file->why);
}

static void
read_whole_file(const struct file *file, const char *path)
{
	struct tt_rules rules;
	struct tt_error err = {0};

	assert_int_equal(tt_rules_load(&rules, &path, 1, NULL, &err), 0);
	assert_int_equal(rules.n, 1);
	tt_rules_fini(&rules);
}

static void
archives_are_named(void **state)
{
	static const struct file files[] = {
			FILE_OF("\x1f\x8b\x08\0\0\0\0\0",
					"seems to be a gzip archive: unpack it"),
			FILE_OF("PK\3\4\x14\0", "seems to be a zip archive: unpack it"),
			FILE_OF("\xfd"
				"7zXZ\0",
					"seems to be an xz archive: unpack it"),
			FILE_OF("\x28\xb5\x2f\xfd",
					"seems to be a zstd archive: unpack it"),
			FILE_OF("BZh91AY&SY", "seems to be a bzip2 archive: unpack it"),
			FILE_OF("7z\xbc\xaf\x27\x1c",
					"seems to be a 7z archive: unpack it"),
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(files); i++)
		with_file(&files[i], refused);
}

static void
a_tar_of_rules_is_named(void **state)
{
	static const char *const magics[] = {"ustar\00000", "ustar  "};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(magics); i++) {
		char tar[1024] = "local.rules";

		memcpy(tar + 257, magics[i], 8);
		memcpy(tar + 512, RULE, sizeof(RULE) - 1);
		with_file(&(struct file){tar, sizeof(tar),
					  "seems to be a tar archive: unpack it"},
				refused);
	}
}

static void
a_word_where_a_tar_has_its_mark_is_a_word(void **state)
{
	char text[512];
	const int n = snprintf(text, sizeof(text), "#%256sustar\n" RULE, "");

	with_file(&(struct file){text, (size_t)n, NULL}, read_whole_file);
}

static void
pages_and_other_texts_are_named(void **state)
{
	static const struct file files[] = {
			FILE_OF("<!DOCTYPE html>\n<html>\n",
					"seems to be a web page (HTML)"),
			FILE_OF("\xef\xbb\xbf\r\n <HTML lang=\"en\"><head>",
					"seems to be a web page (HTML)"),
			FILE_OF("<?xml version=\"1.0\"?>\n<Error>",
					"seems to be XML or HTML"),
			FILE_OF("<!-- saved --><html>", "seems to be XML or HTML"),
			FILE_OF("<head><title>404", "seems to be XML or HTML"),
			FILE_OF("\xff\xfe#\0 \0\n\0",
					"seems to be text in UTF-16: UTF-8 is needed"),
			FILE_OF("\xfe\xff\0#\0\n",
					"seems to be text in UTF-16: UTF-8 is needed"),
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(files); i++)
		with_file(&files[i], refused);
}

static void
bytes_that_are_no_text_are_refused(void **state)
{
	static const struct file files[] = {
			FILE_OF("\x7f"
				"ELF\2\1\1\0\0",
					"seems to be no text: a byte of 0 at byte 7"),
			FILE_OF("%PDF-1.5\n\0",
					"seems to be no text: a byte of 0 at byte 9"),
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(files); i++)
		with_file(&files[i], refused);
}

static void
texts_of_rules_are_read(void **state)
{
	static const struct file files[] = {
			FILE_OF(RULE, NULL),
			FILE_OF("\xef\xbb\xbf" RULE, NULL),
			FILE_OF("# \xe3\x81\x82 \xff\x1f\x8b <html>\r\n" RULE, NULL),
			FILE_OF("BZ\n7z\nPK\n<\n" RULE, NULL),
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(files); i++)
		with_file(&files[i], read_whole_file);
}

/* Far behind the beginning, a byte of 0 makes no more than its own rule broken. */
static void
one_broken_rule_keeps_no_others_from_loading(void **state)
{
	static char text[8192];

	memset(text, '\n', sizeof(text));
	text[6000] = '\0';
	memcpy(text + 7000, RULE, sizeof(RULE) - 1);
	with_file(&(struct file){text, sizeof(text), NULL}, read_whole_file);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(archives_are_named),
			cmocka_unit_test(a_tar_of_rules_is_named),
			cmocka_unit_test(a_word_where_a_tar_has_its_mark_is_a_word),
			cmocka_unit_test(pages_and_other_texts_are_named),
			cmocka_unit_test(bytes_that_are_no_text_are_refused),
			cmocka_unit_test(texts_of_rules_are_read),
			cmocka_unit_test(one_broken_rule_keeps_no_others_from_loading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
