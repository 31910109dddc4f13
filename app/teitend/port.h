/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports: found, chosen, configured and started; and their own counters. Management core only.
 *
 * A port is asked for what it says it has, and what it refuses is said once: RSS with the hash
 * types that it reports, large frames where it takes them, promiscuous reception. Nothing of
 * that is a reason to fail: a darknet tap is better watched without RSS than not at all.
 */
#ifndef TT_PORT_H
#define TT_PORT_H

#include "replay.h"
#include "tt_config.h"

#include <rte_ethdev.h>

/* What the device itself counted; sums of differences, for devices whose counters go back. And how long it was found without
 * a link, which is of `sum` alone. */
struct tt_port_counters {
	uint64_t received, missed, errors, no_mbuf, link_down_us;
};

/* The link as it was told last, and as it was when it was asked last; and when that was. */
struct tt_port_link {
	unsigned interface; /* of the kernel, that the device is over; 0: none */
	bool down, found_down;
	int64_t asked_us, told_us; /* by the monotonic clock */
};

struct tt_port {
	uint16_t id;
	char name[RTE_ETH_NAME_MAX_LEN];
	int node; /* NUMA node; -1 where the device does not know */
	unsigned n_queues;
	unsigned wanted; /* queues, of the port's own entry in ports; 0: as rx-queues says */
	uint16_t n_descriptors; /* per queue, after the driver's adjustment */
	struct rte_eth_conf conf; /* what was accepted */
	struct tt_replay replay; /* n_files 0: no capture files */
	struct tt_port_counters device; /* as last read from the device */
	struct tt_port_counters sum; /* since the start */
	struct tt_port_counters told; /* of sum, what intervals have in their ledger */
	/* Set to 1 by EAL's interrupt thread when the device goes away, and not cleared. */
	uint32_t removed;
	bool removal_told;
	struct tt_port_link link;
	unsigned resets; /* times that the device's counters went back */
	/* Frames that the device gave behind the end of a file, where there is something that is
	 * none. Added to by the workers, each once; and what of it is in sum. */
	uint64_t no_frames, no_frames_read;
};

/* Does the port replay files to their end, so that packets have the files' times? */
static inline bool
tt_port_is_replay(const struct tt_port *port)
{
	return port->replay.n_files > 0 && !port->replay.infinite;
}

/* Takes the port of that id: its name, node and files. Returns 0 or a negative errno. */
int tt_port_open(struct tt_port *port, uint16_t id, struct tt_error *err) TT_MUST_CHECK;
void tt_port_close(struct tt_port *port);

/* Configures port->n_queues queues. Sets n_descriptors. */
int tt_port_configure(struct tt_port *port, const struct tt_config *config,
		struct tt_error *err) TT_MUST_CHECK;

/* Sets the queue up to take its buffers from pool, on a NUMA node. */
int tt_port_setup_queue(struct tt_port *port, uint16_t queue, int node,
		struct rte_mempool *pool, struct tt_error *err) TT_MUST_CHECK;

/* Starts reception, and reads the counters for the first time. */
int tt_port_start(struct tt_port *port, struct tt_error *err) TT_MUST_CHECK;

/* Has the device gone away since the last call? Once true. */
bool tt_port_take_removal(struct tt_port *port);

/* At the start: is the link down? */
bool tt_port_link_start(struct tt_port *port);

/* Asks once a second, adds the time without a link to port->sum, and says where the link went down, and where it is up again.
 * Nothing of replays; of a device that has gone nothing is said, and no more than one line in five seconds. */
void tt_port_watch_link(struct tt_port *port);

/* Adds what the device counted since the last time to port->sum, and no_frames to the errors;
 * nothing once the device has gone. */
void tt_port_read_counters(struct tt_port *port);

#endif
