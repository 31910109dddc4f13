/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_capture.h"

#include <errno.h>

#define BURST 64

/* Gives `most` frames of the file, or all that it has. Returns how many, or a negative errno. */
static int64_t
give_once(const char *path, uint64_t most, bench_take take, void *context,
		struct tt_error *err)
{
	struct tt_frame frames[BURST];
	struct tt_capfile *file;
	uint64_t given = 0;
	int got = tt_capfile_open(&file, path, err);

	if (got != 0)
		return got;
	do {
		got = tt_capfile_read(file, frames, BURST, err);
		for (int i = 0; i < got && given < most; i++, given++) {
			const int ret = take(context, &frames[i], err);

			if (ret != 0) {
				tt_capfile_close(file);
				return ret;
			}
		}
	} while (got > 0 && given < most);
	tt_capfile_close(file);
	return got < 0 && got != TT_CAPFILE_TRUNCATED ? got : (int64_t)given;
}

int
bench_capture_give(const char *path, uint64_t n, bench_take take, void *context,
		struct tt_error *err)
{
	while (n > 0) {
		const int64_t given = give_once(path, n, take, context, err);

		if (given < 0)
			return (int)given;
		if (given == 0)
			return tt_error_set(err, -ENODATA, path, "no frame in it");
		n -= (uint64_t)given;
	}
	return 0;
}
