/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Preloaded into the daemon by daemon_removal.sh: port 0 is reported as removed one second after
 * somebody asked to be told. No virtual device of DPDK can be pulled out. As long as there is a file of the name in
 * TT_LINK_DOWN, links are down, and none is removed; of that in TT_LINK_NONE, nobody says how they are.
 */
#include <errno.h>
#include <pthread.h>
#include <rte_ethdev.h>
#include <stdlib.h>
#include <unistd.h>

static int
is_there(const char *name)
{
	const char *path = getenv(name);

	return path != NULL && access(path, F_OK) == 0;
}

int
rte_eth_link_get_nowait(uint16_t port, struct rte_eth_link *link)
{
	*link = (struct rte_eth_link){0};
	link->link_status = is_there("TT_LINK_DOWN") ? RTE_ETH_LINK_DOWN
						     : RTE_ETH_LINK_UP;
	return is_there("TT_LINK_NONE") ? -EIO : 0;
}

static rte_eth_dev_cb_fn callback;
static void *callback_arg;

static void *
remove_later(void *unused)
{
	sleep(1);
	callback(0, RTE_ETH_EVENT_INTR_RMV, callback_arg, NULL);
	return NULL;
}

int
rte_eth_dev_callback_register(uint16_t port, enum rte_eth_event_type event,
		rte_eth_dev_cb_fn function, void *arg)
{
	pthread_t thread;

	if (getenv("TT_LINK_DOWN") != NULL || port != 0
			|| event != RTE_ETH_EVENT_INTR_RMV)
		return 0;
	callback = function;
	callback_arg = arg;
	return pthread_create(&thread, NULL, remove_later, NULL);
}
