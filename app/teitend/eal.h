/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Environment Abstraction Layer's arguments and start. EAL is talkative and prints its own
 * usage and several lines per failure; here its output is held back while it starts (unless
 * --log-level is among its arguments), and a failure becomes one line. Its log is held back from
 * then on (dpdk_log.h). Management core, at start
 * and end only.
 */
#ifndef TT_EAL_H
#define TT_EAL_H

#include "tt_error.h"

#define TT_EAL_ARGS_MAX 256

struct tt_eal {
	char *args[TT_EAL_ARGS_MAX]; /* [n_args], for rte_eal_init; args[0] is the program */
	int n_args;
	bool started;
	char **words; /* what the arguments of a configuration file lie in */
	char said[8192]; /* EAL's warnings and errors at start, one per line */
};

/*
 * Splits "program [EAL arguments] -- [own arguments]": takes the first part and returns the
 * index of the "--", from which on own arguments follow as they do from argv[0]; 0 where there
 * is no "--", and all are own ones. Returns -E2BIG where there are too many, -EINVAL for one of teitend's options among them.
 */
int tt_eal_split(struct tt_eal *eal, int argc, char **argv,
		struct tt_error *err) TT_MUST_CHECK;

/* Puts the EAL arguments of a configuration file, one line, before those of the command line; at
 * most once. Returns 0, -ENOMEM, -E2BIG, or -EINVAL where a quote is not closed. */
int tt_eal_add(struct tt_eal *eal, const char *text, struct tt_error *err) TT_MUST_CHECK;

/* The value of the n-th argument "--vdev VALUE" or "--vdev=VALUE"; NULL past the last. */
const char *tt_eal_vdev(const struct tt_eal *eal, unsigned n);

/* Is -h or --help among the arguments? tt_eal_start then prints EAL's help and exits. */
bool tt_eal_wants_help(const struct tt_eal *eal);

/* Is "-l" or "--no-huge" one of EAL's options? */
bool tt_eal_knows(const char *option);

/* Starts EAL, and says so where it runs without huge pages. Returns 0, or a negative errno. */
int tt_eal_start(struct tt_eal *eal, struct tt_error *err) TT_MUST_CHECK;

/* What EAL or a driver complained of first at start; "" if of nothing. text: [size]; returns
 * text. */
char *tt_eal_complaint(const struct tt_eal *eal, char *text, size_t size);

void tt_eal_stop(struct tt_eal *eal);

#endif
