/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_hash.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a line, what tells it from all others: up to its time. */
static uint64_t
hash_of(const char *line)
{
	const char *end = strstr(line, ",\"time\"");
	size_t n = end == NULL ? strlen(line) : (size_t)(end - line);
	uint64_t hash = n;

	for (size_t i = 0; i < n; i++)
		hash = tt_hash_mix(hash ^ (uint8_t)line[i]);
	return hash;
}

/* Notes what the file has. Returns 0 or a negative errno; *whole: bytes of its whole lines. */
static int
read_said(struct watch_out *out, off_t *whole)
{
	FILE *file = fopen(out->path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int ret = 0;

	*whole = 0;
	if (file == NULL)
		return errno == ENOENT ? 0 : -errno;
	while (ret == 0 && (n = getline(&line, &room, file)) > 0) {
		if (line[n - 1] != '\n')
			break;
		*whole += n;
		ret = tt_known_add_one(&out->said, hash_of(line), 0);
	}
	if (ret == 0 && ferror(file))
		ret = -EIO;
	free(line);
	fclose(file);
	return ret;
}

/* Is it anything but a file, such as a pipe? What that had is not there to be read. */
static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* A file is cut after its last whole line. */
static int
open_file(struct watch_out *out)
{
	bool special = is_special(out->path);
	off_t whole = 0, size;
	int ret, fd;

	ret = special ? 0 : read_said(out, &whole);
	if (ret != 0)
		return ret;
	fd = open(out->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	size = special ? 0 : lseek(fd, 0, SEEK_END);
	if ((size > whole && ftruncate(fd, whole) != 0)
			|| (out->file = fdopen(fd, "a")) == NULL) {
		ret = -errno;
		close(fd);
	}
	return ret;
}

int
watch_out_open(struct watch_out *out, const char *path, struct tt_error *err)
{
	int ret;

	*out = (struct watch_out){.path = path, .file = stdout};
	if (path == NULL)
		return 0;
	ret = open_file(out);
	if (ret != 0)
		tt_error_set(err, ret, path, "%s", strerror(-ret));
	return ret;
}

int
watch_out_write(struct watch_out *out, const char *line, struct tt_error *err)
{
	const char *name = out->path == NULL ? "standard output" : out->path;
	int ret;

	if (tt_known_has(&out->said, hash_of(line)))
		return 0;
	errno = 0;
	if (fprintf(out->file, "%s\n", line) > 0 && fflush(out->file) == 0)
		return 0;
	if (tool_reader_gone(out->file))
		return tt_error_set(err, -EPIPE, name, "the reader is gone");
	ret = errno == 0 ? -EIO : -errno;
	return tt_error_set(err, ret, name, "%s", strerror(-ret));
}

void
watch_out_close(struct watch_out *out)
{
	if (out->path != NULL && out->file != NULL)
		fclose(out->file);
	tt_known_fini(&out->said);
}
