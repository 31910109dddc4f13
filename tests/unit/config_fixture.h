/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of lib/config share: one file to load, short ways to set and to expect. */
#ifndef CONFIG_FIXTURE_H
#define CONFIG_FIXTURE_H

#include "tt_config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/test_config.XXXXXX";

static inline void
write_yaml(const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

static inline void
start(struct tt_config *config)
{
	assert_int_equal(tt_config_init(config, NULL), 0);
}

static inline void
expect_in(const struct tt_error *err, const char *where, const char *why)
{
	if (strstr(err->where, where) == NULL || strstr(err->why, why) == NULL)
		fail_msg("\"%s: %s\" lacks \"%s\" or \"%s\"", err->where, err->why, where,
				why);
	assert_null(strchr(err->why, '\n'));
}

static inline void
set(struct tt_config *config, const char *option, const char *value)
{
	struct tt_error err = {0};

	if (tt_config_set(config, option, value, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

static inline int
make_file(void **state)
{
	int fd = mkstemp(path);

	return fd < 0 ? -1 : close(fd);
}

static inline int
remove_file(void **state)
{
	return unlink(path);
}

#endif
