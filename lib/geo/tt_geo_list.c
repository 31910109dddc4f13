/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_geo_source.h"

#include <errno.h>
#include <string.h>

struct list {
	const char *who, *paths;
	tt_geo_reader *read;
	struct tt_geo_starts4 *v4;
	struct tt_geo_ranges *v6;
	char *identity;
	size_t size;
	struct tt_error *err;
};

static int
read_file(const struct list *l, const char *path)
{
	struct tt_geo_file file;
	int ret = tt_geo_file_read(&file, path, l->err);

	if (ret != 0)
		return ret;
	ret = l->read(&file, l->v4, l->v6, l->err);
	if (ret == 0)
		tt_geo_file_identify(&file, l->identity, l->size);
	tt_geo_file_fini(&file);
	return ret;
}

static int
read_element(const struct list *l, char *path)
{
	size_t n;

	path += strspn(path, " \t\n");
	n = strlen(path);
	while (n > 0 && strchr(" \t\n", path[n - 1]) != NULL)
		path[--n] = '\0';
	if (n == 0)
		return tt_error_set(l->err, -EINVAL, l->who, "empty file name in \"%s\"",
				l->paths);
	return read_file(l, path);
}

static int
read_all(const struct list *l)
{
	char *copy = strdup(l->paths), *rest = copy, *path;
	int ret = 0;

	if (copy == NULL)
		return tt_error_set(l->err, -ENOMEM, l->who, "out of memory");
	while (ret == 0 && (path = strsep(&rest, ",")) != NULL)
		ret = read_element(l, path);
	free(copy);
	return ret;
}

int
tt_geo_list_read(const char *who, const char *paths, tt_geo_reader *read,
		struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6, char *identity,
		size_t size, struct tt_error *err)
{
	struct list l = {who, paths, read, v4, v6, identity, size, err};
	int ret;

	identity[0] = '\0';
	if (paths == NULL || paths[0] == '\0') {
		snprintf(identity, size, "none");
		return 0;
	}
	ret = read_all(&l);
	tt_geo_ranges_compact(v6);
	return ret;
}
