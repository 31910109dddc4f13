/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_capstream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
open_fd(struct tt_capstream *s, const char *path, struct tt_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat st = {0};
	int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return tt_error_set(err, -errno, s->name, "%s", strerror(errno));
	if (fstat(fd, &st) < 0 || S_ISDIR(st.st_mode)) {
		rc = S_ISDIR(st.st_mode) ? -EISDIR : -errno;
		close(fd);
		return tt_error_set(err, rc, s->name, "%s", strerror(-rc));
	}
	s->regular = S_ISREG(st.st_mode) && !is_stdin;
	s->file_size = S_ISREG(st.st_mode) ? st.st_size : 0;
	return fd;
}

static int
open_buffers(struct tt_capstream *s, size_t chunk, struct tt_error *err)
{
	for (unsigned i = 0; i < 2; i++) {
		s->buffers[i] = malloc(chunk);
		s->sizes[i] = chunk;
	}
	if (s->buffers[0] == NULL || s->buffers[1] == NULL)
		return tt_error_set(err, -ENOMEM, s->name, "no memory to read it");
	s->start = s->at = s->end = s->buffers[0];
	return 0;
}

int
tt_capstream_open(struct tt_capstream *s, const char *path, size_t chunk,
		struct tt_error *err)
{
	int fd, rc;

	memset(s, 0, sizeof(*s));
	s->name = strdup(strcmp(path, "-") == 0 ? "standard input" : path);
	if (s->name == NULL)
		return tt_error_set(err, -ENOMEM, path, "no memory to read it");
	rc = fd = open_fd(s, path, err);
	if (fd >= 0)
		rc = tt_capcodec_open(&s->codec, fd, s->name, err);
	if (rc >= 0)
		rc = open_buffers(s, chunk, err);
	if (rc < 0)
		tt_capstream_close(s);
	return rc < 0 ? rc : 0;
}

void
tt_capstream_close(struct tt_capstream *s)
{
	tt_capcodec_close(s->codec);
	free(s->buffers[0]);
	free(s->buffers[1]);
	free(s->name);
	memset(s, 0, sizeof(*s));
}

/* Brings what is left to the start of the buffer that this burst may use, made at least n
 * bytes large. */
static int
make_room(struct tt_capstream *s, size_t n, struct tt_error *err)
{
	unsigned to = s->turned ? s->current : s->current ^ 1;
	size_t left = tt_capstream_left(s), skipped = s->at - s->start;
	uint8_t *buffer = s->buffers[to];

	if (to == s->current)
		memmove(buffer, s->at, left);
	if (s->sizes[to] < n) {
		buffer = realloc(buffer, n);
		if (buffer == NULL)
			return tt_error_set(err, -ENOMEM, s->name,
					"no memory for a record of %zu bytes", n);
		s->buffers[to] = buffer;
		s->sizes[to] = n;
	}
	if (to != s->current)
		memcpy(buffer, s->at, left);
	s->start_offset += skipped;
	s->start = s->at = buffer;
	s->end = buffer + left;
	s->current = to;
	s->turned = true;
	return 0;
}

static void
read_more(struct tt_capstream *s)
{
	size_t used = s->end - s->start;
	ssize_t got = tt_capcodec_read(s->codec, s->buffers[s->current] + used,
			s->sizes[s->current] - used, &s->why);

	if (got > 0)
		s->end += got;
	else
		s->ended = true;
	if (got < 0)
		s->status = got;
}

int
tt_capstream_fill(struct tt_capstream *s, size_t n, struct tt_error *err)
{
	int rc;

	if (tt_capstream_left(s) >= n)
		return 1;
	if (!s->ended) {
		rc = make_room(s, n, err);
		if (rc < 0)
			return rc;
	}
	while (tt_capstream_left(s) < n && !s->ended)
		read_more(s);
	if (tt_capstream_left(s) >= n)
		return 1;
	if (s->status < 0 && err != NULL)
		*err = s->why;
	return s->status;
}

int
tt_capstream_skip(struct tt_capstream *s, size_t n, struct tt_error *err)
{
	int rc = 1;

	while (n > 0 && (rc = tt_capstream_fill(s, 1, err)) > 0) {
		size_t step = tt_capstream_left(s) < n ? tt_capstream_left(s) : n;

		s->at += step;
		n -= step;
	}
	return rc;
}

uint64_t
tt_capstream_consumed(const struct tt_capstream *s)
{
	return tt_capcodec_consumed(s->codec);
}

enum tt_capcodec_kind
tt_capstream_kind(const struct tt_capstream *s)
{
	return tt_capcodec_kind(s->codec);
}
