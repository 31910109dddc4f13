/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_capfile.h"
#include "tt_capfile_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES (1024 * 1024)

struct tt_capwriter {
	FILE *out;
	char *name;
	uint16_t link;
};

static int
write_failed(const struct tt_capwriter *w, struct tt_error *err)
{
	int code = errno == 0 ? EIO : errno;

	return tt_error_set(err, -code, w->name, "writing failed: %s", strerror(code));
}

static int
put(struct tt_capwriter *w, const void *bytes, size_t n, struct tt_error *err)
{
	errno = 0;
	return n == 0 || fwrite(bytes, n, 1, w->out) == 1 ? 0 : write_failed(w, err);
}

static int
put_file_header(struct tt_capwriter *w, struct tt_error *err)
{
	uint8_t header[24] = {0};

	tt_capfile_put_u32(header, 0xa1b2c3d4);
	tt_capfile_put_u16(header + 4, 2);
	tt_capfile_put_u16(header + 6, 4);
	tt_capfile_put_u32(header + 16, TT_CAPFILE_SNAPLEN_MAX);
	tt_capfile_put_u32(header + 20, w->link);
	return put(w, header, sizeof(header), err);
}

static FILE *
open_out(const char *path)
{
	int fd = strcmp(path, "-") == 0
			? dup(STDOUT_FILENO)
			: open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "wb");

	if (out == NULL && fd >= 0)
		close(fd);
	return out;
}

int
tt_capwriter_open(struct tt_capwriter **writer, const char *path, uint16_t link,
		struct tt_error *err)
{
	struct tt_capwriter *w = calloc(1, sizeof(*w));
	int rc;

	if (w == NULL)
		return tt_error_set(err, -ENOMEM, path, "no memory to write it");
	w->link = link;
	w->name = strdup(strcmp(path, "-") == 0 ? "standard output" : path);
	w->out = w->name == NULL ? NULL : open_out(path);
	if (w->out == NULL) {
		rc = tt_error_set(err, -errno, path, "%s", strerror(errno));
		goto fail;
	}
	setvbuf(w->out, NULL, _IOFBF, BUFFER_BYTES);
	rc = put_file_header(w, err);
	if (rc < 0)
		goto fail;
	*writer = w;
	return 0;
fail:
	if (w->out != NULL)
		fclose(w->out);
	free(w->name);
	free(w);
	return rc;
}

/* Refuses what a reader would not get back as it is. */
static int
check_frame(const struct tt_capwriter *w, const struct tt_frame *frame,
		struct tt_error *err)
{
	if (frame->link != w->link)
		return tt_error_set(err, -EINVAL, w->name,
				"a frame of link type %u in a file of link type %u",
				frame->link, w->link);
	if (frame->captured > TT_CAPFILE_SNAPLEN_MAX)
		return tt_error_set(err, -EMSGSIZE, w->name,
				"a frame of %u captured bytes, more than the limit of %u",
				frame->captured, TT_CAPFILE_SNAPLEN_MAX);
	if (frame->time_us < 0 || frame->time_us / TT_US_PER_S > UINT32_MAX)
		return tt_error_set(err, -ERANGE, w->name,
				"a time outside 1970 to 2106, which pcap cannot hold");
	return 0;
}

int
tt_capwriter_write(struct tt_capwriter *w, const struct tt_frame *frame,
		struct tt_error *err)
{
	uint8_t header[16];
	int rc = check_frame(w, frame, err);

	if (rc < 0)
		return rc;
	tt_capfile_put_u32(header, frame->time_us / TT_US_PER_S);
	tt_capfile_put_u32(header + 4, frame->time_us % TT_US_PER_S);
	tt_capfile_put_u32(header + 8, frame->captured);
	tt_capfile_put_u32(header + 12, frame->length);
	rc = put(w, header, sizeof(header), err);
	return rc < 0 ? rc : put(w, frame->data, frame->captured, err);
}

int
tt_capwriter_close(struct tt_capwriter *w, struct tt_error *err)
{
	bool failed = ferror(
			w->out); /* told by the write that failed; the file is not whole */
	int rc = 0;

	errno = 0;
	if (fclose(w->out) != 0 || failed)
		rc = write_failed(w, err);
	free(w->name);
	free(w);
	return rc;
}
