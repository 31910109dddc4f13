/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_hive.h"
#include "tt_export_out.h"
#include "tt_time.h"

#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#define SUFFIX         ".parquet"
#define NAME_MAX_BYTES (2 * TT_TIME_TEXT_MAX + 16)

static void
format_name(char name[NAME_MAX_BYTES], int64_t start_us, int64_t end_us)
{
	char start[TT_TIME_TEXT_MAX], end[TT_TIME_TEXT_MAX];

	snprintf(name, NAME_MAX_BYTES, "%s--%s" SUFFIX,
			tt_time_format_compact(start_us, start),
			tt_time_format_compact(end_us, end));
}

/* Parses the same. Returns false for any other name. */
static bool
parse_name(const char *name, int64_t *start_us, int64_t *end_us)
{
	char text[NAME_MAX_BYTES], *between, *suffix;

	if (snprintf(text, sizeof(text), "%s", name) >= (int)sizeof(text))
		return false;
	between = strstr(text, "--");
	suffix = strstr(text, SUFFIX);
	if (between == NULL || suffix == NULL || strcmp(suffix, SUFFIX) != 0)
		return false;
	*between = *suffix = '\0';
	return tt_time_parse_compact(text, start_us) == 0
			&& tt_time_parse_compact(between + 2, end_us) == 0;
}

/* Looks at each file that holds a part of the span. Returns -EEXIST where one holds more. */
static int
check_span(DIR *dir, const char *path, int64_t start_us, int64_t end_us,
		struct tt_error *err)
{
	const struct dirent *entry;

	while ((entry = readdir(dir)) != NULL) {
		int64_t start, end;

		if (!parse_name(entry->d_name, &start, &end) || start >= end_us
				|| end <= start_us
				|| (start >= start_us && end <= end_us))
			continue;
		tt_error_set(err, -EEXIST, entry->d_name,
				"holds a part of the same time, and more");
		tt_error_at(err, "%s", path);
		return -EEXIST;
	}
	return 0;
}

/* Removes the files within the span of the one called `name`, which is whole and durable. */
static int
remove_replaced(DIR *dir, const char *path, const char *name, int64_t start_us,
		int64_t end_us, struct tt_error *err)
{
	const struct dirent *entry;
	bool any = false;

	rewinddir(dir);
	while ((entry = readdir(dir)) != NULL) {
		int64_t start, end;

		if (!parse_name(entry->d_name, &start, &end) || start < start_us
				|| end > end_us || strcmp(entry->d_name, name) == 0)
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) != 0)
			return tt_error_set(err, -errno, path, "%s: %s", entry->d_name,
					strerror(errno));
		any = true;
	}
	if (any && fsync(dirfd(dir)) != 0)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	return 0;
}

int
tt_hive_publish(const char *path, const char *tmp, int64_t start_us, int64_t end_us,
		struct tt_error *err)
{
	char name[NAME_MAX_BYTES], *final;
	DIR *dir = opendir(path);
	int ret;

	if (dir == NULL) {
		ret = tt_error_set(err, -errno, path, "%s", strerror(errno));
		unlink(tmp);
		return ret;
	}
	format_name(name, start_us, end_us);
	if (asprintf(&final, "%s/%s", path, name) < 0)
		final = NULL;
	ret = final == NULL ? tt_error_set(err, -ENOMEM, path, "out of memory")
			    : check_span(dir, path, start_us, end_us, err);
	if (ret != 0)
		unlink(tmp);
	if (ret == 0)
		ret = tt_out_publish(tmp, final, err);
	if (ret == 0)
		ret = remove_replaced(dir, path, name, start_us, end_us, err);
	closedir(dir);
	free(final);
	return ret;
}
