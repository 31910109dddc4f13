/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a rules file. What is read must give the same on a few packets in both ways, the
 * packets' bytes being those of the file; what is not must be refused with a reason.
 */
#include "tt_fingerprint.h"
#include "tt_time.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PACKETS 3
#define BYTES   80

/* A frame of its own length on the heap, so that a byte read past it is seen. */
static void
ask(const struct tt_fingerprints *set, const uint8_t *data, uint32_t captured)
{
	const int64_t time_us = INT64_C(1700000000) * TT_US_PER_S;
	uint8_t *bytes = malloc(captured);
	const uint8_t *frame = bytes;
	struct tt_packet packet;
	tt_detail detail = 0;

	TT_ASSERT(bytes != NULL);
	memcpy(bytes, data, captured);
	bytes[0] = 0x45; /* mostly an IPv4 header, with TCP behind it */
	if (bytes[1] & 1)
		bytes[9] = TT_PROTO_TCP;
	if (tt_packet_decode(frame, captured, TT_LINK_RAW, &packet) == TT_FATE_COUNTED) {
		tt_fingerprints_burst(
				set, &packet, &frame, &captured, &time_us, &detail, 1);
		TT_ASSERT(detail
				== tt_fingerprints_one_ref(
						set, &packet, frame, captured, time_us));
	}
	free(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tt_fingerprints *set;
	struct tt_error err = {0};

	if (tt_fingerprints_parse(&set, "fuzz", data, size, &err) != 0) {
		TT_ASSERT(err.where[0] != '\0' && err.why[0] != '\0');
		return 0;
	}
	TT_ASSERT(tt_fingerprints_count(set) <= TT_FINGERPRINTS_MAX);
	for (unsigned i = 0; i < PACKETS && (i + 1) * BYTES <= size; i++)
		ask(set, data + i * BYTES, 34 + data[i] % (BYTES - 34));
	tt_fingerprints_close(set);
	return 0;
}
