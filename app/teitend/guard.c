/* SPDX-License-Identifier: BSD-3-Clause */
#include "guard.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static pthread_t guard;
static bool guarding;

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
	/* A shell has SIGINT ignored in what it starts in the background. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
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
}
