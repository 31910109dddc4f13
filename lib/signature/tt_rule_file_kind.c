/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file that is given as one of rules is, where it is none: by the first bytes that its kind has. */
#include "tt_rule_file.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#define TEXT_BYTES   4096 /* looked at for a byte of 0 */
#define TAR_MAGIC_AT 257
#define TAR          "a tar archive: unpack it"

struct kind {
	const char *begin;
	size_t n, at;
	const char *what;
};

#define KIND(begin, at, what)                        \
	{                                            \
		(begin), sizeof(begin) - 1, at, what \
	}
#define ARCHIVE(begin, name) KIND(begin, 0, name " archive: unpack it")

static const struct kind kinds[] = {
		ARCHIVE("\x1f\x8b", "a gzip"),
		ARCHIVE("PK\3\4", "a zip"),
		ARCHIVE("\xfd"
			"7zXZ\0",
				"an xz"),
		ARCHIVE("\x28\xb5\x2f\xfd", "a zstd"),
		ARCHIVE("BZh", "a bzip2"),
		ARCHIVE("7z\xbc\xaf\x27\x1c", "a 7z"),
		KIND("ustar\0", TAR_MAGIC_AT, TAR),
		KIND("ustar  \0", TAR_MAGIC_AT, TAR), /* GNU's */
		KIND("\xff\xfe", 0, "text in UTF-16: UTF-8 is needed"),
		KIND("\xfe\xff", 0, "text in UTF-16: UTF-8 is needed"),
};

static bool
is_kind(const struct kind *kind, const char *bytes, size_t n)
{
	return n >= kind->at + kind->n
			&& memcmp(bytes + kind->at, kind->begin, kind->n) == 0;
}

/* Of texts with marks; no line of rules begins with one. */
static const char *
marked(const char *text)
{
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	text += strspn(text, " \t\r\n");
	if (strncasecmp(text, "<!doctype html", 14) == 0
			|| strncasecmp(text, "<html", 5) == 0)
		return "a web page (HTML)";
	if (text[0] == '<'
			&& (text[1] == '?' || text[1] == '!'
					|| isalpha((uint8_t)text[1])))
		return "XML or HTML";
	return NULL;
}

int
tt_rule_file_check(const char *path, const char *bytes, size_t n, struct tt_error *err)
{
	const char *what = marked(bytes);
	const char *zero;

	for (unsigned i = 0; what == NULL && i < TT_ARRAY_SIZE(kinds); i++)
		if (is_kind(&kinds[i], bytes, n))
			what = kinds[i].what;
	if (what != NULL)
		return tt_error_set(err, -EINVAL, path, "seems to be %s", what);
	zero = memchr(bytes, 0, n < TEXT_BYTES ? n : TEXT_BYTES);
	if (zero == NULL)
		return 0;
	return tt_error_set(err, -EINVAL, path,
			"seems to be no text: a byte of 0 at byte %td", zero - bytes);
}
