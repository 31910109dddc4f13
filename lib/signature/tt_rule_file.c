/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_rule_file.h"

#include <errno.h>
#include <string.h>

#define BYTES_MAX ((size_t)1 << 30)

static int
read_all(FILE *f, char **bytes, size_t *n)
{
	size_t room = 64 * 1024;
	char *text = malloc(room);

	*n = 0;
	while (text != NULL) {
		size_t got;
		char *more;

		errno = 0;
		got = fread(text + *n, 1, room - 1 - *n, f);
		*n += got;
		if (got == 0 || *n > BYTES_MAX)
			break;
		if (*n < room - 1)
			continue;
		room *= 2;
		more = realloc(text, room);
		if (more == NULL)
			free(text);
		text = more;
	}
	if (text == NULL)
		return -ENOMEM;
	*bytes = text;
	if (ferror(f))
		return errno == 0 ? -EIO : -errno;
	if (*n > BYTES_MAX)
		return -EFBIG;
	text[*n] = '\0';
	return 0;
}

int
tt_rule_file_read(const char *path, char **bytes, size_t *n, struct tt_error *err)
{
	FILE *f = fopen(path, "re");
	int ret;

	*bytes = NULL;
	if (f == NULL)
		return tt_error_set(err, -errno, path[0] == '\0' ? "\"\"" : path, "%s",
				strerror(errno));
	ret = read_all(f, bytes, n);
	fclose(f);
	if (ret != 0)
		tt_error_set(err, ret, path, "%s", strerror(-ret));
	else
		ret = tt_rule_file_check(path, *bytes, *n, err);
	if (ret == 0)
		return 0;
	free(*bytes);
	*bytes = NULL;
	return ret;
}
