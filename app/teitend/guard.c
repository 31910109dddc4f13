/* SPDX-License-Identifier: BSD-3-Clause */
#include "guard.h"

#include "say.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static pthread_t guard;
static bool guarding;
static pthread_mutex_t awake =
		PTHREAD_MUTEX_INITIALIZER; /* held while the guard is to sleep */
static int said_to = -1; /* standard error, whatever is done with that meanwhile */

#define SAID_MS 1000 /* the longest that the line is waited for */
#define BEFORE_COUNTING \
	" during the set-up, before anything was counted: nothing was written\n"

/* On the guard's thread alone, for which tt_guard_end waits. */
static void
on_end(int number)
{
	static const char interrupted[] = TT_PROGRAM
			": stopped by SIGINT" BEFORE_COUNTING;
	static const char terminated[] = TT_PROGRAM
			": stopped by SIGTERM" BEFORE_COUNTING;
	struct pollfd fd = {.fd = said_to, .events = POLLOUT};
	ssize_t n = 0;

	/* Dies of the signal once this handler returns, heard or not: who does not read does not hold it up. */
	signal(SIGPIPE, SIG_IGN);
	if (said_to >= 0 && poll(&fd, 1, SAID_MS) == 1)
		n = number == SIGINT
				? write(said_to, interrupted, sizeof(interrupted) - 1)
				: write(said_to, terminated, sizeof(terminated) - 1);
	(void)n;
	signal(number, SIG_DFL);
	raise(number);
}

static void *
sleep_on(void *arg)
{
	pthread_sigmask(SIG_UNBLOCK, arg, NULL);
	/* Not cancelled: a signal whose handler had not begun yet would be lost. */
	pthread_mutex_lock(&awake);
	pthread_mutex_unlock(&awake);
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
	pthread_mutex_lock(&awake);
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
	pthread_mutex_unlock(&awake);
	pthread_join(guard, NULL);
	if (said_to >= 0)
		close(said_to);
	said_to = -1;
}
