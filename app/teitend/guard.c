/* SPDX-License-Identifier: BSD-3-Clause */
#include "guard.h"

#include "say.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static pthread_t guard;
static bool guarding;
static int said_to = -1; /* standard error, whatever is done with that meanwhile */

#define BEFORE_COUNTING \
	" during the set-up, before anything was counted: nothing was written\n"

/* On the guard's thread alone. */
static void
on_end(int number)
{
	static const char interrupted[] = TT_PROGRAM
			": stopped by SIGINT" BEFORE_COUNTING;
	static const char terminated[] = TT_PROGRAM
			": stopped by SIGTERM" BEFORE_COUNTING;
	ssize_t n;

	/* tt_guard_end waits for it. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	n = number == SIGINT ? write(said_to, interrupted, sizeof(interrupted) - 1)
			     : write(said_to, terminated, sizeof(terminated) - 1);
	/* Dies of it once this handler returns, heard or not. */
	(void)n;
	signal(number, SIG_DFL);
	raise(number);
}

static void *
sleep_on(void *arg)
{
	pthread_sigmask(SIG_UNBLOCK, arg, NULL);
	for (;;)
		pause();
	return NULL;
}

int
tt_guard_start(struct tt_error *err)
{
	static sigset_t ending;
	sigset_t all;
	int rc;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	all = ending;
	sigaddset(&all, SIGUSR1);
	said_to = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	/* A shell has SIGINT ignored in what it starts in the background. */
	signal(SIGINT, on_end);
	signal(SIGTERM, on_end);
	rc = pthread_create(&guard, NULL, sleep_on, &ending);
	if (rc != 0)
		return tt_error_set(err, -rc, NULL, "no thread: %s", strerror(rc));
	guarding = true;
	return 0;
}

void
tt_guard_end(void)
{
	if (!guarding)
		return;
	guarding = false;
	pthread_cancel(guard);
	pthread_join(guard, NULL);
	if (said_to >= 0)
		close(said_to);
	said_to = -1;
}
