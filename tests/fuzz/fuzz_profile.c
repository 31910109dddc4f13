/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a profile. What parses must be generable, for a few packets at least, in frames
 * that decode; what does not must be refused with a reason.
 */
#include "tt_packet.h"
#include "tt_synth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PACKETS 50

static void
generate(const struct tt_profile *profile)
{
	struct tt_synth_options options = {.seed = 1, .start_us = -1, .packets = PACKETS};
	struct tt_error err = {0};
	struct tt_synth *synth;
	struct tt_frame frame;
	struct tt_packet packet;
	unsigned n = 0;

	if (tt_synth_create(&synth, profile, NULL, &options, &err) != 0) {
		TT_ASSERT(err.why[0] != '\0');
		return;
	}
	for (; tt_synth_next(synth, &frame); n++)
		TT_ASSERT(tt_packet_decode(
					  frame.data, frame.captured, frame.link, &packet)
				== TT_FATE_COUNTED);
	TT_ASSERT(n == PACKETS);
	tt_synth_destroy(synth);
}

/* Big tables are right but slow to fuzz. */
static bool
is_small(const struct tt_profile *profile)
{
	int64_t sources = 0;

	for (unsigned i = 0; i < profile->n_components; i++)
		sources += profile->components[i].sources;
	return profile->n_components < 20 && sources < 20000;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tt_profile *profile;
	struct tt_error err;

	if (tt_profile_parse(&profile, "fuzz", data, size, &err) != 0) {
		TT_ASSERT(err.where[0] != '\0' && err.why[0] != '\0');
		return 0;
	}
	if (is_small(profile))
		generate(profile);
	tt_profile_destroy(profile);
	return 0;
}
