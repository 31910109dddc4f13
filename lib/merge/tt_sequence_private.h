/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside a sequence: what tt_sequence.c and tt_sequence_compact.c share. */
#ifndef TT_SEQUENCE_PRIVATE_H
#define TT_SEQUENCE_PRIVATE_H

#include "tt_announced.h"
#include "tt_sequence.h"

enum tt_sequence_state {
	TT_SEQUENCE_IDLE,
	TT_SEQUENCE_LIVE,
	TT_SEQUENCE_REPLAY,
	TT_SEQUENCE_ENDED
};

struct tt_sequence_worker {
	enum tt_sequence_state state;
	int64_t sealed_to_us; /* TT_SEQUENCE_LIVE: end of what it has sealed */
	unsigned held;
};

struct tt_sequence {
	int64_t interval_us, max_gap_us;
	struct tt_sequence_worker *workers;
	unsigned n_workers, n_replay,
			n_live; /* n_replay, n_live: started and not ended */
	struct tt_tally **held; /* [n_held], in order of arrival */
	struct tt_tally **chosen; /* [n_held]: what next gave out */
	unsigned n_held, room_held, max_tallies;
	struct tt_announced announced;
	struct tt_heard heard;
	bool was_replay, surprised;
	bool has_position;
	int64_t cut_us; /* start of the interval in which an input breaks off */
	int64_t position_us; /* end of the interval popped last */
	uint64_t compact_bytes;
};

#endif
