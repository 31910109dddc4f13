/* SPDX-License-Identifier: BSD-3-Clause */
#include "telemetry.h"

#include "daemon.h"

#include <rte_telemetry.h>

#include <inttypes.h>
#include <string.h>

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

/* Since the start, over all ports: a reason of the ledger each, and intervals. */
enum total {
	INTERVALS,
	INTERVALS_WRITTEN,
	OFFERED,
	MISSED,
	NO_MBUF,
	ERRORS,
	DELIVERED,
	LATE,
	N_TOTALS
};

static const char *const total_names[N_TOTALS] = {
		[INTERVALS] = "intervals",
		[INTERVALS_WRITTEN] = "intervals_written",
		[OFFERED] = "offered",
		[MISSED] = TT_REASON_MISSED,
		[NO_MBUF] = "no_mbuf", /* telemetry's names have no '-' */
		[ERRORS] = TT_REASON_ERRORS,
		[DELIVERED] = TT_REASON_DELIVERED,
		[LATE] = TT_REASON_LATE,
};

static uint64_t totals[N_TOTALS], fates[TT_N_FATES];

/* Of each worker: frames that it was delivered, and counted. */
static struct {
	uint64_t delivered, counted;
} of_worker[RTE_MAX_LCORE];
static unsigned n_workers;

static int
tell(const char *command, const char *parameters, struct rte_tel_data *data)
{
	rte_tel_data_start_dict(data);
	for (unsigned i = 0; i < N_NUMBERS; i++)
		rte_tel_data_add_dict_u64(data, names[i],
				__atomic_load_n(&numbers[i], __ATOMIC_RELAXED));
	return 0;
}

static void
tell_fates(struct rte_tel_data *data)
{
	for (unsigned i = 0; i < TT_N_FATES; i++) {
		char name[RTE_TEL_MAX_STRING_LEN];

		snprintf(name, sizeof(name), "%s", tt_fate_name((enum tt_fate)i));
		for (char *p = name; (p = strchr(p, '-')) != NULL;)
			*p = '_';
		rte_tel_data_add_dict_u64(
				data, name, __atomic_load_n(&fates[i], __ATOMIC_RELAXED));
	}
}

static void
tell_workers(struct rte_tel_data *data)
{
	struct rte_tel_data *delivered = rte_tel_data_alloc();
	struct rte_tel_data *counted = rte_tel_data_alloc();
	unsigned n = __atomic_load_n(&n_workers, __ATOMIC_RELAXED);

	if (delivered == NULL || counted == NULL) {
		rte_tel_data_free(delivered);
		rte_tel_data_free(counted);
		return;
	}
	rte_tel_data_start_array(delivered, RTE_TEL_U64_VAL);
	rte_tel_data_start_array(counted, RTE_TEL_U64_VAL);
	for (unsigned i = 0; i < n; i++) {
		rte_tel_data_add_array_u64(delivered,
				__atomic_load_n(&of_worker[i].delivered,
						__ATOMIC_RELAXED));
		rte_tel_data_add_array_u64(counted,
				__atomic_load_n(&of_worker[i].counted, __ATOMIC_RELAXED));
	}
	/* The answer frees them. */
	rte_tel_data_add_dict_container(data, "delivered_by_worker", delivered, 0);
	rte_tel_data_add_dict_container(data, "counted_by_worker", counted, 0);
}

static int
tell_ledger(const char *command, const char *parameters, struct rte_tel_data *data)
{
	rte_tel_data_start_dict(data);
	for (unsigned i = 0; i < N_TOTALS; i++)
		rte_tel_data_add_dict_u64(data, total_names[i],
				__atomic_load_n(&totals[i], __ATOMIC_RELAXED));
	tell_fates(data);
	tell_workers(data);
	return 0;
}

void
tt_telemetry_start(void)
{
	rte_telemetry_register_cmd("/teitend/spool", tell,
			"Snapshots on disk and intervals that wait for it. No parameters.");
	rte_telemetry_register_cmd("/teitend/ledger", tell_ledger,
			"Where packets ended up since the start, of all intervals that have "
			"ended. No parameters.");
}

static void
set(uint64_t *to, uint64_t value)
{
	__atomic_store_n(to, value, __ATOMIC_RELAXED);
}

static void
put(enum number number, uint64_t value)
{
	set(&numbers[number], value);
}

/* What the ports' devices lost, and how many intervals were taken, of which `waiting` are not on
 * disk. Returns how many packets were lost. */
static uint64_t
note_lost(const struct tt_book *book, uint64_t waiting)
{
	struct tt_port_counters lost = {0};

	for (unsigned i = 0; i < book->plan->n_ports; i++) {
		const struct tt_port_counters *told = &book->plan->ports[i].told;

		lost.missed += told->missed;
		lost.no_mbuf += told->no_mbuf;
		lost.errors += told->errors;
	}
	set(&totals[INTERVALS], book->intervals);
	set(&totals[INTERVALS_WRITTEN], book->intervals - waiting);
	set(&totals[MISSED], lost.missed);
	set(&totals[NO_MBUF], lost.no_mbuf);
	set(&totals[ERRORS], lost.errors);
	return lost.missed + lost.no_mbuf + lost.errors;
}

static void
note_book(const struct tt_book *book, uint64_t waiting)
{
	unsigned n = RTE_MIN(book->plan->n_queues, (unsigned)RTE_DIM(of_worker));
	uint64_t of_fate[TT_N_FATES] = {0}, delivered = 0, late = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct tt_account *a = &book->taken[i];

		delivered += a->frames;
		late += a->late;
		for (unsigned fate = 0; fate < TT_N_FATES; fate++)
			of_fate[fate] += a->fates[fate];
		set(&of_worker[i].delivered, a->frames);
		set(&of_worker[i].counted, a->fates[TT_FATE_COUNTED]);
	}
	set(&totals[OFFERED], note_lost(book, waiting) + delivered);
	set(&totals[DELIVERED], delivered);
	set(&totals[LATE], late);
	for (unsigned fate = 0; fate < TT_N_FATES; fate++)
		set(&fates[fate], of_fate[fate]);
	__atomic_store_n(&n_workers, n, __ATOMIC_RELAXED);
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
	note_book(&o->d->book, s.counted);
}
