/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a capture file: through buffers of the usual size, and through tiny ones with
 * another burst size. Both must give the same frames and the same end, and touch no byte that is not theirs. What is
 * whole to its end gives its frames twice where it is there twice, as joined by `cat`.
 */
#include "tt_capfile_private.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A compressed bomb must not stop the fuzzer. */
#define FRAMES_MAX 100000

struct outcome {
	int opened, ended;
	unsigned n;
	uint64_t sum;
};

static void
add(struct outcome *o, uint64_t v)
{
	o->sum = (o->sum ^ v) * UINT64_C(0x100000001b3);
}

static void
add_frame(struct outcome *o, const struct tt_frame *frame)
{
	o->n++;
	add(o, frame->time_us);
	add(o, frame->captured);
	add(o, frame->length);
	add(o, frame->link);
	for (uint32_t i = 0; i < frame->captured; i++)
		add(o, frame->data[i]);
}

/* What is said of a burst as a whole is what its frames say one by one. */
static void
check_outline(const struct tt_capfile_outline said, const struct tt_frame *frames, int n)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	bool one_link = true;

	for (int i = 0; i < n; i++) {
		first = frames[i].time_us < first ? frames[i].time_us : first;
		last = frames[i].time_us > last ? frames[i].time_us : last;
		one_link = one_link && frames[i].link == frames[0].link;
	}
	TT_ASSERT(said.first_us == first && said.last_us == last);
	TT_ASSERT(said.one_link == one_link
			&& (!one_link || said.link == frames[0].link));
}

/* chunk: size of the buffers, 0 the usual one. */
static struct outcome
read_all(const char *path, size_t chunk, unsigned burst)
{
	struct outcome o = {0};
	struct tt_frame frames[64];
	struct tt_capfile *f;
	struct tt_error err;

	o.opened = chunk == 0 ? tt_capfile_open(&f, path, &err)
			      : tt_capfile_open_chunked(&f, path, chunk, &err);
	if (o.opened < 0)
		return o;
	while ((o.ended = tt_capfile_read(f, frames, burst, &err)) > 0
			&& o.n < FRAMES_MAX) {
		check_outline(tt_capfile_outline(f), frames, o.ended);
		for (int i = 0; i < o.ended; i++) {
			add_frame(&o, &frames[i]);
			add(&o, tt_capfile_joined_at(f));
			add(&o, tt_capfile_begun_at(f));
		}
	}
	tt_capfile_close(f);
	return o;
}

/* Readers pass over reserved fields of pcap, but a file that begins behind another is told by their zeros. */
static bool
is_as_written(const uint8_t *data, size_t size)
{
	static const uint8_t zeros[8];

	return size < 16 || !tt_cappcap_is(data) || memcmp(data + 8, zeros, 8) == 0;
}

static void
check_twice(int fd, const char *path, const uint8_t *data, size_t size,
		const struct outcome *once)
{
	struct outcome twice;

	TT_ASSERT(pwrite(fd, data, size, (off_t)size) == (ssize_t)size);
	twice = read_all(path, 1 + size % 300, 1 + size % 7);
	TT_ASSERT(twice.opened == 0 && twice.ended == 0 && twice.n == 2 * once->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct outcome large, tiny;
	char path[32];

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	TT_ASSERT(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	large = read_all(path, 0, 64);
	tiny = read_all(path, 1 + size % 300, 1 + size % 7);
	if (large.n >= FRAMES_MAX)
		return 0;
	TT_ASSERT(large.opened == tiny.opened && large.ended == tiny.ended);
	TT_ASSERT(large.n == tiny.n && large.sum == tiny.sum);
	if (large.opened == 0 && large.ended == 0 && large.n < FRAMES_MAX / 2
			&& tt_capcodec_sniff(data, size) == TT_CAPCODEC_PLAIN
			&& is_as_written(data, size))
		check_twice(fd, path, data, size, &large);
	return 0;
}
