/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_capcodec.h"

#include "tt_capfile.h"

#include <errno.h>
#include <lzma.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define INPUT_BYTES (128 * 1024)
#define SNIFF_BYTES 6
/* What libzstd reads first of a frame: magic and the first byte of its header. */
#define ZSTD_FRAME_START 5
/* That of "xz -9" takes 65 MiB; libzstd's own limit is a window of 128 MiB. */
#define XZ_MEMORY_MAX   (160u << 20)
#define XZ_OUTPUT_BYTES (64 * 1024)

struct tt_capcodec {
	const char *name;
	int fd;
	enum tt_capcodec_kind kind;
	bool input_ended; /* read(2) has given 0 */
	int failed; /* negative: told by the next read, after the bytes that came with it */
	struct tt_error why;
	bool inside; /* a gzip member, a zstd frame or xz data have begun and not ended */
	z_stream zlib;
	ZSTD_DStream *zstd;
	size_t zstd_wants; /* bytes of input that take it one step further */
	lzma_stream xz;
	uint8_t *xz_output;
	size_t xz_at, xz_end; /* what is left of it */
	uint64_t read_bytes;
	size_t at, end; /* what is left of input */
	uint8_t input[INPUT_BYTES];
};

static ssize_t
read_some(struct tt_capcodec *c, void *to, size_t size, struct tt_error *err)
{
	ssize_t n = read(c->fd, to, size);

	if (n < 0)
		return tt_error_set(err, -errno, c->name, "reading failed: %s",
				strerror(errno));
	c->read_bytes += n;
	c->input_ended = n == 0;
	return n;
}

/* Returns 1 if there is input, 0 at its end, or a negative errno. */
static int
have_input(struct tt_capcodec *c, struct tt_error *err)
{
	ssize_t n;

	if (c->at < c->end)
		return 1;
	if (c->input_ended)
		return 0;
	n = read_some(c, c->input, sizeof(c->input), err);
	if (n <= 0)
		return n;
	c->at = 0;
	c->end = n;
	return 1;
}

static int
damaged(const struct tt_capcodec *c, struct tt_error *err, const char *why)
{
	return tt_error_set(err, -EBADMSG, c->name,
			"damaged %s data before byte %llu: %s", tt_capcodec_name(c->kind),
			(unsigned long long)tt_capcodec_consumed(c), why);
}

static int
cut_short(const struct tt_capcodec *c, struct tt_error *err)
{
	return tt_error_set(err, TT_CAPFILE_TRUNCATED, c->name,
			"the %s data end early, at byte %llu of the file",
			tt_capcodec_name(c->kind), (unsigned long long)c->read_bytes);
}

static ssize_t
plain_read(struct tt_capcodec *c, uint8_t *to, size_t size, struct tt_error *err)
{
	size_t left = c->end - c->at;

	if (left == 0)
		return c->input_ended ? 0 : read_some(c, to, size, err);
	if (left > size)
		left = size;
	memcpy(to, c->input + c->at, left);
	c->at += left;
	return left;
}

/* Decides, between gzip members, whether another one follows: 1 or 0, or a negative errno.
 * Zeros that pad the file (tapes, block devices) are its end. */
static int
gzip_next_member(struct tt_capcodec *c, struct tt_error *err)
{
	int rc;

	while ((rc = have_input(c, err)) > 0 && c->input[c->at] == 0)
		c->at++;
	if (rc <= 0)
		return rc;
	if (c->input[c->at] != 0x1f)
		return damaged(c, err, "other bytes follow");
	if (inflateReset(&c->zlib) != Z_OK)
		return damaged(c, err, "the decoder cannot start again");
	c->inside = true;
	return 1;
}

static int
gzip_step(struct tt_capcodec *c, struct tt_error *err)
{
	int rc;

	c->zlib.next_in = c->input + c->at;
	c->zlib.avail_in = c->end - c->at;
	rc = inflate(&c->zlib, Z_NO_FLUSH);
	c->at = c->end - c->zlib.avail_in;
	if (rc == Z_STREAM_END)
		c->inside = false;
	else if (rc == Z_MEM_ERROR)
		return tt_error_set(err, -ENOMEM, c->name, "no memory for gzip");
	else if (rc != Z_OK && rc != Z_BUF_ERROR)
		return damaged(c, err, c->zlib.msg == NULL ? "not gzip" : c->zlib.msg);
	return 0;
}

static int
tell_failure(const struct tt_capcodec *c, struct tt_error *err)
{
	if (err != NULL)
		*err = c->why;
	return c->failed;
}

static ssize_t
gzip_read(struct tt_capcodec *c, uint8_t *to, size_t size, struct tt_error *err)
{
	int rc;

	if (size > UINT32_MAX)
		size = UINT32_MAX;
	c->zlib.next_out = to;
	c->zlib.avail_out = size;
	while (c->zlib.avail_out == size) {
		if (!c->inside && (rc = gzip_next_member(c, err)) <= 0)
			return rc;
		rc = have_input(c, err);
		if (rc < 0)
			return rc;
		/* Output may be held back with all of the input taken: ask once more. */
		c->failed = gzip_step(c, &c->why);
		if (c->failed < 0)
			break;
		if (rc == 0 && c->inside && c->zlib.avail_out == size)
			return cut_short(c, err);
	}
	if (c->zlib.avail_out < size)
		return size - c->zlib.avail_out;
	return tell_failure(c, err);
}

/* Gives no more input than takes the decoder one block further: when a call fails, libzstd does
 * not say what it has put out before, and the blocks before the damage would be lost. */
static int
zstd_step(struct tt_capcodec *c, ZSTD_outBuffer *out, struct tt_error *err)
{
	size_t left = c->end - c->at;
	ZSTD_inBuffer in = {
			c->input + c->at, left < c->zstd_wants ? left : c->zstd_wants, 0};
	size_t rc = ZSTD_decompressStream(c->zstd, out, &in);

	c->at += in.pos;
	if (ZSTD_isError(rc))
		return damaged(c, err, ZSTD_getErrorName(rc));
	c->inside = rc != 0;
	c->zstd_wants = rc != 0 ? rc : ZSTD_FRAME_START;
	return 0;
}

static ssize_t
zstd_read(struct tt_capcodec *c, uint8_t *to, size_t size, struct tt_error *err)
{
	ZSTD_outBuffer out = {to, size, 0};
	int rc;

	while (out.pos == 0) {
		rc = have_input(c, err);
		if (rc < 0)
			return rc;
		/* Output may be held back with all of the input taken: ask once more. */
		if (rc == 0 && !c->inside)
			return 0;
		if (zstd_step(c, &out, err) < 0)
			return -EBADMSG;
		if (rc == 0 && out.pos == 0)
			return c->inside ? cut_short(c, err) : 0;
	}
	return out.pos;
}

static int
xz_failed(struct tt_capcodec *c, lzma_ret rc)
{
	struct tt_error *err = &c->why;

	switch (rc) {
	case LZMA_MEM_ERROR:
		return tt_error_set(err, -ENOMEM, c->name, "no memory for xz");
	case LZMA_MEMLIMIT_ERROR:
		return tt_error_set(err, -ENOMEM, c->name,
				"to unpack it takes %llu MiB of memory, more than the limit "
				"of %u; unpack it first",
				(unsigned long long)(lzma_memusage(&c->xz) >> 20) + 1,
				XZ_MEMORY_MAX >> 20);
	case LZMA_OPTIONS_ERROR:
		return damaged(c, err,
				"a filter or an option that liblzma does not know");
	case LZMA_DATA_ERROR: /* nor does liblzma tell what follows a stream from a damaged one */
		return damaged(c, err, "corrupt, or other bytes follow");
	case LZMA_FORMAT_ERROR:
		return damaged(c, err, "not xz");
	default:
		return damaged(c, err, "the decoder gave up");
	}
}

/* ended: no more input comes. Only then does the decoder say that no other stream follows. */
static int
xz_step(struct tt_capcodec *c, bool ended)
{
	lzma_ret rc;

	c->xz.next_in = c->input + c->at;
	c->xz.avail_in = c->end - c->at;
	rc = lzma_code(&c->xz, ended ? LZMA_FINISH : LZMA_RUN);
	c->at = c->end - c->xz.avail_in;
	if (rc == LZMA_STREAM_END)
		c->inside = false;
	else if (rc != LZMA_OK && rc != LZMA_BUF_ERROR)
		return xz_failed(c, rc);
	return 0;
}

/* Fills the output. Returns 1, 0 at the end, or a negative errno. */
static int
xz_unpack(struct tt_capcodec *c, struct tt_error *err)
{
	int rc;

	c->xz.next_out = c->xz_output;
	c->xz.avail_out = XZ_OUTPUT_BYTES;
	while (c->xz.avail_out == XZ_OUTPUT_BYTES && c->inside) {
		rc = have_input(c, err);
		if (rc < 0)
			return rc;
		c->failed = xz_step(c, rc == 0);
		if (c->failed < 0)
			break;
		if (rc == 0 && c->inside && c->xz.avail_out == XZ_OUTPUT_BYTES)
			return cut_short(c, err);
	}
	c->xz_at = 0;
	c->xz_end = XZ_OUTPUT_BYTES - c->xz.avail_out;
	if (c->xz_end == 0 && c->failed < 0)
		return tell_failure(c, err);
	return c->xz_end > 0;
}

/* By way of an output of its own: of damaged data, liblzma gives more or less before it fails,
 * depending on how much it is asked for. */
static ssize_t
xz_read(struct tt_capcodec *c, uint8_t *to, size_t size, struct tt_error *err)
{
	int rc;

	if (c->xz_at == c->xz_end && (rc = xz_unpack(c, err)) <= 0)
		return rc;
	if (size > c->xz_end - c->xz_at)
		size = c->xz_end - c->xz_at;
	memcpy(to, c->xz_output + c->xz_at, size);
	c->xz_at += size;
	return size;
}

ssize_t
tt_capcodec_read(struct tt_capcodec *c, uint8_t *to, size_t size, struct tt_error *err)
{
	if (c->failed < 0 && c->xz_at == c->xz_end)
		return tell_failure(c, err);
	switch (c->kind) {
	case TT_CAPCODEC_GZIP:
		return gzip_read(c, to, size, err);
	case TT_CAPCODEC_ZSTD:
		return zstd_read(c, to, size, err);
	case TT_CAPCODEC_XZ:
		return xz_read(c, to, size, err);
	default:
		return plain_read(c, to, size, err);
	}
}

/* Reads enough for the sniffer; a pipe may give less than that at once. */
static int
read_first_bytes(struct tt_capcodec *c, struct tt_error *err)
{
	while (c->end < SNIFF_BYTES && !c->input_ended) {
		ssize_t n = read_some(c, c->input + c->end, INPUT_BYTES - c->end, err);

		if (n < 0)
			return n;
		c->end += n;
	}
	return 0;
}

static int
start_decoder(struct tt_capcodec *c, struct tt_error *err)
{
	c->kind = tt_capcodec_sniff(c->input, c->end);
	c->inside = c->kind != TT_CAPCODEC_PLAIN;
	c->zstd_wants = ZSTD_FRAME_START;
	/* 16: gzip, not zlib's own format; 15: any window. */
	if (c->kind == TT_CAPCODEC_GZIP && inflateInit2(&c->zlib, 16 + 15) != Z_OK)
		return tt_error_set(err, -ENOMEM, c->name, "no memory for gzip");
	if (c->kind == TT_CAPCODEC_ZSTD && (c->zstd = ZSTD_createDStream()) == NULL)
		return tt_error_set(err, -ENOMEM, c->name, "no memory for zstd");
	if (c->kind == TT_CAPCODEC_XZ
			&& ((c->xz_output = malloc(XZ_OUTPUT_BYTES)) == NULL
					|| lzma_stream_decoder(&c->xz, XZ_MEMORY_MAX,
							   LZMA_CONCATENATED)
							!= LZMA_OK))
		return tt_error_set(err, -ENOMEM, c->name, "no memory for xz");
	return 0;
}

int
tt_capcodec_open(struct tt_capcodec **codec, int fd, const char *name,
		struct tt_error *err)
{
	struct tt_capcodec *c = calloc(1, sizeof(*c));
	int rc;

	if (c == NULL) {
		close(fd);
		return tt_error_set(err, -ENOMEM, name, "no memory to read it");
	}
	c->fd = fd;
	c->name = name;
	rc = read_first_bytes(c, err);
	if (rc == 0)
		rc = start_decoder(c, err);
	if (rc < 0) {
		tt_capcodec_close(c);
		return rc;
	}
	*codec = c;
	return 0;
}

void
tt_capcodec_close(struct tt_capcodec *c)
{
	if (c == NULL)
		return;
	if (c->kind == TT_CAPCODEC_GZIP)
		inflateEnd(&c->zlib);
	ZSTD_freeDStream(c->zstd);
	lzma_end(&c->xz);
	free(c->xz_output);
	close(c->fd);
	free(c);
}

enum tt_capcodec_kind
tt_capcodec_kind(const struct tt_capcodec *c)
{
	return c->kind;
}

uint64_t
tt_capcodec_consumed(const struct tt_capcodec *c)
{
	return c->read_bytes - (c->end - c->at);
}
