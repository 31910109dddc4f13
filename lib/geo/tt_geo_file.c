/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_geo_source.h"
#include "tt_sha256.h"
#include "tt_time.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HUGE_PAGE ((size_t)2 << 20)

static int
read_all(int fd, uint8_t *bytes, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(fd, bytes + done, n - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -EIO;
		done += (size_t)got;
	}
	return 0;
}

void *
tt_geo_take(size_t n)
{
	/* C11 asks for whole multiples of the alignment. */
	void *bytes = n < HUGE_PAGE
			? malloc(n)
			: aligned_alloc(HUGE_PAGE,
					(n + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);

	if (bytes != NULL && n >= HUGE_PAGE)
		madvise(bytes, n / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
	return bytes;
}

static int
read_open_file(struct tt_geo_file *file, int fd, struct tt_error *err)
{
	struct stat st;
	int ret;

	if (fstat(fd, &st) != 0)
		return tt_error_set(err, -errno, file->path, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return tt_error_set(err, -EINVAL, file->path, "not a regular file");
	if (st.st_size == 0)
		return tt_error_set(err, -EINVAL, file->path, "the file is empty");
	file->n = (size_t)st.st_size;
	file->date_us = (int64_t)st.st_mtime * TT_US_PER_S;
	file->bytes = tt_geo_take(file->n);
	if (file->bytes == NULL)
		return tt_error_set(err, -ENOMEM, file->path, "out of memory");
	ret = read_all(fd, file->bytes, file->n);
	if (ret != 0)
		return tt_error_set(err, ret, file->path, "%s", strerror(-ret));
	return 0;
}

int
tt_geo_file_read(struct tt_geo_file *file, const char *path, struct tt_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int ret;

	*file = (struct tt_geo_file){.path = path};
	if (fd < 0)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	ret = read_open_file(file, fd, err);
	close(fd);
	if (ret != 0)
		tt_geo_file_fini(file);
	return ret;
}

void
tt_geo_file_fini(struct tt_geo_file *file)
{
	free(file->bytes);
	*file = (struct tt_geo_file){0};
}

void
tt_geo_file_identify(const struct tt_geo_file *file, char *identity, size_t size)
{
	const char *slash = strrchr(file->path, '/');
	char date[TT_TIME_TEXT_MAX], digest[TT_SHA256_TEXT_SIZE];
	size_t used = strlen(identity);

	tt_sha256_of(file->bytes, file->n, digest);
	snprintf(identity + used, size - used, "%s%.80s %s sha256:%.16s",
			used == 0 ? "" : ", ", slash == NULL ? file->path : slash + 1,
			tt_time_format_date(file->date_us, date), digest);
}
