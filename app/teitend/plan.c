/* SPDX-License-Identifier: BSD-3-Clause */
#include "plan.h"

#include "say.h"

#include <rte_errno.h>

#include <errno.h>
#include <string.h>

/*
 * Finds the port in the list of those to use, by name or number; "" names all. Returns whether
 * it is there; *wanted gets its number of queues, 0 where none is given.
 */
static bool
is_named(const char *list, uint16_t id, const char *name, unsigned *wanted)
{
	struct tt_config_port entry;
	char number[8];

	*wanted = 0;
	if (*list == '\0')
		return true;
	snprintf(number, sizeof(number), "%u", id);
	while (tt_config_next_port(&list, &entry, NULL) > 0) {
		if (strcmp(entry.name, name) != 0 && strcmp(entry.name, number) != 0)
			continue;
		*wanted = entry.queues;
		return true;
	}
	return false;
}

/* The port that an entry names. Returns whether there is one. */
static bool
find_port(const struct tt_config_port *entry, uint16_t *found)
{
	char name[RTE_ETH_NAME_MAX_LEN], number[8];
	uint16_t id;

	RTE_ETH_FOREACH_DEV(id) {
		snprintf(number, sizeof(number), "%u", id);
		*found = id;
		if (strcmp(entry->name, number) == 0
				|| (rte_eth_dev_get_name_by_port(id, name) == 0
						&& strcmp(entry->name, name) == 0))
			return true;
	}
	return false;
}

/* Every entry of the list must be a port that there is, and another one. */
static int
check_names(const char *list, struct tt_error *err)
{
	bool seen[RTE_MAX_ETHPORTS] = {false};
	struct tt_config_port entry;
	uint16_t id;
	int rc;

	while ((rc = tt_config_next_port(&list, &entry, err)) > 0) {
		if (!find_port(&entry, &id))
			return tt_error_set(err, -ENODEV, "ports",
					"there is no port \"%s\"", entry.name);
		if (seen[id])
			return tt_error_set(err, -EINVAL, "ports",
					"\"%s\" is named twice", entry.name);
		seen[id] = true;
	}
	return rc;
}

/* A driver that cannot make its device leaves nothing behind but a line in EAL's log. */
static int
check_vdevs(const struct tt_eal *eal, struct tt_error *err)
{
	const char *device;

	for (unsigned i = 0; (device = tt_eal_vdev(eal, i)) != NULL; i++) {
		char name[RTE_ETH_NAME_MAX_LEN], why[256];
		uint16_t id;

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(device, ","), device);
		if (strncmp(name, "net_", 4) != 0 && strncmp(name, "eth_", 4) != 0
				&& strncmp(name, "virtio_user", 11) != 0)
			continue;
		if (rte_eth_dev_get_port_by_name(name, &id) == 0)
			continue;
		tt_eal_complaint(eal, why, sizeof(why));
		return tt_error_set(err, -ENODEV, name, "the device cannot be made: %s",
				why[0] == '\0' ? "its driver gives no reason" : why);
	}
	return 0;
}

static int
no_port(const struct tt_eal *eal, struct tt_error *err)
{
	char why[256];

	tt_eal_complaint(eal, why, sizeof(why));
	return tt_error_set(err, -ENODEV, NULL,
			"no port found: no network card is bound to a driver that DPDK can use, "
			"and there is no --vdev%s%s",
			why[0] == '\0' ? "" : "; EAL said: ", why);
}

static int
find_ports(struct tt_plan *plan, const struct tt_config *config, const struct tt_eal *eal,
		struct tt_error *err)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	unsigned wanted;
	uint16_t id;
	int rc = check_vdevs(eal, err);

	if (rc == 0)
		rc = check_names(config->ports, err);
	if (rc != 0)
		return rc;
	RTE_ETH_FOREACH_DEV(id) {
		if (rte_eth_dev_get_name_by_port(id, name) != 0
				|| !is_named(config->ports, id, name, &wanted))
			continue;
		rc = tt_port_open(&plan->ports[plan->n_ports++], id, err);
		plan->ports[plan->n_ports - 1].wanted = wanted;
		if (rc != 0)
			return rc;
	}
	if (plan->n_ports == 0)
		return no_port(eal, err);
	return 0;
}

/* Queues of a port whose number its device decides; 0 where it is free. */
static int
fixed_queues(const struct tt_port *port, const struct tt_config *config,
		const struct rte_eth_dev_info *info, struct tt_error *err)
{
	unsigned wanted = port->wanted != 0 ? port->wanted : config->rx_queues;
	const char *option = port->wanted != 0 ? "its number in ports" : "rx-queues";

	if (port->replay.n_files > 0 && wanted != 0 && wanted != port->replay.n_files)
		return tt_error_set(err, -EINVAL, port->name,
				"%u rx_pcap file%s %u queue%s, but %s is %u",
				port->replay.n_files,
				port->replay.n_files == 1 ? " is" : "s are",
				port->replay.n_files,
				port->replay.n_files == 1 ? "" : "s", option, wanted);
	if (port->replay.n_files > 0)
		return (int)port->replay.n_files;
	if (wanted > info->max_rx_queues)
		return tt_error_set(err, -EINVAL, port->name,
				"has at most %u RX queues, but %s is %u",
				info->max_rx_queues, option, wanted);
	return wanted != 0 ? (int)wanted : info->max_rx_queues == 1;
}

static int
ask_device(const struct tt_port *port, struct rte_eth_dev_info *info,
		struct tt_error *err)
{
	int rc = rte_eth_dev_info_get(port->id, info);

	if (rc == 0)
		return 0;
	return tt_error_set(err, rc, port->name, "tells nothing about itself: %s",
			rte_strerror(-rc));
}

/* The lcores that are left over are shared out evenly among the ports that can use them. */
static int
count_queues(struct tt_plan *plan, const struct tt_config *config, struct tt_error *err)
{
	unsigned lcores = rte_lcore_count() - 1, fixed = 0, n_free = 0, share;
	struct rte_eth_dev_info info;

	for (unsigned i = 0; i < plan->n_ports; i++) {
		int n = ask_device(&plan->ports[i], &info, err);

		if (n == 0)
			n = fixed_queues(&plan->ports[i], config, &info, err);
		if (n < 0)
			return n;
		plan->ports[i].n_queues = (unsigned)n;
		fixed += (unsigned)n;
		n_free += n == 0;
	}
	if (n_free > 0) {
		share = lcores > fixed + n_free ? (lcores - fixed) / n_free : 1;
		for (unsigned i = 0; i < plan->n_ports; i++) {
			struct tt_port *port = &plan->ports[i];
			int rc;

			if (port->n_queues != 0)
				continue;
			rc = ask_device(port, &info, err);
			if (rc != 0)
				return rc;
			port->n_queues = RTE_MIN(share, info.max_rx_queues);
			fixed += port->n_queues;
		}
	}
	if (fixed > lcores)
		return tt_error_set(err, -EINVAL, NULL,
				"more workers than lcores: %u RX queue%s need%s %u lcores, "
				"EAL has %u; give e.g. -l 0-%u or --lcores",
				fixed, fixed == 1 ? "" : "s", fixed == 1 ? "s" : "",
				fixed + 1, lcores + 1, fixed);
	return 0;
}

unsigned
tt_plan_node(unsigned lcore, int port_node)
{
	unsigned node = rte_lcore_to_socket_id(lcore);

	if (node < RTE_MAX_NUMA_NODES)
		return node;
	return port_node >= 0 && port_node < RTE_MAX_NUMA_NODES ? (unsigned)port_node : 0;
}

/* A free worker lcore, on the node if there is one. */
static unsigned
pick_lcore(bool *taken, int node)
{
	unsigned lcore, any = RTE_MAX_LCORE;

	RTE_LCORE_FOREACH_WORKER(lcore) {
		if (taken[lcore])
			continue;
		if (any == RTE_MAX_LCORE)
			any = lcore;
		if (node < 0 || rte_lcore_to_socket_id(lcore) == (unsigned)node) {
			any = lcore;
			break;
		}
	}
	TT_ASSERT(any != RTE_MAX_LCORE);
	taken[any] = true;
	return any;
}

static void
assign_lcores(struct tt_plan *plan)
{
	bool taken[RTE_MAX_LCORE] = {false};

	for (unsigned p = 0; p < plan->n_ports; p++) {
		const struct tt_port *port = &plan->ports[p];

		for (unsigned q = 0; q < port->n_queues; q++) {
			unsigned lcore = pick_lcore(taken, port->node);
			unsigned node = tt_plan_node(lcore, port->node);

			plan->queues[plan->n_queues++] = (struct tt_plan_queue){
					p, (uint16_t)q, lcore, node};
			plan->n_replays += tt_port_is_replay(port);
			if (port->node >= 0 && node != (unsigned)port->node)
				tt_warn("%s is on NUMA node %d, but lcore %u that polls its "
					"queue %u is on node %u: slower",
						port->name, port->node, lcore, q, node);
		}
	}
}

int
tt_plan_make(struct tt_plan *plan, const struct tt_config *config,
		const struct tt_eal *eal, struct tt_error *err)
{
	int rc;

	*plan = (struct tt_plan){0};
	rc = find_ports(plan, config, eal, err);
	if (rc == 0)
		rc = count_queues(plan, config, err);
	if (rc != 0)
		return rc;
	assign_lcores(plan);
	if (plan->n_replays > 0 && plan->n_replays < plan->n_queues)
		return tt_error_set(err, -EINVAL, NULL,
				"capture files are replayed in the files' own time, and live ports "
				"run in today's: each in a run of its own");
	for (unsigned i = 0; i < plan->n_ports && config->exit_at_eof; i++)
		if (!tt_port_is_replay(&plan->ports[i]))
			return tt_error_set(err, -EINVAL, "exit-at-eof",
					"%s has no end, since it is no capture file that "
					"is replayed once",
					plan->ports[i].name);
	return 0;
}

struct tt_replay_file *
tt_plan_file(struct tt_plan *plan, const struct tt_plan_queue *queue)
{
	struct tt_port *port = &plan->ports[queue->port];

	return tt_port_is_replay(port) ? &port->replay.files[queue->queue] : NULL;
}

void
tt_plan_stop(struct tt_plan *plan)
{
	for (unsigned i = 0; i < plan->n_ports; i++)
		tt_port_close(&plan->ports[i]);
	for (unsigned node = 0; node < RTE_MAX_NUMA_NODES; node++)
		rte_mempool_free(plan->pools[node]);
}
