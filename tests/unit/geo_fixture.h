/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of lib/geo share: a directory of their own, files in it, expectations. */
#ifndef GEO_FIXTURE_H
#define GEO_FIXTURE_H

#include "seed.h"
#include "tt_geo.h"
#include "tt_time.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_geo.XXXXXX";

static inline const char *
write_file(const char *name, const char *text, size_t n)
{
	static char path[sizeof(dir) + 64];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, n, out), n);
	assert_int_equal(fclose(out), 0);
	return path;
}

static inline struct tt_geo *
open_geo(const char *paths)
{
	struct tt_error err = {0};
	struct tt_geo *geo = NULL;

	if (tt_geo_open(&geo, paths, tt_mem_heap(), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	return geo;
}

static inline const char *
country_of(const struct tt_geo *geo, const char *addr)
{
	static char text[3];
	struct tt_addr a;

	assert_int_equal(tt_addr_parse(addr, &a), 0);
	return tt_country_format(tt_geo_country(geo, a), text);
}

/* Both parts of the message are to be found in it. */
static inline void
expect_error(const char *paths, int code, const char *where, const char *why)
{
	struct tt_error err = {0};
	struct tt_geo *geo = NULL;

	assert_int_equal(tt_geo_open(&geo, paths, tt_mem_heap(), &err), code);
	assert_null(geo);
	if (strstr(err.where, where) == NULL || strstr(err.why, why) == NULL)
		fail_msg("\"%s: %s\" lacks \"%s\" or \"%s\"", err.where, err.why, where,
				why);
}

static inline int
make_dir(void **state)
{
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static inline int
remove_dir(void **state)
{
	DIR *list = opendir(dir);
	struct dirent *entry;

	if (list == NULL)
		return -1;
	while ((entry = readdir(list)) != NULL)
		unlinkat(dirfd(list), entry->d_name, 0);
	closedir(list);
	return rmdir(dir);
}

#endif
