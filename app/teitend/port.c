/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_dev_event_callback_register, how vfio-pci has a removal told, is experimental in 22.11. */
#define ALLOW_EXPERIMENTAL_API
#include "port.h"

#include "dpdk_log.h"
#include "say.h"

#include <errno.h>
#include <string.h>

/* No larger frame is expected on a tap; what is larger still is the device's error. */
#define MTU_WANTED 9000

int
tt_port_open(struct tt_port *port, uint16_t id, struct tt_error *err)
{
	const struct rte_devargs *args;
	struct rte_eth_dev_info info;

	*port = (struct tt_port){.id = id, .node = rte_eth_dev_socket_id(id)};
	rte_eth_dev_get_name_by_port(id, port->name);
	if (rte_eth_dev_info_get(id, &info) != 0)
		return tt_error_set(err, -EIO, port->name, "tells nothing about itself");
	args = rte_dev_devargs(info.device);
	return tt_replay_parse(
			&port->replay, port->name, args == NULL ? NULL : args->args, err);
}

void
tt_port_close(struct tt_port *port)
{
	rte_eth_dev_stop(port->id);
	rte_eth_dev_close(port->id);
	tt_replay_fini(&port->replay);
}

/* 0: the driver's default. Only a device that names a limit of its own is asked for more. */
static uint32_t
mtu_for(const struct rte_eth_dev_info *info)
{
	uint32_t room = RTE_MBUF_DEFAULT_DATAROOM - RTE_ETHER_HDR_LEN - RTE_ETHER_CRC_LEN
			- 2 * RTE_VLAN_HLEN;
	uint32_t mtu = RTE_MIN(info->max_mtu, (uint32_t)MTU_WANTED);

	if (info->max_mtu == UINT16_MAX)
		return 0;
	if ((info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER) == 0)
		mtu = RTE_MIN(mtu, room);
	return mtu > RTE_ETHER_MTU ? mtu : 0;
}

static struct rte_eth_conf
wanted_conf(const struct tt_port *port, const struct rte_eth_dev_info *info)
{
	struct rte_eth_conf conf = {0};

	conf.intr_conf.rmv = (*info->dev_flags & RTE_ETH_DEV_INTR_RMV) != 0;
	conf.rxmode.mtu = mtu_for(info);
	if (conf.rxmode.mtu != 0)
		conf.rxmode.offloads = info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
	if (port->n_queues > 1 && info->flow_type_rss_offloads != 0) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf = info->flow_type_rss_offloads;
	}
	return conf;
}

/* Tries with less and less; says what was given up. */
static int
configure(struct tt_port *port, uint16_t n_tx, struct rte_eth_conf conf)
{
	uint16_t n_rx = (uint16_t)port->n_queues;
	int rc = rte_eth_dev_configure(port->id, n_rx, n_tx, &conf);

	if (rc != 0 && conf.rxmode.mtu != 0) {
		uint32_t mtu = conf.rxmode.mtu;

		conf.rxmode.mtu = 0;
		conf.rxmode.offloads = 0;
		rc = rte_eth_dev_configure(port->id, n_rx, n_tx, &conf);
		if (rc == 0)
			tt_warn("%s refuses frames larger than usual (MTU %u)",
					port->name, mtu);
	}
	if (rc != 0 && conf.rxmode.mq_mode != RTE_ETH_MQ_RX_NONE) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_NONE;
		conf.rx_adv_conf.rss_conf.rss_hf = 0;
		rc = rte_eth_dev_configure(port->id, n_rx, n_tx, &conf);
		if (rc == 0)
			tt_warn("%s refuses RSS", port->name);
	}
	port->conf = conf;
	return rc;
}

static int
configure_all(struct tt_port *port, const struct tt_config *config, struct tt_error *err)
{
	struct rte_eth_dev_info info;
	uint16_t n_rxd = (uint16_t)RTE_MIN(config->rx_descriptors, 65535U);
	uint16_t n_txd = 512, n_tx;
	int rc = rte_eth_dev_info_get(port->id, &info);

	if (rc != 0)
		return tt_error_set(err, rc, port->name, "%s", rte_strerror(-rc));
	n_tx = RTE_MIN(info.max_tx_queues, 1); /* some drivers need one, never used */
	rc = configure(port, n_tx, wanted_conf(port, &info));
	if (rc != 0)
		return tt_error_set(err, rc, port->name, "cannot be set to %u queues: %s",
				port->n_queues, rte_strerror(-rc));
	rc = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &n_rxd, &n_txd);
	if (rc != 0 && rc != -ENOTSUP)
		return tt_error_set(err, rc, port->name, "refuses %u RX descriptors: %s",
				n_rxd, rte_strerror(-rc));
	port->n_descriptors = n_rxd;
	if (n_rxd != config->rx_descriptors)
		tt_say("%s: %u RX descriptors per queue instead of %u", port->name, n_rxd,
				config->rx_descriptors);
	if (n_tx == 0)
		return 0;
	rc = rte_eth_tx_queue_setup(port->id, 0, n_txd, (unsigned)port->node, NULL);
	if (rc != 0)
		return tt_error_set(
				err, rc, port->name, "TX queue 0: %s", rte_strerror(-rc));
	return 0;
}

int
tt_port_configure(struct tt_port *port, const struct tt_config *config,
		struct tt_error *err)
{
	int rc;

	tt_dpdk_log_mark();
	rc = configure_all(port, config, err);
	if (rc != 0)
		tt_dpdk_log_explain(err);
	return rc;
}

int
tt_port_setup_queue(struct tt_port *port, uint16_t queue, int node,
		struct rte_mempool *pool, struct tt_error *err)
{
	struct rte_eth_dev_info info;
	int rc = rte_eth_dev_info_get(port->id, &info);

	tt_dpdk_log_mark();
	if (rc == 0) {
		info.default_rxconf.offloads = port->conf.rxmode.offloads;
		rc = rte_eth_rx_queue_setup(port->id, queue, port->n_descriptors,
				(unsigned)node, &info.default_rxconf, pool);
	}
	if (rc != 0) {
		tt_error_set(err, rc, port->name, "RX queue %u: %s", queue,
				rte_strerror(-rc));
		tt_dpdk_log_explain(err);
	}
	return rc;
}

/* One line: how its queues share the packets, and what else is worth knowing. */
static void
describe(struct tt_port *port)
{
	struct rte_eth_rss_conf rss = {0};
	char spread[160] = "";
	uint64_t asked = port->conf.rx_adv_conf.rss_conf.rss_hf;

	if (port->replay.n_files > 0)
		snprintf(spread, sizeof(spread), ", one file%s",
				port->replay.n_files == 1 ? "" : " each");
	else if (port->n_queues > 1 && asked == 0)
		snprintf(spread, sizeof(spread),
				", no RSS: the device spreads packets in "
				"its own way");
	else if (asked != 0 && rte_eth_dev_rss_hash_conf_get(port->id, &rss) == 0)
		snprintf(spread, sizeof(spread), ", RSS hash types 0x%" PRIx64 "%s",
				rss.rss_hf,
				rss.rss_hf == asked ? "" : " (fewer than asked)");
	else if (asked != 0)
		snprintf(spread, sizeof(spread), ", RSS hash types 0x%" PRIx64 " asked",
				asked);
	if (tt_port_link_start(port))
		strncat(spread, ", link is down", sizeof(spread) - strlen(spread) - 1);
	tt_say("%s: %u queue%s%s", port->name, port->n_queues,
			port->n_queues == 1 ? "" : "s", spread);
}

/* Its imissed stays 0 while the kernel's ring drops packets. */
static void
warn_of_losses(const struct tt_port *port)
{
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(port->id, &info) == 0
			&& strcmp(info.driver_name, "net_af_packet") == 0)
		tt_warn("%s: this device (net_af_packet) does not say what it lost: the "
			"ledger holds from the kernel's ring on",
				port->name);
}

static void
note_removal(struct tt_port *port)
{
	/* Only the word itself is read on its account: no pairing. */
	__atomic_store_n(&port->removed, 1, __ATOMIC_RELAXED);
}

/* EAL's interrupt thread. Drivers that see for themselves that their device goes (mlx5). */
static int
on_port_event(uint16_t id, enum rte_eth_event_type type, void *port, void *result)
{
	note_removal(port);
	return 0;
}

/* EAL's interrupt thread. A card that is taken from vfio-pci. */
static void
on_device_event(const char *name, enum rte_dev_event_type type, void *port)
{
	if (type == RTE_DEV_EVENT_REMOVE)
		note_removal(port);
}

/* A driver or bus that tells nothing is no reason to fail. */
static void
watch_removal(struct tt_port *port)
{
	struct rte_eth_dev_info info;

	if (rte_eth_dev_callback_register(
			    port->id, RTE_ETH_EVENT_INTR_RMV, on_port_event, port)
			!= 0)
		tt_warn("%s: its removal would not be noticed", port->name);
	if (rte_eth_dev_info_get(port->id, &info) == 0 && info.device != NULL)
		rte_dev_event_callback_register(
				rte_dev_name(info.device), on_device_event, port);
}

bool
tt_port_take_removal(struct tt_port *port)
{
	if (port->removal_told || __atomic_load_n(&port->removed, __ATOMIC_RELAXED) == 0)
		return false;
	port->removal_told = true;
	return true;
}

int
tt_port_start(struct tt_port *port, struct tt_error *err)
{
	struct rte_eth_stats stats = {0};
	int rc;

	/* Before the start, or packets that come at once would belong to no difference. */
	if (rte_eth_stats_get(port->id, &stats) == 0)
		port->device = (struct tt_port_counters){stats.ipackets, stats.imissed,
				stats.ierrors, stats.rx_nombuf};
	tt_dpdk_log_mark();
	rc = rte_eth_dev_start(port->id);
	if (rc != 0) {
		tt_error_set(err, rc, port->name, "does not start: %s",
				rte_strerror(-rc));
		tt_dpdk_log_explain(err);
		return rc;
	}
	rc = rte_eth_promiscuous_enable(port->id);
	if (rc != 0 && rc != -ENOTSUP)
		tt_warn("%s: not promiscuous: %s", port->name, rte_strerror(-rc));
	describe(port);
	warn_of_losses(port);
	watch_removal(port);
	return 0;
}

/* A counter that went back started again from 0. */
static uint64_t
advance(uint64_t *device, uint64_t now, bool *went_back)
{
	uint64_t before = *device;

	*device = now;
	if (now >= before)
		return now - before;
	*went_back = true;
	return now;
}

void
tt_port_read_counters(struct tt_port *port)
{
	struct tt_port_counters *d = &port->device, *sum = &port->sum;
	struct rte_eth_stats now;
	bool back = false;

	if (__atomic_load_n(&port->removed, __ATOMIC_RELAXED) != 0
			|| rte_eth_stats_get(port->id, &now) != 0)
		return;
	sum->received += advance(&d->received, now.ipackets, &back);
	sum->missed += advance(&d->missed, now.imissed, &back);
	sum->errors += advance(&d->errors, now.ierrors, &back);
	sum->no_mbuf += advance(&d->no_mbuf, now.rx_nombuf, &back);
	sum->errors += advance(&port->no_frames_read,
			__atomic_load_n(&port->no_frames, __ATOMIC_RELAXED), &back);
	port->resets += back;
}
