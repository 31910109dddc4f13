/* SPDX-License-Identifier: BSD-3-Clause */
#include "plan.h"

#include "say.h"

#include <rte_errno.h>
#include <rte_mbuf.h>

#include <errno.h>

#define POOL_CACHE 256

/* Packet buffers that one queue can hold at once. */
static uint64_t
buffers_of(const struct tt_port *port, uint16_t queue, const struct tt_config *config)
{
	/* Some drivers (vmxnet3) keep two rings of that many descriptors for a queue. */
	uint64_t n = 2ULL * port->n_descriptors + 2ULL * config->burst
			+ POOL_CACHE * 3 / 2;

	if (tt_port_is_replay(port)) {
		uint32_t longest = port->replay.files[queue].longest;

		n += (uint64_t)config->burst * (longest / RTE_MBUF_DEFAULT_DATAROOM + 1);
	} else if (port->replay.infinite) {
		n += port->replay.files[queue].frames;
	}
	return n;
}

static int
make_pool(struct tt_plan *plan, unsigned node, uint64_t n, struct tt_error *err)
{
	char name[RTE_MEMPOOL_NAMESIZE];

	if (n > UINT32_MAX / 2)
		return tt_error_set(err, -E2BIG, NULL,
				"%" PRIu64 " packet buffers needed", n);
	snprintf(name, sizeof(name), "packets_%u", node);
	plan->pools[node] = rte_pktmbuf_pool_create(name, (unsigned)n, POOL_CACHE, 0,
			RTE_MBUF_DEFAULT_BUF_SIZE, (int)node);
	if (plan->pools[node] == NULL)
		return tt_error_set(err, -rte_errno, NULL,
				"%" PRIu64 " packet buffers (%" PRIu64
				" MiB) do not fit into EAL's memory on NUMA node %u: %s; "
				"give it more (-m, in MiB, or huge pages) or take fewer "
				"(rx-descriptors, mbufs)",
				n, n * RTE_MBUF_DEFAULT_BUF_SIZE >> 20, node,
				rte_strerror(rte_errno));
	return 0;
}

static int
make_pools(struct tt_plan *plan, const struct tt_config *config, struct tt_error *err)
{
	uint64_t n[RTE_MAX_NUMA_NODES] = {0};
	int rc = 0;

	for (unsigned i = 0; i < plan->n_queues; i++) {
		const struct tt_plan_queue *q = &plan->queues[i];

		n[q->node] += buffers_of(&plan->ports[q->port], q->queue, config);
	}
	for (unsigned node = 0; node < RTE_MAX_NUMA_NODES && rc == 0; node++) {
		if (n[node] == 0)
			continue;
		if (config->mbufs != 0 && config->mbufs < n[node] && plan->n_replays > 0)
			return tt_error_set(err, -EINVAL, "mbufs",
					"%u are fewer than the %" PRIu64
					" that a replay on NUMA node %u needs to lose nothing",
					config->mbufs, n[node], node);
		if (config->mbufs != 0 && config->mbufs < n[node])
			tt_warn("mbufs: %u are fewer than the %" PRIu64
				" that the queues on NUMA node %u can hold",
					config->mbufs, n[node], node);
		rc = make_pool(plan, node, config->mbufs != 0 ? config->mbufs : n[node],
				err);
	}
	return rc;
}

int
tt_plan_prepare(struct tt_plan *plan, const struct tt_config *config,
		struct tt_error *err)
{
	int rc = 0;

	for (unsigned i = 0; i < plan->n_ports && rc == 0; i++)
		rc = tt_port_configure(&plan->ports[i], config, err);
	if (rc == 0)
		rc = make_pools(plan, config, err);
	for (unsigned i = 0; i < plan->n_queues && rc == 0; i++) {
		const struct tt_plan_queue *q = &plan->queues[i];

		rc = tt_port_setup_queue(&plan->ports[q->port], q->queue, (int)q->node,
				plan->pools[q->node], err);
	}
	return rc;
}

int
tt_plan_start(struct tt_plan *plan, struct tt_error *err)
{
	int rc = 0;

	for (unsigned i = 0; i < plan->n_ports && rc == 0; i++)
		rc = tt_port_start(&plan->ports[i], err);
	return rc;
}

uint64_t
tt_plan_pool_bytes(const struct tt_plan *plan, unsigned node)
{
	const struct rte_mempool *pool = plan->pools[node];

	if (pool == NULL)
		return 0;
	return (uint64_t)pool->size
			* (pool->header_size + pool->elt_size + pool->trailer_size);
}
