/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of lib/config share: one file to load, short ways to set and to expect. */
#ifndef CONFIG_FIXTURE_H
#define CONFIG_FIXTURE_H

#include "tt_config_option.h"

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

/* A YAML file of this text, with an error that names the file as well as `where` in it. */
static inline void
expect_refused(const char *text, const char *where, const char *why)
{
	struct tt_error err = {0};
	struct tt_config config;

	start(&config);
	write_yaml(text);
	assert_int_equal(tt_config_load(&config, path, &err), -EINVAL);
	expect_in(&err, where, why);
	assert_non_null(strstr(err.where, path));
	tt_config_fini(&config);
}

static inline void
set(struct tt_config *config, const char *option, const char *value)
{
	struct tt_error err = {0};

	if (tt_config_set(config, option, value, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

/* Have both the same value of the option, or neither one? */
static inline bool
same_option(const struct tt_config *a, const struct tt_config *b,
		const struct tt_config_option *option)
{
	static const size_t bytes[] = {[TT_CONFIG_SECONDS] = sizeof(int64_t),
			[TT_CONFIG_LARGE] = sizeof(uint64_t),
			[TT_CONFIG_SIZE] = sizeof(uint64_t),
			[TT_CONFIG_COUNT] = sizeof(unsigned),
			[TT_CONFIG_FLAG] = sizeof(bool)};
	const void *left = tt_config_field(a, option);
	const void *right = tt_config_field(b, option);

	if (option->kind != TT_CONFIG_TEXT)
		return memcmp(left, right, bytes[option->kind]) == 0;
	left = *(char *const *)left;
	right = *(char *const *)right;
	return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

static inline void
expect_same(const struct tt_config *a, const struct tt_config *b)
{
	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++)
		if (!same_option(a, b, &tt_config_options[i]))
			fail_msg("%s is not the same", tt_config_options[i].name);
}

static inline void
make_complete(struct tt_config *config)
{
	start(config);
	set(config, "spool", "/var/spool/teiten");
	set(config, "monitored", "192.0.2.0/24");
	set(config, "sensor", "s");
	set(config, "geo", "none");
	set(config, "asn", "none");
	set(config, "fingerprints", "none");
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
