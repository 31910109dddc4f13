/* SPDX-License-Identifier: BSD-3-Clause */
#include "telemetry.h"

#include "daemon.h"

#include <rte_telemetry.h>

#include <inttypes.h>

/* Numbers that are told. Only a number itself is read on its account: no pairing. */
enum number {
	SNAPSHOTS,
	FRAMES_WRITTEN,
	PENDING_INTERVALS,
	PENDING_COUNTED,
	PENDING_FRAMES,
	PENDING_BYTES,
	JOINS,
	FAILURES,
	N_NUMBERS
};

static const char *const names[N_NUMBERS] = {
		[SNAPSHOTS] = "snapshots",
		[FRAMES_WRITTEN] = "frames",
		[PENDING_INTERVALS] = "pending_snapshots",
		[PENDING_COUNTED] = "pending_intervals",
		[PENDING_FRAMES] = "pending_frames",
		[PENDING_BYTES] = "pending_bytes",
		[JOINS] = "joins",
		[FAILURES] = "failures_in_a_row",
};

static uint64_t numbers[N_NUMBERS];

static int
tell(const char *command, const char *parameters, struct rte_tel_data *data)
{
	rte_tel_data_start_dict(data);
	for (unsigned i = 0; i < N_NUMBERS; i++)
		rte_tel_data_add_dict_u64(data, names[i],
				__atomic_load_n(&numbers[i], __ATOMIC_RELAXED));
	return 0;
}

void
tt_telemetry_start(void)
{
	rte_telemetry_register_cmd("/teitend/spool", tell,
			"Snapshots on disk and intervals that wait for it. No parameters.");
}

static void
put(enum number number, uint64_t value)
{
	__atomic_store_n(&numbers[number], value, __ATOMIC_RELAXED);
}

void
tt_telemetry_note(struct tt_output *o)
{
	struct tt_pending_state s = tt_pending_state(o->pending);

	put(SNAPSHOTS, o->written.snapshots);
	put(FRAMES_WRITTEN, o->written.frames);
	put(PENDING_INTERVALS, s.intervals);
	put(PENDING_COUNTED, s.counted);
	put(PENDING_FRAMES, s.frames);
	put(PENDING_BYTES, s.bytes);
	put(JOINS, s.joins);
	put(FAILURES, o->failures);
}
