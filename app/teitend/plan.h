/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who does what: which ports are used, how many queues each gets, which core polls which queue,
 * and where the packet buffers lie. Made once at start on the management core, then only read.
 * Memory: packet buffers, for each NUMA node as many as all descriptors, caches and bursts of
 * its queues can hold at once.
 */
#ifndef TT_PLAN_H
#define TT_PLAN_H

#include "eal.h"
#include "port.h"

#include <rte_lcore.h>

struct tt_plan_queue {
	unsigned port; /* index into ports */
	uint16_t queue;
	unsigned lcore;
	unsigned node; /* NUMA node of the lcore, where the queue's tables and buffers lie */
};

struct tt_plan {
	struct tt_port ports[RTE_MAX_ETHPORTS]; /* [n_ports] */
	struct tt_plan_queue queues[RTE_MAX_LCORE]; /* [n_queues]: one worker each */
	struct rte_mempool *pools[RTE_MAX_NUMA_NODES];
	unsigned n_ports, n_queues, n_replays; /* queues that replay a file to its end */
};

/* The NUMA node of an lcore; where the lcore floats over several, port_node, and where that is
 * not known either (negative), 0. Below RTE_MAX_NUMA_NODES. */
unsigned tt_plan_node(unsigned lcore, int port_node);

/* Finds the ports and gives their queues to lcores. Returns 0 or a negative errno. */
int tt_plan_make(struct tt_plan *plan, const struct tt_config *config,
		const struct tt_eal *eal, struct tt_error *err) TT_MUST_CHECK;

/* Configures the ports and makes their packet buffers; after files were scanned, and before the
 * tables take what huge pages are left. */
int tt_plan_prepare(struct tt_plan *plan, const struct tt_config *config,
		struct tt_error *err) TT_MUST_CHECK;

/* Starts reception. */
int tt_plan_start(struct tt_plan *plan, struct tt_error *err) TT_MUST_CHECK;

/* Bytes of packet buffers on a NUMA node. */
uint64_t tt_plan_pool_bytes(const struct tt_plan *plan, unsigned node);

void tt_plan_stop(struct tt_plan *plan);

/* The file that a queue replays to its end; NULL for other queues. */
struct tt_replay_file *tt_plan_file(
		struct tt_plan *plan, const struct tt_plan_queue *queue);

#endif
