/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Preloaded into the daemon by daemon_removal.sh: port 0 is reported as removed one second after
 * somebody asked to be told. No virtual device of DPDK can be pulled out.
 */
#include <pthread.h>
#include <rte_ethdev.h>
#include <unistd.h>

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

	if (port != 0 || event != RTE_ETH_EVENT_INTR_RMV)
		return 0;
	callback = function;
	callback_arg = arg;
	return pthread_create(&thread, NULL, remove_later, NULL);
}
