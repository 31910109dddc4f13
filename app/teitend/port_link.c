/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a port's link is up: by the driver, and, of drivers over an interface of the kernel, by the kernel. */
#include "port.h"

#include "say.h"
#include "tt_time.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ASK_US TT_US_PER_S
#define SAY_US \
	(5 * TT_US_PER_S) /* a link that goes up and down is told of no more often */

/* net_af_packet and its like say that their link is up, whatever the interface does. 0: not over one. */
static unsigned
interface_of(const struct tt_port *port)
{
	struct rte_eth_dev_info info;
	char name[IF_NAMESIZE];

	if (rte_eth_dev_info_get(port->id, &info) != 0
			|| (strncmp(info.driver_name, "net_af_", 7) != 0
					&& strcmp(info.driver_name, "net_pcap") != 0))
		return 0;
	return if_indextoname(info.if_index, name) == NULL ? 0 : info.if_index;
}

/* What was heard of a link. */
enum answer {
	NOTHING,
	UP,
	DOWN,
};

static enum answer
ask_driver(const struct tt_port *port)
{
	struct rte_eth_link link = {0};

	if (rte_eth_link_get_nowait(port->id, &link) != 0)
		return NOTHING;
	return link.link_status == RTE_ETH_LINK_DOWN ? DOWN : UP;
}

static enum answer
ask_kernel(unsigned interface)
{
	const short wanted = IFF_UP | IFF_RUNNING;
	struct ifreq ask = {0};
	enum answer answer = NOTHING;
	int fd;

	if (if_indextoname(interface, ask.ifr_name) == NULL)
		return errno == ENXIO ? DOWN : NOTHING;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return NOTHING;
	if (ioctl(fd, SIOCGIFFLAGS, &ask) == 0)
		answer = (ask.ifr_flags & wanted) == wanted ? UP : DOWN;
	close(fd);
	return answer;
}

/* Where nobody says that it is down, and somebody says nothing, it is as it was found last. */
static bool
is_down(const struct tt_port *port)
{
	const enum answer driver = ask_driver(port);
	const enum answer kernel = port->link.interface == 0
			? driver
			: ask_kernel(port->link.interface);

	if (driver == DOWN || kernel == DOWN)
		return true;
	return driver == UP && kernel == UP ? false : port->link.found_down;
}

bool
tt_port_link_start(struct tt_port *port)
{
	port->link = (struct tt_port_link){.interface = interface_of(port)};
	port->link.down = port->link.found_down = is_down(port);
	port->link.told_us = port->link.asked_us = tt_time_monotonic();
	return port->link.down;
}

void
tt_port_watch_link(struct tt_port *port)
{
	struct tt_port_link *l = &port->link;
	const int64_t now_us = tt_time_monotonic();
	char length[TT_TIME_TEXT_MAX];

	if (now_us - l->asked_us < ASK_US || port->replay.n_files > 0)
		return;
	if (l->found_down)
		port->sum.link_down_us += (uint64_t)(now_us - l->asked_us);
	l->asked_us = now_us;
	l->found_down = port->removal_told || is_down(port);
	if (port->removal_told || l->found_down == l->down
			|| now_us - l->told_us < SAY_US)
		return;
	l->down = !l->down;
	if (l->down)
		tt_warn("%s: the link is down: no packets come from it until it is up "
			"again; the time counts as observed",
				port->name);
	else
		tt_say("%s: the link is up again, after %s", port->name,
				tt_time_format_length((now_us - l->told_us) / TT_US_PER_S
								* TT_US_PER_S,
						length));
	l->told_us = now_us;
}
