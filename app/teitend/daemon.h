/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All that the daemon is made of, and the steps of its life that main() goes through. Each step
 * runs on the management core, in this order; each takes its memory at once and gives one error.
 */
#ifndef TT_DAEMON_H
#define TT_DAEMON_H

#include "backing.h"
#include "ledger.h"
#include "numamem.h"
#include "output.h"
#include "reload.h"
#include "taken.h"
#include "tt_setup.h"
#include "tt_spool.h"

struct tt_daemon {
	struct tt_config config;
	struct tt_eal eal;
	struct tt_plan plan;
	struct tt_numamem memory[RTE_MAX_NUMA_NODES];
	struct tt_setup setup; /* its recall is the writer's while it has a job (writer.h); its
				* signatures are the latest, which `reload` owns */
	struct tt_sequence *sequence;
	struct tt_merge *merge;
	struct tt_spool *spool;
	struct tt_book book;
	struct tt_taken taken;
	struct tt_output output;
	struct tt_backing backing;
	struct tt_reload reload;
	struct tt_run_info run;
	char host[128];
	struct tt_worker **workers; /* [plan.n_queues], each on its own NUMA node */
	struct tt_tally **tallies; /* [plan.n_queues * config.table_sets] */
	struct tt_arena *arenas; /* likewise: what each lies in */
	struct tt_arena merge_arena;
	bool only_replays; /* every queue replays a file to its end; else none does */
	bool recall_failing; /* it could not be kept, and that was said */
	bool imperfect; /* a capture file was cut short, or is of an unknown link type; or what
			 * was seen could not be kept for the next run */
};

/* Takes everything that counts and writes: decides how large tables are, scans files, opens spool
 * and databases, says how large the tables are, and makes them. */
int tt_daemon_scan(struct tt_daemon *d, struct tt_error *err) TT_MUST_CHECK;
int tt_daemon_make_tables(struct tt_daemon *d, struct tt_error *err) TT_MUST_CHECK;
void tt_daemon_print_memory(const struct tt_daemon *d);

/* Are intervals counted in parts, and how long is what workers count into one table set? */
bool tt_daemon_in_parts(const struct tt_daemon *d);
int64_t tt_daemon_part_us(const struct tt_daemon *d);

/* Starts the workers on their lcores, and waits for them. */
int tt_daemon_launch(struct tt_daemon *d, struct tt_error *err) TT_MUST_CHECK;
void tt_daemon_wait(struct tt_daemon *d);

/*
 * Collects what workers seal and writes it, until all have ended and all is written. Returns 0,
 * or a negative errno where what was counted could not be written; err then says how many frames
 * are in no snapshot. What was finished before is on disk either way.
 */
int tt_daemon_manage(struct tt_daemon *d, struct tt_error *err) TT_MUST_CHECK;

/* Gives a worker a tally of its own that is empty. */
void tt_daemon_give_clean(struct tt_daemon *d, struct tt_tally *tally);

/* Empties a tally and gives it back to its worker. */
void tt_daemon_give_back(struct tt_daemon *d, struct tt_tally *tally);

/* Gives everything back. */
void tt_daemon_fini(struct tt_daemon *d);

/* Is jemalloc the allocator behind malloc? Says so if it is not. */
void tt_daemon_check_allocator(void);

#endif
