/* SPDX-License-Identifier: BSD-3-Clause */
#include "stop.h"
#include "tt_hash.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a line, what tells it from all others: up to its time. */
static uint64_t
hash_of(const char *line)
{
	const char *end = strstr(line, ",\"time\"");

	return watch_hash(line, end == NULL ? strlen(line) : (size_t)(end - line));
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
		return -errno;
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

/* A file is cut after its last whole line. */
static int
take_up(struct watch_out *out)
{
	off_t whole = 0;
	int ret;

	if (flock(out->fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	ret = read_said(out, &whole);
	if (ret == 0 && lseek(out->fd, 0, SEEK_END) > whole
			&& ftruncate(out->fd, whole) != 0)
		ret = -errno;
	return ret;
}

/* Anything but a file, such as a pipe, has nothing that could be read. */
static int
open_file(struct watch_out *out)
{
	struct stat st;

	out->fd = open(out->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (out->fd < 0 || fstat(out->fd, &st) != 0)
		return -errno;
	out->is_file = S_ISREG(st.st_mode);
	return out->is_file ? take_up(out) : 0;
}

int
watch_out_open(struct watch_out *out, const char *path, struct tt_error *err)
{
	int ret;

	*out = (struct watch_out){.path = path, .fd = STDOUT_FILENO};
	if (path == NULL)
		return 0;
	ret = open_file(out);
	if (ret == -EBUSY)
		return tt_error_set(err, ret, path, "another watch writes to it");
	if (ret != 0)
		tt_error_set(err, ret, path, "%s", strerror(-ret));
	return ret;
}

int
watch_out_add(struct watch_out *out, char *line)
{
	bool had = tt_known_has(&out->said, hash_of(line));
	char **more, *text;

	if (had) {
		free(line);
		return 0;
	}
	if (asprintf(&text, "%s\n", line) < 0)
		text = NULL;
	free(line);
	more = reallocarray(out->lines, out->n + 1, sizeof(*more));
	if (more != NULL)
		out->lines = more;
	if (more == NULL || text == NULL) {
		free(text);
		return -ENOMEM;
	}
	more[out->n++] = text;
	return 0;
}

/* Writes some of what is left of the first line. Returns 0 or a negative errno. */
static int
write_some(struct watch_out *out)
{
	const char *text = out->lines[0] + out->done;
	ssize_t n = write(out->fd, text, strlen(text));
	struct pollfd fd = {.fd = out->fd, .events = POLLOUT};

	if (n >= 0) {
		out->done += (size_t)n;
		return 0;
	}
	/* A pipe that was made not to wait. */
	if (errno == EAGAIN && poll(&fd, 1, -1) >= 0)
		return 0;
	return errno == EINTR ? 0 : -errno;
}

/* Writes the first line. What was written of it stays, and is gone on with the next time. */
static int
write_first(struct watch_out *out, struct tt_error *err)
{
	int ret = 0;

	while (ret == 0 && out->lines[0][out->done] != '\0') {
		ret = stop_wanted(err);
		if (ret == 0)
			ret = write_some(out);
	}
	if (ret != 0)
		return ret;
	free(out->lines[0]);
	memmove(out->lines, out->lines + 1, --out->n * sizeof(*out->lines));
	out->done = 0;
	return 0;
}

int
watch_out_flush(struct watch_out *out, struct tt_error *err)
{
	const char *name = out->path == NULL ? "standard output" : out->path;
	int ret = 0;

	while (ret == 0 && out->n > 0)
		ret = write_first(out, err);
	if (ret != 0 && ret != -EINTR)
		tt_error_set(err, ret, name, "%s", strerror(-ret));
	return ret;
}

void
watch_out_close(struct watch_out *out)
{
	for (size_t i = 0; i < out->n; i++)
		free(out->lines[i]);
	free(out->lines);
	if (out->path != NULL && out->fd >= 0)
		close(out->fd);
	tt_known_fini(&out->said);
}
