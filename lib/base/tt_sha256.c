/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define READ_BYTES 65536

void
tt_sha256_begin(struct tt_sha256 *sha)
{
	sha256_init(&sha->context);
}

void
tt_sha256_add(struct tt_sha256 *sha, const void *bytes, size_t n)
{
	sha256_update(&sha->context, n, bytes);
}

char *
tt_sha256_end(struct tt_sha256 *sha, char text[TT_SHA256_TEXT_SIZE])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(&sha->context, sizeof(digest), digest);
	for (unsigned i = 0; i < sizeof(digest); i++)
		snprintf(text + (size_t)2 * i, 3, "%02x", digest[i]);
	return text;
}

char *
tt_sha256_of(const void *bytes, size_t n, char text[TT_SHA256_TEXT_SIZE])
{
	struct tt_sha256 sha;

	tt_sha256_begin(&sha);
	tt_sha256_add(&sha, bytes, n);
	return tt_sha256_end(&sha, text);
}

int
tt_sha256_of_file(const char *path, char text[TT_SHA256_TEXT_SIZE])
{
	uint8_t bytes[READ_BYTES];
	struct tt_sha256 sha;
	int fd = open(path, O_RDONLY | O_CLOEXEC), failed;
	ssize_t n;

	if (fd < 0)
		return -errno;
	tt_sha256_begin(&sha);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		tt_sha256_add(&sha, bytes, (size_t)n);
	failed = n < 0 ? errno : 0;
	close(fd);
	if (failed == 0)
		tt_sha256_end(&sha, text);
	return -failed;
}
