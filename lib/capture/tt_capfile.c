/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_capfile.h"

#include <errno.h>
#include <stdarg.h>

#include "tt_capfile_private.h"

#define TAR_BYTES 512
#define TAR_SUM   148 /* where its sum is, in 8 bytes */

/* Files that people give by mistake, by how they begin. */
static const struct {
	const char *bytes;
	uint8_t n;
	const char *name;
} others[] = {
		{"\x34\xcd\xb2\xa1", 4,
				"a \"modified\" pcap file (magic a1b2cd34); editcap "
				"converts it"},
		{"\xa1\xb2\xcd\x34", 4,
				"a \"modified\" pcap file (magic a1b2cd34); editcap "
				"converts it"},
		{"snoop", 5, "a snoop file; editcap converts it"},
		{"GMBU", 4, "a Network Monitor file; editcap converts it"},
		{"RTSS", 4, "a Network Monitor file; editcap converts it"},
		{"BZh", 3, "compressed with bzip2; decompress it first"},
		{"\x04\x22\x4d\x18", 4, "compressed with lz4; decompress it first"},
		{"\x02\x21\x4c\x18", 4, "compressed with lz4; decompress it first"},
		{"\x1f\x9d", 2, "compressed with compress (.Z); decompress it first"},
		{"LZIP", 4, "compressed with lzip; decompress it first"},
		{"\x89LZO", 4, "compressed with lzop; decompress it first"},
		{"7z\xbc\xaf", 4, "a 7z archive; extract it first"},
		{"PK\x03\x04", 4, "a zip archive; extract it first"},
		{"\0\0\0\0\0", 5, "a file that begins with zeros; it was never written"},
};

int
tt_capfile_damaged(const struct tt_capfile *f, struct tt_error *err, const char *why_fmt,
		...)
{
	char why[256];
	va_list ap;

	va_start(ap, why_fmt);
	vsnprintf(why, sizeof(why), why_fmt, ap);
	va_end(ap);
	return tt_error_set(err, -EBADMSG, f->stream.name, "damaged at byte %llu%s: %s",
			(unsigned long long)tt_capstream_offset(&f->stream),
			tt_capfile_of_what(f), why);
}

int
tt_capfile_ended(const struct tt_capfile *f, struct tt_error *err)
{
	if (tt_capstream_left(&f->stream) == 0)
		return 0;
	return tt_error_set(err, TT_CAPFILE_TRUNCATED, f->stream.name,
			"truncated: the file ends inside the record at byte %llu",
			(unsigned long long)tt_capstream_offset(&f->stream));
}

/* Begins tar so? A header of 512 bytes with its own sum of them, an octal number that counts as spaces (POSIX.1-2001,
 * pax, ustar interchange format; the same before "ustar" was written there). */
static bool
is_tar(struct tt_capfile *f)
{
	const uint8_t *at;
	unsigned sum = 8 * ' ', said = 0, i = TAR_SUM;

	/* What is wrong with the data is told by who called. */
	if (tt_capstream_fill(&f->stream, TAR_BYTES, NULL) <= 0)
		return false;
	at = f->stream.at;
	for (unsigned b = 0; b < TAR_BYTES; b++)
		sum += b >= TAR_SUM && b < TAR_SUM + 8 ? 0 : at[b];
	while (i < TAR_SUM + 8 && at[i] == ' ')
		i++;
	for (; i < TAR_SUM + 8 && at[i] >= '0' && at[i] <= '7'; i++)
		said = 8 * said + (at[i] - '0');
	return said == sum;
}

static int
a_tar(const struct tt_capfile *f, struct tt_error *err)
{
	const char *codec = tt_capcodec_name(tt_capstream_kind(&f->stream));

	return tt_error_set(err, -EBADMSG, f->stream.name,
			"not a pcap or pcapng file: it is a tar archive%s%s; extract it first",
			codec[0] == '\0' ? "" : ", compressed with ", codec);
}

static int
not_a_capture(struct tt_capfile *f, struct tt_error *err)
{
	const bool tar = is_tar(f); /* which may move the bytes */
	size_t n = tt_capstream_left(&f->stream);

	if (tar)
		return a_tar(f, err);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(others); i++) {
		if (n >= others[i].n
				&& memcmp(f->stream.at, others[i].bytes, others[i].n)
						== 0)
			return tt_error_set(err, -EBADMSG, f->stream.name,
					"not a pcap or pcapng file: it is %s",
					others[i].name);
	}
	return tt_error_set(err, -EBADMSG, f->stream.name,
			"not a capture file: neither pcap nor pcapng");
}

/* Tells the format and reads what stands before the first frame. */
static int
begin(struct tt_capfile *f, struct tt_error *err)
{
	int rc = tt_capstream_fill(&f->stream, 5, err);

	if (rc < 0)
		return rc;
	if (tt_capstream_left(&f->stream) >= 4) {
		if (tt_cappcap_is(f->stream.at))
			return tt_cappcap_begin(f, err);
		if (tt_capng_is(f->stream.at))
			return tt_capng_begin(f, err);
	}
	if (tt_capstream_left(&f->stream) == 0)
		return TT_CAPFILE_TRUNCATED;
	return not_a_capture(f, err);
}

static void
describe(struct tt_capfile *f)
{
	const char *codec = tt_capcodec_name(tt_capstream_kind(&f->stream));
	const char *comma = codec[0] == '\0' ? "" : ", ";
	bool big = f->swapped == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

	if (f->is_pcapng)
		snprintf(f->text, sizeof(f->text), "pcapng%s%s", comma, codec);
	else
		snprintf(f->text, sizeof(f->text), "pcap, %s, %s%s%s",
				f->nanoseconds ? "nanoseconds" : "microseconds",
				big ? "big-endian" : "little-endian", comma, codec);
}

/* Is there not a byte, and nothing compressed that breaks off? */
static bool
is_empty(const struct tt_capfile *f)
{
	return f->stream.status == 0 && tt_capstream_left(&f->stream) == 0;
}

/* As tt_capfile_open_chunked, but TT_CAPFILE_TRUNCATED where it is empty or ends inside what stands before the first
 * frame. */
static int
open_begun(struct tt_capfile **file, const char *path, size_t chunk, struct tt_error *err)
{
	struct tt_capfile *f = calloc(1, sizeof(*f));
	int rc;

	if (f == NULL)
		return tt_error_set(err, -ENOMEM, path, "no memory to read it");
	rc = tt_capstream_open(&f->stream, path, chunk, err);
	if (rc < 0) {
		free(f);
		return rc;
	}
	rc = begin(f, err);
	if (rc == TT_CAPFILE_TRUNCATED)
		tt_error_set(err, -EBADMSG, f->stream.name, "not a capture file: it %s",
				is_empty(f) ? "is empty" : "ends inside the file header");
	if (rc < 0) {
		tt_capfile_close(f);
		return rc;
	}
	describe(f);
	*file = f;
	return 0;
}

int
tt_capfile_open_chunked(struct tt_capfile **file, const char *path, size_t chunk,
		struct tt_error *err)
{
	int rc = open_begun(file, path, chunk, err);

	return rc == TT_CAPFILE_TRUNCATED ? -EBADMSG : rc;
}

int
tt_capfile_may_begin(const char *path, struct tt_error *err)
{
	struct tt_capfile *file = NULL;
	int rc = open_begun(&file, path, TT_CAPSTREAM_CHUNK, err);

	if (rc == 0)
		tt_capfile_close(file);
	return rc == TT_CAPFILE_TRUNCATED ? 0 : rc;
}

int
tt_capfile_open(struct tt_capfile **file, const char *path, struct tt_error *err)
{
	return tt_capfile_open_chunked(file, path, TT_CAPSTREAM_CHUNK, err);
}

void
tt_capfile_close(struct tt_capfile *f)
{
	if (f == NULL)
		return;
	tt_capstream_close(&f->stream);
	free(f->interfaces);
	free(f);
}

static struct tt_capfile_outline
outline_of(const struct tt_frame *frames, unsigned n)
{
	struct tt_capfile_outline o = {
			frames[0].time_us, frames[0].time_us, frames[0].link, true};

	for (unsigned i = 1; i < n; i++) {
		const int64_t us = frames[i].time_us;

		o.first_us = us < o.first_us ? us : o.first_us;
		o.last_us = us > o.last_us ? us : o.last_us;
		o.one_link = o.one_link && frames[i].link == o.link;
	}
	return o;
}

/* Begins with the file that follows. Its errors are of a place inside. */
static int
begin_joined(struct tt_capfile *f)
{
	const unsigned long long at = tt_capstream_offset(&f->stream);
	struct tt_error why = {0};
	int rc = begin(f, &why);

	f->joined_at = at;
	if (rc == TT_CAPFILE_TRUNCATED && f->stream.status == 0)
		tt_error_set(&f->why, rc, f->stream.name,
				"truncated: the file ends inside the header of another capture "
				"file, at byte %llu%s",
				at, tt_capfile_of_what(f));
	else if (rc == -EBADMSG)
		tt_error_set(&f->why, rc, f->stream.name,
				"another capture file begins at byte %llu%s: %s", at,
				tt_capfile_of_what(f), why.why);
	else if (rc < 0)
		f->why = why;
	return rc;
}

static int
read_burst(struct tt_capfile *f, struct tt_frame *frames, unsigned n)
{
	return f->is_pcapng ? tt_capng_read(f, frames, n, &f->why)
			    : tt_cappcap_read(f, frames, n, &f->why);
}

int
tt_capfile_read(struct tt_capfile *f, struct tt_frame *frames, unsigned n,
		struct tt_error *err)
{
	TT_ASSERT(n > 0);
	if (TT_LIKELY(f->last >= 0)) {
		tt_capstream_next_burst(&f->stream);
		f->outlined = false;
		f->last = read_burst(f, frames, n);
		while (TT_UNLIKELY(f->last == TT_CAPFILE_JOINED)) {
			f->last = begin_joined(f);
			if (f->last == 0)
				f->last = read_burst(f, frames, n);
		}
	}
	if (f->last > 0 && !f->outlined)
		f->outline = outline_of(frames, (unsigned)f->last);
	if (TT_UNLIKELY(f->last < 0) && err != NULL)
		*err = f->why;
	return f->last;
}

struct tt_capfile_outline
tt_capfile_outline(const struct tt_capfile *f)
{
	TT_ASSERT(f->last > 0);
	return f->outline;
}

uint64_t
tt_capfile_joined_at(const struct tt_capfile *f)
{
	return f->joined_at;
}

uint64_t
tt_capfile_begun_at(const struct tt_capfile *f)
{
	return f->section_at > f->joined_at ? f->section_at : f->joined_at;
}

bool
tt_capfile_rereadable(const struct tt_capfile *f)
{
	return f->stream.regular;
}

void
tt_capfile_progress(const struct tt_capfile *f, uint64_t *done, uint64_t *total)
{
	*done = tt_capstream_consumed(&f->stream);
	*total = f->stream.file_size;
}

const char *
tt_capfile_describe(const struct tt_capfile *f)
{
	return f->text;
}
