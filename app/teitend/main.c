/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * teitend, the appliance: packets on NIC queues in, snapshots on disk out.
 *
 * Exit status: 0 all was counted and written, 1 something failed, 2 wrong usage. SIGINT and SIGTERM before
 * anything is counted: it dies of them (guard.h).
 */
#include "daemon.h"

#include "dpdk_log.h"
#include "guard.h"
#include "say.h"
#include "signals.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 2
#define UNKNOWN    "unknown option" /* as tt_config_parse_args begins it */

static void
print_help(const struct tt_config_cli *cli)
{
	printf("usage: %s [EAL arguments] -- [options]\n"
	       "       %s [options]\n\n"
	       "Counts the packets on all RX queues that DPDK finds, and writes one snapshot "
	       "per\ninterval. EAL's own arguments: %s -h --\n\n",
			TT_PROGRAM, TT_PROGRAM, TT_PROGRAM);
	tt_config_print_help(cli, stdout);
	printf("\nOf an option that is given twice the last one counts, unless it says otherwise.\n"
	       "Exit status: 0 all was counted and written, 1 something failed, 2 wrong usage.\n"
	       "SIGTERM, SIGINT and a terminal that is closed end a run, with the open "
	       "interval\nwritten as partial; SIGUSR1 closes the interval now; SIGHUP reads "
	       "the rules again.\nBefore it counts, SIGTERM and SIGINT end it at once: status "
	       "128 + N of signal N.\n");
}

/* Table sets that there will be at least, whatever ports EAL finds. */
static unsigned
least_sets(const struct tt_config *config)
{
	const char *list = config->ports;
	struct tt_config_port port;
	unsigned queues = 0;

	while (tt_config_next_port(&list, &port, NULL) > 0)
		queues += port.queues > 0               ? port.queues
				: config->rx_queues > 0 ? config->rx_queues
							: 1;
	if (queues == 0)
		queues = config->rx_queues > 0 ? config->rx_queues : 1;
	return queues * config->table_sets;
}

/* Reads the command line and the file that it names. Fills action; where that is a check, also how many rules are broken. */
static int
read_settings(struct tt_daemon *d, int argc, char **argv, struct tt_config_cli *cli,
		unsigned *broken, struct tt_error *err)
{
	int own = tt_eal_split(&d->eal, argc, argv, err);
	int rc = own < 0 ? own : tt_config_init(&d->config, err);

	/* EAL prints its own help and exits. */
	if (rc == 0 && tt_eal_wants_help(&d->eal))
		rc = tt_eal_start(&d->eal, err);
	if (rc == 0)
		rc = tt_config_parse_args(&d->config, cli, argc - own, argv + own, err);
	if (rc != 0 && tt_eal_knows(err->where)
			&& strncmp(err->why, UNKNOWN, strlen(UNKNOWN)) == 0)
		snprintf(err->why, sizeof(err->why),
				"an EAL argument; these stand before a \"--\", %s's own "
				"options after it",
				TT_PROGRAM);
	if (rc != 0 || cli->action == TT_CONFIG_HELP || cli->action == TT_CONFIG_VERSION)
		return rc;
	rc = tt_config_check(&d->config, err);
	if (rc == 0)
		tt_config_print_missing(&d->config, TT_PROGRAM, stderr);
	if (rc == 0 && cli->action == TT_CONFIG_CHECK)
		rc = tt_setup_check(&d->config, least_sets(&d->config), cli->strict,
				stdout, broken, err);
	if (rc == 0)
		rc = tt_eal_add(&d->eal, d->config.eal, err);
	return rc;
}

/* Does what was asked for instead of running. */
static int
act(const struct tt_daemon *d, const struct tt_config_cli *cli, unsigned broken)
{
	switch (cli->action) {
	case TT_CONFIG_HELP:
		print_help(cli);
		break;
	case TT_CONFIG_VERSION:
		printf("%s %s\n", TT_PROGRAM, TT_VERSION);
		break;
	case TT_CONFIG_CHECK:
		tt_setup_print_sound(broken, stdout);
		break;
	default:
		tt_config_print(&d->config, cli->groups, stdout);
	}
	return EXIT_SUCCESS;
}

static int
start(struct tt_daemon *d, struct tt_error *err)
{
	int rc = tt_eal_start(&d->eal, err);

	if (rc != 0)
		return rc;
	for (unsigned node = 0; node < RTE_MAX_NUMA_NODES; node++)
		tt_numamem_init(&d->memory[node], node);
	rc = tt_plan_make(&d->plan, &d->config, &d->eal, err);
	if (rc == 0)
		rc = tt_daemon_scan(d, err);
	if (rc == 0)
		rc = tt_plan_prepare(&d->plan, &d->config, err);
	if (rc == 0)
		rc = tt_daemon_make_tables(d, err);
	if (rc != 0)
		return rc;
	tt_daemon_print_memory(d);
	rc = tt_plan_start(&d->plan, err);
	if (rc == 0)
		tt_dpdk_log_release();
	return rc;
}

/* Did every file give the frames that it holds? The driver drops those that it has no buffer
 * for. */
static int
check_replays(const struct tt_daemon *d, struct tt_error *err)
{
	for (unsigned i = 0; i < d->plan.n_queues; i++) {
		const struct tt_worker *w = d->workers[i];

		if (w->replay && w->own.received < w->expected)
			return tt_error_set(err, -EIO,
					w->port->replay.files[w->queue].path,
					"%" PRIu64 " of its %" PRIu64
					" frames did not come; if packet buffers were short, "
					"raise mbufs or leave it out",
					w->expected - w->own.received, w->expected);
	}
	return 0;
}

static void
warn_of_nothing(const struct tt_daemon *d)
{
	char text[TT_SETUP_NOTHING_TEXT_MAX];
	uint64_t fates[TT_N_FATES];

	tt_book_sum(&d->book, fates);
	if (tt_setup_no_packets_text(&d->setup, fates, text)[0] != '\0')
		tt_warn("%s", text);
	if (tt_setup_unmonitored_text(&d->setup, fates, text)[0] != '\0')
		tt_warn("%s", text);
}

static int
run(struct tt_daemon *d, struct tt_error *err)
{
	char lacking[TT_LACKING_TEXT_MAX];
	int rc;

	/* In this order: a signal that comes in between stays pending, and none that the guard took is heard twice. */
	tt_guard_end();
	tt_signals_block();
	rc = tt_daemon_launch(d, err);
	if (rc != 0)
		return rc;
	tt_say("%u worker%s running, management on lcore %u", d->plan.n_queues,
			d->plan.n_queues == 1 ? "" : "s", rte_get_main_lcore());
	tt_signals_unblock();
	rc = tt_daemon_manage(d, err);
	if (rc != 0)
		return rc;
	if (tt_lacking_text(&d->setup.lacking, lacking)[0] != '\0')
		tt_say("%s", lacking);
	if (!tt_book_close(&d->book, d->workers))
		return tt_error_set(err, -EIO, NULL, "the ledger does not close");
	warn_of_nothing(d);
	return tt_signals_stop() ? 0 : check_replays(d, err);
}

int
main(int argc, char **argv)
{
	static struct tt_daemon d;
	struct tt_config_cli cli = {.groups = TT_CONFIG_COMMON | TT_CONFIG_DAEMON};
	struct tt_error err = {0};
	unsigned broken = 0;
	int rc, status = EXIT_SUCCESS;

	if (read_settings(&d, argc, argv, &cli, &broken, &err) != 0) {
		tt_error_print(TT_PROGRAM, &err);
		return EXIT_USAGE;
	}
	if (cli.action != TT_CONFIG_RUN)
		return act(&d, &cli, broken);
	tt_signals_start();
	rc = tt_guard_start(&err);
	if (rc == 0)
		rc = tt_replay_check_args(&d.eal, &err);
	if (rc == 0) {
		tt_daemon_check_allocator();
		rc = start(&d, &err);
		if (rc == 0)
			rc = run(&d, &err);
	}
	/* A run that got over an error has it in err still. */
	if (rc != 0)
		tt_error_print(TT_PROGRAM, &err);
	/* A thread that waits for the disk, or reads rules still, uses it all, and would hold up a usual end. */
	if (d.output.stuck || rc != 0 || d.imperfect)
		status = EXIT_FAILURE;
	if (d.output.stuck || d.reload.stuck || d.backing.stuck) {
		fflush(stdout);
		_exit(status);
	}
	tt_daemon_fini(&d);
	return status;
}
