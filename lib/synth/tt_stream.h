/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: one component at work: its random numbers, times, sources and frame.
 */
#ifndef TT_STREAM_H
#define TT_STREAM_H

#include "tt_capfile.h"
#include "tt_schedule.h"
#include "tt_sources.h"
#include "tt_space.h"
#include "tt_template.h"

struct tt_stream {
	struct tt_rng rng;
	struct tt_schedule schedule;
	struct tt_sources sources;
	struct tt_profile_component
			c; /* its pointers belong to the profile: not to be used */
	const struct tt_space *monitored; /* of its IP version */
	tt_uint128 scan_at; /* index of the next monitored address, where not random */
	struct tt_template frame;
	int64_t n_made;
};

/* The schedule's span and number of packets are there already; monitored is to outlive the
 * stream. Returns 0, -ENOMEM, or -EINVAL with err->why. */
int tt_stream_init(struct tt_stream *s, const struct tt_profile_component *c,
		unsigned number, const struct tt_source_pools *pools,
		const struct tt_space *monitored, uint64_t seed,
		struct tt_error *err) TT_MUST_CHECK;
void tt_stream_fini(struct tt_stream *s);

/* Makes the next packet; frame->time_us is left alone. */
void tt_stream_fill(struct tt_stream *s, struct tt_frame *frame);

#endif
