/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int
failed(const struct tt_parquet_sink *sink, int error, const char *what,
		struct tt_error *err)
{
	return tt_error_set(err, -error, sink->name, "%s: %s", what, strerror(error));
}

int
tt_parquet_sink_open(struct tt_parquet_sink *sink, int dir_fd, const char *name,
		struct tt_error *err)
{
	sink->name = name;
	sink->offset = 0;
	tt_sha256_begin(&sink->sha256);
	sink->fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (sink->fd < 0)
		return failed(sink, errno, "cannot create", err);
	return 0;
}

int
tt_parquet_sink_write(struct tt_parquet_sink *sink, const void *bytes, size_t n,
		struct tt_error *err)
{
	const uint8_t *at = bytes;
	size_t left = n;

	while (left > 0) {
		ssize_t done = write(sink->fd, at, left);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return failed(sink, done < 0 ? errno : EIO, "cannot write", err);
		at += done;
		left -= (size_t)done;
	}
	tt_sha256_add(&sink->sha256, bytes, n);
	sink->offset += (int64_t)n;
	return 0;
}

int
tt_parquet_sink_close(struct tt_parquet_sink *sink, bool sync, char hex[65],
		struct tt_error *err)
{
	int ret = 0;

	if (sync && fsync(sink->fd) < 0)
		ret = failed(sink, errno, "cannot sync", err);
	if (close(sink->fd) < 0 && ret == 0)
		ret = failed(sink, errno, "cannot close", err);
	sink->fd = -1;
	if (hex != NULL)
		tt_sha256_end(&sink->sha256, hex);
	return ret;
}
