/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Standard input that is a pipe. Captures are read twice (reading.h), so what it gives is kept until then: in a file without a name in the spool, where
 * there is to be room for snapshots anyway, and which is gone with the program, however it ends. The file takes the place of standard input, whose
 * name opens it again, from its start.
 */
#include "reading.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (64 * 1024)

/* With so much, nearly every capture can be told from what is none, or cannot be read: of the latter much may follow in vain. */
#define CHECKED_AT (1024 * 1024)

/* Where the file system knows no files without a name, or a kernel before 3.11 does not, one whose name is removed at once. */
static int
open_unnamed(const char *directory)
{
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char *path;

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	if (asprintf(&path, "%s/.read-XXXXXX", directory) < 0)
		return -1;
	fd = mkstemp(path);
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

static int
write_all(const uint8_t *from, size_t n)
{
	while (n > 0) {
		ssize_t done = write(STDIN_FILENO, from, n);

		if (done < 0 && errno != EINTR)
			return -errno;
		from += done < 0 ? 0 : done;
		n -= done < 0 ? 0 : (size_t)done;
	}
	return 0;
}

/* Until the pipe ends. */
static int
copy(const char *directory, struct input *input, int pipe, struct tt_error *err)
{
	uint8_t chunk[CHUNK];
	int ret = 0;

	while (ret == 0) {
		const uint64_t before = input->bytes;
		ssize_t n = read(pipe, chunk, sizeof(chunk));

		ret = stop_wanted(err);
		if (ret != 0 || n == 0)
			break;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return tt_error_set(
					err, -errno, input->path, "%s", strerror(errno));
		ret = write_all(chunk, (size_t)n);
		if (ret != 0)
			return tt_error_set(err, ret, directory,
					"has no room for more than %" PRIu64
					" bytes of standard input, which is kept there until it was read: %s",
					(uint64_t)lseek(STDIN_FILENO, 0, SEEK_CUR),
					strerror(-ret));
		input->bytes += (uint64_t)n;
		if (before < CHECKED_AT && input->bytes >= CHECKED_AT)
			ret = tt_capfile_may_begin(input->path, err);
	}
	return ret;
}

int
reading_keep_pipe(const struct reading *r, struct input *input, struct tt_error *err)
{
	char *directory;
	int pipe = -1, file = -1, ret = 0;

	if (asprintf(&directory, "%s/%s", r->config.spool, r->config.sensor) < 0)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	file = open_unnamed(directory);
	if (file >= 0)
		pipe = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (pipe < 0 || dup2(file, STDIN_FILENO) < 0)
		ret = tt_error_set(err, -errno, directory,
				"cannot keep standard input there: %s", strerror(errno));
	if (ret == 0) {
		printf("standard input is a pipe: kept in %s until it was read\n",
				directory);
		fflush(stdout);
		ret = copy(directory, input, pipe, err);
	}
	if (file >= 0)
		close(file);
	if (pipe >= 0)
		close(pipe);
	free(directory);
	return ret;
}
