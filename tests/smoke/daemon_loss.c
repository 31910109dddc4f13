/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Preloaded into the daemon by daemon_loss.sh: every port says that it lost what the file
 * TT_LOSS_CONTROL says, "MISSED NO-MBUF ERRORS", since its start. No virtual device loses a number
 * of packets that a test can choose.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <rte_ethdev.h>
#include <stdio.h>
#include <stdlib.h>

int
rte_eth_stats_get(uint16_t port, struct rte_eth_stats *stats)
{
	int (*next)(uint16_t, struct rte_eth_stats *) = (__typeof__(next))dlsym(
			RTLD_NEXT, "rte_eth_stats_get");
	int rc = next(port, stats);
	FILE *file = fopen(getenv("TT_LOSS_CONTROL"), "r");

	if (file == NULL)
		return rc;
	if (fscanf(file, "%" SCNu64 " %" SCNu64 " %" SCNu64, &stats->imissed,
			    &stats->rx_nombuf, &stats->ierrors)
			!= 3)
		abort();
	fclose(file);
	return rc;
}
