/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of a benchmark program: "--name VALUE …", nothing else. */
#ifndef BENCH_ARGS_H
#define BENCH_ARGS_H

#include "tt_error.h"

struct bench_arg {
	const char *name; /* without dashes */
	const char **text; /* where the value goes: one of the two */
	uint64_t *number;
};

/* Returns 0, or -EINVAL with err naming the argument. */
int bench_args_parse(const struct bench_arg *args, unsigned n, int argc, char **argv,
		struct tt_error *err) TT_MUST_CHECK;

/* Is `word` one of a comma-separated list? NULL as a list has all words. */
bool bench_args_has(const char *list, const char *word);

#endif
