/* SPDX-License-Identifier: BSD-3-Clause */
/* bench_cut FROM N TO: the first N frames of a capture as a pcap of Ethernet, which net_pcap reads; from the first on
 * again where there are fewer. Exit status 77 where a frame is not of Ethernet. */
#include "bench_capture.h"

#include <errno.h>
#include <stdlib.h>

#define SKIPPED       77
#define LINK_ETHERNET 1

static int
take(void *context, const struct tt_frame *frame, struct tt_error *err)
{
	if (frame->link != LINK_ETHERNET)
		return tt_error_set(err, -ENOTSUP, NULL,
				"frames of link type %u, and net_pcap takes Ethernet alone",
				frame->link);
	return tt_capwriter_write(context, frame, err);
}

static int
cut(const char *from, uint64_t n, const char *to, struct tt_error *err)
{
	struct tt_capwriter *writer;
	int ret = tt_capwriter_open(&writer, to, LINK_ETHERNET, err), closed;
	struct tt_error late = {0};

	if (ret != 0)
		return ret;
	ret = bench_capture_give(from, n, take, writer, err);
	closed = tt_capwriter_close(writer, &late);
	if (ret == 0 && closed != 0)
		*err = late;
	return ret != 0 ? ret : closed;
}

int
main(int argc, char **argv)
{
	struct tt_error err = {0};
	int ret;

	if (argc != 4 || strtoull(argv[2], NULL, 10) == 0) {
		fputs("usage: bench_cut FROM N TO\n", stderr);
		return EXIT_FAILURE;
	}
	ret = cut(argv[1], strtoull(argv[2], NULL, 10), argv[3], &err);
	if (ret == 0)
		return EXIT_SUCCESS;
	tt_error_print("bench_cut", &err);
	return ret == -ENOTSUP ? SKIPPED : EXIT_FAILURE;
}
