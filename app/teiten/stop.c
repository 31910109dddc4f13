/* SPDX-License-Identifier: BSD-3-Clause */
#include "stop.h"

#include <errno.h>
#include <signal.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
static const char *const names[] = {"SIGINT", "SIGTERM", "SIGHUP"};

static volatile sig_atomic_t stopped_by;

/* What sends a signal to a process and to its group, as timeout(1) does, sends it twice: so the
 * second one changes nothing. */
static void
on_stop(int number)
{
	stopped_by = number;
}

void
stop_catch_signals(void)
{
	/* Without SA_RESTART: what waits for a pipe ends with EINTR. */
	struct sigaction act = {.sa_handler = on_stop};

	sigemptyset(&act.sa_mask);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(signals); i++) {
		struct sigaction old;

		/* A shell starts what runs in the background with SIGINT ignored, and nohup
		 * ignores SIGHUP. */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &act, NULL);
	}
}

int
stop_wanted(struct tt_error *err)
{
	if (TT_LIKELY(stopped_by == 0))
		return 0;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(signals); i++)
		if (stopped_by == signals[i])
			tt_error_set(err, -EINTR, NULL, "stopped by %s", names[i]);
	return -EINTR;
}

int
stop_status(void)
{
	return 128 + stopped_by;
}
