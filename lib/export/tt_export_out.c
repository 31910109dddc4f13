/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_export_out.h"
#include "tt_time.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define STANDARD_OUTPUT "standard output"

static int
failed(const char *path, int code, struct tt_error *err)
{
	return tt_error_set(err, -code, path, "%s", strerror(code));
}

char *
tt_out_hidden(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	char *tmp;

	if (asprintf(&tmp, "%.*s.%s.%d.tmp", (int)(name - path), path, name,
			    (int)getpid())
			< 0)
		return NULL;
	return tmp;
}

int
tt_out_make_dirs(const char *path, struct tt_error *err)
{
	char *copy = strdup(path);
	int ret = 0;

	if (copy == NULL)
		return failed(path, ENOMEM, err);
	for (char *p = copy + 1; ret == 0 && p[-1] != '\0'; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0777) != 0 && errno != EEXIST)
			ret = failed(copy, errno, err);
		*p = c;
	}
	free(copy);
	return ret;
}

int
tt_out_may_replace(const char *path, struct tt_error *err)
{
	struct stat st;

	if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
		return 0;
	if (S_ISDIR(st.st_mode))
		return failed(path, EISDIR, err);
	return tt_error_set(err, -EINVAL, path, "not a regular file");
}

/* Makes the name of a file durable. */
static int
sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash == NULL ? strdup(".")
				     : strndup(path, (size_t)(slash - path) + 1);
	int fd = parent == NULL ? -1 : open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int code = fd < 0 || fsync(fd) != 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	free(parent);
	return code;
}

int
tt_out_publish(const char *tmp, const char *path, struct tt_error *err)
{
	int fd = open(tmp, O_RDONLY | O_CLOEXEC);
	int code = fd < 0 || fsync(fd) != 0 || rename(tmp, path) != 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	if (code == 0)
		code = sync_parent(path);
	else
		unlink(tmp);
	return code == 0 ? 0 : failed(path, code, err);
}

/* Opens what is to be written; a device or a pipe is written as it is. */
static int
open_file(struct tt_out *out)
{
	struct stat st;

	if (stat(out->path, &st) == 0 && !S_ISREG(st.st_mode)) {
		out->fd = open(out->path, O_WRONLY | O_CLOEXEC);
		return out->fd < 0 ? errno : 0;
	}
	out->tmp = tt_out_hidden(out->path);
	if (out->tmp == NULL)
		return ENOMEM;
	out->fd = open(out->tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return out->fd < 0 ? errno : 0;
}

static void
forget(struct tt_out *out)
{
	free(out->path);
	free(out->tmp);
	out->path = out->tmp = NULL;
	out->fd = -1;
}

int
tt_out_open(struct tt_out *out, const char *path, struct tt_error *err)
{
	int code = 0;

	out->fd = STDOUT_FILENO;
	out->used = 0;
	out->failed = 0;
	out->tmp = NULL;
	out->path = strdup(path == NULL ? STANDARD_OUTPUT : path);
	if (out->path == NULL)
		code = ENOMEM;
	else if (path != NULL)
		code = open_file(out);
	if (code == 0)
		return 0;
	forget(out);
	return failed(path == NULL ? STANDARD_OUTPUT : path, code, err);
}

void
tt_out_flush(struct tt_out *out)
{
	const uint8_t *at = out->bytes;

	while (out->used > 0 && out->failed == 0) {
		ssize_t n = write(out->fd, at, out->used);

		if (n <= 0) {
			out->failed = n < 0 ? errno : EIO;
			break;
		}
		at += n;
		out->used -= (size_t)n;
	}
	out->used = 0;
}

void
tt_out_bytes(struct tt_out *out, const void *bytes, size_t n)
{
	const uint8_t *at = bytes;

	while (n > TT_OUT_BYTES - out->used) {
		size_t part = TT_OUT_BYTES - out->used;

		memcpy(out->bytes + out->used, at, part);
		out->used += part;
		at += part;
		n -= part;
		tt_out_flush(out);
	}
	memcpy(out->bytes + out->used, at, n);
	out->used += n;
}

void
tt_out_int(struct tt_out *out, int64_t value)
{
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char text[20], *at = text + sizeof(text);

	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		tt_out_char(out, '-');
	tt_out_bytes(out, at, (size_t)(text + sizeof(text) - at));
}

size_t
tt_out_format_time(char text[TT_OUT_TIME_MAX], int64_t us, char quote)
{
	const char quotes[] = {quote, '\0'};
	char time[TT_TIME_TEXT_MAX];

	/* An interval may end after the last time that a packet can have. */
	if (us < TT_TIME_MIN || us > TT_TIME_MAX + TT_US_PER_YEAR)
		return (size_t)snprintf(text, TT_OUT_TIME_MAX, "%lld", (long long)us);
	return (size_t)snprintf(text, TT_OUT_TIME_MAX, "%s%s%s", quotes,
			tt_time_format(us, time), quotes);
}

void
tt_out_time(struct tt_out *out, int64_t us, char quote)
{
	char text[TT_OUT_TIME_MAX];

	tt_out_bytes(out, text, tt_out_format_time(text, us, quote));
}

int
tt_out_check(const struct tt_out *out, struct tt_error *err)
{
	return TT_LIKELY(out->failed == 0) ? 0 : failed(out->path, out->failed, err);
}

int
tt_out_finish(struct tt_out *out, struct tt_error *err)
{
	int ret;

	tt_out_flush(out);
	if (out->failed == 0 && out->fd != STDOUT_FILENO && close(out->fd) != 0)
		out->failed = errno;
	ret = tt_out_check(out, err);
	if (ret != 0) {
		tt_out_abandon(out);
		return ret;
	}
	if (out->tmp != NULL)
		ret = tt_out_publish(out->tmp, out->path, err);
	forget(out);
	return ret;
}

void
tt_out_abandon(struct tt_out *out)
{
	if (out->fd < 0)
		return;
	if (out->fd != STDOUT_FILENO)
		close(out->fd);
	if (out->tmp != NULL)
		unlink(out->tmp);
	forget(out);
}
